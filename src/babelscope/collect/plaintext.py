"""Markup → plain text, for what a feed says about a page: hints never carry markup or control characters."""

from __future__ import annotations

import re

MAX_PASSES = 3

_TAG = re.compile(r"<[A-Za-z/!?]|&[#A-Za-z]")
_ELEMENT = re.compile(r"<[A-Za-z/!?][^<>]*>?")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ufeff]+")


def plain_text(markup: str, limit: int) -> str:
    """Return the visible text of ``markup`` on one line, at most ``limit`` characters.

    Feeds escape once, twice or not at all, so it is read again while it still looks like markup.
    """
    text = _SURROGATE.sub("\ufffd", markup[: limit * 20])
    for _ in range(MAX_PASSES):
        if not _TAG.search(text):
            break
        text = _strip(text)
    text = _SPACE.sub(" ", _ELEMENT.sub(" ", text)).strip()
    return text if len(text) <= limit else text[:limit].rstrip()


def _strip(markup: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(f"<body>{markup}")
    for node in tree.css("script, style, template, noscript, iframe, svg"):
        node.decompose()
    return tree.body.text(separator=" ") if tree.body else ""
