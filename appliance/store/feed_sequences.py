"""The last number a signed push came with: an older one is a replay, a missing one a lost push."""

from __future__ import annotations

from appliance.clock import Instant
from appliance.store.models import FeedSequence


def last(feed: str) -> int | None:
    """The last number taken, or None before the first."""
    row = FeedSequence.get_or_none(FeedSequence.feed == feed)
    return None if row is None else int(row.sequence)


def take(feed: str, sequence: int, now: Instant) -> None:
    """Remembers a number, inside the caller's transaction; a lower one changes nothing."""
    known = last(feed)
    if known is None or sequence > known:
        FeedSequence.insert(feed=feed, sequence=sequence, at=now).on_conflict_replace().execute()
