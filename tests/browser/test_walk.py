"""A reader's walk through the dashboard in real Chromium: stories, a story, a document, its provenance, searches.

Nothing may be loaded from elsewhere, and the console must stay silent. Pictures are left in the test's own folder.
"""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn

from babelscope.explore import search as searching
from babelscope.flow.config import Config
from babelscope.web.application import create_app
from babelscope.web.rendering import missing_static
from editions import fill_editions
from newsroom import fill_store, make_config, unit
from reading_world import fill_reading, reading_config

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = pytest.mark.browser


class Walk(msgspec.Struct):
    """A page with what it asked for and what it complained about."""

    page: Any
    base: str
    ids: dict[str, str]
    pictures: Path
    requests: list[str]
    complaints: list[str]

    def go(self, path: str) -> None:
        answer = self.page.goto(self.base + path)
        assert answer.status == 200

    def picture(self, name: str) -> None:
        self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True, caret="initial")
        assert (self.pictures / f"{name}.png").stat().st_size > 10_000

    def overflow(self) -> int:
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(wide))


@pytest.fixture(scope="module")
def built() -> None:
    if missing_static():
        pytest.skip("the browser files are not built: python hatch_build.py")


@pytest.fixture(scope="module")
def site(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    config = make_config(tmp_path_factory.mktemp("store"))
    ids = fill_store(config)
    patch = pytest.MonkeyPatch()

    def by_meaning(text: str, config: Config) -> bytes:
        return unit(0 if text in ("罢工", "الميناء") else 300)

    # the vectors of the small store are made up, so the query's must be too
    patch.setattr(searching.search, "__defaults__", (by_meaning,))
    with served(config) as base:
        yield base, ids
    patch.undo()


@pytest.fixture(scope="module")
def edited(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    config = make_config(tmp_path_factory.mktemp("edited"))
    ids = fill_editions(config)
    with served(config) as base:
        yield base, ids


@pytest.fixture
def readable(built: None, tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    config = reading_config(tmp_path / "store")
    ids = fill_reading(config)
    with served(config) as base:
        yield base, ids


@contextmanager
def served(config: Config) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(config), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[(1400, "light"), (390, "dark"), (360, "light")], ids=lambda p: f"{p[0]}-{p[1]}")
def walk(
    request: pytest.FixtureRequest, site: tuple[str, dict[str, str]], chromium: Any, tmp_path: Path
) -> Iterator[Walk]:
    width, scheme = request.param
    yield from walking(site, chromium, tmp_path, width, scheme)


@pytest.fixture
def wide(site: tuple[str, dict[str, str]], chromium: Any, tmp_path: Path) -> Iterator[Walk]:
    yield from walking(site, chromium, tmp_path, 1400, "light")


def walking(site: tuple[str, dict[str, str]], chromium: Any, folder: Path, width: int, scheme: str) -> Iterator[Walk]:
    base, ids = site
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    made = Walk(page=page, base=base, ids=ids, pictures=folder, requests=[], complaints=[])
    page.on("request", lambda request: made.requests.append(request.url))
    page.on("console", lambda message: made.complaints.append(message.text))
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    yield made
    context.close()
    assert [url for url in made.requests if not url.startswith(base)] == []
    assert made.complaints == []


def test_from_the_front_page_to_the_proof(walk: Walk) -> None:
    page = walk.page
    walk.go("/")
    assert walk.overflow() <= 0
    walk.picture("front")
    page.click(".why summary >> nth=0")
    assert page.is_visible("text=largest set of documents >> nth=0")
    page.click(".story h2 a >> nth=0")
    page.wait_for_url(re.compile("/story/"))
    page.wait_for_selector(".figures >> text=independent sources", timeout=5000)
    assert walk.overflow() <= 0
    walk.picture("story")
    page.click("a:has-text('إضراب')")
    page.wait_for_selector(".documentpage")
    assert walk.overflow() <= 0
    title = page.locator(".bodytitle")
    assert title.evaluate("e => getComputedStyle(e).direction") == "rtl"
    page.click("a.button:has-text('Provenance')")
    assert page.is_visible("text=SHA-256 of the body")
    walk.picture("document")
    page.click("a.button:has-text('Preserved original')")
    page.wait_for_url(re.compile("/original$"))
    assert "<h1>إضراب" in page.inner_text("body")


def test_searches_in_arabic_and_chinese(walk: Walk) -> None:
    page = walk.page
    walk.go("/search")
    for query, title in [("الميناء", "إضراب"), ("罢工", "罢工")]:
        page.fill("#q", query)
        page.press("#q", "Enter")
        page.wait_for_selector(f"bdi:text-is('{query}')")
        assert title in page.inner_text(".hits li:first-child h2")
        assert page.locator(".hits mark").first.inner_text() == query
        assert "close in meaning" in page.inner_text(".hits")
        assert walk.overflow() <= 0
        walk.picture(f"search-{len(query)}")
    assert page.evaluate("document.activeElement.id") == "q"


@pytest.mark.parametrize(
    "path", ["/sources", "/coverage", "/sources/manara", "/quarantine", "/runs", "/about", "/api", "/search?q=none"]
)
def test_every_other_page_fits(walk: Walk, path: str) -> None:
    walk.go(path)
    assert walk.overflow() <= 0
    walk.picture(path.strip("/").partition("?")[0].replace("/", "-"))


def test_a_source_in_trouble_is_found_and_looked_into(walk: Walk) -> None:
    page = walk.page
    walk.go("/sources")
    assert page.inner_text("tbody tr:first-child .state") == "failing"
    page.click(".conditions a:has-text('well')")
    page.wait_for_url(re.compile("condition=well"))
    page.wait_for_selector(".conditions a[aria-current]")
    assert "Dead Feed" not in page.inner_text("tbody")
    page.click("a.clear")
    page.wait_for_selector("tbody >> text=Dead Feed")
    page.select_option("select[name=country]", "EG")
    page.click(".sift button")
    page.wait_for_url(re.compile("country=EG"))
    name = page.locator("tbody th a bdi").first
    assert name.inner_text() == "المنارة"
    name.click()
    page.wait_for_selector(".sourcepage")
    assert walk.overflow() <= 0
    assert page.is_visible("text=https://manara.test/feed")
    walk.picture("source")


def test_nothing_of_the_masthead_is_cut_off(walk: Walk) -> None:
    page = walk.page
    for path in ("/sources", "/search"):
        walk.go(path)
        ends = "[...document.querySelectorAll('.sections a')].map(link => link.getBoundingClientRect().right)"
        assert max(page.evaluate(ends)) <= page.evaluate("innerWidth")
        fits = """() => [...document.querySelectorAll('input[type=search]')].every(input => {
            const pen = document.createElement('canvas').getContext('2d'), style = getComputedStyle(input);
            pen.font = style.font;
            const inside = input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
            return pen.measureText(input.placeholder).width <= inside + 1;
        })"""
        assert page.evaluate(fits)


def test_the_keyboard_is_enough(wide: Walk) -> None:
    page = wide.page
    wide.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("j")
    second = page.locator(".story h2 a").nth(1).get_attribute("href")
    assert page.evaluate("document.activeElement.getAttribute('href')") == second
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.getAttribute('href')") != second
    page.keyboard.press("?")
    assert page.is_visible("dialog[open]")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("ferry")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=ferry"))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(".documentpage")


def test_the_theme_is_kept(wide: Walk) -> None:
    page = wide.page
    wide.go("/")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.click("[data-theme-toggle]")  # from "as the system" to light
    assert page.evaluate(paper) == light
    page.click("[data-theme-toggle]")
    dark = page.evaluate(paper)
    assert dark != light
    wide.go("/about")
    assert page.evaluate(paper) == dark


def test_a_passage_link_marks_exactly_that_passage(wide: Walk) -> None:
    page = wide.page
    wide.go(f"/document/{wide.ids['ar1']}#t=4,20")
    text = page.evaluate("[...document.querySelectorAll('.passage')].map(e => e.textContent).join('')")
    assert text == "دخل إضراب عمال الميناء في الإسكندرية"[4:20]
    assert page.evaluate("document.activeElement.className") == "passage"
    # across names and paragraphs
    page.goto(f"{wide.base}/document/{wide.ids['en1']}#t=70,120")
    page.wait_for_selector(".passage")
    text = page.evaluate("[...document.querySelectorAll('.passage')].map(e => e.textContent).join('')")
    assert len(text) == 50


def test_selected_words_become_a_link(wide: Walk) -> None:
    page = wide.page
    wide.go(f"/document/{wide.ids['zh1']}")
    page.evaluate(
        """() => {
            const node = document.querySelectorAll("[data-text] p[data-start] [data-words=original]")[1].firstChild;
            const range = document.createRange();
            range.setStart(node, 0);
            range.setEnd(node, 3);
            getSelection().addRange(range);
        }"""
    )
    page.click("[data-passage-copy]")
    assert page.url.endswith("#t=18,21")
    assert page.inner_text(".passage") == "港务局"


def test_facets_narrow_without_losing_the_page(wide: Walk) -> None:
    page = wide.page
    wide.go("/search?q=ferry")
    page.click(".facet a:has-text('Portuguese')")
    page.wait_for_url(re.compile("language=pt"))
    assert page.get_attribute(".facet a:has-text('Portuguese')", "aria-current") == "true"
    page.go_back()
    page.wait_for_url(re.compile("q=ferry$"))
    page.wait_for_selector(".facet a:has-text('Portuguese'):not([aria-current])")


def test_a_mistake_is_explained_without_leaving_the_page(wide: Walk) -> None:
    page = wide.page
    wide.go("/search")
    page.fill("#q", "x " * 65)
    page.press("#q", "Enter")
    page.wait_for_selector("text=at most 64")
    wide.complaints[:] = [words for words in wide.complaints if "400" not in words]


def test_print_leaves_only_the_news(wide: Walk) -> None:
    page = wide.page
    wide.go(f"/story/{wide.ids['en1']}")
    page.emulate_media(media="print")
    assert not page.is_visible(".masthead")
    assert page.is_visible("text=Reports")


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (390, "dark")])
def test_what_changed_can_be_read_in_any_script(
    edited: tuple[str, dict[str, str]], chromium: Any, tmp_path: Path, width: int, scheme: str
) -> None:
    for walk in walking(edited, chromium, tmp_path, width, scheme):
        page = walk.page
        for key, text in (("b2", "Alexandria"), ("a2", "21"), ("z2", "三")):
            walk.go(f"/document/{walk.ids[key]}")
            page.click(".notice >> text=What changed")
            page.wait_for_selector(f".difference ins >> text={text} >> nth=0")
            assert walk.overflow() <= 0
            walk.picture(f"versions-{key}")
        walk.go(f"/document/{walk.ids['a2']}/versions")
        # in a line from right to left what is gone stands right of what came instead, also where both are digits
        gone, came = (page.locator(f".difference p {tag}").first.bounding_box() for tag in ("del", "ins"))
        assert gone["x"] > came["x"] and page.locator(".difference p ins").first.inner_text() == "21"
        walk.go(f"/document/{walk.ids['b2']}/versions")
        assert not page.is_visible(".difference details p")
        page.click(".difference summary")
        assert page.is_visible(".difference details p >> nth=0")
        page.select_option("select[name=to]", index=2)
        page.click("text=Compare >> nth=-1")
        page.wait_for_selector("text=from version 1 to version 3")


