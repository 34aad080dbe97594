"""Which chain of translators leads from each language to the reading language, how good it is, and why there is none.

The best chain is the one with the greatest product of its hops' qualities: a shortest path over −log quality
(Dijkstra 1959) with a bound on its length, on a graph of a few dozen languages.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.own_manifest import known
from babelscope.flow.shapes import Hop
from babelscope.flow.weights import locate, remedy
from babelscope.languages.codes import UNKNOWN, language_name
from babelscope.model.layers import Grade

MAX_HOPS = 3
PIVOT_QUALITY = 0.75
"""From this product of qualities on, a chain says what the original says; below it, it gives the gist."""
APERTIUM_PACKAGES = {
    "es": "apertium-es-pt",
    "gl": "apertium-pt-gl",
    "ca": "apertium-por-cat",
    "mk": "apertium-mk-en",
    "eu": "apertium-eu-en",
    "is": "apertium-isl-eng",
}
"""Packages (Debian, Ubuntu) that bring a route into English together with the pair pt→en."""


class Route(msgspec.Struct, frozen=True):
    """A chain of hops from ``source`` to ``target`` with the grade of what comes out."""

    source: str
    target: str
    hops: tuple[Hop, ...]
    quality: float
    grade: Grade

    @property
    def name(self) -> str:
        """The models from first to last, as a reader sees them (what follows ``#`` in a hop's model is left out)."""
        return "+".join(hop.model.partition("#")[0] for hop in self.hops)

    @property
    def mark(self) -> str:
        """The models from first to last, exactly."""
        return "+".join(hop.model for hop in self.hops)

    @property
    def remark(self) -> str:
        """What a reader must know about this route; "" if nothing."""
        said = [hop.remark for hop in self.hops if hop.remark]
        if self.grade == "gist" and not said:
            chain = "→".join([self.source, *(hop.target for hop in self.hops)])
            said = [f"the route {chain} gives the gist only: names and details may be wrong"]
        return "; ".join(said)


def plan(hops: Iterable[Hop], target: str, order: Sequence[str] = ()) -> dict[str, Route]:
    """Return the best route into ``target`` for every language that has one.

    Of equally good chains the shorter one wins, then the one whose translators come first in ``order``.
    """
    edges = sorted(hops, key=lambda hop: (hop.source, hop.target, hop.model))
    best: dict[str, tuple[Hop, ...]] = {target: ()}
    for _ in range(MAX_HOPS):
        found = dict(best)
        for hop in edges:
            rest = best.get(hop.target)
            if rest is None or hop.source == target or any(hop.source == later.source for later in rest):
                continue
            chain = (hop, *rest)
            if hop.source not in found or _cost(chain, order) < _cost(found[hop.source], order):
                found[hop.source] = chain
        best = found
    return {source: _route(source, target, chain) for source, chain in sorted(best.items()) if chain}


def _cost(chain: tuple[Hop, ...], order: Sequence[str]) -> tuple[float, int, list[int], str]:
    places = [order.index(hop.translator) if hop.translator in order else len(order) for hop in chain]
    quality = math.prod(hop.quality for hop in chain)
    return (-round(quality, 6), len(chain), places, "+".join(hop.model for hop in chain))


def _route(source: str, target: str, chain: tuple[Hop, ...]) -> Route:
    quality = math.prod(hop.quality for hop in chain)
    grade: Grade = "gist" if quality < PIVOT_QUALITY else "neural" if len(chain) == 1 and chain[0].neural else "pivot"
    return Route(source, target, chain, quality, grade)


def why_not(language: str, config: Config) -> str:
    """Say in words why ``language`` has no route to the reading language, with the one command that brings one."""
    to = config.read.language
    if not config.read.translators:
        return "translation is switched off (read.translators is empty)"
    if language in (UNKNOWN, ""):
        return "the language of the document is not known"
    said = f"no model {language}→{to}"
    for entry in known(config).values():
        if entry.pair == (language, to) and "firefox" in config.read.translators and locate(entry, config) is None:
            return f"{said}: {remedy(entry, config)}"
    package = APERTIUM_PACKAGES.get(language, "") if to == "en" and "apertium" in config.read.translators else ""
    if package:
        return f"{said}: sudo apt-get install {package}"
    folder = f"{config.models.directory or '<models.directory>'}/{language}-{to}/"
    return (
        f"{said} ({language_name(language)}): put the Firefox Translations model of that pair "
        f"(model.*.bin, lex.*.bin, vocab.*.spm) into {folder}"
    )
