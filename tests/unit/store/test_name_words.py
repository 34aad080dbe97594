"""The words of a document that may be names, and the search for them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from babelscope.languages.readings import name_keys
from babelscope.model import Anchor, Document, Language, Mention, Mentions
from babelscope.store.index import IndexReader, IndexWriter
from babelscope.store.name_words import MAX_NAME_WORDS, bare_forms, name_words
from babelscope.store.rows import IndexQuery, NamePart
from babelscope.store.shown import index_document

DAY = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


def document(id_: str, language: str, title: str, text: str = "", names: tuple[str, ...] = ()) -> Document:
    mentions = Mentions(
        items=tuple(Mention(anchor=Anchor(of="text", start=0, end=1), surface=n, kind="person") for n in names)
    )
    layers = {"language": Language(code=language, script="Zyyy", confidence=1.0), "mentions": mentions}
    return Document(id=id_, title=title, text=text, seen_at=DAY, source="s", layers=layers)


def test_capitals_katakana_and_mentions_are_names() -> None:
    assert set(name_words(document("a", "en", "the senator Warren spoke", "Spoke of the FBI"), "en")) == {
        "Warren",
        "FBI",
    }
    assert set(name_words(document("a", "ja", "プーチン大統領が訪問"), "ja")) == {"プーチン"}
    assert set(name_words(document("a", "zh", "总统普京发表讲话", names=("普京",)), "zh")) == {"普京"}
    assert "بوتين" in name_words(document("a", "ar", "الرئيس بوتين يزور"), "ar")


def test_endings_and_prefixes_are_taken_off() -> None:
    assert "Путин" in bare_forms("Путина", "ru")
    assert "푸틴" in bare_forms("푸틴은", "ko")
    assert "موسكو" in bare_forms("بموسكو", "ar")
    assert bare_forms("Ада", "ru") == ("Ада",)
    assert bare_forms("Putin", "xx") == ("Putin",)


def test_a_page_of_names_is_bounded() -> None:
    assert (
        len(
            name_words(
                document("a", "en", "", " ".join(f"Na{chr(97 + n % 26)}{'x' * (n % 30)}me" for n in range(9000))), "en"
            )
        )
        <= MAX_NAME_WORDS
    )


def found(
    folder: Path, parts: list[NamePart], text: str, **query: object
) -> dict[str, tuple[tuple[str, ...], list[str]]]:
    query_ = IndexQuery(text=text, limit=10, **query)  # type: ignore[arg-type]
    hits = IndexReader(folder).named(query_, parts, ["2026-01"])
    return {hit.document: (hit.ways, sorted(hit.words)) for hit in hits}


def test_names_are_found_by_key_text_and_alias(tmp_path: Path) -> None:
    writer = IndexWriter(tmp_path)
    documents = [
        document("en", "en", "Putin in Moscow"),
        document("ru", "ru", "Визит Путина в Москву"),
        document("ar", "ar", "بوتين يتحدث في موسكو"),
        document("pt", "pt", "Putin fala em Moscou"),
        document("zh", "zh", "莫斯科下雪"),
    ]
    writer.add("2026-01", [index_document(d, "", "en") for d in documents])
    writer.commit()
    putin = NamePart(text="Putin", keys=(name_keys("Putin"),))
    moscow = NamePart(text="Moscow", aliases=("Москву", "موسكو", "莫斯科", "Moscou"))
    assert found(tmp_path, [putin], "Putin") == {"ru": (("key",), ["Путина"]), "ar": (("key",), ["بوتين"])}
    both = found(tmp_path, [putin, moscow], "Putin Moscow")
    assert {name: ways for name, (ways, _) in both.items()} == {
        "ru": ("key", "alias"), "ar": ("key", "alias"), "pt": ("text", "alias"),
    }  # fmt: skip
    assert set(found(tmp_path, [moscow], "Moscow")) == {"ru", "ar", "pt", "zh"}
    assert set(found(tmp_path, [moscow], "Moscow", languages=("zh",))) == {"zh"}
    assert found(tmp_path, [moscow, NamePart(text="snow")], "Moscow snow") == {}
    assert found(tmp_path, [], "Moscow") == {}