LOOKS = [(1400, "light"), (390, "dark")]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_reader_asks_for_the_rest_and_corrects_a_sentence(
    readable: tuple[str, dict[str, str]], chromium: Any, tmp_path: Path, width: int, scheme: str
) -> None:
    for walk in walking(readable, chromium, tmp_path, width, scheme):
        page = walk.page
        walk.go(f"/document/{walk.ids['pt']}")
        assert walk.overflow() <= 0
        walk.picture("reading-lead")
        page.click("text=Translate the rest")
        page.wait_for_selector("text=All of the text", timeout=30_000)  # the page shows it without being asked again
        assert page.locator(".theirs [data-words=reading]").count() == 7
        assert walk.overflow() <= 0
        walk.picture("reading-whole")
        page.locator(".theirs .report").nth(1).click()
        page.wait_for_selector(".panel textarea[name=correction]:focus")
        assert walk.overflow() <= 0
        walk.picture("reading-panel")
        page.fill("textarea[name=correction]", "A strike shuts the harbour.")
        page.fill(".correct input[name=author]", "Ana")
        page.click("text=Keep this correction")
        page.wait_for_selector(".corrected")
        assert page.inner_text(".corrected") == "A strike shuts the harbour."
        page.click("text=corrected by Ana")
        page.fill(".undo input[name=author]", "Rui")
        page.click("text=Undo it")
        page.wait_for_selector(".corrected", state="detached")
        walk.go("/corrections")
        assert page.is_visible("text=undone by Rui")
        assert walk.overflow() <= 0
        walk.picture("corrections")


