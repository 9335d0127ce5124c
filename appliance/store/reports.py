"""What the report counts: how many calls went how far, and what was answered.

A call belongs to the period its `received_at` lies in, whatever happened to it later. Every call is
either invited or excluded with one reason, so the two always add up to the calls.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from peewee import JOIN, Expression, fn

from appliance.clock import Instant
from appliance.domain import scoring
from appliance.domain.records import (
    LANE_ORDER,
    ConversationState,
    EventKind,
    Lane,
    MessageState,
    Verdict,
)
from appliance.domain.scoring import FunnelCounts, ScoredAnswer, Summary
from appliance.store import cards, listings, policies, sims
from appliance.store import models as t

NOT_CLOSED = "not_closed"
PENDING = "pending"
STANDING_REASONS = (NOT_CLOSED, PENDING)
"""Why a call has no invitation yet: these are no rules, they end by themselves."""

_LEFT = (MessageState.SENT.value, MessageState.DELIVERED.value, MessageState.UNKNOWN.value)
_INVITATION = LANE_ORDER[Lane.INVITATION]
_WAITS = (MessageState.QUEUED.value, MessageState.SENDING.value)


def summary(start: Instant, end: Instant) -> Summary:
    """The figures of the calls received in `start <= t < end`, by the questions of the policy in force.

    A rating that only victims are asked stands there once one of them was asked it.
    """
    policy = policies.current().policy
    given = answers(start, end)
    asked = {answer.question for answer in given}
    callers = [question.key for question in policy.script().questions]
    questions = {q.key: q for script in policy.scripts.values() for q in script.questions}
    listed = [*callers, *(key for key in questions if key not in callers and key in asked)]
    rated = [key for key in listed if questions[key].kind == "rating"]
    others = [questions[key] for key in listed if questions[key].kind not in ("rating", "open")]
    return scoring.summarise(funnel(start, end), given, rated, policy.report.min_n, others)


def funnel(start: Instant, end: Instant) -> FunnelCounts:
    """How many calls of the period went how far."""
    excluded: Counter[str] = Counter()
    states: Counter[str] = Counter()
    calls = 0
    for closed_at, state in _calls(start, end):
        calls += 1
        if state is None:
            excluded[NOT_CLOSED if closed_at is None else "survey_off"] += 1
        elif state.startswith("invited:"):
            states[state.removeprefix("invited:")] += 1
        else:
            excluded[state] += 1
    talks = _conversations(start, end)
    sent = states[MessageState.SENT.value] + states[MessageState.DELIVERED.value]
    return FunnelCounts(
        calls=calls,
        invited=sum(states.values()),
        sent=sent,
        delivered=states[MessageState.DELIVERED.value] if sims.ever_reported() else None,
        started=talks["started"],
        completed=talks["completed"],
        opted_out=talks["opted_out"],
        excluded=dict(sorted(excluded.items())),
        cut_off=_cut_off(start, end),
    )


def answers(start: Instant, end: Instant) -> list[ScoredAnswer]:
    """Every stored answer of the period's calls that may be scored."""
    query = (
        t.Answer.select(t.Answer.question, t.Answer.score)
        .join(t.Conversation)
        .join(t.Incident)
        .where(_scored(start, end))
    )
    return [ScoredAnswer(question, score) for question, score in query.tuples()]


def _within(start: Instant, end: Instant) -> Expression:
    """Calls of CAD; whoever texts a card's code chose to be asked, and is counted in nothing here."""
    return (
        (t.Incident.feed != cards.FEED) & (t.Incident.received_at >= start) & (t.Incident.received_at < end)
    )


def _scored(start: Instant, end: Instant) -> Expression:
    """Answers on a locked call and those of a conversation closed silently stay unscored (behaviour 4, 5)."""
    closed = ConversationState.CLOSED.value
    return _within(start, end) & listings.shown() & (t.Conversation.state != closed)


def _calls(start: Instant, end: Instant) -> list[tuple[Instant | None, str | None]]:
    """Each call with what became of its survey: `invited:STATE`, a reason, or None without a survey."""
    latest = t.Event.select(fn.MAX(t.Event.id)).where(
        (t.Event.incident == t.Incident.id) & (t.Event.kind == EventKind.SURVEY.value)
    )
    rows = list(
        t.Incident.select(t.Incident.closed_at, latest.alias("event")).where(_within(start, end)).tuples()
    )
    fates = _fates(start, end)
    return [(closed_at, fates.get(event)) for closed_at, event in rows]


