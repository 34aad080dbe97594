"""How fast search is: synthetic documents through the real indexes, then queries of every kind, one by one.

Word frequencies follow Zipf's law (exponent 1) over a
vocabulary of real words of each language and invented ones made of their letters, so that common and rare terms are as
in text. Vectors are drawn around story centres, as embeddings of news are. Times are in milliseconds.
"""

from __future__ import annotations

import datetime as dt
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from babelscope.languages.analyse import analyse
from babelscope.languages.readings import name_keys
from babelscope.store.index import IndexReader, IndexWriter
from babelscope.store.rows import IndexQuery, NamePart
from babelscope.store.shown import IndexDocument
from babelscope.store.vectors import VectorReader, VectorWriter

WORDS = {
    "en": "the government said on Monday that elections would be held in March after parliament",
    "pt": "o governo disse na segunda-feira que as eleições serão em março depois de o",
    "es": "el gobierno dijo el lunes que las elecciones serán en marzo después de que",
    "fr": "le gouvernement a déclaré lundi que les élections auraient lieu en mars après le",
    "de": "die Regierung sagte am Montag dass die Wahlen im März stattfinden nachdem das Parlament",
    "cs": "vláda v pondělí oznámila že volby se budou konat v březnu poté co parlament",
    "ru": "правительство сообщило в понедельник что выборы пройдут в марте после того как парламент принял",
    "ar": "قالت الحكومة يوم الاثنين إن الانتخابات ستجرى في مارس بعد أن وافق البرلمان على",
    "hi": "सरकार ने सोमवार को कहा कि संसद द्वारा नए बजट नियमों पर सहमति के बाद मार्च में चुनाव होंगे",
    "zh": "政府 周一 表示 议会 同意 新 预算 规则 之后 将 于 三月 举行 选举 经济 增长 国家 总统 人民 城市 公司",
    "ja": "政府 は 月曜日 に 議会 が 新しい 予算 規則 に 同意 した 後 三月 に 選挙 を 行う と 発表 した 経済 会社",
    "th": "รัฐบาล กล่าว เมื่อ วันจันทร์ ว่า การเลือกตั้ง จะ จัดขึ้น ใน เดือน มีนาคม หลังจาก รัฐสภา เห็นชอบ",
}
JOINED = ("zh", "ja", "th")
"""Written without spaces between words."""
COUNTRIES = ("PT", "BR", "US", "GB", "FR", "DE", "CZ", "RU", "EG", "IN", "CN", "JP", "TH", "ES", "MX", "AR", "NG", "KE")
FIRST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAYS = 120
VOCABULARY = 30_000
ENTITIES = 4_000
SOURCES = 300
DIMENSIONS = 384
COMMIT = 2_000
MAX_NAMES = 30
"""Words of a document that are kept as if they were names."""
TARGETS = {"term": 30, "phrase": 30, "filtered": 30, "faceted": 30, "name": 30, "hybrid": 80}
"""Bounds of the 95th percentile, milliseconds."""


class World(msgspec.Struct):
    """What documents and queries are drawn from."""

    random: np.random.Generator
    vocabulary: dict[str, list[str]]
    zipf: NDArray[np.float64]
    centres: NDArray[np.float32]
    samples: list[tuple[str, str, str]]

    def words(self, language: str, count: int) -> list[str]:
        """Return ``count`` words of ``language``, drawn by Zipf's law."""
        return [self.vocabulary[language][i] for i in self.random.choice(VOCABULARY, count, p=self.zipf)]


def make_world(seed: int = 7) -> World:
    """Return vocabularies, frequencies and story centres; the same seed gives the same world."""
    random = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, VOCABULARY + 1)
    vocabulary = {language: _vocabulary(random, text.split()) for language, text in WORDS.items()}
    centres = random.normal(size=(2_000, DIMENSIONS)).astype(np.float32)
    return World(random, vocabulary, weights / weights.sum(), centres, [])


