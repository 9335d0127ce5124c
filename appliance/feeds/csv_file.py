"""CSV files in a drop folder: bytes become a batch, each row a record, a reject or a quarantined line."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from appliance import clock
from appliance.clock import Instant
from appliance.feeds import mapping, times, watch
from appliance.feeds.base import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    Batch,
    FeedFault,
    FeedSettings,
    Quarantined,
    Refusal,
    Reject,
    Row,
    Stray,
)
from appliance.feeds.drop_folder import DropFolder, safe_name
from appliance.feeds.mapping import ColumnMap
from appliance.feeds.rows import TIME_FIELDS, RowReader

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = ",;\t|"

MAX_UNLISTED = 8 * 1024
"""Characters of a cell that is dropped anyway: a narrative may be long, a quote never closed is longer."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Controls that no column may hold; line breaks within quotes are usual in columns that are dropped."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One row as it stood: `cells` is None where its quotes could not be read."""

    number: int
    cells: list[str] | None


class _FileFault(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.what)
        self.refusal = refusal


class CsvFeed:
    """CSV files in a folder, one a batch. `monotonic` gives seconds that never step back.

    Raises FeedFault when the settings cannot be right, whatever file comes.
    """

    def __init__(self, settings: FeedSettings, monotonic: Callable[[], float] = clock.monotonic) -> None:
        if settings.time_format is not None:
            times.check_format(settings.time_format)
        mapping.check_fields(settings.columns)
        self._settings = settings
        self._folder = DropFolder(settings.path, monotonic)

    @property
    def name(self) -> str:
        return self._settings.name

    def fetch(self, now: Instant) -> Iterator[Batch]:
        for name in self._folder.ready(now):
            taken = self._folder.read(name, MAX_BYTES)
            if taken is None:
                continue
            file, data = taken
            source = safe_name(file.name)
            if data is None:
                refusal = Refusal(
                    "too_large", f"The file is over {MAX_BYTES} bytes", "Export a shorter period"
                )
                yield Batch(self.name, source, "", refusal=refusal, file=file)
            else:
                yield replace(parse(data, self._settings, source, now), file=file)

    def done(self, batch: Batch, accepted: int, changed: int, now: Instant) -> None:
        if batch.refusal is not None:
            self.refuse(batch, batch.refusal, now)
        else:
            self._folder.finish(batch, accepted, changed, now)

    def refuse(self, batch: Batch, refusal: Refusal, now: Instant) -> None:
        self._folder.refuse(batch, refusal, now)

    def strays(self) -> tuple[Stray, ...]:
        return self._folder.strays

    def watch(self, on_change: Callable[[], None]) -> Callable[[], None]:
        def ready(name: str) -> None:
            if self._folder.closed(name):
                on_change()

        return watch.watch(self._folder.path, ready, self._folder.touched)


def parse(data: bytes, settings: FeedSettings, source: str, now: Instant) -> Batch:
    """A whole CSV file as a batch; never raises on its content, and takes all of its rows or none.

    UTF-8 (with or without BOM) and UTF-16 with BOM are read, strictly; anything else refuses the file.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        headers, lines = _table(_decoded(data))
        columns = _resolved(headers, settings)
    except _FileFault as fault:
        return Batch(settings.name, source, sha256, refusal=fault.refusal)
    reader = RowReader(
        feed=settings.name,
        zone=settings.zone,
        time_format=settings.time_format,
        now=now,
        headers=columns.headers,
        day_first=frozenset() if settings.time_format else _day_first(lines, columns),
    )
    read = [_read(line, columns, reader) for line in lines]
    return Batch(
        feed=settings.name,
        source=source,
        sha256=sha256,
        records=tuple(row for row in read if isinstance(row, Row)),
        rejects=tuple(row for row in read if isinstance(row, Reject)),
        quarantined=tuple(row for row in read if isinstance(row, Quarantined)),
    )


