"""A ByteStream that records another one into a bounded ring, numbers and texts masked.

Kept is what a fault report needs: time, direction, command, result, length. A line is masked as a
whole, so that a number cannot slip through because it came in two pieces.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from modem.stream import ByteStream

RING_BYTES = 1 << 20
_ENTRY_COST = 32  # what an entry weighs beside its text, so that empty lines cannot fill memory
_END = re.compile(rb"[\r\n\x1a\x1b]")
_HEX = re.compile(r"\b(?:[0-9A-Fa-f]{2}){8,}[0-9A-Fa-f]?\b")
_DIGITS = re.compile(r"\+?\d{5,}")
_PIN = re.compile(r"(\+CPIN\s*=).*", re.IGNORECASE)
_QUOTED_WORDS = re.compile(r'(\+CNUM:|\+CLIP:|\+CMT:|\+CMGL:|\+CMGR:)(.*)"[^"]*"')
_CONTROL = {0x0D: "<CR>", 0x0A: "<LF>", 0x1A: "<^Z>", 0x1B: "<ESC>"}
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """`at` is monotonic seconds; `direction` is ">" to the modem, "<" from it, "!" the port's end."""

    at: float
    direction: str
    text: str


def masked(line: str) -> str:
    """The line with PDUs, PINs and every run of five digits or more taken out; lengths stay."""
    line = _PIN.sub(r"\1<pin>", line)
    line = _HEX.sub(lambda found: f"<pdu {len(found[0]) // 2}>", line)
    line = _QUOTED_WORDS.sub(r'\1\2"<text>"', line)
    return _DIGITS.sub(lambda found: f"<number {len(found[0])}>", line)


class TracedStream:
    """Passes everything through and keeps the last `ring_bytes` of it, masked."""

    def __init__(
        self, stream: ByteStream, monotonic: Callable[[], float], ring_bytes: int = RING_BYTES
    ) -> None:
        self._stream = stream
        self._monotonic = monotonic
        self._limit = ring_bytes
        self._size = 0
        self._ring: deque[Entry] = deque()
        self._halves = {">": b"", "<": b""}
        self._lock = threading.Lock()

    def read(self, timeout: float) -> bytes:
        try:
            data = self._stream.read(timeout)
        except Exception as error:
            self._note_end(error)
            raise
        if data:
            self._note("<", data)
        return data

    def write(self, data: bytes) -> None:
        self._note(">", data)
        try:
            self._stream.write(data)
        except Exception as error:
            self._note_end(error)
            raise

    def interrupt(self) -> None:
        self._stream.interrupt()

    def close(self) -> None:
        self._stream.close()

    def entries(self) -> list[Entry]:
        """The ring, oldest first, and after it what waits for the rest of its line."""
        with self._lock:
            halves = [
                Entry(self._monotonic(), direction, masked(half.decode("latin-1")))
                for direction, half in self._halves.items()
                if half
            ]
            return [*self._ring, *halves]

    def text(self) -> str:
        """The ring as lines of `seconds direction text`, for a fault report."""
        return "".join(f"{entry.at:.3f} {entry.direction} {entry.text}\n" for entry in self.entries())

    def _note(self, direction: str, data: bytes) -> None:
        with self._lock:
            now = self._monotonic()
            rest = self._halves[direction] + data
            while True:
                end = _END.search(rest)
                if end is None and len(rest) <= _LONGEST:
                    break
                at = end.end() if end is not None else _LONGEST
                line, rest = rest[:at], rest[at:]
                shown = masked(line.decode("latin-1")).translate(_CONTROL)
                if shown not in ("<LF>", "<CR>"):
                    self._keep(Entry(now, direction, shown))
            self._halves[direction] = rest

    def _note_end(self, error: Exception) -> None:
        with self._lock:
            self._keep(Entry(self._monotonic(), "!", masked(f"{type(error).__name__}: {error}")))

    def _keep(self, entry: Entry) -> None:
        self._ring.append(entry)
        self._size += len(entry.text) + _ENTRY_COST
        while self._size > self._limit:
            oldest = self._ring.popleft()
            self._size -= len(oldest.text) + _ENTRY_COST
