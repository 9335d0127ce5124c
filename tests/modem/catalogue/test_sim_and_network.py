"""Catalogue 16-31: the SIM, settings that get lost, registration."""

from __future__ import annotations

from itertools import chain, repeat
from pathlib import Path

import pytest

from modem.device import Restarted, Ring
from modem.errors import NotReady, SendRefused, SendUnknown
from modem.network import merge
from tests.modem.catalogue.stage import RESIDENT, heard, opened, plugged_in, send, working
from tests.modem.scripted import PDU_IN, BareModem, Chunk, FakeMemory, length_of
from tests.modem.test_device import make, ready


def in_turn(*answers: str):
    """A reply that changes with each asking; the last one stays."""
    said = chain(answers[:-1], repeat(answers[-1]))
    return lambda *_: next(said)


def test_b16_a_wrong_pin_is_tried_once_and_never_again(tmp_path: Path) -> None:
    memory = FakeMemory()
    with plugged_in(tmp_path, pin="1234") as modem:
        for attempt in range(5):
            device = opened(modem, memory, pin="9999")
            with pytest.raises(NotReady) as refusal:
                device.bring_up()
            device.close()
            assert refusal.value.reason == "pin_refused", attempt
        assert modem.modem.equipment.sim.state == "SIM PIN"  # two attempts are left, no PUK is needed
        with working(modem, memory=memory, pin="1234") as device:
            send(device)


@pytest.mark.parametrize("left", [1, 0])
def test_b16_the_last_attempt_is_a_persons(left: int) -> None:
    bare = BareModem(replies={"AT+CPIN?": "+CPIN: SIM PIN\nOK", "AT+CPINR": f"+CPINR: SIM PIN,{left},3\nOK"})
    bare.replies["AT+CPINR?"] = bare.replies['AT+CPINR="SIM PIN"'] = bare.replies["AT+CPINR"]
    bare.replies["AT^CPIN?"] = f"^CPIN: SIM PIN,{left},10,{left},10,3\nOK"
    device, stream, _ = make(bare, pin="1234")
    with pytest.raises(NotReady) as refusal:
        device.bring_up()
    assert refusal.value.reason == "pin_risky"
    assert not any(command.startswith("AT+CPIN=") for command in stream.commands())


@pytest.mark.parametrize("code", ["+CME ERROR: 14", "+CME ERROR: SIM busy", "+CMS ERROR: 314"])
def test_b17_a_sim_that_is_busy_after_power_on_is_waited_for(code: str) -> None:
    device, _, _ = make(BareModem(replies={"AT+CPIN?": in_turn(*[code] * 10, "+CPIN: READY\nOK")}))
    assert device.bring_up().iccid


def test_b18_a_sim_that_fails_first_and_is_ready_then() -> None:
    failing = in_turn(*["+CME ERROR: SIM failure"] * 8, "+CPIN: READY\nOK")
    device, stream, _ = make(BareModem(replies={"AT+CPIN?": failing}))
    stream.say(b"\r\n+CPIN: READY\r\n\r\nSMS DONE\r\n\r\nPB DONE\r\n", after=6)
    assert device.bring_up().iccid


def test_b19_a_pin_that_is_taken_without_a_word() -> None:
    bare = BareModem(replies={"AT+CPIN?": in_turn("+CPIN: SIM PIN\nOK", "+CPIN: READY\nOK")})
    bare.replies['AT+CPIN="1234"'] = [Chunk(b"")]
    device, _, _ = make(bare, pin="1234")
    assert device.bring_up().iccid


def test_b20_a_modem_without_a_sim_says_so_and_comes_up_once_there_is_one() -> None:
    bare = BareModem(replies={"AT+CPIN?": "+CME ERROR: 10"})
    device, stream, _ = make(bare)
    began = stream.clock.now
    with pytest.raises(NotReady) as missing:
        device.bring_up()
    assert missing.value.reason == "no_sim"
    assert stream.clock.now - began < 60
    bare.replies["AT+CPIN?"] = "+CPIN: READY\nOK"
    assert device.bring_up().iccid


