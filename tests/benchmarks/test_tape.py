"""The tape finds the moments it is asked for, however the bytes are cut."""

from __future__ import annotations

import pytest

from benchmarks.tape import Tape

PASSING = (
    (True, b"AT+CMGL=4\r"),
    (False, b"\r\nOK\r\n"),
    (True, b"AT+CMGS=23\r"),
    (False, b"\r\n> "),
    (True, b"0011000A\x1a"),
    (False, b"\r\n+CMGS: 7\r\n\r\nOK\r\n"),
    (False, b'\r\n+CMTI: "ME",3\r\n'),
    (False, b"\r\n+CMS ERROR: 500\r\n"),
    (True, b"AT+CMGD=3\r"),
    (False, b"\r\nOK\r\n"),
)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_each_moment_is_found_once_however_the_bytes_are_cut(size: int) -> None:
    tape = Tape()
    for to_modem, data in PASSING:
        for start in range(0, len(data), size):
            tape.heard(to_modem, data[start : start + size])
    assert (len(tape.submits), len(tape.results), len(tape.announcements)) == (1, 1, 1)
    assert len(tape.refusals) == 1
    assert tape.submits[0] <= tape.results[0] <= tape.announcements[0]


def test_a_submit_counts_from_its_first_byte() -> None:
    tape = Tape()
    tape.heard(True, b"A")
    began = tape._began
    tape.heard(True, b"T+CMGS=23\r")
    assert tape.submits == [began]


def test_a_pdu_is_no_command() -> None:
    tape = Tape()
    tape.heard(True, b"AT+CMGS=23\r0011AT+CMGS=\x1b")
    assert len(tape.submits) == 1
