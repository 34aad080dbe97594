"""The outlets' pages: fronts, sections and articles in four layouts, with what real pages have around the text."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import jinja2

from babelscope.demo import addresses, labels
from babelscope.demo.press import Article, Outlet

TEASERS = 5

ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("babelscope.demo", "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclasses.dataclass(frozen=True)
class Site:
    """What every page of an outlet is made from: its articles as ``first`` published and as they read now.

    ``charset`` is what the pages declare.
    """

    outlet: Outlet
    first: tuple[Article, ...]
    articles: tuple[Article, ...]
    charset: str

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections, in the order in which their newest articles appeared."""
        return tuple(dict.fromkeys(article.section for article in self.articles))


def front(site: Site) -> str:
    """Return the front page."""
    return _list(site, site.outlet.name, "/", site.articles)


def section(site: Site, name: str) -> str:
    """Return the page of the section ``name``."""
    listed = [article for article in site.articles if article.section == name]
    return _list(site, name, addresses.section_path(name), listed)


def missing(site: Site) -> str:
    """Return the page for an address at which there is nothing."""
    return _list(site, "404", "/404.html", ())


def article(site: Site, shown: Article) -> str:
    """Return an article's page. Its teasers keep the titles as first published, as cached fragments do."""
    others = [one for one in site.first if one.slug != shown.slug and one.language == shown.language]
    near = sorted(others, key=lambda one: one.section != shown.section)
    return ENVIRONMENT.get_template(f"article_{site.outlet.template}.html").render(
        _context(site, shown.language, addresses.path_of(shown)),
        article=shown,
        dateline=_dateline(shown),
        related=near[:TEASERS],
        linked_data=_linked_data(site.outlet, shown),
        picture=f"http://{site.outlet.host}{addresses.picture_path(shown)}",
    )


def robots(outlet: Outlet, articles: Sequence[Article]) -> str:
    """Return the robots.txt (RFC 9309): all is allowed but the articles marked "disallow"."""
    closed = [f"Disallow: {addresses.path_of(article)}" for article in articles if article.robots == "disallow"]
    return "\n".join([f"# {outlet.name}", "User-agent: *", *closed, "Allow: /", ""])


def _list(site: Site, heading: str, path: str, articles: Sequence[Article]) -> str:
    context = _context(site, site.outlet.languages[0], path)
    return ENVIRONMENT.get_template("list.html").render(context, heading=heading, articles=articles)


def _context(site: Site, language: str, path: str) -> dict[str, object]:
    words = labels.words(language)
    return {
        "outlet": site.outlet,
        "layout": f"layout_{site.outlet.template}.html",
        "charset": site.charset,
        "language": language,
        "direction": labels.direction(language),
        "t": words,
        "sections": [(name, addresses.section_path(name)) for name in site.sections],
        "canonical": f"http://{site.outlet.host}{path}",
        "feed_path": addresses.feed_path(site.outlet),
        "feed_type": addresses.FEED_TYPES[site.outlet.feed],
        "path_of": addresses.path_of,
        "picture_path": addresses.picture_path,
        "date": functools.partial(labels.printed, words["date"]),
    }


def _dateline(article: Article) -> str:
    """Return what stands before the first sentence of an agency's own text: place, date and agency."""
    if not article.dateline:
        return ""
    pattern = labels.words(article.language)["dateline"]
    return pattern.format(dateline=article.dateline, agency=article.agency)


def _linked_data(outlet: Outlet, article: Article) -> dict[str, object]:
    """Return the article as a schema.org/NewsArticle, for JSON-LD."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "OpinionNewsArticle" if article.kind == "opinion" else "NewsArticle",
        "headline": article.title,
        "description": article.summary,
        "inLanguage": article.language,
        "datePublished": article.published.isoformat(),
        "dateModified": article.changed.isoformat(),
        "articleSection": article.section,
        "mainEntityOfPage": addresses.url_of(outlet, article),
        "image": [f"http://{outlet.host}{addresses.picture_path(article)}"],
        "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name, "url": f"http://{outlet.host}/"},
    }
    if article.authors:
        data["author"] = [{"@type": "Person", "name": author} for author in article.authors]
    return data