@pytest.mark.parametrize("way", ["listed slowly", "one by one"])
def test_b21_b75_a_sim_full_of_old_texts_is_emptied_in_the_end(way: str) -> None:
    slots = {slot: PDU_IN[:-4] + f"{slot:04X}" for slot in range(1, 256)}
    bare = BareModem(slots={"SM": dict(slots)})
    if way == "listed slowly":
        listing = "".join(f"\r\n+CMGL: {n},1,,{length_of(pdu)}\r\n{pdu}" for n, pdu in slots.items())
        size = -(-len(listing) // 50)
        pieces = [listing[at : at + size].encode() for at in range(0, len(listing), size)]
        said = [Chunk(piece, after=place) for place, piece in enumerate(pieces)]
        bare.replies["AT+CMGL=4"] = [*said, Chunk(b"\r\n\r\nOK\r\n", after=51)]
    else:
        bare.replies |= {"AT+CMGL=4": "+CMS ERROR: 303", "AT+CMGD=?": "+CMGD: (1-255),(0-4)\nOK"}
        bare.replies["AT+CPMS?"] = '+CPMS: "SM",255,255,"SM",255,255,"SM",255,255\nOK'
    device, _, _ = ready(bare)
    stored = device.stored()
    assert {message.slot: message.pdu for message in stored} == slots
    assert all(device.delete(message) for message in stored)
    assert bare.slots["SM"] == {}


def test_b22_settings_lost_by_a_restart_are_noticed_and_set_again(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.faults.arm("self_reset")
        assert heard(device, Restarted)
        assert not device.check_settings()
        with pytest.raises(SendRefused, match="restarted"):
            send(device)
        device.bring_up()
        assert device.check_settings()
        send(device)


REGISTRATIONS = [
    # +CREG, +CEREG, +CGREG, state, whether a text may be tried
    ("b23 Verizon, or a plan without texts", 3, 1, 1, "packet_only", True),
    ("b24 texts only, home", 6, None, None, "sms_only", True),
    ("b24 texts only, roaming", 7, None, None, "roaming", True),
    ("b24 emergency calls only", 11, None, None, "denied", False),
    ("b24 emergency bearer", 8, None, None, "denied", False),
    ("b24 LTE alone", 0, 1, None, "home", True),
    ("b29 circuit side denied, packet side roaming", 3, None, 5, None, True),
]


@pytest.mark.parametrize(
    "circuit, lte, packet, state, usable", [r[1:] for r in REGISTRATIONS], ids=[r[0] for r in REGISTRATIONS]
)
def test_b23_b24_b29_registration_is_read_in_all_its_values(
    circuit: int, lte: int | None, packet: int | None, state: str | None, usable: bool
) -> None:
    seen = merge(circuit, lte, packet)
    assert seen.is_registered is usable
    assert state in (None, seen.state)


def test_b29_a_network_that_refuses_without_a_reason_leaves_the_text_unknown() -> None:
    bare = BareModem(replies={"AT+CREG?": "+CREG: 1,3\nOK", "AT+CEREG?": "ERROR", "^Z": "+CMS ERROR: 500"})
    bare.replies["AT+CGREG?"] = "+CGREG: 0,5\nOK"
    device, _, _ = ready(bare, allow_roaming=True)
    with pytest.raises(SendUnknown):
        send(device)


def test_b31_a_caller_is_hung_up_and_texts_go_on() -> None:
    bare = BareModem(replies={"AT+CHUP": "OK"})
    device, stream, _ = ready(bare)
    stream.say(f'\r\nRING\r\n\r\n+CLIP: "{RESIDENT}",145\r\n\r\nRING\r\n'.encode(), after=1)
    device.wait(60)
    assert device.notices() == [Ring(RESIDENT)]
    device.hang_up()
    assert stream.commands()[-1] == "AT+CHUP"
    stream.say(b"\r\nNO CARRIER\r\n")
    assert send(device) == 77
