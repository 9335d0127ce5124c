"""How the peers' files are read and written, without the peers themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.peers import REMEDY, Gammu, Smstools, Taken, Told

GAMMU_TEXT = """; Saved 20260304T050607

[SMSBackup000]
; Ça va 🚓
SMSC = "+15415550100"
PDU = Deliver
Number = "+15415550190"
Text00 = 00C70061002000760061
Text01 = 0020D83DDE930000
Coding = Unicode_No_Compression
MessageReference = 0

[SMSBackup001]
PDU = Deliver
Number = "+15415550190"
Text00 = 0021
MessageReference = 0
"""
GAMMU_REPORT = """[SMSBackup000]
PDU = Status_Report
Number = "+15415550190"
Text00 = {text}
MessageReference = 7
"""
SMSTOOLS_TEXT = b"From: 15415550190\nAlphabet: UCS2\nLength: 3\n\n\x00a\xd8=\xde\x93"
SMSTOOLS_REPORT = (
    b"From: 15415550190\nAlphabet: ISO\n\nSMS STATUS REPORT\nMessage_id: 5\nStatus: 70,Expired\n"
)


def test_gammu_hands_on_texts_and_reports(tmp_path: Path) -> None:
    peer = Gammu(tmp_path, tmp_path / "modem")
    files = {
        "IN1": GAMMU_TEXT,
        "IN2": GAMMU_REPORT.format(text="Delivered".encode("utf-16-be").hex()),
        "IN3": GAMMU_REPORT.format(text=""),  # what it makes of an announcement
        "IN4": GAMMU_TEXT.partition("Text01")[0],  # still being written
    }
    for name, text in files.items():
        (tmp_path / "inbox" / name).write_text(text, encoding="utf-8")
    assert peer.taken() == [Taken("+15415550190", "Ça va 🚓!")]
    assert peer.told() == [Told("+15415550190", 0x00)]


def test_smstools_hands_on_texts_and_reports(tmp_path: Path) -> None:
    peer = Smstools(tmp_path, tmp_path / "modem")
    (tmp_path / "inbox" / "GSM1.a").write_bytes(SMSTOOLS_TEXT)
    (tmp_path / "inbox" / "GSM1.b").write_bytes(b"From: 1541")
    (tmp_path / "reports" / "GSM1.c").write_bytes(SMSTOOLS_REPORT)
    assert peer.taken() == [Taken("+15415550190", "a🚓")]
    assert peer.told() == [Told("+15415550190", 0x46)]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Hi é", b"To: 15415550190\nReport: yes\nAlphabet: ISO\n\nHi \xe9"),
        ("Hi 🚓", b"To: 15415550190\nReport: yes\nAlphabet: UCS\n\n\x00H\x00i\x00 \xd8=\xde\x93"),
        ("Ω", b"To: 15415550190\nReport: yes\nAlphabet: UCS\n\n\x03\xa9"),
    ],
)
def test_smstools_gets_a_text_in_an_alphabet_it_keeps_whole(
    tmp_path: Path, text: str, written: bytes
) -> None:
    peer = Smstools(tmp_path, tmp_path / "modem")
    peer.queue("one", "+15415550190", text)
    assert (tmp_path / "outgoing" / "one").read_bytes() == written
    assert peer.pending() == 1


def test_a_peer_that_is_not_installed_says_how_it_is(tmp_path: Path) -> None:
    class Absent(Smstools):
        program = "no-such-program"

    assert Absent.path() is None
    with pytest.raises(FileNotFoundError, match="apt install gammu-smsd smstools"):
        Absent(tmp_path, tmp_path / "modem").start()
    assert "systemctl disable" in REMEDY
