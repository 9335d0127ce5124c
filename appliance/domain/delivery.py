"""What a delivery report's status says about a text that did not arrive, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[int, str] = {
    0x40: "a fault between the networks",
    0x41: "the recipient's network cannot take it",
    0x42: "the recipient's phone refused it",
    0x43: "the number cannot be reached or takes no texts",
    0x44: "the network could not carry it",
    0x45: "no way leads to the recipient's network",
    0x46: "its time ran out: the phone was off or out of reach",
    0x47: "it was deleted on the way",
    0x48: "the carrier deleted it",
    0x49: "the network does not know the text",
    0x60: "the network was congested until its time ran out",
    0x61: "the recipient's phone was busy until its time ran out",
    0x62: "the recipient's phone did not answer until its time ran out",
    0x63: "the recipient's network refused it",
    0x64: "the network could not carry it",
    0x65: "a fault of the recipient's phone",
}
"""By TP-Status, permanent errors and those no further try is made for (3GPP TS 23.040 9.2.3.15)."""


def failure(status: int) -> str:
    """Why the network gave up on a text, with the status for whoever asks the carrier."""
    why = _WORDS.get(status, "the carrier gives no reason that we know")
    return f"the network gave up on it: {why} (status {status:#04x})"
