from itertools import product

import pytest

from modem.channel import Channel
from modem.errors import NoReply
from modem.network import Network, NetworkView, merge
from tests.modem.scripted import BareModem, Chunk, FakeClock, ScriptedStream

STATES = [
    # CREG, CEREG, CGREG, state, a text may be tried
    (1, 1, None, "home", True),
    (5, None, None, "roaming", True),
    (6, 1, None, "sms_only", True),
    (7, None, None, "roaming", True),
    (9, None, None, "home", True),
    (10, None, None, "roaming", True),
    (3, 1, None, "packet_only", True),
    (3, None, 5, "packet_only", True),
    (0, 1, None, "home", True),
    (2, 5, None, "roaming", True),
    (None, 1, None, "home", True),
    (3, 3, 3, "denied", False),
    (2, 3, None, "denied", False),
    (2, 2, None, "searching", False),
    (8, None, None, "denied", False),
    (0, 11, None, "denied", False),
    (0, 0, 0, "searching", False),
    (4, 4, None, "unknown", False),
    (None, None, None, "unknown", False),
]


@pytest.mark.parametrize("circuit, lte, packet, state, usable", STATES)
def test_three_domains_make_one_state(circuit, lte, packet, state, usable):
    network = merge(circuit, lte, packet)
    assert (network.state, network.is_registered) == (state, usable)


CODES = [None, *range(12)]
GOOD, ABROAD, NONE_AT_ALL = {1, 5, 6, 7, 9, 10}, {5, 7, 10}, {3, 8, 11}


def test_every_triple_of_codes_follows_the_rules():
    for circuit, lte, packet in product(CODES, repeat=3):
        network = merge(circuit, lte, packet)
        sides = [code for code in (circuit, lte, packet) if code in GOOD]
        assert network.is_registered == bool(sides)
        assert network.is_roaming == (bool(sides) and sides[0] in ABROAD)
        assert (network.state == "packet_only") == (bool(sides) and circuit in NONE_AT_ALL)
        assert (network.state == "roaming") == (network.is_roaming and circuit not in NONE_AT_ALL)
        if not sides:
            denied = any(code in NONE_AT_ALL for code in (circuit, lte, packet))
            searching = {0, 2} & {circuit, lte, packet}
            assert network.state == ("denied" if denied else "searching" if searching else "unknown")


@pytest.mark.parametrize(
    "circuit, nr, network",
    [
        (2, 1, Network("home")),
        (None, 5, Network("roaming", is_roaming=True)),
        (3, 1, Network("packet_only")),
        (0, 3, Network("denied")),
        (0, 8, Network("denied")),
    ],
)
def test_a_5g_network_counts_like_the_others(circuit, nr, network):
    assert merge(circuit, None, None, nr) == network


def test_b23_denied_although_texts_may_work():
    """Sierra forum MC7455 on Verizon: CREG 0,3, CEREG 0,1. A data-only plan looks the same."""
    view, _ = look({"AT+CREG?": "+CREG: 0,3\nOK", "AT+CEREG?": "+CEREG: 0,1\nOK"})
    assert view.look() == Network("packet_only")


@pytest.mark.parametrize("code, usable", [(6, True), (11, False)])
def test_b24_sms_only_and_emergency_only(code, usable):
    """LilyGo#388, #434, #247."""
    view, _ = look({f"AT+{domain}?": f"+{domain}: 0,{code}\nOK" for domain in DOMAINS})
    assert view.look().is_registered is usable


def test_b29_circuit_denied_while_packet_roams():
    """botletics#103: CREG 1,3, CGREG 0,5; the guard against roaming must see it."""
    view, _ = look({"AT+CREG?": "+CREG: 1,3\nOK", "AT+CEREG?": "ERROR", "AT+CGREG?": "+CGREG: 0,5\nOK"})
    assert view.look() == Network("packet_only", is_roaming=True)


DOMAINS = ("CREG", "CEREG", "CGREG", "C5GREG")


def look(replies):
    clock = FakeClock()
    stream = ScriptedStream(clock, BareModem(replies=replies))
    view = NetworkView(Channel(stream, clock))
    return view, stream


@pytest.mark.parametrize("refusal", ["ERROR", "+CME ERROR: 4", "+CME ERROR: 58", "COMMAND NOT SUPPORT"])
def test_a_domain_the_modem_does_not_know_is_asked_once(refusal):
    view, stream = look({"AT+CEREG?": refusal})
    view.look()
    view.look()
    assert stream.commands() == ["AT+CREG?", "AT+CEREG?", "AT+CREG?"]


def test_a_domain_that_is_never_answered_is_asked_twice():
    view, stream = look({"AT+CEREG?": [Chunk(b"")]})
    for _ in range(3):
        assert view.look() == Network("home")
    assert stream.commands().count("AT+CEREG?") == 2


def test_a_domain_that_answered_before_may_miss_once():
    replies = {"AT+CEREG?": "+CEREG: 0,5\nOK", "AT+CREG?": "+CREG: 0,2\nOK"}
    view, stream = look(dict(replies))
    for missing in (True, False, True, False):
        stream.answer.replies["AT+CEREG?"] = [Chunk(b"")] if missing else replies["AT+CEREG?"]
        assert view.look().state == ("searching" if missing else "roaming")


def test_a_modem_that_has_stopped_answering_is_told_of():
    view, stream = look({})
    stream.answer = lambda data: []
    with pytest.raises(NoReply):
        view.look()


def test_further_domains_are_asked_only_where_the_others_leave_it_open():
    replies = {f"AT+{domain}?": f"+{domain}: 0,2\nOK" for domain in DOMAINS}
    for place, domain in enumerate(DOMAINS):
        view, stream = look(replies | {f"AT+{domain}?": f"+{domain}: 0,1\nOK"})
        assert view.look() == Network("home")
        asked = [name for name in DOMAINS if f"AT+{name}?" in stream.commands()]
        assert asked == list(DOMAINS[: max(2, place + 1)])


def test_a_domain_that_is_busy_is_asked_again():
    view, stream = look({"AT+CEREG?": "+CME ERROR: 14"})
    view.look()
    view.look()
    assert stream.commands().count("AT+CEREG?") == 2


@pytest.mark.parametrize("reply", ["ERROR", "OK", [Chunk(b"")]], ids=["refused", "empty", "silent"])
def test_an_operator_that_is_not_told_is_none(reply):
    view, _ = look({"AT+COPS?": reply})
    assert view.operator() is None
