"""Gets the SIM ready: waits for it, enters the PIN by rules that cannot lock it, reads who it is.

A wrong PIN tried again by a restart loop locks the SIM for good. So: attempts left are read first, one
attempt always stays for a person, a PIN that was refused is never tried on that SIM again, and no PUK
is ever sent.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import NoReturn, Protocol

from modem import commands
from modem.channel import Channel
from modem.errors import CommandRefused, NoReply, NotReady
from modem.tolerance import is_unknown, told

READY_WITHIN = 60.0  # a SIM needs ten seconds after power-on; a slow modem up to a minute
NO_SIM_WITHIN = 20.0  # some say "not inserted" for the first seconds
PIN_TAKES_WITHIN = 10.0
ASK_AGAIN_AFTER = 1.0
ATTEMPTS_TO_SPARE = 2
LOOKS_WITHIN = 15.0  # Quectel EC25 command manual: +CFUN takes at most 15 s


class Memory(Protocol):
    """What must outlive a restart; the appliance keeps it."""

    def pin_was_tried(self, iccid: str, fingerprint: str) -> bool:
        """True where this PIN was tried on this SIM and not taken."""
        ...

    def remember_pin(self, iccid: str, fingerprint: str) -> None:
        """From now on this PIN counts as tried on this SIM."""
        ...

    def forget_pin(self, iccid: str, fingerprint: str) -> None:
        """It was remembered before its try, and the SIM took it: it does not count any more."""
        ...

    def capabilities(self, model: str, firmware: str) -> str | None:
        """What was remembered of this model with this firmware."""
        ...

    def remember_capabilities(self, model: str, firmware: str, text: str) -> None:
        """What a model with one firmware can do; it replaces what was remembered before."""
        ...


@dataclass(frozen=True, slots=True)
class Sim:
    iccid: str
    imsi: str
    own_number: str | None


_READY = ("READY", "SIM PIN2", "SIM PUK2", "PH-NET PIN2")  # texts need no PIN2
_BUSY_CODES = (14, 515)
_BY_CODE: dict[int | None, tuple[str, str]] = {
    10: ("no_sim", "There is no SIM in the modem. Put one in, or seat it again."),
    12: ("puk_needed", "The SIM is locked and needs its PUK. Enter it with the SIM in a phone."),
    13: ("sim_failure", "The SIM failed. Seat it again, or ask the carrier for another one."),
    14: ("sim_busy", "The SIM is still busy. It is asked again."),
    15: ("sim_failure", "The modem refuses this SIM as the wrong one."),
    262: ("puk_needed", "The SIM is blocked for good. Ask the carrier for another one."),
}
# Words that SIMCom and others put in place of an error code.
_BY_WORD = {
    "NOT INSERTED": 10,
    "SIM REMOVED": 10,
    "NO SIM": 10,
    "NOT READY": 14,
    "SIM BUSY": 14,
    "SIM FAILURE": 13,
    "SIM CRASH": 13,
    "BLOCKED": 262,
}
_UNCLEAR = ("not_ready", "The modem does not say what state its SIM is in.")


def get_ready(
    channel: Channel,
    pin: str | None,
    memory: Memory,
    imei: str,
    iccid_commands: tuple[str, ...],
    look_again: tuple[str, ...] = (),
) -> Sim:
    """Waits for the SIM, enters the PIN where that is safe, and reads the SIM's identity.

    `look_again` are the commands that make the modem look for a SIM it did not see at its start.
    Raises NotReady with the sentence for a person.
    """
    started = channel.monotonic()
    deadline = started + READY_WITHIN
    attempt = _PinAttempt(pin, memory, imei, iccid_commands)
    while True:
        state, reason = _state(channel)
        if state in _READY:
            attempt.accepted()
            return Sim(
                read_iccid(channel, iccid_commands),
                told(channel, partial(commands.imsi, channel), ""),
                told(channel, partial(commands.own_number, channel), None),
            )
        if state == "SIM PIN":
            if channel.monotonic() >= deadline:
                attempt.give_up()
            if not attempt.made and attempt.make(channel):
                deadline = channel.monotonic() + PIN_TAKES_WITHIN
                continue
        elif state:
            raise _locked(state)
        elif reason is not None and channel.monotonic() - started >= _patience(reason[0]):
            if reason[0] != "no_sim" or not look_again:
                raise NotReady(reason[1], reason[0])
            _look_again(channel, look_again)
            started, look_again = channel.monotonic(), ()
        channel.listen(ASK_AGAIN_AFTER)


def _look_again(channel: Channel, ways: tuple[str, ...]) -> None:
    for command in ways:
        told(channel, partial(commands.plain, channel, command, LOOKS_WITHIN), None)


def read_iccid(channel: Channel, iccid_commands: tuple[str, ...]) -> str:
    """The SIM's serial number by the first way that works, or "" (a SIM tells it before its PIN)."""
    for command in iccid_commands:
        digits = told(channel, partial(commands.iccid, channel, command), "")
        if digits:
            return digits
    return told(channel, partial(commands.iccid_from_file, channel), "")


