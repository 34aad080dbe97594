"""Laws of segmentation, over the signs of every script: nothing lost, nothing twice, offsets into the original."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.languages import segmenters
from babelscope.languages.codes import LANGUAGES
from babelscope.languages.marks import drawable, has_hidden, name_of, visible
from babelscope.languages.segments import segments
from babelscope.languages.sentences import cut_at_sentence, first_words, sentence_spans, trimmed_sentences
from babelscope.languages.words import word_spans, words

SCRIPTS = {
    "Latn": "aßİıÑŁﬁ",
    "Cyrl": "Жёїћ",
    "Grek": "Σςάῶ",
    "Armn": "Աև։՞",
    "Geor": "აႠჿ",
    "Hebr": "אםפ״׳־",
    "Arab": "ابگہیۀ؟،؛",
    "Syrc": "ܐܒ܂",
    "Thaa": "ހށަ",
    "Nkoo": "ߊߋ߹",
    "Adlm": "𞤀𞤢𞥄",
    "Deva": "कि्षऽ।॥",
    "Beng": "কি্ষ৺",
    "Guru": "ਕਿੱ",
    "Gujr": "કિ્",
    "Orya": "କି୍",
    "Taml": "கொ்",
    "Telu": "కి్",
    "Knda": "ಕಿ್",
    "Mlym": "കിൻ",
    "Sinh": "කිෆ",
    "Thai": "กำ็เไฯๆ๛",
    "Laoo": "ກຳເໝໆ",
    "Khmr": "ក្ខាំ។៕",
    "Mymr": "ကြွ်ိ၊။",
    "Tibt": "ཀྵོ་།",
    "Ethi": "አማ፡።፧",
    "Mong": "ᠠᠢ᠃",
    "Cher": "ᏣᎳ",
    "Cans": "ᐃᓄ᙮",
    "Olck": "ᱚᱛ᱾",
    "Hang": "한하ㅏ",
    "Kana": "あがカﾊﾟー",
    "Hani": "漢々〇𠀀。、「」",
    "Yiii": "ꀀ",
    "Tfng": "ⵣⵉ",
    "Copt": "ⲁ⳿",
    "Goth": "𐌰",
}
LETTERS = "".join(SCRIPTS.values())
MARKS = "\u0301\u0316\u20e3\u064b\u05b0\ufe0f\u3099\U000e0100"
CONTROLS = (
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\u200c\u200d\u2060\ufeff\xad\x00\x1b"
)
SURROGATES = "\ud800\udbff\udc00\udfff"
EMOJI = ["😀", "👨‍👩‍👧", "🇺🇳", "❤️", "1️⃣", "🏴\U000e0067\U000e0062\U000e007f"]
SIGNS = " \t\n\r\u2028\u3000.,:;!?…\"'“”«»()[]-—’|1٣५"
ABBREVIATIONS = ["Dr.", "U.S.", "z.B.", "т.д.", "3.", "1 200,50", "डॉ.", "example.com", "[12]"]
TEXT = st.lists(
    st.one_of(
        st.sampled_from(LETTERS),
        st.sampled_from(SIGNS),
        st.sampled_from(MARKS + CONTROLS + SURROGATES),
        st.sampled_from(EMOJI + ABBREVIATIONS),
        st.characters(),
    ),
    max_size=60,
).map("".join)
LANGUAGE = st.sampled_from(["", "und", "xx", *sorted(LANGUAGES)])


@pytest.fixture(scope="module", autouse=True)
def _opened() -> None:
    """Open the installed segmenters before an example is timed."""
    for language in ("zh", "ja", "ko", "th", "km", "lo", "my"):
        segmenters.segmenter(language)


def tiled(spans: list[tuple[int, int]], text: str) -> bool:
    """Say whether the spans cover the text once, in order, none of them empty."""
    return "".join(text[a:b] for a, b in spans) == text and all(a < b for a, b in spans)


@given(TEXT, LANGUAGE)
def test_sentences_joined_are_the_text(text: str, language: str) -> None:
    spans = sentence_spans(text, language)
    assert tiled(spans, text)
    assert all(start == end for (_, end), (start, _) in itertools.pairwise(spans))
    assert len(spans) < 2 or all(text[a:b].strip() for a, b in spans)


@given(TEXT, LANGUAGE)
def test_a_sentence_begins_with_no_blank_and_with_no_combining_mark(text: str, language: str) -> None:
    for start, _ in sentence_spans(text, language)[1:]:
        assert not text[start].isspace()
        assert unicodedata.category(text[start]) not in ("Mn", "Mc", "Me") or text[start - 1].isspace()


@given(TEXT, LANGUAGE)
def test_trimmed_sentences_leave_out_white_space_only(text: str, language: str) -> None:
    end = 0
    for start, stop in trimmed_sentences(text, language):
        assert end <= start < stop and not text[end:start].strip()
        assert text[start:stop] == text[start:stop].strip()
        end = stop
    assert not text[end:].strip()


@given(TEXT, LANGUAGE)
def test_words_are_in_order_and_every_letter_is_in_one(text: str, language: str) -> None:
    end = 0
    for start, stop in word_spans(text, language):
        assert end <= start < stop <= len(text)
        assert any(map(str.isalnum, text[start:stop])) and not any(map(str.isspace, text[start:stop]))
        assert not any(map(str.isalnum, text[end:start]))
        end = stop
    assert not any(map(str.isalnum, text[end:]))


@given(TEXT, LANGUAGE)
def test_words_end_before_no_combining_mark(text: str, language: str) -> None:
    for _, end in word_spans(text, language):
        assert end == len(text) or unicodedata.category(text[end]) not in ("Mn", "Mc", "Me")


@given(TEXT)
def test_segments_joined_are_the_text(text: str) -> None:
    assert "".join(segments(text)) == text


@given(TEXT)
def test_visible_pieces_tile_the_text_and_hide_nothing(text: str) -> None:
    pieces = visible(text)
    assert tiled([(p.start, p.end) for p in pieces], text)
    for piece in pieces:
        assert (piece.mark == "") == (piece.text == text[piece.start : piece.end])
        assert piece.mark or not set(piece.text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
        piece.text.encode()
        piece.mark.encode()
    assert has_hidden(text) == any(piece.mark for piece in pieces)


@given(TEXT)
def test_what_can_be_drawn_has_the_same_offsets(text: str) -> None:
    shown = drawable(text)
    shown.encode()
    assert len(shown) == len(text)
    assert all(a == b or a in "".join(chr(c) for c in range(0xD800, 0xE000)) for a, b in zip(text, shown, strict=True))


@given(TEXT, LANGUAGE, st.integers(0, 80))
def test_leads_stay_in_their_limit(text: str, language: str, limit: int) -> None:
    assert 0 <= cut_at_sentence(text, limit, language) <= min(limit, len(text))
    assert text.startswith(first_words(text, limit))


@pytest.mark.parametrize("script", list(SCRIPTS))
def test_each_script_has_words(script: str) -> None:
    letters = "".join(sign for sign in SCRIPTS[script] if sign.isalpha())
    assert "".join(words(letters)) and all(any(map(str.isalpha, word)) for word in words(letters))


@given(TEXT, LANGUAGE)
def test_the_built_in_rule_keeps_the_laws_without_any_library(text: str, language: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("babelscope.languages.words.segmenter", lambda language: None)
        spans = word_spans(text, language)
    end = 0
    for start, stop in spans:
        assert end <= start < stop and not any(map(str.isalnum, text[end:start]))
        end = stop
    assert not any(map(str.isalnum, text[end:]))


@pytest.mark.parametrize("one", segmenters.SEGMENTERS, ids=lambda one: one.name)
def test_every_segmenter_tells_how_it_is_installed(one: segmenters.Segmenter) -> None:
    assert one.install.startswith("pip install ") and one.licence and one.languages
    assert name_of("\u202e") == "RLO"
