"""Who sent the picture an MMS notice tells of."""

from __future__ import annotations

import pytest

from modem import mms

HEAD = b"\x07\x06\xbe\xaf\x84\x8c\x82\x98T1\x00\x8d\x90"
TAIL = b"\x8a\x80\x8e\x02\x23\x28\x88\x05\x81\x03\x09\x3a\x80\x83http://sample.invalid/1\x00"


def sent_from(field: bytes) -> bytes:
    """A notice whose From field holds these octets behind its length."""
    return HEAD + b"\x89" + bytes((len(field),)) + field + TAIL


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (sent_from(b"\x80+15415550123/TYPE=PLMN\x00"), "+15415550123"),
        (sent_from(b"\x80\x17\xea+15415550123/TYPE=PLMN\x00"), "+15415550123"),
        (sent_from(b"\x805415550123\x00"), "5415550123"),
        (sent_from(b"\x80+15415550123/type=plmn\x00")[:40], "+15415550123"),
        (sent_from(b"\x80sample@example.invalid\x00"), None),
        (sent_from(b"\x81"), None),
        (HEAD + TAIL, None),
        (HEAD + b"\x89", None),
        (b"", None),
    ],
    ids=[
        "plain",
        "with a charset",
        "national",
        "the first part alone",
        "e-mail",
        "hidden",
        "none",
        "cut",
        "",
    ],
)
def test_the_senders_number(data: bytes, number: str | None) -> None:
    assert mms.sender_of(data) == number
