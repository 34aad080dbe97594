from __future__ import annotations

import re

import pytest

from babelscope.languages.codes import (
    LANGUAGES,
    canonical_code,
    is_rtl,
    language_name,
    script_of,
    scripts_of,
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("zh-Hant-TW", "zh"), ("cmn", "zh"), ("yue", "zh"), ("wuu", "zh"), ("nb", "no"), ("nob", "no"), ("nor", "no"),
        ("nn", "nn"), ("hr", "hr"), ("bos", "bs"), ("srp", "sr"), ("fil", "tl"), ("tgl", "tl"), ("iw", "he"),
        ("DE_de", "de"),
        ("deu", "de"), ("ger", "de"), ("arz", "ar"), ("prs", "fa"), ("ceb", "ceb"), ("xx", "und"), ("", "und"),
        ("und", "und"), ("zz-9-'; drop", "und"),
    ],
)  # fmt: skip
def test_canonical_codes(given: str, expected: str) -> None:
    assert canonical_code(given) == expected


def test_the_table_is_well_formed() -> None:
    assert len(LANGUAGES) >= 190
    assert len({info.iso3 for info in LANGUAGES.values()}) == len(LANGUAGES)
    for code, info in LANGUAGES.items():
        assert re.fullmatch(r"[a-z]{2,3}", code)
        assert re.fullmatch(r"[a-z]{3}", info.iso3)
        assert info.name
        assert all(re.fullmatch(r"[A-Z][a-z]{3}", script) for script in info.scripts)
        assert canonical_code(code) == canonical_code(info.iso3) == code
        assert len(code) == 2 or code == info.iso3


def test_names_scripts_and_direction() -> None:
    assert language_name("pt-BR") == "Portuguese"
    assert language_name("und") == "unknown language"
    assert language_name("qqq") == "qqq"
    assert (script_of("sr"), scripts_of("sr")) == ("Cyrl", ("Cyrl", "Latn"))
    assert script_of("qqq") == "Zyyy"
    assert {
        code for code in ("ar", "fa", "he", "ur", "yi", "dv", "ps", "ckb", "ug", "nqo") if not is_rtl(code)
    } == set()
    assert not any(map(is_rtl, ("en", "tr", "ku", "zh", "az", "und", "")))
    assert is_rtl("Arab")
    assert not is_rtl("Latn")
