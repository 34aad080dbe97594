"""Language codes: ISO 639-1 where it exists, else 639-3, with the English name and the usual scripts of each.

Names and scripts follow ISO 639 (SIL) and the supplemental data of Unicode CLDR 45.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import msgspec

UNKNOWN = "und"

_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}")

# "code, ISO 639-3, scripts (the usual one first), English name" of each language
_TABLE = """
aa aar Latn Afar; ab abk Cyrl Abkhazian; af afr Latn Afrikaans; ak aka Latn Akan; am amh Ethi Amharic;
an arg Latn Aragonese; ar ara Arab Arabic; as asm Beng Assamese; ast ast Latn Asturian; av ava Cyrl Avaric;
ay aym Latn Aymara; az aze Latn,Cyrl,Arab Azerbaijani; azb azb Arab South Azerbaijani; ba bak Cyrl Bashkir;
bal bal Arab Baluchi; ban ban Latn Balinese; bar bar Latn Bavarian; bcl bcl Latn Central Bikol;
be bel Cyrl,Latn Belarusian; bem bem Latn Bemba; ber ber Tfng,Latn Berber; bg bul Cyrl Bulgarian;
bho bho Deva Bhojpuri; bi bis Latn Bislama; bm bam Latn Bambara; bn ben Beng Bangla; bo bod Tibt Tibetan;
bpy bpy Beng Bishnupriya; br bre Latn Breton; bs bos Latn,Cyrl Bosnian; bxr bxr Cyrl Russia Buriat;
ca cat Latn Catalan; cbk cbk Latn Chavacano; ce che Cyrl Chechen; ceb ceb Latn Cebuano; ch cha Latn Chamorro;
chr chr Cher Cherokee; ckb ckb Arab Central Kurdish; co cos Latn Corsican; crh crh Latn,Cyrl Crimean Tatar;
cs ces Latn Czech; cv chv Cyrl Chuvash; cy cym Latn Welsh; da dan Latn Danish; de deu Latn German;
diq diq Latn Zazaki; dsb dsb Latn Lower Sorbian; dty dty Deva Dotyali; dv div Thaa Divehi; dz dzo Tibt Dzongkha;
ee ewe Latn Ewe; el ell Grek Greek; eml eml Latn Emilian-Romagnol; en eng Latn English; eo epo Latn Esperanto;
es spa Latn Spanish; et est Latn Estonian; eu eus Latn Basque; fa fas Arab Persian; ff ful Latn,Adlm Fula;
fi fin Latn Finnish; fj fij Latn Fijian; fo fao Latn Faroese; fr fra Latn French; frr frr Latn Northern Frisian;
fur fur Latn Friulian; fy fry Latn Western Frisian; ga gle Latn Irish; gd gla Latn Scottish Gaelic;
gl glg Latn Galician; gn grn Latn Guarani; gom gom Deva,Latn Goan Konkani; gsw gsw Latn Swiss German;
gu guj Gujr Gujarati; gv glv Latn Manx; ha hau Latn,Arab Hausa; haw haw Latn Hawaiian; he heb Hebr Hebrew;
hi hin Deva Hindi; hif hif Latn Fiji Hindi; hmn hmn Latn Hmong; hr hrv Latn Croatian; hsb hsb Latn Upper Sorbian;
ht hat Latn Haitian Creole; hu hun Latn Hungarian; hy hye Armn Armenian; ia ina Latn Interlingua;
id ind Latn Indonesian; ie ile Latn Interlingue; ig ibo Latn Igbo; ilo ilo Latn Iloko; io ido Latn Ido;
is isl Latn Icelandic; it ita Latn Italian; iu iku Cans,Latn Inuktitut; ja jpn Jpan Japanese; jbo jbo Latn Lojban;
jv jav Latn Javanese; ka kat Geor Georgian; kab kab Latn Kabyle; kg kon Latn Kongo; ki kik Latn Kikuyu;
kk kaz Cyrl,Latn,Arab Kazakh; kl kal Latn Kalaallisut; km khm Khmr Khmer; kn kan Knda Kannada; ko kor Kore Korean;
kok kok Deva Konkani; krc krc Cyrl Karachay-Balkar; ks kas Arab,Deva Kashmiri; ku kur Latn,Arab Kurdish;
kv kom Cyrl Komi; kw cor Latn Cornish; ky kir Cyrl Kyrgyz; la lat Latn Latin; lb ltz Latn Luxembourgish;
lez lez Cyrl Lezghian; lg lug Latn Ganda; li lim Latn Limburgish; lmo lmo Latn Lombard; ln lin Latn Lingala;
lo lao Laoo Lao; lrc lrc Arab Northern Luri; lt lit Latn Lithuanian; luo luo Latn Luo; lv lav Latn Latvian;
mai mai Deva Maithili; mg mlg Latn Malagasy; mhr mhr Cyrl Eastern Mari; mi mri Latn Māori; min min Latn Minangkabau;
mk mkd Cyrl Macedonian; ml mal Mlym Malayalam; mn mon Cyrl,Mong Mongolian; mni mni Beng Manipuri;
mr mar Deva Marathi; mrj mrj Cyrl Western Mari; ms msa Latn,Arab Malay; mt mlt Latn Maltese; mwl mwl Latn Mirandese;
my mya Mymr Burmese; myv myv Cyrl Erzya; mzn mzn Arab Mazanderani; nah nah Latn Nahuatl; nap nap Latn Neapolitan;
nd nde Latn North Ndebele; nds nds Latn Low German; ne nep Deva Nepali; new new Deva Newari; nl nld Latn Dutch;
nn nno Latn Norwegian Nynorsk; no nor Latn Norwegian; nqo nqo Nkoo N'Ko; nr nbl Latn South Ndebele;
nso nso Latn Northern Sotho; ny nya Latn Nyanja; oc oci Latn Occitan; om orm Latn Oromo; or ori Orya Odia;
os oss Cyrl Ossetic; pa pan Guru Punjabi; pam pam Latn Pampanga; pap pap Latn Papiamento;
pcm pcm Latn Nigerian Pidgin; pfl pfl Latn Palatine German; pl pol Latn Polish; pms pms Latn Piedmontese;
pnb pnb Arab Western Punjabi; ps pus Arab Pashto; pt por Latn Portuguese; qu que Latn Quechua;
rm roh Latn Romansh; rn run Latn Rundi; ro ron Latn,Cyrl Romanian; rom rom Latn Romany; ru rus Cyrl Russian;
rue rue Cyrl Rusyn; rw kin Latn Kinyarwanda; sa san Deva Sanskrit; sah sah Cyrl Yakut; sat sat Olck Santali;
sc srd Latn Sardinian; scn scn Latn Sicilian; sco sco Latn Scots; sd snd Arab,Deva Sindhi; se sme Latn Northern Sami;
sg sag Latn Sango; sh hbs Latn,Cyrl Serbo-Croatian; shn shn Mymr Shan; si sin Sinh Sinhala; sk slk Latn Slovak;
sl slv Latn Slovenian; sm smo Latn Samoan; sn sna Latn Shona; so som Latn Somali; sq sqi Latn Albanian;
sr srp Cyrl,Latn Serbian; ss ssw Latn Swati; st sot Latn Southern Sotho; su sun Latn Sundanese; sv swe Latn Swedish;
sw swa Latn Swahili; syr syr Syrc Syriac; ta tam Taml Tamil; te tel Telu Telugu; tet tet Latn Tetum;
tg tgk Cyrl,Arab Tajik; th tha Thai Thai; ti tir Ethi Tigrinya; tk tuk Latn,Cyrl Turkmen; tl tgl Latn Tagalog;
tn tsn Latn Tswana; to ton Latn Tongan; tpi tpi Latn Tok Pisin; tr tur Latn Turkish; ts tso Latn Tsonga;
tt tat Cyrl,Latn Tatar; ty tah Latn Tahitian; tyv tyv Cyrl Tuvinian; ug uig Arab Uyghur; uk ukr Cyrl Ukrainian;
ur urd Arab Urdu; uz uzb Latn,Cyrl,Arab Uzbek; ve ven Latn Venda; vec vec Latn Venetian; vep vep Latn Veps;
vi vie Latn Vietnamese; vls vls Latn West Flemish; vo vol Latn Volapük; wa wln Latn Walloon; war war Latn Waray;
wo wol Latn Wolof; xal xal Cyrl Kalmyk; xh xho Latn Xhosa; xmf xmf Geor Mingrelian; yi yid Hebr Yiddish;
yo yor Latn Yoruba; za zha Latn Zhuang; zgh zgh Tfng Standard Moroccan Tamazight; zh zho Hani Chinese;
zu zul Latn Zulu
"""
# Old codes, bibliographic codes (639-2/B), and members that are read as their group.
_ALIASES = {
    **dict.fromkeys(["cmn", "yue", "wuu", "hak", "nan", "gan", "hsn", "lzh", "chi"], "zh"),
    **dict.fromkeys(["nb", "nob"], "no"),
    **dict.fromkeys(["arb", "arz", "apc", "ary", "aeb", "acm", "ajp", "afb", "mey"], "ar"),
    **dict.fromkeys(["fil", "pil"], "tl"),
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "tw": "ak",
    "twi": "ak",
    "als": "gsw",
    "bh": "bho",
    "pes": "fa",
    "prs": "fa",
    **dict.fromkeys(["fuc", "fuf", "fuv", "fub", "fuh", "fuq"], "ff"),
    **dict.fromkeys(["blu", "hnj", "mww"], "hmn"),
    "swh": "sw",
    "zsm": "ms",
    "zlm": "ms",
    "kmr": "ku",
    "ekk": "et",
    "lvs": "lv",
    "azj": "az",
    "uzn": "uz",
    "khk": "mn",
    "plt": "mg",
    "npi": "ne",
    "ory": "or",
    "pbt": "ps",
    "alb": "sq",
    "arm": "hy",
    "baq": "eu",
    "bur": "my",
    "cze": "cs",
    "dut": "nl",
    "fre": "fr",
    "geo": "ka",
    "ger": "de",
    "gre": "el",
    "ice": "is",
    "mac": "mk",
    "mao": "mi",
    "may": "ms",
    "per": "fa",
    "rum": "ro",
    "slo": "sk",
    "tib": "bo",
    "wel": "cy",
}
_RTL_SCRIPTS = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"})


class LanguageInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A language: ``code`` (639-1, else 639-3), ``iso3`` (639-3), ``scripts`` (ISO 15924, usual one first), name."""

    code: str
    iso3: str
    scripts: tuple[str, ...]
    name: str


