"""Whether two names in any scripts are names of one person, body or place: one score with its reason."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import msgspec

from babelscope.languages.name_sketch import may_be_alike, may_match, sketch
from babelscope.languages.name_words import NameWords, family_spellings, name_words
from babelscope.languages.transliterate import latin_letters
from babelscope.languages.word_likeness import SAME, across, script_of_word, word_likeness

DECISION = 0.7
"""Score from which two names count as the same."""
PART_ONLY = 0.6
"""The most that one word of a longer name can score: a family has many members."""
MIDDLE = 0.03
"""What each word that only one name has takes off (a second given name, a patronymic)."""
_INITIAL = 0.72
JOINED, JOINED_ALIKE = 0.8, 0.9
"""Likeness from which two words stand for one of the other name, in two scripts and in one."""
_NO_SPACES = frozenset(("Hani", "Jpan", "Kore"))
_RUN_TOGETHER = 4
_BALTIC = re.compile("(?:as|is|us|s)$")
_BALTIC_LIKENESS = 0.85
_MIN_JOINED = 5


class Match(msgspec.Struct, frozen=True):
    """How alike two names are: ``score`` 0 to 1 (same from ``DECISION`` on) and ``why`` in words."""

    score: float
    why: str


_TOO_FAR = Match(0.0, "the consonants of their words differ")


class _Pair(msgspec.Struct, frozen=True):
    """Words of both names that stand for each other, with their likeness."""

    one: str
    other: str
    likeness: float
    initial: bool = False


def match_names(a: str, b: str) -> Match:
    """Return how alike names ``a`` and ``b`` are, whatever their scripts and the order of their words.

    Symmetric; 1.0 for the same name. Titles and legal forms do not count, numbers and generations must agree, each
    word must have its counterpart or be a middle name. Only the first 200 characters are compared.
    """
    if a == b:
        return Match(1.0, "the same name")
    first, second = sorted((a, b))
    return _match(first, second)


def is_worth_comparing(a: str, b: str) -> bool:
    """Say whether ``match_names`` looks closer at two names, and does not leave it at their consonants."""
    return may_match(sketch(a), sketch(b)) or not set(name_words(a).words).isdisjoint(name_words(b).words)


@functools.lru_cache(maxsize=65_536)
def _match(a: str, b: str) -> Match:
    if not is_worth_comparing(a, b):
        return _TOO_FAR
    return compare_closely(a, b)


def compare_closely(a: str, b: str) -> Match:
    """Return how alike two different names are, in the order of the alphabet, without the filter of whole names."""
    one, other = name_words(a), name_words(b)
    if not one.words or not other.words:
        return Match(0.0, "nothing to compare")
    if sorted(one.words) == sorted(other.words) and one.numbers == other.numbers:
        order = "" if one.words == other.words else " in another order"
        return Match(0.99, f"the same words{order}")
    whole = _run_together(one, other) or _joined(one, other)
    pairs, left, right = _pair_words(one.words, other.words)
    found = _judge(pairs, left, right, one, other)
    best = whole if whole is not None and whole.score > found.score else found
    return best if best.score >= DECISION else _without_baltic_endings(one, other) or best


def _without_baltic_endings(one: NameWords, other: NameWords) -> Match | None:
    """Compare "Vladimirs Putins", "Vladimiras Putinas" (Latvian, Lithuanian) without the ending of all their words."""
    for a, b in ((one, other), (other, one)):
        if len(a.words) < 2 or not all(w.isascii() and w.endswith("s") for w in a.words) or a.numbers != b.numbers:
            continue
        if any(w.endswith("s") for w in b.words):
            continue
        plain = tuple(_BALTIC.sub("", w) for w in a.words)
        pairs, left, right = _pair_words(plain, b.words)
        if len(pairs) == len(plain) and not left and min(p.likeness for p in pairs) >= _BALTIC_LIKENESS:
            return Match(round(0.85 - MIDDLE * len(right), 4), f"Baltic endings: {' '.join(plain)}")
    return None


def _run_together(one: NameWords, other: NameWords) -> Match | None:
    """Compare a name written without spaces (Han, Hangul, kana) with the joined words of the other, in all orders."""
    for a, b in ((one.words, other.words), (other.words, one.words)):
        if len(a) == 1 and 1 < len(b) <= _RUN_TOGETHER and script_of_word(a[0]) in _NO_SPACES:
            if any(script_of_word(w) != "Latn" for w in b):
                continue
            latin = [latin_letters(w) for w in b]
            orders = ["".join(latin), "".join([latin[-1], *latin[:-1]]), "".join([*latin[1:], latin[0]])]
            score, joined = max((across(a[0], text), text) for text in orders)
            family = _by_family_name(a[0], latin)
            if family is not None and family.score > min(score, SAME):
                return family
            weakest = _weakest(a[0], latin)
            return Match(round(min(score, weakest), 4), f"{a[0]} reads as {joined} ({score:.2f})")
    return None


def _by_family_name(word: str, latin: Sequence[str]) -> Match | None:
    """Take off a family name that has a customary spelling (이 = Lee, 郭 = Kuo) and compare the given name."""
    given = word[1:]
    for at in (0, len(latin) - 1):
        if given and latin[at] in family_spellings().get(word[0], ()):
            score = across(given, "".join(word for i, word in enumerate(latin) if i != at))
            return Match(round(min(score, 0.97), 4), f"family name {word[0]} = {latin[at]}; given name ({score:.2f})")
    return None


def _joined(one: NameWords, other: NameWords) -> Match | None:
    """Compare all letters in their order when one side writes in more words what the other joins."""
    if len(one.letters) == len(other.letters) or one.numbers != other.numbers:
        return None
    first, second = ("".join(map(latin_letters, name.letters)) for name in (one, other))
    if len(first) < _MIN_JOINED or first != second:
        return None
    return Match(0.97, f"the same letters written in {len(one.letters)} and {len(other.letters)} words")


def _weakest(word: str, latin: Sequence[str]) -> float:
    """Take the name apart at each place and return the best that the worst part can reach."""
    if len(latin) > 3 or not 2 <= len(word) <= 5:
        return 1.0
    best = 0.0
    groups = [
        ((latin[0],), latin[1:]),
        (latin[1:], (latin[0],)),
        ((latin[-1],), latin[:-1]),
        (latin[:-1], (latin[-1],)),
    ]
    for cut in range(1, len(word)):
        for head, tail in groups:
            score = min(across(word[:cut], "".join(head)), across(word[cut:], "".join(tail)))
            best = max(best, score)
    return best


def _likeness(a: str, b: str) -> float:
    return word_likeness(a, b) if may_be_alike(a, b) else 0.0


def _pair_words(one: Sequence[str], other: Sequence[str]) -> tuple[list[_Pair], list[str], list[str]]:
    """Pair words greedily, likest first, then initials, then words that one side writes apart."""
    scored = sorted(
        ((_likeness(a, b), -abs(i - j), i, j) for i, a in enumerate(one) for j, b in enumerate(other)),
        reverse=True,
    )
    used_one: set[int] = set()
    used_other: set[int] = set()
    pairs = []
    for likeness, _, i, j in scored:
        if likeness < SAME:
            break
        if i not in used_one and j not in used_other and len(one[i]) > 1 and len(other[j]) > 1:
            used_one.add(i)
            used_other.add(j)
            pairs.append(_Pair(one[i], other[j], likeness))
    left = [w for i, w in enumerate(one) if i not in used_one]
    right = [w for j, w in enumerate(other) if j not in used_other]
    _pair_initials(pairs, left, right)
    for a, b in ((left, right), (right, left)):
        _pair_spelled(pairs, a, b)
        _pair_joined(pairs, a, b)
    return pairs, left, right


def _pair_initials(pairs: list[_Pair], left: list[str], right: list[str]) -> None:
    for a in list(left):
        for b in right:
            short, full = sorted((a, b), key=len)
            if len(short) == 1 and latin_letters(full)[:1] == latin_letters(short)[:1] != "":
                pairs.append(_Pair(a, b, 1.0 if a == b else _INITIAL, initial=True))
                left.remove(a)
                right.remove(b)
                break


def _pair_spelled(pairs: list[_Pair], short: list[str], full: list[str]) -> None:
    """Pair "jk" with the words "joanne kathleen"."""
    for word in list(short):
        size = len(word)
        for at in range(len(full) - size + 1 if 2 <= size <= 3 else 0):
            if "".join(latin_letters(w)[:1] for w in full[at : at + size]) == word:
                pairs.append(_Pair(word, " ".join(full[at : at + size]), _INITIAL, initial=True))
                short.remove(word)
                del full[at : at + size]
                break


def _pair_joined(pairs: list[_Pair], apart: list[str], whole: list[str]) -> None:
    for at in range(len(apart) - 1):
        joined = apart[at] + apart[at + 1]
        found = max(((_likeness(joined, w), w) for w in whole), default=(0.0, ""))
        if found[0] >= (JOINED if script_of_word(joined) != script_of_word(found[1] or joined) else JOINED_ALIKE):
            pairs.append(_Pair(f"{apart[at]} {apart[at + 1]}", found[1], found[0]))
            whole.remove(found[1])
            del apart[at : at + 2]
            return


def _judge(pairs: list[_Pair], left: list[str], right: list[str], one: NameWords, other: NameWords) -> Match:
    if not pairs:
        return Match(round(_rest(left, right) * 0.5, 4), "no word corresponds")
    weights = [min(len(p.one), len(p.other)) ** 0.5 for p in pairs]
    mean = sum(p.likeness * w for p, w in zip(pairs, weights, strict=True)) / sum(weights)
    score = 0.5 * mean + 0.5 * min(p.likeness for p in pairs)
    why = "; ".join(f"{p.one} = {p.other}" + ("" if p.likeness >= 0.995 else f" ({p.likeness:.2f})") for p in pairs)
    if left and right:
        against = f"{' '.join(left)} against {' '.join(right)}"
        return Match(round(min(PART_ONLY * score, 0.66), 4), f"{why}; but {against}")
    extra = left or right
    full = [p for p in pairs if not p.initial]
    if extra and (len(full) < 2 or not full):
        return Match(round(min(score, PART_ONLY), 4), f"{why}; only a part: {' '.join(extra)} is missing")
    if not full:
        return Match(round(min(score, PART_ONLY), 4), f"{why}; initials only")
    if one.numbers != other.numbers and ((one.numbers and other.numbers) or one.legal or other.legal):
        return Match(round(min(score, PART_ONLY), 4), f"{why}; but numbers or generations differ")
    score -= MIDDLE * len(extra) + (0.1 if one.numbers != other.numbers else 0.0)
    return Match(round(min(max(score, 0.0), 0.98), 4), why + (f"; without {' '.join(extra)}" if extra else ""))


def _rest(left: Sequence[str], right: Sequence[str]) -> float:
    return max((_likeness(a, b) for a in left for b in right), default=0.0)
