"""Traps: words that hold a place's name or look like one, and places that must be found all the same."""

from __future__ import annotations

import pytest

from babelscope.understand.gazetteer import Gazetteer, open_gazetteer
from babelscope.understand.place_ranking import decide
from babelscope.understand.places import find_places
from reading_cases import configuration


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return open_gazetteer(configuration())


def found(text: str, language: str, gazetteer: Gazetteer) -> dict[str, str]:
    decisions = decide(find_places(text, "text", language, gazetteer), {"text": text})
    places = [(d.match, gazetteer.place(d.chosen.row)) for d in decisions]
    return {text[m.start : m.end]: f"{p.name}/{p.country}" for m, p in places}


NOTHING = [
    ("en", "The ambassador of the rebels spoke."),
    ("en", "He was embarrassed by the assadist slogans."),
    ("en", "They told us to wait and then told us again."),
    ("en", "Most of the bar staff had a bath."),
    ("en", "A nice reading room on the march."),
    ("en", "Police said that Police were there."),
    ("en", "In May and in March the Union met."),
    ("en", "The turkey was served on fine china."),
    ("en", "Romance novels, germane remarks, parish priests."),
    ("en", "Chadwick and Iranzo ate Cubanelle peppers."),
    ("en", "The malian-looking mali of the garden; peruse the oman script."),
    ("en", "Omanization, Nigerization, Francescatti."),
    ("en", "Independence and Liberty are words."),
    ("en", "Normal people enjoy Commerce."),
    ("en", "it was in at on of to by"),
    ("de", "Das Essen war gut, der Hof leer und der Regen stark."),
    ("de", "Die Bank hat eine Halle und ein Bad am Markt."),
    ("de", "Die Stade waren voll, das Ende nah."),
    ("fr", "La tour est belle et les tours sont hautes."),
    ("fr", "Mars et Avril sont des mois."),
    ("es", "La paz y la libertad son la victoria."),
    ("es", "En Marzo la Paz llegó al Centro."),
    ("pt", "A salvador desta terra, natal e recife de coral."),
    ("it", "La pace di marzo e il bari non contano."),
    ("tr", "Bu mart ayında ordu geldi; van gölü değil."),
    ("tr", "Mart ayında Ordu büyüdü."),
    ("ru", "Владимир и Александр сказали, что мир близок."),
    ("ru", "Победа и Свободный театр, потомок, московка."),
    ("uk", "Усі знали. Багато людей прийшло."),
    ("pl", "Mam most i bar, ale nie kina."),
    ("nl", "De bergen en de hoven zijn leeg."),
    ("sv", "Han gick ut med en bok."),
    ("id", "Para menteri dan kota besar."),
    ("vi", "Hàng hóa và thượng tầng."),
    ("fi", "Sama asia ja hyvä olo."),
    ("hu", "A pest is kicsi."),
    ("sw", "Watu wengi walikuja kati ya mji."),
    ("ja", "メディアとタイトルの話。"),
    ("ja", "ネットワークとアイルーの話。"),
    ("ja", "佐藤さんと鈴木さんの話。"),
    ("zh", "大学和人民的安全中心。"),
    ("ko", "그 후에 이천 명이 왔다."),
    ("ar", "كيف كان ذلك في المدينة الجديدة"),
    ("fa", "روز دوشنبه وضع مالی خوب بود"),
    ("he", "הוא אמר כי זה היה כך"),
]  # fmt: skip

FOUND = [
    ("en", "US troops told us so.", {"US": "United States/US"}),
    ("en", "He flew from Paris, Texas to Lagos.", {"Paris": "Paris/US", "Texas": "Texas/US", "Lagos": "Lagos/NG"}),
    ("en", "Kenya's president met Kenyans.", {"Kenya": "Kenya/KE", "Kenyans": "Kenya/KE"}),
    ("en", "In Dar es Salaam, Tanzania.", {"Dar es Salaam": "Dar es Salaam/TZ", "Tanzania": "Tanzania/TZ"}),
    ("en", "Georgia and Tbilisi fear war.", {"Georgia": "Georgia/GE", "Tbilisi": "Tbilisi/GE"}),
    ("ru", "Из Москвы в Саудовскую Аравию.", {"Москвы": "Moscow/RU", "Саудовскую Аравию": "Saudi Arabia/SA"}),
    ("uk", "Міністр прибув до Києва з Польщі.", {"Києва": "Kyiv/UA", "Польщі": "Poland/PL"}),
    ("tr", "Bakan Ankara'da konuştu, sonra Almanya'ya gitti.", {"Ankara": "Ankara/TR", "Almanya": "Germany/DE"}),
    ("el", "Ο υπουργός της Ελλάδας στην Αθήνα.", {"Ελλάδας": "Greece/GR", "Αθήνα": "Athens/GR"}),
    ("pl", "Spotkanie w Warszawie z prezydentem Ukrainy.", {"Warszawie": "Warsaw/PL", "Ukrainy": "Ukraine/UA"}),
    ("fi", "Kokous Tukholmassa Venäjän kanssa.", {"Tukholmassa": "Stockholm/SE", "Venäjän": "Russia/RU"}),
    ("hu", "Találkozó Budapesten és Németországban.", {"Budapesten": "Budapest/HU", "Németországban": "Germany/DE"}),
    ("ar", "اجتماع في القاهرة بين مصر وسوريا", {"القاهرة": "Cairo/EG", "مصر": "Egypt/EG", "سوريا": "Syria/SY"}),
    ("he", "פגישה בירושלים עם איראן", {"ירושלים": "Jerusalem/IL", "איראן": "Iran/IR"}),
    ("fa", "دیدار در تهران با رئیس جمهور فرانسه", {"تهران": "Tehran/IR", "فرانسه": "France/FR"}),
    ("hi", "दिल्ली में भारत और पाकिस्तान की बैठक", {"दिल्ली": "Delhi/IN", "भारत": "India/IN", "पाकिस्तान": "Pakistan/PK"}),
    ("zh", "中国和美国的代表在北京会谈。", {"中国": "China/CN", "美国": "United States/US", "北京": "Beijing/CN"}),
    ("ja", "ウクライナの大統領が東京で会談した。", {"ウクライナ": "Ukraine/UA", "東京": "Tokyo/JP"}),
    ("ko", "서울에서 미국의 대표가 말했다.", {"서울": "Seoul/KR", "미국": "United States/US"}),
    ("th", "การประชุมที่กรุงเทพมหานครกับจีน", {"กรุงเทพมหานคร": "Bangkok/TH", "จีน": "China/CN"}),
    ("vi", "Cuộc họp ở Hà Nội với Trung Quốc.", {"Hà Nội": "Hanoi/VN", "Trung Quốc": "China/CN"}),
    ("de", "Der Kanzler flog von Berlin nach Frankreich.", {"Berlin": "Berlin/DE", "Frankreich": "France/FR"}),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), NOTHING)
def test_no_place_is_seen_in(language: str, text: str, gazetteer: Gazetteer) -> None:
    assert found(text, language, gazetteer) == {}


@pytest.mark.parametrize(("language", "text", "places"), FOUND)
def test_places_are_found_whole(language: str, text: str, places: dict[str, str], gazetteer: Gazetteer) -> None:
    assert found(text, language, gazetteer) == places


def test_there_are_sixty_traps() -> None:
    assert len(NOTHING) + len(FOUND) >= 60
