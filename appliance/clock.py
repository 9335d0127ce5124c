"""The only reader of time. An instant is an integer: milliseconds since 1970-01-01 UTC."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

Instant = int
"""UTC milliseconds, as the database keeps them (BIGINT)."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "y": 365 * DAY}
_DURATION = re.compile(r"(\d{1,5})([smhdy])")


def duration(value: object) -> int:
    """Milliseconds of a duration as config and policy write it: "0s", "20m", "4h", "90d", "3y" (365 days).

    Raises ValueError with what to write instead.
    """
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('a duration is a number and s, m, h, d or y, such as "20m" or "0s"')
    return int(found[1]) * _UNITS[found[2]]


def now() -> Instant:
    """The wall clock, in UTC milliseconds."""
    return time.time_ns() // 1_000_000


def monotonic() -> float:
    """Seconds that never step back: for deadlines and timers only."""
    return time.monotonic()


def iso(instant: Instant | None) -> str | None:
    """An instant as ISO 8601 with `Z` and milliseconds, for JSON and exports; None stays None."""
    if instant is None:
        return None
    moment = datetime.fromtimestamp(instant / 1000, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_datetime(moment: datetime) -> Instant:
    """An aware datetime as an instant; a naive one raises ValueError, because its zone is a guess."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return round(moment.timestamp() * 1000)


def to_datetime(instant: Instant) -> datetime:
    """An instant as an aware UTC datetime; convert with `.astimezone(zone)` only to show it."""
    return datetime.fromtimestamp(instant / 1000, tz=UTC)
