"""Whether what the bring-up arranged still holds: a restarted modem has forgotten it, and may not say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from modem import commands, sim
from modem.bring_up import Arrangement
from modem.channel import Channel
from modem.errors import CommandRefused
from modem.storage import Storage


def holds(
    channel: Channel, storage: Storage, arranged: Arrangement, iccid: str, iccid_commands: tuple[str, ...]
) -> bool:
    """True where mode, announcements, memories and SIM are still ours; what is not told counts so.

    Raises NoReply, PortLost.
    """
    return all(
        _told(check)
        for check in (
            lambda: commands.message_format(channel) in (0, None),
            partial(_indicates, channel, arranged.indications),
            storage.in_force,
            partial(_is_sim, channel, iccid, iccid_commands),
        )
    )


def _indicates(channel: Channel, wanted: list[int] | None) -> bool:
    now = commands.indications_now(channel) if wanted else []
    return not now or wanted is None or now[:4] == wanted[: min(4, len(now))]


def _is_sim(channel: Channel, iccid: str, iccid_commands: tuple[str, ...]) -> bool:
    now = sim.read_iccid(channel, iccid_commands) if iccid else ""
    return not now or now == iccid


def _told(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except CommandRefused:
        return True
