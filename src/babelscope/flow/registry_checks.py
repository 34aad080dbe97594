"""Is a registry file right? Schema, countries, languages, addresses, and nothing listed twice.

A registry is public: unlike one's own configuration it may only name public hosts, and never credentials. A country or
a language that nobody has found out yet may be left out.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from babelscope.flow.checks import MAX_LISTENS, MAX_NAME, MAX_URL, check_source, convert, refuse_unknown
from babelscope.flow.errors import ConfigError
from babelscope.languages.codes import LANGUAGES, canonical_code
from babelscope.languages.countries import countries, country_code
from babelscope.model import Source

_PRIVATE_NAMES = (".local", ".localhost", ".internal", ".lan", ".home", ".corp", ".intranet", ".onion")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Entry(msgspec.Struct, frozen=True):
    """A source, and where it stands: ``table`` is its number in ``file``, from 1."""

    source: Source
    file: str
    table: int


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: in which file, which table (0: the file as a whole), which key."""

    file: str
    message: str
    table: int = 0
    id: str = ""
    key: str = ""

    def __str__(self) -> str:
        table = f" [[source]] {self.table}" + (f" ({self.id})" if self.id else "") if self.table else ""
        key = f" {self.key}:" if self.key else ""
        return f"{self.file}:{table}{':' if table and not key else ''}{key} {self.message}"


class Report(msgspec.Struct, frozen=True):
    """The sources that can be used, and the problems of all."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


def examine_tables(data: dict[str, Any], file: str) -> Report:
    """Return the sources of one file's plain ``data`` and what is wrong with each."""
    tables = data.get("source", [])
    stray = [key for key in data if key != "source"]
    problems = [Problem(file=file, key=key, message="a registry file holds [[source]] tables only") for key in stray]
    if not isinstance(tables, list) or not all(isinstance(row, dict) for row in tables):
        message = "write [[source]], with two brackets, for each outlet"
        return Report((), (*problems, Problem(file=file, key="source", message=message)))
    entries: list[Entry] = []
    for number, table in enumerate(tables, start=1):
        found = _source_of(table, file, number)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        wrong = [
            Problem(file=file, table=number, id=found.id, key=key, message=message) for key, message in faults(found)
        ]
        problems += wrong
        if not wrong:
            entries.append(Entry(found, file, number))
    return Report(tuple(entries), tuple(problems))


def _source_of(table: dict[str, Any], file: str, number: int) -> Source | Problem:
    name = str(table.get("id", ""))[:64]
    try:
        refuse_unknown(table, Source, "")
        source = convert(table, Source, "")
        check_source(source, "")
    except ConfigError as error:
        message = str(error).removeprefix(": ").removeprefix(f"source {name}: ")
        return Problem(file=file, table=number, id=name, message=message)
    return source


def faults(source: Source) -> Iterable[tuple[str, str]]:
    """Yield (key, what is wrong) for what the types alone do not say."""
    for key in ("name", "owner", "reference"):
        value = getattr(source, key)
        if _UNSEEN.search(value) or len(value) > MAX_NAME or (key == "name" and not value.strip()):
            yield key, f"{'1 to ' if key == 'name' else 'at most '}{MAX_NAME} characters, none of them invisible"
    if source.country and source.country not in countries():
        known = country_code(source.country)
        yield "country", f"{source.country!r} is no ISO 3166-1 code" + (f"; did you mean {known}?" if known else "")
    for code in source.languages:
        if code not in LANGUAGES:
            known = canonical_code(code)
            hint = f"; did you mean {known}?" if known in LANGUAGES else " (ISO 639-1, 639-3 where none exists)"
            yield "languages", f"{code!r} is no language code{hint}"
    if source.standing != "unknown" and not source.reference:
        yield "reference", f"standing {source.standing!r} needs a reference where it can be checked"
    for key, url in _addresses(source):
        why = address_fault(url)
        if why:
            yield key, why
    if len(source.listens) > MAX_LISTENS:
        yield "listens", f"more than {MAX_LISTENS} addresses"


def _addresses(source: Source) -> list[tuple[str, str]]:
    found = [("home", source.home)]
    if source.terms:
        found.append(("terms", source.terms))
    return [*found, *((f"listens[{i}].url", listen.url) for i, listen in enumerate(source.listens))]


def address_fault(url: str) -> str:
    """Return why ``url`` may not stand in a registry; "" if it may."""
    if len(url) > MAX_URL or _UNSEEN.search(url) or " " in url:
        return f"an address has at most {MAX_URL} characters, no spaces and nothing invisible"
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        ascii_host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return "not an address"
    if parts.scheme not in _DEFAULT_PORTS or not host or port == 0:
        return "not an http(s) address"
    if "@" in parts.netloc:
        return "an address with a user name or password has no place in a registry"
    if _is_number(host) or "." not in ascii_host or f".{ascii_host}".endswith(_PRIVATE_NAMES):
        return "not the name of a public host"
    return ""


def _is_number(host: str) -> bool:
    """Say whether ``host`` is an IP address in any of the forms that a resolver reads (decimal, octal, hexadecimal)."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)", host.rpartition(".")[2]))
    return True


def address_key(url: str) -> str:
    """Return ``url`` in the form in which two addresses of one page are the same.

    Scheme, ``www.``, default port, final slash, fragment and the spelling of host and escapes do not count.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
        port = parts.port
    except (ValueError, UnicodeError):
        return url.strip()
    port_text = f":{port}" if port and port != _DEFAULT_PORTS.get(parts.scheme) else ""
    query = f"?{unquote(parts.query)}" if parts.query else ""
    return f"{host.removeprefix('www.')}{port_text}{unquote(parts.path).rstrip('/')}{query}"


def repeated(entries: Sequence[Entry]) -> list[Problem]:
    """Return a problem for each id, home and listened address that stands there a second time."""
    seen: dict[tuple[str, str], Entry] = {}
    problems = []
    for entry in entries:
        source = entry.source
        keys = [("id", source.id.lower()), ("home", address_key(source.home))]
        keys += [(f"listens[{i}].url", address_key(listen.url)) for i, listen in enumerate(source.listens)]
        for key, value in keys:
            kind = "listen" if key.startswith("listens") else key
            before = seen.setdefault((kind, value), entry)
            if before is not entry or (kind == "listen" and _twice(source, value)):
                problems.append(_repeated(entry, before, key, value))
                break
    return problems


def _twice(source: Source, value: str) -> bool:
    return [address_key(listen.url) for listen in source.listens].count(value) > 1


def _repeated(entry: Entry, before: Entry, key: str, value: str) -> Problem:
    place = f"{before.file}: [[source]] {before.table} ({before.source.id})"
    message = f"{value} stands twice in it" if before is entry else f"{value} is there already, in {place}"
    return Problem(file=entry.file, table=entry.table, id=entry.source.id, key=key, message=message)
