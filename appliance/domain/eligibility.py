"""Who is texted: the ordered rules of behaviour 4, one function a rule, each with its reason code.

Pure: everything a rule may look at stands in `Facts`; the first rule that objects decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from appliance.clock import DAY, MINUTE, Instant
from appliance.domain import events, never_list, windows
from appliance.domain.policy import Policy
from appliance.domain.records import Contact, Decision, EventKind, IncidentRecord, Verdict

TEXTED_ROLES = frozenset({"", "caller", "victim", "witness"})
RECEIVED_CAP = 6
"""`received` is exempt from the notice cap up to this many a day (behaviour 4)."""


@dataclass(frozen=True, slots=True)
class History:
    """What this number has had and done; counts exclude the event being decided."""

    notices_today: int = 0
    received_today: int = 0
    last_survey_at: Instant | None = None
    calls_in_30_days: int = 0
    calls_in_90_days: int = 0
    has_open_conversation: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rules look at for one event and one number."""

    kind: EventKind
    at: Instant
    accepted_at: Instant
    record: IncidentRecord
    locked: str | None
    reopened_at: Instant | None
    phone_fault: str | None
    is_current_number: bool
    contact: Contact | None
    history: History
    on_hold: bool
    breaker_open: bool
    is_live: bool
    feed_spoke_at: Instant | None
    draw: float = 0.0
    """This event's number in [0, 1) for the random sample."""

    @property
    def is_survey(self) -> bool:
        return self.kind is EventKind.SURVEY

    def not_after(self, policy: Policy) -> Instant:
        """When this text is of no use any more, counted from its first due time: waiting moves nothing."""
        first = events.first_due(self.kind, self.at, self.accepted_at, policy)
        return events.not_after(self.kind, self.record.received_at, first)


FEED_SPEAKS_WITHIN = 5 * MINUTE
"""A feed that said nothing for longer cannot tell that a call is still waiting (behaviour 3)."""

Rule = Callable[[Facts, Policy, ZoneInfo, Instant], Decision | None]


def _refuse(reason: str, **values: str | int) -> Decision:
    return Decision(Verdict.REFUSE, reason, values=values)


def _postpone(reason: str, not_before: Instant | None = None) -> Decision:
    return Decision(Verdict.POSTPONE, reason, not_before=not_before)


