"""Deterministic parts for tests of the runner. No fake stands in for a real part where the real part can run."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput, Unavailable
from babelscope.model import Document, Patch


class Shout:
    """Upper-cases the text; refuses texts with "poison", drops those with "dull"; counts its calls."""

    name = "shout"
    version = "1"
    needs: frozenset[str] = frozenset()
    provides = frozenset({"shout"})
    batch = 64

    def __init__(self, config: Config) -> None:
        self.calls = 0

    def load(self) -> None:
        return None

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        self.calls += 1
        for document in docs:
            if "poison" in document.text:
                raise BadInput(f"poison in {document.id}")
            if "deadly" in document.text:
                os._exit(9)
        return [Patch(drop="dull") if "dull" in d.text else Patch(layers={"shout": d.text.upper()}) for d in docs]


class Echo(Shout):
    """Needs what Shout makes."""

    name = "echo"
    needs = frozenset({"shout"})
    provides = frozenset({"echo"})

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        return [Patch(layers={"echo": d.layers["shout"] * 2}) for d in docs]


class Weightless(Shout):
    """Its weights are missing."""

    name = "weightless"

    def load(self) -> None:
        raise Unavailable("weightless needs weights: bring them")


class Sleepy(Shout):
    """Takes half a minute for whatever it gets."""

    name = "sleepy"
    provides = frozenset({"sleepy"})

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        time.sleep(30)
        return [Patch(layers={"sleepy": True}) for _ in docs]


class Greedy(Shout):
    """Makes a layer that it did not declare."""

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        return [Patch(layers={"secret": 1}) for _ in docs]


class Short(Shout):
    """Returns too few patches."""

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        return []
