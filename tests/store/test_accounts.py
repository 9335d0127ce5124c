from __future__ import annotations

from pathlib import Path

import pytest

from appliance.clock import MINUTE, SECOND, Instant
from appliance.errors import Refused
from appliance.store import accounts, audit, database, sessions
from appliance.store import models as t
from appliance.store.accounts import LoginFault, LoginRefused, Role

NOW: Instant = 1_800_000_000_000
GOOD = "a sample passphrase"
WRONG = "not the passphrase"
HERE, THERE = "192.0.2.1", "192.0.2.2"


def add(name: str = "sample", role: Role = Role.SUPERVISOR) -> None:
    with database.transaction():
        accounts.add(name, GOOD, role, "setup", NOW)


def fault(name: str, password: str, now: Instant, address: str = HERE) -> LoginFault | None:
    try:
        accounts.log_in(name, password, address, now)
    except LoginRefused as refused:
        return refused.fault
    return None


def actions() -> list[str]:
    return [row.action for row in t.Audit.select().order_by(t.Audit.id)]


def test_the_right_password_begins_a_session(box: Path) -> None:
    add()
    account, token = accounts.log_in(" Sample ", GOOD, HERE, NOW)
    assert (account.name, account.role) == ("sample", Role.SUPERVISOR)
    found = sessions.check(token, NOW)
    assert found is not None and found.name == "sample"
    assert actions() == ["account.add", "login"]
    assert audit.verify() is None


@pytest.mark.parametrize(
    ("name", "password"), [("sample", WRONG), ("nobody", GOOD), ("", ""), ("sample", "")], ids=str
)
def test_what_is_wrong_is_not_told(box: Path, name: str, password: str) -> None:
    add()
    with pytest.raises(LoginRefused, match="Name or password is not right"):
        accounts.log_in(name, password, HERE, NOW)


def test_a_name_that_does_not_exist_is_not_written_down(box: Path) -> None:
    fault("my secret typed into the wrong field", GOOD, NOW)
    row = t.Audit.get()
    assert "secret" not in f"{row.actor}{row.object}{row.details}"


def test_five_failures_lock_until_an_admin_releases(box: Path) -> None:
    add()
    found = [fault("sample", WRONG, NOW + n * SECOND) for n in range(5)]
    assert found == [LoginFault.WRONG] * 4 + [LoginFault.LOCKED]
    for later in (MINUTE, 16 * MINUTE, 24 * 60 * MINUTE):
        assert fault("sample", GOOD, NOW + later) is LoginFault.LOCKED
    with database.transaction():
        accounts.release("sample", "admin", NOW + 30 * MINUTE)
    assert fault("sample", GOOD, NOW + 31 * MINUTE) is None
    assert "account.lock" in actions() and "account.release" in actions()


@pytest.mark.parametrize(
    ("gap", "locks"), [(14 * MINUTE, True), (15 * MINUTE, False)], ids=["within 15 min", "15 min apart"]
)
def test_failures_far_apart_do_not_add_up(box: Path, gap: Instant, locks: bool) -> None:
    add()
    found = [fault("sample", WRONG, NOW + n * gap) for n in range(6)]
    assert (LoginFault.LOCKED in found) is locks


def test_a_success_forgets_the_failures_before_it(box: Path) -> None:
    add()
    for round_of in range(2):
        for n in range(4):
            assert (
                fault("sample", WRONG, NOW + round_of * MINUTE + n, f"192.0.2.{round_of}") is LoginFault.WRONG
            )
        assert fault("sample", GOOD, NOW + round_of * MINUTE + 30 * SECOND, THERE) is None


def test_one_address_is_stopped_before_it_locks_anybody(box: Path) -> None:
    names = [f"sample-{n}" for n in range(6)]
    for name in names:
        add(name)
    found = [fault(names[n % 6], WRONG, NOW + n * SECOND) for n in range(30)]
    assert found[:10] == [LoginFault.WRONG] * 10
    assert set(found[10:]) == {LoginFault.THROTTLED}
    assert all(account.locked_at is None for account in accounts.everyone())
    assert fault(names[0], GOOD, NOW + MINUTE) is LoginFault.THROTTLED
    assert fault(names[0], GOOD, NOW + MINUTE, THERE) is None
    assert fault(names[0], GOOD, NOW + 16 * MINUTE) is None


def test_disabling_ends_the_sessions_and_the_log_ins(box: Path) -> None:
    add()
    _account, token = accounts.log_in("sample", GOOD, HERE, NOW)
    with database.transaction():
        accounts.disable("sample", "admin", NOW)
    assert sessions.check(token, NOW) is None
    assert fault("sample", GOOD, NOW) is LoginFault.WRONG
    with database.transaction():
        accounts.reset("sample", "another passphrase", "admin", NOW)
    assert fault("sample", "another passphrase", NOW) is None


def test_the_last_admin_stays(box: Path) -> None:
    add("first", Role.ADMIN)
    with pytest.raises(Refused, match="only admin"), database.transaction():
        accounts.disable("first", "first", NOW)
    add("second", Role.ADMIN)
    with database.transaction():
        accounts.disable("first", "second", NOW)
    with pytest.raises(Refused, match="only admin"), database.transaction():
        accounts.disable("second", "second", NOW)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("", GOOD),
        ("x", GOOD),
        ("with space", GOOD),
        ("-first", GOOD),
        ("n" * 33, GOOD),
        ("fine", "fourteen chars"),
        ("fine", "x" * 129),
        ("fine", "abababababababab"),
        ("fine", "finefinefinefine"),
        ("taken", GOOD),
    ],
    ids=lambda value: value[:20] or "empty",
)
def test_a_bad_name_or_password_is_refused_and_says_why(box: Path, name: str, password: str) -> None:
    add("taken")
    with pytest.raises(Refused), database.transaction():
        accounts.add(name, password, Role.VIEWER, "admin", NOW)
    assert [account.name for account in accounts.everyone()] == ["taken"]


def test_changing_the_password_keeps_this_session_alone(box: Path) -> None:
    add()
    account, mine = accounts.log_in("sample", GOOD, HERE, NOW)
    _account, other = accounts.log_in("sample", GOOD, THERE, NOW)
    with pytest.raises(Refused, match="not right"), database.transaction():
        accounts.change_password(account.id, WRONG, "another passphrase", mine, NOW)
    with database.transaction():
        accounts.change_password(account.id, GOOD, "another passphrase", mine, NOW)
    assert sessions.check(mine, NOW) is not None
    assert sessions.check(other, NOW) is None
    assert fault("sample", GOOD, NOW) is LoginFault.WRONG


def test_no_password_and_no_token_is_stored(box: Path) -> None:
    add()
    _account, token = accounts.log_in("sample", GOOD, HERE, NOW)
    assert t.Account.get().password.startswith("scrypt:")
    database.disconnect()
    stored = b"".join(path.read_bytes() for path in box.parent.iterdir())
    assert GOOD.encode() not in stored
    assert token.encode() not in stored
