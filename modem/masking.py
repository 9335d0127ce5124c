"""What of a line on the wire may be shown: a list of what is harmless; everything else becomes its length.

Nobody can list what residents write, so nothing is shown because it looks harmless. Shown are the names of
commands, small numbers, and words of the closed lists below; bodies, numbers, PINs and the identities of
SIM and modem appear as `<text 7>`, `<number 12>`, `<pdu 24>` (octets) and `<pin>`.
"""

from __future__ import annotations

import re

from modem.lines import UNSOLICITED, final_result

_SIGIL = "[+^#!$*%&]"
_COMMAND = re.compile(rf"(?i)AT({_SIGIL}?[A-Z]{{1,16}}\d?)?(\?|=\?|=(.*))?", re.DOTALL)
_NAMED = re.compile(rf"({_SIGIL}[A-Z][A-Z0-9]{{1,15}}(?: ERROR)?):( ?)(.*)", re.DOTALL)
_BARE_NAME = re.compile(rf"{_SIGIL}[A-Z][A-Z0-9 ]{{1,15}}")
_IDENTITY_WORDS = re.compile(r"[A-Za-z][\w .:/()-]{0,39}", re.ASCII)
_ERROR_WORDS = re.compile(r"[A-Za-z][A-Za-z -]{0,39}")
_PIECES = re.compile(r'"[^"]*"?|[(),]|[^(),"]+')
_SMALL = re.compile(r"-?\d{1,4}|\d{1,3}-\d{1,3}", re.ASCII)
_DIGITS = re.compile(r"\+?\d+", re.ASCII)
_LONG_DIGITS = re.compile(r"\d{5,}", re.ASCII)
_HEX = re.compile(r"[0-9A-Fa-f]{8,}")

_SECRETS = ("+CPIN", "+CLCK", "+CPWD", "^CPIN", "^CPWD", "*CPIN", "#CPIN", "+CPIN2", "+QPIN", "+SPIC")
"""Commands whose values are PINs and passwords (27.007 7.4, 7.5, 8.3)."""

_IDENTITIES = ("+CGMI", "+CGMM", "+CGMR", "+GMI", "+GMM", "+GMR", "I")
"""Questions about the make: their answers are the only words of a modem's own that are shown."""

_WITH_BODY = ("+CMT", "+CMGL", "+CMGR", "+CDS", "+CBM", "+CUSD")
"""Headers after which, in text mode or in a long answer of the network, lines of free text may follow."""

_WORDS = {
    "SM", "ME", "MT", "SR", "BM", "TA", "IRA", "GSM", "UCS2", "HEX", "8859-1", "ALL", "READY", "SC", "usbat",
    "urcport", "all", "ims", "csq", "smsincoming", "ring",
    "SIM PIN", "SIM PUK", "SIM PIN2", "SIM PUK2", "PH-SIM PIN", "PH-NET PIN", "PH-NET PIN2", "NOT INSERTED",
    "NOT READY", "SMS DONE", "PB DONE", "REC UNREAD", "REC READ", "STO UNSENT", "STO SENT", "Inserted",
    "Removed",
}  # fmt: skip
"""Values that are shown as they are, quoted or not; each from a closed list of 27.005, 27.007 or a vendor."""

_LINES = frozenset(word for word in UNSOLICITED if word[0].isalpha() and not word.endswith(":")) | {
    "SMS Ready", "Call Ready", "+SMS FULL", "+ZEND", "+PBREADY", "+SIM DROP", "+CUSATEND", "NO CARRIER",
}  # fmt: skip
_LONGEST_RESULT = len("TOO MANY PARAMETERS")
_KNOWN_NAMES = frozenset(word.rstrip(":") for word in UNSOLICITED if word.endswith(":")) | {
    "+CMS ERROR", "+CME ERROR", "+CMGS", "+CMGL", "+CMGR", "+CSQ", "+CPMS",
}  # fmt: skip
"""Names shown even among lines of free text, where any other could be a resident's."""


def number(text: str) -> str:
    """The mark for a number of that length."""
    return f"<number {len(text)}>"


def words(text: str) -> str:
    """The mark for words of that length; nothing for nothing."""
    return f"<text {len(text)}>" if text else ""


def octets(text: str) -> str:
    """The mark for hexadecimal digits."""
    return f"<pdu {len(text) // 2}>"


