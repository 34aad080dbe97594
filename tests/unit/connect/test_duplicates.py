from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from babelscope.app.memory import PipeMemory
from babelscope.connect.duplicates import Duplicates, band_keys, similarity
from babelscope.connect.fingerprint import FingerprintStage, shingles
from babelscope.flow.apply import apply
from babelscope.flow.config import Config
from babelscope.model import Document

WORDS = [
    "river",
    "dyke",
    "minister",
    "rain",
    "houses",
    "water",
    "village",
    "rescue",
    "army",
    "bridge",
    "school",
    "mayor",
    "crest",
    "gauge",
    "boats",
    "night",
]


def text(seed: int, words: int = 180) -> str:
    chooser = random.Random(seed)
    return " ".join(chooser.choice(WORDS) + str(chooser.randrange(40)) for _ in range(words))


def families(texts: list[str]) -> list[str]:
    docs = apply([FingerprintStage()], [Document(id=f"{n:02}", text=t) for n, t in enumerate(texts)]).kept
    linker = Duplicates(Config(), PipeMemory())
    return [m.group for m in linker(docs)]


def test_wire_copies_cut_and_edited_are_one_family_and_others_are_not() -> None:
    wire = text(1).split()
    cut = " ".join(wire[: int(len(wire) * 0.6)])
    edited = " ".join("x" if n % 12 == 0 else w for n, w in enumerate(wire))
    assert families([" ".join(wire), text(2), cut, edited, text(3)]) == ["00", "01", "00", "00", "04"]


def test_case_spacing_and_punctuation_make_no_difference() -> None:
    one = text(5)
    assert families([one, one.upper().replace(" ", ",  ")]) == ["00", "00"]


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    story = "湄南河水位继续上涨大城府多个工业园区被淹当局下令疏散居民并向下游排洪" * 2 + "专家批评水库放水太晚"
    other = "海关总署公布十月份进出口数据显示贸易顺差扩大汽车出口增长百分之十二点五电子产品下降"
    assert families([story, other, story[:50] + "记者报道" + story[50:]]) == ["00", "01", "00"]


def test_short_texts_must_agree_almost_entirely() -> None:
    assert families(["The minister said no to the plan", "The minister said no to the press"]) == ["00", "01"]
    assert families(["The minister said no", "the MINISTER said no!"]) == ["00", "00"]


def test_no_text_is_nobodys_copy() -> None:
    assert families(["", "", "!!!"]) == ["00", "01", "02"]


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_signature_equal_to_its_own(sample: str) -> None:
    prints = [FingerprintStage()([Document(id="a", text=sample)])[0].layers["fingerprint"] for _ in range(2)]
    assert prints[0] == prints[1]
    assert similarity(prints[0].minhash, prints[1].minhash) == 1.0
    assert len(band_keys(prints[0].minhash)) == 32
    assert shingles(sample) == sorted(set(shingles(sample)))
