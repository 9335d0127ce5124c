"""`python -m benchmarks.bare PORT TEXTS`: what the modem allows, by a loop of `modem.device` alone.

No database, no rules, no feed: it sends, takes delivery reports off the modem, and keeps nothing.
"""

from __future__ import annotations

import sys

from appliance import clock
from modem import pdu, ports
from modem.device import Device
from modem.notices import Report


class NoMemory:
    """The simulated SIM is open: there is nothing to remember."""

    def pin_was_tried(self, iccid: str, fingerprint: str) -> bool:
        return False

    def remember_pin(self, iccid: str, fingerprint: str) -> None:
        raise RuntimeError("the simulated SIM asks for no PIN")

    def forget_pin(self, iccid: str, fingerprint: str) -> None:
        raise RuntimeError("the simulated SIM asks for no PIN")

    def capabilities(self, model: str, firmware: str) -> str | None:
        return None

    def remember_capabilities(self, model: str, firmware: str, text: str) -> None:
        """It is run once."""


def main() -> int:
    """Sends as many texts as asked for, one after the other."""
    port, texts = sys.argv[1], int(sys.argv[2])
    device = Device("bare", ports.open_port(port), memory=NoMemory(), monotonic=clock.monotonic)
    device.bring_up()
    text = "Sample PD: Ref SAMPLE26000100 is closed. Nobody reads replies live. Emergency: call 911."
    for turn in range(texts):
        number = f"+1541555{100 + turn % 100:04d}"
        (part,) = pdu.encode_submit(number, text, reference=0, validity_seconds=86_400, report=True)
        device.send_part(part.hex, part.length)
        for notice in device.notices():
            if isinstance(notice, Report):
                device.acknowledge(notice)
                if notice.stored is not None:
                    device.delete(notice.stored)
    device.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
