import os
import pty
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modem.errors import PortBusy, PortLost, PortMissing
from modem.ports import LOOK_AGAIN_AFTER, Finder, PortSeen, Wanted, open_port, seen, wanted
from tests.modem.bus import IMEI, OTHER_IMEI, FakeBus, Held, binary, modem, positions, silent


@pytest.fixture
def bus(tmp_path):
    return FakeBus(tmp_path)


def finder(bus, setting, **settings):
    return Finder(setting, open_path=bus.open, ports=bus.ports, monotonic=bus.clock, **settings)


def ec25(imei=IMEI):
    """The four ports of an EC25: diagnostics, positions, commands, commands for data calls."""
    return {0: binary, 1: positions, 2: modem(imei), 3: modem(imei)}


# ---- settings ------------------------------------------------------------------------------------


SETTINGS = [
    ("auto", Wanted()),
    ("usb:1-1.4", Wanted(usb_path="1-1.4")),
    ("usb:3-2.1.4:10", Wanted(usb_path="3-2.1.4", interface=10)),
    ("usb:1-1:0", Wanted(usb_path="1-1", interface=0)),
    ("imei:490154203237518", Wanted(imei=IMEI)),
    ("/dev/serial/by-id/usb-x", Wanted(path="/dev/serial/by-id/usb-x")),
    ("modem", Wanted(path="modem")),
]


@pytest.mark.parametrize("setting, meaning", SETTINGS, ids=[s[0] for s in SETTINGS])
def test_what_a_setting_asks_for(setting, meaning):
    assert wanted(setting) == meaning


@pytest.mark.parametrize(
    "setting", ["usb:", "usb:1-1.4:", "usb:../1-1", "imei:", "imei:12345", "imei:49015420323751x"]
)
def test_a_setting_of_no_known_form_is_refused(setting):
    with pytest.raises(ValueError, match="neither"):
        wanted(setting)


# ---- by path -------------------------------------------------------------------------------------


def test_a_link_is_followed_at_every_opening(tmp_path):
    link = tmp_path / "modem"
    for said in (b"first", b"second"):
        master, slave = pty.openpty()
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(slave))
        os.close(slave)
        port = open_port(str(link))
        os.write(master, said)
        assert port.read(5) == said
        port.close()
        os.close(master)


def test_a_link_to_nowhere_is_a_missing_modem(tmp_path):
    link = tmp_path / "modem"
    link.symlink_to("/dev/pts/no-such")
    with pytest.raises(PortMissing, match=r"There is no modem at .*/modem"):
        open_port(str(link))


def test_a_link_is_opened_without_a_question(bus):
    bus.plug("1-1.4", ec25())
    link = bus.dev / "by-id"
    link.symlink_to(bus.dev / "ttyUSB2")
    found = finder(bus, str(link))
    stream = found.open()
    assert stream.written == []
    assert (found.where, found.usb_path) == ("usb:1-1.4:2", "1-1.4")
    assert found.device == f"{bus.dev}/ttyUSB2"


def test_ports_with_a_lasting_name(tmp_path):
    (tmp_path / "usb-b").symlink_to("/dev/ttyUSB3")
    (tmp_path / "usb-a").symlink_to("/dev/ttyUSB2")
    assert seen(tmp_path) == [
        PortSeen(f"{tmp_path}/usb-a", "/dev/ttyUSB2"),
        PortSeen(f"{tmp_path}/usb-b", "/dev/ttyUSB3"),
    ]
    assert seen(tmp_path / "none") == []


# ---- what is on the bus --------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["auto", "usb:1-1.4", f"imei:{IMEI}", f"imei:{IMEI[:14]}"])
def test_the_port_for_commands_is_found_among_several(bus, setting):
    bus.plug("1-1.4", ec25(), first=3)
    found = finder(bus, setting)
    stream = found.open()
    assert bus.opened == ["ttyUSB5"]  # the profiles know the interface, so it is asked first
    assert (found.where, found.usb_path) == ("usb:1-1.4:2", "1-1.4")
    assert found.device == f"{bus.dev}/ttyUSB5"
    assert not stream.closed


@pytest.mark.parametrize("setting", ["auto", "usb:1-1.4", f"imei:{IMEI}"])
def test_a_model_nobody_knows_is_found_by_asking(bus, setting):
    bus.plug("1-1.4", {0: binary, 1: positions, 4: silent, 5: modem()}, vendor="413c", product="81d7")
    found = finder(bus, setting)
    started = bus.clock.now
    found.open()
    assert found.where == "usb:1-1.4:5"
    assert bus.clock.now - started < 6
    assert [stream.closed for stream in bus.streams] == [True, True, True, False]