def _hold(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    return _postpone("hold") if facts.on_hold else None


def _age(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    max_age = policy.survey.max_age if facts.is_survey else policy.notices.max_age
    if facts.accepted_at - facts.at > max_age:
        return _refuse("too_old")
    return _refuse("expired") if now > facts.not_after(policy) else None


def _overtaken(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    record = facts.record
    if facts.kind is EventKind.RECEIVED:
        if record.closed_at is not None:
            return _refuse("superseded")
        if record.has_unit:
            return _refuse("unit_assigned")
    if facts.kind is EventKind.DELAYED and (record.has_unit or record.closed_at is not None):
        return _refuse("unit_assigned")
    if facts.kind is EventKind.DELAYED and (
        facts.feed_spoke_at is None or now - facts.feed_spoke_at > FEED_SPEAKS_WITHIN
    ):
        # A folder is silent between two exports: the call is looked at again when the feed may have spoken.
        return _postpone("feed_silent", now + FEED_SPEAKS_WITHIN)
    if facts.reopened_at is not None and facts.kind in (EventKind.CLOSED, EventKind.SURVEY):
        return _refuse("reopened") if facts.reopened_at > facts.accepted_at else None
    return None


def _never(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    if facts.locked is not None:
        return _refuse(facts.locked)
    reason = lock_reason(facts.record, policy)
    if reason is not None:
        return _refuse(reason)
    if facts.contact is not None and (facts.contact.never_until or 0) > now:
        return _refuse("never_history")
    return None


def lock_reason(record: IncidentRecord, policy: Policy) -> str | None:
    """The reason code that locks a call for good, if this version of it has one."""
    if record.sensitive:
        return "sensitive"
    fields = (record.call_type, record.call_type_initial, record.report_type, record.disposition)
    if never_list.match(*fields, extra=policy.call_types.never) is not None:
        return "never_list"
    if never_list.in_progress_priority(record.call_type, record.priority):
        return "never_list"
    if never_list.match_source(record.source) is not None:
        return "never_list"
    return None


def _person(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    record = facts.record
    for reason, holds in (
        ("minor", record.minor),
        ("anonymous", record.anonymous),
        ("do_not_text", record.do_not_text or record.text_ok is False),
    ):
        if holds:
            return _refuse(reason)
    return None


def _type(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    return None if is_type_enabled(facts.record, policy) else _refuse("type_not_enabled")


def is_type_enabled(record: IncidentRecord, policy: Policy) -> bool:
    """Default deny: only what the agency named is texted."""
    allowed = {name.strip().casefold() for name in policy.call_types.allow}
    return record.call_type.strip().casefold() in allowed


def _role(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    role = facts.record.role.strip().casefold()
    if role not in TEXTED_ROLES:
        return _refuse("role")
    if facts.kind is EventKind.REPORT_FILED and not events.agreed_to_report_text(facts.record):
        return _refuse("no_consent")
    return None


def _number(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    if facts.phone_fault is not None:
        return _refuse(facts.phone_fault)
    if facts.contact is None or facts.contact.e164 is None:
        return _refuse("number_missing")
    return None if facts.is_current_number else _refuse("number_changed")


def _standing(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    if facts.contact is None or facts.contact.opted_out_at is None:
        return None
    return _refuse("wrong_number" if facts.contact.opted_out_by == "wrong" else "opted_out")


def _notice_caps(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    limit = policy.limits.notices_per_number_per_day
    if facts.is_survey or not limit:
        return None
    had = facts.history.notices_today
    if facts.kind is EventKind.RECEIVED:
        had, limit = facts.history.received_today, max(limit, RECEIVED_CAP)
    return _refuse("notice_cap", limit=limit) if had >= limit else None


def _survey_caps(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    if not facts.is_survey:
        return None
    history, limits = facts.history, policy.limits
    if not policy.survey.enabled:
        return _refuse("survey_off")
    last = history.last_survey_at
    if last is not None and now - last < policy.survey.cooldown:
        return _refuse("survey_cooldown", days=policy.survey.cooldown // DAY)
    if limits.shared_line_calls and history.calls_in_90_days >= limits.shared_line_calls:
        return _refuse("shared_line", calls=history.calls_in_90_days)
    if limits.repeat_calls and history.calls_in_30_days >= limits.repeat_calls:
        return _refuse("repeat_caller", calls=history.calls_in_30_days)
    return _refuse("survey_open") if history.has_open_conversation else None


def _survey_only(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    if not facts.is_survey:
        return None
    if facts.record.self_initiated:
        return _refuse("self_initiated")
    return _refuse("not_sampled") if facts.draw >= policy.survey.sample else None


def _window(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    if facts.kind in events.TIME_BOUND:
        return None
    window = policy.survey.window if facts.is_survey else policy.notices.window
    if windows.is_open(window, zone, now):
        return None
    opening = windows.next_open(window, zone, now)
    if opening > facts.not_after(policy):
        return _refuse("expired")
    return _postpone("window", opening)


def _breaker(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    return _postpone("breaker") if facts.breaker_open else None


RULES: tuple[Rule, ...] = (
    _hold,
    _age,
    _overtaken,
    _never,
    _person,
    _type,
    _role,
    _number,
    _standing,
    _notice_caps,
    _survey_caps,
    _survey_only,
    _window,
    _breaker,
)


def decide(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision:
    """The first objection, else SEND, or SHADOW on a box that is not live."""
    for rule in RULES:
        decision = rule(facts, policy, zone, now)
        if decision is not None:
            return decision
    if not facts.is_live:
        return Decision(Verdict.SHADOW, "shadow_mode")
    return Decision(Verdict.SEND, "allowed")
