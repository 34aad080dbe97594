"""PDFs: reading order, paragraphs, what repeats, what a file states about itself, and files that are none."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest

from babelscope.extract.pdf import PdfReader, has_text, pdf_article
from babelscope.extract.stage import build
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.model import Article, Document, Hints, Page, Patch, Sheets
from papers import HEIGHT, WIDTH, Text, column, paper

SEEN = dt.datetime(2024, 5, 2, tzinfo=dt.UTC)
LEFT = (
    "The river rose above its banks on Monday night after three days of rain in the hills to the north of the town. "
    "Firemen carried old people out of their houses in boats and lorries while the water was still rising.|"
    "By dawn the market square lay under a metre of water and the bridge to the station had been closed to all traffic."
)
RIGHT = (
    "The mayor said that the dam had held and that nobody was missing, although some farms could not be reached yet. "
    "Schools stay shut until Thursday so that their halls can shelter those who had to leave their homes.|"
    "Insurers spoke of damage in the hundreds of thousands, and the province promised to help with the repairs."
)


@pytest.fixture(scope="module")
def reader() -> Iterator[PdfReader]:
    made = PdfReader()
    yield made
    made.close()


def read(reader: PdfReader, body: bytes, hints: Hints | None = None) -> tuple[Article, Sheets]:
    return pdf_article(reader.read(body), hints or Hints(), SEEN)


def plain(words: str) -> str:
    return words.replace("|", " ")


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_columns_are_read_one_after_the_other(reader: PdfReader, rotate: int) -> None:
    """Drawn row by row across both columns, under a headline and above a line that span them."""
    first, second = column(LEFT, 50, 700, 230), column(RIGHT, 310, 700, 230)
    rows = sorted([*first, *second], key=lambda text: (-text.y, text.x))
    lowest = min(text.y for text in rows)
    headline = Text(50, 760, "Flood drives hundreds from their homes", 24)
    more = "Further reports from the province, and how you can help, are on the third page of this edition today."
    below = column(more, 50, lowest - 40, 490)
    page = [headline, *rows, *below]
    if rotate:
        page = [turned(text, rotate) for text in page]
    article, sheets = read(reader, rotated(page, rotate) if rotate else paper([page]))
    assert article.title == headline.words
    assert article.text.replace("\n", " ") == " ".join([plain(LEFT), plain(RIGHT), *(text.words for text in below)])
    assert article.text.split("\n")[:4] == [*LEFT.split("|"), *RIGHT.split("|")]
    assert (article.method, sheets.starts) == ("pdf", (0,))


def turned(text: Text, angle: int) -> Text:
    """Where a text stands on the sheet that looks upright when it is shown turned by ``angle``."""
    if angle == 180:
        return text._replace(x=WIDTH - text.x, y=HEIGHT - text.y)
    return text._replace(x=HEIGHT - text.y, y=text.x) if angle == 90 else text._replace(x=text.y, y=HEIGHT - text.x)


def rotated(page: list[Text], angle: int) -> bytes:
    """A page whose text is drawn against the rotation that its reader applies."""
    body = paper([page], rotate=angle)
    matrix = {90: b"0 1 -1 0", 180: b"-1 0 0 -1", 270: b"0 -1 1 0"}[angle]
    if angle != 180:
        body = body.replace(b"/MediaBox [0 0 595 842]", b"/MediaBox [0 0 842 595]")
    return re.sub(rb" (\S+ \S+) Td \(", rb" " + matrix + rb" \1 Tm (", body)


def test_words_cut_at_the_end_of_a_line_are_joined(reader: PdfReader) -> None:
    lines = [
        "The govern-",
        "ment and its well-",
        "known critics, as was said of these well-known critics before, spoke of",
        "the 2024-",
        "25 season and of the state-owned banks. They will meet again on Friday morning.",
    ]
    page = [Text(50, 700 - 12 * number, line) for number, line in enumerate(lines)]
    article, _ = read(reader, paper([page]), Hints(title="A"))
    assert "The government and its well-known critics" in article.text
    assert "the 2024-25 season" in article.text


def test_headers_footers_and_page_numbers_are_left_out(reader: PdfReader) -> None:
    texts = [f"Chapter {name} tells of the {name} journey, of those who went and of what they found there. " * 3
             for name in ("first", "second", "third", "fourth")]  # fmt: skip
    pages = [
        [Text(50, 810, f"Annual Report 2024 page {n}"), *column(text, 50, 760, 400), Text(290, 30, f"- {n} -")]
        for n, text in enumerate(texts, 1)
    ]
    article, sheets = read(reader, paper(pages))
    assert "Annual" not in article.text and "- 2 -" not in article.text
    assert [article.text[start:].split()[1] for start in sheets.starts] == ["first", "second", "third", "fourth"]


def test_a_paragraph_goes_on_over_the_page_and_the_page_begins_inside_it(reader: PdfReader) -> None:
    one = column(
        "A long sentence that begins at the very foot of the first page of this paper and that is", 50, 100, 200
    )
    two = column("only brought to its end on the next one, after the reader has turned the leaf.", 50, 780, 200)
    article, sheets = read(reader, paper([one, two]), Hints(title="Leaf"))
    assert "first page of this paper and that is only brought to its end" in article.text
    assert article.text[sheets.starts[1] :].startswith("only brought")


def test_rows_of_a_table_stay_rows(reader: PdfReader) -> None:
    cells = [
        ("Party", "Votes", "Seats"),
        ("Greens", "120,311", "14"),
        ("Liberals", "98,004", "11"),
        ("Labour", "77,120", "9"),
    ]
    page = [Text(50 + 150 * x, 700 - 14 * y, cell) for x in range(3) for y, cell in enumerate(c[x] for c in cells)]
    page += column(
        "The count was finished at noon, the commission said, and no complaint has been lodged so far.", 50, 600, 400
    )
    article, _ = read(reader, paper([page]), Hints(title="Count"))
    assert article.text.split("\n")[:4] == [" ".join(row) for row in cells]


def test_type_that_is_printed_twice_is_read_once(reader: PdfReader) -> None:
    line = "All bells were rung at midnight, all hills were lit, and all will be told of it in the morning papers"
    page = [
        Text(50, 700, line),
        Text(50.3, 700, line),
        Text(50, 688, "and nobody who lived there slept that night at all."),
    ]
    article, _ = read(reader, paper([page]), Hints(title="Bells"))
    assert article.text == f"{line} and nobody who lived there slept that night at all."


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("Microsoft Word - draft_final2.doc", "Council votes for the new bridge"),
        ("report-2024.indd", "Council votes for the new bridge"),
        ("Untitled", "Council votes for the new bridge"),
        ("Council votes for the new bridge", "Council votes for the new bridge"),
        ("", "Council votes for the new bridge"),
    ],
)
def test_a_stated_title_is_believed_if_the_page_says_the_same(reader: PdfReader, stated: str, expected: str) -> None:
    page = [Text(50, 760, "Council votes for the new bridge", 20), *column(LEFT, 50, 700, 400)]
    info = {"Title": stated, "Author": "jsmith", "CreationDate": "D:20240430120000+02'00'"}
    article, _ = read(reader, paper([page], info))
    assert article.title == expected
    assert article.text.startswith("The river rose")
    assert article.published_at == dt.datetime(2024, 4, 30, 10, tzinfo=dt.UTC)
    assert article.authors == ()


def test_what_the_feed_said_wins_over_the_metadata_and_the_future_is_not_believed(reader: PdfReader) -> None:
    told = Hints(title="From the feed", published_at=dt.datetime(2024, 4, 1, tzinfo=dt.UTC), authors=("Ann Lee",))
    body = paper([column(LEFT, 50, 700, 400)], {"Author": "Zoe Ray", "CreationDate": "D:20990101"})
    article, _ = read(reader, body, told)
    assert (article.title, article.published_at, article.authors) == ("From the feed", told.published_at, ("Zoe Ray",))
    assert read(reader, body)[0].published_at is None


LOCKED = "/Encrypt << /Filter /Standard /V 1 /R 2 /O (" + "x" * 32 + ") /U (" + "y" * 32 + ") /P -4 >> /ID [(a) (a)] "


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "does not begin like one"),
        (b"%PDF-1.7", "broken"),
        (b"%PDF-1.7\n" + b"\xff\x00" * 5000, "broken"),
        (paper([[Text(1, 1, "x")]], more=LOCKED), "password"),
        (b"%PDF-1.4" + b" " * (10 << 20), "at most"),
    ],
)
def test_what_cannot_be_read_is_bad_input(reader: PdfReader, body: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        reader.read(body)


def test_a_reader_that_died_or_took_too_long_is_started_again() -> None:
    body = paper([column(LEFT, 50, 700, 400)])
    reader = PdfReader()
    assert has_text(reader.read(body))
    assert reader._child is not None
    reader._child.kill()
    reader._child.wait()
    with pytest.raises(BadInput, match="crashed"):
        reader.read(body)
    assert has_text(reader.read(body))
    reader.close()
    slow = PdfReader(seconds=0.02)
    with pytest.raises(BadInput, match="took longer than"):
        slow.read(paper([column(LEFT * 3, 50, 800, 300)] * 300))
    slow.close()


def test_the_stage_gives_article_and_sheets_or_says_that_there_is_no_text() -> None:
    stage = build(Config())
    stage.load()
    bodies = [paper([column(LEFT, 50, 700, 400)] * 2), paper([[]]), paper([[Text(50, 50, "Scan 12")]])]
    patches = stage(
        [
            Document(id=str(number), seen_at=SEEN, layers={"page": Page(body=body, media_type="application/pdf")})
            for number, body in enumerate(bodies)
        ]
    )
    assert patches[1:] == [Patch(drop="no-text")] * 2
    assert set(patches[0].layers) == {"article", "sheets"}
    text, starts = patches[0].layers["article"].text, patches[0].layers["sheets"].starts
    assert [text[start : start + 9] for start in starts] == ["The river", "The river"]
