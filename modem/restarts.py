"""Restarts that a modem does not announce, noticed before a text is handed over in the wrong mode.

In text mode, its default, a modem takes the length of a PDU for a telephone number and the PDU for a text:
a stranger would get it.
"""

from __future__ import annotations

from modem import commands
from modem.channel import Channel
from modem.errors import CommandRefused

PROVEN_FOR = 0.25
"""Seconds for which a text that left proves the mode for the next: long enough for a burst, and no modem
restarts in it. Any other text costs one question more."""


class Restarts:
    """What is known of one modem since it was set up."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._echoes: int | None = None
        """How many echoes there had been when echo was off; None where the modem leaves it on."""
        self._proven_at: float | None = None

    def set_up(self, echoes_before: int) -> None:
        """The modem has just been set up; `echoes_before` are those before its last command."""
        now = self._channel.echoes
        self._echoes = now if now == echoes_before else None
        self.prove()

    def prove(self) -> None:
        """It has just done what only a modem does that is set up as ours."""
        self._proven_at = self._channel.monotonic()

    @property
    def is_echo_back(self) -> bool:
        """True where it repeats commands again, which it was told not to."""
        return self._echoes is not None and self._channel.echoes > self._echoes

    def is_ruled_out(self) -> bool:
        """Whether it is surely in the mode it was set to; asked where nothing has proven it lately.

        Raises NoReply, PortLost.
        """
        now = self._channel.monotonic()
        if self._proven_at is not None and now - self._proven_at < PROVEN_FOR:
            return not self.is_echo_back
        try:
            is_ours = commands.message_format(self._channel) in (0, None)
        except CommandRefused:
            is_ours = True  # a modem that does not tell is taken at its word from the bring-up
        if is_ours:
            self.prove()
        return is_ours and not self.is_echo_back
