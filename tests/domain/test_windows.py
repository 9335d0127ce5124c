from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import DAY, HOUR, MINUTE, Instant, from_datetime
from appliance.domain.windows import closes_at, is_open, next_open, nth_slot


@dataclass(frozen=True)
class Span:
    start_minute: int
    end_minute: int


SURVEY = Span(9 * 60, 20 * 60)
NIGHT = Span(22 * 60, 6 * 60)
ALWAYS = Span(0, 1440)

ZONES = [
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "America/Boise",
    "America/Detroit", "America/Indiana/Indianapolis", "America/Kentucky/Louisville", "America/Toronto",
    "America/St_Johns", "America/Vancouver", "Pacific/Guam",
]  # fmt: skip
PACIFIC = ZoneInfo("America/Los_Angeles")


def at(text: str, zone: ZoneInfo = PACIFIC) -> Instant:
    """An instant written as local time with its offset, or as local time of `zone`."""
    moment = datetime.fromisoformat(text)
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))


OPENINGS = [
    ("open stays", SURVEY, "2026-06-01T12:00", "2026-06-01T12:00"),
    ("first minute is open", SURVEY, "2026-06-01T09:00", "2026-06-01T09:00"),
    ("before it", SURVEY, "2026-06-01T08:59:59.999", "2026-06-01T09:00"),
    ("end is not included", SURVEY, "2026-06-01T20:00", "2026-06-02T09:00"),
    ("over midnight, evening", NIGHT, "2026-06-01T21:00", "2026-06-01T22:00"),
    ("over midnight, after it", NIGHT, "2026-06-01T03:00", "2026-06-01T03:00"),
    ("always", ALWAYS, "2026-06-01T03:00", "2026-06-01T03:00"),
    ("to midnight", Span(600, 1440), "2026-06-02T00:00", "2026-06-02T10:00"),
    ("night the hour is lost", SURVEY, "2026-03-07T20:30", "2026-03-08T09:00-07:00"),
    ("night the hour comes twice", SURVEY, "2026-10-31T20:30", "2026-11-01T09:00-08:00"),
    ("opens where the clock jumps", Span(150, 300), "2026-03-08T01:30", "2026-03-08T03:00-07:00"),
    ("window swallowed by the jump", Span(120, 180), "2026-03-08T01:30", "2026-03-09T02:00-07:00"),
    ("opens in the first of two hours", Span(90, 300), "2026-11-01T00:30-07:00", "2026-11-01T01:30-07:00"),
    ("closed again in the second", Span(90, 300), "2026-11-01T01:10-08:00", "2026-11-01T01:30-08:00"),
]

CLOSINGS = [
    ("by day", SURVEY, "2026-06-01T12:00", "2026-06-01T20:00"),
    ("over midnight", NIGHT, "2026-06-01T23:00", "2026-06-02T06:00"),
    ("closed already", SURVEY, "2026-06-01T21:00", "2026-06-01T21:00"),
    ("lost hour", NIGHT, "2026-03-07T23:00", "2026-03-08T06:00-07:00"),
    ("repeated hour", NIGHT, "2026-10-31T23:00", "2026-11-01T06:00-08:00"),
    ("the clock steps out of it", Span(90, 300), "2026-11-01T01:45-07:00", "2026-11-01T01:00-08:00"),
    ("the clock jumps over its end", Span(60, 150), "2026-03-08T01:30-08:00", "2026-03-08T03:00-07:00"),
]


@pytest.mark.parametrize(("name", "window", "now", "opening"), OPENINGS, ids=[row[0] for row in OPENINGS])
def test_next_open(name: str, window: Span, now: str, opening: str) -> None:
    assert next_open(window, PACIFIC, at(now)) == at(opening)


@pytest.mark.parametrize(("name", "window", "now", "closing"), CLOSINGS, ids=[row[0] for row in CLOSINGS])
def test_closes_at(name: str, window: Span, now: str, closing: str) -> None:
    assert closes_at(window, PACIFIC, at(now)) == at(closing)


def test_what_is_always_open_never_closes() -> None:
    assert closes_at(ALWAYS, PACIFIC, at("2026-06-01T12:00")) is None


@pytest.mark.parametrize("name", ZONES)
def test_a_year_of_quarter_hours_never_opens_outside_the_wall_clock(name: str) -> None:
    zone = ZoneInfo(name)
    start = from_datetime(datetime(2026, 1, 1, tzinfo=UTC))
    for moment in range(start, start + 366 * DAY, 15 * MINUTE):
        hour = datetime.fromtimestamp(moment / 1000, tz=zone).hour
        assert is_open(SURVEY, zone, moment) is (9 <= hour < 20)


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("night", ["2026-03-08", "2026-11-01"])
@pytest.mark.parametrize("window", [SURVEY, NIGHT, Span(90, 150), Span(30, 125), Span(150, 90)], ids=str)
def test_both_nights_agree_with_walking_minute_by_minute(name: str, night: str, window: Span) -> None:
    zone = ZoneInfo(name)
    start = from_datetime(datetime.fromisoformat(night).replace(tzinfo=zone)) - 2 * HOUR
    minutes = [start + step * MINUTE for step in range(12 * 60)]
    opened = [is_open(window, zone, moment) for moment in minutes]
    for index in range(0, len(minutes), 7):
        later = next((m for m, state in zip(minutes[index:], opened[index:], strict=True) if state), None)
        found = next_open(window, zone, minutes[index])
        assert found == later if later is not None else found > minutes[-1]


@given(
    st.integers(0, 1439),
    st.integers(0, 1440),
    st.sampled_from(ZONES),
    st.integers(
        from_datetime(datetime(2024, 1, 1, tzinfo=UTC)), from_datetime(datetime(2030, 1, 1, tzinfo=UTC))
    ),
)
def test_an_opening_is_open_and_nothing_before_it_is(start: int, end: int, name: str, now: int) -> None:
    if start == end:
        end = 1440
    window, zone = Span(start, end), ZoneInfo(name)
    opening = next_open(window, zone, now)
    assert opening >= now
    assert is_open(window, zone, opening)
    if opening > now:
        assert not is_open(window, zone, opening - 1)
        assert not is_open(window, zone, now)


@pytest.mark.parametrize("window", [Span(540, 540), Span(-1, 600), Span(600, 1441), Span(1440, 10)], ids=str)
def test_a_window_without_a_minute_is_an_error(window: Span) -> None:
    with pytest.raises(ValueError, match="window"):
        is_open(window, PACIFIC, 0)


@pytest.mark.parametrize("per_minute", [1, 2, 3, 7])
def test_slots_keep_the_pace(per_minute: int) -> None:
    slots = [nth_slot(1_000, n, per_minute) for n in range(200)]
    assert slots[0] == 1_000
    assert all(later - first >= MINUTE for first, later in zip(slots, slots[per_minute:], strict=False))


def test_a_slot_before_the_first_is_an_error() -> None:
    with pytest.raises(ValueError, match="slot"):
        nth_slot(0, -1)
