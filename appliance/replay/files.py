"""Reads history files of any size for a replay: rows are read one by one, and nothing is taken from them."""

from __future__ import annotations

import codecs
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appliance.clock import Instant
from appliance.domain.records import IncidentRecord
from appliance.errors import Refused
from appliance.feeds import csv_file, registry
from appliance.feeds.base import MAX_BYTES, FeedSettings, Quarantined, Reject, Row, SourceFault

TELL_EVERY = 500
"""Rows after which the progress is told."""


@dataclass(slots=True)
class Read:
    """What was read so far; `rejected` counts the rows that could not be, by reason."""

    rows: int = 0
    quarantined: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


def records(
    paths: Sequence[Path],
    settings: FeedSettings,
    now: Instant,
    read: Read,
    on_bytes: Callable[[int], None],
) -> Iterator[IncidentRecord]:
    """The records of these files, in their order. Raises Refused for a file that cannot be read at all."""
    for path in paths:
        try:
            opened = _streamed if settings.type == "csv" else _whole
            for row in opened(path, settings, now, on_bytes):
                record = _counted(row, read)
                if record is not None:
                    yield record
        except SourceFault as fault:
            told = fault.refusal
            where = "" if told.line is None else f", line {told.line}"
            raise Refused(f"{path}{where}: {told.what}. {told.remedy}.") from fault
        except OSError as error:
            raise Refused(f"{path} cannot be read ({error.strerror}).") from error
        except UnicodeDecodeError as error:
            raise Refused(f"{path} is not UTF-8. Export it as UTF-8.") from error


def _streamed(
    path: Path, settings: FeedSettings, now: Instant, on_bytes: Callable[[int], None]
) -> Iterator[Row | Reject | Quarantined]:
    with path.open("rb") as start:
        wide = start.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    told = 0
    encoding = "utf-16" if wide else "utf-8-sig"
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding, newline="") as text:
        for number, row in enumerate(csv_file.stream(text, settings, now), start=1):
            yield row
            if number % TELL_EVERY == 0:
                on_bytes(raw.tell() - told)
                told = raw.tell()
        on_bytes(path.stat().st_size - told)


def _whole(
    path: Path, settings: FeedSettings, now: Instant, on_bytes: Callable[[int], None]
) -> Iterator[Row | Reject | Quarantined]:
    if path.stat().st_size > MAX_BYTES:
        raise Refused(f"{path} is over {MAX_BYTES} bytes. Only CSV files may be longer: split it.")
    batch = registry.parse(settings, path.read_bytes(), path.name, now)
    if batch.refusal is not None:
        raise SourceFault(batch.refusal)
    on_bytes(path.stat().st_size)
    yield from batch.records
    yield from batch.rejects
    yield from batch.quarantined


def _counted(row: Row | Reject | Quarantined, read: Read) -> IncidentRecord | None:
    read.rows += 1
    if isinstance(row, Reject):
        read.rejected[row.reason] += 1
    elif isinstance(row, Quarantined):
        read.quarantined += 1
    else:
        return row.record
    return None
