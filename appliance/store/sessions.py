"""Who is logged in: decided here and not in the cookie, so that logging out and disabling hold at once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from appliance.clock import HOUR, MINUTE, Instant
from appliance.store import models as t

IDLE = 30 * MINUTE
"""Without a page asked for by a person for this long, the session is over (CJIS AC-11)."""

ABSOLUTE = 12 * HOUR
"""However busy, a session is over after this long: one shift."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that stands: whose it is and what the account may do."""

    account_id: int
    name: str
    role: str
    since: Instant


def begin(account_id: int, address: str, now: Instant) -> str:
    """Begins a session; returns its token (256 random bits), of which only the hash is kept."""
    _sweep(now)
    token = secrets.token_urlsafe(32)
    t.Session.create(token=_hash(token), account=account_id, address=address, created_at=now, seen_at=now)
    return token


def check(token: str, now: Instant) -> SignedIn | None:
    """The session of this token, if it stands. Reads only: polls come here and do not renew it."""
    row = (
        t.Session.select(t.Session, t.Account).join(t.Account).where(t.Session.token == _hash(token)).first()
    )
    if row is None or not _stands(row, now) or row.account.disabled_at is not None:
        return None
    return SignedIn(row.account.id, row.account.name, row.account.role, row.created_at)


def renew(token: str, now: Instant) -> None:
    """A person asked for a page: the idle time starts again."""
    t.Session.update(seen_at=now).where(t.Session.token == _hash(token)).execute()


def end(token: str) -> None:
    """Ends one session."""
    t.Session.delete().where(t.Session.token == _hash(token)).execute()


def end_all(account_id: int, keep: str | None = None) -> int:
    """Ends every session of an account, save that of the token `keep`; says how many."""
    condition = t.Session.account == account_id
    if keep is not None:
        condition &= t.Session.token != _hash(keep)
    return int(t.Session.delete().where(condition).execute())


def _sweep(now: Instant) -> None:
    over = (t.Session.seen_at <= now - IDLE) | (t.Session.created_at <= now - ABSOLUTE)
    t.Session.delete().where(over).execute()


def _stands(row: t.Session, now: Instant) -> bool:
    return bool(now - row.seen_at < IDLE and now - row.created_at < ABSOLUTE)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
