"""What holds for every text, every number and every heap of octets."""

from __future__ import annotations

import string
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from modem import pdu
from modem.gsm7 import BASIC, EXTENSION

NOON = datetime(2026, 4, 21, 12, 0, tzinfo=UTC)
RESIDENT = "+15415550123"

gsm7_texts = st.text(BASIC.replace("\x1b", "") + "".join(EXTENSION.values()), max_size=700)
unicode_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400)
texts = gsm7_texts | unicode_texts | st.text("a\u20ac\U0001f600\u200d\ufe0f", max_size=400)
numbers = st.from_regex(r"\+[0-9]{1,15}|[0-9*#]{1,20}", fullmatch=True)
references = st.integers(0, 0xFFFF)
any_text = st.text(st.characters(codec=None), max_size=200)  # lone surrogates included
hex_digits = st.text(string.hexdigits, max_size=400)


@given(numbers, texts, references, st.none() | st.integers(300, 5_000_000), st.booleans())
def test_what_is_sent_arrives(
    recipient: str, text: str, reference: int, validity_seconds: int | None, report: bool
) -> None:
    parts = pdu.encode_submit(
        recipient, text, reference=reference, validity_seconds=validity_seconds, report=report
    )
    read = [pdu.decode_submit(part.tpdu) for part in parts]
    assert "".join(submit.text for submit in read) == text
    assert {submit.recipient for submit in read} == {recipient}
    assert {submit.report_requested for submit in read} == {report}
    assert [part.index for part in parts] == list(range(1, len(parts) + 1))
    for part, submit in zip(parts, read, strict=True):
        assert part.hex == "00" + part.tpdu.hex().upper()
        assert part.length == len(part.tpdu) <= 164  # 3GPP TS 23.040: 24 octets and 140 of user data
        assert (submit.validity_seconds is None) == (validity_seconds is None)
        if len(parts) > 1:
            assert submit.concat == pdu.Concat(reference, len(parts), part.index, wide=True)
        else:
            assert submit.concat is None


@given(st.data(), texts, st.booleans())
def test_parts_in_any_order_join_by_sequence(data: st.DataObject, text: str, wide: bool) -> None:
    reference = data.draw(st.integers(0, 0xFFFF if wide else 0xFF))
    pdus = pdu.encode_deliver(RESIDENT, text, sent_at=NOON, reference=reference, wide=wide)
    arrived = [pdu.decode(pdu_hex) for pdu_hex in data.draw(st.permutations(pdus))]
    by_sequence: dict[int, str] = {}
    for part in arrived:
        assert isinstance(part, pdu.Deliver)
        assert part.concat is None or (part.concat.reference, part.concat.total) == (reference, len(pdus))
        by_sequence[part.concat.sequence if part.concat else 1] = part.text
    assert pdu.join([by_sequence[sequence] for sequence in sorted(by_sequence)]) == text


@given(st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=200), st.data())
def test_parts_cut_anywhere_between_utf16_units_join(text: str, data: st.DataObject) -> None:
    units = text.encode("utf-16-be")
    cut = 2 * data.draw(st.integers(0, len(units) // 2))
    halves = [piece.decode("utf-16-be", "surrogatepass") for piece in (units[:cut], units[cut:])]
    assert pdu.join(halves) == text


@given(st.lists(any_text, max_size=5))
def test_whatever_is_joined_can_be_stored(parts: list[str]) -> None:
    whole = pdu.join(parts)
    assert whole.encode("utf-8").decode("utf-8") == whole
    assert "\0" not in whole
    assert pdu.join([whole]) == whole


@given(any_text | hex_digits)
def test_decode_never_raises_on_a_string(line: str) -> None:
    assert isinstance(pdu.decode(line), pdu.Deliver | pdu.StatusReport | pdu.Raw)


@given(st.binary(max_size=200))
def test_decode_never_raises_on_octets(octets: bytes) -> None:
    message = pdu.decode(octets.hex())
    assert isinstance(message, pdu.Deliver | pdu.StatusReport | pdu.Raw)
    if isinstance(message, pdu.Raw):
        assert message.hex == octets.hex()
        assert message.reason
    if isinstance(message, pdu.Deliver):
        pdu.join([message.sender, message.text]).encode("utf-8")


# A header of a DELIVER that is right, so that the octets that follow reach the user data's code.
@given(st.sampled_from(["04", "44", "40", "C7"]), st.binary(min_size=2, max_size=2), st.binary(max_size=150))
def test_decode_never_raises_behind_a_good_start(first: str, pid_dcs: bytes, rest: bytes) -> None:
    message = pdu.decode(f"00{first}0B915114550521F3{pid_dcs.hex()}62401221436500{rest.hex()}")
    if isinstance(message, pdu.Deliver):
        assert message.sender == RESIDENT
        assert (message.pid, message.dcs) == (pid_dcs[0], pid_dcs[1])
    else:
        assert isinstance(message, pdu.Raw)


@given(texts, st.data())
def test_one_damaged_octet_is_read_or_kept(text: str, data: st.DataObject) -> None:
    octets = bytearray.fromhex(pdu.encode_deliver(RESIDENT, text, sent_at=NOON)[0])
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    assert isinstance(pdu.decode(octets.hex()), pdu.Deliver | pdu.StatusReport | pdu.Raw)


@given(st.binary(max_size=180))
def test_a_broken_submit_raises_value_error_only(tpdu: bytes) -> None:
    try:
        submit = pdu.decode_submit(tpdu)
    except ValueError:
        return
    assert tpdu[0] & 0x03 == 0x01
    assert submit.message_reference == tpdu[1]
