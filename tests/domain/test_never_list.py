from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.never_list import FAMILIES, NEVER_SURVEYED, in_progress_priority, match, match_source

from .samples import rows

TYPES = [(None if family == "-" else family, written) for family, written in rows("call_types.tsv")]
LOCKED = [written for family, written in TYPES if family]
HARMLESS = [written for family, written in TYPES if family is None]


@pytest.mark.parametrize(("family", "written"), TYPES)
def test_family(family: str | None, written: str) -> None:
    assert match(written) == family


@pytest.mark.parametrize("place", range(4))
def test_every_field_is_looked_at(place: int) -> None:
    fields = ["NOISE COMPLAINT", "", "INFORMATION", "CLEARED"]
    fields[place] = "DOM DIST"
    assert match(*fields) == "domestic"


def test_the_worst_family_is_named_wherever_it_stands() -> None:
    assert match("ALARM", "ASSAULT", "DV") == "domestic"


@given(
    st.sampled_from(LOCKED),
    st.sampled_from([str.upper, str.lower, str.title]),
    st.sampled_from(["", " ", "--", "* "]),
)
def test_case_and_marks_hide_nothing(written, case, mark) -> None:  # type: ignore[no-untyped-def]
    assert match(mark + case(written) + mark) is not None


@given(st.lists(st.sampled_from(HARMLESS), max_size=4))
def test_harmless_types_stay_harmless_together(fields: list[str]) -> None:
    assert match(*fields) is None


@given(st.text(), st.text())
def test_any_field_is_read(first: str, second: str) -> None:
    assert match(first, second) in {None, *FAMILIES}


def test_the_agency_adds_codes_whole() -> None:
    assert match("Code 7-X", extra=("CODE 7X", "code 7 x")) == "agency"
    assert match("CODE 7 XTRA", extra=("code 7 x",)) is None
    assert match("DV", extra=()) == "domestic"
    assert match("", extra=("",)) is None


def test_matters_never_surveyed_are_families() -> None:
    assert set(FAMILIES) >= NEVER_SURVEYED
    assert {match("DV"), match("RAPE"), match("CHILD ABUSE"), match("SUICIDE")} <= NEVER_SURVEYED


SOURCES = [
    ("TEXT-TO-911", "text_to_911"),
    ("Text", "text_to_911"),
    ("SMS", "text_to_911"),
    ("T2911", "text_to_911"),
    ("ALARM CO", "alarm_company"),
    ("ASAP", "alarm_company"),
    ("E911", None),
    ("ADMIN LINE", None),
    ("CONTEXT", None),
    ("", None),
]


@pytest.mark.parametrize(("source", "family"), SOURCES)
def test_source(source: str, family: str | None) -> None:
    assert match_source(source) == family


IN_PROGRESS = [
    ("BURGLARY IP", "1", True),
    ("BURGLARY-IN PROGRESS", "P1", True),
    ("THEFT I/P", "01", True),
    ("THEFT JO", "1A", True),
    ("THEFT-IP", "", True),
    ("BURGLARY IN PROGRESS", "E", True),
    ("THEFT IN PROGRESS", "3", False),
    ("THEFT-COLD", "1", False),
    ("NOISE COMPLAINT", "", False),
    ("SHIPPING FRAUD", "1", False),
]


@pytest.mark.parametrize(("call_type", "priority", "expected"), IN_PROGRESS)
def test_in_progress_priority(call_type: str, priority: str, expected: bool) -> None:
    assert in_progress_priority(call_type, priority) is expected
