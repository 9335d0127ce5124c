"""Which parts make up one long text (3GPP TS 23.040 9.2.3.24.1), whatever order, loss or repetition brings.

A reference is all that ties parts together, and a phone uses it again: after 256 long texts, after a restart,
or always. So parts belong together only when the network took them at about the same time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from appliance.clock import DAY, HOUR, MINUTE
from appliance.store.fragments import Part

PARTIAL_AFTER = 15 * MINUTE
"""A long text whose rest has not come by then is read as far as it goes, with the gap marked."""

COMPLETED_WITHIN = 7 * DAY
"""How long the rest of a text is still put in its place."""

ONE_TEXT = HOUR
"""How far apart the network may have stamped two parts of one text. Their delivery may lie days apart; a
phone gives them away within a minute, or gives up."""

GAP = "[part missing]"


@dataclass(frozen=True, slots=True)
class Home:
    """Where a part belongs: `reply_id` of a text already read without it, None for one that waits."""

    reply_id: int | None
    parts: tuple[Part, ...]


def distance(one: Part, other: Part) -> int:
    """Milliseconds between two parts by the network's clock, by ours where one has no time stamp."""
    if one.sent_at is not None and other.sent_at is not None:
        return abs(one.sent_at - other.sent_at)
    return abs(one.read_at - other.read_at)


def is_copy(part: Part, known: Sequence[Part]) -> bool:
    """Whether the network brought this part before, in another PDU."""
    return any(
        other.seq == part.seq and other.text == part.text and distance(other, part) <= ONE_TEXT
        for other in known
    )


def displaced(part: Part, known: Sequence[Part]) -> tuple[Part, ...]:
    """The waiting parts of an earlier text that this one shows to be over: its place is taken there.

    Empty where `part` may belong to them, or to a text that was read without it.
    """
    waiting = _waiting_near(part, known)
    is_taken = any(other.seq == part.seq for other in waiting)
    return waiting if is_taken and home(part, known).reply_id is None else ()


def home(part: Part, known: Sequence[Part]) -> Home:
    """The text a part belongs to: of those that lack it the one stamped nearest, else a new one."""
    waiting = _waiting_near(part, known)
    homes = [Home(None, waiting)] if waiting else []
    tied = sorted(
        (other for other in known if other.reply_id is not None), key=lambda other: other.reply_id or 0
    )
    homes += [Home(reply_id, tuple(parts)) for reply_id, parts in groupby(tied, lambda other: other.reply_id)]
    lacking = [
        each
        for each in homes
        if all(other.seq != part.seq for other in each.parts) and _nearest(part, each) <= ONE_TEXT
    ]
    return min(lacking, key=lambda each: _nearest(part, each), default=Home(None, ()))


def _nearest(part: Part, each: Home) -> int:
    return min(distance(part, other) for other in each.parts)


def _waiting_near(part: Part, known: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(other for other in known if other.reply_id is None and distance(part, other) <= ONE_TEXT)


def apart(waiting: Sequence[Part]) -> list[tuple[Part, ...]]:
    """Waiting parts with the same ties, one tuple a text: what lies further apart was never one."""
    texts: list[list[Part]] = []
    for part in sorted(waiting, key=lambda each: (each.sent_at or each.read_at, each.id)):
        last = texts[-1] if texts else []
        fits = last and distance(last[-1], part) <= ONE_TEXT and all(other.seq != part.seq for other in last)
        if fits:
            last.append(part)
        else:
            texts.append([part])
    return [tuple(text) for text in texts]


def is_whole(parts: Sequence[Part], total: int) -> bool:
    """Whether every part is there."""
    return {part.seq for part in parts} == set(range(1, total + 1))


def joined(parts: Sequence[Part], total: int) -> str:
    """The text in order, each missing part marked."""
    texts: Mapping[int, str] = {part.seq: part.text for part in parts}
    return mended("".join(texts.get(seq, GAP) for seq in range(1, total + 1)))


def mended(text: str) -> str:
    """The text with an emoji that the sender's phone cut in two whole again."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
