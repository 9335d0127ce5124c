"""A box as a stranger sets one up: by the command line, a config, a policy, and files in a folder."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from appliance import clock
from tests.foreign.habits import Habits
from tests.foreign.modem import ForeignModem
from tests.foreign.network import Arrival, Network
from tests.walk.lives import _ONE_AT_A_TIME, _ZYGOTE, Life

_CONFIG = """mode = "live"

[agency]
name = "Sample PD"
phone = "541-555-0100"
timezone = "America/Los_Angeles"

[[modem]]
port = "modem"
{modem}
[[feed]]
name = "cad"
type = "csv"
path = "cad"

[web]
bind = "127.0.0.1:8081"
"""

_POLICY = """[call_types]
allow = ["NOISE COMPLAINT"]
[events]
settle = "0s"
[notices]
window = ["00:00", "24:00"]
[survey]
delay = "0s"
window = ["00:00", "24:00"]
unknown_wait = "2s"
[limits]
sim_per_minute = 0
sim_per_hour = 0
sim_per_day = 0
sim_recipients_per_day = 0
[breaker]
texts = 0
"""

_SETTING_UP = threading.Lock()


@cache
def _made() -> TemporaryDirectory[str]:
    """A box set up once, by the commands a stranger would type, and copied for every test."""
    made = TemporaryDirectory(prefix="aftercall-foreign-")
    folder = Path(made.name)
    (folder / "config.toml").write_text(_CONFIG.format(modem=""), encoding="utf-8")
    (folder / "policy.toml").write_text(_POLICY, encoding="utf-8")
    for command in (("init",), ("policy", "import", str(folder / "policy.toml"))):
        subprocess.run(
            [sys.executable, "-m", "appliance.cli", *command, "--config", str(folder / "config.toml")],
            check=True,
            capture_output=True,
            timeout=60,
        )
    return made


def _run_cli(arguments: list[str], out: str) -> None:
    """One `aftercall` command in a process of its own, warm from the start."""
    from appliance.cli.__main__ import main

    sys.argv = ["aftercall", *arguments]
    with open(out, "w", encoding="utf-8") as file, redirect_stdout(file):
        main()


@dataclass(frozen=True, slots=True)
class Texts:
    """What `messages --json` and `replies --json` say at the end."""

    messages: list[dict[str, Any]]
    replies: list[dict[str, Any]]


class Box:
    """A folder, a foreign modem in it, and lives of the worker."""

    def __init__(self, folder: Path, habits: Habits, network: Network, modem_keys: str = "") -> None:
        with _SETTING_UP:
            shutil.copytree(_made().name, folder, dirs_exist_ok=True)
        self.folder = folder
        self.config = folder / "config.toml"
        self.config.write_text(_CONFIG.format(modem=modem_keys), encoding="utf-8")
        self.network = network
        self.modem = ForeignModem(folder / "modem", network, habits)
        self.life: Life | None = None
        self._calls = 0

    def start(self) -> None:
        self.life = Life(self.config)

    def kill(self) -> None:
        """kill -9."""
        life = self.life
        if life is not None:
            life.signal(signal.SIGKILL)
            self.wait(lambda: life.is_over, 20, "the worker outlived kill -9")

    def stop(self) -> int | None:
        life = self.life
        assert life is not None
        life.signal(signal.SIGTERM)
        self.wait(lambda: life.is_over, 20, "the worker does not heed SIGTERM")
        return life.exit_code

    def close(self) -> None:
        self.kill()
        self.modem.stop()

    def call(self, *numbers: str) -> None:
        """One call of each number, closed just now, in a file moved into the folder."""
        now = clock.now()
        rows = ["call_id,received_at,closed_at,call_type,phone"]
        for number in numbers:
            self._calls += 1
            received, closed = (
                clock.to_datetime(now - 1000 * ago).isoformat(timespec="seconds") for ago in (600, 1)
            )
            rows.append(f"SAMPLE-{self._calls},{received},{closed},NOISE COMPLAINT,{number}")
        part = self.folder / "call.part"
        part.write_text("\n".join(rows) + "\n", encoding="utf-8")
        part.rename(self.folder / "cad" / f"calls-{self._calls}.csv")

    def cli(self, *arguments: str) -> Any:
        """What a command prints as JSON."""
        out = self.folder / f"out-{time.monotonic_ns()}"
        with _ONE_AT_A_TIME:
            process = _ZYGOTE.Process(
                target=_run_cli, args=([*arguments, "--json", "--config", str(self.config)], str(out))
            )
            process.start()
        while True:
            with _ONE_AT_A_TIME:
                if process.exitcode is not None:
                    break
            threading.Event().wait(0.02)
        assert process.exitcode == 0, f"aftercall {arguments}: exit code {process.exitcode}"
        return json.loads(out.read_text(encoding="utf-8"))

    def run(self, *arguments: str, typed: str = "") -> None:
        """A command that does something, with what is typed at its prompt."""
        done = subprocess.run(
            [sys.executable, "-m", "appliance.cli", *arguments, "--config", str(self.config)],
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"aftercall {arguments}: {done.stdout}{done.stderr}"

    def texts(self) -> Texts:
        return Texts(self.cli("messages"), self.cli("replies"))

    def state(self) -> str:
        """The modem's state as `aftercall status` tells it."""
        (modem,) = self.cli("status")["modems"]
        return str(modem["state"])

    def wait(self, holds: Callable[[], bool], seconds: float, what: str) -> float:
        """Waits until it holds and returns how long that took; fails with all there is to know."""
        pause, started = threading.Event(), time.monotonic()
        while not holds():
            if time.monotonic() - started > seconds:
                raise AssertionError(f"{what} (waited {seconds:g} s)\n{self.story()}")
            pause.wait(0.02)
        return time.monotonic() - started

    def story(self) -> str:
        """The worker's log, the texts at the handsets and the end of the wire's transcript."""
        path = self.folder / "worker.log"
        log = path.read_text(encoding="utf-8")[-2500:] if path.exists() else "(no log)"
        wire = self.modem.transcript[-40:]
        lines = [f"{at - wire[0][0]:8.3f} {way} {data!r}" for at, way, data in wire]
        got = [f"{arrival.recipient} {arrival.text}" for arrival in self.network.arrivals]
        return "\n".join(
            [log, "-- handsets", *got, "-- violations", *self.modem.violations, "-- wire", *lines]
        )

    @staticmethod
    def clock() -> float:
        """The clock that arrivals are stamped by."""
        return time.monotonic()

    def stored(self) -> int:
        """Messages in the modem's memories."""
        return sum(len(memory) for memory in self.modem.session.memories.values())


