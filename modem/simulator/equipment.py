"""A modem as commands see it: identity, SIM, settings, storage and the way to the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from modem.simulator.faults import Faults
from modem.simulator.network import SMSC, Network
from modem.simulator.storage import Storage
from modem.simulator.syntax import AtError, cme, cms


@dataclass(frozen=True, slots=True)
class Identity:
    """What the modem answers to who are you; IMEI and version are plainly made up."""

    manufacturer: str = "Aftercall"
    model: str = "Simulated Modem"
    revision: str = "SIM-1.0"
    imei: str = "001010123456789"


@dataclass(slots=True)
class Sim:
    """The SIM card; it keeps its attempts and its centre's number through every restart."""

    number: str
    imsi: str = "001010555010000"
    iccid: str = "8900101555010000017"
    smsc: str = SMSC
    pin: str = ""
    puk: str = "12345678"
    pin_left: int = 3
    puk_left: int = 10
    is_open: bool = False
    is_inserted: bool = True

    @property
    def state(self) -> str:
        """What +CPIN? shows; "" when the card is blocked for good, or not there."""
        if self.puk_left == 0 or not self.is_inserted:
            return ""
        if self.pin and self.pin_left == 0:
            return "SIM PUK"
        return "SIM PIN" if self.pin and not self.is_open else "READY"

    def enter(self, code: str, new_pin: str = "") -> bool:
        """Tries a PIN, or a PUK with the PIN to set; counts the attempt and says whether it was right."""
        if self.state == "SIM PUK":
            self.puk_left -= 1
            if code != self.puk or not new_pin:
                return False
            self.pin, self.puk_left = new_pin, 10
        else:
            self.pin_left -= 1
            if code != self.pin:
                return False
        self.pin_left = 3
        self.is_open = True
        return True


@dataclass(slots=True)
class Settings:
    """What a restart forgets. Defaults are those of 27.005/27.007 where these give one."""

    echo: bool = True
    verbose: bool = True
    quiet: bool = False
    cmee: int = 0
    csms: int = 0
    cmms: int = 0
    cnmi: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0])
    cpms: tuple[str, str, str] = ("SM", "SM", "SM")
    cscs: str = "GSM"
    registration: dict[str, int] = field(default_factory=dict)  # +CREG and its kin: <n>
    told: dict[str, int] = field(default_factory=dict)  # and the <stat> that was said last
    operator_format: int = 0
    kept: dict[str, str] = field(default_factory=dict)  # settings that are only read back


@dataclass(slots=True)
class Wait:
    """The result of a command comes in `seconds`, the network's time.

    `lost`: it never comes; or, with `late` above 0, so many seconds later, out of the blue.
    """

    seconds: float
    lines: list[str]
    error: AtError | None = None
    lost: bool = False
    late: float = 0.0
    left: Callable[[], None] | None = None
    """To be called once the result's own timer is set."""


@dataclass(slots=True)
class Prompt:
    """The command wants a PDU: `then` gets the hex as it was typed, up to Ctrl-Z."""

    then: Callable[[str], Wait]


Answer = list[str] | Wait | Prompt
"""Lines of information before OK (a line may hold CR LF), or one of the two longer ways to answer."""


class Equipment:
    """The state of one modem. Used on the simulator's thread only, except `faults`."""

    def __init__(
        self, network: Network, sim: Sim, storage: Storage, faults: Faults, identity: Identity | None = None
    ) -> None:
        self.network = network
        self.sim = sim
        self.storage = storage
        self.faults = faults
        self.identity = identity or Identity()
        self.settings = Settings()
        self.functionality = 1  # +CFUN
        self.registered: dict[str, int] = {"+CREG": 1, "+CGREG": 1, "+CEREG": 1}
        self.signal = 21
        self.report_memory = "SR"
        """Where reports are kept with ds=2; older modems put them among the texts, in SM."""
        self.full_notice = ""
        """What it says when a text finds no room: nothing in 27.005, +SMS FULL or ^SMMEMFULL with some."""
        self.reference = 0
        self.link_until: float | None = None
        """Until when +CMMS holds the link to the network open for the next text."""
        self.buffered: list[str] = []
        """Unsolicited results kept back by +CNMI mode 0, at most `BUFFER`."""
        self.say: Callable[[str], None] = _unheard
        """Says one unsolicited line (or two, for a header and its PDU)."""
        self.acknowledge: Callable[[bool], bool] = _nothing_asked
        """The TE's +CNMA; False when none was asked for."""
        self.restart: Callable[[], None] = _no_restart
        self.vanish: Callable[[float], None] = _no_port
        """The port goes away, and comes back after so many seconds (0: not by itself)."""

    BUFFER = 32

    def registration(self, command: str) -> int:
        """`<stat>` of +CREG, +CGREG or +CEREG now."""
        if self.functionality != 1 or self.sim.state != "READY":
            return 0
        if self.faults.active("no_network"):
            return 2
        fault = self.faults.active("registration")
        other = fault.text(command.removeprefix("+").lower()) if fault else ""
        return int(other) if other else self.registered[command]

    def tell_registration(self) -> None:
        """`+CREG: <stat>` and its kin where <n> asks for it and it has changed (27.007 7.2)."""
        for command, level in self.settings.registration.items():
            state = self.registration(command)
            if level and self.settings.told.get(command) != state:
                self.settings.told[command] = state
                self.say(f"{command}: {state}")

    def is_in_service(self) -> bool:
        """Whether a text can go either way: 1, 5, 6, 7, 9, 10 of 3GPP TS 27.007 7.2."""
        usable = (1, 5, 6, 7, 9, 10)
        return any(self.registration(command) in usable for command in ("+CREG", "+CEREG"))

    def need_sim(self, family: str = "cme") -> None:
        """Raises the family's error unless the SIM is open and at rest."""
        state = self.sim.state
        if self.faults.active("sim_busy"):
            raise cms(314) if family == "cms" else cme(14)
        if not self.sim.is_inserted:
            raise cms(310) if family == "cms" else cme(10)
        if state == "":
            raise cms(313) if family == "cms" else cme(13)
        if state == "SIM PIN":
            raise cms(311) if family == "cms" else cme(11)
        if state == "SIM PUK":
            raise cms(316) if family == "cms" else cme(12)

    def string(self, text: str) -> str:
        """A string as +CSCS wants it, in quotes."""
        if self.settings.cscs == "UCS2":
            text = text.encode("utf-16-be").hex().upper()
        return f'"{text}"'

    def plain(self, text: str) -> str:
        """A string parameter, read as +CSCS says; ASCII is understood in either case."""
        if self.settings.cscs == "UCS2" and len(text) >= 4 and len(text) % 4 == 0:
            try:
                return bytes.fromhex(text).decode("utf-16-be")
            except ValueError:
                return text
        return text


def _unheard(_line: str) -> None:
    """Before the modem is switched on nobody hears it."""


def _nothing_asked(_taken: bool) -> bool:
    return False


def _no_restart() -> None:
    """Before the modem is switched on."""


def _no_port(_back: float) -> None:
    """A modem without a port cannot lose it."""
