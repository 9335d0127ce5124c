"""The radio and the modem as a whole switched off and on again, by AT commands (27.007 8.2, +CFUN).

A modem that has stopped answering gets the command all the same: many a mute one still obeys.
"""

from __future__ import annotations

from modem import commands
from modem.channel import Channel
from modem.errors import CommandRefused, NoReply
from modem.stream import ByteStream
from modem.tolerance import told

FULL, MINIMUM, FLIGHT = 1, 0, 4
SWITCHES_WITHIN = 15.0  # Quectel EC25 command manual: +CFUN takes at most 15 s
OFF_FOR = 2.0
OBEYS_WITHIN = 5.0

PLAIN_RESTART = ("AT+CFUN=1,1",)


def switch_on(channel: Channel) -> None:
    """Sets full functionality where the radio is off: a worker killed half-way could have left it so.

    Raises NoReply and PortLost; a modem without +CFUN is taken to be on.
    """
    if told(channel, lambda: commands.functionality(channel), None) in (MINIMUM, FLIGHT):
        commands.set_functionality(channel, FULL, SWITCHES_WITHIN)


def cycle(channel: Channel, stream: ByteStream) -> bool:
    """Radio off, two seconds, radio on: a new attach, the port stays. The SIM may ask for its PIN again.

    False where the modem will not have it. Raises PortLost, and NoReply where the modem stays mute; even
    then the radio was told to be on.
    """
    try:
        is_heard = _told(channel, stream, f"AT+CFUN={FLIGHT}", SWITCHES_WITHIN)
    except CommandRefused:
        return False
    channel.rest(OFF_FOR)
    is_heard = _told(channel, stream, f"AT+CFUN={FULL}", SWITCHES_WITHIN) and is_heard
    if not is_heard:
        channel.synchronise()
    return True


def restart(channel: Channel, stream: ByteStream, ways: tuple[str, ...] = PLAIN_RESTART) -> bool:
    """Restarts the modem; the port may go and come back. Close it afterwards, whatever this raises.

    `ways` are the profile's own commands, tried in order until one is taken; False where all were refused.
    Raises PortLost.
    """
    was_told = False
    for command in ways:
        try:
            if _told(channel, stream, command, OBEYS_WITHIN):
                return True
        except CommandRefused:
            continue
        was_told = True
        channel.rest(OBEYS_WITHIN)
    return was_told


def _told(channel: Channel, stream: ByteStream, command: str, within: float) -> bool:
    """Gives a command; False where the modem did not say that it took it, and may have all the same."""
    if channel.in_step:
        try:
            commands.plain(channel, command, within)
            return True
        except NoReply:
            channel.in_step = False
    _shout(channel, stream, command)
    return False


def _shout(channel: Channel, stream: ByteStream, command: str) -> None:
    """Writes a command to a modem that does not answer: out of a text entry, out of a half line."""
    stream.write(b"\x1b\r" + command.encode("ascii") + b"\r")
