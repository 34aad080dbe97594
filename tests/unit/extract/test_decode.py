"""Bytes → text: what is declared is only a witness."""

# ruff: noqa: E501

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.extract.decode import clean, decode

RUSSIAN = "Правительство объявило о новых мерах. Министр выступил перед журналистами в Москве и ответил на вопросы."
JAPANESE = (
    "政府は新しい対策を発表しました。大臣は東京で記者会見を開き、質問に答えました。カメラの前での説明は一時間続いた。"
)
GREEK = "Η κυβέρνηση ανακοίνωσε νέα μέτρα. Ο υπουργός μίλησε στους δημοσιογράφους στην Αθήνα και απάντησε σε ερωτήσεις."
POLISH = "Rząd ogłosił nowe środki. Minister spotkał się z dziennikarzami w Łodzi i odpowiedział na pytania. Źródło: agencja."
CHINESE = "政府宣布了新的措施。部长在北京会见了记者，并回答了他们的问题。会议持续了一个小时。"
KOREAN = "정부는 새로운 조치를 발표했다. 장관은 서울에서 기자들을 만나 질문에 답했다."
FRENCH = "Le ministre a été interrogé à l’Assemblée ; la séance a duré une heure, déjà très animée."


def page(text: str, language: str = "", charset: str = "") -> str:
    lang = f' lang="{language}"' if language else ""
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html{lang}><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        (RUSSIAN, "cp1251", "utf-8"),
        (RUSSIAN, "cp1251", "iso-8859-1"),
        (RUSSIAN, "koi8_r", "utf-8"),
        (RUSSIAN, "koi8_r", "windows-1251"),
        (JAPANESE, "cp932", "utf-8"),
        (JAPANESE, "euc_jp", "utf-8"),
        (JAPANESE, "euc_jp", "shift_jis"),
        (GREEK, "cp1253", "utf-8"),
        (CHINESE, "gb18030", "utf-8"),
        (CHINESE, "gb18030", "iso-8859-1"),
        (KOREAN, "cp949", "utf-8"),
        (FRENCH, "cp1252", "utf-8"),
    ],
)
def test_a_wrong_declaration_is_recovered(text: str, codec: str, declared: str) -> None:
    assert text in decode(page(text).encode(codec), declared)


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1251", "shift_jis", "gb2312", "ascii", "nonsense", ""])
@pytest.mark.parametrize("text", [RUSSIAN, JAPANESE, POLISH, FRENCH, CHINESE])
def test_utf8_is_utf8_whatever_is_declared(text: str, declared: str) -> None:
    assert text in decode(page(text, charset=declared or "utf-8").encode(), declared)


@pytest.mark.parametrize(
    ("text", "codec", "language"), [(POLISH, "cp1250", "pl"), (POLISH, "iso8859_2", "pl"), (RUSSIAN, "cp1251", "ru")]
)
def test_the_language_of_the_page_decides_among_the_latin_charsets(text: str, codec: str, language: str) -> None:
    assert text in decode(page(text, language).encode(codec), "iso-8859-1")
    assert text in decode(page(text).encode(codec), "", language)


def test_a_right_declaration_is_followed() -> None:
    assert FRENCH in decode(page(FRENCH, charset="iso-8859-1").encode("cp1252"))
    assert JAPANESE in decode(page(JAPANESE, charset="Shift_JIS").encode("cp932"))
    assert JAPANESE in decode(page(JAPANESE).encode("iso2022_jp"), "iso-2022-jp")


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_wins(codec: str) -> None:
    text = decode(page(RUSSIAN).encode(codec), "windows-1252")
    assert RUSSIAN in text
    assert not text.startswith("\ufeff")


def test_a_few_spoilt_bytes_do_not_spoil_the_page() -> None:
    body = page(RUSSIAN * 3).encode() + b"<p>caf\xe9</p>"
    text = decode(body, "utf-8")
    assert RUSSIAN in text
    assert "caf\ufffd" in text


def test_a_cut_last_character_does_not_matter() -> None:
    body = page(JAPANESE).encode().split(b"</p>")[0][:-1]
    assert JAPANESE[:-1] in decode(body)


def test_one_accent_is_no_reason_to_believe_in_utf8() -> None:
    assert "Café" in decode(page("Café de la Paix").encode("latin-1"), "utf-8")


def test_codecs_that_are_no_charsets_are_not_used() -> None:
    for label in ("rot13", "base64", "unicode_escape", "utf-7", "idna", "zip", "x" * 500, "\x00"):
        assert decode(b"<p>a\\u0041+AGE- plain</p>", label) == "<p>a\\u0041+AGE- plain</p>"


@given(st.binary(max_size=400), st.sampled_from(["", "utf-8", "utf-16", "shift_jis", "windows-1251", "hz", "idna"]))
def test_anything_becomes_clean_text(body: bytes, charset: str) -> None:
    text = decode(body, charset)
    text.encode("utf-8")
    assert "\x00" not in text


def test_controls_and_lone_surrogates_go() -> None:
    assert clean("a\x00b\x1bc\x85d\ud800e\tf\n") == "abcd\ufffde\tf\n"
