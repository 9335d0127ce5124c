"""What a modem says unasked, as values: which line means what, and which is mere noise."""

from __future__ import annotations

from dataclasses import dataclass

from modem.channel import Unsolicited
from modem.commands import after_colon, fields_of, number_in
from modem.lines import RESTARTS


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


@dataclass(frozen=True, slots=True)
class SimChanged:
    """The SIM was taken out, or one is there (again): it need not be the same one.

    At every start a modem says that a SIM is there; only after one was taken out does it mean more.
    """

    is_present: bool
    line: str


@dataclass(frozen=True, slots=True)
class NetworkText:
    """+CUSD: a line of the network itself, often about credit (3GPP TS 27.007 7.15)."""

    text: str


Notice = (
    NewMessage
    | Report
    | DirectMessage
    | LateAccept
    | Ring
    | Restarted
    | StorageFull
    | SimChanged
    | NetworkText
)


@dataclass(frozen=True, slots=True)
class ReportAnnounced:
    """+CDSI: a report was stored. `storage` is not to be trusted: Quectel names SM and means SR."""

    storage: str
    slot: int


_RESTARTS = (*RESTARTS, "^BOOT")
# Blanks left out. +SIM is Fibocom's, ^SIMST Huawei's, +Q Quectel's, #QSS Telit's; +CPIN comes from many.
_SIM_GONE = (
    "+CPIN:NOTINSERTED", "+CPIN:SIMREMOVED", "+SIM:REMOVED", "+SIMDROP", "^SIMST:255", "+QSIMSTAT:1,0",
    "#QSS:0",
)  # fmt: skip
_SIM_THERE = (
    "+CPIN:READY", "+SIM:INSERTED", "^SIMST:1", "+QSIMSTAT:1,1", "+QUSIM:0", "+QUSIM:1", "#QSS:1", "#QSS:2",
    "#QSS:3",
)  # fmt: skip
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
    if text.startswith("+CUSD:"):
        fields = fields_of(after_colon(line.text))
        return NetworkText(fields[1]) if len(fields) > 1 else None
    return _state_of_the_modem(line.text)


def _state_of_the_modem(line: str) -> Restarted | StorageFull | SimChanged | None:
    text = line.upper()
    if text.startswith(_RESTARTS):
        return Restarted(line)
    if text.startswith(_FULL):
        return StorageFull()
    bare = text.replace(" ", "")
    for there, forms in ((False, _SIM_GONE), (True, _SIM_THERE)):
        if bare.partition(",")[0] in forms or bare in forms:
            return SimChanged(there, line)
    return None


def _announced(line: str) -> NewMessage | ReportAnnounced | None:
    fields = fields_of(after_colon(line))
    slot = number_in(fields[1]) if len(fields) > 1 else None
    if slot is None:
        return None
    kind = NewMessage if line.upper().startswith("+CMTI:") else ReportAnnounced
    return kind(fields[0], slot)
