"""REPLY: what the SIM had is kept, filed and read in one commit; only then the SIM's copy may go."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.clock import DAY, HOUR, SECOND, Instant
from appliance.config import Config
from appliance.flow import auto, long_texts, taking
from appliance.flow.long_texts import COMPLETED_WITHIN, PARTIAL_AFTER
from appliance.flow.taking import Sender, Whole
from appliance.store import database, fragments, inbox, outbox
from appliance.store.fragments import NewFragment, Part, PartGroup

KNOWN_FOR = 7 * DAY
"""How long the same bytes are the same text; counted from when they were last read."""

SAME_SECOND = 3 * SECOND
"""How long after one text another may carry the same time stamp: a second, and the way to us."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One PDU from the SIM, decoded as far as it can be; `kind` is "text" or what else it is."""

    sim: str
    pdu: str
    sender: str
    is_alphanumeric: bool
    kind: str
    text: str
    sent_at: Instant | None
    reference: int | None = None
    seq: int | None = None
    total: int | None = None

    @property
    def key(self) -> str:
        """SIM and PDU hash; the time stamp is in the PDU."""
        return f"{self.sim}/{hashlib.sha256(self.pdu.encode()).hexdigest()}"

    @property
    def is_part(self) -> bool:
        """Whether this is one of several parts; senseless counts make it none (TS 23.040 9.2.3.24.1)."""
        if self.reference is None or self.seq is None or self.total is None:
            return False
        return self.total > 1 and 1 <= self.seq <= self.total


def keep(incoming: Incoming, config: Config, now: Instant) -> bool:
    """Stores one PDU and, when its text is whole, all that follows from it. False when it was known."""
    with database.transaction():
        sender = taking.sender_of(incoming.sender, is_alphanumeric=incoming.is_alphanumeric)
        key = _key(incoming, sender, now)
        fragment = _fragment(incoming, sender, key or incoming.key)
        if key is None:
            fragments.count_copy(fragment, now)
            return False
        if fragment.kind == fragments.TEXT and incoming.is_part:
            return _keep_part(fragment, sender, config, now)
        fragment_id = fragments.keep(fragment, now)
        if fragment_id is None:
            return False
        if fragment.kind == fragments.TEXT:
            text, at = long_texts.mended(incoming.text), plausible(incoming.sent_at, now)
            taking.take(Whole(sender, incoming.sim, text, at, (fragment_id,)), config, now)
        elif fragment.kind == "mms_notice" and sender.number_id is not None:
            auto.say(sender.number_id, incoming.sim, f"fragment/{fragment_id}", config, now)
    return True


def join_late(config: Config, now: Instant) -> int:
    """Reads long texts whose rest never came, as far as they go; returns how many."""
    done = 0
    for group in fragments.late_groups(now - PARTIAL_AFTER):
        with database.transaction():
            waiting = [part for part in fragments.parts_of(group, 0) if part.reply_id is None]
            for parts in long_texts.apart(waiting):
                if min(part.read_at for part in parts) < now - PARTIAL_AFTER:
                    taking.take(_whole(parts, group, taking.known_sender(group.sender_key)), config, now)
                    done += 1
    return done


def plausible(sent_at: Instant | None, now: Instant) -> Instant:
    """The network's time where it can be true, else ours: a SIM keeps texts for weeks, not from tomorrow."""
    if sent_at is None or sent_at > now + HOUR or sent_at < now - 60 * DAY:
        return now
    return min(sent_at, now)


def _key(incoming: Incoming, sender: Sender, now: Instant) -> str | None:
    """The key to keep the PDU under; None for one that is known, by its bytes or by all they say."""
    key = incoming.key
    if incoming.sent_at is None and incoming.kind == fragments.TEXT:
        return f"{key}/{now}"  # without a time stamp the same words are the same bytes
    seen_at = fragments.seen_at(key)
    if seen_at is None:
        known_at = _same_words_at(incoming, sender)
        if known_at is None:
            return key
    elif now - seen_at > KNOWN_FOR:
        return f"{key}/{now}"
    else:
        known_at = fragments.taken_at(key) or seen_at
    return f"{key}/{now}" if _is_next_answer(incoming, sender, known_at, now) else None


