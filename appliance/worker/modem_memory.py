"""What the modem package must remember, kept in the database; each write is a commit of its own."""

from __future__ import annotations

from appliance import clock
from appliance.store import database, equipment, sims


class StoreMemory:
    """Meets `modem.sim.Memory`."""

    def pin_was_tried(self, iccid: str, fingerprint: str) -> bool:
        """Whether this very PIN was ever refused by this SIM."""
        return sims.pin_was_tried(iccid, fingerprint)

    def remember_pin(self, iccid: str, fingerprint: str) -> None:
        """Committed before the try, so that no restart tries again."""
        with database.transaction():
            sims.remember_pin(iccid, fingerprint, clock.now())

    def forget_pin(self, iccid: str, fingerprint: str) -> None:
        """The SIM took it."""
        with database.transaction():
            sims.forget_pin(iccid, fingerprint)

    def capabilities(self, model: str, firmware: str) -> str | None:
        """What this model with this firmware said it can do, as JSON."""
        return equipment.capabilities(model, firmware)

    def remember_capabilities(self, model: str, firmware: str, text: str) -> None:
        """Kept, so that the next bring-up need not ask again."""
        with database.transaction():
            equipment.remember_capabilities(model, firmware, text, clock.now())
