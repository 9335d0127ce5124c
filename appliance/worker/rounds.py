"""The rounds with one modem that works: hear first, then send until nothing is left or something is heard.

What the SIM has stored is the truth; an announcement merely wakes the loop. A text is handed over only after
its claim is committed, and the SIM's copy of a reply goes only after ours is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from appliance import clock
from appliance.flow import dispatch, receipts, reception, slots, voice
from appliance.flow.dispatch import Claim, Sender
from appliance.flow.reception import Incoming
from appliance.flow.slots import Place
from appliance.store import database, sims
from appliance.upkeep import self_test
from appliance.worker.chores import Chores
from appliance.worker.handing import HandingJournal
from appliance.worker.incoming import incoming_of, report_of
from modem import pdu
from modem.device import Device
from modem.errors import FailureClass, ModemError, SendRefused, SendUnknown, SetUpLost
from modem.notices import (
    DirectMessage,
    LateAccept,
    NewMessage,
    Notice,
    Report,
    Restarted,
    Ring,
    SimChanged,
    StorageFull,
)
from modem.voice import Ringing

RESCAN_EVERY = 30.0
LOOK_AGAIN_AFTER = 0.5
LOOKS_AGAIN = 2
SETTINGS_EVERY = 600.0
NETWORK_EVERY = 5.0
"""Seconds between two looks for the network while there is none."""

SET_UP_AFTER = 5
"""Failures of a busy SIM in a row after which the modem is set up anew (modems.md c.5)."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the rounds tell the loop they belong to, and ask of it."""

    progressed: Callable[[], None]
    heard_all: Callable[[], None]
    is_stopping: Callable[[], bool]
    failed: Callable[[Mapping[str, object]], None]
    """A text was refused: class, code, sentence and time, for `doctor`."""


