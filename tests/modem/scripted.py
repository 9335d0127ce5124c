"""A modem made of bytes and a clock: what the driver writes is answered from a table, as nastily as asked.

Time moves only when the driver waits, so deadlines of minutes pass at once and every run is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from modem.errors import PortLost

# Sample texts between sample numbers (+1 541 555-01xx): "hello" in, "world" in, a report, "hello" out.
PDU_IN = "07915114550501F0040B915114550521F300006211424052000005E8329BFD06"
PDU_OTHER = "07915114550501F0040B915114550521F400006211424052100005F7B79C4D06"
REPORT = "07915114550501F0064E0B915114550521F3621142405200006211424052010000"
PDU_OUT = "0001000B915114550521F3000005E8329BFD06"
PDU_OUT_LENGTH = 18


class FakeClock:
    """Monotonic seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Chunk:
    """Bytes that arrive `after` seconds; `lost` instead of bytes: the port goes then."""

    data: bytes = b""
    after: float = 0.0
    lost: bool = False


LOST = Chunk(lost=True)


class ScriptedStream:
    """A ByteStream whose far end is a function from what was written to what comes back."""

    def __init__(
        self, clock: FakeClock, answer: Callable[[bytes], Iterable[Chunk]], *, piece: int | None = None
    ) -> None:
        self.clock = clock
        self.written: list[bytes] = []
        self.closed = False
        self.lose_after: int | None = None
        """The port goes once that many bytes were read."""
        self.lose_writes_after: int | None = None
        """The port goes once it took that many bytes; the rest of what is written then goes nowhere."""
        self.delivered = 0
        self.waits: list[float] = []
        self.answer = answer
        self._piece = piece
        self.coming: list[tuple[float, Chunk]] = []
        self._interrupted = False
        self._lost = False

    def say(self, data: bytes, after: float = 0.0) -> None:
        """Something the modem says unasked, `after` seconds from now."""
        self._schedule(Chunk(data, after))

    def lose(self, after: float = 0.0) -> None:
        self._schedule(Chunk(after=after, lost=True))

    def read(self, timeout: float) -> bytes:
        assert timeout >= 0, "a negative wait would block a real port for ever"
        self._check()
        self.waits.append(timeout)
        if self._interrupted:
            self._interrupted = False
            return b""
        if not self.coming or self.coming[0][0] > self.clock.now + timeout:
            self.clock.now += timeout
            return b""
        at, chunk = self.coming[0]
        self.clock.now = max(self.clock.now, at)
        if chunk.lost:
            self._lost = True
            self._check()
        return self._take(at, chunk.data)

    def write(self, data: bytes) -> None:
        self._check()
        taken = data
        if self.lose_writes_after is not None:
            taken = data[: max(0, self.lose_writes_after - sum(map(len, self.written)))]
        if taken:
            self.written.append(taken)
            for chunk in self.answer(taken):
                self._schedule(chunk)
        if taken != data:
            self._lost = True
            self._check()

    def interrupt(self) -> None:
        self._interrupted = True

    def close(self) -> None:
        self.closed = True

    def commands(self) -> list[str]:
        """What was written, as commands; ESC and PDUs too."""
        return [data.decode("ascii").strip("\r") for data in self.written]

    def _take(self, at: float, data: bytes) -> bytes:
        size = self._piece or len(data)
        if self.lose_after is not None:
            size = min(size, self.lose_after - self.delivered)
            if size <= 0:
                self._lost = True
                self._check()
        piece, rest = data[:size], data[size:]
        if rest:
            self.coming[0] = (at, Chunk(rest))
        else:
            del self.coming[0]
        self.delivered += len(piece)
        return piece

    def _schedule(self, chunk: Chunk) -> None:
        # Replies keep their order even where an earlier one is the slower.
        self.coming.append((self.clock.now + chunk.after, chunk))
        self.coming.sort(key=lambda entry: entry[0])

    def _check(self) -> None:
        if self._lost:
            raise PortLost("the modem was unplugged")


Reply = str | list[Chunk] | Callable[["BareModem", str], str]