def fingerprint(iccid: str, pin: str) -> str:
    """What may be stored of a PIN; slow to compute, because a PIN has few possible values."""
    return hashlib.scrypt(pin.encode(), salt=iccid.encode(), n=2**14, r=8, p=1, dklen=16).hex()


def _patience(reason: str) -> float:
    return {"puk_needed": 0.0, "no_sim": NO_SIM_WITHIN}.get(reason, READY_WITHIN)


class _PinAttempt:
    """The one attempt a PIN gets on a SIM."""

    def __init__(self, pin: str | None, memory: Memory, imei: str, iccid_commands: tuple[str, ...]) -> None:
        self._pin = pin
        self._memory = memory
        self._imei = imei
        self._iccid_commands = iccid_commands
        self._sim = ""
        self._is_remembered = False
        self.made = False

    def make(self, channel: Channel) -> bool:
        """Enters the PIN, or raises NotReady with why it is not entered; False if the SIM was busy."""
        pin = self._pin
        if pin is None or not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
            raise NotReady(
                "The SIM needs a PIN of 4 to 8 digits; name its file in sim_pin_file.", "pin_needed"
            )
        self._sim = read_iccid(channel, self._iccid_commands) or f"imei:{self._imei}"
        if self._memory.pin_was_tried(self._sim, fingerprint(self._sim, pin)):
            raise NotReady(
                "The SIM refused this PIN before; it is not tried again. Correct the PIN.", "pin_refused"
            )
        left = attempts_left(channel)
        if left is not None and left < ATTEMPTS_TO_SPARE:
            raise NotReady(
                "The SIM has one PIN attempt left; it is kept. Enter the PIN with the SIM in a phone.",
                "pin_risky",
            )
        self.made = self._enter(channel, pin, left)
        return self.made

    def _enter(self, channel: Channel, pin: str, left: int | None) -> bool:
        if left is None:
            # Nobody can tell afterwards what a try cost: a modem, or a worker, that dies here each time
            # would use up all attempts.
            self._remember()
        try:
            commands.enter_pin(channel, pin)
        except CommandRefused as refusal:
            if refusal.code in _BUSY_CODES:
                self._forget()
                return False  # not even looked at
            self.refused()
        except NoReply:
            return True  # Wavecom modems take it without a word; the next +CPIN? tells
        return True

    def accepted(self) -> None:
        """The SIM is open."""
        self._forget()

    def give_up(self) -> None:
        """The SIM still asks for its PIN at the deadline: it was refused, or never looked at."""
        if not self.made:
            raise NotReady(_BY_CODE[14][1], _BY_CODE[14][0])
        self.refused()

    def refused(self) -> NoReturn:
        self._remember()
        raise NotReady("The SIM refused the PIN. Correct it; it is not tried again.", "pin_refused")

    def _remember(self) -> None:
        if not self._is_remembered:
            self._memory.remember_pin(self._sim, fingerprint(self._sim, self._pin or ""))
            self._is_remembered = True

    def _forget(self) -> None:
        if self._is_remembered:
            self._memory.forget_pin(self._sim, fingerprint(self._sim, self._pin or ""))
            self._is_remembered = False


def attempts_left(channel: Channel) -> int | None:
    """PIN attempts left by the first vendor's form that answers; None where none does."""
    for form in range(len(commands.PIN_COUNTERS)):
        counter = told(channel, partial(commands.pin_attempts, channel, form), None)
        if counter is not None and counter.left is not None:
            return counter.left
    return None


def _state(channel: Channel) -> tuple[str, tuple[str, str] | None]:
    """The SIM's own word, or "" and what a refusal means; a modem without +CPIN counts as ready."""
    try:
        state = commands.pin_state(channel)
    except CommandRefused as refusal:
        if is_unknown(refusal):
            return "READY", None
        return "", _BY_CODE.get(_as_cme(refusal), _UNCLEAR)
    except NoReply:
        channel.synchronise()
        return "", _UNCLEAR
    if state in _BY_WORD:
        return "", _BY_CODE[_BY_WORD[state]]
    return (state, None) if state else ("", _UNCLEAR)


def _as_cme(refusal: CommandRefused) -> int | None:
    cms_to_cme = {310: 10, 313: 13, 314: 14, 315: 15, 316: 12}
    return cms_to_cme.get(refusal.code or 0) if refusal.family == "cms" else refusal.code


def _locked(state: str) -> NotReady:
    if state == "SIM PUK":
        return NotReady(_BY_CODE[12][1], "puk_needed")
    return NotReady(f"The modem is locked ({state}): it takes only its own carrier's SIM.", "sim_locked")
