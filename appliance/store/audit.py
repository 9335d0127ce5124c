"""Who did what, as a chain of hashes: a row that is changed or taken out breaks every digest after it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from appliance.clock import Instant, iso
from appliance.store import models
from appliance.store.models import Audit

CHAIN = "main"
"""One chain a writing box; several workers on one database would each carry their own."""

GENESIS = "0" * 64


def record(
    actor: str, action: str, object: str, details: Mapping[str, str | int | bool | None], now: Instant
) -> None:
    """Appends one row to the chain, inside the transaction of the act it tells of.

    Outside a transaction it raises RuntimeError: no audit, no act, and no act without its audit.
    """
    if not models.database.in_transaction():
        raise RuntimeError("an audit row belongs into the transaction of the act it tells of")
    last = Audit.select(Audit.digest).where(Audit.chain == CHAIN).order_by(Audit.id.desc()).first()
    previous = GENESIS if last is None else last.digest
    actor, action, object = _plain(actor), _plain(action), _plain(object)
    body = _canonical({key: _plain(v) if isinstance(v, str) else v for key, v in details.items()})
    Audit.create(
        chain=CHAIN,
        at=now,
        actor=actor,
        action=action,
        object=object,
        details=body,
        previous=previous,
        digest=_digest(previous, (now, actor, action, object, body)),
    )


def verify() -> int | None:
    """The id of the first row that does not fit the chain, or None when all of it does."""
    previous = GENESIS
    for row in Audit.select().where(Audit.chain == CHAIN).order_by(Audit.id).iterator():
        expected = _digest(previous, (row.at, row.actor, row.action, row.object, row.details))
        if row.previous != previous or row.digest != expected:
            return int(row.id)
        previous = row.digest
    return None


def _digest(previous: str, act: tuple[Instant, str, str, str, str]) -> str:
    at, actor, action, object, details = act
    content = _canonical(
        {
            "chain": CHAIN,
            "at": iso(at),
            "actor": actor,
            "action": action,
            "object": object,
            "details": details,
        }
    )
    return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()


def _canonical(values: Mapping[str, object]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(text: str) -> str:
    """Stored text has no U+0000, and nothing that UTF-8 cannot carry."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
