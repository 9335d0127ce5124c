"""Reads long history files in a process of its own, while the rules work on what was read before.

Reading takes a fifth of a replay. A forked process costs nothing to start and knows everything it needs; it
touches neither the database nor the terminal. The pipe holds it back when the rules are slower.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from appliance.clock import Instant
from appliance.domain.records import IncidentRecord, record_of, values_of
from appliance.errors import Refused
from appliance.feeds.base import FeedSettings
from appliance.replay import files
from appliance.replay.files import Read

CHUNK = 500
"""Records sent at a time."""


@dataclass(slots=True)
class _Chunk:
    """Some records as their values; `read` counts everything up to them, `fault` ends the reading."""

    values: list[tuple[Any, ...]] = field(default_factory=list)
    read: Read = field(default_factory=Read)
    bytes_read: int = 0
    fault: str | None = None
    is_last: bool = False


def records(
    paths: Sequence[Path],
    settings: FeedSettings,
    now: Instant,
    read: Read,
    on_bytes: Callable[[int], None],
) -> Generator[IncidentRecord, None, None]:
    """What `files.records` gives, read ahead. Raises Refused for a file that cannot be read at all."""
    fork = multiprocessing.get_context("fork")
    chunks, sender = fork.Pipe(duplex=False)
    reader = fork.Process(target=_read, args=(sender, paths, settings, now), daemon=True)
    reader.start()
    sender.close()
    try:
        is_last = False
        while not is_last:
            chunk = _received(chunks)
            is_last = chunk.is_last
            on_bytes(chunk.bytes_read)
            read.rows, read.quarantined, read.rejected = (
                chunk.read.rows,
                chunk.read.quarantined,
                chunk.read.rejected,
            )
            yield from map(record_of, chunk.values)
            if chunk.fault is not None:
                raise Refused(chunk.fault)
    finally:
        # Whoever stops early (rows out of order) leaves a reader that waits at a full pipe.
        chunks.close()
        reader.terminate()
        reader.join()


def _received(chunks: Connection) -> _Chunk:
    try:
        chunk: _Chunk = chunks.recv()
    except EOFError as error:
        raise Refused("The process that reads the files was ended. Free memory and try again.") from error
    return chunk


def _read(sender: Connection, paths: Sequence[Path], settings: FeedSettings, now: Instant) -> None:
    """The process: sends chunk after chunk, then the last one, with the fault that ended it if any."""
    gc.enable()
    chunk = _Chunk()

    def count(size: int) -> None:
        chunk.bytes_read += size

    read = Read()
    fault: str | None = None
    try:
        for record in files.records(paths, settings, now, read, count):
            chunk.values.append(values_of(record))
            if len(chunk.values) == CHUNK:
                chunk.read = read
                sender.send(chunk)
                chunk.values, chunk.bytes_read = [], 0
    except Refused as refused:
        fault = str(refused)
    chunk.read, chunk.fault, chunk.is_last = read, fault, True
    sender.send(chunk)
    sender.close()
