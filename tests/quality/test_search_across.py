"""Search across languages through a real store: NTREX in twelve languages, untranslated, questions in English.

What is found is due to meaning and to names alone: the documents are kept as if no model could translate them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from babelscope.explore.search import Question, SearchView, search
from babelscope.flow.config import Config, StoreConfig
from babelscope.model import Embedding
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from babelscope.understand.embed import DIMENSIONS, embed_query
from newsroom import exchange_of, read
from newsroom_reports import SOURCES, Told
from reading_cases import configuration, evaluation_set
from retrieval_cases import embedded

VERSIONS = {
    "eng": ("en", "Latn"), "deu": ("de", "Latn"), "rus": ("ru", "Cyrl"), "ukr": ("uk", "Cyrl"), "bul": ("bg", "Cyrl"),
    "ell": ("el", "Grek"), "arb": ("ar", "Arab"), "heb": ("he", "Hebr"), "hin": ("hi", "Deva"), "kor": ("ko", "Kore"),
    "jpn": ("ja", "Jpan"), "zho-CN": ("zh", "Hans"),
}  # fmt: skip
NAMES = ("Kavanaugh", "Sainsbury", "Warren", "Massachusetts", "Bjorn", "Indonesia", "Scotland", "Boris Johnson")
"""Names that stand in the English versions; a document counts as holding a name if its English version does."""


class World(msgspec.Struct):
    config: Config
    reader: Reader
    ids: dict[tuple[str, int], str]
    english: list[list[str]]

    def ask(self, text: str, language: str = "", size: int = 20) -> SearchView:
        languages = (language,) if language else ()
        question = Question(text=text, languages=languages, size=size)
        return search(self.reader, self.config, question, lambda t, _config: embed_query(t, configuration()))


def grouped(data: Any, version: str) -> list[list[str]]:
    documents: dict[str, list[str]] = {}
    for name, line in zip(data["doc_ids"], data["lines"][version], strict=True):
        documents.setdefault(name, []).append(line)
    return list(documents.values())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[World]:
    data: Any = evaluation_set("ntrex_dev")
    folder = pytestconfig.cache.mkdir("retrieval")  # type: ignore[union-attr]
    config = Config(store=StoreConfig(directory=str(tmp_path_factory.mktemp("store"))), source=SOURCES)
    ids: dict[tuple[str, int], str] = {}
    with Library.open(config) as library:
        run = library.begin_run(config)
        for version, (language, script) in VERSIONS.items():
            documents = grouped(data, version)
            vectors = embedded([(language, d[0], "\n".join(d[1:])) for d in documents], folder).astype("<f2")
            told = [
                Told(key=f"{version}{n}", source="delta-post", language=language, script=script, title=d[0],
                     text="\n".join(d[1:]), hours=n)
                for n, d in enumerate(documents)
            ]  # fmt: skip
            exchanges = [exchange_of(one) for one in told]
            library.receive(run, exchanges)
            raw = {document.capture: document for document in library.pending(1000)}
            made = []
            for n, (one, exchange) in enumerate(zip(told, exchanges, strict=True)):
                document = read(one, raw[exchange.capture.id])
                layer = Embedding(vector=vectors[n].tobytes(), dimensions=DIMENSIONS, model="test", mean="none")
                made.append(document.with_layers({"embedding": layer}, "embed@1").without_transient())
                ids[version, n] = made[-1].id
            library.commit(run, made, {}, [])
        library.end_run(run, ok=True)
    with Reader.open(config) as reader:
        yield World(config=config, reader=reader, ids=ids, english=grouped(data, "eng"))


def plain(title: str) -> str:
    """Return a title without quotation marks and dashes before words, which would ask for text to the letter."""
    return re.sub(r"""["“”„«»]|(?<!\S)-""", "", title)


@pytest.mark.slow
def test_an_english_title_finds_the_document_in_each_language(world: World) -> None:
    first, ten = {}, {}
    for version, (language, _) in VERSIONS.items():
        if version == "eng":
            continue
        places = []
        for n, lines in enumerate(world.english):
            hits = [hit.document for hit in world.ask(plain(lines[0]), language).hits]
            wanted = world.ids[version, n]
            places.append(hits.index(wanted) if wanted in hits else 99)
        first[version], ten[version] = float(np.mean(np.array(places) == 0)), float(np.mean(np.array(places) < 10))
    print({version: (round(first[version], 3), round(ten[version], 3)) for version in first})
    print(f"mean first {np.mean(list(first.values())):.3f}, among ten {np.mean(list(ten.values())):.3f}")
    assert np.mean(list(first.values())) >= 0.88
    assert np.mean(list(ten.values())) >= 0.93


@pytest.mark.slow
def test_a_name_in_latin_letters_is_found_in_other_scripts_and_named(world: World) -> None:
    names = {id_: key for key, id_ in world.ids.items()}
    right = wrong = held = 0
    for name in NAMES:
        holding = {n for n, lines in enumerate(world.english) if all(w in " ".join(lines) for w in name.split())}
        for language, script in VERSIONS.values():
            if script in ("Latn", "Hans", "Jpan"):
                continue
            hits = {names[hit.document][1] for hit in world.ask(name, language, 57).hits if "name" in hit.why}
            right, wrong, held = right + len(hits & holding), wrong + len(hits - holding), held + len(holding)
    precision, recall = right / max(right + wrong, 1), right / held
    print(f"names: precision {precision:.3f}, recall {recall:.3f} of {held}")
    assert precision >= 0.95
    assert recall >= 0.38
