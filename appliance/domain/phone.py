"""Which numbers may ever be texted: US and Canadian geographic ones, and nothing else.

`phonenumbers` alone is not enough: it calls +1876, +870, `;ext=5` and full-width digits valid. So the
characters are checked first, then the shape, then its region against a list, and only then validity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

REGIONS = frozenset({"US", "CA"})
"""Default deny: the Caribbean codes of +1 (876, 809, 268 ...) are where toll fraud lives."""

MISSING = "number_missing"
UNREADABLE = "number_unreadable"
SERVICE = "number_service"
TOLL_FREE = "number_toll_free"
PREMIUM = "number_premium"
FOREIGN = "number_foreign"
OWN = "number_own"

REASONS = (MISSING, UNREADABLE, SERVICE, TOLL_FREE, PREMIUM, FOREIGN, OWN)

_LONGEST = 32
_WRITTEN = re.compile(r"(?:tel:)?\s*\+?[0-9 ().\-/]+", re.ASCII | re.IGNORECASE)
_TOLL_FREE = re.compile(r"8(?:00|22|33|44|55|66|77|8[0-9])")
_NOT_GEOGRAPHIC = re.compile(
    r"(?:900|700|710|5(?:00|2[1-9]|3[2-8]|44|66|77|88)|6(?:00|22|33|44|55|66|77|88))"
)
_N11 = re.compile(r"[2-9]11")
_FICTION = re.compile(r"[2-9][0-9]{2}55501[0-9]{2}")


@dataclass(frozen=True, slots=True)
class PhoneCheck:
    """A number that may be texted as E.164, or the reason code why not; exactly one is set."""

    e164: str | None
    reason: str | None


def check(raw: str, *, own: frozenset[str] = frozenset()) -> PhoneCheck:
    """Read a number as a feed wrote it; `own` holds the E.164 numbers of this box's SIMs. Never raises.

    Relay numbers are geographic and allowed. An extension cannot receive a text, so it is unreadable.
    """
    written = raw.strip(" \t\r\n")
    if not written:
        return PhoneCheck(None, MISSING)
    if len(written) > _LONGEST or not written.isascii() or not _WRITTEN.fullmatch(written):
        return PhoneCheck(None, UNREADABLE)
    digits = re.sub(r"[^0-9]", "", written)
    national, reason = _national(digits, international="+" in written)
    reason = reason or _refused(national)
    if reason is not None:
        return PhoneCheck(None, reason)
    e164 = f"+1{national}"
    return PhoneCheck(None, OWN) if e164 in own else PhoneCheck(e164, None)


def mask(e164: str) -> str:
    """The number for a screen or a log line: its last two digits only."""
    return f"••••• ••{e164[-2:]}"


def _national(digits: str, *, international: bool) -> tuple[str, str | None]:
    """The ten national digits, or a reason. Fewer than seven is a service or short code by its length."""
    if not digits or len(set(digits)) == 1:
        return "", UNREADABLE
    if international:
        if not digits.startswith("1"):
            return "", FOREIGN
        digits = digits[1:]
        return (digits, None) if len(digits) == 10 else ("", UNREADABLE)
    if 3 <= len(digits) <= 6:
        return "", SERVICE
    if len(digits) > 10 and digits.startswith(("011", "00")):
        return "", FOREIGN
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return (digits, None) if len(digits) == 10 else ("", UNREADABLE)


def _refused(national: str) -> str | None:
    """Why these ten digits may not be texted, or None."""
    area, exchange, line = national[:3], national[3:6], national[6:]
    if len(set(national)) == 1:
        return UNREADABLE
    if _N11.fullmatch(area) or area == "988" or _N11.fullmatch(exchange):
        # A phone without a subscription shows up as 911-xxx-xxxx: nobody can be reached there.
        return SERVICE
    if _TOLL_FREE.fullmatch(area):
        return TOLL_FREE
    if _NOT_GEOGRAPHIC.fullmatch(area) or exchange == "976":
        return PREMIUM
    if _FICTION.fullmatch(national):
        # 555-0100 to 555-0199 are set aside for fiction, so they have no line and phonenumbers calls them
        # invalid in most areas. The shipped samples and the demo use nothing else: what stays is the area.
        region = _area_region(area)
        return UNREADABLE if region is None else None if region in REGIONS else FOREIGN
    if exchange == "555":
        return SERVICE if line == "1212" else UNREADABLE
    return _judged(phonenumbers.PhoneNumber(country_code=1, national_number=int(national)))


def _judged(number: phonenumbers.PhoneNumber) -> str | None:
    region = phonenumbers.region_code_for_number(number)
    if region is None:
        return UNREADABLE
    if region not in REGIONS:
        return FOREIGN
    kind = phonenumbers.number_type(number)
    if kind == phonenumbers.PhoneNumberType.TOLL_FREE:
        return TOLL_FREE
    if kind not in (
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.MOBILE,
    ):
        return PREMIUM
    return None


def _area_region(area: str) -> str | None:
    """The region an area code belongs to, asked with ordinary exchanges since 555-01xx has none."""
    for exchange in ("234", "622", "789", "456"):
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(f"{area}{exchange}4321"))
        region = phonenumbers.region_code_for_number(number)
        if region is not None:
            return str(region)
    return None
