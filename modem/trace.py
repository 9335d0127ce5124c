"""A ByteStream that records another one into a bounded ring, with what is private left out.

Kept is what a fault report needs: time, direction, command, result, length. `modem.masking` decides line
by line what may be shown, so that nothing private is held even in memory; a line is judged as a whole,
so that a number cannot slip through because it came in two pieces.
"""

from __future__ import annotations

import os
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from modem.masking import Masking
from modem.stream import ByteStream

RING_BYTES = 1 << 20
OPENED = "opened"
"""The entry each session begins with, in the direction of the port itself."""

_ENTRY_COST = 32  # what an entry weighs beside its text, so that empty lines cannot fill memory
_END = re.compile(rb"[\r\n\x1a\x1b]")
_ENDS = {0x0D: "<CR>", 0x0A: "<LF>", 0x1A: "<^Z>", 0x1B: "<ESC>"}
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """`at` is monotonic seconds; `direction` is ">" to the modem, "<" from it, "!" the port's own."""

    at: float
    direction: str
    text: str


def split_lines(data: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """Whole lines with the mark of their end, and the rest; a CR or LF alone is left out."""
    lines: list[tuple[str, str]] = []
    while (end := _END.search(data)) is not None:
        mark = _ENDS[data[end.start()]]
        if end.start() or mark in ("<^Z>", "<ESC>"):
            lines.append((data[: end.start()].decode("latin-1"), mark))
        data = data[end.end() :]
    return lines, data


class Transcript:
    """The last `ring_bytes` of what went over the wire, masked; it may outlive many openings of a port."""

    def __init__(self, monotonic: Callable[[], float], ring_bytes: int = RING_BYTES) -> None:
        self._monotonic = monotonic
        self._limit = ring_bytes
        self._size = 0
        self._ring: deque[Entry] = deque()
        self._halves = {">": b"", "<": b""}
        self._masking = Masking()
        self._lock = threading.Lock()

    def begin(self) -> None:
        """A port was opened: halves of lines and what was asked before belong to another session."""
        with self._lock:
            self._halves = {">": b"", "<": b""}
            self._masking = Masking()
            self._keep(Entry(self._monotonic(), "!", OPENED))

    def note(self, direction: str, data: bytes) -> None:
        """Records what passed; what ends no line waits for the rest of its line."""
        with self._lock:
            now = self._monotonic()
            if direction == ">":
                self._note_prompt(now)
            lines, rest = split_lines(self._halves[direction] + data)
            for line, end in lines:
                shown = self._masking.outgoing(line) if direction == ">" else self._masking.incoming(line)
                self._keep(Entry(now, direction, shown + end))
            if len(rest) > _LONGEST:
                self._keep(Entry(now, direction, f"<noise {len(rest)}>"))
                rest = b""
            self._halves[direction] = rest

    def note_end(self, error: Exception) -> None:
        """Records how the port failed; its message may name a path, never what went over the wire."""
        with self._lock:
            self._keep(Entry(self._monotonic(), "!", type(error).__name__))

    def entries(self) -> list[Entry]:
        """The ring, oldest first, and after it how much waits for the rest of its line."""
        with self._lock:
            halves = [
                Entry(self._monotonic(), direction, f"<unfinished {len(half)}>")
                for direction, half in self._halves.items()
                if half
            ]
            return [*self._ring, *halves]

    def text(self) -> str:
        """The ring as lines of `seconds direction text`: what is exported, and what can be replayed."""
        return "".join(f"{entry.at:.3f} {entry.direction} {entry.text}\n" for entry in self.entries())

    def _note_prompt(self, now: float) -> None:
        # A prompt has no end of its own: it is complete once it is answered.
        if self._halves["<"].strip() == b">":
            self._keep(Entry(now, "<", "> "))
            self._halves["<"] = b""

    def _keep(self, entry: Entry) -> None:
        self._ring.append(entry)
        self._size += len(entry.text) + _ENTRY_COST
        while self._size > self._limit:
            oldest = self._ring.popleft()
            self._size -= len(oldest.text) + _ENTRY_COST


class TracedStream:
    """Passes everything through and records it, in a transcript of its own unless one is given."""

    def __init__(
        self, stream: ByteStream, monotonic: Callable[[], float], transcript: Transcript | None = None
    ) -> None:
        self._stream = stream
        self.transcript = transcript if transcript is not None else Transcript(monotonic)
        self.transcript.begin()

    def read(self, timeout: float) -> bytes:
        try:
            data = self._stream.read(timeout)
        except Exception as error:
            self.transcript.note_end(error)
            raise
        if data:
            self.transcript.note("<", data)
        return data

    def write(self, data: bytes) -> None:
        self.transcript.note(">", data)
        try:
            self._stream.write(data)
        except Exception as error:
            self.transcript.note_end(error)
            raise

    def interrupt(self) -> None:
        self._stream.interrupt()

    def close(self) -> None:
        self._stream.close()


def write_trace(transcript: Transcript, path: Path, note: str = "") -> None:
    """Writes the transcript to `path`, whole or not at all, under a first line that says `note`.

    Raises OSError. A link that somebody put at the path is replaced, never followed.
    """
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o660)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(f"# {note}\n" if note else "")
        file.write(transcript.text())
    draft.replace(path)
