"""Names as data: the folded form of keys, case endings, prefixes, words that mark organisations and offices."""

from __future__ import annotations

import functools
import re
import sys
import unicodedata

_DROP = dict.fromkeys(
    [*range(0x300, 0x370), *range(0x64B, 0x656), 0x670, 0x640, *range(0x591, 0x5C8), 0x200B, 0x200C, 0x200D]
)
_MAP = {ord("ى"): "ي", ord("ی"): "ي", ord("ک"): "ك", ord("ة"): "ه", ord("ı"): "i", ord("ø"): "o", ord("Ø"): "O"}
_FOLD = {**_DROP, **_MAP}


def fold_name(name: str) -> str:
    """Return ``name`` as a key: compatibility forms, case, accents, vowel points and Arabic variants taken off."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", name).translate(_FOLD)).casefold()


@functools.cache
def word_pattern() -> re.Pattern[str]:
    """Return the pattern of one word: letters and digits with their combining marks (``\\w`` leaves the marks out)."""
    marks = [c for c in range(0x300, min(0x11000, sys.maxunicode)) if unicodedata.category(chr(c))[0] == "M"]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    inner = "".join(f"{chr(a)}-{chr(b)}" for a, b in ranges)
    return re.compile(rf"[^\W_][^\W_{inner}]*(?:[{inner}\u200c\u200d]+[^\W_]*)*")


_CYRILLIC_EAST = (
    "а у ом ем ой ою ей ею ы и е я ю ам ами ах ов ях ями ям ий ього ого его ому ему ым им ых их ую юю ая ое"
)
CASE_ENDINGS: dict[str, frozenset[str]] = {
    code: frozenset(fold_name(e) for e in endings.split())
    for code, endings in {
        "ru": _CYRILLIC_EAST,
        "uk": _CYRILLIC_EAST + " і ї ові еві єю єві",
        "be": _CYRILLIC_EAST + " аў ау",
        "bg": "та то те ът ия",
        "mk": "та то те от",
        "sr": "а у ом ем е и ој ama a u om em e i oj",
        "hr": "a u om em e i oj ama",
        "bs": "a u om em e i oj ama",
        "sl": "a u om em e i o ah ih",
        "pl": "a y i e ie u em iem o owi ach ami ow",
        "cs": "a y i e ie u em o ou ovi ach ich um",
        "sk": "a y i e u om o ou ovi ach",
        "el": "ς α ας η ης ο ου ος ον ι ιου ων ες ε ους",
        "fi": "n a ta ssa sta lla lta lle ksi na in an on en tta seen hin",
        "et": "s st sse l lt le ga ni t d i a",
        "hu": "ban ben ba be bol on en n ra re rol t ot et nak nek ig val vel tol nal nel ert",
        "lt": "os a oje ai o e u i ui iu uje je",
        "lv": "as a u i e ai am ei es is",
        "tr": "da de ta te dan den tan ten in un nin nun a e ya ye i u yi yu",
        "az": "da de dan den in un nin nun a e ya ye i u ni nu",
        "ro": "ei ului i a ul",
        "sq": "s it in i en se",
        "hy": "ի ում ից ով ն ը ին",
        "ka": "ში ის ს დან ზე მა ით თან",
        "kk": "да де та те дан ден тан тен нын нин дын дин тын тин га ге ка ке",
        "ko": "은 는 이 가 을 를 의 에 에서 로 으로 와 과 도 만 까지 부터 에게 시 발 인 산 측 서 행",
        "eu": "n ko ren tik ra an en ek",
    }.items()
}
PREFIXES: dict[str, tuple[str, ...]] = {
    "ar": ("و", "ب", "ل", "ف", "ك", "ال", "وال", "بال", "لل", "كال", "فال", "وب", "ول", "ولل", "وبال"),
    "he": ("ו", "ה", "ב", "ל", "מ", "ש", "כ", "וב", "ול", "ומ", "מה", "שב", "וה", "בה", "לה", "של"),
}

_ORGANISATION: dict[str, str] = {
    "en": "ministry university bank party council committee commission agency department authority institute "
    "association federation union corporation company group club court parliament senate congress police "
    "army institute foundation college school hospital museum church organization organisation office "
    "bureau board league team times post news inc ltd corp co plc llc gmbh ag sa bhd limited holdings "
    "airlines airways network society trust center centre fund",
    "es": "ministerio universidad banco partido consejo comision instituto asociacion federacion sindicato "
    "grupo s.a tribunal congreso senado policia ejercito fundacion hospital agencia compania empresa "
    "ayuntamiento fiscalia",
    "pt": "ministerio universidade banco partido conselho comissao instituto associacao federacao sindicato "
    "grupo tribunal congresso senado policia exercito fundacao hospital agencia companhia empresa camara "
    "prefeitura ltda",
    "fr": "ministere universite banque parti conseil commission institut association federation syndicat groupe "
    "societe tribunal cour assemblee senat police armee fondation hopital agence compagnie ligue sarl",
    "it": "ministero universita banca partito consiglio commissione istituto associazione federazione sindacato "
    "gruppo tribunale camera senato polizia fondazione ospedale agenzia compagnia societa spa s.p.a",
    "de": "gmbh ag kg ministerium universitat bank partei rat kommission institut verein verband gewerkschaft "
    "gruppe gericht bundestag polizei stiftung agentur gesellschaft bundesministerium bundesamt "
    "landgericht hochschule",
    "nl": "ministerie universiteit bank partij raad commissie instituut vereniging bv nv groep rechtbank "
    "politie stichting",
    "sv": "ministerium universitet bank parti departementet kommissionen institut ab polisen stiftelsen "
    "myndigheten",
    "da": "ministeriet universitet bank parti kommissionen institut a/s politiet fonden styrelsen",
    "no": "departementet universitetet bank parti kommisjonen institutt as asa politiet stiftelsen",
    "fi": "ministerio yliopisto pankki puolue neuvosto komissio oy oyj liitto poliisi",
    "pl": "ministerstwo uniwersytet bank partia rada komisja instytut stowarzyszenie sad policja fundacja "
    "agencja spolka",
    "cs": "ministerstvo univerzita banka strana rada komise ustav sdruzeni soud policie nadace agentura",
    "sk": "ministerstvo univerzita banka strana rada komisia ustav zdruzenie sud policia nadacia agentura",
    "hr": "ministarstvo sveuciliste banka stranka vijece komisija institut udruga sud policija zaklada agencija",
    "sr": "министарство универзитет банка странка савет комисија институт суд полиција ministarstvo univerzitet "
    "banka",
    "ro": "ministerul universitatea banca partidul consiliul comisia institutul tribunalul politia agentia",
    "hu": "miniszterium egyetem bank part tanacs bizottsag intezet birosag rendorseg alapitvany zrt kft nyrt",
    "tr": "bakanligi universitesi bankasi partisi kurulu komisyonu enstitusu dernegi mahkemesi emniyet vakfi "
    "a.s holding baskanligi belediyesi genel mudurlugu konseyi birligi",
    "az": "nazirliyi universiteti banki partiyasi komitesi institutu mehkemesi agentliyi",
    "id": "kementerian universitas bank partai dewan komisi institut pt yayasan polri mahkamah badan",
    "ms": "kementerian universiti bank parti majlis suruhanjaya institut bhd yayasan mahkamah",
    "tl": "kagawaran unibersidad bangko partido komisyon",
    "vi": "bo dai hoc ngan hang cong ty dang uy ban hoi vien toa tap doan",
    "sw": "wizara kikuu kampuni benki chama tume bunge mahakama shirika jeshi",
    "ru": "министерство университет банк партия совет комиссия институт ассоциация федерация союз ооо оао ао "
    "пао суд госдума полиция фонд агентство компания корпорация минобороны мид служба комитет управление",
    "uk": "міністерство університет банк партія рада комісія інститут асоціація федерація тов ат суд поліція "
    "фонд агентство компанія служба комітет управління",
    "be": "міністэрства універсітэт банк партыя рада камісія інстытут суд камітэт",
    "bg": "министерство университет банка партия съвет комисия институт съд полиция фондация агенция",
    "mk": "министерство универзитет банка партија совет комисија институт суд",
    "kk": "министрлиги университети банки партиясы комитети",
    "el": "υπουργειο πανεπιστημιο τραπεζα κομμα συμβουλιο επιτροπη ινστιτουτο εταιρεια δικαστηριο αστυνομια "
    "ιδρυμα ομιλος",
    "hy": "նախարարություն համալսարան բանկ կուսակցություն",
}  # fmt: skip
ORGANISATION_WORDS: dict[str, frozenset[str]] = {
    code: frozenset(fold_name(w) for w in words.split()) for code, words in _ORGANISATION.items()
}

_OFFICE: dict[str, str] = {
    "es": "presidente presidenta ministro ministra senador senadora diputado alcalde gobernador general juez "
    "señor doctor",
    "pt": "presidente ministro ministra senador senadora deputado deputada prefeito governador general juiz "
    "doutor",
    "fr": "président présidente ministre sénateur député maire gouverneur général juge monsieur madame docteur",
    "it": "presidente ministro ministra senatore deputato sindaco governatore generale giudice signor dottor",
    "nl": "president minister premier senator burgemeester generaal rechter meneer",
    "sv": "presidenten president ministern statsminister minister generalen",
    "pl": "prezydent premier minister senator poseł burmistrz generał sędzia",
    "cs": "prezident premiér ministr senátor poslanec starosta generál",
    "tr": "başkanı cumhurbaşkanı bakanı başbakan milletvekili general",
    "id": "presiden menteri gubernur jenderal walikota hakim",
    "sw": "rais waziri jenerali mbunge gavana",
    "ru": "президент премьер-министр министр сенатор депутат мэр губернатор генерал судья премьер глава",
    "uk": "президент прем'єр-міністр міністр сенатор депутат мер губернатор генерал суддя",
    "bg": "президентът президент министър премиер депутат кмет генерал",
    "el": "πρόεδρος υπουργός πρωθυπουργός βουλευτής δήμαρχος στρατηγός",
}  # fmt: skip
OFFICE_WORDS: dict[str, frozenset[str]] = {
    code: frozenset(fold_name(w) for w in words.split()) for code, words in _OFFICE.items()
}

WIDE_ORGANISATIONS: dict[str, re.Pattern[str]] = {
    "ja": re.compile(
        r"株式会社[一-鿿゠-ヿA-Za-z]{2,12}|[一-鿿゠-ヿA-Za-z]{2,12}(?:株式会社|大学|銀行|新聞|党|省(?![^\w]?エ)|庁|委員会|裁判所)"
    ),
    "zh": re.compile(
        r"(?<![一-鿿])[一-鿿]{2,8}?(?:公司|集团|集團|大学|大學|银行|銀行|外交部|国防部|國防部|商务部|教育部|委员会|委員會|法院|日报|通讯社)"
    ),
    "th": re.compile(r"(?:บริษัท|มหาวิทยาลัย|กระทรวง|ธนาคาร|พรรค|ศาล)[\u0e00-\u0e7f]{2,24}(?![\u0e00-\u0e7f])"),
}
"""Organisations in scripts without spaces: a keyword with the run of name characters at its side."""

LEADING_ORGANISATIONS: dict[str, frozenset[str]] = {
    code: frozenset(fold_name(w) for w in words.split())
    for code, words in {
        "ar": "وزارة جامعة شركة بنك حزب مجلس هيئة محكمة منظمة مؤسسة جمعية",
        "fa": "وزارت دانشگاه شرکت بانک حزب شورای سازمان دادگاه",
        "ur": "وزارت جامعہ بینک جماعت",
        "he": "משרד אוניברסיטת חברת בנק מפלגת מועצת ועדת",
    }.items()
}
"""Right-to-left languages put the kind of organisation first; its name is the next one or two words."""

_PARTICLES = """
de del della di da do dos das du des la le van von der den zu al el ibn bin bint ben e y i of and the for und et
"""
NAME_PARTICLES = frozenset(_PARTICLES.split())
"""Words in lower case that may stand inside a name."""