def _fates(start: Instant, end: Instant) -> dict[int, str]:
    """What became of each survey event of the period's calls."""
    query = (
        t.Event.select(t.Event.id, t.Event.state, t.Event.verdict, t.Event.reason, t.Message.state)
        .join(t.Incident)
        .switch(t.Event)
        .join(
            t.Message,
            JOIN.LEFT_OUTER,
            # By the call as well: that has an index, the event has none.
            on=((t.Message.incident == t.Incident.id) & (t.Message.event == t.Event.id)),
        )
        .where(_within(start, end) & (t.Event.kind == EventKind.SURVEY.value))
    )
    return {row[0]: _fate(*row) for row in query.tuples()}


def _fate(event_id: int, state: str, verdict: str | None, reason: str | None, text: str | None) -> str:
    if text in _LEFT:
        return f"invited:{text}"
    if state == "pending" or text in _WAITS:
        return PENDING
    if verdict == Verdict.SHADOW.value:
        return "shadow_mode"
    if verdict == Verdict.REFUSE.value and reason:
        return reason
    if text == MessageState.FAILED.value:
        return "failed"
    return _last_reason(event_id) or str(text)


def _last_reason(event_id: int) -> str | None:
    """Why an invitation that was allowed was taken back before it left."""
    row = t.Decision.select().where(t.Decision.event == event_id).order_by(t.Decision.id.desc()).first()
    return None if row is None else str(row.reason)


def _conversations(start: Instant, end: Instant) -> dict[str, int]:
    """How many surveys were begun (one scored answer), completed (the thanks reached), stopped."""
    scored = t.Answer.select().where(
        (t.Answer.conversation == t.Conversation.id) & t.Answer.score.between(1, 5)
    )
    base = t.Conversation.select().join(t.Incident).where(_scored(start, end))
    return {
        "started": base.where(fn.EXISTS(scored)).count(),
        "completed": base.where(t.Conversation.state == ConversationState.COMPLETED.value).count(),
        "opted_out": base.where(t.Conversation.state == ConversationState.STOPPED.value).count(),
    }


def _cut_off(start: Instant, end: Instant) -> int:
    """Surveys that ran out while their last question had failed, was never sent or never reported to arrive.

    An invitation that did not arrive is no invitation in the rate to begin with; this is about later texts.
    """
    latest = (
        t.Message.select(t.Message.conversation, fn.MAX(t.Message.id).alias("last"))
        .where(t.Message.conversation.is_null(False) & (t.Message.lane != _INVITATION))
        .group_by(t.Message.conversation)
        .alias("latest")
    )
    lost = [MessageState.FAILED.value, MessageState.UNKNOWN.value, MessageState.EXPIRED.value]
    if sims.ever_reported():
        lost.append(MessageState.SENT.value)
    query = (
        t.Conversation.select()
        .join(t.Incident)
        .switch(t.Conversation)
        .join(latest, on=(latest.c.conversation_id == t.Conversation.id))
        .join(t.Message, on=(t.Message.id == latest.c.last))
        .where(_scored(start, end) & (t.Conversation.state == ConversationState.EXPIRED.value))
        .where(t.Message.state.in_(lost))
    )
    return int(query.count())


def contract(figures: Summary, from_day: str, to_day: str) -> dict[str, Any]:
    """The report as the JSON for scripts (design 7): `from_day` and `to_day` are agency days, both in."""
    counts = figures.funnel
    return {
        "period": {"from": from_day, "to": to_day},
        "funnel": {
            "calls": counts.calls,
            "excluded": dict(counts.excluded),
            "invited": counts.invited,
            "sent": counts.sent,
            "delivered": counts.delivered,
            "started": counts.started,
            "completed": counts.completed,
            "opted_out": counts.opted_out,
            "cut_off": counts.cut_off,
        },
        "response_rate": figures.response_rate,
        "base": figures.base,
        "questions": [
            {
                "id": question.id,
                "n": question.n,
                "mean": question.mean,
                "distribution": dict(question.distribution),
                "top": question.top,
                "bottom": question.bottom,
                "skipped": question.skipped,
                "unscored": question.unscored,
            }
            for question in figures.questions
        ],
        "others": [
            {
                "id": other.id,
                "kind": other.kind,
                "n": other.n,
                "counts": dict(other.counts),
                "mean": other.mean,
                "skipped": other.skipped,
                "unscored": other.unscored,
            }
            for other in figures.others
        ],
        "min_n": figures.min_n,
    }


def totals() -> tuple[int, int]:
    """How many texts left and how many replies came in, ever: the live line of the demo."""
    left = ("sent", "delivered", "unknown")
    return t.Message.select().where(t.Message.state.in_(left)).count(), t.Reply.select().count()
