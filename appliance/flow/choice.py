"""What one claim may take: the SIM's budget, and on a box with several which text is this one's to send."""

from __future__ import annotations

from functools import cached_property

from appliance.clock import Instant
from appliance.config import ModemConfig
from appliance.domain import budget, choosing
from appliance.domain.budget import Limits, Used
from appliance.domain.choosing import Gap, SimState
from appliance.domain.policy import Policy
from appliance.domain.records import Lane
from appliance.flow.sending import Sender
from appliance.store import pairings, parts, queue, sims, surveys
from appliance.store.outbox import Outgoing
from appliance.store.pairings import Pairing
from appliance.store.queue import Elsewhere, Wanted

UNLIMITED = 1_000_000
"""The room of a SIM without a daily limit, so that what it has sent still counts."""


def limits(modem: ModemConfig, policy: Policy) -> Limits:
    """What the SIM in this modem may send."""
    return budget.limits(policy.limits, modem.max_per_minute, modem.max_per_day)


class Choice:
    """One round of one SIM: what is asked of the database is asked once, and only where it matters."""

    def __init__(self, sender: Sender, policy: Policy, now: Instant) -> None:
        self._sender = sender
        self._policy = policy
        self._now = now
        self._limits = limits(sender.modem, policy)

    def wanted(self, limit: int, *, is_stopped: bool = False) -> Wanted:
        """What to look for in the queue."""
        is_full = bool(self._limits.recipients_per_day) and budget.is_full_of_numbers(
            self._limits, self._used
        )
        return Wanted(
            sim=self._sender.sim,
            now=self._now,
            limit=limit,
            is_stopped=is_stopped,
            is_full_of_numbers=is_full,
            elsewhere=tuple(self._elsewhere(state) for state in self._others),
        )

    def free_at(self, message: Outgoing) -> Instant:
        """When the SIM's budget has room for this text."""
        if self._limits.is_none:
            return self._now
        size = len(parts.states(message.id))
        is_known = budget.is_full_of_numbers(self._limits, self._used) and sims.has_texted(
            self._sender.sim, message.number_id, self._now
        )
        return budget.free_at(self._limits, self._used, message.lane, size, self._now, is_known=is_known)

    def is_ours(self, message: Outgoing) -> bool:
        """Whether this SIM sends the text, and no other.

        The parts of a long text belong to the SIM its first one left by: their reference is that SIM's.
        """
        own = self._sender.sim
        if message.sim not in (None, own) and parts.begun_at(message.id) is not None:
            return False
        if message.home == own or not self._others:
            return True
        waited = self._now - message.due_at
        return choosing.takes(self._own, self._in_order, message.lane, waited)

    def settles(self, message: Outgoing) -> bool:
        """Whether the number knows us by this SIM from this text on.

        An answer that went by another SIM moves nothing by itself, and a notice draws no open survey after
        it: the next question comes from the number that asked the first.
        """
        if message.home == self._sender.sim:
            return message.was_refused
        if message.lane is Lane.INVITATION or all(state.sim != message.home for state in self._others):
            return True
        return message.lane is Lane.NOTICE and surveys.open_for(message.number_id) is None

    def look_again(self, message: Outgoing) -> Instant:
        """When a text that is free to leave and was not taken may be."""
        hesitates = self._others and message.home != self._sender.sim
        return message.due_at + choosing.HESITATION if hesitates else self._now

    @cached_property
    def _used(self) -> Used:
        return sims.use(self._sender.sim, self._now)

    def _elsewhere(self, state: SimState) -> Elsewhere:
        return Elsewhere(
            sim=state.sim,
            answers=choosing.may_move(state, Lane.CONFIRMATION, "", self._now),
            others=choosing.may_move(state, Lane.NOTICE, "", self._now),
            alerts=choosing.may_move(state, Lane.CONFIRMATION, choosing.MOVES_AT_ONCE[0], self._now),
        )

    @cached_property
    def _own(self) -> SimState:
        return self._state(self._sender.modem, self._sender.sim, None)

    @cached_property
    def _in_order(self) -> tuple[SimState, ...]:
        """This SIM and the others in the order of the config."""
        states = {state.sim: state for state in (*self._others, self._own)}
        names = {pairing.name: pairing.sim for pairing in pairings.listed()}
        order = {names.get(modem.name): place for place, modem in enumerate(self._sender.config.modem)}
        return tuple(sorted(states.values(), key=lambda state: order.get(state.sim, len(order))))

    @cached_property
    def _others(self) -> tuple[SimState, ...]:
        """The other SIMs of this box, each by the modem it belongs to; one that belongs to none is gone."""
        if len(self._sender.config.modem) < 2:
            return ()
        known = {pairing.name: pairing for pairing in pairings.listed()}
        unable = self._sender.unable()
        return tuple(
            self._state(modem, found.sim, self._absence(found, unable.get(modem.name)))
            for modem in self._sender.config.modem
            if (found := known.get(modem.name)) is not None and found.sim != self._sender.sim
        )

    def _absence(self, pairing: Pairing, unable_since: Instant | None) -> Gap | None:
        if unable_since is not None:
            return Gap(unable_since)
        if not pairing.is_confirmed:
            return Gap(pairing.seen_at)
        pause = sims.pause_of(pairing.sim, self._now)
        if pause is None:
            return None
        return Gap(
            pause.since,
            pause.until,
            is_lasting=pause.reason == "account",
            is_brake=pause.reason == "throttled",
        )

    def _state(self, modem: ModemConfig, sim: str, absent: Gap | None) -> SimState:
        allowed = limits(modem, self._policy)
        used = self._used if sim == self._sender.sim else sims.use(sim, self._now)
        free = budget.free_at(allowed, used, Lane.NOTICE, 1, self._now, is_known=True)
        return SimState(
            sim=sim,
            room=(allowed.per_day or UNLIMITED) - used.day,
            absent=absent,
            spent=Gap(self._now, free) if free > self._now else None,
            is_busy=sim != self._sender.sim and sim in self._in_use,
            takes_new_numbers=not budget.is_full_of_numbers(allowed, used),
        )

    @cached_property
    def _in_use(self) -> set[str]:
        return queue.sims_in_use()
