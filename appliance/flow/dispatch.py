"""OUT: a queued text is claimed, handed over part by part, and its outcome recorded.

Between two texts on the air lies one commit: it finishes the one and claims the next. The claim asks
every rule again, because a call, a contact or a switch may have changed since the text was queued.
"""

from __future__ import annotations

from collections.abc import Callable

from appliance.clock import SECOND, Instant
from appliance.domain.outgoing import MessageEvent
from appliance.domain.records import Lane, MessageState, PartState, Verdict
from appliance.flow import brakes, objections, setbacks
from appliance.flow.choice import Choice, limits
from appliance.flow.sending import Claim, Sender
from appliance.flow.setbacks import NotSent
from appliance.store import contacts, database, outbox, parts, policies, queue, sims, switches
from appliance.store.outbox import Outgoing
from appliance.store.sims import SimView

__all__ = [
    "Claim",
    "NotSent",
    "Sender",
    "claim",
    "finish_and_claim",
    "limits",
    "lost_sight",
    "may_go_on",
    "next_look",
    "not_sent",
    "part_sent",
    "recover",
]

LOOK_AHEAD = 20
RECHECK = 30 * SECOND


def recover(modem: str, certainly_not_sent: Callable[[int, int], bool], now: Instant) -> int:
    """Sorts out what this modem had in hand when its worker stopped; returns how many texts.

    A part goes back to the queue only with proof that Ctrl-Z was never written for it (`certainly_not_sent`
    of message and part); without proof it is `unknown`, and so is its text.
    """
    held = outbox.claimed_by(modem)
    for message in held:
        with database.transaction():
            in_hand = parts.handing(message.id)
            if in_hand and not certainly_not_sent(message.id, in_hand[0]):
                parts.unknown(message.id, in_hand[0], now)
                outbox.apply(message.id, MessageEvent.LOST_SIGHT, now, error="stopped while sending")
                _may_have_arrived(message, now)
            elif all(state is PartState.SENT for state in parts.states(message.id)):
                outbox.apply(message.id, MessageEvent.ACCEPTED, now)
                _may_have_arrived(message, now)
            else:
                parts.back(message.id)
                outbox.apply(message.id, MessageEvent.PUT_BACK, now)
    return len(held)


def claim(sender: Sender, now: Instant) -> Claim | None:
    """The next text for this modem, marked `handing`, in a commit of its own."""
    if not queue.any_due(now):
        return None
    with database.transaction(leaves_work=False):
        return _claim(sender, now)


def part_sent(claimed: Claim, seq: int, reference: int, now: Instant) -> bool:
    """One part of a longer text was taken by the network; whether the next may follow it.

    The same commit asks the rules again. Where one has changed, nothing more of the text may be handed over:
    a STOP or a lock takes the rest back for good, hold and breaker put it back into the queue.
    """
    with database.transaction(leaves_work=False):
        parts.sent(claimed.message_id, seq, reference, now)
        message = outbox.get(claimed.message_id)
        objection = objections.to_going_on(message, now)
        if objection is None:
            return True
        _begins(claimed, now)
        parts.back(message.id)
        if objection.verdict is Verdict.POSTPONE:
            outbox.apply(message.id, MessageEvent.PUT_BACK, now)
        else:
            objections.heed(message, objection, policies.current(), now)
        return False


def may_go_on(claimed: Claim, now: Instant) -> bool:
    """Whether the next part of a text may be handed over; reads, and records nothing."""
    return objections.to_going_on(outbox.get(claimed.message_id), now) is None


def finish_and_claim(
    sender: Sender, claimed: Claim, seq: int, reference: int, now: Instant, *, go_on: bool
) -> Claim | None:
    """The last part left: one commit ends this text and, unless the worker is stopping, claims the next."""
    with database.transaction(leaves_work=False):
        parts.sent(claimed.message_id, seq, reference, now)
        outbox.apply(claimed.message_id, MessageEvent.ACCEPTED, now)
        _begins(claimed, now)
        if claimed.sim_was_failing:
            setbacks.over(claimed, now)
        return _claim(sender, now) if go_on else None


def lost_sight(claimed: Claim, seq: int, sentence: str, now: Instant) -> None:
    """Ctrl-Z was written and no clear answer came: the text is `unknown`, and is never handed over again."""
    with database.transaction():
        _lose_sight(claimed, seq, sentence, now)


