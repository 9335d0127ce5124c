"""What is tried: PDUs of every kind, wires that fail at every byte, replugged modems, whole surveys."""

from __future__ import annotations

import random
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings

from modem.simulator.network import Network
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop
from tests.feeds.mutation import FORMATS, spoil_many
from tests.flow.box import boxed as one_box
from tests.flow.conversations import Town
from tests.flow.test_conversations import STEPS
from tests.hostile.test_healing import QUICK
from tests.modem import test_pdu_oracles as oracles
from tests.modem import test_pdu_properties as properties
from tests.modem.rough_wire import KINDS, NOISE, Wire, bad_wires, judge, tell
from tests.modem.test_cycles import cycle as plug_cycle
from tests.modem.test_cycles import descriptors, threads
from tests.modem.test_pdu_groups import PROPERTIES
from tests.walk import resident
from tests.walk.rig import boxed

BATCH = 500
"""PDUs drawn in one go; each go has its own seed, so that one failing go is repeated alone."""
SURVEY_BYTES = 8000
"""About what goes over the wire, both ways, in one resident's survey."""
FAILINGS = (
    "mute_after:bytes={},until=open",
    "mute_after:bytes={},until=restart",
    "unplug:when=byte,bytes={},back=1",
)
LOSSES = (0.001, 0.003, 0.01, 0.03, 0.1)

Turn = Callable[[], int]
"""One go; returns how many were tried. What it raises is a failure."""


@dataclass(frozen=True)
class Load:
    """Something to try `wanted` times; `turns` gives one go after the other, with what it needs set up."""

    name: str
    wanted: int
    turns: Callable[[int], Iterator[Turn]]


def loads(pdus: int) -> list[Load]:
    """All of them: so many PDUs, a tenth as many cycles, and every byte of a session whatever the number."""
    drawn = _properties()
    each = -(-pdus // len(drawn))
    tests = [Load(f"PDUs: {name}", each, test.turns) for name, test in drawn.items()]
    wires = [
        Load(f"wire: {kind}, every byte", sum(1 for _ in _wires(kind)), _telling(kind)) for kind in KINDS
    ]
    return [
        *tests,
        *wires,
        Load("wire: bytes lost at random", pdus // 50, _losing),
        *(Load(f"feed files: {name}, spoiled", pdus // len(FORMATS), _spoiling(name)) for name in FORMATS),
        Load("cycles: plugged out and in", pdus // 10, _plugging),
        Load("conversations: a box that dies anywhere", pdus, _talking),
        Load("worker: mute or unplugged at a byte of a survey", pdus // 5000, _surveying),
    ]


def _spoiling(name: str) -> Callable[[int], Iterator[Turn]]:
    def turns(start: int) -> Iterator[Turn]:
        for number in count(start):
            yield partial(_spoil, name, number)

    return turns


def _spoil(name: str, number: int) -> int:
    spoil_many(name, BATCH, number)
    return BATCH


def _talking(start: int) -> Iterator[Turn]:
    for number in count(start):
        yield partial(_talk, number)


def _talk(number: int) -> int:
    """Thirty residents and more, asked and answering at random; the database lies in memory where it can."""
    memory = Path("/dev/shm")
    place = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
    with place as folder, one_box(Path(folder)) as box:
        town = Town(box, random.Random(number))
        town.invite()
        for _ in range(STEPS):
            town.act()
        return town.conversations()


# ---- PDUs ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """A test that hypothesis feeds, with what it takes besides."""

    test: Any
    arguments: tuple[object, ...] = ()

    def turns(self, start: int) -> Iterator[Turn]:
        """Goes of `BATCH` examples, seeded one by one from `start` on."""
        for number in count(start):
            yield partial(self._turn, number)

    def _turn(self, number: int) -> int:
        seed(number)(self.test)(*self.arguments)
        return BATCH


def _properties() -> dict[str, Drawn]:
    often = settings(
        max_examples=BATCH, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    found: dict[str, Drawn] = {}
    for name, (strategy, holds) in PROPERTIES.items():
        found[name] = Drawn(often(given(strategy)(holds)))
    for name, test in vars(properties).items():
        if name.startswith("test_"):
            found[_words(name)] = Drawn(often(test))
    for oracle in (oracles.TestGsmmodem, oracles.TestSmspdudecoder):
        whose = oracle.__name__.removeprefix("Test").lower()
        for name, test in vars(oracle).items():
            if name.startswith("test_"):
                found[f"{whose} {_words(name)}"] = Drawn(often(test), (oracle(),))
    return found


def _words(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


# ---- the wire ------------------------------------------------------------------------------------


def _wires(kind: str) -> Iterator[Wire]:
    return bad_wires(kind, noises=NOISE)


def _telling(kind: str) -> Callable[[int], Iterator[Turn]]:
    def turns(_start: int) -> Iterator[Turn]:
        for wire in _wires(kind):
            yield partial(_told, wire)

    return turns


def _losing(start: int) -> Iterator[Turn]:
    for number, losing in enumerate(cycle(LOSSES)):
        wire = Wire(losing=losing, seed=start + number, bad_for=5, piece=1 if number % 3 == 0 else None)
        yield partial(_told, wire)


def _told(wire: Wire) -> int:
    judge(tell(wire), wire)
    return 1


# ---- plugged out and in --------------------------------------------------------------------------


@contextmanager
def _plugged() -> Iterator[PtyModem]:
    network = Network(timers=Loop())
    with tempfile.TemporaryDirectory(prefix="aftercall-soak-") as folder:
        with PtyModem(Path(folder) / "modem", network) as modem:
            yield modem
        network.timers.stop()


def _plugging(_start: int) -> Iterator[Turn]:
    with _plugged() as modem:
        plug_cycle(modem, 0)
        before = descriptors(), threads()
        for number in count():
            yield partial(_replugged, modem, number, before)


def _replugged(modem: PtyModem, number: int, before: tuple[int, set[threading.Thread]]) -> int:
    plug_cycle(modem, number)
    assert (descriptors(), threads()) == before, "something stayed behind"
    return 1


# ---- the whole box -------------------------------------------------------------------------------


def _surveying(start: int) -> Iterator[Turn]:
    """A survey through the real worker, its modem failing at any byte and mended as the fault has it."""
    for number in count(start):
        at = random.Random(number).randrange(SURVEY_BYTES)
        yield partial(_surveyed, FAILINGS[number % len(FAILINGS)].format(at))


def _surveyed(fault: str) -> int:
    with tempfile.TemporaryDirectory(prefix="aftercall-soak-") as folder, boxed(Path(folder)) as box:
        box.answering(resident.answer)
        box.modem.faults.arm_text(fault)
        box.start(pace=QUICK)
        box.drop("calls.csv", [box.call(resident.RESIDENT)])
        box.wait(lambda: resident.is_over(box), f"the survey did not go on after {fault}", seconds=400)
        assert box.stop() == 0
        resident.judge(box)
    return 1
