"""Parts of mixed documents, the second opinion on close pairs, noise, and hostile text; with the real models."""

from __future__ import annotations

import random
import time

import pytest

from babelscope.understand.identify_grams import features, word_keys, words_in
from babelscope.understand.identify_parts import MAX_PARAGRAPHS, paragraphs
from babelscope.understand.language import Identifier

EN = "The government announced new measures on Monday after floods destroyed hundreds of houses in the north."
DE = "Die Regierung hat am Montag neue Maßnahmen angekündigt, nachdem Hochwasser Hunderte Häuser zerstört hatte."
RU = "Правительство объявило в понедельник о новых мерах после того, как наводнение разрушило сотни домов."
JA = "政府は月曜日、洪水で数百棟の家屋が倒壊したことを受けて、新たな対策を発表した。日本の北部で大きな被害が出ている。"
CLOSE_PAIRS = {
    "hr": "Hrvatski sabor u srijedu raspravlja o prijedlogu zakona o sveučilištima i znanstvenim ustanovama, "
    "a glasovanje će biti u studenome, tisuću prosvjednika čeka ispred.",
    "sr": "Vlada je u sredu saopštila da će biti izgrađeno hiljadu stanova, a predsednik je izjavio da su obe strane "
    "postigle dogovor posle dugih pregovora u Beogradu.",
    "bs": "Općina je saopćila da će historijska zgrada biti obnovljena, a hiljade Sarajlija posjetilo je "
    "Baščaršiju gdje su muhadžiri iz općine Ilidža pili kahvu.",
    "id": "Pemerintah mengatakan bahwa rumah sakit itu akan dibuka karena mobil polisi bisa datang kapan saja, "
    "kata Menteri Kesehatan kepada wartawan di kantornya di Jakarta.",
    "ms": "Kerajaan berkata hospital itu akan dibuka kerana kereta polis boleh datang bila-bila masa, "
    "kata Menteri Kesihatan kepada pemberita di pejabatnya di Kuala Lumpur.",
    "no": "Regjeringen sier at de ikke vil gjøre noe mer med saken før etter valget, og at pengene skal brukes på "
    "veier og sykehus i hele landet.",
    "nn": "Regjeringa seier at dei ikkje vil gjere noko meir med saka før etter valet, og at pengane skal brukast på "
    "vegar og sjukehus i heile landet.",
    "da": "Regeringen siger, at den ikke vil gøre noget mere ved sagen før efter valget, og at pengene skal bruges på "
    "veje og sygehuse i hele landet.",
    "cs": "Vláda v pondělí oznámila, že peníze na opravu škol budou k dispozici až příští rok, uvedl ministr školství.",
    "sk": "Vláda v pondelok oznámila, že peniaze na opravu škôl budú k dispozícii až budúci rok, uviedol minister.",
    "pt": "O governo disse que não haverá mais dinheiro para as escolas até ao próximo ano e que isso é uma decisão.",
    "gl": "O goberno dixo que non haberá máis diñeiro para as escolas ata o próximo ano e que iso é unha decisión.",
    "uk": "Уряд повідомив, що гроші на ремонт шкіл будуть доступні лише наступного року, сказав міністр освіти.",
    "bg": "Правителството съобщи, че парите за ремонт на училищата ще бъдат налични едва през следващата година.",
    "mk": "Владата соопшти дека парите за поправка на училиштата ќе бидат достапни дури следната година.",
    "be": "Урад паведаміў, што грошы на рамонт школ будуць даступныя толькі ў наступным годзе, сказаў міністр.",
}
SHORT = {"Geschwindigkeit": "de", "правительство": "ru", "yhteiskunta": "fi", "rzeczywistość": "pl", "ungdómur": "is"}


@pytest.fixture(scope="module")
def identifier() -> Identifier:
    made = Identifier()
    made.load()
    return made


@pytest.mark.parametrize("code", CLOSE_PAIRS)
def test_close_pairs(identifier: Identifier, code: str) -> None:
    assert identifier.texts([CLOSE_PAIRS[code]])[0].code == code


def test_single_words(identifier: Identifier) -> None:
    assert {word: identifier.texts([word])[0].code for word in SHORT} == SHORT


def test_a_document_of_one_language_has_no_parts(identifier: Identifier) -> None:
    for text in (EN, DE, RU, JA):
        assert identifier.documents([(text, f"{text}\n{text}\n\n{text}")])[0].parts == ()


