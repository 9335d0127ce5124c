"""What every CAD adapter gives and takes: batches of records out, "done" or "refused" back in.

A feed touches no database. It hands over what is ready, keeps the source until the caller has committed, and
only then writes a receipt and lets the source go. A crash in between costs nothing: the source is read again
and the digests say that its records were taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from appliance.clock import Instant
from appliance.domain.records import IncidentRecord
from appliance.errors import ApplianceError

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 2_000
MAX_COLUMNS = 64
MAX_FIELD_BYTES = 256
"""Bounds of one source: what a CAD writes in a minute is far below, what hurts the box is far above."""

REQUIRED_FIELDS: tuple[str, ...] = ("call_id", "received_at", "call_type", "phone")
"""Without a column for each of these a feed is of no use, so it is refused before its first row."""


class FeedFault(ApplianceError):
    """A feed cannot be read as it stands; the sentence names what was seen and what to change.

    `reason` is a code for programs, `remedy` the sentence's second half.
    """

    def __init__(self, what: str, remedy: str, reason: str = "feed_fault") -> None:
        super().__init__(f"{what}. {remedy}")
        self.what = what
        self.remedy = remedy
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """One [[feed]] of the configuration, its zone resolved."""

    name: str
    type: str
    path: Path
    zone: ZoneInfo
    time_format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    preset: str | None = None
    records: str | None = None
    """Where the records stand in a document: a path such as `Calls/Call`; None: found by itself."""
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One record with where it stood; `notes` says what had to be decided to read it (`repeated_hour`)."""

    line: int
    record: IncidentRecord
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """As `digest` makes it; worked out when asked for, which a replay never does."""
        return digest(self.record)


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that could not be read. Nothing in it is a phone number or text of an unlisted column.

    `value_hint` is the shape of the value, letters as A and digits as 9; `kept` the allow-listed values that
    did read, for the person who looks for the row in CAD.
    """

    line: int
    column: str
    value_hint: str
    reason: str
    remedy: str
    kept: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One row that carries a mark of criminal justice information: where and which mark, never what.

    `call_id` ("" when it cannot be told) lets the intake hold that call; it is not for showing or writing.
    """

    line: int
    mark: str
    call_id: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a whole source is refused; line and column where they are known."""

    reason: str
    what: str
    remedy: str
    line: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file a batch came from, as it was when it was read: a later one of the same name is another."""

    name: str
    device: int
    inode: int
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Batch:
    """All that one source held: its rows either became records, or were rejected, or are quarantined.

    `source` is the file's name made safe for screens, databases and file names. With a `refusal` there are
    no rows at all. Pass `taken` to the intake, commit, then call the feed's `done`.
    """

    feed: str
    source: str
    sha256: str
    records: tuple[Row, ...] = ()
    rejects: tuple[Reject, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    refusal: Refusal | None = None
    file: SourceFile | None = None

    @property
    def taken(self) -> list[tuple[IncidentRecord, str]]:
        """The records with their digests, in the source's order."""
        return [(row.record, row.digest) for row in self.records]


@dataclass(frozen=True, slots=True)
class Stray:
    """Something that lies in the drop folder and will not be read, and what to do about it."""

    name: str
    reason: str
    remedy: str


Parse = Callable[[bytes, FeedSettings, str, Instant], Batch]
"""A format: `(data, settings, source, now)` to a batch; never raises on what the data hold."""


class SourceFault(Exception):
    """A whole source cannot be read: inside a format, on the way to its batch."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.what)
        self.refusal = refusal


class Feed(Protocol):
    """A CAD source."""

    @property
    def name(self) -> str:
        """The [[feed]] name."""
        ...

    def fetch(self, now: Instant) -> Iterator[Batch]:
        """What is ready now, one source at a time; the next is read when the caller asks for it.

        A source stays and is given again until `done` or `refuse`. Raises FeedFault when the feed as a
        whole cannot be read (the folder is missing); the next poll may find it repaired.
        """
        ...

    def done(self, batch: Batch, accepted: int, changed: int, now: Instant) -> None:
        """AFTER the commit: receipt, rejected rows, then the raw source goes. Safe to repeat.

        `accepted` records were handed to the intake, `changed` of them were new to the box. A batch with a
        `refusal` gets its reason file instead. Raises FeedFault when the folder cannot be written.
        """
        ...

    def refuse(self, batch: Batch, refusal: Refusal, now: Instant) -> None:
        """Refuses a whole source: writes the reason (never the content), then the raw source goes."""
        ...

    def strays(self) -> tuple[Stray, ...]:
        """What lay in the way at the last fetch and was not read (links, pipes, folders)."""
        ...

    def watch(self, on_change: Callable[[], None]) -> Callable[[], None]:
        """Calls `on_change`, from a thread of its own, when a source becomes ready; returns the stop.

        Only a hint on top of the poll: network drives send no events. It never raises for want of them.
        """
        ...


_DIGEST_FIELDS = tuple(sorted(f.name for f in fields(IncidentRecord) if f.name != "slot"))


def digest(record: IncidentRecord) -> str:
    """The sha256 of a record, hex: the same whatever the file's name, column order, layout or time zone.

    Without a key it would give a phone number away to whoever tries all of them: key it before it is stored.
    """
    canonical = [getattr(record, name) for name in _DIGEST_FIELDS]
    if record.slot:
        canonical.append(record.slot)
    return hashlib.sha256(
        json.dumps(canonical, ensure_ascii=True, separators=(",", ":")).encode()
    ).hexdigest()