def columns_of(data: bytes, settings: FeedSettings) -> ColumnMap:
    """Which column of a sample file each field is read from, for `aftercall check`. Raises FeedFault."""
    try:
        headers, _ = _table(_decoded(data))
    except _FileFault as fault:
        raise FeedFault(fault.refusal.what, fault.refusal.remedy, fault.refusal.reason) from fault
    return mapping.resolve(headers, settings.columns)


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _FileFault(
            Refusal("too_large", f"The file is over {MAX_BYTES} bytes", "Export a shorter period")
        )
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-16" if wide else "utf-8", errors="replace")
        refusal = Refusal(
            "encoding",
            f"The file is not {'UTF-16' if wide else 'UTF-8'}",
            "Export as UTF-8",
            line=before.count("\n") + 1,
        )
        raise _FileFault(refusal) from error
    if not text.strip():
        raise _FileFault(Refusal("empty", "The file is empty", "A file starts with a line of column names"))
    return text


def _table(text: str) -> tuple[list[str], list[_Line]]:
    """The header and the rows of a file; blank lines are left out."""
    whole, text = text, text.lstrip("\r\n")
    skipped = whole[: len(whole) - len(text)].count("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        headers = next(reader)
    except (csv.Error, StopIteration) as error:
        raise _FileFault(_bad_header("cannot be read as CSV")) from error
    if len(headers) > MAX_COLUMNS:
        remedy = f"A file has at most {MAX_COLUMNS} columns: export fewer"
        raise _FileFault(Refusal("too_many_columns", f"{len(headers)} columns", remedy, line=1))
    if any(_CONTROL.search(header) for header in headers):
        raise _FileFault(_bad_header("holds control characters"))
    lines: list[_Line] = []
    for line in _lines(reader, skipped):
        if len(lines) == MAX_ROWS:
            remedy = f"A file has at most {MAX_ROWS} rows: export a shorter period"
            raise _FileFault(Refusal("too_many_rows", f"Over {MAX_ROWS} rows", remedy, line=line.number))
        lines.append(line)
    return headers, lines


def _bad_header(what: str) -> Refusal:
    return Refusal("header", f"The first line {what}", "A file starts with a line of column names", line=1)


def _delimiter(text: str) -> str:
    """The delimiter that splits the first line into most cells, the comma first."""
    first = io.StringIO(text[: 64 * 1024], newline="").readline()
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def _lines(reader: Reader, skipped: int) -> Iterator[_Line]:
    while True:
        first = reader.line_num + 1
        number = first + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if reader.line_num > first:
                # Where a quoted cell ends is unknown now, so what follows could be rows or pieces of text.
                remedy = "Double every quote within a quoted cell, and close each"
                what = "Quotes open in this line do not close"
                raise _FileFault(Refusal("quotes", what, remedy, line=number)) from error
            yield _Line(number, None)
            continue
        if cells and not (len(cells) == 1 and not cells[0].strip()):
            yield _Line(number, cells)


def _resolved(headers: list[str], settings: FeedSettings) -> ColumnMap:
    try:
        return mapping.resolve(headers, settings.columns)
    except FeedFault as fault:
        raise _FileFault(Refusal(fault.reason, fault.what, fault.remedy, line=1)) from fault


def _day_first(lines: list[_Line], columns: ColumnMap) -> frozenset[str]:
    fields = [(name, columns.indexes[name]) for name in TIME_FIELDS if name in columns.indexes]
    whole = [line.cells for line in lines if line.cells is not None and len(line.cells) == columns.width]
    return frozenset(name for name, index in fields if times.is_day_first(cells[index] for cells in whole))


def _read(line: _Line, columns: ColumnMap, reader: RowReader) -> Row | Reject | Quarantined:
    """One row; where its columns cannot be told apart, nothing of it is kept."""
    cells = line.cells
    if cells is None:
        remedy = "Double every quote within a quoted cell, and close each"
        return Reject(line.number, "", "", "quotes", remedy)
    if len(cells) != columns.width:
        remedy = "Quote cells that hold the delimiter, a quote or a line break"
        hint = f"{len(cells)} cells, {columns.width} columns"
        return Reject(line.number, "", hint, "cell_count", remedy)
    if _CONTROL.search("".join(cells)):
        return Reject(line.number, "", "", "control_character", "Remove control characters in CAD")
    if any(len(cell) > MAX_UNLISTED for cell in cells):
        remedy = f"A cell holds at most {MAX_UNLISTED} characters: leave the column out, or check its quotes"
        return Reject(line.number, "", "", "field_too_long", remedy)
    return reader.read(line.number, columns.pick(cells))
