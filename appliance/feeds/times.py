"""Reads the times a CAD writes: ISO 8601 and the usual formats that can be read one way only.

A numeric date with slashes is read month first, as CAD systems in the US write it; a column that holds a
"month" over 12 is day first, and then none of its dates is guessed (`is_day_first`). What stays unclear is a
fault: a row without a sure time is rejected, because every rule about age hangs on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from appliance.clock import DAY, Instant
from appliance.feeds.base import FeedFault

FUTURE_TOLERANCE = DAY
"""A CAD clock may be off, or its zone wrongly set here; a day ahead is neither."""

NULLS = frozenset({"", "(null)", "null", "<null>"})
"""What exports write for "no value", lower-cased."""

_EARLIEST = datetime(1990, 1, 1)
_LATEST = datetime(9000, 1, 1)
"""Beyond it, the arithmetic of offsets could leave datetime's range."""

_NO_DATES = frozenset(
    {
        datetime(1, 1, 1),
        datetime(1753, 1, 1),
        datetime(1899, 12, 30),
        datetime(1899, 12, 31),
        datetime(1900, 1, 1),
    }
)
"""The zero of databases and spreadsheets (SQL Server, .NET, Excel): it means no value."""

_EPOCH = datetime(1970, 1, 1)
_MILLISECOND = timedelta(milliseconds=1)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",),
            ("jun", "june"), ("jul", "july"), ("aug", "august"), ("sep", "sept", "september"),
            ("oct", "october"), ("nov", "november"), ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip

_DATES = "|".join(
    (
        r"(?P<y1>\d{4})[-/](?P<m1>\d{1,2})[-/](?P<d1>\d{1,2})",
        r"(?P<m2>\d{1,2})[-/](?P<d2>\d{1,2})[-/](?P<y2>\d{4})",
        r"(?P<y3>\d{4})[ -](?P<m3>[A-Za-z]{3,9})[ -](?P<d3>\d{1,2})",
        r"(?P<d4>\d{1,2})[ -](?P<m4>[A-Za-z]{3,9})[ -](?P<y4>\d{4})",
        r"(?P<m5>[A-Za-z]{3,9})\.? +(?P<d5>\d{1,2}),? +(?P<y5>\d{4})",
    )
)
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,:](?P<fraction>\d+))?)?"
_TAIL = r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: ?(?P<offset>[Zz]|[+-]\d{2}(?::?\d{2})?))?"
_WRITTEN = re.compile(rf"(?:{_DATES})(?:[Tt]|,? +){_CLOCK}{_TAIL}", re.ASCII)
_COMPACT = re.compile(
    r"(?P<y1>\d{4})(?P<m1>\d{2})(?P<d1>\d{2})[Tt]?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})"
    r"(?:[.,](?P<fraction>\d+))?(?P<half>)(?P<offset>[Zz]|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
_NUMERIC_DATE = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/]\d{4}(?!\d)", re.ASCII)
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+", re.ASCII)

_COMPARE = "Compare the CAD's clock and this feed's timezone with this box"
_CONFIGURE = "Set time_format of this [[feed]] to what the CAD writes"


class TimeFault(ValueError):
    """A time that cannot be read for sure; `reason` is a code, `remedy` a sentence for IT."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant read from a source; `again` is the second instant the same clock face stood for."""

    instant: Instant
    again: Instant | None = None


def is_null(text: str) -> bool:
    """Whether an export means "no value" by this."""
    return len(text) <= 6 and text.lower() in NULLS


def read(text: str, zone: ZoneInfo, time_format: str | None, now: Instant) -> Moment | None:
    """The moment a cell stands for, None where it holds none. Raises TimeFault.

    Without an offset the time is local to `zone`. In the hour a clock repeats, the first pass counts and the
    second is told as `again`; an hour a clock skips never was, so it is a fault. `time_format` is strptime's
    and the only one tried when given. Fractions are cut to milliseconds.
    """
    text = text.strip()
    if is_null(text):
        return None
    naive, offset = _formatted(text, time_format) if time_format else _written(text)
    if naive in _NO_DATES:
        return None
    if naive < _EARLIEST:
        raise TimeFault("time_too_old", "Correct the time in CAD, or leave the cell empty")
    if naive > _LATEST:
        raise TimeFault("time_in_future", _COMPARE)
    moment = _localised(naive, zone) if offset is None else Moment(_milliseconds(naive - offset))
    if moment.instant > now + FUTURE_TOLERANCE:
        raise TimeFault("time_in_future", _COMPARE)
    return moment


