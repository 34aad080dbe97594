from __future__ import annotations

import dataclasses
import gzip
import hashlib
import http.client
import json
import re
import threading
import urllib.robotparser
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from charset_normalizer import from_bytes
from selectolax.lexbor import LexborHTMLParser

from babelscope.demo import addresses
from babelscope.demo.press import Article, Outlet, Press, load_press
from babelscope.demo.server import Access, DemoServer
from babelscope.demo.site import render

PRESS = load_press()
ALIVE = [outlet for outlet in PRESS.outlets if "dead-feed" not in outlet.quirks]
EDITED = next(article for article in PRESS.articles if article.edited)


def outlet_of(article: Article) -> Outlet:
    return next(outlet for outlet in PRESS.outlets if outlet.id == article.outlet)


def page(article: Article, edition: Any = 1) -> str:
    outlet = outlet_of(article)
    response = render(PRESS, outlet.host, addresses.path_of(article), edition)
    assert response.status == 200
    return response.body.decode(outlet.charset)


def entries(outlet: Outlet, edition: Any = 1) -> list[Any]:
    response = render(PRESS, outlet.host, addresses.feed_path(outlet), edition)
    assert response.status == 200
    if outlet.feed == "json":
        return list(json.loads(response.body)["items"])
    parsed = feedparser.parse(response.body, response_headers={"content-type": response.headers["Content-Type"]})
    return list(parsed.entries)


def paths_of(outlet: Outlet) -> list[str]:
    articles = PRESS.of(outlet)
    sections = {addresses.section_path(article.section) for article in articles}
    pages = [addresses.path_of(article) for article in articles]
    pictures = [addresses.picture_path(article) for article in articles]
    fixed = ["/", "/robots.txt", "/favicon.svg", "/favicon.ico", addresses.feed_path(outlet)]
    return [*fixed, *sorted(sections), *pages, *pictures]


@pytest.mark.parametrize("article", PRESS.articles, ids=lambda article: article.key)
def test_a_page_holds_the_text_among_furniture(article: Article) -> None:
    tree = LexborHTMLParser(page(article))
    text = tree.body.text()  # type: ignore[union-attr]
    assert tree.css_first("h1").text() == article.title  # type: ignore[union-attr]
    for paragraph in article.paragraphs:
        assert paragraph in text
    html = tree.css_first("html")
    assert html is not None
    assert html.attributes["lang"] == article.language
    assert html.attributes["dir"] == ("rtl" if article.language in ("ar", "fa", "he") else "ltr")
    assert "Fictional demo press, Apache-2.0" in text
    for other in PRESS.of(outlet_of(article)):
        if other.slug != article.slug:
            assert other.paragraphs[0] not in text


@pytest.mark.parametrize("layout", ["a", "b", "c", "d"])
def test_each_layout_states_its_time_in_its_own_way(layout: str) -> None:
    for article in PRESS.articles:
        if outlet_of(article).template != layout:
            continue
        tree = LexborHTMLParser(page(article))
        data = tree.css_first('script[type="application/ld+json"]')
        graph = tree.css_first('meta[property="article:published_time"]')
        micro = tree.css_first('time[itemprop="datePublished"]')
        assert [bool(data), bool(graph), bool(micro)] == [layout == "a", layout == "b", layout == "c"]
        stated = {
            "a": lambda data=data: json.loads(data.text())["datePublished"],
            "b": lambda graph=graph: graph.attributes["content"],
            "c": lambda micro=micro: micro.attributes["datetime"],
            "d": lambda tree=tree: tree.css_first("time").attributes["datetime"],
        }[layout]()
        assert stated == article.published.isoformat()


@pytest.mark.parametrize("outlet", PRESS.outlets, ids=lambda outlet: outlet.id)
def test_links_lead_somewhere(outlet: Outlet) -> None:
    front = LexborHTMLParser(render(PRESS, outlet.host, "/").body.decode(outlet.charset))
    links = {link.attributes["href"] for link in front.css("a[href], link[href]")}
    for article in PRESS.of(outlet):
        assert addresses.path_of(article) in links
    dead = addresses.feed_path(outlet) if "dead-feed" in outlet.quirks else None
    for link in links:
        path = (link or "").removeprefix(f"http://{outlet.host}").partition("#")[0]
        if path and path != dead:
            assert render(PRESS, outlet.host, path).status == 200, path


@pytest.mark.parametrize("outlet", PRESS.outlets, ids=lambda outlet: outlet.id)
def test_sections_have_readable_addresses(outlet: Outlet) -> None:
    names = {article.section for article in PRESS.of(outlet)}
    paths = {addresses.section_path(name) for name in names}
    assert len(paths) == len(names)
    assert all(re.fullmatch(r"/[a-z]+(-[a-z]+)*/", path) for path in paths), paths