def _vocabulary(random: np.random.Generator, real: list[str]) -> list[str]:
    """Return real words, then invented ones: the beginning of one, a few letters, the ending of another."""
    words = dict.fromkeys(real)
    letters = sorted({letter for word in real for letter in word})
    while len(words) < VOCABULARY:
        left, right = real[random.integers(len(real))], real[random.integers(len(real))]
        middle = "".join(random.choice(letters, random.integers(0, 3)))
        words[left[: 1 + len(left) // 2] + middle + right[len(right) // 2 :]] = None
    return list(words)


def make_document(world: World, number: int, total: int) -> tuple[str, IndexDocument, NDArray[np.float16]]:
    """Return document ``number`` of ``total``: its id, what the index takes, its vector."""
    random = world.random
    language = list(WORDS)[number % len(WORDS)]
    joint = "" if language in JOINED else " "
    title = joint.join(world.words(language, 9))
    text = joint.join(world.words(language, int(random.integers(300, 600)) // (2 if not joint else 1)))
    reading = " ".join(world.words("en", 60)) if language != "en" else ""
    body, head, read = analyse(text, language), analyse(title, language), analyse(reading, "en")
    time_ = FIRST + dt.timedelta(days=DAYS * number / total)
    names = (random.zipf(1.3, 10) % ENTITIES).tolist()
    document = IndexDocument(
        id=f"{number:032x}",
        time=time_,
        titles=(head.words, ()),
        bodies=(body.words, read.words),
        stems=(*head.stems, *body.stems, *read.stems),
        language=language,
        country=COUNTRIES[number % len(COUNTRIES)],
        source=f"source-{random.integers(SOURCES)}",
        entities=tuple(dict.fromkeys(f"Entity {name}" for name in names)),
        names={word: name_keys(word, language) for word in dict.fromkeys(head.words + body.words[:MAX_NAMES])},
    )
    if number % 50 == 0:
        world.samples.append((language, title, text[:400]))
    vector = world.centres[random.integers(len(world.centres))] + random.normal(size=DIMENSIONS) * 0.7
    return time_.strftime("%Y-%m"), document, (vector / np.linalg.norm(vector)).astype("<f2")


def build(world: World, total: int, directory: Path) -> dict[str, float]:
    """Write ``total`` documents through the real writers; return seconds of making, indexing, vectors."""
    index, vectors = IndexWriter(directory / "index"), VectorWriter(directory / "vectors")
    spent = {"make": 0.0, "index": 0.0, "vectors": 0.0}
    for start in range(0, total, COMMIT):
        clock = time.perf_counter()
        made = [make_document(world, number, total) for number in range(start, min(total, start + COMMIT))]
        spent["make"] += time.perf_counter() - clock
        for month in sorted({month for month, _, _ in made}):
            clock = time.perf_counter()
            index.add(month, [document for at, document, _ in made if at == month])
            spent["index"] += time.perf_counter() - clock
            clock = time.perf_counter()
            numbers = [int(document.id, 16) for at, document, _ in made if at == month]
            raw = [vector.tobytes() for at, _, vector in made if at == month]
            vectors.add(month, f"day={month}-01/{start:08d}", "bench", numbers, raw)
            vectors.fold(month)
            spent["vectors"] += time.perf_counter() - clock
        clock = time.perf_counter()
        index.commit()
        spent["index"] += time.perf_counter() - clock
    clock = time.perf_counter()
    index.close()
    spent["index"] += time.perf_counter() - clock
    return spent


def questions(world: World, kind: str, count: int) -> Iterator[IndexQuery]:
    """Yield queries of one kind: half of one word, half of two, drawn from texts that are there."""
    random = world.random
    for number in range(count):
        language, _, text = world.samples[random.integers(len(world.samples))]
        if language in JOINED:
            at = int(random.integers(0, max(1, len(text) - 8)))
            words = [text[at : at + 4], text[at + 4 : at + 7]]
        else:
            at = int(random.integers(0, max(1, len(text.split()) - 3)))
            words = text.split()[at : at + 3]
        query = IndexQuery(text=" ".join(words[: 1 + number % 2]))
        since = FIRST + dt.timedelta(days=int(random.integers(0, DAYS - 30)))
        if kind == "phrase":
            query = IndexQuery(text=f'"{("" if language in JOINED else " ").join(words)}"')
        elif kind == "filtered":
            until, languages = since + dt.timedelta(days=14), (language, "en")
            query = msgspec.structs.replace(query, since=since, until=until, languages=languages)
        elif kind == "faceted":
            query = msgspec.structs.replace(query, facets=True)
        elif kind == "histogram":
            query = msgspec.structs.replace(query, histogram=True)
        elif kind == "newest":
            query = IndexQuery(since=since, facets=True, histogram=True)
        yield query


def _timed(call: Callable[[], Any]) -> float:
    clock = time.perf_counter()
    call()
    return (time.perf_counter() - clock) * 1000


def fused(lists: list[list[Any]], limit: int = 20) -> list[Any]:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009), k = 60."""
    scores: dict[Any, float] = {}
    for ranked in lists:
        for rank, key in enumerate(ranked):
            scores[key] = scores.get(key, 0.0) + 1.0 / (60 + rank)
    return sorted(scores, key=lambda key: -scores[key])[:limit]


def measure(world: World, directory: Path, count: int) -> dict[str, dict[str, float]]:
    """Return p50 and p95 of every kind of query, milliseconds, after one warm-up of each kind."""
    index, vectors = IndexReader(directory / "index"), VectorReader(directory / "vectors")
    months = sorted(path.name for path in (directory / "index").iterdir())
    times: dict[str, list[float]] = {}
    for kind in ("term", "phrase", "filtered", "faceted", "histogram", "newest"):
        asked = list(questions(world, kind, count))
        index.search(asked[0], months)
        times[kind] = [_timed(partial(index.search, query, months)) for query in asked]
    parts = [[NamePart(text=w, keys=(name_keys(w),)) for w in q.text.split()] for q in questions(world, "name", count)]
    times["name"] = [_timed(partial(index.named, IndexQuery(limit=100), part, months)) for part in parts]
    near = world.centres[world.random.integers(len(world.centres), size=count)]
    vectors.nearest(near[0], 20, months)
    times["vector"] = [_timed(partial(vectors.nearest, vector, 100, months)) for vector in near]

    def hybrid(query: IndexQuery, vector: NDArray[np.float32]) -> list[int]:
        wide = msgspec.structs.replace(query, limit=100, facets=True)
        lexical = [int(id_, 16) for id_, _ in index.search(wide, months).hits]
        return fused([lexical, [key for key, _ in vectors.nearest(vector, 100, months)]])

    pairs = list(zip(questions(world, "term", count), near, strict=True))
    times["hybrid"] = [_timed(partial(hybrid, query, vector)) for query, vector in pairs]
    return {
        kind: {f"p{p}": round(float(np.percentile(taken, p)), 2) for p in (50, 95)} for kind, taken in times.items()
    }


def run(documents: int = 100_000, queries: int = 240) -> dict[str, Any]:
    """Build the indexes, ask, and return the figures. ``met`` says whether every target holds."""
    world = make_world()
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        spent = build(world, documents, directory)
        size = {part: _size(directory / part) for part in ("index", "vectors")}
        times = measure(world, directory, queries)
    return {
        "documents": documents,
        "queries_of_each_kind": queries,
        "seconds": {name: round(value, 1) for name, value in spent.items()},
        "bytes_a_document": {part: size[part] // documents for part in size},
        "milliseconds": times,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "met": {kind: times[kind]["p95"] < bound for kind, bound in TARGETS.items()},
    }


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
