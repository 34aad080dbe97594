"""The score card: what the pipeline found in the demo press, against what is known to be there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

import msgspec

from babelscope.demo.addresses import url_of
from babelscope.demo.press import Article, Press
from babelscope.model import Document, Mentions


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the card. ``value`` lies between 0 and 1; ``of`` is how many things were judged."""

    name: str
    value: float
    of: int
    note: str = ""


def bcubed(gold: Sequence[Hashable], found: Sequence[Hashable]) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and F1 of a grouping (Bagga and Baldwin 1998); 1, 1, 1 for no items."""
    if not gold:
        return 1.0, 1.0, 1.0
    together = Counter(zip(gold, found, strict=True))
    in_gold, in_found = Counter(gold), Counter(found)
    pairs = list(zip(gold, found, strict=True))
    precision = sum(together[pair] / in_found[pair[1]] for pair in pairs) / len(pairs)
    recall = sum(together[pair] / in_gold[pair[0]] for pair in pairs) / len(pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)


def score(
    press: Press, docs: Sequence[Document], stories: Mapping[str, str], families: Mapping[str, str]
) -> list[Score]:
    """Return the card; ``stories`` and ``families`` map document ids to the groups that the linkers made."""
    articles = _by_address(press)
    read = [(d, articles[d.url]) for d in docs if d.url in articles]
    return [
        _collected(press, {article.key for _, article in read}),
        _grouped("stories (B-cubed F1)", read, _labels(press.gold.stories), stories),
        _grouped("families of copies (B-cubed F1)", read, _labels(press.gold.families), families),
        _share("languages", [d.layers["language"].code == a.language for d, a in read if "language" in d.layers]),
        _share("titles", [_squeeze(d.title) in _titles(a) for d, a in read]),
        _share("dates", [d.published_at in (a.published, a.edited.at if a.edited else None) for d, a in read]),
        _places(press, read),
        _organisations(press, read),
    ]


def _by_address(press: Press) -> dict[str, Article]:
    outlets = {outlet.id: outlet for outlet in press.outlets}
    return {url_of(outlets[a.outlet], a): a for a in press.articles}


def expected(press: Press) -> set[str]:
    """Return the keys of the articles that a polite collector can find: not forbidden, not behind a dead feed."""
    dead = {o.id for o in press.outlets if "dead-feed" in o.quirks}
    return {a.key for a in press.articles if a.robots != "disallow" and a.outlet not in dead}


def _collected(press: Press, keys: set[str]) -> Score:
    wanted = expected(press)
    extra = keys - wanted
    note = f"{len(extra)} forbidden pages were taken" if extra else ""
    return Score(name="articles collected", value=len(keys & wanted) / max(len(wanted), 1), of=len(wanted), note=note)


def _labels(groups: Iterable[object]) -> dict[str, str]:
    return {key: group.id for group in groups for key in group.articles}  # type: ignore[attr-defined]


def _grouped(
    name: str, read: Sequence[tuple[Document, Article]], gold: Mapping[str, str], found: Mapping[str, str]
) -> Score:
    labels = [gold.get(article.key, article.key) for _, article in read]
    groups = [found.get(document.id, document.id) for document, _ in read]
    precision, recall, f1 = bcubed(labels, groups)
    return Score(name=name, value=f1, of=len(read), note=f"precision {precision:.3f}, recall {recall:.3f}")


def _share(name: str, right: Sequence[bool], note: str = "") -> Score:
    return Score(name=name, value=sum(right) / max(len(right), 1), of=len(right), note=note)


def _titles(article: Article) -> set[str]:
    return {_squeeze(article.title), _squeeze(article.at(2).title)}


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _mentions(document: Document) -> Mentions:
    found = document.layers.get("mentions")
    return found if isinstance(found, Mentions) else Mentions()


def _places(press: Press, read: Sequence[tuple[Document, Article]]) -> Score:
    countries: dict[str, dict[str, str]] = {}
    for document, article in read:
        for mention in _mentions(document).items:
            if mention.place is not None:
                countries.setdefault(article.key, {})[mention.surface] = mention.place.country
    judged = [place for place in press.gold.places if place.article in {a.key for _, a in read}]
    right = [
        any(
            place.surface in s or s in place.surface
            for s, c in countries.get(place.article, {}).items()
            if c == place.country
        )
        for place in judged
    ]
    return _share("places found, in the right country", right)


def _organisations(press: Press, read: Sequence[tuple[Document, Article]]) -> Score:
    surfaces: dict[str, set[str]] = {}
    for document, article in read:
        names = {m.surface for m in _mentions(document).items if m.kind in ("organisation", "thing")}
        surfaces.setdefault(article.key, set()).update(names)
    judged = [o for o in press.gold.organisations if o.article in surfaces]
    right = [any(o.surface in s or s in o.surface for s in surfaces[o.article]) for o in judged]
    return _share("organisations found", right, "names that no model covers stay unfound")
