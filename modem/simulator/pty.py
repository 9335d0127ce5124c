"""Serves a simulated modem on a pseudo-terminal under a name that stays, as a USB modem's does."""

from __future__ import annotations

import fcntl
import os
import selectors
import termios
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from modem.simulator.faults import Faults
from modem.simulator.modem import ModemOptions, SimulatedModem
from modem.simulator.network import Network
from modem.simulator.timers import Loop

OUTPUT_LIMIT = 64 * 1024
"""Bytes kept for a program that does not read; what is said beyond them is lost, as on a real port."""


class PtyModem:
    """A modem at `link`, a symlink to the slave side of a pty; a context manager, or `start` and `stop`.

    `options` are those of `ModemOptions`. Its network must run on a Loop, which `start` starts. One end
    of the slave side stays open here, so that a program killed in the middle of anything may open the
    port again and finds the modem as it left it; an unplug closes everything, and the program sees the
    port hang up. Every public method is safe from any thread and has taken effect when it returns.
    """

    def __init__(
        self,
        link: Path,
        network: Network,
        **options: Unpack[ModemOptions],
    ) -> None:
        if not isinstance(network.timers, Loop):
            raise TypeError("a pty needs a network that runs on a Loop")
        self.link = link
        self.network = network
        self.modem = SimulatedModem(network, self._write, **options)
        self.modem.on_vanish = self._vanish
        self._loop = network.timers
        self._master: int | None = None
        self._slave: int | None = None
        self._device = ""
        self._output = bytearray()
        self._plugs = 0
        self.on_plugged: Callable[[bool], None] | None = None
        """Called with True when the port has come, False when it has gone; on the simulator's thread."""
        self.on_traffic: Callable[[bool, bytes], None] | None = None
        """Called with True and what the program wrote before the modem gets it, or with False and what the
        modem says as it goes to the port; on the simulator's thread."""

    @property
    def number(self) -> str:
        """The SIM's own number."""
        return self.modem.number

    @property
    def faults(self) -> Faults:
        """The faults of this modem, to arm and disarm."""
        return self.modem.faults

    @property
    def is_plugged(self) -> bool:
        """Whether the port is there to be opened."""
        return self._master is not None

    def start(self) -> None:
        """Makes the port; raises OSError when the link cannot be placed."""
        self._loop.start()
        self._on_loop(self._plug)

    def stop(self) -> None:
        """Takes the port away for good; the network runs on until its Loop is stopped."""
        self._on_loop(self._unplug)

    def unplug(self, *, back: float = 0.0) -> None:
        """Pulls the modem out; with `back` it returns so many seconds later, under the same link."""
        self._on_loop(lambda: self._vanish(back))

    def replug(self) -> None:
        """Plugs it in again: a new pty under the same link, a modem with its default settings."""
        self._on_loop(self._plug)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- on the simulator's thread

    def _on_loop(self, action: Callable[[], object]) -> None:
        failed: list[OSError] = []

        def run() -> None:
            try:
                action()
            except OSError as error:
                failed.append(error)

        self._loop.call(run)
        if failed:
            raise failed[0]

    def _plug(self) -> None:
        if self._master is not None:
            return
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._device = os.ttyname(slave)
        place_link(self.link, self._device)
        self._master, self._slave = master, slave
        self._output.clear()
        self._plugs += 1
        self._loop.watch(master, selectors.EVENT_READ, self._ready)
        self.modem.power_on()
        self.network.changed()
        if self.on_plugged is not None:
            self.on_plugged(True)

    def _unplug(self) -> None:
        if self._master is None or self._slave is None:
            return
        self.modem.power_off()
        self._loop.unwatch(self._master)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = None
        self._plugs += 1
        if self.link.is_symlink() and os.readlink(self.link) == self._device:
            self.link.unlink()
        self.network.changed()
        if self.on_plugged is not None:
            self.on_plugged(False)

    def _vanish(self, back: float) -> None:
        self._unplug()
        plugs = self._plugs
        if back > 0:
            self._loop.later(back, lambda: self._plug() if plugs == self._plugs else None)

    def _ready(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush()
        if not events & selectors.EVENT_READ or self._master is None:
            return
        try:
            data = os.read(self._master, 4096)
        except BlockingIOError:
            return
        if self._slave is not None:
            # A program that asked for exclusive use and was killed would lock everyone else out for
            # as long as our own end is open; a USB port forgets the wish when the program has gone.
            fcntl.ioctl(self._slave, termios.TIOCNXCL)
        if self.on_traffic is not None:
            self.on_traffic(True, data)
        self.modem.feed(data)

    def _write(self, data: bytes) -> None:
        if self._master is None or len(self._output) + len(data) > OUTPUT_LIMIT:
            return
        if self.on_traffic is not None:
            self.on_traffic(False, data)
        was_waiting = bool(self._output)
        self._output += data
        if not was_waiting:
            self._flush()

    def _flush(self) -> None:
        if self._master is None:
            return
        try:
            sent = os.write(self._master, self._output)
        except BlockingIOError:
            sent = 0
        del self._output[:sent]
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._output else 0)
        self._loop.watch(self._master, wanted, self._ready)


def place_link(link: Path, device: str) -> None:
    """Makes `link` point to `device` in one step; raises FileExistsError where a real file stands."""
    if link.exists() and not link.is_symlink():
        raise FileExistsError(f"{link} is a file; the modem's link needs a name of its own")
    link.parent.mkdir(parents=True, exist_ok=True)
    new = link.with_name(f".{link.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    new.symlink_to(device)
    new.replace(link)
