"""A modem at the end of a bad wire, and a worker as simple as the rules allow: what must hold in any case.

One text is to be sent, two lie in the SIM. The wire fails at one byte (or at random); then it is mended, and
the worker goes on as the real one does: what may have left is never handed over again, what is stored goes
only after it was kept.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from modem.device import Device, DirectMessage, LateAccept
from modem.errors import ModemError, NotWritten, SendUnknown
from tests.modem.scripted import (
    PDU_IN,
    PDU_OTHER,
    PDU_OUT,
    PDU_OUT_LENGTH,
    REPORT,
    BareModem,
    Chunk,
    FakeClock,
    FakeMemory,
    ScriptedStream,
    length_of,
)

CTRL_Z = b"\x1a"
RESET = b"AT+CFUN=1,1\r"
SESSIONS = 12
"""More than any single fault needs; the wire is mended after the first, or after `Wire.bad_for`."""
LONGEST = 205.0
"""Seconds until a session with a mute modem is over: 180 for its text, then 20 until it is given up."""
AT_ONCE = 1.0
"""Seconds for a session whose port goes: it has no deadline to wait for."""

KINDS = ("lost_said", "lost_heard", "mute_said", "mute_heard", "noise_said")
NOISE = (
    b'\r\n+CMTI: "SM",7\r\n',
    b"\r\n^RSSI: 12\r\n",
    f"\r\n+CDS: 25\r\n{REPORT}\r\n".encode(),
    b"\r\nRING\r\n",
    b"\xff\0\xe9",
    b"\r\nOK\r\n",
    b"\r\nERROR\r\n",
    b"\r\n> ",
    b"\r\n",
    b"\r\n+CDS: 25\r\n",
)


@dataclass
class Wire:
    """What is wrong with the wire. Positions count bytes from the session's start, `said` by the modem."""

    lost_said: int | None = None
    lost_heard: int | None = None
    mute_said: int | None = None
    mute_heard: int | None = None
    noise_said: int | None = None
    noise: bytes = b""
    losing: float = 0.0
    """The share of bytes that get lost, either way."""
    seed: int = 0
    bad_for: int = 1
    """Sessions until the wire is mended."""
    piece: int | None = None
    wakes_by_reset: bool = False
    """Whether a mute modem answers again after AT+CFUN=1,1 on the same port, or after a re-open."""


GOOD = Wire()


class StrictModem(BareModem):
    """Checks what it is given to send as 27.005 4.3 has it, and asks before it deletes."""

    def __init__(self, may_delete: Callable[[str], bool]) -> None:
        super().__init__(slots={"SM": {1: PDU_IN, 2: PDU_OTHER}}, echo=True)
        self._may_delete = may_delete
        self._announced = 0
        self.too_early: list[str] = []

    def _command(self, line: str) -> list[Chunk]:
        if line.startswith("AT+CMGS="):
            self._announced = int(line[8:]) if line[8:].isdigit() else 0
        return super()._command(line)

    def _entered(self, char: str) -> list[Chunk]:
        if char == "\x1a" and self._typed != PDU_OUT and not self._fits():
            self._typed, self.entering = "", False
            return self._framed("+CMS ERROR: 304")
        return super()._entered(char)

    def _fits(self) -> bool:
        try:
            return length_of(self._typed) == self._announced and len(bytes.fromhex(self._typed)) > 0
        except ValueError:
            return False

    def _messages(self, line: str) -> str:
        if line.startswith("AT+CMGD="):
            pdu = self.slots[self.reading].get(_slot(line))
            if pdu is not None and not self._may_delete(pdu):
                self.too_early.append(pdu)
        return super()._messages(line)

    def restart(self) -> None:
        """Whatever was being typed is gone; what is stored stays."""
        self.entering, self._typed = False, ""


def _slot(line: str) -> int:
    digits = line[8:].partition(",")[0]
    return int(digits) if digits.isdigit() else -1


class RoughEnd:
    """The far end of a stream: a modem behind a bad wire."""

    def __init__(self, modem: StrictModem, wire: Wire, listening: Callable[[bytes], object]) -> None:
        self._modem = modem
        self._wire = wire
        self._listening = listening
        self._random = random.Random(wire.seed)
        self.said = self.heard = 0
        self.is_mute = False

    def __call__(self, data: bytes) -> list[Chunk]:
        if self.is_mute:
            return self._reset() if data == RESET and self._wire.wakes_by_reset else []
        chunks: list[Chunk] = []
        for byte in data:
            self.heard += 1
            if self._wire.mute_heard is not None and self.heard > self._wire.mute_heard:
                self.is_mute = True
                break
            if not self._loses():
                chunks += self._modem(bytes([byte]))
            if self.is_mute:
                break
        return [Chunk(self._out(b"".join(chunk.data for chunk in chunks)))] if chunks else []

    def _out(self, data: bytes) -> bytes:
        out = bytearray()
        for byte in data:
            if self.said == self._wire.noise_said:
                out += self._wire.noise
            if self._wire.mute_said is not None and self.said >= self._wire.mute_said:
                self.is_mute = True
                break
            self.said += 1
            if not self._loses():
                out.append(byte)
        self._listening(bytes(out))
        return bytes(out)

    def _loses(self) -> bool:
        return self._wire.losing > 0 and self._random.random() < self._wire.losing

    def _reset(self) -> list[Chunk]:
        self.is_mute = False
        self._wire = GOOD
        self._modem.restart()
        return [Chunk(b"\r\nOK\r\n"), Chunk(b"\r\nRDY\r\n", after=1)]


