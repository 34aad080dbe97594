"""The analyser: the same tokens for documents and queries, in every script."""

from __future__ import annotations

import pytest

from babelscope.languages.analyse import SNOWBALL, analyse, normalise, plausible_stems

CASES = [
    ("Les ÉLECTIONS à l'Assemblée", "fr", ("les", "élections", "à", "l", "assemblée")),
    ("中国经济增长", "zh", ("中国", "国经", "经济", "济增", "增长")),
    ("カタカナ食べる", "ja", ("カタ", "タカ", "カナ", "ナ食", "食べ", "べる")),
    ("ﾊﾝｶｸ", "ja", ("ハン", "ンカ", "カク")),
    ("대한민국 정부", "ko", ("대한", "한민", "민국", "정부")),
    ("ประเทศ", "th", ("ปร", "ระ", "ะเ", "เท", "ทศ")),
    ("ລາວ", "lo", ("ລາ", "າວ")),
    ("ខ្មែរ", "km", ("ខ្", "្ម", "មែ", "ែរ")),
    ("မြန်မာ", "my", ("မြ", "ြန", "န်", "်မ", "မာ")),
    ("第1位", "zh", ("第", "1", "位")),
    ("الْعَرَبِيَّةُ", "ar", ("العربية",)),
    ("الانتخابـــات", "ar", ("الانتخابات",)),
    ("שָׁלוֹם", "he", ("שלום",)),
    ("हिन्दी में", "hi", ("हिन्दी", "में")),
    ("STRAẞE Straße ﬁne İstanbul", "de", ("strasse", "strasse", "fine", "istanbul")),
    ("می‌خواهد", "fa", ("میخواهد",)),
    ("e\u0301tat x_y foo-bar", "fr", ("état", "x", "y", "foo", "bar")),
    ("...!?", "en", ()),
    ("", "en", ()),
]


@pytest.mark.parametrize(("text", "language", "words"), CASES, ids=[f"{c[1]}-{n}" for n, c in enumerate(CASES)])
def test_words(text: str, language: str, words: tuple[str, ...]) -> None:
    assert analyse(text, language).words == words


def test_stems_carry_their_language() -> None:
    assert analyse("running elections", "en").stems == ("en:run", "en:elect")
    assert analyse("выборы", "ru").stems == ("ru:выбор",)
    assert analyse("中国 text", "zh").stems == ()


def test_forms_of_one_word_meet_in_the_stem() -> None:
    for language, left, right in [("ru", "выборы", "выборов"), ("pt", "governo", "governos"), ("ar", "كتاب", "الكتاب")]:
        assert analyse(left, language).stems == analyse(right, language).stems


@pytest.mark.parametrize("language", sorted(SNOWBALL))
def test_every_snowball_language_stems(language: str) -> None:
    [stem] = analyse("national", language).stems
    assert stem.partition(":")[0] in (language, "no")


def test_what_a_query_word_may_stand_for() -> None:
    assert plausible_stems("выборов") == ("ru:выбор", "sr:vыborov")
    assert plausible_stems("running", ("en",)) == ("en:run",)
    assert "pt:eleiçõ" in plausible_stems("eleições")
    assert plausible_stems("中国") == plausible_stems("2026") == ()
    assert plausible_stems("running", ("zh",)) == ()


@pytest.mark.parametrize("language", ["nb", "nn", "no"])
def test_norwegian_goes_by_one_mark(language: str) -> None:
    assert set(analyse("valgene", language).stems) <= set(plausible_stems("valgene"))


def test_a_very_long_run_is_cut() -> None:
    assert analyse("x" * 10_000).words == ("x" * 64,)


def test_normalise_is_idempotent_on_hard_cases() -> None:
    for text in ("ﷺ", "ǅ", "ΐ", "İ", "ẞ", "Å", "ำ"):
        assert normalise(normalise(text)) == normalise(text)
