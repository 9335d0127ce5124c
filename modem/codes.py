"""What a +CMS or +CME code means and which class of failure it is, as data.

Meanings: 3GPP TS 24.011 annex E.2 (0-127), TS 23.040 9.2.3.22 (128-255), TS 27.005 3.2.5 (300-511),
TS 27.007 9.2 (+CME). The classes are our own decision: what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from modem.errors import FailureClass

Family = Literal["", "cms", "cme"]
F = FailureClass

CMS: Mapping[int, tuple[F, str]] = {
    1: (F.RECIPIENT, "the number is not assigned"),
    8: (F.ACCOUNT, "the operator bars this SIM"),
    10: (F.ACCOUNT, "calls and texts are barred for this SIM"),
    17: (F.TEMPORARY, "the network failed"),
    21: (F.REJECTED, "the network rejected the text"),
    22: (F.MEMORY, "memory is full"),
    27: (F.RECIPIENT_LATER, "the recipient's phone is off or out of reach"),
    28: (F.ACCOUNT, "the network does not know this subscriber"),
    29: (F.ACCOUNT, "the network refuses texts from this SIM"),
    30: (F.RECIPIENT, "the network does not know the recipient"),
    34: (F.ACCOUNT, "the network does not carry texts for this SIM, often for want of credit"),
    38: (F.TEMPORARY, "the network is out of order"),
    41: (F.TEMPORARY, "the network failed for a moment"),
    42: (F.TEMPORARY, "the network is congested"),
    47: (F.TEMPORARY, "the network lacks resources"),
    50: (F.ACCOUNT, "the SIM's plan does not include texts"),
    69: (F.ACCOUNT, "the network does not offer texts to this SIM"),
    81: (F.TEXT, "the message reference is wrong"),
    111: (F.TEXT, "the network found a protocol error"),
    127: (F.TEXT, "the networks could not pass the text on"),
    176: (F.TEXT, "the message centre does not take this kind of text"),
    192: (F.TEMPORARY, "the message centre is busy"),
    193: (F.ACCOUNT, "the SIM has no subscription at this message centre"),
    194: (F.TEMPORARY, "the message centre failed"),
    195: (F.RECIPIENT, "the recipient's address is not valid"),
    196: (F.RECIPIENT, "the recipient is barred"),
    197: (F.DUPLICATE, "the message centre holds this very text already"),
    198: (F.TEXT, "the message centre does not take this validity period format"),
    199: (F.TEXT, "the message centre does not take this validity period"),
    208: (F.MEMORY, "the SIM's message storage is full"),
    211: (F.MEMORY, "the modem's message storage is full"),
    300: (F.UNKNOWN, "the modem failed"),
    301: (F.BUSY, "the modem keeps its message service for itself"),
    302: (F.CONFIGURATION, "the modem does not allow this now"),
    303: (F.CONFIGURATION, "the modem does not support this"),
    304: (F.TEXT, "the modem found the PDU wrong"),
    305: (F.TEXT, "the modem found the text wrong"),
    310: (F.ACCOUNT, "there is no SIM"),
    311: (F.ACCOUNT, "the SIM needs its PIN"),
    312: (F.ACCOUNT, "the modem is locked to another SIM"),
    313: (F.ACCOUNT, "the SIM failed"),
    314: (F.BUSY, "the SIM is busy"),
    315: (F.ACCOUNT, "this is the wrong SIM"),
    316: (F.ACCOUNT, "the SIM is locked and needs its PUK"),
    317: (F.ACCOUNT, "the SIM needs its PIN2"),
    318: (F.ACCOUNT, "the SIM needs its PUK2"),
    320: (F.MEMORY, "the message storage failed"),
    321: (F.MEMORY, "there is no such storage slot"),
    322: (F.MEMORY, "the message storage is full"),
    330: (F.CONFIGURATION, "the number of the message centre is not known"),
    331: (F.TEMPORARY, "there is no network service"),
    332: (F.UNKNOWN, "the network did not answer in time"),
    340: (F.CONFIGURATION, "no acknowledgement was expected"),
    350: (F.UNKNOWN, "the network answered too late"),
    500: (F.UNKNOWN, "the modem gives no reason"),
    512: (F.BUSY, "the modem is not ready"),
    515: (F.BUSY, "the modem is still starting or working on another command"),
} | {
    **{code: (F.TEXT, "the network found the text malformed") for code in range(95, 100)},
    **{code: (F.TEXT, "the message centre does not take this kind of text") for code in range(128, 176)},
}

CME: Mapping[int, tuple[F, str]] = {
    0: (F.UNKNOWN, "the modem failed"),
    3: (F.CONFIGURATION, "the modem does not allow this now"),
    4: (F.CONFIGURATION, "the modem does not support this"),
    10: (F.ACCOUNT, "there is no SIM"),
    11: (F.ACCOUNT, "the SIM needs its PIN"),
    12: (F.ACCOUNT, "the SIM is locked and needs its PUK"),
    13: (F.ACCOUNT, "the SIM failed"),
    14: (F.BUSY, "the SIM is busy"),
    15: (F.ACCOUNT, "this is the wrong SIM"),
    16: (F.ACCOUNT, "the PIN is wrong"),
    17: (F.ACCOUNT, "the SIM needs its PIN2"),
    18: (F.ACCOUNT, "the SIM needs its PUK2"),
    20: (F.MEMORY, "memory is full"),
    21: (F.MEMORY, "there is no such storage slot"),
    23: (F.MEMORY, "the message storage failed"),
    30: (F.TEMPORARY, "there is no network service"),
    31: (F.UNKNOWN, "the network did not answer in time"),
    32: (F.ACCOUNT, "the network allows emergency calls only"),
    100: (F.UNKNOWN, "the modem gives no reason"),
    262: (F.ACCOUNT, "the SIM is blocked"),
    515: (F.BUSY, "the modem is still starting or working on another command"),
}

# Modems left in +CMEE=2 answer in words; the code is what everything above works with. Words as the
# standards have them (27.005 3.2.5, 24.011 annex E, 23.040 9.2.3.22; 27.007 9.2), "(U)SIM" as "SIM".
_CMS_WORDS: Mapping[str, int] = {
    "unassigned (unallocated) number": 1,
    "operator determined barring": 8,
    "call barred": 10,
    "network failure": 17,
    "short message transfer rejected": 21,
    "destination out of service": 27,
    "unidentified subscriber": 28,
    "facility rejected": 29,
    "unknown subscriber": 30,
    "network out of order": 38,
    "temporary failure": 41,
    "congestion": 42,
    "resources unavailable, unspecified": 47,
    "requested facility not subscribed": 50,
    "requested facility not implemented": 69,
    "invalid short message transfer reference value": 81,
    "invalid message, unspecified": 95,
    "invalid mandatory information": 96,
    "message type non-existent or not implemented": 97,
    "message not compatible with short message protocol state": 98,
    "information element non-existent or not implemented": 99,
    "protocol error, unspecified": 111,
    "interworking, unspecified": 127,
    "data coding scheme (alphabet) not supported": 144,
    "tpdu not supported": 176,
    "sc busy": 192,
    "no sc subscription": 193,
    "sc system failure": 194,
    "invalid sme address": 195,
    "destination sme barred": 196,
    "sm rejected-duplicate sm": 197,
    "tp-vpf not supported": 198,
    "tp-vp not supported": 199,
    "sim sms storage full": 208,
    "memory capacity exceeded": 211,
    "me failure": 300,
    "sms service of me reserved": 301,
    "operation not allowed": 302,
    "operation not supported": 303,
    "invalid pdu mode parameter": 304,
    "invalid text mode parameter": 305,
    "sim not inserted": 310,
    "sim pin required": 311,
    "sim pin necessary": 311,
    "ph-sim pin required": 312,
    "ph-sim pin necessary": 312,
    "sim failure": 313,
    "sim busy": 314,
    "sim wrong": 315,
    "sim puk required": 316,
    "sim pin2 required": 317,
    "sim puk2 required": 318,
    "memory failure": 320,
    "invalid memory index": 321,
    "memory full": 322,
    "smsc address unknown": 330,
    "sca unknown": 330,
    "no network": 331,
    "no network service": 331,
    "network timeout": 332,
    "no +cnma acknowledgement expected": 340,
    "unknown error": 500,
}
_CME_WORDS: Mapping[str, int] = {
    "phone failure": 0,
    "no connection to phone": 1,
    "operation not allowed": 3,
    "operation not supported": 4,
    "ph-sim pin required": 5,
    "sim not inserted": 10,
    "sim pin required": 11,
    "sim puk required": 12,
    "sim failure": 13,
    "sim busy": 14,
    "sim wrong": 15,
    "incorrect password": 16,
    "sim pin2 required": 17,
    "sim puk2 required": 18,
    "memory full": 20,
    "invalid index": 21,
    "not found": 22,
    "memory failure": 23,
    "no network service": 30,
    "network timeout": 31,
    "network not allowed - emergency calls only": 32,
    "incorrect parameters": 50,
    "unknown": 100,
    "unknown error": 100,
    "sim blocked": 262,
}

_REMEDY: Mapping[F, str] = {
    F.RECIPIENT: "Check the number; it is not tried again.",
    F.RECIPIENT_LATER: "It is tried again later.",
    F.TEXT: "The same text would fail again; please report it with this code.",
    F.ACCOUNT: "Ask the carrier about this SIM: plan, credit, text service.",
    F.REJECTED: "The carrier may be slowing this SIM down.",
    F.DUPLICATE: "It counts as sent.",
    F.TEMPORARY: "It is tried again later.",
    F.CONFIGURATION: "The modem is set up anew.",
    F.MEMORY: "The message storage is emptied first.",
    F.BUSY: "It is tried again in a few seconds.",
    F.UNKNOWN: "Whether the text left is not known.",
}


def code_of(family: Family, words: str) -> int | None:
    """The code behind what follows `+CMS ERROR:`: a number, or the words of +CMEE=2; None if neither."""
    words = words.strip()
    if words.isascii() and words.isdigit():
        return int(words)
    table = _CMS_WORDS if family == "cms" else _CME_WORDS
    return table.get(words.lower().replace("(u)", ""))


def failure_of(family: Family, code: int | None) -> FailureClass:
    """The class of a code; UNKNOWN where the tables have none, because a guess could send a text twice."""
    return _entry(family, code)[0]


def sentence_of(family: Family, code: int | None) -> str:
    """The sentence for a person: what the code means and what follows from it."""
    failure, meaning = _entry(family, code)
    shown = f" ({family.upper()} {code})" if code is not None else ""
    return f"The text was not accepted: {meaning}{shown}. {_REMEDY[failure]}"


def _entry(family: Family, code: int | None) -> tuple[F, str]:
    if code is None:
        return F.UNKNOWN, "the modem gives no reason"
    table = CME if family == "cme" else CMS
    return table.get(code, (F.UNKNOWN, "the modem gives a reason that is not in the standard"))