def not_sent(claimed: Claim, failure: str, sentence: str, now: Instant) -> NotSent:
    """The text certainly did not leave; the failure's class says who waits and whether it is tried again.

    `failure` is a class name of the modem package, or "modem" when there was no answer at all.
    """
    with database.transaction():
        if failure == "unknown":
            _lose_sight(claimed, parts.handing(claimed.message_id)[0], sentence, now)
            return NotSent(MessageState.UNKNOWN, 0, None)
        outcome = setbacks.follow(claimed, failure, sentence, now)
        if outcome.state is MessageState.SENT:
            _begins(claimed, now)
        return outcome


def next_look(sender: Sender, now: Instant) -> Instant | None:
    """When a claim may succeed that does not now: a text due later, the end of a pause, a freed budget."""
    later = queue.next_due(now)
    if not queue.any_due(now):
        return later
    soon = _free_at(sender, now)
    soon = now + RECHECK if soon <= now else soon
    return soon if later is None else min(soon, later)


def _free_at(sender: Sender, now: Instant) -> Instant:
    choice = Choice(sender, policies.current().policy, now)
    standing = sims.get(sender.sim, now)
    if standing is not None and standing.pause is not None:
        until = standing.pause.until or now
        urgent_from = setbacks.urgent_from(standing)
        urgent = (
            None if urgent_from is None else next(queue.candidates(choice.wanted(1, is_stopped=True)), None)
        )
        return until if urgent is None or urgent_from is None else min(until, urgent_from)
    waiting = next(queue.candidates(choice.wanted(1)), None)
    if waiting is None:
        return now
    return max(choice.free_at(waiting), choice.look_again(waiting))


def _claim(sender: Sender, now: Instant) -> Claim | None:
    if sender.config.mode != "live":
        return None
    standing = sims.get(sender.sim, now)
    is_paused = standing is not None and standing.pause is not None
    if standing is not None and is_paused and not _may_try(standing, now):
        return None
    policy = policies.current()
    choice = Choice(sender, policy.policy, now)
    is_stopped = is_paused or brakes.is_all_stopped(now)
    for message in queue.candidates(choice.wanted(LOOK_AHEAD, is_stopped=is_stopped)):
        if choice.free_at(message) > now:
            continue
        objection = objections.to_leaving(message, sender.config, policy, now)
        if objection is not None:
            objections.heed(message, objection, policy, now)
            continue
        if not choice.is_ours(message):
            continue
        to_go = outbox.claim(message.id, sender.modem.name, sender.sim, now)
        if to_go and message.e164 is not None:
            return Claim(
                sender=sender,
                message_id=message.id,
                number_id=message.number_id,
                key=message.key,
                e164=message.e164,
                text=message.text,
                parts=to_go,
                reference=_reference(message, sender),
                validity_seconds=max(0, (message.not_after - now) // SECOND),
                attempts=message.attempts + 1,
                invites=message.lane is Lane.INVITATION,
                settles=choice.settles(message),
                sim_was_failing=standing is not None and (standing.rejections + standing.setbacks) > 0,
            )
    return None


def _may_try(standing: SimView, now: Instant) -> bool:
    """Whether a SIM that waits may be tried with a text that leaves whatever happens."""
    urgent_from = setbacks.urgent_from(standing)
    return urgent_from is not None and now >= urgent_from


def _reference(message: Outgoing, sender: Sender) -> int:
    if len(parts.states(message.id)) == 1:
        return 0
    return outbox.concatenation(message.id, lambda: sims.next_reference(sender.sim))


def _lose_sight(claimed: Claim, seq: int, sentence: str, now: Instant) -> None:
    parts.unknown(claimed.message_id, seq, now)
    outbox.apply(claimed.message_id, MessageEvent.LOST_SIGHT, now, error=sentence)
    _begins(claimed, now)


def _begins(claimed: Claim, now: Instant) -> None:
    """What begins when a text leaves, or may have: the cool-down of an invitation, a number's one SIM."""
    if claimed.invites:
        contacts.was_surveyed(claimed.number_id, now)
    if claimed.settles:
        contacts.stick(claimed.number_id, claimed.sender.sim)
    switches.went_live(now)


def _may_have_arrived(message: Outgoing, now: Instant) -> None:
    if message.lane is Lane.INVITATION:
        contacts.was_surveyed(message.number_id, now)
    if message.sim is not None and message.home is None:
        contacts.stick(message.number_id, message.sim)
