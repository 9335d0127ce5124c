"""Handing one PDU over, and what each answer before and after Ctrl-Z says about where the text is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Container
from functools import partial

from modem import commands, pdu
from modem.channel import Channel
from modem.codes import Family, failure_of, sentence_of
from modem.errors import (
    CommandRefused,
    FailureClass,
    ModemError,
    NoReply,
    NotWritten,
    PortLost,
    SendRefused,
    SendUnknown,
)
from modem.far_end import decode_submit

_SAME_DIGITS = 9  # sent national, reported international (gammu's FAQ)
BURST_GAP = 1.0
"""Seconds after a text in which the next belongs to the same burst; a held link lasts at least so long."""


def hand_over(
    channel: Channel,
    pdu_hex: str,
    length: int,
    *,
    pause: float,
    before_ctrl_z: Callable[[], None],
    known: Container[int] = (),
) -> int:
    """Gives one PDU to the network and returns its reference (TP-MR); see `Device.send_part`.

    `known`: the references of earlier texts, whose reports say nothing about this one.
    """
    deadline = channel.monotonic() + commands.SUBMIT
    try:
        commands.open_submit(channel, length, pause)
    except CommandRefused as refusal:
        raise _not_accepted(refusal) from refusal
    try:
        before_ctrl_z()
    except BaseException:
        with contextlib.suppress(PortLost):  # the channel keeps it; the caller's own reason goes up
            channel.leave_entry()
        raise
    try:
        reference = commands.finish_submit(channel, pdu_hex, deadline, partial(_reports, pdu_hex, known))
    except CommandRefused as refusal:
        raise _after_ctrl_z(refusal) from refusal
    except NotWritten:
        raise
    except (NoReply, PortLost) as error:
        raise SendUnknown(f"The text may have been sent: {_reason(error)}") from error
    if reference is None:
        raise SendUnknown("The text may have been sent: the modem said OK but gave no reference.")
    return reference


def _reports(pdu_hex: str, known: Container[int], report_hex: str) -> bool:
    """Whether a report can only be about the text in `pdu_hex`: same recipient, a reference not known yet."""
    report = pdu.decode(report_hex)
    if not isinstance(report, pdu.StatusReport) or report.reference in known:
        return False
    octets = bytes.fromhex(pdu_hex)
    try:
        recipient = decode_submit(octets[1 + octets[0] :]).recipient
    except ValueError:
        return False  # a PDU that is broken on purpose, which the network will refuse
    return report.recipient[-_SAME_DIGITS:] == recipient[-_SAME_DIGITS:] != ""


class Link:
    """Holds the radio link open between the texts of a burst, where the modem knows how (27.005 3.5.6)."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._ended_at: float | None = None
        self._is_held = False
        self._is_known = True

    def ready(self, more: bool) -> None:
        """Before a text: holds the link if another came just before, or `more` are to follow at once."""
        in_burst = self._ended_at is not None and self._channel.monotonic() - self._ended_at < BURST_GAP
        self._is_held = self._is_held and in_burst
        if self._is_known and not self._is_held and (in_burst or more):
            try:
                commands.hold_link(self._channel)
                self._is_held = True
            except (CommandRefused, NoReply):
                self._is_known = False

    def ended(self) -> None:
        """After a text, however it went."""
        self._ended_at = self._channel.monotonic()


def _family(refusal: CommandRefused) -> Family:
    return "cme" if refusal.family == "cme" else "cms"


def _not_accepted(refusal: CommandRefused) -> SendRefused:
    """A refusal before the PDU: for certain not sent, so an unclear code means no more than later."""
    failure = failure_of(_family(refusal), refusal.code)
    if failure is FailureClass.UNKNOWN:
        return SendRefused(
            FailureClass.TEMPORARY,
            f"The modem did not take the text ({refusal.result}). It is tried again later.",
            refusal.code,
        )
    return SendRefused(failure, sentence_of(_family(refusal), refusal.code), refusal.code)


def _after_ctrl_z(refusal: CommandRefused) -> ModemError:
    family = _family(refusal)
    failure = failure_of(family, refusal.code)
    if failure is FailureClass.UNKNOWN:
        return SendUnknown(f"The text may have been sent: the modem said {refusal.result}.")
    return SendRefused(failure, sentence_of(family, refusal.code), refusal.code)


def _reason(error: ModemError) -> str:
    return str(error)[:1].lower() + str(error)[1:]
