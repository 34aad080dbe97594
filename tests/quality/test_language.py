"""Language identification on the evaluation texts: floors under the measured scores, "und" counting as wrong.

The codes are those of ``canonical_code``: versions of one language (English of three countries, Arabic and Hassaniya,
Persian and Dari, Brazilian Portuguese, both scripts of Serbian) count as that language; Bosnian, Croatian, Serbian,
Bokmål and Nynorsk, Malay and Indonesian, Zulu and Northern Ndebele do not. The version "nso" of NTREX is written in
Southern Sotho ("hore", "ke ho"), whatever its name, so both codes are right there.
"""

from __future__ import annotations

from collections import Counter

import pytest

from babelscope.languages.codes import canonical_code
from babelscope.model import Language
from babelscope.understand.language import Identifier
from reading_cases import evaluation_set, metrics

pytestmark = pytest.mark.slow
FLOORS = {"sentences": 0.97, "word-pairs": 0.91, "single-words": 0.8}


@pytest.fixture(scope="module")
def identifier() -> Identifier:
    made = Identifier()
    made.load()
    return made


@pytest.fixture(scope="module")
def lines(identifier: Identifier) -> list[tuple[str, str, Language]]:
    """(kind, language, answer) of every line of lid_lingua."""
    rows = evaluation_set("lid_lingua")
    found = identifier.texts([row["text"] for row in rows])
    return [(row["kind"], canonical_code(row["lang"]), layer) for row, layer in zip(rows, found, strict=True)]


@pytest.mark.parametrize("kind", FLOORS)
def test_short_texts(lines: list[tuple[str, str, Language]], kind: str) -> None:
    gold = [code for own, code, _ in lines if own == kind]
    assert metrics().macro_accuracy(gold, [layer.code for own, _, layer in lines if own == kind]) >= FLOORS[kind]
    assert len(set(gold)) >= 72


def test_confidence_is_a_probability(lines: list[tuple[str, str, Language]]) -> None:
    said, right, total = Counter[int](), Counter[int](), Counter[int]()
    for _, code, layer in lines:
        if layer.code != "und" and code != "ms":  # most lines called Malay are Indonesian
            place = min(9, int(layer.confidence * 10))
            total[place] += 1
            right[place] += layer.code == code
            said[place] += round(layer.confidence * 1000)
    shares = [right[place] / total[place] for place in range(3, 10)]
    assert shares == sorted(shares)
    error = sum(abs(said[place] / 1000 - right[place]) for place in total) / total.total()
    assert error <= 0.06


def documents() -> tuple[list[str], list[tuple[str, str]]]:
    """Return the language and (title, text) of every document of every version of NTREX."""
    texts = evaluation_set("ntrex_dev")
    starts: dict[str, list[int]] = {}
    for index, name in enumerate(texts["doc_ids"]):
        starts.setdefault(name, []).append(index)
    gold, pairs = [], []
    for version, rows in texts["lines"].items():
        for first, *rest in starts.values():
            gold.append(canonical_code(version.replace("ref-2.", "")))
            pairs.append((rows[first], "\n".join(rows[index] for index in rest)))
    return gold, pairs


def test_documents(identifier: Identifier) -> None:
    gold, pairs = documents()
    found = identifier.documents(pairs)
    answers = ["nso" if pair == ("nso", "st") else pair[1] for pair in zip(gold, (x.code for x in found), strict=True)]
    assert metrics().macro_accuracy(gold, answers) >= 0.99
    assert len(set(gold)) >= 98
    assert sum(not layer.parts for layer in found) / len(found) >= 0.975
