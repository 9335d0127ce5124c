"""ByteStream: what a serial port, a trace and the simulator all meet."""

from __future__ import annotations

from typing import Protocol


class ByteStream(Protocol):
    """A two-way stream of bytes to one modem, owned by one thread."""

    def read(self, timeout: float) -> bytes:
        """Whatever has arrived, waiting at most `timeout` seconds for the first byte.

        Returns b"" on timeout or after `interrupt`. Raises `modem.errors.PortLost` at once when the
        device has gone (EIO, ENODEV, or readable with nothing to read): an unplug must wake the waiter.
        """
        ...

    def write(self, data: bytes) -> None:
        """All of `data`, or `modem.errors.PortLost`."""
        ...

    def interrupt(self) -> None:
        """Makes a `read` that is waiting in another thread return b"" now. Safe from any thread."""
        ...

    def close(self) -> None:
        """Lets the device go at once; a dead port held open comes back under another name."""
        ...
