"""Calls as the pages show them: the list, and one call with all that was decided, sent and answered."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from peewee import Expression, fn

from appliance.clock import DAY, HOUR, Instant
from appliance.domain import rule_story
from appliance.domain.records import EventKind, Verdict
from appliance.domain.rule_story import RuleLine
from appliance.store import listings
from appliance.store import models as t
from appliance.store.listings import MessageView, ReplyView

TEXTS_SHOWN_FOR = 30 * DAY
"""How long after the call the pages show what was written (behaviour 8)."""

_REPLIES_WITHIN = 72 * HOUR
"""A text that answers no survey counts to a call if it came this soon after the call's last text."""

OUTCOMES = (
    "sent",
    "delivered",
    "unknown",
    "failed",
    "expired",
    "cancelled",
    "refused",
    "quarantined",
    "shadow",
    "pending",
)
"""What can have become of an event; each has exactly one."""


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """One event of a call and what became of it; `sentence` says why where there is a reason."""

    id: int
    kind: str
    at: Instant
    due_at: Instant
    outcome: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CallView:
    """A call in the list. No number, no unit: neither is needed to find it."""

    id: int
    call_id: str
    feed: str
    received_at: Instant
    closed_at: Instant | None
    call_type: str
    priority: str
    disposition: str
    beat: str
    has_number: bool
    outcomes: tuple[EventOutcome, ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something CAD told about the call: received, assigned, arrived, closed, reopened, or a new version."""

    at: Instant
    what: str


@dataclass(frozen=True, slots=True)
class Step:
    """One decision in the call's story."""

    at: Instant
    event: str
    verdict: str
    sentence: str
    rules: tuple[RuleLine, ...]
    """Rule by rule, where that gives no sensitive reason away."""


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One resident's survey on this call."""

    id: int
    state: str
    opened_at: Instant
    finished_at: Instant | None
    answers: tuple[tuple[str, int | None], ...]
    """Question and score, in the order they came; None where words were given."""


@dataclass(frozen=True, slots=True)
class CallPage:
    """All there is to show about one call; the texts are empty once `texts_hidden`."""

    call: CallView
    number: str | None
    language: str
    versions: int
    milestones: tuple[Milestone, ...]
    steps: tuple[Step, ...]
    messages: tuple[MessageView, ...]
    replies: tuple[ReplyView, ...]
    conversations: tuple[ConversationView, ...]
    texts_hidden: bool


def listed(
    *,
    call_id: str | None = None,
    call_type: str | None = None,
    outcome: str | None = None,
    since: Instant | None = None,
    limit: int = 50,
    before_id: int | None = None,
) -> list[CallView]:
    """Calls, newest first; never-list and sensitive ones are left out (`withheld` counts them).

    `call_id` finds by its beginning, `call_type` by any part, both whatever the case.
    """
    where: list[Expression] = [listings.shown()]
    if call_id:
        where.append(t.Incident.call_id.startswith(call_id))
    if call_type:
        where.append(t.Incident.call_type.contains(call_type))
    if outcome is not None:
        where.append(_has_outcome(outcome))
    if since is not None:
        where.append(t.Incident.received_at >= since)
    if before_id is not None:
        where.append(t.Incident.id < before_id)
    rows = list(t.Incident.select().where(*where).order_by(t.Incident.id.desc()).limit(limit))
    outcomes = _outcomes([row.id for row in rows])
    return [_call(row, outcomes[row.id]) for row in rows]


def latest_of(number_id: int) -> str | None:
    """The call id of a number's latest call, if that call can be shown."""
    row = (
        t.Incident.select(t.Incident.call_id)
        .join(t.Caller, on=(t.Caller.incident == t.Incident.id))
        .where((t.Caller.number == number_id) & listings.shown())
        .order_by(t.Incident.id.desc())
        .first()
    )
    return None if row is None else str(row.call_id)


def withheld(since: Instant) -> int:
    """How many calls since then an agency rule keeps from the list."""
    return int(t.Incident.select().where(~listings.shown() & (t.Incident.received_at >= since)).count())


def page(call_id: str, now: Instant) -> CallPage | None:
    """One call by its id (the newest where two feeds use the same), or None if none can be shown."""
    mine = (t.Incident.call_id == call_id) & listings.shown()
    row = t.Incident.select().where(mine).order_by(t.Incident.id.desc()).first()
    if row is None:
        return None
    messages = listings.message_views([t.Message.incident == row.id], 200, clear=False)[::-1]
    hidden = now - max(row.closed_at or 0, row.received_at) > TEXTS_SHOWN_FOR
    return CallPage(
        call=_call(row, _outcomes([row.id])[row.id]),
        number=_numbers(row),
        language=row.language,
        versions=t.Version.select().where(t.Version.incident == row.id).count(),
        milestones=tuple(_milestones(row)),
        steps=tuple(_steps(row.id)),
        messages=() if hidden else tuple(messages),
        replies=() if hidden else tuple(_replies(row, messages)),
        conversations=tuple(_conversations(row.id)),
        texts_hidden=hidden,
    )


def _numbers(row: t.Incident) -> str | None:
    """The numbers the latest version of the call names, masked; None where it names none."""
    current = (t.Caller.incident == row.id) & t.Caller.superseded_at.is_null() & (t.Caller.rank >= row.rank)
    found = t.Number.select(t.Number.e164).join(t.Caller).where(current).order_by(t.Caller.id)
    shown = [listings.number_shown(number.e164, clear=False) or "" for number in found]
    return ", ".join(each for each in shown if each) or None


def _call(row: t.Incident, outcomes: Iterable[EventOutcome]) -> CallView:
    return CallView(
        id=row.id,
        call_id=row.call_id,
        feed=row.feed,
        received_at=row.received_at,
        closed_at=row.closed_at,
        call_type=row.call_type,
        priority=row.priority,
        disposition=row.disposition,
        beat=row.beat,
        has_number=row.number_id is not None,
        outcomes=tuple(outcomes),
    )


def _outcomes(incidents: list[int]) -> dict[int, list[EventOutcome]]:
    """The events of these calls, each with its one outcome."""
    found: dict[int, list[EventOutcome]] = defaultdict(list)
    first_text: dict[int, str] = {}
    texts = t.Message.select(t.Message.event, t.Message.state).where(
        t.Message.incident.in_(incidents) & t.Message.event.is_null(False)
    )
    for event_id, state in texts.order_by(t.Message.id).tuples():
        # A survey's event has several texts; its outcome is that of the invitation, the first.
        first_text.setdefault(event_id, state)
    why: dict[int, str] = {}
    decided = t.Decision.select().where(t.Decision.incident.in_(incidents) & t.Decision.event.is_null(False))
    for decision in decided.order_by(t.Decision.id):
        values = json.loads(decision.details)
        why[decision.event_id] = listings.worded(decision.reason, values, sensitive=False)[1]
    events = t.Event.select().where(t.Event.incident.in_(incidents)).order_by(t.Event.at, t.Event.id)
    for row in events:
        outcome = outcome_of(row.verdict, first_text.get(row.id), row.reason)
        found[row.incident_id].append(
            EventOutcome(row.id, row.kind, row.at, row.due_at, outcome, why.get(row.id, ""))
        )
    return found


def outcome_of(verdict: str | None, message_state: str | None, reason: str | None = None) -> str:
    """The one outcome of an event from what was decided and where its text stands."""
    if message_state is not None:
        return "pending" if message_state in ("queued", "sending") else message_state
    if verdict == Verdict.REFUSE.value:
        return "quarantined" if reason == "quarantined" else "refused"
    if verdict == Verdict.SHADOW.value:
        return "shadow"
    return "pending"


def _has_outcome(outcome: str) -> Expression:
    if outcome in ("refused", "quarantined"):
        is_held_back = t.Event.reason == "quarantined"
        made = t.Event.select().where(
            (t.Event.incident == t.Incident.id)
            & (t.Event.verdict == "refuse")
            & (is_held_back if outcome == "quarantined" else ~is_held_back)
        )
        return fn.EXISTS(made)
    if outcome == "pending":
        made = t.Event.select().where((t.Event.incident == t.Incident.id) & (t.Event.state == "pending"))
        queued = t.Message.select().where(
            (t.Message.incident == t.Incident.id) & t.Message.state.in_(("queued", "sending"))
        )
        return fn.EXISTS(made) | fn.EXISTS(queued)
    if outcome == "shadow":
        made = t.Event.select().where((t.Event.incident == t.Incident.id) & (t.Event.verdict == "shadow"))
        return fn.EXISTS(made)
    return fn.EXISTS(
        t.Message.select().where((t.Message.incident == t.Incident.id) & (t.Message.state == outcome))
    )


def _milestones(row: t.Incident) -> Iterable[Milestone]:
    told = (
        ("received", row.received_at),
        ("dispatched", row.dispatched_at),
        ("arrived", row.arrived_at),
        ("closed", row.closed_at),
        ("reclassified", row.reclassified_at),
        ("reopened", row.reopened_at),
    )
    yield from (Milestone(at, what) for what, at in told if at is not None)


def _steps(incident_id: int) -> Iterable[Step]:
    query = t.Decision.select().where(t.Decision.incident == incident_id)
    for row in query.order_by(t.Decision.at, t.Decision.id):
        _reason, sentence = listings.worded(row.reason, json.loads(row.details), sensitive=False)
        rules = rule_story.told_to_all(row.reason, is_survey=row.kind == EventKind.SURVEY)
        yield Step(row.at, row.kind, row.verdict, sentence, rules)


def _replies(row: t.Incident, messages: list[MessageView]) -> list[ReplyView]:
    """Answers to this call's survey, and what its callers wrote besides while it was fresh."""
    callers = t.Caller.select(t.Caller.number).where(t.Caller.incident == row.id)
    last_text = max((m.sent_at or m.queued_at for m in messages), default=row.received_at)
    besides = (
        t.Reply.conversation.is_null()
        & t.Reply.number.in_(callers)
        & (t.Reply.received_at >= row.received_at)
        & (t.Reply.received_at <= last_text + _REPLIES_WITHIN)
    )
    return listings.reply_views([(t.Conversation.incident == row.id) | besides], 200, clear=False)[::-1]


def _conversations(incident_id: int) -> Iterable[ConversationView]:
    for row in t.Conversation.select().where(t.Conversation.incident == incident_id):
        answers = t.Answer.select().where(t.Answer.conversation == row.id).order_by(t.Answer.at, t.Answer.id)
        yield ConversationView(
            row.id,
            row.state,
            row.opened_at,
            row.finished_at,
            tuple((a.question, a.score) for a in answers),
        )
