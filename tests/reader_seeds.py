"""Small valid inputs for every reader, written for the property tests and the fuzzer: each shows another feature."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping

RSS = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title><language>en</language>
<atom:link rel="hub" href="http://h.test/"/><itunes:new-feed-url>http://y.test/f</itunes:new-feed-url>
<item><title>A &amp;lt;b&amp;gt;c</title><link>/a?b=1&amp;c=2</link><guid isPermaLink="false">7</guid>
<pubDate>Mon, 05 Jan 2026 12:30:00 +0300</pubDate><dc:creator>Ana</dc:creator>
<description><![CDATA[<p>x</p>]]></description>
<enclosure url="/7.mp3" length="4096" type="audio/mpeg"/><itunes:duration>1:02:03</itunes:duration>
<media:group><media:content url="/v.mp4" duration="5" fileSize="9" medium="video"/></media:group>
</item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="http://y.test/"><link rel="self" href="s"/>
<entry><id>tag:1</id><title type="html">a &lt;i&gt;b&lt;/i&gt;</title>
<link href="/en" hreflang="en"/><link href="/fr" hreflang="fr"/>
<updated>2026-01-05T09:30:00Z</updated><author><name>n</name></author>
<content src="http://x.test/c" type="text/html"/></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="http://x.test/a"><title>t</title><link>http://x.test/a</link>
<dc:date>5 janvier 2026</dc:date></item></rdf:RDF>"""
CDF = b"""<CHANNEL HREF="http://x.test/"><ITEM HREF="http://x.test/a" LASTMOD="2026-01-05T09:30"><TITLE>t</TITLE></ITEM>
</CHANNEL>"""
ENTITIES = b"""<!DOCTYPE rss [<!ENTITY c "(C)">]>
<rss version="2.0"><channel><item><title>&c; n</title><link>http://x.test/a</link></item></channel></rss>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "ar",
        "feed_url": "http://x.test/f",
        "hubs": [{"type": "WebSub", "url": "http://h.test/"}],
        "items": [
            {
                "id": 1,
                "url": "/a",
                "title": "t",
                "content_html": "<p>x</p>",
                "date_published": "2026-01-05T09:30:00Z",
                "authors": [{"name": "n"}],
                "attachments": [
                    {"url": "7.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 5, "duration_in_seconds": 6.5}
                ],
            }
        ],
    }
).encode()
SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc>https://x.test/a?b=1&c=2</loc>
<lastmod>2026-01-05</lastmod><news:news><news:publication><news:name>n</news:name><news:language>ru</news:language>
</news:publication>
<news:publication_date>2026-01-05T12:00:00+03:00</news:publication_date><news:title>t</news:title></news:news>
<image:image><image:loc>/a.jpg</image:loc></image:image>
<xhtml:link rel="alternate" hreflang="en" href="/en/a"/></url></urlset>"""
INDEX = b"<sitemapindex><sitemap><loc>/news-2026-01.xml.gz</loc><lastmod>2026-01-05</lastmod></sitemap></sitemapindex>"
SECTION = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><base href="http://x.test/n/">
<link rel="next" href="?page=2"></head><body><nav><a href="/">Home</a></nav><main><article>
<h2><a href="a-story-of-the-day-12345.html?utm_source=x">A story of the day</a></h2>
<a href="/tag/b">b</a><a href="a-story-of-the-day-12345.html#comments"><img alt="x"></a></article>
<div><h3>Another long story</h3><a href="/2026/01/05/b">Read more</a></div></main>
<a href="?page=2">Next</a></body></html>"""
ROBOTS = b"""User-agent: *
Disallow: /private*/x$
Allow: /
Crawl-delay: 2.5

User-agent: babelscope
Disallow: /%e4
Sitemap: http://x.test/s
"""
TDM = b'[{"location": "/a*", "tdm-reservation": 1, "tdm-policy": "http://x.test/p"}]'
WARC_HEAD = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://x.test/a\r\nWARC-Date: 2026-01-05T09:30:00Z\r\n"
    b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
    b"Content-Type: application/http;msgtype=response\r\n"
)
MESSAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 18\r\n\r\n<html>a page</html>"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n0\r\n\r\n"
INFO = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Date: 2026-01-05T09:30:00Z\r\nContent-Length: 4\r\n\r\na: b\r\n\r\n"
ARC = (
    b"filedesc://x.arc 0.0.0.0 20260105093000 text/plain 20\n1 0 test\nURL IP-ad\n\n"
    b"http://x.test/a 1.2.3.4 20260105093000 text/html 62\n"
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>a page</html>\n\n"
)


def warc(*messages: bytes) -> bytes:
    """Return a WARC of response records with ``messages``."""
    return INFO + b"".join(WARC_HEAD + b"Content-Length: %d\r\n\r\n%b\r\n\r\n" % (len(each), each) for each in messages)


SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "feed": (RSS, ATOM, RDF, CDF, ENTITIES, JSON, RSS.decode().encode("utf-16"), gzip.compress(ATOM, mtime=0)),
    "sitemap": (SITEMAP, INDEX, gzip.compress(SITEMAP, mtime=0), b"http://x.test/a\nhttp://x.test/b\n", RSS),
    "section": (SECTION,),
    "robots": (ROBOTS, TDM, SECTION, b"Mon, 05 Jan 2026 12:30:00 GMT", b"120"),
    "warc": (
        warc(MESSAGE, CHUNKED),
        gzip.compress(INFO, mtime=0) + gzip.compress(warc(MESSAGE)[len(INFO) :], mtime=0),
        ARC,
    ),
}
