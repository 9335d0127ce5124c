"""`aftercall demo`: calls come in, texts go out through a simulated modem, residents answer, scores move."""

from __future__ import annotations

import json
import random
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from appliance import clock
from appliance.demo import residents, script
from appliance.demo.calls import ENABLED_TYPES, SampleCall, export
from appliance.demo.residents import Residents
from appliance.demo.stage import ACCOUNT, COMPRESSED, MODEM_NUMBER, UNHURRIED, Stage
from appliance.domain import report_text, scoring
from appliance.errors import ApplianceError
from appliance.store import database, decisions, inbox, listings, reports
from modem.simulator.network import Network
from modem.simulator.pty import PtyModem

CALL_EVERY = 5.0
CLOSED_AFTER = 10.0
ONCE_WITHIN = 55.0
FILES_OF = 12
OTHER_TYPES = ("DOMESTIC DISTURBANCE", "ABANDONED VEHICLE", "SUICIDE THREAT")


def once(*, as_json: bool) -> int:
    """Plays the fixed script with time compressed and prints the report; 0 when all of it was played."""
    parts = script.parts()
    with _stage(0, COMPRESSED) as stage, _radio(stage, 0.0, lambda: 0.02) as people:
        for part in parts:
            people.move_in(part.phone, part.persona)
        began = _local_now(stage)
        stage.start("appliance.worker", stage.folder / "worker.log")
        deadline = clock.monotonic() + ONCE_WITHIN
        for name, calls in (
            ("opened", script.opened(parts, began)),
            ("closed", script.closed(parts, began)),
        ):
            for start in range(0, len(calls), FILES_OF):
                stage.drop(f"{name}-{start:03d}.csv", export(calls[start : start + FILES_OF]))
            _wait(lambda: not any(stage.feed.glob("*.csv")) and _is_idle(stage), stage, deadline)
        asked = sum(1 for part in parts if part.excluded is None)
        played = _wait(lambda: people.have_spoken(asked) and _is_idle(stage), stage, deadline)
        figures = _figures(stage, began)
    sys.stdout.write((json.dumps(figures, indent=2) if as_json else report_text.whole(figures)) + "\n")
    if not played:
        sys.stderr.write("The script did not end in time; the figures above are what there was.\n")
    return 0 if played else 1


def run(*, port: int) -> int:
    """Plays until Ctrl-C: prints the address and a login, then a live line of what is happening."""
    _check_port(port)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    chance = random.Random(911)
    with _stage(port, UNHURRIED) as stage, _radio(stage, 0.25, lambda: chance.uniform(1, 4)) as people:
        stage.start("appliance.worker", stage.folder / "worker.log")
        stage.start("web", stage.folder / "web.log")
        if not _wait(lambda: _answers(port) or stopped.is_set(), stage, clock.monotonic() + 30):
            raise ApplianceError(f"The pages did not come up; see {stage.folder / 'web.log'}.")
        sys.stdout.write(
            f"\n  Aftercall demo: sample data, a simulated modem, nothing leaves this machine\n\n"
            f"  open      http://127.0.0.1:{port}/\n"
            f"  name      {ACCOUNT}\n"
            f"  password  {stage.password}\n\n"
            f"  Ctrl-C stops it.\n\n"
        )
        _play(stage, people, chance, stopped)
        sys.stdout.write("\n  Stopping ...\n")
    sys.stdout.write("  Stopped. Nothing was left behind.\n")
    return 0


def _play(stage: Stage, people: Residents, chance: random.Random, stopped: threading.Event) -> None:
    began = _local_now(stage)
    open_calls: list[tuple[float, SampleCall]] = []
    place = 0
    next_call = 0.0
    while not stopped.is_set():
        if died := stage.died():
            raise ApplianceError(f"{died}; see the logs in {stage.folder}.")
        now = clock.monotonic()
        if now >= next_call:
            next_call = now + CALL_EVERY
            call = _new_call(place, stage, people, chance)
            stage.drop(f"call-{place:05d}-opened.csv", export([call]))
            open_calls.append((now + CLOSED_AFTER, call))
            place += 1
        for due, call in [entry for entry in open_calls if entry[0] <= now]:
            open_calls.remove((due, call))
            closed = _local_now(stage).replace(microsecond=0)
            done = replace(call, dispatched_at=closed - timedelta(seconds=4), closed_at=closed)
            stage.drop(f"{call.event_number}-closed.csv", export([done]))
        _tell(stage, began)
        stopped.wait(0.5)


