"""RECEIPT: what the network says became of a part, whenever it says so; forward moves only."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.clock import MINUTE, Instant
from appliance.domain import delivery, phone
from appliance.domain.outgoing import MessageEvent
from appliance.domain.records import PartState
from appliance.store import database, inbox, numbers, outbox, parts, sims

LATE_WITHIN = 10 * MINUTE
"""How long after a text was given up the modem's answer to it may still come (a network takes up to 3)."""


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report as the modem gave it; `outcome`: delivered, pending, failed, gave_up."""

    sim: str
    reference: int
    recipient: str
    status: int
    outcome: str
    sent_at: Instant | None
    discharged_at: Instant | None


def apply(report: Report, now: Instant) -> bool:
    """Stores the report and moves its text; False when this very report was known."""
    e164 = phone.check(report.recipient).e164
    with database.transaction(leaves_work=False):
        number_id = numbers.find(e164) if e164 is not None else None
        times = f"{report.sent_at}/{report.discharged_at}"
        key = f"{report.sim}/{number_id}/{report.reference}/{report.status}/{times}"
        if not inbox.add_receipt(
            key=key,
            sim=report.sim,
            number_id=number_id,
            reference=report.reference,
            status=report.status,
            outcome=report.outcome,
            discharged_at=report.discharged_at,
            now=now,
        ):
            return False
        sims.has_reported(report.sim, now)
        if number_id is not None:
            _match(report, number_id, now)
    return True


def late_accept(sim: str, reference: int, now: Instant) -> bool:
    """A +CMGS came after its text was given up: the text given up last on this SIM left after all."""
    found = parts.given_up_last(sim, now - LATE_WITHIN)
    if found is None:
        return False
    message_id, seq = found
    with database.transaction():
        parts.sent(message_id, seq, reference, now)
        _settle(message_id, now)
    return True


def _match(report: Report, number_id: int, now: Instant) -> None:
    found = parts.of_receipt(report.sim, number_id, report.reference, now)
    if found is None:
        # The reference fits no part that is known to have left: it tells of the oldest unknown one.
        found = parts.oldest_unknown(report.sim, number_id)
        if found is None:
            return
        parts.set_reference(*found, report.reference)
    message_id, seq = found
    parts.set_receipt(message_id, seq, report.outcome, now)
    _settle(message_id, now, delivery.failure(report.status))


def _settle(message_id: int, now: Instant, why: str = "the network gave up on it") -> None:
    """Moves the text once its parts agree: delivered when all are, failed when one is (`why`)."""
    states = parts.states(message_id)
    if PartState.FAILED in states:
        outbox.apply(message_id, MessageEvent.BOUNCED, now, error=why)
    elif PartState.CANCELLED in states:
        # Lost sight of in the middle: once every part handed over is known, so is that some never were.
        if PartState.UNKNOWN not in states:
            outbox.apply(message_id, MessageEvent.BOUNCED, now, error="only some of its parts left")
    elif all(state is PartState.DELIVERED for state in states):
        outbox.apply(message_id, MessageEvent.CONFIRMED, now)
    elif all(state in (PartState.SENT, PartState.DELIVERED) for state in states):
        outbox.apply(message_id, MessageEvent.ACCEPTED, now)
