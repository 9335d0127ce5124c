"""How modems differ within the letter of the standards, and a little outside it, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Habits:
    """One modem's character; as it stands, the plainest reading of 27.005, 27.007 and V.250."""

    # ---- what it says
    unknown: Literal["error", "ok", "cme58", "silent"] = "error"
    """Its answer to a command it does not have."""
    lacks: tuple[str, ...] = ("+CCID", "+CGREG", "+CLIP", "+CMMS", "+CGSMS")
    """Commands it does not have, of those below."""
    tests: bool = True
    """Whether it answers `=?` with what it takes; else with OK alone."""
    errors_in_words: bool = False
    """Fixed at +CMEE=2: numbers are refused and +CMS ERROR comes in words (27.005 3.2.5)."""
    echoes: bool = True
    echo_stays: bool = False
    """ATE0 is refused."""
    text_mode: bool = False
    """+CMGF after power-on."""
    lower_case: bool = False
    blank_lines: bool = False
    """An empty line between two entries of +CMGL."""
    empty_slot: Literal["321", "ok"] = "321"
    """What +CMGR says of an empty slot."""
    empty_delete: Literal["ok", "error"] = "ok"
    chatter: tuple[str, ...] = ()
    """Said unasked between a command and its answer, one after the other, and now and then when idle."""
    banner: tuple[str, ...] = ()
    """Said when it has started."""
    noise: bytes = b""
    """Bytes before the banner."""

    minds_escapes: bool = False
    """Whether an ESC outside a text entry is refused as a command it does not know."""
    tight: bool = False
    """No blank after the colon of an answer."""

    # ---- how it says it
    doubles_returns: bool = False
    """CR CR LF, as a line that is echoed through a terminal gets."""
    bare: bool = False
    """Lines only end with CR LF, none begins with it."""
    every_byte: float = 0.0
    """Seconds between two bytes of the result of +CMGS."""
    thinking: float = 0.0
    """Seconds before it answers a command."""
    prompt_after: float = 0.0
    prompt: bytes = b"\r\n> "
    speaks_at_prompt: bool = False
    """An unasked line right behind the prompt."""
    longest: int = 0
    """Command lines longer than that are refused (V.250 5.2.1 lets a modem stop at some length)."""
    single: bool = False
    """Several commands in one line are refused."""

    # ---- messages
    memories: tuple[tuple[str, int], ...] = (("SM", 20), ("ME", 50))
    first_slot: int = 0
    list_forms: tuple[int, ...] = (0, 1, 2, 3, 4)
    """The states +CMGL takes."""
    indications: tuple[str, ...] = ("(0-2)", "(0-2)", "(0)", "(0-2)", "(0,1)")
    report_memory: str = "SR"
    report_announced_in: str = ""
    """The memory that +CDSI names, where it is not the one the report lies in."""
    service: int = 0
    """+CSMS after power-on."""
    service_stays: bool = False
    acknowledged_within: float = 3.0
    """In phase 2+ a message not acknowledged by then switches routing off (27.005 3.4.1)."""

    knows_centre: bool = True
    """Whether PDUs begin with the service centre's address; else with a zero."""
    one_memory_told: bool = False
    """+CPMS knows one parameter only."""
    announces: bool = True
    """Whether +CMTI ever comes."""
    appears_after: float = 0.0
    """Seconds from +CMTI until the text can be listed or read."""
    sticky_slot: int = -1
    """A slot whose deletion is answered with OK and does not happen."""
    acknowledges_in_result: bool = False
    """+CMGS answers with the centre's acknowledgement behind the reference (27.005 4.3, +CSMS=1)."""

    # ---- SIM and network
    pin: str = ""
    sim_busy: float = 0.0
    """Seconds after power-on in which the SIM is not to be spoken to (+CME ERROR: 14)."""
    radio_off: bool = False
    """Wakes in +CFUN=4."""
    own_number: str = ""
    circuit: int = 1
    lte: int | None = 1
    registers_after: float = 0.0
    first_reference: int = 0
    reboot: float = 1.5
    """Seconds that it is off the bus after +CFUN=1,1."""
    vanishes: bool = True
    """Whether its port goes while it restarts."""
