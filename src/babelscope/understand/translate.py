"""Stage ``translate``: title and lead in the reading language, with a grade that says how far to trust it.

Firefox Translations models (Marian transformer, 8 bit) run in this process. A language without a model gets grade
"none" and the reason: never a silent substitute, never one language read through another without saying so.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.errors import Unavailable
from babelscope.flow.manifest import UserPair, manifest
from babelscope.flow.models import resolve, user_pair, user_pairs
from babelscope.flow.shapes import Stage
from babelscope.languages.numbers import missing_numbers
from babelscope.languages.sentences import cut_at_sentence
from babelscope.model import Document, Language, Patch, Translation

MAX_TITLE = 300
MAX_LOADED = 4
RELATED = {("gl", "en"): "pt"}
"""Pairs read by the model of a close relative: chrF2 46.6 on gl→en (64.3 on pt→en), so graded gist, with the reason."""

_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SHOWN_NUMBERS = 5


class Route(msgspec.Struct, frozen=True):
    """How one language gets to the reading language: the files of a model, its name, and a remark if second-best."""

    name: str
    model: Path
    lexicon: Path | None
    source_vocabulary: Path
    target_vocabulary: Path
    remark: str = ""


class TranslateStage:
    """Documents → ``Translation`` into ``read.language``; results do not depend on batches."""

    name = "translate"
    needs = frozenset({"article", "language"})
    provides = frozenset({"translation"})
    batch = 16

    def __init__(self, config: Config) -> None:
        self._config = config
        self._to = config.read.language
        self._lead = config.read.lead_chars
        self._routes: dict[str, Route] = {}
        self._loaded: threading.local | None = None
        marks = [e.mark for e in manifest().values() if e.task == "translate" and e.languages.endswith(f"→{self._to}")]
        self.version = "-".join(["1", *marks])

    def load(self) -> None:
        """Find the models (opened at a language's first text); raises ``ModelMissing`` without a built-in one."""
        if self._config.read.translate_backend != "none":
            self._routes = _routes(self._to, self._config)
        self._loaded = threading.local()

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        """Return one translation per document; never raises for a text, however odd."""
        return [Patch(layers={"translation": self._translate(doc)}) for doc in docs]

    def _translate(self, doc: Document) -> Translation:
        layer = doc.layers.get("language")
        language = layer.code if isinstance(layer, Language) else "und"
        title_end = cut_at_sentence(doc.title, MAX_TITLE)
        lead_end = cut_at_sentence(doc.text, self._lead)
        title, lead = doc.title[:title_end], doc.text[:lead_end]
        if language == self._to:
            return Translation(to=self._to, grade="neural", route="same", title=title, lead=lead, lead_end=lead_end)
        route = self._routes.get(language)
        if route is None:
            return Translation(to=self._to, grade="none", route="", reason=self._why_not(language))
        try:
            texts = [self._run(route, text) for text in (title, lead)]
        except BaseException as error:
            if isinstance(error, Unavailable) or not _is_text_fault(error):
                raise
            return Translation(
                to=self._to, grade="none", route=route.name, reason=f"the model refused this text: {error}"
            )
        return self._graded(route, (title, lead), (texts[0], texts[1]), lead_end)

    def _graded(self, route: Route, original: tuple[str, str], made: tuple[str, str], lead_end: int) -> Translation:
        lost = missing_numbers(" \n ".join(original), " \n ".join(made)) if self._to == "en" else []
        shown = ", ".join(lost[:_SHOWN_NUMBERS]) + (" …" if len(lost) > _SHOWN_NUMBERS else "")
        reasons = [route.remark] if route.remark else []
        if lost:
            reasons.append(f"numbers of the original are missing in the translation: {shown}")
        return Translation(
            to=self._to,
            grade="gist" if reasons else "neural",
            route=route.name,
            title=made[0],
            lead=made[1],
            lead_end=lead_end,
            reason="; ".join(reasons),
        )

    def _run(self, route: Route, text: str) -> str:
        """Translate line by line (the engine finds the sentences of a line)."""
        translator = self._translator(route)
        lines = [_UNREADABLE.sub(" ", line).strip() for line in text.split("\n")]
        return "\n".join(translator.translate_long(line).strip() for line in lines if any(map(str.isalnum, line)))

    def _translator(self, route: Route) -> Any:
        """Return this thread's translator (one used from another thread panics); the oldest of five is closed."""
        if self._loaded is None:
            raise RuntimeError("stage translate was used before load()")
        opened: dict[str, Any] = self._loaded.__dict__.setdefault("opened", {})
        if route.name not in opened:
            if len(opened) >= MAX_LOADED:
                del opened[next(iter(opened))]
            opened[route.name] = _open(route)
        return opened[route.name]

    def _why_not(self, language: str) -> str:
        if self._config.read.translate_backend == "none":
            return 'translation is switched off (read.translate_backend = "none")'
        if language in ("und", ""):
            return "the language of the document is not known"
        return (
            f"no model {language}→{self._to}: put the Firefox Translations model of that pair (model.*.bin, lex.*.bin, "
            f"vocab.*.spm) into <models.directory>/{language}-{self._to}/"
        )


def _routes(to: str, config: Config) -> dict[str, Route]:
    routes: dict[str, Route] = {}
    for known in manifest().values():
        source, _, target = known.languages.partition("→")
        if known.task == "translate" and target == to and user_pair(source, to, config) is None:
            folder = resolve(known.id, config)
            model, lexicon, vocabulary = (folder / file.name for file in known.files)
            routes[source] = Route(known.id, model, lexicon, vocabulary, vocabulary)
    for pair in user_pairs(config):
        if pair.target == to:
            routes[pair.source] = _user_route(pair)
    for (source, target), relative in RELATED.items():
        if target == to and source not in routes and relative in routes:
            remark = f"no model {source}→{to}: read by the {relative}→{to} model, expect gaps and odd words"
            routes[source] = msgspec.structs.replace(routes[relative], remark=remark)
    return routes


def _user_route(pair: UserPair) -> Route:
    name = f"user-{pair.source}-{pair.target}@{pair.mark}"
    return Route(name, pair.model, pair.lexicon, pair.source_vocabulary, pair.target_vocabulary)


def _open(route: Route) -> Any:
    """Build a translator from bytes: this constructor cannot download, ``Translator.load`` would."""
    from fxtranslate import Translator

    source = _bytes(route.source_vocabulary)
    target = source if route.target_vocabulary == route.source_vocabulary else _bytes(route.target_vocabulary)
    lexicon = _bytes(route.lexicon) if route.lexicon else None
    try:
        return Translator(_bytes(route.model), source, target, lexicon)
    except ValueError as error:
        raise Unavailable(f"{route.model} is not a Firefox Translations model: {error}") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(f"{path}: cannot be read: {error.strerror}") from None


def _is_text_fault(error: BaseException) -> bool:
    """A Rust panic reaches Python as a ``PanicException``, which is no ``Exception``."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def build(config: Config) -> Stage:
    """Return the stage ``translate``."""
    return TranslateStage(config)
