"""What stops or slows texts that every rule allows: the breaker, and the pace of those that had to wait."""

from __future__ import annotations

from appliance.clock import MINUTE, Instant
from appliance.domain import windows
from appliance.domain.records import AlarmLevel, Event, EventKind
from appliance.store import alarms, decisions, outbox, switches
from appliance.store.policies import PolicyVersion


def slot(opening: Instant) -> Instant:
    """When the next text that waits for this opening leaves: two a minute, whoever postponed them."""
    waiting = decisions.count_waiting_for(opening) + outbox.count_waiting_for(opening)
    return windows.nth_slot(opening, waiting)


def trips(event: Event, policy: PolicyVersion, now: Instant) -> bool:
    """Opens the breaker when this text would be one too many whose events were accepted within its time.

    What a window, a hold or the breaker itself postponed does not count: a person has seen it wait.
    """
    rules = policy.policy.breaker
    if not rules.texts or decisions.was_postponed(event.id):
        return False
    queued_since = max(now - rules.within, switches.breaker_closed_at())
    if outbox.count_fresh(event.accepted_at - rules.within, queued_since) < rules.texts:
        return False
    switches.open_breaker(f"{rules.texts} texts within {rules.within // MINUTE} min", now)
    alarms.raise_alarm(
        "breaker",
        AlarmLevel.AMBER,
        "box",
        now,
        details={"texts": rules.texts, "minutes": rules.within // MINUTE},
    )
    return True


def is_shut(kind: EventKind, now: Instant) -> bool:
    """Whether the breaker keeps texts of this kind back."""
    return switches.breaker() is not None


def tell_stale(feed: str, source: str, count: int, now: Instant) -> None:
    """Says that a source brought calls whose every event is too old to be told."""
    details = {"source": source, "calls": count}
    alarms.raise_alarm("stale_calls", AlarmLevel.AMBER, f"feed:{feed}", now, details=details)
