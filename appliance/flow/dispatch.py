"""OUT: a queued text is claimed, handed over part by part, and its outcome recorded.

Between two texts on the air lies one commit: it finishes the one and claims the next. The claim asks
every rule again, because a call, a contact or a switch may have changed since the text was queued.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.clock import SECOND, Instant
from appliance.config import Config, ModemConfig
from appliance.domain import budget, eligibility, outgoing
from appliance.domain.outgoing import MessageEvent
from appliance.domain.records import (
    ConversationState,
    Decision,
    Lane,
    MessageState,
    PartState,
    Verdict,
)
from appliance.flow import planning
from appliance.store import (
    contacts,
    database,
    decisions,
    incidents,
    outbox,
    parts,
    policies,
    sims,
    surveys,
    switches,
)
from appliance.store.outbox import Outgoing
from appliance.store.policies import PolicyVersion

LOOK_AHEAD = 20
RECHECK = 30 * SECOND


@dataclass(frozen=True, slots=True)
class Claim:
    """A text this modem has in hand: which parts are still to go, and to whom."""

    message_id: int
    key: str
    e164: str
    text: str
    parts: tuple[int, ...]
    reference: int
    validity_seconds: int
    attempts: int
    invites: int | None
    """The number whose cool-down begins when this text leaves: only an invitation has one."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The modem that asks: its name, its SIM, and what its SIM may send."""

    config: Config
    modem: ModemConfig
    sim: str


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
                _begin_cooldown(_invites(message), now)
            elif all(state is PartState.SENT for state in parts.states(message.id)):
                outbox.apply(message.id, MessageEvent.ACCEPTED, now)
                _begin_cooldown(_invites(message), now)
            else:
                parts.back(message.id)
                outbox.apply(message.id, MessageEvent.PUT_BACK, now)
    return len(held)


def claim(sender: Sender, now: Instant) -> Claim | None:
    """The next text for this modem, marked `handing`, in a commit of its own."""
    if not outbox.candidates(now, 1):
        return None
    with database.transaction(leaves_work=False):
        return _claim(sender, now)


def part_sent(claimed: Claim, seq: int, reference: int, now: Instant) -> None:
    """One part of a longer text was taken by the network; the rest is still to go."""
    with database.transaction(leaves_work=False):
        parts.sent(claimed.message_id, seq, reference, now)


def finish_and_claim(
    sender: Sender, claimed: Claim, seq: int, reference: int, now: Instant, *, go_on: bool
) -> Claim | None:
    """The last part left: one commit ends this text and, unless the worker is stopping, claims the next."""
    with database.transaction(leaves_work=False):
        parts.sent(claimed.message_id, seq, reference, now)
        outbox.apply(claimed.message_id, MessageEvent.ACCEPTED, now)
        _begin_cooldown(claimed.invites, now)
        switches.went_live(now)
        return _claim(sender, now) if go_on else None


def lost_sight(claimed: Claim, seq: int, sentence: str, now: Instant) -> None:
    """Ctrl-Z was written and no clear answer came: the text is `unknown`, and is never handed over again."""
    with database.transaction():
        parts.unknown(claimed.message_id, seq, now)
        outbox.apply(claimed.message_id, MessageEvent.LOST_SIGHT, now, error=sentence)
        _begin_cooldown(claimed.invites, now)
        switches.went_live(now)


def not_sent(claimed: Claim, failure: str, sentence: str, now: Instant) -> MessageState | None:
    """The text certainly did not leave; the failure's class says whether it is tried again."""
    retry = outgoing.after_failure(failure, claimed.attempts)
    with database.transaction():
        event = retry.event
        if event is MessageEvent.ACCEPTED and not parts.known(claimed.message_id, now):
            event = MessageEvent.PUT_BACK
        parts.back(claimed.message_id)
        state = outbox.apply(
            claimed.message_id,
            event,
            now,
            error=sentence,
            due_at=now + retry.wait if retry.wait else None,
        )
        if state is MessageState.SENT:
            _begin_cooldown(claimed.invites, now)
        message = outbox.get(claimed.message_id)
        if state is MessageState.FAILED and message.lane is Lane.INVITATION:
            _close_conversation(message, now)
        return state


def next_look(sender: Sender, now: Instant) -> Instant | None:
    """When a claim may succeed that does not now: a text due later, or a budget that frees up."""
    waiting = outbox.candidates(now, 1)
    later = outbox.next_due(now)
    if not waiting:
        return later
    free = _free_at(sender, waiting[0], policies.current(), now)
    soon = now + RECHECK if free <= now else free
    return soon if later is None else min(soon, later)


