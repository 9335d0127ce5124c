"""How a command ends: its lines, OK, or a refusal in one of its three shapes."""

from __future__ import annotations

from dataclasses import dataclass

# 27.005 3.2.5 and 27.007 9.2, the words of +CMEE=2.
_CMS_WORDS = {
    38: "Network out of order",
    300: "ME failure",
    302: "Operation not allowed",
    303: "Operation not supported",
    304: "Invalid PDU mode parameter",
    310: "SIM not inserted",
    311: "SIM PIN required",
    314: "SIM busy",
    321: "Invalid memory index",
    322: "Memory full",
    331: "No network service",
    332: "Network timeout",
    340: "No +CNMA acknowledgement expected",
    500: "Unknown error",
}
_CME_WORDS = {
    3: "Operation not allowed",
    4: "Operation not supported",
    11: "SIM PIN required",
    14: "SIM busy",
    16: "Incorrect password",
    50: "Incorrect parameters",
    58: "Resource limitation",
}


class Refused(Exception):
    """A command's end other than OK; without a family the bare ERROR, `code` -1 for no word at all."""

    def __init__(self, family: str = "", code: int = 0) -> None:
        super().__init__(f"{family} {code}")
        self.family = family
        self.code = code

    def words(self, verbosity: int) -> str:
        if self.code < 0:
            return ""
        if self.family == "CMS":
            return f"+CMS ERROR: {_CMS_WORDS[self.code] if verbosity == 2 else self.code}"
        if self.family and verbosity:
            return f"+CME ERROR: {_CME_WORDS[self.code] if verbosity == 2 else self.code}"
        return "ERROR"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is written; or the command that now waits for its PDU at a prompt."""

    bytes: bytes = b""
    prompt: str = ""
    resets: bool = False


def lines_of(*lines: str) -> Answer:
    return Answer("".join(f"\r\n{line}\r\n" for line in lines).encode("latin-1"))


def list_of(*lines: str) -> Answer:
    """Lines that follow each other without an empty one, as 27.005 4.1 writes +CMGL."""
    return Answer(("\r\n" + "".join(f"{line}\r\n" for line in lines)).encode("latin-1") if lines else b"")
