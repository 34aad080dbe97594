"""Lists of sources from elsewhere: real forms, faults of the wild, hostile ones."""

from __future__ import annotations

import json

import pytest

from babelscope.collect.lists import listed, opml
from babelscope.collect.lists.formats import read_list
from babelscope.collect.lists.listed import gather, new_id
from babelscope.collect.lists.opml import write_opml
from babelscope.collect.lists.tables import write_toml
from babelscope.collect.lists.tabular import write_csv
from babelscope.flow.errors import BadInput
from babelscope.model import Listen, Source

OPML = """<?xml version="1.0"?><opml version="1.1"><head><title>x</title></head><body>
<outline text="Africa"><outline title="Kenya">
 <outline text="Taifa &amp; Leo" xmlUrl="https://taifa.co.ke/feed" htmlUrl="https://taifa.co.ke" language="sw"/>
 <outline text="Taifa sport" XMLURL="https://taifa.co.ke/sport/feed" htmlUrl="https://www.taifa.co.ke/"/>
</outline></outline>
<outline text="Bare & broken" xmlUrl="https://feeds.feedburner.com/some?a=1&b=2"/>
<outline text="Left" xmlUrl="https://feeds.left.example.org/all"/>
<outline text="nothing"/>
<outline text="script" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


def sources(raw: bytes | str, **options: str) -> dict[str, Source]:
    text = raw.encode() if isinstance(raw, str) else raw
    return {source.home: source for source in gather(read_list(text), **options).sources}


def test_nested_outlines_countries_and_feeds_of_one_outlet() -> None:
    found = gather(read_list(OPML.encode()))
    by_home = {source.home: source for source in found.sources}
    taifa = by_home["https://taifa.co.ke/"]
    assert (taifa.id, taifa.name, taifa.country, taifa.languages) == ("ke-taifa", "Taifa & Leo", "KE", ("sw",))
    assert [listen.url for listen in taifa.listens] == ["https://taifa.co.ke/feed", "https://taifa.co.ke/sport/feed"]
    burner = by_home["https://feeds.feedburner.com/some?a=1&b=2"]
    assert (burner.id, burner.name, burner.country) == ("bare-broken", "Bare & broken", "")
    assert by_home["https://www.example.org/"].listens == (Listen(url="https://feeds.left.example.org/all"),)
    assert len(found.sources) == 3
    assert ["no address" in note.message for note in found.notes] == [True, False]
    assert "javascript" in found.notes[1].message


@pytest.mark.parametrize(
    "outline",
    [
        '<outline text="All the "News" of today" xmlUrl="https://a.test/f?a=1&b=2"/>',
        '<outline text="A" description="By <a href="https://x.test">us</a>." xmlUrl="https://a.test/f?a=1&amp;b=2" />',
        '<outline text="A" xmlUrl="https://a.test/f?a=1&amp;b=2">',
    ],
)
def test_values_that_are_not_escaped_lose_no_feed(outline: str) -> None:
    raw = f'<?xml version="1.0"?>\n<opml version="1.0"><body>{outline}\n<outline xmlUrl="https://b.test/f"/></body></opml>'
    assert [source.listens[0].url for source in gather(read_list(raw.encode())).sources] == [
        "https://a.test/f?a=1&b=2",
        "https://b.test/f",
    ]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "entities"),
        ('<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml/>'.encode("utf-16"), "entities"),
        (b"<html><body></body></html>", "not OPML"),
        (b"<", "XML"),
        (b"{" * 100_000, "JSON"),
        (b'{"a": 1', "JSON"),
        (b"a\0b", "not a text"),
        (b"nothing", "is no address"),
        (b"https://user:secret@a.test/feed", "user name or password"),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(raw: bytes, message: str) -> None:
    try:
        said = " ".join(note.message for note in gather(read_list(raw)).notes)
    except BadInput as error:
        said = str(error)
    assert message in said
    assert "secret" not in said


def test_external_entities_and_documents_are_never_read() -> None:
    raw = b'<!DOCTYPE opml SYSTEM "http://127.0.0.1:1/x.dtd"><opml><body><outline xmlUrl="https://a.test/f"/></body></opml>'
    assert list(sources(raw)) == ["https://a.test/"]


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = b"<opml>" + b"<outline text='a'>" * 5000
    assert gather(read_list(deep)).sources == ()
    assert "entries may be missing" in read_list(deep).notes[0].message
    monkeypatch.setattr(opml, "MAX_ROWS", 1)
    with pytest.raises(BadInput, match="more than 1"):
        read_list(OPML.encode())
    monkeypatch.setattr(listed, "MAX_BYTES", 3)
    for raw in (b"<opml/>", b"[1, 2]", b"a,b,c"):
        with pytest.raises(BadInput, match="at most 3"):
            read_list(raw)


def test_a_bare_list_of_addresses() -> None:
    found = gather(
        read_list(
            b"# mine\nhttps://a.test/rss.xml\n\nhttps://www.b.co.tz\nThe C,https://c.test/feed/\nnot an address\nhttp://[::1\n"
        )
    )
    assert [(source.home, len(source.listens)) for source in found.sources] == [
        ("https://a.test/", 1), ("https://www.b.co.tz/", 0), ("https://c.test/", 1),
    ]  # fmt: skip
    assert (found.sources[1].country, found.sources[2].name) == ("TZ", "The C")
    assert len(found.notes) == 2


MEDIA_CLOUD = """id,name,label,homepage,pub_country,pub_state,primary_language,media_type,feeds
1,rte.ie,RTÉ,https://www.rte.ie/,IRL,,en,video_broadcast,https://www.rte.ie/a.rss; https://www.rte.ie/b.rss
2,taifa.co.ke,,,KEN,,swa,print_native,
3,,,,,,,,
4,x.example.com,X,https://x.example.com/,Atlantis,,klingon,digital_native,
"""


def test_media_cloud_csv_and_json() -> None:
    found = gather(read_list(MEDIA_CLOUD.encode("utf-8-sig")))
    rte, taifa, x = found.sources
    assert (rte.id, rte.name, rte.country, rte.languages, rte.kind) == ("ie-rte", "RTÉ", "IE", ("en",), "broadcast")
    assert [listen.url for listen in rte.listens] == ["https://www.rte.ie/a.rss", "https://www.rte.ie/b.rss"]
    assert (taifa.home, taifa.country, taifa.languages) == ("https://taifa.co.ke/", "KE", ("sw",))
    assert (x.country, x.languages) == ("", ())
    said = " ".join(note.message for note in found.notes)
    assert "'Atlantis' is not known" in said
    assert "'klingon' is not known" in said
    assert "has no address" in said
    rows = [{"name": "rte.ie", "label": "RTÉ", "homepage": "https://www.rte.ie/", "pub_country": "IRL",
             "primary_language": "en", "media_type": "video_broadcast",
             "feeds": [{"url": "https://www.rte.ie/a.rss"}, "https://www.rte.ie/b.rss", {"url": 3}, None]}]  # fmt: skip
    for raw in (
        json.dumps(rows),
        json.dumps({"count": 1, "results": rows}),
        json.dumps(rows[0]) + "\n" + json.dumps(rows[0]),
    ):
        (again,) = gather(read_list(raw.encode())).sources
        assert again == rte


def test_other_separators_and_character_sets() -> None:
    rows = "Name;Feed URL;Country\nDer Würfel;https://wuerfel.de/rss;DEU\n"
    for raw in (rows.encode(), rows.encode("utf-8-sig"), rows.replace(";", "\t").encode("utf-16")):
        (found,) = gather(read_list(raw)).sources
        assert (found.name, found.country, found.listens[0].url) == ("Der Würfel", "DE", "https://wuerfel.de/rss")


def test_options_stand_in_where_the_list_is_silent_and_standing_needs_a_reference() -> None:
    raw = "home,language,standing,reference\nhttps://a.test/,,state,\nhttps://b.test/,fr,public,https://b.test/about\n"
    found = gather(read_list(raw.encode()), country="SN", language="wo")
    a, b = found.sources
    assert (a.country, a.languages, a.standing, a.reference) == ("SN", ("wo",), "unknown", "")
    assert (b.languages, b.standing) == (("fr",), "public")
    assert ["needs a reference" in note.message for note in found.notes] == [True]


def test_names_of_a_foreign_list_are_cleaned() -> None:
    (found,) = gather(
        read_list(json.dumps([{"url": "https://a.test/", "name": "A\u202e\x1b[31m" + "x" * 500}]).encode())
    ).sources
    assert found.name.startswith("A [31mx")
    assert len(found.name) <= 200


def test_ids_are_made_of_country_and_domain_and_never_taken_ones() -> None:
    source = Source(id="", name="Ежедневник № 1", home="https://news.bbc.co.uk/x", country="GB")
    assert new_id(source, ()) == "gb-bbc"
    assert new_id(source, {"gb-bbc"}).startswith("gb-ezhednevnik")
    service = Source(id="", name="!!!", home="https://feeds.feedburner.com/x")
    assert new_id(service, {"unnamed"}) == "unnamed-2"


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "+1", "-x", "@x", "'=x", "'", "''=", "\t=x", "plain", "'quoted'"]
)
def test_no_cell_is_a_formula_and_it_comes_back_as_it_was(name: str) -> None:
    source = Source(id="a", name=name, home="https://a.test/")
    raw = write_csv([source])
    cell = raw.decode().splitlines()[1].split(",")[1].strip('"')
    assert not cell.startswith(("=", "+", "-", "@", "\t"))
    assert gather(read_list(raw)).sources == (source,)


def test_what_is_written_is_what_other_readers_read() -> None:
    import tomllib

    from lxml import etree

    source = Source(
        id="ie-a", name='"A" <&> \x7f', home="https://a.ie/", country="IE", languages=("en", "ga"),
        listens=(Listen(url="https://a.ie/rss"), Listen(url="https://a.ie/map.xml", kind="sitemap", every=60)),
    )  # fmt: skip
    outlines = etree.fromstring(write_opml([source])).findall(".//outline[@htmlUrl]")
    assert [one.get("xmlUrl") for one in outlines] == ["https://a.ie/rss", None]
    assert [one.get("type") for one in outlines] == ["rss", "link"]
    assert outlines[0].get("language") == "en"
    (table,) = tomllib.loads(write_toml([source]).decode())["source"]
    assert table["name"] == source.name
    assert table["listens"][1] == {"url": "https://a.ie/map.xml", "kind": "sitemap", "every": 60}
    assert listed.feed_like("https://a.ie/rss")
