"""What changed between two versions of a text: aligned by paragraphs and sentences, then by words, in any script."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from babelscope.explore.alignment import align
from babelscope.explore.comparison import MAX_TEXT, Comparison, Side, compare
from babelscope.explore.versions import chosen, stretches
from babelscope.explore.wording import Wording, pieces
from babelscope.flow.errors import BadInput
from babelscope.languages.segments import segments
from editions import AR1, AR2, TH1, V1, V2, ZH1, ZH2


def changed(old: str, new: str) -> str:
    """Return a change as text: [-removed-] and {+added+}, stressed words between asterisks."""
    shown = ""
    for piece in pieces(Wording(text=old), Wording(text=new)):
        text = f"*{piece.text}*" if piece.stress else piece.text
        shown += {"same": text, "removed": f"[-{text}-]", "added": f"{{+{text}+}}"}[piece.op]
    return shown


def of(old: str, new: str, **more: tuple[tuple[int, int, str], ...]) -> Comparison:
    return compare(
        Side(title="", text=old, names=more.get("before", ())), Side(title="", text=new, names=more.get("after", ()))
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12 dead, 1,200 hurt", ["12", " ", "dead", ",", " ", "1,200", " ", "hurt"]),
        ("in 2026 300 came", ["in", " ", "2026", " ", "300", " ", "came"]),
        ("don't stop", ["don't", " ", "stop"]),
        ("罢工12人", ["罢", "工", "12", "人"]),
        ("วันที่", ["วั", "น", "ที่"]),
        ("हिन्दी में", ["हिन्दी", " ", "में"]),
        ("قُتل ٢١", ["قُتل", " ", "٢١"]),
    ],
)
def test_text_is_cut_where_a_reader_would(text: str, parts: list[str]) -> None:
    assert segments(text) == parts


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("At least 12 people died.", "At least 21 people died.", "At least [-*12*-]{+*21*+} people died."),
        ("Costs rose to 1,200 euros", "Costs rose to 1 200 euros", "Costs rose to [-1,200-]{+1 200+} euros"),
        ("12人受伤，罢工", "21人受伤，罢工", "[-*12*-]{+*21*+}人受伤，罢工"),
        ("قتل 12 شخصا", "قتل ٢١ شخصا", "قتل [-*12*-]{+*٢١*+} شخصا"),
        (TH1, TH1.replace("วันจันทร์", "วันอังคาร"), TH1.replace("จันทร์", "[-จันทร์-]{+อังคาร+}")),
        ("the cat sat", "the cat sat", "the cat sat"),
        ("", "all new", "{+all new+}"),
    ],
)
def test_changed_words_are_told_and_numbers_stressed(old: str, new: str, shown: str) -> None:
    assert changed(old, new) == shown


def test_words_that_are_equal_by_chance_do_not_chop_a_rewritten_sentence() -> None:
    shown = changed("The minister of trade resigned on Monday", "Nobody in the office of exports expected anything")
    assert shown.count("[-") == 1 and shown.count("{+") == 1


def test_a_moved_paragraph_is_told_as_moved_and_not_as_removed_and_added() -> None:
    found = of(V1, V2)
    kinds = [block.kind for block in found.blocks]
    assert kinds == ["moved", "changed", *["same"] * 5, "moved-away", "changed"]
    assert (found.blocks[0].old, found.blocks[0].new) == (7, 1)
    assert found.moved == 1
    first = "".join(p.text for p in found.blocks[1].pieces if p.op == "added")
    assert first == "21AlexandriaNobody was charged. "


def test_replaced_numbers_and_names_come_first() -> None:
    before, after = V1.index("Tampa"), V2.index("Alexandria")
    found = of(V1, V2, before=((before, before + 5, "place"),), after=((after, after + 10, "place"),))
    told = [(fact.kind, fact.old, fact.new) for fact in found.facts]
    assert told == [("number", "12", "21"), ("name", "Tampa", "Alexandria")]
    assert found.facts[0].context.startswith("people died when a bridge")
    stressed = {p.text: p.stress for block in found.blocks for p in block.pieces if p.stress}
    assert stressed == {"12": "number", "21": "number", "Tampa": "name", "Alexandria": "name"}


def test_persons_are_marked_in_the_text_and_never_listed() -> None:
    old, new = "The prize went to Odalys Ferrant on Monday.", "The prize went to Hollis Brand on Monday."
    found = of(old, new, before=((18, 32, "person"),), after=((18, 30, "person"),))
    assert found.facts == ()
    assert [p.stress for p in found.blocks[0].pieces] == ["", "name", "name", ""]


@pytest.mark.parametrize(("old", "new"), [(AR1, AR2), (ZH1, ZH2)])
def test_scripts_of_all_kinds_find_the_changed_number(old: str, new: str) -> None:
    found = of(old, new)
    assert [(fact.old, fact.new) for fact in found.facts] == [("12", "21")]
    assert found.blocks[0].kind == "changed"


lines = st.lists(st.text(alphabet="abc 12.。人ا\u0301", max_size=30), max_size=12).map("\n".join)


@settings(max_examples=200, deadline=None)
@given(lines, lines)
def test_both_versions_can_be_read_back_from_a_comparison(old: str, new: str) -> None:
    blocks = of(old, new).blocks

    def signs(texts: list[str]) -> list[str]:
        return sorted("".join("".join(text.split()) for text in texts))

    kept = [b for b in blocks if b.kind != "moved-away"]
    back = ["".join(p.text for p in b.pieces if p.op != "removed") for b in kept if b.new]
    assert [text.split() for text in back] == [line.split() for line in new.split("\n") if line.strip()]
    gone = ["".join(p.text for p in b.pieces if p.op != "added") for b in kept if b.old]
    assert signs(gone) == signs(old.split("\n"))


@given(st.lists(st.sampled_from("abcd"), max_size=8), st.lists(st.sampled_from("abcd"), max_size=8))
def test_every_unit_is_aligned_once_and_in_order(old: list[str], new: list[str]) -> None:
    pairs = align(old, new)
    assert [a for a, _ in pairs if a is not None] == list(range(len(old)))
    assert [b for _, b in pairs if b is not None] == list(range(len(new)))


@pytest.mark.parametrize("unit", ["a b ", "x\n", "A. ", "港务局", "12 "])
def test_hostile_text_costs_bounded_time(unit: str) -> None:
    random.seed(5)
    texts = ["".join(random.choice((unit, "q ", "\n", "z. ")) for _ in range(120_000)) for _ in range(2)]
    started = time.perf_counter()
    found = of(*texts)
    assert time.perf_counter() - started < 10
    assert found.is_cut
    assert sum(len(p.text) for b in found.blocks for p in b.pieces) <= 4 * MAX_TEXT


def test_equal_texts_have_nothing_to_tell() -> None:
    found = of(V1, V1)
    assert {block.kind for block in found.blocks} == {"same"}
    assert (found.words_added, found.words_removed, found.facts) == (0, 0, ())


def test_far_unchanged_paragraphs_are_folded() -> None:
    folded = [(s.first, s.last) for s in stretches(of(V1, V2).blocks) if s.is_folded]
    assert folded == [(3, 6)]


@pytest.mark.parametrize(
    ("asked", "places"),
    [(("b", "", ""), (0, 1)), (("a", "", ""), (0, 1)), (("c", "", ""), (1, 2)), (("a", "a", "c"), (0, 2)),
     (("c", "a", ""), (0, 2)), (("c", "c", "a"), (2, 0)), (("a", "b", ""), (1, 2)), (("a", "", "c"), (1, 2))],
)  # fmt: skip
def test_two_versions_are_chosen(asked: tuple[str, str, str], places: tuple[int, int]) -> None:
    assert chosen(["a", "b", "c"], *asked) == places


def test_a_version_of_another_address_is_refused() -> None:
    with pytest.raises(BadInput, match="to: 'x' is not a version"):
        chosen(["a", "b"], "a", "", "x")
    assert chosen(["a"], "a", "", "") is None
