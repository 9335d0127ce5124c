"""Plays history files to one policy, or to several side by side, each with a box in memory of its own."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from appliance.clock import Instant
from appliance.feeds.base import FeedSettings
from appliance.replay import ahead, files, history
from appliance.replay.engine import Engine
from appliance.replay.files import Read
from appliance.replay.summary import Tally

AHEAD_FROM = 256 * 1024
"""Bytes of history from which they are read ahead, in a process of its own."""


@dataclass(frozen=True, slots=True)
class Played:
    """What one policy made of the history."""

    engine: Engine
    tally: Tally


def play(
    paths: Sequence[Path],
    settings: FeedSettings,
    played: Sequence[Played],
    now: Instant,
    on_bytes: Callable[[int], None],
    *,
    is_sorted: bool = False,
) -> Read:
    """Reads the files once and tells every engine of every version, in the order of time.

    `on_bytes` is told how many bytes were read since the last time. `is_sorted` holds all rows at once and
    sorts them first. Raises `history.OutOfOrder` where that is needed, Refused for an unreadable file.
    """
    read = Read()
    is_long = sum(path.stat().st_size for path in paths) >= AHEAD_FROM
    records = (ahead if is_long else files).records(paths, settings, now, read, on_bytes)
    versions = history.all_sorted(records) if is_sorted else history.in_order(records)
    with _without_collector():
        for at, version in versions:
            for each in played:
                for outcome in each.engine.step(at, version):
                    each.tally.add(outcome)
        for each in played:
            for outcome in each.engine.finish():
                each.tally.add(outcome)
    return read


@contextmanager
def _without_collector() -> Iterator[None]:
    """The engine unties what holds itself, so the collector finds nothing and costs a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
