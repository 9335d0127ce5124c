"""One thread a modem: hear, send, record. The only place that holds the device.

What the SIM has stored is the truth; an announcement merely wakes the loop. A text is handed over only after
its claim is committed, and the SIM's copy of a reply goes only after ours is.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from appliance import clock
from appliance.config import Config, ModemConfig
from appliance.flow import dispatch, receipts, reception
from appliance.flow.dispatch import Claim, Sender
from appliance.store import database, sims
from appliance.worker.handing import HandingJournal
from appliance.worker.incoming import incoming_of, report_of
from appliance.worker.modem_signs import ModemSigns
from modem import pdu
from modem.device import Device, Identity
from modem.errors import ModemError, NotReady, PortLost, PortMissing, SendRefused, SendUnknown
from modem.notices import (
    DirectMessage,
    LateAccept,
    NewMessage,
    Notice,
    Report,
    Restarted,
    StorageFull,
)
from modem.stream import ByteStream

RESCAN_EVERY = 30.0
HEALTH_EVERY = 30.0
SETTINGS_EVERY = 600.0
REOPEN_AFTER = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between two tries to open the port; the last repeats without limit."""

log = logging.getLogger(__name__)

OpenPort = Callable[[str], ByteStream]


class StoreMemory:
    """What the modem package must remember, kept in the database."""

    def pin_was_tried(self, iccid: str, fingerprint: str) -> bool:
        """Whether this very PIN was ever refused by this SIM."""
        return sims.pin_was_tried(iccid, fingerprint)

    def remember_pin(self, iccid: str, fingerprint: str) -> None:
        """Committed before the try, so that no restart tries again."""
        with database.transaction():
            sims.remember_pin(iccid, fingerprint, clock.now())


class ModemLoop:
    """One modem, from the first sight of its port to the last; `progress` is its last sign of life."""

    def __init__(
        self, config: Config, modem: ModemConfig, stop: threading.Event, open_port: OpenPort
    ) -> None:
        self._config = config
        self._modem = modem
        self._stop = stop
        self._open_port = open_port
        self._device: Device | None = None
        self._woken = threading.Event()
        self._journal = HandingJournal(config.data_dir / f"handing.{modem.name}")
        self.signs = ModemSigns(modem.name)
        self.progress = clock.monotonic()
        self.failure: BaseException | None = None
        self.own_number: str | None = None
        self.has_heard = False
        """Whether everything the SIM had stored has been read since the port was opened."""
        self.thread = threading.Thread(target=self._run, name=f"modem:{modem.name}", daemon=True)

    @property
    def name(self) -> str:
        """The modem's name in the config."""
        return self._modem.name

    @property
    def stopping(self) -> bool:
        """Whether the worker is being stopped: then nothing more is claimed."""
        return self._stop.is_set()

    def wake(self) -> None:
        """Something may be there to send; safe from any thread, and not heard by the loop itself."""
        if threading.current_thread() is self.thread:
            return
        self._woken.set()
        device = self._device
        if device is not None:
            device.wake()

    def _run(self) -> None:
        try:
            with database.connection():
                dispatch.recover(self._modem.name, self._journal.certainly_not_sent, clock.now())
                self._journal.begin()
                failures = 0
                while not self._stop.is_set():
                    failures = self._one_life(failures)
                self.signs.say("absent", "The worker is stopped.", clock.now())
        except BaseException as error:
            self.failure = error
            raise
        finally:
            self._journal.close()

    def _one_life(self, failures: int) -> int:
        """Opens the port, works until it is lost, waits before the next try; returns failures in a row."""
        self.progress = clock.monotonic()
        try:
            stream = self._open_port(self._modem.port)
        except ModemError as error:
            state = "absent" if isinstance(error, PortMissing) else "recovering"
            self.signs.say(state, str(error), clock.now())
            self._rest(failures)
            return failures + 1
        device = self._device_on(stream)
        try:
            self.signs.say("starting", "The modem is being set up.", clock.now())
            identity = device.bring_up()
            failures = 0
            self._work(device, identity)
        except NotReady as error:
            self.signs.say("parked", str(error), clock.now())
            failures = max(failures, 3)
        except ModemError as error:
            log.warning("modem %s: %s", self._modem.name, error)
            self.signs.say("recovering", str(error), clock.now())
        finally:
            self.has_heard = False
            self._device = None
            device.close()
        if not self._stop.is_set():
            self._rest(failures)
        return failures + 1

    def _device_on(self, stream: ByteStream) -> Device:
        return Device(
            self._modem.name,
            stream,
            profile=self._modem.profile,
            memory=StoreMemory(),
            pin=_pin(self._modem.sim_pin_file),
            allow_roaming=self._modem.allow_roaming,
            monotonic=clock.monotonic,
        )

    def _rest(self, failures: int) -> None:
        """Waits before the next try: seconds at most half a minute, without limit of tries."""
        self._woken.clear()
        self._stop.wait(REOPEN_AFTER[min(failures, len(REOPEN_AFTER) - 1)])

    def _work(self, device: Device, identity: Identity) -> None:
        self._device = device
        self.own_number = identity.own_number
        now = clock.now()
        with database.transaction():
            sims.meet(identity.sim, now)
        sender = Sender(self._config, self._modem, identity.sim)
        self.signs.ready(device.health(), identity.sim, now)
        work = _Work(self, device, sender, self._journal)
        while not self._stop.is_set():
            self.progress = clock.monotonic()
            self._woken.clear()
            work.round()
            if device.lost:
                raise PortLost("The modem is gone; waiting for it to come back.")
            if not self._woken.is_set() and not self._stop.is_set():
                device.wait(work.seconds_to_next())