class Rounds:
    """One opening of one modem."""

    def __init__(
        self, device: Device, sender: Sender, journal: HandingJournal, chores: Chores, hooks: Hooks
    ) -> None:
        self._device = device
        self._sender = sender
        self._journal = journal
        self._chores = chores
        self._hooks = hooks
        self._slots = slots.Slots(device.name)
        self._ringing = Ringing()
        self._announced: dict[int, int] = {}
        self._rescan_at = 0.0
        self._settings_at = clock.monotonic() + SETTINGS_EVERY
        self._network_at = 0.0
        self.has_network = True
        """As the last look said; without a network nothing is claimed, so that no text uses up its tries."""

    def round(self) -> None:
        """Hears, sends, checks. Raises SetUpLost where the modem must be set up anew, NoReply, PortLost."""
        self._hear()
        if not self.has_network:
            self._look_for_network()
        claimed = self._claim()
        while claimed is not None:
            claimed = self._hand_over(claimed)
            self._hooks.progressed()
            try:
                self._hear()
            except ModemError as error:
                if claimed is not None:
                    dispatch.not_sent(claimed, "modem", str(error), clock.now())
                raise
        self._check()
        if self.has_network:
            self._chores.run()

    def seconds_to_next(self) -> float:
        """How long the loop may sleep: until the next rescan, check or text that becomes due."""
        now = clock.monotonic()
        wait = min(self._rescan_at, self._settings_at) - now
        ringing = self._ringing.seconds_left(now)
        if ringing is not None:
            wait = min(wait, ringing)
        if not self.has_network:
            return max(0.005, min(wait, self._network_at - now))
        wait = min(wait, self._chores.seconds_left())
        due = dispatch.next_look(self._sender, clock.now())
        if due is not None:
            wait = min(wait, (due - clock.now()) / 1000)
        return max(0.005, wait)

    def network_is(self, usable: bool) -> None:
        """What the last look at the network said."""
        if usable and not self.has_network:
            with database.transaction():
                sims.end_pause(self._sender.sim, "temporary")
        self.has_network = usable
        self._network_at = clock.monotonic() + NETWORK_EVERY

    def _look_for_network(self) -> None:
        if clock.monotonic() >= self._network_at:
            self.network_is(self._device.can_send())

    def _claim(self) -> Claim | None:
        return dispatch.claim(self._sender, clock.now()) if self.has_network else None

    # ---- hearing ---------------------------------------------------------------------------------

    def _hear(self) -> None:
        self._answer(self.take_in())
        if clock.monotonic() >= self._rescan_at:
            self._expect(self._drain())
        call = self._ringing.take(clock.monotonic())
        if call is not None:
            if call.is_new:
                voice.rang(call.number, self._sender.sim, self._sender.config, clock.now())
            self._device.hang_up()

    def take_in(self) -> list[Notice]:
        """Keeps what the modem has said, all of it, before it is told anything: that may fail."""
        notices = self._device.notices()
        for notice in notices:
            if isinstance(notice, (Report, DirectMessage)):
                self._keep(notice.pdu)
            elif isinstance(notice, LateAccept):
                receipts.late_accept(self._sender.sim, notice.reference, clock.now())
            elif isinstance(notice, Ring):
                self._ringing.hear(notice.number, clock.monotonic())
        return notices

    def _answer(self, notices: list[Notice]) -> None:
        for notice in notices:
            if isinstance(notice, NewMessage):
                self._announced[notice.slot] = LOOKS_AGAIN
                self._rescan_at = 0.0
            elif isinstance(notice, StorageFull):
                self._rescan_at = 0.0
            elif isinstance(notice, (Report, DirectMessage)):
                self._device.acknowledge(notice)
                if isinstance(notice, Report) and notice.stored is not None:
                    self._device.delete(notice.stored)
            elif isinstance(notice, SimChanged) and not notice.is_present:
                raise SetUpLost("The SIM was taken out; setting the modem up again.")
            elif isinstance(notice, (Restarted, SimChanged)):
                self._settings_at = 0.0

    def _expect(self, read: frozenset[int]) -> None:
        """When to look next: soon where a text was announced in a slot that was not listed yet.

        A Huawei announces a text half a second before it can be read (modems.md b55).
        """
        self._announced = {
            slot: looks - 1 for slot, looks in self._announced.items() if looks and slot not in read
        }
        self._rescan_at = clock.monotonic() + (LOOK_AGAIN_AFTER if self._announced else RESCAN_EVERY)

    def _drain(self) -> frozenset[int]:
        """Everything the SIM has stored: kept first, then that slot goes. Returns the slots read."""
        stuck: list[Place] = []
        read: set[int] = set()
        for message in self._device.stored():
            read.add(message.slot)
            place = Place(message.storage, message.slot, message.pdu)
            if not self._slots.is_kept(place, clock.now()):
                self._keep(message.pdu)
                self._slots.kept(place, clock.now())
            if not self._device.delete(message):
                stuck.append(place)
        for place in self._slots.settle(stuck, clock.now()):
            log.warning("modem %s: slot %d cannot be emptied", self._device.name, place.slot)
        self._hooks.heard_all()
        return frozenset(read)

    def _keep(self, raw: str) -> None:
        decoded = pdu.decode(raw)
        report = report_of(decoded, self._sender.sim)
        if report is not None:
            receipts.apply(report, clock.now())
        else:
            incoming = incoming_of(decoded, raw, self._sender.sim)
            if not self._is_self_test(incoming):
                reception.keep(incoming, self._sender.config, clock.now())

    def _is_self_test(self, incoming: Incoming) -> bool:
        line = self._chores.line() if incoming.kind == "text" else None
        return line is not None and self_test.arrived(line, incoming.sender, incoming.text, clock.now())

    def _check(self) -> None:
        now = clock.monotonic()
        if now >= self._settings_at:
            self._settings_at = now + SETTINGS_EVERY
            if not self._device.check_settings():
                raise SetUpLost("The modem forgot its settings (it restarted); setting it up again.")

    # ---- sending ---------------------------------------------------------------------------------

    def _hand_over(self, claimed: Claim) -> Claim | None:
        """Sends the parts of one text; the commit that ends it claims the next."""
        total = max(claimed.parts)
        texts = pdu.encode_submit(
            claimed.e164,
            claimed.text,
            reference=claimed.reference,
            validity_seconds=claimed.validity_seconds,
            report=True,
        )
        for seq in claimed.parts:
            part = texts[seq - 1]
            try:
                reference = self._device.send_part(
                    part.hex,
                    part.length,
                    before_ctrl_z=partial(self._journal.arm, claimed.message_id, seq),
                    more=seq < total,
                )
            except SendUnknown as error:
                dispatch.lost_sight(claimed, seq, str(error), clock.now())
                return None if self._device.lost else self._claim()
            except SendRefused as error:
                return self._refused(claimed, error)
            except ModemError as error:
                dispatch.not_sent(claimed, "modem", str(error), clock.now())
                raise
            if seq < total and not dispatch.part_sent(claimed, seq, reference, clock.now()):
                return self._claim()
        return dispatch.finish_and_claim(
            self._sender, claimed, total, reference, clock.now(), go_on=not self._hooks.is_stopping()
        )

    def _refused(self, claimed: Claim, error: SendRefused) -> Claim | None:
        """It certainly did not leave: what the modem needs before anything else is tried."""
        now = clock.now()
        told = {"class": error.failure.value, "code": error.code, "sentence": str(error), "at": now}
        self._hooks.failed(told)
        outcome = dispatch.not_sent(claimed, error.failure.value, str(error), now)
        if error.failure is FailureClass.MEMORY:
            self._rescan_at = 0.0
        elif error.failure is FailureClass.CONFIGURATION:
            if not (error.code == NO_CENTRE and self._device.restore_centre()):
                raise SetUpLost(f"{error} Setting the modem up again.")
        elif error.failure is FailureClass.BUSY and outcome.setbacks == SET_UP_AFTER:
            raise SetUpLost("The SIM stays busy; setting the modem up again.")
        elif error.code == NO_SERVICE:
            self.network_is(self._device.can_send())
        return self._claim()


NO_CENTRE = 330
NO_SERVICE = 331
