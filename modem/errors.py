"""What can go wrong with a modem, and what to do next; the codes themselves are in `modem.codes`."""

from __future__ import annotations

from enum import Enum


class FailureClass(Enum):
    """What a +CMS/+CME code asks of us (3GPP TS 27.005 3.2.5, 24.011 annex E, 23.040 9.2.3.22)."""

    RECIPIENT = "recipient"  # this number, for good
    RECIPIENT_LATER = "recipient_later"  # this number, not now (switched off)
    TEXT = "text"  # our PDU is at fault; the same bytes fail again
    ACCOUNT = "account"  # SIM, plan or credit: nothing leaves this SIM
    REJECTED = "rejected"  # the network refuses; may be throttling
    DUPLICATE = "duplicate"  # the network holds this very text already: it was sent
    TEMPORARY = "temporary"  # the whole SIM, for a while
    CONFIGURATION = "configuration"  # modem set up wrong (no SMSC, text mode)
    MEMORY = "memory"  # storage full: drain, then again
    BUSY = "busy"  # SIM or modem busy: seconds
    UNKNOWN = "unknown"  # may or may not have left


class ModemError(Exception):
    """Something the modem did or failed to do.

    `retryable`: the same command may be tried again. `unknown`: a text may have left all the same,
    so it must not be handed over again without a person or a proof.
    """

    retryable = False
    unknown = False
    reason = "refused"
    """A code for programs: why the modem does not work, if this is why."""


class PortLost(ModemError):
    """The device is gone (unplugged, reset, EIO); close, wait for it, open again."""

    retryable = True
    reason = "port_lost"


class NotWritten(PortLost):
    """The device went while a text was handed to it, before it took the Ctrl-Z: nothing was sent."""


class PortBusy(ModemError):
    """Another program holds the port; the message says which, where that can be read."""

    retryable = True
    reason = "port_busy"


class PortMissing(ModemError):
    """There is no such port (yet); wait for it."""

    retryable = True
    reason = "port_missing"


class PortDenied(PortMissing):
    """The port is there and this user may not open it."""

    reason = "port_denied"


class NoReply(ModemError):
    """The modem said nothing final before the deadline of a command that sends nothing."""

    retryable = True
    reason = "mute"


class CommandRefused(ModemError):
    """A final ERROR, +CME ERROR or +CMS ERROR to a command that sends nothing."""

    retryable = True

    def __init__(self, command: str, result: str, code: int | None = None, family: str = "") -> None:
        super().__init__(f"{command}: {result}")
        self.command = command
        self.result = result
        self.code = code
        self.family = family
        """ "cms" or "cme" where the final result was one of these, else "". """


class NotReady(ModemError):
    """SIM missing, PIN needed, not registered: the sentence says which, for the screen.

    `reason` is a code for programs: no_sim, sim_busy, sim_failure, pin_needed, pin_refused,
    pin_risky, puk_needed, sim_locked, not_ready.
    """

    retryable = True

    def __init__(self, sentence: str, reason: str = "not_ready") -> None:
        super().__init__(sentence)
        self.reason = reason


class SetUpLost(ModemError):
    """It answers, but no longer as it was set up: it restarted, or its SIM was changed. Bring it up again."""

    retryable = True


class SendRefused(ModemError):
    """The text certainly did not leave. `failure` says what to do, `code` is the +CMS code if any."""

    def __init__(self, failure: FailureClass, sentence: str, code: int | None = None) -> None:
        super().__init__(sentence)
        self.failure = failure
        self.code = code
        self.retryable = failure not in (FailureClass.RECIPIENT, FailureClass.TEXT)


class SendUnknown(ModemError):
    """Ctrl-Z was written and no clear answer came: the text may have left. Never hand it over again."""

    unknown = True
