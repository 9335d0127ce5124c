"""The steps from an open port to a modem that is set up, each tolerant of what a modem may lack.

No ATZ and no AT&F: they load a stored profile that belongs to somebody else's settings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from modem import commands
from modem.channel import Channel
from modem.codes import Family, failure_of
from modem.errors import CommandRefused, FailureClass, NoReply, NotReady
from modem.profiles import Profile
from modem.storage import Storage

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
            family: Family = "cme" if refusal.family == "cme" else "cms"
            busy = failure_of(family, refusal.code) is FailureClass.BUSY
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
        optionally(partial(commands.plain, channel, command))


def identify(channel: Channel) -> Hardware:
    """Who the modem is; what it does not tell is "", save that without an IMEI it has no identity."""
    said: list[str] = []
    for ask in (commands.manufacturer, commands.model, commands.revision, commands.imei):
        try:
            said.append(ask(channel))
        except CommandRefused:
            said.append("")
    return Hardware(*said)


def arrange_messages(channel: Channel, storage: Storage, profile: Profile) -> Arrangement:
    """PDU mode, no acknowledgements, one memory, announcements.

    Raises NotReady where the modem has no PDU mode: in text mode a length would be taken for a number.
    """
    try:
        patiently(channel, lambda: commands.plain(channel, "AT+CMGF=0"))
    except CommandRefused as refusal:
        raise NotReady("The modem cannot be set to PDU mode, so it cannot be used.") from refusal
    acknowledges = not _leaves_acknowledgements_off(channel)
    for command in profile.init:
        optionally(partial(commands.plain, channel, command))
    patiently(channel, lambda: storage.set_up(profile.storages))
    return Arrangement(_set_indications(channel, profile.reports), acknowledges)


def _leaves_acknowledgements_off(channel: Channel) -> bool:
    # With +CSMS=1 every report waits for +CNMA, and a late one stops all delivery.
    try:
        service = commands.message_service(channel)
    except (CommandRefused, NoReply):
        return True
    return service != 1 or optionally(lambda: commands.choose_message_service(channel, 0))


def _set_indications(channel: Channel, reports: tuple[int, ...]) -> list[int] | None:
    try:
        offered = commands.indication_choices(channel)
    except (CommandRefused, NoReply):
        offered = []
    for values in [*indications_from(offered, reports), *_COMMON_INDICATIONS]:
        if len(values) > 3 and values[3] not in reports:
            continue
        try:
            commands.indicate(channel, values)
        except CommandRefused:
            continue
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
