from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from babelscope.flow import models
from babelscope.flow.config import Config
from babelscope.flow.errors import Unavailable
from babelscope.model import Translation
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


def test_a_close_relative_is_labelled_gist(stage: TranslateStage) -> None:
    made = one(stage, "O goberno anuncia novas medidas para a economía.", "gl")
    assert made.grade == "gist" and "read by the pt→en model" in made.reason


def test_spanish_is_never_fed_to_the_portuguese_model(stage: TranslateStage) -> None:
    assert one(stage, "El gobierno anuncia nuevas medidas.", "es").grade == "none"


def test_a_lost_number_lowers_the_grade(stage: TranslateStage) -> None:
    route = stage._routes["pt"]
    made = stage._graded(route, ("340 mortos", ""), ("34 dead", ""), 0)
    assert made.grade == "gist" and "340" in made.reason


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
    stage = build(configuration(translate_backend="none"))
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
