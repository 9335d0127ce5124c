"""The small parts between the loops: the bell, the ticks, the watcher over commits and the clock."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from appliance import clock
from appliance.store import database
from appliance.worker.bell import Bell
from appliance.worker.ticks import Ticks
from appliance.worker.watcher import Watcher

PATIENCE = 10.0


class TestBell:
    def test_it_wakes_a_loop_that_waits(self) -> None:
        bell = Bell()
        heard: list[bool] = []
        loop = threading.Thread(target=lambda: heard.append(bell.wait(PATIENCE)))
        loop.start()
        bell.ring()
        loop.join(PATIENCE)
        assert heard == [True]

    def test_a_ring_before_the_wait_is_heard_and_only_once(self) -> None:
        bell = Bell()
        ringer = threading.Thread(target=lambda: (bell.ring(), bell.ring()))
        bell.wait(0)
        ringer.start()
        ringer.join(PATIENCE)
        assert bell.wait(0)
        assert not bell.wait(0)

    def test_a_loop_does_not_wake_itself(self) -> None:
        bell = Bell()
        bell.wait(0)
        bell.ring()
        assert not bell.wait(0)


class TestTicks:
    def test_each_call_comes_and_goes_on_after_a_reschedule(self) -> None:
        ticked = threading.Semaphore(0)
        ticks = Ticks({"plan": ticked.release}, {"plan": 0.05})
        ticks.start()
        try:
            assert ticked.acquire(timeout=PATIENCE)
            ticks.reschedule()
            assert ticked.acquire(timeout=PATIENCE)
        finally:
            ticks.stop()

    def test_a_call_without_a_row_in_the_table_is_a_fault(self) -> None:
        with pytest.raises(ValueError, match="no such tick: dance"):
            Ticks({"dance": lambda: None})

    def test_stopping_what_never_started_is_no_fault(self) -> None:
        ticked = threading.Event()
        Ticks({"plan": ticked.set}, {"plan": 0.05}).stop()
        assert not ticked.wait(0.2)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    made = tmp_path / "aftercall.db"
    database.migrate(made)
    yield made
    database.disconnect()


class TestWatcher:
    def test_a_commit_of_another_process_is_seen_and_an_own_one_is_none(self, path: Path) -> None:
        changed = threading.Event()
        watcher = Watcher(changed.set, lambda seconds: None)
        watcher.start()
        try:
            with sqlite3.connect(path, timeout=PATIENCE) as link:
                deadline = clock.monotonic() + PATIENCE
                while not changed.wait(0.1):
                    assert clock.monotonic() < deadline, "the commit was never seen"
                    link.execute("INSERT INTO attempts (address, at) VALUES ('192.0.2.1', 1)")
                    link.commit()
        finally:
            watcher.stop()
        assert not watcher.thread.is_alive()

    def test_a_commit_that_leaves_the_log_as_it_was_is_seen_within_a_second_or_two(self, path: Path) -> None:
        changed = threading.Semaphore(0)
        with sqlite3.connect(path, timeout=PATIENCE) as link:
            log = Path(f"{path}-wal")

            def commit() -> None:
                link.execute("PRAGMA wal_checkpoint(RESTART)")
                link.execute("INSERT INTO attempts (address, at) VALUES ('192.0.2.1', 1)")
                link.commit()
                os.utime(log, ns=(1, 1))

            commit()
            commit()
            size = log.stat().st_size
            watcher = Watcher(changed.release, lambda seconds: None)
            watcher.start()
            try:
                for _ in range(3):
                    commit()
                    assert (log.stat().st_size, log.stat().st_mtime_ns) == (size, 1)
                    assert changed.acquire(timeout=PATIENCE)
            finally:
                watcher.stop()

    @pytest.mark.parametrize("step", [-3600.0, 3600.0])
    def test_a_clock_that_was_set_is_told_once_with_its_step(self, path: Path, step: float) -> None:
        steps: list[float] = []
        told = threading.Event()

        def on_step(seconds: float) -> None:
            steps.append(seconds)
            told.set()

        looked = threading.Event()
        watcher = Watcher(looked.set, on_step)
        watcher.start()
        try:
            with sqlite3.connect(path, timeout=PATIENCE) as link:
                deadline = clock.monotonic() + PATIENCE
                while not looked.wait(0.1):  # it has taken its first look before the clock is set
                    assert clock.monotonic() < deadline
                    link.execute("INSERT INTO attempts (address, at) VALUES ('192.0.2.1', 1)")
                    link.commit()
            with time_machine.travel(clock.now() / 1000 + step):
                assert told.wait(PATIENCE)
                told.clear()
                assert not told.wait(0.3), "the same step is no second step"
        finally:
            watcher.stop()
        assert len(steps) >= 1
        assert steps[0] == pytest.approx(step, abs=1.0)
