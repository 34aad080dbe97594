"""The pool engine keeps order, isolates a document that kills its worker, and tells a missing model in words."""

from __future__ import annotations

import pytest

from babelscope.flow import embedded, pool
from babelscope.flow.apply import PipelineSpec
from babelscope.flow.config import Config
from babelscope.flow.errors import Unavailable
from babelscope.model import Document

SPEC = PipelineSpec(stages=("fakes:Shout", "fakes:Echo"), config=Config())


def batches(texts: list[str], size: int = 4) -> list[list[Document]]:
    docs = [Document(id=f"{n:02}", text=text) for n, text in enumerate(texts)]
    return [docs[at : at + size] for at in range(0, len(docs), size)]


def test_pool_equals_embedded_in_order() -> None:
    work = batches(["a", "dull", "poison", "b"] * 6, 5)
    one, two = list(embedded.run(SPEC, work)), list(pool.run(SPEC, work))
    assert [(o.kept, o.dropped, o.failed) for o in one] == [(o.kept, o.dropped, o.failed) for o in two]


def test_a_document_that_kills_its_worker_is_found_and_the_rest_goes_on() -> None:
    outcomes = list(pool.run(SPEC, batches(["a", "b", "deadly", "c", "d", "e", "f", "g", "h"])))
    failed = [f for o in outcomes for f in o.failed]
    assert [(f.document, f.error) for f in failed] == [("02", "WorkerDied")]
    assert [d.id for o in outcomes for d in o.kept] == ["00", "01", "03", "04", "05", "06", "07", "08"]


def test_missing_weights_are_told_in_words() -> None:
    spec = PipelineSpec(stages=("fakes:Weightless",), config=Config())
    with pytest.raises(Unavailable, match="bring them"):
        list(pool.run(spec, batches(["a"])))
