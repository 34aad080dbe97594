"""Tables of sources: a CSV of addresses, our own CSV, and Media Cloud's lists as CSV, JSON or NDJSON.

Columns are known by many names. A cell that a spreadsheet would take for a formula is written with an apostrophe before
it (OWASP, "CSV Injection"), which is taken off again when it is read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from babelscope.collect.charset import decoded
from babelscope.collect.lists.listed import MAX_ROWS, MAX_TEXT, Found, Note, Row, check_size, feed_like, listens_of
from babelscope.flow.errors import BadInput
from babelscope.model import Listen, Source

MAX_CELL = 65_536
COLUMNS = (
    "id", "name", "home", "country", "languages", "kind", "owner", "standing", "reference", "terms", "expects",
    "listen", "listen_kind", "every",
)  # fmt: skip

_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("label", "name", "title", "source", "outlet", "source_name"),
    "home": ("home", "homepage", "home_page", "site", "website", "htmlurl", "html_url", "web", "domain"),
    "country": ("country", "pub_country", "country_code", "iso", "iso3"),
    "languages": ("languages", "language", "primary_language", "lang"),
    "kind": ("kind", "media_type"),
    "owner": ("owner",),
    "standing": ("standing",),
    "reference": ("reference",),
    "feeds": ("listens", "listen", "feeds", "feed", "feed_url", "rss", "rss_url", "xmlurl", "xml_url"),
    "address": ("url", "address", "link", "uri"),
}
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(/\S*)?")
_FORMULA = tuple("=+-@\t\r'")


def read_csv(raw: bytes) -> Found:
    """Return the rows of a table with a header line, or of a bare list of addresses; raises ``BadInput``."""
    text = _text(raw)
    try:
        lines = [
            (number, row)
            for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)), start=1)
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise BadInput(f"not CSV: {error}") from None
    if len(lines) > MAX_ROWS:
        raise BadInput(f"more than {MAX_ROWS} rows")
    if not lines:
        return Found(())
    header = [re.sub(r"[^a-z0-9]+", "_", cell.strip().lower()).strip("_") for cell in lines[0][1]]
    if set(COLUMNS) <= set(header):
        return _own(header, lines[1:])
    if any(_ADDRESS.fullmatch(cell.strip()) for cell in lines[0][1]) or not _known(header):
        return _bare(lines)
    found = [_row(dict(zip(header, row, strict=False)), f"row {number}") for number, row in lines[1:]]
    return _sorted(found)


def read_json(raw: bytes) -> Found:
    """Return the objects of a JSON list (or of the first list in an object), or of NDJSON; raises ``BadInput``."""
    text = _text(raw)
    try:
        data = json.loads(text)
    except ValueError as error:
        data = _lines(text, error)
    except RecursionError:
        raise BadInput("not JSON that can be read: too deep") from None
    if isinstance(data, dict):
        data = next((value for value in data.values() if isinstance(value, list)), [data])
    if not isinstance(data, list):
        raise BadInput("not a list of sources")
    if len(data) > MAX_ROWS:
        raise BadInput(f"more than {MAX_ROWS} rows")
    found: list[Row | Note] = []
    for number, one in enumerate(data, start=1):
        if isinstance(one, dict):
            found.append(_row({str(key).lower(): value for key, value in one.items()}, f"entry {number}"))
        else:
            found.append(_of_address(str(one), f"entry {number}"))
    return _sorted(found)


def write_csv(sources: Sequence[Source]) -> bytes:
    """Return ``sources`` as CSV (RFC 4180, UTF-8): one line for each listened address."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for source in sources:
        about = [source.id, source.name, source.home, source.country, " ".join(source.languages), source.kind]
        about += [source.owner, source.standing, source.reference, source.terms]
        about.append(repr(source.expects) if source.expects else "")
        for listen in source.listens or (None,):
            heard = [listen.url, listen.kind, str(listen.every)] if listen else ["", "", ""]
            table.writerow([_guarded(cell) for cell in (*about, *heard)])
    return out.getvalue().encode("utf-8", "replace")


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and _is_formula(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def _is_formula(cell: str) -> bool:
    return cell.startswith(_FORMULA[:-1]) or (cell.startswith("'") and cell[1:].startswith(_FORMULA))


def _text(raw: bytes) -> str:
    check_size(raw)
    if b"\0" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput("not a text")
    return decoded(raw)


def _delimiter(text: str) -> str:
    """Return what separates the cells: the candidate that the first line has most of."""
    first = text.lstrip().partition("\n")[0]
    return max(",;\t|", key=first.count)


def _known(header: Sequence[str]) -> bool:
    return any(cell in names for cell in header for names in _NAMES.values())


def _own(header: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> Found:
    rows = []
    for number, cells in lines:
        found = {key: _unguarded(cell) for key, cell in zip(header, cells, strict=False)}
        values = {key: found.get(key, "") for key in COLUMNS[:-3]}
        every = found.get("every", "")
        listens = listens_of(found.get("listen", ""), found.get("listen_kind", ""), every)
        rows.append(Row(where=f"row {number}", listens=listens, **values))
    return Found(tuple(rows))


def _bare(lines: Sequence[tuple[int, list[str]]]) -> Found:
    """Return the first address of each line, however many cells it has; a line without one is told."""
    found: list[Row | Note] = []
    for number, cells in lines:
        texts = [cell.strip() for cell in cells]
        address = next((cell for cell in texts if _ADDRESS.fullmatch(cell)), None)
        name = next((cell for cell in texts if cell and cell != address and not _ADDRESS.match(cell)), "")
        if address is None and len(texts) == 1 and texts[0].startswith("#"):
            continue
        found.append(_of_address(address or texts[0], f"row {number}", name if address else ""))
    return _sorted(found)


def _of_address(text: str, where: str, name: str = "") -> Row | Note:
    url = _absolute(text)
    if not url:
        return Note(where, f"{text[:MAX_TEXT]!r} is no address")
    if feed_like(url):
        return Row(where=where, name=name, listens=(Listen(url=url),))
    return Row(where=where, name=name, home=url)


def _row(found: Mapping[str, Any], where: str) -> Row | Note:
    def value(key: str) -> Any:
        return next((found[name] for name in _NAMES[key] if found.get(name) not in (None, "", [], {})), "")

    home = _absolute(str(value("home"))[:MAX_CELL])
    listens = tuple(_feeds(value("feeds")))
    address = _absolute(str(value("address"))[:MAX_CELL])
    if address and not home and not feed_like(address):
        home = address
    elif address and not listens and feed_like(address):
        listens = (Listen(url=address),)
    name = str(value("name"))[:MAX_CELL]
    if not home and not listens:
        home = _absolute(name)  # Media Cloud names a source by its domain
    if not home and not listens:
        return Note(where, f"{name[:MAX_TEXT]!r} has no address")
    languages = value("languages")
    return Row(
        where=where,
        name=name,
        home=home,
        country=str(value("country"))[:MAX_TEXT],
        languages=" ".join(map(str, languages)) if isinstance(languages, list) else str(languages)[:MAX_TEXT],
        kind=str(value("kind"))[:MAX_TEXT],
        owner=str(value("owner"))[:MAX_TEXT],
        standing=str(value("standing"))[:MAX_TEXT],
        reference=str(value("reference"))[:MAX_TEXT],
        listens=listens,
    )


def _feeds(value: Any) -> Iterator[Listen]:
    if isinstance(value, str):
        value = _ADDRESS.findall(re.sub(r"[;|]\s*(?=https?:)|,\s*(?=https?:)", " ", value))
    for one in value if isinstance(value, list) else ():
        if isinstance(one, str) and _ADDRESS.fullmatch(one.strip()):
            yield Listen(url=one.strip())
        elif isinstance(one, dict) and isinstance(one.get("url"), str):
            yield from listens_of(one["url"].strip(), str(one.get("kind", "")), str(one.get("every", "")))


def _absolute(text: str) -> str:
    """Return an address, also of a bare domain; "" if the text is neither."""
    text = text.strip()
    if _ADDRESS.fullmatch(text):
        return text
    return f"https://{text}/" if _HOST.fullmatch(text) and "/" not in text else ""


def _lines(text: str, why: ValueError) -> list[Any]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise BadInput(f"not JSON: {str(why)[:MAX_TEXT]}") from None


def _sorted(found: Sequence[Row | Note]) -> Found:
    rows = tuple(one for one in found if isinstance(one, Row))
    return Found(rows, tuple(one for one in found if isinstance(one, Note)))
