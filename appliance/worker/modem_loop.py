"""One thread a modem: open, bring up, work, heal. The only place that holds the device.

What comes next is always the order of its recovery ladder (`modem.supervisor`); what an act raises is the
event the ladder is told.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from appliance import clock
from appliance.config import Config, ModemConfig
from appliance.flow import dispatch, slots
from appliance.flow.dispatch import Sender
from appliance.store import database, equipment, pairings, sims
from appliance.upkeep import tracing
from appliance.worker import meeting
from appliance.worker.chores import Chores
from appliance.worker.handing import HandingJournal
from appliance.worker.modem_memory import StoreMemory
from appliance.worker.modem_signs import ModemSigns
from appliance.worker.recovery import Recovery
from appliance.worker.rounds import Hooks, Rounds
from modem.device import Device, Identity
from modem.errors import ModemError, NoReply, NotReady, PortBusy, PortLost, PortMissing, SetUpLost
from modem.followed import FollowedStream
from modem.network import DENIED, SEARCHING
from modem.pool import Pool
from modem.ports import Finder
from modem.profiles import Profile
from modem.reset import KIND_OF, UsbResets
from modem.rungs import Outcome, Pace, Rung
from modem.stream import ByteStream
from modem.supervisor import Act, Event, Order, State
from modem.trace import TracedStream, Transcript, write_trace

log = logging.getLogger(__name__)

OpenPort = Callable[[str], ByteStream]

_EVENTS: tuple[tuple[type[ModemError], Event], ...] = (
    (PortMissing, Event.MISSING),
    (PortBusy, Event.BUSY),
    (PortLost, Event.LOST),
    (NotReady, Event.NOT_READY),
    (NoReply, Event.MUTE),
    (ModemError, Event.REFUSED),
)
"""What each error means to the ladder; the first that fits."""

_NOWHERE = (SEARCHING, DENIED)
"""Registrations that the ladder does something about; a modem that does not tell may be well."""

_SHOWN = {
    State.ABSENT: "absent",
    State.HELD: "recovering",
    State.STARTING: "starting",
    State.CLIMBING: "recovering",
    State.PARKED: "parked",
}
"""The state on screen while the modem does not work."""


class ModemLoop:
    """One modem, from the first sight of its port to the last; `progress` is its last sign of life."""

    def __init__(
        self,
        config: Config,
        modem: ModemConfig,
        pool: Pool,
        stop: threading.Event,
        open_port: OpenPort,
        on_change: Callable[[], None],
        pace: Pace | None = None,
    ) -> None:
        self._config = config
        self._modem = modem
        self._pool = pool
        self._stop = stop
        self._on_change = on_change
        self._finder = Finder(modem.port, open_path=open_port)
        self._open_port = open_port
        self._enumeration: tuple[int, ...] = ()
        self._recovery = Recovery(modem.name, pace)
        self._usb_resets = UsbResets()
        self._device: Device | None = None
        self._rounds: Rounds | None = None
        self._chores: Chores | None = None
        self._identity: Identity | None = None
        self._profile: Profile | None = None
        self._sim = ""
        self._last_failure: Mapping[str, object] = {}
        self._woken = threading.Event()
        self._journal = HandingJournal(config.data_dir / f"handing.{modem.name}")
        self.transcript = Transcript(clock.monotonic)
        self.signs = ModemSigns(modem.name)
        self.progress = clock.monotonic()
        self.failure: BaseException | None = None
        self.own_number: str | None = modem.number
        self.has_heard = False
        """Whether everything the SIM had stored has been read since the port was opened."""
        self.thread = threading.Thread(target=self._run, name=f"modem:{modem.name}", daemon=True)

    @property
    def name(self) -> str:
        """The modem's name in the config."""
        return self._modem.name

    def export_trace(self) -> None:
        """Writes what went over the wire, if `aftercall modem trace` asks for it; safe from any thread."""
        path = tracing.wanted(self._config.data_dir, self.name)
        if path is None:
            return
        try:
            write_trace(
                self.transcript,
                path,
                f"modem {self.name}; second {clock.monotonic():.3f} was {clock.iso(clock.now())}",
            )
        except OSError as error:
            log.error("%s: the transcript cannot be written: %s", path, error)
        finally:
            tracing.settle(self._config.data_dir, self.name)

    def wake(self) -> None:
        """Something may be there to send; safe from any thread, and not heard by the loop itself."""
        if threading.current_thread() is self.thread:
            return
        self._woken.set()
        device = self._device
        if device is not None:
            device.wake()

    # ---- the loop --------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            with database.connection():
                dispatch.recover(self._modem.name, self._journal.certainly_not_sent, clock.now())
                self._journal.begin()
                self._recall()
                while not self._stop.is_set():
                    self._step()
                self.signs.say("absent", "The worker is stopped.", clock.now())
        except BaseException as error:
            self.failure = error
            raise
        finally:
            self._close()
            self._journal.close()

    def _recall(self) -> None:
        """Where the modem was last, and what its ladder remembers: it may be mute by now."""
        known = pairings.get(self.name)
        if known is None:
            return
        seen = equipment.get(known.imei)
        last_seen = seen.port if seen is not None else ""
        self._finder = Finder(self._modem.port, last_seen=last_seen, open_path=self._open_port)
        self._recovery.recall(known.imei)

    def _step(self) -> None:
        """The next act of the ladder, or work and rest until it is due."""
        self.progress = clock.monotonic()
        order = self._recovery.order()
        left = order.at - clock.monotonic()
        try:
            if left > 0:
                self._work_or_rest(left)
            else:
                self._act(order)
        except ModemError as error:
            self._heed(error, order)

    def _act(self, order: Order) -> None:
        if order.act is Act.LOOK:
            self._look()
        elif order.act is Act.BRING_UP:
            self._bring_up()
        elif order.act is Act.HEARTBEAT:
            self._heartbeat()
        elif order.rung is not None:
            self._climb(order.rung)

    def _work_or_rest(self, left: float) -> None:
        if self._rounds is None or self._device is None or self._recovery.state in _SHOWN:
            self._woken.wait(left)
            self._woken.clear()
            return
        until = clock.monotonic() + left
        while not self._stop.is_set() and clock.monotonic() < until:
            self.progress = clock.monotonic()
            self._woken.clear()
            self._rounds.round()
            if self._device.lost:
                raise PortLost("The modem is gone; waiting for it to come back.")
            if not self._woken.is_set() and not self._stop.is_set():
                self._device.wait(min(self._rounds.seconds_to_next(), until - clock.monotonic()))

    def _heed(self, error: ModemError, order: Order) -> None:
        """What an error means: to the ladder, to the open port, on the screen."""
        event = next(event for kind, event in _EVENTS if isinstance(error, kind))
        is_mute = self._device is not None and self._device.is_mute
        if event is Event.MUTE and order.act is Act.HEARTBEAT and not is_mute:
            event = Event.MISSED
        if self._rounds is not None and self._device is not None and self._device.lost:
            self._rounds.take_in()  # what came before the port went: no modem says it twice
        if event in (Event.LOST, Event.NOT_READY):
            self._close()
        self._recovery.heard(event)
        state = self._recovery.state
        self._stand(False)
        if state in _SHOWN:
            self.signs.say(_SHOWN[state], str(error), clock.now(), told=self._told(error))

    # ---- acts ------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Closes what is open and opens the port anew."""
        self._close()
        stream = self._finder.open()
        followed = FollowedStream(stream, self._finder.name, clock.monotonic)
        self._device = self._device_on(TracedStream(followed, clock.monotonic, self.transcript))
        before, self._enumeration = self._enumeration, _enumeration(self._finder.device)
        is_new = before != self._enumeration
        self._recovery.heard(Event.NEW_PORT if is_new else Event.OPENED)

    def _bring_up(self) -> None:
        device = self._opened_device()
        self._rounds = None
        self.signs.say("starting", "The modem is being set up.", clock.now())
        identity = device.bring_up()
        if not meeting.belongs_here(self.name, identity):
            # One garbled answer must not stop the box until a person comes: a change is seen twice.
            self._progressed()
            identity = device.bring_up()
        self._take_up(device, identity)
        self._recovery.heard(Event.READY)
        self._heartbeat()

    def _heartbeat(self) -> None:
        device, rounds = self._opened_device(), self._rounds
        if rounds is None:
            raise NoReply("The modem was not set up.")
        if not device.is_as_set_up():
            raise SetUpLost("The modem restarted without a word; setting it up again.")
        health = device.health()
        rounds.network_is(health.usable)
        self._recovery.heard(Event.NO_NETWORK if health.registration in _NOWHERE else Event.HEALTHY)
        self._stand(health.usable)
        for memory in {each.name: each for each in health.memories if each.name}.values():
            slots.heed_occupancy(self.name, memory.name, memory.used, memory.total, clock.now())
        pause = sims.pause_of(self._sim, clock.now())
        paused = pause.reason if pause is not None else None
        self.signs.ready(health, clock.now(), told=self._told(None), paused=paused)

    def _climb(self, rung: Rung) -> None:
        if rung is Rung.REOPEN:
            self._recovery.climb(rung, self._reopen)
            return
        acts: dict[Rung, Callable[[], Outcome]] = {
            Rung.RESYNC: self._resync,
            Rung.REINIT: self._reinit,
            Rung.RADIO_CYCLE: self._cycle_radio,
            Rung.RESTART: self._restart,
            Rung.USB_AUTHORISE: partial(self._reset_usb, Rung.USB_AUTHORISE),
            Rung.HUB_POWER: partial(self._reset_usb, Rung.HUB_POWER),
            Rung.PERSON: self._call_person,
        }
        self._recovery.climb(rung, acts[rung])

    # ---- rungs -----------------------------------------------------------------------------------

    def _resync(self) -> Outcome:
        self._hearing_device().resynchronise()
        self._heartbeat()
        return Outcome.DONE

    def _reopen(self) -> Outcome:
        self._look()
        return Outcome.DONE

    def _reinit(self) -> Outcome:
        self._hearing_device()
        self._bring_up()
        return Outcome.DONE

    def _cycle_radio(self) -> Outcome:
        if not self._opened_device().cycle_radio():
            return Outcome.NOT_DONE
        self._bring_up()
        return Outcome.DONE

    def _restart(self) -> Outcome:
        if not self._opened_device().restart():
            return Outcome.IMPOSSIBLE
        raise PortLost("The modem was restarted; waiting for it to come back.")

    def _reset_usb(self, rung: Rung) -> Outcome:
        """Asks root for it; afterwards the port comes back as a new one."""
        usb_path = self._finder.usb_path
        if usb_path is None:
            return Outcome.IMPOSSIBLE
        self._close()
        answer = self._usb_resets.carry_out(
            KIND_OF[rung], usb_path, rest=self._rest, monotonic=clock.monotonic
        )
        log.warning("modem %s: %s", self.name, answer.sentence)
        if answer.outcome in (Outcome.DONE, Outcome.UNSURE):
            self._recovery.heard(Event.LOST)
        return answer.outcome

    def _rest(self, seconds: float) -> None:
        self.progress = clock.monotonic()
        self._stop.wait(seconds)

    def _call_person(self) -> Outcome:
        self.signs.call_person(clock.now())
        return Outcome.DONE

    # ---- the device ------------------------------------------------------------------------------

    def _opened_device(self) -> Device:
        if self._device is None:
            self._look()
        if self._device is None:
            raise PortLost("The port is closed.")
        return self._device

    def _hearing_device(self) -> Device:
        """The device, unless it was found out a moment ago that it answers nothing."""
        device = self._opened_device()
        if device.is_mute:
            raise NoReply("The modem does not answer.")
        return device

    def _close(self) -> None:
        device, self._device = self._device, None
        self._rounds = None
        self.has_heard = False
        if device is not None:
            device.close()

    def _device_on(self, stream: ByteStream) -> Device:
        device = Device(
            self._modem.name,
            stream,
            profile=self._modem.profile,
            memory=StoreMemory(),
            pin=_pin(self._modem.sim_pin_file),
            allow_roaming=self._modem.allow_roaming,
            monotonic=clock.monotonic,
        )
        if self._profile is not None:
            device.profile = self._profile  # a mute modem cannot say who it is, and restarts its own way
        return device

    def _take_up(self, device: Device, identity: Identity) -> None:
        """The modem came up: from here on it works."""
        self._finder.met(identity.imei)
        self._recovery.met(identity.imei)
        self._identity, self._profile = identity, device.profile
        self.own_number = self._modem.number or identity.own_number
        meeting.tell_number(self.name, self.own_number, clock.now())
        self._sim = meeting.meet(self.name, device, identity, self._finder.where, clock.now())
        sender = Sender(self._config, self._modem, self._sim, unable=self._unable)
        self._chores = Chores(device, sender, self.own_number)
        hooks = Hooks(self._progressed, self._heard_all, self._stop.is_set, self._failed)
        self._rounds = Rounds(device, sender, self._journal, self._chores, hooks)

    def _stand(self, can_send: bool) -> None:
        """Tells the other modems, which may have to help out."""
        if self._pool.say(self.name, self._sim or None, can_send, clock.now()):
            self._on_change()

    def _unable(self) -> dict[str, int]:
        return {each.name: each.since for each in self._pool.standings() if not each.can_send}

    def _progressed(self) -> None:
        self.progress = clock.monotonic()

    def _failed(self, told: Mapping[str, object]) -> None:
        self._last_failure = told

    def _heard_all(self) -> None:
        self.has_heard = True

    def _told(self, error: ModemError | None) -> dict[str, object]:
        """What the screen and `doctor` are told beside the state; who it was stays known while it is away."""
        told: dict[str, object] = {"port": self._finder.where, **self._recovery.told()}
        if self._last_failure:
            told["last_failure"] = self._last_failure
        if self._identity is not None:
            told |= {
                "imei": self._identity.imei,
                "model": self._identity.model,
                "firmware": self._identity.firmware,
                "sim": self._sim,
            }
        if self._device is not None:
            told |= {
                "profile": self._device.profile.name,
                "centre": self._device.centre or None,
                "unknown_lines": self._device.unknown_lines,
            }
        if self._chores is not None:
            told |= self._chores.told()
        return told if error is None else {**told, "reason": error.reason}


def _enumeration(path: str) -> tuple[int, ...]:
    """What is another one after the device was unplugged: its node is made anew."""
    try:
        node = os.stat(path)
    except OSError:
        return ()
    return (node.st_rdev, node.st_ino, node.st_ctime_ns)


def _pin(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="ascii").strip() or None
    except OSError as error:
        log.error("%s: the SIM PIN cannot be read: %s", path, error)
        return None
