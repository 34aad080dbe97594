"""Translator ``firefox``: Firefox Translations models (Marian transformers, 8 bit) in this process.

Models come from the packaged manifest (``pt-en`` and ``en-pt``) and from the user: folders ``<xx>-<yy>`` and
``models.manifest``. An engine belongs to the thread that opened it; nothing is ever fetched.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.errors import ModelMissing, Unavailable
from babelscope.flow.manifest import UserPair, manifest
from babelscope.flow.models import available, resolve, user_pairs
from babelscope.flow.shapes import Hop, Translator
from babelscope.languages.codes import UNKNOWN, canonical_code

MAX_OPEN = 4
"""Engines that one thread keeps open (about 100 MB each); the one used longest ago is closed first."""
QUALITY = 0.95
RELATED = {("gl", "en"): ("pt", 0.6)}
"""Pairs that the model of a close relative can read: chrF2 46.6 on gl→en where it has 64.3 on pt→en, so a gist."""


class Files(msgspec.Struct, frozen=True):
    """The files of one model; ``known`` is its id in the packaged manifest, whose files are found at first use."""

    known: str = ""
    pair: UserPair | None = None


class FirefoxTranslator:
    """Sentences → sentences by the neural models that are on this machine."""

    name = "firefox"

    def __init__(self, config: Config) -> None:
        self._config = config
        self._files: dict[str, Files] = {}
        self._opened = threading.local()

    def hops(self) -> Sequence[Hop]:
        """Return one hop per model that is there, and those by a relative's model; raises ``ModelDamaged``."""
        found: dict[tuple[str, str], Hop] = {}
        for known in manifest().values():
            if known.pair and available(known.id, self._config):
                self._add(found, known.pair, f"{known.id}#{known.mark}", Files(known=known.id))
        for pair in user_pairs(self._config):
            ends = (canonical_code(pair.source), canonical_code(pair.target))
            if UNKNOWN not in ends:
                self._add(found, ends, f"user-{pair.source}-{pair.target}@{pair.mark}", Files(pair=pair))
        return [*found.values(), *_related(found)]

    def translate(self, hop: Hop, sentences: Sequence[str]) -> Sequence[str]:
        """Return one translation per sentence; "" where the engine refused. Raises ``ModelDamaged``, ``Unavailable``.

        The engine has no faster call for many: one after the other.
        """
        made = []
        for sentence in sentences:
            try:
                made.append(" ".join(self._engine(hop.model).translate_long(sentence).split()))
            except BaseException as error:
                if isinstance(error, Unavailable) or not _is_text_fault(error):
                    raise
                self._engines().pop(hop.model, None)
                made.append("")
        return made

    def _add(self, found: dict[tuple[str, str], Hop], ends: tuple[str, str], model: str, files: Files) -> None:
        self._files[model] = files
        found[ends] = Hop(
            translator=self.name, source=ends[0], target=ends[1], model=model, neural=True, quality=QUALITY
        )

    def _engines(self) -> OrderedDict[str, Any]:
        engines: OrderedDict[str, Any] = self._opened.__dict__.setdefault("engines", OrderedDict())
        return engines

    def _engine(self, model: str) -> Any:
        """Return this thread's engine (one used from another thread panics)."""
        engines = self._engines()
        if model not in engines:
            while len(engines) >= MAX_OPEN:
                engines.popitem(last=False)
            engines[model] = self._open(model)
        engines.move_to_end(model)
        return engines[model]

    def _open(self, model: str) -> Any:
        """Build an engine from bytes: this constructor cannot download, ``Translator.load`` of the library would."""
        if model not in self._files:
            self.hops()
        if model not in self._files:
            raise Unavailable(f"the model {model} is no longer there; start again")
        files = self._files[model]
        if files.pair is None:
            folder, names = resolve(files.known, self._config), [f.name for f in manifest()[files.known].files]
            return _engine_of(folder / names[0], folder / names[1], folder / names[2], folder / names[2])
        pair = files.pair
        return _engine_of(pair.model, pair.lexicon, pair.source_vocabulary, pair.target_vocabulary)


def _related(found: dict[tuple[str, str], Hop]) -> list[Hop]:
    hops = []
    for (source, target), (relative, quality) in RELATED.items():
        near = found.get((relative, target))
        if near is not None and (source, target) not in found:
            remark = f"no model {source}→{target}: read by the {relative}→{target} model, expect gaps and odd words"
            hops.append(msgspec.structs.replace(near, source=source, quality=quality, remark=remark))
    return hops


def _engine_of(model: Path, lexicon: Path | None, source_vocabulary: Path, target_vocabulary: Path) -> Any:
    try:
        from fxtranslate import Translator
    except ImportError as error:
        raise ModelMissing(f"the translator firefox cannot be used: {error}; pip install fxtranslate") from None
    source = _bytes(source_vocabulary)
    target = source if target_vocabulary == source_vocabulary else _bytes(target_vocabulary)
    try:
        return Translator(_bytes(model), source, target, _bytes(lexicon) if lexicon else None)
    except ValueError as error:
        raise Unavailable(f"{model} is not a Firefox Translations model: {error}") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(f"{path}: cannot be read: {error.strerror}") from None


def _is_text_fault(error: BaseException) -> bool:
    """A Rust panic reaches Python as a ``PanicException``, which is no ``Exception``."""
    if isinstance(error, MemoryError):
        return False
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def build(config: Config) -> Translator:
    """Return the translator ``firefox``."""
    return FirefoxTranslator(config)
