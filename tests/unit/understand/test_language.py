"""The stage ``language``, with the real model."""

from __future__ import annotations

import socket

import pytest

from babelscope.flow.config import Config
from babelscope.flow.shapes import Stage
from babelscope.model import Document, Language
from babelscope.understand.language import LanguageStage, build

TEXTS = {
    "en": "The government announced new measures on Monday after floods destroyed hundreds of houses in the north.",
    "de": "Die Regierung hat am Montag neue Maßnahmen angekündigt, nachdem Hochwasser Hunderte Häuser zerstört hatte.",
    "fr": "Le gouvernement a annoncé lundi de nouvelles mesures après les inondations qui ont détruit des maisons.",
    "es": "El gobierno anunció el lunes nuevas medidas después de que las inundaciones destruyeran cientos de casas.",
    "pt": "O governo anunciou na segunda-feira novas medidas depois das inundações que destruíram centenas de casas.",
    "ru": "Правительство объявило в понедельник о новых мерах после того, как наводнение разрушило сотни домов.",
    "uk": "Уряд оголосив у понеділок про нові заходи після того, як повінь зруйнувала сотні будинків на півночі.",
    "ar": "أعلنت الحكومة يوم الاثنين عن إجراءات جديدة بعد أن دمرت الفيضانات مئات المنازل في شمال البلاد.",
    "fa": "دولت روز دوشنبه پس از آنکه سیل صدها خانه را در شمال کشور ویران کرد، از اقدامات جدیدی خبر داد.",
    "zh": "政府周一宣布了新的措施，此前洪水摧毁了北部数百间房屋。",
    "ja": "政府は月曜日、洪水で数百棟の家屋が倒壊したことを受けて、新たな対策を発表した。",
    "ko": "정부는 월요일 홍수로 수백 채의 가옥이 파괴된 뒤 새로운 조치를 발표했다.",
    "th": "รัฐบาลประกาศมาตรการใหม่เมื่อวันจันทร์หลังจากน้ำท่วมทำลายบ้านหลายร้อยหลัง",
    "he": "הממשלה הודיעה ביום שני על צעדים חדשים לאחר שהשיטפונות הרסו מאות בתים בצפון המדינה.",
    "yi": "די רעגירונג האָט מאָנטיק אָנגעזאָגט נײַע מיטלען נאָך דעם װי די פֿאַרפֿלייצונגען האָבן חרובֿ געמאַכט הײַזער.",
    "el": "Η κυβέρνηση ανακοίνωσε τη Δευτέρα νέα μέτρα μετά τις πλημμύρες που κατέστρεψαν εκατοντάδες σπίτια.",
    "ka": "მთავრობამ ორშაბათს ახალი ზომები გამოაცხადა მას შემდეგ, რაც წყალდიდობამ სახლები გაანადგურა.",
    "hy": "Կառավարությունը երկուշաբթի հայտարարեց նոր միջոցների մասին ջրհեղեղից հետո։",
    "am": "መንግሥት ሰኞ ዕለት አዳዲስ እርምጃዎችን አስታወቀ፤ ጎርፉ በመቶዎች የሚቆጠሩ ቤቶችን አውድሟል።",
    "ti": "መንግስቲ ሰኑይ ዕለት ሓደስቲ ስጉምትታት ኣፍሊጡ፤ ውሕጅ ኣብ ሰሜን ኣማኢት ኣባይቲ ኣዕንዩ።",
    "hi": "सरकार ने सोमवार को नए उपायों की घोषणा की, जब बाढ़ ने उत्तर में सैकड़ों घर नष्ट कर दिए।",
    "vi": "Chính phủ hôm thứ Hai công bố các biện pháp mới sau khi lũ lụt phá hủy hàng trăm ngôi nhà ở miền bắc.",
    "tr": "Hükümet, sellerin kuzeyde yüzlerce evi yıkmasının ardından pazartesi günü yeni önlemler açıkladı.",
    "yo": "Ìjọba kéde àwọn ìgbésẹ̀ tuntun ní ọjọ́ Ajé lẹ́yìn tí omíyalé ba ọgọ́rọ̀ọ̀rún ilé jẹ́ ní àríwá, ó ṣẹlẹ̀ ní òwúrọ̀.",
    "ig": "Gọọmenti mara ọkwa usoro ọhụrụ na Mọnde ka mmiri ozuzo bibiri ọtụtụ narị ụlọ n'ugwu obodo ahụ.",
}


@pytest.fixture(scope="module")
def stage() -> LanguageStage:
    made = build(Config())
    made.load()
    return made


def identify(stage: LanguageStage, title: str, text: str = "") -> Language:
    layer = stage([Document(id="1", title=title, text=text)])[0].layers["language"]
    assert isinstance(layer, Language)
    return layer


def test_it_has_the_shape_of_a_stage(stage: LanguageStage) -> None:
    assert isinstance(stage, Stage)
    assert (stage.needs, stage.provides) == (frozenset({"article"}), frozenset({"language"}))


@pytest.mark.parametrize("code", TEXTS)
def test_languages(stage: LanguageStage, code: str) -> None:
    found = identify(stage, "", TEXTS[code])
    assert found.code == code
    assert 0.3 <= found.confidence <= 1
    assert identify(stage, TEXTS[code]).code == code


def test_norwegian_chinese_and_serbian_codes(stage: LanguageStage) -> None:
    norwegian = "Regjeringen varslet mandag nye tiltak etter at flommen hadde ødelagt hundrevis av hus nord i landet."
    assert identify(stage, norwegian).code == "no"
    serbian = "Влада је у понедељак објавила нове мере након што су поплаве уништиле стотине кућа на северу земље."
    assert identify(stage, serbian) == Language(
        code="sr", script="Cyrl", confidence=identify(stage, serbian).confidence
    )


@pytest.mark.parametrize(
    "noise", ["", "12:30 45 %", "😀😀😀", "OK", "https://example.org/the-longest-address-of-them-all", "@abc #def"]
)
def test_noise_is_unknown(stage: LanguageStage, noise: str) -> None:
    assert identify(stage, noise, noise).code == "und"


def test_the_text_outweighs_a_foreign_title(stage: LanguageStage) -> None:
    found = identify(stage, "Breaking news: the live stream", TEXTS["de"] * 4)
    assert found.code == "de"
    assert identify(stage, TEXTS["de"], "Live").code == "de"


def test_the_script_is_told(stage: LanguageStage) -> None:
    scripts = {code: identify(stage, TEXTS[code]).script for code in ("en", "ru", "ar", "ja", "ko", "zh", "he")}
    assert scripts == {"en": "Latn", "ru": "Cyrl", "ar": "Arab", "ja": "Jpan", "ko": "Kore", "zh": "Hani", "he": "Hebr"}


def test_the_same_document_always_gets_the_same_layer(stage: LanguageStage) -> None:
    docs = [Document(id=code, text=text) for code, text in TEXTS.items()]
    assert list(stage(docs)) == [stage([d])[0] for d in docs]


def test_hostile_text_is_cheap_and_harmless(stage: LanguageStage) -> None:
    for text in (
        "a" * 5_000_000,
        "\ud800" * 100 + TEXTS["en"],
        "@" * 100_000,
        "\u0301" * 10_000,
        "\n" * 10_000,
        "\x00ab" * 999,
    ):
        identify(stage, text, text)


def test_no_network_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    fresh = build(Config())
    fresh.load()
    assert identify(fresh, TEXTS["fr"]).code == "fr"
