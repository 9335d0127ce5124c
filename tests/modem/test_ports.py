import os
import pty

import pytest

from modem.errors import PortMissing
from modem.ports import PortSeen, open_port, seen


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


def test_ports_with_a_lasting_name(tmp_path):
    (tmp_path / "usb-b").symlink_to("/dev/ttyUSB3")
    (tmp_path / "usb-a").symlink_to("/dev/ttyUSB2")
    assert seen(tmp_path) == [
        PortSeen(f"{tmp_path}/usb-a", "/dev/ttyUSB2"),
        PortSeen(f"{tmp_path}/usb-b", "/dev/ttyUSB3"),
    ]
    assert seen(tmp_path / "none") == []
