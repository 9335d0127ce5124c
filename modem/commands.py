"""One typed function per AT command: what is written, how long it may take, what the answer means.

Parsers take every form met in the field (modems.md c.2): with and without blanks after the colon,
quotes left out, fields empty. Whether a command is wanted, and what follows, is `modem.device`'s affair.
Every function raises CommandRefused, NoReply and PortLost as `Channel.ask` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from modem.channel import NOTHING, Channel, Expect, plain_text
from modem.errors import CommandRefused
from modem.lines import is_hex, pdu_fits

SHORT = 5.0  # Telit LE910 command table: 5 s for CMGR, CMGD, CREG
MEDIUM = 20.0  # the same table: CSCA 20 s; whatever reads the SIM
LIST = 60.0  # a full SIM lists hundreds of slots; cut short it looks like a dead modem
OPERATOR = 15.0
PROMPT = 10.0  # ModemManager waits 10 s for the prompt
SUBMIT = 180.0  # Telit documents 180 s for +CMGS; an EG06 answered after 135 s


@dataclass(frozen=True, slots=True)
class PinCounter:
    """Attempts left before the SIM locks; None where the modem does not tell."""

    left: int | None


@dataclass(frozen=True, slots=True)
class StorageUse:
    """One memory of +CPMS; `name` is "" in the answer to a setting, which leaves names out."""

    name: str
    used: int
    total: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of +CMGL or the answer of +CMGR; `status` -1 where the modem left it empty."""

    slot: int
    status: int
    pdu: str


@dataclass(frozen=True, slots=True)
class Registration:
    """`code` as 27.007 7.2 and 10.1.20 number it: 1 home, 5 roaming, 6 and 7 SMS only, 3 denied ..."""

    code: int


# ---- fields of an answer -------------------------------------------------------------------------


_HIGHEST = 1023  # no memory has more slots; a garbled range must not become a list of millions


def after_colon(line: str) -> str:
    """What stands behind the first colon; the whole line where there is none."""
    return line.partition(":")[2].strip() if ":" in line else line.strip()


def fields_of(text: str) -> list[str]:
    """Comma-separated fields, quotes removed; commas inside quotes or parentheses do not part."""
    fields, field, quoted, depth = [], "", False, 0
    for char in text:
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted and depth == 0:
            fields.append(field.strip())
            field = ""
            continue
        elif not quoted and char in "()":
            depth += 1 if char == "(" else -1
        field += char
    fields.append(field.strip())
    return [_unquoted(each) for each in fields]


def numbers_of(group: str) -> frozenset[int]:
    """The numbers a test answer's group allows: `(0-3)`, `(0,2,3)`, `1`, `(0,2-4)`."""
    numbers: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:\s*-\s*(\d+))?", group):
        numbers.update(range(int(first), min(int(last or first), _HIGHEST) + 1))
    return frozenset(numbers)


def _unquoted(field: str) -> str:
    return field[1:-1] if len(field) > 1 and field[0] == field[-1] == '"' else field


def number_in(field: str) -> int | None:
    """The number a field holds, or None; only ASCII digits count (a line may hold any byte)."""
    field = field.strip().strip('"')
    return int(field) if field.isascii() and field.isdigit() else None


def _answer(channel: Channel, command: str, prefix: str, within: float = SHORT) -> str:
    """The last answer line's text behind its colon; "" where the modem said OK and nothing else."""
    lines = channel.ask(command, within=within, expect=Expect((prefix,)))
    return after_colon(lines[-1]) if lines else ""


def _words(channel: Channel, command: str, prefix: str) -> str:
    """An answer in free words, with or without its prefix."""
    lines = channel.ask(command, within=SHORT, expect=Expect((prefix,), plain_text))
    words = [after_colon(line) if line.upper().startswith(prefix) else line for line in lines]
    return " ".join(_unquoted(word) for word in words).strip()


def _digits(channel: Channel, command: str, prefix: str, shape: str) -> str:
    """The first run of digits of the given shape in the answer, or ""."""
    expect = Expect((prefix,), lambda line: re.fullmatch(f'"?{shape}"?', line) is not None)
    for line in channel.ask(command, within=SHORT, expect=expect):
        found = re.search(shape, after_colon(line) if line.upper().startswith(prefix) else line)
        if found:
            return found[0]
    return ""


