"""A text to the own number: when one is due, what it says, and how it is known when it comes back.

It proves in one go that texts leave, that they arrive, and that an arrival is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.clock import MINUTE, Instant
from appliance.domain import phone

KIND = "selftest"
BACK_WITHIN = 10 * MINUTE
"""A text that has not come back by then is missing; it is of no use any later either."""

READY_FOR = 10 * MINUTE
"""So long a modem must have worked before a test: a box that restarts in circles must not text each time."""

TRIES_UNPROVEN = 2
"""Tests to a number that never brought one back: it may be a stranger's."""

_TEXT = "{A}: Automatic line check {token}. No answer is needed."
_TOKEN = re.compile(r"\bline check ([0-9a-f]{16})\b")


@dataclass(frozen=True, slots=True)
class OwnText:
    """One self-test: its token, when it was queued, when it left (None: it has not, or nobody knows)."""

    token: str
    queued_at: Instant
    left_at: Instant | None = None
    may_have_left: bool = False


def text(agency: str, token: str) -> str:
    """What is sent; should the number be a stranger's, it says who wrote and asks nothing."""
    return _TEXT.replace("{A}", agency).replace("{token}", token)


def is_own(written: str, sender: str, own_number: str) -> str | None:
    """The token of a self-test that comes back from the own number; None for every other text."""
    found = _TOKEN.search(written)
    if found is None or phone.check(sender).e164 != own_number:
        return None
    return found[1]


def due_at(
    every: int, first_seen_at: Instant, tests: Sequence[OwnText], proven_at: Instant | None
) -> Instant | None:
    """When the next test is due, `every` ms after the last one or after the SIM was first seen.

    `tests` are the ones to this number, newest first; `proven_at` is when one last came back. None where the
    self-test is off, or where the number is not proven and has had its tries.
    """
    tried = sum(test.may_have_left for test in tests)
    if not every or (proven_at is None and tried >= TRIES_UNPROVEN):
        return None
    return (tests[0].queued_at if tests else first_seen_at) + every


def is_missing(tests: Sequence[OwnText], proven_at: Instant | None, now: Instant) -> bool:
    """Whether the last test that may have left should have come back and has not."""
    last = next((test for test in tests if test.may_have_left), None)
    if last is None or (proven_at is not None and proven_at >= last.queued_at):
        return False
    return now - (last.left_at or last.queued_at) > BACK_WITHIN


def round_trip(test: OwnText, now: Instant) -> int:
    """Milliseconds out and back, from our queue to our inbox: what a resident's phone would have waited."""
    return max(0, now - test.queued_at)
