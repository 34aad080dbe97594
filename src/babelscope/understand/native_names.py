"""Names in French, Russian, Japanese and Vietnamese texts: which model finds them, and how its finds are corrected.

The models are small: they find names better than they type them. So edges are trimmed, and kinds are set again by
the name's own words (a ministry, a firm), by an office before it, by the gazetteer, and by the majority within the
document, as for English.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from unicodedata import normalize

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.manifest import entry
from babelscope.flow.models import available, resolve
from babelscope.languages.names import OFFICE_WORDS, ORGANISATION_WORDS, WIDE_ORGANISATIONS, fold_name, word_pattern
from babelscope.model.layers import MentionKind, Part
from babelscope.understand.gazetteer import Gazetteer
from babelscope.understand.gazetteer_build import CITY, COUNTRY, DEMONYM, PRIMARY
from babelscope.understand.name_spans import Name, one_kind_per_name, repeats, trimmed, without_overlaps
from babelscope.understand.native_tagging import Opener, Span, Tagger
from babelscope.understand.places import candidates_of, tokens_of
from babelscope.understand.proper_names import proper_names
from babelscope.understand.short_names import long_name

LARGE_CITY = 500_000
"""Least population at which a city's main name overrules the model, unless the model says a person."""
CONFIRMED, UNKNOWN_PLACE, OTHER = 0.9, 0.6, 0.5
"""Scores: the gazetteer or the name's own words confirm it; a place that the gazetteer lacks; a thing."""
_NEVER = re.compile(r"(?!)")
_OPEN_BRACKET = re.compile(r"[ \u00a0]?[(（](?![^()（）]*[)）])")


class NativeModel(msgspec.Struct, frozen=True):
    """The model of one language: ids in the manifest (all are needed), ``module:function`` that opens them, score."""

    models: tuple[str, ...]
    opener: str
    score: float

    @property
    def marks(self) -> str:
        """The marks of its files, for the version of the stage."""
        return ".".join(entry(model).mark for model in self.models)

    @property
    def requirement(self) -> str:
        """What pip installs to bring it."""
        return entry(self.models[0]).requirement


NATIVE: dict[str, NativeModel] = {
    "fr": NativeModel(("fr_core_news_sm",), "native_spacy:open_french", 0.75),
    "ja": NativeModel(("ja_ginza", "sudachidict_core"), "native_spacy:open_japanese", 0.7),
    "ru": NativeModel(("slovnet_ner_news_v1",), "native_slovnet:open_russian", 0.85),
    "vi": NativeModel(("underthesea_ner",), "native_underthesea:open_vietnamese", 0.6),
}
"""The language's own model of names. English has its own module."""

_ARTICLES = {"fr": re.compile(r"(?:l['’]|d['’]|(?:les?|la|des?|du|une?|aux?)\s+)"), "vi": _NEVER, "ru": _NEVER}
_TITLES = {
    "fr": "m mm mme mmes mlle dr me mgr premier premiere vice president chef roi reine prince princesse pape",
    "ru": "г-н г-жа",
}
_OFFICES = {
    code: OFFICE_WORDS.get(code, frozenset()) | {fold_name(w) for w in _TITLES.get(code, "").split()} for code in NATIVE
}
_JUNK = {
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout "
    "septembre octobre novembre decembre dieu internet",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье интернет",
    "vi": "internet trưởng ủy uỷ đảng chúa bộ sáu nhằm thứ các ngài phó hội viện tòa toà lao",
    "ja": "",
}
_JUNK_WORDS = {code: frozenset(words.split()) for code, words in _JUNK.items()}
_VIETNAMESE_ORGANISATION = re.compile(
    r"(?:bộ|tập đoàn|công ty|ngân hàng|đảng|[uủ][ỷy] ban|đại học|trường|viện|hội|toà án|tòa án|quốc hội|nghị viện|"
    r"liên đoàn|hiệp hội|câu lạc bộ|clb|tổng cục|cục|sở|báo|đài|hãng|liên minh|liên hợp quốc|chính phủ)\s",
    re.IGNORECASE,
)
"""How the names of organisations begin in Vietnamese: words of several syllables, so no list of single words helps."""
_VIETNAMESE_PLACE = re.compile(
    r"(?:tỉnh|thành phố|tp\.?|quận|huyện|thị xã|thị trấn|phường|xã|thôn|đường|phố|sông|núi|đảo|hồ|vịnh|biển|cầu|đèo|"
    r"sân bay|cảng|bán đảo|quần đảo|cung điện|khu|vùng|châu)\s",
    re.IGNORECASE,
)


def installed(config: Config) -> dict[str, NativeModel]:
    """Return, by language, the models that are there: files and libraries are looked for, nothing is imported."""
    return {code: m for code, m in NATIVE.items() if all(available(model, config) for model in m.models)}


def open_native(language: str, config: Config) -> Tagger:
    """Open the model of ``language``; raises ``ModelMissing``, or ``ModelDamaged`` if a file is not the pinned one."""
    native = NATIVE[language]
    folders = [resolve(model, config) for model in native.models]
    module, _, function = native.opener.partition(":")
    opener: Opener = getattr(importlib.import_module(f"babelscope.understand.{module}"), function)
    return opener(folders)


def native_names(texts: dict[Part, str], language: str, tagger: Tagger, gazetteer: Gazetteer) -> list[Name]:
    """Return the names of ``texts`` (title and text), settled, in order of appearance."""
    found: list[Name] = []
    for of, text in texts.items():
        if text.strip():
            found += [n for span in tagger(_readable(text)) if (n := _name(of, text, span, language, gazetteer))]
    found = _without_openings(found, texts, language)
    by_rules = [n for n in proper_names(texts, language) if n.kind != "thing"]
    found = without_overlaps([*found, *_apart(by_rules, found)])
    found = without_overlaps([*found, *repeats(found, texts)])
    return one_kind_per_name(found, texts)


