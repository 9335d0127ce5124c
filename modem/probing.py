"""Tells a port that takes commands from those that give positions or diagnostics, and asks who is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from modem import commands
from modem.channel import ESC, QUIET, Channel
from modem.errors import CommandRefused, NoReply, PortLost
from modem.stream import ByteStream

ANSWERS_WITHIN = 1.0
TRIES = 2  # the first may be refused for what an earlier program left in the line

_POSITIONS = "$G"  # NMEA 0183: $GP, $GL, $GN ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a modem tells of itself; "" where it does not."""

    model: str
    imei: str


def ask_who(stream: ByteStream, monotonic: Callable[[], float]) -> Answer | None:
    """Who takes commands at this port; None where nobody does. The port stays open, whatever it gives.

    ESC comes first: a modem left in a text entry would take the question for a part of the text.
    """
    channel = Channel(stream, monotonic)
    try:
        stream.write(ESC + b"\r")
        channel.rest(QUIET)
        if any(line.text.startswith(_POSITIONS) for line in channel.unsolicited):
            return None
        if not _takes_commands(channel):
            return None
        answer = Answer(_told(commands.model, channel), _told(commands.imei, channel))
    except (NoReply, PortLost):
        return None
    return answer if answer.model or answer.imei else None


def _takes_commands(channel: Channel) -> bool:
    for _ in range(TRIES):
        try:
            commands.plain(channel, "AT", ANSWERS_WITHIN)
            return True
        except CommandRefused:
            continue
    return False


def _told(ask: Callable[[Channel], str], channel: Channel) -> str:
    try:
        return ask(channel)
    except CommandRefused:
        return ""
