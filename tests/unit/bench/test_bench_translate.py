"""The measurement of translation, small: what it says is what happened."""

from __future__ import annotations

import pytest

from babelscope.bench import translate
from babelscope.bench.translate import documents, run, sentences
from reading_cases import configuration


def test_sentences_are_different_and_many_enough() -> None:
    made = sentences("pt", 500)
    assert len(set(made)) == len(made) and 500 <= sum(len(line.split()) for line in made) < 530
    assert made == sentences("pt", 500) and [d.title for d in documents("pt", made)] == made[::4]


@pytest.mark.slow
def test_speeds_and_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "COPIES", 60)
    found = run(configuration(), words=120)
    assert found["routes"]["pt"]["grade"] == "neural" and found["routes"]["pt"]["words"] >= 120
    assert found["routes"]["pt"]["words_a_cpu_second"] > 50
    copies = found["wire_copies"]
    assert copies["copies"] == 60 and copies["second_seconds"] < copies["first_seconds"] and copies["ratio"] > 3
    assert copies["file_kb"] > 10 and set(found["met"]) == {"memory_ratio", "pt_words_a_second"}