def _same_words_at(incoming: Incoming, sender: Sender) -> Instant | None:
    """When these very words, stamped with this very second, came in another PDU.

    The network repeats a text it saw no acknowledgement for; the service centre's address or the bit that
    more is waiting may differ then.
    """
    if incoming.sent_at is None or sender.number_id is None or incoming.is_part:
        return None
    if incoming.kind != fragments.TEXT:
        return None
    return inbox.same_text_at(
        sender.number_id, incoming.sim, long_texts.mended(incoming.text), incoming.sent_at
    )


def _is_next_answer(incoming: Incoming, sender: Sender, known_at: Instant, now: Instant) -> bool:
    """Whether a PDU known by its bytes is all the same another text.

    The network stamps whole seconds, so "5" to one question and "5" to the next can be the same bytes. They
    are two texts when we wrote to the number in between, within the second's reach; a network that delivers
    twice does so much later (it waits for its acknowledgement first), and a slot read again is read before
    anything is sent. Where the stamp is no time at all (a centre whose clock stands), any text of ours
    in between tells them apart.
    """
    if incoming.is_part or incoming.sent_at is None or sender.number_id is None:
        return False
    is_time = -HOUR <= now - incoming.sent_at <= KNOWN_FOR
    if is_time and now - known_at > SAME_SECOND:
        return False
    return outbox.left_since(sender.number_id, known_at)


def _fragment(incoming: Incoming, sender: Sender, key: str) -> NewFragment:
    is_part = incoming.is_part
    return NewFragment(
        sim=incoming.sim,
        key=key,
        pdu=incoming.pdu,
        sender_key=sender.key,
        kind=incoming.kind,
        text=incoming.text,
        sent_at=incoming.sent_at,
        reference=incoming.reference if is_part else None,
        seq=incoming.seq if is_part else None,
        total=incoming.total if is_part else None,
    )


def _keep_part(new: NewFragment, sender: Sender, config: Config, now: Instant) -> bool:
    """One part of a long text: the last of a whole one, the rest of a partial one, or one that waits."""
    assert new.reference is not None
    assert new.seq is not None
    assert new.total is not None
    group = PartGroup(new.sim, new.sender_key, new.reference, new.total)
    known = fragments.parts_of(group, now - COMPLETED_WITHIN)
    part = Part(0, new.sim, new.seq, new.text, new.sent_at, now, None)
    if long_texts.is_copy(part, known):
        fragments.count_copy(new, now)
        return False
    displaced = long_texts.displaced(part, known)
    if displaced:
        taking.take(_whole(displaced, group, sender), config, now)
    home = long_texts.home(part, known)
    fragment_id = fragments.keep(new, now)
    if fragment_id is None:
        return False
    parts = (*home.parts, Part(fragment_id, new.sim, new.seq, new.text, new.sent_at, now, None))
    if home.reply_id is not None:
        taking.complete(home.reply_id, _whole(parts, group, sender), new.text, config, now)
    elif long_texts.is_whole(parts, group.total):
        taking.take(_whole(parts, group, sender), config, now)
    else:
        taking.heed_part(new.text, sender, now)
    return True


def _whole(parts: Sequence[Part], group: PartGroup, sender: Sender) -> Whole:
    first = min(parts, key=lambda part: part.seq)
    return Whole(
        sender,
        group.sim,
        long_texts.joined(parts, group.total),
        plausible(first.sent_at, max(part.read_at for part in parts)),
        tuple(part.id for part in sorted(parts, key=lambda part: part.seq)),
        is_partial=not long_texts.is_whole(parts, group.total),
    )
