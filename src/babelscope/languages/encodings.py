"""Charset labels of the web → codecs of Python."""

from __future__ import annotations

import codecs

# Labels of the WHATWG Encoding Standard that browsers read as a superset of what they say.
_LABELS = {
    **dict.fromkeys(("ascii", "us-ascii", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "iso8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620", "windows-874"), "cp874"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb_2312-80", "chinese"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "x-sjis", "sjis", "windows-31j", "ms_kanji"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601", "korean"), "cp949"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cn-big5"), "big5hkscs"),
    **dict.fromkeys(("utf8", "unicode", "unicode-1-1-utf-8"), "utf-8"),
    "x-euc-jp": "euc-jp",
    "x-cp1251": "cp1251",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
}
# Python codecs that are no charsets of a page.
_NOT_CHARSETS = frozenset({"unicode_escape", "raw_unicode_escape", "idna", "punycode", "utf-7", "undefined", "mbcs"})


def codec(label: str) -> str:
    """Return the Python codec that a browser would use for the charset ``label``, or "" if it knows none."""
    plain = label.strip().strip("\"'").lower()
    if not plain or len(plain) > 40:
        return ""
    name = _LABELS.get(plain, plain)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    is_charset = getattr(info, "_is_text_encoding", True) and info.name.replace("-", "_") not in _NOT_CHARSETS
    return name if is_charset else ""
