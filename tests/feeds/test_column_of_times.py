"""A column's times are read as each cell alone would be, whatever was worked out for the hour before."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from appliance.feeds import times
from appliance.feeds.times import Column, Moment, TimeFault

NOW = 1_793_000_000_000  # after both changes of the clocks of 2026
ZONES = ("America/Los_Angeles", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "UTC")
FORMATS = (
    "%m/%d/%Y %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y %b %d %H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
)
NIGHTS = (datetime(2026, 3, 8), datetime(2026, 11, 1), datetime(2026, 4, 5), datetime(2026, 10, 4))


def alone(text: str, zone: ZoneInfo) -> Moment | str | None:
    try:
        return times.read(text, zone, None, NOW)
    except TimeFault as fault:
        return fault.reason


def in_column(column: Column, text: str) -> Moment | str | None:
    try:
        return column.read(text, 1)
    except TimeFault as fault:
        return fault.reason


@given(
    zone=st.sampled_from(ZONES),
    written=st.sampled_from(FORMATS),
    night=st.sampled_from(NIGHTS),
    minutes=st.lists(st.integers(-180, 1_600), min_size=1, max_size=40),
)
@effort(max_examples=150, deadline=None)
def test_every_cell_reads_as_it_would_alone(
    zone: str, written: str, night: datetime, minutes: list[int]
) -> None:
    column = Column(ZoneInfo(zone), None, NOW)
    for minute in minutes:
        text = (night + timedelta(minutes=minute, seconds=minute % 60)).strftime(written)
        assert in_column(column, text) == alone(text, ZoneInfo(zone)), text


@pytest.mark.parametrize(
    "text",
    ["2026-03-04 11:60:00", "2026-03-04 11:10:60", "2026-03-04 25:10:00", "2026-03-04 11:1", "11:10", ":",
     "2026-03-04 11:10:00:00", "2026-03-04 11:１0:00", "2026-13-04 11:10:00", "2027-03-04 11:10:00", "",
     "2026-03-04 11:10 PM PM", "0001-01-01 00:00:00", "1899-12-30 00:00:00", "1899-12-30 00:15:00"],
)  # fmt: skip
def test_what_is_no_time_stays_none(text: str) -> None:
    column = Column(ZoneInfo("UTC"), None, NOW)
    assert in_column(column, "2026-03-04 11:10:00") == alone("2026-03-04 11:10:00", ZoneInfo("UTC"))
    assert in_column(column, text) == alone(text, ZoneInfo("UTC"))
    assert in_column(column, text) == alone(text, ZoneInfo("UTC")), "asked once more"