# ---- the modem -----------------------------------------------------------------------------------


def plain(channel: Channel, command: str, within: float = SHORT) -> None:
    """A command whose answer is OK and nothing else (ATE0, AT+CMEE=1, a profile's own)."""
    channel.ask(command, within=within, expect=NOTHING)


def manufacturer(channel: Channel) -> str:
    return _words(channel, "AT+CGMI", "+CGMI:")


def model(channel: Channel) -> str:
    return _words(channel, "AT+CGMM", "+CGMM:")


def revision(channel: Channel) -> str:
    return _words(channel, "AT+CGMR", "+CGMR:")


def imei(channel: Channel) -> str:
    """The IMEI (15 digits; 14 or 16 where the modem leaves out or adds to the check digit), or ""."""
    return _digits(channel, "AT+CGSN", "+CGSN:", r"\d{14,17}")


def signal_dbm(channel: Channel) -> int | None:
    """Signal strength in dBm from +CSQ (27.007 8.5: 0-31 are -113 to -51 dBm); None if not known."""
    raw = number_in(fields_of(_answer(channel, "AT+CSQ", "+CSQ:"))[0])
    return -113 + 2 * raw if raw is not None and raw <= 31 else None


def functionality(channel: Channel) -> int | None:
    """What +CFUN says is on (27.007 8.2): 0 minimum, 1 full, 4 no radio; vendors have more."""
    return number_in(fields_of(_answer(channel, "AT+CFUN?", "+CFUN:"))[0])


def set_functionality(channel: Channel, level: int, within: float) -> None:
    plain(channel, f"AT+CFUN={level}", within)


def hold_link(channel: Channel) -> None:
    """Keeps the radio link after each text until the next, 1 to 5 s at most (27.005 3.5.6, mode 1)."""
    plain(channel, "AT+CMMS=1")


# ---- the SIM -------------------------------------------------------------------------------------


def pin_state(channel: Channel) -> str:
    """What the SIM waits for: "READY", "SIM PIN", "SIM PUK" ... (27.007 8.3); "" if not said."""
    return _unquoted(_answer(channel, "AT+CPIN?", "+CPIN:")).upper()


def enter_pin(channel: Channel, pin: str) -> None:
    channel.ask(f'AT+CPIN="{pin}"', within=MEDIUM, expect=Expect(("+CPIN:",)))


def _second_number(fields: list[str]) -> int | None:
    return number_in(fields[1]) if len(fields) > 1 else None


def _huawei_pin(fields: list[str]) -> int | None:
    # ^CPIN: state, attempts for that state, PUK, PIN, PUK2, PIN2
    return number_in(fields[3]) if len(fields) > 3 else _second_number(fields)


PIN_COUNTERS: tuple[tuple[str, str, Callable[[list[str]], int | None]], ...] = (
    ('AT+CPINR="SIM PIN"', "+CPINR:", _second_number),  # 27.007 8.65
    ('AT+QPINC="SC"', "+QPINC:", _second_number),
    ("AT^CPIN?", "^CPIN:", _huawei_pin),
    ("AT+SPIC", "+SPIC:", lambda fields: number_in(fields[0])),
    ("AT#PCT", "#PCT:", lambda fields: number_in(fields[0])),
)


def pin_attempts(channel: Channel, form: int) -> PinCounter:
    """Attempts left by the form of `PIN_COUNTERS` with that index."""
    command, prefix, pick = PIN_COUNTERS[form]
    return PinCounter(pick(fields_of(_answer(channel, command, prefix))))


ICCID_COMMANDS = ("AT+CCID", "AT+ICCID", "AT+QCCID", "AT^ICCID?", "AT#CCID", "AT!ICCID?", "AT+CCID?")


def iccid(channel: Channel, command: str) -> str:
    """The SIM's serial number by one of the vendors' commands, digits only, or ""."""
    prefix = re.sub(r"^AT|\?$", "", command) + ":"
    if command == "AT+CICCID":
        prefix = "+ICCID:"  # SIMCom asks by one name and answers by another
    return plain_iccid(_digits(channel, command, prefix, r"[0-9]{17,20}[0-9Ff]{0,3}"))


