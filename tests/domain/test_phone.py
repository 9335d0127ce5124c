from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.phone import REASONS, check, mask

OWN = frozenset({"+15415550199"})

ACCEPTED = [
    ("(541) 555-0123", "+15415550123"),
    ("541.555.0123", "+15415550123"),
    ("+1 541 555 0123", "+15415550123"),
    ("1-541-555-0123", "+15415550123"),
    ("5415550123", "+15415550123"),
    ("  541-555-0123\n", "+15415550123"),
    ("tel:+15415550123", "+15415550123"),
    ("416-555-0100", "+14165550100"),
    ("(541) 382-0000", "+15413820000"),
    ("604 234 5678", "+16042345678"),
]

REFUSED = [
    ("", "number_missing"),
    (" \t", "number_missing"),
    ("anonymous", "number_unreadable"),
    ("555-0123", "number_unreadable"),
    ("541-555-012", "number_unreadable"),
    ("541-555-01234", "number_unreadable"),
    ("541-555-0123;ext=5", "number_unreadable"),
    ("541-555-0123 x5", "number_unreadable"),
    ("541-555-0123 ext 5", "number_unreadable"),
    ("５４１５５５０１２３", "number_unreadable"),
    ("541\u00a0555\u00a00123", "number_unreadable"),
    ("٥٤١٥٥٥٠١٢٣", "number_unreadable"),
    ("0000000000", "number_unreadable"),
    ("1111111111", "number_unreadable"),
    ("9999999999", "number_unreadable"),
    ("541-555-3333", "number_unreadable"),
    ("541 055 0123", "number_unreadable"),
    ("141-555-0123", "number_unreadable"),
    ("sip:someone@example.test", "number_unreadable"),
    ("9" * 40, "number_unreadable"),
    ("911", "number_service"),
    ("988", "number_service"),
    ("411", "number_service"),
    ("711", "number_service"),
    ("88811", "number_service"),
    ("262966", "number_service"),
    ("911-555-1234", "number_service"),
    ("9115550123", "number_service"),
    ("541-911-0123", "number_service"),
    ("541-555-1212", "number_service"),
    ("800-555-0123", "number_toll_free"),
    ("877 234 5678", "number_toll_free"),
    ("+18882345678", "number_toll_free"),
    ("833-234-5678", "number_toll_free"),
    ("900-234-5678", "number_premium"),
    ("900-555-0123", "number_premium"),
    ("500-234-5678", "number_premium"),
    ("533-234-5678", "number_premium"),
    ("541-976-1234", "number_premium"),
    ("+18765550123", "number_foreign"),
    ("876-234-5678", "number_foreign"),
    ("+18092345678", "number_foreign"),
    ("+12682345678", "number_foreign"),
    ("+17872345678", "number_foreign"),
    ("+447700900123", "number_foreign"),
    ("+525512345678", "number_foreign"),
    ("+870773111632", "number_foreign"),
    ("+883510000000000", "number_foreign"),
    ("011 44 7700 900123", "number_foreign"),
    ("541-555-0199", "number_own"),
    ("+1 (541) 555-0199", "number_own"),
]


@pytest.mark.parametrize(("raw", "e164"), ACCEPTED)
def test_numbers_that_may_be_texted(raw: str, e164: str) -> None:
    found = check(raw, own=OWN)
    assert (found.e164, found.reason) == (e164, None)


@pytest.mark.parametrize(("raw", "reason"), REFUSED)
def test_numbers_that_may_not(raw: str, reason: str) -> None:
    found = check(raw, own=OWN)
    assert (found.e164, found.reason) == (None, reason)


@given(st.text(max_size=40) | st.from_regex(r"\+?[0-9 ().-]{0,20}", fullmatch=True))
def test_any_text_gets_a_number_or_a_reason(raw: str) -> None:
    found = check(raw, own=OWN)
    if found.e164 is None:
        assert found.reason in REASONS
    else:
        assert found.reason is None
        assert found.e164.startswith("+1")
        assert found.e164.isascii()
        assert len(found.e164) == 12
        assert check(found.e164, own=OWN) == found


def test_a_mask_shows_two_digits() -> None:
    assert mask("+15415550123") == "••••• ••23"