@dataclass
class Outcome:
    """What a story came to; `faults` are its sessions' errors, `took` the seconds of the first one."""

    text: str = "queued"
    kept: list[str] = field(default_factory=list)
    faults: list[ModemError] = field(default_factory=list)
    took: float = 0.0
    size: tuple[int, int] = (0, 0)
    """Bytes said and heard in the first session."""
    ctrl_z_written: bool = False
    sent: list[str] = field(default_factory=list)
    left_in_sim: int = 0
    too_early: list[str] = field(default_factory=list)


def tell(wire: Wire, listening: Callable[[bytes], object] = len) -> Outcome:
    """The story from a bad wire to the end of all work on a good one; `listening` hears the modem."""
    outcome = Outcome()
    modem = StrictModem(lambda pdu: pdu in outcome.kept)
    clock = FakeClock()
    for session in range(SESSIONS):
        now = wire if session < wire.bad_for else GOOD
        end = RoughEnd(modem, now, listening)
        stream = ScriptedStream(clock, end, piece=wire.piece)
        stream.lose_after, stream.lose_writes_after = now.lost_said, now.lost_heard
        began = clock.now
        is_done = _session(stream, clock, outcome)
        if session == 0:
            outcome.took, outcome.size = clock.now - began, (end.said, end.heard)
            outcome.ctrl_z_written = CTRL_Z in b"".join(stream.written)
        if not is_done and end.is_mute and now.wakes_by_reset:
            stream.write(RESET)
            is_done = _session(stream, clock, outcome)
        if is_done and now is GOOD:
            break  # only a good wire tells for certain that nothing is left
        modem.restart()  # unplugged, or restarted by hand: it comes back with nothing half typed
    outcome.sent, outcome.too_early = modem.sent, modem.too_early
    outcome.left_in_sim = sum(map(len, modem.slots.values()))
    return outcome


def _session(stream: ScriptedStream, clock: FakeClock, outcome: Outcome) -> bool:
    """One life of a device; True where nothing was left to do."""
    device = Device("main", stream, memory=FakeMemory(), monotonic=clock)
    try:
        device.bring_up()
        _send(device, outcome)
        for message in device.stored():
            outcome.kept.append(message.pdu)
            device.delete(message)
        _heed(device, outcome)
        return not device.stored() and outcome.text != "queued"
    except ModemError as error:
        outcome.faults.append(error)
        return False
    finally:
        _heed(device, outcome)
        device.close()


def _send(device: Device, outcome: Outcome) -> None:
    if outcome.text != "queued":
        return
    try:
        device.send_part(PDU_OUT, PDU_OUT_LENGTH)
        outcome.text = "sent"
    except SendUnknown as error:
        outcome.text = "unknown"
        outcome.faults.append(error)
        if device.lost:
            raise


def _heed(device: Device, outcome: Outcome) -> None:
    try:
        for notice in device.notices():
            if isinstance(notice, DirectMessage):
                outcome.kept.append(notice.pdu)
            elif isinstance(notice, LateAccept) and outcome.text == "unknown":
                outcome.text = "sent"
    except ModemError as error:
        outcome.faults.append(error)


def judge(outcome: Outcome, wire: Wire) -> None:
    """What holds whatever was wrong with the wire."""
    assert outcome.text in ("sent", "unknown"), wire
    assert len(outcome.sent) <= 1, (wire, outcome)
    assert outcome.text == "unknown" or outcome.sent == [PDU_OUT], (wire, outcome)
    assert {PDU_IN, PDU_OTHER} <= set(outcome.kept), (wire, outcome)
    assert outcome.left_in_sim == 0, (wire, outcome)
    assert outcome.too_early == [], wire
    assert outcome.took <= _patience(wire), (wire, outcome)
    if not outcome.ctrl_z_written:
        unknown = [fault for fault in outcome.faults[:1] if isinstance(fault, SendUnknown)]
        assert all(isinstance(fault.__cause__, NotWritten) for fault in unknown), (wire, outcome)


def _patience(wire: Wire) -> float:
    if wire.losing:
        return 10 * LONGEST  # several commands of one session may go unanswered
    return LONGEST if wire.lost_said is wire.lost_heard is None else AT_ONCE


def bad_wires(kind: str, places: int | None = None, noises: Sequence[bytes] = ()) -> Iterator[Wire]:
    """A wire for every byte of a session at which `kind` of fault can happen, or for about so many `places`.

    Without `noises` each place gets one of them in turn.
    """
    said, heard = tell(GOOD).size
    size = heard if kind.endswith("heard") else said
    step = max(1, size // places) if places else 1
    for at in range(0, size, step):
        if kind == "noise_said":
            for noise in noises or (NOISE[at // step % len(NOISE)],):
                yield Wire(noise_said=at, noise=noise)
        elif kind.startswith("mute"):
            yield replace(GOOD, **{kind: at, "wakes_by_reset": bool(at // step % 2)})
        else:
            yield replace(GOOD, **{kind: at})
