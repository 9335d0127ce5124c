"""The states of one outgoing text as data, and what follows a failure of each class."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.clock import MINUTE, SECOND, Instant
from appliance.domain.records import MessageState

_S = MessageState


ALWAYS_LEAVES = ("stop", "wrong", "auto", "alert")
"""Texts that pass hold and breaker: what confirms a STOP, AUTO, the call to our own people (behaviour 1)."""


class MessageEvent(StrEnum):
    """What can happen to a text."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"  # the network took every part
    LOST_SIGHT = "lost_sight"  # Ctrl-Z was written, and then nothing
    PUT_BACK = "put_back"  # it certainly did not leave; it may be tried again
    REFUSED = "refused"  # it certainly did not leave; it never will
    RAN_OUT = "ran_out"  # its time of use is over
    WITHDRAWN = "withdrawn"  # a rule, a STOP or a person took it back
    CONFIRMED = "confirmed"  # a delivery report says it arrived
    BOUNCED = "bounced"  # a delivery report says it never will


MOVES: dict[tuple[MessageState, MessageEvent], MessageState] = {
    (_S.QUEUED, MessageEvent.CLAIMED): _S.SENDING,
    (_S.QUEUED, MessageEvent.RAN_OUT): _S.EXPIRED,
    (_S.QUEUED, MessageEvent.WITHDRAWN): _S.CANCELLED,
    (_S.SENDING, MessageEvent.ACCEPTED): _S.SENT,
    (_S.SENDING, MessageEvent.LOST_SIGHT): _S.UNKNOWN,
    (_S.SENDING, MessageEvent.PUT_BACK): _S.QUEUED,
    (_S.SENDING, MessageEvent.REFUSED): _S.FAILED,
    (_S.SENDING, MessageEvent.WITHDRAWN): _S.CANCELLED,
    (_S.SENT, MessageEvent.CONFIRMED): _S.DELIVERED,
    (_S.SENT, MessageEvent.BOUNCED): _S.FAILED,
    (_S.UNKNOWN, MessageEvent.ACCEPTED): _S.SENT,
    (_S.UNKNOWN, MessageEvent.CONFIRMED): _S.DELIVERED,
    (_S.UNKNOWN, MessageEvent.BOUNCED): _S.FAILED,
}
"""Every move there is. A text that was handed over never goes back to the queue from `unknown`."""


def move(state: MessageState, event: MessageEvent) -> MessageState | None:
    """The state that follows, or None when the event says nothing in this state."""
    return MOVES.get((state, event))


def from_states(event: MessageEvent) -> tuple[MessageState, ...]:
    """The states in which the event means something: the guard of its UPDATE."""
    return tuple(state for (state, happened) in MOVES if happened is event)


@dataclass(frozen=True, slots=True)
class Retry:
    """What to do with a text that certainly did not leave."""

    event: MessageEvent
    wait: int = 0


_LADDER = (30 * SECOND, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE)
_MODEM_AGAIN = (0, 5 * SECOND, 30 * SECOND, 2 * MINUTE)

_WAITS: dict[str, tuple[int, ...]] = {
    "recipient_later": _LADDER,
    "temporary": _LADDER,
    "account": (5 * MINUTE, 15 * MINUTE, 60 * MINUTE),
    "rejected": (10 * MINUTE,),
    "configuration": (SECOND, MINUTE),
    "memory": (10 * SECOND, MINUTE),
    "busy": (3 * SECOND, 3 * SECOND, 3 * SECOND, 3 * SECOND, 3 * SECOND),
    "modem": _MODEM_AGAIN,
}
"""Waits by failure class; a class that is not here never gets a second try. `modem`: the modem was mute
or gone before the text was handed over, which says nothing about the text."""

_ENDLESS = frozenset({"recipient_later", "temporary", "account", "modem", "memory", "configuration", "busy"})
"""Classes whose last wait repeats until the text's own time is over."""


def after_failure(failure: str, attempts: int) -> Retry:
    """What follows the failure of a text that did not leave, after `attempts` tries (the first is 1).

    `failure` is a class name of the modem package, or "modem" when there was no answer at all.
    """
    if failure == "duplicate":
        return Retry(MessageEvent.ACCEPTED)
    waits = _WAITS.get(failure)
    if waits is None:
        return Retry(MessageEvent.REFUSED)
    if attempts > len(waits) and failure not in _ENDLESS:
        return Retry(MessageEvent.REFUSED)
    return Retry(MessageEvent.PUT_BACK, waits[min(attempts, len(waits)) - 1])


def is_useless(now: Instant, not_after: Instant) -> bool:
    """Whether the text's time of use is over."""
    return now > not_after
