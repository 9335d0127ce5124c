"""A transcript as a modem: answers what it says was answered, so that a fault from the field runs again here.

What was masked is filled with made-up data of the same length. Time is the transcript's own and passes
only while the driver waits, so a session of hours replays in a moment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from modem.errors import PortLost
from modem.masking import command_shown
from modem.trace import OPENED, Entry, split_lines

_LINE = re.compile(r"(\d+\.\d{3}) ([<>!]) (.*)")
_END = re.compile(r"<(CR|LF|\^Z|ESC)>$")
_ENDINGS = {"CR": "\r\n", "LF": "\n", "^Z": "\x1a", "ESC": "\x1b"}
_MARK = re.compile(r"<(number|text|pdu|noise|pin)(?: (\d+))?>")
_HEADER = re.compile(r"\+(CMT|CMGL|CMGR|CDS):.*?(\d+)")
_SAMPLE_NUMBER = "+15415550100"
_SAMPLE_ADDRESS = "0B915114550501F0"
_SAMPLE_TIME = "62111221436500"


class Diverged(Exception):
    """The driver wrote something else than the transcript says."""


@dataclass(frozen=True, slots=True)
class _Body:
    """What the last header announced: whether a report follows, and its octets without the SMSC address."""

    is_report: bool
    length: int


def sessions(text: str) -> list[str]:
    """The whole sessions of a transcript, from one opening of the port to the next, oldest first."""
    found: list[list[str]] = []
    for line in text.splitlines():
        entry = _LINE.fullmatch(line)
        if entry is not None and entry[2] == "!" and entry[3] == OPENED:
            found.append([])
        if found:
            found[-1].append(line)
    return ["\n".join(lines) + "\n" for lines in found]


class ReplayStream:
    """Meets `modem.stream.ByteStream`; give the driver `monotonic` as its clock."""

    def __init__(self, text: str) -> None:
        self._entries = [
            Entry(float(found[1]), found[2], found[3])
            for found in map(_LINE.fullmatch, text.splitlines())
            if found is not None and found[3] != OPENED and "<unfinished " not in found[3]
        ]
        self._place = 0
        self._now = self._entries[0].at if self._entries else 0.0
        self._behind = 0.0
        """Seconds by which the driver is later than the transcript."""
        self._late: list[bytes] = []
        self._half = b""
        self._body: _Body | None = None
        self._interrupted = False

    def monotonic(self) -> float:
        """Seconds on the transcript's clock."""
        return self._now

    @property
    def is_done(self) -> bool:
        """Whether the driver has written everything that the transcript says was written."""
        return all(entry.direction != ">" for entry in self._entries[self._place :])

    def read(self, timeout: float) -> bytes:
        if self._late:
            return self._late.pop(0)
        entry = self._entries[self._place] if self._place < len(self._entries) else None
        if entry is None or entry.direction == ">" or self._interrupted:
            self._now += 0.0 if self._interrupted else timeout
            self._interrupted = False
            return b""
        due = entry.at + self._behind
        if due > self._now + timeout:
            self._now += timeout
            return b""
        self._now = max(self._now, due)
        return self._taken(entry)

    def write(self, data: bytes) -> None:
        lines, self._half = split_lines(self._half + data)
        for line, end in lines:
            self._match(command_shown(line) + end)

    def interrupt(self) -> None:
        self._interrupted = True

    def close(self) -> None:
        self._entries = []

    def _match(self, written: str) -> None:
        while self._place < len(self._entries):
            entry = self._entries[self._place]
            if entry.direction != ">":
                self._late.append(self._taken(entry))  # the driver was quicker this time
                continue
            if entry.text != written:
                raise Diverged(f"at {entry.at:.3f} the transcript has {entry.text!r}, not {written!r}")
            self._place += 1
            self._behind = self._now - entry.at
            return
        raise Diverged(f"the transcript has ended, and {written!r} comes")

    def _taken(self, entry: Entry) -> bytes:
        self._place += 1
        self._behind = self._now - entry.at
        if entry.direction == "!":
            raise PortLost(f"The port failed here in the transcript ({entry.text}).")
        return self._filled(entry.text).encode("latin-1")

    def _filled(self, text: str) -> str:
        """The line with made-up data where it was masked."""
        end = _END.search(text)
        line, ending = (text[: end.start()], _ENDINGS[end[1]]) if end else (text, "")
        filled = _MARK.sub(self._made_up, line)
        header = _HEADER.fullmatch(line)
        if header is not None:
            self._body = _Body(header[1] == "CDS", int(header[2]))
        return filled + ending

    def _made_up(self, mark: re.Match[str]) -> str:
        kind, size = mark[1], int(mark[2] or 4)
        if kind == "pdu":
            body, self._body = self._body, None
            return _hexadecimal(size) if body is None else _pdu(size, body)
        if kind == "number":
            return _SAMPLE_NUMBER if size == len(_SAMPLE_NUMBER) else ("890" + "1" * size)[:size]
        return {"pin": "0", "text": "x", "noise": "?"}[kind] * size


def _hexadecimal(size: int) -> str:
    """Octets of a file of the SIM: swapped digits that begin as an ICCID does."""
    return ("98" + "10" * size)[: 2 * size]


def _pdu(size: int, body: _Body) -> str:
    """A DELIVER or STATUS-REPORT of `size` octets (23.040 9.2.2); zeros where it would not fit."""
    centre = size - body.length - 1
    if centre < 0:
        return "00" * size
    address = f"{centre:02X}" + ("91" + "00" * centre)[: 2 * centre]
    if body.is_report:
        # Type, reference, recipient, two times, status 0, and parameters that are not there.
        tpdu = "0600" + _SAMPLE_ADDRESS + 2 * _SAMPLE_TIME + "00"
    else:
        # Type, sender, plain GSM-7, time; as many septets as fill the octets that are left.
        head = "04" + _SAMPLE_ADDRESS + "0000" + _SAMPLE_TIME
        left = max(0, body.length - len(head) // 2 - 1)
        tpdu = head + f"{left * 8 // 7:02X}"
    return address + tpdu[: 2 * body.length].ljust(2 * body.length, "0")
