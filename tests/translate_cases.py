"""Translators for the tests: the real engine behind a fault of one kind."""

from __future__ import annotations

import re
from collections.abc import Sequence

from babelscope.flow.config import Config
from babelscope.flow.shapes import Hop
from babelscope.understand.firefox import FirefoxTranslator


class Forgetful(FirefoxTranslator):
    """Reads no digits, and no placeholders for them."""

    def translate(self, hop: Hop, sentences: Sequence[str]) -> Sequence[str]:
        return super().translate(hop, [re.sub(r"XQ\d+|\d+", "muitas", sentence) for sentence in sentences])


def build_forgetful(config: Config) -> Forgetful:
    return Forgetful(config)


class Turning:
    """Turns every sentence round, in no time; "" for one with an x, as an engine that refuses a text."""

    name = "turning"

    def __init__(self, config: Config) -> None:
        self.asked: list[str] = []
        self._to = config.read.language

    def hops(self) -> Sequence[Hop]:
        made = [("pt", 0.95), ("zh", 0.95), ("gl", 0.6)]
        return [
            Hop(translator="turning", source=code, target=self._to, model=f"turn-{code}#1", neural=True, quality=good)
            for code, good in made
        ]

    def translate(self, hop: Hop, sentences: Sequence[str]) -> Sequence[str]:
        self.asked += sentences
        return ["" if "x" in sentence else sentence[::-1] for sentence in sentences]


def build_turning(config: Config) -> Turning:
    return Turning(config)
