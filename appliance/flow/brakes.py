"""What stops or slows texts that every rule allows: the breaker, and the pace of those that had to wait."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.clock import HOUR, Instant
from appliance.domain import breaker, windows
from appliance.domain.breaker import Counts, Trip
from appliance.domain.records import AlarmLevel, Event, EventKind
from appliance.store import alarms, audit, database, decisions, outbox, switches
from appliance.store import brakes as counts
from appliance.store.policies import PolicyVersion

STALE_TOLD_FROM = 10
"""A source with fewer calls that are too old is a late export, not a backlog somebody should know of."""


def slot(opening: Instant) -> Instant:
    """When the next text that waits for this opening leaves: two a minute, whoever postponed them."""
    waiting = decisions.count_waiting_for(opening) + outbox.count_waiting_for(opening)
    return windows.nth_slot(opening, waiting)


def turn_of(event: Event, now: Instant) -> Instant:
    """When a text may leave whose event a switch made wait: a released backlog is no burst either."""
    if decisions.waiting_reason(event.id) not in switches.STOPS:
        return now
    return windows.nth_slot(now, outbox.count_waiting_for(now))


def trips(event: Event, policy: PolicyVersion, now: Instant) -> bool:
    """Opens the breaker when this text would be one too many; says whether it did.

    What a window, a hold or the breaker itself postponed does not count: a person has seen it wait.
    """
    if switches.breaker() is not None or decisions.was_postponed(event.id):
        return False
    found = breaker.trip(policy.policy.breaker, _counts(event, policy, now))
    if found is not None:
        _open(found, now)
    return found is not None


def _counts(event: Event, policy: PolicyVersion, now: Instant) -> Counts:
    rules, closed_at = policy.policy.breaker, switches.breaker_closed_at()
    fresh_hour = counts.count_fresh(event.accepted_at - HOUR, max(now - HOUR, closed_at))
    texts, stops = counts.stops(closed_at) if rules.stop_share else (0, 0)
    return Counts(
        fresh=counts.count_fresh(event.accepted_at - rules.within, max(now - rules.within, closed_at)),
        fresh_hour=fresh_hour,
        same_hours=counts.same_hours(now) if breaker.asks_for_hours(rules, fresh_hour) else (),
        texts=texts,
        stops=stops,
    )


def _open(found: Trip, now: Instant) -> None:
    switches.open_breaker(found.sentence, now)
    details = {"code": found.code, **found.values}
    alarms.raise_alarm("breaker", AlarmLevel.AMBER, "box", now, details=details)


def is_shut(kind: EventKind, now: Instant) -> bool:
    """Whether the breaker keeps texts of this kind back: one person may let notices go, not surveys."""
    if switches.breaker() is None:
        return False
    return kind is EventKind.SURVEY or not are_notices_free(now)


def are_notices_free(now: Instant) -> bool:
    """Whether the release by one person still lets notices out: for half an hour, and not without end."""
    release = switches.notices_released()
    if release is None or now >= release.until:
        return False
    return counts.count_notices(release.since) < breaker.RELEASED_TEXTS


def is_all_stopped(now: Instant) -> bool:
    """Whether nothing but what always leaves may leave; asked at every claim."""
    if not switches.is_sending_stopped():
        return False
    if switches.current_hold() is not None or switches.clock_stop() is not None:
        return True
    return not are_notices_free(now)


def release(by: str, now: Instant) -> str | None:
    """A person lets an open breaker go: "notices" for the first, "all" for a second one; None: it is shut.

    On a box that never texted live nobody can be hurt yet, and one person is enough.
    """
    if switches.breaker() is None:
        return None
    first = switches.notices_released()
    if not switches.has_texted_live() or (first is not None and first.by != by):
        switches.close_breaker(by, now)
        alarms.clear("breaker", "box", now)
        return "all"
    switches.let_notices_go(by, now + breaker.RELEASED_FOR, now)
    return "notices"


@dataclass(frozen=True, slots=True)
class Released:
    """What a person's release let go; `breaker` is None (it was shut), "notices" or "all"."""

    hold: bool
    clock: bool
    breaker: str | None

    @property
    def anything(self) -> bool:
        return self.hold or self.clock or self.breaker is not None


def release_all(by: str, reason: str, now: Instant) -> Released:
    """A person says that sending may go on: hold, clock and breaker, with its row in the audit."""
    with database.transaction():
        clock_was = switches.trust_clock(by, now)
        if clock_was:
            alarms.clear("clock", "box", now)
        released = Released(switches.release(by, now), clock_was, release(by, now))
        if released.anything:
            details: dict[str, str | int | bool | None] = {
                "hold": released.hold,
                "clock": released.clock,
                "breaker": released.breaker or "",
                "reason": reason,
            }
            audit.record(by, "release", "box", details, now)
    return released


def tell_stale(feed: str, source: str, count: int, now: Instant) -> None:
    """Says how many calls a feed brought too late for every text: a first load, a backlog, old files.

    One alarm a feed, which adds up until somebody has seen it.
    """
    subject = f"feed:{feed}"
    known = next((a for a in alarms.open_alarms() if (a.code, a.subject) == ("stale_calls", subject)), None)
    if known is None and count < STALE_TOLD_FROM:
        return
    before = 0 if known is None else int(known.details.get("calls", 0))
    sentence = (
        f"{before + count} calls came too late for a text, the last of them in {source}. None of them is "
        "texted. Nothing has to be done where old files were loaded on purpose"
    )
    details = {"calls": before + count, "source": source, "sentence": sentence}
    alarms.raise_alarm("stale_calls", AlarmLevel.AMBER, subject, now, details=details)
