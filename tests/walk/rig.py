"""A box in a folder, a simulated modem beside it, and workers that are real processes."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from appliance import clock
from appliance.demo.calls import SampleCall, export
from appliance.demo.stage import COMPRESSED, MODEM_NUMBER, Stage
from appliance.store import database
from modem.rungs import Pace
from modem.simulator.network import Network, Sent
from modem.simulator.pty import PtyModem
from tests.walk.lives import NEVER, Death, Life

PATIENCE = 45.0
"""Seconds a thing may take on a busy machine before the test calls it lost."""

_SETTING_UP = threading.Lock()
"""A process has one database open at a time."""


@dataclass(frozen=True)
class _Made:
    folder: tempfile.TemporaryDirectory[str]
    password: str


@cache
def _made(changes: str) -> _Made:
    """A box that is set up once and copied for every test: its password alone takes half a second."""
    folder = tempfile.TemporaryDirectory(prefix="aftercall-walk-")
    document = {**COMPRESSED, **json.loads(changes)}
    document["survey"] = {
        **COMPRESSED["survey"],
        "unknown_wait": "1s",
        **json.loads(changes).get("survey", {}),
    }
    stage = Stage(Path(folder.name), 0)
    stage.set_up(document)
    database.disconnect()
    return _Made(folder, stage.password)


class Box:
    """One box and its radio; `network.sent` is what really left, `said` what residents really texted."""

    def __init__(
        self, folder: Path, changes: dict[str, Any] | None = None, port: int = 0, **radio: Any
    ) -> None:
        with _SETTING_UP:
            made = _made(json.dumps(changes or {}))
        shutil.copytree(made.folder.name, folder, dirs_exist_ok=True)
        self.stage = Stage(folder, port)
        self.stage.password = made.password
        self.network = Network(**radio)
        self.modem = PtyModem(self.stage.modem_link, self.network, number=MODEM_NUMBER)
        self.said: list[tuple[str, str]] = []
        self._stamps: dict[str, datetime] = {}
        self.worker: Life | None = None
        self.started_at = 0
        self.began = clock.to_datetime(clock.now()).astimezone(self.stage.config.agency.zone)

    def close(self) -> None:
        """Ends what was started."""
        self.kill()
        self.stage.stop()
        if self.modem.is_plugged:
            self.modem.stop()
        self.network.timers.stop()

    def start(self, death: Death = NEVER, pace: Pace | None = None) -> Life:
        """The real worker, in a process of its own."""
        self.started_at = clock.now()
        self.worker = Life(self.stage.config_path, death, pace)
        return self.worker

    def stop(self) -> int | None:
        """SIGTERM, as systemd does it; returns the exit code."""
        assert self.worker is not None
        worker = self.worker
        # Before its signs of life a worker has not said yet what a SIGTERM means to it.
        self.wait(
            lambda: worker.is_over or bool(self.signs("modem:main")), "the worker never gave a sign of life"
        )
        worker.signal(signal.SIGTERM)
        self.wait(lambda: worker.is_over, "the worker does not heed SIGTERM")
        return worker.exit_code

    def kill(self) -> None:
        """kill -9, if it still lives."""
        if self.worker is not None:
            worker = self.worker
            worker.signal(signal.SIGKILL)
            self.wait(lambda: worker.is_over, "the worker outlived kill -9")

    def drop(self, name: str, calls: Sequence[SampleCall]) -> None:
        """An export for the feed."""
        self.stage.drop(name, export(calls))

    def call(
        self, number: str, *, event: str = "SAMPLE1", closed: bool = True, call_type: str = "NOISE COMPLAINT"
    ) -> SampleCall:
        """A sample call of a few minutes ago."""
        received = self.began - timedelta(minutes=5)
        if not closed:
            return SampleCall(event, call_type, number, received)
        done = received + timedelta(minutes=3)
        return SampleCall(event, call_type, number, received, received + timedelta(minutes=1), done)

    def say(self, sender: str, text: str, **how: Any) -> None:
        """A resident texts the box; the network stamps whole seconds, a later text a later one."""
        now = self.network.wall()
        last = self._stamps.get(sender)
        stamp = now if last is None else max(now, last + timedelta(seconds=1))
        self._stamps[sender] = stamp
        self.said.append((sender, text))
        self.network.receive(sender, text, **{"to": MODEM_NUMBER, "sent_at": stamp, **how})

    def answering(self, answer: Callable[[Sent], str | None]) -> None:
        """Every text that reaches a handset is answered with what `answer` returns."""

        def on_text(sent: Sent) -> None:
            text = answer(sent)
            if text is not None:
                self.say(sent.recipient, text, to=sent.sender)

        self.network.on_text = on_text

    def cli(self, *arguments: str) -> Any:
        """What a command prints as JSON."""
        command = [sys.executable, "-m", "appliance.cli", *arguments, "--config", str(self.stage.config_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return json.loads(done.stdout)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says, through a connection of its own and no code of ours."""
        with closing(
            sqlite3.connect(f"file:{self.stage.config.storage.path}?mode=ro", uri=True, timeout=10)
        ) as link:
            return link.execute(query, values).fetchall()

    def one(self, query: str, *values: object) -> Any:
        """The first column of the first row."""
        return self.rows(query, *values)[0][0]

    def wait(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Waits until it holds; fails with `what` and the worker's log when it does not."""
        pause = threading.Event()
        deadline = clock.monotonic() + seconds
        while not holds():
            if clock.monotonic() > deadline:
                raise AssertionError(f"{what}\n{self.log()}\n{self.state()}")
            pause.wait(0.02)

    def log(self) -> str:
        """The workers' log so far."""
        path = self.stage.folder / "worker.log"
        return path.read_text(encoding="utf-8")[-4000:] if path.exists() else "(no log)"

    def state(self) -> str:
        """Texts and replies as they stand, for a failing test to show."""
        texts = self.rows("SELECT id, kind, state, error FROM messages ORDER BY id")
        replies = self.rows("SELECT id, kind, state, text FROM replies ORDER BY id")
        return json.dumps({"texts": texts, "replies": replies}, ensure_ascii=False)

    def signs(self, name: str) -> list[tuple[Any, ...]]:
        """The signs of life of a part, of this life of the worker."""
        return self.rows(
            "SELECT state, details FROM heartbeats WHERE name = ? AND at >= ?", name, self.started_at
        )

    def is_idle(self) -> bool:
        """Nothing queued, in hand, unread or due."""
        busy = self.rows(
            "SELECT 1 FROM messages WHERE state IN ('queued', 'sending') "
            "UNION ALL SELECT 1 FROM replies WHERE state = 'new' "
            "UNION ALL SELECT 1 FROM events WHERE state = 'pending' AND due_at <= ?",
            clock.now(),
        )
        return not busy


@contextmanager
def boxed(folder: Path, changes: dict[str, Any] | None = None, port: int = 0, **radio: Any) -> Iterator[Box]:
    """A box whose modem is plugged in; its pages come up at `port` when they are started."""
    box = Box(folder, changes, port, **radio)
    box.modem.start()
    try:
        yield box
    finally:
        box.close()
