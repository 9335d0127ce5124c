"""One modem's recovery ladder with what it remembers, and its rungs carried out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from appliance import clock
from appliance.store import database, equipment
from modem import ladder_memory, ladder_words
from modem.rungs import RADIO, Outcome, Pace, Rung
from modem.supervisor import Event, Order, State, Supervisor

log = logging.getLogger(__name__)


class Recovery:
    """The supervisor of one `[[modem]]`, whose memory belongs to the modem's IMEI."""

    def __init__(self, name: str, pace: Pace | None = None) -> None:
        self._name = name
        self._supervisor = Supervisor(clock.monotonic(), pace)
        self._imei = ""

    @property
    def state(self) -> State:
        return self._supervisor.state

    def recall(self, imei: str) -> None:
        """At the start: what is remembered of the modem that belongs here."""
        self._take_up(imei)

    def met(self, imei: str) -> None:
        """A modem came up; another one than before has a ladder of its own."""
        if imei and imei != self._imei:
            if self._imei:
                self._supervisor = Supervisor(clock.monotonic(), self._supervisor.pace)
                self._supervisor.heard(Event.OPENED, clock.monotonic())
            self._take_up(imei)

    def heard(self, event: Event) -> None:
        """Tells the ladder what was seen."""
        if self._supervisor.heard(event, clock.monotonic()):
            self._store()

    def order(self) -> Order:
        """What is to be done next, and from when on."""
        return self._supervisor.order(clock.monotonic())

    def climb(self, rung: Rung, carry_out: Callable[[], Outcome]) -> None:
        """Carries out a rung, counted and stored before it begins; what it raises goes up."""
        log.warning("modem %s: trying %s", self._name, rung)
        self._supervisor.begin(rung, clock.monotonic())
        self._keep(rung)
        outcome = Outcome.UNSURE
        try:
            outcome = carry_out()
        finally:
            self._supervisor.end(rung, outcome, clock.monotonic())
            self._keep(rung)

    def told(self) -> Mapping[str, object]:
        """For the screen: the last rung in a sentence, and how often each was tried."""
        ladder = self._supervisor.ladder
        now, pace = clock.monotonic(), self._supervisor.pace
        return {
            "rung_sentence": ladder_words.sentence(ladder, now, pace),
            "resets": {str(rung): record.tried for rung, record in ladder.records.items() if record.tried},
        }

    def _take_up(self, imei: str) -> None:
        self._imei = imei
        now = clock.monotonic()
        self._supervisor.ladder = ladder_memory.recalled(
            self._supervisor.ladder, equipment.ladder(imei), now, clock.now()
        )

    def _keep(self, rung: Rung) -> None:
        # What costs no attach is forgotten with the process: an outage must not write every few seconds.
        if rung in RADIO or rung is Rung.PERSON:
            self._store()

    def _store(self) -> None:
        text = ladder_memory.kept(self._supervisor.ladder, clock.monotonic(), clock.now())
        with database.transaction(leaves_work=False):
            equipment.remember_ladder(self._imei, text, clock.now())
