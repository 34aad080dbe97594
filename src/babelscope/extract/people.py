"""Names of authors: what pages write into bylines → names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from babelscope.extract.titles import tidy

MAX_AUTHORS = 20
MAX_NAME = 60
_LEAD = re.compile(
    r"^(?:\W|(?:written |posted |reported )?by\b|von\b|par\b|por\b|di\b|door\b|av\b|af\b|przez\b|текст\b|автор\b|"
    r"author\b|autor(?:in)?\b|reporter\b|story by\b)[\s:]*",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:[,;|•·]|/(?!/)|\s(?:and|und|et|y|e|og|och|en|i|и|та|و)\s|\s&\s|\s[–—-]\s)\s*")
_EMAIL = re.compile(r"\(?\b[\w.+-]{1,60}@[\w.-]{3,60}\)?")
_NO_NAME = re.compile(r"https?:|www\.|@|\d|[{}<>=:?!]|\b(?:posts?|profile?)\b", re.IGNORECASE)
_DOMAIN = re.compile(r"\b[\w-]{2,40}\.(?:com|org|net|info|tv|[a-z]{2})\b", re.IGNORECASE)
_ROLE = re.compile(
    r"^(?:(?:staff|senior|chief|guest|political|foreign) )?(?:writer|editor|reporter|correspondent|admin|administrator|"
    r"authors?|redaktion|redaktor|rédaction|redacción|redazione|editorial|editors|staff|news desk|newsroom|unknown|"
    r"anonymous|null|none|undefined)$",
    re.IGNORECASE,
)


def names(found: Iterable[str], sites: Iterable[str]) -> tuple[str, ...]:
    """Return the names in ``found`` (bylines or single names), each once; addresses and roles are left out.

    ``sites`` are names of the site, which are no authors.
    """
    outlets = {site.casefold() for site in sites if site}
    kept: dict[str, None] = {}
    for line in found:
        plain = _EMAIL.sub("", tidy(line))
        parts = [plain] if _DOMAIN.search(plain) else _SPLIT.split(_LEAD.sub("", plain))
        for part in parts:
            name = _LEAD.sub("", part).strip(" .,:;*\u201c\u201d\"'()[]")
            if _is_name(name) and name.casefold() not in outlets:
                kept.setdefault(name, None)
    return tuple(kept)[:MAX_AUTHORS]


def _is_name(name: str) -> bool:
    return 1 < len(name) <= MAX_NAME and not _NO_NAME.search(name) and not _ROLE.match(name) and len(name.split()) <= 6
