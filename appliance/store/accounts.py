"""The people who may log in: roles, passwords, one lock-out rule, one throttle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from werkzeug.security import check_password_hash, generate_password_hash

from appliance.clock import DAY, MINUTE, Instant
from appliance.errors import Refused
from appliance.store import audit, database, sessions
from appliance.store import models as t

FAILURES = 5
"""Failed log-ins, none more than WINDOW after the one before, that lock an account (CJIS AC-7)."""

ADDRESS_FAILURES = 10
"""Failed log-ins from one address within WINDOW that stop it, so that it cannot lock everybody out."""

WINDOW = 15 * MINUTE
SHORTEST, LONGEST = 15, 128
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


class Role(StrEnum):
    """What an account may do; the pages' rules stand in web/access.py."""

    VIEWER = "viewer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


class LoginFault(StrEnum):
    """Why a log-in was not let in."""

    WRONG = "wrong"
    LOCKED = "locked"
    THROTTLED = "throttled"


class LoginRefused(Refused):
    """The log-in was not let in; `fault` says why, so that a page can put it in its own words."""

    def __init__(self, fault: LoginFault, sentence: str) -> None:
        self.fault = fault
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class AccountView:
    """A person who may log in."""

    id: int
    name: str
    role: Role
    created_at: Instant
    disabled_at: Instant | None
    locked_at: Instant | None
    seen_at: Instant | None


def add(name: str, password: str, role: Role, by: str, now: Instant) -> AccountView:
    """A new account. Raises Refused for a name in use, a name that is none, or a weak password."""
    name = name.strip().lower()
    if not _NAME.fullmatch(name):
        raise Refused(
            "A name has 2 to 32 letters, digits, dots, hyphens or underscores and begins with one of the "
            "first two. Choose another."
        )
    _check_strength(name, password)
    if t.Account.get_or_none(t.Account.name == name) is not None:
        raise Refused(f"There is already an account {name!r}. Choose another name, or reset that one.")
    hashed = generate_password_hash(password)
    row = t.Account.create(name=name, password=hashed, role=role.value, created_at=now)
    audit.record(by, "account.add", f"account:{name}", {"role": role.value}, now)
    return _view(row)


def reset(name: str, password: str, by: str, now: Instant) -> None:
    """A new password; the lock opens, a disabled account is enabled, and every session of it ends."""
    row = _existing(name)
    _check_strength(row.name, password)
    row.password = generate_password_hash(password)
    row.failures, row.failed_at, row.locked_at, row.disabled_at = 0, None, None, None
    row.save()
    ended = sessions.end_all(row.id)
    audit.record(by, "account.reset", f"account:{row.name}", {"sessions_ended": ended}, now)


def change_password(account_id: int, old: str, new: str, keep: str, now: Instant) -> None:
    """The person's own change: the old password is asked for; every session but `keep` (a token) ends."""
    row = t.Account.get_by_id(account_id)
    if not check_password_hash(row.password, old):
        raise Refused("The current password is not right. Nothing was changed.")
    if old == new:
        raise Refused("The new password is the current one. Choose another.")
    _check_strength(row.name, new)
    row.password = generate_password_hash(new)
    row.save()
    ended = sessions.end_all(row.id, keep=keep)
    audit.record(row.name, "account.password", f"account:{row.name}", {"sessions_ended": ended}, now)


def disable(name: str, by: str, now: Instant) -> None:
    """Nobody logs in with it any more; every session of it ends. The last admin cannot be disabled."""
    row = _existing(name)
    if row.disabled_at is not None:
        raise Refused(f"{row.name} is disabled already.")
    others = t.Account.select().where(
        (t.Account.role == Role.ADMIN.value) & t.Account.disabled_at.is_null() & (t.Account.id != row.id)
    )
    if row.role == Role.ADMIN.value and not others.exists():
        raise Refused(f"{row.name} is the only admin left. Add another admin first.")
    row.disabled_at = now
    row.save()
    ended = sessions.end_all(row.id)
    audit.record(by, "account.disable", f"account:{row.name}", {"sessions_ended": ended}, now)


def release(name: str, by: str, now: Instant) -> None:
    """Opens a locked account without changing its password."""
    row = _existing(name)
    if row.locked_at is None:
        raise Refused(f"{row.name} is not locked.")
    row.failures, row.failed_at, row.locked_at = 0, None, None
    row.save()
    audit.record(by, "account.release", f"account:{row.name}", {}, now)