@dataclass
class BareModem:
    """A modem that knows the bare minimum of 27.005, in PDU mode; `replies` override or add commands.

    A reply is the text between the framing: lines parted by LF, the final result included.
    """

    replies: dict[str, Reply] = field(default_factory=dict)
    slots: dict[str, dict[int, str]] = field(default_factory=lambda: {"SM": {}})
    reading: str = "SM"
    echo: bool = False
    unknown: str = "ERROR"
    """The answer to a command it does not know; "" for none at all."""
    reference: int = 77
    entering: bool = False
    sent: list[str] = field(default_factory=list)
    before_line: Callable[[int], bytes] | None = None
    """What to say before the n-th line of everything said: noise at any position."""
    lines_said: int = 0
    _typed: str = ""

    def __call__(self, data: bytes) -> list[Chunk]:
        chunks: list[Chunk] = []
        for char in data.decode("latin-1"):
            if self.entering:
                chunks += self._entered(char)
            elif char == "\r":
                line, self._typed = self._typed, ""
                chunks += self._command(line) if line else []
            elif char != "\x1b":
                self._typed += char
        return chunks

    def _entered(self, char: str) -> list[Chunk]:
        if char == "\x1b":
            self.entering, self._typed = False, ""
            return self._framed("OK")
        if char != "\x1a":
            self._typed += char
            return []
        text, self._typed, self.entering = self._typed, "", False
        override = self.replies.get("^Z")
        if not isinstance(override, list) and (override is None or "+CMGS" in str(override)):
            self.sent.append(text)
        if override is not None:
            return self._reply(override, text)
        return self._framed(f"+CMGS: {self.reference}\nOK")

    def _command(self, line: str) -> list[Chunk]:
        echo = [Chunk(line.encode() + b"\r\r\n")] if self.echo else []
        override = self.replies.get(line)
        if override is None and line.startswith("AT+CMGS="):
            override = self.replies.get("AT+CMGS")
            if override is None:
                self.entering = True
                return [*echo, Chunk(self._noise() + b"\r\n> ")]
        return echo + self._reply(self._built_in(line) if override is None else override, line)

    def _reply(self, reply: Reply, line: str) -> list[Chunk]:
        if isinstance(reply, list):
            return reply
        return self._framed(reply if isinstance(reply, str) else reply(self, line))

    def _framed(self, text: str) -> list[Chunk]:
        framed = b""
        for line in text.split("\n"):
            framed += self._noise() + b"\r\n" + line.encode("latin-1") + b"\r\n"
        return [Chunk(framed)]

    def _noise(self) -> bytes:
        self.lines_said += 1
        return self.before_line(self.lines_said) if self.before_line else b""

    def _built_in(self, line: str) -> str:
        fixed = {
            "AT": "OK",
            "ATE0": "OK",
            "ATV1": "OK",
            "AT+CMEE=1": "OK",
            "AT+CMGF=0": "OK",
            "AT+CMGF?": "+CMGF: 0\nOK",
            "AT+CSQ": "+CSQ: 20,99\nOK",
            "AT+CGMI": "EXAMPLE\nOK",
            "AT+CGMM": "BARE-1\nOK",
            "AT+CGMR": "R1.0\nOK",
            "AT+CGSN": "490154203237518\nOK",
            "AT+CPIN?": "+CPIN: READY\nOK",
            "AT+CCID": "+CCID: 8901260000000000001\nOK",
            "AT+CIMI": "001010000000001\nOK",
            "AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")\nOK',
            "AT+CPMS?": f'+CPMS: "{self.reading}",{len(self.slots[self.reading])},30,"SM",1,30,"SM",1,30\nOK',
            "AT+CNMI=?": "+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)\nOK",
            "AT+CNMI?": "+CNMI: 2,1,0,1,0\nOK",
            "AT+CNMI=2,1,0,1,0": "OK",
            "AT+CSCA?": '+CSCA: "+15415550100",145\nOK',
            "AT+CREG?": "+CREG: 0,1\nOK",
            "AT+CEREG?": "+CEREG: 0,1\nOK",
            "AT+COPS?": '+COPS: 0,0,"Example Net",7\nOK',
        }
        return fixed.get(line) or self._messages(line)

    def _messages(self, line: str) -> str:
        slots = self.slots[self.reading]
        if line.startswith("AT+CPMS="):
            name = line[9:11]
            if name not in self.slots:
                return "+CMS ERROR: 302"
            self.reading = name
            return f"+CPMS: {len(self.slots[name])},30,1,30,1,30\nOK"
        if line == "AT+CMGL=4":
            listed = [f"+CMGL: {slot},1,,{length_of(pdu)}\n{pdu}\n" for slot, pdu in slots.items()]
            return "".join(listed) + "OK"
        slot = line[8:].partition(",")[0]
        if line.startswith("AT+CMGR=") and slot.isdigit():
            pdu = slots.get(int(slot))
            return f"+CMGR: 1,,{length_of(pdu)}\n{pdu}\nOK" if pdu else "+CMS ERROR: 321"
        if line.startswith("AT+CMGD=") and slot.isdigit():
            slots.pop(int(slot), None)
            return "OK"
        return self.unknown


def length_of(pdu: str) -> int:
    """The length 27.005 gives beside a PDU: its octets without the SMSC address."""
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)


class FakeMemory:
    """What a worker would keep in its database."""

    def __init__(self) -> None:
        self.tried: set[tuple[str, str]] = set()
        self.models: dict[tuple[str, str], str] = {}

    def pin_was_tried(self, iccid: str, fingerprint: str) -> bool:
        return (iccid, fingerprint) in self.tried

    def remember_pin(self, iccid: str, fingerprint: str) -> None:
        self.tried.add((iccid, fingerprint))

    def forget_pin(self, iccid: str, fingerprint: str) -> None:
        self.tried.discard((iccid, fingerprint))

    def capabilities(self, model: str, firmware: str) -> str | None:
        return self.models.get((model, firmware))

    def remember_capabilities(self, model: str, firmware: str, text: str) -> None:
        self.models[model, firmware] = text
