"""DECIDE: what is due becomes a decision and, where allowed, a text in the outbox; one commit an event."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from appliance.clock import MINUTE, Instant
from appliance.config import Config
from appliance.domain import codes, eligibility, events, story, wording
from appliance.domain.eligibility import Facts
from appliance.domain.outgoing import MessageEvent
from appliance.domain.policy import Policy
from appliance.domain.records import (
    Decision,
    Event,
    EventKind,
    IncidentRecord,
    Lane,
    MessageState,
    Verdict,
    of_caller,
)
from appliance.flow import brakes
from appliance.store import (
    contacts,
    database,
    decisions,
    heartbeats,
    incidents,
    outbox,
    policies,
    surveys,
    switches,
)
from appliance.store.incidents import StoredIncident
from appliance.store.policies import PolicyVersion

BATCH = 50
FEED_IS_ALIVE = 5 * MINUTE
FIRST_TEXT_SPAN = 90 * 24 * 60 * MINUTE


@dataclass(frozen=True, slots=True)
class BoxState:
    """The switches as they stand in this round: what waits for one of them is not asked again."""

    waiting_reasons: tuple[str, ...]
    surveys_wait: bool

    @classmethod
    def now(cls, now: Instant) -> Self:
        stops = (
            ("hold", switches.current_hold() is not None),
            ("breaker", brakes.is_shut(EventKind.CLOSED, now)),
            ("clock", switches.clock_stop() is not None),
        )
        return cls(tuple(reason for reason, is_on in stops if is_on), brakes.is_shut(EventKind.SURVEY, now))


def plan(config: Config, now: Instant) -> int:
    """Decides every event that is due, and takes back texts whose time of use is over; returns how many.

    A round that finds nothing writes nothing.
    """
    policy = policies.current()
    _expire(policy, now)
    _tell_delays(policy, now)
    decided = 0
    while True:
        state = BoxState.now(now)
        due = decisions.due(now, BATCH, state.waiting_reasons, surveys_wait=state.surveys_wait)
        for event in due:
            with database.transaction():
                decided += _decide(event, config, policy, now)
        if len(due) < BATCH:
            return decided


def next_due() -> Instant | None:
    """When the next event is due, so that the worker sleeps until then."""
    return decisions.next_due()


def _decide(event: Event, config: Config, policy: PolicyVersion, now: Instant) -> bool:
    if decisions.get(event.id).due_at > now or not decisions.is_pending(event.id):
        return False
    stored = incidents.get(event.incident_id)
    facts = gather(event, stored, config, policy.policy, now)
    decision = eligibility.decide(facts, policy.policy, config.agency.zone, now)
    if decision.verdict in (Verdict.SEND, Verdict.SHADOW) and brakes.trips(event, policy, now):
        decision = Decision(Verdict.POSTPONE, "breaker")
    if decision.reason == "window" and decision.not_before is not None:
        decision = replace(decision, not_before=brakes.slot(decision.not_before))
    due_at = brakes.turn_of(event, now)
    decisions.record(event, decision, policy.id, now)
    if decision.verdict in (Verdict.SEND, Verdict.SHADOW):
        is_shadow = decision.verdict is Verdict.SHADOW
        _queue(event, facts, config, policy, now, due_at=due_at, shadow=is_shadow)
    return True


def gather(event: Event, stored: StoredIncident, config: Config, policy: Policy, now: Instant) -> Facts:
    """Everything the rules look at for one event, read once."""
    incident, number_id = stored.incident, event.number_id
    record, is_live = incident.record, config.mode == "live"
    caller = None if number_id is None else incidents.callers(incident.id).get(number_id)
    beat = heartbeats.last(f"feed:{record.feed}")
    return Facts(
        kind=event.kind,
        at=event.at,
        accepted_at=event.accepted_at,
        record=record if caller is None else of_caller(record, caller),
        locked=incident.locked,
        reopened_at=incident.reopened_at,
        phone_fault=stored.phone_fault if number_id is None else None,
        is_current_number=number_id is None or story.is_current(caller, stored.rank),
        contact=None if number_id is None else contacts.get(number_id),
        history=(
            eligibility.History()
            if number_id is None
            else contacts.history(number_id, event.id, now, is_live=is_live)
        ),
        on_hold=switches.current_hold() is not None,
        breaker_open=brakes.is_shut(event.kind, now),
        is_live=is_live,
        feed_spoke_at=None if beat is None else beat.details.get("last_seen"),
        draw=eligibility.draw(policy, record) if event.kind is EventKind.SURVEY else 0.0,
        is_clock_doubted=switches.clock_stop() is not None,
        is_quarantined=incident.is_quarantined,
        is_survey_taken=event.kind is EventKind.SURVEY
        and outbox.is_survey_taken(incident.id, event.id, is_live=is_live),
    )


def _queue(
    event: Event,
    facts: Facts,
    config: Config,
    policy: PolicyVersion,
    now: Instant,
    *,
    due_at: Instant,
    shadow: bool,
) -> None:
    assert event.number_id is not None  # decide() refuses an event without a number
    record = facts.record
    language = language_for(event.number_id, record.language, config)
    state = MessageState.SHADOW if shadow else MessageState.QUEUED
    conversation_id = None
    if event.kind is EventKind.SURVEY:
        script_name = policy.policy.script_for(codes.translated(record, policy.policy).role)
        key = policy.policy.script(script_name).questions[0].text
        if not shadow:
            conversation_id = surveys.open_conversation(event, policy, script_name, language, now)
    else:
        is_first = not outbox.any_to(event.number_id, now - FIRST_TEXT_SPAN)
        key = wording.notice_key(event.kind, is_first=is_first)
    text = wording.render(policy.policy, key, language, values(config, record))
    outbox.put_once(
        outbox.NewMessage(
            key=event.key if event.kind is not EventKind.SURVEY else f"{event.key}/{key}",
            lane=Lane.INVITATION if event.kind is EventKind.SURVEY else Lane.NOTICE,
            kind=event.kind.value if event.kind is not EventKind.SURVEY else key,
            number_id=event.number_id,
            language=language,
            text=text,
            parts=wording.parts(text),
            policy_id=policy.id,
            due_at=due_at,
            not_after=facts.not_after(policy.policy),
            incident_id=event.incident_id,
            event_id=event.id,
            conversation_id=conversation_id,
        ),
        state,
        now,
    )


def language_for(number_id: int, given: str, config: Config) -> str:
    """Keyword (sticky), then CAD's field, then the agency's first language."""
    asked = contacts.get(number_id).language
    for language in (asked, _language_code(given)):
        if language in config.agency.languages:
            return str(language)
    return config.agency.languages[0]


def _language_code(given: str) -> str | None:
    names = {"sp": "es", "spa": "es", "fre": "fr", "fra": "fr", "eng": "en"}
    start = given.strip().casefold()
    for prefix, code in names.items():
        if start.startswith(prefix):
            return code
    return start[:2] or None


def values(config: Config, record: IncidentRecord | None) -> wording.TextValues:
    """What the placeholders of a text stand for; without a call there is no reference."""
    return wording.TextValues(
        agency=config.agency.name,
        phone=config.agency.phone,
        text_to_911=config.agency.text_to_911,
        reference="" if record is None else record.report_number or record.call_id,
        unit="" if record is None else record.unit,
    )


def record_of(incident_id: int | None) -> IncidentRecord | None:
    """The call a text is about, if it is about one."""
    return None if incident_id is None else incidents.get(incident_id).incident.record


def status_key(number_id: int, policy: Policy, now: Instant) -> str:
    """Which neutral state STATUS may tell: of the sender's own allowed call, while its feed is alive."""
    stored = incidents.latest_of_number(number_id)
    if stored is None or stored.incident.locked is not None:
        return "status_none"
    record = stored.incident.record
    beat = heartbeats.last(f"feed:{record.feed}")
    spoke_at = None if beat is None else beat.details.get("last_seen")
    if spoke_at is None or now - spoke_at > FEED_IS_ALIVE or not eligibility.is_type_enabled(record, policy):
        return "status_none"
    return "status_open" if record.closed_at is None else "status_closed"


