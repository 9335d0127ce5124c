"""Commands about texts: 3GPP TS 27.005 in PDU mode (4.1-4.7)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from modem.far_end import decode_submit
from modem.simulator.equipment import Answer, Equipment, Prompt, Wait
from modem.simulator.general import Handler
from modem.simulator.storage import Memory, Slot, Status, tpdu_length
from modem.simulator.syntax import AtError, Command, Form, cms

CNMI_LIMITS = ((0, 1, 2, 3), (0, 1, 2, 3), (0, 2, 3), (0, 1, 2), (0, 1))
READABLE = ("SM", "ME", "MT", "SR")
WRITABLE = ("SM", "ME")
RECEIVING = ("SM", "ME", "MT")


# -- settings


def _csms(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return ["+CSMS: (0,1)"]
    if command.form is Form.READ:
        return [f"+CSMS: {me.settings.csms},1,1,1"]
    service = command.number(0)
    if service > 1:
        raise cms(303)
    me.settings.csms = service
    return ["+CSMS: 1,1,1"]


def _cmgf(_me: Equipment, command: Command) -> Answer:
    """PDU mode is all there is, and +CMGF=? says so."""
    if command.form is Form.TEST:
        return ["+CMGF: (0)"]
    if command.form is Form.READ:
        return ["+CMGF: 0"]
    if command.number(0, 0) != 0:
        raise cms(303)
    return []


def _csca(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return []
    me.need_sim("cms")
    if command.form is Form.SET:
        number = me.plain(command.value(0))
        if number and not number.removeprefix("+").isdecimal():
            raise AtError()
        international = command.value(1) == "145" and not number.startswith("+")
        me.sim.smsc = f"+{number}" if international else number
        return []
    return [f"+CSCA: {me.string(me.sim.smsc)},{145 if me.sim.smsc.startswith('+') else 129}"]


def _cpms(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        sets = [",".join(f'"{name}"' for name in names) for names in (READABLE, WRITABLE, RECEIVING)]
        return ["+CPMS: " + ",".join(f"({names})" for names in sets)]
    me.need_sim("cms")
    if command.form is Form.SET:
        chosen = [command.value(place, now) for place, now in enumerate(me.settings.cpms)]
        for name, allowed in zip(chosen, (READABLE, WRITABLE, RECEIVING), strict=True):
            if name not in allowed:
                raise cms(302)
        had_room = me.settings.cpms[2] == chosen[2]
        me.settings.cpms = (chosen[0], chosen[1], chosen[2])
        if not had_room:
            _room_again(me)
    counts = [(name, me.storage[name].used(), me.storage[name].capacity) for name in me.settings.cpms]
    if command.form is Form.SET:
        return ["+CPMS: " + ",".join(f"{used},{total}" for _, used, total in counts)]
    return ["+CPMS: " + ",".join(f'"{name}",{used},{total}' for name, used, total in counts)]


def _cnmi(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        sets = ["(" + ",".join(map(str, allowed)) + ")" for allowed in CNMI_LIMITS]
        return ["+CNMI: " + ",".join(sets)]
    if command.form is Form.READ:
        return ["+CNMI: " + ",".join(map(str, me.settings.cnmi))]
    if me.faults.take("refuse_cnmi"):
        raise AtError()
    wanted = [command.number(place, now) for place, now in enumerate(me.settings.cnmi)]
    if len(command.values()) > len(wanted):
        raise AtError()
    for number, allowed in zip(wanted, CNMI_LIMITS, strict=True):
        if number not in allowed:
            raise cms(303)
    me.settings.cnmi = wanted
    if wanted[0] > 0:
        kept, me.buffered = me.buffered, []
        if wanted[4] == 0:  # bfr 0: what was kept back is flushed now, 1: forgotten
            for line in kept:
                me.network.timers.later(0, partial(me.say, line))
    return []


def _setting(default: str, allowed: str) -> Handler:
    """A 27.005 setting that PDU mode does not look at; it reads back as it was set."""

    def answer(me: Equipment, command: Command) -> Answer:
        if command.form is Form.TEST:
            return [f"{command.name}: {allowed}"]
        if command.form is Form.READ:
            return [f"{command.name}: {me.settings.kept.get(command.name, default)}"]
        me.settings.kept[command.name] = command.text
        return []

    return answer


# -- reading


def _reading(me: Equipment) -> Memory:
    return me.storage[me.settings.cpms[0]]


def _show(slot: Slot) -> str:
    return f"{slot.status.value},,{tpdu_length(slot.pdu)}\r\n{slot.pdu}"


def _read(slot: Slot) -> None:
    if slot.status is Status.UNREAD:
        slot.status = Status.READ


def _cmgl(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return ["+CMGL: (0-4)"]
    me.need_sim("cms")
    wanted = command.number(0, 0)
    if wanted > 4:
        raise cms(304)
    lines = []
    for index, slot in _reading(me).items():
        if wanted in (4, slot.status):
            lines.append(f"+CMGL: {index},{_show(slot)}")
            _read(slot)
    return lines


def _cmgr(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return []
    me.need_sim("cms")
    slot = _reading(me).get(command.number(0))
    if slot is None:
        raise cms(321)
    shown = f"+CMGR: {_show(slot)}"
    _read(slot)
    return [shown]


_DELETED_BY_FLAG: Mapping[int, tuple[Status, ...]] = {
    1: (Status.READ,),
    2: (Status.READ, Status.SENT),
    3: (Status.READ, Status.SENT, Status.UNSENT),
    4: tuple(Status),
}


def _cmgd(me: Equipment, command: Command) -> Answer:
    memory = _reading(me)
    if command.form is Form.TEST:
        return ["+CMGD: (" + ",".join(str(index) for index, _ in memory.items()) + "),(0-4)"]
    me.need_sim("cms")
    index, flag = command.number(0), command.number(1, 0)
    fault = me.faults.take("delete_fails")
    if fault:
        if fault.options["silent"]:
            return []
        raise cms(int(fault.number("code")))
    if flag == 0:
        if not memory.knows(index):
            raise cms(321)
        memory.delete(index)
    elif flag in _DELETED_BY_FLAG:
        for each, slot in list(memory.items()):
            if slot.status in _DELETED_BY_FLAG[flag]:
                memory.delete(each)
    else:
        raise cms(304)
    _room_again(me)
    return []


def _room_again(me: Equipment) -> None:
    """What waits in the network comes after the result of this command, as it does on a real modem."""
    me.network.timers.later(0, lambda: me.network.memory_available(me.sim.number))


# -- sending


def _cmgs(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return []
    me.need_sim("cms")
    length = command.number(0)
    refusal = me.faults.take("cms_error", when="prompt")
    if refusal:
        raise cms(int(refusal.number("code")))
    return Prompt(lambda typed: _send(me, _checked(typed, length)))


def _checked(typed: str, length: int) -> str:
    """The PDU as typed, blanks taken out; +CMS ERROR: 304 unless it is hex of the length that was said."""
    pdu_hex = "".join(typed.split()).upper()
    try:
        bytes.fromhex(pdu_hex)
    except ValueError:
        raise cms(304) from None
    if len(pdu_hex) < 4 or tpdu_length(pdu_hex) != length:
        raise cms(304)
    return pdu_hex


def _send(me: Equipment, pdu_hex: str, command: str = "+CMGS") -> Wait:
    """Hands a PDU to the network: it leaves at once, the result comes in the network's time."""
    if int(pdu_hex[:2], 16) == 0 and not me.sim.smsc:
        raise cms(330)
    if not me.is_in_service():
        raise cms(331)
    link = _link(me)
    seconds = link + me.network.network_time
    refused = me.faults.active("cms_error", when="pdu")
    tpdu = bytes.fromhex(pdu_hex)[1 + int(pdu_hex[:2], 16) :]
    try:
        submit = decode_submit(tpdu)
    except ValueError:
        raise cms(304) from None
    if refused and refused.text("to") in ("", submit.recipient):
        me.faults.take("cms_error", when="pdu")
        me.faults.note_send()
        return Wait(seconds, [], cms(int(refused.number("code"))))
    reference = me.reference
    me.reference = (reference + 1) % 256
    left = me.network.submit(me.sim.number, submit, reference, link)
    result = _result(me, Wait(seconds, [f"{command}: {reference}"], left=left))
    me.faults.note_send()
    return result


