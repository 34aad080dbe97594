"""Short and old names of countries that the Unicode CLDR lacks, with a name that the gazetteer knows.

Only a model's finds are looked up here: some of these words ("Anh", "Mỹ") are ordinary words as well.
"""

from __future__ import annotations

import unicodedata

_TABLE: dict[str, str] = {
    "fr": "Grande-Bretagne=Royaume-Uni; Angleterre=England; Écosse=Scotland; Pays de Galles=Wales; "
    "USA=États-Unis; Birmanie=Myanmar; RFA=Allemagne; Biélorussie=Bélarus",
    "ru": "США=Соединенные Штаты; КНР=Китай; ФРГ=Германия; ЮАР=Южно-Африканская Республика; "
    "РФ=Россия; Англия=England; Шотландия=Scotland; Белоруссия=Беларусь; Северная Корея=КНДР; "
    "Южная Корея=Республика Корея",
    "ja": "米国=アメリカ合衆国; アメリカ=アメリカ合衆国; 英国=イギリス; 豪州=オーストラリア; "
    "仏国=フランス; 独国=ドイツ; 中華人民共和国=中国; 大韓民国=韓国; イングランド=England; スコットランド=Scotland",
    "vi": "Mỹ=Hoa Kỳ; Anh=Vương quốc Anh; Nước Anh=Vương quốc Anh; Anh Quốc=Vương quốc Anh; Nhật=Nhật Bản; "
    "Hàn=Hàn Quốc; Úc=Australia; Bắc Triều Tiên=Triều Tiên; Thái=Thái Lan; Xứ Wales=Wales; "
    "TP.HCM=Ho Chi Minh City; TP HCM=Ho Chi Minh City; TPHCM=Ho Chi Minh City; Sài Gòn=Ho Chi Minh City",
}  # fmt: skip


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


_KNOWN = {
    code: {_key(short): known for short, _, known in (pair.strip().partition("=") for pair in pairs.split(";"))}
    for code, pairs in _TABLE.items()
}


def long_name(surface: str, language: str) -> str | None:
    """Return under which name the gazetteer has what ``surface`` names for short, or nothing if it is no short name."""
    return _KNOWN.get(language, {}).get(_key(surface))