def command_shown(line: str) -> str:
    """A line to the modem as it is shown; without what was said before, so that a replay can compare."""
    found = _COMMAND.fullmatch(line)
    if found is None:
        return octets(line) if _HEX.fullmatch(line) else words(line)
    name, rest, values = found[1] or "", found[2] or "", found[3]
    if values is None:
        return f"{line[:2]}{name}{rest}"
    shown = "<pin>" if name.upper() in _SECRETS and values != "?" else _values_shown(values)
    return f"{line[:2]}{name}={shown}"


class Masking:
    """Judges the lines of one session in their order: an answer is read beside its question."""

    def __init__(self) -> None:
        self._asked = ""
        self._in_text = False
        self._awaits_text = False

    def outgoing(self, line: str) -> str:
        """A line to the modem, as it may be shown."""
        found = _COMMAND.fullmatch(line)
        if found is not None:
            self._asked = (found[1] or "").upper()
            self._in_text = self._awaits_text
        return command_shown(line)

    def incoming(self, line: str) -> str:
        """A line from the modem, as it may be shown."""
        line = line.strip("\0 \t")
        if not line or line == ">" or line in _LINES:
            return line
        if (final := final_result(line)) is not None:
            return self._error_shown(line) if final.family else line[:_LONGEST_RESULT]
        named = _NAMED.fullmatch(line)
        if named is not None and (named[1] in _KNOWN_NAMES or not self._in_text):
            return self._named_shown(named[1], named[2], named[3])
        return self._plain_shown(line)

    def _error_shown(self, line: str) -> str:
        name, rest = line[: len("+CMS ERROR")], line[len("+CMS ERROR") :].lstrip(" :")
        plain = _SMALL.fullmatch(rest) or (not self._in_text and _ERROR_WORDS.fullmatch(rest))
        return f"{name}: {rest if plain else words(rest)}"

    def _named_shown(self, name: str, blank: str, rest: str) -> str:
        if name in _WITH_BODY:
            self._in_text = self._awaits_text = True
        if name == self._asked and name in _IDENTITIES:
            return f"{name}:{blank}{self._identity_shown(rest)}"
        if rest.count('"') % 2:
            self._in_text = True  # the network's own text goes on in the next line
        return f"{name}:{blank}{_values_shown(rest)}"

    def _plain_shown(self, line: str) -> str:
        if self._in_text:
            self._awaits_text = False
            return octets(line) if _HEX.fullmatch(line) else words(line)
        if _DIGITS.fullmatch(line):
            return number(line)
        if _HEX.fullmatch(line):
            return octets(line)
        if _BARE_NAME.fullmatch(line):
            return line
        if self._asked and _COMMAND.fullmatch(line):
            return command_shown(line)  # echo
        return self._identity_shown(line) if self._asked in _IDENTITIES else words(line)

    @staticmethod
    def _identity_shown(said: str) -> str:
        plain = said.strip().strip('"')
        if _HEX.fullmatch(plain) or not _IDENTITY_WORDS.fullmatch(plain):
            return words(plain)
        return _LONG_DIGITS.sub(lambda found: number(found[0]), plain)


def _values_shown(values: str) -> str:
    """Values between commas, quoted or not: what is small or from a closed list stays."""
    return "".join(_piece_shown(piece[0]) for piece in _PIECES.finditer(values))


def _piece_shown(piece: str) -> str:
    if piece in "(),":
        return piece
    if piece[0] != '"':
        return _value_shown(piece)
    inner = piece.strip('"')
    quoted = f'"{_quoted_shown(inner)}"'
    return quoted if piece.endswith('"') and len(piece) > 1 else quoted[:-1]


def _value_shown(value: str) -> str:
    plain = value.strip()
    if not plain or plain in _WORDS or _SMALL.fullmatch(plain):
        return value
    if _DIGITS.fullmatch(plain):
        return number(plain)
    return octets(plain) if _HEX.fullmatch(plain) else words(plain)


def _quoted_shown(inner: str) -> str:
    if not inner or inner in _WORDS:
        return inner
    # In quotes even three digits may be somebody's number, or half of a PIN.
    if _DIGITS.fullmatch(inner):
        return number(inner)
    return octets(inner) if _HEX.fullmatch(inner) else words(inner)
