"""``babelscope doctor``: says what works, and what to do about what does not; the exit code tells a script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from babelscope.app.doctor import examine
from babelscope.flow.config import Config, ModelsConfig, RunConfig, StoreConfig
from babelscope.languages.segmenters import SEGMENTERS
from commands import babelscope


def test_all_is_well_on_a_whole_installation(tmp_path: Path) -> None:
    done = babelscope("doctor", "--json", cwd=tmp_path)
    report = json.loads(done.stdout)
    bad = [c for c in report["checks"] if not c["ok"]] + [m for m in report["models"] if not m["ok"]]
    names = [c["name"] for c in report["checks"]]
    assert names[:6] == ["python", "pipeline", "linkers", "engine", "store", "dashboard"]
    assert names[6:] == [f"segmenter {one.name}" for one in SEGMENTERS]
    assert {m["capability"] for m in report["models"]} >= {"translate", "embed"}
    assert done.returncode == (1 if bad else 0) and report["ok"] is (not bad)
    assert all(c["name"] == "dashboard" for c in bad), bad
    assert list(tmp_path.iterdir()) == []


def test_a_person_gets_a_table(tmp_path: Path) -> None:
    shown = babelscope("doctor", cwd=tmp_path).stdout.decode()
    assert "ok  pipeline: extract → language" in shown and "weights" in shown


def test_an_optional_segmenter_that_is_absent_comes_with_its_install_line() -> None:
    found = {c.name: c for c in examine(Config(run=RunConfig(stages=("extract",), linkers=()))).checks}
    for one in SEGMENTERS:
        check = found[f"segmenter {one.name}"]
        assert check.ok
        assert check.detail.startswith("present") if one.present else check.detail.endswith(one.install)


def test_a_damaged_model_is_named_with_the_remedy(tmp_path: Path) -> None:
    """A file of the user's own folder that is not the pinned one is fatal, and said so."""
    (model,) = [m for m in examine(Config()).models if m.capability == "embed"][:1]
    (tmp_path / model.model).mkdir()
    report = examine(Config(models=ModelsConfig(directory=str(tmp_path))))
    (found,) = [m for m in report.models if m.model == model.model]
    assert not found.ok and found.state.startswith("damaged") and "install" in found.state
    assert not report.ok


@pytest.mark.parametrize(
    ("config", "name", "words"),
    [
        (Config(run=RunConfig(stages=("extract", "translate"))), "pipeline", "needs language"),
        (Config(run=RunConfig(stages=("extract", "fakes:Weightless"))), "pipeline", "bring them"),
        (Config(run=RunConfig(stages=("nonsense",))), "pipeline", "known:"),
        (Config(run=RunConfig(linkers=("storys",))), "linkers", "did you mean 'stories'"),
        (Config(run=RunConfig(stages=("extract",))), "linkers", "needs fingerprint"),
        (Config(store=StoreConfig(directory=f"{__file__}/store")), "store", "not a folder"),
    ],
)
def test_what_cannot_work_is_told_in_words(config: Config, name: str, words: str) -> None:
    report = examine(config)
    (check,) = [c for c in report.checks if c.name == name]
    assert not report.ok and not check.ok and words in check.detail


def test_a_wrong_configuration_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "babelscope.toml").write_text("[run]\nengin = 'pool'\n")
    done = babelscope("doctor", cwd=tmp_path)
    assert done.returncode == 1 and b"did you mean run.engine" in done.stderr and b"Traceback" not in done.stderr
