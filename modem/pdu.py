"""Text messages as the modem takes and gives them: SUBMIT, DELIVER, STATUS-REPORT. Pure.

Source: 3GPP TS 23.040 9.2.2. A PDU on the AT interface is the service centre's address and the TPDU,
in hexadecimal digits; AT+CMGS counts the octets of the TPDU alone (3GPP TS 27.005 4.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from modem import tpdu_fields as fields
from modem import user_data
from modem.far_end import Submit, decode_submit, encode_deliver, encode_deliver_octets, encode_status_report
from modem.gsm7 import segments
from modem.tpdu_fields import FirstOctet
from modem.user_data import Concat, Header

__all__ = [
    "Concat",
    "Deliver",
    "DeliverKind",
    "Raw",
    "ReceiptOutcome",
    "StatusReport",
    "Submit",
    "SubmitPart",
    "decode",
    "decode_submit",
    "encode_deliver",
    "encode_deliver_octets",
    "encode_status_report",
    "encode_submit",
    "join",
]

_WAP_PUSH = 2948
_WAP_PORTS = frozenset({2805, 2923, _WAP_PUSH, 2949, *range(9200, 9208), 49996, 49999})
_MMS_TYPE = b"application/vnd.wap.mms-message"
_MMS_TYPE_CODE = 0xBE  # the same, as WSP's well-known media type 0x3E
_WSP_PUSH = 0x06
# CPHS phase 2, B.4.2.1: a voice mail flag is set and cleared by an empty text from these two "names".
_CPHS_VOICEMAIL = frozenset({"_@", "\u0394@"})
# Protocol identifiers for the device, not the person (3GPP TS 23.040 9.2.3.9): type 0, ANSI-136,
# ME data download, ME de-personalization, (U)SIM data download.
_DEVICE_PIDS = frozenset({0x40, 0x7C, 0x7D, 0x7E, 0x7F})
_RETURN_CALL = 0x5F  # "somebody called": the oldest form of a waiting indication (the same)


class DeliverKind(Enum):
    """What an incoming message is; only TEXT and CLASS0 come from somebody who wrote words."""

    TEXT = "text"
    CLASS0 = "class0"  # shown at once and not kept by phones ("flash")
    MMS_NOTICE = "mms_notice"  # a picture or group text lies at the carrier, out of our reach
    WAP_PUSH = "wap_push"
    VOICEMAIL = "voicemail"
    SIM_DATA = "sim_data"
    BINARY = "binary"


class ReceiptOutcome(Enum):
    """What a delivery report says of a part (3GPP TS 23.040 9.2.3.15)."""

    DELIVERED = "delivered"
    PENDING = "pending"  # the network goes on trying
    FAILED = "failed"  # for good
    GAVE_UP = "gave_up"  # a passing fault, but the network tries no more


@dataclass(frozen=True, slots=True)
class SubmitPart:
    """One outgoing PDU; `index` counts from 1, `reference` is None where there is only one part."""

    tpdu: bytes
    recipient: str
    index: int
    total: int
    reference: int | None

    @property
    def hex(self) -> str:
        """What follows the prompt of AT+CMGS; the service centre is left to the SIM."""
        return "00" + self.tpdu.hex().upper()

    @property
    def length(self) -> int:
        """What AT+CMGS is given: octets of the TPDU, without the service centre."""
        return len(self.tpdu)


@dataclass(frozen=True, slots=True)
class Deliver:
    """An incoming message or one part of it.

    `text` is "" where there is none, and may begin or end with half a surrogate pair: `join` makes it
    whole. `sent_at` is the service centre's time. `data` holds the octets behind the header.
    """

    sender: str
    sender_is_alphanumeric: bool
    text: str
    sent_at: datetime | None
    concat: Concat | None
    kind: DeliverKind
    pid: int
    dcs: int
    smsc: str | None
    data: bytes


@dataclass(frozen=True, slots=True)
class StatusReport:
    """A delivery report on one part; `reference` is the one +CMGS gave, `status` TP-ST as it came."""

    reference: int
    recipient: str
    sent_at: datetime | None
    discharged_at: datetime | None
    status: int
    outcome: ReceiptOutcome


@dataclass(frozen=True, slots=True)
class Raw:
    """A PDU that could not be read, as it came, and why."""

    hex: str
    reason: str


def encode_submit(
    recipient: str,
    text: str,
    *,
    reference: int,
    validity_seconds: int | None,
    report: bool = True,
    message_reference: int = 0,
) -> tuple[SubmitPart, ...]:
    """A text as the PDUs that carry it, GSM-7 where every character fits, else UCS2.

    `reference` (0 to 65535) ties the parts of a long text together and is unused for a short one.
    `validity_seconds` is rounded down, None leaves it to the network. `message_reference` is the first
    part's and counts on; most modems set their own. Raises ValueError for a recipient that is no
    number, a text with a lone surrogate, and one of more than 255 parts.
    """
    if not 0 <= reference <= 0xFFFF:
        raise ValueError(f"the reference {reference} does not fit 16 bits")
    address = fields.number_field(recipient)
    cut = segments(text)
    total = user_data.checked_total(cut.parts)
    first = (
        FirstOctet.SUBMIT
        | (FirstOctet.REPORT_REQUESTED if report else 0)
        | (FirstOctet.HAS_HEADER if total > 1 else 0)
    )
    validity = b""
    if validity_seconds is not None:
        first |= FirstOctet.VALIDITY_RELATIVE
        validity = bytes((fields.validity_octet(validity_seconds),))
    dcs = fields.dcs_of(cut.alphabet)
    parts: list[SubmitPart] = []
    for index, part in enumerate(cut.parts, start=1):
        concat = Concat(reference, total, index, wide=True) if total > 1 else None
        header = user_data.concat_header(concat) if concat else b""
        start = bytes((first, (message_reference + index - 1) % 256))
        content = user_data.text_field(part, cut.alphabet, header)
        tpdu = start + address + bytes((0, dcs)) + validity + content
        parts.append(SubmitPart(tpdu, recipient, index, total, reference if concat else None))
    return tuple(parts)


def decode(pdu_hex: str) -> Deliver | StatusReport | Raw:
    """What AT+CMGR, AT+CMGL, +CMT and +CDS give, service centre included; never raises.

    Whatever cannot be read comes back as `Raw`, so that it can be kept and shown.
    """
    try:
        octets = fields.Octets(bytes.fromhex(pdu_hex))
    except ValueError:
        return Raw(pdu_hex, "not hexadecimal")
    try:
        smsc = fields.take_smsc(octets)
        first = octets.octet("first octet")
        match first & FirstOctet.MESSAGE_TYPE:
            case (
                FirstOctet.DELIVER | FirstOctet.RESERVED
            ):  # reserved: read it as a DELIVER (3GPP TS 23.040 9.2.3.1)
                return _take_deliver(octets, first, smsc)
            case FirstOctet.STATUS_REPORT:
                return _take_status_report(octets)
            case _:
                return Raw(pdu_hex, "an outgoing message (SUBMIT)")
    except ValueError as error:
        return Raw(pdu_hex, str(error))


def join(texts: Sequence[str]) -> str:
    """The text of all parts in order, always encodable as UTF-8.

    Pairs of surrogates split between parts become whole, halves left over U+FFFD. NULs go: they mean
    nothing in a text, and no database takes them.
    """
    units = "".join(texts).replace("\0", "").encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")


def _take_deliver(octets: fields.Octets, first: int, smsc: str | None) -> Deliver:
    sender = fields.take_address(octets)
    pid = octets.octet("protocol identifier")
    dcs = octets.octet("data coding scheme")
    sent_at = fields.timestamp_of(octets.take(7, "time stamp"))
    coding = fields.coding_of(dcs)
    content = user_data.take_user_data(octets, coding, bool(first & FirstOctet.HAS_HEADER))
    return Deliver(
        sender.text,
        sender.is_alphanumeric,
        content.text,
        sent_at,
        content.header.concat,
        _kind_of(sender, pid, coding, content),
        pid,
        dcs,
        smsc,
        content.data,
    )


def _take_status_report(octets: fields.Octets) -> StatusReport:
    reference = octets.octet("message reference")
    recipient = fields.take_address(octets).text
    sent_at = fields.timestamp_of(octets.take(7, "time stamp"))
    discharged_at = fields.timestamp_of(octets.take(7, "discharge time"))
    status = octets.octet("status")
    return StatusReport(reference, recipient, sent_at, discharged_at, status, _outcome_of(status))


def _outcome_of(status: int) -> ReceiptOutcome:
    if status < 0x20:
        return ReceiptOutcome.DELIVERED
    if status < 0x40:
        return ReceiptOutcome.PENDING
    if status < 0x60:
        return ReceiptOutcome.FAILED
    return ReceiptOutcome.GAVE_UP  # 0x80 and above are reserved and read as 0x63, "service rejected"


def _kind_of(
    sender: fields.Address, pid: int, coding: fields.Coding, content: user_data.UserData
) -> DeliverKind:
    header = content.header
    if header.port in _WAP_PORTS:
        return DeliverKind.MMS_NOTICE if _is_mms(header, content.data) else DeliverKind.WAP_PUSH
    # Words of class 2 are merely kept on the SIM (23.038 4): phones show them, and a STOP may be among them.
    is_for_sim = header.is_for_sim or (coding.message_class == 2 and coding.alphabet is None)
    if pid in _DEVICE_PIDS or is_for_sim:
        return DeliverKind.SIM_DATA
    if _is_waiting_indication(sender, pid, coding, header):
        return DeliverKind.VOICEMAIL
    if coding.alphabet is None:
        return DeliverKind.BINARY
    return DeliverKind.CLASS0 if coding.message_class == 0 else DeliverKind.TEXT


def _is_waiting_indication(sender: fields.Address, pid: int, coding: fields.Coding, header: Header) -> bool:
    is_cphs = sender.is_alphanumeric and sender.text in _CPHS_VOICEMAIL
    return coding.is_waiting_indication or header.is_waiting_indication or is_cphs or pid == _RETURN_CALL


def _is_mms(header: Header, data: bytes) -> bool:
    """True where a push is an MMS notice, or a part of one whose type stands in another part.

    WAP-230-WSP 8.2.4: transaction, PDU type, length of the headers, then the content type.
    """
    if header.port != _WAP_PUSH:
        return False
    is_readable = (
        len(data) > 3 and data[1] == _WSP_PUSH and (header.concat is None or header.concat.sequence == 1)
    )
    return not is_readable or data[3] == _MMS_TYPE_CODE or _MMS_TYPE in data
