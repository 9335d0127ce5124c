"""`aftercall demo` as a process of its own, with a temporary folder of its own to look into afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from appliance import clock

PATIENCE = 60.0
"""Seconds a thing may take on a busy machine before the test calls it lost."""

STOPS_WITHIN = 15.0


class Demo:
    """The running demo; its terminal is a pipe here, whose lines are kept as they come."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "appliance.cli", "demo", *arguments],
            env={**os.environ, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def told(self, name: str) -> str:
        """What the demo printed after this word: the address, the name or the password."""
        found = [line.split()[1] for line in self.lines if line.split()[:1] == [name]]
        return found[0] if found else ""

    def wait(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Waits until it holds; fails with what the demo printed."""
        wait(holds, lambda: "\n".join([what, *self.lines]), seconds)

    def stop(self, *numbers: signal.Signals) -> tuple[int, float]:
        """Sends the signals one right after the other; the exit status and the seconds it took."""
        began = clock.monotonic()
        for number in numbers:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        took = clock.monotonic() - began
        self._reader.join(PATIENCE)
        return code, took

    def close(self) -> None:
        """Ends it, and whatever it left."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                self.process.kill()
        for pid in processes_of(self.folder):
            os.kill(pid, signal.SIGKILL)


def wait(holds: Callable[[], bool], what: Callable[[], str], seconds: float = PATIENCE) -> None:
    """Waits until it holds; fails with `what` after so many seconds."""
    pause = threading.Event()
    deadline = clock.monotonic() + seconds
    while not holds():
        if clock.monotonic() > deadline:
            raise AssertionError(what())
        pause.wait(0.05)


def processes_of(folder: Path) -> list[int]:
    """Every process whose command line names this folder: the demo's services."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            line = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found
