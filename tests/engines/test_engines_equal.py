"""The three engines make the same documents, drops and failures of the demo corpus, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec

import msgspec
import pytest

from babelscope.demo.addresses import path_of, url_of
from babelscope.demo.press import BEFORE, load_press
from babelscope.demo.site import render
from babelscope.flow.apply import Outcome, PipelineSpec
from babelscope.flow.config import Config, RunConfig
from babelscope.model import Document, Page, content_id, encode_document

SEEN = BEFORE.replace(year=2027)
SENTENCE = "<p>The harbour council met on Friday to talk about the dredging of the northern basin.</p>"

BROKEN = {
    "tags": b"<html><body><article>" + b"<b>x</b>" * 40_000,
    "depth": b"<html><body>" + b"<div>" * 100_000,
    "attributes": b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(5_000)) + b">x",
    "size": b"<html><body><p>" + b"x" * (11 << 20),
}
DROPPED = {
    "picture": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "bare": ("text/html", b"<html><title>Nothing</title><body></body></html>"),
    "short": ("text/html", b"<html><body><p>Hello</p></body></html>"),
}


class Result(msgspec.Struct):
    """What became of the corpus, as bytes; lists in order of arrival."""

    kept: list[tuple[str, bytes]]
    dropped: list[bytes]
    failed: list[bytes]


def corpus() -> list[Document]:
    """Return the demo's pages of both editions, with pages among them that cannot be read or hold no article."""
    press = load_press()
    pages: dict[str, tuple[str, Page]] = {}
    for outlet in press.outlets:
        for edition in (1, 2):
            for article in press.of(outlet, edition):
                url, response = url_of(outlet, article), render(press, outlet.host, path_of(article), edition)
                name = content_id("test", url, response.body)
                pages[name] = (url, Page(body=response.body, charset="utf-8"))
    whole = [raw(name, url, page) for name, (url, page) in pages.items()]
    assert len(whole) >= 80
    odd = [raw(f"broken-{name}", "", Page(body=body)) for name, body in BROKEN.items()]
    odd += [raw(f"dropped-{name}", "", Page(body=b, media_type=kind)) for name, (kind, b) in DROPPED.items()]
    for number, document in enumerate(odd):
        whole.insert(5 + 11 * number, document)
    return whole


def raw(name: str, url: str, page: Page) -> Document:
    return Document(id=name, url=url or f"http://odd.test/{name}", seen_at=SEEN, layers={"page": page})


def run_on(engine: str, docs: Sequence[Document], batch: int = 24) -> Result:
    spec = PipelineSpec(stages=RunConfig().stages, config=Config(run=RunConfig(workers=2)))
    batches = [docs[at : at + batch] for at in range(0, len(docs), batch)]
    outcomes: list[Outcome] = list(import_module(f"babelscope.flow.{engine}").run(spec, batches))
    assert [o.received for o in outcomes] == [len(some) for some in batches]
    encode = msgspec.json.Encoder(order="deterministic").encode
    return Result(
        kept=[(d.id, encode_document(d)) for o in outcomes for d in o.kept],
        dropped=[encode(d) for o in outcomes for d in o.dropped],
        failed=[encode(f) for o in outcomes for f in o.failed],
    )


@pytest.fixture(scope="module")
def docs() -> list[Document]:
    return corpus()


@pytest.fixture(scope="module")
def embedded(docs: list[Document]) -> Result:
    return run_on("embedded", docs)


@pytest.fixture
def cluster() -> Iterator[None]:
    """Bound Ray, which takes a third of the memory of a machine unless told otherwise; end it afterwards."""
    if find_spec("ray") is None:
        pytest.skip('Ray is not installed: pip install "babelscope[ray]"')
    import ray

    ray.init(num_cpus=2, object_store_memory=200 << 20, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def test_the_corpus_has_all_three_ends(docs: list[Document], embedded: Result) -> None:
    assert {msgspec.json.decode(raw)["document"] for raw in embedded.failed} == {f"broken-{name}" for name in BROKEN}
    assert {msgspec.json.decode(raw)["document"] for raw in embedded.dropped} == {f"dropped-{n}" for n in DROPPED}
    assert len(embedded.kept) == len(docs) - len(BROKEN) - len(DROPPED)
    assert {msgspec.json.decode(raw)["error"] for raw in embedded.failed} == {"BadInput"}
    layers = {"language", "fingerprint", "translation", "mentions", "embedding"}
    found = [set(msgspec.json.decode(raw)["layers"]) for _, raw in embedded.kept]
    assert all(each - {"links"} == layers for each in found) and any("links" in each for each in found)


@pytest.mark.slow
def test_pool_equals_embedded(docs: list[Document], embedded: Result) -> None:
    """Also with batches of another size."""
    assert run_on("pool", docs, batch=17) == embedded


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_ray_equals_embedded_by_id(docs: list[Document], embedded: Result) -> None:
    found = run_on("ray", docs)
    assert dict(found.kept) == dict(embedded.kept) and len(found.kept) == len(embedded.kept)
    assert sorted(found.dropped) == sorted(embedded.dropped)
    assert sorted(found.failed) == sorted(embedded.failed)