def _new_call(place: int, stage: Stage, people: Residents, chance: random.Random) -> SampleCall:
    number = script.number(place % 400)
    people.move_in(number, chance.choice(residents.ALL))
    types = ENABLED_TYPES if chance.random() < 0.85 else OTHER_TYPES
    received = _local_now(stage).replace(microsecond=0)
    return SampleCall(
        script.event_number(place),
        chance.choice(types),
        number,
        received,
        priority=chance.choice("345"),
        beat=chance.choice("1234"),
    )


def _tell(stage: Stage, began: datetime) -> None:
    """The live line: on a terminal it rewrites itself, elsewhere it is printed when it changes."""
    figures = _figures(stage, began)
    with database.connection():
        queue = listings.status("live", clock.now()).queue
        texts, answers = reports.totals()
    overall = figures["questions"][0] if figures["questions"] else {"n": 0, "mean": None}
    score = "no mean yet" if overall["mean"] is None else f"{overall['mean']:.2f} of 5"
    line = (
        f"  calls {figures['funnel']['calls']} | texts {texts} | replies {answers} | "
        f"overall {score} (n={overall['n']}) | queue {sum(queue.values())}"
    )
    if sys.stdout.isatty():
        sys.stdout.write("\r" + line.ljust(shutil.get_terminal_size().columns - 1))
    elif line != _last_line[0]:
        sys.stdout.write(line + "\n")
    _last_line[0] = line
    sys.stdout.flush()


_last_line = [""]


@contextmanager
def _stage(port: int, changes: dict[str, Any]) -> Iterator[Stage]:
    """A box in a folder of its own, gone when the demo is."""
    with tempfile.TemporaryDirectory(prefix="aftercall-demo-") as folder:
        stage = Stage(Path(folder), port)
        stage.set_up(changes)
        try:
            yield stage
        finally:
            stage.stop()


@contextmanager
def _radio(stage: Stage, network_time: float, thinking_time: Callable[[], float]) -> Iterator[Residents]:
    """The simulated modem at the port of the config, and the people it reaches."""
    network = Network(network_time=network_time, receipt_after=0.01)
    people = Residents(network, thinking_time)
    with PtyModem(stage.modem_link, network, number=MODEM_NUMBER):
        yield people


def _figures(stage: Stage, began: datetime) -> dict[str, Any]:
    """The report over the days of the demo's calls."""
    first, last = (began - timedelta(minutes=15)).date(), _local_now(stage).date()
    with database.connection():
        start, end = scoring.period(first, last, stage.config.agency.zone)
        return reports.contract(reports.summary(start, end), first.isoformat(), last.isoformat())


def _is_idle(stage: Stage) -> bool:
    """Whether the walk has nothing more to do: no text, reply or due event waits."""
    with database.connection():
        queue = listings.status("live", clock.now()).queue
        waiting: Sequence[object] = [*inbox.next_new(1), *decisions.due(clock.now(), 1, ())]
    return not waiting and not queue["queued"] and not queue["sending"]


def _wait(happened: Callable[[], bool], stage: Stage, deadline: float) -> bool:
    """Waits until it has happened twice in a row, so that a moment between two steps is not the end."""
    pause = threading.Event()
    in_a_row = 0
    while clock.monotonic() < deadline:
        if died := stage.died():
            log = (stage.folder / "worker.log").read_text(encoding="utf-8", errors="replace")
            raise ApplianceError(f"{died}\n{log[-2000:]}")
        in_a_row = in_a_row + 1 if happened() else 0
        if in_a_row == 3:
            return True
        pause.wait(0.15)
    return False


def _local_now(stage: Stage) -> datetime:
    return clock.to_datetime(clock.now()).astimezone(stage.config.agency.zone)


def _check_port(port: int) -> None:
    """A port in use is said before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ApplianceError(
                f"127.0.0.1:{port} is in use. Choose another: aftercall demo --port N"
            ) from error


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
