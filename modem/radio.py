"""The radio and the modem as a whole switched off and on again, by AT commands (27.007 8.2, +CFUN).

A modem that has stopped answering gets the command all the same: many a mute one still obeys.
"""

from __future__ import annotations

from modem import commands
from modem.channel import Channel
from modem.errors import CommandRefused, NoReply
from modem.stream import ByteStream

FULL, MINIMUM, FLIGHT = 1, 0, 4
SWITCHES_WITHIN = 15.0  # Quectel EC25 command manual: +CFUN takes at most 15 s
OFF_FOR = 2.0
OBEYS_WITHIN = 5.0

PLAIN_RESTART = ("AT+CFUN=1,1",)


def switch_on(channel: Channel) -> None:
    """Sets full functionality where the radio is off: a worker killed half-way could have left it so.

    Raises NoReply and PortLost; a modem without +CFUN is taken to be on.
    """
    try:
        is_off = commands.functionality(channel) in (MINIMUM, FLIGHT)
    except CommandRefused:
        return
    if is_off:
        commands.set_functionality(channel, FULL, SWITCHES_WITHIN)


def cycle(channel: Channel, stream: ByteStream) -> None:
    """Radio off, two seconds, radio on: a new attach, the port stays. The SIM may ask for its PIN again.

    Raises PortLost, and NoReply where the modem stays mute; even then the radio was told to be on.
    """
    try:
        commands.set_functionality(channel, FLIGHT, SWITCHES_WITHIN)
        channel.rest(OFF_FOR)
    except CommandRefused:
        return
    except NoReply:
        _shout(channel, stream, f"AT+CFUN={FLIGHT}")
        channel.rest(OFF_FOR)
        _shout(channel, stream, f"AT+CFUN={FULL}")
        channel.synchronise()
        return
    commands.set_functionality(channel, FULL, SWITCHES_WITHIN)


def restart(channel: Channel, stream: ByteStream, ways: tuple[str, ...] = PLAIN_RESTART) -> None:
    """Restarts the modem; the port may go and come back. Close it afterwards, whatever this raises.

    `ways` are the profile's own commands, tried in order until one is taken. Raises PortLost.
    """
    for command in ways:
        try:
            commands.plain(channel, command, OBEYS_WITHIN)
            return
        except CommandRefused:
            continue
        except NoReply:
            _shout(channel, stream, command)
            channel.rest(OBEYS_WITHIN)


def _shout(channel: Channel, stream: ByteStream, command: str) -> None:
    """Writes a command to a modem that does not answer: out of a text entry, out of a half line."""
    channel.in_step = False
    stream.write(b"\x1b\r" + command.encode("ascii") + b"\r")