def test_a_known_model_whose_port_fails_is_found_at_another(bus):
    bus.plug("1-1.4", {0: binary, 1: positions, 2: silent, 3: modem()})
    found = finder(bus, "auto")
    found.open()
    assert found.where == "usb:1-1.4:3"


@pytest.mark.parametrize("setting", ["auto", "usb:1-1.4"])
def test_a_known_model_that_is_mute_is_opened_all_the_same(bus, setting):
    """Its mending is the driver's affair; "there is no modem" would be untrue."""
    bus.plug("1-1.4", {0: binary, 1: positions, 2: silent, 3: silent})
    found = finder(bus, setting)
    found.open()
    assert found.where == "usb:1-1.4:2"


def test_one_interface_named_is_opened_without_a_question(bus):
    bus.plug("1-1.4", ec25())
    found = finder(bus, "usb:1-1.4:3")
    assert found.open().written == []
    assert found.where == "usb:1-1.4:3"


def test_other_serial_devices_are_left_alone(bus):
    bus.plug("1-1.2", {0: modem()}, vendor="0403", product="6001", driver="ftdi_sio")
    bus.plug("1-1.3", {0: modem()}, vendor="2341", product="0043", driver="cdc_acm", first=1)
    with pytest.raises(PortMissing, match="No modem answers"):
        finder(bus, "auto").open()
    assert bus.opened == []
    assert finder(bus, "usb:1-1.2").open().closed is False  # a person may know better


@pytest.mark.parametrize("imei, place", [(IMEI, "usb:1-1.2:2"), (OTHER_IMEI, "usb:1-1.4:2")])
def test_several_modems_are_told_apart_by_imei(bus, imei, place):
    bus.plug("1-1.2", ec25(IMEI))
    bus.plug("1-1.4", ec25(OTHER_IMEI), first=4)
    found = finder(bus, f"imei:{imei}")
    stream = found.open()
    assert found.where == place
    assert [each for each in bus.streams if not each.closed] == [stream]


def test_several_modems_where_one_was_meant_are_named(bus):
    bus.plug("1-1.2", ec25(IMEI))
    bus.plug("1-1.4", ec25(OTHER_IMEI), first=4)
    with pytest.raises(PortMissing, match=rf"usb:1-1.2:2 \(IMEI {IMEI}\), usb:1-1.4:2 \(IMEI {OTHER_IMEI}\)"):
        finder(bus, "auto").open()
    assert all(stream.closed for stream in bus.streams)


@pytest.mark.parametrize(
    "setting, sentence",
    [
        ("auto", "No modem answers. It is opened"),
        ("usb:1-1.4", "No modem answers at usb:1-1.4"),
        ("usb:1-1.4:2", "no modem at usb:1-1.4:2"),
        (f"imei:{IMEI}", f"No modem with IMEI {IMEI}"),
    ],
)
def test_a_modem_that_is_not_there_is_told_at_once(bus, setting, sentence):
    bus.plug("1-1.2", ec25(OTHER_IMEI)) if setting != "auto" else None
    started = bus.clock.now
    with pytest.raises(PortMissing, match=sentence):
        finder(bus, setting).open()
    assert bus.clock.now - started < 2


@pytest.mark.parametrize("setting", ["auto", "usb:1-1.4", "usb:1-1.4:2", f"imei:{IMEI}"])
def test_a_port_in_other_hands_names_the_holder_and_no_other_port_is_taken(bus, setting):
    bus.plug("1-1.4", {0: binary, 1: positions, 2: Held(), 3: modem()})
    with pytest.raises(PortBusy, match="gpsd"):
        finder(bus, setting).open()
    assert bus.opened == ["ttyUSB2"]


def test_somebody_who_reads_the_positions_is_no_hindrance(bus):
    bus.plug("1-1.4", {0: binary, 1: Held(), 2: modem(), 3: modem()})
    assert finder(bus, "auto").open()


def test_a_modem_in_other_hands_does_not_hide_the_one_that_is_meant(bus):
    bus.plug("1-1.2", {2: Held()})
    bus.plug("1-1.4", ec25(), first=4)
    found = finder(bus, f"imei:{IMEI}")
    found.open()
    assert found.where == "usb:1-1.4:2"


# ---- again and again -----------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["auto", "usb:1-1.4", "usb:1-1.4:2", f"imei:{IMEI}"])
def test_after_a_replug_the_place_is_opened_without_a_question(bus, setting):
    bus.plug("1-1.4", ec25())
    found = finder(bus, setting)
    found.open()
    found.met(IMEI)
    bus.unplug("1-1.4")
    with pytest.raises(PortMissing):
        found.open()
    bus.plug("1-1.4", ec25(), first=11)
    bus.opened.clear()
    assert found.open().written == []
    assert bus.opened == ["ttyUSB13"]


