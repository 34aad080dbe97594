"""One page → one article: fixtures of our own, in the shapes that the web has."""

# ruff: noqa: E501

from __future__ import annotations

import datetime as dt

import pytest

from babelscope.extract.page import extract_html, extract_text
from babelscope.model import Hints

PARAGRAPHS = (
    "The dam above the village of Oberau broke early on Tuesday, the fire brigade said, and flooded forty houses.",
    "Nobody was hurt, according to the mayor, because sirens had woken the people an hour before the water came.",
    "Engineers had warned in March that the wall, built in 1931, could not bear another winter without repairs.",
)


def page(main: str, head: str = "", around: str = "") -> bytes:
    return f"""<!DOCTYPE html><html lang="en"><head><title>Dam breaks above Oberau | Valley News</title>
    <meta property="og:site_name" content="Valley News">{head}</head><body>
    <header><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav></header>
    {main}{around}<footer><p>© Valley News, all rights reserved. Imprint and terms of use.</p></footer></body></html>""".encode()


def paragraphs(texts: tuple[str, ...] = PARAGRAPHS) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_the_article_and_nothing_else() -> None:
    around = """<div class="related-articles"><h3>Read also</h3><figure><img src="x.jpg"><figcaption>A related teaser about
    a football match in the capital, with a long caption that nobody wants.</figcaption></figure><p>Another story about
    something else entirely, told in a long teaser of its own.</p></div>
    <div id="cookie-banner"><p>We use cookies to improve your experience and our partners process personal data.</p></div>
    <div class="newsletter-signup"><p>Sign up for our newsletter and never miss a story again, every morning at six.</p></div>
    <ul class="share-bar"><li>Share on Facebook</li></ul><aside><p>Most read: ten things to do in the valley.</p></aside>
    <section id="comments"><div class="comment"><p>I was there and it was terrible, says reader one in a long comment.</p></div></section>"""
    article = extract_html(page(f"<article><h1>Dam breaks above Oberau</h1>{paragraphs()}</article>", around=around))
    assert article is not None
    assert article.title == "Dam breaks above Oberau"
    assert article.text == "\n".join(PARAGRAPHS)
    assert article.method == "html"


def test_furniture_inside_the_article_goes_too() -> None:
    inside = (
        f"<p>{PARAGRAPHS[0]}</p><div class='teaser'><a href='/x'>Also read: a long headline about another dam</a></div>"
        f"<figure><img src='a.jpg'><figcaption>The broken wall, photographed from the air on Tuesday.</figcaption></figure>"
        f"<p>{PARAGRAPHS[1]}</p><div class='ad-slot'>Advertisement</div><p>{PARAGRAPHS[2]}</p>"
    )
    article = extract_html(page(f"<article><h1>Dam breaks above Oberau</h1>{inside}</article>"))
    assert article is not None
    assert article.text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "name", ["sidebar-left layout", "cookie-consent", "share", "related", "comments", "newsletter"]
)
def test_a_lying_name_does_not_cost_the_article(name: str) -> None:
    article = extract_html(page(f"<div class='{name}'><h1>Dam breaks above Oberau</h1>{paragraphs()}</div>"))
    assert article is not None
    assert PARAGRAPHS[0] in article.text
    assert PARAGRAPHS[2] in article.text


CONSENT = {
    "en": "<h1>Before you continue</h1><p>We and our 812 partners use cookies and similar technologies to store and access "
    "information on your device.</p><p>We process personal data for personalised advertising if you give your consent. "
    "You can manage your privacy settings at any time.</p><button>Accept all</button>",
    "de": "<h1>Datenschutz-Einstellungen</h1><p>Wir und unsere Partner verwenden Cookies, um Informationen auf Ihrem Gerät zu "
    "speichern.</p><p>Mit Ihrer Einwilligung verarbeiten wir personenbezogene Daten. Ihre Zustimmung können Sie "
    "jederzeit in der Datenschutzerklärung widerrufen.</p>",
    "fr": "<h1>Votre vie privée</h1><p>Avec votre consentement, nous et nos partenaires utilisons des cookies pour stocker des "
    "données personnelles.</p><p>Vous pouvez retirer votre consentement dans notre politique de confidentialité.</p>",
    "es": "<h1>Su privacidad</h1><p>Nosotros y nuestros socios utilizamos cookies para almacenar información.</p><p>Puede "
    "retirar su consentimiento en la política de privacidad en cualquier momento.</p>",
    "ru": "<h1>Настройки</h1><p>Мы и наши партнёры используем файлы cookie для хранения данных.</p><p>Подробнее читайте в "
    "политике конфиденциальности; вы можете отозвать согласие на использование cookie в любое время.</p>",
    "ja": "<h1>設定</h1><p>当社とパートナーは、クッキーを使用してお客様の端末に情報を保存します。</p><p>プライバシーポリシーに同意する場合は、"
    "同意ボタンを押してください。クッキーの設定はいつでも変更できます。</p>",
}


@pytest.mark.parametrize("language", CONSENT)
def test_a_consent_wall_is_no_article(language: str) -> None:
    body = f"<html lang={language}><head><title>Valley News</title></head><body><main>{CONSENT[language]}</main></body></html>"
    assert extract_html(body.encode()) is None


