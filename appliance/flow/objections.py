"""Why a queued text must not leave, if anything has changed since it was queued, and what follows."""

from __future__ import annotations

from appliance.clock import Instant
from appliance.config import Config
from appliance.domain import eligibility, outgoing
from appliance.domain.outgoing import MessageEvent
from appliance.domain.records import ConversationState, Decision, EventKind, Lane, Verdict
from appliance.flow import brakes, planning
from appliance.store import contacts, decisions, incidents, outbox, surveys, switches
from appliance.store.outbox import Outgoing
from appliance.store.policies import PolicyVersion


def to_leaving(message: Outgoing, config: Config, policy: PolicyVersion, now: Instant) -> Decision | None:
    """Every rule, at the claim."""
    if outgoing.is_useless(now, message.not_after):
        return Decision(Verdict.REFUSE, "expired")
    if message.e164 is None:
        return Decision(Verdict.REFUSE, "number_missing")
    if message.lane is Lane.CONFIRMATION:
        return None
    standing = _standing(message, now)
    if standing is None and message.lane is Lane.CONVERSATION and brakes.is_shut(EventKind.SURVEY, now):
        # The first person let notices go, and a survey's next question is none.
        return Decision(Verdict.POSTPONE, "breaker")
    if standing is not None or message.lane is Lane.CONVERSATION or message.event_id is None:
        return standing
    return _of_event(message.event_id, config, policy, now)


def to_going_on(message: Outgoing, now: Instant) -> Decision | None:
    """What stops a long text between two of its parts: hold and breaker, a STOP, a lock, the survey's end.

    Windows, ages and caps do not: half a text is worse than a late one.
    """
    if message.kind not in outgoing.ALWAYS_LEAVES:
        kind = EventKind.CLOSED if message.lane is Lane.NOTICE else EventKind.SURVEY
        stops = (
            ("hold", switches.current_hold() is not None),
            ("clock", switches.clock_stop() is not None),
            ("breaker", brakes.is_shut(kind, now)),
        )
        for reason, is_on in stops:
            if is_on:
                return Decision(Verdict.POSTPONE, reason)
    return None if message.lane is Lane.CONFIRMATION else _standing(message, now)


def heed(message: Outgoing, objection: Decision, policy: PolicyVersion, now: Instant) -> None:
    """Postponed: the text waits in the queue. Refused: it is taken back, with a line in its call's story."""
    if objection.verdict is Verdict.POSTPONE:
        if objection.not_before is not None:
            outbox.postpone(message.id, brakes.slot(objection.not_before))
        return
    event = MessageEvent.RAN_OUT if objection.reason == "expired" else MessageEvent.WITHDRAWN
    outbox.apply(message.id, event, now, error=objection.reason)
    tell(message, objection, policy, now)
    if message.lane is Lane.INVITATION:
        close_conversation(message, now)


def tell(message: Outgoing, decision: Decision, policy: PolicyVersion, now: Instant) -> None:
    """A line in the story of the text's call."""
    decisions.note(
        message.incident_id,
        message.number_id,
        message.kind,
        decision,
        policy.id,
        now,
        event_id=message.event_id,
    )


def close_conversation(message: Outgoing, now: Instant) -> None:
    """An invitation that does not leave leaves no open survey."""
    if message.conversation_id is not None:
        surveys.close_conversation(message.conversation_id, now)


def _standing(message: Outgoing, now: Instant) -> Decision | None:
    """What the number, the call and the conversation say."""
    contact = contacts.get(message.number_id)
    if contact.opted_out_at is not None:
        return Decision(Verdict.REFUSE, "wrong_number" if contact.opted_out_by == "wrong" else "opted_out")
    if message.incident_id is not None:
        locked = incidents.get(message.incident_id).incident.locked
        if locked is not None:
            return Decision(Verdict.REFUSE, locked)
    if message.lane is Lane.CONVERSATION:
        if (contact.never_until or 0) > now:
            return Decision(Verdict.REFUSE, "never_history")
        return _of_conversation(message)
    return None


def _of_conversation(message: Outgoing) -> Decision | None:
    if message.conversation_id is None:
        return None
    state = surveys.state_of(message.conversation_id)
    alive = (ConversationState.OPEN, ConversationState.COMPLETED)
    return None if state in alive else Decision(Verdict.REFUSE, "conversation_over")


def _of_event(event_id: int, config: Config, policy: PolicyVersion, now: Instant) -> Decision | None:
    event = decisions.get(event_id)
    facts = planning.gather(event, incidents.get(event.incident_id), config, policy.policy, now)
    decision = eligibility.decide(facts, policy.policy, config.agency.zone, now)
    return None if decision.verdict in (Verdict.SEND, Verdict.SHADOW) else decision
