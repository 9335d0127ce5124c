import pytest

from modem.channel import Channel
from modem.errors import CommandRefused
from modem.storage import Storage, is_report
from tests.modem.scripted import (
    PDU_IN,
    PDU_OTHER,
    PDU_OUT,
    REPORT,
    BareModem,
    FakeClock,
    ScriptedStream,
    length_of,
)


def make(bare):
    clock = FakeClock()
    stream = ScriptedStream(clock, bare)
    return Storage(Channel(stream, clock)), stream


CHOICES = [
    ('("SM"),("SM"),("SM")', ["SM", "SM", "SM"]),
    ('("ME","SM","MT"),("ME","SM","MT"),("SM","MT")', ["SM", "SM", "SM"]),
    ('("ME"),("ME"),("ME")', ["ME", "ME", "ME"]),
    ('("SM","ME"),("SM","ME")', ["SM", "SM"]),
    ('("SM","ME"),("ME"),("ME","MT")', ["ME", "ME", "ME"]),
    ('("SM"),("ME"),("MT")', ["SM", "ME", "MT"]),
]


@pytest.mark.parametrize("offered, wanted", CHOICES, ids=[c[0] for c in CHOICES])
def test_one_memory_for_all_slots_where_they_share_one(offered, wanted):
    set_all = "AT+CPMS=" + ",".join(f'"{name}"' for name in wanted)
    bare = BareModem(replies={"AT+CPMS=?": f"+CPMS: {offered}\nOK", set_all: "+CPMS: 0,9,0,9,0,9\nOK"})
    storage, _ = make(bare)
    storage.set_up()
    assert storage.slots == tuple(wanted)


def test_a_memory_the_modem_offers_and_then_refuses_gives_way_to_the_next():
    bare = BareModem(
        replies={
            "AT+CPMS=?": '+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")\nOK',
            'AT+CPMS="SM","SM","SM"': "+CMS ERROR: 302",
        },
        slots={"SM": {}, "ME": {}},
    )
    storage, _ = make(bare)
    storage.set_up()
    assert storage.slots == ("ME", "ME", "ME")


def test_a_modem_without_any_choice_is_read_as_it_stands():
    bare = BareModem(slots={"SM": {3: PDU_IN}})
    bare.replies = {
        "AT+CPMS=?": "ERROR",
        'AT+CPMS="SM","SM","SM"': "ERROR",
        'AT+CPMS="ME","ME","ME"': "ERROR",
    }
    storage, stream = make(bare)
    storage.set_up()
    stream.written.clear()
    assert [(m.slot, m.pdu) for m in storage.list_all(False)] == [(3, PDU_IN)]
    assert stream.commands() == ["AT+CMGL=4"]


@pytest.mark.parametrize("busy", ["+CMS ERROR: 314", "+CMS ERROR: 512"])
def test_a_busy_sim_is_told_at_set_up(busy):
    storage, _ = make(BareModem(replies={'AT+CPMS="SM","SM","SM"': busy}))
    with pytest.raises(CommandRefused):
        storage.set_up()


@pytest.mark.parametrize("ranges", ["+CMGD: (0-9),(0-4)\nOK", "+CMGD: (2,7),(0-4)\nOK", "ERROR"])
@pytest.mark.parametrize("refusal", ["+CMS ERROR: 303", "ERROR", '+CMGL: 2,"REC READ","x",,\nhi\nOK'])
def test_where_listing_fails_each_slot_is_read(ranges, refusal):
    bare = BareModem(slots={"SM": {2: PDU_IN, 7: PDU_OTHER}})
    bare.replies = {"AT+CMGL=4": refusal, "AT+CMGD=?": ranges}
    storage, stream = make(bare)
    storage.set_up()
    assert [(m.slot, m.pdu) for m in storage.list_all(False)] == [(2, PDU_IN), (7, PDU_OTHER)]
    assert "AT+CMGR=8" not in stream.commands()  # the count is reached: no need to read on


