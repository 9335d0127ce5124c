"""The lives of a worker: the real service, in a process that ends itself with kill -9 where it is told to.

Nothing of the service is replaced. A commit is counted by its own commit hook; the points of a send are seen
on the byte stream, which the service is given anyway.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from appliance import config, logs
from appliance.store import database, policies
from appliance.worker import service
from modem.rungs import Pace
from modem.serial_port import open_serial
from modem.stream import ByteStream


@dataclass(frozen=True, slots=True)
class Death:
    """Where this life ends: after its `commit`-th commit, or the `nth` time it comes to `label`."""

    commit: int = 0
    label: str = ""
    nth: int = 1

    def __str__(self) -> str:
        return f"commit-{self.commit}" if self.commit else f"{self.label or 'never'}-{self.nth}"


NEVER = Death()

LABELS = ("command", "prompt", "armed", "handed", "result")
"""The points of a send: before AT+CMGS, at the prompt, before and after Ctrl-Z, at the result."""


_ZYGOTE = multiprocessing.get_context("forkserver")
_ZYGOTE.set_forkserver_preload([__name__])
_ONE_AT_A_TIME = threading.Lock()
"""Starting one process asks after all others; two threads asking after the same one spoil its exit code."""


class Life:
    """A worker as a process of its own, warm from the start so that hundreds of lives take minutes."""

    def __init__(self, config_path: Path, death: Death = NEVER, pace: Pace | None = None) -> None:
        with _ONE_AT_A_TIME:
            self._process: BaseProcess = _ZYGOTE.Process(
                target=live, args=(str(config_path), death, pace), daemon=True
            )
            self._process.start()
            self._pid = self._process.pid
        self._exit_code: int | None = None

    @property
    def exit_code(self) -> int | None:
        """None while it lives; -9 after a kill -9."""
        with _ONE_AT_A_TIME:
            if self._exit_code is None and self._process.exitcode is not None:
                self._exit_code = self._process.exitcode
                self._process.close()
            return self._exit_code

    @property
    def is_over(self) -> bool:
        return self.exit_code is not None

    def signal(self, number: signal.Signals) -> None:
        """As systemd would do it."""
        assert self._pid is not None
        if not self.is_over:
            os.kill(self._pid, number)


def live(config_path: str, death: Death, pace: Pace | None) -> None:
    """One life of the worker, from the start of the process to its end."""
    path = Path(config_path)
    log = (path.parent / "worker.log").open("a", encoding="utf-8", buffering=1)
    sys.stderr = log
    logs.set_up(logging.INFO)
    policies.forget_loaded()
    if death.commit:
        _die_after_commit(death.commit)

    def open_port(port: str) -> ByteStream:
        stream = open_serial(port)
        return DyingStream(stream, death) if death.label else stream

    sys.exit(service.run(config.load(path), open_port=open_port, pace=pace))


def _die_after_commit(wanted: int) -> None:
    left = [wanted]

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            die()

    database.after_commit(count)


def die() -> None:
    """kill -9 of this very process: no handler runs, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingStream:
    """A byte stream that ends its process at a labelled point of the nth send."""

    def __init__(self, stream: ByteStream, death: Death) -> None:
        self._stream = stream
        self._death = death
        self._left = death.nth
        self._sending = False

    def read(self, timeout: float) -> bytes:
        data = self._stream.read(timeout)
        if self._sending and b">" in data:
            self._at("prompt")
        if self._sending and b"+CMGS:" in data:
            self._sending = False
            self._at("result")
        return data

    def write(self, data: bytes) -> None:
        if data.upper().startswith(b"AT+CMGS="):
            self._sending = True
            self._at("command")
        if data.endswith(b"\x1a"):
            self._at("armed")
        self._stream.write(data)
        if data.endswith(b"\x1a"):
            self._at("handed")

    def interrupt(self) -> None:
        self._stream.interrupt()

    def close(self) -> None:
        self._stream.close()

    def _at(self, label: str) -> None:
        if label == self._death.label:
            self._left -= 1
            if self._left == 0:
                die()