def test_both_sides_light_up_together_by_sentence_and_by_word(
    readable: tuple[str, dict[str, str]], chromium: Any, tmp_path: Path
) -> None:
    for walk in walking(readable, chromium, tmp_path, 1400, "light"):
        page = walk.page
        walk.go(f"/document/{walk.ids['pt']}")
        page.hover(".ours [data-s=te0]")
        assert page.locator(".paired").count() == 2
        assert "strike" in page.inner_text(".theirs .paired")
        page.focus(".theirs [data-s=ti0] .report")  # the keyboard does the same
        assert page.locator(".ours .paired").inner_text() == "Greve fecha o porto de Setúbal"
        page.evaluate(
            """() => {
                const node = [...document.querySelectorAll(".ours p [data-words=original]")][0].firstChild;
                const at = node.data.indexOf("Setúbal");
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + 7);
                getSelection().addRange(range);
            }"""
        )
        lit = "[...(CSS.highlights.get('partner') ?? [])].map(range => range.toString()).join('|')"
        for _ in range(100):
            if words := page.evaluate(lit):
                break
            page.wait_for_timeout(50)
        assert "Setúbal" in words
        walk.picture("reading-words")
        page.click("a:has-text('Sentence by sentence')")
        page.wait_for_selector(".way-lines")
        walk.picture("reading-lines")
        walk.go("/about")
        walk.go(f"/document/{walk.ids['pt']}?view=lines#t=4,9")
        assert page.evaluate("[...document.querySelectorAll('.passage')].map(e => e.textContent).join('')") == "rto d"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_hidden_signs_and_right_to_left_are_shown(
    readable: tuple[str, dict[str, str]], chromium: Any, tmp_path: Path, width: int, scheme: str
) -> None:
    for walk in walking(readable, chromium, tmp_path, width, scheme):
        page = walk.page
        walk.go(f"/document/{walk.ids['bidi']}")
        badge = "getComputedStyle(document.querySelector('.sign.turning'), '::before').content"
        assert page.evaluate(badge) == '"RLO"'
        assert walk.overflow() <= 0
        walk.picture("reading-signs")
        walk.go(f"/document/{walk.ids['ar']}?view=lines")
        assert page.locator(".linepair .ours").first.evaluate("e => getComputedStyle(e).direction") == "rtl"
        page.click("text=translate it yourself >> nth=1")
        page.fill("textarea[name=correction]", "The strike began on Thursday.")
        page.fill(".correct input[name=author]", "Ana")
        page.click("text=Keep this correction")
        page.wait_for_selector("text=translated by Ana")
        assert walk.overflow() <= 0
        walk.picture("reading-arabic")


def test_everything_works_without_a_script(readable: tuple[str, dict[str, str]], chromium: Any, tmp_path: Path) -> None:
    base, ids = readable
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/document/{ids['pt']}")
    page.click("text=Translate the rest")
    page.wait_for_selector("text=All of the text", timeout=60_000)  # the page asks again by itself
    page.locator(".theirs .report").nth(1).click()
    page.fill("textarea[name=correction]", "A strike shuts the harbour.")
    page.fill(".correct input[name=author]", "Ana")
    page.click("text=Keep this correction")
    page.wait_for_selector("text=corrected by Ana")
    context.close()
