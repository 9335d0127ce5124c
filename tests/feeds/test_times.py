from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from appliance.clock import DAY, HOUR, iso
from appliance.feeds import times
from appliance.feeds.base import FeedFault

LA = ZoneInfo("America/Los_Angeles")
NOW = 1_785_000_000_000  # 2026-07-25, after every time below


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-04T12:34:56Z", "2026-03-04T12:34:56.000Z"),
        ("2026-03-04T12:34:56z", "2026-03-04T12:34:56.000Z"),
        ("2026-03-04 12:34:56", "2026-03-04T20:34:56.000Z"),
        ("2026-03-04 12:34", "2026-03-04T20:34:00.000Z"),
        ("2021-04-30T14:43:49.439-04:00", "2021-04-30T18:43:49.439Z"),
        ("2021-04-30T14:43:49.439-0400", "2021-04-30T18:43:49.439Z"),
        ("2021-04-30T14:43:49+00", "2021-04-30T14:43:49.000Z"),
        ("2021-04-30T14:43:49.1Z", "2021-04-30T14:43:49.100Z"),
        ("2021-04-30T14:43:49.123456789012Z", "2021-04-30T14:43:49.123Z"),
        ("2021-04-30T14:43:49,5Z", "2021-04-30T14:43:49.500Z"),
        ("20260304123456", "2026-03-04T20:34:56.000Z"),
        ("20260304T123456Z", "2026-03-04T12:34:56.000Z"),
        ("2026/03/04 12:34:56", "2026-03-04T20:34:56.000Z"),
        ("03/04/2026 12:00:28 AM", "2026-03-04T08:00:28.000Z"),
        ("3/4/2026 1:05 pm", "2026-03-04T21:05:00.000Z"),
        ("03/04/2026 12:30:00 PM", "2026-03-04T20:30:00.000Z"),
        ("03/04/2026 12:30:00 p.m.", "2026-03-04T20:30:00.000Z"),
        ("03/04/2026 23:59:59", "2026-03-05T07:59:59.000Z"),
        ("03-04-2026 23:59:59", "2026-03-05T07:59:59.000Z"),
        ("2026 Mar 04 13:12:09 PM", "2026-03-04T21:12:09.000Z"),
        ("2026 Mar 04 00:12:09 AM", "2026-03-04T08:12:09.000Z"),
        ("2026 Mar 04 01:12:09", "2026-03-04T09:12:09.000Z"),
        ("04-Mar-2026 01:12:09", "2026-03-04T09:12:09.000Z"),
        ("March 4, 2026 1:12 PM", "2026-03-04T21:12:00.000Z"),
        ("Mar  4 2026 10:49:30:000PM", "2026-03-05T06:49:30.000Z"),
        ("  2026-03-04 12:34:56  ", "2026-03-04T20:34:56.000Z"),
        ("2026-07-01 12:00:00", "2026-07-01T19:00:00.000Z"),
    ],
)
def test_reads_what_has_one_meaning(text: str, expected: str) -> None:
    moment = times.read(text, LA, None, NOW)
    assert moment is not None
    assert (iso(moment.instant), moment.again) == (expected, None)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "(null)", "NULL", "null", "<null>", "1900-01-01 00:00:00", "01/01/1900 12:00:00 AM",
     "0001-01-01T00:00:00", "1753-01-01 00:00:00", "12/30/1899 00:00", "Jan  1 1900 12:00:00:000AM"],
)  # fmt: skip
def test_takes_the_zeros_of_databases_for_no_value(text: str) -> None:
    assert times.read(text, LA, None, NOW) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("yesterday", "time_unreadable"),
        ("2026-03-04", "time_unreadable"),
        ("12:34:56", "time_unreadable"),
        ("03/04/26 12:00", "time_unreadable"),
        ("25/03/2026 12:00", "time_unreadable"),
        ("2026-02-30 12:00:00", "time_unreadable"),
        ("2026-03-04 24:00:00", "time_unreadable"),
        ("2026-03-04 12:60:00", "time_unreadable"),
        ("2026-03-04 12:00:60", "time_unreadable"),
        ("03/04/2026 15:10 AM", "time_unreadable"),
        ("03/04/2026 00:10 PM", "time_unreadable"),
        ("2026 Mrz 04 12:00:00", "time_unreadable"),
        ("2026-03-04 12:00:00 PST", "time_unreadable"),
        ("2026-03-04T12:00:00+15:00", "time_unreadable"),
        ("2026-03-04T12:00:00+05:75", "time_unreadable"),
        ("46085.5", "time_unreadable"),
        ("1772654400", "time_unreadable"),
        ("٢٠٢٦-٠٣-٠٤ ١٢:٠٠:٠٠", "time_unreadable"),
        ("2026-03-04 12:00:00; DROP", "time_unreadable"),
        ("1989-12-31 23:59:59", "time_too_old"),
        ("2026-03-08 02:30:00", "time_never_was"),
        ("9999-12-31 23:59:59", "time_in_future"),
        ("9999-12-31T23:59:59-14:00", "time_in_future"),
    ],
)
def test_never_guesses(text: str, reason: str) -> None:
    with pytest.raises(times.TimeFault) as caught:
        times.read(text, LA, None, NOW)
    assert caught.value.reason == reason
    assert caught.value.remedy


