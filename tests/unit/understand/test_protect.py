"""Shields: what is held, what comes back, and that the engines pass placeholders on."""

from __future__ import annotations

import pytest

from babelscope.model import Fault
from babelscope.understand.glossary import Term
from babelscope.understand.protect import better, restore, shield, shield_again, survived
from babelscope.understand.protect_spans import address_spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("veja https://x.org/a(b)?c=1, já", ["https://x.org/a(b)?c=1"]),
        ("(em https://x.org/a)", ["https://x.org/a"]),
        ("www.abc.pt.", ["www.abc.pt"]),
        ("escreva a ana.b@exemplo.com.br!", ["ana.b@exemplo.com.br"]),
        ("segundo @joao e #Lisboa2026", ["@joao", "#Lisboa2026"]),
        ("no site example.org/path hoje", ["example.org/path"]),
        ("o servidor 10.0.0.1 caiu", ["10.0.0.1"]),
        ("a falha CVE-2026-12345", ["CVE-2026-12345"]),
        ("use `rm -rf` e fetch_all_rows ou main()", ["`rm -rf`", "fetch_all_rows", "main()"]),
        ("访问https://x.org/a，谢谢", ["https://x.org/a"]),
        ("e.g. Mr. Silva às 10.30 a.m.", []),
        ("o preço é 3.000.000 e a nota 1.2.3", []),
    ],
)
def test_addresses(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in address_spans(text)] == expected


def test_shield_and_restore() -> None:
    shielded = shield("Veja https://x.org/a e @joao.", (Term("veja", "look at"),))
    assert shielded.text == "XQ1 XQ2 e XQ3."
    assert restore("XQ1 xq2 and XQ3.", shielded) == "look at https://x.org/a and @joao."
    assert survived("XQ1 XQ2 and XQ3.", shielded)
    assert not survived("XQ1 and XQ3.", shielded)


def test_a_text_that_has_the_placeholder_itself_keeps_it() -> None:
    shielded = shield("XQ1 e https://x.org/a")
    assert restore(shielded.text, shielded) == "XQ1 e https://x.org/a"


def test_the_longest_term_wins_and_words_are_whole() -> None:
    terms = (Term("Banco Central", "Central Bank"), Term("banco", "bank"))
    assert restore(shield("O banco central e o banco; bancos", terms).text, shield("x")) == "O XQ1 e o XQ2; bancos"


def test_terms_in_scripts_without_spaces() -> None:
    shielded = shield("我去北京大学了", (Term("北京大学", "PKU"),))
    assert [hold.text for hold in shielded.holds] == ["PKU"]


def test_a_second_try_shields_what_was_lost() -> None:
    sentence = "Em 2025 morreram 312 na Alemanha."
    faults = (Fault(kind="number", way="lost", what="312"), Fault(kind="name", way="lost", what="Alemanha"))
    again = shield_again(sentence, faults, (), ("pt", "en"))
    assert again is not None
    assert again.text == "Em 2025 morreram XQ1 na XQ2."
    assert [hold.text for hold in again.holds] == ["312", "Germany"]
    assert shield_again(sentence, (Fault(kind="number", way="invented", what="312"),)) is None
    assert shield_again("A Casa Rosa", (Fault(kind="name", way="lost", what="Casa Rosa"),), (), ("pt", "en")) is None


def test_the_better_of_two_tries() -> None:
    fault = Fault(kind="number", way="lost", what="3")
    assert better(("a", (fault,)), ("b", ())) == ("b", ())
    assert better(("a", (fault,)), ("b", (fault,))) == ("a", (fault,))
    assert better(("a", (fault,)), ("", ())) == ("a", (fault,))
