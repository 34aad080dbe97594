"""The body of the article: trafilatura's rules (Barbaresi 2021) on a page that was pruned first."""

from __future__ import annotations

from functools import cache
from typing import Any

from lxml.etree import LxmlError
from selectolax.lexbor import LexborHTMLParser
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from babelscope.extract.bounds import MAX_ARTICLE_HTML
from babelscope.extract.decode import clean
from babelscope.extract.prune import prune, strip_inert
from babelscope.flow.errors import BadInput

THIN = 500
"""A body shorter than this (characters) may be what pruning left of a page with strange names."""
_JOINERS = (("\u200c", "\ua66e"), ("\u200d", "\ua66d"))
"""Joiners are letters of Persian and Indic spelling, but trafilatura drops what is not printable: each travels as a
letter that no living language writes."""
GAIN = 2.5
"""How much longer the body of the page without pruning must be, to be believed instead."""


def body_text(tree: LexborHTMLParser) -> str:
    """Return the article's paragraphs, separated by newlines; "" if there are none. Consumes ``tree``.

    Raises ``BadInput`` if more than ``MAX_ARTICLE_HTML`` characters of markup are left or a parser gives up.
    """
    strip_inert(tree)
    whole = tree.html or ""
    prune(tree)
    text = _extract(tree.html or "")
    if len(text) < THIN:
        wider = _extract(whole)
        if len(wider) > GAIN * len(text):
            return wider
    return text


@cache
def _options() -> Extractor:
    # the range of dates is given only so that nobody looks at the clock; dates are read elsewhere
    return Extractor(output_format="python", fast=True, comments=False, date_params={"max_date": "2100-01-01"})


def _extract(html: str) -> str:
    stand_ins = [(joiner, sign) for joiner, sign in _JOINERS if joiner in html and sign not in html]
    for joiner, sign in stand_ins:
        html = html.replace(joiner, sign)
    text = _bare_text(html)
    for joiner, sign in stand_ins:
        text = text.replace(sign, joiner)
    return text


def _bare_text(html: str) -> str:
    if len(html) > MAX_ARTICLE_HTML:
        raise BadInput(f"{len(html)} characters of markup are left after pruning; at most {MAX_ARTICLE_HTML}")
    try:
        found: Any = bare_extraction(html, options=_options())
    except (LxmlError, RecursionError, AssertionError) as error:
        raise BadInput(f"extraction gave up: {type(error).__name__}: {error}") from None
    return clean(found.text or "") if found is not None else ""
