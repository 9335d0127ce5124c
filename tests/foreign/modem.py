"""A modem on a pseudo-terminal, written from V.250, 27.007 and 27.005; a second opinion on the product.

What a driver may not do by those standards is kept in `violations`.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import re
import select
import struct
import termios
import threading
import time
import tty
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

from tests.foreign.answers import Answer, Refused
from tests.foreign.commands import Session
from tests.foreign.habits import Habits
from tests.foreign.network import Network

CR, ESC, CTRL_Z = b"\r", b"\x1b", b"\x1a"


class ForeignModem:
    """Plugged in and out at a link; one thread does all that the modem does."""

    def __init__(self, link: Path, network: Network, habits: Habits) -> None:
        self.link = link
        self.habits = habits
        self.network = network
        self.violations: list[str] = []
        self.transcript: list[tuple[float, str, bytes]] = []
        self.on_submit: Callable[[], None] | None = None
        """Called when a PDU is complete, before the network has it."""
        self.on_prompt: Callable[[], None] | None = None
        self._master: int | None = None
        self._slave: int | None = None
        self._strays: list[int] = []
        self._input = b""
        self._written = b""
        self._unheard = b""
        self._entry = ""
        self._busy = False
        self._mute = False
        self._heals_on: str | None = None
        self._heals_on_open = False
        self._chatter = 0
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._urcs: list[bytes] = []
        self._wake_end, self._waker = os.pipe()
        os.set_blocking(self._wake_end, False)
        self._ending = False
        self.session = Session(habits, network, self.later, self.announce, self._violate)
        self._thread = threading.Thread(target=self._live, name="foreign modem", daemon=True)
        network.attach(self._on_text, self._on_report)

    # ---- from outside --------------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()
        self.call(self._plug)

    def stop(self) -> None:
        self._ending = True
        os.write(self._waker, b"\0")
        self._thread.join(10)
        for fd in (self._master, self._slave, *self._strays, self._wake_end, self._waker):
            if fd is not None:
                os.close(fd)

    def call(self, what: Callable[[], None]) -> None:
        """Does it in the modem's own thread, as soon as that is free."""
        self.later(0.0, what)
        os.write(self._waker, b"\0")

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), what))

    def unplug(self) -> None:
        """The port dies with EIO and its link goes."""
        self.link.unlink(missing_ok=True)
        for fd in (self._master, self._slave):
            if fd is not None:
                os.close(fd)
        self._master = self._slave = None
        self._forget()

    def replug(self) -> None:
        """Comes back at another pts under the same link, powered on anew."""
        if self._master is None:
            self._plug()

    def leave_behind(self) -> None:
        """The old port stays open and says nothing any more; the modem is at another one."""
        self._strays += [fd for fd in (self._master, self._slave) if fd is not None]
        self._master = self._slave = None
        self._forget()
        self._plug()

    def fall_silent(self, *, command: str | None = None, opening: bool = False) -> None:
        """Reads and answers nothing, until `speak`, until it gets `command`, or until its port is opened."""
        self._mute, self._heals_on, self._heals_on_open = True, command, opening
        if opening and self._master is not None and self._slave is not None:
            os.close(self._slave)
            self._slave = None
            _tell_of_openings(self._master, True)

    def speak(self) -> None:
        self._mute, self._heals_on, self._heals_on_open = False, None, False

    def restart(self, *, silently: bool = False) -> None:
        """Resets itself without leaving its port; says so, or not even that."""
        self._forget()
        self._power_up(silently)

    def announce(self, line: str) -> None:
        """Says a line unasked, at the next gap where that is allowed."""
        self._urcs.append(f"\r\n{line}\r\n".encode("latin-1"))

    # ---- power and port --------------------------------------------------------------------------

    def _plug(self) -> None:
        self._master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self._master, False)
        self._slave = slave
        fresh = self.link.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(slave))
        os.replace(fresh, self.link)
        self._power_up(False)

    def _forget(self) -> None:
        self._input, self._entry, self._urcs = b"", "", []

    def _power_up(self, silently: bool) -> None:
        self.session.power_up()
        if not silently:
            self._write(self.habits.noise)
            for line in self.habits.banner:
                self.announce(line)

    def _reset(self) -> None:
        """What AT+CFUN=1,1 does (27.007 8.2)."""
        self._forget()
        if self.habits.vanishes:
            self.unplug()
            self.later(self.habits.reboot, self.replug)
        else:
            self._power_up(False)

    # ---- the thread ------------------------------------------------------------------------------

    def _live(self) -> None:
        while not self._ending:
            self._listen(0.5)
            while not self._mute and not self._ending and self._next_line():
                pass

    def _rest(self, seconds: float) -> None:
        """Busy for that long; the world goes on."""
        until = time.monotonic() + seconds
        while not self._ending and time.monotonic() < until:
            self._listen(until - time.monotonic())

    def _listen(self, timeout: float) -> None:
        """Waits for bytes, timers or a call; announces what there is where a gap is."""
        if not self._busy and not self._entry and not self._mute:
            self._flush_urcs()
        if self._timers:
            timeout = min(timeout, self._timers[0][0] - time.monotonic())
        poll = select.poll()
        poll.register(self._wake_end, select.POLLIN)
        if self._master is not None:
            poll.register(self._master, select.POLLIN)
        events = dict(poll.poll(max(0.0, timeout) * 1000))
        with suppress(BlockingIOError):
            os.read(self._wake_end, 4096)
        while self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()
        if self._master is not None and self._master in events:
            self._take(events[self._master])

    def _take(self, events: int) -> None:
        assert self._master is not None
        if events & select.POLLIN:
            data = os.read(self._master, 4096)
            if self._heals_on_open:
                status, data = data[0], data[1:]
                if status & termios.TIOCPKT_FLUSHREAD:
                    _tell_of_openings(self._master, False)
                    self.speak()
                    return
            self.transcript.append((time.monotonic(), "<", data))
            if self._mute:
                self._while_mute(data)
                return
            if self._busy and data.strip(ESC + CR + b"\n"):
                self._violate(f"{data!r} while a command was running (V.250 5.6)")
            self._input += data
        elif events & select.POLLHUP:
            # Nobody has the port open: 20 ms, or this would spin.
            select.select([], [], [], 0.02)

    def _while_mute(self, data: bytes) -> None:
        self._unheard = (self._unheard + data)[-64:]
        if self._heals_on and self._heals_on.encode() in self._unheard.upper():
            self.speak()
            self._reset()

    def _violate(self, what: str) -> None:
        self.violations.append(what)

    # ---- lines -----------------------------------------------------------------------------------

    def _next_line(self) -> bool:
        """Does the next complete command or text entry; False where none is complete."""
        if self._entry:
            return self._text_entry()
        line, end, rest = self._input.partition(CR)
        if not end:
            if self._input.strip(b"\n") == ESC:
                self._input = b""
            if CTRL_Z in self._input:
                self._violate("Ctrl-Z outside a text entry")
                self._input = self._input.replace(CTRL_Z, b"")
            return False
        self._input = rest
        if self.session.echo:
            self._write(line + CR)
        if ESC in line and self.habits.minds_escapes:
            self._write(b"\r\nERROR\r\n")
        command = re.search(rb"AT(.*)", line, re.IGNORECASE)  # V.250 5.2.1: what stands before is ignored
        if command:
            self._busy = True
            try:
                self._obey(command[1].decode("latin-1"))
            finally:
                self._busy = False
        return True

    def _obey(self, body: str) -> None:
        self._rest(self.habits.thinking)
        if self._master is None or self._mute:
            return
        said = self._chatter
        if self.habits.chatter:
            self.announce(self.habits.chatter[said % len(self.habits.chatter)])
            self._chatter += 1
            self._flush_urcs()
        try:
            answer = self.session.obey(body)
        except Refused as refusal:
            final = refusal.words(self.session.verbosity)
            if final:
                self._write(f"\r\n{final}\r\n".encode())
            return
        self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        if self._mute:
            return
        if not answer.prompt:
            self._write(answer.bytes)
            if answer.resets:
                self._reset()
            return
        self._rest(self.habits.prompt_after)
        self._entry = answer.prompt
        self._write(self.habits.prompt)
        if self.habits.speaks_at_prompt:
            self._write(b"\r\n+CREG: 1\r\n")
        if self.on_prompt is not None:
            self.on_prompt()

    def _text_entry(self) -> bool:
        ends = [at for at in (self._input.find(CTRL_Z), self._input.find(ESC)) if at >= 0]
        if not ends:
            return False
        end = min(ends)
        text, how, self._input = self._input[:end], self._input[end : end + 1], self._input[end + 1 :]
        command, self._entry = self._entry, ""
        if self.session.echo:
            self._write(text)
        if how == ESC:
            self._write(b"\r\nOK\r\n")
            return True
        self._busy = True
        try:
            if self.on_submit is not None:
                self.on_submit()
            self._hand_over(command, text.decode("latin-1").strip("\r\n "))
        finally:
            self._busy = False
        return True

    def _hand_over(self, command: str, text: str) -> None:
        master = self._master
        try:
            outcome = self.session.submit(command, text)
        except Refused as refusal:
            self._rest(self.network.takes)
            self._write(f"\r\n{refusal.words(self.session.verbosity)}\r\n".encode())
            return
        self._rest(self.network.takes)
        if self.network.reports_first:
            self._flush_urcs()
        if self._master != master or self._mute:
            return
        if not self.habits.every_byte:
            self._write(outcome)
            return
        for octet in outcome[:-1]:
            self._write(bytes((octet,)))
            # A driver may go on at the CR that ends a line; before it the command is running.
            self._busy = not self._written.endswith(b"OK\r")
            self._rest(self.habits.every_byte)
        self._write(outcome[-1:])

    # ---- output ----------------------------------------------------------------------------------

    def _flush_urcs(self) -> None:
        waiting, self._urcs = self._urcs, []
        for urc in waiting:
            self._write(urc)

    def _write(self, data: bytes) -> None:
        if self._master is None or not data:
            return
        if self.habits.bare and not data.startswith(self.habits.prompt):
            data = data.replace(b"\r\n\r\n", b"\r\n").removeprefix(b"\r\n") or data
        if self.habits.doubles_returns:
            data = data.replace(b"\r\n", b"\r\r\n")
        self.transcript.append((time.monotonic(), ">", data))
        self._written = (self._written + data)[-64:]
        room = select.poll()
        room.register(self._master, select.POLLOUT)
        # What nobody reads is lost, as on a wire.
        while data and room.poll(500):
            with suppress(BlockingIOError):
                data = data[os.write(self._master, data) :]

    # ---- what the network brings -----------------------------------------------------------------

    def _on_text(self, tpdu: bytes) -> None:
        self.call(lambda: self.session.text_came(tpdu))

    def _on_report(self, tpdu: bytes, after: float) -> None:
        self.later(after, lambda: self.session.report_came(tpdu))


def _tell_of_openings(master: int, wanted: bool) -> None:
    """Packet mode (tty_ioctl(4)): every read begins with what was done to the port, such as its input thrown
    away by whoever opens it."""
    fcntl.ioctl(master, termios.TIOCPKT, struct.pack("i", wanted))
