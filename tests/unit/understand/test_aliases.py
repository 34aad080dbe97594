from __future__ import annotations

from pathlib import Path

import pytest

from babelscope.flow.config import Config, ModelsConfig
from babelscope.flow.errors import Unavailable
from babelscope.understand.aliases import MAX_ALIASES, Aliases, open_aliases
from reading_cases import configuration


@pytest.fixture(scope="module")
def aliases() -> Aliases:
    return open_aliases(configuration(), [("Putin", "Путин"), ("Putin", "普京")])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Munich", "Мюнхен"), ("Киев", "Kyiv"), ("東京", "Tokyo"), ("London", "لندن"), ("Germany", "ألمانيا"),
        ("Франция", "France"), ("Deutschland", "Германия"), ("Putin", "普京"), ("Путин", "Putin"),
    ],
)  # fmt: skip
def test_other_names_are_known(aliases: Aliases, name: str, other: str) -> None:
    found = aliases.aliases(name)
    assert other in found and name not in found and len(found) <= MAX_ALIASES


@pytest.mark.slow
@pytest.mark.parametrize("name", ["", "  ", "Qwertzuiop", "\ud800", "x" * 10_000])
def test_nothing_is_made_up(aliases: Aliases, name: str) -> None:
    assert aliases.aliases(name) == ()


def test_learned_pairs_work_without_the_gazetteer() -> None:
    aliases = Aliases([("Wang Yi", "王毅")])
    aliases.learn("Wang Yi", "Ван И")
    assert aliases.aliases("wang yi") == ("王毅", "Ван И")
    assert aliases.aliases("ВАН И") == ("Wang Yi",)
    assert "ألمانيا" in aliases.aliases("Germany") and aliases.aliases("London") == ()


def test_an_unwritable_cache_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be written"):
        open_aliases(Config(models=ModelsConfig(cache=str(tmp_path / "file"))))
