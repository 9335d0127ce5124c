"""A number's standing: its language, its no, and what it has had and done so far."""

from __future__ import annotations

from collections.abc import Sequence

from peewee import fn

from appliance.clock import DAY, Instant
from appliance.domain import records
from appliance.domain.eligibility import History
from appliance.domain.records import LANE_ORDER, ConversationState, EventKind, Lane, MessageState
from appliance.store import optout_journal
from appliance.store.models import Caller, Contact, Conversation, Incident, Message, Number, literal
from appliance.store.prepared import Prepared, bound

COUNTED = (
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNKNOWN,
)
"""Message states that count in a cap: what was refused, cancelled or never left does not."""


_NUMBER = bound("number_id")
_ENSURE = Prepared(Contact.insert(number=_NUMBER).on_conflict_ignore())
_KEEP = Prepared(
    Contact.update(never_until=bound("until")).where(
        (Contact.number == _NUMBER) & (Contact.never_until.is_null() | (Contact.never_until < bound("until")))
    )
)
_STANDING = Prepared(Contact.select().where(Contact.number == _NUMBER))
_STICKS = Prepared(
    Contact.select(Contact.number)
    .where((Contact.number == _NUMBER) & (Contact.sim == bound("sim")) & Contact.refused_at.is_null())
    .limit(1)
)
_STICK = Prepared(
    Contact.insert(number=_NUMBER, sim=bound("sim")).on_conflict(
        conflict_target=[Contact.number], update={Contact.sim: bound("sim"), Contact.refused_at: None}
    )
)
_E164 = Prepared(Number.select(Number.e164).where(Number.id == _NUMBER))


def _notices(states: Sequence[MessageState]) -> Prepared:
    return Prepared(
        Message.select(Message.kind == EventKind.RECEIVED.value, fn.COUNT(Message.id))
        .where(
            (Message.number == _NUMBER)
            & (Message.queued_at > bound("since"))
            & (Message.lane == LANE_ORDER[Lane.NOTICE])
            & Message.state.in_([s.value for s in states])
            & (Message.event != bound("event_id"))
        )
        .group_by(Message.kind == EventKind.RECEIVED.value)
    )


_NOTICES = {True: _notices(COUNTED), False: _notices((*COUNTED, MessageState.SHADOW))}
"""By whether the box is live: in shadow mode what would have left counts, so that it shows what live does."""

_SHADOW_SURVEY = Prepared(
    Message.select(fn.MAX(Message.queued_at)).where(
        (Message.number == _NUMBER)
        & (Message.lane == LANE_ORDER[Lane.INVITATION])
        & (Message.state == literal(MessageState.SHADOW))
        & (Message.event != bound("event_id"))
    )
)
_OPEN_NOW = Prepared(
    Conversation.select(Conversation.id)
    .where(
        (Conversation.number == _NUMBER)
        & (Conversation.state == literal(ConversationState.OPEN))
        & (Conversation.event != bound("event_id"))
    )
    .limit(1)
)
_CALLS = Prepared(
    Caller.select(fn.COUNT(Caller.id))
    .join(Incident)
    .where((Caller.number == _NUMBER) & (Incident.received_at > bound("since")))
)


def get(number_id: int) -> records.Contact:
    """The standing of a number; a number nobody said anything about has an empty one."""
    e164 = _E164.scalar(number_id=number_id)
    row = _STANDING.first(number_id=number_id)
    if row is None:
        return records.Contact(number_id=number_id, e164=e164)
    return records.Contact(
        number_id=number_id,
        e164=e164,
        language=row.language,
        opted_out_at=row.opted_out_at,
        opted_out_by=row.opted_out_by,
        last_survey_at=row.last_survey_at,
        never_until=row.never_until,
        quiet_until=row.quiet_until,
        sim=row.sim,
        refused_at=row.refused_at,
    )


