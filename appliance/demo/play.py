"""`aftercall demo`: calls come in, texts go out through a simulated modem, residents answer, scores move."""

from __future__ import annotations

import errno
import json
import random
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from appliance import clock
from appliance.demo import residents, script
from appliance.demo.calls import ENABLED_TYPES, SampleCall, export
from appliance.demo.live import LiveLine, figures
from appliance.demo.residents import Residents
from appliance.demo.stage import ACCOUNT, COMPRESSED, MODEM_NUMBER, UNHURRIED, Stage
from appliance.domain import report_text
from appliance.errors import ApplianceError
from appliance.store import database, decisions, inbox, listings
from modem.simulator.network import Network
from modem.simulator.pty import PtyModem

CALL_EVERY = 3.0
AT_ONCE = 4
"""The first calls come together, as on a box that starts in the middle of a shift."""
CLOSED_AFTER = 6.0
ONCE_WITHIN = 55.0
STOPPED_EARLY = 130
"""The exit status of a script that was stopped by hand, as shells have it."""
FILES_OF = 12
CARD_EVERY = 9
"""Calls from one walk-in with a card to the next."""
OTHER_TYPES = ("DOMESTIC DISTURBANCE", "ABANDONED VEHICLE", "SUICIDE THREAT")


def once(*, as_json: bool) -> int:
    """Plays the fixed script with time compressed and prints the report; 0 when all of it was played."""
    parts = script.parts()
    stopped = _on_stop()
    with _stage(0, COMPRESSED, stopped) as stage, _radio(stage, 0.0, lambda: 0.02) as people:
        for part in parts:
            people.move_in(part.phone, part.persona)
        began = stage.local_now()
        stage.start("appliance.worker", stage.folder / "worker.log")
        deadline = clock.monotonic() + ONCE_WITHIN
        for name, calls in (
            ("opened", script.opened(parts, began)),
            ("closed", script.closed(parts, began)),
        ):
            for start in range(0, len(calls), FILES_OF):
                stage.drop(f"{name}-{start:03d}.csv", export(calls[start : start + FILES_OF]))
            _wait(lambda: not any(stage.feed.glob("*.csv")) and _is_idle(stage), stage, deadline)
        walk_ins = script.walk_ins()
        for number, code in zip(walk_ins, stage.print_cards(len(walk_ins)), strict=True):
            people.walk_in(number, code, residents.WALK_IN, to=MODEM_NUMBER)
        asked = sum(1 for part in parts if part.excluded is None) + len(walk_ins)
        played = _wait(lambda: people.have_spoken(asked) and _is_idle(stage), stage, deadline)
        if stopped.is_set():
            return STOPPED_EARLY
        report = figures(stage, began)
    sys.stdout.write((json.dumps(report, indent=2) if as_json else report_text.whole(report)) + "\n")
    if not played:
        sys.stderr.write("The script did not end in time; the figures above are what there was.\n")
    return 0 if played else 1


def run(*, port: int) -> int:
    """Plays until Ctrl-C: prints the address and a login, then a live line of what is happening."""
    _check_port(port)
    stopped = _on_stop()
    chance = random.Random(911)
    with (
        _stage(port, UNHURRIED, stopped) as stage,
        _radio(stage, 0.25, lambda: chance.uniform(1, 4)) as people,
    ):
        stage.start("appliance.worker", stage.folder / "worker.log")
        stage.start("web", stage.folder / "web.log")
        up = _wait(lambda: _answers(port), stage, clock.monotonic() + 30)
        if not up and not stopped.is_set():
            raise ApplianceError("The pages did not come up within 30 seconds. Is the machine very busy?")
        if up:
            _greet(port, stage.password)
            _play(stage, people, chance, stopped)
        sys.stdout.write("  Stopping ...\n")
    sys.stdout.write("  Stopped. Nothing was left behind.\n")
    return 0


