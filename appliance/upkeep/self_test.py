"""A scheduled text to each modem's own number: queued when due, met when it comes back, missed when not."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from appliance.clock import Instant
from appliance.config import Config
from appliance.domain import budget, self_test, wording
from appliance.domain.records import AlarmLevel, Lane, MessageState
from appliance.domain.self_test import BACK_WITHIN, KIND, READY_FOR, OwnText
from appliance.store import (
    alarms,
    contacts,
    database,
    numbers,
    outbox,
    policies,
    self_tests,
    sims,
    switches,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A modem with its SIM and its own number in E.164; `every` 0: no self-test.

    `limits` are what the SIM may send; `ready_since` is when the modem last became ready.
    """

    modem: str
    sim: str
    number: str
    every: int
    limits: budget.Limits
    ready_since: Instant


def look(line: Line, config: Config, now: Instant) -> bool:
    """Raises or clears the alarm and queues a test that is due; says whether one was queued.

    For a modem that is ready and registered, once a minute. A look that finds nothing writes nothing.
    """
    known = sims.get(line.sim, now)
    if known is None:
        return False
    tests = self_tests.latest(line.sim, numbers.find(line.number))
    _tell(line, bool(line.every) and self_test.is_missing(tests, known.tested_at, now), now)
    due_at = self_test.due_at(line.every, known.first_seen_at, tests, known.tested_at)
    if due_at is None or now < due_at or not _may_send(line, config, now):
        return False
    with database.transaction():
        return _queue(line, config, now)


def arrived(line: Line, sender: str, text: str, now: Instant) -> bool:
    """Whether a text that came in is a self-test of ours: then it is no reply, and nobody answers it.

    The one that was waited for gives the round trip and ends the alarm.
    """
    token = self_test.is_own(text, sender, line.number)
    if token is None:
        return False
    test = _awaited(line, token, now)
    if test is not None:
        with database.transaction():
            sims.note_round_trip(line.sim, self_test.round_trip(test, now), now)
            alarms.clear("self_test_missing", _subject(line), now)
    return True


def _awaited(line: Line, token: str, now: Instant) -> OwnText | None:
    """The test with this token, unless it or a later one has come back already."""
    known = sims.get(line.sim, now)
    proven_at = 0 if known is None else known.tested_at or 0
    tests = self_tests.latest(line.sim, numbers.find(line.number))
    return next((test for test in tests if test.token == token and test.queued_at > proven_at), None)


def _may_send(line: Line, config: Config, now: Instant) -> bool:
    """Live, nothing on hold, the modem at work for a while, and room for one more text."""
    if config.mode != "live" or now - line.ready_since < READY_FOR:
        return False
    if switches.is_sending_stopped():
        return False
    if sims.pause_of(line.sim, now) is not None:
        return False
    used = sims.use(line.sim, now)
    return line.limits.is_none or budget.free_at(line.limits, used, Lane.NOTICE, 1, now) <= now


def _queue(line: Line, config: Config, now: Instant) -> bool:
    number_id = numbers.remember(line.number)
    if contacts.get(number_id).opted_out_at is not None:
        return False
    # The number belongs to this SIM, so this SIM must be the one that sends it.
    contacts.stick(number_id, line.sim)
    token = secrets.token_hex(8)
    text = self_test.text(config.agency.name, token)
    queued = outbox.put_once(
        outbox.NewMessage(
            key=self_tests.key(line.sim, token, now),
            lane=Lane.NOTICE,
            kind=KIND,
            number_id=number_id,
            language="en",
            text=text,
            parts=wording.parts(text),
            policy_id=policies.current().id,
            due_at=now,
            not_after=now + BACK_WITHIN,
        ),
        MessageState.QUEUED,
        now,
    )
    return queued is not None


def _tell(line: Line, is_missing: bool, now: Instant) -> None:
    if is_missing == alarms.is_open("self_test_missing", _subject(line)):
        return
    with database.transaction():
        if is_missing:
            details = {
                "sentence": f"The test text of modem {line.modem} to its own number did not come back."
            }
            alarms.raise_alarm("self_test_missing", AlarmLevel.AMBER, _subject(line), now, details=details)
        else:
            alarms.clear("self_test_missing", _subject(line), now)


def _subject(line: Line) -> str:
    return f"modem:{line.modem}"
