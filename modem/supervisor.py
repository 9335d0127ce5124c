"""The recovery ladder: what is to be done next about one modem, decided from what was seen of it so far.

Pure: no port, no clock. `now` is seconds on one monotonic clock. The owner of the modem tells what it
sees (`heard`), asks what to do (`order`), and tells of each rung when it begins and how it ended.
`modem.ladder_memory` carries the ladder over a restart, `modem.ladder_words` says it in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from modem.rungs import (
    CHEAP,
    DAY,
    RADIO,
    Attach,
    Outcome,
    Pace,
    Record,
    Rung,
    radio_allowed_at,
    within,
)


class State(StrEnum):
    ABSENT = "absent"  # no port
    HELD = "held"  # another program has the port
    STARTING = "starting"  # open, not brought up yet
    WORKING = "working"
    DOUBTFUL = "doubtful"  # heartbeats were missed, fewer than it takes
    SEARCHING = "searching"  # answers, but has no network
    CLIMBING = "climbing"  # does not answer, or cannot be set up
    PARKED = "parked"  # the SIM needs a person; nothing is reset for that


class Event(StrEnum):
    MISSING = "missing"  # PortMissing at the opening
    BUSY = "busy"  # PortBusy at the opening
    LOST = "lost"  # PortLost, at any time
    OPENED = "opened"  # the port is open, and it is the device that was there before
    NEW_PORT = "new_port"  # the port is open, and the device was enumerated anew
    READY = "ready"  # the bring-up succeeded
    NOT_READY = "not_ready"  # the bring-up raised NotReady: SIM or PIN
    REFUSED = "refused"  # the modem answers, but refuses or forgets its set-up
    MISSED = "missed"  # a heartbeat had no answer
    MUTE = "mute"  # another command had none, or the bring-up
    HUNG = "hung"  # the port was lost again and again, yet the device is there; never told, inferred
    HEALTHY = "healthy"  # a heartbeat was answered, and there is a network
    NO_NETWORK = "no_network"  # a heartbeat was answered, and there is none


class Trouble(StrEnum):
    ABSENT = "absent"
    HELD = "held"
    SIM = "sim"
    REFUSES = "refuses"
    MUTE = "mute"
    NO_NETWORK = "no_network"


NEXT: Mapping[State, Mapping[Event, State]] = {
    state: {
        Event.MISSING: State.ABSENT,
        Event.BUSY: State.HELD,
        Event.LOST: State.ABSENT,
        Event.OPENED: State.STARTING,
        Event.NEW_PORT: State.STARTING,
        Event.READY: State.WORKING,
        Event.NOT_READY: State.PARKED,
        Event.REFUSED: State.CLIMBING,
        Event.MISSED: unanswered,
        Event.MUTE: State.CLIMBING if is_open else state,
        Event.HUNG: State.CLIMBING,
        Event.HEALTHY: State.WORKING,
        Event.NO_NETWORK: State.SEARCHING,
    }
    for state, unanswered, is_open in (
        (State.ABSENT, State.ABSENT, False),
        (State.HELD, State.HELD, False),
        (State.STARTING, State.STARTING, True),
        (State.WORKING, State.DOUBTFUL, True),
        (State.DOUBTFUL, State.DOUBTFUL, True),
        (State.SEARCHING, State.DOUBTFUL, True),
        (State.CLIMBING, State.CLIMBING, True),
        (State.PARKED, State.PARKED, False),
    )
}
"""What an event means is settled first: the third heartbeat missed in a row is looked up as MUTE."""

TROUBLE_OF: Mapping[Event, Trouble] = {
    Event.MISSING: Trouble.ABSENT,
    Event.BUSY: Trouble.HELD,
    Event.LOST: Trouble.ABSENT,
    Event.NOT_READY: Trouble.SIM,
    Event.REFUSED: Trouble.REFUSES,
    Event.MUTE: Trouble.MUTE,
    Event.HUNG: Trouble.MUTE,
    Event.NO_NETWORK: Trouble.NO_NETWORK,
}

RUNGS_FOR: Mapping[Trouble, tuple[Rung, ...]] = {
    Trouble.MUTE: tuple(rung for rung in Rung if rung is not Rung.PERSON),
    Trouble.REFUSES: tuple(rung for rung in Rung if rung not in (Rung.RESYNC, Rung.PERSON)),
    # Off the bus and back changes nothing about the radio; a cold start may.
    Trouble.NO_NETWORK: (Rung.RADIO_CYCLE, Rung.RESTART, Rung.HUB_POWER),
}
"""What is tried against which trouble. A SIM, a missing or a busy port is no reason to reset anything."""


class Act(StrEnum):
    LOOK = "look"  # open the port, close it before if it is open
    BRING_UP = "bring_up"
    HEARTBEAT = "heartbeat"
    CLIMB = "climb"  # carry out `rung`


@dataclass(frozen=True, slots=True)
class Order:
    """What to do next, and not before `at`; a text that waits may be sent meanwhile where the modem works."""

    act: Act
    at: float
    rung: Rung | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """All that is known of one modem's health.

    `misses` are heartbeats missed in a row, `falls` losses of a port whose device stayed, `looks` at a
    SIM in vain. `tried` are the rungs tried since all of them were, or since the last ten minutes of
    health, `series` the attaches since that health, `attaches` those of the last day.
    """

    heard_at: float
    state: State = State.ABSENT
    trouble: Trouble | None = None
    misses: int = 0
    falls: int = 0
    looks: int = 0
    enumerated_at: float | None = None
    healthy_since: float | None = None
    unhealthy_since: float | None = None
    no_network_since: float | None = None
    tried: frozenset[Rung] = frozenset()
    impossible: frozenset[Rung] = frozenset()
    series: int = 0
    attaches: tuple[Attach, ...] = ()
    records: Mapping[Rung, Record] = field(default_factory=lambda: MappingProxyType({}))
    last: Rung | None = None
    """The rung tried last against the present trouble."""
    needs_person: bool = False

    def record(self, rung: Rung) -> Record:
        return self.records.get(rung, Record())


# ---- what was seen -----------------------------------------------------------------------------------


def heard(ladder: Ladder, event: Event, now: float, pace: Pace) -> Ladder:
    """The ladder after an event."""
    event = _meaning(ladder, event, pace)
    after = replace(
        ladder,
        heard_at=now,
        state=NEXT[ladder.state][event],
        trouble=TROUBLE_OF.get(event, ladder.trouble),
        misses=ladder.misses + 1 if event is Event.MISSED else 0,
        falls=ladder.falls + (event is Event.LOST),
    )
    if event in (Event.MISSING, Event.NEW_PORT, Event.READY):
        after = replace(after, falls=0)
    if event in TROUBLE_OF:
        return _troubled(after, event, now)
    if event is Event.NEW_PORT:
        # What was tried on the port before says nothing of this one.
        return replace(after, enumerated_at=now, tried=after.tried - CHEAP, looks=0)
    return _healthy(after, now, pace) if event is Event.HEALTHY else after


def _meaning(ladder: Ladder, event: Event, pace: Pace) -> Event:
    if event is Event.MISSED and ladder.misses + 1 >= pace.misses:
        return Event.MUTE
    # A port that takes no bytes is lost like one that was pulled; only that its device never went.
    if event is Event.OPENED and ladder.state is State.ABSENT and ladder.falls >= pace.falls:
        return Event.HUNG
    return event


def _troubled(ladder: Ladder, event: Event, now: float) -> Ladder:
    searching = event is Event.NO_NETWORK
    return replace(
        _helped(ladder) if searching and ladder.last in CHEAP else ladder,
        healthy_since=None,
        unhealthy_since=_first(ladder.unhealthy_since, now),
        no_network_since=_first(ladder.no_network_since, now) if searching else None,
        looks=ladder.looks + 1 if event is Event.NOT_READY else ladder.looks,
    )


def _healthy(ladder: Ladder, now: float, pace: Pace) -> Ladder:
    since = _first(ladder.healthy_since, now)
    after = replace(_helped(ladder), trouble=None, looks=0, healthy_since=since, no_network_since=None)
    if now - since < pace.healthy_for:
        return after
    return Ladder(
        heard_at=now,
        state=after.state,
        enumerated_at=after.enumerated_at,
        healthy_since=since,
        attaches=within(after.attaches, DAY, now),
        records=after.records,
    )


def _helped(ladder: Ladder) -> Ladder:
    if ladder.last is None:
        return ladder
    record = ladder.record(ladder.last)
    return replace(_recorded(ladder, ladder.last, replace(record, helped=record.helped + 1)), last=None)


def _recorded(ladder: Ladder, rung: Rung, record: Record) -> Ladder:
    return replace(ladder, records=MappingProxyType({**ladder.records, rung: record}))


def _first(since: float | None, now: float) -> float:
    return now if since is None else since


# ---- what is to be done ------------------------------------------------------------------------------


def order(ladder: Ladder, now: float, pace: Pace) -> Order:
    """The next act. After each the owner tells what it saw, and asks again."""
    if _person_is_due(ladder, now, pace):
        return Order(Act.CLIMB, now, Rung.PERSON)
    waits = {
        State.ABSENT: (Act.LOOK, pace.missing_every),
        State.HELD: (Act.LOOK, pace.busy_every),
        State.PARKED: (Act.LOOK, pace.parked_every[min(ladder.looks, len(pace.parked_every)) - 1]),
        State.STARTING: (Act.BRING_UP, 0.0),
        State.WORKING: (Act.HEARTBEAT, pace.heartbeat_every),
        State.SEARCHING: (Act.HEARTBEAT, pace.heartbeat_every),
        State.DOUBTFUL: (Act.HEARTBEAT, pace.heartbeat_again),
        State.CLIMBING: (Act.LOOK, 0.0),
    }
    act, wait = waits[ladder.state]
    usual = Order(act, ladder.heard_at + wait)
    rung = upcoming(ladder, now, pace)
    if rung is None:
        return usual
    if ladder.state is State.SEARCHING:
        return rung if rung.at <= usual.at else usual
    if rung.at - now > pace.cheap_every:
        return Order(Act.CLIMB, _again_at(ladder, Rung.REOPEN, now, pace), Rung.REOPEN)
    return rung


def upcoming(ladder: Ladder, now: float, pace: Pace) -> Order | None:
    """The next rung that was not tried yet, and from when on it may be; None where none is called for."""
    if ladder.state not in (State.CLIMBING, State.SEARCHING) or not _rungs(ladder):
        return None
    rung = next(iter(_left(ladder)), Rung.PERSON)
    at = _radio_at(ladder, now, pace) if rung in RADIO else _again_at(ladder, rung, now, pace)
    if ladder.state is State.SEARCHING:
        at = max(at, _searched_long_at(ladder, now, pace))
    return Order(Act.CLIMB, at, rung)


def _person_is_due(ladder: Ladder, now: float, pace: Pace) -> bool:
    since = ladder.unhealthy_since
    if since is None or ladder.needs_person or ladder.state in (State.WORKING, State.DOUBTFUL):
        return False
    return now - since >= pace.person_after


def _again_at(ladder: Ladder, rung: Rung, now: float, pace: Pace) -> float:
    last = ladder.record(rung).at
    return now if last is None else max(now, last + pace.cheap_every)


def _radio_at(ladder: Ladder, now: float, pace: Pace) -> float:
    at = max(now, radio_allowed_at(ladder.attaches, ladder.series, now, pace))
    return at if ladder.enumerated_at is None else max(at, ladder.enumerated_at + pace.fresh_for)


def _searched_long_at(ladder: Ladder, now: float, pace: Pace) -> float:
    """Since the network was lost, and since the last rung, a modem gets the same time to find one."""
    since = _first(ladder.no_network_since, now)
    return max([since, *(attach.at for attach in ladder.attaches)]) + pace.no_network_for


def _rungs(ladder: Ladder) -> tuple[Rung, ...]:
    return RUNGS_FOR.get(ladder.trouble, ()) if ladder.trouble is not None else ()


def _left(ladder: Ladder) -> list[Rung]:
    return [rung for rung in _rungs(ladder) if rung not in ladder.tried | ladder.impossible]


# ---- rungs -------------------------------------------------------------------------------------------


def begun(ladder: Ladder, rung: Rung, now: float) -> Ladder:
    """Counts a rung before it is carried out: what a crash interrupts was tried, and may have been done."""
    record = ladder.record(rung)
    after = _recorded(ladder, rung, replace(record, tried=record.tried + 1, at=now, outcome=Outcome.UNSURE))
    if rung is Rung.PERSON:
        all_tried = bool(_rungs(ladder)) and not _left(ladder)
        # Then from the bottom again, without end; the spacing of the radio goes on as it was.
        return replace(after, tried=frozenset() if all_tried else ladder.tried, needs_person=True)
    if rung in RADIO:
        attaches = (*within(after.attaches, DAY, now), Attach(rung, now))
        after = replace(after, attaches=attaches, series=after.series + 1)
    # A cheap one repeated while a dear one waits takes no credit from what came before it.
    last = rung if rung not in ladder.tried or ladder.last is None else ladder.last
    return replace(after, tried=after.tried | {rung}, last=last)


def ended(ladder: Ladder, rung: Rung, outcome: Outcome, now: float) -> Ladder:
    """What became of the rung that was begun last; one that never reached the radio costs no attach."""
    record = ladder.record(rung)
    took = 0.0 if record.at is None else now - record.at
    after = _recorded(ladder, rung, replace(record, outcome=outcome, seconds=took))
    if outcome is Outcome.IMPOSSIBLE:
        after = replace(after, impossible=after.impossible | {rung})
    if rung in RADIO and outcome in (Outcome.NOT_DONE, Outcome.IMPOSSIBLE):
        kept = tuple(a for a in after.attaches if (a.rung, a.at) != (rung, record.at))
        after = replace(after, attaches=kept, series=max(0, after.series - 1))
    return after


def _lasting(ladder: Ladder) -> tuple[object, ...]:
    return ladder.series, ladder.needs_person, ladder.impossible, ladder.tried - CHEAP


class Supervisor:
    """The ladder of one modem, for its owner's loop."""

    def __init__(self, now: float, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self.ladder = Ladder(heard_at=now - self.pace.missing_every)

    @property
    def state(self) -> State:
        return self.ladder.state

    @property
    def needs_person(self) -> bool:
        """True from the alarm until the modem has been healthy for ten minutes."""
        return self.ladder.needs_person

    def heard(self, event: Event, now: float) -> bool:
        """True where what `ladder_memory.kept` gives must be stored anew: the end of a climb."""
        before, self.ladder = self.ladder, heard(self.ladder, event, now, self.pace)
        return _lasting(before) != _lasting(self.ladder)

    def order(self, now: float) -> Order:
        return order(self.ladder, now, self.pace)

    def begin(self, rung: Rung, now: float) -> None:
        """To be called, and what `ladder_memory.kept` gives to be stored, before a rung is carried out."""
        self.ladder = begun(self.ladder, rung, now)

    def end(self, rung: Rung, outcome: Outcome, now: float) -> None:
        self.ladder = ended(self.ladder, rung, outcome, now)
