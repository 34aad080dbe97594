"""Stage ``translate``: title and lead in the reading language, with a grade that says how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import cast

from babelscope.flow.config import Config
from babelscope.flow.shapes import Stage
from babelscope.model import Document, Patch
from babelscope.understand.reading import Reading


class TranslateStage:
    """Documents → ``Translation`` into ``read.language``; results do not depend on batches."""

    name = "translate"
    needs = frozenset({"article", "language"})
    provides = frozenset({"translation"})
    batch = 16

    def __init__(self, config: Config) -> None:
        self.reading = Reading(config)

    @cached_property
    def version(self) -> str:
        """Changes with the models, the user's terms and the rules: whatever the output depends on."""
        return self.reading.version

    def load(self) -> None:
        """Find routes and terms (engines open at a language's first text); raises what ``Reading.load`` raises."""
        self.reading.load()

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        """Return one translation per document; never raises for a text, however odd."""
        return [Patch(layers={"translation": made}) for made in self.reading.render_all(docs)]


def build(config: Config) -> Stage:
    """Return the stage ``translate``; raises ``ConfigError`` if ``read.translators`` names one that is not there."""
    return cast(Stage, TranslateStage(config))  # its version is found when it is asked for: that hashes models
