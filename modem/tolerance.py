"""What a modem may refuse or leave unanswered without being broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from modem.channel import Channel
from modem.codes import failure_of
from modem.errors import CommandRefused, FailureClass, NoReply

T = TypeVar("T")

# 27.007 9.2.1: not allowed, not supported, incorrect parameters, invalid command line.
_UNKNOWN_TO_CME = (3, 4, 50, 58)
_UNKNOWN_TO_CMS = (303,)


def is_unknown(refusal: CommandRefused) -> bool:
    """True where the refusal says that the modem does not know the command: asking again is no use."""
    codes = {"cme": _UNKNOWN_TO_CME, "cms": _UNKNOWN_TO_CMS}
    return refusal.family == "" or refusal.code in codes.get(refusal.family, ())


def failure_in(refusal: CommandRefused) -> FailureClass:
    """The class of a refusal's code; UNKNOWN for a bare ERROR."""
    return failure_of("cme" if refusal.family == "cme" else "cms", refusal.code)


def told(channel: Channel, question: Callable[[], T], otherwise: T) -> T:
    """The answer to a question that a modem may refuse or ignore, else `otherwise`.

    Raises NoReply where it ignores everything from here on, so that a dead modem is not asked ten more
    questions; PortLost.
    """
    try:
        return question()
    except CommandRefused:
        return otherwise
    except NoReply:
        channel.synchronise()
        return otherwise
