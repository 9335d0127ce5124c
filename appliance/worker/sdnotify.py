"""What systemd is told: ready, alive, stopping (sd_notify(3)); without systemd nothing happens."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> bool:
    """Sends `READY=1`, `WATCHDOG=1`, `STOPPING=1` or a `STATUS=` line; False when nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as link:
        link.connect(address)
        link.sendall(state.encode())
    return True


def watchdog_interval() -> float | None:
    """Seconds between two signs of life: half of what systemd allows; None when it does not watch."""
    microseconds = os.environ.get("WATCHDOG_USEC")
    return int(microseconds) / 2_000_000 if microseconds else None
