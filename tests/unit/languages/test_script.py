from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.languages.script import COMMON, dominant_script, script_counts, script_of_character

SAMPLES = {
    "Latn": "Příliš žluťoučký kůň úpěl ďábelské ódy",
    "Cyrl": "Съешь же ещё этих мягких французских булок",
    "Grek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
    "Arab": "نص حكيم له سر قاطع وذو شأن عظيم",
    "Hebr": "דג סקרן שט בים מאוכזב ולפתע מצא חברה",
    "Deva": "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा",
    "Beng": "আমি বাংলায় গান গাই",
    "Thai": "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า",
    "Hani": "政府宣布了新的措施",
    "Jpan": "いろはにほへと 散りぬるを",
    "Kore": "키스의 고유조건은 입술끼리 만나야 하고",
    "Ethi": "ሰማይ አይታረስ ንጉሥ አይከሰስ",
    "Geor": "ვეპხის ტყაოსანი შოთა რუსთაველი",
    "Armn": "Բել դղյակի ձախ ժամն օֆ ազգությանը",
    "Taml": "யாமறிந்த மொழிகளிலே தமிழ்மொழி போல்",
    "Mymr": "သီဟိုဠ်မှ ဉာဏ်ကြီးရှင်သည်",
    "Khmr": "ខ្ញុំអាចញុំកញ្ចក់បាន",
    "Laoo": "ຂອ້ຍກິນແກ້ວໄດ້",
    "Sinh": "මනොපුබ්බඞ්ගමා ධම්මා",
    "Tibt": "ཤེལ་སྒོ་ཟ་ནས་ང་ན་གི་མ་རེད",
}


@pytest.mark.parametrize("script", SAMPLES)
def test_each_script_is_seen(script: str) -> None:
    assert dominant_script(SAMPLES[script]) == script


def test_mixed_texts() -> None:
    assert dominant_script("iPhone 15 Pro Max 发布会，苹果公司公布新价格") == "Hani"
    assert dominant_script("東京都知事、記者会見で説明") == "Jpan"
    assert dominant_script("12:30 — 45 % … ☂") == COMMON
    assert dominant_script("") == COMMON
    assert script_counts("abc где 1") == {"Latn": 3, "Cyrl": 3}


def test_ranges_agree_with_the_names_of_unicode() -> None:
    words = {"LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek", "ARABIC": "Arab", "HEBREW": "Hebr", "THAI": "Thai",
             "DEVANAGARI": "Deva", "HANGUL": "Hang", "HIRAGANA": "Kana", "KATAKANA": "Kana", "ETHIOPIC": "Ethi",
             "ARMENIAN": "Armn", "GEORGIAN": "Geor", "BENGALI": "Beng", "TAMIL": "Taml", "KHMER": "Khmr", "LAO": "Laoo",
             "MYANMAR": "Mymr", "SINHALA": "Sinh", "TELUGU": "Telu", "KANNADA": "Knda", "GUJARATI": "Gujr",
             "ORIYA": "Orya"}  # fmt: skip
    wrong = []
    for code in range(0x41, 0xFB50):
        character = chr(code)
        if unicodedata.category(character) not in ("Lu", "Ll", "Lo", "Lt"):
            continue
        name = unicodedata.name(character, "")
        expected = words.get(name.split(" ")[0])
        if expected and script_of_character(character) != expected:
            wrong.append((hex(code), name, script_of_character(character)))
    # phonetic letters and the like are used by no newspaper
    assert len(wrong) < 160, wrong[:20]


@given(st.text(max_size=300))
def test_counts_never_exceed_the_text(text: str) -> None:
    assert script_counts(text).total() <= len(text)
    assert len(dominant_script(text)) == 4
