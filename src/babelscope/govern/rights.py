"""Rights signals of a page, read and kept as seen (rule C3 of responsible use).

X-Robots-Tag and robots meta elements with all their words (``noindex``, ``noarchive``, ``noai``, ``noimageai``, …),
also those for one crawler only; the TDM Reservation Protocol (``govern.tdm``).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence

from babelscope.govern.robots import agent_token
from babelscope.govern.tdm import UNSET, TdmDeclaration, reservation_of, weigh_tdm
from babelscope.model import Rights

HEAD_BYTES = 256 << 10
"""Bytes of a page that are searched for meta elements."""
BEHIND = 4096
"""Bytes behind a name in which its element ends."""
MAX_SIGNAL = 1024
"""Characters kept of one signal."""

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_AGENTS = frozenset({"babelscope", "bingbot", "ccbot", "claudebot", "googlebot", "googlebot-news", "gptbot"})
"""Crawlers that pages address by the name of a meta element."""
_TDM = frozenset({"tdm-reservation", "tdm-policy"})
_NEEDLES = (b"robots", b"tdm-", *sorted(name.encode() for name in _AGENTS))
_PREFIX = re.compile(r"\s*([a-z0-9_.*-]{1,60})\s*:(.*)", re.IGNORECASE | re.DOTALL)
_VALUED = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
"""Directives that have a value themselves: what stands before their colon is no crawler."""


def read_rights(
    robots: str,
    robots_hash: str,
    headers: Sequence[tuple[str, str]],
    body: bytes = b"",
    media_type: str = "",
    file: TdmDeclaration = UNSET,
) -> Rights:
    """Return the rights signals of one answer.

    ``headers`` are pairs, ``body`` is the decoded page, ``file`` what its origin's tdmrep.json says of it.
    """
    named = read_meta(body) if media_type in _HTML else {}
    header = _declared(_header(headers, "tdm-reservation"), _header(headers, "tdm-policy"))
    page = _declared(named.get("tdm-reservation", []), named.get("tdm-policy", []))
    tdm = weigh_tdm(file, header, page)
    robots_lines = [line for name, lines in named.items() if name not in _TDM for line in _addressed(name, lines)]
    return Rights(
        robots=robots,
        robots_hash=robots_hash,
        robots_tag=_joined(_header(headers, "x-robots-tag")),
        meta_robots=_joined(robots_lines),
        tdm_reservation=tdm.reservation,
        tdm_policy=tdm.policy,
        tdm_source=tdm.source,
    )


def directives(signal: str, agent: str) -> frozenset[str]:
    """Return the robots directives in ``signal`` (``Rights.robots_tag`` or ``meta_robots``) that hold for ``agent``.

    A crawler's name with a colon stands before what is for it alone; directives without a name, and those for the
    product token of ``agent``, hold. All are in lower case; "none" counts as "noindex" and "nofollow" too.
    """
    token, named, held = agent_token(agent), "", set[str]()
    for part in signal.split(","):
        found = _PREFIX.fullmatch(part)
        if found and found.group(1).lower() not in _VALUED:
            named, part = found.group(1).lower(), found.group(2)
        word = part.strip().lower()
        if word and named in ("", "*", token):
            held.add(word)
    return frozenset(held | {"noindex", "nofollow"} if "none" in held else held)


def read_meta(body: bytes) -> dict[str, list[str]]:
    """Return the contents of robots and TDM ``meta`` elements by their lower-case name, in order of appearance."""
    head = _telling_head(body[:HEAD_BYTES])
    if not head:
        return {}
    from selectolax.lexbor import LexborHTMLParser

    named: dict[str, list[str]] = {}
    for node in LexborHTMLParser(head.decode("utf-8", "replace")).css("meta[name][content]"):
        name = (node.attributes.get("name") or "").strip().lower()
        if name == "robots" or name in _TDM or name in _AGENTS:
            named.setdefault(name, []).append((node.attributes.get("content") or "").strip())
    return named


def _telling_head(start: bytes) -> bytes:
    """Return the page up to a little behind the last name that could matter, as UTF-8; most pages have it early.

    The real character set does not matter, but UTF-16 would hide ASCII names.
    """
    for mark, encoding in _WIDE:
        if start.startswith(mark):
            start = start.decode(encoding, "replace").encode("utf-8", "replace")
    lowered = start.lower()
    last = max(lowered.rfind(name) for name in _NEEDLES)
    return start[: last + BEHIND] if last >= 0 else b""


def _addressed(name: str, lines: Iterable[str]) -> list[str]:
    return [line if name == "robots" else f"{name}: {line}" for line in lines]


def _header(headers: Sequence[tuple[str, str]], name: str) -> list[str]:
    return [value.strip() for key, value in headers if key.lower() == name and value.strip()]


def _declared(reservations: Iterable[str], policies: Sequence[str]) -> TdmDeclaration:
    """Return what one place declares; of several values the reservation is kept."""
    known = max(map(reservation_of, reservations), default="")
    return TdmDeclaration(known, policies[0][:MAX_SIGNAL] if policies else "")


def _joined(lines: Sequence[str]) -> str:
    """Join lines so that ``directives`` can part them: those for all crawlers before those that begin with a name."""
    return ", ".join(sorted(filter(None, lines), key=_names_agent))[:MAX_SIGNAL]


def _names_agent(line: str) -> bool:
    found = _PREFIX.match(line)
    return found is not None and found.group(1).lower() not in _VALUED
