"""One-time codes on printed cards: who texts one starts a survey. Only their keyed hashes are kept."""

from __future__ import annotations

import secrets

from appliance.clock import Instant
from appliance.store import numbers
from appliance.store.models import Card

DIGITS = 6
FEED = "card"
"""Stands in the place of a feed for calls that a card made; no [[feed]] may have this name."""

_NEVER = ("911", "988")
"""A code must not look as if it called somebody."""


def make(count: int, by: str, valid_for: int, now: Instant) -> list[str]:
    """So many new codes, good until `now + valid_for` (milliseconds); they are told once, here."""
    made: list[str] = []
    while len(made) < count:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        if code[0] == "0" or len(set(code)) < 3 or any(never in code for never in _NEVER):
            continue
        if Card.select().where(Card.key == _key(code)).exists():
            continue
        Card.create(key=_key(code), made_at=now, made_by=by, expires_at=now + valid_for)
        made.append(code)
    return made


def find(code: str, now: Instant) -> int | None:
    """The card with this code that nobody has used and that is still good."""
    unused = (Card.key == _key(code)) & Card.used_at.is_null() & (Card.expires_at > now)
    row = Card.select(Card.id).where(unused).first()
    return None if row is None else int(row.id)


def use(card_id: int, conversation_id: int, now: Instant) -> None:
    """Used once, for this conversation."""
    Card.update(used_at=now, conversation=conversation_id).where(Card.id == card_id).execute()


def count_unused(now: Instant) -> int:
    """How many cards can still be used."""
    return int(Card.select().where(Card.used_at.is_null() & (Card.expires_at > now)).count())


def _key(code: str) -> str:
    return numbers.digest(f"card {code}")