def test_a_numbered_port_is_remembered_by_its_place(bus):
    bus.plug("1-1.4", ec25())
    found = finder(bus, f"{bus.dev}/ttyUSB2")
    found.open()
    found.met(IMEI)
    bus.unplug("1-1.4")
    bus.plug("1-1.2", {2: silent}, first=2)  # another device has the number now
    bus.plug("1-1.4", ec25(), first=5)
    found.open()
    assert (bus.opened[-1], found.where) == ("ttyUSB7", "usb:1-1.4:2")


@pytest.mark.parametrize("setting", ["auto", f"imei:{IMEI}"])
def test_a_modem_moved_to_another_socket_is_found_by_its_imei(bus, setting):
    bus.plug("1-1.4", ec25())
    found = finder(bus, setting)
    found.open()
    found.met(IMEI)
    bus.unplug("1-1.4")
    bus.plug("1-1.3", ec25(), first=4)
    bus.plug("1-1.2", ec25(OTHER_IMEI), first=8)
    found.open()
    assert found.where == "usb:1-1.3:2"


def test_the_only_modem_is_taken_though_it_is_another(bus):
    """Whoever replaced it meant it; that sending pauses until that is confirmed is not the port's affair."""
    bus.plug("1-1.4", ec25())
    found = finder(bus, "auto")
    found.open()
    found.met(IMEI)
    bus.unplug("1-1.4")
    bus.plug("1-1.2", ec25(OTHER_IMEI))
    found.open()
    found.met(OTHER_IMEI)
    assert found.where == "usb:1-1.2:2"


def test_another_modem_in_the_place_of_the_one_that_is_meant_is_let_go(bus):
    bus.plug("1-1.4", ec25())
    found = finder(bus, f"imei:{IMEI}")
    found.open()
    found.met(IMEI)
    bus.unplug("1-1.4")
    bus.plug("1-1.4", ec25(OTHER_IMEI))
    found.open().close()
    with pytest.raises(PortMissing, match=f"usb:1-1.4:2 is not the one with IMEI {IMEI}"):
        found.met(OTHER_IMEI)
    bus.plug("1-1.2", ec25(), first=4)
    found.open()
    assert found.where == "usb:1-1.2:2"


def test_a_place_where_nothing_works_is_looked_at_anew(bus):
    """The firmware was changed: commands are at another interface now."""
    bus.plug("1-1.4", ec25())
    found = finder(bus, "auto")
    found.open()
    found.met(IMEI)
    bus.unplug("1-1.4")
    bus.plug("1-1.4", {0: binary, 1: positions, 2: silent, 4: modem()})
    places = []
    for _ in range(3):
        found.open().close()
        places.append(found.where)
    assert places == ["usb:1-1.4:2", "usb:1-1.4:2", "usb:1-1.4:4"]


@pytest.mark.parametrize("setting", ["auto", "usb:1-1.4", f"imei:{IMEI}"])
def test_a_modem_that_falls_mute_stays_open_to_be_mended(bus, setting):
    bus.plug("1-1.4", {0: positions, 5: modem()}, vendor="413c", product="81d7")
    found = finder(bus, setting)
    found.open()
    found.met(IMEI)
    bus.replace("ttyUSB1", silent)
    for _ in range(6):
        found.open().close()
        assert found.where == "usb:1-1.4:5"


def test_b04_a_stick_that_becomes_a_cd_rom_is_waited_for(bus):
    """gammu#687: after a reset the same socket shows another device without ports, then the modem again."""
    stick = {"vendor": "12d1", "product": "1506"}
    bus.plug("1-1.4", {0: modem()}, **stick)
    found = finder(bus, "auto")
    found.open()
    found.met(IMEI)
    bus.unplug("1-1.4")
    bus.plug("1-1.4", {}, vendor="12d1", product="1f01")
    with pytest.raises(PortMissing):
        found.open()
    bus.unplug("1-1.4")
    bus.plug("1-1.4", {0: modem()}, **stick, first=3)
    assert found.open().written == []


def test_a_modem_that_was_there_at_the_last_run_is_opened_though_it_is_mute(bus):
    bus.plug("1-1.4", {5: silent}, vendor="413c", product="81d7")
    with pytest.raises(PortMissing):
        finder(bus, f"imei:{IMEI}").open()
    found = finder(bus, f"imei:{IMEI}", last_seen="usb:1-1.4:5")
    found.open()
    assert found.where == "usb:1-1.4:5"


