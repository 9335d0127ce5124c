"""Alarms that nobody has seen are texted to the people on call: after a minute, then every two, five times.

The text says that there is an alarm and where to look; never what a resident wrote, and no number.
"""

from __future__ import annotations

from appliance.clock import MINUTE, Instant
from appliance.config import Config
from appliance.domain import phone, wording
from appliance.domain.records import AlarmLevel, Lane, MessageState
from appliance.store import alarms, contacts, database, numbers, outbox, policies
from appliance.store.alarms import AlarmView

FIRST_AFTER = MINUTE
AGAIN_AFTER = 2 * MINUTE
AT_MOST = 5
USEFUL_FOR = 10 * MINUTE

ALERT = (
    "{A}: Red alarm on the texting box, not acknowledged. Someone may need help. Look at the alarm page now."
)
"""To our own people, so it is no text of the policy; one GSM-7 part with the longest agency name."""


def alert_on_call(config: Config, now: Instant) -> int:
    """Queues the texts that are due now; returns how many. A round that finds nothing writes nothing."""
    return sum(_alert(alarm, config, now) for alarm in _unseen())


def _unseen() -> list[AlarmView]:
    """The red alarms nobody has acknowledged; a flood stands for all of them."""
    red = [a for a in alarms.open_alarms() if a.level is AlarmLevel.RED and a.acknowledged_at is None]
    return [alarm for alarm in red if alarm.code == "red_flood"] or red


def next_due(now: Instant) -> Instant | None:
    """When the next alert is due, so that the worker sleeps until then."""
    waiting = [
        alarm.unseen_at + FIRST_AFTER + turn * AGAIN_AFTER for alarm in _unseen() for turn in range(AT_MOST)
    ]
    return min((at for at in waiting if at > now), default=None)


def _alert(alarm: AlarmView, config: Config, now: Instant) -> int:
    turn = (now - alarm.unseen_at - FIRST_AFTER) // AGAIN_AFTER
    if not 0 <= turn < AT_MOST:
        return 0
    told = 0
    for raw in config.agency.on_call:
        e164 = phone.check(raw).e164
        if e164 is None:
            continue
        with database.transaction():
            number_id = numbers.remember(e164)
            if contacts.get(number_id).opted_out_at is None:
                told += _queue(alarm, turn, number_id, config, now)
    return told


def _queue(alarm: AlarmView, turn: int, number_id: int, config: Config, now: Instant) -> int:
    text = ALERT.replace("{A}", config.agency.name)
    queued = outbox.put_once(
        outbox.NewMessage(
            key=f"alarm/{alarm.id}/{alarm.unseen_at}/{turn}/+{number_id}",
            lane=Lane.CONFIRMATION,
            kind="alert",
            number_id=number_id,
            language="en",
            text=text,
            parts=wording.parts(text),
            policy_id=policies.current().id,
            due_at=now,
            not_after=now + USEFUL_FOR,
        ),
        MessageState.QUEUED if config.mode == "live" else MessageState.SHADOW,
        now,
    )
    return int(queued is not None)
