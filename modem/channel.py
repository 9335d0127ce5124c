"""One command at a time on a stream, its answer kept apart from what the modem says unasked.

A deadline counts from the command's start: a modem that announces something every 30 s must not keep
a dead command alive. After a command was given up, its late answer belongs to nobody, so the stream is
brought back into step before the next command. A text entry is left by ESC; Ctrl-Z would send it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from modem.errors import CommandRefused, NoReply, NotWritten, PortLost
from modem.exchange import NOTHING, Exchange, Expect, plain_text
from modem.lines import RESTARTS, WITH_BODY, Final, Item, LineSplitter, Prompt, is_hex, pdu_fits
from modem.stream import ByteStream

__all__ = ["CTRL_Z", "ESC", "NOTHING", "Channel", "Expect", "Unsolicited", "plain_text"]

ESC = b"\x1b"
CTRL_Z = b"\x1a"

QUIET = 0.3
"""Seconds of silence that end a drain: longer than a modem takes between two lines of one answer."""
LONGEST_DRAIN = 3.0
PROBE_WITHIN = 3.0
PROBE_AGAIN_WITHIN = 1.0  # after three without a single byte: what heals a mute modem must not wait
PROBE_ROUNDS = 2
REST_WITHIN = 2.0
"""Seconds for the OK behind a text's reference, or for the reference behind its OK."""
AFTER_EARLY_OK = 30.0
AFTER_REPORT = 5.0
"""Seconds for the answer to a text whose OK came before it: a Sierra MC7455 that says so freezes."""
OLD_READS = 64
"""Reads of what is old before a new command: more than any burst, and no storm keeps us there."""
KEPT = 512
"""Unsolicited lines kept for the owner; beyond that the oldest go, the storages are listed anyway."""


@dataclass(frozen=True, slots=True)
class Unsolicited:
    """A line that no command asked for; `body` is the PDU of +CMT, +CDS and +CBM."""

    text: str
    body: str | None = None


# Commands every modem answers with a line of its own, so that an answer can be told from a stale one.
_PROBES: tuple[tuple[str, Expect], ...] = (
    ("AT+CMGF?", Expect(("+CMGF:",))),
    ("AT+CSQ", Expect(("+CSQ:",))),
    ("AT+CGMM", Expect(("+CGMM:",), plain_text)),
)


_CALL_COMMANDS = ("ATH", "AT+CHUP")


