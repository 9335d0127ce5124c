import pytest

from modem.channel import Unsolicited
from modem.notices import (
    DirectMessage,
    LateAccept,
    NewMessage,
    Report,
    ReportAnnounced,
    Restarted,
    Ring,
    StorageFull,
    notice_in,
)

LINES = [
    (Unsolicited('+CMTI: "SM",3'), NewMessage("SM", 3)),
    (Unsolicited("+CMTI: SM,3"), NewMessage("SM", 3)),
    (Unsolicited('+CMTI: "SM"'), None),
    (Unsolicited('+CDSI: "SR",0'), ReportAnnounced("SR", 0)),
    (Unsolicited("+CDS: 25", "00ab"), Report("00AB")),
    (Unsolicited("+CDS: 25"), None),
    (Unsolicited("+CMT: ,24", "00ab"), DirectMessage("00AB")),
    (Unsolicited("+CMGS: 200"), LateAccept(200)),
    (Unsolicited("+CMGS:"), None),
    (Unsolicited("RING"), Ring()),
    (Unsolicited("+CRING: VOICE"), Ring()),
    (Unsolicited('+CLIP: "",128'), Ring()),
    (Unsolicited("POWERED DOWN"), Restarted("POWERED DOWN")),
    (Unsolicited("UNDER-VOLTAGE POWER DOWN"), Restarted("UNDER-VOLTAGE POWER DOWN")),
    (Unsolicited("+SMS FULL"), StorageFull()),
    (Unsolicited("RINGTONE"), None),
    (Unsolicited("anything else"), None),
]


@pytest.mark.parametrize("line, notice", LINES, ids=[line.text for line, _ in LINES])
def test_which_line_means_what(line, notice):
    assert notice_in(line) == notice
