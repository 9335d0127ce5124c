"""CSV: bytes become a batch, each row a record, a reject or a quarantined line."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from appliance.clock import Instant
from appliance.feeds import mapping, times
from appliance.feeds.base import (
    MAX_COLUMNS,
    MAX_ROWS,
    Batch,
    FeedFault,
    FeedSettings,
    Quarantined,
    Refusal,
    Reject,
    Row,
    SourceFault,
)
from appliance.feeds.decoding import CONTROL, decoded
from appliance.feeds.mapping import ColumnMap
from appliance.feeds.rows import TIME_FIELDS, RowReader, batch_of

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = ",;\t|"

_BEGIN = "A file starts with a line of column names"

MAX_UNLISTED = 8 * 1024
"""Characters of a cell that is dropped anyway: a narrative may be long, a quote never closed is longer."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One row as it stood: `cells` is None where its quotes could not be read."""

    number: int
    cells: list[str] | None


def parse(data: bytes, settings: FeedSettings, source: str, now: Instant) -> Batch:
    """A whole CSV file as a batch; never raises on its content, and takes all of its rows or none.

    UTF-8 (with or without BOM) and UTF-16 with BOM are read, strictly; anything else refuses the file.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        headers, lines = _table(decoded(data, _BEGIN))
        columns = _resolved(headers, settings)
        reader = RowReader(
            feed=settings.name,
            zone=settings.zone,
            time_format=settings.time_format,
            now=now,
            headers=columns.headers,
            day_first=frozenset() if settings.time_format else _day_first(lines, columns),
        )
        read = [_read(line, columns, reader) for line in lines]
        reader.check_columns()
    except SourceFault as fault:
        return Batch(settings.name, source, sha256, refusal=fault.refusal)
    return batch_of(settings.name, source, sha256, read)


def sample(data: bytes, rows: int) -> tuple[str, list[str], list[list[str]]]:
    """The delimiter, the header and the first rows of a file, for whoever maps it. Raises SourceFault."""
    text = decoded(data, _BEGIN).lstrip("\r\n")
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    headers = _headers(reader)
    return delimiter, headers, [line.cells for line in islice(_lines(reader, 0), rows) if line.cells]


def stream(file: Iterable[str], settings: FeedSettings, now: Instant) -> Iterator[Row | Reject | Quarantined]:
    """The rows of a file of any length, one after the other, for a replay: nothing is taken from them.

    `file` gives lines of text. Raises SourceFault where the file as a whole cannot be read, at its end too.
    """
    lines = iter(file)
    head = next(lines, "").lstrip("\ufeff")
    while head and not head.strip():
        head = next(lines, "")
    reader = csv.reader(chain([head], lines), delimiter=_delimiter(head), strict=True)
    headers = _headers(reader)
    columns = _resolved(headers, settings)
    rows = _lines(reader, 0)
    first = list(islice(rows, MAX_ROWS))
    row_reader = RowReader(
        feed=settings.name,
        zone=settings.zone,
        time_format=settings.time_format,
        now=now,
        headers=columns.headers,
        day_first=frozenset() if settings.time_format else _day_first(first, columns),
    )
    for line in chain(first, rows):
        yield _read(line, columns, row_reader)
    row_reader.check_columns()


def columns_of(data: bytes, settings: FeedSettings) -> ColumnMap:
    """Which column of a sample file each field is read from, for `aftercall check`. Raises FeedFault."""
    try:
        headers, _ = _table(decoded(data, _BEGIN))
    except SourceFault as fault:
        raise FeedFault(fault.refusal.what, fault.refusal.remedy, fault.refusal.reason) from fault
    return mapping.resolve(headers, settings.columns)


def _table(text: str) -> tuple[list[str], list[_Line]]:
    """The header and the rows of a file; blank lines are left out."""
    whole, text = text, text.lstrip("\r\n")
    skipped = whole[: len(whole) - len(text)].count("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    headers = _headers(reader)
    lines: list[_Line] = []
    for line in _lines(reader, skipped):
        if len(lines) == MAX_ROWS:
            remedy = f"A file has at most {MAX_ROWS} rows: export a shorter period"
            raise SourceFault(Refusal("too_many_rows", f"Over {MAX_ROWS} rows", remedy, line=line.number))
        lines.append(line)
    return headers, lines


def _headers(reader: Reader) -> list[str]:
    try:
        headers = next(reader)
    except (csv.Error, StopIteration) as error:
        raise SourceFault(_bad_header("cannot be read as CSV")) from error
    if len(headers) > MAX_COLUMNS:
        remedy = f"A file has at most {MAX_COLUMNS} columns: export fewer"
        raise SourceFault(Refusal("too_many_columns", f"{len(headers)} columns", remedy, line=1))
    if any(CONTROL.search(header) for header in headers):
        raise SourceFault(_bad_header("holds control characters"))
    return headers


def _bad_header(what: str) -> Refusal:
    return Refusal("header", f"The first line {what}", _BEGIN, line=1)


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
                raise SourceFault(Refusal("quotes", what, remedy, line=number)) from error
            yield _Line(number, None)
            continue
        if cells and not (len(cells) == 1 and not cells[0].strip()):
            yield _Line(number, cells)


def _resolved(headers: list[str], settings: FeedSettings) -> ColumnMap:
    try:
        return mapping.resolve(headers, settings.columns)
    except FeedFault as fault:
        raise SourceFault(Refusal(fault.reason, fault.what, fault.remedy, line=1)) from fault


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
    if CONTROL.search("".join(cells)):
        return Reject(line.number, "", "", "control_character", "Remove control characters in CAD")
    if any(len(cell) > MAX_UNLISTED for cell in cells):
        remedy = f"A cell holds at most {MAX_UNLISTED} characters: leave the column out, or check its quotes"
        return Reject(line.number, "", "", "field_too_long", remedy)
    return reader.read(line.number, columns.pick(cells))