@pytest.mark.parametrize("header", ["+CMGL: 1", "+CMGL:", "+CMGL: ,", "+CMGL: 1,", '+CMGL: "'])
def test_a_header_cut_short_costs_its_own_text_alone(header):
    bare = BareModem(slots={"SM": {1: PDU_IN, 2: PDU_OTHER}})
    bare.replies["AT+CMGL=4"] = f"{header}\n{PDU_IN}\n+CMGL: 2,1,,{length_of(PDU_OTHER)}\n{PDU_OTHER}\nOK"
    storage, _ = make(bare)
    storage.set_up()
    listed = {message.slot: message.pdu for message in storage.list_all(False)}
    assert listed in ({2: PDU_OTHER}, {1: PDU_IN, 2: PDU_OTHER})


def test_a_listing_switches_memories_once():
    bare = BareModem(slots={"SM": {1: PDU_IN}, "ME": {1: PDU_OTHER}})
    bare.replies = {"AT+CPMS=?": '+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")\nOK'}
    storage, stream = make(bare)
    storage.set_up()
    for _ in range(2):
        stream.written.clear()
        assert {m.storage for m in storage.list_all(False)} == {"SM", "ME"}
        assert sum("CPMS" in command for command in stream.commands()) == 1


def test_a_memory_that_cannot_be_read_is_left_out():
    bare = BareModem(slots={"SM": {1: PDU_IN}})
    bare.replies = {"AT+CPMS=?": '+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")\nOK'}
    storage, stream = make(bare)
    storage.set_up()
    for _ in range(2):
        assert [m.storage for m in storage.list_all(False)] == ["SM"]
    assert stream.commands().count('AT+CPMS="ME"') == 1


@pytest.mark.parametrize(
    "after, gone", [("+CMS ERROR: 321", True), ("ERROR", True), ("OK", True), (None, False)]
)
def test_a_delete_is_verified(after, gone):
    bare = BareModem(slots={"SM": {1: PDU_IN}})
    storage, _ = make(bare)
    storage.set_up()
    message = storage.list_all(False)[0]

    def delete(modem, line):
        if after is not None:
            modem.replies["AT+CMGR=1"] = after
        return "OK"

    bare.replies |= {"AT+CMGD=1": delete, "AT+CMGD=1,0": delete}
    assert storage.delete(message) is gone


@pytest.mark.parametrize("first", ["OK", "ERROR", "+CMS ERROR: 321"])
def test_where_the_short_form_deletes_nothing_the_long_one_is_tried(first):
    bare = BareModem(slots={"SM": {1: PDU_IN, 2: PDU_OTHER}})
    storage, stream = make(bare)
    storage.set_up()
    message = storage.list_all(False)[0]

    def delete(modem, line):
        del modem.slots["SM"][1]
        return "OK"

    bare.replies |= {"AT+CMGD=1": first, "AT+CMGD=1,0": delete}
    assert storage.delete(message)
    assert bare.slots["SM"] == {2: PDU_OTHER}
    assert [each for each in stream.commands() if "CMGD" in each] == ["AT+CMGD=1", "AT+CMGD=1,0"]


def test_a_delete_that_never_works_is_told():
    bare = BareModem(slots={"SM": {1: PDU_IN}}, replies={"AT+CMGD=1": "OK", "AT+CMGD=1,0": "ERROR"})
    storage, _ = make(bare)
    storage.set_up()
    assert not storage.delete(storage.list_all(False)[0])


def test_after_a_restart_it_reads_from_where_the_modem_does():
    bare = BareModem(slots={"SM": {1: PDU_IN}, "ME": {1: PDU_OTHER}})
    bare.replies = {"AT+CPMS=?": '+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")\nOK'}
    storage, _ = make(bare)
    storage.set_up()
    storage.list_all(False)
    bare.reading = "SM"  # its default
    assert storage.in_force()
    assert {(m.storage, m.pdu) for m in storage.list_all(False)} == {("SM", PDU_IN), ("ME", PDU_OTHER)}


@pytest.mark.parametrize(
    "pdu, is_one",
    [(REPORT, True), (PDU_IN, False), (PDU_OUT, False), ("07", False), ("", False), ("zz", False)],
)
def test_a_report_is_known_by_its_type(pdu, is_one):
    assert is_report(pdu) is is_one