def _greet(port: int, password: str) -> None:
    sys.stdout.write(
        f"\n  Aftercall demo: sample data, a simulated modem, nothing leaves this machine\n\n"
        f"  open      http://127.0.0.1:{port}/\n"
        f"  name      {ACCOUNT}\n"
        f"  password  {password}\n\n"
        "  A call comes in every few seconds. Residents get texts and answer them: with a number, a word,\n"
        "  in Spanish, with STOP, or not at all. What takes hours on a real box takes seconds here.\n\n"
        "  Ctrl-C stops it.\n\n"
    )
    sys.stdout.flush()


def _play(stage: Stage, people: Residents, chance: random.Random, stopped: threading.Event) -> None:
    began = stage.local_now()
    open_calls: list[tuple[float, SampleCall]] = []
    place = 0
    next_call = 0.0
    line = LiveLine(stage, began)
    while not stopped.is_set():
        if died := stage.died():
            raise ApplianceError(died)
        now = clock.monotonic()
        if now >= next_call:
            next_call = now + (CALL_EVERY if place >= AT_ONCE else 0.0)
            call = _new_call(place, stage, people, chance)
            stage.drop(f"call-{place:05d}-opened.csv", export([call]))
            open_calls.append((now + CLOSED_AFTER, call))
            place += 1
            if place % CARD_EVERY == 0:
                [code] = stage.print_cards(1)
                # Counted from the other end, where no caller is.
                number = script.number(-place // CARD_EVERY)
                people.walk_in(number, code, residents.WALK_IN, to=MODEM_NUMBER)
        for due, call in [entry for entry in open_calls if entry[0] <= now]:
            open_calls.remove((due, call))
            closed = stage.local_now().replace(microsecond=0)
            done = replace(call, dispatched_at=closed - timedelta(seconds=4), closed_at=closed)
            stage.drop(f"{call.event_number}-closed.csv", export([done]))
        line.tell()
        stopped.wait(0.5)
    line.end()


def _new_call(place: int, stage: Stage, people: Residents, chance: random.Random) -> SampleCall:
    """A call of a type that is texted, every sixth one of another; the first callers show every persona."""
    is_texted = place % 6 != 5
    met = place - place // 6
    number = script.number(place)
    everybody = residents.ON_STAGE
    persona = everybody[met] if met < len(everybody) else chance.choice(everybody)
    people.move_in(number, persona)
    return SampleCall(
        script.event_number(place),
        chance.choice(ENABLED_TYPES if is_texted else OTHER_TYPES),
        number,
        stage.local_now().replace(microsecond=0),
        priority=chance.choice("345"),
        beat=chance.choice("1234"),
        role=persona.role,
    )


def _on_stop() -> threading.Event:
    """Set by Ctrl-C, SIGTERM and a closed terminal; however often, everything is put away in order."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: stopped.set())
    return stopped


@contextmanager
def _stage(port: int, changes: dict[str, Any], stopped: threading.Event) -> Iterator[Stage]:
    """A box in a folder of its own, gone when the demo is."""
    with tempfile.TemporaryDirectory(prefix="aftercall-demo-") as folder:
        stage = Stage(Path(folder), port, stopped)
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


def _is_idle(stage: Stage) -> bool:
    """Whether the walk has nothing more to do: no text, reply or due event waits."""
    with database.connection():
        queue = listings.status("live", clock.now()).queue
        waiting: Sequence[object] = [*inbox.next_new(1), *decisions.due(clock.now(), 1, ())]
    return not waiting and not queue["queued"] and not queue["sending"]


def _wait(happened: Callable[[], bool], stage: Stage, deadline: float) -> bool:
    """Waits until it holds three times in a row: a moment between two steps is not the end.

    False when the deadline passes, or the demo is stopped, before that.
    """
    pause = threading.Event()
    in_a_row = 0
    while clock.monotonic() < deadline and not stage.stopped.is_set():
        if died := stage.died():
            raise ApplianceError(died)
        in_a_row = in_a_row + 1 if happened() else 0
        if in_a_row == 3:
            return True
        pause.wait(0.15)
    return False


def _check_port(port: int) -> None:
    """A port that cannot be had is said before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be had ({error.strerror})"
            raise ApplianceError(
                f"127.0.0.1:{port} {reason}. Choose another: aftercall demo --port N"
            ) from error


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
