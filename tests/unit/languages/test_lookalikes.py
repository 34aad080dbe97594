from __future__ import annotations

import pytest

from babelscope.languages.lookalikes import mend_lookalikes
from babelscope.languages.zawgyi import mend_zawgyi


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("сeнaтoр", "сенатор"),
        ("Eлизaбeт je рекла, Сонар xaoс", "Елизабет је рекла, Сонар хаос"),
        ("Ηello κόσμoς", "Ηello κόσμος"),
        ("plain English, да и русский с iPhone", "plain English, да и русский с iPhone"),
        ("COVID-19 в Москве", "COVID-19 в Москве"),
        ("IT-компания", "IT-компания"),
        ("", ""),
    ],
)
def test_words_of_two_scripts_are_mended(text: str, mended: str) -> None:
    assert mend_lookalikes(text) == mended
    assert mend_lookalikes(mended) == mended


def test_a_word_that_only_partly_looks_alike_stays() -> None:
    assert mend_lookalikes("Яndex") == "Яndex"


def test_zawgyi_becomes_unicode() -> None:
    pytest.importorskip("para", reason="paraencoder is not installed")
    unicode_ = "မြန်မာနိုင်ငံသည် အရှေ့တောင်အာရှတွင် ရှိသည်။"
    assert mend_zawgyi("ျမန္မာႏိုင္ငံသည္ အေရွ႕ေတာင္အာရွတြင္ ရွိသည္။") == unicode_
    assert mend_zawgyi(unicode_) == unicode_
    assert mend_zawgyi("ကျေးဇူးတင်ပါတယ်") == "ကျေးဇူးတင်ပါတယ်"
    assert mend_zawgyi("thank you") == "thank you"
