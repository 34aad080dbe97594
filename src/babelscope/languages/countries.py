"""Country codes: ISO 3166-1 alpha-2, from alpha-3, names and tags, after the territories of Unicode CLDR (babel).

``XK`` (Kosovo) is in general use and stands with them, though ISO 3166 leaves it to its users.
"""

from __future__ import annotations

from functools import lru_cache

_ANYBODYS = frozenset(
    {
        "ac", "ai", "bz", "cc", "co", "fm", "gg", "im", "io", "la", "me", "nu", "pw", "sh", "st", "tk", "to", "tv",
        "vc", "ws",
    }
)  # fmt: skip
"""Top-level domains of countries that are mostly sold to others."""
_NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Return code → English name and alpha-3 → alpha-2."""
    from babel import Locale
    from babel.core import get_global

    names = {
        code: str(name)
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
    long = {
        code: short[0]
        for code, short in get_global("territory_aliases").items()
        if len(code) == 3 and code.isalpha() and short[0] in names
    }
    return names, {**long, "XKX": "XK", "XKK": "XK"}


def countries() -> dict[str, str]:
    """Return alpha-2 code → English name of every country and territory."""
    return _tables()[0]


def country_code(value: str) -> str:
    """Return the alpha-2 code of a code (``ie``, ``IRL``), English name or language tag (``ga-IE``); "" if unknown."""
    names, long = _tables()
    text = value.strip()
    parts = text.replace("_", "-").upper().split("-")
    for part in (text.upper(), *(part for part in parts[1:] if len(part) == 2)):
        if part in names:
            return part
    if text.upper() in long:
        return long[text.upper()]
    wanted = text.casefold()
    return next((code for code, name in names.items() if name.casefold() == wanted), "")


def country_name(code: str) -> str:
    """Return the English name of an alpha-2 code; the code itself if it is not known."""
    return countries().get(code.upper(), code)


def country_of_host(host: str) -> str:
    """Return the alpha-2 code of the country in whose domain ``host`` lies; "" for others.

    Domains that are mostly sold abroad (``.tv``, ``.io``) count only below a second level such as ``com.co``.
    """
    parts = host.lower().rstrip(".").split(".")
    top = {"uk": "gb"}.get(parts[-1], parts[-1])
    below = len(parts) > 2 and parts[-2] in ("com", "co", "org", "net", "gov", "edu", "ac", "gob", "gouv")
    if len(top) != 2 or (top in _ANYBODYS and not below):
        return ""
    return top.upper() if top.upper() in countries() else ""
