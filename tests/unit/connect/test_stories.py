from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from babelscope.app.memory import PipeMemory
from babelscope.connect.pairs import FEATURES, features, load_model, traits
from babelscope.connect.stories import Stories
from babelscope.connect.window import Window
from babelscope.flow.config import Config, ConnectConfig
from babelscope.model import Document, Embedding, Language, Membership

START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
TEXT = "The river rose again during the night and the dyke near the old town gave way, officials said. " * 4


def document(name: str, direction: list[float], hours: float = 0.0, language: str = "en") -> Document:
    vector = np.array(direction + [0.0] * (8 - len(direction)), dtype=np.float32)
    vector /= np.linalg.norm(vector)
    layers = {
        "language": Language(code=language, script="Latn", confidence=1.0),
        "embedding": Embedding(vector=vector.astype("<f2").tobytes(), dimensions=8, model="m", mean="n"),
    }
    return Document(id=name, title="", text=TEXT, published_at=START + dt.timedelta(hours=hours), layers=layers)


def linked(docs: list[Document], config: Config | None = None, memory: PipeMemory | None = None) -> list[str]:
    linker = Stories(config or Config(), memory or PipeMemory())
    linker.load()
    return [m.group for m in linker(docs)]


def test_near_documents_join_and_far_ones_found_stories_of_their_own() -> None:
    docs = [document("a", [1, 0.1]), document("b", [0, 0, 1]), document("c", [1, 0.2], language="de")]
    assert linked(docs) == ["a", "b", "a"]


def test_a_story_ends_when_the_window_has_passed() -> None:
    docs = [document("a", [1]), document("b", [1], hours=95), document("c", [1], hours=95 + 97)]
    assert linked(docs) == ["a", "a", "c"]


def test_a_full_story_takes_no_more() -> None:
    config = Config(connect=ConnectConfig(story_max=3))
    assert linked([document(str(n), [1]) for n in range(5)], config) == ["0", "0", "0", "3", "3"]


def test_a_stricter_threshold_makes_more_stories() -> None:
    docs = [document("a", [1, 0]), document("b", [1, 1.1])]
    assert len(set(linked(docs, Config(connect=ConnectConfig(story_threshold=-20.0))))) == 1
    assert len(set(linked(docs, Config(connect=ConnectConfig(story_threshold=20.0))))) == 2


class Remembering(PipeMemory):
    def __init__(self, past: list[tuple[Document, Membership]], families: dict[str, str]) -> None:
        super().__init__()
        self._past, self._families_of = past, families

    def linked_since(self, linker, since):  # type: ignore[no-untyped-def]
        return iter([(d, m) for d, m in self._past if d.time >= since])

    def groups_of(self, linker, documents):  # type: ignore[no-untyped-def]
        return {d: self._families_of[d] for d in documents if d in self._families_of}


def test_stories_go_on_after_a_restart_and_copies_follow_their_family() -> None:
    old = document("old", [1])
    past = [(old, Membership(document="old", group="first"))]
    memory = Remembering(past, {"old": "family", "copy": "family"})
    docs = [document("new", [1, 0.1], hours=5), document("copy", [0, 0, 0, 1], hours=6)]
    assert linked(docs, memory=memory) == ["first", "first"]


def test_a_document_without_a_vector_stands_alone() -> None:
    bare = Document(id="bare", title="A title", published_at=START)
    assert linked([document("a", [1]), bare, document("b", [1])]) == ["a", "bare", "a"]


def test_the_packaged_model_fits_the_features() -> None:
    model = load_model()
    assert len(model.titles.coefficients) == len(model.texts.coefficients) == len(FEATURES)
    assert model.titles.coefficients[0] > 0 < model.texts.coefficients[0]
    assert 0.5 <= model.weight_of_best <= 1


def test_names_are_compared_across_scripts() -> None:
    one = traits(Document(id="a", title="Przemysław Kowalczuk spoke in Kyiv"))
    other = traits(Document(id="b", title="Пшемислав Ковальчук у Києві"))
    assert features(one, one, 1.0)[FEATURES.index("names")] == pytest.approx(1.0)
    assert one.names & traits(Document(id="c", title="In Kowalczuk's view")).names == {"kowal"}
    assert other.names


def test_the_window_forgets_what_is_too_old() -> None:
    window = Window(24)
    for n in range(5000):
        window.add(traits(document(f"{n:05}", [1, n % 7], hours=n / 10)), f"s{n}", "")
    assert len(window) < 2100
    assert window.size("s0") == 0
    others, cosines, stories = window.nearest(traits(document("x", [1], hours=499.9)), 5)
    assert len(others) == len(cosines) == len(stories) == 5
    assert all(abs(o.hours - traits(document("x", [1], hours=499.9)).hours) <= 24 for o in others)