@pytest.mark.parametrize("outlet", ALIVE, ids=lambda outlet: outlet.id)
def test_every_feed_lists_its_articles(outlet: Outlet) -> None:
    found = {entry.get("link") or entry.get("url"): entry for entry in entries(outlet)}
    articles = PRESS.of(outlet)
    assert set(found) == {addresses.url_of(outlet, article) for article in articles}
    for article in articles:
        entry = found[addresses.url_of(outlet, article)]
        assert entry["title"] == article.title
        assert entry["summary"].replace("\xa0", "") == article.summary
        stated = "date_published" if outlet.feed == "json" else "published"
        if outlet.feed == "rss":
            assert parsedate_to_datetime(entry[stated]) == article.published
        else:
            assert entry[stated] == article.published.isoformat()
        names = [author["name"] for author in entry.get("authors", []) if author]
        assert set(article.authors) <= set(names)
    ids = [entry.get("id") or entry.get("dc_identifier") for entry in found.values()]
    assert all(ids)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("outlet", PRESS.outlets, ids=lambda outlet: outlet.id)
def test_only_the_malformed_feed_is_no_xml(outlet: Outlet) -> None:
    if outlet.feed == "json" or outlet not in ALIVE:
        return
    body = render(PRESS, outlet.host, addresses.feed_path(outlet)).body
    if "malformed-feed" in outlet.quirks:
        with pytest.raises(ElementTree.ParseError):
            ElementTree.fromstring(body)
        assert feedparser.parse(body).bozo
    else:
        ElementTree.fromstring(body)


def test_the_dead_feed_answers_500() -> None:
    dead = [outlet for outlet in PRESS.outlets if outlet not in ALIVE]
    assert dead
    for outlet in dead:
        assert render(PRESS, outlet.host, addresses.feed_path(outlet)).status == 500
        assert render(PRESS, outlet.host, "/").status == 200


def test_the_wrong_charset_can_be_told_from_the_bytes() -> None:
    wrong = [outlet for outlet in PRESS.outlets if "wrong-charset" in outlet.quirks]
    assert wrong
    for outlet in wrong:
        for article in PRESS.of(outlet):
            response = render(PRESS, outlet.host, addresses.path_of(article))
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            assert b"charset=utf-8" in response.body.replace(b'"', b"").lower()
            with pytest.raises(UnicodeDecodeError):
                response.body.decode("utf-8")
            guess = from_bytes(response.body).best()
            assert guess is not None
            assert article.paragraphs[0] in str(guess)


def test_other_charsets_are_declared_truly() -> None:
    for outlet in PRESS.outlets:
        if "wrong-charset" not in outlet.quirks:
            response = render(PRESS, outlet.host, "/")
            assert response.headers["Content-Type"] == f"text/html; charset={outlet.charset}"
            assert outlet.charset.encode() in response.body[:400]


@pytest.mark.responsible
def test_robots_forbids_just_the_disallowed() -> None:
    forbidden = 0
    for outlet in PRESS.outlets:
        robots = urllib.robotparser.RobotFileParser()
        text = render(PRESS, outlet.host, "/robots.txt").body.decode()
        robots.parse(text.splitlines())
        assert "crawl-delay" not in text.lower()
        for article in PRESS.of(outlet):
            allowed = robots.can_fetch("Babelscope/1.0", addresses.url_of(outlet, article))
            assert allowed == (article.robots != "disallow"), article.key
            forbidden += not allowed
    assert forbidden


def test_the_second_edition_changes_only_the_edited_article() -> None:
    edited = {(outlet_of(one).host, addresses.path_of(one)) for one in PRESS.articles if one.edited}
    hosts = {host for host, _ in edited}
    for outlet in PRESS.outlets:
        for path in paths_of(outlet):
            first, second = render(PRESS, outlet.host, path, 1), render(PRESS, outlet.host, path, 2)
            if (outlet.host, path) in edited:
                assert first.body != second.body
                assert first.headers["ETag"] != second.headers["ETag"]
                assert first.headers["Last-Modified"] != second.headers["Last-Modified"]
            elif outlet.host not in hosts or path.endswith((".html", ".svg", ".ico", ".txt")):
                assert first == second, path


def test_the_second_edition_shows_in_the_feed() -> None:
    outlet = outlet_of(EDITED)
    assert EDITED.edited is not None
    url = addresses.url_of(outlet, EDITED)
    for edition in (1, 2):
        for entry in entries(outlet, edition):
            updated = entry.get("date_modified") or entry.get("updated")
            if (entry.get("link") or entry.get("url")) == url and edition == 2:
                assert updated == EDITED.edited.at.isoformat()
                assert entry["title"] == EDITED.at(2).title
            else:
                assert updated in (None, entry.get("date_published"), entry.get("published"))


def test_rendering_is_pure() -> None:
    for outlet in PRESS.outlets:
        for path in paths_of(outlet):
            response = render(PRESS, outlet.host, path)
            assert response == render(PRESS, outlet.host, path)
            if response.status == 200:
                assert hashlib.sha256(response.body).hexdigest()[:24] in response.headers["ETag"]
                assert parsedate_to_datetime(response.headers["Last-Modified"]).year == 2026


