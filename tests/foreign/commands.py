"""What a modem keeps between power-on and power-off, and what each command does to it."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.foreign.answers import Answer, Refused, lines_of
from tests.foreign.habits import Habits
from tests.foreign.messages import Messages
from tests.foreign.network import Network

ICCID = "8901260000000000017"
IMEI = "350000000000017"


class Session(Messages):
    """Command lines, and the half of the modem that is no messages (V.250, 27.007)."""

    def __init__(
        self,
        habits: Habits,
        network: Network,
        later: Callable[[float, Callable[[], None]], None],
        announce: Callable[[str], None],
        violate: Callable[[str], None],
    ) -> None:
        super().__init__(habits, network, later, announce, violate)
        self.pins: list[str] = []
        self.resets = 0
        self.asked: list[str] = []
        self.card = ICCID
        self.serial = IMEI
        self.hidden: set[str] = set()
        """Commands that it does not answer any more, as if it had never had them."""
        self.on_command: Callable[[str], None] | None = None
        """Called before each command that it has."""
        self.power_up()

    def power_up(self) -> None:
        habits = self.habits
        self.forget_messages()
        self.echo = habits.echoes
        self.verbosity = 2 if habits.errors_in_words else 0
        self.locked = bool(habits.pin)
        self.sim_is_busy = habits.sim_busy > 0
        if self.sim_is_busy:
            self.later(habits.sim_busy, self._sim_ready)
        self.radio = 4 if habits.radio_off else 1
        self.registration = 0 if habits.radio_off else habits.circuit
        if habits.registers_after:
            self.registration = 2
            self.later(habits.registers_after, self._register)

    def _sim_ready(self) -> None:
        self.sim_is_busy = False

    def _register(self) -> None:
        self.registration = self.habits.circuit

    # ---- command lines -----------------------------------------------------------------------------

    def obey(self, body: str) -> Answer:
        """Does a command line's body, the AT taken off; raises Refused."""
        self.asked.append(body)
        if self.habits.longest and len(body) + 2 > self.habits.longest:
            raise Refused()
        several = re.split(r";(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", body)
        if self.habits.single and len(several) > 1:
            raise Refused()
        told = b""
        for each in several:
            answer = self._one(each)
            if answer.prompt or answer.resets:
                return answer
            told += answer.bytes
        return Answer(told + b"\r\nOK\r\n")

    def _one(self, command: str) -> Answer:
        found = re.match(r"([+#^!$%*][A-Z0-9]+)(.*)", command, re.IGNORECASE | re.DOTALL)
        if not found:
            return self._basic(command.upper())
        name, tail = found[1].upper(), found[2]
        method = getattr(self, "_" + name[1:].lower(), None) if name[0] == "+" else None
        if method is None or name in self.habits.lacks or name in self.hidden:
            return self._unknown()
        if tail == "=?" and not self.habits.tests:
            return Answer()
        if self.sim_is_busy and name in _NEEDS_SIM | {"+CPIN"}:
            raise Refused("CMS", 314) if name in _MESSAGE_COMMANDS else Refused("CME", 14)
        if self.locked and name in _NEEDS_SIM:
            raise Refused("CMS", 311) if name in _MESSAGE_COMMANDS else Refused("CME", 11)
        if self.on_command is not None:
            self.on_command(command)
        answer = method(tail)
        told = answer if isinstance(answer, Answer) else lines_of(*answer)
        return (
            Answer(told.bytes.replace(b": ", b":", 1), told.prompt, told.resets)
            if self.habits.tight
            else told
        )

    def _unknown(self) -> Answer:
        how = self.habits.unknown
        if how == "ok":
            return Answer()
        raise {"error": Refused(), "cme58": Refused("CME", 58), "silent": Refused("", -1)}[how]

    def _basic(self, command: str) -> Answer:
        if command in ("E0", "E1", "E"):
            if self.habits.echo_stays and command != "E1":
                raise Refused()
            self.echo = command == "E1"
        elif command not in ("", "V1", "Q0", "H", "H0", "S3=13", "S4=10", "E0V1Q0", "&D0", "X4"):
            raise Refused()
        return Answer()

    # ---- 27.007 --------------------------------------------------------------------------------------

    def _cgmi(self, tail: str) -> list[str]:
        return ["Foreign Works"]

    def _cgmm(self, tail: str) -> list[str]:
        return ["FW-1"]

    def _cgmr(self, tail: str) -> list[str]:
        return ["1.0"]

    def _cgsn(self, tail: str) -> list[str]:
        return [self.serial]

    def _cmee(self, tail: str) -> list[str]:
        if tail == "?":
            return [f"+CMEE: {self.verbosity}"]
        if self.habits.errors_in_words and tail != "=2":
            raise Refused("CME", 50)
        self.verbosity = int(tail[1:] or 0)
        return []

    def _cpin(self, tail: str) -> list[str]:
        if tail == "?":
            return ["+CPIN: " + ("SIM PIN" if self.locked else "READY")]
        self.pins.append(tail.strip('="'))
        if self.pins[-1] != self.habits.pin:
            raise Refused("CME", 16)
        self.locked = False
        return []

    def _cimi(self, tail: str) -> list[str]:
        return ["310260" + self.card[-9:]]

    def _ccid(self, tail: str) -> list[str]:
        return [f"+CCID: {self.card}"]

    def _crsm(self, tail: str) -> list[str]:
        if not tail.startswith("=176,12258"):
            return ["+CRSM: 106,130"]
        digits = self.card + "F" * (len(self.card) % 2)
        swapped = "".join(digits[at + 1] + digits[at] for at in range(0, len(digits), 2))
        return [f'+CRSM: 144,0,"{swapped}"']

    def _cnum(self, tail: str) -> list[str]:
        return [f'+CNUM: "","{self.habits.own_number}",145'] if self.habits.own_number else []

    def _csq(self, tail: str) -> list[str]:
        return ["+CSQ: 17,99"]

    def _creg(self, tail: str) -> list[str]:
        return [f"+CREG: 0,{self.registration}"] if tail == "?" else []

    def _cereg(self, tail: str) -> list[str]:
        if self.habits.lte is None:
            return self._unknown_lines()
        now = self.habits.lte if self.registration == self.habits.circuit else self.registration
        return [f"+CEREG: 0,{now}"] if tail == "?" else []

    def _unknown_lines(self) -> list[str]:
        self._unknown()
        return []

    def _cops(self, tail: str) -> list[str]:
        return ['+COPS: 0,0,"Sample Net"'] if self.registration in (1, 5) else ["+COPS: 0"]

    def _cfun(self, tail: str) -> Answer | list[str]:
        if tail == "?":
            return [f"+CFUN: {self.radio}"]
        mode, _, reset = tail[1:].partition(",")
        if reset == "1":
            self.resets += 1
            return Answer(b"\r\nOK\r\n", resets=True)
        self.radio = int(mode)
        self.registration = self.habits.circuit if self.radio == 1 else 0
        return []

    def _clip(self, tail: str) -> list[str]:
        return []

    def _cscs(self, tail: str) -> list[str]:
        return ['+CSCS: "GSM"'] if tail == "?" else []


_MESSAGE_COMMANDS = frozenset(
    ("+CMGF", "+CSMS", "+CSCA", "+CPMS", "+CNMI", "+CMGL", "+CMGR", "+CMGD", "+CMGS", "+CNMA")
)
_NEEDS_SIM = _MESSAGE_COMMANDS - {"+CMGF"} | {"+CIMI", "+CNUM", "+COPS"}
