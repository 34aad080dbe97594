"""The stage ``language``: in which language and script a document is written, and its title and paragraphs if mixed.

Scripts that only one language of the press uses decide alone (Hangul, Thai, kana). Elsewhere fastText and CLD2 are
asked; where they differ, where the text is short or the language has close relatives, the word tables of
``identify_words`` are the second opinion, and a fitted mixture of the three says how likely each language is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from babelscope.flow.config import Config
from babelscope.languages.codes import UNKNOWN
from babelscope.languages.script import COMMON, script_counts, script_of_counts
from babelscope.model import Document, Language, Patch
from babelscope.understand.identify_evidence import Experts, best, candidates
from babelscope.understand.identify_grams import SCRIPTS, Array
from babelscope.understand.identify_mix import mixed, read_coefficients
from babelscope.understand.identify_parts import PARAGRAPH_CHARS, SURE, in_parts, paragraphs
from babelscope.understand.identify_relatives import relative
from babelscope.understand.identify_script import by_script, purity

TITLE_CHARS = 120
TEXT_CHARS = 480
"""Characters of title and text that are looked at."""
RELATIVE_CHARS = 3_000
"""Characters of a text in which words of close relatives are counted."""
MIN_LETTERS = 2
"""Least letters of an alphabet for a decision by the experts."""
ENOUGH = 60
"""Letters from which fastText and CLD2 need no third opinion if they agree."""
LONG = 160
"""Letters from which that holds for most close relatives too."""
MIN_CONFIDENCE = 0.1
"""Below this the language is "und"; a text of ``ENOUGH`` letters needs ``SURE`` to be called by a name."""
_BATCH = 64
_PROBE = 120
_PROBE_LETTERS = 20
_PURE, _FOREIGN, _FOREIGN_TITLE = 0.8, 0.25, 0.8
# what an answer of the tables alone needs: words that count as a few, share of them in the list, confidence for a
# language without list, and for a word that is in no list; mean length of words in plain letters
_CONFIRMED, _FEW, _LEAST_KNOWN, _LONE, _UNHEARD, _MIN_ASCII = 0.4, 4, 0.3, 0.6, 0.1, 3.5
_AGREE_MODEL, _LONE_MODEL, _AGREE_CLD, _ALONE_CLD = 0.5, 0.6, 0.8, 0.95
# where fastText and CLD2 mix up neighbours: in a text of less than LONG letters the tables are always asked
_CLOSE = frozenset(
    "hr bs sr id ms mi zu xh ss nr nd st tn nso no nn da rw rn gom mr hi ne mai bho sa fa ps az".split()  # noqa: SIM905
)
# languages without a relative that only fastText knows: where CLD2 is sure, fastText need not be asked
_UNLIKE = frozenset(
    "am eu fi fj ha hmn hu ig lt lv mg mt ny pl rw sm sn so sq sv sw to ur ve vi yo".split()  # noqa: SIM905
)
# whose relatives are looked for in more of the text
_STANDARDS = frozenset("hr bs sr zu nd ss st tn nso mi ty so ff".split())  # noqa: SIM905
# neighbours that CLD2 takes one for another in a short piece: no reason to look at each paragraph
_RELATED = {
    code: frozenset(group.split())
    for group in ("hr bs sr sl", "id ms", "no nn da", "zu xh ss nr nd", "st tn nso", "mi ty", "pt gl", "rw rn", "fo is")
    for code in group.split()
}
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[\w.+-]*@[\w.-]+|#\w+")
_NOISE = re.compile(r"[\d_|<>{}\[\]*=~^\x00-\x1f\x7f-\x9f\ud800-\udfff\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]+")


_ONLY = 0.96
"""Share by CLD2 from which a text is of one language, its title too."""
_Heard = tuple[dict[str, float], dict[str, float]]


class LanguageStage:
    """Names language (ISO 639-1, else 639-3, "und" if unknown), script (ISO 15924) and confidence of title and text."""

    name = "language"
    version = "3"
    needs = frozenset({"article"})
    provides = frozenset({"language"})
    batch = 256

    def __init__(self) -> None:
        self._identifier: Identifier | None = None

    def load(self) -> None:
        """Read the models of the experts; raises ``ModelMissing`` if one of them is not whole."""
        identifier = Identifier()
        identifier.load()
        self._identifier = identifier

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        """Return one patch with the layer ``language`` per document."""
        if self._identifier is None:
            self.load()
        assert self._identifier is not None
        found = self._identifier.documents([(doc.title, doc.text) for doc in docs])
        return [Patch(layers={"language": layer}) for layer in found]


def build(config: Config) -> LanguageStage:
    """Return the stage; it has no settings."""
    return LanguageStage()


class Identifier:
    """Names the language of texts and documents; the same text always gets the same answer."""

    def __init__(self) -> None:
        self._experts = Experts()
        self._coefficients: Array

    def load(self) -> None:
        """Read the models; raises ``ModelMissing`` if one of them is not whole."""
        self._experts.load()
        self._coefficients = read_coefficients()

    def documents(self, pairs: Sequence[tuple[str, str]]) -> list[Language]:
        """Return the language of each (title, text), with parts where a document is of several."""
        whole, pure = self._heard_all([f"{title[:TITLE_CHARS]}\n{text[:TEXT_CHARS]}" for title, text in pairs])
        found = [_compared(layer, text) for layer, (_, text) in zip(whole, pairs, strict=True)]
        doubts = {
            at: self._doubts("" if at in pure else title, text, found[at]) for at, (title, text) in enumerate(pairs)
        }
        asked = [pairs[at][0][:TITLE_CHARS] for at, spans in doubts.items() if spans]
        for at, spans in doubts.items():
            if len(spans) > 1:
                asked += [pairs[at][1][start : min(end, start + PARAGRAPH_CHARS)] for start, end in spans]
        named = self.texts(asked)
        titles = iter(named)
        rest = iter(named[sum(bool(spans) for spans in doubts.values()) :])
        for at, spans in doubts.items():
            if spans:
                own = [next(rest) for _ in spans] if len(spans) > 1 else [found[at]]
                found[at] = in_parts(pairs[at], found[at], next(titles), spans, own)
        return found

    def texts(self, texts: Sequence[str]) -> list[Language]:
        """Return the language of each of ``texts`` (their first 600 characters). Confidence is a probability."""
        return self._heard_all(texts)[0]

    def _heard_all(self, texts: Sequence[str]) -> tuple[list[Language], frozenset[int]]:
        """Return the language of each of ``texts``, and the places of those in which CLD2 sees nothing else at all."""
        found: list[Language | None] = []
        pure: set[int] = set()
        open_cases: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
        for at, text in enumerate(texts):
            plain = _plain(text[: TITLE_CHARS + TEXT_CHARS + 1])
            counts = script_counts(plain)
            script = script_of_counts(counts)
            alone = by_script(script, plain)
            letters = counts[script]
            if alone:
                found.append(Language(code=alone, script=script, confidence=round(0.99 * purity(script, counts), 3)))
            elif script == COMMON or script not in SCRIPTS or letters < MIN_LETTERS:
                found.append(Language(code=UNKNOWN, script=script, confidence=0.0))
            else:
                found.append(None)
                open_cases[script].append((at, plain, letters))
        for script, cases in open_cases.items():
            seen = [self._heard(text, script, letters) for _, text, letters in cases]
            for (at, _, _), layer, (_, cld) in zip(cases, self._of_script(cases, script, seen), seen, strict=True):
                found[at] = layer
                if cld.get(layer.code, 0.0) >= _ONLY:
                    pure.add(at)
        return [layer for layer in found if layer is not None], frozenset(pure)

    def _of_script(self, cases: list[tuple[int, str, int]], script: str, seen: Sequence[_Heard]) -> list[Language]:
        """Return the language of each (·, text, letters), all in ``script``, of which the first two experts have said
        what is ``seen``.
        """
        found = [self._agreed(script, case[2], *shares) for case, shares in zip(cases, seen, strict=True)]
        rest = [at for at, layer in enumerate(found) if layer is None]
        for first in range(0, len(rest), _BATCH):
            chosen = rest[first : first + _BATCH]
            texts, letters = [cases[at][1] for at in chosen], [cases[at][2] for at in chosen]
            evidence = self._experts.evidence(texts, script, [seen[at] for at in chosen])
            shares = mixed(evidence, letters, self._coefficients)
            for row, at in enumerate(chosen):
                layer = _named(shares[row], script, texts[row], letters[row])
                found[at] = layer if self._believed(layer, texts[row], seen[at]) else self._last(layer, seen[at][0])
        return [layer for layer in found if layer is not None]

    def _heard(self, text: str, script: str, letters: int) -> _Heard:
        """Return the shares by fastText and by CLD2; the slower fastText is not asked where CLD2 leaves no doubt."""
        shares = self._experts.by_cld(text, script)
        second = best(shares)
        if letters >= LONG and second.share >= _ALONE_CLD and second.code in _UNLIKE:
            return shares, shares
        return self._experts.by_model(text, script), shares

    def _believed(self, layer: Language, text: str, seen: _Heard) -> bool:
        """Say whether ``text`` is no mere noise that looks a little like the language of ``layer``.

        It is believed if fastText or CLD2 says the same, else if enough of its words are in the list of the language.
        """
        if layer.code == UNKNOWN or any(shares.get(layer.code, 0.0) >= _CONFIRMED for shares in seen):
            return True
        if layer.script == "Latn" and text.isascii() and len(text) < _MIN_ASCII * (text.count(" ") + 1):
            return False
        known, words = self._experts.words.known(text, layer.script, layer.code)
        if layer.code not in self._experts.words.listed:
            return layer.confidence >= (_LONE if words >= _FEW else SURE)
        if words >= _FEW:
            return known >= _LEAST_KNOWN * words
        return known > 0 or layer.confidence >= _UNHEARD

    def _last(self, layer: Language, model: dict[str, float]) -> Language:
        """Return what fastText alone says if it is one of the languages that nobody else knows, else "und"."""
        first = best(model)
        lone = first.share >= _CONFIRMED and not self._experts.cld_knows(first.code)
        code, confidence = (first.code, round(first.share, 3)) if lone else (UNKNOWN, layer.confidence)
        return Language(code=code, script=layer.script, confidence=min(1.0, confidence))

    def _agreed(self, script: str, letters: int, model: dict[str, float], cld: dict[str, float]) -> Language | None:
        """Return what fastText and CLD2 agree upon in a text long enough, or what the one says of which the other knows
        nothing; nothing if they differ or the language has close relatives.
        """
        first, second = best(model), best(cld)
        if letters >= ENOUGH and not cld and first.share >= _LONE_MODEL and not self._experts.cld_knows(first.code):
            return Language(code=first.code, script=script, confidence=min(1.0, round(first.share, 3)))
        close = letters < LONG and second.code in _CLOSE
        if letters < ENOUGH or second.share < _AGREE_CLD or close:
            return None
        if first.code == second.code and first.share >= _AGREE_MODEL:
            return Language(code=first.code, script=script, confidence=round(0.98 + 0.018 * min(1.0, first.share), 3))
        if self._experts.knows(second.code) or second.share < _ALONE_CLD:
            return None
        return Language(code=second.code, script=script, confidence=0.97)

    def _doubts(self, title: str, text: str, whole: Language) -> list[tuple[int, int]]:
        """Return the paragraphs to ask if the middle or the end of ``text`` may be in another language than its
        beginning; all of it as one if only the title may be; nothing if there is no doubt.
        """
        if whole.script not in SCRIPTS and 0 < whole.confidence < _PURE:
            return paragraphs(text)
        middle = max(0, min(len(text) // 2, len(text) - 2 * _PROBE))
        probe = f"{text[middle : middle + _PROBE]} {text[-_PROBE:]}" if "\n" in text or len(text) > TEXT_CHARS else ""
        if self._differs(probe, whole, _FOREIGN):
            return paragraphs(text)
        foreign = bool(text) and self._differs(title[:TITLE_CHARS], whole, _FOREIGN_TITLE)
        return [(0, len(text))] if foreign else []

    def _differs(self, text: str, whole: Language, least: float) -> bool:
        if len(text) < _PROBE_LETTERS:
            return False
        if not self._experts.cld_knows(whole.code):
            return script_of_counts(script_counts(text)) not in (whole.script, COMMON)
        own = (whole.code, *_RELATED.get(whole.code, ()))
        return any(share >= least and code not in own for code, share in self._experts.seen_in(text).items())


def _plain(text: str) -> str:
    """Return ``text`` on one line without addresses, handles, numbers and markup, which say nothing about language."""
    if "@" in text or "#" in text or "www." in text or "://" in text:
        text = _ADDRESS.sub(" ", text)
    return " ".join(_NOISE.sub(" ", text).split())


def _named(shares: Array, script: str, text: str, letters: int) -> Language:
    at = int(shares.argmax())
    code, confidence = candidates(script)[at], round(float(shares[at]), 3)
    if confidence < (SURE if letters >= ENOUGH else MIN_CONFIDENCE):
        return Language(code=UNKNOWN, script=script, confidence=confidence)
    return Language(code=relative(code, text), script=script, confidence=confidence)


def _compared(layer: Language, text: str) -> Language:
    """Return ``layer`` with the close relative that more of ``text`` speaks for."""
    code = relative(layer.code, text[:RELATIVE_CHARS]) if layer.code in _STANDARDS else layer.code
    return layer if code == layer.code else Language(code=code, script=layer.script, confidence=layer.confidence)
