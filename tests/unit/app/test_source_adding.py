"""Sources added, imported, exported and asked for, with a real server and real files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from babelscope.app.maintenance import need_store, rebuild
from babelscope.app.sources import Filters, export, find, import_list, known_sources, reach, write_registry
from babelscope.app.surveying import Wish, add_to_config, add_to_registry, propose
from babelscope.collect.visitor import Reached
from babelscope.flow.config import Config, StoreConfig, load_config
from babelscope.flow.errors import BabelscopeError, ConfigError
from babelscope.flow.sources import built_in, examine
from babelscope.model import Listen, Source
from loopback import Serving, Site, answer, config, feed

HOST = "courier.example.ie"
PAGE = b"""<!doctype html><html lang="en-IE"><head><title>The Example Courier</title>
<link rel="alternate" type="application/atom+xml" href="/rss"></head><body></body></html>"""
OWN = Source(id="own", name="Own", home="https://own.test/", listens=(Listen(url="https://own.test/rss"),))


@pytest.fixture
def site() -> Iterator[Site]:
    answers = {
        f"{HOST}/": answer(PAGE),
        f"{HOST}/rss": feed(f"http://{HOST}/1"),
        "own.test/rss": feed("http://own.test/1"),
    }
    with Serving(answers) as served:
        yield served


def added(site: Site, settings: Config, url: str = f"http://{HOST}/", **wish: object) -> Source:
    told: list[str] = []
    proposal = propose(Wish(url=url, **wish), settings, told.append, site.hosts(HOST))  # type: ignore[arg-type]
    assert told
    return proposal.source


def test_an_address_becomes_a_source(site: Site) -> None:
    assert added(site, config()) == Source(
        id="ie-example",
        name="The Example Courier",
        home=f"http://{HOST}/",
        country="IE",
        languages=("en",),
        listens=(Listen(url=f"http://{HOST}/rss"),),
    )
    told = added(site, config(), country="kenya", languages=("swa",))
    assert (told.id, told.country, told.languages) == ("ke-example", "KE", ("sw",))


@pytest.mark.parametrize(
    ("url", "wish", "message"),
    [
        ("https://127.0.0.1/", {}, "private-address"),
        ("https://a:b@x.test/", {}, "credentials"),
        ("http://courier.example.ie/login", {}, "login"),
        ("http://courier.example.ie/none", {}, "status-404"),
        ("http://courier.example.ie/", {"country": "Atlantis"}, "no country"),
        ("http://courier.example.ie/", {"languages": ("klingon",)}, "no language"),
    ],
)
def test_what_cannot_be_added_is_told_in_words(site: Site, url: str, wish: dict[str, object], message: str) -> None:
    with pytest.raises(BabelscopeError, match=message):
        propose(Wish(url=url, **wish), config(), hosts=site.hosts(HOST))  # type: ignore[arg-type]


def test_an_outlet_that_is_known_is_not_asked_again(site: Site, tmp_path: Path) -> None:
    there = built_in()[0]
    with pytest.raises(ConfigError, match=f'known as {there.id}.*registry.use = \\["{there.id}"\\]'):
        propose(Wish(url=there.home.replace("https://", "")), config())
    mine = Config(source=(Source(id="mine", name="Mine", home=f"https://www.{HOST}"),))
    with pytest.raises(ConfigError, match=r"known as mine .* you listen to it already"):
        propose(Wish(url=f"http://{HOST}/"), mine, hosts=site.hosts(HOST))
    by_feed = Config(
        source=(Source(id="m", name="M", home="http://m.test", listens=(Listen(url=f"http://{HOST}/rss"),)),)
    )
    assert site.asked() == []
    with pytest.raises(ConfigError, match="known as m "):
        propose(Wish(url=f"http://{HOST}/"), by_feed, hosts=site.hosts(HOST))


def test_a_page_without_anything_says_what_was_tried(site: Site) -> None:
    site.answers[f"{HOST}/"] = answer(b"<html><title>Empty</title></html>")
    site.answers[f"{HOST}/rss"] = answer(b"", 404)
    with pytest.raises(BabelscopeError, match=r"nothing to listen to(.|\n)*/feed/: status-404"):
        propose(Wish(url=f"http://{HOST}/"), config(), hosts=site.hosts(HOST))


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"# mine\n[collect]\ndelay = 9.0   # slow\n",
        b"[collect]\r\ndelay = 9.0\r\n",
        b"[collect]\ndelay = 9.0",
        b'[[source]]\nid = "a"\nname = "A"\nhome = "https://a.test/"\n',
        "# Ünïcode — \u202e\n".encode(),
    ],
)
def test_the_rest_of_the_configuration_stays_as_it_is(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "babelscope.toml"
    path.write_bytes(before)
    add_to_config(OWN, path)
    after = path.read_bytes()
    assert after.startswith(before)
    assert load_config(path).source[-1] == OWN
    assert (b"\r\n" in before) == (b"\n" not in after.replace(b"\r\n", b""))


@pytest.mark.parametrize(
    ("before", "message"),
    [
        (b"source = []\n", "cannot be added"),
        (b"[[source]]\nid = 'own'\nname = 'A'\nhome = 'https://a.test/'\n", "listed twice"),
        (b"x = [", "cannot be added"),
        (b"\xff", "cannot be added"),
        (b"[colect]\n", "did you mean collect"),
    ],
)
def test_a_configuration_that_would_not_be_right_is_not_touched(tmp_path: Path, before: bytes, message: str) -> None:
    path = tmp_path / "babelscope.toml"
    path.write_bytes(before)
    with pytest.raises(ConfigError, match=message):
        add_to_config(OWN, path)
    assert path.read_bytes() == before
    with pytest.raises(ConfigError, match="babelscope init"):
        add_to_config(OWN, tmp_path / "none.toml")


def test_an_own_registry_grows_and_stays_right(tmp_path: Path) -> None:
    first = add_to_registry(OWN, tmp_path / "reg")
    assert first == tmp_path / "reg" / "unknown" / "added.toml"
    before = first.read_bytes()
    add_to_registry(Source(id="b", name="B", home="https://b.test/"), tmp_path / "reg")
    assert first.read_bytes().startswith(before)
    write_registry([Source(id="ke-c", name="C", home="https://c.co.ke/", country="KE")], tmp_path / "reg", "list")
    report = examine(tmp_path / "reg")
    assert [entry.source.id for entry in report.entries] == ["ke-c", "own", "b"]
    assert report.problems == ()
    assert {path.name for path in (tmp_path / "reg").glob("**/*") if path.is_file()} == {"added.toml", "list.toml"}
    with pytest.raises(ConfigError, match="public host"):
        add_to_registry(Source(id="x", name="X", home="http://10.0.0.1/"), tmp_path / "reg")


def test_a_list_is_taken_once_and_what_is_known_is_left_out(tmp_path: Path) -> None:
    there = built_in()[0]
    path = tmp_path / "list.csv"
    path.write_text(
        f"name,home,feed,country\nA,https://a.test/,https://a.test/rss,IE\nThere,{there.home},,\n"
        "Bad,http://10.0.0.1/,,\nAgain,https://www.a.test,https://a.test/rss2,IE\nB,https://b.test/,https://a.test/rss,\n",
        encoding="utf-8",
    )
    done = import_list(path, Config())
    assert [(source.id, len(source.listens)) for source in done.sources] == [("ie-a", 2)]
    assert [place.split()[0] for _, place in done.known] == [there.id, "ie-a"]
    assert ["public host" in note.message for note in done.notes] == [True]
    write_registry(done.sources, tmp_path / "reg", path.stem)
    again = import_list(path, Config(), into=tmp_path / "reg")
    assert (again.sources, len(again.known)) == ((), 3)


@pytest.mark.parametrize("form", ["opml", "csv", "toml"])
def test_the_whole_registry_comes_back_from_every_format(tmp_path: Path, form: str) -> None:
    from babelscope.app.sources import read_sources

    raw, count = export(Config(), "registry", form, Filters())  # type: ignore[arg-type]
    path = tmp_path / f"all.{form}"
    path.write_bytes(raw)
    found = read_sources(path)
    assert (found.sources, found.notes) == (built_in(), ())
    assert count == len(built_in())


def test_what_is_listened_to_and_where_it_stands(tmp_path: Path) -> None:
    there = built_in()[0]
    add_to_registry(Source(id="xk-x", name="X", home="https://x.test/", country="XK"), tmp_path / "reg")
    path = tmp_path / "babelscope.toml"
    path.write_text(f'[registry]\nuse = ["{there.id}"]\ndirectory = "reg"\n', encoding="utf-8")
    add_to_config(OWN, path)
    chosen = load_config(path)
    places = {one.source.id: (one.place, one.listened) for one in known_sources(chosen)}
    assert (places["own"], places["xk-x"], places[there.id]) == (
        ("configuration", True), ("own registry", False), ("registry", True),
    )  # fmt: skip
    assert len(places) == len(built_in()) + 2
    assert export(chosen, "listened", "csv", Filters())[1] == 2
    assert export(chosen, "own", "csv", Filters())[1] == 2
    assert export(chosen, "own", "csv", Filters(country="XK"))[1] == 1
    assert find(chosen, "own").source == OWN
    with pytest.raises(ConfigError, match="did you mean 'own'"):
        find(chosen, "owm")


def test_every_address_is_asked_for_once_and_told(site: Site) -> None:
    gone = Source(id="gone", name="G", home="https://own.test/", listens=(Listen(url="http://own.test/gone"),))
    mine = Source(id="mine", name="M", home="http://own.test/", listens=(Listen(url="http://own.test/rss"),))
    private = Source(id="p", name="P", home="http://own.test/", listens=(Listen(url="http://127.0.0.1:1/"),))
    told: dict[str, Reached] = {}
    failed = reach([gone, mine, private], config(), lambda s, f: told.update({s.id: f}), site.hosts("own.test"))
    assert failed == 2
    assert {id_: found.reason for id_, found in told.items()} == {
        "gone": "status-404",
        "mine": "",
        "p": "private-address",
    }
    assert told["mine"].items == 1
    assert site.asked() == ["own.test/robots.txt", "own.test/gone", "own.test/rss"]


def test_a_mistyped_folder_does_not_become_a_store(tmp_path: Path) -> None:
    wrong = Config(store=StoreConfig(directory=str(tmp_path / "typo")))
    for act in (need_store, rebuild):
        with pytest.raises(BabelscopeError, match="there is no store there"):
            act(wrong)
    assert not (tmp_path / "typo").exists()
    (tmp_path / "typo" / "evidence").mkdir(parents=True)
    need_store(wrong)
