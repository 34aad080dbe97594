from __future__ import annotations

import msgspec
import numpy as np

from babelscope.model import Embedding
from babelscope.understand.embed import DIMENSIONS, LEAD_WORDS, build, centred, embed_query, embedded_text, load_means
from reading_cases import configuration, document

TEXTS = {
    "en": (
        "Earthquake kills 20 in northern Japan",
        "A strong earthquake struck the north of Japan on Monday, officials said.",
    ),
    "de": ("Erdbeben im Norden Japans: 20 Tote", "Ein starkes Erdbeben hat am Montag den Norden Japans getroffen."),
    "ru": ("Землетрясение на севере Японии: 20 погибших", "Сильное землетрясение произошло в понедельник."),
    "fr": ("La banque centrale relève son taux directeur", "L'inflation reste trop élevée, dit la banque."),
}


def vectors() -> dict[str, np.ndarray]:
    stage = build(configuration())
    stage.load()
    patches = stage([document(text, code, title) for code, (title, text) in TEXTS.items()])
    layers = [p.layers["embedding"] for p in patches]
    assert all(isinstance(layer, Embedding) and layer.dimensions == DIMENSIONS for layer in layers)
    return {c: np.frombuffer(e.vector, dtype="<f2").astype(np.float32) for c, e in zip(TEXTS, layers, strict=True)}


def test_one_event_is_near_itself_in_other_languages() -> None:
    made = vectors()
    assert all(abs(float(v @ v) - 1) < 0.01 for v in made.values())
    same = min(float(made["en"] @ made["de"]), float(made["en"] @ made["ru"]))
    other = max(float(made[c] @ made["fr"]) for c in ("en", "de", "ru"))
    assert same > other + 0.2


def test_a_query_finds_its_event() -> None:
    made = vectors()
    query = np.frombuffer(embed_query("earthquake in Japan", configuration()), dtype="<f2").astype(np.float32)
    assert query.shape == (DIMENSIONS,)
    assert min(float(query @ made[c]) for c in ("en", "de", "ru")) > float(query @ made["fr"]) + 0.2


def test_batches_do_not_change_a_byte() -> None:
    stage = build(configuration())
    stage.load()
    docs = [document(text, code, title) for code, (title, text) in TEXTS.items()] * 3
    together = [msgspec.json.encode(p) for p in stage(docs)]
    assert together == [msgspec.json.encode(stage([d])[0]) for d in docs]
    assert together[:4] == together[4:8]


def test_a_mean_is_named_and_unknown_languages_get_the_mean_of_all() -> None:
    means = load_means()
    assert means.of("en")[1] == f"en@{means.id}"
    vector, name = means.of("xyz")
    assert name == f"all@{means.id}" and vector is means.overall
    assert len(means.by_language) > 80


def test_nothing_to_embed_gives_no_vector() -> None:
    stage = build(configuration())
    stage.load()
    assert stage([document(" \n ", "en")])[0].layers == {}


def test_odd_texts_do_not_raise() -> None:
    stage = build(configuration())
    stage.load()
    for text in ("\x00", "\ud800", "a" * 100_000, "中" * 5000, "🙂"):
        vector = np.frombuffer(stage([document(text, "und", text)])[0].layers["embedding"].vector, dtype="<f2")
        assert np.isfinite(vector).all()


def test_the_text_is_title_and_the_first_words() -> None:
    assert embedded_text("A title.", "one two") == "A title. one two"
    assert len(embedded_text("T", "word " * 250).split()) == LEAD_WORDS + 1
    assert len(embedded_text("", "中" * 500)) == 2 * LEAD_WORDS


def test_the_zero_vector_stays() -> None:
    zero = np.zeros(4, dtype=np.float32)
    assert not centred(zero, zero).any()
