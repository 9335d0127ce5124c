"""Who is texted: the ordered rules of behaviour 4, one function a rule, each with its reason codes.

Pure: everything a rule may look at stands in `Facts`; the first rule that objects decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from zoneinfo import ZoneInfo

from appliance.clock import DAY, MINUTE, Instant
from appliance.domain import codes, events, never_list, phone, windows
from appliance.domain.policy import Policy
from appliance.domain.records import Contact, Decision, EventKind, IncidentRecord, Verdict

TEXTED_ROLES = frozenset({"", "caller", "victim", "witness"})
RECEIVED_CAP = 6
"""`received` is exempt from the notice cap up to this many a day (behaviour 4)."""

REPORT_EVENTS = frozenset(
    {
        EventKind.REPORT_FILED,
        EventKind.REPORT_ASSIGNED,
        EventKind.REPORT_UPDATE,
        EventKind.REPORT_ON_HOLD,
    }
)


# Neither of these two is ever changed; frozen they would cost a replay a fifth of its time.
@dataclass(slots=True)
class History:
    """What this number has had and done; counts exclude the event being decided."""

    notices_today: int = 0
    received_today: int = 0
    last_survey_at: Instant | None = None
    calls_in_30_days: int = 0
    calls_in_90_days: int = 0
    has_open_conversation: bool = False


@dataclass(slots=True)
class Facts:
    """Everything the rules look at for one event and one number.

    `record` is the call in its feed's own words, with what it says of the caller the event is for.
    """

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
    """This call's number in [0, 1) for the random sample."""
    is_clock_doubted: bool = False
    is_quarantined: bool = False
    is_survey_taken: bool = False
    """Whether another caller of this call was invited to its survey."""

    @property
    def is_survey(self) -> bool:
        return self.kind is EventKind.SURVEY

    def not_after(self, policy: Policy) -> Instant:
        """When this text is of no use any more, counted from its first due time: waiting moves nothing."""
        first = events.first_due(self.kind, self.at, self.accepted_at, policy)
        return events.not_after(self.kind, self.record.received_at, first)


FEED_SPEAKS_WITHIN = 5 * MINUTE
"""A feed that said nothing for longer cannot tell that a call is still waiting (behaviour 3)."""

