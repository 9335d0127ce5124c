"""Commands that are not about texts: ITU-T V.250, 3GPP TS 27.007, and identification."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from modem.simulator.equipment import Answer, Equipment, Settings
from modem.simulator.syntax import AtError, Command, Form, cme

Handler = Callable[[Equipment, Command], Answer]


def _ok(_me: Equipment, _command: Command) -> Answer:
    """Accepted without effect here (speaker, dial tone, outgoing calls)."""
    return []


def _echo(me: Equipment, command: Command) -> Answer:
    me.settings.echo = _flag(command)
    return []


def _verbose(me: Equipment, command: Command) -> Answer:
    me.settings.verbose = _flag(command)
    return []


def _quiet(me: Equipment, command: Command) -> Answer:
    if command.form is Form.READ:
        return [str(int(me.settings.quiet))]
    me.settings.quiet = _flag(command)
    return []


def _flag(command: Command) -> bool:
    if command.text not in ("", "0", "1"):
        raise AtError()
    return command.text == "1"


def _defaults(me: Equipment, _command: Command) -> Answer:
    """ATZ, AT&F: back to the defaults; the choice of storage is kept, as modems do."""
    me.settings = Settings(cpms=me.settings.cpms)
    return []


def _register(_me: Equipment, command: Command) -> Answer:
    """S registers: read as their V.250 defaults, written without effect."""
    number = command.text or "0"
    defaults = {"0": 0, "3": 13, "4": 10, "5": 8, "7": 60}
    return [f"{defaults.get(number, 0):03d}"] if command.form is Form.READ else []


def _information(me: Equipment, _command: Command) -> Answer:
    who = me.identity
    return [f"{who.manufacturer}\r\n{who.model}\r\nRevision: {who.revision}"]


def _tells(text: Callable[[Equipment], str], *, of_sim: bool = False, prefix: str = "") -> Handler:
    """A command that only says something: AT+X, and OK to AT+X=?."""

    def answer(me: Equipment, command: Command) -> Answer:
        if command.form is Form.TEST:
            return []
        if command.form is Form.SET:
            raise AtError()
        if of_sim:
            me.need_sim()
        return [prefix + text(me)]

    return answer


def _keeps(default: str, allowed: str) -> Handler:
    """A setting that changes nothing here but reads back as it was set."""

    def answer(me: Equipment, command: Command) -> Answer:
        if command.form is Form.TEST:
            return [f"{command.name}: {allowed}"]
        if command.form is Form.SET:
            me.settings.kept[command.name] = command.text
            return []
        if command.form is Form.READ:
            return [f"{command.name}: {me.settings.kept.get(command.name, default)}"]
        return []

    return answer


def _cmee(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return ["+CMEE: (0-2)"]
    if command.form is Form.READ:
        return [f"+CMEE: {me.settings.cmee}"]
    me.settings.cmee = _within(command.number(0, 0), 2)
    return []


def _within(number: int, highest: int) -> int:
    if number > highest:
        raise AtError()
    return number


def _cpin(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return []
    if command.form is Form.READ:
        if me.faults.active("sim_busy"):
            raise cme(14)
        _need_card(me)
        return [f"+CPIN: {me.sim.state}"]
    if command.form is not Form.SET:
        raise AtError()
    _need_card(me)
    state = me.sim.state
    if state == "READY":
        raise cme(3)
    if state == "SIM PUK" and not command.value(1):
        raise cme(12)
    if not me.sim.enter(command.value(0), command.value(1)):
        raise cme(12 if me.sim.state == "SIM PUK" and state == "SIM PIN" else 16)
    me.say("+CPIN: READY")
    me.tell_registration()
    me.network.timers.later(0, lambda: me.network.memory_available(me.sim.number))
    return []


def _need_card(me: Equipment) -> None:
    if not me.sim.is_inserted:
        raise cme(10)
    if not me.sim.state:
        raise cme(13)


def _cpinr(me: Equipment, command: Command) -> Answer:
    """Attempts left (3GPP TS 27.007 8.65)."""
    if command.form is Form.TEST:
        return []
    left = {"SIM PIN": (me.sim.pin_left, 3), "SIM PUK": (me.sim.puk_left, 10)}
    asked = command.value(0) if command.form is Form.SET else ""
    return [f"+CPINR: {code},{now},{full}" for code, (now, full) in left.items() if asked in ("", code)]


def _cfun(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return ["+CFUN: (0,1,4),(0,1)"]
    if command.form is Form.READ:
        return [f"+CFUN: {me.functionality}"]
    level, reset = command.number(0, 1), command.number(1, 0)
    if level not in (0, 1, 4) or reset not in (0, 1):
        raise AtError()
    me.functionality = level
    me.tell_registration()
    if reset:
        me.restart()
    elif level == 1:
        me.network.timers.later(0, lambda: me.network.memory_available(me.sim.number))
    return []


def _registration(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return [f"{command.name}: (0-2)"]
    if command.form is Form.SET:
        me.settings.registration[command.name] = _within(command.number(0), 2)
        me.settings.told[command.name] = me.registration(command.name)
        return []
    level = me.settings.registration.get(command.name, 0)
    state = me.registration(command.name)
    place = ',"1A2B","00C3D4E5",7' if level == 2 and state in (1, 5) else ""
    return [f"{command.name}: {level},{state}{place}"]


def _attached(me: Equipment, command: Command) -> Answer:
    """Packet service follows registration; asking for it or letting it go changes nothing for texts."""
    if command.form is Form.TEST:
        return ["+CGATT: (0,1)"]
    if command.form is Form.READ:
        return [f"+CGATT: {int(me.is_in_service())}"]
    _within(command.number(0), 1)
    return []


def _cops(me: Equipment, command: Command) -> Answer:
    names = ("Simulated Network", "SIMNET", "00101")
    if command.form is Form.TEST:
        shown = ",".join(me.string(name) for name in names)
        return [f"+COPS: (2,{shown},7),,(0-4),(0-2)"]
    if command.form is Form.SET:
        if command.value(1):
            me.settings.operator_format = _within(command.number(1), 2)
        _within(command.number(0), 4)
        return []
    me.need_sim()
    if not me.is_in_service():
        return ["+COPS: 0"]
    form = me.settings.operator_format
    return [f"+COPS: 0,{form},{me.string(names[form])},7"]


def _csq(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return ["+CSQ: (0-31,99),(0-7,99)"]
    if command.form is not Form.RUN:
        raise AtError()
    return [f"+CSQ: {me.signal if me.is_in_service() else 99},99"]


def _cscs(me: Equipment, command: Command) -> Answer:
    if command.form is Form.TEST:
        return ['+CSCS: ("GSM","IRA","UCS2")']
    if command.form is Form.READ:
        return [f"+CSCS: {me.string(me.settings.cscs)}"]
    wanted = me.plain(command.value(0))
    if wanted not in ("GSM", "IRA", "UCS2"):
        raise AtError()
    me.settings.cscs = wanted
    return []


def _cclk(me: Equipment, command: Command) -> Answer:
    if command.form is Form.READ:
        return [f'+CCLK: "{me.network.wall():%y/%m/%d,%H:%M:%S}+00"']
    return []


def _clac(_me: Equipment, command: Command) -> Answer:
    """The general commands only; texts have theirs asked for one by one."""
    if command.form is not Form.RUN:
        return []
    return ["\r\n".join(name if name.startswith("&") else f"AT{name}" for name in GENERAL)]


GENERAL: Mapping[str, Handler] = {
    **{name: _ok for name in ("D", "X", "L", "M", "&C", "&D", "&K", "&V", "&W", "+CVHU")},
    "E": _echo,
    "V": _verbose,
    "Q": _quiet,
    "Z": _defaults,
    "&F": _defaults,
    "S": _register,
    "I": _information,
    **{name: _tells(lambda me: me.identity.manufacturer) for name in ("+CGMI", "+GMI")},
    **{name: _tells(lambda me: me.identity.model) for name in ("+CGMM", "+GMM")},
    **{name: _tells(lambda me: me.identity.revision) for name in ("+CGMR", "+GMR")},
    **{name: _tells(lambda me: me.identity.imei) for name in ("+CGSN", "+GSN")},
    "+CIMI": _tells(lambda me: me.sim.imsi, of_sim=True),
    "+CCID": _tells(lambda me: me.sim.iccid, of_sim=True, prefix="+CCID: "),
    "+ICCID": _tells(lambda me: me.sim.iccid, of_sim=True, prefix="+ICCID: "),
    "+CNUM": _tells(lambda me: f"{me.string(me.sim.number)},145", of_sim=True, prefix="+CNUM: ,"),
    "+GCAP": _tells(lambda _me: "+GCAP: +CGSM"),
    "+CGATT": _attached,
    "+CBC": _tells(lambda _me: "+CBC: 0,100"),
    "+CLAC": _clac,
    "+CMEE": _cmee,
    "+CPIN": _cpin,
    "+CPINR": _cpinr,
    "+CFUN": _cfun,
    "+CREG": _registration,
    "+CGREG": _registration,
    "+CEREG": _registration,
    "+COPS": _cops,
    "+CSQ": _csq,
    "+CSCS": _cscs,
    "+CCLK": _cclk,
    "+CRC": _keeps("0", "(0,1)"),
    "+CCWA": _keeps("0", "(0,1)"),
    "+CTZR": _keeps("0", "(0,1)"),
    "+CTZU": _keeps("0", "(0,1)"),
    "+IPR": _keeps("115200", "(),(9600,115200)"),
    "+IFC": _keeps("0,0", "(0,2),(0,2)"),
    "+ICF": _keeps("3,3", "(3),(3)"),
}
