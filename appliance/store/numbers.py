"""Telephone numbers live here and nowhere else; everything else refers to the id.

The keyed hash lets the box recognise a number whose clear form was purged or never written. The key
lies in a 0600 file outside database and backup: without it a stolen backup tells no number.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from appliance.clock import Instant
from appliance.errors import ApplianceError
from appliance.store import database, switches
from appliance.store.fragments import FILED
from appliance.store.models import Caller, Fragment, Incident, Message, Number, Reply
from appliance.store.prepared import Prepared, bound

KEY_BYTES = 32

_OF_DIGEST = Prepared(Number.select().where(Number.digest == bound("digest")).limit(1))

_CLEAR = Prepared(
    Number.select(Number.id).where((Number.id == bound("number_id")) & Number.e164.is_null(False)).limit(1)
)

_key: list[bytes] = []


def make_key(path: Path) -> bool:
    """Makes the key file if it is not there; says whether it did. Never replaces one."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return True


def use_key(path: Path) -> None:
    """Reads the key for this process. Raises ApplianceError when it is missing or damaged."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise ApplianceError(
            f"{path}: the key of the number table cannot be read ({error.strerror}). "
            "Restore it from where it was put aside; `aftercall init` makes one for a new box only."
        ) from error
    if len(key) != KEY_BYTES:
        raise ApplianceError(
            f"{path}: is not the key of the number table. Restore it from where it was put aside."
        )
    _key[:] = [key]


def adopt_key(path: Path, now: Instant) -> bool:
    """Makes the key of a new box, takes only its own key on an old one; says whether it made one.

    A database that holds numbers gets no new key: it would know nobody any more who wrote STOP.
    """
    if not path.exists() and Number.select().exists():
        raise ApplianceError(
            f"{path}: the key of the number table is missing, and the database holds numbers under it. "
            "Restore it from where it was put aside: with a new key nobody who wrote STOP would be known."
        )
    made = make_key(path)
    use_key(path)
    with database.transaction():
        switches.secret(_PRINT, _print(), now)
    check_key(path)
    return made


def check_key(path: Path) -> None:
    """Raises ApplianceError when the loaded key is not the one this database was made with."""
    kept = switches.kept_secret(_PRINT)
    if kept is not None and not hmac.compare_digest(kept, _print()):
        raise ApplianceError(
            f"{path}: is not the key this database was made with, so nobody who wrote STOP would be known. "
            "Restore the key that belongs to this database from where it was put aside."
        )


_PRINT = "number_key"


def _print() -> str:
    """Tells one key from another, and nothing else of it."""
    return digest("the key of the number table")


def digest(e164: str) -> str:
    """The keyed hash of a number (or of a record that holds one): pseudonymous, never anonymous."""
    if not _key:
        raise ApplianceError("The key of the number table was not loaded.")
    return hmac.new(_key[0], e164.encode(), hashlib.sha256).hexdigest()


def remember(e164: str) -> int:
    """The id of the number, with its clear form on disk: for numbers we may text or that texted us."""
    keyed_hash = digest(e164)
    row = _OF_DIGEST.first(digest=keyed_hash)
    if row is None:
        row, _made = Number.get_or_create(digest=keyed_hash, defaults={"e164": e164})
    if row.e164 is None:
        Number.update(e164=e164).where(Number.id == row.id).execute()
    return int(row.id)


def remember_hash(e164: str) -> int:
    """The id of the number without its clear form: for callers on a never-list call."""
    keyed_hash = digest(e164)
    row = _OF_DIGEST.first(digest=keyed_hash)
    if row is None:
        row, _made = Number.get_or_create(digest=keyed_hash)
    return int(row.id)


def forget_unused(number_id: int) -> None:
    """Empties a number whose calls are all locked, unless we wrote to it or it wrote to us.

    A caller on a never-list call stands on disk as a keyed hash alone, also when the type was changed later.
    """
    open_calls = (
        Caller.select(Caller.id)
        .join(Incident)
        .where((Caller.number == number_id) & Incident.locked.is_null())
    )
    digest_of = Number.select(Number.digest).where(Number.id == number_id)
    used = (
        open_calls,
        # A call or a picture that is listed for a person to call back.
        Fragment.select(Fragment.id).where(Fragment.sender_key.in_(digest_of) & Fragment.kind.in_(FILED)),
        Message.select(Message.id).where(Message.number == number_id),
        Reply.select(Reply.id).where(Reply.number == number_id),
    )
    if not any(query.exists() for query in used):
        Number.update(e164=None).where(Number.id == number_id).execute()


def is_clear(number_id: int) -> bool:
    """Whether the number itself is on disk, and not its hash alone."""
    return _CLEAR.exists(number_id=number_id)


def find(e164: str) -> int | None:
    """The id of a number the box has met, or None."""
    return find_digest(digest(e164))


def clear_form(number_id: int) -> str | None:
    """The number itself, or None when it was purged or never written."""
    row = Number.get_or_none(Number.id == number_id)
    return None if row is None else row.e164


def find_digest(keyed_hash: str) -> int | None:
    """The id of a number by its keyed hash, or None."""
    row = _OF_DIGEST.first(digest=keyed_hash)
    return None if row is None else int(row.id)
