"""Who said no, outside the database: a synced file that outlives the restore of an older backup.

One line an opt-out or a START, appended after the commit that made it. At the worker's start both are held
against each other: what the journal knows and the database does not is opted out again, and the reverse is
appended. So a crash between the commit and the line loses nothing, and whoever said STOP after a backup was
made is not texted when it is restored. A number stands here as its keyed hash alone.
"""

from __future__ import annotations

import errno
import logging
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

from appliance.clock import Instant
from appliance.domain.records import AlarmLevel
from appliance.errors import DatabaseTrouble
from appliance.store import alarms, audit, database, models
from appliance.store.models import Contact, Number

NAME = "optouts.journal"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said: `is_out` or START; `by` as in a contact; `digest` the number's keyed hash."""

    at: Instant
    is_out: bool
    by: str
    digest: str

    def written(self) -> bytes:
        """The line with its checksum, so that one cut short by a power failure is not taken for whole."""
        said = f"{self.at} {'out' if self.is_out else 'in'} {self.by} {self.digest}"
        return f"{said} {zlib.crc32(said.encode()):08x}\n".encode()


def path() -> Path:
    """Beside the database, whose backup does not hold it."""
    return Path(models.database.database).with_name(NAME)


def note(number_id: int, by: str, now: Instant, *, is_out: bool) -> None:
    """Has a line written once the current transaction has committed."""
    keyed_hash = Number.get_by_id(number_id).digest
    database.once_committed(lambda: _append([Line(now, is_out, by, keyed_hash)], now))


def _append(lines: list[Line], now: Instant) -> bool:
    """Writes and syncs, and says whether it could. Never raises: the database has it, a person is told."""
    try:
        _write(b"".join(line.written() for line in lines))
    except OSError as error:
        _complain("written", error, now)
        return False
    return True


def _complain(what: str, error: OSError, now: Instant) -> None:
    log.error("%s cannot be %s: %s", path(), what, error.strerror)
    sentence = f"{path()} cannot be {what} ({error.strerror})"
    try:
        with database.transaction():
            alarms.raise_alarm("optout_journal", AlarmLevel.AMBER, "box", now, details={"sentence": sentence})
    except DatabaseTrouble as trouble:
        log.error("the alarm about it could not be stored: %s", trouble)


def _write(data: bytes) -> None:
    file = path()
    is_new = not file.exists()
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o660)
    try:
        size = os.fstat(descriptor).st_size
        # Behind a line that a power failure cut, a new one begins; a blank line more is nothing.
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        # One write a call: processes may append at once. A full disk may take a part of it.
        data = (b"\n" if torn else b"") + data
        if os.write(descriptor, data) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read() -> dict[str, Line]:
    """The last word of each number, by its keyed hash. Damaged lines are left out and logged."""
    try:
        data = path().read_bytes()
    except FileNotFoundError:
        return {}
    found: dict[str, Line] = {}
    for number, written in enumerate(data.split(b"\n"), start=1):
        line = _parsed(written)
        if line is not None:
            found[line.digest] = line
        elif written.strip():
            log.warning("%s, line %d is damaged and left out", path(), number)
    return found


def _parsed(written: bytes) -> Line | None:
    try:
        at, word, by, keyed_hash, _check = written.decode("ascii").split(" ")
        line = Line(int(at), word == "out", by, keyed_hash)
    except ValueError:
        return None
    return line if line.written() == written + b"\n" else None


def reconcile(now: Instant) -> int:
    """Holds journal and database against each other; returns how many numbers were opted out again.

    A journal that cannot be read raises the same alarm as one that cannot be written.
    """
    try:
        known = read()
    except OSError as error:
        _complain("read", error, now)
        return 0
    held = {
        row.digest: Line(row.opted_out_at, True, row.opted_out_by, row.digest)
        for row in Number.select(Number.digest, Contact.opted_out_at, Contact.opted_out_by)
        .join(Contact, on=(Contact.number == Number.id))
        .where(Contact.opted_out_at.is_null(False))
        .objects()
    }
    missing = [line for digest, line in known.items() if line.is_out and _says_more(line, held.get(digest))]
    if missing:
        with database.transaction():
            for line in missing:
                _opt_out_again(line, now)
            sentence = f"{len(missing)} numbers that had asked for no more texts were missing in the database"
            alarms.raise_alarm(
                "optouts_restored",
                AlarmLevel.AMBER,
                "box",
                now,
                details={"sentence": sentence, "numbers": len(missing)},
            )
    unwritten = [line for line in held.values() if _says_more(line, known.get(line.digest))]
    if unwritten or alarms.is_open("optout_journal", "box"):
        _catch_up(unwritten, now)
    return len(missing)


def _says_more(line: Line, other: Line | None) -> bool:
    """Whether an opt-out is missing in the other place, or is a mere STOP there, which START would lift."""
    return other is None or not other.is_out or (other.by == "stop" and line.by != "stop")


def _catch_up(lines: list[Line], now: Instant) -> None:
    """Appends what is missing; where that works, the alarm that it did not is over."""
    if _append(lines, now):
        with database.transaction():
            alarms.clear("optout_journal", "box", now)


def _opt_out_again(line: Line, now: Instant) -> None:
    number, _made = Number.get_or_create(digest=line.digest)
    Contact.insert(number=number.id).on_conflict_ignore().execute()
    Contact.update(opted_out_at=line.at, opted_out_by=line.by).where(Contact.number == number.id).execute()
    audit.record("box", "optout-restored", f"number:{number.id}", {"by": line.by}, now)