def iccid_from_file(channel: Channel) -> str:
    """The ICCID read from the SIM's own file EF-ICCID (TS 27.007 8.18, TS 51.011 10.1.1), or ""."""
    fields = fields_of(_answer(channel, "AT+CRSM=176,12258,0,0,10", "+CRSM:"))
    return plain_iccid(fields[2]) if len(fields) > 2 and fields[0] == "144" else ""


def plain_iccid(raw: str) -> str:
    """Digits in reading order, filler dropped; an ICCID begins with 89, swapped nibbles make that 98."""
    if raw.startswith("98"):
        raw = "".join(raw[at : at + 2][::-1] for at in range(0, len(raw), 2))
    digits = raw.upper().rstrip("F")
    return digits if digits.isascii() and digits.isdigit() and 18 <= len(digits) <= 22 else ""


def imsi(channel: Channel) -> str:
    return _digits(channel, "AT+CIMI", "+CIMI:", r"\d{6,15}")


def own_number(channel: Channel) -> str | None:
    """The number stored on the SIM, if the carrier wrote one there."""
    for line in channel.ask("AT+CNUM", within=SHORT, expect=Expect(("+CNUM:",))):
        fields = fields_of(after_colon(line))
        if len(fields) > 1 and fields[1].lstrip("+").isdigit():
            return fields[1]
    return None


# ---- the network ---------------------------------------------------------------------------------


def registration(channel: Channel, domain: str) -> Registration | None:
    """State in one domain: "CREG" (circuit), "CGREG" (packet), "CEREG" (LTE); None if not said.

    The answer is `mode,state`; the unasked line of the same name is `state[,"area","cell"]`.
    """
    lines = channel.ask(f"AT+{domain}?", within=SHORT, expect=Expect((f"+{domain}:",)))
    for line in reversed(lines):
        asked = re.match(r"\s*\d\s*,\s*(\d{1,2})\s*(?:,|$)", after_colon(line))
        if asked:
            return Registration(int(asked[1]))
    return None


def operator(channel: Channel) -> str | None:
    """The operator's name, or its five or six digits where the modem knows no name."""
    fields = fields_of(_answer(channel, "AT+COPS?", "+COPS:", OPERATOR))
    return fields[2] if len(fields) > 2 and fields[2] else None


def message_centre(channel: Channel) -> str:
    """The SMSC's number from the SIM, or "" where none is set (27.005 3.3.1)."""
    return fields_of(_answer(channel, "AT+CSCA?", "+CSCA:", MEDIUM))[0]


def set_message_centre(channel: Channel, number: str) -> None:
    kind = 145 if number.startswith("+") else 129
    plain(channel, f'AT+CSCA="{number}",{kind}', MEDIUM)


# ---- messages ------------------------------------------------------------------------------------


def message_format(channel: Channel) -> int | None:
    """0 PDU mode, 1 text mode (27.005 3.2.3)."""
    return number_in(_answer(channel, "AT+CMGF?", "+CMGF:"))


def message_service(channel: Channel) -> int | None:
    """0: messages need no acknowledgement; 1: each +CMT and +CDS waits for +CNMA (27.005 3.2.1)."""
    return number_in(fields_of(_answer(channel, "AT+CSMS?", "+CSMS:"))[0])


def choose_message_service(channel: Channel, service: int) -> None:
    channel.ask(f"AT+CSMS={service}", within=SHORT, expect=Expect(("+CSMS:",)))


def storage_choices(channel: Channel) -> list[list[str]]:
    """The memories each slot of +CPMS may have (27.005 3.2.2), up to three lists."""
    answer = _answer(channel, "AT+CPMS=?", "+CPMS:", MEDIUM)
    return [re.findall(r"[A-Z]{2}", group) for group in fields_of(answer) if group]


def choose_storage(channel: Channel, *names: str) -> list[StorageUse]:
    """Sets one, two or three slots; the answer counts them without names: `+CPMS: 1,50,1,50,1,50`."""
    quoted = ",".join(f'"{name}"' for name in names)
    return _storage_uses(_answer(channel, f"AT+CPMS={quoted}", "+CPMS:", MEDIUM))


def storage_now(channel: Channel) -> list[StorageUse]:
    """The slots in force with their names: `+CPMS:"SM",3,30,"SM",3,30,"SM",3,30`."""
    return _storage_uses(_answer(channel, "AT+CPMS?", "+CPMS:", MEDIUM))


