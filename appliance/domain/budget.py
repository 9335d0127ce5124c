"""How much one SIM may send: pacing protects the network and the SIM, it never evades a filter.

A limit of 0 is no limit. A tenth of the day's budget is kept for automatic answers and open surveys. After a
burst, notices and invitations leave at uneven distances; what answers a resident is not held up by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from appliance.clock import DAY, HOUR, MINUTE, Instant
from appliance.domain import policy
from appliance.domain.records import Lane

KEPT_SHARE = 0.1
"""The share of the daily budget that notices and invitations cannot use (behaviour: lanes)."""

ANSWER_RESERVE = 20
"""Automatic answers a day that pass every budget (behaviour 1)."""

BURST = 3
"""SMS that may leave at once; the distance to the next is then `UNEVEN` times the minute's even share."""

UNEVEN = (0.7, 1.3)

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
    """What the SIM has sent; `oldest_*`: when the oldest part of that window was sent, `newest`: the last."""

    minute: int
    hour: int
    day: int
    recipients: int
    oldest_in_minute: Instant | None
    oldest_in_hour: Instant | None
    oldest_in_day: Instant | None
    newest: Instant | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """One window for the screen: SMS (or numbers) used, and the limit, 0 for none."""

    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What a SIM has used of each window."""

    minute: Spent
    hour: Spent
    day: Spent
    recipients: Spent


def lower(*limits: int | None) -> int:
    """The lowest limit that is one; 0 when there is none."""
    return min((limit for limit in limits if limit), default=0)


def limits(rules: policy.Limits, per_minute: int | None, per_day: int | None) -> Limits:
    """What a SIM may send by the policy and by its `[[modem]]`."""
    return Limits(
        per_minute=lower(rules.sim_per_minute, per_minute),
        per_hour=rules.sim_per_hour,
        per_day=lower(rules.sim_per_day, per_day),
        recipients_per_day=rules.sim_recipients_per_day,
    )


def of(allowed: Limits, used: Used) -> Budget:
    """Use and limit of each window side by side."""
    return Budget(
        minute=Spent(used.minute, allowed.per_minute),
        hour=Spent(used.hour, allowed.per_hour),
        day=Spent(used.day, allowed.per_day),
        recipients=Spent(used.recipients, allowed.recipients_per_day),
    )


def is_full_of_numbers(allowed: Limits, used: Used) -> bool:
    """Whether no new number may be texted today; those that had a text today still may."""
    return bool(allowed.recipients_per_day) and used.recipients >= allowed.recipients_per_day


def free_at(
    allowed: Limits, used: Used, lane: Lane, parts: int, now: Instant, *, is_known: bool = False
) -> Instant:
    """The instant from which the SIM may send `parts` more in this lane; `now` when it may at once.

    `is_known`: the number had a text by this SIM in the last 24 hours, so it is no further recipient.
    """
    day_limit = allowed.per_day
    if lane not in _KEPT_FOR and day_limit:
        day_limit -= int(day_limit * KEPT_SHARE)
    if lane is Lane.CONFIRMATION and day_limit:
        day_limit += ANSWER_RESERVE
    windows = (
        (allowed.per_minute, used.minute, used.oldest_in_minute, MINUTE + _unevenness(allowed, used, lane)),
        (allowed.per_hour, used.hour, used.oldest_in_hour, HOUR),
        (day_limit, used.day, used.oldest_in_day, DAY),
    )
    free = [now]
    for limit, count, oldest, span in windows:
        # A text of more parts than the limit still leaves, alone in its window, rather than never.
        if limit and count and count + parts > limit and oldest is not None:
            free.append(oldest + span + 1)
    if lane not in _KEPT_FOR:
        free.append(_after_burst(allowed, used))
        if is_full_of_numbers(allowed, used) and not is_known:
            free.append((used.oldest_in_day or now) + DAY + 1)
    return max(free)


def _after_burst(allowed: Limits, used: Used) -> Instant:
    """When the next text may follow the last one: at once within the burst, then at an uneven distance."""
    if not allowed.per_minute or used.newest is None or used.minute < min(BURST, allowed.per_minute):
        return 0
    low, high = UNEVEN
    return used.newest + round((low + (high - low) * _drawn(used.newest)) * MINUTE / allowed.per_minute)


def _unevenness(allowed: Limits, used: Used, lane: Lane) -> int:
    """What a full minute is longer for texts that can wait: else each minute would repeat the one before."""
    if lane in _KEPT_FOR or not allowed.per_minute or used.newest is None:
        return 0
    return round((1 - UNEVEN[0]) * _drawn(used.newest) * MINUTE / allowed.per_minute)


def _drawn(newest: Instant) -> float:
    """A number from 0 to 1 that follows from the last text, so that asking again gives the same answer."""
    return crc32(str(newest).encode()) / 0xFFFFFFFF
