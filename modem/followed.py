"""A ByteStream that notices when its name leads elsewhere: the device behind it has gone, and may not say so.

After an unplug some ports give an error, others nothing for ever; meanwhile the stick may be back under
another number, which a dead port that is held open does not prevent on every kernel.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from modem.errors import PortLost
from modem.stream import ByteStream

LOOK_EVERY = 1.0


class FollowedStream:
    """Passes everything through; a wait is cut into seconds, each ending in a look at where `path` leads."""

    def __init__(self, stream: ByteStream, path: str, monotonic: Callable[[], float]) -> None:
        self._stream = stream
        self._path = path
        self._monotonic = monotonic
        self._node = _node(path)
        self._looked_at = monotonic()
        self._is_interrupted = False

    def read(self, timeout: float) -> bytes:
        until = self._monotonic() + timeout
        while True:
            left = until - self._monotonic()
            step = min(max(left, 0.0), LOOK_EVERY)
            data = self._stream.read(step)
            # Noted apart: an interrupt at the end of a second looks like the end of the second.
            was_interrupted, self._is_interrupted = self._is_interrupted, False
            self._look()
            if data or left <= LOOK_EVERY or was_interrupted:
                return data

    def write(self, data: bytes) -> None:
        self._stream.write(data)

    def interrupt(self) -> None:
        self._is_interrupted = True
        self._stream.interrupt()

    def close(self) -> None:
        self._stream.close()

    def _look(self) -> None:
        now = self._monotonic()
        if now - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = now
        if self._node is not None and _node(self._path) != self._node:
            self.close()
            raise PortLost(f"{self._path} leads elsewhere now: the modem was unplugged or has reset itself.")


def _node(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_rdev, found.st_ino)
