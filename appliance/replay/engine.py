"""A box in memory: the rules of the live one, fed with versions of calls at the instants they were told.

Nothing here decides anything: what a version changes is `domain.story`, who is texted is
`domain.eligibility`, when the breaker opens is `domain.breaker`. What differs from a live box is said in
docs/replay.md: every text arrives, nobody answers or says STOP, and an open breaker is counted and let go.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right, insort
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple
from zoneinfo import ZoneInfo

from appliance.clock import DAY, HOUR, Instant
from appliance.domain import breaker, codes, eligibility, events, phone, story, windows
from appliance.domain.breaker import Counts
from appliance.domain.eligibility import Facts, History
from appliance.domain.policy import Policy
from appliance.domain.records import (
    Caller,
    Contact,
    Decision,
    EventKind,
    IncidentRecord,
    Verdict,
    of_caller,
)
from appliance.replay.history import Version

KEPT = 14 * DAY
"""How long after its last version a call is remembered: a later one is too old for every text anyway."""

NEVER_SPAN = 180 * DAY


@dataclass(slots=True)
class _Event:
    """One event for one number (None: none that can be texted)."""

    call: _Call
    number: str | None
    kind: EventKind
    at: Instant
    accepted_at: Instant
    decided: str | None = None
    was_postponed: bool = False
    opening: Instant | None = None
    """The opening of the window it waits for."""


@dataclass(slots=True)
class _Call:
    """A call as the box would know it."""

    record: IncidentRecord
    rank: Instant
    phone_fault: str | None = None
    locked: str | None = None
    reopened_at: Instant | None = None
    callers: dict[str, Caller] = field(default_factory=dict)
    told: dict[str | None, dict[EventKind, _Event]] = field(default_factory=dict)
    voided: Counter[tuple[str | None, EventKind]] = field(default_factory=Counter)
    pending: list[_Event] = field(default_factory=list)
    surveyed: _Event | None = None
    changed_at: Instant = 0


@dataclass(slots=True)
class _Number:
    """What a number has had and done."""

    contact: Contact
    calls: list[Instant] = field(default_factory=list)
    """When its calls were received, the earliest first."""
    notices: deque[tuple[Instant, bool]] = field(default_factory=deque)
    last_survey_at: Instant | None = None
    open_until: Instant = 0


class Outcome(NamedTuple):
    """What became of one event; `at` is when it was decided."""

    at: Instant
    kind: EventKind
    verdict: Verdict
    reason: str
    feed: str
    call_id: str
    number: str | None
    call_type: str


class Engine:
    """Takes versions in the order of time and gives out outcomes; state older than the rules ask for goes."""

    def __init__(self, policy: Policy, zone: ZoneInfo, own_numbers: frozenset[str] = frozenset()) -> None:
        self._policy = policy
        self._zone = zone
        self._own = own_numbers
        self._draws = policy.survey.sample < 1
        self._calls: dict[tuple[str, str], _Call] = {}
        self._oldest: deque[tuple[Instant, tuple[str, str]]] = deque()
        self._numbers: dict[str, _Number] = {}
        self._due: list[tuple[Instant, int, _Event | _Call]] = []
        self._order = count()
        self._slots: Counter[Instant] = Counter()
        self._fresh: deque[tuple[Instant, Instant]] = deque()
        self._by_hour: dict[int, int] = defaultdict(int)
        self._first_text: Instant | None = None
        self._breaker_closed_at: Instant = 0
        self.trips: list[tuple[Instant, str]] = []
        self.events = self.calls = 0
        self._out: list[Outcome] = []

    def run(self, versions: Iterable[Version]) -> Iterable[Outcome]:
        """Every event's outcome, in the order of time, with those that still wait at the end."""
        for at, record in versions:
            yield from self.step(at, record)
        yield from self.finish()

    def step(self, at: Instant, record: IncidentRecord) -> list[Outcome]:
        """One version, told at that instant, which must not lie before the last one's."""
        if self._due and self._due[0][0] <= at:
            self._until(at)
        self._take(record, at)
        return self._given() if self._out else []

    def finish(self) -> list[Outcome]:
        """What still waits when the history ends, each decided when it is due."""
        while self._due:
            self._until(self._due[0][0])
        return self._given()

    def _given(self) -> list[Outcome]:
        out, self._out = self._out, []
        return out

    # ---- a version --------------------------------------------------------------------------------

    def _take(self, record: IncidentRecord, now: Instant) -> None:
        key = (record.feed, record.call_id)
        check = _checked(record.phone, self._own)
        number = check.e164
        lock = eligibility.lock_reason(record, self._policy)
        call = self._calls.get(key)
        if call is None:
            call = self._calls[key] = _Call(record, record.rank, check.reason, changed_at=now)
            self.calls += 1
            self._oldest.append((now, key))
            self._forget(now)
            self._follow(call, story.first(record), number, now)
            if self._policy.events.delayed:
                heapq.heappush(
                    self._due, (record.received_at + self._policy.delayed.after, next(self._order), call)
                )
        else:
            self._apply(call, record, number, check.reason, now)
        if lock is not None and call.locked is None:
            self._lock(call, lock, now)
        if call.locked is not None and number is not None:
            self._keep_from_texts(number, now)

    def _apply(
        self, call: _Call, record: IncidentRecord, number: str | None, fault: str | None, now: Instant
    ) -> None:
        change = story.applied(
            story.Known(call.record, call.rank, call.reopened_at, call.callers), record, number
        )
        if change is None:
            return
        finds_number = call.phone_fault is not None and number is not None
        call.record, call.rank, call.phone_fault, call.changed_at = change.record, change.rank, fault, now
        if change.is_reopened:
            call.reopened_at = now
            self._refuse_where(call, "reopened", lambda event: event.kind in events.OF_A_CLOSE, now)
        for replaced in change.replaced:
            call.callers[replaced] = replace(call.callers[replaced], is_replaced=True)
        gone: set[str | None] = {*change.replaced, *([None] if finds_number else [])}
        if gone:
            self._refuse_where(call, "number_changed", lambda event: event.number in gone, now)
        self._follow(call, change, number, now)

    def _follow(self, call: _Call, change: story.Change[str], number: str | None, now: Instant) -> None:
        if number is not None:
            if number not in call.callers:
                insort(self._number(number).calls, call.record.received_at)
            call.callers[number] = change.caller
        told = call.told.setdefault(number, {})
        record = of_caller(call.record, change.caller)
        for happening in story.news(change, record, told.keys(), self._policy, now):
            self._add(call, number, happening.kind, happening.at, happening.due_at, now)

    def _add(
        self, call: _Call, number: str | None, kind: EventKind, at: Instant, due_at: Instant, now: Instant
    ) -> None:
        event = _Event(call, number, kind, at, now)
        call.told.setdefault(number, {})[kind] = event
        call.pending.append(event)
        self.events += 1
        heapq.heappush(self._due, (due_at, next(self._order), event))

    def _lock(self, call: _Call, reason: str, now: Instant) -> None:
        call.locked = reason
        self._refuse_where(call, reason, lambda _event: True, now)
        for number in call.callers:
            self._keep_from_texts(number, now)

    def _keep_from_texts(self, number: str, now: Instant) -> None:
        state = self._number(number)
        state.contact = Contact(state.contact.number_id, number, never_until=now + NEVER_SPAN)

    # ---- what is due ------------------------------------------------------------------------------

    def _until(self, now: Instant) -> None:
        while self._due and self._due[0][0] <= now:
            at, _, due = heapq.heappop(self._due)
            if isinstance(due, _Call):
                self._tell_delay(due, at)
            elif due.decided is None:
                self._decide(due, at)

    def _tell_delay(self, call: _Call, now: Instant) -> None:
        record = call.record
        if record.has_unit or record.closed_at is not None or call.locked is not None:
            return
        if codes.translated(record, self._policy).priority not in self._policy.delayed.priorities:
            return
        if record.received_at <= now - events.YOUNG:
            return
        named: list[str | None] = [n for n, c in call.callers.items() if story.is_current(c, call.rank)]
        for number in named or [None]:
            if EventKind.DELAYED not in call.told.get(number, {}):
                self._add(call, number, EventKind.DELAYED, now, now, now)

    def _decide(self, event: _Event, now: Instant) -> None:
        decision = eligibility.decide(self._facts(event, now), self._policy, self._zone, now)
        if decision.verdict is Verdict.POSTPONE:
            assert decision.not_before is not None  # no switch is ever on here
            event.was_postponed = True
            due_at = decision.not_before
            if decision.reason == "window":
                event.opening = due_at
                due_at = windows.nth_slot(due_at, self._slots[due_at])
                self._slots[event.opening] += 1
            heapq.heappush(self._due, (due_at, next(self._order), event))
            return
        if decision.reason == "reopened":
            self._refuse(event, "reopened", now)
            return
        self._settle(event, decision, now)
        if decision.verdict is Verdict.SEND:
            self._sent(event, now)

    def _facts(self, event: _Event, now: Instant) -> Facts:
        call, number = event.call, event.number
        caller = None if number is None else call.callers.get(number)
        is_survey = event.kind is EventKind.SURVEY
        return Facts(
            kind=event.kind,
            at=event.at,
            accepted_at=event.accepted_at,
            record=call.record if caller is None else of_caller(call.record, caller),
            locked=call.locked,
            reopened_at=call.reopened_at,
            phone_fault=call.phone_fault if number is None else None,
            is_current_number=number is None or story.is_current(caller, call.rank),
            contact=None if number is None else self._number(number).contact,
            history=History() if number is None else self._history(number, now),
            on_hold=False,
            breaker_open=False,
            is_live=True,
            feed_spoke_at=now,
            # Where all are asked nothing need be drawn.
            draw=eligibility.draw(self._policy, call.record) if is_survey and self._draws else 0.0,
            is_survey_taken=is_survey and call.surveyed not in (None, event),
        )

    def _history(self, number: str, now: Instant) -> History:
        state = self._number(number)
        del state.calls[: bisect_right(state.calls, now - 90 * DAY)]
        while state.notices and state.notices[0][0] <= now - DAY:
            state.notices.popleft()
        received = sum([is_received for _, is_received in state.notices])
        return History(
            len(state.notices) - received,
            received,
            state.last_survey_at,
            len(state.calls) - bisect_right(state.calls, now - 30 * DAY),
            len(state.calls),
            state.open_until > now,
        )

    def _sent(self, event: _Event, now: Instant) -> None:
        assert event.number is not None
        state = self._number(event.number)
        if event.kind is EventKind.SURVEY:
            state.last_survey_at = now
            state.open_until = now + self._policy.survey.open_for
            event.call.surveyed = event
        else:
            state.notices.append((now, event.kind is EventKind.RECEIVED))
        if not event.was_postponed:
            self._count(event, now)

    def _count(self, event: _Event, now: Instant) -> None:
        """Whether the live breaker would have opened; here it is noted and let go at once."""
        rules = self._policy.breaker
        while self._fresh and self._fresh[0][0] <= now - HOUR:
            self._fresh.popleft()
        since = max(now - rules.within, self._breaker_closed_at)
        fresh = sum(
            queued > since and accepted > event.accepted_at - rules.within
            for queued, accepted in reversed(self._fresh)
        )
        hour = sum(queued > self._breaker_closed_at for queued, _ in self._fresh)
        days: list[int] = []
        if breaker.asks_for_hours(rules, hour) and self._first_text is not None:
            known = min(breaker.DAYS_LOOKED_AT, (now - self._first_text) // DAY)
            days = [self._by_hour.get((now - day * DAY) // HOUR, 0) for day in range(1, known + 1)]
        found = breaker.trip(rules, Counts(fresh=fresh, fresh_hour=hour, same_hours=days))
        if found is not None:
            self.trips.append((now, found.code))
            self._breaker_closed_at = now
        self._fresh.append((now, event.accepted_at))
        self._by_hour[now // HOUR] += 1
        self._first_text = now if self._first_text is None else self._first_text

    # ---- keeping ----------------------------------------------------------------------------------

    def _settle(self, event: _Event, decision: Decision, now: Instant) -> None:
        event.decided = decision.reason
        if event.opening is not None:
            self._slots[event.opening] -= 1
        call = event.call
        call.pending.remove(event)
        self._out.append(
            Outcome(
                now,
                event.kind,
                decision.verdict,
                decision.reason,
                call.record.feed,
                call.record.call_id,
                event.number,
                call.record.call_type,
            )
        )

    def _refuse(self, event: _Event, reason: str, now: Instant) -> None:
        if reason == "reopened":
            # Void: at the next close it is news again.
            event.call.told[event.number].pop(event.kind, None)
            event.call.voided[(event.number, event.kind)] += 1
        self._settle(event, Decision(Verdict.REFUSE, reason), now)

    def _refuse_where(self, call: _Call, reason: str, holds: Callable[[_Event], bool], now: Instant) -> None:
        for event in [event for event in call.pending if holds(event)]:
            self._refuse(event, reason, now)

    def _number(self, number: str) -> _Number:
        state = self._numbers.get(number)
        if state is None:
            state = self._numbers[number] = _Number(Contact(len(self._numbers) + 1, number))
        return state

    def _forget(self, now: Instant) -> None:
        """Calls nothing can happen to any more, and slots and hours that are past."""
        while self._oldest and self._oldest[0][0] <= now - KEPT:
            at, key = self._oldest.popleft()
            call = self._calls.get(key)
            if call is None:
                continue
            if call.changed_at > at or call.pending:
                call_at = max(call.changed_at, at)
                self._oldest.append((max(call_at, now - KEPT + HOUR), key))
            else:
                # Calls and their events hold each other; untied they go at once, without the collector.
                call.told.clear()
                call.surveyed = None
                del self._calls[key]
            if len(self._slots) > 64:
                self._slots = Counter({t: n for t, n in self._slots.items() if t > now - DAY})
            if len(self._by_hour) > 60 * 24:
                since = (now - 30 * DAY) // HOUR
                self._by_hour = defaultdict(int, {h: n for h, n in self._by_hour.items() if h >= since})


_CHECKS: dict[tuple[str, frozenset[str]], phone.PhoneCheck] = {}


def _checked(raw: str, own: frozenset[str]) -> phone.PhoneCheck:
    """The same number calls again and again, and reading one takes longer than all rules together."""
    key = (raw, own)
    found = _CHECKS.get(key)
    if found is None:
        if len(_CHECKS) > 200_000:
            _CHECKS.clear()
        found = _CHECKS[key] = phone.check(raw, own=own)
    return found
