from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from babelscope.flow import models
from babelscope.flow.config import Config
from babelscope.flow.errors import ConfigError, Unavailable
from babelscope.model import Document, Language, LanguagePart, Translation
from babelscope.understand.translate import TranslateStage, build
from reading_cases import configuration, document

PT_TITLE = "Governo anuncia novas medidas para a economia"
PT_TEXT = "O ministro disse na terça-feira que 340 empresas vão receber ajuda. A decisão foi tomada em Lisboa."


@pytest.fixture(scope="module")
def stage() -> TranslateStage:
    made = build(configuration())
    made.load()
    assert isinstance(made, TranslateStage)
    return made


def neural_only() -> TranslateStage:
    made = build(configuration(translators=("firefox",)))
    made.load()
    assert isinstance(made, TranslateStage)
    return made


def one(stage: TranslateStage, text: str, language: str, title: str = "") -> Translation:
    layer = stage([document(text, language, title)])[0].layers["translation"]
    assert isinstance(layer, Translation)
    return layer


def test_portuguese_is_translated_with_its_numbers(stage: TranslateStage) -> None:
    made = one(stage, PT_TEXT, "pt", PT_TITLE)
    assert (made.grade, made.route, made.to) == ("neural", "firefox-pt-en-tiny", "en")
    assert "overnment" in made.title and "econom" in made.title
    assert "340" in made.lead and "Lisbon" in made.lead
    assert made.lead_end == len(PT_TEXT)


def test_the_reading_language_is_kept_as_it_is(stage: TranslateStage) -> None:
    made = one(stage, "All is said. " * 200, "en", "A title")
    assert (made.route, made.title) == ("same", "A title")
    assert made.lead_end == len(made.lead) <= 600


def test_a_language_without_a_model_says_what_brings_one(stage: TranslateStage) -> None:
    made = one(stage, "Das ist ein Satz.", "de", "Ein Titel")
    assert (made.grade, made.title, made.lead, made.lead_end) == ("none", "", "", 0)
    assert "<models.directory>/de-en/" in made.reason


def test_an_unknown_language_is_not_guessed(stage: TranslateStage) -> None:
    assert "not known" in one(stage, "?", "und").reason


def test_a_close_relative_is_labelled_gist() -> None:
    made = one(neural_only(), "O goberno anuncia novas medidas para a economía.", "gl")
    assert made.grade == "gist" and "read by the pt→en model" in made.reason


def test_spanish_is_never_fed_to_the_portuguese_model() -> None:
    made = one(neural_only(), "El gobierno anuncia nuevas medidas.", "es")
    assert (made.grade, made.pieces) == ("none", ()) and "es→en" in made.reason


def test_spanish_goes_by_way_of_portuguese_and_is_labelled(stage: TranslateStage) -> None:
    if "es" not in stage.reading.routes:
        pytest.skip("Apertium with the pair es-pt is not installed")
    made = one(stage, "El gobierno anunció ayer nuevas medidas para 340 empresas.", "es", "El gobierno de España")
    assert (made.grade, made.route) == ("pivot", "apertium-es-pt+firefox-pt-en-tiny")
    assert "340" in made.lead and "Spain" in made.title
    assert [piece.grade for piece in made.pieces] == ["pivot", "pivot"]


def test_a_lost_number_lowers_the_grade_and_is_marked(stage: TranslateStage) -> None:
    """The real engine, cut off from a number: what it cannot see it loses, and the check must say so."""
    stage = build(configuration(translators=("translate_cases:build_forgetful",)))
    stage.load()
    made = one(stage, "Morreram 340 pessoas.", "pt")
    assert made.grade == "gist" and "numbers of the original are missing in the translation: 340" in made.reason
    assert [(f.kind, f.way, f.what) for f in made.pieces[0].faults] == [("number", "lost", "340")]


def test_one_bad_sentence_in_many_is_marked_but_does_not_lower_the_whole() -> None:
    stage = build(configuration(translators=("translate_cases:build_forgetful",)))
    stage.load()
    text = "O governo anunciou novas medidas para a economia do país. " * 6 + "Morreram 340 pessoas."
    made = one(stage, text.strip(), "pt")
    assert made.grade == "neural" and "340" in made.reason
    assert [piece.grade for piece in made.pieces] == ["neural"] * 6 + ["gist"]


def test_pieces_stand_exactly_on_both_sides(stage: TranslateStage) -> None:
    text = PT_TEXT + "\n\nMais de 20 pessoas morreram. Foi em Braga!"
    made = one(stage, text, "pt", PT_TITLE)
    assert made.lead.count("\n\n") == 1
    lead = [piece for piece in made.pieces if piece.of == "text"]
    assert [text[p.start : p.end] for p in lead][2:] == ["Mais de 20 pessoas morreram.", "Foi em Braga!"]
    assert "20" in made.lead[lead[2].at : lead[2].to] and "Braga" in made.lead[lead[3].at : lead[3].to]
    assert made.lead[: lead[0].at] == "" and lead[-1].to == len(made.lead)


