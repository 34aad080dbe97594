"""OPML 2.0 (opml.org/spec2.opml), the list that feed readers exchange: both ways, nested outlines and all.

What OPML has no attribute for stands in a namespace of its own, as its specification allows; other readers skip it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from babelscope.collect.lists.listed import MAX_ROWS, MAX_TEXT, Found, Note, Row, check_size, clean, listens_of
from babelscope.collect.xml_safety import declares_entities, mend_references, xml_parser
from babelscope.flow.errors import BadInput
from babelscope.languages.countries import country_code, country_name
from babelscope.model import Listen, Source

NAMESPACE = "urn:babelscope:source"

_OWN = ("id", "country", "languages", "kind", "owner", "standing", "reference", "terms", "expects")
# What hand-made programs put into attributes without escaping it: &, quotation marks, HTML
_QUOTE = re.compile(rb'(?<!=)"(?!\s+[\w:.-]+\s*=\s*"|\s*[/?]?>)')
_KNOWN = (
    rb"(?:text|title|description|xmlUrl|htmlUrl|url|type|language|category|created|isComment|isBreakpoint|"
    rb"version|encoding|standalone|xmlns(?::\w+)?|babelscope:\w+)\s*=\s*"
)
_TAGS = rb"/?(?:opml|head|body|outline|title|date\w+|owner\w+|docs|url|expansionState|vert\w+|window\w+)\b|[!?]"
_MARKUP = re.compile(
    rb"(\s" + _KNOWN + rb'")|("(?=\s+' + _KNOWN + rb'["\']|\s*[/?]?>\s*(?:<|$)))|"|<(?!' + _TAGS + rb")", re.IGNORECASE
)
_BARE = re.compile(rb"&(?!(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")


def read_opml(raw: bytes) -> Found:
    """Return one row for each outline with an address; a country's name on an outline counts for all below it.

    Raises ``BadInput`` for what is no OPML, is too large, or declares entities.
    """
    root, broken = _parsed(raw)
    if _name(root) != "opml":
        raise BadInput("not OPML: no <opml> at its top")
    rows: list[Row] = []
    notes: list[Note] = [broken] if broken else []
    for node, above in _outlines(root):
        row = _row(node, above)
        if len(rows) >= MAX_ROWS:
            raise BadInput(f"more than {MAX_ROWS} outlines")
        if row is not None:
            rows.append(row)
        elif not len(node):
            notes.append(Note(f"line {node.sourceline}", f"{_title(_attributes(node))!r} has no address"))
    return Found(tuple(rows), tuple(notes))


def write_opml(sources: Sequence[Source], title: str = "Babelscope") -> bytes:
    """Return ``sources`` as OPML 2.0, in their order, below an outline for each country."""
    from lxml import etree

    root = etree.Element("opml", version="2.0", nsmap={"babelscope": NAMESPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _xml(title)
    body = etree.SubElement(root, "body")
    for country, group in groupby(sources, lambda source: source.country):
        label = country_name(country) if country else "no country"
        parent = etree.SubElement(body, "outline", text=_xml(label))
        for source in group:
            for number, listen in enumerate(source.listens or (None,)):
                etree.SubElement(parent, "outline", _written(source, listen, number == 0))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _parsed(raw: bytes) -> tuple[Any, Note | None]:
    """Return the top of a list, and what is to be said if it had to be mended or was cut off."""
    from lxml import etree

    check_size(raw)
    if declares_entities(raw):
        raise BadInput("it declares entities, which no list of feeds needs")
    if not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = mend_references(raw.strip())
        for mend in (_with_entities, _with_quotes, _with_markup):
            if _well_formed(raw):
                break
            raw = mend(raw)
    try:
        parser = xml_parser(recover=True, remove_comments=True)
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadInput(f"not XML: {str(error)[:MAX_TEXT]}") from None
    if root is None:
        raise BadInput("not XML")
    return root, _broken(parser)


def _broken(parser: Any) -> Note | None:
    errors = [one for one in parser.error_log if one.level >= 2]  # Errors, not warnings
    if not errors:
        return None
    return Note(f"line {errors[0].line}", f"broken XML, entries may be missing: {clean(errors[0].message)}")


def _with_entities(raw: bytes) -> bytes:
    return _BARE.sub(b"&amp;", raw)


def _with_quotes(raw: bytes) -> bytes:
    """Escape quotation marks inside of values."""
    mended = _QUOTE.sub(b"&quot;", raw)
    return mended if _well_formed(mended) else raw


def _with_markup(raw: bytes) -> bytes:
    """Escape HTML inside of values: a value goes from a known attribute's name to the next one, or the tag's end."""
    return _MARKUP.sub(lambda m: m[1] or m[2] or (b"&lt;" if m[0] == b"<" else b"&quot;"), raw)


def _well_formed(raw: bytes) -> bool:
    from lxml import etree

    try:
        etree.fromstring(raw, xml_parser(remove_comments=True))
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True


def _outlines(root: Any) -> Iterator[tuple[Any, str]]:
    """Yield every outline with the nearest country named above it, in order, without recursion."""
    waiting: list[tuple[Any, str]] = [(root, "")]
    while waiting:
        node, above = waiting.pop()
        if _name(node) == "outline":
            yield node, above
            if len(node):
                above = country_code(_title(_attributes(node))) or above
        waiting += [(child, above) for child in reversed(node) if isinstance(child.tag, str)]


def _row(node: Any, above: str) -> Row | None:
    found = _attributes(node)
    own = {key: str(node.get(f"{{{NAMESPACE}}}{key}") or "") for key in _OWN}
    kind = str(node.get(f"{{{NAMESPACE}}}listens") or "feed")
    every = str(node.get(f"{{{NAMESPACE}}}every") or "")
    url = found.get("xmlurl", "")
    if not url and found.get("type", "").lower() in ("link", "rss", "atom", "feed", "include", ""):
        url = found.get("url", "")
    home = found.get("htmlurl", "")
    home = home if own["id"] else home.strip()
    if not (url or home or own["id"]):
        return None
    where = f"line {node.sourceline}"
    listens = _listens(url, kind, every, own["id"])
    if own["id"]:
        return Row(where=where, name=found.get("text", ""), home=home, listens=listens, **own)
    country = found.get("country", "") or above
    language = found.get("language", "")
    return Row(
        where=where, name=_title(found), home=home or ("" if listens else url), country=country,
        languages="" if language == "unknown" else language, listens=listens,
    )  # fmt: skip


def _listens(url: str, kind: str, every: str, id_: str) -> tuple[Listen, ...]:
    if id_ and kind == "none":
        return ()
    return listens_of(url if id_ else url.strip(), kind, every)


def _written(source: Source, listen: Listen | None, whole: bool) -> dict[str, str]:
    """Return the attributes of one outline; the first one of a source tells all of it."""
    found = {"text": _xml(source.name), "title": _xml(source.name), "htmlUrl": _xml(source.home)}
    if listen is None:
        found |= {"type": "link", "url": _xml(source.home), f"{{{NAMESPACE}}}listens": "none"}
    elif listen.kind == "feed":
        found |= {"type": "rss", "xmlUrl": _xml(listen.url)}
    else:
        found |= {"type": "link", "url": _xml(listen.url), f"{{{NAMESPACE}}}listens": listen.kind}
    if listen is not None and listen.every != Listen(url="").every:
        found[f"{{{NAMESPACE}}}every"] = str(listen.every)
    if source.languages:
        found["language"] = _xml(source.languages[0])
    if whole:
        expects = f"{source.expects!r}" if source.expects else ""
        values = {"languages": " ".join(source.languages), "expects": expects}
        told = {key: values[key] if key in values else str(getattr(source, key)) for key in _OWN}
        return found | {f"{{{NAMESPACE}}}{key}": _xml(value) for key, value in told.items() if value}
    return found | {f"{{{NAMESPACE}}}id": _xml(source.id)}


def _attributes(node: Any) -> dict[str, str]:
    """Return the attributes outside of namespaces by name in lower case: programs do not agree on xmlUrl."""
    return {str(key).lower(): str(value) for key, value in node.attrib.items() if not str(key).startswith("{")}


def _title(found: dict[str, str]) -> str:
    return clean(found.get("title", "") or found.get("text", ""))


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2].lower() if isinstance(node.tag, str) else ""


def _xml(text: str) -> str:
    """Leave out what XML 1.0 has no way to write (§2.2)."""
    return "".join(char for char in text if _allowed(ord(char)))


def _allowed(code: int) -> bool:
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