def _without_openings(names: Sequence[Name], texts: dict[Part, str], language: str) -> list[Name]:
    """Leave out single words that only open sentences, where their capital says nothing, unless they are places.

    Only in French and Vietnamese, whose models take such words for names.
    """
    if language not in ("fr", "vi"):
        return list(names)
    opening = {(of, t.start) for of, text in texts.items() for t in tokens_of(text) if t.initial}
    inside = {texts[n.of][n.start : n.end] for n in names if (n.of, n.start) not in opening}
    inside |= {word for surface in inside for word in surface.split()}
    return [n for n in names if (n.of, n.start) not in opening or _is_certain(n, texts[n.of], inside)]


def _is_certain(name: Name, text: str, inside: set[str]) -> bool:
    surface = text[name.start : name.end]
    return " " in surface or surface.isupper() or name.score == CONFIRMED or surface in inside


def _readable(text: str) -> str:
    """Return ``text``, as many code points long, without lone surrogates (which no library takes)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _apart(names: Sequence[Name], others: Sequence[Name]) -> list[Name]:
    return [n for n in names if all(o.of != n.of or o.end <= n.start or n.end <= o.start for o in others)]


def _name(of: Part, text: str, span: Span, language: str, gazetteer: Gazetteer) -> Name | None:
    """Return the model's find as a name, or nothing if it is a people, a day, a number or no name at all."""
    start, end, told = span
    end = start + len(_OPEN_BRACKET.split(text[start:end], maxsplit=1)[0])
    start, end = trimmed(text, start, end, _ARTICLES.get(language, _NEVER), _NEVER)
    named, end, person = _without_office(text, start, end, language)
    start, end = trimmed(text, named, end, _ARTICLES.get(language, _NEVER), _NEVER)
    surface = text[start:end]
    if person and language == "fr" and start > named:
        return None  # "sénateur de l'Arizona" names nobody
    if len(surface) < 2 or _is_junk(surface, language) or not _may_be_name(surface, language):
        return None
    kind, score = _kind(surface, "person" if person else told, language, gazetteer)
    digits = any(map(str.isdigit, surface))
    if (kind == "person" and digits) or (kind == told == "thing" and " " not in surface and language == "fr"):
        return None
    return Name(of, start, end, kind, score, NATIVE[language].models[0])


def _is_junk(surface: str, language: str) -> bool:
    folded = (
        normalize("NFC", surface).casefold() if language == "vi" else fold_name(surface)
    )  # accents make words in Vietnamese
    return folded in _JUNK_WORDS[language]


def _may_be_name(surface: str, language: str) -> bool:
    letters = [c for c in surface if c.isalpha()]
    return bool(letters) and (language == "ja" or any(c.isupper() for c in letters))


def _without_office(text: str, start: int, end: int, language: str) -> tuple[int, int, bool]:
    """Take offices and titles from the beginning of a span; the third value says that there was one."""
    begun = start
    for word in word_pattern().finditer(text, start, end):
        if fold_name(word[0]) not in _OFFICES[language]:
            start = word.start() if start > begun else start
            break
        start = word.end()
    return start, end, start > begun


def _kind(surface: str, kind: MentionKind, language: str, gazetteer: Gazetteer) -> tuple[MentionKind, float]:
    """Correct the model's kind by the name's own words, then by the gazetteer."""
    if _says_organisation(surface, language):
        return "organisation", CONFIRMED
    score = NATIVE[language].score
    candidates = candidates_of(surface, language, gazetteer)
    known = [c for c in candidates if not c.flags & DEMONYM]
    called = kind == "person" and long_name(surface, language) is not None  # "Anh" is a given name and England
    if any(c.kind == COUNTRY for c in known) and not called:
        return "place", CONFIRMED
    sure = any(c.kind != CITY or (c.flags & PRIMARY and c.population >= LARGE_CITY) for c in known)
    if sure and kind != "person":
        return "place", CONFIRMED
    if kind == "place" and not known:
        return _unknown_place(surface, language)
    return kind, OTHER if kind == "thing" else score


def _unknown_place(surface: str, language: str) -> tuple[MentionKind, float]:
    """Judge a place that the gazetteer lacks.

    The French and the Vietnamese model call many foreign persons and firms places, and places are listed and counted
    where persons must not be: so in capitals it is an organisation, otherwise a thing, unless a Vietnamese word of
    place begins it. The Russian and the Japanese model know better.
    """
    if language in ("fr", "vi"):
        if surface.isalpha() and surface.isupper():
            return "organisation", 0.6
        if language == "fr" or not _VIETNAMESE_PLACE.match(normalize("NFC", surface)):
            return "thing", OTHER
    return "place", NATIVE[language].score if language == "ru" else UNKNOWN_PLACE


def _says_organisation(surface: str, language: str) -> bool:
    """Say whether the first or last word of a name of several words, or its beginning, marks an organisation."""
    if language == "vi":
        return bool(_VIETNAMESE_ORGANISATION.match(normalize("NFC", surface)))
    wide = WIDE_ORGANISATIONS.get(language)
    if wide is not None:
        return bool(wide.fullmatch(surface))
    words = [fold_name(w) for w in word_pattern().findall(surface)]
    marks = ORGANISATION_WORDS.get(language, frozenset())
    return len(words) > 1 and (words[0] in marks or words[-1] in marks)