def test_a_paragraph_of_another_language_takes_its_own_way(stage: TranslateStage) -> None:
    """Portuguese is translated, English copied, German left as it is with the label none."""
    parts = [
        "O governo anunciou novas medidas para as empresas do país, disse o ministro.",
        "All of it stays.",
        "Das ist.",
    ]
    text, layers, at = "\n\n".join(parts), [], 0
    for part, code in zip(parts, ("pt", "en", "de"), strict=True):
        layers.append(LanguagePart(of="text", start=at, end=at + len(part), code=code, script="Latn", confidence=0.9))
        at += len(part) + 2
    language = Language(code="pt", script="Latn", confidence=0.9, parts=tuple(layers))
    doc = Document(id="d", title=PT_TITLE, text=text, layers={"language": language})
    made = stage([doc])[0].layers["translation"]
    assert [piece.grade for piece in made.pieces] == ["neural", "neural", "neural", "none"]
    assert made.lead.split("\n\n")[1:] == ["All of it stays.", "Das ist."]
    assert made.grade == "neural" and "German" in made.reason and "de-en/" in made.reason


def test_addresses_come_through_and_the_users_terms_win(tmp_path: Path) -> None:
    (tmp_path / "terms.tsv").write_text("pt\tgoverno\ten\tCabinet\n", encoding="utf-8")
    stage = build(configuration(glossary=str(tmp_path / "terms.tsv")))
    stage.load()
    made = one(stage, "O governo escreve em https://gov.pt/a?b=1&c=é hoje.", "pt")
    assert "Cabinet" in made.lead and "https://gov.pt/a?b=1&c=é" in made.lead and len(made.glossary) == 12
    assert stage.version != build(configuration()).version


def test_the_whole_text_on_demand(stage: TranslateStage) -> None:
    text = "O governo anunciou novas medidas. " * 60
    whole = stage.reading.render(document(text, "pt"), whole=True)
    assert whole.lead_end == len(text.rstrip()) > 600 and len(whole.pieces) == 60


def test_the_version_names_what_the_output_depends_on() -> None:
    versions = {
        build(c).version
        for c in (
            configuration(),
            configuration(translators=()),
            configuration(language="pt"),
            configuration(lead_chars=9),
        )
    }
    assert len(versions) == 4


def test_an_unknown_translator_is_named() -> None:
    with pytest.raises(ConfigError, match="firefox"):
        build(configuration(translators=("firefux",)))


def test_batches_do_not_change_a_byte(stage: TranslateStage) -> None:
    docs = [document(PT_TEXT, "pt", PT_TITLE), document("Um homem morreu.", "pt"), document("Hello.", "en")]
    together = [msgspec.json.encode(p) for p in stage(docs)]
    alone = [msgspec.json.encode(stage([d])[0]) for d in docs]
    other = build(configuration())
    other.load()
    assert together == alone == [msgspec.json.encode(p) for p in other(docs)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.text(max_size=20))
def test_no_text_is_too_odd(stage: TranslateStage, text: str, title: str) -> None:
    made = one(stage, text, "pt", title)
    assert made.grade in ("neural", "gist", "none") and 0 <= made.lead_end <= len(text)


@pytest.mark.parametrize("text", ["\x00\x01", "\ud800 olá", "a" * 20_000, "🙂" * 50, "", "\n\n\n", "1" * 400])
def test_hostile_texts_end_quickly(stage: TranslateStage, text: str) -> None:
    assert len(one(stage, text, "pt", text).lead) <= 6000


def test_off_is_off() -> None:
    stage = build(configuration(translators=()))
    stage.load()
    made = stage([document(PT_TEXT, "pt")])[0].layers["translation"]
    assert made.grade == "none" and "switched off" in made.reason


def with_pair(tmp_path: Path, name: str) -> Config:
    folder = models.resolve("firefox-pt-en-tiny", configuration())
    (tmp_path / name).mkdir(parents=True)
    for file in folder.iterdir():
        shutil.copyfile(file, tmp_path / name / file.name)
    base = configuration()
    return msgspec.structs.replace(base, models=msgspec.structs.replace(base.models, directory=str(tmp_path)))


def test_a_model_in_the_users_folder_is_used_for_its_pair(tmp_path: Path) -> None:
    stage = build(with_pair(tmp_path, "gl-en"))
    stage.load()
    made = stage([document("O governo anuncia novas medidas.", "gl")])[0].layers["translation"]
    assert made.grade == "neural" and made.route == "user-gl-en@6c3b7af0"


def test_a_broken_model_of_the_user_stops_the_run(tmp_path: Path) -> None:
    config = with_pair(tmp_path, "gl-en")
    next((tmp_path / "gl-en").glob("model.*.bin")).write_bytes(b"not a model")
    stage = build(config)
    stage.load()
    with pytest.raises(Unavailable, match="not a Firefox Translations model"):
        stage([document("O governo anuncia.", "gl")])


@pytest.mark.parametrize("language", ["pt", "es", "zh"])
@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "e" + "\u0301" * 10_000,
        "👩‍👩‍👧" * 50_000,
        "\u202eabc\u202c" * 20_000,
        "\ud800" * 5_000,
        "—" * 9_000,
    ],
)
def test_a_hostile_whole_text_ends_quickly_and_is_bounded(stage: TranslateStage, text: str, language: str) -> None:
    """Nothing here is a sentence: no engine sees it, and nothing is made up."""
    made = stage.reading.render(document(text, language), whole=True)
    assert made.lead_end <= 200_000 and (made.grade == "none" or made.lead == text[: made.lead_end])
    assert made.grade != "none" or made.reason


def test_a_text_that_is_not_there_is_not_blamed_on_a_model(stage: TranslateStage) -> None:
    made = one(stage, "", "pt")
    assert (made.grade, made.reason) == ("none", "there is no text")
