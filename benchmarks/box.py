"""A box in a folder with its real services, a simulated modem beside it, and a tape on the port."""

from __future__ import annotations

import os
import sqlite3
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from socket import socket
from typing import Self

from appliance import clock
from appliance.demo import script
from appliance.demo.calls import ENABLED_TYPES, SampleCall, export
from appliance.demo.residents import Residents
from appliance.demo.stage import COMPRESSED, MODEM_NUMBER, Stage
from benchmarks import process
from benchmarks.tape import Tape
from modem.simulator.network import Network
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop

PATIENCE = 60.0
"""Seconds a step may take before the bench gives up: a busy machine is slow, not broken."""


class Box:
    """A context manager: worker and web are up when it begins and gone when it ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.port = _free_port()
        self.stage = Stage(folder, self.port)
        self.stage.set_up(COMPRESSED)
        self._loop = Loop()
        self.network = Network(timers=self._loop, receipt_after=0.01)
        self.residents = Residents(self.network, lambda: 0.05)
        self.tape = Tape()
        self._modem = PtyModem(self.stage.modem_link, self.network, number=MODEM_NUMBER)
        self._modem.on_traffic = self.tape.heard
        self._place = 0
        self.worker = self.web = 0

    def __enter__(self) -> Self:
        try:
            self._modem.start()
            self.worker = self._start("appliance.worker")
            self.web = self._start("web")
            self.wait(lambda: '"ready"' in self._sign_of_life(), "the modem did not get ready")
            self.wait(self._answers, "the pages did not come up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.stage.stop()
        self._modem.stop()
        self._loop.stop()

    @property
    def database(self) -> Path:
        return self.stage.config.storage.path

    def calls(self, count: int, *, closed: bool) -> list[SampleCall]:
        """Calls of a minute ago by people who never called before."""
        received = self.stage.local_now().replace(microsecond=0) - timedelta(minutes=9)
        made = []
        for _ in range(count):
            place, self._place = self._place, self._place + 1
            call_type = ENABLED_TYPES[place % len(ENABLED_TYPES)]
            call = SampleCall(script.event_number(place), call_type, script.number(place), received)
            if closed:
                done = (received + timedelta(minutes=2), received + timedelta(minutes=8))
                call = SampleCall(call.event_number, call_type, call.phone, received, *done)
            made.append(call)
        return made

    def drop(self, calls: list[SampleCall]) -> float:
        """Lets a file arrive; returns the moment of the rename."""
        part = self.stage.feed / f".{calls[0].event_number}.part"
        part.write_text(export(calls), encoding="utf-8")
        arrived = clock.monotonic()
        part.rename(self.stage.feed / f"{calls[0].event_number}.csv")
        return arrived

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """What the database says, through a connection of its own."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10) as link:
            found = link.execute(query, values).fetchall()
        link.close()
        return found

    def settle(self) -> None:
        """Waits until nothing is queued, in hand, unread or on its way to the modem."""
        self.wait(self._is_settled, "the box did not come to rest")

    def wait(self, holds: Callable[[], bool], what: str) -> None:
        """Waits until it holds; a service that died ends the bench with its log."""
        pause = threading.Event()
        deadline = clock.monotonic() + PATIENCE
        while not holds():
            if died := self.stage.died():
                raise RuntimeError(died)
            if clock.monotonic() > deadline:
                raise TimeoutError(f"{what} within {PATIENCE:g} s")
            pause.wait(0.02)

    def _is_settled(self) -> bool:
        busy = self.rows(
            "SELECT (SELECT COUNT(*) FROM messages WHERE state IN ('queued', 'sending'))"
            " + (SELECT COUNT(*) FROM replies WHERE state = 'new')"
            " + (SELECT COUNT(*) FROM events WHERE state = 'pending')"
            # The bench's own test texts ask for no report.
            " + (SELECT COUNT(*) FROM messages WHERE state = 'sent' AND kind != 'bench')"
        )
        files = any(self.stage.feed.glob("*.csv"))
        return busy == [(0,)] and not files and not self.network.waiting()

    def _sign_of_life(self) -> str:
        try:
            rows = self.rows("SELECT details FROM heartbeats WHERE name = 'modem:main'")
        except sqlite3.OperationalError:
            return ""
        return str(rows[0][0]) if rows else ""

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def _start(self, module: str) -> int:
        before = process.children(os.getpid())
        self.stage.start(module, self.stage.folder / f"{module}.log")
        (pid,) = process.children(os.getpid()) - before
        return pid


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
