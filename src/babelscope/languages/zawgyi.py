"""Burmese in the Zawgyi encoding, which many pages still use instead of Unicode: the same letters under other numbers.

Needs the optional package paraencoder (MIT, 15 kB); without it the text stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

_MYANMAR = re.compile("[\u1000-\u109f]")


def mend_zawgyi(text: str) -> str:
    """Return ``text`` in Unicode if it looks like Zawgyi (``paraencoder`` counts the marks of both), else unchanged."""
    if not _MYANMAR.search(text):
        return text
    convert = _converter()
    return convert(text) if convert else text


@cache
def _converter() -> Callable[[str], str] | None:
    try:
        from para import zg_to_unicode
    except ImportError:
        return None
    return lambda text: str(zg_to_unicode(text))
