"""What the pages and the command line list: status, texts, replies, and why. One shape for both.

`as_json` gives each view the form of the contract for scripts. A number is masked to its last two digits
unless the caller asks for clear numbers; who asks writes the audit row.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from peewee import JOIN, Expression, fn

from appliance.clock import MINUTE, Instant, iso
from appliance.config import Config
from appliance.domain import phone, reasons, rule_story
from appliance.domain.records import AlarmLevel, EventKind, Hold, MessageState
from appliance.domain.rule_story import RuleLine
from appliance.store import models as t
from appliance.store import switches

SILENT_AFTER = 3 * MINUTE
"""Heartbeats come once a minute; after three missed ones the part counts as silent."""

_INSTANTS = frozenset({"at", "since", "last_seen"})


@dataclass(frozen=True, slots=True)
class ModemStatus:
    """How a modem was at its last heartbeat; `signal` in dBm."""

    name: str
    state: str  # absent, starting, ready, recovering, parked
    signal: int | None
    registered: bool
    queue: int
    sim: str | None
    sentence: str
    seen_at: Instant | None
    heard: bool
    """False when the heartbeats have stopped: then the rest is only what was known last."""


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """When a feed last brought a call; `silent` when that is longer ago than it should be."""

    name: str
    last_seen: Instant | None
    silent: bool
    path: str
    last_file: str
    heard: bool


@dataclass(frozen=True, slots=True)
class StatusView:
    """The box at a glance."""

    mode: str
    hold: Hold | None
    clock: Hold | None
    """Why the clock is doubted (a code), if it is: texts wait."""
    breaker: Hold | None
    """Why notices and invitations are stopped by the box itself, if they are."""
    worker_seen_at: Instant | None
    """The last sign of life of any part; None when the worker never ran."""
    modems: tuple[ModemStatus, ...]
    feeds: tuple[FeedStatus, ...]
    queue: Mapping[str, int]
    alarms: Mapping[str, int]
    """Open alarms by level; `new` counts the red ones nobody has acknowledged."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """One outgoing text; `event` is what it tells of, or its text key where it tells of no event."""

    id: int
    call_id: str | None
    event: str
    kind: str
    to: str | None
    text: str
    state: str
    parts: int
    queued_at: Instant
    sent_at: Instant | None
    delivered_at: Instant | None
    error: str | None
    parts_left: int
    """How many of its parts left, or may have: some of a long text that was taken back in the middle."""
    awaits_report: bool
    """Whether a delivery report may still come; False where the SIM's network sends none: then `sent` is all
    that will be known."""


@dataclass(frozen=True, slots=True)
class ReplyView:
    """One incoming text and how it was read; `conversation` is the id of the survey it belongs to."""

    id: int
    from_: str | None
    text: str
    received_at: Instant
    kind: str
    alarm: str | None
    effects: tuple[str, ...]
    conversation: int | None
    question: str | None
    score: int | None
    call_id: str | None


@dataclass(frozen=True, slots=True)
class ExplainView:
    """One decision and its reason in plain words."""

    at: Instant
    event: str
    decision: str
    reason: str
    sentence: str
    policy: int
    """The version of the policy it was decided under."""
    rules: tuple[RuleLine, ...]
    """Rule by rule; empty where the reader may not know the reason, or no rule gave it."""


def as_json(view: object) -> Any:
    """A view as the JSON of the contract: instants as ISO 8601 with `Z`, `from_` as `from`."""
    if is_dataclass(view) and not isinstance(view, type):
        return {f.name.rstrip("_"): _json_value(f.name, getattr(view, f.name)) for f in fields(view)}
    if isinstance(view, Mapping):
        return {key: as_json(value) for key, value in view.items()}
    if isinstance(view, (list, tuple)):
        return [as_json(item) for item in view]
    return view


def _json_value(name: str, value: object) -> Any:
    if isinstance(value, int) and (name in _INSTANTS or name.endswith("_at")):
        return iso(value)
    return as_json(value)


def status_of(config: Config, now: Instant) -> StatusView:
    """How this box is: its own modems and feeds, and no former ones."""
    return status(
        config.mode,
        now,
        modems=[modem.name for modem in config.modem],
        feeds=[feed.name for feed in config.feed],
    )


def status(
    mode: str, now: Instant, *, modems: Sequence[str] | None = None, feeds: Sequence[str] | None = None
) -> StatusView:
    """How the box is; `mode` is the configured one, which the database does not know.

    With the configured names exactly those are listed: one never heard of as absent, a former one not at all.
    """
    queue = _queue()
    modem_views: dict[str, ModemStatus] = {}
    feed_views: dict[str, FeedStatus] = {}
    seen_at: Instant | None = None
    for row in t.Heartbeat.select().order_by(t.Heartbeat.name):
        what, _, name = row.name.partition(":")
        seen_at = max(seen_at or 0, row.at)
        if what == "modem":
            modem_views[name] = _modem(row, name, queue["queued"], now)
        elif what == "feed":
            feed_views[name] = _feed(row, name, now)
    return StatusView(
        mode=mode,
        hold=switches.current_hold(),
        clock=switches.clock_stop(),
        breaker=switches.breaker(),
        worker_seen_at=seen_at,
        modems=tuple(
            modem_views.get(name) or _modem_unheard(name, queue["queued"])
            for name in (modem_views if modems is None else modems)
        ),
        feeds=tuple(
            feed_views.get(name) or _feed_unheard(name) for name in (feed_views if feeds is None else feeds)
        ),
        queue=queue,
        alarms=_open_alarms(),
    )


def _modem_unheard(name: str, queued: int) -> ModemStatus:
    sentence = "The worker has not looked for it yet."
    return ModemStatus(name, "absent", None, False, queued, None, sentence, None, heard=False)


def _feed_unheard(name: str) -> FeedStatus:
    return FeedStatus(name, None, silent=True, path="", last_file="", heard=False)


def _modem(row: t.Heartbeat, name: str, queued: int, now: Instant) -> ModemStatus:
    details = json.loads(row.details)
    heard = now - row.at <= SILENT_AFTER
    signal = details.get("signal")
    return ModemStatus(
        name=name,
        # A modem nobody hears of may be anything; only "absent" promises nothing.
        state=str(details.get("state") or row.state) if heard else "absent",
        signal=int(signal) if heard and isinstance(signal, (int, float)) else None,
        registered=heard and bool(details.get("registered")),
        queue=queued,
        sim=details.get("sim") or None,
        sentence=str(details.get("sentence") or ""),
        seen_at=row.at,
        heard=heard,
    )


def _feed(row: t.Heartbeat, name: str, now: Instant) -> FeedStatus:
    details = json.loads(row.details)
    heard = now - row.at <= SILENT_AFTER
    last_seen = details.get("last_seen")
    return FeedStatus(
        name=name,
        last_seen=int(last_seen) if isinstance(last_seen, (int, float)) else None,
        silent=bool(details.get("silent")) or not heard,
        path=str(details.get("path") or ""),
        last_file=str(details.get("last_file") or ""),
        heard=heard,
    )


def _queue() -> dict[str, int]:
    """What is under way, and what nobody knows: asked every three seconds, answered by partial indexes."""
    return {
        state.value: t.Message.select().where(t.Message.state == t.literal(state)).count()
        for state in (MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN)
    }


def _open_alarms() -> dict[str, int]:
    counts = {"new": 0, AlarmLevel.RED.value: 0, AlarmLevel.AMBER.value: 0}
    open_ones = t.Alarm.select(t.Alarm.level, t.Alarm.acknowledged_at).where(t.Alarm.closed_at.is_null())
    for level, acknowledged_at in open_ones.tuples():
        counts[level] = counts.get(level, 0) + 1
        if level == AlarmLevel.RED.value and acknowledged_at is None:
            counts["new"] += 1
    return counts


def stamp() -> str:
    """A short text that changes when something a list shows has been added or has moved on."""
    newest = (
        t.Message.select(fn.MAX(t.Message.id)).scalar(),
        t.Reply.select(fn.MAX(t.Reply.id)).scalar(),
        t.Decision.select(fn.MAX(t.Decision.id)).scalar(),
        t.Incident.select(fn.MAX(t.Incident.id)).scalar(),
        t.Answer.select(fn.MAX(t.Answer.id)).scalar(),
        t.Receipt.select(fn.MAX(t.Receipt.id)).scalar(),
        t.Audit.select(fn.MAX(t.Audit.id)).scalar(),
        t.Fragment.select(fn.MAX(t.Fragment.id)).scalar(),
    )
    return "-".join(str(number or 0) for number in newest)


def messages(
    *,
    state: str | None = None,
    call_id: str | None = None,
    since: Instant | None = None,
    limit: int = 50,
    before_id: int | None = None,
    locked: bool = False,
    clear: bool = False,
    silent: Collection[str] = (),
) -> list[MessageView]:
    """Texts, newest first. `locked` includes those of never-list calls; `clear` gives clear numbers.

    `silent`: the SIMs whose network sends no delivery reports (`sims.silent`).
    """
    where: list[Expression] = []
    if state is not None:
        where.append(t.Message.state == state)
    if call_id is not None:
        where.append(t.Incident.call_id == call_id)
    if since is not None:
        where.append(t.Message.queued_at >= since)
    if before_id is not None:
        where.append(t.Message.id < before_id)
    if not locked:
        where.append(t.Incident.id.is_null() | shown())
    return message_views(where, limit, clear=clear, silent=silent)


_REPORTED_ON = (MessageState.SENT.value, MessageState.UNKNOWN.value)


def message_views(
    where: list[Expression], limit: int, *, clear: bool, silent: Collection[str] = ()
) -> list[MessageView]:
    """The texts for which all of `where` holds (over Message, Incident, Event, Number), newest first."""
    parts = t.Part.select(fn.COUNT(t.Part.id)).where(t.Part.message == t.Message.id)
    left = t.Part.select(fn.COUNT(t.Part.sent_at)).where(t.Part.message == t.Message.id)
    query = (
        t.Message.select(
            t.Message,
            t.Incident.call_id.alias("call_id"),
            t.Event.kind.alias("event_kind"),
            t.Number.e164.alias("e164"),
            parts.alias("parts"),
            left.alias("parts_left"),
        )
        .join(t.Incident, JOIN.LEFT_OUTER)
        .switch(t.Message)
        .join(t.Event, JOIN.LEFT_OUTER, on=(t.Message.event == t.Event.id))
        .switch(t.Message)
        .join(t.Number, on=(t.Message.number == t.Number.id))
        .order_by(t.Message.id.desc())
        .limit(limit)
    )
    return [
        MessageView(
            id=row.id,
            call_id=row.call_id,
            event=row.event_kind or (EventKind.SURVEY.value if row.conversation_id else row.kind),
            kind=row.kind,
            to=number_shown(row.e164, clear),
            text=row.text,
            state=row.state,
            parts=row.parts,
            queued_at=row.queued_at,
            sent_at=row.sent_at,
            delivered_at=row.delivered_at,
            error=row.error,
            parts_left=row.parts_left,
            awaits_report=row.state in _REPORTED_ON and row.sim not in silent,
        )
        for row in (query.where(*where) if where else query).objects()
    ]


def replies(
    *,
    kind: str | None = None,
    alarm: str | None = None,
    call_id: str | None = None,
    since: Instant | None = None,
    limit: int = 50,
    before_id: int | None = None,
    locked: bool = False,
    clear: bool = False,
) -> list[ReplyView]:
    """Replies, newest first. Without `locked`, those on never-list calls are left out save for alarms."""
    where: list[Expression] = []
    if kind is not None:
        where.append(t.Reply.kind == kind)
    if alarm is not None:
        where.append(t.Reply.alarm == alarm)
    if call_id is not None:
        where.append(t.Incident.call_id == call_id)
    if since is not None:
        where.append(t.Reply.received_at >= since)
    if before_id is not None:
        where.append(t.Reply.id < before_id)
    if not locked:
        where.append(t.Reply.alarm.is_null(False) | t.Incident.id.is_null() | shown())
    return reply_views(where, limit, clear=clear)


def reply(reply_id: int) -> ReplyView | None:
    """One reply, masked: what an alarm points at."""
    return next(iter(reply_views([t.Reply.id == reply_id], 1, clear=False)), None)


def reply_views(where: list[Expression], limit: int, *, clear: bool) -> list[ReplyView]:
    """The replies for which all of `where` holds (over Reply, Conversation, Incident), newest first."""
    query = (
        t.Reply.select(t.Reply, t.Incident.call_id.alias("call_id"), t.Number.e164.alias("e164"))
        .join(t.Conversation, JOIN.LEFT_OUTER)
        .join(t.Incident, JOIN.LEFT_OUTER)
        .switch(t.Reply)
        .join(t.Number, JOIN.LEFT_OUTER, on=(t.Reply.number == t.Number.id))
        .order_by(t.Reply.id.desc())
        .limit(limit)
    )
    return [
        ReplyView(
            id=row.id,
            from_=number_shown(row.e164, clear) or row.sender or None,
            text=row.text,
            received_at=row.received_at,
            kind=row.kind,
            alarm=row.alarm,
            effects=tuple(str(effect) for effect in json.loads(row.effects)),
            conversation=row.conversation_id,
            question=row.question,
            score=row.score,
            call_id=row.call_id,
        )
        for row in (query.where(*where) if where else query).objects()
    ]


def explain(call_id: str, *, sensitive: bool) -> list[ExplainView]:
    """Every decision about a call, oldest first; `sensitive` shows the true reason where it is neutral."""
    return _explained(t.Incident.call_id == call_id, sensitive)


def explain_number(number_id: int, *, sensitive: bool) -> list[ExplainView]:
    """Every decision about a number, oldest first."""
    return _explained(t.Decision.number == number_id, sensitive)


def _explained(where: Expression, sensitive: bool) -> list[ExplainView]:
    query = (
        t.Decision.select(t.Decision, t.Event.kind.alias("event_kind"))
        .join(t.Incident, JOIN.LEFT_OUTER)
        .switch(t.Decision)
        .join(t.Event, JOIN.LEFT_OUTER, on=(t.Decision.event == t.Event.id))
        .where(where)
        .order_by(t.Decision.at, t.Decision.id)
    )
    views = []
    for row in query.objects():
        reason, words = worded(row.reason, json.loads(row.details), sensitive=sensitive)
        event = row.event_kind or row.kind
        tell = rule_story.told if sensitive else rule_story.told_to_all
        rules = tell(row.reason, is_survey=event == EventKind.SURVEY)
        views.append(ExplainView(row.at, event, row.verdict, reason, words, row.policy_id, rules))
    return views


def worded(reason: str, values: Mapping[str, Any], *, sensitive: bool) -> tuple[str, str]:
    """The reason to show and its sentence; a sensitive one becomes `agency_rule` unless `sensitive`."""
    if reasons.is_sensitive(reason) and not sensitive:
        return "agency_rule", reasons.NEUTRAL
    plain = {key: value for key, value in values.items() if isinstance(value, (str, int))}
    return reason, reasons.sentence(reason, plain)


def number_shown(e164: str | None, clear: bool) -> str | None:
    """A number for a listing: masked, or clear where the caller may and has said so in the audit."""
    if e164 is None:
        return None
    return e164 if clear else phone.mask(e164)


def shown() -> Expression:
    """The incidents whose content may be shown: not locked, not sensitive (behaviour 8: a count only)."""
    return t.Incident.locked.is_null() & (t.Incident.sensitive == False)  # noqa: E712
