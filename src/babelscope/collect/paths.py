"""What the address of a page tells about it: an article, or a list, a login, a tag, a file.

Addresses are the most stable sign there is: publishers put a date, a number or the headline's words into those of
articles, in every language. Nothing is fetched for it.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import msgspec

_FILES = (
    "jpg jpeg png gif webp avif svg ico bmp tif tiff mp3 m4a ogg wav aac mp4 m4v webm mov avi mkv m3u8 zip rar gz "
    "7z tar xml rss atom json js css woff woff2 ttf apk exe dmg doc docx xls xlsx ppt pptx ics vcf"
)
FILES = frozenset(_FILES.split())
_PAGE_ENDINGS = "html htm shtml shtm xhtml phtml php php5 asp aspx jsp jhtml ece cms story do cfm dhtml amp"
PAGE_ENDINGS = frozenset(_PAGE_ENDINGS.split())
# Words of paths that lead to lists of articles, in the languages of the web
_LISTS = (
    "tag tags topic topics label labels keyword keywords etiqueta etiquetas hashtag category categories categoria "
    "categorias categorie categories kategorie kategoria kategori kategorien cat author authors autor autores "
    "autoren auteur auteurs autore autori yazar yazarlar avtor penulis contributor contributors profile profiles "
    "people user users member members search suche buscar busca recherche cerca zoeken szukaj arama poisk cari "
    "sok feed feeds rss atom sitemap sitemaps wp-admin wp-login wp-content wp-json cdn-cgi api static assets "
    "login logout signin sign-in signup sign-up register anmelden connexion oauth sso user-login cart checkout"
)
LISTS = frozenset(_LISTS.split())
# … and to services and to what the publisher says of itself, unless a whole headline follows
_SERVICES = (
    "thema themen tema temas theme themes registration registrieren anmeldung acceso entrar account konto cuenta "
    "compte my profil auth subscribe subscription subscriptions abo abonnement abonnements suscripcion suscribete "
    "newsletter newsletters shop store donate spenden premium-offer jobs careers karriere advertise advertising "
    "werbung contact contacts kontakt contacto contato contatti contactez about about-us ueber-uns impressum "
    "imprint privacy privacy-policy datenschutz privacidad privacidade confidentialite terms terms-of-use agb "
    "cookies cookie-policy legal mentions-legales aviso-legal help faq hilfe ayuda aide support page pages seite "
    "pagina archive archives archiv archivo arquivo weather wetter horoscope horoskop share print email comments "
    "comment podcast-feed"
)
SERVICES = frozenset(_SERVICES.split())
_ARTICLE_WORDS = (
    "article articles artikel articulo articulos artigo articolo artykul story stories noticia noticias nota notas "
    "post posts haber berita tin news novosti novost nachrichten nieuws actualite actualites aktuelles clanek cikk "
    "statya stati content detail details read view show node news-detail newsdetail archives"
)
ARTICLE_WORDS = frozenset(_ARTICLE_WORDS.split())
_IDENTITIES = (
    "id p nid aid sid cid pid artid articleid article_id article newsid news_id storyid story idx no n key uid docid v"
)
IDENTITIES = frozenset(_IDENTITIES.split())
_TRACKING = re.compile(
    r"(utm_|at_|wt_|pk_|mtm_|ns_|xtor|hsa_)\w*|fbclid|gclid|dclid|yclid|msclkid|igshid|mc_cid|mc_eid|ref|ref_src|ref_url|"
    r"cmpid|cmp|ocid|smid|smtyp|s_cid|ito|sref|_ga|spm|trk|traffic_source|intcmp|icid|amp",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[/._-]?(0?[1-9]|1[0-2])[/._-]?(0?[1-9]|[12]\d|3[01])(?!\d)")
_DAY_LAST = re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])[/._-](0?[1-9]|1[0-2])[/._-]((?:19|20)\d\d)(?!\d)")
_MONTH = re.compile(r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2]|[a-z]{3,9})/")
_CALENDAR = re.compile(r"/(?:19|20)\d\d(?:/\d\d?){1,2}/?")
_LONG_NUMBER = re.compile(r"\d{5,}")
_NUMBER = re.compile(r"(?<![\d])\d{3,4}(?!\d)")
_HEX = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{9,40}")
_NAMED_NUMBER = re.compile(r"[a-z]{1,3}\d{4,}")
_WORDS = re.compile(r"[-_+\s.,]+")
_PAGE_NUMBER = re.compile(r"(^|/)(page|seite|pagina|p|pg|sayfa|strona|trang|hal)[/=_-]?\d{1,4}/?$")
_PAGE_QUERY = frozenset({"page", "paged", "pg", "seite", "pagina", "start", "offset", "pagenum", "pageno", "sayfa"})
_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Shape(msgspec.Struct, frozen=True):
    """The form of an address: ``key`` is the same for addresses made alike, ``score`` is evidence for an article."""

    key: str
    score: int


def is_apart(url: str) -> bool:
    """Say whether an address (normal form) is surely no article: a front page, list, tag, person, login or file."""
    parts = urlsplit(url)
    path = unquote(parts.path).lower()
    segments = [part for part in path.split("/") if part]
    if not segments:
        return not _identity(parts.query)
    last, dot, ending = segments[-1].rpartition(".")
    if dot and ending in FILES:
        return True
    if _is_later_page(path, parts.query) or _CALENDAR.fullmatch(path):
        return True
    bare = last if dot and ending in PAGE_ENDINGS else segments[-1]
    if len(segments) == 1 and bare in ("index", "home", "default", "main", "start") and not _identity(parts.query):
        return True
    return _leads_apart([*segments[:-1], bare], path)


def _leads_apart(names: list[str], path: str) -> bool:
    last, dated = names[-1], bool(_DAY.search(path) or _MONTH.search(path) or _LONG_NUMBER.search(names[-1]))
    for number, name in enumerate(names[:3]):
        if name in LISTS:
            return not (dated or (len(names) - number > 2 and _slug_score(last) >= 2))
        if name in SERVICES:
            return not (dated or (len(names) - number > 1 and _slug_score(last) >= 3))
    return False


def shape_of(url: str) -> Shape:
    """Return the form of the address and the evidence (0 to about 7) that it is an article's; 3 is convincing."""
    parts = urlsplit(url)
    path = unquote(parts.path).lower()
    segments = [part for part in path.split("/") if part]
    if not segments:
        identity = _identity(parts.query)
        return Shape(f"/?{identity}", 2 if identity else 0)
    last, dot, ending = segments[-1].rpartition(".")
    is_page = bool(dot) and ending in PAGE_ENDINGS
    names = [*segments[:-1], last if is_page else segments[-1]]
    identity = _identity(parts.query)
    score = _date_score(path) + max(_slug_score(name) for name in names[-2:]) + _number_score(names)
    score += 2 if identity else 0
    score += is_page + any(name in ARTICLE_WORDS for name in names[:-1])
    key = "/".join(_kind(name) for name in names)
    return Shape(f"{key}.{ending if is_page else ''}?{identity}", score)


