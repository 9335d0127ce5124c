"""Gets the SIM ready: waits for it, enters the PIN by rules that cannot lock it, reads who it is.

A wrong PIN tried again by a restart loop locks the SIM for good. So: attempts left are read first, one
attempt always stays for a person, a PIN that was refused is never tried on that SIM again, and no PUK
is ever sent.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NoReturn, Protocol

from modem import commands
from modem.channel import Channel
from modem.errors import CommandRefused, NoReply, NotReady, PortLost

READY_WITHIN = 60.0  # a SIM needs ten seconds after power-on; a slow modem up to a minute
NO_SIM_WITHIN = 20.0  # some say "not inserted" for the first seconds
PIN_TAKES_WITHIN = 10.0
ASK_AGAIN_AFTER = 1.0
ATTEMPTS_TO_SPARE = 2


class Memory(Protocol):
    """What must outlive a restart; the appliance keeps it."""

    def pin_was_tried(self, iccid: str, fingerprint: str) -> bool:
        """True where this PIN was tried on this SIM and not taken."""
        ...

    def remember_pin(self, iccid: str, fingerprint: str) -> None:
        """From now on this PIN counts as tried on this SIM."""
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
_UNCLEAR = ("not_ready", "The modem does not say what state its SIM is in.")


def get_ready(
    channel: Channel, pin: str | None, memory: Memory, imei: str, iccid_commands: tuple[str, ...]
) -> Sim:
    """Waits for the SIM, enters the PIN where that is safe, and reads the SIM's identity.

    Raises NotReady with the sentence for a person.
    """
    started = channel.monotonic()
    deadline = started + READY_WITHIN
    attempt = _PinAttempt(pin, memory, imei, iccid_commands)
    while True:
        state, reason = _state(channel)
        if state in _READY:
            return Sim(read_iccid(channel, iccid_commands), _optional_imsi(channel), _own_number(channel))
        if state == "SIM PIN":
            if channel.monotonic() >= deadline:
                attempt.give_up()
            if not attempt.made and attempt.make(channel):
                deadline = channel.monotonic() + PIN_TAKES_WITHIN
                continue
        elif state:
            raise _locked(state)
        elif reason is not None and channel.monotonic() - started >= _patience(reason[0]):
            raise NotReady(reason[1], reason[0])
        channel.listen(ASK_AGAIN_AFTER)


def read_iccid(channel: Channel, iccid_commands: tuple[str, ...]) -> str:
    """The SIM's serial number by the first way that works, or "" (a SIM tells it before its PIN)."""
    for command in iccid_commands:
        try:
            digits = commands.iccid(channel, command)
        except CommandRefused:
            continue
        if digits:
            return digits
    try:
        return commands.iccid_from_file(channel)
    except CommandRefused:
        return ""


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
        try:
            commands.enter_pin(channel, pin)
        except CommandRefused as refusal:
            if refusal.code in _BUSY_CODES:
                return False  # not even looked at
            self.refused()
        except NoReply:
            return True  # Wavecom modems take it without a word; the next +CPIN? tells
        except PortLost:
            if left is None:
                # Nobody knows what this cost; a modem that resets here could use up all attempts.
                self._remember()
            raise
        return True

    def give_up(self) -> None:
        """The SIM still asks for its PIN at the deadline: it was refused, or never looked at."""
        if not self.made:
            raise NotReady(_BY_CODE[14][1], _BY_CODE[14][0])
        self.refused()

    def refused(self) -> NoReturn:
        self._remember()
        raise NotReady("The SIM refused the PIN. Correct it; it is not tried again.", "pin_refused")

    def _remember(self) -> None:
        self._memory.remember_pin(self._sim, fingerprint(self._sim, self._pin or ""))


def attempts_left(channel: Channel) -> int | None:
    """PIN attempts left by the first vendor's form that answers; None where none does."""
    for form in range(len(commands.PIN_COUNTERS)):
        try:
            left = commands.pin_attempts(channel, form).left
        except CommandRefused:
            continue
        if left is not None:
            return left
    return None


def _state(channel: Channel) -> tuple[str, tuple[str, str] | None]:
    """The SIM's own word, or "" and what a refusal means; a modem without +CPIN counts as ready."""
    try:
        state = commands.pin_state(channel)
    except CommandRefused as refusal:
        if refusal.family == "" or refusal.code in (3, 4):
            return "READY", None
        return "", _BY_CODE.get(_as_cme(refusal), _UNCLEAR)
    return (state, None) if state else ("", _UNCLEAR)


def _as_cme(refusal: CommandRefused) -> int | None:
    cms_to_cme = {310: 10, 313: 13, 314: 14, 315: 15, 316: 12}
    return cms_to_cme.get(refusal.code or 0) if refusal.family == "cms" else refusal.code


def _locked(state: str) -> NotReady:
    if state in ("SIM PUK", "BLOCKED"):
        return NotReady(_BY_CODE[12][1], "puk_needed")
    return NotReady(f"The modem is locked ({state}): it takes only its own carrier's SIM.", "sim_locked")


def _optional_imsi(channel: Channel) -> str:
    try:
        return commands.imsi(channel)
    except CommandRefused:
        return ""


def _own_number(channel: Channel) -> str | None:
    try:
        return commands.own_number(channel)
    except CommandRefused:
        return None
