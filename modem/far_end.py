"""The network's side of a TPDU: reads a SUBMIT, writes a DELIVER and a STATUS-REPORT. Pure.

The simulator speaks it; on the box itself only its tests do. Source: 3GPP TS 23.040 9.2.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from modem import tpdu_fields as fields
from modem import user_data
from modem.gsm7 import SINGLE, Alphabet, is_gsm7, septets, split, utf16_units
from modem.tpdu_fields import FirstOctet
from modem.user_data import Concat


@dataclass(frozen=True, slots=True)
class Submit:
    """An outgoing PDU read back; `reference` is the concatenation's."""

    recipient: str
    text: str
    reference: int | None
    message_reference: int
    report_requested: bool
    validity_seconds: int | None
    concat: Concat | None
    dcs: int


def decode_submit(tpdu: bytes) -> Submit:
    """Reads an outgoing TPDU as the network does; ValueError where it is broken.

    The validity is read in its relative form only; the absolute and enhanced ones give None.
    """
    octets = fields.Octets(tpdu)
    first = octets.octet("first octet")
    if first & FirstOctet.MESSAGE_TYPE != FirstOctet.SUBMIT:
        raise ValueError(f"0x{first:02X} begins no SUBMIT")
    message_reference = octets.octet("message reference")
    recipient = fields.take_address(octets).text
    octets.octet("protocol identifier")
    dcs = octets.octet("data coding scheme")
    validity = octets.take({0x00: 0, 0x10: 1}.get(first & FirstOctet.VALIDITY_FORMAT, 7), "validity period")
    content = user_data.take_user_data(octets, fields.coding_of(dcs), bool(first & FirstOctet.HAS_HEADER))
    if octets.rest():
        raise ValueError(f"{len(octets.rest())} octets follow the user data")
    concat = content.header.concat
    return Submit(
        recipient,
        content.text,
        concat.reference if concat else None,
        message_reference,
        bool(first & FirstOctet.REPORT_REQUESTED),
        fields.validity_seconds(validity[0]) if len(validity) == 1 else None,
        concat,
        dcs,
    )


def encode_deliver(
    sender: str,
    text: str,
    *,
    sent_at: datetime,
    smsc: str = "",
    reference: int | None = None,
    wide: bool = False,
    pid: int = 0,
    dcs: int | None = None,
) -> tuple[str, ...]:
    """The PDUs by which the network brings a text, in hexadecimal digits, service centre included.

    A long text is cut behind an 8-bit reference, a 16-bit one if `wide`; None counts as 0. `dcs` may
    ask for a class or an indication, and then sets the alphabet; one that means octets is refused
    with ValueError, as is a text that does not fit (see `encode_deliver_octets`).
    """
    alphabet = Alphabet.GSM7 if is_gsm7(text) else Alphabet.UCS2
    if dcs is None:
        dcs = fields.dcs_of(alphabet)
    wanted = fields.coding_of(dcs).alphabet
    if wanted is None:
        raise ValueError(f"the coding 0x{dcs:02X} carries octets, not text")
    if not 0 <= (reference or 0) <= (0xFFFF if wide else 0xFF):
        raise ValueError(f"the reference {reference} does not fit {16 if wide else 8} bits")
    parts = _cut(text, wanted, wide)
    total = user_data.checked_total(parts)
    pdus: list[str] = []
    for sequence, part in enumerate(parts, start=1):
        header = user_data.concat_header(Concat(reference or 0, total, sequence, wide)) if total > 1 else b""
        content = user_data.text_field(part, wanted, header)
        pdus.append(_deliver(sender, content, bool(header), sent_at, smsc, pid, dcs))
    return tuple(pdus)


def encode_deliver_octets(
    sender: str,
    data: bytes,
    *,
    sent_at: datetime,
    header: bytes = b"",
    smsc: str = "",
    pid: int = 0,
    dcs: int = 0x04,
) -> str:
    """The PDU by which the network brings 8-bit data, such as a WAP push, in hexadecimal digits.

    `header` is a whole user data header, its length octet first, and is not checked.
    """
    content = user_data.octets_field(data, header)
    return _deliver(sender, content, bool(header), sent_at, smsc, pid, dcs)


def encode_status_report(
    reference: int,
    recipient: str,
    *,
    sent_at: datetime,
    discharged_at: datetime,
    status: int,
    smsc: str = "",
) -> str:
    """The PDU of a delivery report in hexadecimal digits, service centre included."""
    tpdu = (
        bytes((FirstOctet.STATUS_REPORT | FirstOctet.NO_MORE_MESSAGES, reference))
        + fields.number_field(recipient)
        + fields.timestamp_field(sent_at)
        + fields.timestamp_field(discharged_at)
        + bytes((status,))
    )
    return (fields.smsc_field(smsc) + tpdu).hex().upper()


def _cut(text: str, alphabet: Alphabet, wide: bool) -> tuple[str, ...]:
    units = septets(text) if alphabet is Alphabet.GSM7 else utf16_units(text)
    if units <= SINGLE[alphabet]:
        return (text,)
    header_octets = 7 if wide else 6
    room = (140 - header_octets) * 8 // (7 if alphabet is Alphabet.GSM7 else 16)
    return split(text, alphabet, room)


def _deliver(
    sender: str, content: bytes, has_header: bool, sent_at: datetime, smsc: str, pid: int, dcs: int
) -> str:
    first = FirstOctet.DELIVER | FirstOctet.NO_MORE_MESSAGES | (FirstOctet.HAS_HEADER if has_header else 0)
    tpdu = (
        bytes((first,))
        + fields.address_field(sender)
        + bytes((pid, dcs))
        + fields.timestamp_field(sent_at)
        + content
    )
    return (fields.smsc_field(smsc) + tpdu).hex().upper()
