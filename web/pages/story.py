"""One call's story: what CAD told, what was decided, written and answered, in the order it happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from appliance.clock import Instant
from appliance.store.calls import CallPage, Milestone, Step
from appliance.store.listings import MessageView, ReplyView


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story; the template shows each kind in its own way."""

    at: Instant
    kind: Literal["milestone", "decision", "text", "reply"]
    what: Milestone | Step | MessageView | ReplyView


_ORDER = ("milestone", "decision", "text", "reply")


def told(page: CallPage) -> list[Entry]:
    """The story, oldest first; at the same instant cause comes before effect."""
    entries = [Entry(m.at, "milestone", m) for m in page.milestones]
    entries += [Entry(s.at, "decision", s) for s in page.steps]
    entries += [Entry(m.sent_at or m.queued_at, "text", m) for m in page.messages]
    entries += [Entry(r.received_at, "reply", r) for r in page.replies]
    return sorted(entries, key=lambda entry: (entry.at, _ORDER.index(entry.kind)))
