"""What a modem does with a text or a report the network brings: 3GPP TS 27.005 3.4.1, as +CNMI says."""

from __future__ import annotations

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
    if mt == 2 or (mt == 3 and _is_class_3(delivery.pdu)):
        return _direct(me, "+CMT: ,", delivery)
    return _stored_text(me, delivery, announce=mt != 0)


def _notify(me: Equipment, line: str) -> None:
    """Says what +CNMI routes to the TE; mode 0 keeps it back, the oldest giving way."""
    if me.settings.cnmi[0]:
        me.say(line)
    else:
        me.buffered = [*me.buffered, line][-me.BUFFER :]


def _direct(me: Equipment, header: str, delivery: Delivery) -> Acceptance:
    _notify(me, f"{header}{tpdu_length(delivery.pdu)}\r\n{delivery.pdu}")
    return Acceptance.ASKED if me.settings.csms == 1 else Acceptance.TAKEN


def _stored_text(me: Equipment, delivery: Delivery, announce: bool) -> Acceptance:
    memory = me.storage[me.settings.cpms[2]]
    index = None if me.faults.active("full_storage") else memory.put(Slot(delivery.pdu, Status.UNREAD))
    if announce:
        _notify(me, "+SMS FULL" if index is None else f'+CMTI: "{memory.name}",{index}')
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


def _is_class_3(pdu_hex: str) -> bool:
    """Whether a DELIVER's data coding scheme names class 3 (3GPP TS 23.038 4)."""
    tpdu = bytes.fromhex(pdu_hex)[1 + int(pdu_hex[:2], 16) :]
    dcs = tpdu[4 + (tpdu[1] + 1) // 2]
    has_class = dcs & 0xF0 == 0xF0 or (dcs & 0x80 == 0 and dcs & 0x10)
    return bool(has_class) and dcs & 0x03 == 3
