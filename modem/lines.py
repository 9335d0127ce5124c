"""Bytes to lines: prompt, final results, everything else. Pure: no port, no clock, no command.

V.250 5.7 frames lines with CR LF; modems in the field also send LF alone, CR CR LF, NULs at power-on
and bytes above 127. Both CR and LF end a line here, empty lines vanish, and control bytes around a
line are dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from modem.codes import Family, code_of

LONGEST_LINE = 4096
"""A PDU line has at most 2 * (12 + 164) digits; what is longer without an end is noise and is cut here."""


@dataclass(frozen=True, slots=True)
class Text:
    """Any line that is neither a prompt nor a final result."""

    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The `>` that asks for a PDU (3GPP TS 27.005 4.3), with or without blank and CR LF behind it."""


@dataclass(frozen=True, slots=True)
class Final:
    """A final result code.

    `family` and `code` are set for +CMS and +CME errors; `code` is None where their words are unknown.
    `of_call`: NO CARRIER and the like end a call command, and come unasked when a caller hangs up.
    """

    text: str
    ok: bool = False
    family: Family = ""
    code: int | None = None
    of_call: bool = False


Item = Text | Prompt | Final

_END = re.compile(rb"[\r\n]")
_BLANKS = bytes(range(0x21)) + b"\x7f"
_CODED = re.compile(r"\+(CMS|CME) ERROR\s*:?\s*(.*)", re.IGNORECASE)
_CALL_RESULTS = frozenset({"NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE", "NO DIAL TONE"})
# Words for ERROR: Huawei's, then u-blox's (its AT manual, "final result codes").
_REFUSALS = ("COMMAND NOT SUPPORT", "TOO MANY PARAMETERS", "NOT SUPPORT", "INVALID COMMAND LINE", "ABORTED")
_NUMERIC = {"0": True, "4": False}  # OK and ERROR after ATV0 (V.250 5.7.1), until ATV1 is obeyed
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")

UNSOLICITED = (
    "+CMTI:", "+CMT:", "+CDSI:", "+CDS:", "+CBMI:", "+CBM:", "+CREG:", "+CGREG:", "+CEREG:", "+C5GREG:",
    "+CRING:", "+CLIP:", "+CCWA:", "+CSSI:", "+CSSU:", "+CUSD:", "+CIEV:", "+CGEV:", "+CTZV:", "+CTZE:",
    "+CTZDST:", "+CPIN:", "+CFUN:", "+CSQN", "+CNSMOD", "+CUSATP", "+CUSATEND", "+CIREGU", "+SMS FULL",
    "+QIND:", "+QUSIM:", "+PBREADY", "+STIN:", "+SIM:", "+SIM DROP", "+ZUSIMR:", "+ZPASR:", "+ZEND",
    "+ZDONR:", "+WIND:", "+QSIMSTAT:", "+CSCON:", "+STKPCI:", "+PACSP", "+CALA:", "+UU",
    "RING", "RDY", "SMS DONE", "PB DONE", "SMS READY", "CALL READY", "POWERED DOWN",
    "NORMAL POWER DOWN", "UNDER-VOLTAGE", "OVER-VOLTAGE", "DST:", "*", "^", "%", "#", "!", "$",
)  # fmt: skip
"""How lines begin that come without a command (modems.md c.1); compared in upper case.

Needed only beside commands whose answer has no prefix of its own, such as +CGMM: there, anything
else would be taken for the answer.
"""

RESTARTS = (
    "RDY", "^SYSSTART", "*ATREADY", "POWERED DOWN", "NORMAL POWER DOWN", "UNDER-VOLTAGE POWER DOWN",
    "OVER-VOLTAGE POWER DOWN",
)  # fmt: skip
"""How a line begins by which a modem says that it starts anew or stops: what it was doing is over.

Not ^BOOT, which Huawei repeats every few seconds.
"""

WITH_BODY = ("+CMT:", "+CDS:", "+CBM:")
"""Unsolicited lines whose PDU stands on the next line (3GPP TS 27.005 3.4.1)."""


def final_result(line: str) -> Final | None:
    """The final result a line is, or None. A line that merely begins with OK or ERROR is none."""
    if line == "OK":
        return Final(line, ok=True)
    if line == "ERROR" or line.startswith(_REFUSALS):
        return Final(line)
    if line in _CALL_RESULTS:
        return Final(line, of_call=True)
    if line in _NUMERIC:
        return Final(line, ok=_NUMERIC[line])
    coded = _CODED.fullmatch(line)
    if coded is None:
        return None
    family: Family = "cms" if coded[1].upper() == "CMS" else "cme"
    return Final(line, family=family, code=code_of(family, coded[2]))


def is_unsolicited(line: str) -> bool:
    """True where a line begins like one that no command asked for."""
    return line.upper().startswith(UNSOLICITED)


def is_hex(line: str) -> bool:
    """True for a line that can be a PDU: pairs of hexadecimal digits and nothing else."""
    return _HEX.fullmatch(line) is not None


def pdu_fits(pdu: str, length: int) -> bool:
    """True where `length` is the PDU's, counted as 27.005 does: octets without the SMSC address."""
    return is_hex(pdu) and len(pdu) // 2 == length + 1 + int(pdu[:2], 16)


class LineSplitter:
    """Collects bytes and gives back what is complete; a half line waits for its rest."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Item]:
        """Every item that `data` completes, in order."""
        self._rest += data
        items: list[Item] = []
        while True:
            rest = self._rest = self._rest.lstrip(_BLANKS)
            if rest.startswith(b">"):
                # Taken as soon as the byte is there: nothing ends this line before we answer it.
                self._rest = rest[1:]
                items.append(Prompt())
                continue
            end = _END.search(rest)
            if end is not None:
                line, self._rest = rest[: end.start()], rest[end.end() :]
            elif len(rest) > LONGEST_LINE:
                line, self._rest = rest[:LONGEST_LINE], rest[LONGEST_LINE:]
            else:
                return items
            items.append(_item(line))

    def forget(self) -> None:
        """Drops a half line, after a reset of the modem."""
        self._rest = b""


def _item(line: bytes) -> Item:
    # latin-1 takes every byte: control lines are ASCII, and a PDU is hexadecimal.
    text = line.strip(_BLANKS).decode("latin-1")
    return final_result(text) or Text(text)