def test_reads_the_repeated_hour_as_its_first_pass_and_says_so() -> None:
    moment = times.read("2025-11-02 01:30:00", LA, None, NOW)
    assert moment is not None
    assert iso(moment.instant) == "2025-11-02T08:30:00.000Z"
    assert moment.again == moment.instant + HOUR


@pytest.mark.parametrize(("ahead", "is_read"), [(DAY, True), (DAY + 1, False)], ids=["a day", "more"])
def test_bounds_the_future(ahead: int, is_read: bool) -> None:
    text = iso(NOW + ahead)
    assert text is not None
    if is_read:
        assert times.read(text, LA, None, NOW) == times.Moment(NOW + ahead)
    else:
        with pytest.raises(times.TimeFault, match="time_in_future"):
            times.read(text, LA, None, NOW)


@pytest.mark.parametrize(
    ("text", "time_format", "expected"),
    [
        ("25/03/2026 12:00", "%d/%m/%Y %H:%M", "2026-03-25T19:00:00.000Z"),
        ("04/03/2026 12:00", "%d/%m/%Y %H:%M", "2026-03-04T20:00:00.000Z"),
        ("260304 1200", "%y%m%d %H%M", "2026-03-04T20:00:00.000Z"),
        ("2026-03-04 12:00:00 +0100", "%Y-%m-%d %H:%M:%S %z", "2026-03-04T11:00:00.000Z"),
        ("2026-03-04 12:00:00.123456789", "%Y-%m-%d %H:%M:%S.%f", "2026-03-04T20:00:00.123Z"),
    ],
)
def test_the_configured_format_wins(text: str, time_format: str, expected: str) -> None:
    times.check_format(time_format)
    moment = times.read(text, LA, time_format, NOW)
    assert moment is not None
    assert iso(moment.instant) == expected


def test_the_configured_format_is_the_only_one() -> None:
    with pytest.raises(times.TimeFault, match="time_unreadable"):
        times.read("2026-03-04T12:00:00Z", LA, "%d/%m/%Y %H:%M", NOW)


@pytest.mark.parametrize(
    "time_format", ["%d/%m/%Y", "%H:%M", "%m/%d/%Y %I:%M", "%Q", "%Y-%m-%d %H:%M:%S %Z", "", "%"]
)
def test_refuses_a_format_that_loses_time(time_format: str) -> None:
    with pytest.raises(FeedFault):
        times.check_format(time_format)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["03/04/2026 12:00", "25/03/2026 12:00"], True),
        (["03/04/2026 12:00", "03/25/2026 12:00"], False),
        (["2026-03-25 12:00", "", "(null)", "13/13/2026 10:00"], False),
    ],
    ids=["day first", "month first", "neither"],
)
def test_sees_columns_that_write_the_day_first(cells: list[str], expected: bool) -> None:
    assert times.is_day_first(cells) is expected


@effort(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_time_nothing_or_a_fault(text: str) -> None:
    try:
        moment = times.read(text, LA, None, NOW)
    except times.TimeFault:
        return
    assert moment is None or moment.instant <= NOW + DAY


@effort(deadline=None)
@given(st.datetimes(datetime(1990, 1, 2), datetime(2026, 7, 1), timezones=st.just(UTC)))
def test_reads_back_what_iso_writes(moment: datetime) -> None:
    instant = int(moment.timestamp() * 1000)
    assert times.read(iso(instant) or "", LA, None, NOW) == times.Moment(instant)