def test_a_foreign_title_is_a_part(identifier: Identifier) -> None:
    layer = identifier.documents([(EN, f"{DE}\n{DE} {DE}")])[0]
    assert layer.code == "de"
    assert [(part.of, part.code) for part in layer.parts] == [("title", "en"), ("text", "de")]
    assert layer.parts[0].end == len(EN)


@pytest.mark.parametrize(("first", "second"), [(EN, DE), (DE, RU), (RU, JA), (JA, EN)])
def test_paragraphs_keep_their_languages(identifier: Identifier, first: str, second: str) -> None:
    text = f"{first}\n{first}\n\n{second}\n{second}\n{second}\n{second}"
    layer = identifier.documents([("", text)])[0]
    assert len(layer.parts) == 2
    one, two = layer.parts
    assert text[one.start : one.end].strip() == f"{first}\n{first}"
    assert (one.end, two.end) == (two.start, len(text))
    assert layer.code == two.code != one.code
    assert layer.script == two.script
    assert min(one.confidence, two.confidence) > 0.5


def test_a_language_in_the_middle_of_a_long_text_is_found(identifier: Identifier) -> None:
    text = "\n".join([EN] * 20 + [DE] * 20 + [EN] * 20)
    assert [part.code for part in identifier.documents([("", text)])[0].parts] == ["en", "de", "en"]


def test_short_paragraphs_go_with_their_neighbours(identifier: Identifier) -> None:
    text = "\n".join([DE, "Live", "Video", DE, "OK", DE])
    assert identifier.documents([("", text)])[0].parts == ()


@pytest.mark.parametrize(
    "noise",
    [
        "",
        "OK",
        "12:30 45 %",
        "😀" * 300,
        "…—–!!!???",
        "xq zzkf wvbn pqrt hhgf xxkj qpwv zrtx bbnm qwrt plkj vvcx mnbv zzzq",
        "Bxr7 k9Zq pQ2w 88xz",
        "{{var}} <br> || == 0x00ff",
    ],
)
def test_noise_is_unknown(identifier: Identifier, noise: str) -> None:
    assert identifier.texts([noise])[0].code == "und"


def test_random_letters_are_mostly_unknown(identifier: Identifier) -> None:
    draw = random.Random(1)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(3, 9))) for _ in range(700)]
    made = [" ".join(words[at : at + 14]) for at in range(0, 700, 14)]
    assert sum(layer.code == "und" for layer in identifier.texts(made)) >= 40


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "я" * 1_000_000,
        "\u0301" * 1_000_000,
        "\ud800" * 1_000_000,
        "😀" * 1_000_000,
        "\n" * 1_000_000,
        "ab\n" * 300_000,
        f"{EN}\n{RU}\n" * 5_000,
        "\u202e" + EN * 9_000,
        "#" * 1_000_000,
        "\x00" * 1_000_000,
    ],
    ids=["latin", "cyrillic", "marks", "surrogates", "emoji", "breaks", "lines", "mixed", "bidi", "hashes", "nul"],
)
def test_hostile_text_is_bounded(identifier: Identifier, text: str) -> None:
    began = time.process_time()
    layer = identifier.documents([(text, text)])[0]
    assert time.process_time() - began < 3
    assert all(0 <= part.start < part.end <= len(text) for part in layer.parts)
    text_parts = [part for part in layer.parts if part.of == "text"]
    assert not text_parts or (text_parts[0].start, text_parts[-1].end) == (0, len(text))


def test_surrogates_and_emoji_do_not_hide_a_language(identifier: Identifier) -> None:
    found = identifier.texts(["\ud800" * 100 + EN, f"🔥🔥🔥 {DE} 😂😂" + "🙏" * 50])
    assert [layer.code for layer in found] == ["en", "de"]


def test_paragraphs_cover_the_text() -> None:
    for text in ("", "a", EN, f"{EN}\n\n{DE}\n", "\n\n" + EN, f"{EN}\n" * 1_000):
        spans = paragraphs(text)
        assert "".join(text[start:end] for start, end in spans) == text
        assert len(spans) <= MAX_PARAGRAPHS


def test_features_do_not_depend_on_the_other_words() -> None:
    alone, _ = features(["straße"], 18)
    both, owner = features(["weg", "straße", "a"], 18)
    assert sorted(both[owner == 1]) == sorted(alone)
    assert word_keys(["a", "straße"])[1] == word_keys(["straße"])[0]
    assert words_in("L’État, c'est МЫ!", "Latn") == ("l", "état", "c", "est")
    assert features([], 18)[0].size == word_keys([]).size == 0
