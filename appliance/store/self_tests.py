"""The texts a SIM sent to its own number."""

from __future__ import annotations

from appliance.clock import Instant
from appliance.domain.records import MessageState
from appliance.domain.self_test import KIND, OwnText
from appliance.store.models import Message

KEPT_IN_MIND = 5
_MAY_HAVE_LEFT = (MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN)


def key(sim: str, token: str, now: Instant) -> str:
    """The key of a test: it sorts by time."""
    return f"{KIND}/{sim}/{now:015}/{token}"


def latest(sim: str, number_id: int | None) -> list[OwnText]:
    """This SIM's last tests to the number, newest first."""
    of_sim = (Message.key >= f"{KIND}/{sim}/") & (Message.key < f"{KIND}/{sim}0")
    query = Message.select().where(of_sim & (Message.number == number_id)).order_by(Message.key.desc())
    return [
        OwnText(
            token=row.key.rpartition("/")[2],
            queued_at=row.queued_at,
            left_at=row.sent_at,
            may_have_left=row.state in _MAY_HAVE_LEFT,
        )
        for row in query.limit(KEPT_IN_MIND)
    ]
