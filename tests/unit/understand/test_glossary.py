"""The user's terms: reading, saying what is wrong with a line, writing."""

from __future__ import annotations

from pathlib import Path

import pytest

from babelscope.flow.errors import ConfigError
from babelscope.understand.glossary import EMPTY, Row, Term, glossary_of, glossary_rows, read_glossary


def read(tmp_path: Path, text: str | bytes) -> object:
    file = tmp_path / "terms.tsv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_glossary(file)


def test_terms_by_pair_longest_first(tmp_path: Path) -> None:
    file = tmp_path / "terms.tsv"
    file.write_text("# mine\n\npt\tbanco\ten\tbank\npor\tBanco  Central\teng\tCentral Bank\n*\tONU\ten\tUN\r\n")
    glossary = read_glossary(file)
    assert [t.term for t in glossary.terms("pt", "en")] == ["Banco Central", "banco", "ONU"]
    assert glossary.terms("es", "en") == (Term("ONU", "UN"),)
    assert glossary.terms("pt", "fr") == ()
    assert len(glossary.mark) == 12


def test_the_later_line_holds_and_the_mark_follows_the_terms(tmp_path: Path) -> None:
    one = glossary_of([Row("pt", "banco", "en", "bank"), Row("pt", "Banco", "en", "shore")])
    assert one.terms("pt", "en") == (Term("Banco", "shore"),)
    assert one.mark != glossary_of([Row("pt", "banco", "en", "bank")]).mark
    assert one.mark == glossary_of([Row("pt", "Banco", "en", "shore")]).mark


def test_no_glossary() -> None:
    assert read_glossary("") is EMPTY
    assert EMPTY.mark == ""
    assert EMPTY.terms("pt", "en") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pt\tbanco\ten\n", "line 1: 3 columns"),
        ("# x\npt\tbanco\ten\t \n", "line 2: the translation is empty"),
        ("pt\t\ten\tx\n", "line 1: the term is empty"),
        ("qqq\tbanco\ten\tx\n", "line 1: 'qqq' is not a known language code"),
        ("pt\tbanco\t*\tx\n", "line 1: the language of the translation cannot be *"),
        (f"pt\t{'b' * 201}\ten\tx\n", "line 1: a term may have 200 characters"),
        (b"pt\t\xff\ten\tx\n", "not UTF-8"),
    ],
)
def test_what_is_wrong_is_said_with_the_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=r"terms\.tsv") as caught:
        read(tmp_path, text)
    assert message in str(caught.value)


def test_a_file_that_is_absent_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_glossary(tmp_path / "absent.tsv")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_glossary(tmp_path)
    with pytest.raises(ConfigError, match="MB at most"):
        read(tmp_path, b"#" * 4_000_001)
    with pytest.raises(ConfigError, match="MB at most"):
        read_glossary("/dev/zero")  # has no size, and no end


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    rows = [Row("pt", "a\tb\nc", "en", "x"), Row("pt", "#tag", "en", "y"), Row("pt", " ", "en", "z")]
    (tmp_path / "out.tsv").write_text(glossary_rows(rows))
    assert read_glossary(tmp_path / "out.tsv").terms("pt", "en") == (Term("a b c", "x"),)
