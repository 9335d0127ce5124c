"""What follows when a text certainly did not leave: who waits, who is told, and what it does to its SIM."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.clock import Instant
from appliance.domain import outgoing
from appliance.domain.outgoing import Course, Fault, MessageEvent
from appliance.domain.records import AlarmLevel, Decision, Lane, MessageState, Verdict
from appliance.flow import objections
from appliance.flow.sending import Claim
from appliance.store import alarms, contacts, outbox, parts, policies, sims
from appliance.store.outbox import Outgoing
from appliance.store.sims import SimView

ALARMS = ("sim_account", "sim_rejected", "sim_waits")
"""What a SIM that cannot send raises; its next text that leaves clears them."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """What became of a text that did not leave; `setbacks`: failures of the SIM itself in a row."""

    state: MessageState | None
    setbacks: int
    sim_waits_until: Instant | None


def follow(claimed: Claim, failure: str, sentence: str, now: Instant) -> NotSent:
    """Records a failure of this class, inside the caller's transaction, and all that follows from it."""
    sim = claimed.sender.sim
    message = outbox.get(claimed.message_id)
    standing = sims.get(sim, now)
    setbacks = 0 if standing is None else standing.setbacks
    rejections = sims.rejected(sim, now) if failure == "rejected" else 0
    met = outgoing.met(failure, rejections, setbacks, outbox.strikes_of(message.number_id))
    course = outgoing.course(met)
    until = None
    if course.fault is Fault.SIM:
        setbacks = sims.set_back(sim, now)
        until = now + course.wait(setbacks)
        sims.pause(sim, until, met, now)
        if course.alarm_after and setbacks >= course.alarm_after:
            _alarm(claimed, met, sentence, now)
    state = _move(message, course, met, sentence, until, now)
    return NotSent(state, setbacks, until)


def urgent_from(standing: SimView) -> Instant | None:
    """From when on a text that leaves whatever happens may try a SIM that waits for the network; None: never.

    An hour's wait spares a network that is out of order; a call for help must not wait for its end.
    """
    pause = standing.pause
    if pause is None or pause.until is None or pause.reason != "temporary":
        return None
    failed_at = pause.until - outgoing.course(pause.reason).wait(standing.setbacks)
    return failed_at + outgoing.LADDER[0]


def over(claimed: Claim, now: Instant) -> None:
    """A text left by a SIM that had failed before: its troubles are over."""
    sims.accepted(claimed.sender.sim)
    for code in ALARMS:
        alarms.clear(code, _subject(claimed), now)


def _move(
    message: Outgoing, course: Course, met: str, sentence: str, sim_waits_until: Instant | None, now: Instant
) -> MessageState | None:
    event, due_at = course.event, None
    if course.fault is not Fault.SIM and event is MessageEvent.PUT_BACK:
        is_rejected = met == "rejected"
        outbox.strike(message.id, rejected=is_rejected)
        due_at = now + course.wait(message.strikes + 1)
        if is_rejected and message.rejections + 1 >= outgoing.REJECTED_ONCE_MORE:
            event, due_at = MessageEvent.REFUSED, None
    elif course.gives_way and sim_waits_until is not None:
        outbox.strike(message.id, rejected=False)
        own = now + outgoing.course("recipient_later").wait(message.strikes + 1)
        due_at = max(sim_waits_until, own) + outgoing.GIVES_WAY
    if event is MessageEvent.ACCEPTED and not parts.known(message.id, now):
        event = MessageEvent.PUT_BACK
    parts.back(message.id)
    state = outbox.apply(message.id, event, now, error=sentence, due_at=due_at)
    if course.fault is Fault.NUMBER:
        _heed_number(message, event, due_at, now)
    if state is MessageState.FAILED and message.lane is Lane.INVITATION:
        objections.close_conversation(message, now)
    return state


def _heed_number(message: Outgoing, event: MessageEvent, until: Instant | None, now: Instant) -> None:
    """A number that is off lets its other texts wait, too; one that there is not is shown for a check."""
    if event is MessageEvent.REFUSED:
        contacts.was_refused(message.number_id, now)
        decision = Decision(Verdict.REFUSE, "number_refused")
        objections.tell(message, decision, policies.current(), now)
    elif until is not None:
        outbox.postpone_number(message.number_id, until)


def _alarm(claimed: Claim, met: str, sentence: str, now: Instant) -> None:
    code = {
        "account": "sim_account",
        "throttled": "sim_rejected",
        "temporary": "sim_waits",
        "configuration": "sim_waits",
        "memory": "sim_waits",
        "busy": "sim_waits",
    }[met]
    if not alarms.is_open(code, _subject(claimed)):
        alarms.raise_alarm(code, AlarmLevel.AMBER, _subject(claimed), now, details={"sentence": sentence})


def _subject(claimed: Claim) -> str:
    return f"modem:{claimed.sender.modem.name}"
