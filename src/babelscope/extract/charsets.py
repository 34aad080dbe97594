"""The charsets of languages, and what the text of a charset looks like when it was read with the wrong one."""

from __future__ import annotations

import re

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
