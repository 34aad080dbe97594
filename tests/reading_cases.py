"""What the tests of reading share: documents, one cache folder for built models, and the evaluation data."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from babelscope.flow.config import Config, ModelsConfig, ReadConfig
from babelscope.model import Document, Language

CACHE = str(Path(tempfile.gettempdir()) / "babelscope-test-cache")
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def configuration(**read: Any) -> Config:
    """Return the default configuration with the tests' cache folder."""
    return Config(models=ModelsConfig(cache=CACHE), read=ReadConfig(**read))


def document(text: str, language: str, title: str = "") -> Document:
    """Return a document that was read, with its language."""
    layer = Language(code=language, script="Latn", confidence=1.0)
    return Document(id="d", title=title, text=text, layers={"language": layer})


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"eval_{name}", DATA / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def evaluation_set(name: str, *part: Any) -> Any:
    """Return the rows of an evaluation set, or skip the test with the reason."""
    if not any((DATA / name).glob("*.gz")):
        pytest.skip(f"evaluation set {name} is absent from ../shared/data")
    return _module("load").LOADERS[name](*part)


def metrics() -> Any:
    """Return the module of evaluation metrics."""
    if not (DATA / "metrics.py").is_file():
        pytest.skip("the metrics are absent from ../shared/data")
    return _module("metrics")
