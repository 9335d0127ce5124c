"""The grammar of a command line (ITU-T V.250 5.2-5.4, 3GPP TS 27.007 4) and the error results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Form(Enum):
    """How a command was given."""

    RUN = ""
    READ = "?"
    TEST = "=?"
    SET = "="


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a line: `name` in capitals with its prefix, `text` what follows `=` or the digits."""

    name: str
    form: Form
    text: str = ""

    def values(self) -> list[str]:
        """The comma-separated parameters, quotes taken off; an omitted one is ""."""
        if not self.text:
            return []
        return [_unquoted(part) for part in _split(self.text, ",")]

    def value(self, place: int, default: str = "") -> str:
        """Parameter number `place` from 0, or the default when it was left out."""
        values = self.values()
        return values[place] if place < len(values) and values[place] else default

    def number(self, place: int, default: int | None = None) -> int:
        """Parameter `place` as a number; plain ERROR when it is none, or missing without a default."""
        text = self.value(place)
        if not text and default is not None:
            return default
        if not text.isdecimal():
            raise AtError()
        return int(text)


class AtError(Exception):
    """A final result other than OK: plain ERROR, or a code of the family "cms" or "cme"."""

    def __init__(self, family: str = "", code: int = 0) -> None:
        super().__init__(f"+{family.upper()} ERROR: {code}" if family else "ERROR")
        self.family = family
        self.code = code


def cms(code: int) -> AtError:
    """+CMS ERROR (3GPP TS 27.005 3.2.5)."""
    return AtError("cms", code)


def cme(code: int) -> AtError:
    """+CME ERROR (3GPP TS 27.007 9.2)."""
    return AtError("cme", code)


TEXTS: Mapping[tuple[str, int], str] = {
    ("cme", 3): "operation not allowed",
    ("cme", 4): "operation not supported",
    ("cme", 10): "SIM not inserted",
    ("cme", 11): "SIM PIN required",
    ("cme", 12): "SIM PUK required",
    ("cme", 13): "SIM failure",
    ("cme", 14): "SIM busy",
    ("cme", 16): "incorrect password",
    ("cme", 30): "no network service",
    ("cme", 100): "unknown",
    ("cms", 38): "Network out of order",
    ("cms", 302): "operation not allowed",
    ("cms", 303): "operation not supported",
    ("cms", 304): "invalid PDU mode parameter",
    ("cms", 310): "(U)SIM not inserted",
    ("cms", 311): "(U)SIM PIN required",
    ("cms", 314): "(U)SIM busy",
    ("cms", 316): "(U)SIM PUK required",
    ("cms", 321): "invalid memory index",
    ("cms", 322): "memory full",
    ("cms", 330): "SMSC address unknown",
    ("cms", 331): "no network service",
    ("cms", 340): "no +CNMA acknowledgement expected",
    ("cms", 500): "unknown error",
}


def result_text(error: AtError, cmee: int) -> str:
    """The final result as +CMEE asks: CME errors are plain without it, CMS errors always carry a code.

    With 2 the meaning stands in place of the number, where there is one.
    """
    if not error.family or (error.family == "cme" and cmee == 0):
        return "ERROR"
    shown = TEXTS.get((error.family, error.code), str(error.code)) if cmee == 2 else str(error.code)
    return f"+{error.family.upper()} ERROR: {shown}"


_BASIC = re.compile(r"D[^;]*|S\d+(?:=\d*|\?)?|&?[A-Z]\d*\??")
_EXTENDED = re.compile(r"[+^#*!$%@_][A-Z0-9][A-Z0-9!%./:_-]*", re.IGNORECASE)


def parse_line(body: str) -> list[Command]:
    """The commands after `AT`, in order; raises AtError where it breaks the grammar.

    Extended commands are set apart by `;`, basic ones need nothing between them.
    """
    commands: list[Command] = []
    for piece in _split(body, ";"):
        rest = piece.strip()
        while rest:
            extended = _EXTENDED.match(rest)
            if extended:
                commands.append(_extended(extended.group().upper(), rest[extended.end() :].strip()))
                break
            basic = _BASIC.match(rest.upper())
            if basic is None:
                raise AtError()
            commands.append(_basic(basic.group()))
            rest = rest[basic.end() :].lstrip()
    return commands


def _extended(name: str, rest: str) -> Command:
    if rest == "":
        return Command(name, Form.RUN)
    if rest == "?":
        return Command(name, Form.READ)
    if rest == "=?":
        return Command(name, Form.TEST)
    if rest.startswith("="):
        return Command(name, Form.SET, rest[1:].strip())
    raise AtError()


def _basic(text: str) -> Command:
    if text.startswith("D"):
        return Command("D", Form.RUN, text[1:])
    name = text.rstrip("?")
    if text.startswith("S"):
        name, equals, value = name.partition("=")
        form = Form.READ if text.endswith("?") else Form.SET if equals else Form.RUN
        return Command("S", form, value or name[1:])
    letters = name.rstrip("0123456789")
    return Command(letters, Form.READ if text.endswith("?") else Form.RUN, name[len(letters) :])


def _split(text: str, mark: str) -> list[str]:
    """`text` at each `mark` outside quotes."""
    parts, start, quoted = [], 0, False
    for place, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == mark and not quoted:
            parts.append(text[start:place])
            start = place + 1
    if quoted:
        raise AtError()
    parts.append(text[start:])
    return parts


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else text
