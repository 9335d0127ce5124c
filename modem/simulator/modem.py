"""The far end of the AT conversation: bytes in, bytes out, as a GSM modem would (V.250, 27.005, 27.007)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypedDict, Unpack

from modem.simulator.arriving import arrive
from modem.simulator.calls import CALLS, ring
from modem.simulator.equipment import Equipment, Identity, Prompt, Settings, Sim, Wait
from modem.simulator.faults import Faults
from modem.simulator.general import GENERAL
from modem.simulator.messages import MESSAGES
from modem.simulator.network import Acceptance, Delivery, Network
from modem.simulator.speech import Speech
from modem.simulator.storage import Memory, Storage
from modem.simulator.syntax import AtError, Command, Form, cme, parse_line, result_text
from modem.simulator.timers import Timer
from modem.simulator.wire import Wire

CR, LF, BACKSPACE, CTRL_Z, ESC = 0x0D, 0x0A, 0x08, 0x1A, 0x1B
COMMANDS = {**GENERAL, **CALLS, **MESSAGES}
INPUT_LIMIT = 4096
"""Bytes kept of one line, PDU or of what comes while a command runs; beyond it they are lost."""

LAST_WORD = 0.1
"""Seconds a port stays after the OK to a restart: closing it takes what was not read yet along."""

_NUMERIC = {"OK": "0", "ERROR": "4", "NO CARRIER": "3"}  # V.250 5.7.1, with ATV0


class ModemOptions(TypedDict, total=False):
    """What a modem may be given, and its defaults. Times are simulated seconds."""

    number: str  # the SIM's own, +15415550101
    pin: str  # "": the SIM is open
    sm: int  # places on the SIM, 20
    me: int  # places in the modem, 100
    first_index: int  # indices of storages count from here, 0
    report_memory: str  # where reports are kept with ds=2: SR, or SM as older modems do
    full_notice: str  # what is said when there is no room, such as +SMS FULL; nothing
    identity: Identity
    at_time: float  # how long each command line takes, 0
    restart_time: float  # how long AT+CFUN=1,1 takes, 1
    ack_time: float  # how long a +CNMA is waited for, 15
    drops_port: bool  # whether a restart takes the port away, no
    seed: int  # of garbled bytes and noise


class SimulatedModem:
    """One modem on a network. `write` gets what it says; everything runs on the network's thread.

    What may be set from the start is in `ModemOptions`.
    """

    def __init__(
        self,
        network: Network,
        write: Callable[[bytes], None],
        **options: Unpack[ModemOptions],
    ) -> None:
        self.network = network
        self.at_time = options.get("at_time", 0.0)
        self.restart_time = options.get("restart_time", 1.0)
        self.ack_time = options.get("ack_time", 15.0)
        self.drops_port = options.get("drops_port", False)
        self.faults = Faults(network.timers.now)
        sim = Sim(options.get("number", "+15415550101"), pin=options.get("pin", ""))
        storage = Storage(
            sm=options.get("sm", 20), me=options.get("me", 100), first=options.get("first_index", 0)
        )
        self.equipment = Equipment(network, sim, storage, self.faults, options.get("identity"))
        self.equipment.report_memory = options.get("report_memory", "SR")
        self.equipment.full_notice = options.get("full_notice", "")
        self.on_vanish: Callable[[float], None] | None = None
        """What takes the port away, for the given seconds (0: for good); set by whoever serves it."""
        self.wire = Wire(self.faults, write, self._hear)
        self.wire.vanish, self.wire.restart = self._vanish, self._restart
        self._speech = Speech(self.wire.said, self.faults, network.timers, options.get("seed", 0))
        self._power = 0  # how often it was switched on: what was begun before a restart never ends
        self._is_on = True
        self._input = bytearray()
        self._line = bytearray()
        self._last_line = ""
        self._busy = False
        self._prompt: Prompt | None = None
        self._held: list[str] = []  # unsolicited lines that wait for the end of a PDU's entry
        self._ack_timer: Timer | None = None
        self.equipment.say = self._say
        self.equipment.restart = self._restart_asked
        self.equipment.vanish = self._vanish
        self.equipment.acknowledge = self._acknowledged
        self.faults.on_change = self._faults_changed
        network.attach(self)

    @property
    def number(self) -> str:
        """The number of the SIM that is in it."""
        return self.equipment.sim.number

    def change_sim(self, sim: Sim, places: int = 20) -> None:
        """Puts another SIM with so many places into it, or (`is_inserted` False) leaves the slot empty."""
        self.network.detach(self)
        self.equipment.sim = sim
        self.equipment.storage.insert(Memory("SM", places, self.equipment.storage["SM"].first))
        if sim.is_inserted:
            self.network.attach(self)
        self._say(f"+CPIN: {sim.state or 'NOT INSERTED'}")
        self.equipment.tell_registration()
        self.network.memory_available(self.number)

    # -- the port's side

    def feed(self, data: bytes) -> None:
        """Bytes from the program at the other end."""
        if self._is_on:
            self.wire.written(data)
            self.network.changed()

    def power_off(self) -> None:
        """Stops at once: what it was doing is forgotten, texts wait in the network."""
        self._is_on = False
        self._power += 1
        self._speech.stop()
        if self._ack_timer is not None:
            self._acknowledged(False)

    def power_on(self) -> None:
        """Starts with default settings and says so (RDY); the SIM asks for its PIN again."""
        self._power += 1
        self._is_on = True
        self.wire.powered()
        self._speech.start()
        self._input.clear()
        self._line.clear()
        self._held.clear()
        self._busy, self._prompt = False, None
        self.equipment.settings = Settings()
        self.equipment.buffered = []
        self.equipment.functionality = 1
        self.equipment.sim.is_open = False
        self._say("RDY")
        self._say("+CFUN: 1")
        if self.equipment.sim.state:
            self._say(f"+CPIN: {self.equipment.sim.state}")
        self.network.memory_available(self.number)

    # -- the network's side

    def accept(self, delivery: Delivery) -> Acceptance:
        """Takes a text or a report, unless it is off, out of service or full."""
        if not self._is_on:
            return Acceptance.AWAY
        answer = arrive(self.equipment, delivery)
        if answer is Acceptance.ASKED:
            self._ack_timer = self.network.timers.later(self.ack_time, self._not_acknowledged)
        elif answer is Acceptance.TAKEN and not delivery.is_report and self.faults.take("received_twice"):
            arrive(self.equipment, delivery)
        return answer

    def can_ring(self) -> bool:
        """Whether a call would reach it now."""
        return self._is_on and self.equipment.is_in_service()

    def ring(self, caller: str | None) -> None:
        """Somebody calls."""
        ring(self.equipment, caller)

    def _acknowledged(self, taken: bool) -> bool:
        if self._ack_timer is None:
            return False
        self._ack_timer.cancel()
        self._ack_timer = None
        self.network.timers.later(0, lambda: self.network.acknowledged(self.number, taken))
        return True

    def _not_acknowledged(self) -> None:
        """No +CNMA in time: routing to the TE is switched off (27.005 3.4.1), the text is stored next."""
        self.equipment.settings.cnmi[1] = self.equipment.settings.cnmi[3] = 0
        self._acknowledged(False)

    # -- input

    def _hear(self, data: bytes) -> None:
        self._input += data[: max(0, INPUT_LIMIT - len(self._input))]
        self._consume()

    def _consume(self) -> None:
        while self._input and not self._busy and self._is_on:
            byte = self._input.pop(0)
            if self._prompt is not None:
                self._pdu_byte(byte, self._prompt)
            else:
                self._line_byte(byte)
        self._speech.flush()

    def _echo(self, byte: int) -> None:
        if self.equipment.settings.echo or self.faults.active("echo_back"):
            self._speech.echo(byte)

    def _line_byte(self, byte: int) -> None:
        self._echo(byte)
        if byte == CR:
            line = self._line.decode("latin-1")
            self._line.clear()
            self._execute(line)
        elif byte == BACKSPACE:
            del self._line[-1:]
        elif byte == LF:
            return
        elif byte == ord("/") and bytes(self._line).upper() == b"A":
            self._line.clear()
            self._execute(self._last_line)
        elif len(self._line) < INPUT_LIMIT:
            self._line.append(byte)

    def _pdu_byte(self, byte: int, prompt: Prompt) -> None:
        if byte not in (CTRL_Z, ESC):
            if not self._line:
                unplugged = self.faults.take("unplug", when="entry")
                if unplugged:
                    self._vanish(unplugged.number("back"))
                    return
            self._echo(byte)
            if len(self._line) < INPUT_LIMIT:
                self._line.append(byte)
            return
        typed = self._line.decode("latin-1")
        self._line.clear()
        self._prompt = None
        if byte == ESC:
            self._finish(None)
        else:
            try:
                self._wait(prompt.then(typed))
            except AtError as error:
                self._finish(error)
        self._let_go()

    # -- commands

    def _execute(self, line: str) -> None:
        """Runs what follows the first AT; a line without one is noise and gets no answer (V.250 5.2.1)."""
        found = re.search(r"AT|at", line)
        if found is None:
            return
        self._last_line = line
        body = line[found.end() :]
        slow = self.faults.take("slow")
        seconds = self.at_time + (slow.number("delay") if slow else 0.0)
        if seconds > 0:
            self._begin(seconds, lambda: self._run(body))
        else:
            self._run(body)

    def _begin(self, seconds: float, then: Callable[[], None]) -> None:
        """Busy for so long, then goes on; what comes in meanwhile waits."""
        self._busy = True

        def go_on() -> None:
            self._busy = False
            then()
            self._consume()
            self.network.changed()

        self._later(seconds, go_on)

    def _later(self, seconds: float, then: Callable[[], None]) -> None:
        """`then` in so many seconds, unless the modem is switched off or restarts before."""
        power = self._power
        self.network.timers.later(seconds, lambda: then() if power == self._power else None)

    def _run(self, body: str) -> None:
        power = self._power
        try:
            commands = parse_line(body)
            for place, command in enumerate(commands):
                answer = self._answer(command)
                if power != self._power:
                    return  # it took the port with it
                if isinstance(answer, Prompt):
                    if place + 1 < len(commands):
                        raise AtError()
                    self._enter(answer)
                    return
                if isinstance(answer, Wait):
                    self._wait(answer)
                    return
                self._speech.information(answer, self.equipment.settings.verbose)
        except AtError as error:
            self._finish(error)
        else:
            self._finish(None)

    def _answer(self, command: Command) -> list[str] | Wait | Prompt:
        handler = COMMANDS.get(command.name)
        if handler is None:
            raise AtError()
        fault = self.faults.take("cme_error", command=command.name)
        if fault:
            raise cme(int(fault.number("code")))
        if command.name == "+CMGS" and command.form is Form.SET:
            unplugged = self.faults.take("unplug", when="prompt")
            if unplugged:
                self._vanish(unplugged.number("back"))
                return []
        return handler(self.equipment, command)

    def _enter(self, prompt: Prompt) -> None:
        self._prompt = prompt
        if self.faults.take("no_prompt"):
            return
        self._speech.prompt(b"\r\n>\r\n" if self.faults.active("prompt_crlf") else b"\r\n> ")

    def _wait(self, wait: Wait) -> None:
        def end() -> None:
            if not wait.lost:
                self._conclude(wait)

        if wait.lost and wait.late > 0:
            self._later(wait.late, lambda: self._conclude(wait))
        if wait.seconds > 0 and self._is_on:
            self._begin(wait.seconds, end)
        else:
            end()
        if wait.left is not None:
            wait.left()
        self._fire()

    def _conclude(self, wait: Wait) -> None:
        if wait.error is None:
            self._speech.information(wait.lines, self.equipment.settings.verbose)
        self._finish(wait.error)

    def _finish(self, error: AtError | None) -> None:
        """The final result, unless ATQ1 keeps it back."""
        settings = self.equipment.settings
        if settings.quiet:
            return
        text = "OK" if error is None else result_text(error, settings.cmee)
        if settings.verbose:
            self._speech.unit(f"\r\n{text}\r\n")
        else:
            self._speech.unit(f"{_NUMERIC.get(text, text)}\r")

    # -- unsolicited, restart, faults

    def _say(self, line: str) -> None:
        """An unsolicited line, held back while a PDU is being typed (27.005 3.4.1: the link is reserved)."""
        if not self._is_on:
            return
        if self._prompt is not None:
            self._held = [*self._held, line][-Equipment.BUFFER :]
        else:
            self._speech.unit(f"\r\n{line}\r\n")

    def _let_go(self) -> None:
        held, self._held = self._held, []
        for line in held:
            self._say(line)

    def _restart_asked(self) -> None:
        """AT+CFUN=1,1: OK first, then it goes."""
        self.network.timers.later(0, self._restart)

    def _restart(self) -> None:
        """Off, and back with RDY, or as a new port."""
        self.power_off()
        if self.drops_port:
            self._later(LAST_WORD, lambda: self._vanish(self.restart_time))
        else:
            self._later(self.restart_time, self.power_on)

    def _vanish(self, back: float) -> None:
        self.power_off()
        if self.on_vanish is not None:
            self.on_vanish(back)

    def _faults_changed(self, seconds: float | None) -> None:
        def look() -> None:
            self._fire()
            self._speech.noise_changed()
            if self._is_on:
                self.equipment.tell_registration()
                self.network.memory_available(self.number)

        self.network.timers.later(0, look)
        if seconds is not None:
            self.network.timers.later(seconds, look)

    def _fire(self) -> None:
        """Faults that need no command to show themselves."""
        unplugged = self.faults.take("unplug", when="now")
        if unplugged:
            self._vanish(unplugged.number("back"))
        if self._is_on and self.faults.take("self_reset"):
            self.power_off()
            self.power_on()
