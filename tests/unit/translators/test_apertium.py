from __future__ import annotations

import os
import shutil
import stat
import time
from pathlib import Path

import pytest

from babelscope.flow.config import Config
from babelscope.flow.errors import Unavailable
from babelscope.flow.shapes import Hop, Translator
from babelscope.translators import apertium
from babelscope.translators.apertium import ApertiumTranslator, build
from babelscope.translators.state_names import put_back, put_in

SPANISH = "El gobierno anunció ayer nuevas medidas para 340 empresas."
ES_PT = Hop(translator="apertium", source="es", target="pt", model="apertium-es-pt#0", neural=False, quality=0.9)


@pytest.fixture
def real() -> ApertiumTranslator:
    made = ApertiumTranslator(Config())
    if not any((hop.source, hop.target) == ("es", "pt") for hop in made.hops()):
        pytest.skip("Apertium with the pair es-pt is not installed (apt-get install apertium-es-pt)")
    return made


def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> ApertiumTranslator:
    """Put a program named apertium on the path: a real process that behaves as badly as ``body`` says."""
    program = tmp_path / "bin" / "apertium"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n" + body)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return ApertiumTranslator(Config())


def test_it_is_a_translator_with_marked_hops(real: ApertiumTranslator) -> None:
    assert isinstance(build(Config()), Translator)
    hops = {(hop.source, hop.target): hop for hop in real.hops()}
    assert hops["es", "pt"].model.startswith("apertium-es-pt#") and len(hops["es", "pt"].model) == 23
    assert not hops["es", "pt"].neural and all(len(hop.source) == 2 for hop in real.hops())


def test_listing_modes_again_is_cheap(real: ApertiumTranslator) -> None:
    began = time.perf_counter()
    for _ in range(50):
        real.hops()
    assert time.perf_counter() - began < 0.5


def test_spanish_becomes_portuguese(real: ApertiumTranslator) -> None:
    made = real.translate(ES_PT, [SPANISH])[0]
    assert "governo" in made and "340" in made and "*" not in made


def test_every_sentence_keeps_its_place(real: ApertiumTranslator) -> None:
    """Signs of Apertium's own stream format, empty and odd lines, line breaks inside: one answer each, in order."""
    odd = [
        "Hola [b] ^x/z$ {c} \\ * @ # <br/> &amp;",
        "",
        "a\n\nb\r\nc\u2028d",
        "\x00",
        ".",
        "¿",
        "Sin",
        "embargo",
        "[]",
    ]
    sentences = [text for number, text in enumerate(odd * 3) for text in (text, f"Número {number} de 340.")]
    made = real.translate(ES_PT, sentences)
    assert len(made) == len(sentences)
    for number, answer in enumerate(made[1::2]):
        assert f"{number} de 340" in answer
    assert "[b] ^x/z$ {c} \\ * @ # <br/> &amp;" in made[0]


def test_neighbours_change_nothing(real: ApertiumTranslator) -> None:
    sentences = [SPANISH, "Sin", "embargo", "No fue así", "Lo dijo ayer.", "el", "agua", "a", "él"]
    assert list(real.translate(ES_PT, sentences)) == [real.translate(ES_PT, [text])[0] for text in sentences]


def test_without_the_program_there_is_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("apertium") is None and list(ApertiumTranslator(Config()).hops()) == []
    with pytest.raises(Unavailable, match="apt-get install apertium"):
        ApertiumTranslator(Config()).translate(ES_PT, ["a"])


def test_a_program_that_swallows_paragraphs_is_asked_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = fake(tmp_path, monkeypatch, "grep -v '^$' | head -1 | tr a-z A-Z\n")
    assert list(made.translate(ES_PT, ["one", "two", "", "three"])) == ["ONE", "TWO", "", "THREE"]


def test_a_program_that_hangs_is_killed_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apertium, "CALL_SECONDS", 0.5)
    made = fake(tmp_path, monkeypatch, f"sleep 60 & echo $! > {tmp_path}/child\nwait\n")
    began = time.perf_counter()
    assert list(made.translate(ES_PT, ["one"])) == [""]
    assert time.perf_counter() - began < 5
    child = int((tmp_path / "child").read_text())
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            if Path(f"/proc/{child}/stat").exists() and Path(f"/proc/{child}/stat").read_text().split()[2] == "Z":
                raise ProcessLookupError  # killed; nobody has taken its status yet
            os.kill(child, 0)
            time.sleep(0.02)


def test_a_program_that_floods_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fake(tmp_path, monkeypatch, "yes\n")
    assert list(made.translate(ES_PT, ["one"])) == [""]


def test_it_sees_no_key_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BABELSCOPE_TRANSLATE_KEY", "secret")
    made = fake(tmp_path, monkeypatch, "env | tr '\\n' ' '\n")
    assert "secret" not in made.translate(ES_PT, ["one"])[0]


def test_states_keep_their_names(real: ApertiumTranslator) -> None:
    """The pair es-pt by itself reads China as an adjective and Catar as a verb, and leaves half of Corea del Sur."""
    made = real.translate(ES_PT, ["China y Catar negocian.", "El presidente de Corea del Sur habló con Kazajistán."])
    assert made[0].startswith("China e Catar") and "Coreia do Sul" in made[1] and "Cazaquistão" in made[1]
    assert "Zqx" not in "".join(made)


def test_only_whole_names_are_put_in() -> None:
    assert put_in("Chinatown, la China-Europa, Omán", "es", "pt")[0] == "Chinatown, la China-Europa, Omã"
    sentence, held = put_in("China, China", "es", "pt")
    assert sentence == "Zqxa, Zqxb" and put_back("ZQXA, Zqxb", held) == "China, China"
    assert put_in("La Xina i Omán", "ca", "pt") == ("La Xina i Omán", {})
