"""Reading ahead in another process gives what reading here gives, and leaves nobody behind."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance import clock
from appliance.errors import Refused
from appliance.feeds.base import FeedSettings
from appliance.replay import ahead, files
from appliance.replay.files import Read

NOW = clock.now()
HEADER = "CallId,ReceivedAt,ClosedAt,CallType,CallerPhone\n"


def settings(path: Path) -> FeedSettings:
    return FeedSettings("cad", "csv", path, ZoneInfo("America/Los_Angeles"))


def written(folder: Path, rows: int, tail: str = "") -> Path:
    """A history in which some rows cannot be read and some carry a mark."""
    kinds = ("NOISE COMPLAINT", "PARKING", "THEFT-COLD", "WANTED PERSON", "NOISE COMPLAINT")
    lines = [
        f"26-{n},2026-03-04 {n % 25:02d}:00:00,,{kinds[n % 5]},541-555-01{n % 100:02d}\n" for n in range(rows)
    ]
    path = folder / "history.csv"
    path.write_text(HEADER + "".join(lines) + tail)
    return path


def test_it_gives_what_reading_here_gives(tmp_path: Path) -> None:
    path = written(tmp_path, 3 * ahead.CHUNK + 7)
    here, there = Read(), Read()
    told: list[int] = []
    expected = list(files.records([path], settings(path), NOW, here, lambda _bytes: None))
    found = list(ahead.records([path], settings(path), NOW, there, told.append))
    assert found == expected
    assert there == here
    assert min(here.quarantined, here.rejected.total()) > 0
    assert sum(told) == path.stat().st_size
    assert multiprocessing.active_children() == []


def test_what_is_wrong_far_down_is_said_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, 2 * ahead.CHUNK, tail='26-x,"2026-03-04\nnever closed\n')
    reading = ahead.records([path], settings(path), NOW, Read(), lambda _bytes: None)
    with pytest.raises(Refused, match=f"line {2 * ahead.CHUNK + 2}: Quotes open in this line"):
        list(reading)
    assert multiprocessing.active_children() == []


def test_whoever_stops_early_leaves_no_process(tmp_path: Path) -> None:
    path = written(tmp_path, 20 * ahead.CHUNK)
    reading = ahead.records([path], settings(path), NOW, Read(), lambda _bytes: None)
    assert next(reading).call_id == "26-0"
    assert len(multiprocessing.active_children()) == 1
    reading.close()
    assert multiprocessing.active_children() == []


def test_a_reader_that_was_killed_is_no_end_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, 40 * ahead.CHUNK)
    reading = ahead.records([path], settings(path), NOW, Read(), lambda _bytes: None)
    next(reading)
    (process,) = multiprocessing.active_children()
    process.kill()
    with pytest.raises(Refused, match="was ended"):
        list(reading)