def without_tracking(url: str) -> str:
    """Return ``url`` without the parameters that only say where the reader came from."""
    parts = urlsplit(url)
    if not parts.query:
        return url
    try:
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return url
    kept = [pair for pair in pairs if not _TRACKING.fullmatch(pair[0])]
    if len(kept) == len(pairs):
        return url
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def _is_later_page(path: str, query: str) -> bool:
    names = {pair.partition("=")[0].lower() for pair in query.split("&")[:50]}
    return bool(_PAGE_NUMBER.search(path)) or (bool(names & _PAGE_QUERY) and not _identity(query))


def _identity(query: str) -> str:
    """Return the name of the parameter that numbers an article ("" without one)."""
    for pair in query.split("&")[:50]:
        name, _, value = pair.partition("=")
        if name.lower() in IDENTITIES and any(map(str.isdigit, value)):
            return name.lower()
    return ""


def _date_score(path: str) -> int:
    if _DAY.search(path) or _DAY_LAST.search(path):
        return 2
    return 2 if _MONTH.search(path) else 0


def _slug_score(name: str) -> int:
    words = [word for word in _WORDS.split(name) if len(word) > 1 and not word.isdigit()]
    if len(words) >= 5:
        return 3
    if len(words) >= 4 or (len(words) == 1 and len(_WIDE.findall(name)) >= 8):
        return 2
    return int(len(words) == 3)


def _number_score(names: list[str]) -> int:
    last = names[-1]
    if _LONG_NUMBER.search(last) or any(_HEX.fullmatch(word) for word in _WORDS.split(last)):
        return 2
    if _NAMED_NUMBER.search(last) or (len(names) > 1 and _LONG_NUMBER.search(names[-2])):
        return 2
    return int(bool(_NUMBER.search(last)))


def _kind(name: str) -> str:
    """Return the kind of a path segment: a year, a number, a slug of several words, a word with a number, a word."""
    if name.isdigit():
        return "Y" if len(name) == 4 else "9" if len(name) > 2 else "99"
    words = [word for word in _WORDS.split(name) if word]
    if len(words) >= 3 or len(_WIDE.findall(name)) >= 8:
        return "slug"
    return "id" if any(map(str.isdigit, name)) else name if len(name) < 4 else "word"
