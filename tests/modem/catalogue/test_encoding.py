"""Catalogue 59-65: alphabets and long texts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from modem import pdu
from modem.gsm7 import segments
from tests.modem.catalogue.stage import RESIDENT, delivered, plugged_in, working

NOON = datetime(2026, 4, 21, 12, 0, tzinfo=UTC)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def there_and_back(text: str, folder: Path) -> str:
    """What reaches the handset when a text is sent through the modem."""
    with plugged_in(folder) as modem, working(modem) as device:
        for part in pdu.encode_submit(RESIDENT, text, reference=0x1234, validity_seconds=3600):
            device.send_part(part.hex, part.length)
        (sent,) = modem.network.sent
        return sent.text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Danke \U0001f600", id="b59 one emoji"),
        pytest.param("\U0001f600" * 100, id="b60 emoji at every edge"),
        pytest.param("x" + "\U0001f600" * 100, id="b60 and shifted by one"),
        pytest.param(FAMILY * 20, id="b60 families"),
        pytest.param("a" * 161, id="b61 one more than 160"),
        pytest.param("{" * 153, id="b61 escape pairs at the edge"),
        pytest.param("\u4e2d" * 71, id="b62 one more than 70"),
        pytest.param("\u4e2d\U0001f600" * 60, id="b62 pairs among them"),
        pytest.param("a" * 152 * 54, id="b65 54 parts"),
        pytest.param("a@ " * 51, id="at signs at the edge"),
    ],
)
def test_b59_b60_b61_b62_b65_a_text_arrives_as_it_was_written(text: str, tmp_path: Path) -> None:
    assert there_and_back(text, tmp_path) == text


@pytest.mark.parametrize("text", ["\U0001f600" * 100, "x" + "\U0001f600" * 100, FAMILY * 20])
def test_b60_no_part_ends_within_a_pair(text: str) -> None:
    for part in segments(text).parts:
        part.encode("utf-8")  # a lone surrogate cannot be encoded


def test_b59_half_an_emoji_breaks_no_inbox() -> None:
    start = "00040B915114550521F30008624012214365"
    for half in ("D83D", "DE00"):
        message = pdu.decode(f"{start}0002{half}")
        assert isinstance(message, pdu.Deliver)
        assert pdu.join([message.text]).encode("utf-8") == "\ufffd".encode()


@pytest.mark.parametrize("wide", [False, True], ids=["8 bits", "16 bits"])
def test_b64_parts_that_come_in_any_order_join(wide: bool, tmp_path: Path) -> None:
    text = "The noise went on all night \U0001f600 " * 8
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.network.receive(RESIDENT, text, wide=wide, out_of_order=True)
        delivered(modem)
        read = [pdu.decode(message.pdu) for message in device.stored()]
    parts = [message for message in read if isinstance(message, pdu.Deliver) and message.concat]
    assert len(parts) == len(read) > 2
    assert (
        len({(part.sender, part.concat.reference, part.concat.total) for part in parts if part.concat}) == 1
    )
    ordered = sorted(parts, key=lambda part: part.concat.sequence if part.concat else 0)
    assert pdu.join([part.text for part in ordered]) == text
