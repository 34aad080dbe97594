"""Bytes → text: byte order mark, UTF-8 by its own redundancy, declared charsets, then byte statistics.

A declaration is only a witness. Servers declare wrong charsets often, so a declared one must decode and must not read
as mojibake; otherwise the bytes themselves are asked.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from babelscope.extract.charsets import CANDIDATES, LATIN, STATEFUL, looks_wrong, usual_codecs
from babelscope.languages.encodings import codec

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:+-]{2,40})", re.IGNORECASE)
_LANG = re.compile(rb"<html[^>]{0,300}?\blang\s*=\s*[\"']?\s*([A-Za-z]{2,3})", re.IGNORECASE)
_MARKUP = re.compile(rb"<[^<>]{0,2000}>")
_LEAD_BYTES = bytes(range(0xC2, 0xF5))
_META_WINDOW = 4096
_MAGIC = (b"%PDF-", b"\x89PNG\r\n", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"\x7fELF")
_CONTROL_BYTES = bytes([*range(0x01, 0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)])  # not ESC: ISO-2022 has it
_BINARY_WINDOW = 1 << 16
_BINARY_SHARE = 0.03
_SAMPLE_WINDOW = 400_000
_SAMPLE = 8_000
_SURROGATES = re.compile("[\ud800-\udfff]")
# C0 and C1 controls but tab, newline and return: no charset of the web uses them as text.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def decode(body: bytes, charset: str = "", language: str = "") -> str:
    """Return ``body`` as text without NUL bytes, other control characters or lone surrogates.

    ``charset`` is what the HTTP header declares, ``language`` the expected ISO 639-1 code ("" if unknown; the page's
    own ``lang`` wins). The order is: byte order mark; UTF-8 if the bytes are UTF-8 (text of another charset hardly
    ever is by accident); the declarations of header, XML prologue and ``<meta>``; byte statistics. Bytes that cannot
    be decoded become U+FFFD; nothing is raised.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return clean(body[len(mark) :].decode(name, "replace"))
    declared = _declared(body, charset)
    text = _as_utf8(body, declared)
    if text is not None:
        return clean(text)
    said = _LANG.search(body[:_META_WINDOW])
    usual = usual_codecs(body, said[1].decode("ascii").lower() if said else language)
    for name in _in_order(body, declared, usual):
        text = _decoded(body, name)
        if text is not None:
            return clean(text)
    return clean(body.decode(next(iter([*declared, *usual]), "cp1252"), "replace"))


def is_binary(body: bytes) -> bool:
    """Return whether ``body`` is a picture, an archive or the like under a name or a header that promises text.

    Control bytes are rare in every charset of the web (a tenth of compressed data), and NULs may be of UTF-16 or 32.
    """
    if body.startswith(_MAGIC):
        return True
    sample = body[:_BINARY_WINDOW]
    if body.startswith(tuple(mark for mark, _ in _BOMS)) or sample.count(0) * 8 > len(sample):
        return False
    return len(sample) - len(sample.translate(None, _CONTROL_BYTES)) > len(sample) * _BINARY_SHARE


def clean(text: str) -> str:
    """Return ``text`` without control characters (tab, newline and return stay) and lone surrogates."""
    if text.isprintable() and text.isascii():
        return text
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))


def _declared(body: bytes, charset: str) -> list[str]:
    """Return the codecs that header, XML prologue and ``<meta>`` declare, each once, in that order."""
    head = body[:_META_WINDOW]
    labels = [charset, *(m[1].decode("ascii", "replace") for p in (_XML, _META) if (m := p.search(head)))]
    names = (codec(label) for label in labels)
    return list(dict.fromkeys(name for name in names if name))


def _as_utf8(body: bytes, declared: list[str]) -> str | None:
    """Return the text if ``body`` is UTF-8, but for a few spoilt bytes or a cut end; else None."""
    if b"\x1b" in body and not STATEFUL.isdisjoint(declared):
        return None
    if body[:512].count(b"\0") > 32 and any(name.startswith(("utf-16", "utf-32")) for name in declared):
        return None
    try:
        return codecs.utf_8_decode(body, "strict", False)[0]
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    multibyte = len(body) - len(body.translate(None, _LEAD_BYTES))
    return text if text.count("\ufffd") * 20 <= multibyte else None


def _in_order(body: bytes, declared: list[str], usual: tuple[str, ...]) -> Iterator[str]:
    """Yield codecs, the likeliest first: declared and usual in the language; usual; declared; what the bytes say."""
    agreed = [name for name in declared if name in usual]
    yield from agreed
    if len(usual) > 1:
        yield from _by_statistics(body, list(usual))
    yield from usual
    yield from declared
    yield from _by_statistics(body, CANDIDATES)
    yield from CANDIDATES


def _decoded(body: bytes, name: str) -> str | None:
    """Return the text if codec ``name`` decodes at least 98 % of what is not ASCII into something readable."""
    if name in ("", "utf-8", "utf8"):
        return None  # nothing found, or tried already
    try:
        text = body.decode(name, "replace")
    except (LookupError, UnicodeError):
        return None
    lost = text.count("\ufffd")
    high = len(text) - len(text.encode("ascii", "ignore"))
    return text if (lost <= 1 or lost * 50 <= high) and not looks_wrong(text, name) else None


def _by_statistics(body: bytes, candidates: list[str]) -> Iterator[str]:
    """Yield those of ``candidates`` that charset-normalizer finds plausible, the best first."""
    # heavy, and needed for few pages only
    from charset_normalizer import from_bytes

    lines = [line for line in _MARKUP.sub(b"\n", body[:_SAMPLE_WINDOW]).splitlines() if not line.isascii()]
    for match in from_bytes(b"\n".join(lines)[:_SAMPLE], cp_isolation=candidates):
        # statistics cannot tell the Latin charsets apart, and no language asked for a special one
        yield "cp1252" if match.encoding in LATIN else match.encoding