def _read(table: str) -> dict[str, LanguageInfo]:
    found = {}
    for row in table.split(";"):
        code, iso3, scripts, name = row.split(maxsplit=3)
        found[code] = LanguageInfo(code=code, iso3=iso3, scripts=tuple(scripts.split(",")), name=name)
    return found


LANGUAGES: dict[str, LanguageInfo] = _read(_TABLE)
"""All known languages by code."""
_BY_ISO3 = {info.iso3: info.code for info in LANGUAGES.values()}


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def canonical_code(code: str) -> str:
    """Return ISO 639-1, else 639-3, for any tag ("zh-Hant-TW", "deu", "iw", "NB"); "und" if it is not known.

    Varieties of Chinese become "zh", of Arabic "ar", Dari "fa", Bokmål "no", Filipino "tl"; Nynorsk, Bosnian,
    Croatian and Serbian stay themselves.
    """
    plain = code.strip().replace("_", "-").partition("-")[0].lower()
    plain = _ALIASES.get(plain, plain)
    if plain in LANGUAGES:
        return plain
    return _BY_ISO3.get(plain, UNKNOWN)


def language_tag(value: Any) -> str:
    """Return ``value`` as a language tag of BCP 47 if it is well-formed as one; "" for anything else."""
    text = str(value or "").strip()
    return text.replace("_", "-") if _TAG.fullmatch(text) else ""


def language_name(code: str) -> str:
    """Return the English name of a language code; "unknown language" for "und", the code itself if it is not known."""
    known = canonical_code(code)
    if known != UNKNOWN:
        return LANGUAGES[known].name
    return "unknown language" if code in ("", UNKNOWN) else code


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def scripts_of(code: str) -> tuple[str, ...]:
    """Return the scripts (ISO 15924) in which a language is written, the usual one first; () if it is not known."""
    info = LANGUAGES.get(canonical_code(code))
    return info.scripts if info is not None else ()


def script_of(code: str) -> str:
    """Return the usual script (ISO 15924) of a language, ``Zyyy`` if it is not known."""
    return next(iter(scripts_of(code)), "Zyyy")


def is_rtl(code: str) -> bool:
    """Say whether a language is usually written from right to left; also takes an ISO 15924 script code."""
    return code in _RTL_SCRIPTS or script_of(code) in _RTL_SCRIPTS
