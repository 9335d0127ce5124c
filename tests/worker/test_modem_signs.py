"""A modem's signs of life: at once when something changes, else once a minute; an alarm when it stays ill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import DAY, MINUTE, SECOND
from appliance.store import alarms, database, heartbeats
from appliance.worker.modem_signs import ModemSigns
from modem.commands import StorageUse
from modem.device import Health

NOW = 1_000 * DAY
SIM = "8901000000000000001"


@pytest.fixture
def signs(tmp_path: Path) -> Iterator[ModemSigns]:
    database.migrate(tmp_path / "aftercall.db")
    with database.connection():
        yield ModemSigns("main")
    database.disconnect()


def health(*, registered: bool = True, signal: int | None = -71) -> Health:
    return Health(
        signal_dbm=signal,
        registered=registered,
        registration="home" if registered else "searching",
        operator="Sample",
        memories=(StorageUse("SM", 0, 20),),
        usable=registered,
    )


def written_at() -> int:
    beat = heartbeats.last("modem:main")
    assert beat is not None
    return beat.at


def test_a_change_is_written_at_once_and_the_rest_once_a_minute(signs: ModemSigns) -> None:
    signs.ready(health(), NOW, told={})
    signs.ready(health(signal=-90), NOW + 30 * SECOND, told={})
    assert written_at() == NOW, "the signal alone waits"
    signs.ready(health(signal=-90), NOW + MINUTE, told={})
    assert written_at() == NOW + MINUTE
    signs.ready(health(registered=False), NOW + MINUTE + SECOND, told={})
    assert written_at() == NOW + MINUTE + SECOND


def test_a_hiccup_is_no_alarm_and_two_minutes_are_one(signs: ModemSigns) -> None:
    for second in range(0, 300, 10):
        signs.say("recovering", "The modem is gone.", NOW + second * SECOND)
        assert not alarms.is_open("modem_trouble", "modem:main") or second > 120
    assert [alarm.details["sentence"] for alarm in alarms.open_alarms()] == ["The modem is gone."]
    signs.ready(health(), NOW + 301 * SECOND, told={})
    assert alarms.open_alarms() == []


def test_a_modem_without_network_is_in_trouble_too(signs: ModemSigns) -> None:
    for minute in range(4):
        signs.ready(health(registered=False), NOW + minute * MINUTE, told={})
    assert alarms.is_open("modem_trouble", "modem:main")
    beat = heartbeats.last("modem:main")
    assert beat is not None
    assert beat.details["sentence"] == "Not registered with the network (searching)."


@pytest.mark.parametrize(
    ("reason", "words"),
    [(None, "Ready."), ("swap", "until `aftercall modem confirm`"), ("account", "paused (account)")],
)
def test_a_modem_that_is_well_and_sends_nothing_says_why(
    signs: ModemSigns, reason: str | None, words: str
) -> None:
    signs.ready(health(), NOW, told={}, paused=reason)
    beat = heartbeats.last("modem:main")
    assert beat is not None
    assert words in beat.details["sentence"]
