import pytest

from modem.channel import Channel
from modem.network import NetworkView, merge
from tests.modem.scripted import BareModem, FakeClock, ScriptedStream

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
    (0, 0, 0, "unknown", False),
    (4, 4, None, "unknown", False),
    (None, None, None, "unknown", False),
]


@pytest.mark.parametrize("circuit, lte, packet, state, usable", STATES)
def test_three_domains_make_one_state(circuit, lte, packet, state, usable):
    network = merge(circuit, lte, packet)
    assert (network.state, network.is_registered) == (state, usable)


def look(replies):
    clock = FakeClock()
    stream = ScriptedStream(clock, BareModem(replies=replies))
    view = NetworkView(Channel(stream, clock))
    return view, stream


def test_a_domain_the_modem_does_not_know_is_asked_once():
    view, stream = look({"AT+CEREG?": "ERROR"})
    view.look()
    view.look()
    assert stream.commands() == ["AT+CREG?", "AT+CEREG?", "AT+CREG?"]


def test_the_packet_domain_is_asked_where_the_others_leave_it_open():
    view, stream = look({"AT+CREG?": "+CREG: 0,3\nOK", "AT+CEREG?": "ERROR", "AT+CGREG?": "+CGREG: 0,1\nOK"})
    assert view.look().state == "packet_only"
    assert stream.commands()[-1] == "AT+CGREG?"


def test_a_domain_that_is_busy_is_asked_again():
    view, stream = look({"AT+CEREG?": "+CME ERROR: 14"})
    view.look()
    view.look()
    assert stream.commands().count("AT+CEREG?") == 2
