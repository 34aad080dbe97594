"""Where sentences end, in any script, without a model: full stops, their kin in other scripts, and line ends.

Rules after the sentence boundaries of Unicode Standard Annex 29 (SB6 to SB11: terminators, closing punctuation, blanks,
no boundary before a lower-case letter), with abbreviations by language as data (``abbreviations.toml``) and the habits
of single languages (Armenian ":", Greek ";", Amharic "፡፡", ordinals with a full stop). Thai and Lao have no sentence
mark: a long run is cut at a blank. Offsets are code points of the text as it was given, lone surrogates and all; every
step is linear in the length of the text.
"""

from __future__ import annotations

import re
from functools import cache

from babelscope.languages.abbreviations import leading, openers, trailing
from babelscope.languages.combining import combining_marks

WIDE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Kana and Han, as ranges of a regular expression: scripts without spaces between words."""

PHRASE = 100
"""Code points after which a run without any sentence mark, in a language that has none, ends at the next blank."""
_ORDINALS = "bs cs da de eo et eu fi fo hr hu is kmr lb lv no nb nn pl sk sl sq sr tr"
ORDINALS = frozenset(_ORDINALS.split())
"""Languages that write an ordinal number as a number with a full stop."""

_ALWAYS = (
    "\u0589\u061d-\u061f\u06d4\u0700-\u0702\u07f9\u0837\u0839\u083d\u083e\u0964\u0965\u104b\u1362\u1367\u1368\u166e"
    "\u1735\u1736\u17d4\u17d5\u1803\u1809\u1944\u1945\u1aa8-\u1aab\u1b5a\u1b5b\u1b5e\u1b5f\u1c3b\u1c3c\u1c7e\u1c7f"
    "\u203c\u2047-\u2049\u2cf9-\u2cfb\u2e2e\u3002\ua4ff\ua60e\ua60f\ua6f3\ua6f7\ua876\ua877\ua8ce\ua8cf\ua92f\ua9c8"
    "\ua9c9\uaa5d-\uaa5f\uaaf0\uaaf1\uabeb\uff01\uff1f\uff61\U00010a56\U00010a57\U00011047\U00011048\U000110be-\U000110c1"
    "\U00011141-\U00011143\U000111c5\U000111c6\U0001e95e\U0001e95f"
)
"""Sentence_Break=STerm but "!" and "?" (Unicode 16, SentenceBreakProperty.txt), of the scripts that news are in."""
_STOP = ".!?…\u2024\ufe52\uff0e"
_QUOTE = "\"'”’»›)\\]}」』】》〉）］\u201c\u2018\uff02\uff07"
_BESIDE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe0e\ufe0f\ufeff"
_LINE = "\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_NOTE = r"(?:\[\d{1,3}\])"
_PICTURE = "\u2600-\u27bf\U0001f000-\U0001faff\u200d\ufe0f"
_OPENING = "\"'“„«‹‘‚(\\[{「『《〈（—–\\-"

_SIGNS = {"hy": ":", "el": ";\u037e", "hi": "|", "pa": "|", "bn": "|", "mr": "|", "ne": "|", "or": "|", "as": "|"}
"""Signs that end a sentence in one language only, when a blank follows."""
_UNMARKED = frozenset(("th", "lo", "shn", "nod"))

_ITEM = re.compile(rf"[{WIDE}]{{1,2}}|[^\s{WIDE}]+")
_PHRASE_END = re.compile(rf"(?<=[{WIDE}])[ \u00a0\u3000]+(?=[{WIDE}])")
_WORD_END = re.compile(r"(?:(?<![^\s(\[\"'“„«‘])\w\.[ \u00a0\u202f]){0,3}[^\s(\[\"'“„«‘]+\Z")
_FOLLOWING = re.compile(rf"[\s{_OPENING}{_BESIDE}]*")
_QUOTED_ON = ("と", "って", "など", "との", "とい")
"""What goes on after a Japanese quotation that ends with a full stop inside its marks."""
_LOOK = 32


def sentence_spans(text: str, language: str = "") -> list[tuple[int, int]]:
    """Return the sentences of ``text`` as (start, end) in code points, in order, each with the blanks behind it.

    Joined they are ``text`` again; nothing is left out and nothing is there twice (the empty text has none). No
    span is blank unless the whole text is. ``language`` (ISO 639-1, as ``Language.code``) chooses the abbreviations.
    """
    cuts: list[int] = []
    start = 0
    for match in _boundary(_SIGNS.get(language, "")).finditer(text):
        if match.end() <= start:
            continue  # a line end among blanks that belong to a sentence already
        end = _past_blanks(text, match.end())
        if end == len(text):
            break
        if _ends(text, start, match, language):
            cuts.append(end)
            start = end
    if language in _UNMARKED:
        cuts = _with_phrases(text, cuts)
    return _covering(text, cuts)


def trimmed_sentences(text: str, language: str = "") -> list[tuple[int, int]]:
    """Return the sentences of ``text`` without the blanks around them; spans that hold nothing else are left out."""
    spans = []
    for start, end in sentence_spans(text, language):
        kept = text[start:end].strip()
        if kept:
            lead = start + len(text[start:end]) - len(text[start:end].lstrip())
            spans.append((lead, lead + len(kept)))
    return spans


def cut_at_sentence(text: str, limit: int, language: str = "") -> int:
    """Return an end offset ≤ ``limit`` for a lead of ``text``: the last sentence end, else word end, else ``limit``.

    A sentence end counts only in the second half of the limit: a lead of three words helps nobody.
    """
    if len(text) <= limit:
        return len(text.rstrip())
    window = text[: max(limit, 0)]
    ends = [end for _, end in trimmed_sentences(text[: limit + 40], language) if limit / 2 <= end <= limit]
    if ends:
        return ends[-1]
    space = max((m.start() for m in re.finditer(r"\s", window)), default=0)
    return space if space >= limit / 2 else len(window)


def first_words(text: str, count: int) -> str:
    """Return the beginning of ``text`` with at most ``count`` words (two letters, where no spaces part words)."""
    end = 0
    for number, match in enumerate(_ITEM.finditer(text)):
        if number >= count:
            break
        end = match.end()
    return text[:end]


def _covering(text: str, cuts: list[int]) -> list[tuple[int, int]]:
    """Turn the places of the cuts into spans that cover the text; a blank beginning goes to the first sentence."""
    first = len(text) - len(text.lstrip())
    inner = [cut for cut in cuts if first < cut < len(text)]
    return list(zip([0, *inner], [*inner, len(text)], strict=True)) if text else []


def _past_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _with_phrases(text: str, cuts: list[int]) -> list[int]:
    """Add a cut at the first blank of every run that has gone on for ``PHRASE`` code points without a mark."""
    found = []
    last, ahead = 0, iter([*cuts, len(text) + 1])
    coming = next(ahead)
    for match in _PHRASE_END.finditer(text):
        while match.end() > coming:
            last, coming = coming, next(ahead)
        if match.start() - last >= PHRASE and match.end() < coming:
            found.append(match.end())
            last = match.end()
    return sorted({*cuts, *found})


@cache
def _boundary(signs: str) -> re.Pattern[str]:
    """Return the pattern of a possible end: possessive, and begun only where a run of stops begins, hence linear."""
    beside = _BESIDE + combining_marks()
    close = rf"(?P<close>(?:[{_QUOTE}{beside}{_PICTURE}]|\s[»”](?=\s|\Z)|{_NOTE})*+)"
    stops = rf"(?<![{_STOP}])(?P<stop>[{_STOP}]++)|(?P<sign>፡፡++{'|[' + signs + ']' if signs else ''})"
    plain = rf"(?:{stops}){close}(?=\s|\Z|(?P<wide>[{WIDE}]))"
    shut = _QUOTE.replace("\u201c", "").replace("\u2018", "")  # in the languages of these marks they only open
    always = rf"(?P<always>[{_ALWAYS}][{_ALWAYS}{_STOP}]*+)(?P<shut>(?:[{shut}{beside}]|{_NOTE})*+)"
    return re.compile(rf"{plain}|{always}|(?P<line>[{_LINE}])")


_BLANKS = re.compile(rf"(?:\s|[{_BESIDE}](?=[\s{_BESIDE}]))*+")


def _ends(text: str, start: int, match: re.Match[str], language: str) -> bool:
    """Say whether a terminator ends a sentence that begins at ``start``."""
    if match["line"] is not None:
        return True
    if match["always"] is not None:
        return not (match["shut"] and text.startswith(_QUOTED_ON, match.end()))
    stop = match["stop"] or ""
    if match["wide"] is not None and "." in stop:
        return False
    after = _word_after(text, match.end())
    if _goes_on(after) and not _line_follows(text, match.end()):
        return False
    if stop != "." or match["close"].strip(")]}"):
        return True
    begin = max(start, match.start() - _LOOK)
    word = _WORD_END.search(text[begin : match.start()])
    return not _is_abbreviated(
        word[0] if word else "", after, language, begin + word.start() == start if word else False
    )


def _word_after(text: str, at: int) -> str:
    """Return the first letters after blanks and opening marks; "¿" and "¡" count as a letter that opens a sentence."""
    opened = _FOLLOWING.match(text[at : at + _LOOK])
    rest = text[at : at + _LOOK][opened.end() if opened else 0 :]
    return rest.partition(" ")[0].partition("\n")[0]


def _goes_on(after: str) -> bool:
    """A lower-case letter goes on with the sentence, but not in words such as "iPhone" and Zulu "uMongameli"."""
    return after[:1].islower() and not any(letter.isupper() for letter in after[1:5])


def _line_follows(text: str, at: int) -> bool:
    blanks = _BLANKS.match(text[at : at + _LOOK])
    return bool(blanks) and any(sign in blanks[0] for sign in "\n\r\u2028\u2029")  # type: ignore[index]


def _is_abbreviated(word: str, after: str, language: str, alone: bool) -> bool:
    """Say whether the full stop belongs to ``word``; ``alone``: nothing else stands in the sentence yet."""
    word = re.sub(r"\s", "", word)
    folded = word.casefold()
    if after[1:2] == "." and len(word.rpartition(".")[2]) == 1 and word[-1:].isalpha():
        return True  # "z." of "z. B."
    if word.isdigit() and len(word) <= 3:
        ordinal = len(word) <= 2 and after[:1].isalpha() and (not language or language in ORDINALS)
        return alone or ordinal
    if folded in trailing(language):
        return not _opens(after, language)
    return folded in leading(language) or _is_initial(word, after, language)


def _opens(after: str, language: str) -> bool:
    """Say whether the next word looks like the first of a sentence, after an abbreviation that may end one."""
    known = openers(language)
    bare = re.match(r"\w*", after)
    return (bare is not None and bare[0].casefold() in known) if known else after[:1].isupper()


def _is_initial(word: str, after: str, language: str) -> bool:
    """One capital letter, or letters with full stops between them whose last part is one letter ("U.S", "e.g")."""
    parts = word.split(".")
    last = parts[-1]
    if len(last) != 1 or not last.isalpha():
        return False
    return (last.isupper() or len(parts) > 1) and not _opens_known(after, language)


def _opens_known(after: str, language: str) -> bool:
    return len(after) > 1 and bool(openers(language)) and _opens(after, language)
