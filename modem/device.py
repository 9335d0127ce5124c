"""One modem as the worker sees it: bring up, send a part, list and delete texts, notices, health.

Owned by one thread; only `wake` may be called from others. After PortLost `lost` is True and the
device is done: close it, open the port again, make a new one.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from modem import bring_up, carrier, commands, in_force, radio, sim, submit, voice
from modem.capabilities import Capabilities
from modem.channel import Channel
from modem.errors import CommandRefused, FailureClass, ModemError, PortLost, SendRefused
from modem.network import UNKNOWN, Network, NetworkView
from modem.notices import (
    DirectMessage,
    LateAccept,
    NewMessage,
    Notice,
    Report,
    ReportAnnounced,
    Restarted,
    Ring,
    StorageFull,
    StoredMessage,
    notice_in,
)
from modem.profiles import AUTO, Profile, choose
from modem.restarts import Restarts
from modem.sim import Memory
from modem.storage import Storage
from modem.strange_lines import StrangeLines, is_known
from modem.stream import ByteStream

__all__ = [
    "Device",
    "DirectMessage",
    "Health",
    "Identity",
    "LateAccept",
    "Memory",
    "NewMessage",
    "Notice",
    "Report",
    "Restarted",
    "Ring",
    "StorageFull",
    "StoredMessage",
]

REPORT_TRIES = 3
REFERENCES_KEPT = 64  # of 256: a report of minutes ago is not taken for that of the text in hand
READS_AT_ONCE = 16
"""Reads for one call of `notices`: a burst is taken whole, an endless storm is not."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the modem and its SIM are; what was not told is "" (`own_number`: None)."""

    imei: str
    iccid: str
    imsi: str
    model: str
    firmware: str
    own_number: str | None = None

    @property
    def sim(self) -> str:
        """The name under which this SIM is kept."""
        return self.iccid or self.imsi or f"imei:{self.imei}"


@dataclass(frozen=True, slots=True)
class Health:
    """`registration`: home, roaming, sms_only, packet_only, searching, denied or unknown.

    `registered` is True where the network lets a text be tried; packet_only counts, though the plan may lack
    texts. `usable`: a text may be tried, also where the modem does not tell; not while roaming is forbidden.
    """

    signal_dbm: int | None
    registered: bool
    registration: str
    operator: str | None
    memories: tuple[commands.StorageUse, ...]
    """How full each memory of +CPMS is; texts arrive in the last."""
    usable: bool


def _nothing() -> None:
    """Stands in where the caller has nothing to commit before Ctrl-Z."""


