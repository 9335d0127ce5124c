"""A box in a folder, driven through the command line alone: in this process, or as processes of their own."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from appliance import clock
from appliance.cli.__main__ import main
from appliance.demo.calls import SampleCall, export
from appliance.store import database, policies

PATIENCE = 30.0
"""Seconds a thing may take on a busy machine before the test calls it lost."""

ZONE = ZoneInfo("America/Los_Angeles")
PASSWORD = "a sample pass phrase"

CONFIG = """mode = "{mode}"

[agency]
name = "Sample PD"
phone = "541-555-0100"
timezone = "America/Los_Angeles"
languages = ["en", "es"]

[[modem]]
name = "main"
port = "modem"

[[feed]]
name = "cad"
type = "csv"
path = "feeds/cad"

[web]
bind = "127.0.0.1:{port}"
"""

AT_ONCE = """
[call_types]
allow = ["NOISE COMPLAINT", "THEFT-COLD"]
[events]
settle = "0s"
[notices]
window = ["00:00", "24:00"]
[survey]
delay = "0s"
window = ["00:00", "24:00"]
[limits]
sim_per_minute = 0
sim_per_hour = 0
sim_per_day = 0
sim_recipients_per_day = 0
[breaker]
texts = 0
"""
"""A policy under which nothing waits."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


@dataclass
class Box:
    """The folder of a box, the commands run in it, and the processes started for it."""

    folder: Path
    mode: str = "live"
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.config.write_text(CONFIG.format(mode=self.mode, port=self.port), encoding="utf-8")

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def feed(self) -> Path:
        return self.folder / "feeds" / "cad"

    def run(self, *arguments: str, typed: str = "") -> Outcome:
        """`aftercall ARGUMENTS --config ...` in this process, with `typed` on standard input."""
        out, err, code = io.StringIO(), io.StringIO(), 0
        mask = os.umask(0o022)
        policies.forget_loaded()
        line = ["aftercall", *arguments]
        if arguments[:1] not in ((), ("demo",), ("simulate-modem",)):
            line += ["--config", str(self.config)]
        with (
            patch.object(sys, "argv", line),
            patch.object(sys, "stdin", io.StringIO(typed)),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            finally:
                os.umask(mask)
                database.disconnect()
        assert "Traceback" not in err.getvalue()
        return Outcome(code, out.getvalue(), err.getvalue())

    def set_up(self, policy: str = AT_ONCE) -> None:
        """`init` and `policy import`."""
        assert self.run("init").code == 0
        assert self.import_policy(policy).code == 0

    def import_policy(self, text: str, *more: str) -> Outcome:
        """`policy import` of a file with this text."""
        (self.folder / "changes.toml").write_text(text, encoding="utf-8")
        return self.run("policy", "import", str(self.folder / "changes.toml"), *more)

    def start(self, *arguments: str, name: str = "") -> subprocess.Popen[bytes]:
        """The command as a process of its own, known by `name` (or its own), its output in NAME.log."""
        name = name or arguments[0]
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "appliance.cli", *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.processes[name] = process
        return process

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def simulate(self, *more: str) -> Radio:
        """`simulate-modem` at the port of the config, and a line to the world behind it."""
        control = self.folder / "control"
        self.start("simulate-modem", "--link", str(self.folder / "modem"), "--control", str(control), *more)
        said = self.log("simulate-modem").read_text
        # The socket is there a moment before anybody listens on it.
        self.wait(lambda: "Control socket: " in said(encoding="utf-8"), "the simulated modem never came up")
        return Radio(control)

    def stop(self, name: str) -> int:
        """SIGTERM, and the exit status."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(PATIENCE)

    def close(self) -> None:
        """Ends whatever was started."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        self.processes.clear()

    def drop(self, name: str, *calls: SampleCall) -> None:
        """An export in Cincinnati's layout, renamed into place."""
        self.drop_text(name, export(calls))

    def drop_text(self, name: str, text: str) -> None:
        part = self.feed / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.rename(self.feed / name)

    def call(
        self, event: str, phone: str, *, call_type: str = "NOISE COMPLAINT", closed: bool = True
    ) -> SampleCall:
        """A sample call of a few minutes ago."""
        received = clock.to_datetime(clock.now()).astimezone(ZONE).replace(microsecond=0) - timedelta(
            minutes=5
        )
        if not closed:
            return SampleCall(event, call_type, phone, received)
        dispatched, done = received + timedelta(minutes=1), received + timedelta(minutes=3)
        return SampleCall(event, call_type, phone, received, dispatched, done)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says, through a connection of its own and no code of ours."""
        path = self.folder / "data" / "aftercall.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as link:
            return link.execute(query, values).fetchall()

    def audited(self) -> list[tuple[str, str]]:
        """Action and object of every audit row, oldest first."""
        return self.rows("SELECT action, object FROM audit ORDER BY id")

    def wait(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Waits until it holds; fails with `what` and the logs when it does not."""
        pause = threading.Event()
        deadline = clock.monotonic() + seconds
        while not holds():
            if clock.monotonic() > deadline:
                logs = [path.read_text(encoding="utf-8")[-2000:] for path in self.folder.glob("*.log")]
                raise AssertionError("\n".join([what, *logs]))
            pause.wait(0.03)


class Radio:
    """The control socket of a simulated modem: what leaves it, and what residents text to it."""

    def __init__(self, path: Path) -> None:
        self._link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._link.connect(str(path))
        self._lines = self._link.makefile("r", encoding="utf-8")
        self.sent: list[dict[str, Any]] = []

    def ask(self, do: str, **more: object) -> dict[str, Any]:
        """One request and its answer; texts told of in between are kept."""
        self._link.sendall(json.dumps({"do": do, **more}).encode() + b"\n")
        while True:
            answer = json.loads(self._lines.readline())
            if "ok" in answer:
                assert answer["ok"], answer
                return dict(answer)
            if "sent" in answer:
                self.sent.append(answer["sent"])

    def say(self, sender: str, text: str) -> None:
        """A resident texts the box."""
        self.ask("receive", **{"from": sender, "text": text})

    def count(self) -> int:
        """How many whole texts have left the modem."""
        return int(self.ask("status")["sent"])

    def close(self) -> None:
        self._lines.close()
        self._link.close()


def free_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def faults_of(value: Any, shape: Any, place: str = "$") -> Sequence[str]:
    """What in a JSON value is not of this shape.

    A shape is a type, a value, a function, a frozenset of shapes (any of them), `[shape]` for a list, or a
    table of the keys that must be there; a value may have more keys than that.
    """
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{place} is {value!r}, not a table"]
        missing = [f"{place}.{key} is missing" for key in shape if key not in value]
        inner = [faults_of(value[key], shape[key], f"{place}.{key}") for key in shape if key in value]
        return [*missing, *(fault for faults in inner for fault in faults)]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place} is {value!r}, not a list"]
        items = [faults_of(item, shape[0], f"{place}[{n}]") for n, item in enumerate(value)]
        return [fault for faults in items for fault in faults]
    return [] if _fits(value, shape) else [f"{place} is {value!r}, not {shape}"]


def _fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, frozenset):
        return any(_fits(value, one) for one in shape)
    if isinstance(shape, type):
        return type(value) is shape
    if callable(shape):
        return bool(shape(value))
    return type(value) is type(shape) and bool(value == shape)
