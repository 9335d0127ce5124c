"""Holds sending while nobody knows what time it is, and says so; receiving goes on."""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from appliance import clock
from appliance.clock import Instant
from appliance.domain import clock_trust
from appliance.domain.clock_trust import Doubt, Signals
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, database, heartbeats, switches

SERVICES = (
    "/run/systemd/timesync",
    "/run/chrony",
    "/run/chronyd.pid",
    "/run/ntpd.pid",
    "/run/ntpsec",
    "/run/openntpd.pid",
)
"""What a time service that runs leaves under /run."""

_STA_UNSYNC = 0x0040
_STATUS_WORD = 5
"""`status` of struct timex on Linux, in machine words: after modes, offset, freq, maxerror and esterror."""

log = logging.getLogger(__name__)


def has_service() -> bool:
    """Whether a time service runs on this machine."""
    return any(Path(path).exists() for path in SERVICES)


def is_synchronised() -> bool:
    """Whether the kernel calls the clock synchronised (adjtimex(2), STA_UNSYNC)."""
    words = (ctypes.c_long * 64)()
    if ctypes.CDLL(None, use_errno=True).adjtimex(words) < 0:
        return False
    status = ctypes.cast(ctypes.byref(words, _STATUS_WORD * ctypes.sizeof(ctypes.c_long)), _IntPointer)
    return not status[0] & _STA_UNSYNC


_IntPointer = ctypes.POINTER(ctypes.c_int)


class ClockWatch:
    """Looks at the clock once a second; writes only when a doubt begins or ends."""

    def __init__(
        self,
        has_service: Callable[[], bool] = has_service,
        is_synchronised: Callable[[], bool] = is_synchronised,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._has_service = has_service
        self._is_synchronised = is_synchronised
        self._monotonic = monotonic
        self._newest: Instant | None = None
        self._synchronised_since: float | None = None
        self._overruled: Doubt | None = None
        self._looking = threading.Lock()  # the tick and the watcher both look

    def start(self, now: Instant) -> None:
        """Remembers the latest instant this box wrote: a clock that lies behind it lost its time."""
        self._newest = heartbeats.newest()
        self.look(now)

    def look(self, now: Instant, step: int = 0) -> None:
        """Takes up or gives up a doubt; `step` is by how many milliseconds the clock was just set."""
        with self._looking:
            self._look(now, step)

    def _look(self, now: Instant, step: int) -> None:
        signals = self._signals(now, step)
        found = clock_trust.doubt(signals)
        stop = switches.clock_stop()
        if stop is None:
            self._begin(found, now)
            return
        doubted = Doubt(stop.reason)
        if found is Doubt.STEPPED and doubted is not Doubt.STEPPED:
            self._hold(found, now)
        elif clock_trust.is_over(doubted, signals):
            log.info("the clock is trusted again")
            with database.transaction():
                switches.trust_clock("clock", now)
                alarms.clear("clock", "box", now)

    def _begin(self, found: Doubt | None, now: Instant) -> None:
        if found is None:
            self._overruled = None
        elif found is not self._overruled:
            self._hold(found, now)
            # Where a person then says that the clock is right, the same doubt is not taken up again.
            self._overruled = None if found is Doubt.STEPPED else found

    def _hold(self, found: Doubt, now: Instant) -> None:
        sentence = clock_trust.SENTENCES[found]
        log.error("sending waits: %s", sentence)
        with database.transaction():
            switches.stop_for_clock(found.value, now)
            details = {"sentence": sentence[:1].upper() + sentence[1:] + ". Set it right, then release"}
            alarms.raise_alarm("clock", AlarmLevel.AMBER, "box", now, details=details)

    def _signals(self, now: Instant, step: int) -> Signals:
        synchronised = self._is_synchronised()
        moment = self._monotonic()
        if not synchronised or step:
            self._synchronised_since = None
        elif self._synchronised_since is None:
            self._synchronised_since = moment
        since = self._synchronised_since
        return Signals(
            now=now,
            newest=self._newest,
            step=step,
            has_service=self._has_service(),
            is_synchronised=synchronised,
            synchronised_for=0 if since is None else int((moment - since) * 1000),
        )
