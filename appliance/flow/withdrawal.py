"""What takes texts back: a STOP, a lock, a reopening, a changed number; inside the caller's transaction."""

from __future__ import annotations

from appliance.clock import DAY, Instant
from appliance.domain.events import OF_A_CLOSE
from appliance.domain.outgoing import MessageEvent
from appliance.domain.records import AlarmLevel, ConversationState, Decision, Lane, Verdict
from appliance.store import alarms, contacts, decisions, incidents, numbers, outbox, surveys

ANSWERS_TO_NO = frozenset({"stop", "wrong", "auto"})

NEVER_SPAN = 180 * DAY
"""How long a number on a never-list call gets no text (behaviour 4)."""


def refuse_new(incident_id: int, number_id: int | None, reason: str, policy_id: int, now: Instant) -> None:
    """A call that is locked at first sight: nothing was planned yet, so there is little to take back."""
    _refuse_pending(incident_id, None, reason, policy_id, now)
    if number_id is not None and numbers.is_clear(number_id):
        numbers.forget_unused(number_id)


def lock_incident(incident_id: int, reason: str, policy_id: int, now: Instant) -> None:
    """Locks a call for good: every text and survey of it for every number goes, answers stay unscored."""
    if not incidents.lock(incident_id, reason):
        return
    _refuse_pending(incident_id, None, reason, policy_id, now)
    for message in outbox.queued_for(incident_id=incident_id):
        _withdraw(message, reason, policy_id, now)
    surveys.close_of_incident(incident_id, now)
    for number_id in incidents.callers(incident_id):
        contacts.keep_from_texts(number_id, now + NEVER_SPAN)
        numbers.forget_unused(number_id)
    if outbox.any_left(incident_id):
        alarms.raise_alarm("locked_after_text", AlarmLevel.AMBER, f"incident:{incident_id}", now)


def reopen_incident(incident_id: int, policy_id: int, now: Instant) -> None:
    """What was planned from the close is void: the survey and the closed notice."""
    incidents.mark_reopened(incident_id, now)
    for event in decisions.pending_of(incident_id):
        if event.kind in OF_A_CLOSE:
            decisions.record(event, Decision(Verdict.REFUSE, "reopened"), policy_id, now)
    for message in outbox.queued_for(incident_id=incident_id):
        if message.lane is Lane.INVITATION or message.kind in OF_A_CLOSE:
            _withdraw(message, "reopened", policy_id, now)
    surveys.close_unanswered_of_incident(incident_id, now)


def withdraw_call(
    incident_id: int, reason: str, policy_id: int, now: Instant, *, number_id: int | None = None
) -> None:
    """What is queued about a call, for one number or all, is forbidden now; a survey under way goes on."""
    for message in outbox.queued_for(incident_id=incident_id, number_id=number_id):
        if message.lane not in (Lane.NOTICE, Lane.INVITATION):
            continue
        _withdraw(message, reason, policy_id, now)
        if message.lane is Lane.INVITATION and message.conversation_id is not None:
            surveys.close_conversation(message.conversation_id, now)


def found_number(incident_id: int, policy_id: int, now: Instant) -> None:
    """CAD gives a number where there was none: what was planned for nobody is planned for its owner."""
    for event in decisions.pending_of(incident_id):
        if event.number_id is None:
            decisions.record(event, Decision(Verdict.REFUSE, "number_changed"), policy_id, now)


def replace_number(incident_id: int, number_id: int, policy_id: int, now: Instant) -> None:
    """CAD gives another callback number: nothing planned goes to the old one."""
    incidents.supersede_caller(incident_id, number_id, now)
    _refuse_pending(incident_id, number_id, "number_changed", policy_id, now)
    for message in outbox.queued_for(incident_id=incident_id, number_id=number_id):
        if message.lane in (Lane.NOTICE, Lane.INVITATION):
            _withdraw(message, "number_changed", policy_id, now)
        if message.lane is Lane.INVITATION and message.conversation_id is not None:
            surveys.close_conversation(message.conversation_id, now)


def silence_number(number_id: int, reason: str, policy_id: int, now: Instant) -> None:
    """The resident said no: everything queued to the number goes.

    What answers this or an earlier text of theirs stays: a STOP said twice is still confirmed once.
    """
    for message in outbox.queued_for(number_id=number_id):
        if message.kind not in ANSWERS_TO_NO:
            _withdraw(message, reason, policy_id, now)


def end_conversation(number_id: int, now: Instant) -> None:
    """A person opted the number out: its open survey ends."""
    talk = surveys.open_for(number_id)
    if talk is not None:
        surveys.close_conversation(talk.conversation.id, now, ConversationState.STOPPED)


def drop_conversation_texts(number_id: int, policy_id: int, now: Instant) -> None:
    """A red text pauses the survey: its next question must not follow a cry for help."""
    for message in outbox.queued_for(number_id=number_id):
        if message.lane in (Lane.CONVERSATION, Lane.INVITATION):
            _withdraw(message, "conversation_over", policy_id, now)


def drop_overtaken(conversation_id: int, policy_id: int, now: Instant) -> outbox.Outgoing | None:
    """Takes back what a conversation was about to say before something else is said; the last of it.

    An answer came before the text that asks once more could leave, or a language word before the question.
    """
    if not outbox.waits_to_leave(conversation_id):
        return None
    waiting = [m for m in outbox.queued_for(conversation_id=conversation_id) if m.lane is not Lane.INVITATION]
    for message in waiting:
        _withdraw(message, "superseded", policy_id, now)
    return waiting[-1] if waiting else None


def _refuse_pending(
    incident_id: int, number_id: int | None, reason: str, policy_id: int, now: Instant
) -> None:
    for event in decisions.pending_of(incident_id, number_id):
        decisions.record(event, Decision(Verdict.REFUSE, reason), policy_id, now)


def _withdraw(message: outbox.Outgoing, reason: str, policy_id: int, now: Instant) -> None:
    outbox.apply(message.id, MessageEvent.WITHDRAWN, now, error=reason)
    decisions.note(
        message.incident_id,
        message.number_id,
        message.kind,
        Decision(Verdict.REFUSE, reason),
        policy_id,
        now,
        event_id=message.event_id,
    )
