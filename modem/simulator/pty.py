"""Serves a simulated modem on a pseudo-terminal under a name that stays, as a USB modem's does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from modem.simulator.equipment import Sim
from modem.simulator.faults import Faults
from modem.simulator.modem import ModemOptions, SimulatedModem
from modem.simulator.network import Network
from modem.simulator.port import Port
from modem.simulator.timers import Loop

NMEA = (
    "$GPGGA,050607.00,,,,,0,00,99.9,,,,,,*5B",
    "$GPRMC,050607.00,V,,,,,,,040326,,,N*7A",
    "$GPGSV,1,1,00*79",
)
"""What a receiver without a view of the sky says, once a second."""


class PtyModem:
    """A modem at `link`; a context manager, or `start` and `stop`.

    `options` are those of `ModemOptions`; `nmea` is the link of a second port of the same device, which
    gives positions and takes no commands. Its network must run on a Loop, which `start` starts. Every
    public method is safe from any thread and has taken effect when it returns.
    """

    def __init__(
        self,
        link: Path,
        network: Network,
        *,
        nmea: Path | None = None,
        **options: Unpack[ModemOptions],
    ) -> None:
        if not isinstance(network.timers, Loop):
            raise TypeError("a pty needs a network that runs on a Loop")
        self.link = link
        self.network = network
        self.modem = SimulatedModem(network, self._write, **options)
        self.modem.on_vanish = self._vanish
        self.modem.wire.on_mute = self._await_opening
        self._loop = network.timers
        self._port = Port(link, self._loop, self._hear)
        self._nmea = None if nmea is None else Port(nmea, self._loop, _deaf)
        self._plugs = 0
        self.on_plugged: Callable[[bool], None] | None = None
        """Called with True when the port has come, False when it has gone; on the simulator's thread."""
        self.on_traffic: Callable[[bool, bytes], None] | None = None
        """Called with True and what the program wrote before the modem gets it, or with False and what the
        modem says as it goes to the port; on the simulator's thread."""

    @property
    def number(self) -> str:
        """The SIM's own number."""
        return self.modem.number

    @property
    def faults(self) -> Faults:
        """The faults of this modem, to arm and disarm."""
        return self.modem.faults

    @property
    def is_plugged(self) -> bool:
        """Whether the port is there to be opened."""
        return self._port.is_open

    def start(self) -> None:
        """Makes the port; raises OSError when the link cannot be placed."""
        self._loop.start()
        self._on_loop(self._plug)

    def stop(self) -> None:
        """Takes the port away for good; the network runs on until its Loop is stopped."""
        self._on_loop(self._unplug)

    def unplug(self, *, back: float = 0.0) -> None:
        """Pulls the modem out; with `back` it returns so many seconds later, under the same link."""
        self._on_loop(lambda: self._vanish(back))

    def replug(self) -> None:
        """Plugs it in again: a new pty under the same link, a modem with its default settings."""
        self._on_loop(self._plug)

    def change_sim(self, sim: Sim, places: int = 20) -> None:
        """Puts another SIM in, with room for so many texts; `is_inserted` False takes it out."""
        self._on_loop(lambda: self.modem.change_sim(sim, places))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- on the simulator's thread

    def _on_loop(self, action: Callable[[], object]) -> None:
        failed: list[OSError] = []

        def run() -> None:
            try:
                action()
            except OSError as error:
                failed.append(error)

        self._loop.call(run)
        if failed:
            raise failed[0]

    def _plug(self) -> None:
        if self._port.is_open:
            return
        self._port.open()
        if self._nmea is not None:
            self._nmea.open()
        self._plugs += 1
        self.modem.power_on()
        self._tell_position(self._plugs)
        self.network.changed()
        if self.on_plugged is not None:
            self.on_plugged(True)

    def _unplug(self) -> None:
        if not self._port.is_open:
            return
        self.modem.power_off()
        self._port.close()
        if self._nmea is not None:
            self._nmea.close()
        self._plugs += 1
        self.network.changed()
        if self.on_plugged is not None:
            self.on_plugged(False)

    def _vanish(self, back: float) -> None:
        self._unplug()
        plugs = self._plugs
        if back > 0:
            self._loop.later(back, lambda: self._plug() if plugs == self._plugs else None)

    def _await_opening(self) -> None:
        self._port.await_opening(self.modem.wire.opened)

    def _hear(self, data: bytes) -> None:
        if self.on_traffic is not None:
            self.on_traffic(True, data)
        self.modem.feed(data)

    def _write(self, data: bytes) -> None:
        if self._port.is_open:
            if self.on_traffic is not None:
                self.on_traffic(False, data)
            self._port.write(data)

    def _tell_position(self, plugs: int) -> None:
        if self._nmea is None or plugs != self._plugs:
            return
        self._nmea.write("".join(f"{sentence}\r\n" for sentence in NMEA).encode("ascii"))
        self._loop.later(1.0, lambda: self._tell_position(plugs))


def _deaf(_data: bytes) -> None:
    """A port that takes no commands."""
