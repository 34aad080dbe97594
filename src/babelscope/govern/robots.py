"""The Robots Exclusion Protocol (RFC 9309), pure: bytes in, decisions out (rule C2 of responsible use).

Rules of several groups for one crawler are joined, and records that are not part of the protocol never end a group,
with one exception: a Crawl-delay with an empty line after it does, since such a group was meant to be complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from babelscope.govern.patterns import PathPattern, canonical_path, matches, path_pattern

PARSE_BYTES = 512 << 10
"""Bytes of a robots.txt that are read; RFC 9309 §2.5 asks for at least 500 KiB."""
MAX_RULES = 20_000
MAX_CRAWL_DELAY = 86_400.0

_TOKEN = re.compile(r"[^\s/;,()\[\]]+")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Rule(msgspec.Struct, frozen=True):
    """One allow or disallow line."""

    allow: bool
    pattern: PathPattern


class Group(msgspec.Struct, frozen=True):
    """The rules for the crawlers ``agents`` (lower case); ``delay`` is a Crawl-delay in seconds, or None."""

    agents: frozenset[str]
    rules: tuple[Rule, ...]
    delay: float | None = None


class Robots(msgspec.Struct, frozen=True):
    """A parsed robots.txt. ``sitemaps`` are the addresses it names, as written."""

    groups: tuple[Group, ...] = ()
    sitemaps: tuple[str, ...] = ()


class _Draft(msgspec.Struct):
    agents: set[str]
    rules: list[Rule]
    delay: float | None = None


def parse_robots(raw: bytes) -> Robots:
    """Return the groups of a robots.txt. Never fails: what cannot be read is skipped (RFC 9309 §2.2)."""
    drafts: list[_Draft] = []
    sitemaps: list[str] = []
    open_head = False
    rules = 0
    for key, value in _records(raw):
        if not key:
            open_head = open_head and drafts[-1].delay is None
        elif key == "user-agent":
            if not open_head:
                drafts.append(_Draft(set(), []))
            open_head = True
            drafts[-1].agents.add(agent_token(value))
        elif key in ("allow", "disallow") and drafts:
            open_head = False
            rules += 1
            if value and rules <= MAX_RULES:
                drafts[-1].rules.append(Rule(key == "allow", path_pattern(value)))
        elif key == "crawl-delay" and drafts:
            drafts[-1].delay = _longer(drafts[-1].delay, _seconds(value))
        elif key == "sitemap" and value and len(sitemaps) < 100:
            sitemaps.append(value[:2048])
    groups = tuple(Group(frozenset(d.agents), tuple(d.rules), d.delay) for d in drafts)
    return Robots(groups, tuple(sitemaps))


def agent_token(user_agent: str) -> str:
    """Return the product token of a User-Agent ("Babelscope/0.1 (+…)" → "babelscope"), lower case."""
    found = _TOKEN.search(user_agent)
    return found.group(0).lower() if found else ""


def may_fetch(robots: Robots, agent: str, path: str) -> bool:
    """Say whether ``agent`` (a User-Agent or its token) may fetch ``path`` (path and query of an address).

    The longest matching rule decides, ``allow`` wins a tie, and no match allows (RFC 9309 §2.2.2).
    ``/robots.txt`` itself is always allowed.
    """
    target = canonical_path(path)
    if target == "/robots.txt":
        return True
    best: tuple[int, bool] = (-1, True)
    for group in _groups_for(robots, agent):
        for rule in group.rules:
            if rule.pattern.length >= best[0] and matches(rule.pattern, target):
                best = max(best, (rule.pattern.length, rule.allow))
    return best[1]


def crawl_delay(robots: Robots, agent: str) -> float:
    """Return the Crawl-delay for ``agent`` in seconds, 0–86,400 (not in the RFC, but asked for by many sites)."""
    return max((group.delay or 0.0 for group in _groups_for(robots, agent)), default=0.0)


def _groups_for(robots: Robots, agent: str) -> list[Group]:
    token = agent_token(agent)
    named = [group for group in robots.groups if token in group.agents]
    return named or [group for group in robots.groups if "*" in group.agents]


def _records(raw: bytes) -> Iterator[tuple[str, str]]:
    text = raw[:PARSE_BYTES].decode("utf-8", "replace").lstrip("\ufeff")
    for line in _LINE_END.split(text):
        key, colon, value = line.partition("#")[0].partition(":")
        if colon or not line.strip():
            yield key.strip().lower(), value.strip()


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return min(seconds, MAX_CRAWL_DELAY) if seconds >= 0 else None


def _longer(left: float | None, right: float | None) -> float | None:
    known = [seconds for seconds in (left, right) if seconds is not None]
    return max(known) if known else None
