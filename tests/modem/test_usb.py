import pytest

from modem.usb import UsbSerial, serial_ports
from tests.modem.bus import FakeBus, silent


@pytest.fixture
def bus(tmp_path):
    return FakeBus(tmp_path)


def test_only_ports_of_usb_devices_are_listed_by_their_place(bus):
    bus.plug("1-1.4", {0: silent, 2: silent}, first=4)
    bus.plug("1-1.2", {10: silent}, vendor="1BC7", product="1201", driver="cdc_acm")
    at = bus.dev
    assert bus.ports() == (
        UsbSerial("1-1.2", 10, "1bc7", "1201", "cdc_acm", f"{at}/ttyUSB0"),
        UsbSerial("1-1.4", 0, "2c7c", "0125", "option", f"{at}/ttyUSB4"),
        UsbSerial("1-1.4", 2, "2c7c", "0125", "option", f"{at}/ttyUSB5"),
    )
    assert [port.place for port in bus.ports()] == ["usb:1-1.2:10", "usb:1-1.4:0", "usb:1-1.4:2"]


def test_a_cdc_acm_port_is_its_interface_itself(bus):
    folder = bus.sysfs / "devices/platform/usb1/1-1/1-1:1.4"
    (folder / "tty/ttyACM0").mkdir(parents=True)
    (folder / "bInterfaceNumber").write_text("04\n")
    for name, value in (("idVendor", "1e0e"), ("idProduct", "9011")):
        (folder.parent / name).write_text(f"{value}\n")
    (folder / "tty/ttyACM0/device").symlink_to(folder)
    (bus.sysfs / "class/tty/ttyACM0").symlink_to(folder / "tty/ttyACM0")
    assert [(port.place, port.device) for port in bus.ports()] == [("usb:1-1:4", f"{bus.dev}/ttyACM0")]


def test_a_replug_changes_the_number_and_not_the_place(bus):
    bus.plug("1-1.4", {2: silent}, first=0)
    (before,) = bus.ports()
    bus.unplug("1-1.4")
    assert bus.ports() == ()
    bus.plug("1-1.4", {2: silent}, first=7)
    (after,) = bus.ports()
    assert before.is_same_place(after)
    assert (before.device, after.device) == (f"{bus.dev}/ttyUSB0", f"{bus.dev}/ttyUSB7")


@pytest.mark.parametrize("gone", ["idVendor", "idProduct"])
def test_a_device_that_vanishes_meanwhile_is_left_out(bus, gone):
    bus.plug("1-1.4", {2: silent})
    (bus.sysfs / "devices/platform/usb1/1-1/1-1.4" / gone).unlink()
    assert bus.ports() == ()


def test_without_sysfs_there_are_none(tmp_path):
    assert serial_ports(tmp_path / "none") == ()
