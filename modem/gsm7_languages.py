"""National language tables of the GSM 7-bit alphabet that residents' phones may use. Pure.

For reading only: we never send them, because not every phone and carrier knows them. Source: 3GPP TS
23.038 annex A; the identifiers 6.2.1.2.4. A language not listed is read by the default tables.
"""

from __future__ import annotations

from collections.abc import Mapping

from modem.gsm7 import BASIC, EXTENSION

TURKISH, SPANISH, PORTUGUESE = 1, 2, 3


def _basic_with(changes: Mapping[int, str]) -> str:
    return "".join(changes.get(code, char) for code, char in enumerate(BASIC))


SINGLE_SHIFT: Mapping[int, Mapping[int, str]] = {
    TURKISH: {
        **EXTENSION,
        **{0x47: "Ğ", 0x49: "İ", 0x53: "Ş", 0x63: "ç", 0x67: "ğ", 0x69: "ı", 0x73: "ş"},
    },
    SPANISH: {
        **EXTENSION,
        **{0x09: "ç", 0x41: "Á", 0x49: "Í", 0x4F: "Ó", 0x55: "Ú"},
        **{0x61: "á", 0x69: "í", 0x6F: "ó", 0x75: "ú"},
    },
    PORTUGUESE: {
        **EXTENSION,
        **{0x05: "ê", 0x09: "ç", 0x0B: "Ô", 0x0C: "ô", 0x0E: "Á", 0x0F: "á"},
        **{0x12: "Φ", 0x13: "Γ", 0x15: "Ω", 0x16: "Π", 0x17: "Ψ", 0x18: "Σ", 0x19: "Θ", 0x1F: "Ê"},
        **{0x41: "À", 0x49: "Í", 0x4F: "Ó", 0x55: "Ú", 0x5B: "Ã", 0x5C: "Õ"},
        **{0x61: "Â", 0x69: "í", 0x6F: "ó", 0x75: "ú", 0x7B: "ã", 0x7C: "õ", 0x7F: "â"},
    },
}
"""By language: what a septet means behind an escape, in place of the default extension table."""

LOCKING_SHIFT: Mapping[int, str] = {
    TURKISH: _basic_with(
        {0x04: "€", 0x07: "ı", 0x0B: "Ğ", 0x0C: "ğ", 0x1C: "Ş", 0x1D: "ş", 0x40: "İ", 0x60: "ç"}
    ),
    PORTUGUESE: _basic_with(
        {
            **{
                0x04: "ê",
                0x06: "ú",
                0x07: "í",
                0x08: "ó",
                0x09: "ç",
                0x0B: "Ô",
                0x0C: "ô",
                0x0E: "Á",
                0x0F: "á",
            },
            **{0x12: "ª", 0x13: "Ç", 0x14: "À", 0x15: "∞", 0x16: "^", 0x17: "\\", 0x18: "€", 0x19: "Ó"},
            **{0x1A: "|", 0x1C: "Â", 0x1D: "â", 0x1E: "Ê", 0x24: "º", 0x40: "Í", 0x5B: "Ã", 0x5C: "Õ"},
            **{0x5D: "Ú", 0x60: "~", 0x7B: "ã", 0x7C: "õ", 0x7D: "`"},
        }
    ),
}
"""By language: the characters of all septets, in place of the default alphabet."""
