"""Laws of the runner: nothing is lost, order is kept, the batch size does not matter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from babelscope.flow.apply import apply
from babelscope.flow.config import Config
from babelscope.model import Document
from fakes import Echo, Shout

TEXTS = st.lists(st.sampled_from(["plain", "dull", "poison", "other"]), max_size=40)


@given(TEXTS, st.integers(1, 9))
def test_every_document_ends_in_exactly_one_place(texts: list[str], batch: int) -> None:
    docs = [Document(id=str(n), text=text) for n, text in enumerate(texts)]
    stage = Shout(Config())
    stage.batch = batch
    outcome = apply([stage, Echo(Config())], docs)
    ends = [d.id for d in outcome.kept] + [d.document for d in outcome.dropped] + [f.document for f in outcome.failed]
    assert sorted(ends) == sorted(d.id for d in docs)
    assert {f.document for f in outcome.failed} == {d.id for d in docs if d.text == "poison"}


@given(TEXTS, st.integers(1, 9))
def test_the_batch_size_changes_nothing(texts: list[str], batch: int) -> None:
    docs = [Document(id=str(n), text=text) for n, text in enumerate(texts)]
    small, large = Shout(Config()), Shout(Config())
    small.batch = batch
    one, two = apply([small], docs), apply([large], docs)
    assert (one.kept, one.dropped, one.failed) == (two.kept, two.dropped, two.failed)
