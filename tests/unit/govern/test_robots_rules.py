"""robots.txt against RFC 9309, its examples and errata among them."""

from __future__ import annotations

import time

import pytest

from babelscope.govern import agent_token, crawl_delay, may_fetch, parse_robots

AGENT = "Babelscope/0.1 (+https://babelscope.example/bot)"
RFC_5_1 = """User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot

EOF
"""
RFC_5_2 = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"
MERGED = (
    "user-agent: babelscope\ndisallow: /a\n\nuser-agent: other\ndisallow: /b\n\nUSER-AGENT: BabelScope\ndisallow: /c\n"
)


def star(*rules: str) -> str:
    return "User-agent: *\n" + "\n".join(rules)


CASES = [
    # RFC 9309 section 5.1 (simple example)
    (RFC_5_1, "foobot", "/example/page.html", True),
    (RFC_5_1, "foobot", "/example/allowed.gif", True),
    (RFC_5_1, "foobot", "/publications/x", False),
    (RFC_5_1, "barbot", "/example/page.html", False),
    (RFC_5_1, "bazbot", "/example/page.html", False),
    (RFC_5_1, "bazbot", "/example/other.html", True),
    (RFC_5_1, "quxbot", "/example/page.html", True),
    (RFC_5_1, "anybot", "/example/page.html", False),
    (RFC_5_1, "anybot", "/pictures/x.gif", False),
    (RFC_5_1, "anybot", "/pictures/x.gif?y", True),
    (RFC_5_1, "anybot", "/publications/x", True),
    # section 5.2 (longest match)
    (RFC_5_2, "foobot", "/example/page/disallowed.gif", False),
    (RFC_5_2, "foobot", "/example/page/x", True),
    # no rule, no group, empty rule
    ("", AGENT, "/a", True),
    (star("Disallow:"), AGENT, "/a", True),
    (star("Disallow: /"), AGENT, "/a", False),
    (star("Disallow: /"), AGENT, "/robots.txt", True),
    ("Disallow: /\n", AGENT, "/a", True),
    # tie: allow wins, whatever the order
    (star("Disallow: /a", "Allow: /a"), AGENT, "/a", True),
    (star("Allow: /a", "Disallow: /a"), AGENT, "/a/b", True),
    (star("Allow: /a", "Disallow: /a*"), AGENT, "/ab", False),
    # prefix match, case-sensitive paths
    (star("Disallow: /fish"), AGENT, "/fish.html", False),
    (star("Disallow: /fish"), AGENT, "/Fish.asp", True),
    (star("Disallow: /fish/"), AGENT, "/fish", True),
    (star("Disallow: /fish/"), AGENT, "/fish/salmon.htm", False),
    # * and $
    (star("Disallow: /*.php"), AGENT, "/folder/any.php.file.html", False),
    (star("Disallow: /*.php$"), AGENT, "/filename.php?parameters", True),
    (star("Disallow: /*.php$"), AGENT, "/folder/filename.php", False),
    (star("Disallow: /fish*.php"), AGENT, "/fishheads/catfish.php?id=1", False),
    (star("Disallow: /fish*.php"), AGENT, "/Fish.PHP", True),
    (star("Disallow: /$"), AGENT, "/", False),
    (star("Disallow: /$"), AGENT, "/a", True),
    (star("Disallow: /a*b*c$"), AGENT, "/a-b-c-c", False),
    (star("Disallow: /a*bc*bc$"), AGENT, "/abc", True),
    (star("Disallow: *"), AGENT, "/x", False),
    (star("Disallow: /a$b"), AGENT, "/a$b", True),
    (star("Disallow: /a%24b"), AGENT, "/a$b", False),
    (star("Disallow: /file-with-a-%2A.html"), AGENT, "/file-with-a-*.html", False),
    (star("Disallow: /file-with-a-%2A.html"), AGENT, "/file-with-a-x.html", True),
    # percent-encoding (table of section 2.2.2)
    (star("Disallow: /foo/bar?baz=quz"), AGENT, "/foo/bar?baz=quz", False),
    (star("Disallow: /foo/bar?baz=http://foo.bar"), AGENT, "/foo/bar?baz=http%3A%2F%2Ffoo.bar", False),
    (star("Disallow: /foo/bar?baz=http%3A%2F%2Ffoo.bar"), AGENT, "/foo/bar?baz=http://foo.bar", False),
    (star("Disallow: /foo/bar/ツ"), AGENT, "/foo/bar/%E3%83%84", False),
    (star("Disallow: /foo/bar/%E3%83%84"), AGENT, "/foo/bar/ツ", False),
    (star("Disallow: /foo/bar/%e3%83%84"), AGENT, "/foo/bar/%E3%83%84", False),
    (star("Disallow: /foo/bar/%62%61%7A"), AGENT, "/foo/bar/baz", False),
    (star("Disallow: /a%2Fb"), AGENT, "/a/b", True),
    # groups
    ("User-agent: babelscope\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", AGENT, "/b", True),
    ("User-agent: BABELSCOPE\nDisallow: /a", AGENT, "/a", False),
    ("User-agent: babelscope/2.0\nDisallow: /a", AGENT, "/a", False),
    ("User-agent: babel\nDisallow: /a", AGENT, "/a", True),
    ("User-agent: x\nUser-agent: babelscope\nDisallow: /a", AGENT, "/a", False),
    ("User-agent: babelscope\nSitemap: http://x/\nUser-agent: y\nDisallow: /a", AGENT, "/a", False),
    (MERGED, AGENT, "/a", False),
    (MERGED, AGENT, "/b", True),
    (MERGED, AGENT, "/c", False),
    ("User-agent: *\nCrawl-delay: 9\n\nUser-agent: badbot\nDisallow: /", AGENT, "/a", True),
    ("User-agent: *\nCrawl-delay: 9\nUser-agent: badbot\nDisallow: /", AGENT, "/a", False),
    # lines: comments, spaces, line ends, a byte-order mark, nonsense
    ("\ufeffUser-agent: *\nDisallow: /a", AGENT, "/a", False),
    ("user-agent : * # all\r\n  disallow :\t/a # this\r", AGENT, "/a", False),
    ("user-agent: *\rdisallow: /a\rdisallow: /b", AGENT, "/b", False),
    (star("Disallow /a", "Disalow: /b", "<html>"), AGENT, "/a", True),
    (star("Disallow: a"), AGENT, "/a", False),
]


