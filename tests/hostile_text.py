"""Texts that nobody wrote to be read: each of a given length, for tests of every room that takes text."""

from __future__ import annotations

import itertools
from functools import cache

import babel
from babel import localedata

BASE = {
    "one word": "a",
    "no space, Han": "中华人民共和国国务院",
    "no space, Thai": "สวัสดีครับวันนี้อากาศดีมาก",
    "no space, Burmese": "မြန်မာနိုင်ငံသည်",
    "no space, Hangul": "대한민국정부는",
    "no space, Kana": "あいうえおカタカナ",
    "no space, mixed": "aБ中ก한あ9_",
    "no space, capitals": "NewYorkParisLondon",
    "capitalised words": "Jane Smith Of Kent And ",
    "marks": "\u0301",
    "marks on letters": "e" + "\u0301\u0316\u0489" * 40 + " ",
    "vowel points": "ب\u064e\u0651\u0670",
    "virama": "क्",
    "overrides": "a\u202eb\u202c ",
    "isolates": "\u2066\u2067",
    "unclosed overrides": "\u202e",
    "joiners": "a\u200d\u200c",
    "zero width": "\u200b\ufeff\u2060",
    "tags": "\U000e0061",
    "surrogates": "\ud800",
    "surrogates in words": "Lis\udc80bon \ud83d said. ",
    "halves the wrong way": "\udc00\ud800",
    "families": "👨‍👩‍👧‍👦",
    "flags": "🇺🇳🇵🇹",
    "keycaps": "1️⃣",
    "emoji and words": "Fire!🔥🔥 In Lisbon.🏴\U000e0067\U000e0062\U000e007f ",
    "full stops": ".",
    "stops and letters": "a.",
    "initials": "U.S.A. ",
    "Chinese full stops": "。",
    "sentences, Chinese": "他走了。",
    "sentences": "It rained in Lisbon on 3 May. ",
    "quotes": '"',
    "open brackets": "([{«“",
    "ellipsis and quote": "…”",
    "digits": "1",
    "grouped digits": "1,111.",
    "new lines": "\n",
    "carriage returns": "\r\n",
    "blanks": " ",
    "odd blanks": "\u00a0\u2028\u3000\x85\x1c",
    "controls": "\x00\x1b[31m",
    "private use": "\ue000\U000f0000",
    "noncharacters": "\uffff\ufdd0\U0010ffff",
    "ligatures that grow": "\ufdfa",
    "address": "http://example.org/a?b=c&",
    "markup": "<b>&lt;script&gt;",
    "hyphens": "a-",
    "apostrophes": "l'",
}
"""Name → what is repeated."""


def hostile(name: str, length: int) -> str:
    """Return the text ``name`` of ``length`` code points."""
    unit = many_languages() if name == "languages" else BASE[name]
    return (unit * (length // len(unit) + 1))[:length]


@cache
def many_languages() -> str:
    """Return one line in each language that CLDR knows: its own name, its months and its days."""
    lines = []
    for language, group in itertools.groupby(
        sorted(localedata.locale_identifiers()), key=lambda tag: tag.split("_")[0]
    ):
        locale = babel.Locale.parse(next(group))
        parts = [locale.get_display_name(locale), *locale.months["format"]["wide"].values()]
        lines.append(f"{language}: " + " ".join(map(str, [*parts, *locale.days["format"]["wide"].values()])) + ".")
    return "\n".join(lines)


NAMES = [*BASE, "languages"]
