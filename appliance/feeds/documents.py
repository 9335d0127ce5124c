"""Records of nested documents (JSON, XML): each becomes a row of paths, and then a record like any other."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from appliance.clock import Instant
from appliance.feeds import mapping, times
from appliance.feeds.base import (
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
from appliance.feeds.decoding import CONTROL
from appliance.feeds.mapping import ColumnMap
from appliance.feeds.rows import TIME_FIELDS, RowReader, batch_of

MAX_DEPTH = 32
MAX_PATHS = 512
MAX_VALUES = 200_000
"""Bounds of one document: a call is some dozen values, and nothing a CAD writes lies 32 levels deep."""


@dataclass(frozen=True, slots=True)
class Document:
    """One record of a source: where it stood, and its values by path; one for each caller of a call."""

    line: int
    values: Mapping[str, str]


Find = Callable[[bytes, FeedSettings, str], list[Document]]
"""A format's own part: `(data, settings, source)` to the records of a file. Raises SourceFault."""


def parsed(data: bytes, settings: FeedSettings, source: str, now: Instant, find: Find) -> Batch:
    """A whole file of documents as a batch; never raises on its content, and takes all of it or none."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        return batch(find(data, settings, source), settings, source, sha256, now)
    except SourceFault as fault:
        return Batch(settings.name, source, sha256, refusal=fault.refusal)


def previewed(data: bytes, settings: FeedSettings, find: Find) -> ColumnMap:
    """Which path of a sample file each field is read from. Raises FeedFault."""
    try:
        return columns_of(find(data, settings, ""), settings.columns)
    except SourceFault as fault:
        raise FeedFault(fault.refusal.what, fault.refusal.remedy, fault.refusal.reason) from fault


def batch(
    documents: Sequence[Document], settings: FeedSettings, source: str, sha256: str, now: Instant
) -> Batch:
    """The records of a source, all or none. Raises SourceFault."""
    columns = columns_of(documents, settings.columns)
    paths = list(columns.headers.values())
    fields = list(columns.headers)
    day_first = (
        frozenset()
        if settings.time_format
        else frozenset(
            name
            for name, path in columns.headers.items()
            if name in TIME_FIELDS and times.is_day_first(doc.values.get(path, "") for doc in documents)
        )
    )
    reader = RowReader(settings.name, settings.zone, settings.time_format, now, columns.headers, day_first)
    read = []
    for document in documents:
        values = {
            name: _cell(document.values.get(path, "")) for name, path in zip(fields, paths, strict=True)
        }
        read.append(_checked(document, values) or reader.read(document.line, values))
    reader.check_columns()
    return batch_of(settings.name, source, sha256, _slotted(read))


def columns_of(documents: Sequence[Document], columns: Mapping[str, str]) -> ColumnMap:
    """Which path of the documents each field is read from. Raises SourceFault."""
    if not documents:
        raise SourceFault(Refusal("empty", "It holds no record", "A file holds at least one call"))
    if len(documents) > MAX_ROWS:
        remedy = f"A file has at most {MAX_ROWS} records: export a shorter period"
        raise SourceFault(
            Refusal("too_many_rows", f"Over {MAX_ROWS} records", remedy, line=documents[MAX_ROWS].line)
        )
    paths = list(dict.fromkeys(path for document in documents for path in document.values))
    if len(paths) > MAX_PATHS:
        raise SourceFault(
            Refusal("too_many_columns", f"{len(paths)} different names", f"Export at most {MAX_PATHS}")
        )
    try:
        return mapping.resolve(paths, columns)
    except FeedFault as fault:
        raise SourceFault(Refusal(fault.reason, fault.what, fault.remedy)) from fault


def _cell(value: str) -> str:
    value = value.strip()
    return "" if times.is_null(value) else value


def _checked(document: Document, values: Mapping[str, str]) -> Reject | None:
    if any(CONTROL.search(value) for value in values.values()):
        return Reject(document.line, "", "", "control_character", "Remove control characters in CAD")
    return None


def _slotted(read: Iterable[Row | Reject | Quarantined]) -> list[Row | Reject | Quarantined]:
    """Several callers of one role in one document stand beside each other, none replaces another."""
    seen: Counter[tuple[int, str]] = Counter()
    slotted: list[Row | Reject | Quarantined] = []
    for each in read:
        row = each
        if isinstance(row, Row):
            place = (row.line, row.record.role.strip().casefold())
            if seen[place]:
                record = replace(row.record, slot=seen[place])
                row = replace(row, record=record)
            seen[place] += 1
        slotted.append(row)
    return slotted
