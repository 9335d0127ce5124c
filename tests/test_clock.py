"""Instants: whole milliseconds of UTC, there and back, and never from a guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from appliance import clock

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
MIDDLE = 1_772_366_400_000
"""2026-03-01T12:00:00Z"""


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (MIDDLE, "2026-03-01T12:00:00.000Z"),
        (MIDDLE + 7, "2026-03-01T12:00:00.007Z"),
        (MIDDLE - 1, "2026-03-01T11:59:59.999Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (None, None),
    ],
)
def test_an_instant_is_written_with_z_and_milliseconds(instant: int | None, written: str | None) -> None:
    assert clock.iso(instant) == written


@pytest.mark.parametrize(
    ("moment", "instant"),
    [
        (datetime(2026, 3, 1, 12, tzinfo=UTC), MIDDLE),
        (datetime(2026, 3, 1, 4, tzinfo=LOS_ANGELES), MIDDLE),
        (datetime(2026, 3, 1, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))), MIDDLE),
        (datetime(2026, 3, 1, 12, 0, 0, 1_400, tzinfo=UTC), MIDDLE + 1),
        # The hour that comes twice: 01:30 before the clocks go back, and 01:30 an hour later.
        (datetime(2026, 11, 1, 1, 30, tzinfo=LOS_ANGELES), 1_793_521_800_000),
        (datetime(2026, 11, 1, 1, 30, tzinfo=LOS_ANGELES, fold=1), 1_793_521_800_000 + clock.HOUR),
    ],
)
def test_an_aware_moment_is_an_instant(moment: datetime, instant: int) -> None:
    assert clock.from_datetime(moment) == instant


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-03-01T12:00:00 has no time zone"):
        clock.from_datetime(datetime(2026, 3, 1, 12))


@given(st.integers(-2_000_000_000_000, 10_000_000_000_000))
def test_every_instant_comes_back_from_a_datetime_and_from_its_text(instant: int) -> None:
    assert clock.from_datetime(clock.to_datetime(instant)) == instant
    assert clock.from_datetime(datetime.fromisoformat(str(clock.iso(instant)))) == instant


def test_a_datetime_of_an_instant_is_utc() -> None:
    assert clock.to_datetime(MIDDLE).utcoffset() == timedelta(0)


def test_now_is_the_wall_clock_in_milliseconds() -> None:
    with time_machine.travel(datetime(2026, 3, 1, 4, 0, 0, 5_000, tzinfo=LOS_ANGELES), tick=False):
        assert clock.now() == MIDDLE + 5


def test_a_step_of_the_wall_clock_does_not_move_the_monotonic_one() -> None:
    before = clock.monotonic()
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC)):
        after = clock.monotonic()
    assert 0 <= after - before < 60