@pytest.mark.parametrize("setting", ["usb:1-1", "usb:1-1.2", "/dev/serial/by-id/x"])
def test_the_last_run_says_nothing_against_the_setting(bus, setting):
    bus.plug("1-1.4", ec25())
    found = finder(bus, setting, last_seen="usb:1-1.4:2")
    with pytest.raises(PortMissing):
        found.open()
    assert (bus.opened, found.where) == ([], "")


# ---- how often -----------------------------------------------------------------------------------


def test_ports_that_did_not_answer_are_left_in_peace_while_nothing_changes(bus):
    bus.plug("1-1.4", {0: silent, 5: silent}, vendor="413c", product="81d7")
    found = finder(bus, "auto")
    for pause in LOOK_AGAIN_AFTER:
        bus.opened.clear()
        for _ in range(5):
            with pytest.raises(PortMissing, match="No modem answers"):
                found.open()
        assert bus.opened == ["ttyUSB0", "ttyUSB1"]
        bus.clock.now += pause


def test_a_modem_that_was_still_starting_is_found_a_little_later(bus):
    bus.plug("1-1.4", {5: silent}, vendor="413c", product="81d7")
    found = finder(bus, "auto")
    with pytest.raises(PortMissing):
        found.open()
    bus.replace("ttyUSB0", modem())
    bus.clock.now += LOOK_AGAIN_AFTER[0]
    assert found.open()


def test_whatever_is_plugged_is_looked_at_at_once(bus):
    bus.plug("1-1.4", {5: silent}, vendor="413c", product="81d7")
    found = finder(bus, "auto")
    with pytest.raises(PortMissing):
        found.open()
    bus.plug("1-1.2", ec25(), first=1)
    assert found.open()


def test_a_busy_port_is_asked_again_after_two_seconds(bus):
    bus.plug("1-1.4", {2: Held()})
    found = finder(bus, "auto")
    for _ in range(3):
        with pytest.raises(PortBusy, match="gpsd"):
            found.open()
    assert bus.opened == ["ttyUSB0"]
    bus.replace("ttyUSB0", modem())
    bus.clock.now += 2
    assert found.open()


@pytest.mark.parametrize("fault", [PortMissing, PortLost])
def test_a_port_that_cannot_be_opened_is_passed_over(bus, fault):
    bus.plug("1-1.4", {2: modem(), 3: modem()})

    def open_path(path):
        if path.endswith("ttyUSB0"):
            raise fault("gone meanwhile")
        return bus.open(path)

    found = Finder("auto", open_path=open_path, ports=bus.ports, monotonic=bus.clock)
    found.open()
    assert found.where == "usb:1-1.4:3"


# ---- whatever is plugged where -------------------------------------------------------------------

SOCKETS = ("1-1.1", "1-1.2", "1-1.3")
DEVICES = {
    "ours": lambda: (ec25(IMEI), {}),
    "another": lambda: (ec25(OTHER_IMEI), {}),
    "unknown make": lambda: (
        {0: positions, 3: modem("356938035643809")},
        {"vendor": "413c", "product": "81d7"},
    ),
    "no modem": lambda: ({0: modem(IMEI)}, {"vendor": "0403", "product": "6001", "driver": "ftdi_sio"}),
}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SOCKETS), st.sampled_from([*DEVICES, "nothing"])), max_size=6))
def test_whatever_is_plugged_where_only_the_modem_that_is_meant_is_met(moves):
    with tempfile.TemporaryDirectory() as folder:
        bus = FakeBus(Path(folder))
        found = finder(bus, f"imei:{IMEI}")
        plugged: dict[str, str] = {}
        for number, (socket, what) in enumerate(moves):
            if plugged.pop(socket, None):
                bus.unplug(socket)
            if what == "nothing":
                continue
            if what == "ours" and "ours" in plugged.values():
                continue
            far_ends, kind = DEVICES[what]()
            bus.plug(socket, far_ends, **kind, first=10 * number)
            plugged[socket] = what
            assert meet(bus, found) == ("ours" in plugged.values())


def meet(bus, found):
    """Opens as a worker would, with its waits, until the right modem is met; False where it is not there."""
    for _ in range(3):
        bus.clock.now += LOOK_AGAIN_AFTER[-1]
        try:
            stream = found.open()
            found.met(stream.answer.replies["AT+CGSN"].partition("\n")[0])
        except PortMissing:
            continue
        assert stream.answer.replies["AT+CGSN"].startswith(IMEI)
        return True
    return False
