from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance import clock
from appliance.config import Config
from appliance.domain import policy
from appliance.store import alarms, database, numbers, policies
from appliance.worker.feed_loop import FeedLoop

HEADER = "call_id,received_at,call_type,phone\n"
GOOD = HEADER + "SAMPLE-1,2026-03-04T12:00:00-08:00,NOISE COMPLAINT,541-555-0123\n"
NO_PHONE = "call_id,received_at,call_type\nSAMPLE-2,2026-03-04T12:00:00-08:00,NOISE COMPLAINT\n"


class Drop:
    """The drop folder of a feed loop that runs; its bell is rung as the tick does it."""

    def __init__(self, folder: Path, config: Config) -> None:
        self.folder = folder
        self._config = config
        self.start()

    def start(self) -> None:
        self._stop = threading.Event()
        self._loop = FeedLoop(self._config, self._stop, frozenset)
        self._loop.thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._loop.bell.ring()
        self._loop.thread.join(10)
        assert self._loop.failure is None

    def put(self, name: str, text: str) -> None:
        (self.folder / f".{name}").write_text(text)
        (self.folder / f".{name}").rename(self.folder / name)

    def wait_for(self, holds: Callable[[], bool], what: str) -> None:
        pause, deadline = threading.Event(), clock.monotonic() + 20
        while not holds():
            assert clock.monotonic() < deadline, what
            self._loop.bell.ring()
            pause.wait(0.05)


@pytest.fixture
def drop(tmp_path: Path) -> Iterator[Drop]:
    config = Config.model_validate(
        {
            "agency": {"name": "Sampleville", "phone": "541-555-0100", "timezone": "America/Los_Angeles"},
            "storage": {"path": str(tmp_path / "aftercall.db")},
            "feed": [{"name": "cad", "type": "csv", "path": str(tmp_path / "cad")}],
        }
    )
    (tmp_path / "cad").mkdir()
    database.migrate(config.storage.path)
    with database.connection():
        numbers.adopt_key(tmp_path / "numbers.key", clock.now())
        with database.transaction():
            policies.forget_loaded()
            policies.add(policy.default_document(), "sample", clock.now())
    made = Drop(tmp_path / "cad", config)
    yield made
    made.stop()
    database.disconnect()


def told() -> list[str]:
    """What the open alarms of the feed say."""
    with database.connection():
        return [str(a.details["sentence"]) for a in alarms.open_alarms() if a.code == "feed_fault"]


def test_a_file_refused_whole_is_an_alarm_until_one_is_read(drop: Drop) -> None:
    drop.put("1.csv", NO_PHONE)
    drop.wait_for(lambda: bool(told()), "no alarm for a file without a telephone column")
    (sentence,) = told()
    assert sentence.startswith("1.csv was refused whole:")
    assert "phone" in sentence and "rejected/" in sentence

    drop.put("2.csv", GOOD)
    drop.wait_for(lambda: not told(), "the alarm outlived a good file")


def test_the_alarm_outlives_a_restart_and_ends_with_the_next_good_file(drop: Drop) -> None:
    drop.put("1.csv", NO_PHONE)
    drop.wait_for(lambda: bool(told()), "no alarm for a file without a telephone column")
    drop.stop()
    drop.start()
    drop.put("ignored.txt", "no export")
    drop.wait_for(lambda: bool(told()), "the restart took the alarm away")

    drop.put("2.csv", GOOD)
    drop.wait_for(lambda: not told(), "the alarm of a former life outlived a good file")


def test_a_folder_that_is_back_after_a_restart_ends_its_alarm(drop: Drop) -> None:
    away = drop.folder.with_name("away")
    drop.folder.rename(away)
    drop.wait_for(lambda: bool(told()), "no alarm for a folder that is gone")
    drop.stop()
    away.rename(drop.folder)
    drop.start()
    drop.wait_for(lambda: not told(), "the alarm outlived the folder's return")


def test_a_row_that_is_rejected_is_no_alarm(drop: Drop) -> None:
    drop.put("1.csv", GOOD + "SAMPLE-3,yesterday,NOISE COMPLAINT,541-555-0124\n")
    drop.wait_for(lambda: bool(list((drop.folder / "done").glob("*"))), "the file was not worked off")
    assert told() == []
    assert "yesterday" not in (drop.folder / "done" / "1.csv.json").read_text()
