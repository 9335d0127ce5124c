"""The memories that hold texts: choosing them, listing them, deleting one slot and never another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from modem import commands
from modem.channel import Channel
from modem.codes import failure_of
from modem.errors import CommandRefused, FailureClass, NoReply
from modem.lines import is_hex
from modem.notices import StoredMessage
from modem.tolerance import failure_in, told

REPORTS = "SR"
PREFERENCE = ("SM", "ME", "MT")
_LAST_SLOT = 255  # where a modem tells neither its range nor its size


def is_report(pdu: str) -> bool:
    """True where the PDU's message type is STATUS-REPORT (TS 23.040 9.2.3.1, network to mobile)."""
    if not is_hex(pdu):
        return False
    first = 2 + 2 * int(pdu[:2], 16)
    octet = pdu[first : first + 2]
    return bool(octet) and int(octet, 16) & 0b11 == 0b10


class Storage:
    """Keeps in mind which memory the modem reads from, so that each listing switches but once."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._reading = ""
        self._choices: list[str] = []
        self.slots: tuple[str, ...] = ()
        """The memories set for reading, writing and receiving; empty where the modem let us set none."""

    def set_up(
        self, preference: tuple[str, ...] = PREFERENCE, offered: list[list[str]] | None = None
    ) -> None:
        """Sets all three slots of +CPMS, to one memory where all of them offer it.

        `offered`: what each slot may be; where None, the modem is asked.
        """
        self._reading, self.slots = "", ()
        for names in self._wanted(preference, self._offered() if offered is None else offered):
            try:
                commands.choose_storage(self._channel, *names)
            except CommandRefused as refusal:
                if failure_in(refusal) is FailureClass.BUSY:
                    raise
                continue
            except NoReply:
                self._channel.synchronise()
                continue
            self.slots, self._reading = names, names[0]
            return

    def _offered(self) -> list[list[str]]:
        return told(self._channel, lambda: commands.storage_choices(self._channel), [])

    def _wanted(self, preference: tuple[str, ...], offered: list[list[str]]) -> list[tuple[str, ...]]:
        if not offered:
            self._choices = []
            return [(name,) * 3 for name in preference[:2]]
        self._choices = offered[0]
        common = [name for name in preference if all(name in each for each in offered)]
        wanted = [(name,) * len(offered) for name in common]
        mixed = tuple(next((n for n in preference if n in each), each[0]) for each in offered if each)
        return wanted if mixed in wanted else [*wanted, mixed]

    def in_force(self) -> bool:
        """True where writing and receiving still go where `set_up` sent them."""
        names = [use.name for use in commands.storage_now(self._channel)]
        if names and names[0]:
            self._reading = names[0]  # a modem that restarted reads from its default again
        return not self.slots or not any(names) or tuple(names[1:]) == self.slots[1 : len(names)]

    def list_all(self, with_reports: bool) -> list[StoredMessage]:
        """Everything in SM and ME, as far as offered, and in SR where reports are stored."""
        found: list[StoredMessage] = []
        for name in self._readable(with_reports):
            try:
                self._read_from(name)
            except CommandRefused:
                if name in self.slots:
                    raise
                self._choices = [each for each in self._choices if each != name]
                continue
            found += [StoredMessage(name, each.slot, each.status, each.pdu) for each in self._list()]
        return found

    def read_report(self, storage: str, slot: int) -> StoredMessage | None:
        """The report announced there, sought in SR first; None where no place holds a report.

        On EC25 and EG25 the announced `"SM",0` is another text: it must be left alone.
        """
        places = [REPORTS] if REPORTS in self._choices else []
        for name in [*places, storage]:
            try:
                self._read_from(name)
                message = commands.read_message(self._channel, slot)
            except CommandRefused:
                continue
            if message is not None and is_report(message.pdu):
                return StoredMessage(name, slot, message.status, message.pdu)
        return None

    def delete(self, message: StoredMessage) -> bool:
        """Deletes that slot if it still holds these bytes; True if they are gone from it for sure."""
        self._read_from(message.storage)
        held = self._held(message.slot)
        if held != message.pdu.upper():
            return held == ""
        # Some firmware takes only the form with a flag; 0 means that slot alone (27.005 3.5.4).
        short = partial(commands.delete_message, self._channel, message.slot)
        flagged = partial(commands.plain, self._channel, f"AT+CMGD={message.slot},0", commands.MEDIUM)
        return self._is_gone_after(short, message) or self._is_gone_after(flagged, message)

    def _is_gone_after(self, deletion: Callable[[], None], message: StoredMessage) -> bool:
        try:
            deletion()
        except CommandRefused:
            return self._held(message.slot) == ""
        return self._held(message.slot) != message.pdu.upper()

    def _held(self, slot: int) -> str | None:
        """The PDU in a slot, "" for an empty one, None where the modem's refusal does not tell."""
        try:
            message = commands.read_message(self._channel, slot)
        except CommandRefused as refusal:
            empty = (refusal.family, refusal.code) in {("cms", 321), ("cme", 21), ("cme", 22)}
            return "" if empty else None
        return message.pdu if message is not None else ""

    def _readable(self, with_reports: bool) -> list[str]:
        wanted = [*PREFERENCE[:2], REPORTS] if with_reports else list(PREFERENCE[:2])
        names = [name for name in wanted if name in self._choices]
        if not any(name in PREFERENCE for name in names):
            names.append(self.slots[0] if self.slots else "")
        # The one being read from comes first: a listing then costs one switch less.
        return sorted(names, key=lambda name: name != self._reading)

    def _read_from(self, name: str) -> None:
        if name and name != self._reading:
            commands.choose_storage(self._channel, name)
            self._reading = name

    def _list(self) -> list[commands.Listed]:
        try:
            return commands.list_messages(self._channel)
        except CommandRefused as refusal:
            if failure_of("cms", refusal.code) in (FailureClass.BUSY, FailureClass.ACCOUNT):
                raise
            return self._list_by_slot()

    def _list_by_slot(self) -> list[commands.Listed]:
        uses = commands.storage_now(self._channel)
        used = uses[0].used if uses else _LAST_SLOT
        found: list[commands.Listed] = []
        for slot in self._slots_to_try(uses[0].total if uses else _LAST_SLOT):
            if len(found) >= used:
                break
            try:
                message = commands.read_message(self._channel, slot)
            except CommandRefused:
                continue  # an empty slot: most modems refuse instead of answering nothing
            if message is not None:
                found.append(message)
        return found

    def _slots_to_try(self, total: int) -> list[int]:
        try:
            slots = commands.slots_in_use(self._channel)
        except CommandRefused:
            slots = []
        # Some count from 0 and some from 1, so without a range both ends are tried.
        return slots or list(range(min(total, _LAST_SLOT) + 1))