def everyone() -> list[AccountView]:
    """All accounts, by name."""
    return [_view(row) for row in t.Account.select().order_by(t.Account.name)]


def log_in(name: str, password: str, address: str, now: Instant) -> tuple[AccountView, str]:
    """Checks the password and begins a session; returns the account and the session's token.

    Opens its own transactions, because scrypt takes longer than a write lock may be held. Raises
    LoginRefused: the throttle of the address speaks first, then the lock, then the password. A name
    that does not exist costs the same time as one that does.
    """
    name = name.strip().lower()[:64]
    with database.connection():
        if _throttled(address, now):
            raise LoginRefused(
                LoginFault.THROTTLED,
                "Too many failed log-ins from this computer. Wait 15 minutes, then try again.",
            )
        row = t.Account.get_or_none(t.Account.name == name)
        if row is not None and row.locked_at is not None:
            raise _locked()
        right = check_password_hash(_absent_hash() if row is None else row.password, password)
        with database.transaction():
            if row is None or not right or row.disabled_at is not None:
                fault = _note_failure(None if row is None else row.id, address, now)
            else:
                fault = None
                token = sessions.begin(row.id, address, now)
                t.Account.update(failures=0, failed_at=None, seen_at=now).where(
                    t.Account.id == row.id
                ).execute()
                audit.record(row.name, "login", f"account:{row.name}", {"address": address}, now)
    if fault is not None:
        raise fault
    return _view(row), token


def step_up(name: str, password: str, address: str, now: Instant) -> AccountView:
    """Checks a password once more, under the same throttle and lock, without a session; LoginRefused."""
    account, token = log_in(name, password, address, now)
    with database.connection(), database.transaction():
        sessions.end(token)
    return account


def _note_failure(account_id: int | None, address: str, now: Instant) -> LoginRefused:
    """Counts one failed log-in against the address and the account; says what to tell the person."""
    t.Attempt.delete().where(t.Attempt.at < now - DAY).execute()
    t.Attempt.create(address=address, at=now)
    wrong = LoginRefused(LoginFault.WRONG, "Name or password is not right.")
    if account_id is None:
        # The name itself is not kept: people type passwords into the wrong field.
        audit.record("unknown", "login.failed", "account", {"address": address}, now)
        return wrong
    row = t.Account.get_by_id(account_id)
    recent = row.failed_at is not None and now - row.failed_at < WINDOW
    row.failures = row.failures + 1 if recent else 1
    row.failed_at = now
    if row.failures >= FAILURES:
        row.locked_at = now
    row.save()
    audit.record(row.name, "login.failed", f"account:{row.name}", {"address": address}, now)
    if row.locked_at is None:
        return wrong
    audit.record(row.name, "account.lock", f"account:{row.name}", {"failures": row.failures}, now)
    return _locked()


def _locked() -> LoginRefused:
    return LoginRefused(
        LoginFault.LOCKED,
        "This account is locked after 5 failed log-ins. An administrator must release it.",
    )


def is_throttled(address: str, now: Instant) -> bool:
    """Whether too many attempts from this address failed lately."""
    return _throttled(address, now)


def note_attempt(address: str, now: Instant) -> None:
    """One more failed attempt from this address, by whatever way in; inside a transaction."""
    t.Attempt.create(address=address, at=now)


def _throttled(address: str, now: Instant) -> bool:
    failed = t.Attempt.select().where((t.Attempt.address == address) & (t.Attempt.at > now - WINDOW))
    return bool(failed.count() >= ADDRESS_FAILURES)


def _check_strength(name: str, password: str) -> None:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(
            f"A password has {SHORTEST} to {LONGEST} characters. A sentence only you know is a good one."
        )
    if len(set(password)) < 5:
        raise Refused("This password repeats too few characters. A sentence only you know is a good one.")
    if name and password.lower().replace(name, "") == "":
        raise Refused("A password is more than the account's name repeated.")


def _existing(name: str) -> t.Account:
    row: t.Account | None = t.Account.get_or_none(t.Account.name == name.strip().lower())
    if row is None:
        raise Refused(f"There is no account {name!r}. The accounts page lists those there are.")
    return row


def _view(row: t.Account) -> AccountView:
    return AccountView(
        row.id, row.name, Role(row.role), row.created_at, row.disabled_at, row.locked_at, row.seen_at
    )


@cache
def _absent_hash() -> str:
    return generate_password_hash("nobody has this account")
