"""The built-in registry itself: enough of it, everywhere, right, and in the package that users install."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tld import get_fld

from babelscope.flow.sources import built_in, built_in_folder, examine
from babelscope.languages.countries import countries

ROOT = Path(__file__).resolve().parents[3]


def test_there_are_many_outlets_of_many_countries_in_many_languages() -> None:
    sources = built_in()
    assert len(sources) >= 1200
    assert len({source.country for source in sources}) >= 150
    assert len({code for source in sources for code in source.languages}) >= 40


def test_nothing_is_wrong_with_any_of_them() -> None:
    report = examine(built_in_folder())
    assert [str(problem) for problem in report.problems] == []
    assert len(report.entries) == len(built_in())


def test_each_has_a_country_languages_and_an_address_to_listen_to() -> None:
    for source in built_in():
        assert source.country in countries(), source.id
        assert source.languages, source.id
        assert source.listens, source.id
        assert source.id.startswith(f"{source.country.lower()}-"), source.id
        assert bool(source.reference) == (source.standing != "unknown"), source.id


def test_each_listens_on_its_own_domain() -> None:
    """Lists of feeds name many that belong to somebody else of a similar name."""
    for source in built_in():
        domains = {get_fld(url) for url in (source.home, *(listen.url for listen in source.listens))}
        assert len(domains) == 1, (source.id, domains)


def test_each_file_holds_the_outlets_of_its_folder() -> None:
    for entry in examine(built_in_folder()).entries:
        assert Path(entry.file).parent.name == entry.source.country.lower(), entry.file


@pytest.mark.slow
def test_a_built_wheel_holds_the_registry_and_finds_it(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")],
        cwd=ROOT,
        env={**os.environ, "HATCH_BUILD_NO_HOOKS": "true"},  # the front end needs Node.js
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    asked = "from babelscope.flow import sources; print(sources.built_in_folder(), len(sources.built_in()))"
    said = subprocess.run(
        [sys.executable, "-P", "-c", asked],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout.split()
    assert said == [str(tmp_path / "installed" / "babelscope" / "registry"), str(len(built_in()))]
