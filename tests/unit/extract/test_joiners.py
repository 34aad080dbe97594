from __future__ import annotations

from babelscope.extract.page import extract_html
from babelscope.extract.titles import choose_title

BODY = "زمین\u200cلرزه\u200cای به بزرگی ۶٫۳ روستاهای اطراف شهر را لرزاند و ده‌ها خانه ویران شد. "


def page(text: str) -> bytes:
    paragraphs = "".join(f"<p>{text}{n}</p>" for n in range(6))
    return f"<html lang=fa><head><title>خبر</title></head><body><article><h1>خبر</h1>{paragraphs}".encode()


def test_joiners_of_persian_and_indic_spelling_survive() -> None:
    article = extract_html(page(BODY), charset="utf-8")
    assert article is not None
    assert "زمین\u200cلرزه\u200cای" in article.text
    assert article.text.count("\u200c") == 6 * BODY.count("\u200c")


def test_a_page_that_has_the_stand_in_keeps_it() -> None:
    article = extract_html(page(BODY + "\ua66e"), charset="utf-8")
    assert article is not None
    assert "\ua66e" in article.text


def test_a_closing_quotation_mark_is_no_separator() -> None:
    title = "Под санкции попал перевозчик «Орсель Денизджилик»"
    assert choose_title([title, title[:-1]], ["Пристань Восток"]) == title
    assert choose_title([title + " | Пристань Восток"], ["Пристань Восток"]) == title
    assert choose_title(["A plain headline |"], []) == "A plain headline"
