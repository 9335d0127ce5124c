from __future__ import annotations

from pathlib import Path

import pytest

from appliance.clock import HOUR, MINUTE, SECOND, Instant
from appliance.store import accounts, database, sessions
from appliance.store import models as t
from appliance.store.accounts import Role

NOW: Instant = 1_800_000_000_000


@pytest.fixture
def account_id(box: Path) -> int:
    with database.transaction():
        return accounts.add("sample", "a sample passphrase", Role.VIEWER, "setup", NOW).id


@pytest.mark.parametrize(
    ("idle", "stands"),
    [(29 * MINUTE + 59 * SECOND, True), (30 * MINUTE, False), (30 * MINUTE + SECOND, False)],
    ids=["29:59", "30:00", "30:01"],
)
def test_an_idle_session_ends_after_half_an_hour(account_id: int, idle: Instant, stands: bool) -> None:
    token = sessions.begin(account_id, "192.0.2.1", NOW)
    assert (sessions.check(token, NOW + idle) is not None) is stands


def test_checking_does_not_renew_and_renewing_does(account_id: int) -> None:
    token = sessions.begin(account_id, "192.0.2.1", NOW)
    for minute in range(0, 30, 3):
        assert sessions.check(token, NOW + minute * MINUTE) is not None
    assert sessions.check(token, NOW + 31 * MINUTE) is None
    sessions.renew(token, NOW + 29 * MINUTE)
    assert sessions.check(token, NOW + 58 * MINUTE) is not None


def test_a_busy_session_ends_after_twelve_hours(account_id: int) -> None:
    token = sessions.begin(account_id, "192.0.2.1", NOW)
    for quarter in range(1, 48):
        sessions.renew(token, NOW + quarter * 15 * MINUTE)
    assert sessions.check(token, NOW + 12 * HOUR - SECOND) is not None
    sessions.renew(token, NOW + 12 * HOUR - SECOND)
    assert sessions.check(token, NOW + 12 * HOUR) is None


def test_ended_sessions_are_gone_at_once(account_id: int) -> None:
    tokens = [sessions.begin(account_id, "192.0.2.1", NOW) for _ in range(4)]
    sessions.end(tokens[0])
    assert sessions.end_all(account_id, keep=tokens[1]) == 2
    assert [sessions.check(token, NOW) is not None for token in tokens] == [False, True, False, False]


def test_tokens_are_long_and_stored_as_hashes(account_id: int) -> None:
    tokens = {sessions.begin(account_id, "192.0.2.1", NOW) for _ in range(20)}
    assert len(tokens) == 20
    assert min(len(token) for token in tokens) >= 43
    assert not tokens & {row.token for row in t.Session.select()}


@pytest.mark.parametrize(
    "token", ["", "x", "\ud83d", "' OR 1=1 --", "a" * 5000], ids=["", "x", "half", "sql", "long"]
)
def test_a_foreign_token_is_nobody(account_id: int, token: str) -> None:
    sessions.begin(account_id, "192.0.2.1", NOW)
    assert sessions.check(token, NOW) is None


def test_rows_of_sessions_long_over_go_with_the_next_log_in(account_id: int) -> None:
    sessions.begin(account_id, "192.0.2.1", NOW)
    sessions.begin(account_id, "192.0.2.1", NOW + 13 * HOUR)
    assert t.Session.select().count() == 1
