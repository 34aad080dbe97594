"""tdmrep.json: patterns, order, errors (TDMRep Final Report 2024, "TDM File on the Origin Server")."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.govern import TdmDeclaration, parse_tdm_file, tdm_of_path, weigh_tdm

POLICY = "https://provider.com/policies/policy.json"
REPORT = [
    {"location": "/directory-a/", "tdm-reservation": 1},
    {"location": "/directory-b/html/", "tdm-reservation": 1, "tdm-policy": POLICY},
    {"location": "/directory-b/images/*.jpg", "tdm-reservation": 0},
]


def said(rules: object, path: str) -> tuple[str, str]:
    found = tdm_of_path(parse_tdm_file(json.dumps(rules).encode()), path)
    return found.reservation, found.policy


@pytest.mark.responsible
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/directory-a/x.pdf", ("1", "")),
        ("/directory-b/html/a?b=c", ("1", POLICY)),
        ("/directory-b/images/a/b.jpg", ("0", "")),
        ("/directory-b/images/a.png", ("", "")),
        ("/directory-A/x.pdf", ("", "")),
        ("/", ("", "")),
    ],
)
def test_c3_the_example_of_the_report(path: str, expected: tuple[str, str]) -> None:
    assert said(REPORT, path) == expected


def test_the_first_match_decides_not_the_longest() -> None:
    rules = [{"location": "/", "tdm-reservation": 0}, {"location": "/news/", "tdm-reservation": 1}]
    assert said(rules, "/news/a") == ("0", "")
    assert said(rules[::-1], "/news/a") == ("1", "")


def test_special_characters() -> None:
    assert said([{"location": "/a$", "tdm-reservation": 1}], "/a") == ("1", "")
    assert said([{"location": "/a$", "tdm-reservation": 1}], "/ab") == ("", "")
    assert said([{"location": "/path/foo-%24", "tdm-reservation": 1}], "/path/foo-$") == ("1", "")
    assert said([{"location": "*.pdf$", "tdm-reservation": 1}], "/x/y.pdf") == ("1", "")


@pytest.mark.parametrize("value", [2, -1, "yes", None, True, 1.0, [1], {"a": 1}])
def test_other_values_are_errors_and_count_as_unset(value: object) -> None:
    assert said([{"location": "/", "tdm-reservation": value}], "/a")[0] == ""


def test_broken_rules_are_skipped_and_broken_files_have_none() -> None:
    rules = [7, {"tdm-reservation": 1}, {"location": 3}, {"location": ""}, {"location": "/", "tdm-reservation": "1"}]
    assert said(rules, "/a") == ("1", "")
    for raw in (b"", b"{}", b"[", b"null", b'{"location": "/", "tdm-reservation": 1}', b"[" * 100_000, b"\xff\xfe[]"):
        assert parse_tdm_file(raw) == ()
    assert len(parse_tdm_file(json.dumps([{"location": "/"}] * 9000).encode())) == 5000
    assert (
        len(tdm_of_path(parse_tdm_file(json.dumps([{"location": "/", "tdm-policy": "x" * 9999}]).encode()), "/").policy)
        == 1024
    )


@given(st.binary(max_size=300), st.text(max_size=50))
def test_law_any_bytes_are_read_without_error(raw: bytes, path: str) -> None:
    assert tdm_of_path(parse_tdm_file(raw), path).reservation in ("", "0", "1")


declared = st.builds(TdmDeclaration, st.sampled_from(["", "0", "1"]), st.sampled_from(["", "/p"]))


@given(declared, declared, declared)
def test_law_an_unset_property_never_resets_another(
    file: TdmDeclaration, header: TdmDeclaration, page: TdmDeclaration
) -> None:
    found = weigh_tdm(file, header, page)
    said = [place.reservation for place in (file, header, page) if place.reservation]
    assert found.reservation == (said[-1] if said else "") and bool(found.source) is bool(said)
    assert bool(found.policy) is any(place.policy for place in (file, header, page))
