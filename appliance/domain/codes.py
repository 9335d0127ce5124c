"""A feed's own codes in the policy's words: `[codes.FEED.FIELD]`, a feed's table before that of "all"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from appliance.domain.policy import Policy
from appliance.domain.records import IncidentRecord

EVERY_FEED = "all"

_MOST_POLICIES = 8

_tables: dict[int, tuple[Policy, dict[str, dict[str, dict[str, str]]]]] = {}
"""By the identity of the policy, which is kept beside it so that no other can take its place."""


def translated(record: IncidentRecord, policy: Policy) -> IncidentRecord:
    """The record as the rules read it; the very same object where no code of it is listed.

    What is compared has no case and no outer or doubled spaces. A translation never hides anything from the
    never-list, which looks at both.
    """
    if not policy.codes:
        return record
    changes: dict[str, Any] = {
        name: words[plain]
        for name, words in _of_feed(policy, record.feed).items()
        if (plain := _plain(getattr(record, name))) in words
    }
    return replace(record, **changes) if changes else record


def _of_feed(policy: Policy, feed: str) -> Mapping[str, Mapping[str, str]]:
    kept, by_feed = _tables.get(id(policy), (None, {}))
    if kept is not policy:
        by_feed = {}
        if len(_tables) >= _MOST_POLICIES:
            _tables.clear()
        _tables[id(policy)] = (policy, by_feed)
    if feed not in by_feed:
        tables: dict[str, dict[str, str]] = {}
        for owner in (EVERY_FEED, feed):
            for name, words in policy.codes.get(owner, {}).items():
                tables.setdefault(name, {}).update({_plain(raw): word for raw, word in words.items()})
        by_feed[feed] = tables
    return by_feed[feed]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