def _expire(policy: PolicyVersion, now: Instant) -> None:
    for message in outbox.past_use(now, BATCH):
        with database.transaction():
            if outbox.apply(message.id, MessageEvent.RAN_OUT, now, error="expired") is None:
                continue
            decisions.note(
                message.incident_id,
                message.number_id,
                message.kind,
                Decision(Verdict.REFUSE, "expired"),
                policy.id,
                now,
                event_id=message.event_id,
            )
            if message.conversation_id is not None and message.lane is Lane.INVITATION:
                surveys.close_conversation(message.conversation_id, now)


def _tell_delays(policy: PolicyVersion, now: Instant) -> None:
    """Calls nobody was sent to for too long become an event, once for each of their callers."""
    rules = policy.policy
    if not rules.events.delayed:
        return
    happening = events.Happening(EventKind.DELAYED, now, now)
    for stored in incidents.waiting_too_long(rules.delayed.after, now):
        record, incident_id = stored.incident.record, stored.incident.id
        if codes.translated(record, rules).priority not in rules.delayed.priorities:
            continue
        named: list[int | None] = [
            number_id
            for number_id, caller in incidents.callers(incident_id).items()
            if story.is_current(caller, stored.rank)
        ]
        # Looked up first: a write, even of nothing new, would wake this very loop again and again.
        untold = [n for n in named or [None] if EventKind.DELAYED not in decisions.told(incident_id, n).kinds]
        if not untold:
            continue
        with database.transaction():
            for number_id in untold:
                key = story.event_key(record, EventKind.DELAYED, number_id)
                decisions.add_event(key, incident_id, number_id, happening, now)