def opt_out(number_id: int, by: str, now: Instant) -> bool:
    """Suppresses the number (`by`: stop, refusal, wrong, staff); says whether that is new.

    What comes on top of a texted STOP stays when START lifts that one.
    """
    _ensure(number_id)
    fresh = (Contact.number == number_id) & Contact.opted_out_at.is_null()
    if Contact.update(opted_out_at=now, opted_out_by=by).where(fresh).execute():
        optout_journal.note(number_id, by, now, is_out=True)
        return True
    stopped = (Contact.number == number_id) & (Contact.opted_out_by == "stop")
    if Contact.update(opted_out_by=by).where(stopped).execute() and by != "stop":
        optout_journal.note(number_id, by, now, is_out=True)
    return False


def opt_in(number_id: int, now: Instant) -> bool:
    """Lifts the number's own texted STOP and nothing else; says whether there was one."""
    own = (Contact.number == number_id) & (Contact.opted_out_by == "stop")
    lifted = bool(Contact.update(opted_out_at=None, opted_out_by=None).where(own).execute())
    if lifted:
        optout_journal.note(number_id, "start", now, is_out=False)
    return lifted


def set_language(number_id: int, language: str) -> None:
    """The language the resident asked for; it stays until they ask for another."""
    _ensure(number_id)
    Contact.update(language=language).where(Contact.number == number_id).execute()


def keep_from_texts(number_id: int, until: Instant) -> None:
    """No text to this number before `until` (never-list history, the advocate's quiet list)."""
    _ensure(number_id)
    _KEEP.execute(number_id=number_id, until=until)


def keep_quiet(number_id: int, until: Instant | None) -> None:
    """Puts the number on the advocate's quiet list until then, or (None) takes it off."""
    _ensure(number_id)
    Contact.update(quiet_until=until).where(Contact.number == number_id).execute()


def quiet_until(now: Instant) -> list[Instant]:
    """Until when each number on the quiet list is kept from texts; which numbers they are nobody is told."""
    rows = Contact.select(Contact.quiet_until).where(Contact.quiet_until > now).order_by(Contact.quiet_until)
    return [int(row.quiet_until) for row in rows]


def was_surveyed(number_id: int, now: Instant) -> None:
    """Starts the cool-down between two invitations."""
    _ensure(number_id)
    Contact.update(last_survey_at=now).where(Contact.number == number_id).execute()


def stick(number_id: int, sim: str) -> None:
    """The number knows us by this SIM from now on: it had a text from it, or wrote to it.

    Either also shows that the number is one the network knows.
    """
    if not _STICKS.exists(number_id=number_id, sim=sim):
        _STICK.execute(number_id=number_id, sim=sim)


def was_refused(number_id: int, now: Instant) -> None:
    """The network says that there is no such recipient: somebody should check the number."""
    _ensure(number_id)
    Contact.update(refused_at=now).where(Contact.number == number_id).execute()


def _ensure(number_id: int) -> None:
    _ENSURE.execute(number_id=number_id)


def history(number_id: int, event_id: int, now: Instant, *, is_live: bool) -> History:
    """What the rules ask about a number, without the event being decided."""
    notices = dict(_NOTICES[is_live].rows(number_id=number_id, since=now - DAY, event_id=event_id))
    contact = _STANDING.first(number_id=number_id)
    invited_at = None if contact is None else contact.last_survey_at
    if not is_live:
        planned_at = _SHADOW_SURVEY.scalar(number_id=number_id, event_id=event_id)
        invited_at = max((at for at in (invited_at, planned_at) if at is not None), default=None)
    return History(
        notices_today=notices.get(0, 0),
        received_today=notices.get(1, 0),
        last_survey_at=invited_at,
        calls_in_30_days=_calls(number_id, now - 30 * DAY),
        calls_in_90_days=_calls(number_id, now - 90 * DAY),
        has_open_conversation=_OPEN_NOW.exists(number_id=number_id, event_id=event_id),
    )


def _calls(number_id: int, since: Instant) -> int:
    return int(_CALLS.scalar(number_id=number_id, since=since))
