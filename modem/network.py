"""Whether texts can go in and out: registration in three domains seen as one, signal, operator."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from modem import commands
from modem.channel import Channel
from modem.errors import CommandRefused, NoReply
from modem.tolerance import is_unknown, told

HOME = "home"
ROAMING = "roaming"
SEARCHING = "searching"
DENIED = "denied"
SMS_ONLY = "sms_only"
PACKET_ONLY = "packet_only"
UNKNOWN = "unknown"

# 27.007 7.2, 10.1.20, 10.1.22, 10.1.47; with 8 and 11 only emergency calls go, no texts.
_BY_STATE = {
    HOME: (1, 9),
    ROAMING: (5, 7, 10),
    SMS_ONLY: (6,),
    SEARCHING: (0, 2),  # 0: not even searching now, which the ladder may change
    DENIED: (3, 8, 11),
}
_STATES = {code: state for state, codes in _BY_STATE.items() for code in codes}
_USABLE = (HOME, ROAMING, SMS_ONLY)

SILENCES = 2
"""Questions in a row that a modem leaves unanswered before it counts as not knowing them."""


@dataclass(frozen=True, slots=True)
class Network:
    """`state` is home, roaming, sms_only, packet_only, searching, denied or unknown.

    packet_only: the circuit side refuses, a packet side accepts. Verizon looks like that where texts
    work, a data-only plan where they do not; only a text to oneself tells the two apart.
    `is_roaming`: the side that accepts is another operator's, whatever the state is called.
    """

    state: str
    is_roaming: bool = False

    @property
    def is_registered(self) -> bool:
        """True where a text may be tried."""
        return self.state in (*_USABLE, PACKET_ONLY)


def merge(circuit: int | None, lte: int | None, packet: int | None, nr: int | None = None) -> Network:
    """One state out of +CREG, +CEREG, +CGREG and +C5GREG (None: the modem does not tell)."""
    states = [
        _STATES.get(code, UNKNOWN) if code is not None else UNKNOWN for code in (circuit, lte, packet, nr)
    ]
    usable = next((state for state in states if state in _USABLE), None)
    if usable is not None:
        state = PACKET_ONLY if states[0] == DENIED else usable
        return Network(state, usable == ROAMING)
    return Network(next((state for state in (DENIED, SEARCHING) if state in states), UNKNOWN))


class NetworkView:
    """Asks the modem; what it does not know is asked once and never again."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._not_known: set[str] = set()
        self._silences: Counter[str] = Counter()

    def look(self) -> Network:
        """The registration now: a domain is asked only where those before it leave it open."""
        codes: list[int | None] = [self._domain("CREG"), self._domain("CEREG"), None, None]
        for place, domain in ((2, "CGREG"), (3, "C5GREG")):
            if merge(*codes).is_registered:
                break
            codes[place] = self._domain(domain)
        return merge(*codes)

    def operator(self) -> str | None:
        return told(self._channel, lambda: commands.operator(self._channel), None)

    def signal_dbm(self) -> int | None:
        try:
            return commands.signal_dbm(self._channel)
        except CommandRefused:
            return None

    def _domain(self, domain: str) -> int | None:
        if domain in self._not_known:
            return None
        try:
            found = commands.registration(self._channel, domain)
        except CommandRefused as refusal:
            if is_unknown(refusal):
                self._not_known.add(domain)
            return None
        except NoReply:
            self._pass_over(domain)
            return None
        self._silences[domain] = 0
        return found.code if found is not None else None

    def _pass_over(self, domain: str) -> None:
        """Counts a question left unanswered by a modem that still answers others, else raises NoReply."""
        self._channel.synchronise()
        self._silences[domain] += 1
        if self._silences[domain] >= SILENCES:
            self._not_known.add(domain)
