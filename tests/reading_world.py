"""A small store for tests of reading in two languages: invented documents, read by the real stages of translation."""

from __future__ import annotations

from pathlib import Path

import msgspec

from babelscope.flow.config import Config, ReadConfig, ServeConfig, StoreConfig
from babelscope.store.library import Library
from babelscope.understand.reading import Reading
from newsroom import exchange_of, polls, read
from newsroom_reports import SOURCES, Told

PARAGRAPHS = (
    "O porto de Setúbal fechou na quinta-feira por causa da greve. Os estivadores pedem 12 por cento de aumento.",
    "A ministra Helena Prates disse que o governo vai negociar. As conversas começam em Lisboa na segunda-feira.",
    "Nos portos vizinhos os navios esperam há 3 dias. Uma empresa perdeu 40 contentores de fruta.",
)
"""Invented news; the lead of 150 characters ends with the first paragraph."""
BIDI_TITLE = "O navio \u202eodnamoc\u202c chegou ao porto"
REPORTS = (
    Told(
        key="pt", source="praia", language="pt", script="Latn", hours=1, story="porto",
        title="Greve fecha o porto de Setúbal", text="\n".join(PARAGRAPHS),
    ),
    Told(
        key="bidi", source="praia", language="pt", script="Latn", hours=2, story="navio",
        title=BIDI_TITLE, text="O comandante falou\u200b com a guarda.\nNinguém ficou ferido.",
    ),
    Told(
        key="ar", source="manara", language="ar", script="Arab", hours=3, story="porto",
        title="إضراب في الميناء", text="بدأ الإضراب يوم الخميس. قالت الهيئة إن الحركة توقفت.",
    ),
    Told(
        key="en", source="delta-post", language="en", script="Latn", hours=4, story="porto",
        title="A port is closed", text="The port of Setúbal is closed. Ships wait outside.",
    ),
)  # fmt: skip


def reading_config(folder: Path, **read_settings: object) -> Config:
    """Return a configuration whose store lies in ``folder`` and whose leads are short."""
    settings = ReadConfig(**{"lead_chars": 150, "translators": ("firefox",), **read_settings})  # type: ignore[arg-type]
    return Config(
        store=StoreConfig(directory=str(folder)), serve=ServeConfig(page_size=5), source=SOURCES, read=settings
    )


def fill_reading(config: Config) -> dict[str, str]:
    """Write the documents into the store of ``config``, title and lead translated; return key → document id."""
    reading = Reading(config)
    reading.load()
    with Library.open(config) as library:
        run = library.begin_run(config)
        exchanges = {told.key: exchange_of(told) for told in REPORTS}
        library.receive(run, [*polls(list(exchanges.values())), *exchanges.values()])
        raw = {document.capture: document for document in library.pending(100)}
        made = {}
        for told in REPORTS:
            document = read(told, raw[exchanges[told.key].capture.id])
            layers = {**document.layers, "translation": reading.render(document)}
            made[told.key] = msgspec.structs.replace(document, layers=layers)
        library.commit(run, list(made.values()), {}, [])
        library.end_run(run, ok=True)
    return {key: document.id for key, document in made.items()}
