"""Translates what the modem package decoded into what the walk takes: the border between the two."""

from __future__ import annotations

from datetime import datetime

from appliance import clock
from appliance.clock import Instant
from appliance.flow.receipts import Report
from appliance.flow.reception import Incoming
from modem import pdu


def incoming_of(decoded: pdu.Deliver | pdu.Raw | pdu.StatusReport, raw: str, sim: str) -> Incoming:
    """One incoming PDU for `flow.reception`; what could not be decoded is kept as it is."""
    if not isinstance(decoded, pdu.Deliver):
        return Incoming(sim, raw, "", True, "raw", "", None)
    concat = decoded.concat
    return Incoming(
        sim=sim,
        pdu=raw,
        sender=decoded.sender,
        is_alphanumeric=decoded.sender_is_alphanumeric,
        kind=_kind(decoded),
        text=decoded.text,
        sent_at=instant(decoded.sent_at),
        reference=None if concat is None else concat.reference,
        seq=None if concat is None else concat.sequence,
        total=None if concat is None else concat.total,
    )


def _kind(decoded: pdu.Deliver) -> str:
    """A flash text (class 0) is a text a person wrote; everything else keeps its own name."""
    if decoded.kind in (pdu.DeliverKind.TEXT, pdu.DeliverKind.CLASS0):
        return "text"
    return decoded.kind.name.lower()


def report_of(decoded: pdu.Deliver | pdu.Raw | pdu.StatusReport, sim: str) -> Report | None:
    """A delivery report for `flow.receipts`, or None when the PDU is none."""
    if not isinstance(decoded, pdu.StatusReport):
        return None
    return Report(
        sim=sim,
        reference=decoded.reference,
        recipient=decoded.recipient,
        status=decoded.status,
        outcome=decoded.outcome.name.lower(),
        sent_at=instant(decoded.sent_at),
        discharged_at=instant(decoded.discharged_at),
    )


def instant(moment: datetime | None) -> Instant | None:
    """A network time as an instant; None where the network gave none."""
    return None if moment is None else clock.from_datetime(moment)
