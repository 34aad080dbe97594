"""Is an item news? Feeds and sitemaps that name the same article speak of its versions in their own ways."""

from __future__ import annotations

SITEMAP = "sitemap:"
"""How the versions of sitemaps begin; those of feeds begin otherwise, and section pages have none."""


def is_news(known: str | None, offered: str) -> bool:
    """Say whether an item must be fetched, whose version is ``known`` (None: never taken) and is now ``offered``.

    An edit is believed only from the same kind of witness: a version of a feed and one of a sitemap cannot be
    compared, and "" says nothing. Otherwise an article in a feed and in a sitemap were fetched at every poll.
    """
    if known is None:
        return True
    comparable = bool(known) and bool(offered) and known.startswith(SITEMAP) == offered.startswith(SITEMAP)
    return comparable and known != offered
