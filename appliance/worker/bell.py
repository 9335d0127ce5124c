"""A bell wakes a loop: rung when there may be something to do, never carrying what it is."""

from __future__ import annotations

import threading


class Bell:
    """Rung from any thread, heard by one loop. Rings between two waits are one ring."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.listener: threading.Thread | None = None

    def ring(self) -> None:
        """Wakes the loop, unless it is the loop itself that rings: what it did it has seen."""
        if threading.current_thread() is not self.listener:
            self._event.set()

    def wait(self, timeout: float | None) -> bool:
        """Waits for a ring, at most `timeout` seconds; says whether there was one."""
        self.listener = threading.current_thread()
        rung = self._event.wait(timeout)
        self._event.clear()
        return rung
