"""Several modems by name: which can send now, with which SIM, and since when one cannot."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """One modem as the others may count on it; `since` is when `can_send` last changed (ms)."""

    name: str
    sim: str | None
    can_send: bool
    since: int


class Pool:
    """What each modem's own thread last said of it. Every method is safe from any thread."""

    def __init__(self, names: tuple[str, ...], now: int) -> None:
        self._lock = threading.Lock()
        self._standings = {name: Standing(name, None, False, now) for name in names}

    def say(self, name: str, sim: str | None, can_send: bool, now: int) -> bool:
        """Notes how a modem is; a SIM once seen stays known while the modem is away. True on a change."""
        with self._lock:
            before = self._standings[name]
            since = before.since if before.can_send is can_send else now
            after = Standing(name, sim or before.sim, can_send, since)
            self._standings[name] = after
            return after != before

    def standings(self) -> tuple[Standing, ...]:
        """All of them, in the order of the config."""
        with self._lock:
            return tuple(self._standings.values())

    def able(self) -> frozenset[str]:
        """The SIMs whose modems can send now."""
        return frozenset(each.sim for each in self.standings() if each.can_send and each.sim)
