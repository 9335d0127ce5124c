"""Calls to a modem that nobody answers: forwarded by the network, else told apart and hung up.

Source: 3GPP TS 27.007 7.11 (+CCFC), 7.6 (+CLIP), 6.5 (+CHUP).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial

from modem import bring_up, commands
from modem.channel import Channel, Expect
from modem.codes import Family, failure_of
from modem.commands import after_colon, fields_of, number_in
from modem.errors import CommandRefused, FailureClass, NoReply

NETWORK = 60.0  # the network is asked, not the modem: Quectel allows 300 s, most answer within 30 s
NUMBER_WITHIN = 3.0
"""Seconds after the first RING in which +CLIP tells who calls, if the network does."""
SAME_CALL = 8.0
"""Seconds between two rings of one call, with some to spare (3GPP leaves it to the modem: 5 to 6)."""

_VOICE = 1  # a bit of +CCFC's class
_UNCONDITIONAL, _QUERY, _REGISTER = 0, 2, 3


class Forwarding(Enum):
    """Whether the network forwards calls to the SIM."""

    FORWARDED = "forwarded"  # to the number that is wanted
    OTHER_NUMBER = "other_number"  # the network keeps to another one
    OFF = "off"  # the network took the setting and does not follow it
    REFUSED = "refused"  # the network or the plan does not allow it
    NOT_SUPPORTED = "not_supported"  # the modem cannot ask for it
    UNKNOWN = "unknown"  # nobody could be asked just now


_BY_CODE: Mapping[int | None, Forwarding] = {
    None: Forwarding.NOT_SUPPORTED,  # a bare ERROR: no such command
    3: Forwarding.REFUSED,  # operation not allowed
    4: Forwarding.NOT_SUPPORTED,
    30: Forwarding.UNKNOWN,  # no network service
    31: Forwarding.UNKNOWN,  # network timeout
    32: Forwarding.REFUSED,  # emergency calls only
    100: Forwarding.REFUSED,  # what networks without circuits answer to a supplementary service
}
"""+CME codes; where a code is not listed, a busy modem is asked again and all else is a refusal."""


def ensure(channel: Channel, number: str) -> Forwarding:
    """Has the network forward every voice call to `number`, set only where it differs, checked afterwards.

    `number` is E.164 with + or national digits. May take three times `NETWORK` seconds. Raises PortLost.
    """
    try:
        if _is_same(forwarded_to(channel), number):
            return Forwarding.FORWARDED
        _register(channel, number)
        found = forwarded_to(channel)
    except NoReply:
        return Forwarding.UNKNOWN
    except CommandRefused as refusal:
        return _state_after(refusal)
    if found is None:
        return Forwarding.OFF
    return Forwarding.FORWARDED if _is_same(found, number) else Forwarding.OTHER_NUMBER


def forwarded_to(channel: Channel) -> str | None:
    """The number all voice calls are forwarded to, "" where it is not told, None where they are not."""
    command = f"AT+CCFC={_UNCONDITIONAL},{_QUERY}"
    for line in channel.ask(command, within=NETWORK, expect=Expect(("+CCFC:",))):
        fields = fields_of(after_colon(line))
        group = number_in(fields[1]) if len(fields) > 1 else _VOICE
        if fields[0] == "1" and group is not None and group & _VOICE:
            return fields[2] if len(fields) > 2 else ""
    return None


def reject(channel: Channel) -> bool:
    """Hangs up a call, ringing or open; True where the modem took the command."""
    ways = ("AT+CHUP", "ATH")
    return any(bring_up.optionally(partial(commands.plain, channel, command)) for command in ways)


def _register(channel: Channel, number: str) -> None:
    kind = 145 if number.startswith("+") else 129
    command = f'AT+CCFC={_UNCONDITIONAL},{_REGISTER},"{number}",{kind},{_VOICE}'
    channel.ask(command, within=NETWORK, expect=Expect(("+CCFC:",)))


def _is_same(found: str | None, wanted: str) -> bool:
    """Networks give the number back as they keep it: with + and country code, or without."""
    digits = [re.sub(r"\D", "", each or "")[-10:] for each in (found, wanted)]
    return digits[0] == digits[1] != ""


def _state_after(refusal: CommandRefused) -> Forwarding:
    if refusal.code in _BY_CODE:
        return _BY_CODE[refusal.code]
    family: Family = "cms" if refusal.family == "cms" else "cme"
    is_busy = failure_of(family, refusal.code) is FailureClass.BUSY
    return Forwarding.UNKNOWN if is_busy else Forwarding.REFUSED


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody rings; `number` is None where the network tells none. Not `is_new`: the last call rings on."""

    number: str | None
    is_new: bool


class Ringing:
    """Makes one call of the RING and +CLIP lines a modem repeats; `at` is monotonic seconds."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._number: str | None = None
        self._last: Call | None = None
        self._last_at = 0.0

    def hear(self, number: str | None, at: float) -> None:
        """A ring, with the number where it was told."""
        if self._since is None:
            self._since = at
        self._number = self._number or number

    def seconds_left(self, at: float) -> float | None:
        """How long to wait for the number of the call that rings; None where none does."""
        if self._since is None:
            return None
        return 0.0 if self._number else max(0.0, self._since + NUMBER_WITHIN - at)

    def take(self, at: float) -> Call | None:
        """The call to hang up now, once for each time it has rung; None where there is none (yet)."""
        left = self.seconds_left(at)
        if self._since is None or left is None or left > 0:
            return None
        goes_on = (
            self._last is not None
            and self._since - self._last_at <= SAME_CALL
            and (not self._number or self._number == self._last.number)
        )
        number = self._last.number if goes_on and self._last is not None else self._number
        call = Call(number, is_new=not goes_on)
        self._since, self._number = None, None
        self._last, self._last_at = call, at
        return call
