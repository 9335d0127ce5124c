"""What becomes of a queue when the modem fails in the middle of it, counted at the simulated network.

A text is lost if it never left though the daemon no longer means to send it, or still meant to when the time
was up; duplicated if it left more than once; unknown if it is not there and the daemon says it cannot tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from appliance import clock
from benchmarks.contest import Entrant, Rig

TEXTS = 12
AFTER = 5
"""Texts that leave before the fault."""
NETWORK_TIME = 0.5
QUIET = 8.0
"""Seconds without a further text after which no more are expected."""
STORED = 60
SILENCE = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """`recovered` is seconds from the end of the fault to the next text through; None: not in time."""

    fault: str
    lost: int
    duplicated: int
    unknown: int
    recovered: float | None
    within: float


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that happens to a queue. `strike` makes it happen and returns what tells when it was over."""

    name: str
    within: float
    strike: Callable[[Rig], Callable[[], float | None]]
    in_quick: bool = False


def outcomes(folder: Path, entrant: Entrant, *, quick: bool) -> Iterator[Outcome]:
    """Every fault, each with a daemon and a modem of its own."""
    for place, fault in enumerate(FAULTS):
        if fault.in_quick or not quick:
            with Rig(folder / f"{entrant.name}-{place}", entrant) as rig:
                yield _sending(rig, fault)
    with Rig(folder / f"{entrant.name}-stored", entrant) as rig:
        yield _receiving(rig, 60.0 if quick else 120.0)


def _sending(rig: Rig, fault: Fault) -> Outcome:
    rig.network.network_time = NETWORK_TIME
    before = len(rig.left)
    over = fault.strike(rig)
    wanted = rig.queue(TEXTS)
    deadline = clock.monotonic() + fault.within
    rig.wait(lambda: over() is not None and rig.daemon.pending() == 0, fault.within)
    # A daemon that believes a text has not left sends it again some seconds later.
    quiet_since = clock.monotonic()
    while clock.monotonic() < min(deadline, quiet_since + QUIET):
        had = len(rig.left)
        if rig.wait(partial(rig.has_left, had + 1), 1.0):
            quiet_since = clock.monotonic()
    lost, duplicated, unknown = tally(
        wanted, [sent.recipient for _, sent in rig.left[before:]], rig.daemon.unknown()
    )
    seconds = recovered(over(), rig.tape.submits, rig.tape.results)
    return Outcome(fault.name, lost, duplicated, unknown, seconds, fault.within)


def tally(wanted: Sequence[str], left: Sequence[str], unknown: int) -> tuple[int, int, int]:
    """Lost, duplicated and unknown, from who was to get a text, who got one, and how many are unknown."""
    counts = Counter(left)
    missing = sum(1 for number in wanted if number not in counts)
    unknown = min(unknown, missing)
    return missing - unknown, sum(counts.values()) - len(counts), unknown


def recovered(over: float | None, submits: Sequence[float], results: Sequence[float]) -> float | None:
    """Seconds from `over` to the end of the first send begun after it."""
    begun = None if over is None else next((at for at in submits if at > over), None)
    if over is None or begun is None:
        return None
    return next((at - over for at in results if at > begun), None)


def _receiving(rig: Rig, within: float) -> Outcome:
    numbers = rig.numbers(STORED)
    began = clock.monotonic()
    for number in numbers:
        rig.network.receive(number, f"from {number}")
    in_time = rig.wait(lambda: {taken.sender for taken in rig.daemon.taken()} >= set(numbers), within)
    span = clock.monotonic() - began if in_time else None
    rig.rest(4)
    counts = Counter(taken.sender for taken in rig.daemon.taken())
    lost = sum(1 for number in numbers if number not in counts)
    twice = sum(counts[number] - 1 for number in numbers if number in counts)
    return Outcome(f"{STORED} texts into 20 places", lost, twice, 0, span, within)


# ---- the faults


def _unplug(rig: Rig) -> Callable[[], float | None]:
    """The worst moment: the text has left, its result has not come; back after two seconds."""
    back: list[float] = []
    rig.modem.on_plugged = lambda plugged: back.append(clock.monotonic()) if plugged else None
    rig.modem.faults.arm("unplug", when="pdu", after=AFTER, back=2.0)
    return lambda: back[0] if back else None


def _silence(rig: Rig) -> Callable[[], float | None]:
    began: list[float] = []

    def fall_silent() -> None:
        began.append(clock.monotonic())
        rig.modem.faults.arm("silence", seconds=SILENCE)

    _after(rig, fall_silent)
    return lambda: began[0] + SILENCE if began and clock.monotonic() > began[0] + SILENCE else None


def _kill(rig: Rig) -> Callable[[], float | None]:
    """kill -9 while a text is on its way; started again at once."""
    restarted: list[float] = []
    killed: list[bool] = []
    _after(rig, lambda: killed.append(True))

    def over() -> float | None:
        if killed and not restarted:
            rig.daemon.kill()
            rig.daemon.start()
            restarted.append(clock.monotonic())
        return restarted[0] if restarted else None

    return over


def _lost_result(rig: Rig) -> Callable[[], float | None]:
    at: list[float] = []
    _after(rig, lambda: at.append(clock.monotonic() + NETWORK_TIME))
    rig.modem.faults.arm("lost_result", times=1, after=AFTER)
    return lambda: at[0] if at else None


def _refusals(rig: Rig) -> Callable[[], float | None]:
    rig.modem.faults.arm("cms_error", code=500, times=3, after=AFTER)
    before = len(rig.tape.refusals)
    return lambda: rig.tape.refusals[before + 2] if len(rig.tape.refusals) > before + 2 else None


def _after(rig: Rig, act: Callable[[], object]) -> None:
    """Does it on the simulator's thread, as the text after `AFTER` leaves."""
    sent_before, tell = len(rig.left), rig.network.on_sent

    def on_sent(sent: object) -> None:
        assert tell is not None
        tell(sent)  # type: ignore[arg-type]
        if len(rig.left) == sent_before + AFTER + 1:
            act()

    rig.network.on_sent = on_sent


FAULTS = (
    Fault("unplugged in mid-queue", 200.0, _unplug),
    Fault("60 s of silence", SILENCE + 180.0, _silence),
    Fault("kill -9 in mid-queue", 90.0, _kill, in_quick=True),
    Fault("a lost final result", 240.0, _lost_result),
    Fault("3 x +CMS ERROR: 500", 120.0, _refusals),
)
