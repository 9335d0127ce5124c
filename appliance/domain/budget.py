"""How much one SIM may send: pacing protects the network and the SIM, it never evades a filter.

A limit of 0 is no limit. A tenth of the day's budget is kept for automatic answers and open surveys.
"""

from __future__ import annotations

from dataclasses import dataclass

from appliance.clock import DAY, HOUR, MINUTE, Instant
from appliance.domain.records import Lane

KEPT_SHARE = 0.1
"""The share of the daily budget that notices and invitations cannot use (behaviour: lanes)."""

ANSWER_RESERVE = 20
"""Automatic answers a day that pass every budget (behaviour 1)."""

_KEPT_FOR = frozenset({Lane.CONFIRMATION, Lane.CONVERSATION})


@dataclass(frozen=True, slots=True)
class Limits:
    """The lower of what config.toml and the policy allow this SIM."""

    per_minute: int
    per_hour: int
    per_day: int
    recipients_per_day: int

    @property
    def is_none(self) -> bool:
        """Whether nothing is limited, so that nothing need be counted."""
        return not (self.per_minute or self.per_hour or self.per_day or self.recipients_per_day)


@dataclass(frozen=True, slots=True)
class Used:
    """What the SIM has sent; `oldest_*` is when the oldest part of that window was sent."""

    minute: int
    hour: int
    day: int
    recipients: int
    oldest_in_minute: Instant | None
    oldest_in_hour: Instant | None
    oldest_in_day: Instant | None


def lower(*limits: int | None) -> int:
    """The lowest limit that is one; 0 when there is none."""
    return min((limit for limit in limits if limit), default=0)


def free_at(limits: Limits, used: Used, lane: Lane, parts: int, now: Instant) -> Instant:
    """The instant from which the SIM may send `parts` more in this lane; `now` when it may at once."""
    day_limit = limits.per_day
    if lane not in _KEPT_FOR and day_limit:
        day_limit -= int(day_limit * KEPT_SHARE)
    if lane is Lane.CONFIRMATION and day_limit:
        day_limit += ANSWER_RESERVE
    windows = (
        (limits.per_minute, used.minute, used.oldest_in_minute, MINUTE),
        (limits.per_hour, used.hour, used.oldest_in_hour, HOUR),
        (day_limit, used.day, used.oldest_in_day, DAY),
    )
    free = [now]
    for limit, count, oldest, span in windows:
        # A text of more parts than the limit still leaves, alone in its window, rather than never.
        if limit and count and count + parts > limit and oldest is not None:
            free.append(oldest + span + 1)
    if limits.recipients_per_day and lane not in _KEPT_FOR and used.recipients >= limits.recipients_per_day:
        free.append((used.oldest_in_day or now) + DAY + 1)
    return max(free)
