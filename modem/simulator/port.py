"""One pseudo-terminal under a name that stays, as a USB port's does; all of it on the simulator's thread."""

from __future__ import annotations

import ctypes
import fcntl
import os
import selectors
import termios
import tty
from collections.abc import Callable
from pathlib import Path

from modem.simulator.timers import Loop

OUTPUT_LIMIT = 64 * 1024
"""Bytes kept for a program that does not read; what is said beyond them is lost, as on a real port."""

_IN_OPEN = 0x20  # inotify(7), which the standard library lacks


class Port:
    """A pty at `link`, a symlink to its slave side; `hear` gets what a program writes.

    One end of the slave side stays open here, so that a program killed in the middle of anything may
    open the port again and finds it as it left it; `close` closes everything, and the program sees the
    port hang up.
    """

    def __init__(self, link: Path, loop: Loop, hear: Callable[[bytes], None]) -> None:
        self.link = link
        self._loop = loop
        self._hear = hear
        self._master: int | None = None
        self._slave: int | None = None
        self._device = ""
        self._output = bytearray()
        self._openings: int | None = None
        self._opened: Callable[[], None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is there for a program to open."""
        return self._master is not None

    def open(self) -> None:
        """Makes a new pty under the old name; raises OSError when the link cannot be placed."""
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._device = os.ttyname(slave)
        place_link(self.link, self._device)
        self._master, self._slave = master, slave
        self._output.clear()
        self._loop.watch(master, selectors.EVENT_READ, self._ready)

    def close(self) -> None:
        """Takes the name away, then the pty: who sees it hang up finds the port gone."""
        master, slave = self._master, self._slave
        if master is None or slave is None:
            return
        self._master = self._slave = None
        if self.link.is_symlink() and os.readlink(self.link) == self._device:
            self.link.unlink()
        self._forget_openings()
        self._loop.unwatch(master)
        os.close(master)
        os.close(slave)

    def write(self, data: bytes) -> None:
        """To the program; nothing here waits for it to read."""
        if self._master is None or len(self._output) + len(data) > OUTPUT_LIMIT:
            return
        was_waiting = bool(self._output)
        self._output += data
        if not was_waiting:
            self._flush()

    def await_opening(self, opened: Callable[[], None]) -> None:
        """Calls `opened` once, when a program opens the port, before what it writes is heard."""
        self._forget_openings()
        libc = ctypes.CDLL(None, use_errno=True)
        openings = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if openings < 0 or libc.inotify_add_watch(openings, self._device.encode(), _IN_OPEN) < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), self._device)
        self._openings, self._opened = openings, opened
        self._loop.watch(openings, selectors.EVENT_READ, lambda _events: self._look_for_opening())

    def _look_for_opening(self) -> None:
        if self._openings is None:
            return
        try:
            os.read(self._openings, 4096)
        except BlockingIOError:
            return
        opened = self._opened
        self._forget_openings()
        if opened is not None:
            opened()

    def _forget_openings(self) -> None:
        if self._openings is not None:
            self._loop.unwatch(self._openings)
            os.close(self._openings)
            self._openings = self._opened = None

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
        self._look_for_opening()
        self._hear(data)

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