class Device:
    """One modem behind a stream.

    `profile` is a name from profiles.toml or "auto". Roaming stops sending unless `allow_roaming`.
    """

    def __init__(
        self,
        name: str,
        stream: ByteStream,
        *,
        profile: str = AUTO,
        memory: Memory,
        pin: str | None = None,
        allow_roaming: bool = False,
        monotonic: Callable[[], float],
    ) -> None:
        self.name = name
        self.profile: Profile = choose(profile, "", "") if profile != AUTO else choose("generic", "", "")
        self.centre = ""
        """The SMSC's number as the SIM had it at bring-up; "" where none is set or told."""
        self._strange = StrangeLines()
        self._setting = profile
        self._stream = stream
        self._memory = memory
        self._pin = pin
        self._allow_roaming = allow_roaming
        self._channel = Channel(stream, monotonic)
        self._link = submit.Link(self._channel)
        self._storage = Storage(self._channel)
        self._view = NetworkView(self._channel)
        self._network = Network("unknown")
        self._arranged = bring_up.Arrangement(None, False)
        self.capabilities = Capabilities()
        self._iccid = ""
        self._restarted = False
        self._restarts = Restarts(self._channel)
        self._notices: deque[Notice] = deque()
        self._references: deque[int] = deque(maxlen=REFERENCES_KEPT)
        self._announced: deque[tuple[ReportAnnounced, int]] = deque()
        self._woken = threading.Event()

    @property
    def lost(self) -> bool:
        """True once the port has gone; nothing works any more, save `notices` and `close`."""
        return self._channel.lost

    @property
    def unknown_lines(self) -> int:
        """How many lines nobody asked for and no table knows."""
        return self._strange.total

    @property
    def is_mute(self) -> bool:
        """True once six questions in a row had no answer, until one has."""
        return self._channel.is_mute

    # ---- set-up ----------------------------------------------------------------------------------

    def bring_up(self) -> Identity:
        """From whatever state the modem is in to one that sends and announces texts.

        Raises NotReady with the sentence for a person (SIM, PIN), NoReply, PortLost, CommandRefused.
        A SIM without network is no fault here: `health` tells.
        """
        bring_up.greet(self._channel)
        self._restarted = False
        radio.switch_on(self._channel)
        hardware = bring_up.identify(self._channel)
        self.profile = choose(self._setting, hardware.maker, hardware.model)
        card = sim.get_ready(
            self._channel,
            self._pin,
            self._memory,
            hardware.imei,
            self._iccid_ways(),
            look_again=self.profile.look_again,
        )
        self._iccid = card.iccid
        self.capabilities = bring_up.capabilities_of(self._channel, hardware, self._memory)
        self._arranged = bring_up.arrange_messages(
            self._channel, self._storage, self.profile, self.capabilities
        )
        bring_up.optionally(lambda: commands.plain(self._channel, "AT+CLIP=1"))
        bring_up.optionally(self._read_centre)
        echoes = self._channel.echoes
        self._network = self._view.look()
        self._restarts.set_up(echoes)
        return Identity(
            hardware.imei, card.iccid, card.imsi, hardware.model, hardware.firmware, card.own_number
        )

    def check_settings(self) -> bool:
        """True where mode, announcements, memories and SIM are still ours; what is not told counts so."""
        ours = in_force.holds(self._channel, self._storage, self._arranged, self._iccid, self._iccid_ways())
        if ours:
            self._restarted = False
        return ours

    def is_as_set_up(self) -> bool:
        """False where it restarted without a word; `check_settings` looks at more, and costs more."""
        return self._restarts.is_ruled_out()

    def restore_centre(self) -> bool:
        """Sets the SMSC's number read at bring-up again, for modems that forget it (+CMS 330)."""
        if not self.centre:
            return False
        return bring_up.optionally(lambda: commands.set_message_centre(self._channel, self.centre))

    def set_centre(self, number: str | None) -> None:
        """The SMSC's number remembered of this SIM, where the SIM tells none any more (HA#67449)."""
        if number:
            self.centre = number
            self.restore_centre()

    def _read_centre(self) -> None:
        self.centre = commands.message_centre(self._channel) or self.centre

    def _iccid_ways(self) -> tuple[str, ...]:
        own = self.profile.iccid
        return (*own, *(command for command in commands.ICCID_COMMANDS if command not in own))

    # ---- sending ---------------------------------------------------------------------------------

    def send_part(
        self,
        pdu_hex: str,
        length: int,
        *,
        before_ctrl_z: Callable[[], None] = _nothing,
        more: bool = False,
    ) -> int:
        """Hands one PDU over and returns its reference (TP-MR) from +CMGS.

        `pdu_hex` begins with the SMSC address, which `length` (octets) does not count. `before_ctrl_z`
        is called once the modem has asked for the PDU; what it raises goes up, and nothing was sent.
        `more`: another part follows at once, so the radio link is worth keeping.
        Certainly not sent: SendRefused, NoReply, PortLost. May have been sent: SendUnknown.
        """
        self._check_before_send()
        self._link.ready(more)
        try:
            reference = submit.hand_over(
                self._channel,
                pdu_hex,
                length,
                pause=self.profile.prompt_pause,
                before_ctrl_z=partial(self._go_on, before_ctrl_z),
                known=self._references,
            )
        finally:
            self._link.ended()
        self._references.append(reference)
        self._restarts.prove()
        return reference

    def _go_on(self, before_ctrl_z: Callable[[], None]) -> None:
        """At the prompt, which a modem in text mode gives as well."""
        if self._restarts.is_echo_back:
            raise SendRefused(FailureClass.CONFIGURATION, "The modem restarted. It is set up anew first.")
        before_ctrl_z()

    def _check_before_send(self) -> None:
        if self._network.is_roaming and not self._allow_roaming:
            raise SendRefused(
                FailureClass.ACCOUNT,
                "The SIM is roaming, so nothing is sent. Allow it with allow_roaming if that is meant.",
            )
        self._channel.listen(0.0)
        self._collect()
        has_restarted = self._restarted and not self.check_settings()
        if has_restarted or not self.is_as_set_up():
            raise SendRefused(FailureClass.CONFIGURATION, "The modem restarted. It is set up anew first.")

    # ---- receiving -------------------------------------------------------------------------------

    def stored(self) -> list[StoredMessage]:
        """Every text in SM and ME, and in SR where reports are stored there; some may be reports."""
        return self._storage.list_all(self._stores_reports())

    def delete(self, message: StoredMessage) -> bool:
        """Deletes this text from its slot, if its bytes still lie there; True if it is gone."""
        try:
            return self._storage.delete(message)
        except CommandRefused:
            return False

    def acknowledge(self, notice: Report | DirectMessage) -> None:
        """Tells the network that ours is safe, on a modem that cannot do without (+CSMS=1)."""
        directly = isinstance(notice, DirectMessage) or notice.stored is None
        if directly and self._arranged.acknowledges:
            bring_up.optionally(lambda: commands.acknowledge(self._channel))

    def notices(self) -> list[Notice]:
        """What the modem has said unasked since the last call; announced reports are read now.

        Never raises PortLost for what was heard before: `lost` says it, and the next act.
        """
        with contextlib.suppress(PortLost):
            for _ in range(READS_AT_ONCE):
                if not self._channel.listen(0.0):
                    break
        self._collect()
        if self._announced and not self.lost:
            self._fetch_reports()
        found, self._notices = list(self._notices), deque()
        return _one_ring(found)

    def read_report(self, notice: ReportAnnounced) -> Report | None:
        """The report a +CDSI announced, left where it is; None where no report lies there."""
        message = self._storage.read_report(notice.storage, notice.slot)
        return Report(message.pdu, message) if message is not None else None

    def wait(self, timeout: float) -> None:
        """Sleeps until the modem says something that matters, `wake` is called, or `timeout` seconds."""
        until = self._channel.monotonic() + timeout
        self._collect()
        while not (self._notices or self._announced or self._woken.is_set()):
            left = until - self._channel.monotonic()
            if left <= 0:
                break
            self._channel.listen(left)
            self._collect()
        self._woken.clear()

    def wake(self) -> None:
        """Ends a `wait`, the present one or the next. Safe from any thread."""
        self._woken.set()
        self._stream.interrupt()

    # ---- the rest --------------------------------------------------------------------------------

    def health(self) -> Health:
        """Signal, registration, operator and the fill of the memory texts arrive in."""
        signal = self._view.signal_dbm()
        self._network = self._view.look()
        operator = self._view.operator() if self._network.is_registered else None
        try:
            memories = tuple(commands.storage_now(self._channel))
        except CommandRefused:
            memories = ()
        network = self._network
        return Health(signal, network.is_registered, network.state, operator, memories, self._is_usable())

    def carrier(self) -> carrier.CarrierState:
        """What decides with the carrier whether texts pass; four to seven questions, so not every minute."""
        return carrier.look(self._channel, self.profile, self.capabilities)

    def can_send(self) -> bool:
        """Whether a text may be tried now, as the network says; cheaper than `health`."""
        self._network = self._view.look()
        return self._is_usable()

    def _is_usable(self) -> bool:
        if self._network.is_roaming and not self._allow_roaming:
            return False
        return self._network.is_registered or self._network.state == UNKNOWN

    def resynchronise(self) -> None:
        """Brings the stream back into step; raises NoReply where the modem stays mute, PortLost."""
        self._channel.synchronise()

    def cycle_radio(self) -> bool:
        """Radio off and on, to be brought up again; False: refused. Raises NoReply, PortLost."""
        return radio.cycle(self._channel, self._stream)

    def restart(self) -> bool:
        """Restarts the modem, mute or not; then close this device and wait for the port. False: refused."""
        return radio.restart(self._channel, self._stream, self.profile.restart)

    def forward_calls(self, number: str) -> voice.Forwarding:
        """Has the network forward every voice call to `number`; may take minutes. Raises PortLost."""
        return voice.ensure(self._channel, number)

    def hang_up(self) -> None:
        """Ends a call, ringing or open."""
        voice.reject(self._channel)

    def close(self) -> None:
        """Lets the port go at once."""
        self._stream.close()

    def _stores_reports(self) -> bool:
        indications = self._arranged.indications
        return indications is not None and len(indications) > 3 and indications[3] == 2

    def _collect(self) -> None:
        if self._restarts.is_echo_back and not self._restarted:
            self._restarted = True
            self._notices.append(Restarted("(echo)"))
        lines = self._channel.unsolicited
        while lines:
            line = lines.popleft()
            notice = notice_in(line)
            if isinstance(notice, ReportAnnounced):
                self._announced.append((notice, REPORT_TRIES))
            elif notice is not None:
                self._restarted = self._restarted or isinstance(notice, Restarted)
                self._notices.append(notice)
            elif not (line.text.startswith(self.profile.noise) or is_known(line.text)):
                self._strange.note(line.text)

    def _fetch_reports(self) -> None:
        waiting, self._announced = self._announced, deque()
        while waiting:
            announced, tries = waiting.popleft()
            try:
                report = self.read_report(announced)
            except ModemError:
                self._announced.extendleft(reversed([(announced, tries), *waiting]))
                raise
            if report is not None:
                self._notices.append(report)
            elif tries > 1:
                # Huawei announces a text half a second before it can be read.
                self._announced.append((announced, tries - 1))
        self._collect()


def _one_ring(notices: list[Notice]) -> list[Notice]:
    """RING comes every few seconds and once more with the number: one notice a call is enough."""
    rings = [notice for notice in notices if isinstance(notice, Ring)]
    if len(rings) < 2:
        return notices
    kept = next((ring for ring in rings if ring.number), rings[0])
    return [notice for notice in notices if not isinstance(notice, Ring) or notice is kept]