@pytest.mark.responsible
@pytest.mark.parametrize(("text", "agent", "path", "allowed"), CASES)
def test_c2_truth_table(text: str, agent: str, path: str, allowed: bool) -> None:
    assert may_fetch(parse_robots(text.encode()), agent, path) is allowed


def test_rules_at_the_end_of_500_kib_count() -> None:
    head = b"User-agent: *\n"
    filler = b"# " + b"x" * 97 + b"\n"
    text = head + filler * ((500 * 1024 - len(head) - 20) // 100) + b"Disallow: /late\n"
    assert len(text) <= 500 * 1024
    assert not may_fetch(parse_robots(text), AGENT, "/late")


def test_crawl_delay_of_the_own_group_wins() -> None:
    robots = parse_robots(b"User-agent: *\nCrawl-delay: 3\n\nUser-agent: babelscope\nCrawl-delay: 7.5\nDisallow: /x")
    assert crawl_delay(robots, AGENT) == 7.5
    assert crawl_delay(robots, "other") == 3
    for text in (b"", b"User-agent: *\nCrawl-delay: soon", b"User-agent: *\nCrawl-delay: -1", b"Crawl-delay: 9"):
        assert crawl_delay(parse_robots(text), AGENT) == 0
    assert crawl_delay(parse_robots(b"User-agent: *\nCrawl-delay: 1e99"), AGENT) == 86_400
    assert crawl_delay(parse_robots(b"User-agent: *\nCrawl-delay: nan"), AGENT) == 0


def test_sitemaps_and_tokens() -> None:
    assert parse_robots(b"Sitemap: https://x.test/s.xml").sitemaps == ("https://x.test/s.xml",)
    assert agent_token(AGENT) == "babelscope" and agent_token("  ") == ""


@pytest.mark.parametrize(
    "raw", [b"\0" * 1000, b"\xff\xfe" + "User-agent: *".encode("utf-16-le"), bytes(range(256)) * 9]
)
def test_any_bytes_are_read_without_error(raw: bytes) -> None:
    assert may_fetch(parse_robots(raw), AGENT, "/a") in (True, False)


def test_crafted_patterns_cannot_make_it_slow() -> None:
    robots = parse_robots(star(*["Disallow: /" + "*a" * 2000 + "$"] * 100).encode())
    began = time.perf_counter()
    assert may_fetch(robots, AGENT, "/" + "a" * 4000 + "b")
    assert time.perf_counter() - began < 2
