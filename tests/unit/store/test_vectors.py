"""The vector index: exact before folding, nearly exact after, whole at every moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from babelscope.flow.errors import BabelscopeError
from babelscope.store.vectors import VectorReader, VectorWriter, read_manifest

DIMENSIONS = 64
RANDOM = np.random.default_rng(3)
CENTRES = RANDOM.normal(size=(60, DIMENSIONS))
MATRIX = CENTRES[RANDOM.integers(60, size=3000)] + RANDOM.normal(size=(3000, DIMENSIONS)) * 0.6
MATRIX = (MATRIX / np.linalg.norm(MATRIX, axis=1, keepdims=True)).astype("<f2")


def add(writer: VectorWriter, start: int, end: int, month: str = "2026-01") -> str:
    segment = f"day={month}-01/{start:08d}"
    writer.add(month, segment, "m", list(range(start, end)), [row.tobytes() for row in MATRIX[start:end]])
    return segment


def exact(query: np.ndarray, k: int, count: int = 3000) -> list[int]:  # type: ignore[type-arg]
    return [int(i) for i in np.argsort(-(MATRIX[:count].astype(np.float32) @ query))[:k]]


def test_plain_vectors_are_compared_exactly(tmp_path: Path) -> None:
    writer = VectorWriter(tmp_path)
    add(writer, 0, 200)
    add(writer, 200, 500)
    query = MATRIX[7].astype(np.float32)
    found = VectorReader(tmp_path).nearest(query, 10, ["2026-01"])
    assert [key for key, _ in found] == exact(query, 10, 500)
    assert found[0] == (7, pytest.approx(1.0, abs=1e-3))


def test_recall_after_folding(tmp_path: Path) -> None:
    writer = VectorWriter(tmp_path)
    add(writer, 0, 2000)
    writer.fold("2026-01", at_least=1)
    add(writer, 2000, 2500)
    writer.fold("2026-01", at_least=501)
    writer.fold("2026-01", at_least=500)
    add(writer, 2500, 3000)
    manifest = read_manifest(tmp_path / "2026-01")
    assert manifest is not None and (manifest.folded, sum(manifest.parts.values())) == (2500, 500)
    assert len(list((tmp_path / "2026-01").iterdir())) == 3
    reader = VectorReader(tmp_path)
    assert reader.keys("2026-01") == set(range(3000))
    hits = 0
    for number in range(0, 3000, 30):
        query = MATRIX[number].astype(np.float32)
        found = reader.nearest(query, 10, ["2026-01"])
        assert found[0][0] == number
        hits += len({key for key, _ in found} & set(exact(query, 10)))
    assert hits / 1000 >= 0.97


def test_several_months_are_merged(tmp_path: Path) -> None:
    writer = VectorWriter(tmp_path)
    add(writer, 0, 100, "2026-01")
    add(writer, 100, 200, "2026-02")
    query = MATRIX[150].astype(np.float32)
    reader = VectorReader(tmp_path)
    assert [key for key, _ in reader.nearest(query, 5, ["2026-01", "2026-02", "2026-03"])] == exact(query, 5, 200)
    assert all(key < 100 for key, _ in reader.nearest(query, 5, ["2026-01"]))


def test_adding_a_segment_again_replaces_it_and_removing_it_removes_it(tmp_path: Path) -> None:
    writer = VectorWriter(tmp_path)
    add(writer, 0, 10)
    segment = add(writer, 0, 10)
    assert writer.count("2026-01") == 10
    writer.remove(segment)
    assert writer.count("2026-01") == 0
    assert VectorReader(tmp_path).nearest(MATRIX[0], 3, ["2026-01"]) == []


def test_a_reader_sees_each_change(tmp_path: Path) -> None:
    writer, reader = VectorWriter(tmp_path), VectorReader(tmp_path)
    assert reader.nearest(MATRIX[0], 3, ["2026-01"]) == []
    add(writer, 0, 50)
    assert len(reader.keys("2026-01")) == 50
    writer.fold("2026-01", at_least=1)
    assert len(reader.keys("2026-01")) == 50
    writer.drop("2026-01")
    assert reader.keys("2026-01") == set()


def test_missing_files_are_noticed(tmp_path: Path) -> None:
    writer = VectorWriter(tmp_path)
    assert writer.count("2026-01") == 0
    add(writer, 0, 10)
    next((tmp_path / "2026-01").glob("part-*")).unlink()
    assert writer.count("2026-01") == -1
    (tmp_path / "2026-01" / "manifest.json").write_text("{}")
    assert writer.count("2026-01") == -1


def test_vectors_of_two_models_never_mix(tmp_path: Path) -> None:
    writer = VectorWriter(tmp_path)
    add(writer, 0, 10)
    with pytest.raises(BabelscopeError, match="process --again"):
        writer.add("2026-01", "day=2026-01-01/00000009", "other", [99], [MATRIX[0].tobytes()])
    with pytest.raises(BabelscopeError, match="dimensions"):
        VectorReader(tmp_path).nearest(np.ones(3), 5, ["2026-01"])


def test_a_zero_vector_has_no_neighbours(tmp_path: Path) -> None:
    add(VectorWriter(tmp_path), 0, 10)
    assert VectorReader(tmp_path).nearest(np.zeros(DIMENSIONS), 5, ["2026-01"]) == []
