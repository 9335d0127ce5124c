"""What a modem does with a text or a report the network brings: 3GPP TS 27.005 3.4.1, as +CNMI says."""

from __future__ import annotations

from dataclasses import dataclass

from modem.simulator.equipment import Equipment
from modem.simulator.network import Acceptance, Delivery
from modem.simulator.storage import Slot, Status, tpdu_length


def arrive(me: Equipment, delivery: Delivery) -> Acceptance:
    """Takes what the network brings the way +CNMI asks for it."""
    if not me.is_in_service():
        return Acceptance.AWAY
    _, mt, _, ds, _ = me.settings.cnmi
    if delivery.is_report:
        if ds == 0:
            return Acceptance.TAKEN  # reports are not routed: they end here
        if ds == 1:
            return _direct(me, "+CDS: ", delivery)
        return _stored_report(me, delivery)
    coding = _coding(delivery.pdu)
    if (mt == 2 and not coding.is_kept) or (mt == 3 and coding.message_class == 3):
        return _direct(me, "+CMT: ,", delivery)
    memory = "SM" if coding.message_class == 2 else me.settings.cpms[2]
    return _stored_text(me, delivery, memory, announce=mt != 0)


def _notify(me: Equipment, line: str) -> None:
    """Says what +CNMI routes to the TE; mode 0 keeps it back, the oldest giving way."""
    if me.settings.cnmi[0]:
        me.say(line)
    else:
        me.buffered = [*me.buffered, line][-me.BUFFER :]


def _direct(me: Equipment, header: str, delivery: Delivery) -> Acceptance:
    _notify(me, f"{header}{tpdu_length(delivery.pdu)}\r\n{delivery.pdu}")
    return Acceptance.ASKED if me.settings.csms == 1 else Acceptance.TAKEN


def _stored_text(me: Equipment, delivery: Delivery, name: str, announce: bool) -> Acceptance:
    memory = me.storage[name]
    index = None if me.faults.active("full_storage") else memory.put(Slot(delivery.pdu, Status.UNREAD))
    line = me.full_notice if index is None else f'+CMTI: "{memory.name}",{index}'
    if announce and line:
        _notify(me, line)
    return Acceptance.FULL if index is None else Acceptance.TAKEN


def _stored_report(me: Equipment, delivery: Delivery) -> Acceptance:
    """In SR a report never waits for room: the oldest gives way, so that texts behind it get through."""
    memory = me.storage[me.report_memory]
    slot = Slot(delivery.pdu, Status.UNREAD)
    index = memory.put(slot)
    if index is None and me.report_memory == "SR":
        memory.delete(memory.first)
        index = memory.put(slot)
    if index is None:
        return Acceptance.FULL
    _notify(me, f'+CDSI: "{"SM" if me.faults.active("report_misnamed") else memory.name}",{index}')
    return Acceptance.TAKEN


@dataclass(frozen=True, slots=True)
class _Coding:
    """What a DELIVER's data coding scheme says of its way (3GPP TS 23.038 4)."""

    message_class: int | None
    is_kept: bool
    """Stored even with mt=2: class 2, which belongs on the SIM, and indications of waiting messages that
    ask to be stored (27.005 3.4.1)."""


def _coding(pdu_hex: str) -> _Coding:
    tpdu = bytes.fromhex(pdu_hex)[1 + int(pdu_hex[:2], 16) :]
    place = 4 + (tpdu[1] + 1) // 2 if len(tpdu) > 1 else 0
    dcs = tpdu[place] if place < len(tpdu) else 0  # one cut short is stored like any other
    has_class = dcs & 0xF0 == 0xF0 or (dcs & 0x80 == 0 and bool(dcs & 0x10))
    message_class = dcs & 0x03 if has_class else None
    return _Coding(message_class, message_class == 2 or dcs & 0xF0 in (0xD0, 0xE0))
