"""Names by the models of French, Russian, Japanese and Vietnamese: what they find, and what happens without them."""

from __future__ import annotations

import importlib.util
import itertools
import shutil
import socket
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from babelscope.flow import models
from babelscope.flow.config import Config, ModelsConfig
from babelscope.flow.errors import ModelMissing
from babelscope.flow.manifest import entry
from babelscope.understand.mentions import MentionStage, build
from babelscope.understand.native_names import NATIVE, installed, open_native
from babelscope.understand.native_tagging import pieces
from babelscope.understand.native_underthesea import composed
from babelscope.understand.short_names import long_name
from mention_cases import check, mention_stage, mentions
from reading_cases import CACHE, configuration, document

HERE = installed(configuration())
TEXTS = {
    "fr": "Hier, le ministre Bruno Le Maire a rencontré Ursula von der Leyen à Paris. Selon l’Assemblée nationale, la "
    "Grande-Bretagne n’a rien signé.\nSamedi, Bruno Le Maire est parti pour l’Allemagne avec Airbus.",
    "ru": "Президент Украины Владимир Зеленский встретился в Москве с представителями ООН и «Газпрома». "
    "США не ответили. Зеленский вылетел в Германию.",
    "ja": "岸田文雄首相は東京でアメリカのバイデン大統領と会談した。トヨタ自動車株式会社は国連の　会議に参加した。",
    "vi": "Hôm qua, ông Putin đã gặp Thủ tướng Phạm Minh Chính tại Hà Nội.  Bộ Ngoại giao Việt Nam và Mỹ đồng ý. "
    "Xem https://vnexpress.net/tin.html (theo VTV).",
}
EXPECTED = {
    "fr": {"Bruno Le Maire": "person", "Ursula von der Leyen": "person", "Paris": "place", "Grande-Bretagne": "place"},
    "ru": {"Владимир Зеленский": "person", "Москве": "place", "ООН": "organisation", "США": "place"},
    "ja": {"岸田文雄": "person", "東京": "place", "アメリカ": "place", "トヨタ自動車株式会社": "organisation"},
    "vi": {"Putin": "person", "Phạm Minh Chính": "person", "Hà Nội": "place", "Việt Nam": "place"},
}
COUNTRIES = {"fr": "GB", "ru": "US", "ja": "US", "vi": "VN"}
PIECES = [
    "Paris",
    "Москве",
    "ООН",
    "東京",
    "トヨタ",
    "Hà Nội",
    "ông",
    "l’",
    "(",
    "。",
    "\u3000",
    "a\u0323",
    "\ud800",
    "\n",
    "http://",
]


def native(language: str) -> str:
    if language not in HERE:
        pytest.skip(f"the model of names is not installed: {NATIVE[language].requirement}")
    return language


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("a model of names must not reach out")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


@pytest.fixture(scope="module")
def stage() -> MentionStage:
    return mention_stage()


@pytest.mark.parametrize("language", NATIVE)
def test_the_model_of_the_language_finds_and_types_names(stage: MentionStage, language: str) -> None:
    doc = document(TEXTS[native(language)], language)
    layer = mentions(stage, doc)
    check(doc, layer.items)
    assert layer.reason == ""
    assert EXPECTED[language].items() <= {m.surface: m.kind for m in layer.items}.items()
    assert entry(NATIVE[language].models[0]).id in {m.by for m in layer.items}
    assert COUNTRIES[language] in {m.place.country for m in layer.items if m.place}, "places are found on the map"


@pytest.mark.parametrize("language", NATIVE)
def test_alone_and_in_a_batch_the_same(stage: MentionStage, language: str) -> None:
    whole = TEXTS[native(language)]
    docs = [document(whole, language, whole[:40]), document(whole[20:], language), document(TEXTS["fr"], "es")]
    docs += [document(whole[::2], language), document(whole, language)]
    together = [msgspec.json.encode(p) for p in stage(docs * 2)]
    assert together == [msgspec.json.encode(stage([d])[0]) for d in docs] * 2
    fresh = build(configuration())
    fresh.load()
    assert together[:5] == [msgspec.json.encode(p) for p in fresh(docs[::-1])][::-1], "nothing is remembered"


def test_a_model_is_opened_with_the_first_document_of_its_language() -> None:
    made = build(configuration())
    assert isinstance(made, MentionStage)
    made.load()
    assert made._opened == {}
    made([document("He was in Paris.", "en"), document("En París", "es")])
    assert made._opened == {}
    made([document(TEXTS[native("ru")], "ru")])
    assert set(made._opened) == {"ru"}


