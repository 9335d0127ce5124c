"""Commands about voice calls, their forwarding and dialogues with the network (27.007 6, 7.6, 7.11, 7.15)."""

from __future__ import annotations

from collections.abc import Mapping

from modem.simulator.equipment import Answer, Equipment, Wait
from modem.simulator.exchange import Ended, Forwarding
from modem.simulator.general import Handler
from modem.simulator.syntax import AtError, Command, Form, cme

VOICE = 1
DISABLE, ENABLE, QUERY, REGISTER, ERASE = range(5)
_REASONS = {0: (0,), 1: (1,), 2: (2,), 3: (3,), 4: (0, 1, 2, 3), 5: (1, 2, 3)}
"""`<reason>` of +CCFC: each by itself, 4 all of them, 5 all conditional ones."""


def ring(me: Equipment, caller: str | None) -> None:
    """RING, or +CRING, and the number where +CLIP asks for it (27.007 6.11, 7.6)."""
    me.say("+CRING: VOICE" if me.settings.kept.get("+CRC") == "1" else "RING")
    if me.settings.kept.get("+CLIP") == "1":
        kind = 145 if caller and caller.startswith("+") else 129 if caller else 128
        me.say(f"+CLIP: {me.string(caller or '')},{kind},,,,{0 if caller else 1}")


def _hang_up(me: Equipment, _command: Command) -> Answer:
    me.network.exchange.hang_up(me.sim.number)
    return []


def _answer(me: Equipment, _command: Command) -> Answer:
    """ATA: the call is taken and ends at once, since nobody speaks."""
    return [] if me.network.exchange.hang_up(me.sim.number, Ended.ANSWERED) else ["NO CARRIER"]


def _clip(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return ["+CLIP: (0,1)"]
    if command.form is Form.READ:
        return [f"+CLIP: {me.settings.kept.get('+CLIP', '0')},1"]
    if command.number(0, 0) > 1:
        raise AtError()
    me.settings.kept["+CLIP"] = str(command.number(0, 0))
    return []


def _clcc(me: Equipment, command: Command) -> Answer:
    """The call that rings: incoming (1), state 4, voice (0), no conference (27.007 7.18)."""
    exchange, number = me.network.exchange, me.sim.number
    if command.form is Form.TEST or not exchange.is_ringing(number):
        return []
    caller = exchange.caller(number)
    shown = f",{me.string(caller)},145" if caller else ""
    return [f"+CLCC: 1,1,4,0,0{shown}"]


def _cpas(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return ["+CPAS: (0,3)"]
    return [f"+CPAS: {3 if me.network.exchange.is_ringing(me.sim.number) else 0}"]


def _ccfc(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return ["+CCFC: (0-5)"]
    me.need_sim()
    if command.form is not Form.SET:
        raise AtError()
    reason, mode = command.number(0), command.number(1)
    classes = command.number(4, 7)
    if reason not in _REASONS or mode > ERASE:
        raise AtError()
    if not me.is_in_service():
        raise cme(30)
    seconds = me.network.network_time
    if mode == QUERY:
        if reason in (4, 5):
            raise cme(3)
        return Wait(seconds, _rule_shown(me, reason))
    if classes & VOICE:
        for each in _REASONS[reason]:
            _set_rule(me, each, mode, command)
    return Wait(seconds, [])


def _rule_shown(me: Equipment, reason: int) -> list[str]:
    rule = me.network.exchange.forwarding.get((me.sim.number, reason))
    if rule is None:
        return ["+CCFC: 0,7"]
    kind = 145 if rule.number.startswith("+") else 129
    return [f"+CCFC: {int(rule.is_active)},{VOICE},{me.string(rule.number)},{kind}"]


def _set_rule(me: Equipment, reason: int, mode: int, command: Command) -> None:
    rules, key = me.network.exchange.forwarding, (me.sim.number, reason)
    if mode == ERASE:
        rules.pop(key, None)
    elif mode == REGISTER:
        number = me.plain(command.value(2))
        if not number.removeprefix("+").isdecimal():
            raise cme(21)
        international = command.value(3) == "145" and not number.startswith("+")
        rules[key] = Forwarding(f"+{number}" if international else number, is_active=True)
    elif key in rules:
        rules[key] = Forwarding(rules[key].number, is_active=mode == ENABLE)
    elif mode == ENABLE:
        raise cme(3)  # there is no number to forward to


def _cusd(me: Equipment, command: Command) -> Answer:
    """A code is answered after the command's OK, in the network's time (27.007 7.15)."""
    if command.form is Form.TEST:
        return ["+CUSD: (0-2)"]
    if command.form is Form.READ:
        return [f"+CUSD: {me.settings.kept.get('+CUSD', '0')}"]
    mode = command.number(0, 0)
    if mode > 2:
        raise AtError()
    if mode < 2:
        me.settings.kept["+CUSD"] = str(mode)
    code = me.plain(command.value(1))
    if not code:
        return []
    me.need_sim()
    if not me.is_in_service():
        raise cme(30)
    answer = me.network.dialogues.get(code)
    if mode == 1:
        said = f"+CUSD: 0,{me.string(answer)},15" if answer is not None else "+CUSD: 4"
        me.network.timers.later(me.network.network_time, lambda: me.say(said))
    return []


CALLS: Mapping[str, Handler] = {
    "A": _answer,
    "H": _hang_up,
    "+CHUP": _hang_up,
    "+CLIP": _clip,
    "+CLCC": _clcc,
    "+CPAS": _cpas,
    "+CCFC": _ccfc,
    "+CUSD": _cusd,
}
