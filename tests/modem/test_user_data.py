"""User data and its header: fill bits, concatenation both ways, headers that do not add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modem import user_data
from modem.gsm7 import Alphabet
from modem.tpdu_fields import Coding, Octets
from modem.user_data import Concat, Header, UserData

GSM7 = Coding(Alphabet.GSM7)
UCS2 = Coding(Alphabet.UCS2)
OCTETS = Coding(None)


def read(field: str | bytes, coding: Coding = GSM7, has_header: bool = True) -> UserData:
    data = bytes.fromhex(field) if isinstance(field, str) else field
    return user_data.take_user_data(Octets(data), coding, has_header)


@pytest.mark.parametrize(
    ("concat", "header"),
    [
        pytest.param(Concat(42, 2, 1, False), "0500032A0201", id="8 bits"),
        pytest.param(Concat(255, 255, 255, False), "050003FFFFFF", id="8 bits, highest"),
        pytest.param(Concat(0x1234, 3, 2, True), "06080412340302", id="16 bits"),
        pytest.param(Concat(7, 3, 2, True), "06080400070302", id="16 bits, low reference"),
    ],
)
def test_a_concatenation_header_goes_both_ways(concat: Concat, header: str) -> None:
    assert user_data.concat_header(concat).hex().upper() == header
    for alphabet in Alphabet:
        field = user_data.text_field("Hi", alphabet, bytes.fromhex(header))
        content = read(field, Coding(alphabet))
        assert content.header.concat == concat
        assert content.text == "Hi"


@pytest.mark.parametrize(
    ("header", "length", "octets"),
    [
        pytest.param("", 3, 3, id="none"),
        pytest.param("0500032A0201", 7 + 3, 6 + 3, id="48 bits: 7 septets, one fill bit"),
        pytest.param("06080412340302", 8 + 3, 7 + 3, id="56 bits: 8 septets, no fill"),
        pytest.param("0401027F01", 6 + 3, 5 + 3, id="40 bits: 6 septets, two fill bits"),
    ],
)
def test_the_length_counts_septets_with_header_and_fill(header: str, length: int, octets: int) -> None:
    field = user_data.text_field("abc", Alphabet.GSM7, bytes.fromhex(header))
    assert field[0] == length
    assert len(field) == 1 + octets
    assert read(field, has_header=bool(header)).text == "abc"


def test_the_length_counts_octets_with_header_in_ucs2() -> None:
    field = user_data.text_field("abc", Alphabet.UCS2, bytes.fromhex("0500032A0201"))
    assert field[0] == 6 + 6


@pytest.mark.parametrize("total", range(0, 4))
@pytest.mark.parametrize("sequence", range(0, 5))
@pytest.mark.parametrize("wide", [False, True])
def test_counts_that_make_no_sense_are_no_concatenation(total: int, sequence: int, wide: bool) -> None:
    field = user_data.text_field(
        "x", Alphabet.GSM7, user_data.concat_header(Concat(9, total, sequence, wide))
    )
    concat = read(field).header.concat
    assert concat == (Concat(9, total, sequence, wide) if 1 <= sequence <= total else None)


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        pytest.param("00", Header(), id="empty header"),
        pytest.param("0500032A0201", Header(Concat(42, 2, 1, False)), id="concatenation"),
        pytest.param(
            "0A00032A020100032B0201", Header(Concat(43, 2, 1, False)), id="repeated: the last counts"
        ),
        pytest.param("0B00032A0201080412340302", Header(Concat(0x1234, 3, 2, True)), id="8 then 16 bits"),
        pytest.param("0400022A02", Header(), id="concatenation of the wrong length"),
        pytest.param("0405040B84", Header(), id="last element cut off"),
        pytest.param("0100", Header(), id="an element without a length"),
        pytest.param("0300037F", Header(), id="length beyond the header"),
        pytest.param("0704022A0BEF01AA", Header(port=0x2A), id="8-bit ports"),
        pytest.param("0605040B8423F0", Header(port=2948), id="16-bit ports"),
        pytest.param("0401020005", Header(is_waiting_indication=True), id="special indication"),
        pytest.param("03230101", Header(is_waiting_indication=True), id="enhanced voice mail"),
        pytest.param("027000", Header(is_for_sim=True), id="SIM toolkit"),
        pytest.param("03240102", Header(single_shift=2), id="language of escapes"),
        pytest.param("03250103", Header(locking_shift=3), id="language of all characters"),
        pytest.param("05FF03010203", Header(), id="unknown element: skipped"),
    ],
)
def test_a_header_says_what_we_act_on_and_costs_no_text(header: str, meaning: Header) -> None:
    content = read(user_data.text_field("STOP please", Alphabet.GSM7, bytes.fromhex(header)))
    assert content.header == meaning
    assert content.text == "STOP please"


def test_a_header_longer_than_the_user_data_is_text() -> None:
    # A network that strips the header and leaves its flag: "H" reads as a header of 200 octets.
    content = read(user_data.text_field("Help", Alphabet.GSM7))
    assert content == UserData(Header(), "Help", bytes.fromhex("C8321B0E"))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        pytest.param("0404004800", "\u0400\u4800", id="claims one octet more than there is"),
        pytest.param("0403000048", "", id="claims all there is"),
        pytest.param("0402000048", "\ufffd", id="leaves half a character"),
        pytest.param("0401000048", "H", id="leaves a character"),
    ],
)
def test_a_header_may_take_all_the_user_data_and_no_more(field: str, text: str) -> None:
    assert read(field, UCS2).text == text


def test_a_header_flag_on_an_empty_text_is_harmless() -> None:
    assert read("00").text == ""


@pytest.mark.parametrize(
    ("field", "coding"),
    [
        pytest.param("", GSM7, id="no length"),
        pytest.param("0AE8329BFD4697D9EC", GSM7, id="one octet short"),
        pytest.param("0500480069", OCTETS, id="8-bit data"),
        pytest.param("0600480069", UCS2, id="UCS2"),
    ],
)
def test_user_data_that_is_cut_off_is_refused(field: str, coding: Coding) -> None:
    with pytest.raises(ValueError, match="ends within its user data"):
        read(field, coding, has_header=False)


@pytest.mark.parametrize(
    ("field", "coding", "text", "data"),
    [
        pytest.param("04DEADBEEF", OCTETS, "", "DEADBEEF", id="8-bit data has no text"),
        pytest.param("0400480069", UCS2, "Hi", "00480069", id="UCS2"),
        pytest.param("0500480069FF", UCS2, "Hi\ufffd", "00480069FF", id="UCS2 with half a character"),
        pytest.param("02D83D", UCS2, "\ud83d", "D83D", id="half a pair at the edge is kept"),
        pytest.param("02DE00", UCS2, "\ude00", "DE00", id="the other half"),
        pytest.param("06D83DDE00D83D", UCS2, "\U0001f600\ud83d", "D83DDE00D83D", id="a pair and a half"),
        pytest.param("05E8329BFD06FFFF", GSM7, "hello", "E8329BFD06", id="what follows is left alone"),
        pytest.param("0831D98C56B3DD00", GSM7, "1234567@", "31D98C56B3DD00", id="at at the end stays"),
        pytest.param("0731D98C56B3DD00", GSM7, "1234567", "31D98C56B3DD00", id="seven septets"),
        pytest.param("0731D98C56B3DD1A", GSM7, "1234567", "31D98C56B3DD1A", id="CR in the spare bits"),
        pytest.param("0831D98C56B3DD1A", GSM7, "1234567\r", "31D98C56B3DD1A", id="CR that is counted"),
    ],
)
def test_user_data_is_read_exactly(field: str, coding: Coding, text: str, data: str) -> None:
    content = read(field, coding, has_header=False)
    assert content.text == text
    assert content.data.hex().upper() == data


def test_a_lone_surrogate_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        user_data.text_field("x\ud83d", Alphabet.UCS2)


@given(st.binary(max_size=180), st.sampled_from([GSM7, UCS2, OCTETS]), st.booleans())
def test_any_octets_are_user_data_or_refused(data: bytes, coding: Coding, has_header: bool) -> None:
    try:
        content = read(data, coding, has_header)
    except ValueError as error:
        assert "ends within" in str(error)
    else:
        assert len(content.data) <= data[0]
