"""Numbers that are written as words: cardinals, what stands for a number now and then, and words of scale.

Words of scale ("million", "mil milhões", "करोड़", "万") come from the compact decimal formats of Unicode CLDR
(babel) for every language that has them; cardinals are our own lists for a few languages. A language without a list
is one of which we do not know what its words say about numbers.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from babelscope.languages.names import word_pattern

_CARDINALS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen; twenty thirty forty fifty sixty seventy eighty ninety; hundred=100",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis dezassete "
    "dezoito dezanove; vinte trinta quarenta cinquenta sessenta setenta oitenta noventa; uma=1 duas=2 quatorze=14 "
    "dezesseis=16 dezessete=17 dezenove=19 cem=100 cento=100 duzentos=200 duzentas=200 trezentos=300 trezentas=300 "
    "quatrocentos=400 quatrocentas=400 quinhentos=500 quinhentas=500 seiscentos=600 seiscentas=600 setecentos=700 "
    "setecentas=700 oitocentos=800 oitocentas=800 novecentos=900 novecentas=900",
    "gl": "cero un dous tres catro cinco seis sete oito nove dez once doce trece catorce quince dezaseis dezasete "
    "dezaoito dezanove; vinte trinta corenta cincuenta sesenta setenta oitenta noventa; unha=1 dúas=2 cen=100 "
    "cento=100 douscentos=200 trescentos=300 catrocentos=400 cincocentos=500 quiñentos=500",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve; veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa; un=1 una=1 "
    "veintiuno=21 veintiún=21 veintiuna=21 veintidós=22 veintitrés=23 veinticuatro=24 veinticinco=25 veintiséis=26 "
    "veintisiete=27 veintiocho=28 veintinueve=29 cien=100 ciento=100 doscientos=200 doscientas=200 trescientos=300 "
    "trescientas=300 cuatrocientos=400 cuatrocientas=400 quinientos=500 quinientas=500 seiscientos=600 seiscientas=600 "
    "setecientos=700 setecientas=700 ochocientos=800 ochocientas=800 novecientos=900 novecientas=900",
    "ca": "zero u dos tres quatre cinc sis set vuit nou deu onze dotze tretze catorze quinze setze disset divuit "
    "dinou; vint trenta quaranta cinquanta seixanta setanta vuitanta noranta; un=1 una=1 dues=2 cent=100 cents=100",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize _ _ _; "
    "vingt trente quarante cinquante soixante _ _ _; une=1 cent=100 cents=100",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove; venti trenta quaranta cinquanta sessanta settanta ottanta novanta; un=1 una=1 "
    "cento=100 duecento=200 trecento=300 quattrocento=400 cinquecento=500 seicento=600 settecento=700 ottocento=800 "
    "novecento=900",
    "de": "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn; zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig; eins=1 eine=1 "
    "einen=1 einem=1 einer=1 zwo=2 hundert=100",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
    "zeventien achttien negentien; twintig dertig veertig vijftig zestig zeventig tachtig negentig; één=1 honderd=100",
    "ru": "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать; двадцать тридцать сорок пятьдесят "
    "шестьдесят семьдесят восемьдесят девяносто; одна=1 одно=1 две=2 двух=2 двум=2 двумя=2 трёх=3 трех=3 трём=3 трем=3 "
    "тремя=3 четырёх=4 четырех=4 четырём=4 четырем=4 пяти=5 пятью=5 шести=6 семи=7 восьми=8 девяти=9 десяти=10 "
    "двадцати=20 тридцати=30 сто=100 ста=100 двести=200 триста=300 четыреста=400 пятьсот=500 шестьсот=600 семьсот=700 "
    "восемьсот=800 девятьсот=900",
}
_LOOSE = {
    "en": "first=1 second=2 both=2 couple=2 pair=2 twice=2 double=2 doubles=2 doubled=2 twin=2 twins=2 third=3 "
    "thirds=3 trio=3 triple=3 tripled=3 thrice=3 fourth=4 quarter=4 quarters=4 quartet=4 quadruple=4 fifth=5 "
    "sixth=6 seventh=7 "
    "eighth=8 ninth=9 tenth=10 decade=10 decades=10 eleventh=11 twelfth=12 dozen=12 dozens=12 noon=12 midnight=0 "
    "nil=0 no=0 none=0 single=1 once=1 a=1 an=1 fortnight=15 twentieth=20 teen=13 teens=13 teenage=13 thirtieth=30 "
    "twenties=20 thirties=30 forties=40 fifties=50 sixties=60 seventies=70 eighties=80 nineties=90 hundreds=100 "
    "centuries=100 century=100 half=0.5",
    "pt": "primeiro=1 primeira=1 primeiros=1 primeiras=1 segundo=2 segunda=2 ambos=2 ambas=2 dupla=2 par=2 duplo=2 "
    "dobro=2 terceiro=3 terceira=3 terço=3 terços=3 trio=3 tripla=3 triplo=3 quarto=4 quarta=4 quartos=4 quarteto=4 "
    "quinto=5 quinta=5 sexto=6 sexta=6 sétimo=7 sétima=7 oitavo=8 oitava=8 nono=9 nona=9 décimo=10 décima=10 dezena=10 "
    "dezenas=10 década=10 décadas=10 dúzia=12 dúzias=12 quinzena=15 vigésimo=20 século=100 séculos=100 centena=100 "
    "centenas=100 meio=0.5 meia=0.5 metade=0.5 nenhum=0 nenhuma=0 milhar=1000 milhares=1000 duas=2",
    "es": "primero=1 primer=1 primera=1 segundo=2 segunda=2 ambos=2 ambas=2 par=2 doble=2 tercero=3 tercer=3 "
    "tercera=3 tercio=3 tercios=3 trío=3 triple=3 cuarto=4 cuarta=4 quinto=5 quinta=5 sexto=6 sexta=6 séptimo=7 "
    "octavo=8 noveno=9 "
    "décimo=10 décima=10 decena=10 decenas=10 década=10 décadas=10 docena=12 docenas=12 quincena=15 siglo=100 "
    "centena=100 centenares=100 cientos=100 medio=0.5 media=0.5 mitad=0.5 miles=1000",
}
_CONNECT = {
    "en": "and", "pt": "e", "gl": "e", "es": "y", "ca": "i", "fr": "et", "it": "e", "de": "und", "nl": "en", "ru": "",
}  # fmt: skip
_SHORT_SCALES = {
    "en": "k=1e3 m=1e6 mn=1e6 mln=1e6 b=1e9 bn=1e9 bln=1e9 t=1e12 tn=1e12 trn=1e12 crore=1e7 crores=1e7 lakh=1e5 "
    "lakhs=1e5 thousands=1e3 millions=1e6 billions=1e9 trillions=1e12",
    "pt": "mi=1e6 mio=1e6 bi=1e9 tri=1e12 milhar=1e3 milhares=1e3 bilião=1e12 biliões=1e12",
    "es": "k=1e3 mm=1e6 mdp=1e6 millar=1e3 millares=1e3",
    "de": "tsd=1e3",
    "fr": "md=1e9 mds=1e9 millier=1e3 milliers=1e3",
    "zh": "万=1e4 萬=1e4 亿=1e8 億=1e8 千=1e3 百=1e2",
    "ja": "千=1e3 百=1e2",
}


@lru_cache(maxsize=256)
def cardinals(language: str) -> dict[str, int]:
    """Return the words for whole numbers below a thousand; {} for a language without a list."""
    listed = _CARDINALS.get(language, "")
    if not listed:
        return {}
    units, tens, more = listed.split(";")
    words = {word: value for value, word in enumerate(units.split())}
    words |= {word: 10 * place for place, word in enumerate(tens.split(), 2)}
    words |= {word: int(value) for word, _, value in (item.partition("=") for item in more.split())}
    words.pop("_", None)
    return words


@lru_cache(maxsize=256)
def loose_words(language: str) -> dict[str, str]:
    """Return words that now and then stand for a number ("both", "dezena"), with it: reason enough to miss none."""
    return dict(item.split("=") for item in _LOOSE.get(language, "").split())


@lru_cache(maxsize=256)
def connectors(language: str) -> frozenset[str]:
    """Return the words that join the words of one number ("twenty and three")."""
    return frozenset(_CONNECT.get(language, "").split())


@lru_cache(maxsize=256)
def scales(language: str) -> dict[str, int]:
    """Return the words that multiply the number before them, in small letters: "mil" 1000, "bn" 1,000,000,000."""
    found: dict[str, int] = {}
    for locale in _locales(language):
        for style in ("long", "short"):
            for forms in (locale.compact_decimal_formats.get(style) or {}).values():
                for magnitude, pattern in forms.items():
                    _add_scale(found, int(magnitude), pattern.pattern)
    short = (item.split("=") for item in _SHORT_SCALES.get(language, "").split())
    return found | {word: int(float(value)) for word, value in short}


def _add_scale(found: dict[str, int], magnitude: int, pattern: str) -> None:
    words = [unicodedata.normalize("NFC", w).casefold() for w in word_pattern().findall(pattern.replace("0", " "))]
    zeros = pattern.count("0")
    if len(words) == 1 and zeros and (len(words[0]) > 1 or ord(words[0]) > 0x2E80):
        found.setdefault(words[0], magnitude // 10 ** (zeros - 1))


def _locales(language: str) -> list[Any]:
    from babel import Locale, UnknownLocaleError

    known: list[Any] = []
    for code in (language, "pt_PT") if language == "pt" else (language,):
        try:
            known.append(Locale.parse(code))
        except (UnknownLocaleError, ValueError):
            continue
    return known


@lru_cache(maxsize=256)
def separators(language: str) -> tuple[str, str]:
    """Return the decimal sign and the sign between groups of digits after CLDR; ("", "") if they are not known."""
    for locale in _locales(language):
        symbols = locale.number_symbols.get("latn", {})
        return symbols.get("decimal", ""), symbols.get("group", "")
    return "", ""
