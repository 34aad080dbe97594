"""Write the built-in source registry, ``sources/<country>/outlets.toml``, from facts.

Facts are names, homes, feed addresses, countries and languages: those of our own lists in ``scripts/registry`` and
those of the feed lists in ``../shared/data``, which must be there. An outlet is one site: all its feeds become one
``[[source]]``.

    python scripts/build_sources.py [--check]
"""

from __future__ import annotations

import argparse
import html
import importlib.util
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from tld import get_fld

from babelscope.collect.lists.tables import write_toml
from babelscope.flow.registry_checks import Entry, address_fault, address_key, repeated
from babelscope.flow.sources import examine
from babelscope.languages.countries import country_code, country_name
from babelscope.model import Listen, Source

ROOT = Path(__file__).resolve().parents[1]
LISTS = ROOT / "scripts" / "registry"
TARGET = ROOT / "sources"
SHARED = ROOT.parent / "shared" / "data"
KINDS = {"p": "press", "b": "broadcast", "a": "agency", "o": "official"}
MAX_FEEDS = 12
PAGE_EVERY = 3600
"""Seconds between two looks at a front page, for outlets whose feed is not known."""
CARRIERS = (
    "feedburner.com", "reddit.com", "youtube.com", "medium.com", "amazonaws.com", "s3.", "allafrica.com", "news.yahoo",
    "api.axios.com", "uecdn.es", "img.com.ua", "a.dj.com", "bbci.co.uk", "sebi.gov.in", "newsnblogs.com", "telegram",
)  # fmt: skip
"""Hosts that carry other people's feeds, or are no outlet: their feeds do not tell whose they are."""
_SUBDOMAIN = re.compile(r"^(?:www\d?|feeds?|rss|rssfeeds|newsfeed|m|api|e00)\.")
_NOISE = re.compile(r"\s*(?:[|:»\-–—/]{1,2}\s.*|\bRSS\b.*|\blatest\b.*)$", re.IGNORECASE)
_EMPTY_NAMES = frozenset(
    [
        "home",
        "home page",
        "all",
        "all content",
        "world",
        "top stories",
        "latest news",
        "news",
        "rss",
        "portada",
        "front page",
        "playbook",
        "najnowsze",
        "latest and breaking",
        "top world news",
        "lo último en",
        "españa",
        "газета",
        "все материалы",
        "последние новости на сайте",
        "informационное агентство",
        "us top news and analysis",
        "home -",
        "aktuell",
        "the local",
        "world & nation",
        "debate",
    ]
)
_MANY_OUTLETS = (
    "bbc.com", "bbc.co.uk", "philstar.com", "rci.fm", "sverigesradio.se", "abc.net.au", "forward.com", "nrk.no",
    "vrt.be", "asahi.com", "theguardian.com",
)  # fmt: skip
"""Sites with several outlets, one below each path."""


def main() -> int:
    """Write, or with ``--check`` compare; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    check = parser.parse_args().check
    files = {TARGET / cc.lower() / "outlets.toml": written(cc, rows) for cc, rows in sorted(collected().items())}
    changed = [path for path, raw in files.items() if not path.is_file() or path.read_bytes() != raw]
    if not check:
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path])
        for problem in examine(TARGET).problems:
            print(problem, file=sys.stderr)
    print(f"{len(files)} countries, {len(changed)} files {'differ' if check else 'written'}")
    return 1 if check and changed else 0


def collected() -> dict[str, list[Source]]:
    """Return country → its outlets, in order of id, no outlet twice."""
    drafts = {site_of(row.home): row for row in own_outlets()}
    defaults, by_host = languages()
    names = dict(line.split("|") for line in _lines(LISTS / "names.txt"))
    for country, listed_name, home, feeds in [*listed(), *opml()]:
        site = site_of(home)
        name = names.get(site, listed_name)
        carried = any(carrier in site for carrier in CARRIERS)
        if country not in defaults or carried or name == "-" or address_fault(home):
            continue
        before = drafts.get(site)
        if before is None:
            spoken = by_host.get(site) or (defaults[country],)
            before = Source(id="", name=name or site, home=home, country=country, languages=spoken)
        known = {address_key(listen.url) for listen in before.listens}
        own = [feed for feed in dict.fromkeys(feeds) if is_own(feed, before.home) and not address_fault(feed)]
        fresh = [Listen(url=feed) for feed in own if address_key(feed) not in known]
        drafts[site] = msgspec.structs.replace(before, listens=(*before.listens, *fresh)[:MAX_FEEDS])
    return by_country(drafts)


def is_own(feed: str, home: str) -> bool:
    """Say whether a feed lies on its outlet's own domain: the lists name many feeds of other outlets by mistake."""
    domains = {get_fld(url, fail_silently=True, fix_protocol=True) for url in (feed, home)}
    return len(domains) == 1 and None not in domains


