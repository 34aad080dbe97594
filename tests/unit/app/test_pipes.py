"""Pipes through the real command line: the contract of docs/pipes.md, line by line."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from typing import Any

import pytest

from babelscope.app.pipes import MAX_LINE
from commands import babelscope, ndjson, parsed

PORTUGUESE = "O governo português anunciou na sexta-feira novas medidas contra as cheias em Lisboa e no vale do Tejo."
JAPANESE = "気象庁は、東京で激しい雨が続くと発表した。市は住民に避難を呼びかけている。"
WIRE = (
    "The bridge over the river reopened on Friday after engineers found no damage to its pillars. Buses and lorries "
    "may cross again from six in the morning, the town council said in a statement, and the ferry returns to its "
    "usual timetable."
)
HARVEST = (
    "Farmers in the valley expect the smallest grape harvest in twenty years because hail destroyed the vineyards on "
    "the southern slopes in June, and insurers have begun to send inspectors to the villages that were hit hardest."
)


def page(title: str, text: str, when: str = "2026-11-20T08:30:00Z", charset: str = "utf-8") -> str:
    return (
        f'<html lang=en><head><meta charset={charset}><title>{title}</title><meta property="og:type" content="article">'
        f'<meta property="og:title" content="{title}"><meta property="article:published_time" content="{when}">'
        f'<meta name="author" content="Ines Prado"></head><body><article><h1>{title}</h1><p>{text}</p></article></body>'
    )


def documented_error(row: dict[str, Any]) -> bool:
    return {"error", "message"} < set(row) and ("line" in row or {"id", "stage"} < set(row)) and row["message"] != ""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pipes")


# ---------------------------------------------------------------- extract ----


@pytest.fixture(scope="module")
def extracted(folder: Path) -> subprocess.CompletedProcess[bytes]:
    latin = base64.b64encode(page("Prefeitura abre inscrições", PORTUGUESE, charset="iso-8859-1").encode("latin-1"))
    rows = ndjson(
        {"id": "z", "url": "https://courier.example/bridge", "html": page("Bridge reopens", WIRE)},
        b"not json",
        {"id": "latin", "html_base64": latin.decode()},
        {"html": "no id"},
        {"id": "number", "html": 5},
        {"id": "none"},
        {"id": "torn", "html_base64": "@@@"},
        {"id": "bomb", "html": "<div>" * 100_000},
        {"id": "bare", "html": "<html><body></body></html>"},
        b"",
        b"\xff\xfe{",
        b"[" * 5000,
        {"id": "z", "html": page("Harvest of the year", HARVEST), "unknown": {"a": 1}},
        {"id": "a", "html": page("Bridge reopens", WIRE, when="")},
    )
    return babelscope("pipe", "extract", cwd=folder, stdin=rows)


def test_extract_gives_its_five_fields_in_order(extracted: subprocess.CompletedProcess[bytes]) -> None:
    rows = parsed(extracted.stdout)
    assert [row["id"] for row in rows] == ["z", "latin", "bare", "z", "a"]
    assert [sorted(row) for row in rows if row["id"] != "bare"] == 4 * [
        ["authors", "id", "published_at", "text", "title"]
    ]
    assert [row["title"] for row in rows] == [
        "Bridge reopens", "Prefeitura abre inscrições", "", "Harvest of the year", "Bridge reopens",
    ]  # fmt: skip
    assert rows[0]["text"] == WIRE and rows[1]["text"] == PORTUGUESE and rows[3]["text"] == HARVEST
    assert rows[0]["published_at"] == "2026-11-20T08:30:00Z" and rows[0]["authors"] == ["Ines Prado"]
    assert rows[4]["published_at"] is None
    assert rows[2]["dropped"] == "no-article"


def test_bad_lines_are_told_as_json_and_the_rest_goes_on(extracted: subprocess.CompletedProcess[bytes]) -> None:
    told = parsed(extracted.stderr)
    assert extracted.returncode == 3
    assert all(documented_error(row) for row in told), told
    assert sorted(row["line"] for row in told if "line" in row) == [2, 4, 5, 6, 7, 11, 12]
    (bomb,) = [row for row in told if "line" not in row]
    assert bomb["id"] == "bomb" and bomb["stage"].startswith("extract@") and bomb["error"] == "BadInput"
    assert "id" in next(row["message"] for row in told if row.get("line") == 4)


# ----------------------------------------------------------------- layers ----


@pytest.fixture(scope="module")
def layered(folder: Path) -> subprocess.CompletedProcess[bytes]:
    rows = ndjson(
        {"id": "pt", "title": "Governo anuncia medidas", "text": PORTUGUESE, "published_at": "2026-11-20T09:00:00"},
        {"id": "ja", "title": "東京で大雨", "text": JAPANESE},
        {"id": "given", "text": "Taxi", "language": "de"},
        {"id": "same", "text": WIRE},
        {"id": "same", "text": HARVEST, "url": "https://x.example/"},
        {"id": "empty", "text": ""},
    )
    return babelscope("pipe", "language,translate,mentions", cwd=folder, stdin=rows)


def test_layers_come_in_the_documented_form(layered: subprocess.CompletedProcess[bytes]) -> None:
    assert (layered.returncode, layered.stderr) == (0, b"")
    rows = parsed(layered.stdout)
    assert [row["id"] for row in rows] == ["pt", "ja", "given", "same", "same", "empty"]
    names = ["authors", "id", "layers", "made_by", "published_at", "text", "title", "url"]
    assert all(sorted(row) == names for row in rows)
    assert all(set(row["layers"]) == {"language", "translation", "mentions"} for row in rows)
    assert all(set(row["layers"]["language"]) == {"code", "script", "confidence", "parts"} for row in rows)
    assert [row["layers"]["language"]["code"] for row in rows] == ["pt", "ja", "de", "en", "en", "und"]
    assert rows[0]["layers"]["language"]["script"] == "Latn" and rows[1]["layers"]["language"]["script"] == "Jpan"
    assert rows[0]["published_at"] == "2026-11-20T09:00:00Z"


def test_translation_and_mentions_are_in_their_layers(layered: subprocess.CompletedProcess[bytes]) -> None:
    rows = parsed(layered.stdout)
    translation = rows[0]["layers"]["translation"]
    assert translation["grade"] == "neural" and translation["to"] == "en" and "overnment" in translation["title"]
    assert rows[1]["layers"]["translation"]["grade"] == "none"
    assert rows[1]["layers"]["translation"]["reason"] and rows[1]["layers"]["translation"]["title"] == ""
    found = [m for m in rows[0]["layers"]["mentions"]["items"] if m["surface"] == "Lisboa"]
    assert found and found[0]["place"]["country"] == "PT"
    for row in rows:
        for mention in row["layers"]["mentions"]["items"]:
            anchor = mention["anchor"]
            assert row[anchor["of"]][anchor["start"] : anchor["end"]] == mention["surface"]


def test_a_given_language_is_respected(layered: subprocess.CompletedProcess[bytes]) -> None:
    row = parsed(layered.stdout)[2]
    assert row["made_by"]["language"] == "given"
    assert row["layers"]["language"] == {"code": "de", "script": "Latn", "confidence": 1.0, "parts": []}


def test_a_repeated_id_is_not_mixed_up(layered: subprocess.CompletedProcess[bytes]) -> None:
    first, second = [row for row in parsed(layered.stdout) if row["id"] == "same"]
    assert (first["text"], second["text"]) == (WIRE, HARVEST)
    assert (first["url"], second["url"]) == ("", "https://x.example/")


def test_prerequisites_are_added(folder: Path) -> None:
    """``translate`` alone also recognises the language, since it needs it."""
    done = babelscope("pipe", "translate", cwd=folder, stdin=ndjson({"id": "1", "text": PORTUGUESE}))
    (row,) = parsed(done.stdout)
    assert set(row["layers"]) == {"language", "translation"}
    assert row["made_by"]["language"].startswith("language@") and row["layers"]["language"]["code"] == "pt"


def test_an_overlong_line_is_one_bad_line(folder: Path) -> None:
    long = b'{"id": "long", "text": "' + b"x" * MAX_LINE + b'"}'
    rows = ndjson({"id": "1", "text": PORTUGUESE}, long, {"id": "2", "text": WIRE})
    done = babelscope("pipe", "language", cwd=folder, stdin=rows)
    assert done.returncode == 3
    assert [row["id"] for row in parsed(done.stdout)] == ["1", "2"]
    (told,) = parsed(done.stderr)
    assert told["line"] == 2 and told["error"] == "BadInput" and "64 MB" in told["message"]


# ---------------------------------------------------------------- linkers ----


def report(name: str, text: str, minute: int, **more: str) -> dict[str, str]:
    return {"id": name, "language": "en", "published_at": f"2026-11-20T08:{minute:02}:00Z", "text": text, **more}


def test_duplicates_group_copies(folder: Path) -> None:
    copy = WIRE.removesuffix(", and the ferry returns to its usual timetable.") + "."
    rows = ndjson(report("wire", WIRE, 0), report("other", HARVEST, 1), b"{", report("copy", copy, 2))
    done = babelscope("pipe", "duplicates", cwd=folder, stdin=rows)
    found = parsed(done.stdout)
    assert done.returncode == 3 and len(parsed(done.stderr)) == 1
    assert [(row["id"], row["group"]) for row in found] == [("wire", "wire"), ("other", "other"), ("copy", "wire")]
    assert all(sorted(row) == ["group", "id", "score"] and 0 <= row["score"] <= 1 for row in found)
    assert found[2]["score"] < 1


def test_stories_group_reports_of_one_event(folder: Path) -> None:
    rows = ndjson(
        report("a", WIRE, 0, title="Bridge over the river reopens after flood"),
        report("b", HARVEST, 1, title="Hail ruins the grape harvest in the valley"),
        report(
            "c", "Traffic crosses the river again. " + WIRE.replace("Buses", "Cars"), 2, title="River bridge reopens"
        ),
    )
    done = babelscope("pipe", "stories", cwd=folder, stdin=rows)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [(row["id"], row["group"]) for row in parsed(done.stdout)] == [("a", "a"), ("b", "b"), ("c", "a")]


def test_entities_group_names(folder: Path) -> None:
    rows = ndjson(
        {"id": "1", "text": "Angela Merkel"}, {"id": "2", "text": "Ангела Меркель"}, {"id": "3", "text": "IBM"}
    )
    done = babelscope("pipe", "entities", cwd=folder, stdin=rows)
    groups = {row["id"]: row["group"] for row in parsed(done.stdout)}
    assert done.returncode == 0 and list(groups) == ["1", "2", "3"]
    assert groups["1"] == groups["2"] != groups["3"]


# ---------------------------------------------------------------- mistakes ----


@pytest.mark.parametrize("part", ["extract", "language", "duplicates"])
def test_empty_input_gives_empty_output(folder: Path, part: str) -> None:
    done = babelscope("pipe", part, cwd=folder, stdin=b"")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    ("parts", "words"),
    [("langage", "did you mean 'language'"), ("duplicates,language", "runs alone"), (",", "name at least one of")],
)
def test_a_mistake_is_a_sentence_and_code_1(folder: Path, parts: str, words: str) -> None:
    done = babelscope("pipe", parts, cwd=folder, stdin=ndjson({"id": "1", "text": "x"}))
    said = done.stderr.decode()
    assert done.returncode == 1 and words in said and "Traceback" not in said and done.stdout == b""


def test_output_comes_before_the_input_ends(folder: Path) -> None:
    """A reader that goes away (``| head``) ends the pipe without a traceback."""
    from commands import program

    rows = ndjson(*({"id": str(n), "text": PORTUGUESE} for n in range(3000)))
    done = subprocess.run(
        ["sh", "-c", f"{program()} pipe language | head -n 1"], input=rows, capture_output=True, cwd=folder, check=False
    )
    assert len(parsed(done.stdout)) == 1 and b"Traceback" not in done.stderr
