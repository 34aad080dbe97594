from __future__ import annotations

import pytest

from babelscope.languages.name_index import NameIndex
from babelscope.languages.name_matching import DECISION, is_worth_comparing, match_names
from babelscope.languages.name_origins import origins, same_origin
from babelscope.languages.name_units import units
from babelscope.languages.name_words import name_words
from babelscope.languages.readings import name_keys, romanise
from babelscope.languages.transliterate import likelihood, log_odds, readings
from babelscope.languages.word_likeness import latin_likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Владимир Путин", "Putin, Vladimir"), ("习近平", "Xi Jinping"), ("王毅", "Wang Yi"), ("김정은", "Kim Jong Un"),
        ("محمد بن سلمان", "Mohammed bin Salman"), ("バラク・オバマ", "Barack Obama"),
        ("Αλέξης Τσίπρας", "Alexis Tsipras"),
        ("Барак Обама", "バラク・オバマ"), ("नरेन्द्र मोदी", "Narendra Modi"), ("習近平", "习近平"),
        ("Mr. Recep Tayyip Erdoğan", "Recep Tayyip Erdogan"), ("J. K. Rowling", "Joanne Kathleen Rowling"),
        ("vanderbilt corp", "van der bilt corp"), ("Bill Gates", "William Gates"),
        ("Osama bin Laden", "Usama bin Ladin"),
        ("ООО Газпром", "Gazprom LLC"),
    ],
)  # fmt: skip
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    match = match_names(one, other)
    assert match.score >= DECISION, match.why


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Wang Yi", "Wang Li", "li against yi"), ("Kim Jong-un", "Kim Jong-il", "il against un"),
        ("George W. Bush", "Jeb Bush", "against"), ("Donald Trump Jr.", "Donald Trump Sr.", "generations differ"),
        ("Louis XIV", "Louis XVI", "generations differ"), ("Boeing 737", "Boeing 747", "numbers"),
        ("Beethoven", "Ludwig van Beethoven", "only a part"), ("王毅", "王力", "no word corresponds"),
        ("Martin Weber", "Martina Weber", "martin against martina"), ("", "Anna", "nothing to compare"),
    ],
)  # fmt: skip
def test_different_names_with_the_reason(one: str, other: str, why: str) -> None:
    match = match_names(one, other)
    assert match.score < DECISION and why in match.why


def test_titles_legal_forms_particles_and_numbers_are_known_as_such() -> None:
    assert name_words("Prof. Dr. Anna van der Berg").words == ("anna", "berg")
    assert name_words("Siemens AG").words == ("siemens",) and name_words("Siemens AG").legal
    assert name_words("Pope John Paul II").numbers == ("2",)
    assert name_words("A.B.C. Company").words == ("abc",)
    assert name_words("Dr").words == ("dr",)


@pytest.mark.parametrize(
    ("word", "signs"),
    [
        ("김", ("ᄀ", "ᅵ", "ᆷ")), ("ちゃん", ("チャ", "ン")), ("צ'ק", ("צ'", "ק")), ("毛澤東", ("毛", "泽", "东")),
        ("مُحَمَّد", ("م", "ح", "م", "د")), ("", ()), ("12", ()),
    ],
)  # fmt: skip
def test_signs_of_a_word(word: str, signs: tuple[str, ...]) -> None:
    assert units(word) == signs


@pytest.mark.parametrize(
    ("word", "latin"),
    [("Шевченко", "shevchenko"), ("Обама", "obama"), ("近平", "jinping"), ("オバマ", "obama"), ("Müller", "muller")],
)
def test_the_likeliest_reading(word: str, latin: str) -> None:
    assert romanise(word) == latin


def test_japanese_readings_of_han_are_known() -> None:
    assert "yamada" in [latin for latin, _ in readings("山田", 4)]
    assert log_odds("山田", "yamada") > 5 and log_odds("山田", "suzuki") < -5