def by_country(drafts: dict[str, Source]) -> dict[str, list[Source]]:
    """Give every outlet its id and something to listen to; leave out what repeats another."""
    found: dict[str, list[Source]] = defaultdict(list)
    taken: set[str] = set()
    entries: list[Entry] = []
    for site, draft in sorted(drafts.items(), key=lambda pair: (pair[1].country, pair[0])):
        page = Listen(url=draft.home, kind="page", every=PAGE_EVERY)
        source = msgspec.structs.replace(
            draft, id=_free_id(draft.country, site, taken), listens=draft.listens or (page,)
        )
        if repeated([*entries, Entry(source, "", 0)]):
            source = msgspec.structs.replace(source, listens=(page,))
            if repeated([*entries, Entry(source, "", 0)]):
                continue
        entries.append(Entry(source, "", 0))
        taken.add(source.id)
        found[source.country].append(source)
    return found


def _free_id(country: str, site: str, taken: set[str]) -> str:
    """Return ``ie-rte`` for rte.ie; with the ending (``ie-rte-com``) where that is taken."""
    host, _, path = site.partition("/")
    labels = host.encode("idna").decode("ascii").split(".")
    ends = 2 if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else 1
    for stem in (labels[:-ends], labels):
        words = re.sub(r"[^a-z0-9]+", "-", "-".join([*stem, *path.split("/")]).lower()).strip("-")
        id_ = f"{country.lower()}-{words}"[:64].rstrip("-")
        if id_ not in taken:
            return id_
    raise SystemExit(f"{site}: no free id")


def site_of(url: str) -> str:
    """Return host and path of ``url`` without ``www.`` and the like: what one outlet is known by."""
    parts = urlsplit(url)
    host = _SUBDOMAIN.sub("", (parts.hostname or "").lower())
    path = (
        parts.path.strip("/") if host.endswith(_MANY_OUTLETS) and not re.search(r"rss|feed|xml|\.", parts.path) else ""
    )
    return f"{host}/{path}".rstrip("/")


def own_outlets() -> Iterator[Source]:
    """Yield the outlets of our own lists."""
    for path in sorted(LISTS.glob("outlets_*.txt")):
        for line in _lines(path):
            fields = (line.split("|") + [""] * 7)[:7]
            country, spoken, name, home, kind, standing, reference = fields
            reference = f"https://en.wikipedia.org/wiki/{reference[2:]}" if reference.startswith("w:") else reference
            yield msgspec.convert(
                {
                    "id": "", "name": name, "home": f"https://{home}{'' if '/' in home else '/'}", "country": country,
                    "languages": spoken.split(","), "kind": KINDS[kind], "standing": standing or "unknown",
                    "reference": reference,
                },
                Source,
            )  # fmt: skip


def languages() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return country → main language of its press, and host → languages of outlets that differ."""
    defaults: dict[str, str] = {}
    by_host: dict[str, tuple[str, ...]] = {}
    for line in _lines(LISTS / "languages.txt"):
        key, _, value = line.partition("|")
        if re.fullmatch("[A-Z]{2}", key):
            defaults[key] = value
        else:
            by_host[key] = tuple(value.split(","))
    return defaults, by_host


def listed() -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield (country, name, home, feeds in use) of the list of feeds by country."""
    for row in _shared("sources_yavuz"):
        country = country_code(row["country"])
        if country:
            yield country, tidy(row["name"]), _front(row["site"]), [row["feed"]] if row["active"] else []


def opml() -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield (country, name, home, feeds) of the country files of the OPML collection."""
    for file in _shared("sources_awesome_rss"):
        group, _, stem = file["name"].removesuffix(".opml").partition("/")
        country = country_code(re.sub(r" SAR China| \(.*\)", "", stem)) if group == "countries" else ""
        text = file["data"].decode("utf-8", "replace")
        for outline in re.findall(r"<outline\b[^>]*xmlUrl=[^>]*>", text) if country else ():
            url = html.unescape(_attribute(outline, "xmlUrl"))
            host = _SUBDOMAIN.sub("", urlsplit(url).hostname or "")
            if host:
                yield country, tidy(html.unescape(_attribute(outline, "title"))), f"https://{host}/", [url]


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found.group(1) if found else ""


def _front(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}/"


def tidy(name: str) -> str:
    """Return the name of an outlet from the title of its feed; "" if that says nothing."""
    plain = re.sub(r"\s+", " ", html.unescape(html.unescape(name))).strip()
    short = _NOISE.sub("", plain).strip() or plain
    return "" if short.casefold() in _EMPTY_NAMES or len(short) < 2 or short.startswith("http") else short[:80]


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _shared(name: str) -> list[dict[str, object]]:
    """Return a list of ../shared/data; ends the program where it is absent."""
    if not (SHARED / name).is_dir():
        raise SystemExit(f"{SHARED / name} is absent: the registry cannot be built here")
    spec = importlib.util.spec_from_file_location("shared_lists", SHARED / "load.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.LOADERS[name]())


def written(country: str, rows: list[Source]) -> bytes:
    """Return one registry file."""
    of = country_name(country)
    head = f"# Outlets of {of}. Made by scripts/build_sources.py; docs/sources.md: how to add one.\n\n"
    return head.encode() + write_toml(rows)


if __name__ == "__main__":
    sys.exit(main())
