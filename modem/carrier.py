"""What decides with the carrier whether texts pass: IMS, carrier profile, attach, service, SMSC.

It is shown to a person and never changed here: on LTE a text travels by IMS, and a modem with IMS off or
with another carrier's profile looks registered and carries none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from modem import commands
from modem.capabilities import Capabilities
from modem.channel import Channel, Expect
from modem.commands import after_colon, fields_of, number_in
from modem.lines import is_unsolicited
from modem.profiles import Profile
from modem.tolerance import told

Ims = Literal["registered", "not_registered", "off", "unknown"]

_SERVICES = ("packet", "circuit", "packet_preferred", "circuit_preferred")  # 27.007 10.1.21, in its order
_TEXTS_BY_IMS = 4  # 27.007 8.71, <ext_info>
_NOTHING_SAID: list[str] = []


@dataclass(frozen=True, slots=True)
class CarrierState:
    """None: the modem does not tell.

    `texts_by_ims`: IMS carries texts, as the modem says while it is registered there. `profile`: the
    carrier profile in force. `service`: packet, circuit, packet_preferred or circuit_preferred.
    `centre`: the SMSC's number, "" where none is set.
    """

    ims: Ims
    texts_by_ims: bool | None
    profile: str | None
    is_attached: bool | None
    service: str | None
    centre: str | None


def look(channel: Channel, profile: Profile, can: Capabilities) -> CarrierState:
    """Asks what the model knows: the standard's questions it does not lack, and its profile's own.

    Raises NoReply where the modem falls silent, PortLost.
    """
    ims, texts_by_ims = _standard_ims([] if can.lacks("CIREG") else _fields(channel, "CIREG"))
    makers_word = _Said()
    for command in profile.carrier:
        said = _ask_maker(channel, command)
        makers_word = _Said(
            said.ims if makers_word.ims == "unknown" else makers_word.ims, makers_word.profile or said.profile
        )
    service = None if can.lacks("CGSMS") else _number(_fields(channel, "CGSMS"), 0)
    attached = _number(_fields(channel, "CGATT"), 0)
    return CarrierState(
        ims=_agreed(ims, makers_word.ims),
        texts_by_ims=texts_by_ims,
        profile=makers_word.profile,
        is_attached=None if attached is None else attached == 1,
        service=_SERVICES[service] if service is not None and service < len(_SERVICES) else None,
        centre=told(channel, lambda: commands.message_centre(channel), None),
    )


def _fields(channel: Channel, name: str) -> list[str]:
    ask = partial(channel.ask, f"AT+{name}?", within=commands.SHORT, expect=Expect((f"+{name}:",)))
    lines = told(channel, ask, _NOTHING_SAID)
    return fields_of(after_colon(lines[-1])) if lines else []


def _number(fields: list[str], place: int) -> int | None:
    return number_in(fields[place]) if len(fields) > place else None


def _standard_ims(fields: list[str]) -> tuple[Ims, bool | None]:
    """The answer to +CIREG (27.007 8.71): mode, registered or not, and what IMS can, in hexadecimal."""
    registered = _number(fields, 1)
    if registered is None:
        return "unknown", None
    if registered == 0:
        return "not_registered", None
    can = fields[2] if len(fields) > 2 else ""
    is_told = re.fullmatch("[0-9A-Fa-f]{1,8}", can) is not None
    return "registered", bool(int(can, 16) & _TEXTS_BY_IMS) if is_told else None


def _agreed(standard: Ims, maker: Ims) -> Ims:
    """The standard's word; of the maker only what it leaves open: that IMS is switched off."""
    if standard == "unknown" or (standard == "not_registered" and maker == "off"):
        return maker
    return standard


# ---- makers' own questions -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    ims: Ims = "unknown"
    profile: str | None = None


def _quectel_ims(lines: list[str]) -> _Said:
    # "ims", switch (0: the carrier profile decides, 1 on, 2 off), and whether it works now
    fields = fields_of(after_colon(lines[-1]))
    switch, works = _number(fields, 1), _number(fields, 2)
    if works:
        return _Said("registered")
    if switch == 2 or (switch, works) == (0, 0):
        return _Said("off")
    return _Said("not_registered" if works == 0 else "unknown")


def _quectel_profiles(lines: list[str]) -> _Said:
    # "List", number, selected, in force, name, ...
    listed = (fields_of(after_colon(line)) for line in lines)
    return _Said(profile=next((row[4] for row in listed if len(row) > 4 and row[3] == "1"), None))


def _quectel_profile(lines: list[str]) -> _Said:
    fields = fields_of(after_colon(lines[-1]))
    return _Said(profile=fields[1] or None if len(fields) > 1 else None)


def _ublox_profile(lines: list[str]) -> _Said:
    number = _number(fields_of(after_colon(lines[-1])), 0)
    names = {2: "AT&T", 3: "Verizon", 5: "T-Mobile"}
    return _Said(profile=names.get(number, f"UMNOPROF {number}") if number is not None else None)


def _sierra_status(lines: list[str]) -> _Said:
    state = re.search(r"IMS reg state:\s*(\w+)", "\n".join(lines), re.IGNORECASE)
    words: Mapping[str, Ims] = {"no": "not_registered", "not": "not_registered", "full": "registered"}
    return _Said(words.get(state[1].lower(), "unknown")) if state else _Said()


def _a_row(line: str) -> bool:
    return ":" in line and not is_unsolicited(line)


_MAKERS: Mapping[str, tuple[Expect, Callable[[list[str]], _Said]]] = {
    'AT+QCFG="ims"': (Expect(("+QCFG:",)), _quectel_ims),
    'AT+QMBNCFG="List"': (Expect(("+QMBNCFG:",)), _quectel_profiles),
    'AT+QMBNCFG="Select"': (Expect(("+QMBNCFG:",)), _quectel_profile),
    "AT+UMNOPROF?": (Expect(("+UMNOPROF:",)), _ublox_profile),
    "AT!GSTATUS?": (Expect(("!GSTATUS:",), _a_row), _sierra_status),
}
MAKERS_QUESTIONS = frozenset(_MAKERS)
"""What a profile's `carrier` may name."""


def _ask_maker(channel: Channel, command: str) -> _Said:
    expect, read = _MAKERS[command]
    lines = told(channel, partial(channel.ask, command, within=commands.SHORT, expect=expect), _NOTHING_SAID)
    return read(lines) if lines else _Said()
