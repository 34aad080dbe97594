"""The table of robots and rights cases (tests/unit/govern/robots_rights_cases.toml), as servers and as decisions."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from babelscope.govern import (
    UNSET,
    TdmDeclaration,
    may_fetch,
    outcome_of_status,
    parse_robots,
    parse_tdm_file,
    tdm_of_path,
)
from loopback import Answer, answer, redirect

TABLE = Path(__file__).parent / "unit" / "govern" / "robots_rights_cases.toml"
AGENT = "babelscope"
MOST_HOPS = 5


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    source: str
    path: str
    ends: str
    agent: str = AGENT
    robots: str | None = None
    robots_status: int = 200
    robots_type: str = "text/plain"
    robots_hops: int = 0
    robots_fill: int = 0
    tdm_file: str | None = None
    tdm_hops: int = 0
    status: int = 200
    redirect: str = ""
    headers: tuple[str, ...] = ()
    html: str = ""
    robots_tag: str = ""
    meta_robots: str = ""
    holds: tuple[str, ...] = ()
    tdm: tuple[str, str, str] = ("", "", "")
    unasked: str = ""

    @property
    def body(self) -> bytes:
        return f"<!doctype html><html><head>{self.html}<title>t</title></head><body>text</body></html>".encode()

    @property
    def robots_body(self) -> bytes:
        filler = b"# " + b"x" * 97 + b"\n"
        return filler * (self.robots_fill // len(filler)) + (self.robots or "").encode()

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in self.headers))


def cases() -> list[Case]:
    return msgspec.convert(tomllib.loads(TABLE.read_text("utf-8"))["case"], list[Case])


def decided(case: Case) -> tuple[str, TdmDeclaration]:
    """Return what the pure functions decide: the end of the address, and what the file of its origin says of it."""
    robots = None
    if case.robots_status < 0 or outcome_of_status(case.robots_status) == "later":
        return "robots-unreachable", UNSET
    if case.robots is not None and case.robots_status == 200 and case.robots_hops <= MOST_HOPS:
        robots = parse_robots(case.robots_body)

    def allowed(path: str) -> bool:
        return robots is None or may_fetch(robots, case.agent, path)

    if not allowed(case.path) or (case.redirect and not allowed(case.redirect)):
        return "robots", UNSET
    if case.status != 200:
        return f"status-{case.status}", UNSET
    told = case.tdm_file is not None and allowed("/.well-known/tdmrep.json")
    return "taken", tdm_of_path(parse_tdm_file((case.tdm_file or "").encode()), case.path) if told else UNSET


def served(case: Case, host: str) -> dict[str, Answer]:
    """Return the answers of the server of ``case``."""
    answers: dict[str, Answer] = {}

    def put(path: str, found: bytes, hops: int) -> None:
        for hop in range(hops):
            answers[f"{host}{path}" if hop == 0 else f"{host}/hop{hop}{path}"] = redirect(f"/hop{hop + 1}{path}")
        answers[f"{host}/hop{hops}{path}" if hops else f"{host}{path}"] = found

    if case.robots is not None or case.robots_status != 200:
        file = answer(case.robots_body, case.robots_status, content_type=case.robots_type)
        put("/robots.txt", file if case.robots_status > 0 else b"this is not HTTP\r\n\r\n", case.robots_hops)
    if case.tdm_file is not None:
        put("/.well-known/tdmrep.json", answer(case.tdm_file.encode(), content_type="application/json"), case.tdm_hops)
    page = redirect(case.redirect) if case.redirect else answer(case.body, case.status)
    first, _, rest = page.partition(b"\r\n")
    lines = "".join(f"{line}\r\n" for line in case.headers).encode()
    answers[f"{host}{case.path}"] = first + b"\r\n" + lines + rest
    return answers
