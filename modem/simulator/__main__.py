"""`python -m modem.simulator --link PATH`: a simulated modem until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from modem.simulator.control import Control
from modem.simulator.faults import FAULTS
from modem.simulator.network import Network, Receipt
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop

NUMBER = "+15415550101"


def simulate(
    link: Path,
    *,
    nmea: Path | None = None,
    network_time: float = 0.0,
    link_time: float = 0.0,
    receipt_after: float = 0.0,
    receipts: str = Receipt.DELIVERED,
    number: str = NUMBER,
    pin: str = "",
    sm: int = 20,
    me: int = 100,
    first_index: int = 0,
    report_memory: str = "SR",
    full_notice: str = "",
    at_time: float = 0.0,
    drops_port: bool = False,
    speed: float = 1.0,
    control: Path | None = None,
    faults: Sequence[str] = (),
) -> int:
    """Serves a modem at `link` until SIGTERM or SIGINT; the exit status is 0, or 2 for wrong use.

    `faults` are texts like `silence:seconds=60`. To be called on the main thread, because of the signals.
    """
    loop = Loop(speed=speed)
    network = Network(
        timers=loop, network_time=network_time, receipt_after=receipt_after, receipts=Receipt(receipts)
    )
    network.link_time = link_time
    modem = PtyModem(
        link,
        network,
        nmea=nmea,
        number=number,
        pin=pin,
        sm=sm,
        me=me,
        first_index=first_index,
        report_memory=report_memory,
        full_notice=full_notice,
        at_time=at_time,
        drops_port=drops_port,
    )
    socket = None if control is None else Control(control, modem, loop)
    try:
        with _stop_signal() as stop, modem:
            for fault in faults:
                modem.faults.arm_text(fault)
            if socket is not None:
                socket.start()
            _say(f"Simulated modem on {link}, number {number}. Ctrl-C ends it.")
            if control is not None:
                _say(f"Control socket: {control}")
            os.read(stop, 1)
    except (OSError, ValueError) as error:
        _say(str(error), sys.stderr.fileno())
        return 2
    finally:
        if socket is not None:
            socket.stop()
        loop.stop()
    return 0


@contextmanager
def _stop_signal() -> Iterator[int]:
    """A descriptor that becomes readable on SIGTERM or SIGINT; the old handlers return afterwards."""
    reading, writing = os.pipe()

    def note(_number: int, _frame: object) -> None:
        os.write(writing, b"\0")

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield reading
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def _say(line: str, descriptor: int = 1) -> None:
    os.write(descriptor, f"{line}\n".encode())


def _fault_lines(faults: Iterable[str]) -> str:
    lines = []
    for name in faults:
        kind = FAULTS[name]
        defaults = ", ".join(f"{key}={value}" for key, value in kind.options.items())
        lines.append(f"  {name:16} {kind.doc}{f' [{defaults}]' if defaults else ''}")
    return "\n".join(lines)


def arguments() -> argparse.ArgumentParser:
    """The options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m modem.simulator",
        description="A simulated GSM modem and network behind a pty.",
        epilog="faults (each also takes times=, seconds=, after= texts sent):\n" + _fault_lines(FAULTS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--link", type=Path, required=True, help="where the port appears (a symlink)")
    parser.add_argument("--nmea", type=Path, help="where a second port appears, which gives positions")
    parser.add_argument("--network-time", type=float, default=0.0, help="seconds from Ctrl-Z to the result")
    parser.add_argument("--link-time", type=float, default=0.0, help="seconds more without AT+CMMS")
    parser.add_argument("--receipts", choices=[each.value for each in Receipt], default="delivered")
    parser.add_argument("--receipt-after", type=float, default=0.0, help="seconds until a status report")
    parser.add_argument("--number", "--numbers", default=NUMBER, help="the SIM's own number")
    parser.add_argument("--pin", default="", help="the SIM's PIN; without it the SIM is open")
    parser.add_argument("--sm", type=int, default=20, help="places on the SIM")
    parser.add_argument("--me", type=int, default=100, help="places in the modem")
    parser.add_argument("--first-index", type=int, choices=(0, 1), default=0)
    parser.add_argument("--report-memory", choices=("SR", "SM"), default="SR", help="where reports are kept")
    parser.add_argument("--full-notice", default="", help="what is said when there is no room: +SMS FULL")
    parser.add_argument("--at-time", type=float, default=0.0, help="seconds every command takes")
    parser.add_argument("--drops-port", action="store_true", help="AT+CFUN=1,1 takes the port away")
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds in a real one")
    parser.add_argument("--control", type=Path, help="a unix socket for JSON lines (see control.py)")
    parser.add_argument("--fault", action="append", default=[], dest="faults", metavar="NAME[:key=value,...]")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; its exit status."""
    given = vars(arguments().parse_args(argv))
    link = given.pop("link")
    return simulate(link, **given)


if __name__ == "__main__":
    sys.exit(main())
