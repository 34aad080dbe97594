"""Small SVG pictures, drawn from a hash: the same name always gives the same picture."""

from __future__ import annotations

import hashlib
from xml.sax.saxutils import escape

from babelscope.demo.press import Article, Outlet

WIDTH, HEIGHT = 640, 360


def favicon(outlet: Outlet) -> str:
    """Return the outlet's mark: its first letter on its colour."""
    hue = _draw(outlet.id, 1)[0] * 360 // 256
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">'
        f'<rect width="32" height="32" rx="6" fill="hsl({hue},55%,38%)"/>'
        '<text x="16" y="23" font-family="sans-serif" font-size="20" text-anchor="middle" fill="#fff">'
        f"{escape(outlet.name[:1])}</text></svg>\n"
    )


def lead(outlet: Outlet, article: Article) -> str:
    """Return the article's lead picture: a skyline under a sun, with the outlet's name as the credit."""
    drawn = _draw(article.key, 32)
    hue = drawn[0] * 360 // 256
    towers = "".join(
        f'<rect x="{column * 32}" y="{HEIGHT - 40 - drawn[column + 2]}" width="28" height="320" '
        f'fill="hsl({hue},30%,{18 + drawn[column + 2] % 20}%)"/>'
        for column in range(20)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="hsl({(hue + 40) % 360},55%,78%)"/>'
        f'<circle cx="{80 + drawn[1] * 2}" cy="80" r="42" fill="hsl({(hue + 20) % 360},85%,66%)"/>{towers}'
        f'<text x="{WIDTH - 12}" y="{HEIGHT - 12}" font-family="sans-serif" font-size="14" text-anchor="end" '
        f'fill="#fff">{escape(outlet.name)}</text></svg>\n'
    )


def _draw(name: str, count: int) -> bytes:
    """Return ``count`` (at most 32) bytes that depend on nothing but ``name``."""
    return hashlib.sha256(name.encode()).digest()[:count]
