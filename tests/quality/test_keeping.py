"""What the check says about our own translations of NTREX, and that protection costs nothing."""

from __future__ import annotations

from functools import cache

import pytest

from babelscope.understand.firefox import build
from babelscope.understand.glossary import Term
from babelscope.understand.protect import better, check, restore, shield, shield_again, survived
from reading_cases import configuration, evaluation_set, metrics

PAIR = ("pt", "en")


def engine(sentences: list[str]) -> list[str]:
    translator = build(configuration())
    hop = next(hop for hop in translator.hops() if (hop.source, hop.target) == PAIR)
    return list(translator.translate(hop, sentences))


@cache
def translated(version: str) -> tuple[list[str], list[str], list[str]]:
    lines = evaluation_set("ntrex_dev")["lines"]
    return lines[version], engine(lines[version]), lines["eng"]


def kept(original: str, made: str) -> bool:
    return not any(f.way == "lost" and f.kind in ("number", "name") for f in check(original, made, *PAIR))


@pytest.mark.slow
@pytest.mark.parametrize("version", ["por", "por-BR"])
def test_protection_costs_nothing_and_numbers_and_names_come_through(version: str) -> None:
    originals, bare, references = translated(version)
    final = list(bare)
    tries = {}
    for n, (original, made) in enumerate(zip(originals, bare, strict=True)):
        again = shield_again(original, check(original, made, *PAIR), (), PAIR)
        if again is not None:
            tries[n] = again
    for (n, shielded), made in zip(tries.items(), engine([s.text for s in tries.values()]), strict=True):
        second = restore(made, shielded)
        first = (bare[n], check(originals[n], bare[n], *PAIR))
        final[n] = better(first, (second, check(originals[n], second, *PAIR)))[0]
    score, plain = (metrics().chrf2(texts, references) for texts in (final, bare))
    share = sum(map(kept, originals, final)) / len(final)
    print(f"{version}: chrF2 {score:.2f} (unprotected {plain:.2f}), {share:.2%} keep every number and name")
    assert score >= plain - 0.5
    assert share >= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("version", ["spa", "fra", "rus", "arb", "hin", "zho-CN", "swa"])
def test_human_translations_raise_few_alarms(version: str) -> None:
    """People change numbers and names now and then, too; more alarms than that would be false."""
    lines = evaluation_set("ntrex_dev")["lines"]
    language = {"spa": "es", "fra": "fr", "rus": "ru", "arb": "ar", "hin": "hi", "zho-CN": "zh", "swa": "sw"}[version]
    pairs = list(zip(lines[version], lines["eng"], strict=True))
    alarms = [check(a, b, language, "en") for a, b in pairs]
    numbers = sum(any(f.kind == "number" for f in faults) for faults in alarms) / len(pairs)
    names = sum(any(f.kind == "name" for f in faults) for faults in alarms) / len(pairs)
    print(f"{version}: numbers {numbers:.2%}, names {names:.2%} of {len(pairs)} sentences")
    assert numbers <= 0.06
    assert names <= 0.06


@pytest.mark.slow
def test_placeholders_survive_the_engine() -> None:
    """Every 5th sentence of NTREX with a capital in its middle: that word becomes a term of the user."""
    originals = evaluation_set("ntrex_dev")["lines"]["por"][::5]
    cases = []
    for original in originals:
        names = [w.strip(",.;:()\"'") for w in original.split()[1:] if w[:1].isupper() and len(w) > 3]
        if names:
            cases.append(shield(original, (Term(names[0], "Qaspar"),)))
    cases = [case for case in cases if case.holds]
    made = engine([case.text for case in cases])
    share = sum(map(survived, made, cases)) / len(cases)
    print(f"{share:.1%} of {len(cases)} sentences keep every placeholder")
    assert len(cases) > 100
    assert share >= 0.95
