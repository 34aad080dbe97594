"""How fast translation is: news sentences by the neural route and by a pivot, then copies of a wire from the memory.

Sentences are put together from phrases, so that no two are alike and none is in the memory already. Processor time is
given beside wall time: on a shared machine only the former can be compared.
"""

from __future__ import annotations

import itertools
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from babelscope.flow.config import Config, StoreConfig
from babelscope.model import Document, Language
from babelscope.understand.alignment import align_words
from babelscope.understand.protect import check
from babelscope.understand.reading import Reading

PHRASES = {
    "pt": (
        "O ministro das Finanças|O presidente da câmara de Lisboa|A agência de notícias|Um porta-voz do governo",
        "disse na terça-feira|anunciou esta manhã|afirmou em conferência de imprensa|confirmou no domingo",
        "que as novas medidas|que os apoios às empresas|que as obras do aeroporto|que os contratos com os hospitais",
        "vão custar {n} milhões de euros|entram em vigor dentro de {n} dias|foram aprovados por {n} deputados",
        "apesar das críticas da oposição.|segundo o jornal local.|de acordo com um relatório publicado ontem.",
    ),
    "es": (
        "El ministro de Hacienda|El alcalde de Madrid|La agencia de noticias|Un portavoz del gobierno",
        "dijo el martes|anunció esta mañana|afirmó en una rueda de prensa|confirmó el domingo",
        "que las nuevas medidas|que las ayudas a las empresas|que las obras del aeropuerto|que los contratos",
        "costarán {n} millones de euros|entrarán en vigor dentro de {n} días|fueron aprobados por {n} diputados",
        "a pesar de las críticas de la oposición.|según el periódico local.|según un informe publicado ayer.",
    ),
}
COPIES = 1_000
TARGETS = {"pt": 1_000, "ratio": 20.0}
"""Words a second of processor time from Portuguese; how many times faster copies are the second time."""


def sentences(language: str, words: int, seed: int = 7) -> list[str]:
    """Return different sentences with ``words`` words in all, or a few more; the same seed gives the same."""
    draw = random.Random(seed)  # noqa: S311 (no secret)
    made: list[str] = []
    count = 0
    for number in itertools.count(11):
        if count >= words:
            break
        parts = [draw.choice(choice.split("|")) for choice in PHRASES[language]]
        made.append(" ".join(parts).format(n=number))
        count += len(made[-1].split())
    return made


def documents(language: str, lines: Sequence[str], length: int = 4) -> list[Document]:
    """Return documents of ``length`` sentences each, the first of which is the title."""
    layer = Language(code=language, script="Latn", confidence=1.0)
    groups = [lines[at : at + length] for at in range(0, len(lines), length)]
    return [
        Document(id=str(n), title=group[0], text=" ".join(group[1:]), layers={"language": layer})
        for n, group in enumerate(groups)
    ]


def run(config: Config, words: int = 6_000) -> dict[str, Any]:
    """Translate, and return the figures; a pair that is not there is left out. ``met``: whether the targets hold."""
    with tempfile.TemporaryDirectory() as folder:
        here = msgspec.structs.replace(config, store=StoreConfig(directory=folder))
        speeds = {language: _speed(here, language, words) for language in PHRASES if language in _routes(here)}
        memory = _memory(here) if "pt" in speeds else {}
    met = {"memory_ratio": memory["ratio"] >= TARGETS["ratio"]} if memory else {}
    if "pt" in speeds:
        met["pt_words_a_second"] = speeds["pt"]["words_a_cpu_second"] >= TARGETS["pt"]
    afterwards = _afterwards(words)
    return {
        "routes": speeds,
        "wire_copies": memory,
        **afterwards,
        "load_average": round(os.getloadavg()[0], 1),
        "met": met,
    }


def _routes(config: Config) -> dict[str, str]:
    reading = Reading(config)
    return {language: route.name for language, route in reading.routes.items()}


def _speed(config: Config, language: str, words: int) -> dict[str, Any]:
    reading = Reading(config)
    reading.load()
    reading.render_all(documents(language, sentences(language, 60, seed=1)))  # opens the engines
    docs = documents(language, sentences(language, words))
    count = sum(len(f"{doc.title} {doc.text}".split()) for doc in docs)
    wall, cpu = _timed(lambda: [reading.render_all(docs[at : at + 16]) for at in range(0, len(docs), 16)])
    return {
        "route": reading.routes[language].name,
        "grade": reading.routes[language].grade,
        "words": count,
        "words_a_second": round(count / wall),
        "words_a_cpu_second": round(count / cpu),
    }


def _afterwards(words: int) -> dict[str, Any]:
    """Align and check sentences with their parallels in the other language; sentences a second of processor time."""
    pairs = list(zip(sentences("pt", words), sentences("es", words), strict=False))
    check(*pairs[0], "pt", "es")  # reads the names of CLDR
    _, aligned = _timed(lambda: [align_words(one, other, "pt", "es") for one, other in pairs])
    _, checked = _timed(lambda: [check(one, other, "pt", "es") for one, other in pairs])
    return {"alignments_a_cpu_second": round(len(pairs) / aligned), "checks_a_cpu_second": round(len(pairs) / checked)}


def _memory(config: Config) -> dict[str, Any]:
    """Translate ``COPIES`` copies of wire reports, then again in a new instance that has only the file."""
    reports = documents("pt", sentences("pt", 10_000, seed=3))
    copies = [msgspec.structs.replace(reports[n % len(reports)], id=f"copy {n}") for n in range(COPIES)]
    first, again = Reading(config), Reading(config)
    first.load()
    again.load()
    passes = []
    for reading in (first, again):
        passes.append(_timed(lambda r=reading: [r.render_all(copies[at : at + 16]) for at in range(0, COPIES, 16)]))  # type: ignore[misc]
    size = sum(path.stat().st_size for path in (Path(config.store.directory) / "memory").iterdir())
    return {
        "copies": COPIES,
        "different": len(reports),
        "first_seconds": round(passes[0][0], 2),
        "second_seconds": round(passes[1][0], 3),
        "ratio": round(passes[0][0] / passes[1][0], 1),
        "file_kb": size // 1024,
    }


def _timed(call: Callable[[], Any]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - cpu