class Channel:
    """Owned by one thread; only the stream's `interrupt` may be called from others."""

    def __init__(self, stream: ByteStream, monotonic: Callable[[], float]) -> None:
        self._stream = stream
        self._monotonic = monotonic
        self._splitter = LineSplitter()
        self._exchange: Exchange | None = None
        self._header: str | None = None
        self._unsolicited: deque[Unsolicited] = deque(maxlen=KEPT)
        self._abandoned: set[str] = set()
        self._stale_finals = 0
        self.in_step = True
        """False after a command was given up; the next one first gets the stream back into step."""
        self._heard = 0
        self.is_mute = False
        """True after the stream could not be brought back into step: no question had an answer."""
        self.lost = False
        self.echoes = 0
        """Commands that the modem repeated; after ATE0 another one tells of a restart."""
        self.strays = 0
        """Lines that fitted nothing: final results without a command, prompts nobody waits for."""

    @property
    def unsolicited(self) -> deque[Unsolicited]:
        """What came unasked, oldest first; the owner takes it from the left."""
        return self._unsolicited

    def monotonic(self) -> float:
        """The clock all deadlines of this channel count by."""
        return self._monotonic()

    def ask(self, command: str, *, within: float, expect: Expect = NOTHING) -> list[str]:
        """The lines of the answer; `within` seconds from now, unsolicited lines or not.

        Raises CommandRefused on any final result but OK, NoReply at the deadline, PortLost.
        """
        self._get_ready()
        exchange = self._exchange = Exchange(command, expect)
        deadline = self._monotonic() + within
        self._write(command.encode("ascii") + b"\r")
        return self._answer(exchange, deadline, within)

    def open_entry(self, command: str, *, within: float, pause: float = 0.0) -> None:
        """Writes `command` and returns `pause` seconds after the modem prompted for a PDU.

        Whatever it raises, the modem has been told by ESC to leave the entry, and nothing was sent.
        """
        self._get_ready()
        exchange = self._exchange = Exchange(command, NOTHING, wants_prompt=True)
        deadline = self._monotonic() + within
        self._write(command.encode("ascii") + b"\r")
        while not exchange.prompted and exchange.final is None:
            if not self._receive_until(deadline):
                self.leave_entry()
                raise NoReply(f"The modem did not ask for the text within {within:g} s of {command}.")
        if pause and exchange.prompted:
            self.rest(pause)
        final = exchange.final
        if final is not None and not (exchange.prompted and final.ok):
            self.leave_entry()
            raise _refusal(command, final)

    def finish_entry(
        self,
        text: bytes,
        *,
        deadline: float,
        expect: Expect,
        is_proof: Callable[[str], bool] | None = None,
    ) -> list[str]:
        """Writes `text` and Ctrl-Z in one piece and returns the answer's lines.

        After a report that `is_proof` of this text, the answer is waited for no longer than
        `AFTER_REPORT`: the network has it, so the modem has lost its own word about it.
        NotWritten: the text did not leave. Whatever else this raises, it may have: CommandRefused,
        NoReply, PortLost. A line of the answer is proof that it did, and nothing is raised then.
        """
        exchange = self._exchange
        if exchange is None or not exchange.prompted:
            raise RuntimeError("no text entry is open")
        if exchange.final is not None:
            exchange.final = None
            deadline = min(deadline, self._monotonic() + AFTER_EARLY_OK)
        exchange.expect, exchange.is_proof = expect, is_proof
        exchange.typed = text.decode("ascii").upper()
        try:
            self._write(text + CTRL_Z)
        except PortLost as error:
            # The last byte was not taken, and without it nothing is sent (27.005 4.3).
            raise NotWritten(str(error)) from error
        return self._answer_to_text(exchange, deadline)

    def leave_entry(self) -> None:
        """ESC, and whatever the modem answers to it is taken off before the next command."""
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.void = f"The modem was still waiting for a text when it got {exchange.command}."
            self._abandoned.add(exchange.command)
        self.in_step = False
        self._write(ESC)

    def listen(self, timeout: float) -> bool:
        """Takes in what arrives, at most `timeout` seconds, ending early after any bytes or an interrupt.

        True where bytes came.
        """
        data = self._read(max(timeout, 0.0))
        self._take(data)
        return bool(data)

    def rest(self, seconds: float) -> None:
        """Listens for that long, whatever arrives: for modems that need a pause."""
        until = self._monotonic() + seconds
        while self._receive_until(until):
            pass

    def synchronise(self) -> None:
        """Leaves a text entry, drains what is old, and asks until an answer is surely its own.

        A bare AT proves nothing: the OK may be a late one. So questions with an answer of their own
        are asked, none that was given up before. Raises NoReply where the modem stays silent.
        """
        answered = False
        heard_before = self._heard
        for turn in range(PROBE_ROUNDS):
            within = PROBE_AGAIN_WITHIN if turn and self._heard == heard_before else PROBE_WITHIN
            for command, expect in self._fresh_probes():
                self._exchange = None
                self._write(ESC + b"\r")
                self._drain()
                if turn and not answered:
                    self._write(b"ATQ0\r")  # left by somebody with results switched off (V.250 6.2.5)
                    self._drain()
                outcome = self._probe(command, expect, within)
                if outcome:
                    if command in self._abandoned:
                        self._drain()  # perhaps the answer to its first asking: let the second one pass
                    self._in_step_again()
                    return
                answered = answered or outcome is not None
                self._abandoned.add(command)
        if not answered:
            self.is_mute = True
            raise NoReply("The modem does not answer.")
        # It answers, though never with a line we know; after a last silence nothing old can be left.
        self._drain()
        self._in_step_again()

    def _fresh_probes(self) -> list[tuple[str, Expect]]:
        fresh = [probe for probe in _PROBES if probe[0] not in self._abandoned]
        return fresh or list(_PROBES)

    def _probe(self, command: str, expect: Expect, within: float) -> bool | None:
        """True: answered with its own line. False: only final results came. None: nothing came."""
        answered: bool | None = None
        deadline = self._monotonic() + within
        self._write(command.encode("ascii") + b"\r")
        while True:
            exchange = self._exchange = Exchange(command, expect)
            while exchange.final is None:
                if exchange.void or not self._receive_until(deadline):
                    self._exchange = None
                    return answered
            self._exchange = None
            if exchange.final.ok and exchange.lines:
                return True
            answered = False
            # Perhaps a stale result, perhaps a refusal: a refused probe is not worth the whole wait.
            deadline = min(deadline, self._monotonic() + 2 * QUIET)

    def _in_step_again(self) -> None:
        self._abandoned.clear()
        self._stale_finals = 0
        self.in_step = True
        self.is_mute = False

    def _drain(self) -> None:
        limit = self._monotonic() + LONGEST_DRAIN
        quiet_at = self._monotonic() + QUIET
        while self._monotonic() < min(quiet_at, limit):
            data = self._read(min(quiet_at, limit) - self._monotonic())
            if data:
                self._take(data)
                quiet_at = self._monotonic() + QUIET

    def _get_ready(self) -> None:
        self._exchange = None
        # What came while nobody listened is sorted first: an old OK must not end the new command.
        for _ in range(OLD_READS):
            data = self._read(0.0)
            if not data:
                break
            self._take(data)
        if not self.in_step:
            self.synchronise()

    def _answer(self, exchange: Exchange, deadline: float, within: float) -> list[str]:
        while exchange.final is None:
            if exchange.void:
                self._abandon(exchange)
                raise NoReply(exchange.void)
            if not self._receive_until(deadline):
                self._abandon(exchange)
                raise NoReply(f"The modem did not answer {exchange.command} within {within:g} s.")
        if not exchange.final.ok:
            raise _refusal(exchange.command, exchange.final)
        return exchange.lines

    def _answer_to_text(self, exchange: Exchange, deadline: float) -> list[str]:
        shortly: float | None = None
        try:
            while not exchange.is_over:
                if shortly is None and (exchange.lines or exchange.final):
                    shortly = min(deadline, self._monotonic() + REST_WITHIN)
                elif exchange.is_proven:
                    deadline = min(deadline, self._monotonic() + AFTER_REPORT)
                    exchange.is_proof, exchange.is_proven = None, False
                if not self._receive_until(deadline if shortly is None else shortly):
                    break
        except PortLost:
            if not exchange.lines:
                raise
            return exchange.lines
        self._exchange = None
        if exchange.final is None:
            self._abandon(exchange)
        if exchange.lines or (exchange.final is not None and exchange.final.ok):
            return exchange.lines
        if exchange.final is not None:
            raise _refusal(exchange.command, exchange.final)
        raise NoReply(exchange.void or f"The modem did not answer {exchange.command} in time.")

    def _abandon(self, exchange: Exchange) -> None:
        self._exchange = None
        self._abandoned.add(exchange.command)
        self.in_step = False

    def _receive_until(self, deadline: float) -> bool:
        """Takes in one read; False once the deadline has passed."""
        left = deadline - self._monotonic()
        if left <= 0:
            return False
        self._take(self._read(left))
        return True

    def _read(self, timeout: float) -> bytes:
        self._check_port()
        try:
            data = self._stream.read(timeout)
            self._heard += len(data)
            return data
        except PortLost:
            self.lost = True
            raise

    def _write(self, data: bytes) -> None:
        self._check_port()
        try:
            self._stream.write(data)
        except PortLost:
            self.lost = True
            raise

    def _check_port(self) -> None:
        if self.lost:
            raise PortLost("The modem has been unplugged or has reset itself.")

    def _take(self, data: bytes) -> None:
        for item in self._splitter.feed(data) if data else ():
            self._sort(item)

    def _sort(self, item: Item) -> None:
        if isinstance(item, Prompt):
            self._sort_prompt()
        elif isinstance(item, Final):
            self._sort_final(item)
        else:
            self._sort_text(item.text)

    def _sort_prompt(self) -> None:
        exchange = self._exchange
        if exchange is not None and exchange.wants_prompt and not exchange.prompted:
            exchange.prompted = True
            return
        self.strays += 1
        if exchange is None or not exchange.wants_prompt:
            # A prompt nobody waits for: the next command would become part of a text.
            self.leave_entry()

    def _sort_final(self, final: Final) -> None:
        exchange = self._exchange
        if self._stale_finals:
            self._stale_finals -= 1
        elif final.of_call and not (exchange and exchange.command.startswith(_CALL_COMMANDS)):
            self._unsolicited.append(Unsolicited(final.text))
        elif exchange is None or exchange.final is not None:
            self.strays += 1
        else:
            exchange.final = final
            if not exchange.prompted:
                self._exchange = None

    def _sort_text(self, line: str) -> None:
        exchange = self._exchange
        if exchange is not None and exchange.is_echo(line):
            self.echoes += 1
            return
        expected = exchange is not None and self._may_answer(exchange) and exchange.expect.takes(line)
        if self._header is not None and is_hex(line):
            length = _length_in(self._header)
            if not expected or (length is not None and pdu_fits(line, length)):
                self._unsolicited.append(Unsolicited(self._header, line))
                self._header = None
                if exchange is not None and exchange.is_proof is not None:
                    exchange.is_proven = exchange.is_proven or exchange.is_proof(line)
                return
        if expected and exchange is not None:
            exchange.lines.append(line)
            self._stale_finals = 0
        elif line.upper().startswith(WITH_BODY):
            self._header = line
        else:
            self._sort_unasked(line)

    @staticmethod
    def _may_answer(exchange: Exchange) -> bool:
        return exchange.final is None or (exchange.prompted and not exchange.lines)

    def _sort_unasked(self, line: str) -> None:
        exchange = self._exchange
        if line.upper().startswith("+CMGS:"):
            # Of a command given up earlier. Its OK follows at once and ends nothing that runs now.
            self._stale_finals += 1
        elif exchange is not None and exchange.prompted and line.startswith(RESTARTS):
            exchange.void = "The modem restarted before it answered."
        self._unsolicited.append(Unsolicited(line))


def _length_in(header: str) -> int | None:
    last = header.rsplit(",", 1)[-1].rsplit(":", 1)[-1].strip()
    return int(last) if last.isascii() and last.isdigit() else None


def _refusal(command: str, final: Final) -> CommandRefused:
    return CommandRefused(command, final.text, final.code, final.family)
