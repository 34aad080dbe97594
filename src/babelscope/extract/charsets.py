"""Charset labels and what the text of a charset looks like when it was read with the wrong one."""

from __future__ import annotations

import codecs
import re

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
STATEFUL = frozenset({"iso-2022-jp", "iso-2022-kr", "hz"})
LATIN = frozenset({"cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257", "cp1258"})
# What the web is written in besides UTF-8; charset-normalizer is asked about these only.
# fmt: off
CANDIDATES = [
    "euc_jp", "cp932", "cp949", "gb18030", "big5", "cp1251", "koi8_r", "koi8_u", "cp1253", "iso8859_7", "cp1255",
    "cp1256", "cp874", "cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257", "cp1258",
]
# fmt: on
_BY_LANGUAGE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(["pl", "cs", "sk", "hu", "sl", "hr", "bs", "ro", "sq"], ("cp1250", "iso8859_2")),
    **dict.fromkeys(["tr", "az"], ("cp1254",)),
    **dict.fromkeys(["lt", "lv", "et"], ("cp1257",)),
    "vi": ("cp1258",),
    **dict.fromkeys(["ru", "bg", "be", "mk", "kk", "ky", "mn", "tg", "tt", "ba"], ("cp1251", "koi8_r")),
    "uk": ("cp1251", "koi8_u"),
    "el": ("cp1253", "iso8859_7"),
    "he": ("cp1255",),
    **dict.fromkeys(["ar", "fa", "ur"], ("cp1256",)),
    "th": ("cp874",),
    "ja": ("cp932", "euc_jp"),
    "ko": ("cp949",),
    "zh": ("gb18030", "big5hkscs"),
}
_HIGH_RUN = re.compile(r"[\x80-\u024f\u2000-\u22ff]{3,}")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_KANA = re.compile("[\u3040-\u30ff]")
_PRIVATE = re.compile("[\ue000-\uf8ff\x80-\x9f]")
_MIXED_WORD = re.compile("[A-Za-z][\u0370-\u06ff\u0e00-\u0e7f]|[\u0370-\u06ff\u0e00-\u0e7f][A-Za-z]")
_UPPER_CYRILLIC = re.compile("[А-ЯЁ]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_GREEK = re.compile("[\u0386-\u03ce]")
_UPPER_GREEK = re.compile("[\u0386-\u03ab]")
_HIGH = re.compile("[^\x00-\x7f]")
_LOOK_AT = 200_000


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


def usual_codecs(body: bytes, language: str) -> tuple[str, ...]:
    """Return the legacy codecs in which ``language`` (ISO 639-1) is written, the likelier first; () if none is special.

    ISO 8859-2 and windows-1250 differ in the bytes 80–9F, which only windows-1250 uses for letters.
    """
    names = _BY_LANGUAGE.get(language, ())
    if names[:1] == ("cp1250",):
        has_c1 = any(0x80 <= byte <= 0x9F for byte in body[:_LOOK_AT])
        return ("cp1250",) if has_c1 else ("iso8859_2",)
    return names


def looks_wrong(text: str, name: str) -> bool:
    """Say whether ``text`` reads like mojibake: it decodes with codec ``name``, but no language is written so."""
    sample = text[:_LOOK_AT]
    high = len(_HIGH.findall(sample))
    if not high:
        return False
    if name.startswith("cp125") or name.startswith(("iso8859", "iso-8859", "windows-", "koi8", "mac")):
        return _single_byte_looks_wrong(sample, high)
    if name in ("cp932", "euc_jp", "euc-jp"):
        return len(_HALF_KANA.findall(sample)) > 0.3 * high or len(_KANA.findall(sample)) < 0.1 * high
    if name == "gb18030":
        # rows 4 and 5 of GB 2312 are kana, as in JIS X 0208: a fifth of kana means EUC-JP
        return len(_KANA.findall(sample)) > 0.2 * high or len(_PRIVATE.findall(sample)) > 0.05 * high
    return len(_PRIVATE.findall(sample)) > 0.05 * high


def _single_byte_looks_wrong(sample: str, high: int) -> bool:
    # Latin languages hardly ever have three accented letters in a row; Cyrillic, Greek or CJK bytes read as Latin do.
    if sum(map(len, _HIGH_RUN.findall(sample))) > 0.3 * high:
        return True
    if len(_MIXED_WORD.findall(sample)) > 0.2 * high:
        return True
    for letters, capitals in ((_CYRILLIC, _UPPER_CYRILLIC), (_GREEK, _UPPER_GREEK)):
        some = len(letters.findall(sample))
        upper = len(capitals.findall(sample))
        # KOI8 and windows-1251 exchange the cases; Hebrew read as Cyrillic or Greek has no capitals at all
        if some > 0.5 * high and (upper > 0.6 * some or (upper == 0 and some > 200)):
            return True
    return False
