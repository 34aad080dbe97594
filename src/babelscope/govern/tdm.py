"""The TDM Reservation Protocol (W3C Community Group Final Report, 10 May 2024), pure: read and weighed, no more.

A publisher says "1" (rights of text and data mining are reserved) or "0" (they are not), and where its policy is: in
``/.well-known/tdmrep.json`` of the origin, in the header of an answer, or in ``meta`` elements of a page. Each of these
supersedes the one before it, property by property.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from babelscope.govern.patterns import PathPattern, canonical_path, matches, path_pattern

MAX_RULES = 5_000
MAX_POLICY = 1024
"""Characters kept of the address of a policy."""

TdmSource = Literal["", "file", "header", "page"]


class TdmDeclaration(msgspec.Struct, frozen=True):
    """What was declared in one place, or in the end: ``reservation`` is "0", "1" or "" (unset)."""

    reservation: str = ""
    policy: str = ""
    source: TdmSource = ""


UNSET = TdmDeclaration()


class TdmRule(msgspec.Struct, frozen=True):
    """One rule of a tdmrep.json."""

    pattern: PathPattern
    declaration: TdmDeclaration


def parse_tdm_file(raw: bytes) -> tuple[TdmRule, ...]:
    """Return the rules of a tdmrep.json in their order; what is not an array of rules has none. Never fails."""
    try:
        data = json.loads(raw.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return ()
    rows = data[:MAX_RULES] if isinstance(data, list) else ()
    return tuple(
        TdmRule(path_pattern(row["location"]), _declared(row))
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("location"), str) and row["location"]
    )


def tdm_of_path(rules: tuple[TdmRule, ...], path: str) -> TdmDeclaration:
    """Return what a file says of ``path`` (with its query): the first rule that matches; none: unset."""
    target = canonical_path(path)
    return next((rule.declaration for rule in rules if matches(rule.pattern, target)), UNSET)


def weigh_tdm(file: TdmDeclaration, header: TdmDeclaration, page: TdmDeclaration) -> TdmDeclaration:
    """Return what holds: page over header over file, for each property that is set ("Processing priority")."""
    reservation, source = "", TdmDeclaration().source
    policy = page.policy or header.policy or file.policy
    for place, declared in (("page", page), ("header", header), ("file", file)):
        if declared.reservation:
            reservation, source = declared.reservation, place  # type: ignore[assignment]
            break
    return TdmDeclaration(reservation, policy, source)


def reservation_of(value: Any) -> str:
    """Return "0" or "1"; any other value is a protocol error, which counts as unset."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    text = str(value).strip()
    return text if text in ("0", "1") else ""


def _declared(row: Mapping[str, Any]) -> TdmDeclaration:
    said = row.get("tdm-policy")
    policy = said.strip()[:MAX_POLICY] if isinstance(said, str) else ""
    return TdmDeclaration(reservation_of(row.get("tdm-reservation")), policy, "file")
