from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from babelscope.languages.codes import language_name
from babelscope.understand.mentions import MentionStage, build, in_latin
from babelscope.understand.name_spans import trimmed
from mention_cases import check, mention_stage, mentions
from reading_cases import configuration, document

PIECES = st.lists(
    st.sampled_from(["Paris", "Москве", "the", "U.S.", "Bank", "北京", "قال", ", ", "\n", "’s"]), max_size=12
)
ENGLISH = (
    "NAIROBI, Kenya (AP) - President William Ruto met Antonio Guterres in Nairobi on Monday. Ruto said the Ministry of "
    "Health would work with the University of Lagos. Safaricom Ltd agreed. The ambassador flew to Paris, Texas. "
    "Kenyans protested; he said that U.S. officials were told."
)


@pytest.fixture(scope="module")
def stage() -> MentionStage:
    return mention_stage()


def kinds(stage: MentionStage, text: str, language: str) -> dict[str, str]:
    return {m.surface: m.kind for m in mentions(stage, document(text, language)).items}


def test_english_names_get_their_kinds(stage: MentionStage) -> None:
    got = kinds(stage, ENGLISH, "en")
    assert got["William Ruto"] == got["Antonio Guterres"] == got["Ruto"] == "person"
    assert got["Ministry of Health"] == got["University of Lagos"] == got["Safaricom Ltd"] == "organisation"
    assert got["Nairobi"] == got["Kenya"] == got["Texas"] == "place"
    assert "he" not in got and "Monday" not in got


def test_places_are_decided_with_their_document(stage: MentionStage) -> None:
    places = {m.surface: m.place for m in mentions(stage, document(ENGLISH, "en")).items if m.place}
    assert places["Paris"].country == "US" and places["Nairobi"].country == "KE"
    assert places["Kenya"].id == "country:KE" and places["Kenya"].is_area
    assert places["U.S."].id == "country:US"


def test_a_people_stands_for_its_country_with_a_low_score(stage: MentionStage) -> None:
    kenyans = next(m for m in mentions(stage, document(ENGLISH, "en")).items if m.surface == "Kenyans")
    assert kenyans.place is not None and kenyans.reads_as == "Kenya" and kenyans.score <= 0.5


@pytest.mark.parametrize(
    ("language", "text", "surface", "kind"),
    [
        ("es", "Ayer el presidente Luis Arce habló.", "Luis Arce", "person"),
        ("es", "Según el Ministerio de Salud, no hay casos.", "Ministerio de Salud", "organisation"),
        ("pt", "Segundo a Universidade de Coimbra, a taxa caiu.", "Universidade de Coimbra", "organisation"),
        ("pt", "Falou a Universidade de Coimbra. Mais dados seguem.", "Universidade de Coimbra", "organisation"),
        ("de", "Gestern wuchs Siemens Energy AG stark.", "Siemens Energy AG", "organisation"),
        ("th", "วันนี้ กระทรวงสาธารณสุข ประกาศ", "กระทรวงสาธารณสุข", "organisation"),
        ("ar", "قالت وزارة الصحة اليوم", "وزارة الصحة", "organisation"),
        ("sw", "Jana rais Samia Suluhu Hassan alisema.", "Samia Suluhu Hassan", "person"),
    ],
)
def test_rules_find_names_without_a_model(
    stage: MentionStage, language: str, text: str, surface: str, kind: str
) -> None:
    layer = mentions(stage, document(text, language))
    assert {m.surface: m.kind for m in layer.items}.get(surface) == kind
    assert layer.reason.startswith(f"no model of names for {language_name(language)}: ")


def test_an_unknown_language_is_called_so(stage: MentionStage) -> None:
    assert mentions(stage, document("Wer weiß", "und")).reason.startswith("no model of names for an unknown language:")


def test_german_nouns_are_not_names(stage: MentionStage) -> None:
    assert kinds(stage, "Gestern hat der Rat der Stadt das Gesetz zur Reform der Schule beraten.", "de") == {}


def test_other_scripts_are_read_in_latin(stage: MentionStage) -> None:
    items = {m.surface: m.reads_as for m in mentions(stage, document("президент Владимир Путин в Москве", "ru")).items}
    assert items == {"Владимир Путин": "Vladimir Putin", "Москве": "Moscow"}
    assert in_latin("Émile") == "Émile"


def test_batches_do_not_change_a_byte(stage: MentionStage) -> None:
    docs = [
        document(ENGLISH, "en", "Ruto meets Guterres"),
        document("В Москве президент России Владимир Путин", "ru"),
        document("中国和美国的代表在北京会谈。", "zh"),
        document("US officials in Paris, Texas.", "en"),
    ]
    together = [msgspec.json.encode(p) for p in stage(docs * 3)]
    assert together == [msgspec.json.encode(stage([d])[0]) for d in docs] * 3
    other = build(configuration())
    other.load()
    assert together[:4] == [msgspec.json.encode(p) for p in other(docs[::-1])][::-1]


@settings(max_examples=120, deadline=None)
@given(
    st.text(max_size=80) | PIECES.map(" ".join),
    st.text(max_size=20),
    st.sampled_from(["en", "ru", "zh", "ar", "de", "tr", "ko", "he", "th", "und", "xx"]),
)
def test_anchors_always_hold(stage: MentionStage, text: str, title: str, language: str) -> None:
    doc = document(text, language, title)
    check(doc, mentions(stage, doc).items)


@pytest.mark.parametrize("language", ["en", "ru", "zh", "th", "ar", "ko"])
def test_long_and_odd_texts_are_bounded(stage: MentionStage, language: str) -> None:
    for text in (
        "Paris " * 50_000,
        "北京" * 50_000,
        "กรุงเทพ" * 20_000,
        "م" * 100_000,
        "A" * 200_000,
        "\ud800\x00 Paris",
    ):
        doc = document(text, language, text[:1000])
        check(doc, mentions(stage, doc).items)


@given(st.text(alphabet="the U.S’s .,\n“”()ab", max_size=30), st.data())
def test_trimming_stays_inside(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    a, b = trimmed(text, start, end)
    assert start <= a <= b <= end or a == b


def test_only_the_first_words_are_searched() -> None:
    stage = build(configuration(mention_words=10))
    stage.load()
    text = "word " * 25 + "Nairobi"
    assert mentions(stage, document(text, "en")).items == ()  # type: ignore[arg-type]