def test_probabilities_of_readings_do_not_pass_one() -> None:
    letters = [a + b + c for a in "abiou" for b in "klnptv" for c in "aeiou"]
    assert sum(2.718281828 ** likelihood(units("ката"), w + v) for w in letters for v in ("", "n")) <= 1.0


@pytest.mark.parametrize(("one", "other"), [("Путин", "Putin"), ("김", "Kim"), ("Джексон", "Jackson"), ("毛", "Mao")])
def test_keys_meet_across_scripts(one: str, other: str) -> None:
    assert set(name_keys(one)) & set(name_keys(other))


def test_a_vowel_at_the_end_weighs_more_than_inside() -> None:
    assert latin_likeness("mohamed", "mohammad") > 0.8 > latin_likeness("francisco", "francisca")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000,
        "王" * 10_000,
        "é" + "\u0301" * 10_000,
        "\ud800\udfff" * 10,
        "a " * 10_000,
        "김정은 " * 3000,
        "\u202e" * 99,
    ],
    ids=["letters", "han", "marks", "surrogates", "words", "names", "controls"],
)
def test_hostile_text_is_bounded(text: str) -> None:
    assert 0.0 <= match_names(text, "Vladimir Putin").score <= 1.0
    assert match_names(text, text).score == 1.0
    assert len(name_keys(text)) <= 4
    assert len(units(text)) <= 24


def test_an_index_finds_a_name_in_any_script_by_any_other() -> None:
    names = [
        "Xi Jinping",
        "Владимир Путин",
        "Kim Jong-un",
        "محمد بن سلمان",
        "Angela Merkel",
        "Wang Yi",
        "Wang Li",
        "村上春樹",
    ]
    index = NameIndex(names)
    asked = {"习近平": 0, "Putin Vladimir": 1, "김정은": 2, "Mohammed bin Salman": 3, "Ангела Меркель": 4, "王毅": 5,
             "Haruki Murakami": 7}  # fmt: skip
    for name, at in asked.items():
        assert [found.at for found in index.find(name)] == [at], name
    assert index.find("Nelson Mandela") == [] and index.find("") == [] and len(index) == 8
    assert NameIndex([]).find("Anna") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Владимир Петров", "Vladimir Petrov"), ("Smith, J.", "John Smith"), ("Bill Gates", "William Gates"),
        ("vanderbilt corp", "van der bilt corp"), ("毛泽东", "Mao Tse-tung"), ("יומג'אגין", "yumjaagiin"),
        ("ストッダード", "Stoddard"), ("Hui Ai", "Yu Ao"), ("", "Anna"), ("7", "8"),
    ],
)  # fmt: skip
def test_the_filter_lets_pass_what_may_be_one_name(one: str, other: str) -> None:
    assert is_worth_comparing(one, other) and is_worth_comparing(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Angela Merkel", "Владимир Путин"), ("Nelson Mandela", "バラク・オバマ"), ("김정은", "Robert Scott")],
)
def test_the_filter_stops_what_differs(one: str, other: str) -> None:
    assert not is_worth_comparing(one, other)
    assert match_names(one, other).score == 0.0 and match_names(one, other).why


def test_the_spelling_of_a_name_tells_where_it_is_from() -> None:
    likeliest = {word: max(found, key=found.__getitem__) for word in _SPELLED if (found := origins(word))}
    assert likeliest == _SPELLED
    assert sum(origins("Takahashi").values()) == pytest.approx(1.0)
    assert same_origin("Takahashi", "가즈키") > 0.5 > -0.5 > same_origin("Takahashi", "라슬로")
    assert origins("") == {} and origins("☂") == {} and same_origin("Anna", "") == 0.0


_SPELLED = {"takahashi": "Japanese", "タカハシ": "Japanese", "가즈키": "Japanese", "polgár": "Hungarian",
            "nguyễn": "Vietnamese", "史密斯": "English"}  # fmt: skip
