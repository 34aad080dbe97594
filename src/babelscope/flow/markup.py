"""What HTML may cost: refused before any parser sees it.

HTML parsers are quadratic in nesting depth (scope look-ups) and in the attributes of one tag (duplicate check), and
what reads their trees is linear, but slow, in the number of tags. One pass with a linear expression finds all three.
"""

from __future__ import annotations

import re
from collections import Counter

from babelscope.flow.errors import BadInput

MAX_TAGS = 40_000
"""Most tags; of 900 real pages the largest had 9,190, long live blogs have some 30,000."""
MAX_DEPTH = 8_000
"""Deepest nesting of tags, as far as can be told without parsing."""
MAX_WORK = 2_500_000
"""Most tags × depth, summed over the page: what the search for link lists costs (900 real pages: 204,000 at most)."""
MAX_ATTRIBUTES = 1_000
"""Most attributes of one tag."""

# A tag as the tokenizer of the HTML Living Standard (§ 13.2.5) reads it; possessive, so that it never backtracks.
_TAG = re.compile(
    r"<(/?)([a-zA-Z][^\s/>]*+)"
    r"((?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])[^\s>]*+))?+)*+)"
)
_ATTRIBUTE = re.compile(r"[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])[^\s>]*+))?+")
# Tags that close themselves or are closed by the next of their kind: they nest only inside others.
_FLAT_NAMES = (
    "area base br col embed hr img input link meta param source track wbr p li td th tr dt dd option optgroup "
    "tbody thead tfoot rp rt colgroup"
)
_FLAT = frozenset(_FLAT_NAMES.split())


def check_markup(html: str) -> int:
    """Return the estimated nesting depth of ``html``; raises ``BadInput`` if tags, depth or attributes are over bounds.

    The depth is an estimate from start and end tags alone: it may be too high in sloppy markup.
    """
    open_tags: list[str] = []
    opened: Counter[str] = Counter()
    deepest = work = 0
    for tags, match in enumerate(_TAG.finditer(html), 1):
        closing, name, rest = match.groups()
        if len(rest) > 2 * MAX_ATTRIBUTES and len(_ATTRIBUTE.findall(rest)) > MAX_ATTRIBUTES:
            raise BadInput(f"a tag with more than {MAX_ATTRIBUTES} attributes")
        name = name.lower()
        if closing:
            _close(name, open_tags, opened)
        elif name not in _FLAT:
            open_tags.append(name)
            opened[name] += 1
        deepest = max(deepest, len(open_tags))
        work += len(open_tags)
        if tags > MAX_TAGS or deepest > MAX_DEPTH or work > MAX_WORK:
            raise BadInput(
                f"too many tags ({tags} so far) or nested too deep ({deepest}): {MAX_TAGS}, {MAX_DEPTH} at most"
            )
    return deepest


def _close(name: str, open_tags: list[str], opened: Counter[str]) -> None:
    """Close the innermost ``name`` and with it what was opened inside; an end tag without a start means nothing."""
    if not opened[name]:
        return
    while True:
        inner = open_tags.pop()
        opened[inner] -= 1
        if inner == name:
            return
