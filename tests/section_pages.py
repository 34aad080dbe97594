"""Front and section pages in several languages and layouts, written for the tests, with the articles that they hold.

Each layout is one that publishers use: cards with headings, plain lists, a table of the year 2000, headlines only as
picture texts, "read more" links. Every page has what surrounds articles: menus, tags, people, pages, logins, shares.
"""

# ruff: noqa: E501 (markup that must not be broken up)
from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

import msgspec


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A page at ``url``, the addresses of its articles in order, and that of its next page."""

    name: str
    url: str
    body: bytes
    articles: tuple[str, ...]
    next: str = ""
    content_type: str = "text/html"


def page(head: str, menu: Iterable[tuple[str, str]], main: str, foot: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f'<li><a href="{link}">{text}</a></li>' for link, text in menu)
    ends = "".join(f'<a href="{link}">{text}</a> ' for link, text in foot)
    return f"<!doctype html><html>{head}<body><header><nav><ul>{lines}</ul></nav></header>{main}<footer>{ends}</footer></body></html>"


def english_cards() -> Section:
    titles = [
        ("/news/articles/c4gk2x9n7wzo", "Harbour bridge reopens after two years of repairs"),
        ("/news/articles/cx2p4d8v1yko", "Fishermen call for a pause in the dredging works"),
        ("/news/articles/cp9r7m3q5lto", "Night trains return to the northern line"),
        ("/sport/articles/c1jd8w6e2kno", "City hold on for a draw"),
        ("/news/live/c8xw2m1z9rvt", "Live: storm reaches the western coast"),
    ]
    cards = "".join(
        f'<article class="card"><a href="{link}"><img alt=""></a><h3><a href="{link}?at_medium=front">{text}</a></h3>'
        f'<p>A short lead of the article.</p><a class="tag" href="/news/topics/c77jz3md">Harbour</a>'
        f'<div class="byline">By <a href="/people/jane-doe-reporter">Jane Doe</a></div>'
        f'<ul class="share"><li><a href="/share?u={link}">Share this article with friends now</a></li></ul></article>'
        for link, text in titles
    )
    main = f'<main><h1>News</h1>{cards}<div class="promo"><a href="/offers/our-best-subscription-offer-of-the-year">Our best subscription offer of the year</a></div></main>'
    menu = [("/", "Home"), ("/news", "News"), ("/news/world", "World"), ("/sport", "Sport"), ("/weather", "Weather")]
    foot = [
        ("/privacy", "Privacy"),
        ("https://www.facebook.com/x", "Facebook"),
        ("/help/how-we-report-the-news-of-the-day", "How we report the news of the day"),
    ]
    home = "https://www.harbour-news.co.uk"
    found = tuple(home + link for link, _ in titles)
    return Section(
        name="english cards",
        url=f"{home}/news",
        body=page("<head><title>News</title></head>", menu, main, foot).encode(),
        articles=found,
    )


def german_dates() -> Section:
    slugs = [
        (
            "politik/2026/01/stadtrat-beschliesst-neuen-haushalt",
            "Stadtrat beschließt neuen Haushalt nach langer Debatte",
        ),
        ("politik/2026/01/streit-um-die-bruecke", "Streit um die Brücke"),
        ("wirtschaft/2026/01/hafen-meldet-rekord", "Hafen meldet Rekord"),
        ("kultur/2025/12/theater-oeffnet", "Theater öffnet"),
        ("sport/2026/01/sieg-in-letzter-minute-im-pokal", "Sieg in letzter Minute im Pokal"),
    ]
    blocks = "".join(
        f'<div class="teaser"><h2>{text}</h2><p>Vorspann des Artikels mit einigen Wörtern.</p><a href="/{slug}">Mehr lesen</a></div>'
        for slug, text in slugs
    )
    pages = (
        '<div class="pagination"><a href="/politik/seite/2" rel="next">Weiter</a><a href="/politik/seite/9">9</a></div>'
    )
    tags = '<div class="tagcloud"><a href="/thema/haushalt-der-stadt-2026">Haushalt der Stadt 2026</a></div>'
    menu = [
        ("/politik", "Politik"),
        ("/wirtschaft", "Wirtschaft"),
        ("/kultur", "Kultur"),
        ("/abo", "Abo"),
        ("/anmelden", "Anmelden"),
    ]
    foot = [("/impressum", "Impressum"), ("/datenschutz", "Datenschutz"), ("/autor/max-mustermann", "Max Mustermann")]
    home = "https://stadtblatt.example"
    return Section(
        name="german dates", url=f"{home}/politik", body=page('<html lang="de"><head></head>', menu, f"<main>{blocks}{tags}{pages}</main>", foot).encode("iso-8859-1"),
        articles=tuple(f"{home}/{slug}" for slug, _ in slugs), next=f"{home}/politik/seite/2", content_type="text/html; charset=ISO-8859-1",
    )  # fmt: skip


def japanese_numbers() -> Section:
    rows = [
        ("20260105k0001", "港の橋が二年ぶりに再開通"),
        ("20260105k0002", "市議会が新年度予算を可決"),
        ("20260105k0003", "北部線の夜行列車が復活へ"),
        ("20260104k0044", "大雨"),
    ]
    lines = "".join(
        f'<li class="list-item"><a href="news/html/{key}.html"><img alt=""><span>{text}</span></a><time>1月5日</time></li>'
        for key, text in rows
    )
    main = f'<div id="main"><ul>{lines}</ul><p><a href="news/list?page=2">次のページ</a></p></div>'
    menu = [("/", "ホーム"), ("/news/", "ニュース"), ("/weather/", "天気"), ("/login", "ログイン")]
    foot = [("/about", "会社概要について詳しくはこちら"), ("/privacy", "個人情報保護方針")]
    home = "https://www3.minato.example.jp"
    return Section(
        name="japanese numbers", url=f"{home}/", body=page(f'<head><meta charset="shift_jis"><base href="{home}/"></head>', menu, main, foot).encode("cp932"),
        articles=tuple(f"{home}/news/html/{key}.html" for key, _ in rows), next=f"{home}/news/list?page=2",
    )  # fmt: skip


def arabic_slugs() -> Section:
    rows = [
        ("/news/2026/1/5/افتتاح-الجسر-بعد-عامين-من-الإصلاح", "افتتاح الجسر بعد عامين من الإصلاح"),
        ("/news/2026/1/5/الصيادون-يطالبون-بوقف-الحفر", "الصيادون يطالبون بوقف الحفر"),
        ("/economy/2026/1/4/الميناء-يسجل-رقما-قياسيا", "الميناء يسجل رقما قياسيا"),
    ]
    cards = "".join(f'<article><h3><a href="{link}">{text}</a></h3></article>' for link, text in rows)
    more = '<a class="btn" href="/news/page/2/">التالي</a>'
    tags = '<section><h2>مواضيع</h2><a href="/tag/الجسر-القديم-في-المدينة">الجسر القديم في المدينة</a><a href="/author/laila-hassan">ليلى حسن</a></section>'
    menu = [("/news", "أخبار"), ("/economy", "اقتصاد"), ("/sports", "رياضة"), ("/live", "البث الحي")]
    foot = [("/about-us", "من نحن"), ("/terms", "شروط الاستخدام")]
    home = "https://mina.example"
    return Section(
        name="arabic slugs", url=f"{home}/news", body=page('<html lang="ar" dir="rtl"><head><meta charset="utf-8"></head>', menu, f"<main>{cards}{tags}{more}</main>", foot).encode(),
        articles=tuple(home + quote(link, safe="/-") for link, _ in rows), next=f"{home}/news/page/2/",
    )  # fmt: skip


def russian_queries() -> Section:
    rows = [
        (48211, "Мост через гавань открыли после двух лет ремонта"),
        (48209, "Рыбаки требуют остановить работы"),
        (48207, "Порт сообщил о рекорде"),
        (48190, "Снегопад"),
    ]
    lines = "".join(
        f'<tr><td>05.01.2026</td><td><a href="article.php?id={key}&amp;utm_source=main">{text}</a></td></tr>'
        for key, text in rows
    )
    pages = '<p><a href="index.php?page=2">2</a> <a href="index.php?page=3">3</a> <a href="index.php?page=2">следующая</a></p>'
    main = f"<table>{lines}</table>{pages}"
    menu = [
        ("index.php", "Главная"),
        ("rubric.php?name=politika", "Политика"),
        ("login.php", "Вход"),
        ("search.php", "Поиск"),
    ]
    foot = [("contacts.php", "Контакты"), ("http://counter.example/?id=1", "Счётчик посещений этого сайта за сегодня")]
    home = "http://gavan.example"
    return Section(
        name="russian queries", url=f"{home}/index.php", body=page("<head></head>", menu, main, foot).encode("cp1251"), content_type="text/html; charset=windows-1251",
        articles=tuple(f"{home}/article.php?id={key}" for key, _ in rows), next=f"{home}/index.php?page=2",
    )  # fmt: skip


def spanish_subdomains() -> Section:
    rows = [
        (
            "https://www.puerto.example.com/noticias/el-puente-reabre-tras-dos-anos_1_4821190.html",
            "El puente reabre tras dos años de obras",
        ),
        (
            "https://deportes.puerto.example.com/futbol/empate-en-el-ultimo-minuto_1_4821177.html",
            "Empate en el último minuto",
        ),
        (
            "https://www.puerto.example.com/noticias/los-pescadores-piden-una-pausa_1_4821100.html",
            "Los pescadores piden una pausa en el dragado",
        ),
        ("https://www.puerto.example.com/opinion/carta_129_4820991.html", "Carta"),
    ]
    cards = "".join(
        f'<div class="news-item"><figure><a href="{link}"><img alt="{text}"></a></figure><h2 class="title"><a href="{link}#comentarios">{text}</a></h2></div>'
        for link, text in rows
    )
    partners = '<div><h2>Además</h2><a href="https://otro-diario.example.org/2026/01/05/una-noticia-de-otro-diario.html">Una noticia larga de otro diario amigo</a></div>'
    menu = [
        ("/noticias", "Noticias"),
        ("https://deportes.puerto.example.com/", "Deportes"),
        ("/suscripcion", "Suscríbete"),
        ("/autores", "Autores"),
    ]
    foot = [("/aviso-legal", "Aviso legal"), ("/politica-de-cookies", "Política de cookies"), ("/contacto", "Contacto")]
    return Section(
        name="spanish subdomains", url="https://www.puerto.example.com/", body=page('<html lang="es"><head></head>', menu, f"<main>{cards}{partners}</main>", foot).encode(),
        articles=tuple(link for link, _ in rows),
    )  # fmt: skip


def hindi_pictures() -> Section:
    rows = [
        ("/national/bandargah-pul-do-saal-baad-khula-2781123.html", "बंदरगाह का पुल दो साल बाद खुला"),
        ("/national/machhuaron-ki-maang-2781101.html", "मछुआरों की मांग"),
        ("/business/record-2781090.html", "बंदरगाह ने बनाया नया रिकॉर्ड इस साल"),
    ]
    cards = "".join(
        f'<li><a href="{link}" title="{text}"><img src="x.jpg" alt="{text}"></a></li>' for link, text in rows
    )
    related = '<div class="sidebar"><h4>सबसे ज्यादा पढ़े गए</h4><ul><li><a href="/sports/aakhiri-minute-mein-jeet-2780999.html">आखिरी मिनट में जीत दर्ज की टीम ने</a></li></ul></div>'
    menu = [("/national", "देश"), ("/business", "कारोबार"), ("/photos", "फोटो"), ("/rashifal", "राशिफल")]
    foot = [("/about-us.html", "हमारे बारे में"), ("/sitemap.html", "साइटमैप")]
    home = "https://www.bandar.example.in"
    links = [*(link for link, _ in rows), "/sports/aakhiri-minute-mein-jeet-2780999.html"]
    return Section(
        name="hindi pictures",
        url=f"{home}/",
        body=page('<html lang="hi"><head></head>', menu, f"<div><ul>{cards}</ul>{related}</div>", foot).encode(),
        articles=tuple(home + link for link in links),
    )


def french_short() -> Section:
    """Addresses tell next to nothing here: two words of path, as small sites have."""
    rows = [
        ("/politique/pont-rouvert", "Le pont du port rouvre après deux ans de travaux"),
        ("/politique/budget-vote", "Le conseil municipal vote le budget de l’année"),
        ("/societe/pause-dragage", "Les pêcheurs demandent une pause dans le dragage"),
        ("/culture/theatre", "Le théâtre de la ville rouvre ses portes au public"),
    ]
    cards = "".join(
        f'<article><header><h2><a href="{link}">{text}</a></h2></header><p>Chapô.</p><a href="{link}">Lire la suite</a></article>'
        for link, text in rows
    )
    menu = [("/politique", "Politique"), ("/societe", "Société"), ("/culture", "Culture"), ("/connexion", "Connexion")]
    box = '<section><h2>Rubriques</h2><ul><li><a href="/politique">Politique</a></li><li><a href="/societe/vie-locale">Vie locale</a></li></ul><a href="/newsletter">Recevez chaque matin notre lettre</a></section>'
    foot = [("/mentions-legales", "Mentions légales"), ("/qui-sommes-nous", "Qui sommes-nous")]
    home = "https://leport.example.fr"
    return Section(
        name="french short",
        url=f"{home}/",
        body=page('<html lang="fr"><head></head>', menu, f"<main>{cards}{box}</main>", foot).encode(),
        articles=tuple(home + link for link, _ in rows),
    )


def chinese_files() -> Section:
    rows = [
        ("/n1/2026/0105/c1001-40123456.html", "港口大桥时隔两年恢复通车"),
        ("/n1/2026/0105/c1001-40123401.html", "市议会通过新预算"),
        ("/n1/2026/0104/c1002-40122990.html", "渔民要求暂停疏浚"),
    ]
    lines = "".join(f'<li><a href="{link}" target="_blank">{text}</a><em>01-05</em></li>' for link, text in rows)
    menu = [("/", "首页"), ("/politics/", "时政"), ("/world/", "国际"), ("/GB/99999/index.html", "全部频道列表")]
    foot = [("/about/index.html", "关于我们的报社和网站的介绍"), ("/report.zip", "下载客户端软件最新版本安装包")]
    home = "http://gangkou.example.com.cn"
    return Section(
        name="chinese files", url=f"{home}/", body=page('<head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head>', menu, f'<div class="p2_left"><ul>{lines}</ul></div>', foot).encode("gb18030"),
        articles=tuple(home + link for link, _ in rows),
    )  # fmt: skip


def wordpress() -> Section:
    rows = [
        ("/?p=1201", "Bridge reopens"),
        ("/2026/01/05/fishermen-want-a-pause/", "Fishermen want a pause in dredging"),
        ("/2026/01/04/port-record/", "Port record"),
        ("/2026/01/03/night-trains/", "Night trains are back"),
    ]
    posts = "".join(
        f'<article class="post"><h2 class="entry-title"><a href="{link}" rel="bookmark">{text}</a></h2><div class="entry-meta"><a href="/author/admin/" rel="author">admin</a>'
        f' <a href="/category/local-news-of-the-harbour/" rel="category tag">Local news of the harbour</a> <a href="{link}#respond">Leave a comment on this</a></div></article>'
        for link, text in rows
    )
    nav = '<nav class="navigation"><a class="next" href="/page/2/">Older posts</a></nav>'
    widgets = '<aside><ul><li><a href="/2026/01/">January 2026</a></li><li><a href="/feed/">Entries feed of all our posts</a></li><li><a href="/wp-login.php">Log in</a></li></ul></aside>'
    home = "https://blog.pier.example"
    return Section(
        name="wordpress", url=f"{home}/", body=page('<html lang="en-GB"><head><link rel="next" href="/page/2/"></head>', [("/about/", "About")], f"<main>{posts}{nav}</main>{widgets}", [("https://wordpress.org/", "Proudly powered by WordPress")]).encode(),
        articles=tuple(home + link for link, _ in rows), next=f"{home}/page/2/",
    )  # fmt: skip


def thai_list() -> Section:
    rows = [
        ("/politic/news/2781123", "เปิดสะพานท่าเรือหลังซ่อมแซมสองปี"),
        ("/local/news/2781101", "ชาวประมงขอหยุดขุดลอก"),
        ("/local/news/2781055", "ฝนตก"),
    ]
    lines = "".join(
        f'<div class="item"><a href="{link}"><h3>{text}</h3><p>เนื้อข่าวย่อ</p></a></div>' for link, text in rows
    )
    menu = [("/politic", "การเมือง"), ("/local", "ท้องถิ่น"), ("/member/login", "เข้าสู่ระบบ")]
    home = "https://www.tarua.example.co.th"
    return Section(
        name="thai list",
        url=f"{home}/home",
        body=page('<html lang="th"><head></head>', menu, f"<div>{lines}</div>", [("/contact", "ติดต่อเรา")]).encode(),
        articles=tuple(home + link for link, _ in rows),
    )


def sections() -> Sequence[Section]:
    """Return all pages."""
    makers = (
        english_cards, german_dates, japanese_numbers, arabic_slugs, russian_queries, spanish_subdomains, hindi_pictures,
        french_short, chinese_files, wordpress, thai_list,
    )  # fmt: skip
    return [make() for make in makers]
