"""When a text may leave: windows of the agency's wall clock, right on both nights the clocks change.

A window is two minutes of the local day, 0 to 1440, end not included. Start after end crosses midnight;
0 to 1440 is always open. What counts is what a clock on the wall shows: in the hour that comes twice a
window can open twice, in the hour that never comes it opens when the clock jumps past its start.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from appliance.clock import DAY, HOUR, MINUTE, SECOND, Instant, to_datetime

WHOLE_DAY = 1440


class Span(Protocol):
    """What these rules need of the policy's window: minutes of the local day."""

    @property
    def start_minute(self) -> int: ...
    @property
    def end_minute(self) -> int: ...


def is_open(window: Span, zone: ZoneInfo, at: Instant) -> bool:
    """Whether a wall clock in `zone` stands inside the window at `at`; ValueError for an empty window."""
    start, end = _edges(window)
    wall = _wall(zone, at)
    if start < end:
        return start <= wall < end
    return wall >= start or wall < end


def next_open(window: Span, zone: ZoneInfo, at: Instant) -> Instant:
    """The first instant from `at` on at which the window is open: `at` itself if it is."""
    return _first(window, zone, at, wanted=True)


def closes_at(window: Span, zone: ZoneInfo, at: Instant) -> Instant | None:
    """The first instant from `at` on at which the window is closed (`at` if it is); None: it never closes."""
    if (window.start_minute, window.end_minute) == (0, WHOLE_DAY):
        return None
    return _first(window, zone, at, wanted=False)


def nth_slot(opening: Instant, n: int, per_minute: int = 2) -> Instant:
    """When the n-th postponed text (from 0) leaves, so that a night's backlog is no burst at the opening.

    At most `per_minute` slots lie in any 60 seconds.
    """
    if n < 0 or per_minute < 1:
        raise ValueError(f"slot {n} at {per_minute} a minute does not exist")
    return opening - (-n * MINUTE // per_minute)


def _edges(window: Span) -> tuple[int, int]:
    """Start and end in milliseconds of the local day."""
    start, end = window.start_minute, window.end_minute
    if not (0 <= start < WHOLE_DAY and 0 <= end <= WHOLE_DAY) or start == end:
        raise ValueError(f"a window from minute {start} to minute {end} is empty or not of one day")
    return start * MINUTE, end * MINUTE


def _wall(zone: ZoneInfo, at: Instant) -> int:
    """Milliseconds a wall clock shows since its midnight."""
    offset = _offset_in(zone, at // HOUR)
    if offset is not None:
        return (at + offset) % DAY
    local = to_datetime(at).astimezone(zone)
    return (local.hour * 60 + local.minute) * MINUTE + local.second * SECOND + at % SECOND


@lru_cache(maxsize=4096)
def _offset_in(zone: ZoneInfo, hour: int) -> int | None:
    """Milliseconds a zone is ahead of UTC in an hour since 1970; None in one in which its clocks change."""
    ends = (hour * HOUR, (hour + 1) * HOUR - 1)
    first, last = (to_datetime(end).astimezone(zone).utcoffset() for end in ends)
    return None if first is None or first != last else round(first.total_seconds() * 1000)


def _first(window: Span, zone: ZoneInfo, at: Instant, *, wanted: bool) -> Instant:
    """Walk from edge to edge until the window is as wanted; a change of the clocks is an edge too."""
    start, end = _edges(window)
    edge = start if wanted else end
    moment = at
    while is_open(window, zone, moment) is not wanted:
        boundary = moment + ((edge - _wall(zone, moment)) % DAY or DAY)
        moment = _clock_change(zone, moment, boundary) or boundary
    return moment


def _clock_change(zone: ZoneInfo, after: Instant, until: Instant) -> Instant | None:
    """The instant in (after, until] at which the offset to UTC changes, or None; one a day at most."""
    if (known := _offset_in(zone, after // HOUR)) is not None and known == _offset_in(zone, until // HOUR):
        return None
    offset = to_datetime(after).astimezone(zone).utcoffset()
    if to_datetime(until).astimezone(zone).utcoffset() == offset:
        return None
    low, high = after, until
    while high - low > 1:
        middle = (low + high) // 2
        if to_datetime(middle).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high
