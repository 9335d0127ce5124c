"""Watches for what other processes commit, and for the wall clock being set."""

from __future__ import annotations

import threading
from collections.abc import Callable

from appliance import clock
from appliance.store import database

EVERY = 0.05
"""Seconds between two looks at the database's write-ahead log: p95 51 ms, 0.3 % of a core."""

COUNTER_EVERY = 20
"""Looks after which the change counter is read although the log looks the same: once a second."""

STEP = 2.0
"""Seconds by which the wall clock may drift from the monotonic one between two looks."""


class Watcher:
    """A thread that calls `on_change` after a commit elsewhere, `on_step(seconds)` when the clock was set."""

    def __init__(self, on_change: Callable[[], None], on_step: Callable[[float], None]) -> None:
        self._on_change = on_change
        self._on_step = on_step
        # A bare lock: waiting for an Event costs twice as much, 20 times a second, for years.
        self._working = threading.Lock()
        self._working.acquire()
        self._begun = threading.Event()
        self.thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Starts watching: every commit after this has returned is seen."""
        self.thread.start()
        self._begun.wait()

    def stop(self) -> None:
        """Stops watching."""
        self._working.release()
        self.thread.join()

    def _run(self) -> None:
        try:
            self._watch()
        finally:
            self._begun.set()  # whoever waits for a watcher that could not begin would wait for ever

    def _watch(self) -> None:
        with database.connection():
            seen = database.change_counter()
            offset = clock.now() / 1000 - clock.monotonic()
            told, stopped = database.write_stamp(), self._working.acquire
            looks, stamp = 0, told()
            self._begun.set()
            while not stopped(timeout=EVERY):
                looks += 1
                # The stamp first: a commit between the two is then seen now, and once more for nothing.
                last, stamp = stamp, told()
                in_turn = looks % COUNTER_EVERY == 0
                if stamp == last and not in_turn:
                    continue
                counter = database.change_counter()
                if counter != seen:
                    seen = counter
                    self._on_change()
                if in_turn:
                    offset += self._step(offset)

    def _step(self, offset: float) -> float:
        """By how much the wall clock was set since `offset`, told to whom it may concern; 0 for a drift."""
        step = clock.now() / 1000 - clock.monotonic() - offset
        if abs(step) <= STEP:
            return 0.0
        self._on_step(step)
        return step
