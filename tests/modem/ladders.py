"""A ladder in a known place, and a modem that has fallen silent with an owner who obeys the ladder."""

from __future__ import annotations

from dataclasses import dataclass, field

from modem.rungs import RADIO, Outcome, Pace, Rung
from modem.supervisor import Act, Event, Order, State, Supervisor

PACE = Pace()
NOW = 1000.0
WALL = 1_790_000_000_000
MINUTE = 60.0
BOTTOM = list(Rung)[:3]


def working(pace: Pace = PACE) -> Supervisor:
    supervisor = Supervisor(NOW, pace)
    for event in (Event.OPENED, Event.READY, Event.HEALTHY):
        supervisor.heard(event, NOW)
    return supervisor


def tried(
    supervisor: Supervisor, *rungs: Rung, at: float = NOW, outcome: Outcome = Outcome.DONE
) -> Supervisor:
    for rung in rungs:
        supervisor.begin(rung, at)
        supervisor.end(rung, outcome, at)
    return supervisor


TAKES = {
    Act.LOOK: 0.1,
    Act.BRING_UP: 10.5,  # the greeting gives up after 10 s
    Act.HEARTBEAT: 7.0,
    Rung.RESYNC: 7.0,
    Rung.REOPEN: 0.1,
    Rung.REINIT: 10.5,
    Rung.RADIO_CYCLE: 9.0,
    Rung.RESTART: 5.0,
    Rung.USB_AUTHORISE: 3.0,
    Rung.HUB_POWER: 3.0,
    Rung.PERSON: 0.0,
}
"""Seconds an act takes at most on a modem that says nothing."""


@dataclass
class MuteModem:
    """A modem that has fallen silent, its owner, and time; the rung `cured_by` ends it."""

    cured_by: Rung | None
    boots_for: float = 0.0
    """Seconds without a port after a rung that restarts it; 0: the port stays."""
    cannot: frozenset[Rung] = frozenset()
    pace: Pace = PACE
    now: float = NOW
    climbed: list[tuple[Rung, float]] = field(default_factory=list)
    cured: bool = False
    gone_until: float | None = None

    def __post_init__(self) -> None:
        self.supervisor = working(self.pace)

    def run(self, seconds: float) -> float | None:
        """Seconds after which the modem was healthy again, or None."""
        until = self.now + seconds
        while self.now < until:
            order = self.supervisor.order(self.now)
            assert order.at >= self.now or order.act is not Act.CLIMB
            self.now = max(self.now, order.at)
            self.act(order)
            if self.cured and self.supervisor.state is State.WORKING:
                return self.now - NOW
        return None

    def act(self, order: Order) -> None:
        if order.act is Act.CLIMB:
            assert order.rung is not None
            self.climb(order.rung)
        elif order.act is Act.LOOK:
            self.open()
        else:
            self.now += 1.0 if self.cured else TAKES[order.act]
            self.supervisor.heard(self.answer(order.act), self.now)

    def answer(self, act: Act) -> Event:
        if self.cured:
            return Event.HEALTHY if act is Act.HEARTBEAT else Event.READY
        return Event.MISSED if act is Act.HEARTBEAT else Event.MUTE

    def climb(self, rung: Rung) -> None:
        self.climbed.append((rung, self.now - NOW))
        self.supervisor.begin(rung, self.now)
        self.now += TAKES[rung]
        # Nobody knows whether a mute modem obeys; so its attach counts.
        outcome = Outcome.DONE if rung in (self.cured_by, Rung.REOPEN) else Outcome.UNSURE
        self.supervisor.end(rung, Outcome.IMPOSSIBLE if rung in self.cannot else outcome, self.now)
        self.cured = self.cured or rung is self.cured_by
        if rung is Rung.PERSON:
            return
        if rung in RADIO - self.cannot - {Rung.RADIO_CYCLE} and self.boots_for:
            self.gone_until = self.now + self.boots_for
            self.supervisor.heard(Event.LOST, self.now)
        elif rung is Rung.RESYNC:
            self.supervisor.heard(Event.HEALTHY if self.cured else Event.MUTE, self.now)
        elif rung is Rung.REOPEN:
            self.open()
        else:
            self.supervisor.heard(Event.READY if self.cured else Event.MUTE, self.now)

    def open(self) -> None:
        self.now += TAKES[Act.LOOK]
        if self.gone_until is None:
            self.supervisor.heard(Event.OPENED, self.now)
        elif self.now < self.gone_until:
            self.supervisor.heard(Event.MISSING, self.now)
        else:
            self.gone_until = None
            self.supervisor.heard(Event.NEW_PORT, self.now)
