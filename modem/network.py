"""Whether texts can go in and out: registration in three domains seen as one, signal, operator."""

from __future__ import annotations

from dataclasses import dataclass

from modem import commands
from modem.channel import Channel
from modem.errors import CommandRefused

DOMAINS = ("CREG", "CEREG", "CGREG")

HOME = "home"
ROAMING = "roaming"
SEARCHING = "searching"
DENIED = "denied"
SMS_ONLY = "sms_only"
PACKET_ONLY = "packet_only"
UNKNOWN = "unknown"

# 27.007 7.2 and 10.1.22; 8 (emergency bearer) and 11 (emergency services only) take no texts.
_STATES = {1: HOME, 2: SEARCHING, 3: DENIED, 5: ROAMING, 6: SMS_ONLY, 7: ROAMING, 8: DENIED, 9: HOME} | {
    10: ROAMING,
    11: DENIED,
}
_USABLE = (HOME, ROAMING, SMS_ONLY)


@dataclass(frozen=True, slots=True)
class Network:
    """`state` is home, roaming, sms_only, packet_only, searching, denied or unknown.

    packet_only: the circuit side refuses, LTE or packet accepts. Verizon looks like that where texts
    work, a data-only plan where they do not; only a text to oneself tells the two apart.
    """

    state: str

    @property
    def is_registered(self) -> bool:
        """True where a text may be tried."""
        return self.state in (*_USABLE, PACKET_ONLY)


def merge(circuit: int | None, lte: int | None, packet: int | None) -> Network:
    """One state out of +CREG, +CEREG and +CGREG (None: the modem does not tell)."""
    states = [_STATES.get(code, UNKNOWN) if code is not None else UNKNOWN for code in (circuit, lte, packet)]
    if states[0] in _USABLE:
        return Network(states[0])
    for state in states[1:]:
        if state in _USABLE:
            return Network(PACKET_ONLY if states[0] == DENIED else state)
    for state in (DENIED, SEARCHING):
        if state in states:
            return Network(state)
    return Network(UNKNOWN)


class NetworkView:
    """Asks the modem; what it does not know is asked once and never again."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._not_known: set[str] = set()

    def look(self) -> Network:
        """The registration now: the packet domain is asked only where the other two leave it open."""
        circuit, lte = self._domain("CREG"), self._domain("CEREG")
        seen = merge(circuit, lte, None)
        return seen if seen.is_registered else merge(circuit, lte, self._domain("CGREG"))

    def operator(self) -> str | None:
        try:
            return commands.operator(self._channel)
        except CommandRefused:
            return None

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
            if refusal.family == "" or refusal.code in (3, 4):
                self._not_known.add(domain)
            return None
        return found.code if found is not None else None