class _Work:
    """The rounds with one device that is ready."""

    def __init__(self, loop: ModemLoop, device: Device, sender: Sender, journal: HandingJournal) -> None:
        self._loop = loop
        self._device = device
        self._sender = sender
        self._journal = journal
        self._stuck: set[tuple[str, int, str]] = set()
        self._rescan_at = 0.0
        self._health_at = clock.monotonic() + HEALTH_EVERY
        self._settings_at = clock.monotonic() + SETTINGS_EVERY

    def round(self) -> None:
        """Hears first, then sends until there is nothing to send or something to hear."""
        self._hear()
        claimed = dispatch.claim(self._sender, clock.now())
        while claimed is not None:
            claimed = self._hand_over(claimed)
            self._loop.progress = clock.monotonic()
            self._hear()
        self._check()

    def seconds_to_next(self) -> float:
        """How long the loop may sleep: until the next rescan, check or text that becomes due."""
        now = clock.monotonic()
        wait = min(self._rescan_at, self._health_at, self._settings_at) - now
        due = dispatch.next_look(self._sender, clock.now())
        if due is not None:
            wait = min(wait, (due - clock.now()) / 1000)
        return max(0.005, wait)

    def _hear(self) -> None:
        for notice in self._device.notices():
            self._heed(notice)
        if clock.monotonic() >= self._rescan_at:
            self._rescan_at = clock.monotonic() + RESCAN_EVERY
            self._drain()

    def _heed(self, notice: Notice) -> None:
        if isinstance(notice, (NewMessage, StorageFull)):
            self._rescan_at = 0.0
        elif isinstance(notice, Report):
            self._keep(notice.pdu)
            self._device.acknowledge(notice)
            if notice.stored is not None:
                self._device.delete(notice.stored)
        elif isinstance(notice, DirectMessage):
            self._keep(notice.pdu)
            self._device.acknowledge(notice)
        elif isinstance(notice, LateAccept):
            receipts.late_accept(self._sender.sim, notice.reference, clock.now())
        elif isinstance(notice, Restarted):
            self._settings_at = 0.0

    def _drain(self) -> None:
        """Everything the SIM has stored: kept first, then that slot goes."""
        stuck: set[tuple[str, int, str]] = set()
        for message in self._device.stored():
            # Without its status: a text that stays in its slot is "unread" once, then it is the same text.
            place = (message.storage, message.slot, message.pdu)
            if place not in self._stuck:
                self._keep(message.pdu)
            if not self._device.delete(message):
                if place not in self._stuck:
                    log.warning("%s: slot %d cannot be emptied", self._loop.thread.name, message.slot)
                stuck.add(place)
        self._stuck = stuck
        self._loop.has_heard = True

    def _keep(self, raw: str) -> None:
        decoded = pdu.decode(raw)
        report = report_of(decoded, self._sender.sim)
        if report is not None:
            receipts.apply(report, clock.now())
        else:
            incoming = incoming_of(decoded, raw, self._sender.sim)
            reception.keep(incoming, self._sender.config, clock.now())

    def _check(self) -> None:
        now = clock.monotonic()
        if now >= self._settings_at:
            self._settings_at = now + SETTINGS_EVERY
            if not self._device.check_settings():
                raise PortLost("The modem forgot its settings (it restarted); setting it up again.")
        if now >= self._health_at:
            self._health_at = now + HEALTH_EVERY
            self._loop.signs.ready(self._device.health(), self._sender.sim, clock.now())

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
                )
            except SendUnknown as error:
                dispatch.lost_sight(claimed, seq, str(error), clock.now())
                return None if self._device.lost else dispatch.claim(self._sender, clock.now())
            except SendRefused as error:
                dispatch.not_sent(claimed, error.failure.value, str(error), clock.now())
                return dispatch.claim(self._sender, clock.now())
            except ModemError as error:
                dispatch.not_sent(claimed, "modem", str(error), clock.now())
                raise
            if seq < total:
                dispatch.part_sent(claimed, seq, reference, clock.now())
        return dispatch.finish_and_claim(
            self._sender, claimed, total, reference, clock.now(), go_on=not self._loop.stopping
        )


def _pin(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="ascii").strip() or None
    except OSError as error:
        log.error("%s: the SIM PIN cannot be read: %s", path, error)
        return None
