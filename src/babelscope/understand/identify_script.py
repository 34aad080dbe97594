"""Languages that their script or single letters give away, without any model."""

from __future__ import annotations

import re
from collections import Counter

# Scripts that one language of the press uses, or one so much that the rest needs marks of its own (below).
_BY_SCRIPT = {
    "Kore": "ko",
    "Jpan": "ja",
    "Thai": "th",
    "Grek": "el",
    "Armn": "hy",
    "Geor": "ka",
    "Hebr": "he",
    "Taml": "ta",
    "Telu": "te",
    "Knda": "kn",
    "Mlym": "ml",
    "Gujr": "gu",
    "Guru": "pa",
    "Orya": "or",
    "Sinh": "si",
    "Laoo": "lo",
    "Khmr": "km",
    "Mymr": "my",
    "Ethi": "am",
    "Tibt": "bo",
    "Thaa": "dv",
    "Nkoo": "nqo",
    "Tfng": "zgh",
    "Cher": "chr",
    "Cans": "iu",
    "Olck": "sat",
    "Mong": "mn",
    "Syrc": "syr",
    "Adlm": "ff",
    "Hani": "zh",
    "Beng": "bn",
}
_LETTER = re.compile(r"[^\W\d_]")
_TIBETAN = "[\u0f40-\u0fbc]"
# Letters that tell a smaller language from the usual one of its script: (script, language, marks, among which letters,
# least share, what may not occur). Yiddish digraphs and pointed alef; the letter ኣ where Amharic writes አ; ra and wa
# of Assamese; copula, plural, dative and the verb "do" of Dzongkha among the syllables of Tibetan script. Implosives
# and aspirates of Sindhi; vowels of Uyghur and of Central Kurdish. Hooked letters of Hausa (Fula has ŋ and ñ too), the
# underdots of Yoruba, and of Igbo (Vietnamese has them too, but never without đ, ơ, ư), hooked d, f and v of Ewe;
# function words of Fula (not with those of Hausa) and of Tahitian.
_MARKS = (
    ("Hebr", "yi", re.compile("[\u05f0-\u05f2\ufb1f]|\u05d0[\u05b7\u05b8]"), re.compile("[\u05d0-\u05ea]"), 0.02, None),
    ("Ethi", "ti", re.compile("\u12a3"), re.compile("[\u12a0\u12a3]"), 0.5, None),
    ("Beng", "as", re.compile("[\u09f0\u09f1]"), re.compile("[\u09b0\u09f0\u09f1]"), 0.5, None),
    ("Tibt", "dz", re.compile(f"(?<!{_TIBETAN})(?:ཨིན|ཚུ|ལུ|འབད)(?!{_TIBETAN})"), re.compile(f"{_TIBETAN}+"), 0.03, None),
    ("Arab", "sd", re.compile("[ٻڀٺٽٿڄڃڇڊڌڏڍڙڦڪڳڱڻ]"), re.compile("[\u0620-\u06ff]"), 0.06, None),
    ("Arab", "ug", re.compile("[ېۆۈۇەڭ]"), re.compile("[\u0620-\u06ff]"), 0.12, re.compile("[ڕڵێ]")),
    ("Arab", "ckb", re.compile("[ڕڵێۆەڤ]"), re.compile("[\u0620-\u06ff]"), 0.12, re.compile("[ېۈۇ]")),
    (
        "Latn",
        "ff",
        re.compile(r"\b(?:nder|ngam|fof|kono|woni|[ɓɗƴ]\w*)\b"),
        _LETTER,
        0.009,
        re.compile(r"[ƙƘ]|\bda "),
    ),
    ("Latn", "ty", re.compile(r"\b(?:te mau|teie|tei|mai te|ratou|rātou|i te mau)\b"), _LETTER, 0.012, None),
    ("Latn", "ha", re.compile("[ɓɗƙƁƊƘ]"), _LETTER, 0.004, re.compile("[ŋñŊÑ]")),
    ("Latn", "yo", re.compile("[ṣṢ]|[sS]\u0323"), _LETTER, 0.008, None),
    ("Latn", "ig", re.compile("[ịụỊỤ]"), _LETTER, 0.02, re.compile("[đơưĐƠƯ]")),
    ("Latn", "ee", re.compile("[ƒʋɖƑƲƉ]"), _LETTER, 0.012, None),
)
_ANY_MARK = {
    script: re.compile("|".join(mark[2].pattern for mark in _MARKS if mark[0] == script))
    for script in {mark[0] for mark in _MARKS}
}
# what a Latin text must hold for one of its marks to match: looked for first, because it is cheap
_LATIN_SIGNS = re.compile("[ɓɗƴƁƊƙƘṣṢịụỊỤƒʋɖƑƲƉ\u0323]")
_LATIN_WORDS = ("nder", "ngam", "fof", "kono", "woni", "te mau", "tei", "mai te", "ratou", "rātou")
_OWN = {"Jpan": ("Kana", "Hani"), "Kore": ("Hang", "Hani")}


def by_script(script: str, text: str) -> str:
    """Return the language that ``script`` (ISO 15924) or letters of ``text`` decide alone, or ""."""
    usual = _BY_SCRIPT.get(script, "")
    if text.isascii() or script not in _ANY_MARK or not _may_be_marked(script, text):
        return usual
    for marked, code, marks, letters, share, never in _MARKS:
        found = len(marks.findall(text)) if script == marked else 0
        least = share * len(letters.findall(text)) if found and letters else share
        if found and found > least and not (never and never.search(text)):
            return code
    return usual


def _may_be_marked(script: str, text: str) -> bool:
    if script == "Latn" and not _LATIN_SIGNS.search(text) and not any(word in text for word in _LATIN_WORDS):
        return False
    return bool(_ANY_MARK[script].search(text))


def purity(script: str, counts: Counter[str]) -> float:
    """Return .5–1 by the share of ``counts`` in ``script`` (Han counts as Japanese): foreign names lower it."""
    return 0.5 + 0.5 * sum(counts[name] for name in _OWN.get(script, (script,))) / max(1, counts.total())
