"""How alike two documents are: a handful of plain features, and a logistic judgement on them.

The features need no language of their own: vectors that are comparable across languages, names folded to Latin letters,
numbers, character n-grams for documents in one language, and time. The few coefficients are data
(``stories.json``), fitted by ``scripts/fit_stories.py``.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from collections.abc import Sequence
from importlib import resources

import msgspec
import numpy as np
from anyascii import anyascii
from numpy.typing import NDArray

from babelscope.model import Document, Embedding, Language, Mentions

LEAD = 400
"""Code points of the text that are searched for names and numbers beside the title."""
GRAM = 4
NAME_LETTERS = 5
"""Folded names are compared by their first letters: endings differ between languages."""
MAX_NAMES = 40
LONG = 200
"""Code points of text from which a document counts as more than a title."""
FEATURES = ("cosine", "same_language", "grams", "names", "places", "numbers", "log_hours", "days")
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_CASED_NAME = re.compile(r"(?<![\w])[^\W\d_]\w{2,}")
_UNCASED_NAME = re.compile(r"[^\W\d_]{4,}")


class Traits(msgspec.Struct, frozen=True):
    """What is compared of one document; ``vector`` is of unit length (zeros where there is none)."""

    document: str
    hours: float
    language: str
    vector: NDArray[np.float32]
    grams: frozenset[str]
    names: frozenset[str]
    places: frozenset[str]
    numbers: frozenset[str]
    is_long: bool


class Weights(msgspec.Struct, frozen=True):
    """Coefficients in the order of ``FEATURES``, and the intercept."""

    coefficients: tuple[float, ...]
    intercept: float


class Model(msgspec.Struct, frozen=True):
    """How pairs are judged: documents with text by ``texts``, others by ``titles``; a merit of 0 decides.

    Titles alone are alike by topic, so much more is asked of them than of texts. ``weight_of_best`` is the share of the
    best pair in a story's merit, the rest is the mean of its candidates.
    """

    titles: Weights
    texts: Weights
    weight_of_best: float
    fitted_on: str


@functools.cache
def load_model() -> Model:
    """Return the packaged model."""
    return msgspec.json.decode(resources.files("babelscope.connect").joinpath("stories.json").read_bytes(), type=Model)


def traits(document: Document) -> Traits:
    """Return what is compared of ``document``: title, text, and the layers that are there."""
    language, embedding = document.layers.get("language"), document.layers.get("embedding")
    text = f"{document.title}. {document.text[:LEAD]}"
    return Traits(
        document=document.id,
        hours=document.time.timestamp() / 3600,
        language=language.code if isinstance(language, Language) else "und",
        vector=_vector(embedding),
        grams=_grams(document.title or document.text[:120]),
        names=_names(text),
        places=_places(document.layers.get("mentions")),
        is_long=len(document.text) >= LONG,
        numbers=frozenset(n.strip(".,").replace(",", ".") for n in _NUMBER.findall(text)),
    )


def features(one: Traits, other: Traits, cosine: float) -> tuple[float, ...]:
    """Return the features of a pair, in the order of ``FEATURES``."""
    gap = abs(one.hours - other.hours)
    same = one.language == other.language
    return (
        cosine,
        float(same),
        _overlap(one.grams, other.grams) if same else 0.0,
        _overlap(one.names, other.names),
        _overlap(one.places, other.places),
        _overlap(one.numbers, other.numbers),
        math.log1p(gap),
        gap / 24,
    )


def logits(one: Traits, others: Sequence[Traits], cosines: Sequence[float], model: Model) -> NDArray[np.float64]:
    """Return the log-odds that ``one`` tells the same story as each of ``others``."""
    table = np.array([features(one, other, c) for other, c in zip(others, cosines, strict=True)], dtype=np.float64)
    table = table.reshape(-1, len(FEATURES))
    by_title, by_text = (table @ np.array(w.coefficients) + w.intercept for w in (model.titles, model.texts))
    both_long = np.array([one.is_long and other.is_long for other in others], dtype=bool)
    judged: NDArray[np.float64] = np.where(both_long, by_text, by_title)
    return judged


def _vector(embedding: object) -> NDArray[np.float32]:
    if not isinstance(embedding, Embedding):
        return np.zeros(1, dtype=np.float32)
    vector = np.frombuffer(embedding.vector, dtype="<f2").astype(np.float32)
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


def _grams(title: str) -> frozenset[str]:
    folded = " ".join(title.casefold().split())
    return frozenset(folded[i : i + GRAM] for i in range(max(len(folded) - GRAM + 1, 0)))


def _names(text: str) -> frozenset[str]:
    """Return folded beginnings of likely names: capitalised words, and words of scripts that have no capitals."""
    found: list[str] = []
    for word in _CASED_NAME.findall(text):
        if word[0].isupper() or (not word[0].islower() and _UNCASED_NAME.fullmatch(word)):
            found.append(word)
    keys = (re.sub(r"[^a-z]", "", anyascii(w).casefold())[:NAME_LETTERS] for w in found[:MAX_NAMES])
    return frozenset(k for k in keys if len(k) >= 3)


def _places(mentions: object) -> frozenset[str]:
    """Return the towns that are named; countries are left out, too many stories share them."""
    if not isinstance(mentions, Mentions):
        return frozenset()
    return frozenset(m.place.id for m in mentions.items if m.place is not None and not m.place.is_area)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the cosine of two sets (Ochiai): 0 when either is empty."""
    return len(one & other) / math.sqrt(len(one) * len(other)) if one and other else 0.0


def window_start(time: dt.datetime, hours: int) -> dt.datetime:
    """Return the moment ``hours`` before ``time``, not before year 1."""
    try:
        return time - dt.timedelta(hours=hours)
    except OverflowError:
        return dt.datetime.min.replace(tzinfo=dt.UTC)
