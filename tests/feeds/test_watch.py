from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.feeds import csv_file, watch
from appliance.feeds.base import FeedSettings
from appliance.feeds.folder_feed import FolderFeed
from tests.feeds.conftest import NOON, Ticks

DEADLINE = 10.0
GOOD = "call_id,received_at,call_type,phone\nC-1,2026-03-04T19:00:00Z,NOISE,541-555-0123\n"

Events = queue.Queue[tuple[str, str]]


@pytest.fixture
def events(tmp_path: Path) -> Iterator[Events]:
    seen: Events = queue.Queue()
    stop = watch.watch(
        tmp_path, lambda name: seen.put(("ready", name)), lambda name: seen.put(("touched", name))
    )
    yield seen
    stop()


def until(events: Events, wanted: tuple[str, str]) -> list[tuple[str, str]]:
    """Everything seen up to and with the wanted event; raises queue.Empty at the deadline."""
    seen = []
    while wanted not in seen:
        seen.append(events.get(timeout=DEADLINE))
    return seen


def test_a_file_closed_after_writing_is_ready(events: Events, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    assert until(events, ("ready", "a.csv"))[-1] == ("ready", "a.csv")


def test_a_file_renamed_within_the_folder_is_ready(events: Events, tmp_path: Path) -> None:
    (tmp_path / "a.csv.part").write_text("x")
    (tmp_path / "a.csv.part").rename(tmp_path / "a.csv")
    assert until(events, ("ready", "a.csv"))[-1] == ("ready", "a.csv")


def test_a_file_moved_in_from_elsewhere_is_ready(events: Events, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.csv"
    outside.write_text("x")
    outside.rename(tmp_path / "a.csv")
    assert until(events, ("ready", "a.csv"))[-1] == ("ready", "a.csv")


def test_a_file_still_open_is_not_ready_and_one_written_again_is_told(events: Events, tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "open.csv", os.O_WRONLY | os.O_CREAT)
    os.write(descriptor, b"half")
    (tmp_path / "marker").write_text("x")
    before = until(events, ("ready", "marker"))
    assert ("ready", "open.csv") not in before
    assert ("touched", "open.csv") in before
    os.close(descriptor)
    until(events, ("ready", "open.csv"))


def test_what_lies_below_or_leaves_is_no_event(events: Events, tmp_path: Path) -> None:
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "below.json").write_text("x")
    (tmp_path / "gone.csv").touch()
    until(events, ("ready", "gone.csv"))
    (tmp_path / "gone.csv").rename(tmp_path / "done" / "gone.csv")
    (tmp_path / "marker").write_text("x")
    seen = until(events, ("ready", "marker"))
    assert {name for kind, name in seen if kind == "ready"} == {"marker"}


def test_without_a_folder_there_is_no_watch_and_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stop = watch.watch(tmp_path / "missing", lambda name: None, lambda name: None)
    stop()
    assert "the poll finds new files" in caplog.text


def test_after_the_stop_no_thread_remains(tmp_path: Path) -> None:
    before = threading.active_count()
    watch.watch(tmp_path, lambda name: None, lambda name: None)()
    assert threading.active_count() == before


def test_a_feed_wakes_its_reader_which_then_finds_the_file(settings: Callable[..., FeedSettings]) -> None:
    feed = FolderFeed(settings(), csv_file.parse, Ticks())
    assert list(feed.fetch(NOON)) == []
    woken = threading.Event()
    stop = feed.watch(woken.set)
    try:
        folder = settings().path
        (folder / "a.csv.part").write_text(GOOD)
        (folder / "a.csv.part").rename(folder / "a.csv")
        assert woken.wait(DEADLINE)
        batches = list(feed.fetch(NOON))
    finally:
        stop()
    assert [(batch.source, len(batch.records)) for batch in batches] == [("a.csv", 1)]
