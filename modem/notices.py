"""What a modem says unasked, as values: which line means what, and which is mere noise."""

from __future__ import annotations

from dataclasses import dataclass

from modem.channel import Unsolicited
from modem.commands import after_colon, fields_of, number_in


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A PDU in a slot of the modem's or the SIM's memory; `status` as 27.005 3.1 numbers it, or -1."""

    storage: str
    slot: int
    status: int
    pdu: str


@dataclass(frozen=True, slots=True)
class NewMessage:
    """+CMTI: a text was stored there; `Device.stored` reads it."""

    storage: str
    slot: int


@dataclass(frozen=True, slots=True)
class Report:
    """A STATUS-REPORT. `stored` says where it still lies: to be deleted once ours is safe."""

    pdu: str
    stored: StoredMessage | None = None


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """+CMT: a text handed over without being stored anywhere; ours is the only copy."""

    pdu: str


@dataclass(frozen=True, slots=True)
class LateAccept:
    """A +CMGS whose command was given up before: that text did leave, with this reference."""

    reference: int


@dataclass(frozen=True, slots=True)
class Ring:
    """Somebody calls; `number` where the network shows it."""

    number: str | None = None


@dataclass(frozen=True, slots=True)
class Restarted:
    """The modem started anew, or says so (Huawei repeats ^BOOT): ask `Device.check_settings`."""

    line: str


@dataclass(frozen=True, slots=True)
class StorageFull:
    """No text comes in before room is made."""


Notice = NewMessage | Report | DirectMessage | LateAccept | Ring | Restarted | StorageFull


@dataclass(frozen=True, slots=True)
class ReportAnnounced:
    """+CDSI: a report was stored. `storage` is not to be trusted: Quectel names SM and means SR."""

    storage: str
    slot: int


_RESTARTS = ("RDY", "^BOOT", "*ATREADY", "^SYSSTART", "POWERED DOWN", "NORMAL POWER DOWN", "UNDER-VOLTAGE")
_FULL = ("+SMS FULL", "^SMMEMFULL", '+QIND: "SMSFULL"')


def notice_in(line: Unsolicited) -> Notice | ReportAnnounced | None:
    """The notice in an unsolicited line; None for noise and for lines cut short."""
    text = line.text.upper()
    if text.startswith(("+CMTI:", "+CDSI:")):
        return _announced(line.text)
    if text.startswith("+CMT:"):
        return DirectMessage(line.body.upper()) if line.body else None
    if text.startswith("+CDS:"):
        return Report(line.body.upper()) if line.body else None
    if text.startswith("+CMGS:"):
        reference = number_in(fields_of(after_colon(text))[0])
        return LateAccept(reference) if reference is not None else None
    if text == "RING" or text.startswith("+CRING"):
        return Ring()
    if text.startswith("+CLIP:"):
        return Ring(fields_of(after_colon(line.text))[0] or None)
    if text.startswith(_RESTARTS):
        return Restarted(line.text)
    return StorageFull() if text.startswith(_FULL) else None


def _announced(line: str) -> NewMessage | ReportAnnounced | None:
    fields = fields_of(after_colon(line))
    slot = number_in(fields[1]) if len(fields) > 1 else None
    if slot is None:
        return None
    kind = NewMessage if line.upper().startswith("+CMTI:") else ReportAnnounced
    return kind(fields[0], slot)
