import logging
from itertools import product
from string import ascii_uppercase

import pytest

from modem.channel import Unsolicited
from modem.notices import (
    DirectMessage,
    LateAccept,
    NetworkText,
    NewMessage,
    Report,
    ReportAnnounced,
    Restarted,
    Ring,
    SimChanged,
    StorageFull,
    notice_in,
)
from modem.strange_lines import StrangeLines, is_known

CREDIT = "Your credit is 5.00, thank you"
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
    (Unsolicited("UNDER-VOLTAGE WARNNING"), None),
    (Unsolicited("+CPIN: NOT INSERTED"), SimChanged(False, "+CPIN: NOT INSERTED")),
    (Unsolicited("+CPIN: SIM REMOVED"), SimChanged(False, "+CPIN: SIM REMOVED")),
    (Unsolicited("+CPIN:READY"), SimChanged(True, "+CPIN:READY")),
    (Unsolicited("+CPIN: NOT READY"), None),
    (Unsolicited("+SIM: Removed"), SimChanged(False, "+SIM: Removed")),
    (Unsolicited("+SIM: Inserted"), SimChanged(True, "+SIM: Inserted")),
    (Unsolicited("+SIM DROP"), SimChanged(False, "+SIM DROP")),
    (Unsolicited("+QUSIM: 1"), SimChanged(True, "+QUSIM: 1")),
    (Unsolicited("+QSIMSTAT: 1,0"), SimChanged(False, "+QSIMSTAT: 1,0")),
    (Unsolicited("+QSIMSTAT: 1,1"), SimChanged(True, "+QSIMSTAT: 1,1")),
    (Unsolicited("+QSIMSTAT: 1,2"), None),
    (Unsolicited("^SIMST: 255"), SimChanged(False, "^SIMST: 255")),
    (Unsolicited("^SIMST:1"), SimChanged(True, "^SIMST:1")),
    (Unsolicited("^SIMST: 255,0"), SimChanged(False, "^SIMST: 255,0")),
    (Unsolicited("^SIMST: 2"), None),
    (Unsolicited("#QSS: 0"), SimChanged(False, "#QSS: 0")),
    (Unsolicited("#QSS: 1"), SimChanged(True, "#QSS: 1")),
    (Unsolicited("#QSS: 10"), None),
    (Unsolicited('+CUSD: 0,"Your credit is 5.00, thank you",15'), NetworkText(CREDIT)),
    (Unsolicited("+CUSD: 4"), None),
    (Unsolicited("anything else"), None),
]


@pytest.mark.parametrize("line, notice", LINES, ids=[line.text for line, _ in LINES])
def test_which_line_means_what(line, notice):
    assert notice_in(line) == notice


STRANGE = ["+VENDOR: 1,2", "+vendor: 3,4", "^MDM 12", "Leave me alone", "+VENDOR", "^MDM7", "\xe9\xff12"]


def test_lines_nobody_knows_are_counted_by_their_names_and_logged_once(caplog):
    strangers = StrangeLines()
    with caplog.at_level(logging.INFO):
        for line in STRANGE:
            strangers.note(line)
    assert strangers.counts == {"+VENDOR": 3, "^MDM": 2, "(words)": 2}
    assert strangers.total == len(STRANGE)
    assert [record.getMessage().split()[-1] for record in caplog.records] == ["+VENDOR", "^MDM", "(words)"]


def test_noise_without_end_costs_no_memory():
    strangers = StrangeLines()
    for first, second in product(ascii_uppercase, repeat=2):
        strangers.note(f"+X{first}{second}")
    assert strangers.total == 26 * 26
    assert len(strangers.counts) == 65


@pytest.mark.parametrize("line", ["+15415550123", "+call +1 541 555 0123", "15415550123"])
def test_no_number_is_logged(line, caplog):
    with caplog.at_level(logging.INFO):
        StrangeLines().note(line)
    assert "555" not in caplog.text


KNOWN = [
    "^RSSI: 12",
    "+CIEV: 1,2",
    "*PSUTTZ: 1",
    "+cpin: ready",
    "#QSS: 4",
    "SMS DONE",
    "$GPGGA,1",
    "+WIND: 4",
]
KNOWN += ["NO CARRIER"]


@pytest.mark.parametrize("line", KNOWN)
def test_what_vendors_say_of_themselves_is_no_stranger(line):
    assert is_known(line)


@pytest.mark.parametrize("line", ["+VENDOR: 1", "hello", "+CMGS"])
def test_what_nobody_says_is_one(line):
    assert not is_known(line)