def _storage_uses(answer: str) -> list[StorageUse]:
    uses, name, counts = [], "", list[int]()
    for field in fields_of(answer):
        number = number_in(field)
        if number is None:
            name, counts = field, []
            continue
        counts.append(number)
        if len(counts) == 2:
            uses.append(StorageUse(name, *counts))
            name, counts = "", []
    return uses


def indication_choices(channel: Channel) -> list[frozenset[int]]:
    """What each parameter of +CNMI may be (27.005 3.4.1): mode, mt, bm, ds, bfr; fewer if so told."""
    return [numbers_of(group) for group in fields_of(_answer(channel, "AT+CNMI=?", "+CNMI:"))]


def indications_now(channel: Channel) -> list[int]:
    fields = fields_of(_answer(channel, "AT+CNMI?", "+CNMI:"))
    return [number for number in map(number_in, fields) if number is not None]


def indicate(channel: Channel, values: list[int]) -> None:
    plain(channel, "AT+CNMI=" + ",".join(map(str, values)))


_MESSAGES = Expect(("+CMGL:", "+CMGR:"), is_hex)


def list_messages(channel: Channel) -> list[Listed]:
    """Every message of the reading memory (27.005 4.1), read ones too."""
    lines = channel.ask("AT+CMGL=4", within=LIST, expect=_MESSAGES)
    if any('"REC' in line or '"STO' in line for line in lines):
        # A status in words: the list is in text mode, its bodies are no PDUs (EP06-A firmware).
        raise CommandRefused("AT+CMGL=4", "the list is in text mode", 303, "cms")
    return [each for each in (_listed(header, bodies) for header, bodies in _blocks(lines)) if each]


def read_message(channel: Channel, slot: int) -> Listed | None:
    """One message (27.005 4.2); None where the slot is empty and the modem says so by a mere OK."""
    lines = channel.ask(f"AT+CMGR={slot}", within=SHORT, expect=_MESSAGES)
    for header, bodies in _blocks(lines):
        found = _listed(header, bodies, slot)
        if found:
            return found
    return None


def delete_message(channel: Channel, slot: int) -> None:
    """That slot and nothing else; the forms that delete several are never used."""
    plain(channel, f"AT+CMGD={slot}", MEDIUM)


def slots_in_use(channel: Channel) -> list[int]:
    """The slots +CMGD may name (27.005 3.5.4): used ones, or the whole range, as the modem sees it."""
    return sorted(numbers_of(fields_of(_answer(channel, "AT+CMGD=?", "+CMGD:"))[0]))


def _blocks(lines: list[str]) -> list[tuple[str, list[str]]]:
    """Headers with the lines up to the next one, so that a missing body moves no other body's slot."""
    blocks: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("+"):
            blocks.append((line, []))
        elif blocks:
            blocks[-1][1].append(line)
    return blocks


def _listed(header: str, bodies: list[str], slot: int | None = None) -> Listed | None:
    fields = fields_of(after_colon(header))
    number = number_in(fields.pop(0)) if slot is None else slot
    if not fields:
        return None  # cut off behind its slot; the next listing has it whole
    length = number_in(fields[-1])
    fitting = [body for body in bodies if length is not None and pdu_fits(body, length)]
    if number is None or not (fitting or bodies):
        return None
    status = number_in(fields[0])
    return Listed(number, -1 if status is None else status, (fitting or bodies)[0].upper())


def open_submit(channel: Channel, length: int, pause: float = 0.0) -> None:
    """+CMGS up to its prompt (27.005 4.3); `length` counts the octets without the SMSC address."""
    channel.open_entry(f"AT+CMGS={length}", within=PROMPT, pause=pause)


def finish_submit(
    channel: Channel, pdu_hex: str, deadline: float, is_proof: Callable[[str], bool] | None = None
) -> int | None:
    """Hands the PDU over; the reference from +CMGS, or None where OK came without one."""
    expect = Expect(("+CMGS:",))
    for line in channel.finish_entry(
        pdu_hex.encode("ascii"), deadline=deadline, expect=expect, is_proof=is_proof
    ):
        reference = number_in(fields_of(after_colon(line))[0])
        if reference is not None:
            return reference
    return None


def acknowledge(channel: Channel) -> None:
    plain(channel, "AT+CNMA")