LINK_HELD = 5.0
"""Seconds +CMMS keeps the link open after a text; 27.005 3.5.6 allows 1 to 5."""


def _cmms(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return ["+CMMS: (0-2)"]
    if command.form is Form.READ:
        if not _is_link_open(me) and me.settings.cmms == 1 and me.link_until is not None:
            me.settings.cmms = 0  # it was let go meanwhile
        return [f"+CMMS: {me.settings.cmms}"]
    mode = command.number(0, 0)
    if mode > 2:
        raise cms(302)
    me.settings.cmms, me.link_until = mode, None
    return []


def _is_link_open(me: Equipment) -> bool:
    return me.link_until is not None and me.network.timers.now() <= me.link_until


def _link(me: Equipment) -> float:
    """Seconds until there is a link to the network; +CMMS may have kept the last one (27.005 3.5.6)."""
    seconds = 0.0 if _is_link_open(me) else me.network.link_time
    if me.settings.cmms == 1 and me.link_until is not None and not _is_link_open(me):
        me.settings.cmms = 0
    ends = me.network.timers.now() + seconds + me.network.network_time
    me.link_until = ends + LINK_HELD if me.settings.cmms else None
    return seconds


def _result(me: Equipment, wait: Wait) -> Wait:
    """What the modem says of a text that has left: the truth, unless a fault has it otherwise."""
    false_error = me.faults.take("false_error")
    lost = me.faults.take("lost_result")
    unplugged = me.faults.take("unplug", when="pdu")
    if unplugged:
        me.vanish(unplugged.number("back"))
    if false_error:
        wait.error = cms(int(false_error.number("code")))
    elif me.faults.take("bare_error"):
        wait.error = AtError()
    if lost:
        wait.lost, wait.late = True, lost.number("late")
    return wait


def _cmgw(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return []
    me.need_sim("cms")
    length, status = command.number(0), command.number(1, Status.UNSENT)
    if status > 3:
        raise cms(304)

    def store(typed: str) -> Wait:
        slot = Slot(_checked(typed, length), Status(status))
        index = me.storage[me.settings.cpms[1]].put(slot)
        if index is None:
            raise cms(322)
        return Wait(0, [f"+CMGW: {index}"])

    return Prompt(store)


def _cmss(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return []
    me.need_sim("cms")
    slot = me.storage[me.settings.cpms[1]].get(command.number(0))
    if slot is None:
        raise cms(321)
    if slot.status not in (Status.UNSENT, Status.SENT):
        raise cms(302)
    if command.value(1):
        raise cms(303)  # another recipient than the stored one
    wait = _send(me, slot.pdu, "+CMSS")
    if wait.error is None:
        slot.status = Status.SENT
    return wait


def _cnma(me: Equipment, command: Command) -> Answer:
    """Acknowledges a +CMT or +CDS under +CSMS=1; 2 refuses it (3GPP TS 27.005 3.4.4)."""
    if command.form is Form.TEST:
        return ["+CNMA: (0-2)"]
    if command.number(0, 0) > 2:
        raise AtError()
    if not me.acknowledge(command.number(0, 0) != 2):
        raise cms(340)
    return []


MESSAGES: Mapping[str, Handler] = {
    "+CSMS": _csms,
    "+CMGF": _cmgf,
    "+CSCA": _csca,
    "+CPMS": _cpms,
    "+CNMI": _cnmi,
    "+CMMS": _cmms,
    "+CGSMS": _setting("1", "(0-3)"),
    "+CSDH": _setting("0", "(0,1)"),
    "+CSMP": _setting("17,167,0,0", ""),
    "+CSCB": _setting('0,"",""', "(0,1)"),
    "+CMGL": _cmgl,
    "+CMGR": _cmgr,
    "+CMGD": _cmgd,
    "+CMGS": _cmgs,
    "+CMGW": _cmgw,
    "+CMSS": _cmss,
    "+CNMA": _cnma,
}