@pytest.mark.parametrize("language", NATIVE)
def test_without_the_model_the_reason_names_the_extra(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """As if the packages of the extra were not installed; places and rules still work, and doctor finds no fault."""
    whole = build(configuration()).version
    real = importlib.util.find_spec
    gone = {entry(m).package for m in NATIVE[language].models}
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in gone else real(name))
    made = build(configuration())
    made.load()
    assert isinstance(made, MentionStage)
    layer = mentions(made, document("Paris, Москва, 東京。 Hà Nội. " + TEXTS[language], language))
    name = {"fr": "French", "ru": "Russian", "ja": "Japanese", "vi": "Vietnamese"}[language]
    assert layer.reason == (
        f"the model of names for {name} is not installed: places and rule-found names only; "
        f'pip install "babelscope[names-{language}]" brings it'
    )
    assert any(m.place for m in layer.items)
    rows = [s for s in models.inventory(configuration()) if s.model in NATIVE[language].models]
    assert rows and all(r.ok and r.state == f'not installed: pip install "babelscope[names-{language}]"' for r in rows)
    assert f"-{language}" not in made.version
    if language in HERE:
        assert f"-{language}{NATIVE[language].marks}" in whole
    with pytest.raises(ModelMissing, match=f"names-{language}"):
        open_native(language, configuration())


def test_a_missing_library_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    native("ru")
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "slovnet" else real(name))
    assert "ru" not in installed(configuration())
    with pytest.raises(ModelMissing, match=r"package slovnet \(not installed\)"):
        models.resolve("slovnet_ner_news_v1", configuration())


def test_a_damaged_model_ends_the_run_at_its_first_document(tmp_path: Path) -> None:
    wanted = entry("slovnet_ner_news_v1")
    native("ru")
    carrier = models.resolve(wanted.id, configuration())
    for file in wanted.files:
        target = tmp_path / wanted.id / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(carrier / file.name, target)
    raw = bytearray(target.read_bytes())
    raw[1000] ^= 1
    target.write_bytes(raw)
    made = build(Config(models=ModelsConfig(cache=CACHE, directory=str(tmp_path))))
    made.load()
    made([document("He was in Paris.", "en")])
    with pytest.raises(models.ModelDamaged, match="not the pinned file"):
        made([document(TEXTS["ru"], "ru")])


def test_nothing_but_the_models_is_loaded_and_nothing_is_fetched() -> None:
    """In a process of its own: no connection, no client library of a hub, no package that is there for its weights."""
    program = f"""
import socket, sys
def refused(*_, **__): raise SystemExit("reached out")
socket.socket.connect = socket.getaddrinfo = refused
from babelscope.flow.config import Config, ModelsConfig
from babelscope.understand.native_names import installed, open_native
config = Config(models=ModelsConfig(cache={CACHE!r}))
for language in installed(config):
    assert isinstance(open_native(language, config)("Putin, Paris, Москва, 東京"), list)
print(*[m for m in ("huggingface_hub", "transformers", "torch", "natasha", "pymorphy2") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=4).map("".join),
    st.sampled_from(sorted(HERE) or ["es"]),
)
def test_anchors_always_hold(stage: MentionStage, text: str, title: str, language: str) -> None:
    doc = document(text, language, title)
    check(doc, mentions(stage, doc).items)


@pytest.mark.parametrize("language", NATIVE)
def test_long_and_hostile_texts_are_bounded(stage: MentionStage, language: str) -> None:
    native(language)
    open_first = mentions(stage, document(TEXTS[language], language))
    assert open_first.items
    hostile = [
        "http://" + "!" * 3000,
        "www.a.vn/" + "(" * 3000,
        "a." * 2000,
        "A-" * 2000,
        "((a)" * 1000,
        "Ha\u0323 " * 2000,
    ]
    for text in [*hostile, "東京" * 50_000, "Paris " * 50_000, "A" * 100_000, "e\u0301" * 3000]:
        doc = document(text, language, text[:400])
        started = time.process_time()
        check(doc, mentions(stage, doc).items)
        assert time.process_time() - started < 10, text[:20]


def test_decomposed_vietnamese_keeps_its_offsets(stage: MentionStage) -> None:
    """The letters of the original may be written with combining marks; anchors count those."""
    plain = mentions(stage, document(TEXTS[native("vi")], "vi"))
    doc = document(unicodedata.normalize("NFD", TEXTS["vi"]), "vi")
    layer = mentions(stage, doc)
    check(doc, layer.items)
    by_model = {unicodedata.normalize("NFC", m.surface) for m in layer.items}
    assert {"Putin", "Phạm Minh Chính", "Hà Nội"} <= by_model & {m.surface for m in plain.items}


@given(st.text(alphabet="aà\u0323\u0301eđ ơ", max_size=30))
def test_composed_letters_know_where_they_came_from(text: str) -> None:
    plain, starts, ends = composed(text)
    assert len(plain) == len(starts) == len(ends)
    for letter, start, end in zip(plain, starts, ends, strict=True):
        assert letter in unicodedata.normalize("NFC", text[start:end])


@given(st.text(alphabet="ab .。\n", max_size=60), st.integers(3, 20))
def test_pieces_are_short_ordered_and_lose_only_white_space(text: str, longest: int) -> None:
    spans = list(pieces(text, longest))
    assert all(0 < end - start <= longest for start, end in spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())


def test_short_names_of_countries() -> None:
    assert long_name("США", "ru") and long_name("Mỹ", "vi") and long_name(unicodedata.normalize("NFD", "Mỹ"), "vi")
    assert long_name("My", "vi") is None and long_name("США", "en") is None