def _claim(sender: Sender, now: Instant) -> Claim | None:
    if sender.config.mode != "live":
        return None
    is_stopped = switches.current_hold() is not None or switches.breaker() is not None
    policy = policies.current()
    for message in outbox.candidates(now, LOOK_AHEAD, is_stopped=is_stopped):
        if _free_at(sender, message, policy, now) > now:
            continue
        objection = _objection(message, sender.config, policy, now)
        if objection is not None:
            _act_on(message, objection, policy, now)
            continue
        to_go = outbox.claim(message.id, sender.modem.name, sender.sim, now)
        if to_go and message.e164 is not None:
            return Claim(
                message_id=message.id,
                key=message.key,
                e164=message.e164,
                text=message.text,
                parts=to_go,
                reference=_reference(message, sender),
                validity_seconds=max(0, (message.not_after - now) // SECOND),
                attempts=message.attempts + 1,
                invites=_invites(message),
            )
    return None


def _reference(message: Outgoing, sender: Sender) -> int:
    if len(parts.states(message.id)) == 1:
        return 0
    return outbox.concatenation(message.id, lambda: sims.next_reference(sender.sim))


def _invites(message: Outgoing) -> int | None:
    return message.number_id if message.lane is Lane.INVITATION else None


def _begin_cooldown(number_id: int | None, now: Instant) -> None:
    """An invitation that never left is none; one that may have left is one."""
    if number_id is not None:
        contacts.was_surveyed(number_id, now)


def _free_at(sender: Sender, message: Outgoing, policy: PolicyVersion, now: Instant) -> Instant:
    rules = policy.policy.limits
    limits = budget.Limits(
        per_minute=budget.lower(rules.sim_per_minute, sender.modem.max_per_minute),
        per_hour=rules.sim_per_hour,
        per_day=budget.lower(rules.sim_per_day, sender.modem.max_per_day),
        recipients_per_day=rules.sim_recipients_per_day,
    )
    if limits.is_none:
        return now
    size = len(parts.states(message.id))
    return budget.free_at(limits, sims.use(sender.sim, now), message.lane, size, now)


def _objection(message: Outgoing, config: Config, policy: PolicyVersion, now: Instant) -> Decision | None:
    """Why this queued text must not leave now, if anything has changed since it was queued."""
    if outgoing.is_useless(now, message.not_after):
        return Decision(Verdict.REFUSE, "expired")
    if message.e164 is None:
        return Decision(Verdict.REFUSE, "number_missing")
    if message.lane is Lane.CONFIRMATION:
        return None
    contact = contacts.get(message.number_id)
    if contact.opted_out_at is not None:
        return Decision(Verdict.REFUSE, "wrong_number" if contact.opted_out_by == "wrong" else "opted_out")
    if message.incident_id is not None:
        locked = incidents.get(message.incident_id).incident.locked
        if locked is not None:
            return Decision(Verdict.REFUSE, locked)
    if message.lane is Lane.CONVERSATION:
        if (contact.never_until or 0) > now:
            return Decision(Verdict.REFUSE, "never_history")
        return _conversation_objection(message)
    if message.event_id is None:
        return None
    return _event_objection(message.event_id, config, policy, now)


def _conversation_objection(message: Outgoing) -> Decision | None:
    if message.conversation_id is None:
        return None
    state = surveys.state_of(message.conversation_id)
    alive = (ConversationState.OPEN, ConversationState.COMPLETED)
    return None if state in alive else Decision(Verdict.REFUSE, "conversation_over")


def _event_objection(event_id: int, config: Config, policy: PolicyVersion, now: Instant) -> Decision | None:
    event = decisions.get(event_id)
    facts = planning.gather(event, incidents.get(event.incident_id), config, now)
    decision = eligibility.decide(facts, policy.policy, config.agency.zone, now)
    return None if decision.verdict in (Verdict.SEND, Verdict.SHADOW) else decision


def _act_on(message: Outgoing, objection: Decision, policy: PolicyVersion, now: Instant) -> None:
    """Postponed: the text waits in the queue. Refused: it is taken back, with a line in its call's story."""
    if objection.verdict is Verdict.POSTPONE:
        if objection.not_before is not None:
            outbox.postpone(message.id, planning.slot(objection.not_before))
        return
    event = MessageEvent.RAN_OUT if objection.reason == "expired" else MessageEvent.WITHDRAWN
    outbox.apply(message.id, event, now, error=objection.reason)
    decisions.note(
        message.incident_id,
        message.number_id,
        message.kind,
        objection,
        policy.id,
        now,
        event_id=message.event_id,
    )
    if message.lane is Lane.INVITATION:
        _close_conversation(message, now)


def _close_conversation(message: Outgoing, now: Instant) -> None:
    if message.conversation_id is not None:
        surveys.close_conversation(message.conversation_id, now)
