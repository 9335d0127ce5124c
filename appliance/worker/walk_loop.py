"""The loop of the steps that need no device: DECIDE and ANSWER, when rung and when something is due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection

from appliance import clock
from appliance.config import Config
from appliance.flow import conversation, planning, reception
from appliance.store import database
from appliance.upkeep import alerts
from appliance.worker.bell import Bell

LONGEST_WAIT = 60.0

log = logging.getLogger(__name__)


class WalkLoop:
    """One thread that plans and converses; `progress` is the monotonic second of its last round."""

    def __init__(self, config: Config, stop: threading.Event, hearing: Callable[[], Collection[str]]) -> None:
        self._config = config
        self._stop = stop
        self._hearing = hearing
        self.bell = Bell()
        self.progress = clock.monotonic()
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name="walk", daemon=True)

    def _run(self) -> None:
        try:
            with database.connection():
                while not self._stop.is_set():
                    self._round()
                    self.progress = clock.monotonic()
                    self.bell.wait(self._seconds_to_next())
        except BaseException as error:
            self.failure = error
            raise

    def _round(self) -> None:
        now = clock.now()
        reception.join_late(self._config, now)
        decided = planning.plan(self._config, now)
        answered = conversation.advance(self._config, clock.now(), self._hearing())
        alerted = alerts.alert_on_call(self._config, clock.now())
        if decided or answered or alerted:
            log.info("decided %d events, read %d replies, alerted %d", decided, answered, alerted)

    def _seconds_to_next(self) -> float:
        found = (planning.next_due(), conversation.next_due(), alerts.next_due(clock.now()))
        due = [at for at in found if at is not None]
        if not due:
            return LONGEST_WAIT
        wait = (min(due) - clock.now()) / 1000
        # An event that waits for a switch is due already; the bell rings when the switch is turned.
        return min(LONGEST_WAIT, wait) if wait > 0 else 1.0