@pytest.mark.parametrize("path", ["/nothing", "/media/nothing.svg", "/../outlets.toml", "", "/index.html"])
def test_unknown_paths_are_404(path: str) -> None:
    for outlet in PRESS.outlets[:4]:
        assert render(PRESS, outlet.host, path).status == 404


def test_an_unknown_host_is_404() -> None:
    assert render(PRESS, "nobody.test", "/").status == 404


def test_titles_cannot_break_the_page() -> None:
    nasty = '</script><script>alert("1 & 2")</script>'
    article = next(one for one in PRESS.articles if outlet_of(one).template == "a")
    changed = dataclasses.replace(article, title=nasty)
    press = Press(outlets=PRESS.outlets, articles=(changed,))
    outlet = outlet_of(article)
    text = render(press, outlet.host, addresses.path_of(changed)).body.decode(outlet.charset)
    tree = LexborHTMLParser(text)
    assert nasty not in text
    assert tree.css_first("h1").text() == nasty  # type: ignore[union-attr]
    assert json.loads(tree.css_first('script[type="application/ld+json"]').text())["headline"] == nasty  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer() as running:
        yield running


class Client:
    def __init__(self, server: DemoServer) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)

    def ask(self, host: str, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers={"Host": host, **named})
        answer = self.connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@pytest.fixture
def client(server: DemoServer) -> Iterator[Client]:
    made = Client(server)
    yield made
    made.connection.close()


def test_the_server_answers_by_host(server: DemoServer, client: Client) -> None:
    for host, (address, port) in server.hosts.items():
        assert (address, port) == ("127.0.0.1", server.port)
        status, headers, body = client.ask(f"{host}:{port}", "/")
        assert (status, body) == (200, render(PRESS, host, "/").body)
        assert headers["etag"] == render(PRESS, host, "/").headers["ETag"]
        assert server.log[-1] == Access(host, "/", 200) == (host, "/", 200)
    assert client.ask("nobody.test", "/x?y=1")[0] == 404
    assert server.log[-1] == ("nobody.test", "/x?y=1", 404)


def test_the_server_answers_304(server: DemoServer, client: Client) -> None:
    host = PRESS.outlets[0].host
    _, headers, _ = client.ask(host, "/")
    date = headers["last-modified"]
    for asked in (
        {"If_None_Match": headers["etag"]},
        {"If_None_Match": f'"other", {headers["etag"]}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": date},
    ):
        status, second, body = client.ask(host, "/", **asked)
        assert (status, body) == (304, b"")
        assert second["etag"] == headers["etag"]
        assert server.log[-1] == (host, "/", 304)
    for asked in (
        {"If_None_Match": '"other"', "If_Modified_Since": date},
        {"If_Modified_Since": "Mon, 09 Nov 2026 00:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
    ):
        assert client.ask(host, "/", **asked)[0] == 200
    assert client.ask(host, "/none", If_None_Match="*")[0] == 404


def test_the_server_compresses_when_asked(client: Client) -> None:
    host = PRESS.outlets[0].host
    plain = client.ask(host, "/")
    packed = client.ask(host, "/", Accept_Encoding="br, gzip;q=0.8")
    assert packed[1]["content-encoding"] == "gzip"
    assert gzip.decompress(packed[2]) == plain[2]
    assert packed[2] == client.ask(host, "/", Accept_Encoding="gzip")[2]
    assert "content-encoding" not in plain[1]
    assert "content-encoding" not in client.ask(host, "/", Accept_Encoding="gzip;q=0")[1]


def test_head_has_no_body(client: Client) -> None:
    host = PRESS.outlets[0].host
    status, headers, body = client.ask(host, "/", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) == len(client.ask(host, "/")[2])
    assert client.ask(host, "/", method="POST")[0] == 501


def test_the_edition_can_be_switched(server: DemoServer, client: Client) -> None:
    host, path = outlet_of(EDITED).host, addresses.path_of(EDITED)
    first = client.ask(host, path)
    server.edition = 2
    try:
        second = client.ask(host, path, If_None_Match=first[1]["etag"])
    finally:
        server.edition = 1
    assert second[0] == 200
    assert second[2] != first[2]
    assert client.ask(host, path, If_None_Match=first[1]["etag"])[0] == 304


def test_a_proxys_request_line_names_the_host(server: DemoServer, client: Client) -> None:
    host = PRESS.outlets[1].host
    assert client.ask("127.0.0.1", f"http://{host}/robots.txt")[0] == 200
    assert server.log[-1] == (host, "/robots.txt", 200)


def test_stopping_ends_threads_and_connections() -> None:
    before = set(threading.enumerate())
    running = DemoServer()
    with running:
        clients = [Client(running) for _ in range(5)]
        for one in clients:
            assert one.ask(PRESS.outlets[0].host, "/")[0] == 200
        port = running.port
    assert set(threading.enumerate()) <= before
    with pytest.raises(OSError):
        http.client.HTTPConnection("127.0.0.1", port, timeout=2).request("GET", "/")
    with pytest.raises(RuntimeError):
        _ = running.port
    for one in clients:
        one.connection.close()