Objection = Callable[[Facts, Policy, ZoneInfo, Instant], Decision | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its key in docs and stories, the reasons it can give, and the function that asks."""

    key: str
    reasons: tuple[str, ...]
    objection: Objection


def _refuse(reason: str, **values: str | int) -> Decision:
    return Decision(Verdict.REFUSE, reason, values=values) if values else _refused(reason)


@cache
def _refused(reason: str) -> Decision:
    return Decision(Verdict.REFUSE, reason)


def _postpone(reason: str, not_before: Instant | None = None) -> Decision:
    return Decision(Verdict.POSTPONE, reason, not_before=not_before)


def _hold(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    return _postpone("hold") if facts.on_hold else None


def _clock(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    return _postpone("clock") if facts.is_clock_doubted else None


def _quarantined(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    return _refuse("quarantined") if facts.is_quarantined else None


def _age(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    if is_too_old(facts.kind, facts.at, facts.accepted_at, policy):
        return _refuse("too_old")
    return _refuse("expired") if now > facts.not_after(policy) else None


def is_too_old(kind: EventKind, at: Instant, accepted_at: Instant, policy: Policy) -> bool:
    """Whether the feed told an event too late for its text; waiting here does not count."""
    max_age = policy.survey.max_age if kind is EventKind.SURVEY else policy.notices.max_age
    return accepted_at - at > max_age


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
    if facts.reopened_at is not None and facts.kind in events.OF_A_CLOSE:
        return _refuse("reopened") if facts.reopened_at > facts.accepted_at else None
    return None


def _never(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    if facts.locked is not None:
        return _refuse(facts.locked)
    reason = lock_reason(facts.record, policy)
    if reason is None and facts.is_survey and _families(facts.record, policy):
        reason = "never_list"  # what two people opened is open for notices alone
    return None if reason is None else _refuse(reason)


def _never_history(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    contact = facts.contact
    if contact is None:
        return None
    if (contact.never_until or 0) > now:
        return _refuse("never_history")
    return _refuse("quiet_list") if (contact.quiet_until or 0) > now else None


def lock_reason(record: IncidentRecord, policy: Policy) -> str | None:
    """The reason code that locks a call for good, if this version of it has one."""
    if record.sensitive:
        return "sensitive"
    found = _families(record, policy)
    return "never_list" if found and found.difference(policy.call_types.open) else None


_LOOKED_AT = attrgetter(
    "feed", "call_type", "call_type_initial", "report_type", "disposition", "priority", "source"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was matched under a policy: calls are told of again and again, in a few thousand combinations."""

    policy: Policy
    families: dict[tuple[str, ...], frozenset[str]]
    types: dict[tuple[str, str], bool]


_known: dict[int, _Known] = {}
"""By the identity of the policy, which is kept beside it so that no other can take its place."""


def _of(policy: Policy) -> _Known:
    found = _known.get(id(policy))
    if found is None or found.policy is not policy or len(found.families) > 50_000:
        if len(_known) >= 8:
            _known.clear()
        found = _known[id(policy)] = _Known(policy, {}, {})
    return found


def _families(record: IncidentRecord, policy: Policy) -> frozenset[str]:
    """Every never-list family of a call, by what the feed wrote and by what the policy takes it for."""
    known = _of(policy).families
    key = _LOOKED_AT(record)
    found = known.get(key)
    if found is None:
        told = codes.translated(record, policy)
        found = _families_of(record, policy)
        found = known[key] = found if told is record else found | _families_of(told, policy)
    return found


def _families_of(record: IncidentRecord, policy: Policy) -> frozenset[str]:
    fields = (record.call_type, record.call_type_initial, record.report_type, record.disposition)
    found = never_list.families(*fields, extra=policy.call_types.never)
    if never_list.in_progress_priority(record.call_type, record.priority):
        found |= {"in_progress"}
    source = never_list.match_source(record.source)
    return found if source is None else found | {source}


def _person(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    reason = _personal(facts.record)
    return None if reason is None else _refuse(reason)


def _personal(record: IncidentRecord) -> str | None:
    if record.minor:
        return "minor"
    if record.anonymous:
        return "anonymous"
    return "do_not_text" if record.do_not_text or record.text_ok is False else None


def _type(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    return None if is_type_enabled(facts.record, policy) else _refuse("type_not_enabled")


def is_type_enabled(record: IncidentRecord, policy: Policy) -> bool:
    """Default deny: only what the agency named is texted."""
    known = _of(policy).types
    key = (record.feed, record.call_type)
    found = known.get(key)
    if found is None:
        call_type = codes.translated(record, policy).call_type.strip().casefold()
        found = call_type in {name.strip().casefold() for name in policy.call_types.allow}
        known[key] = found
    return found


def _role(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    told = codes.translated(facts.record, policy)
    if told.role.strip().casefold() not in TEXTED_ROLES:
        return _refuse("role")
    if facts.kind in REPORT_EVENTS and not events.agreed_to_report_text(told, policy):
        return _refuse("no_consent")
    return None


def objection_to_call(record: IncidentRecord, policy: Policy) -> str | None:
    """Why nobody may be texted about a call whatever the hour and the number, if so.

    What a version changed takes back at once what was planned from the one before.
    """
    reason = lock_reason(record, policy) or _personal(record)
    if reason is not None:
        return reason
    if not is_type_enabled(record, policy):
        return "type_not_enabled"
    role = codes.translated(record, policy).role
    return None if role.strip().casefold() in TEXTED_ROLES else "role"


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
    return None


def _one_survey(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    if not facts.is_survey:
        return None
    if facts.history.has_open_conversation:
        return _refuse("survey_open")
    return _refuse("survey_taken") if facts.is_survey_taken else None


def _self_initiated(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    return _refuse("self_initiated") if facts.is_survey and facts.record.self_initiated else None


def _sample(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision | None:
    return _refuse("not_sampled") if facts.is_survey and facts.draw >= policy.survey.sample else None


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
    Rule("hold", ("hold",), _hold),
    Rule("clock", ("clock",), _clock),
    Rule("quarantine", ("quarantined",), _quarantined),
    Rule("age", ("too_old", "expired"), _age),
    Rule("overtaken", ("superseded", "unit_assigned", "feed_silent", "reopened"), _overtaken),
    Rule("never_list", ("never_list", "sensitive"), _never),
    Rule("never_history", ("never_history", "quiet_list"), _never_history),
    Rule("person", ("minor", "anonymous", "do_not_text"), _person),
    Rule("call_type", ("type_not_enabled",), _type),
    Rule("role", ("role", "no_consent"), _role),
    Rule("number", (*phone.REASONS, "number_changed"), _number),
    Rule("standing", ("opted_out", "wrong_number"), _standing),
    Rule("notice_cap", ("notice_cap",), _notice_caps),
    Rule("survey_caps", ("survey_off", "survey_cooldown", "shared_line", "repeat_caller"), _survey_caps),
    Rule("one_survey", ("survey_open", "survey_taken"), _one_survey),
    Rule("self_initiated", ("self_initiated",), _self_initiated),
    Rule("sample", ("not_sampled",), _sample),
    Rule("window", ("window", "expired"), _window),
    Rule("breaker", ("breaker",), _breaker),
)
"""In the order in which they are asked."""

_OBJECTIONS = tuple(rule.objection for rule in RULES)

RULE_REASONS: Mapping[str, tuple[str, ...]] = {rule.key: rule.reasons for rule in RULES}


def draw(policy: Policy, record: IncidentRecord) -> float:
    """A call's number in [0, 1) for the random sample: below the policy's share it is asked.

    Whoever has the seed and the call's name can check it; nobody who lacks the seed can guess it.
    """
    drawn = hashlib.sha256(f"{policy.survey.seed}\n{record.feed}/{record.call_id}".encode())
    return int.from_bytes(drawn.digest()[:8], "big") / 2**64


def decide(facts: Facts, policy: Policy, zone: ZoneInfo, now: Instant) -> Decision:
    """The first objection, else SEND, or SHADOW on a box that is not live."""
    for objection in _OBJECTIONS:
        decision = objection(facts, policy, zone, now)
        if decision is not None:
            return decision
    if not facts.is_live:
        return Decision(Verdict.SHADOW, "shadow_mode")
    return Decision(Verdict.SEND, "allowed")


_OF_THE_NUMBER: tuple[Objection, ...] = (_never_history, _standing, _notice_caps, _survey_caps, _one_survey)
"""The rules that look at nothing but what a number had and did."""


def standing(
    kind: EventKind, contact: Contact, history: History, policy: Policy, zone: ZoneInfo, now: Instant
) -> Decision | None:
    """What stands against any text of this kind to a number, whatever the call; None where nothing does."""
    facts = Facts(
        kind=kind,
        at=now,
        accepted_at=now,
        record=IncidentRecord("", "", now),
        locked=None,
        reopened_at=None,
        phone_fault=None,
        is_current_number=True,
        contact=contact,
        history=history,
        on_hold=False,
        breaker_open=False,
        is_live=True,
        feed_spoke_at=now,
    )
    found = (objection(facts, policy, zone, now) for objection in _OF_THE_NUMBER)
    return next((decision for decision in found if decision is not None), None)