class Column:
    """Reads the times of one column; what an hour of it comes to is worked out once.

    `ways` is how its cells are written, each with the first cell's place: a column has one way.
    """

    def __init__(self, zone: ZoneInfo, time_format: str | None, now: Instant) -> None:
        self._zone = zone
        self._format = time_format
        self._latest = now + FUTURE_TOLERANCE
        self._now = now
        self._hours: dict[tuple[str, bool, str], Instant | None] = {}
        self._days: dict[tuple[str, bool], Instant | None] = {}
        self.ways: dict[str, tuple[int, str]] = {}

    def read(self, text: str, line: int) -> Moment | None:
        """As `read` of this module. Raises TimeFault."""
        head, _, tail = text.partition(":")
        minute, second = tail[:2], tail[3:5] if tail[2:3] == ":" else ""
        if minute.isdigit() and len(minute) == 2 and minute < "60" and text.isascii():
            key = (head, bool(second), tail[5:] if second else tail[2:])
            begin = self._hours[key] if key in self._hours else self._hour(key, line)
            if begin is not None and second < "60" and (not second or second.isdigit()):
                at = begin + (int(minute) * 60 + int(second or 0)) * 1000
                if at <= self._latest:
                    return Moment(at)
        self._note(text, line)
        return read(text, self._zone, self._format, self._now)

    def _hour(self, key: tuple[str, bool, str], line: int) -> Instant | None:
        """The instant at which an hour of the clock face begins; None where the clocks change in it."""
        head, has_seconds, tail = key
        begin = self._of_day(head, has_seconds, tail, line)
        if begin is None and not tail[:1].isdigit() and not tail.startswith((".", ",", ":")):
            first, last = (
                f"{head}:{at}:{at}{tail}" if has_seconds else f"{head}:{at}{tail}" for at in ("00", "59")
            )
            begin = self._span(first, last, 59 * 60_000 + (59_000 if has_seconds else 0), line)
        self._hours[key] = begin
        return begin

    def _of_day(self, head: str, has_seconds: bool, tail: str, line: int) -> Instant | None:
        """The same from the day's beginning: a 24-hour clock, on a day without a change of the clocks."""
        date, hour = head[:-2], head[-2:]
        if self._format or tail or len(hour) != 2 or not hour.isdigit() or not head.isascii() or hour > "23":
            return None
        key = (date, has_seconds)
        if key not in self._days:
            first, last = ("00:00:00", "23:59:59") if has_seconds else ("00:00", "23:59")
            length = DAY - (1000 if has_seconds else 60_000)
            self._days[key] = self._span(date + first, date + last, length, line)
        begin = self._days[key]
        return None if begin is None else begin + int(hour) * 3_600_000

    def _span(self, first: str, last: str, length: int, line: int) -> Instant | None:
        """Where a stretch of the clock face begins, if both its ends read and it is as long as it looks."""
        try:
            start, end = (read(text, self._zone, self._format, self._latest) for text in (first, last))
        except TimeFault:
            return None
        if start is None or end is None or start.again is not None or end.again is not None:
            return None
        if end.instant - start.instant != length:
            return None
        self._note(first, line)
        return start.instant

    def _note(self, text: str, line: int) -> None:
        way = None if self._format else way_of(text)
        if way is not None:
            self.ways.setdefault(way, (line, text))


def way_of(text: str) -> str | None:
    """How a time is written: the order of its date, a 12-hour clock, an offset; None where it is no time."""
    found = _WRITTEN.fullmatch(text.strip()) or _COMPACT.fullmatch(text.strip())
    if found is None:
        return None
    part = found.groupdict()
    style = next(n for n in "12345" if part.get(f"y{n}"))
    return style + ("h" if part["half"] else "") + ("z" if part["offset"] else "")


_ORDERS = {
    "1": "year first",
    "2": "month first",
    "3": "month by name",
    "4": "month by name",
    "5": "month by name",
}


