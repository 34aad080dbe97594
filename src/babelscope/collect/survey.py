"""From an address to a source: which feeds, sitemaps, language and country it has, and how that is known.

What the page declares is tried first, then links that look like feeds, then the paths where most software puts them;
every request is the collector's own, so robots.txt and the pace of the host hold for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import msgspec

from babelscope.collect.address import parse_address
from babelscope.collect.fetch import Fetched, media_type
from babelscope.collect.home_page import HomePage, Stated, country_of, languages_of, name_of, read_home_page
from babelscope.collect.reasons import Refused
from babelscope.collect.visitor import Reached, Visitor, reached
from babelscope.flow.errors import BadInput
from babelscope.flow.registry_checks import address_key
from babelscope.govern import is_login_address
from babelscope.model import Listen
from babelscope.model.source import ListenKind

COMMON_PATHS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")
"""Where most software puts its feed; asked one after the other until one is there."""
MAX_DECLARED = 8
MAX_LINKED = 4
MAX_SITEMAPS = 3
MAX_LISTENS = 5
"""Feeds of one outlet that are listened to: the general ones are declared first."""
LEAST_ARTICLES = 5
"""Links to articles that make a page worth listening to as such."""

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_FEED_START = re.compile(rb"[\xef\xbb\xbf\s]*(<\?xml[^>]*>\s*)?<(rss|feed|rdf:rdf)[\s>]", re.IGNORECASE)

Teller = Callable[[str], None]


class Candidate(msgspec.Struct, frozen=True):
    """An address that may be listened to, how it was found, and what became of asking for it."""

    how: str
    reached: Reached


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, and how it is known; ``listens`` are the addresses chosen of ``candidates``."""

    home: str
    name: Stated
    country: Stated
    languages: tuple[Stated, ...]
    listens: tuple[Listen, ...]
    candidates: tuple[Candidate, ...]


async def survey(url: str, visitor: Visitor, tell: Teller = lambda _: None) -> Survey:
    """Look at ``url``, a home page or a feed; ``tell`` hears what is being asked.

    Raises ``Refused`` when the address itself cannot be had, may not be asked for, or is a login.
    """
    address = parse_address(url)
    if is_login_address(address.url):
        raise Refused("login", address.url)
    tell(address.url)
    fetched = await visitor.page(address.url)
    work = _Survey(visitor, tell)
    page = await work.begin(fetched)
    home = page.url if page else f"{parse_address(fetched.exchange.capture.final_url).origin}/"
    await work.look(page, home)
    tags = [tag for one in work.candidates if one.reached.ok for tag in one.reached.languages]
    return Survey(
        home=home,
        name=name_of(page, home),
        country=country_of(page, home, tags),
        languages=languages_of(page, tags),
        listens=work.chosen(),
        candidates=tuple(work.candidates),
    )


class _Survey:
    """One survey: what was tried so far."""

    def __init__(self, visitor: Visitor, tell: Teller) -> None:
        self._visitor = visitor
        self._tell = tell
        self._fetched: Fetched | None = None
        self.candidates: list[Candidate] = []

    async def begin(self, fetched: Fetched) -> HomePage | None:
        """Read the first answer: a home page, or a feed whose home page is then asked for (None: it cannot be had)."""
        url = fetched.exchange.capture.final_url
        if _is_page(fetched):
            return self._home_page(fetched)
        listen = Listen(url=url)
        try:
            feed = await self._visitor.parse(fetched, listen)
        except BadInput as error:
            raise Refused("not-a-feed", f"neither an HTML page nor a feed: {error}") from None
        self.candidates.append(Candidate("the address given", reached(listen, feed, fetched.moved)))
        root = f"{parse_address(url).origin}/"
        self._tell(root)
        try:
            home = await self._visitor.page(root)
        except Refused:
            return None
        return self._home_page(home) if _is_page(home) else None

    async def look(self, page: HomePage | None, home: str) -> None:
        """Try feeds, then sitemaps, then the page itself, until there is something to listen to."""
        if page:
            await self._try(page.feeds[:MAX_DECLARED], "feed", "declared by the page")
        if page and not self._ok("feed"):
            await self._try(page.links[:MAX_LINKED], "feed", "linked from the page")
        if not self._ok("feed"):
            origin = parse_address(home).origin
            await self._try([f"{origin}{path}" for path in COMMON_PATHS], "feed", "a common path", until_first=True)
        await self._sitemaps(page, home)
        if not self._ok("feed") and not self._ok("sitemap") and page and self._fetched:
            await self._page_itself(self._fetched)

    def chosen(self) -> tuple[Listen, ...]:
        """Return what is to be listened to: feeds; without any a sitemap; without one the page itself."""
        kinds: tuple[ListenKind, ...] = ("feed", "sitemap", "page")
        for kind in kinds:
            good = [one.reached for one in self.candidates if one.reached.kind == kind and one.reached.ok]
            if good:
                return tuple(Listen(url=one.url, kind=kind) for one in good[: MAX_LISTENS if kind == "feed" else 1])
        return ()

    def _home_page(self, fetched: Fetched) -> HomePage:
        self._fetched = fetched
        page = read_home_page(fetched.exchange.body, fetched.exchange.capture.final_url, fetched.content_type)
        if page.login:
            raise Refused("login", "the page is a login")
        return page

    async def _sitemaps(self, page: HomePage | None, home: str) -> None:
        in_robots = sorted(self._visitor.sitemaps(home), key=lambda url: "news" not in urlsplit(url).path.lower())
        await self._try(in_robots[:MAX_SITEMAPS], "sitemap", "named in robots.txt")
        if page and not in_robots:
            await self._try(page.sitemaps[:MAX_SITEMAPS], "sitemap", "declared by the page")
        if not self._ok("sitemap") and not in_robots and not self._ok("feed"):
            await self._try([f"{parse_address(home).origin}/sitemap.xml"], "sitemap", "a common path")

    async def _page_itself(self, fetched: Fetched) -> None:
        listen = Listen(url=fetched.exchange.capture.final_url, kind="page")
        try:
            feed = await self._visitor.parse(fetched, listen)
        except BadInput as error:
            found = Reached(url=listen.url, kind="page", reason="not-a-feed", detail=str(error)[:300])
        else:
            found = reached(listen, feed)
            if found.items < LEAST_ARTICLES:
                found = msgspec.structs.replace(found, reason="not-a-feed", detail="hardly any links to articles")
        self.candidates.append(Candidate("links of the page itself", found))

    async def _try(self, urls: Iterable[str], kind: ListenKind, how: str, *, until_first: bool = False) -> None:
        for url in urls:
            tried = {address_key(one.reached.url) for one in self.candidates}
            if address_key(url) in tried:
                continue
            self._tell(url)
            found = await self._visitor.reach(Listen(url=url, kind=kind))
            self.candidates.append(Candidate(how, found))
            if until_first and found.ok:
                return

    def _ok(self, kind: ListenKind) -> bool:
        return any(one.reached.kind == kind and one.reached.ok for one in self.candidates)


def _is_page(fetched: Fetched) -> bool:
    """Say whether it is an HTML page; feeds are often sent as one."""
    kind = media_type(fetched.content_type) or fetched.exchange.capture.media_type
    return kind in _HTML and not _FEED_START.match(fetched.exchange.body[:1024])
