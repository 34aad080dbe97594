from __future__ import annotations

import pytest

from babelscope.flow.apply import PipelineSpec, apply
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, ConfigError, Unavailable
from babelscope.model import Document
from fakes import Echo, Greedy, Short, Shout, Weightless

CONFIG = Config()


def documents(count: int, **special: str) -> list[Document]:
    texts = {f"d{n:03}": f"text {n}" for n in range(count)} | special
    return [Document(id=name, text=text) for name, text in texts.items()]


def test_one_bad_document_in_64_costs_13_calls_and_stands_alone() -> None:
    stage = Shout(CONFIG)
    outcome = apply([stage], documents(64, d017="poison"))
    assert stage.calls == 13
    assert [f.document for f in outcome.failed] == ["d017"]
    assert outcome.failed[0].error == "BadInput"
    assert outcome.failed[0].where.startswith("fakes.py:")
    assert len(outcome.kept) == 63
    assert outcome.received == 64


def test_a_drop_is_a_decision_with_a_reason() -> None:
    outcome = apply([Shout(CONFIG)], documents(3, d001="dull"))
    assert [(d.document, d.stage, d.reason) for d in outcome.dropped] == [("d001", "shout", "dull")]
    assert [d.id for d in outcome.kept] == ["d000", "d002"]


def test_a_layer_of_the_same_version_is_not_computed_again() -> None:
    first = apply([Shout(CONFIG)], documents(5))
    again = Shout(CONFIG)
    second = apply([again], first.kept)
    assert again.calls == 0
    assert second.kept == first.kept
    newer = Shout(CONFIG)
    newer.version = "2"
    assert apply([newer], first.kept).kept[0].made_by["shout"] == "shout@2"


def test_undeclared_layers_and_missing_patches_stop_the_run() -> None:
    with pytest.raises(BabelscopeError, match="secret"):
        apply([Greedy(CONFIG)], documents(2))
    with pytest.raises(BabelscopeError, match="0 patches for 2"):
        apply([Short(CONFIG)], documents(2))


def test_missing_weights_blame_no_document() -> None:
    spec = PipelineSpec(stages=("fakes:Weightless",), config=CONFIG)
    with pytest.raises(Unavailable, match="bring them"):
        spec.open()
    assert Weightless(CONFIG).name == "weightless"


def test_a_pipeline_whose_needs_nothing_provides_is_refused() -> None:
    with pytest.raises(ConfigError, match="needs shout"):
        PipelineSpec(stages=("fakes:Echo", "fakes:Shout"), config=CONFIG).open()
    assert len(PipelineSpec(stages=("fakes:Shout", "fakes:Echo"), config=CONFIG).open()) == 2
    assert Echo(CONFIG).provides == {"echo"}


def test_an_unknown_stage_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'translate'"):
        PipelineSpec(stages=("translat",), config=CONFIG).open()
