"""The states of one outgoing text as data, and what follows a failure of each class."""

from __future__ import annotations

from collections.abc import Mapping
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


class Fault(StrEnum):
    """Whose fault a failure is: it says who waits."""

    TEXT = "text"  # this text alone
    NUMBER = "number"  # every text to this number
    SIM = "sim"  # every text by this SIM; no try of the text is used up


@dataclass(frozen=True, slots=True)
class Course:
    """What follows a failure of one class of a text that did not leave.

    `waits` by failures in a row, the last repeats until the text's own time is over. `gives_way`: when the
    SIM is tried again, other texts go first, or one bad number would hold up all. `alarm_after`: failures in
    a row after which a person is told, 0 for never.
    """

    event: MessageEvent
    fault: Fault
    waits: tuple[int, ...] = (0,)
    gives_way: bool = False
    alarm_after: int = 0

    def wait(self, failures: int) -> int:
        """How long the one at fault waits after this many failures in a row (the first is 1)."""
        return self.waits[min(max(failures, 1), len(self.waits)) - 1]


LADDER = (30 * SECOND, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE)
GIVES_WAY = 5 * SECOND
"""How much longer than its SIM a text waits that gives way: time for another to show that the SIM is well."""

REJECTED_ONCE_MORE = 2
"""The rejections of one text after which it is given up (21: one retry)."""

REJECTED_IN_A_ROW = 3
"""The rejections in a row, by any text, that say that the network slows this SIM down."""

_BACK, _NEVER = MessageEvent.PUT_BACK, MessageEvent.REFUSED

COURSES: Mapping[str, Course] = {
    "recipient": Course(_NEVER, Fault.NUMBER),
    "recipient_later": Course(_BACK, Fault.NUMBER, LADDER),
    "text": Course(_NEVER, Fault.TEXT),
    "account": Course(_BACK, Fault.SIM, (5 * MINUTE, 15 * MINUTE, 60 * MINUTE), alarm_after=1),
    "rejected": Course(_BACK, Fault.TEXT, (10 * MINUTE,)),
    "throttled": Course(
        _BACK, Fault.SIM, (10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 60 * MINUTE), gives_way=True, alarm_after=1
    ),
    "duplicate": Course(MessageEvent.ACCEPTED, Fault.TEXT),
    "temporary": Course(_BACK, Fault.SIM, LADDER, gives_way=True, alarm_after=4),
    "configuration": Course(_BACK, Fault.SIM, (SECOND, MINUTE), alarm_after=4),
    "memory": Course(_BACK, Fault.SIM, (10 * SECOND, MINUTE), alarm_after=4),
    "busy": Course(_BACK, Fault.SIM, (*(3 * SECOND,) * 5, MINUTE), alarm_after=8),
    "modem": Course(_BACK, Fault.TEXT, (0, 5 * SECOND, 30 * SECOND, 2 * MINUTE)),
    "unknown": Course(MessageEvent.LOST_SIGHT, Fault.TEXT),
}
"""By the modem's failure class, and two more: `modem` was mute or gone before the text was handed over, which
says nothing about the text; `throttled` is what many rejections in a row are."""

_OTHERWISE = Course(_NEVER, Fault.TEXT)


def course(failure: str) -> Course:
    """What follows a failure of this class; one that nobody listed never gets a second try."""
    return COURSES.get(failure, _OTHERWISE)


def met(failure: str, rejections: int, setbacks: int, strikes: int) -> str:
    """The class a failure really is, by what else happened.

    `rejections` in a row on this SIM with this one, `setbacks` of the SIM before, `strikes` of the number's
    texts before. A temporary failure that no other number has met since is the number's own: one failing
    number never delays another.
    """
    if failure == "rejected" and rejections >= REJECTED_IN_A_ROW:
        return "throttled"
    if failure == "temporary" and strikes and setbacks <= 1:
        return "recipient_later"
    return failure


def is_useless(now: Instant, not_after: Instant) -> bool:
    """Whether the text's time of use is over."""
    return now > not_after
