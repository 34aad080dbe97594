"""No library may download: every stage is loaded and used in a process where every socket is refused."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import socket, sys
tried = []
def hook(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"):
        tried.append((event, args[-1]))
        raise OSError(f"no network in this test: {event}")
sys.addaudithook(hook)
from babelscope.flow.apply import PipelineSpec, apply
from babelscope.flow.config import Config, ModelsConfig, StoreConfig
from babelscope.languages.segmenters import SEGMENTERS
from babelscope.languages.words import word_spans
from babelscope.model import Article, Document
TEXTS = {
    "en": "The minister met President Lula in Lisbon on 12 March and promised 40 million euros.",
    "pt": "O ministro encontrou o presidente Lula em Lisboa a 12 de março e prometeu 40 milhões de euros.",
    "es": "El ministro se reunió con el presidente Lula en Lisboa el 12 de marzo y prometió 40 millones de euros.",
    "gl": "O ministro reuniuse co presidente Lula en Lisboa o 12 de marzo e prometeu 40 millóns de euros.",
    "ca": "El ministre es va reunir amb el president Lula a Lisboa el 12 de març i va prometre 40 milions d'euros.",
    "fr": "Le ministre a rencontré le président Lula à Lisbonne le 12 mars et a promis 40 millions d'euros.",
    "de": "Der Minister traf am 12. März in Lissabon den Präsidenten Lula und versprach 40 Millionen Euro.",
    "ru": "Министр встретился с президентом Лулой в Лиссабоне 12 марта и пообещал 40 миллионов евро.",
    "ar": "التقى الوزير بالرئيس لولا في لشبونة يوم 12 مارس ووعد بتقديم 40 مليون يورو.",
    "zh": "部长三月十二日在里斯本会见了卢拉总统，并承诺提供四千万欧元。",
    "ja": "大臣は三月十二日にリスボンでルラ大統領と会談し、四千万ユーロを約束した。",
    "ko": "장관은 3월 12일 리스본에서 룰라 대통령을 만나 4천만 유로를 약속했다.",
    "th": "รัฐมนตรีพบประธานาธิบดีลูลาที่ลิสบอนเมื่อวันที่ 12 มีนาคม และสัญญาว่าจะให้เงิน 40 ล้านยูโร",
    "vi": "Bộ trưởng gặp Tổng thống Lula tại Lisbon ngày 12 tháng 3 và hứa 40 triệu euro.",
    "hi": "मंत्री ने 12 मार्च को लिस्बन में राष्ट्रपति लूला से मुलाकात की और चार करोड़ यूरो देने का वादा किया।",
}
config = Config(models=ModelsConfig(cache=sys.argv[1]), store=StoreConfig(directory=sys.argv[2]))
stages = PipelineSpec(stages=tuple(sys.argv[3:]), config=config).open(frozenset({"article"}))
docs = [
    Document(id=code, title=text, text=text, layers={"article": Article(title=text, text=text)})
    for code, text in TEXTS.items()
]
outcome = apply(stages, docs)
assert not outcome.failed and len(outcome.kept) == len(docs), outcome.failed
for one in SEGMENTERS:
    for language in one.languages:
        word_spans(TEXTS.get(language, TEXTS["th"]), language)
assert not tried, tried
print(" ".join(sorted({n for d in outcome.kept for n in d.layers})))
"""


@pytest.mark.slow
def test_no_stage_and_no_segmenter_reaches_out(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stages = [name for name in project["entry-points"]["babelscope.stages"] if name != "extract"]
    given = [sys.executable, "-c", PROGRAM, str(tmp_path / "cache"), str(tmp_path / "store"), *stages]
    done = subprocess.run(given, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert {"language", "translation", "mentions", "embedding", "fingerprint"} <= set(done.stdout.split()), done.stdout
