"""Reading, checking, selecting and merging registry files, with small folders of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from babelscope.flow import checks
from babelscope.flow import sources as registry
from babelscope.flow.config import load_config
from babelscope.flow.errors import ConfigError
from babelscope.flow.registry_checks import address_fault, address_key
from babelscope.flow.sources import examine, load_registry, matches, merge, own_sources, select
from babelscope.languages.countries import country_code, country_of_host
from babelscope.model import Listen, Source

GOOD = """
[[source]]
id = "ie-courier"
name = "The Courier"
home = "https://www.courier.ie/"
country = "IE"
languages = ["en", "ga"]
standing = "public"
reference = "https://courier.ie/about"
listens = [{ url = "https://www.courier.ie/rss.xml" }]
"""


def outlet(id_: str, country: str = "IE", *languages: str, home: str = "", feed: str = "") -> Source:
    listens = (Listen(url=feed),) if feed else ()
    return Source(
        id=id_, name=id_, home=home or f"https://{id_}.test/", country=country, languages=languages, listens=listens
    )


REGISTRY = (
    outlet("ie-courier", "IE", "en", "ga"),
    outlet("ke-taifa", "KE", "sw"),
    outlet("tz-habari", "TZ", "sw", "en"),
)


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        path = tmp_path / "reg" / name / "outlets.toml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "reg"


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["ke-taifa"], ["ke-taifa"]),
        (["country:KE", "country:IRL"], ["ie-courier", "ke-taifa"]),
        (["language:swa"], ["ke-taifa", "tz-habari"]),
        (["standing:unknown"], ["ie-courier", "ke-taifa", "tz-habari"]),
        (["*"], ["ie-courier", "ke-taifa", "tz-habari"]),
        ([], []),
        ([" tz-habari ", "country:tz"], ["tz-habari"]),
    ],
)
def test_select(words: list[str], ids: list[str]) -> None:
    assert [source.id for source in select(REGISTRY, words)] == ids


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("ie-couriers", "did you mean 'ie-courier'"),
        ("nobody", "known: ie-courier, ke-taifa, tz-habari"),
        ("contry:IE", "did you mean 'country'"),
        ("country:Irelandia", "no country"),
        ("country:", "names no country; write country:IE"),
        ("standing: ", "names no standing"),
        ("country:FR", "no source has 'country:FR'"),
        ("language:xx", "no language"),
        ("standing:good", "one of state, public"),
    ],
)
def test_a_word_that_selects_nothing_is_answered_with_the_nearest_that_does(word: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        select(REGISTRY, [word])


def test_a_filter_that_asks_for_nothing_takes_all() -> None:
    assert all(matches(source) for source in REGISTRY)
    assert [s.id for s in REGISTRY if matches(s, country="KE", language="sw")] == ["ke-taifa"]


def test_own_sources_stand_in_for_what_they_repeat() -> None:
    first = [outlet("mine", home="http://courier.test"), outlet("feeds", feed="https://www.x.test/rss")]
    second = [
        outlet("a", home="https://www.courier.test/"),
        outlet("b", feed="http://x.test/rss/"),
        outlet("mine", home="https://z.test/"),
        outlet("c"),
    ]
    assert [source.id for source in merge(first, second)] == ["mine", "feeds", "c"]


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("http://www.a.test/", "https://a.test", True),
        ("https://a.test:443/x/#top", "http://A.test/x", True),
        ("https://a.test/%C3%A9", "https://a.test/é", True),
        ("https://bücher.test/", "https://xn--bcher-kva.test/", True),
        ("https://a.test/x?y=1", "https://a.test/x?y=2", False),
        ("https://a.test:8443/", "https://a.test/", False),
        ("https://a.test/x", "https://a.test/y", False),
    ],
)
def test_when_two_addresses_are_the_same(left: str, right: str, same: bool) -> None:
    assert (address_key(left) == address_key(right)) is same


@pytest.mark.responsible
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://017700000001/",
        "http://localhost/", "http://printer.local/", "http://intranet/", "http://x.onion/", "ftp://a.test/",
        "https://user:pw@a.test/", "https://a.test/a b", "https://a.test/\u202ex", "https://a.test:0/", "http:///x",
        "https://a..test/", f"https://a.test/{'x' * 3000}",
    ],
)  # fmt: skip
def test_c3_a_registry_names_public_hosts_only(url: str) -> None:
    assert address_fault(url)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[source]]\nid = "a"\nname = "A"\n', "home"),
        (GOOD.replace("ie-courier", "../x"), "source id"),
        (GOOD.replace('"IE"', '"Ireland"'), "two capital letters"),
        (GOOD.replace('"IE"', '"UK"'), "no ISO 3166-1 code"),
        (GOOD.replace('"ga"', '"gle"'), "did you mean ga"),
        (GOOD.replace('"public"', '"good"'), "one of state, public"),
        (GOOD.replace("reference", "# reference"), "needs a reference"),
        (GOOD.replace("name =", "nmae ="), "did you mean name"),
        (GOOD.replace("The Courier", "The\u200bCourier"), "invisible"),
        (GOOD.replace("https://www.courier.ie/rss.xml", "https://10.0.0.1/rss.xml"), "public host"),
        (GOOD.replace('rss.xml"', 'rss.xml", kind = "rss"'), "one of feed, sitemap, page"),
        (GOOD.replace("[[source]]", "[source]"), "two brackets"),
        ("[store]\n" + GOOD, "source"),
        ("x = [", "not valid TOML"),
        (GOOD + GOOD.replace("ie-courier", "ie-other"), "is there already"),
        (GOOD + GOOD.replace("courier.ie", "other.ie"), "ie-courier is there already"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    place = folder(tmp_path, ie=text)
    report = examine(place)
    said = " / ".join(map(str, report.problems))
    assert message in said
    assert str(place / "ie" / "outlets.toml") in said
    with pytest.raises(ConfigError):
        own_sources(str(place))


def test_the_rest_of_a_file_with_a_fault_can_be_used(tmp_path: Path) -> None:
    bad = GOOD.replace("ie-courier", "ie-bad").replace('"IE"', '"XX"').replace("courier.ie", "bad.ie")
    report = examine(folder(tmp_path, ie=bad + GOOD))
    assert [entry.source.id for entry in report.entries] == ["ie-courier"]
    assert [(problem.id, problem.table, problem.key) for problem in report.problems] == [("ie-bad", 1, "country")]


def test_a_country_that_nobody_found_out_may_be_left_out(tmp_path: Path) -> None:
    report = examine(folder(tmp_path, unknown=GOOD.replace('country = "IE"\n', "")))
    assert (len(report.entries), report.problems) == (1, ())


def test_no_folder_and_too_large_a_file_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="no such file or folder"):
        examine(tmp_path / "none")
    monkeypatch.setattr(checks, "MAX_FILE_BYTES", 10)
    assert "larger than" in str(examine(folder(tmp_path, ie=GOOD)).problems[0])


def test_a_folder_of_ones_own_comes_before_the_registry(tmp_path: Path) -> None:
    ours = GOOD.replace("https://www.courier.ie/", registry.built_in()[0].home).replace("ie-courier", "mine")
    loaded = load_registry(str(folder(tmp_path, ie=ours)))
    assert loaded[0].id == "mine"
    assert registry.built_in()[0].id not in {source.id for source in loaded}
    assert len(loaded) == len(registry.built_in())


def test_the_configuration_takes_what_it_selects_and_its_own_tables_win(tmp_path: Path) -> None:
    folder(tmp_path, ie=GOOD)
    path = tmp_path / "babelscope.toml"
    own = '[[source]]\nid = "own"\nname = "Own"\nhome = "https://own.test/"\n'
    path.write_text(f'[registry]\nuse = ["ie-courier"]\ndirectory = "reg"\n{own}', encoding="utf-8")
    assert [source.id for source in load_config(path).source] == ["own", "ie-courier"]
    path.write_text(path.read_text().replace("https://own.test/", "http://courier.ie"), encoding="utf-8")
    assert [source.id for source in load_config(path).source] == ["own"]
    path.write_text('[registry]\nuse = ["ie-courir"]\ndirectory = "reg"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"registry.use: no source 'ie-courir'; did you mean 'ie-courier'"):
        load_config(path)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("ie", "IE"),
        ("IRL", "IE"),
        ("Ireland", "IE"),
        ("ga-IE", "IE"),
        ("zh_Hant_TW", "TW"),
        ("XKX", "XK"),
        ("EU", ""),
        ("", ""),
    ],
)
def test_country_code(told: str, code: str) -> None:
    assert country_code(told) == code


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("www.rte.ie", "IE"),
        ("bbc.co.uk", "GB"),
        ("x.tv", ""),
        ("x.com.co", "CO"),
        ("x.org", ""),
        ("x.eu", ""),
        ("", ""),
    ],
)
def test_country_of_host(host: str, code: str) -> None:
    assert country_of_host(host) == code
