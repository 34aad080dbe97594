"""The laws of a translation: pieces stand exactly on both sides; neither batches nor the memory change a byte."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from babelscope.flow.memo import Memory
from babelscope.model import Document, Language, LanguagePart, Translation
from babelscope.understand.reading import GRADES, Reading
from reading_cases import configuration, document

SIGNS = st.sampled_from(
    [
        "a",
        "B",
        "x",
        "ç",
        "漢",
        "字",
        "한",
        "ك",
        "ש",
        "क",
        "े",
        "ก",
        " ",
        " ",
        "\n",
        "\n\n",
        "\u2029",
        "\r\n",
        ". ",
        "! ",
        "。",
        "؟ ",
        "。\n",
        "\u0301",
        "\u202e",
        "\u200d",
        "👩‍👩‍👧",
        "\ufeff",
        "\ud800",
        "\x00",
        "1",
        "3.5",
        "https://a.b/c ",
        "@me ",
        "XQ1",
        "“",
        "”",
        "\u3000",
        "y" * 120,
    ]
)
TEXTS = st.lists(SIGNS, max_size=40).map("".join)
CODES = st.sampled_from(["pt", "zh", "gl", "en", "de", "und"])


@pytest.fixture(scope="module")
def reading() -> Reading:
    made = Reading(configuration(translators=("translate_cases:build_turning",), lead_chars=80))
    made.load()
    return made


def check(doc: Document, made: Translation) -> None:
    """Raise if a piece does not stand where it says, on either side."""
    sides = {"title": (doc.title, made.title), "text": (doc.text[: made.lead_end], made.lead)}
    for of, (original, translation) in sides.items():
        before = at = 0
        pieces = [piece for piece in made.pieces if piece.of == of]
        for piece in pieces:
            assert before <= piece.start < piece.end <= len(original) and at <= piece.at < piece.to <= len(translation)
            between = translation[at : piece.at] + original[before : piece.start]
            assert not any(map(str.isalnum, between))
            assert original[piece.start : piece.end].strip() == original[piece.start : piece.end]
            if piece.grade == "none":
                assert translation[piece.at : piece.to] == original[piece.start : piece.end] and not piece.faults
            if piece.faults:
                assert piece.grade == "gist"
            before, at = piece.end, piece.to
        assert not pieces or at == len(translation)
    assert made.grade in GRADES and (made.grade != "none") == bool(made.route)
    assert made.grade != "none" or (made.reason and not made.title and not made.lead and not made.pieces)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=TEXTS, text=TEXTS, code=CODES, parts=st.lists(st.tuples(st.integers(0, 80), CODES), max_size=4))
def test_pieces_stand_on_both_sides_whatever_the_text(
    reading: Reading, title: str, text: str, code: str, parts: list[tuple[int, str]]
) -> None:
    bounds = sorted(at for at, _ in parts)
    layers = tuple(
        LanguagePart(of="text", start=a, end=b, code=c, script="Latn", confidence=0.9)
        for a, b, (_, c) in zip(bounds, bounds[1:], parts, strict=False)
    )
    language = Language(code=code, script="Latn", confidence=1.0, parts=layers)
    doc = Document(id="d", title=title, text=text, layers={"language": language})
    for whole in (False, True):
        made = reading.render(doc, whole=whole)
        check(doc, made)
        assert made.lead_end <= len(text) and (whole or made.lead_end <= 80)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, CODES), min_size=1, max_size=4))
def test_neither_batches_nor_the_memory_change_a_byte(
    reading: Reading, tmp_path: Path, docs: list[tuple[str, str]]
) -> None:
    """Alone, together, with an empty memory, with a full one, with one on disk."""
    made = [document(text, code, text[:20]) for text, code in docs]
    config = configuration(translators=("translate_cases:build_turning",), lead_chars=80)
    path = tmp_path / "memory.sqlite"
    others = [Reading(config, memory) for memory in (Memory(None), Memory(path), Memory(path))]
    for other in others:
        other.load()
    expected = [msgspec.msgpack.encode(_plain(reading.render(doc))) for doc in made]
    for other in others:
        assert [msgspec.msgpack.encode(_plain(one)) for one in other.render_all(made)] == expected
        assert [msgspec.msgpack.encode(_plain(other.render(doc))) for doc in made] == expected


def _plain(made: Translation) -> Translation:
    """Half a surrogate pair, which a copied original may hold, has no bytes."""
    return msgspec.structs.replace(
        made, title=ascii(made.title), lead=ascii(made.lead), reason=ascii(made.reason), pieces=()
    )
