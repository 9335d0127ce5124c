"""How long a feed may say nothing at this hour of the week before it is unusual.

What is usual is learned from the feed itself: a town at four in the morning may be silent for hours, a
county never is for ten minutes at noon.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from appliance.clock import DAY, HOUR, MINUTE, Instant, to_datetime

SHORTEST = 15 * MINUTE
LONGEST = 24 * HOUR
"""No alarm before a quarter of an hour, whatever was learned, and always one after a day."""

UNLEARNED = 2 * HOUR
"""What counts while there are less than two weeks to learn from."""

LEARNED_FROM = 8 * 7 * DAY
NEEDED = 14 * DAY

AROUND = 2 * HOUR
"""How far from this time of day a gap of another day still tells what is usual now."""

FACTOR = 2


@dataclass(frozen=True, slots=True)
class Usual:
    """How long this feed may be silent now; `is_learned` False: too little is known of it yet."""

    span: int
    is_learned: bool


def usual(spoke: Sequence[Instant], now: Instant, zone: ZoneInfo) -> Usual:
    """From the instants at which a feed brought something, in order, the last eight weeks of them.

    The longest gap that touched this time of day on a day like today (a weekday, or the weekend) counts
    twice: a feed that was once silent for so long may be again.
    """
    start = bisect_left(spoke, now - LEARNED_FROM)
    if start >= len(spoke) or now - spoke[start] < NEEDED:
        return Usual(UNLEARNED, is_learned=False)
    is_weekend = _is_weekend(now, zone)
    longest = 0
    for day in range(1, (now - spoke[start]) // DAY + 1):
        then = now - day * DAY
        # The wall clock decides what is the same hour, also after a change of the clocks.
        then += _offset(now, zone) - _offset(then, zone)
        # Weekends are few, so they learn from weekdays too; a weekday does not learn from Sunday morning.
        if is_weekend or not _is_weekend(then, zone):
            longest = max(longest, _gap(spoke, then - AROUND, then + AROUND))
    return Usual(min(LONGEST, max(SHORTEST, FACTOR * longest)), is_learned=True)


def is_silent(spoke: Sequence[Instant], last: Instant | None, now: Instant, zone: ZoneInfo) -> bool:
    """Whether the feed has said nothing for longer than is usual now; one that never spoke is not judged."""
    return last is not None and now - last > usual(spoke, now, zone).span


def _gap(spoke: Sequence[Instant], start: Instant, end: Instant) -> int:
    """The longest stretch without a word that touches this span, however far it reaches beyond it."""
    first = max(0, bisect_right(spoke, start) - 1)
    last = min(len(spoke) - 1, bisect_left(spoke, end))
    return max((b - a for a, b in pairwise(spoke[first : last + 1])), default=0)


def _is_weekend(at: Instant, zone: ZoneInfo) -> bool:
    return to_datetime(at).astimezone(zone).weekday() >= 5


def _offset(at: Instant, zone: ZoneInfo) -> int:
    offset = to_datetime(at).astimezone(zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1000)