def test_an_article_about_cookies_is_one() -> None:
    texts = (
        "Browsers will block cookies of third parties from next year, the maker announced in Oslo on Monday.",
        "Advertisers had asked for a delay; the association of publishers called the consent banners a plague.",
        "The change affects about two billion people. Regulators in three countries are looking into the matter.",
        "The share price of the largest advertising company fell by four per cent in the afternoon, dealers said.",
    )
    assert extract_html(page(f"<article><h1>The end of the cookie</h1>{paragraphs(texts)}</article>")) is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body></body></html>",
        b"<html><head><title>Loading</title></head><body><div id=root></div><script>var a='"
        + b"text " * 500
        + b"'</script>",
        b"<html><body><h1>404</h1><p>Page not found.</p></body></html>",
        b"<html><body><p>Please enable JavaScript to continue.</p></body></html>",
    ],
)
def test_empty_pages_are_no_articles(body: bytes) -> None:
    assert extract_html(body) is None


def test_a_short_item_passes_if_it_is_announced() -> None:
    body = page("<main><h1>Dam breaks above Oberau</h1><p>More soon: a dam broke above Oberau on Tuesday.</p></main>")
    assert extract_html(body) is None
    article = extract_html(body, hints=Hints(title="Dam breaks above Oberau"))
    assert article is not None
    assert article.text == "More soon: a dam broke above Oberau on Tuesday."
    assert extract_html(body, hints=Hints(title="Something else entirely happens")) is None


ARABIC = (
    "أعلنت الحكومة اليوم عن إجراءات جديدة لدعم الأسر المتضررة من الفيضانات التي ضربت شمال البلاد خلال الأسبوع الماضي.",
    "وقال الوزير في مؤتمر صحفي عقده في العاصمة إن المساعدات ستصل إلى جميع القرى قبل نهاية الشهر الجاري.",
)
CHINESE = (
    "本报讯，上游大坝星期二清晨决堤，洪水淹没了四十间房屋，消防部门表示没有人员伤亡。",
    "村长说，警报在洪水到来前一小时响起，村民及时撤离到附近的学校。工程师三月份曾警告说大坝需要维修。",
)
THAI = (
    "เขื่อนเหนือหมู่บ้านแตกในเช้าวันอังคาร น้ำท่วมบ้านสี่สิบหลัง เจ้าหน้าที่ดับเพลิงกล่าวว่าไม่มีผู้ได้รับบาดเจ็บ",
    "ผู้ใหญ่บ้านกล่าวว่าเสียงไซเรนปลุกชาวบ้านหนึ่งชั่วโมงก่อนที่น้ำจะมาถึง และทุกคนอพยพไปยังโรงเรียน",
)


@pytest.mark.parametrize(("language", "texts"), [("ar", ARABIC), ("zh", CHINESE), ("th", THAI)])
def test_other_scripts(language: str, texts: tuple[str, ...]) -> None:
    head = (
        f"<html lang={language} dir={'rtl' if language == 'ar' else 'ltr'}><head><title>{texts[0][:30]}</title></head>"
    )
    body = f"{head}<body><nav><a href=/>x</a></nav><article><h1>{texts[0][:30]}</h1>{paragraphs(texts)}</article></body></html>"
    article = extract_html(body.encode())
    assert article is not None
    assert article.text == "\n".join(texts)


def test_a_live_blog_keeps_its_entries() -> None:
    entries = "".join(
        f"<article class='entry'><time>1{n}:00</time><h2>Update {n}</h2><p>{PARAGRAPHS[n % 3][:-1]}, update {n}.</p></article>"
        for n in range(9)
    )
    article = extract_html(page(f"<main><h1>Flood in Oberau: live</h1><div class='liveblog'>{entries}</div></main>"))
    assert article is not None
    assert sum(f"update {n}." in article.text for n in range(9)) == 9


def test_the_stated_body_helps_where_the_markup_has_none() -> None:
    ld = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Dam breaks","articleBody":"%s"}</script>'
    )
    body = page("<div id=root></div>", head=ld % "\\n".join(PARAGRAPHS))
    article = extract_html(body)
    assert article is not None
    assert article.text == "\n".join(PARAGRAPHS)


def test_extracting_twice_gives_the_same() -> None:
    body = page(f"<article><h1>Dam breaks above Oberau</h1>{paragraphs()}</article>")
    assert extract_html(body) == extract_html(body)


def test_plain_text() -> None:
    seen = dt.datetime(2024, 5, 2, tzinfo=dt.UTC)
    hints = Hints(published_at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC), authors=("Jane Roe",))
    body = ("Dam breaks\r\n\r\n" + "\r\n\r\n".join(PARAGRAPHS)).encode()
    article = extract_text(body, hints=hints, seen_at=seen)
    assert article is not None
    assert (article.title, article.text, article.method) == ("Dam breaks", "\n".join(PARAGRAPHS), "text")
    assert (article.published_at, article.authors) == (hints.published_at, ("Jane Roe",))
    assert extract_text(b"ok") is None


def test_a_first_line_of_author_names_alone_is_no_text() -> None:
    head = "<meta name='author' content='Makena Wairuri'>"
    main = f"<article><h1>Dam breaks above Oberau</h1><p>, Makena Wairuri</p>{paragraphs()}</article>"
    article = extract_html(page(main, head=head))
    assert article is not None
    assert article.authors == ("Makena Wairuri",)
    assert article.text == "\n".join(PARAGRAPHS)