def told(way: str, zone: ZoneInfo) -> str:
    """A way of `way_of` in words, for whoever maps a feed."""
    clock_face = "12-hour clock" if "h" in way else "24-hour clock"
    offset = "offset in each value" if "z" in way else f"no offset: {zone.key}"
    return f"{_ORDERS[way[0]]}, {clock_face}, {offset}"


def is_day_first(cells: Iterable[str]) -> bool:
    """Whether a column of numeric dates cannot be month first, so that none of its dates may be guessed."""
    for cell in cells:
        found = _NUMERIC_DATE.match(cell.strip())
        if found and int(found[1]) > 12 and int(found[2]) <= 12:
            return True
    return False


def is_numeric_date(text: str) -> bool:
    """Whether the order of day and month is a convention here, not written out."""
    return _NUMERIC_DATE.match(text.strip()) is not None


def check_format(time_format: str) -> None:
    """Raises FeedFault unless the format carries a whole date and time that read back as they were."""
    sample = datetime(2003, 11, 27, 13, 45)
    remedy = "Use strptime codes for the whole date and time, such as %m/%d/%Y %I:%M:%S %p"
    if "%Z" in time_format:
        raise FeedFault("time_format uses %Z, whose letters mean several zones", "Use %z, or set timezone")
    try:
        back = datetime.strptime(sample.replace(tzinfo=UTC).strftime(time_format), time_format)
    except ValueError as error:
        raise FeedFault(f"time_format {time_format!r} cannot be used: {error}", remedy) from error
    if back.replace(tzinfo=None) != sample:
        raise FeedFault(f"time_format {time_format!r} loses part of the date or time", remedy)


def _unreadable() -> TimeFault:
    return TimeFault("time_unreadable", _CONFIGURE)


def _formatted(text: str, time_format: str) -> tuple[datetime, timedelta | None]:
    try:
        found = datetime.strptime(_LONG_FRACTION.sub(r"\1", text), time_format)
    except ValueError as error:
        raise _unreadable() from error
    return found.replace(tzinfo=None), found.utcoffset()


def _written(text: str) -> tuple[datetime, timedelta | None]:
    found = _WRITTEN.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None:
        raise _unreadable()
    part = found.groupdict()
    style = next(n for n in "12345" if part.get(f"y{n}"))
    month = part[f"m{style}"]
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower())
    if number is None:
        raise _unreadable()
    fraction = int(((part["fraction"] or "") + "000000")[:6])
    try:
        naive = datetime(
            int(part[f"y{style}"]),
            number,
            int(part[f"d{style}"]),
            _hour(int(part["hour"]), part["half"]),
            int(part["minute"]),
            int(part["second"] or 0),
            fraction,
        )
    except ValueError as error:
        raise _unreadable() from error
    return naive, _offset(part["offset"])


def _hour(hour: int, half: str | None) -> int:
    """The hour of the day; "15:10 PM" is an export's mistake with one meaning, "15:10 AM" has none."""
    if not half:
        return hour
    afternoon = half in "Pp"
    if hour > 12:
        if not afternoon:
            raise _unreadable()
        return hour
    if hour == 0:
        if afternoon:
            raise _unreadable()
        return 0
    return hour % 12 + (12 if afternoon else 0)


def _offset(written: str | None) -> timedelta | None:
    if not written:
        return None
    if written in "Zz":
        return timedelta(0)
    digits = written[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 14 or minutes > 59:
        raise _unreadable()
    size = timedelta(hours=hours, minutes=minutes)
    return -size if written[0] == "-" else size


def _localised(naive: datetime, zone: ZoneInfo) -> Moment:
    """PEP 495: fold 0 is the offset before a change of clocks, fold 1 the one after it."""
    local = naive.replace(tzinfo=zone)
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    if before is None or after is None:
        raise _unreadable()
    if before == after:
        return Moment(_milliseconds(naive - before))
    if before < after:
        raise TimeFault("time_never_was", "The clocks skipped this hour: check this feed's timezone")
    return Moment(_milliseconds(naive - before), _milliseconds(naive - after))


def _milliseconds(utc: datetime) -> Instant:
    return (utc - _EPOCH) // _MILLISECOND
