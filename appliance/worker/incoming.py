"""Translates what the modem package decoded into what the walk takes: the border between the two."""

from __future__ import annotations

from datetime import datetime

from appliance import clock
from appliance.clock import Instant
from appliance.domain import keywords, safety
from appliance.domain.keywords import Standing
from appliance.domain.records import AlarmLevel
from appliance.flow.receipts import Report
from appliance.flow.reception import Incoming
from modem import mms, pdu

WIDE = 0x10000
"""Added to a 16-bit reference: it ties other parts together than the same number of 8 bits does."""


def incoming_of(decoded: pdu.Deliver | pdu.Raw | pdu.StatusReport, raw: str, sim: str) -> Incoming:
    """One incoming PDU for `flow.reception`; what could not be decoded is kept as it is."""
    if not isinstance(decoded, pdu.Deliver):
        return Incoming(sim, raw, "", True, "raw", "", None)
    concat = decoded.concat
    words = _miscoded(decoded) or decoded.text or _plain_words(decoded)
    author = mms.sender_of(decoded.data) if decoded.kind is pdu.DeliverKind.MMS_NOTICE else None
    return Incoming(
        sim=sim,
        pdu=raw,
        sender=author or decoded.sender,
        is_alphanumeric=decoded.sender_is_alphanumeric and author is None,
        kind="text" if words and decoded.kind is pdu.DeliverKind.BINARY else _kind(decoded),
        text=words,
        sent_at=instant(decoded.sent_at),
        reference=None if concat is None else concat.reference + (WIDE if concat.wide else 0),
        seq=None if concat is None else concat.sequence,
        total=None if concat is None else concat.total,
    )


_WRITTEN_AS = ("utf-8", "utf-16-be", "utf-16-le")


def _plain_words(decoded: pdu.Deliver) -> str:
    """The words of a text that says it holds data: some gateways send "STOP" as octets."""
    if decoded.kind is not pdu.DeliverKind.BINARY:
        return ""
    return next((words for coding in _WRITTEN_AS if (words := _words_in(decoded.data, coding))), "")


def _miscoded(decoded: pdu.Deliver) -> str:
    """A STOP or a cry for help in a text whose stated alphabet is not the one it is written in.

    "STOP" in plain octets reads as two Chinese characters where UCS2 is stated. Only what would otherwise be
    lost to the resident is taken this way; whatever else the bytes might say stays as the network states it.
    """
    if decoded.kind not in (pdu.DeliverKind.TEXT, pdu.DeliverKind.CLASS0) or _matters(decoded.text):
        return ""
    found = (_words_in(decoded.data, coding) for coding in _WRITTEN_AS)
    return next((words for words in found if words.isascii() and _matters(words)), "")


def _matters(words: str) -> bool:
    return bool(words) and (
        keywords.standing(words) is Standing.STOP or safety.read(words).level is AlarmLevel.RED
    )


def _words_in(data: bytes, coding: str) -> str:
    try:
        words = data.decode(coding)
    except UnicodeDecodeError:
        return ""
    is_plain = all(character.isprintable() or character in "\r\n" for character in words)
    is_written = any(character.isalnum() for character in words)
    # Any octets are some characters of UTF-16: only plain Latin letters show that it is what was meant.
    return words if is_plain and is_written and (coding == "utf-8" or words.isascii()) else ""


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
