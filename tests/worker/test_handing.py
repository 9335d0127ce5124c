"""The journal of what a modem was given: proof after a kill, none after a power cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.worker.handing import HandingJournal

BOOT = "11111111-2222-3333-4444-555555555555"
NEXT_BOOT = "99999999-2222-3333-4444-555555555555"


def journal(folder: Path, boot: str | None = BOOT) -> HandingJournal:
    boot_id = folder / "boot_id"
    if boot is None:
        boot_id.unlink(missing_ok=True)
    else:
        boot_id.write_text(f"{boot}\n")
    return HandingJournal(folder / "handing.main", boot_id)


def armed(folder: Path, *parts: tuple[int, int], boot: str | None = BOOT) -> None:
    """A life that armed these parts and was killed: nothing is closed."""
    life = journal(folder, boot)
    life.begin()
    for message, seq in parts:
        life.arm(message, seq)


@pytest.mark.parametrize(
    ("parts", "asked", "proof"),
    [
        ([], (1, 1), True),
        ([(1, 1)], (1, 1), False),
        ([(1, 1)], (2, 1), True),
        ([(1, 1), (1, 2)], (1, 2), False),
        ([(1, 1), (1, 2)], (1, 3), True),
        ([(11, 1)], (1, 1), True),
        ([(1, 11)], (1, 1), True),
    ],
)
def test_a_part_that_was_not_armed_last_certainly_did_not_leave(
    tmp_path: Path, parts: list[tuple[int, int]], asked: tuple[int, int], proof: bool
) -> None:
    armed(tmp_path, *parts)
    assert journal(tmp_path).certainly_not_sent(*asked) is proof


def test_a_file_of_another_boot_proves_nothing(tmp_path: Path) -> None:
    armed(tmp_path, (1, 1))
    assert not journal(tmp_path, NEXT_BOOT).certainly_not_sent(2, 1)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"half", BOOT.encode()])
def test_a_file_that_is_missing_or_damaged_proves_nothing(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "handing.main").write_bytes(content)
    assert not journal(tmp_path).certainly_not_sent(1, 1)


def test_without_a_boot_id_nothing_is_proved(tmp_path: Path) -> None:
    armed(tmp_path, (1, 1), boot=None)
    assert not journal(tmp_path, None).certainly_not_sent(2, 1)
    assert not journal(tmp_path).certainly_not_sent(2, 1)


def test_beginning_anew_forgets_the_last_life(tmp_path: Path) -> None:
    armed(tmp_path, (1, 1))
    armed(tmp_path)
    assert journal(tmp_path).certainly_not_sent(1, 1)


def test_closing_keeps_what_it_says(tmp_path: Path) -> None:
    life = journal(tmp_path)
    life.begin()
    life.arm(7, 1)
    life.close()
    life.close()
    assert not journal(tmp_path).certainly_not_sent(7, 1)


def test_a_short_name_leaves_nothing_of_a_long_one(tmp_path: Path) -> None:
    armed(tmp_path, (123456789, 255), (1, 1))
    assert not journal(tmp_path).certainly_not_sent(1, 1)


def test_arming_before_the_beginning_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        journal(tmp_path).arm(1, 1)
