"""Hidden signs drawn: what no reader sees in a text (direction controls, zero-width signs) gets a small badge."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape

from babelscope.languages.marks import Piece, describe, has_hidden, visible

MAX_BADGES = 200
"""Badges in one run of text; what is hidden after that is taken out of sight without one."""
_STAND_IN = "\u2060"
"""Takes the place of each hidden sign, so that offsets counted in a page stay those of the original."""


def seen(text: str) -> Markup:
    """Return ``text`` for a page, hidden signs as badges; none of them can turn the direction of what is around it."""
    if not has_hidden(text):
        return escape(text)
    drawn_so_far = 0
    parts: list[str] = []
    for piece in visible(text):
        if not piece.mark:
            parts.append(str(escape(piece.text)))
        elif drawn_so_far < MAX_BADGES:
            drawn_so_far += 1
            parts.append(_badge(text, piece))
        else:
            parts.append(_STAND_IN * (piece.end - piece.start))
    return Markup("".join(parts))  # noqa: S704 - every part is escaped above


def _badge(text: str, piece: Piece) -> str:
    size = piece.end - piece.start
    stacked = piece.mark.startswith("+")
    words = "More combining marks than a letter can carry" if stacked else f"Hidden sign: {_name(text[piece.start])}"
    kind = "turning" if piece.direction else "plain"
    mark, title = escape(piece.mark), escape(words)
    return f'<span class="sign {kind}" data-mark="{mark}" title="{title}">{_STAND_IN * size}</span>'


@lru_cache(maxsize=1024)
def _name(sign: str) -> str:
    return describe(sign).lower()
