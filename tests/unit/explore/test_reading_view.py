"""A document in two languages: rows, sentences, faults, routes and corrections, over a real store and model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from babelscope.app.correcting import Proposal, all_corrections, correct, glossary_text, is_term, undo, undo_correction
from babelscope.explore import reading as reading_module
from babelscope.explore.aligned import aligned_view
from babelscope.explore.corrections import corrections_view
from babelscope.explore.pieces import checked_pieces, fault_words, route_words
from babelscope.explore.reading import ReadingView, Sentence, find_sentence, reading_view
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, BadInput
from babelscope.model import Document, Fault, Piece, Translation
from babelscope.store.reader import Reader
from babelscope.store.reading import CorrectionRow
from babelscope.store.reading_writes import ReadingWrites
from babelscope.understand.glossary import read_glossary
from reading_world import PARAGRAPHS, fill_reading, reading_config

DAY = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


class Desk:
    """The store as a reader of the dashboard has it."""

    def __init__(self, folder: Path) -> None:
        self.config: Config = reading_config(folder)
        self.ids = fill_reading(self.config)
        self.reader = Reader.open(self.config)
        self.writes = ReadingWrites.open(self.config)

    def view(self, key: str = "pt") -> ReadingView:
        found = reading_view(self.reader, self.config, self.ids[key])
        assert found is not None
        return found

    def correct(self, sentence: Sentence, text: str, key: str = "pt", **more: str) -> CorrectionRow:
        said = Proposal(document=self.ids[key], sentence=sentence.key, correction=text, **{"author": "Ana", **more})
        return correct(self.config, self.reader, self.writes, said)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.writes.close()
    made.reader.close()


def joined(sentence: Sentence, side: str = "original") -> str:
    return "".join(span.text for span in getattr(sentence, side))


def test_every_paragraph_stands_beside_its_translation_and_nothing_is_lost(desk: Desk) -> None:
    view = desk.view()
    rows = [row for row in view.rows if row.of == "text"]
    assert ["".join(joined(s) for s in row.sentences) for row in rows] == list(PARAGRAPHS)
    assert [row.start for row in rows] == [0, len(PARAGRAPHS[0]) + 1, len(PARAGRAPHS[0]) + len(PARAGRAPHS[1]) + 2]
    assert rows[0].is_translated and not rows[1].is_translated
    assert "12" in joined(rows[0].sentences[1], "reading")
    text = "\n".join(PARAGRAPHS)
    for row in rows:
        for sentence in row.sentences:
            assert text[sentence.start : sentence.end] == joined(sentence).strip()
            assert find_sentence(view, sentence.key) == sentence
    assert (view.extent, view.grade, view.language, view.to) == ("lead", "neural", "pt", "en")
    assert view.chain == "Portuguese → English (Firefox model)"


def test_a_document_without_a_route_keeps_its_original_and_the_reason(desk: Desk) -> None:
    view = desk.view("ar")
    assert (view.extent, view.grade) == ("none", "none") and "ar" in view.reason
    assert not any(row.is_translated for row in view.rows)
    assert [row.direction for row in view.rows] == ["rtl", "rtl"]
    assert len(view.rows[1].sentences) == 2
    assert desk.view("en").extent == "same"
    assert reading_view(desk.reader, desk.config, "0" * 32) is None


def test_words_are_found_on_the_other_side(desk: Desk) -> None:
    sentence = desk.view().rows[1].sentences[0]
    at = joined(sentence).index("Setúbal")
    id_ = desk.ids["pt"]
    there = aligned_view(desk.reader, desk.config, id_, sentence.key, "original", (at, at + 7))
    assert there is not None and "Setúbal" in there.words and there.side == "reading"
    assert joined(sentence, "reading")[there.start : there.end] == there.words
    back = aligned_view(desk.reader, desk.config, id_, sentence.key, "reading", (there.start, there.end))
    assert back is not None and "Setúbal" in back.words
    assert aligned_view(desk.reader, desk.config, id_, "te9999", "original", (0, 1)) is None
    with pytest.raises(BadInput, match="not a span"):
        aligned_view(desk.reader, desk.config, id_, sentence.key, "original", (5, 5000))
    rest = desk.view().rows[2].sentences[0]
    nothing = aligned_view(desk.reader, desk.config, id_, rest.key, "original", (0, 3))
    assert nothing is not None and nothing.words == ""


def test_a_correction_takes_the_machines_place_until_it_is_undone(desk: Desk) -> None:
    sentence = desk.view().rows[1].sentences[0]
    kept = desk.correct(sentence, "Setúbal harbour has been shut\nsince Thursday, by a strike.", note="see  p. 2")
    assert kept.note == "see p. 2" and kept.original == joined(sentence).strip() and kept.machine == sentence.machine
    shown = desk.view()
    corrected = shown.rows[1].sentences[0]
    assert joined(corrected, "reading") == "Setúbal harbour has been shut since Thursday, by a strike."
    assert corrected.reading[0].mark == "corrected" and "Ana" in corrected.reading[0].hint
    assert corrected.machine == sentence.machine and shown.corrected == 1
    undo(desk.writes, kept.id, "Rui")
    after = desk.view()
    assert joined(after.rows[1].sentences[0], "reading") == sentence.machine and after.corrected == 0
    assert after.rows[1].sentences[0].corrections[0].undone_by == "Rui"


def test_single_words_are_corrected_in_place_and_become_terms(desk: Desk, tmp_path: Path) -> None:
    sentence = desk.view().rows[1].sentences[0]
    kept = desk.correct(sentence, "Setubal Harbour", words="porto de  Setúbal", machine="Setúbal", kind="name")
    text = "\n".join(PARAGRAPHS)
    assert text[kept.start : kept.end] == kept.original == "porto de Setúbal"
    reading = desk.view().rows[1].sentences[0]
    assert "Setubal Harbour" in joined(reading, "reading") and sentence.machine == reading.machine
    assert [span.mark for span in reading.reading].count("corrected") == 1
    desk.correct(sentence, "a whole other sentence that is long enough to be no term, is it not")
    (tmp_path / "terms.tsv").write_text(glossary_text(desk.config), encoding="utf-8")
    terms = read_glossary(tmp_path / "terms.tsv").terms("pt", "en")
    assert [(term.term, term.translation) for term in terms] == [("porto de Setúbal", "Setubal Harbour")]
    assert len(list(all_corrections(desk.config))) == 2


def test_people_may_translate_what_no_model_can(desk: Desk) -> None:
    sentence = desk.view("ar").rows[1].sentences[0]
    desk.correct(sentence, "The strike began on Thursday.", key="ar")
    view = desk.view("ar")
    assert view.extent == "none" and view.corrected == 1
    assert joined(view.rows[1].sentences[0], "reading") == "The strike began on Thursday."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"author": " \u200b "}, "your name"),
        ({"author": "x" * 81}, "81 characters"),
        ({"correction": "…"}, "better wording"),
        ({"correction": "y" * 5000}, "5000 characters"),
        ({"kind": "insult"}, "kind"),
        ({"words": "not there", "machine": "port"}, "do not stand like that"),
        ({"words": "porto", "machine": "not there"}, "machine's words"),
        ({"words": "porto"}, "machine's words"),
        ({"sentence": "te9999"}, "no such sentence"),
        ({"sentence": "x"}, "no such sentence"),
    ],
)
def test_a_form_that_cannot_be_kept_says_why(desk: Desk, changes: dict[str, str], words: str) -> None:
    sentence = desk.view().rows[1].sentences[0]
    said = {"document": desk.ids["pt"], "sentence": sentence.key, "correction": "better", "author": "Ana", **changes}
    with pytest.raises(BadInput, match=words):
        correct(desk.config, desk.reader, desk.writes, Proposal(**said))
    with pytest.raises(BadInput, match="same as"):
        desk.correct(sentence, sentence.machine)
    assert desk.reader.reading.count_corrections() == 0


def test_a_correction_of_an_older_reading_is_kept_and_not_applied(desk: Desk) -> None:
    sentence = desk.view().rows[1].sentences[0]
    row = desk.correct(sentence, "Something better.")
    desk.writes.correct(
        CorrectionRow(
            **{name: getattr(row, name) for name in row.__struct_fields__ if name not in ("original", "author")},
            original="as the page read before",
            author="Eva",
        )
    )
    corrected = desk.view().rows[1].sentences[0]
    assert [(one.author, one.fits, one.is_applied) for one in corrected.corrections if one.author == "Eva"] == [
        ("Eva", False, False)
    ]


def test_the_list_is_paged_and_undoing_says_what_is_wrong(desk: Desk) -> None:
    row = desk.correct(desk.view().rows[1].sentences[0], "Something better.")
    view = corrections_view(desk.reader, desk.config)
    assert (view.total, view.pages) == (1, 1) and view.items[0].headline is not None
    assert corrections_view(desk.reader, desk.config, 2).items == ()
    with pytest.raises(BabelscopeError, match="no such correction"):
        undo_correction(desk.config, "0" * 32, "Ana")
    undo_correction(desk.config, row.id, "Ana")
    with pytest.raises(BabelscopeError, match="undone already"):
        undo_correction(desk.config, row.id, "Ana")
    assert glossary_text(desk.config).count("\n") == 1


@pytest.mark.parametrize(
    ("route", "language", "words"),
    [
        ("firefox-pt-en-tiny", "pt", "Portuguese → English (Firefox model)"),
        (
            "apertium-es-pt+firefox-pt-en-tiny",
            "es",
            "Spanish → Portuguese (Apertium) → English (Firefox model)",
        ),
        ("firefox-pt-en-tiny", "gl", "Galician, read as Portuguese → English (Firefox model)"),
        ("user-fi-en@abc", "fi", "Finnish → English (your own model)"),
        ("my-machine", "fi", "Finnish → English (my-machine)"),
        ("", "fi", ""),
        ("same", "en", ""),
    ],
)
def test_a_route_is_said_in_words(route: str, language: str, words: str) -> None:
    assert route_words(route, language, "en", "en") == words


def test_a_text_of_very_many_sentences_is_shown_whole_and_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "MAX_SENTENCES", 3)
    rows = [row for row in desk.view().rows if row.of == "text"]
    assert [len(row.sentences) for row in rows] == [2, 2, 1]
    assert ["".join(joined(s) for s in row.sentences) for row in rows] == list(PARAGRAPHS)


def test_faults_are_said_in_words() -> None:
    lost = Fault(kind="number", way="lost", what="12")
    assert fault_words(lost) == "the number 12 of the original is missing here"
    assert "not in the original" in fault_words(Fault(kind="name", way="invented", what="Bonn"))


def document(title: str, text: str) -> Document:
    return Document(id="d" * 32, title=title, text=text)


def test_pieces_that_do_not_fit_are_not_believed() -> None:
    def piece(start: int, end: int, at: int, to: int) -> Piece:
        return Piece(of="text", start=start, end=end, at=at, to=to, grade="neural")

    pieces = (piece(0, 5, 0, 4), piece(3, 8, 4, 8), piece(5, 99, 4, 8), piece(5, 8, 4, 99), piece(5, 8, 4, 8))
    made = Translation(to="en", grade="neural", route="r", lead="abcdefgh", lead_end=8, pieces=pieces)
    assert checked_pieces(document("", "abcdefgh"), made) == (pieces[0], pieces[4])


def test_a_translation_without_pieces_is_paired_by_paragraph() -> None:
    made = Translation(to="en", grade="neural", route="r", title="T", lead="one\ntwo", lead_end=7)
    pieces = checked_pieces(document("t", "eins\n\nzwei\ndrei"), msgspec.structs.replace(made, lead_end=10))
    assert [(p.of, p.start, p.end, p.at, p.to) for p in pieces] == [
        ("title", 0, 1, 0, 1),
        ("text", 0, 4, 0, 3),
        ("text", 6, 10, 4, 7),
    ]
    uneven = checked_pieces(document("", "eins\nzwei\ndrei"), msgspec.structs.replace(made, lead_end=14))
    assert [(p.start, p.end, p.at, p.to) for p in uneven] == [(0, 14, 0, 7)]
    assert checked_pieces(document("t", "x"), msgspec.structs.replace(made, grade="none")) == ()


@pytest.mark.parametrize(
    ("original", "correction", "language", "is_one"),
    [
        ("Lisboa", "Lisbon", "pt", True),
        ("港务局", "port authority", "zh", True),
        ("Chove.", "It rains.", "pt", False),
        ("uma frase com mais de seis palavras", "x", "pt", False),
        ("Lisboa", "Lisbon", "und", False),
    ],
)
def test_what_is_a_term(original: str, correction: str, language: str, is_one: bool) -> None:
    row = CorrectionRow(
        id="", document="d", of="text", start=0, end=1, language=language, target="en", original=original,
        machine="", correction=correction, kind="name", note="", author="Ana", at=DAY,
    )  # fmt: skip
    assert is_term(row) is is_one
