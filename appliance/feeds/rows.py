"""One row's listed fields become a record, a reject or a quarantined line; shared by every file format.

Text is taken literally: a cell that a spreadsheet would run as a formula is data here, and is made harmless
where it leaves the box (exports), not where it enters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from appliance.clock import Instant, iso
from appliance.domain.records import IncidentRecord
from appliance.feeds import times
from appliance.feeds.base import (
    MAX_FIELD_BYTES,
    Batch,
    Quarantined,
    Refusal,
    Reject,
    Row,
    SourceFault,
)

TIME_FIELDS = ("received_at", "dispatched_at", "arrived_at", "closed_at")
FLAG_FIELDS = ("self_initiated", "reopened", "do_not_text", "sensitive", "anonymous", "minor")

REPEATED_HOUR = "repeated_hour"
"""Note on a row: a clock face that came twice that night was read as its first pass."""

_YES = frozenset({"y", "yes", "true", "t", "1", "x", "on"})
_NO = frozenset({"n", "no", "false", "f", "0", "off"})
_NOT_SAID = frozenset({"unknown", "unk", "u", "n/a", "na"})

_OFFICERS_OWN = frozenset({"onview", "selfinitiated", "officerinitiated", "fieldinitiated"})
"""How CAD systems name, in the source column, a call that no resident made."""

_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    *(
        (mark, re.compile(rf"(?<![A-Z0-9]){mark}\s?[/:]"))
        for mark in ("NIC", "FBI", "SID", "MKE", "ORI", "OLN", "DOB", "SSN", "III", "QH")
    ),
    ("WANTED", re.compile(r"(?<![A-Z0-9])WANTED(?![A-Z0-9])")),
    ("SSN shape", re.compile(r"(?<![0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])")),
)
"""Field tags of NCIC and driver record answers, and the shape of a social security number; upper case."""

_PLAIN = re.compile(
    r"[0-9 :/.+]*(?: ?[AaPp][Mm])?|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]*Z?|[0-9]{3}-[0-9]{3}-[0-9]{4}"
)
"""Times and telephone numbers, the cells that never repeat: no mark is written like this."""

_ANY_MARK = re.compile("|".join(pattern.pattern for _, pattern in _MARKS))
_DASHES = re.compile("[\u00ad\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]")

_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffd\ufffe\uffff]"
)
"""Controls, halves of characters (JSON can write one alone), and what hides or turns text around."""

_PHONE_LIKE = re.compile(r"(?:[0-9][\s().+/-]*){7,}")


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one source. `headers` is field -> header as the source spells it.

    `day_first` holds the time fields whose numeric dates cannot be month first (`times.is_day_first`).
    """

    feed: str
    zone: ZoneInfo
    time_format: str | None
    now: Instant
    headers: Mapping[str, str]
    day_first: frozenset[str] = field(default=frozenset())
    _columns: dict[str, times.Column] = field(default_factory=dict, init=False, repr=False, compare=False)

    def check_columns(self) -> None:
        """After the last row. Raises SourceFault for a time column that is written in more than one way.

        Which of two ways is right for which row would be a guess, and every rule about age hangs on it.
        """
        for name, column in self._columns.items():
            if len(column.ways) > 1:
                (line, one), (other_line, other) = list(column.ways.values())[:2]
                what = (
                    f"Its times are written in {len(column.ways)} ways, such as {shape(one)} "
                    f"(line {line}) and {shape(other)} (line {other_line})"
                )
                header = self.headers.get(name, name)
                remedy = "Export this column in one format, with an offset in every row or in none"
                raise SourceFault(Refusal("mixed_times", what, remedy, other_line, header))

    def read(self, line: int, values: Mapping[str, str]) -> Row | Reject | Quarantined:
        """The row at `line`; `values` holds listed fields only, trimmed, "" for no value."""
        mark = find_mark(values)
        if mark is not None:
            return Quarantined(line, mark, self._plain_call_id(values))
        try:
            self._check_text(values)
            moments = self._moments(values, line)
            record = self._record(values, moments)
        except _RowFault as fault:
            return self._rejected(line, values, fault)
        notes = (REPEATED_HOUR,) if any(m and m.again for m in moments.values()) else ()
        return Row(line, record, notes)

    def _plain_call_id(self, values: Mapping[str, str]) -> str:
        """The call of a quarantined row, where its own cell is beyond doubt."""
        call_id = values.get("call_id", "")
        fits = not _CONTROL.search(call_id) and len(call_id.encode()) <= MAX_FIELD_BYTES
        return call_id if fits and find_mark({"call_id": call_id}) is None else ""

    def _check_text(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            if value.isascii() and value.isprintable() and len(value) <= MAX_FIELD_BYTES:
                continue
            if _CONTROL.search(value):
                raise _RowFault(name, "control_character", "Remove control and invisible characters in CAD")
            if len(value) > MAX_FIELD_BYTES or len(value.encode()) > MAX_FIELD_BYTES:
                remedy = f"A field holds at most {MAX_FIELD_BYTES} bytes: check that this is the right column"
                raise _RowFault(name, "field_too_long", remedy)
        if not values.get("call_id"):
            raise _RowFault("call_id", "call_id_missing", "Every row needs its call's number")

    def _moments(self, values: Mapping[str, str], line: int) -> dict[str, times.Moment | None]:
        return {name: self._moment(name, values[name], line) for name in TIME_FIELDS if name in values}

    def _moment(self, name: str, text: str, line: int) -> times.Moment | None:
        if not text:
            return None
        if name in self.day_first and times.is_numeric_date(text):
            remedy = (
                "This column writes the day first: set time_format of this [[feed]], such as %d/%m/%Y %H:%M"
            )
            raise _RowFault(name, "time_day_first", remedy)
        try:
            column = self._columns.get(name)
            if column is None:
                column = self._columns[name] = times.Column(self.zone, self.time_format, self.now)
            return column.read(text, line)
        except times.TimeFault as fault:
            raise _RowFault(name, fault.reason, fault.remedy) from fault

    def _record(
        self, values: Mapping[str, str], moments: Mapping[str, times.Moment | None]
    ) -> IncidentRecord:
        received = moments.get("received_at")
        if received is None:
            raise _RowFault("received_at", "received_at_missing", "Every row needs the time the call came in")
        found: dict[str, Any] = {}
        for name, value in values.items():
            if name in TIME_FIELDS:
                found[name] = _settled(moments[name], received)
            elif name in FLAG_FIELDS:
                found[name] = _flag(name, value) or False
            elif name == "text_ok":
                found[name] = None if value.lower() in _NOT_SAID else _flag(name, value)
            elif value or name != "role":
                found[name] = value
        if "self_initiated" not in found and _bare(values.get("source", "")) in _OFFICERS_OWN:
            found["self_initiated"] = True
        return IncidentRecord(feed=self.feed, **found)

    def _rejected(self, line: int, values: Mapping[str, str], fault: _RowFault) -> Reject:
        return Reject(
            line=line,
            column=self.headers.get(fault.field, fault.field),
            value_hint=shape(values.get(fault.field, "")),
            reason=fault.reason,
            remedy=fault.remedy,
            kept={
                n: k
                for n, v in values.items()
                if n != fault.field and (k := self._kept(n, v, line)) is not None
            },
        )

    def _kept(self, name: str, value: str, line: int) -> str | None:
        """A listed value for whoever repairs the row: no phone number, nothing that did not read."""
        if name == "phone":
            return "(given)" if value else ""
        if _CONTROL.search(value) or len(value.encode()) > MAX_FIELD_BYTES:
            return None
        try:
            if name in TIME_FIELDS:
                moment = self._moment(name, value, line)
                return (iso(moment.instant) or "") if moment else ""
            if name in FLAG_FIELDS:
                _flag(name, value)
                return value
        except _RowFault:
            return None
        return value if name == "call_id" or not _PHONE_LIKE.search(value) else None


class _RowFault(Exception):
    def __init__(self, field_name: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.field = field_name
        self.reason = reason
        self.remedy = remedy


def find_mark(values: Mapping[str, str]) -> str | None:
    """The mark of criminal justice information a row carries, or None; wide and lower-case forms count."""
    # A value cut here is too long to be taken or kept, so its tail needs no search.
    for value in values.values():
        mark = _mark_in(value[: 2 * MAX_FIELD_BYTES])
        if mark is not None:
            return mark
    return None


@lru_cache(maxsize=8192)
def _mark_in(text: str) -> str | None:
    if not text.isascii():
        text = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    if _PLAIN.fullmatch(text):
        return None
    text = text.upper()
    if not _ANY_MARK.search(text):
        return None
    return next(mark for mark, pattern in _MARKS if pattern.search(text))


def shape(value: str) -> str:
    """What a value looks like without what it says: "3/4/26 9am" -> "9/9/99 9AA"; at most 32 characters."""
    return "".join(
        "9" if c.isdigit() else "A" if c.isalpha() else c if " " <= c <= "~" else "?" for c in value[:32]
    )


def _settled(moment: times.Moment | None, received: times.Moment) -> Instant | None:
    """A repeated hour's first pass, save where that lies before the call: then it was the second."""
    if moment is None:
        return None
    if moment.again is not None and moment.instant < received.instant:
        return moment.again
    return moment.instant


def _flag(name: str, value: str) -> bool | None:
    word = value.lower()
    if not word:
        return None
    if word in _YES:
        return True
    if word in _NO:
        return False
    # A flag that says who may not be texted is never guessed at.
    raise _RowFault(name, "flag_unreadable", "Write Y or N, or leave the cell empty")


def _bare(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def batch_of(feed: str, source: str, sha256: str, read: Sequence[Row | Reject | Quarantined]) -> Batch:
    """What the rows of a source became, sorted by that."""
    return Batch(
        feed=feed,
        source=source,
        sha256=sha256,
        records=tuple(row for row in read if isinstance(row, Row)),
        rejects=tuple(row for row in read if isinstance(row, Reject)),
        quarantined=tuple(row for row in read if isinstance(row, Quarantined)),
    )
