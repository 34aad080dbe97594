"""Mail and saved web pages: the part that is the page, with subject, sender and date as witnesses."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest

from babelscope.extract.mail import extract_message
from babelscope.extract.stage import build
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.flow.mime import MAX_MULTIPART, parts_of, read_message
from babelscope.model import Document, Hints, Page

SEEN = dt.datetime(2024, 5, 2, tzinfo=dt.UTC)
WORDS = "Die Brücke über den Fluss wird im Sommer für sechs Wochen gesperrt, teilte die Stadt am Montag mit. "
HTML = f"<html><body><article><h1>Brücke gesperrt</h1><p>{WORDS * 3}</p></article></body></html>"
SAVED = (
    "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/2024/04/28/bridge\r\n"
    "Subject: =?utf-8?Q?Br=C3=BCcke?=\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; type="text/html"; boundary="--x"\r\n\r\n'
    "----x\r\nContent-Type: text/css\r\nContent-Location: cid:css\r\n\r\nbody {}\r\n"
    "----x\r\nContent-Type: text/html\r\nContent-Location: https://ads.example/frame\r\n\r\n<p>Buy now</p>\r\n"
    "----x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    "Content-Location: https://example.org/2024/04/28/bridge\r\n\r\n"
    "{}\r\n----x--\r\n"
)


def mail(text: str = "", html: str = "", subject: str = "Brücke gesperrt", charset: str = "utf-8") -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Jana Müller <jana@example.org>", "desk@example.org"
    message["Subject"], message["Date"] = subject, "Sun, 28 Apr 2024 09:30:00 +0200"
    message.set_content(text or " ", charset=charset)
    if html:
        message.add_alternative(html, subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="plan.pdf")
    message.add_attachment(
        f"<p>{'Not the page. ' * 30}</p>".encode(), maintype="text", subtype="html", filename="x.html"
    )
    return message.as_bytes()


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
@pytest.mark.parametrize("html", [HTML, ""])
def test_a_mail_is_read_from_its_html_else_from_its_text(html: str, charset: str) -> None:
    article, _ = extract_message(mail(WORDS * 3, html, charset=charset), hints=Hints(), seen_at=SEEN)
    assert article is not None
    assert (article.title, article.authors, article.method) == ("Brücke gesperrt", ("Jana Müller",), "mail")
    assert article.published_at == dt.datetime(2024, 4, 28, 7, 30, tzinfo=dt.UTC)
    assert "über den Fluss wird im Sommer" in article.text and "Not the page" not in article.text


def test_a_mail_without_words_is_no_article() -> None:
    assert extract_message(mail("Hallo"), hints=Hints(), seen_at=SEEN) == (None, None)


def test_a_saved_page_is_the_part_that_its_header_names() -> None:
    import quopri

    body = SAVED.replace("{}", quopri.encodestring(HTML.encode()).decode()).encode()
    stage = build(Config())
    stage.load()
    for media_type in ("multipart/related", "message/rfc822"):
        page = Page(body=body, media_type=media_type)
        (patch,) = stage([Document(id="1", url="file:///x/bridge.mhtml", seen_at=SEEN, layers={"page": page})])
        article = patch.layers["article"]
        assert article.title == "Brücke gesperrt"
        assert patch.layers["links"].canonical == "https://example.org/2024/04/28/bridge"
        assert article.text.startswith("Die Brücke über den Fluss")
        assert article.published_at == dt.datetime(2024, 4, 28, tzinfo=dt.UTC)  # of the address it was saved from


NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(MAX_MULTIPART + 5))


@pytest.mark.parametrize("body", [b"", b"no header at all", NESTED + b"x", b"A: b\n" * 700_000])
def test_a_message_over_a_bound_or_none_at_all_is_bad_input(body: bytes) -> None:
    with pytest.raises(BadInput):
        list(parts_of(read_message(body)))


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: =?utf-8?b?!!!?= =?x-none?q?a?=\nDate: Fri, 99 Foo 10000 99:99:99 +9999\nFrom: (((((\n",
        b"Subject: " + b"=?utf-8?q?a?= " * 5_000 + b"\nDate: " + b"9" * 100_000 + b"\nFrom: " + b"(" * 100_000 + b"\n",
        b"Subject: a\xff\xfe\x00b\nContent-Type: text/plain; charset=\xff\nContent-Transfer-Encoding: base64\n",
    ],
)
def test_hostile_headers_do_no_harm(header: bytes) -> None:
    article, _ = extract_message(header + b"\n" + (WORDS * 3).encode(), hints=Hints(title="T"), seen_at=SEEN)
    assert article is None or article.published_at is None
