"""What a modem says, unit by unit, and how faults mangle it on the way out."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from modem.simulator.faults import Faults
from modem.simulator.timers import Timer, Timers

NOISE = (
    "^RSSI: 17",
    '^HCSQ:"LTE",46,52,120,14',
    "^MODE: 5,4",
    '+QIND: "csq",21,99',
    "+CSQN: 21,99",
    "*PSUTTZ: 1",
)
"""Lines of other makers' modems that mean nothing to a program that sends texts."""


class Speech:
    """Writes units (a result, an information text, an unsolicited line) in the order they are said."""

    def __init__(self, write: Callable[[bytes], None], faults: Faults, timers: Timers, seed: int) -> None:
        self._write = write
        self._faults = faults
        self._timers = timers
        self._random = random.Random(seed)
        self._is_on = True
        self._echoed = bytearray()
        self._slow = bytearray()  # what one_byte still has to say
        self._slow_timer: Timer | None = None
        self._noise_timer: Timer | None = None

    def echo(self, byte: int) -> None:
        """One echoed byte; it leaves with `flush` or with the next unit."""
        self._echoed.append(byte)

    def flush(self) -> None:
        """Sends the echo that has gathered."""
        if self._echoed:
            echoed = bytes(self._echoed)
            self._echoed.clear()
            self._out(echoed)

    def information(self, lines: Sequence[str], verbose: bool) -> None:
        """Information text before the final result; records of one text stand line by line in it."""
        if not lines:
            return
        front = "\r\n" if verbose else ""
        if self._faults.active("noise"):
            for line in lines:
                self.unit(f"{front}{line}\r\n")
        else:
            self.unit(front + "\r\n".join(lines) + "\r\n")

    def prompt(self, data: bytes) -> None:
        """The prompt, which no noise comes before or after but which may be garbled."""
        self.flush()
        self._out(data)

    def unit(self, text: str) -> None:
        """One framed unit, with the noise that is switched on around and in it."""
        self.flush()
        noise = self._faults.take("noise")
        if noise:
            self._out(self._noise())
            if noise.options["deep"] and text.count("\r\n") > 2:
                front, _, rest = text.rstrip("\r\n").rpartition("\r\n")
                text = f"{front}{self._noise().decode()}{rest}\r\n"
        self._out(self._mangled(text))

    def noise_changed(self) -> None:
        """Starts or stops the lines nobody asked for."""
        noise = self._faults.active("noise")
        every = noise.number("every") if noise and self._is_on else 0.0
        if self._noise_timer is not None:
            self._noise_timer.cancel()
            self._noise_timer = None
        if every > 0:
            self._noise_timer = self._timers.later(every, self._noise_due)

    def start(self) -> None:
        """Speaks again after `stop`."""
        self._is_on = True
        self.noise_changed()

    def stop(self) -> None:
        """Falls silent in the middle of whatever it is."""
        self._is_on = False
        self._echoed.clear()
        self._slow.clear()
        if self._noise_timer is not None:
            self._noise_timer.cancel()
            self._noise_timer = None

    def _noise_due(self) -> None:
        self._out(self._noise())
        self.noise_changed()

    def _noise(self) -> bytes:
        return f"\r\n{self._random.choice(NOISE)}\r\n".encode()

    def _mangled(self, text: str) -> bytes:
        data = text.encode("latin-1", "replace")
        half = self._faults.active("half_line")
        if half and half.text("of") in text and self._faults.take("half_line"):
            data = data[: len(data) // 2]
        garble = self._faults.active("garble")
        if garble and garble.text("of") in text and self._faults.take("garble"):
            mangled = bytearray(data)
            for _ in range(max(1, len(data) // 4)):
                mangled[self._random.randrange(len(mangled))] = self._random.randrange(128, 256)
            data = bytes(mangled)
        return data

    def _out(self, data: bytes) -> None:
        if not self._is_on:
            return
        if self._slow or self._faults.active("one_byte"):
            self._slow += data
            if self._slow_timer is None:
                self._next_byte()
        else:
            self._write(data)

    def _next_byte(self) -> None:
        self._slow_timer = None
        if not self._slow:
            return
        self._write(bytes([self._slow.pop(0)]))
        fault = self._faults.active("one_byte")
        self._slow_timer = self._timers.later(fault.number("gap") if fault else 0.0, self._next_byte)
