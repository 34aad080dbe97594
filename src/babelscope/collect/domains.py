"""Registrable domains, after the Public Suffix List with its private part: which hosts are in one hand."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit


@lru_cache(maxsize=1 << 14)
def registrable(host: str) -> str:
    """Return the registrable domain of ``host`` (a customer's own at a blog host), ``host`` itself without one."""
    from tld import get_fld

    return get_fld(f"https://{host}", fail_silently=True) or host


def same_site(left: str, right: str) -> bool:
    """Say whether two addresses belong to one registrable domain, or else to one host."""
    return _site(left) == _site(right) != ""


def _site(url: str) -> str:
    return registrable(urlsplit(url).hostname or "").removeprefix("www.")
