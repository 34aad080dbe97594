"""What a page may cost: refused before any parser sees it (its tags: ``flow.markup``)."""

from __future__ import annotations

from babelscope.flow.errors import BadInput

MAX_BYTES = 10 << 20
"""Largest body (bytes)."""
MAX_ARTICLE_HTML = 4 << 20
"""Largest markup (characters) that is left after pruning."""
MAX_TEXT = 1_000_000
"""Longest article (characters)."""


def check_size(body: bytes) -> None:
    """Raise ``BadInput`` if ``body`` is larger than ``MAX_BYTES``."""
    if len(body) > MAX_BYTES:
        raise BadInput(f"page of {len(body)} bytes; at most {MAX_BYTES}")
