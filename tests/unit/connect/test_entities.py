from __future__ import annotations

import pytest

from babelscope.connect.entities import Entities, fold
from babelscope.model import Anchor, Document, Mention, Mentions, Place


def groups(*names: str) -> list[str]:
    linker = Entities()
    return [m.group for m in linker([Document(id=str(n), text=name) for n, name in enumerate(names)])]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Global Tone Communication Technology", "GTCT"),
        ("Brennwald Optik AG", "Brennwald Optik"),
        ("Renata Olivares Quiroga", "RENATA OLIVARES QUIROGA"),
        ("Volodymyr Petrenko", "Володимир Петренко"),
        ("Quiroga, Renata", "Renata Quiroga"),
    ],
)
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    first, second = groups(one, other)
    assert first == second


@pytest.mark.parametrize(
    ("one", "other"),
    [("Wang Yi", "Wang Li"), ("Jordan", "Gordon"), ("North Harbour Bank", "North Harbour Club"), ("Ali", "Alia")],
)
def test_short_or_different_names_stay_apart(one: str, other: str) -> None:
    first, second = groups(one, other)
    assert first != second


def test_places_go_by_the_gazetteer_and_every_mention_is_told() -> None:
    def mention(surface: str, start: int, place: Place | None = None) -> Mention:
        anchor = Anchor(of="text", start=start, end=start + len(surface))
        return Mention(anchor=anchor, surface=surface, kind="place" if place else "organisation", place=place)

    passau = Place(id="2855328", name="Passau", country="DE", latitude=48.6, longitude=13.5)
    text = "In Passau the Uferbau Marchfeld works began on Monday after long and hard talks with the mayor."
    found = Mentions(items=(mention("Passau", 3, passau), mention("Uferbau Marchfeld", 14)))
    linker = Entities()
    document = Document(id="d", text=text, layers={"mentions": found})
    assert [m.group for m in linker([document])] == ["place:2855328"]
    assert [row["surface"] for row in linker.details(document)["mentions"]] == ["Passau", "Uferbau Marchfeld"]


def test_legal_forms_do_not_make_a_name() -> None:
    assert fold("Ochre Veil Systems Ltd.") == ("ochre", "veil", "systems")
    assert fold("Co") == ("co",)
