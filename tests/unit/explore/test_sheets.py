"""The pages of a paginated original are marked where they begin."""

from __future__ import annotations

from babelscope.explore.documents import paragraphs
from babelscope.explore.layers import sheet_starts
from babelscope.model import Document, Sheets

TEXT = "First one.\n\nSecond, over\nThird."


def test_each_page_is_marked_at_the_paragraph_in_which_it_begins() -> None:
    made = paragraphs(TEXT, (), (0, 20, 25, 31))
    assert [(TEXT[one.start :].split("\n")[0], one.sheets) for one in made] == [
        ("First one.", (1,)),
        ("Second, over", (2,)),
        ("Third.", (3, 4)),
    ]
    assert [one.sheets for one in paragraphs(TEXT, ())] == [(), (), ()]


def test_one_page_needs_no_mark() -> None:
    assert sheet_starts(Document(id="1", layers={"sheets": Sheets(starts=(0,))})) == ()
    assert sheet_starts(Document(id="1", layers={"sheets": Sheets(starts=(0, 4))})) == (0, 4)
    assert sheet_starts(Document(id="1")) == ()
