"""Article data that a page states about itself as JSON-LD (schema.org Article and its kinds)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

MAX_SCRIPTS = 40
MAX_SCRIPT = 1_000_000
MAX_ITEMS = 2_000
_KINDS = (
    "Article NewsArticle AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle OpinionNewsArticle "
    "ReportageNewsArticle ReviewNewsArticle AdvertiserContentArticle SatiricalArticle ScholarlyArticle TechArticle "
    "Report BlogPosting LiveBlogPosting SocialMediaPosting DiscussionForumPosting"
)
_ARTICLE_KINDS = frozenset(_KINDS.split())
_NESTS = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart", "subjectOf")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_WRAPPER = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/)\s*;?\s*$"
)

Item = dict[str, Any]


def article_items(tree: LexborHTMLParser) -> list[Item]:
    """Return the JSON-LD objects of ``tree`` that are articles, in page order; broken scripts are passed over."""
    found: list[Item] = []
    for script in tree.css('script[type="application/ld+json" i]')[:MAX_SCRIPTS]:
        text = script.text()
        if len(text) <= MAX_SCRIPT:
            found += [item for item in _walk(_parse(text)) if is_article(item)]
    return found


def is_article(item: Item) -> bool:
    """Say whether ``item`` declares itself to be a kind of article."""
    kinds = item.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(n, str) and n.rsplit("/", 1)[-1].rsplit(":", 1)[-1] in _ARTICLE_KINDS for n in names)


def strings(value: Any, key: str = "name") -> list[str]:
    """Return the strings that ``value`` means: itself, its ``key``, or those of its members (at most 20)."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return strings(value.get(key), "") if key else []
    if isinstance(value, list):
        return [text for member in value[:20] if not isinstance(member, list) for text in strings(member, key)]
    return []


def _parse(text: str) -> Any:
    for attempt in (lambda s: s, lambda s: _TRAILING_COMMA.sub("", _WRAPPER.sub("", s))):
        try:
            return json.loads(attempt(text), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(data: Any) -> Iterator[Item]:
    """Yield objects breadth first through the containers that hold articles; never more than ``MAX_ITEMS``."""
    queue, seen = [data], 0
    while queue and seen < MAX_ITEMS:
        value = queue.pop(0)
        seen += 1
        if isinstance(value, list):
            queue += value[:MAX_ITEMS]
        elif isinstance(value, dict):
            yield value
            queue += [value[name] for name in _NESTS if name in value]
