"""What a modem does once a minute beside texts: its self-test, where calls go, what the carrier says."""

from __future__ import annotations

from appliance import clock
from appliance.config import ModemConfig
from appliance.domain import phone
from appliance.flow import dispatch, voice
from appliance.flow.dispatch import Sender
from appliance.store import policies, queue
from appliance.upkeep import self_test
from modem.carrier import CarrierState
from modem.device import Device

EVERY = 60.0
CARRIER_EVERY = 3600.0


class Chores:
    """The chores of one opening of one modem; they may take minutes, so texts go first."""

    def __init__(self, device: Device, sender: Sender, own_number: str | None) -> None:
        self._device = device
        self._sender = sender
        self._number = phone.check(own_number or "").e164
        self._ready_since = clock.now()
        self._next_at = clock.monotonic() + EVERY
        self._carrier_at = 0.0
        self._carrier: CarrierState | None = None

    def seconds_left(self) -> float:
        """Until they are due."""
        return self._next_at - clock.monotonic()

    def run(self) -> None:
        """All that is due. Raises NoReply, PortLost."""
        if self.seconds_left() > 0:
            return
        self._next_at = clock.monotonic() + EVERY
        self._look_at_carrier()
        self._forward_calls()
        line = self.line()
        if line is not None:
            self_test.look(line, self._sender.config, clock.now())

    def line(self) -> self_test.Line | None:
        """The modem as the self-test sees it; None where nobody knows its number."""
        if self._number is None:
            return None
        modem = self._sender.modem
        return self_test.Line(
            modem=modem.name,
            sim=self._sender.sim,
            number=self._number,
            every=modem.self_test,
            limits=dispatch.limits(modem, policies.current().policy),
            ready_since=self._ready_since,
        )

    def told(self) -> dict[str, object]:
        """What the screen and `doctor` are told of it."""
        told: dict[str, object] = {"voice": _voice(self._sender.modem, self._sender.sim)}
        if self._carrier is not None:
            told |= {
                "ims": self._carrier.ims,
                "carrier_profile": self._carrier.profile,
                "attached": self._carrier.is_attached,
                "centre": self._carrier.centre,
            }
        return told

    def _look_at_carrier(self) -> None:
        if clock.monotonic() >= self._carrier_at:
            self._carrier_at = clock.monotonic() + CARRIER_EVERY
            self._carrier = self._device.carrier()

    def _forward_calls(self) -> None:
        sim = self._sender.sim
        if queue.any_due(clock.now()):
            return  # the network may think about it for minutes
        if not self._sender.modem.forward_calls or not voice.is_check_due(sim, clock.now()):
            return
        number = voice.forward_to(self._sender.config)
        if number is not None:
            voice.checked(sim, self._device.forward_calls(number).value, clock.now())


def _voice(modem: ModemConfig, sim: str) -> str:
    return voice.forwarding(sim) if modem.forward_calls else "rejected"
