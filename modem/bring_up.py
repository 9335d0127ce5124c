"""The steps from an open port to a modem that is set up, each tolerant of what a modem may lack.

No ATZ and no AT&F: they load a stored profile that belongs to somebody else's settings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from modem import capabilities, commands
from modem.capabilities import Capabilities
from modem.channel import Channel
from modem.errors import CommandRefused, FailureClass, NoReply, NotReady
from modem.profiles import Profile
from modem.sim import Memory
from modem.storage import Storage
from modem.tolerance import failure_in, told

ANSWERS_WITHIN = 10.0
BUSY_FOR = 60.0
ASK_AGAIN_AFTER = 1.0

# Where a modem does not list what +CNMI takes; ModemManager goes down a ladder like it.
_COMMON_INDICATIONS = (
    [2, 1, 0, 1, 0],
    [2, 1, 0, 2, 0],
    [2, 1, 0, 0, 0],
    [1, 1, 0, 1, 0],
    [1, 1, 0, 0, 0],
    [2, 1, 0, 1],
    [2, 1],
    [1, 1],
)


@dataclass(frozen=True, slots=True)
class Hardware:
    maker: str
    model: str
    firmware: str
    imei: str


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How messages come: the +CNMI values in force (None: none taken, texts are only found by listing).

    `acknowledges`: the modem stays in +CSMS=1, where each +CMT and +CDS waits for +CNMA.
    """

    indications: list[int] | None
    acknowledges: bool


def optionally(step: Callable[[], object]) -> bool:
    """Runs a step a modem may refuse or ignore; True where it took it."""
    try:
        step()
    except (CommandRefused, NoReply):
        return False
    return True


def patiently(channel: Channel, step: Callable[[], None]) -> None:
    """Repeats a step while the modem says it is busy: after the PIN a SIM needs seconds, some a minute."""
    deadline = channel.monotonic() + BUSY_FOR
    while True:
        try:
            step()
            return
        except CommandRefused as refusal:
            busy = failure_in(refusal) is FailureClass.BUSY
            if not busy or channel.monotonic() >= deadline:
                raise
        channel.listen(ASK_AGAIN_AFTER)


def greet(channel: Channel) -> None:
    """ESC, drain, until the modem's answers are its own; then no echo, words, and numbers for errors."""
    deadline = channel.monotonic() + ANSWERS_WITHIN
    while True:
        try:
            channel.synchronise()
            break
        except NoReply:
            if channel.monotonic() >= deadline:
                raise
    for command in ("ATE0", "ATV1", "AT+CMEE=1"):
        _takes(channel, partial(commands.plain, channel, command))


def identify(channel: Channel) -> Hardware:
    """Who the modem is; what it does not tell is "", save that without an IMEI it has no identity."""
    asked = (commands.manufacturer, commands.model, commands.revision, commands.imei)
    return Hardware(*(told(channel, partial(ask, channel), "") for ask in asked))


def capabilities_of(channel: Channel, hardware: Hardware, memory: Memory) -> Capabilities:
    """What this model with this firmware can do: remembered, or asked now and remembered from now on.

    To be called once the SIM is ready; without one, some modems refuse whatever concerns texts.
    """
    known = capabilities.from_json(memory.capabilities(hardware.model, hardware.firmware))
    if known is not None:
        return known
    found: list[Capabilities] = []
    patiently(channel, lambda: found.append(capabilities.ask_all(channel)))
    if found[0].is_complete and hardware.model:
        memory.remember_capabilities(hardware.model, hardware.firmware, found[0].to_json())
    return found[0]


def arrange_messages(
    channel: Channel, storage: Storage, profile: Profile, can: Capabilities | None = None
) -> Arrangement:
    """PDU mode, no acknowledgements, one memory, announcements; from what the modem offers, or asked here.

    Raises NotReady where the modem has no PDU mode: in text mode a length would be taken for a number.
    """
    try:
        patiently(channel, lambda: commands.plain(channel, "AT+CMGF=0"))
    except CommandRefused as refusal:
        raise NotReady("The modem cannot be set to PDU mode, so it cannot be used.") from refusal
    acknowledges = not _leaves_acknowledgements_off(channel)
    for command in profile.init:
        _takes(channel, partial(commands.plain, channel, command))
    if can is None:
        asked: list[Capabilities] = []
        patiently(channel, lambda: asked.append(capabilities.ask_all(channel, capabilities.ESSENTIAL)))
        can = asked[0]
    offered = can.storages
    patiently(channel, lambda: storage.set_up(profile.storages, offered))
    return Arrangement(_set_indications(channel, can.indications, profile.reports), acknowledges)


def _takes(channel: Channel, step: Callable[[], None]) -> bool:
    """As `optionally`, save that a modem which falls silent for good ends the bring-up at once."""

    def taken() -> bool:
        step()
        return True

    return told(channel, taken, False)


def _leaves_acknowledgements_off(channel: Channel) -> bool:
    # With +CSMS=1 every report waits for +CNMA, and a late one stops all delivery.
    service = told(channel, lambda: commands.message_service(channel), None)
    return service != 1 or _takes(channel, lambda: commands.choose_message_service(channel, 0))


def _set_indications(
    channel: Channel, offered: list[frozenset[int]], reports: tuple[int, ...]
) -> list[int] | None:
    for values in [*indications_from(offered, reports), *_COMMON_INDICATIONS]:
        if len(values) > 3 and values[3] not in reports:
            continue
        if _takes(channel, partial(commands.indicate, channel, values)):
            return values
    return None


def indications_from(offered: list[frozenset[int]], reports: tuple[int, ...]) -> list[list[int]]:
    """The +CNMI settings worth trying, best first, out of what the modem offers.

    mode 2 (buffer while the link is busy), mt 1 (store, then announce), bm 0, ds in the order of
    `reports`, bfr whatever the modem offers (an MC75i takes only 1).
    """
    if len(offered) < 2:
        return []
    head = [_first(offered[0], (2, 1, 3, 0)), _first(offered[1], (1, 2, 0))]
    if len(offered) < 4:
        return [head]
    broadcast = _first(offered[2], (0,))
    tail = [_first(offered[4], (0, 1))] if len(offered) > 4 else []
    ways = [way for way in reports if way in offered[3]]
    return [[*head, broadcast, way, *tail] for way in ways]


def _first(offered: frozenset[int], preferred: tuple[int, ...]) -> int:
    return next((value for value in preferred if value in offered), min(offered, default=0))