@contextmanager
def boxed(
    folder: Path, habits: Habits, network: Network | None = None, *, modem_keys: str = ""
) -> Iterator[Box]:
    """A box whose modem is plugged in; the worker is not started yet."""
    box = Box(folder, habits, network or Network(), modem_keys)
    box.modem.start()
    try:
        yield box
    finally:
        box.close()


def answering(network: Network, texts: Callable[[Arrival], str | None]) -> None:
    """Whatever reaches a handset is answered with what `texts` returns."""

    def on_arrival(arrival: Arrival) -> None:
        text = texts(arrival)
        if text is not None:
            network.say(arrival.recipient, text)

    network.on_arrival = on_arrival


def _in_hand(box: Box) -> bool:
    return any(text["state"] in ("queued", "sending") for text in box.cli("messages"))


def judge(box: Box, *, lost: frozenset[str] = frozenset(), within: float = 2.0) -> Texts:
    """No text lost or doubled, no reply lost or doubled, an empty SIM, answers within a second or two.

    `lost`: states besides sent and delivered that a text may be in.
    """
    box.wait(lambda: not _in_hand(box), 10, "a text stays in hand")
    told = box.texts()
    story = box.story()
    arrived = Counter((arrival.recipient, arrival.text) for arrival in box.network.arrivals)
    known = Counter((text["to"], text["text"]) for text in told.messages)
    assert not arrived - known, f"sent twice, or not known: {arrived - known}\n{story}"
    states = Counter(text["state"] for text in told.messages)
    assert set(states) <= {"sent", "delivered"} | lost, f"{states}\n{told.messages}\n{story}"
    for text in told.messages:
        if text["state"] in ("sent", "delivered"):
            assert arrived[text["to"], text["text"]] == 1, f"{text['text']!r} never arrived\n{story}"
    heard = Counter((reply["from"], reply["text"]) for reply in told.replies)
    said = Counter(box.network.said)
    assert heard == said, f"lost {said - heard}, too many {heard - said}\n{story}"
    assert box.stored() == 0, f"left in the SIM: {box.modem.session.memories}\n{story}"
    assert not box.modem.violations, f"{box.modem.violations}\n{story}"
    assert not box.network.strayed, f"{box.network.strayed}\n{story}"
    # The usual one: on a machine with more to do any single one may take longer.
    usual = median(box.network.delays or [0.0])
    assert usual <= within, f"answers after {usual:.1f} s, all: {box.network.delays}\n{story}"
    return told
