"""The simulated network: message centre, handsets, receipts and delays; it holds what really happened."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Protocol

from modem import far_end, pdu
from modem.simulator.exchange import Exchange, Telephone
from modem.simulator.timers import Loop, Timers, wall_clock

SMSC = "+15415550100"
"""The message centre's own number (a sample number, as all are here)."""


class Receipt(StrEnum):
    """What becomes of a text after the message centre took it, and what its sender is told."""

    DELIVERED = "delivered"
    PENDING = "pending"  # first a temporary status report, then delivered
    FAILED = "failed"  # never reaches the handset
    NONE = "none"  # reaches the handset, nothing is reported


STATUS_DELIVERED = 0x00
STATUS_PENDING = 0x22  # no response from the recipient, the centre still tries (23.040 9.2.3.15)
STATUS_FAILED = 0x46  # validity period expired


class Acceptance(Enum):
    """A modem's answer to something the network brings."""

    TAKEN = "taken"
    FULL = "full"  # until `memory_available`
    AWAY = "away"  # until `reachable`
    ASKED = "asked"  # handed over, not acknowledged yet: until `acknowledged`


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something on its way to a modem: hex PDU with the centre's address; `is_report` of a sent text."""

    pdu: str
    is_report: bool


class Subscriber(Telephone, Protocol):
    """A modem as the network sees it."""

    def accept(self, delivery: Delivery) -> Acceptance:
        """Takes a text or a report, or says why not now."""
        ...


@dataclass(frozen=True, slots=True)
class SentPart:
    """One SMS-SUBMIT as it reached the centre. `concat` is (reference, total, sequence) or None."""

    at: datetime
    sender: str
    recipient: str
    text: str
    reference: int
    report_requested: bool
    validity_seconds: int | None
    concat: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Sent:
    """One whole text as it reached the centre; handed over twice it is here twice.

    `at` is when its last missing part came; `reference` is that part's message reference and
    `references` holds one for each part, in the order of the text.
    """

    at: datetime
    sender: str
    recipient: str
    text: str
    parts: int
    reference: int
    references: tuple[int, ...]
    report_requested: bool
    validity_seconds: int | None


class Network:
    """What happens beyond the modems, in simulated seconds.

    `network_time` lies between Ctrl-Z and the result of a send; `receipt_after` between that result and
    a status report (and between a pending one and the delivered one); `reply_after` between a text's
    arrival at its handset and the call of `on_text`; `link_time` comes on top where the link to the
    network is not open yet (AT+CMMS holds it open). All may be changed at any time. A text to the number
    of a modem comes out there. Every method is safe from any thread; `on_text` runs on the simulator's
    thread and holds no lock.
    """

    def __init__(
        self,
        *,
        timers: Timers | None = None,
        network_time: float = 0.0,
        receipt_after: float = 0.0,
        reply_after: float = 0.0,
        receipts: Receipt = Receipt.DELIVERED,
        wall: Callable[[], datetime] = wall_clock,
    ) -> None:
        self.timers = Loop() if timers is None else timers
        self.network_time = network_time
        self.link_time = 0.0
        self.receipt_after = receipt_after
        self.reply_after = reply_after
        self.receipts = receipts
        self.wall = wall
        self.on_text: Callable[[Sent], None] | None = None
        self.on_sent: Callable[[Sent], None] | None = None
        """Called when a whole text has reached the centre, whatever becomes of it."""
        self.exchange = Exchange(self.timers, wall)
        self.dialogues = {"*100#": "Credit: 5.00"}
        """What the network answers to a code dialled by AT+CUSD."""
        self._special: dict[str, Receipt] = {}
        self._sent: list[Sent] = []
        self._parts: list[SentPart] = []
        self._assembling: dict[tuple[str, str, int, int], dict[int, SentPart]] = {}
        self._subscribers: dict[str, Subscriber] = {}
        self._queues: defaultdict[str, deque[Delivery]] = defaultdict(deque)
        self._asked: set[str] = set()
        self._reference = 0
        self._changed = threading.Condition(threading.RLock())

    # -- what tests and screens look at

    @property
    def sent(self) -> list[Sent]:
        """Every whole text that reached the centre, in order."""
        with self._changed:
            return list(self._sent)

    @property
    def parts(self) -> list[SentPart]:
        """Every SMS-SUBMIT that reached the centre, in order."""
        with self._changed:
            return list(self._parts)

    def waiting(self, number: str | None = None) -> int:
        """How many texts and reports the centre holds for a modem (or for all)."""
        with self._changed:
            return sum(len(q) for to, q in self._queues.items() if number in (None, to))

    def wait_for(self, predicate: Callable[[], bool], timeout: float = 10.0) -> bool:
        """Waits at most `timeout` real seconds until the predicate holds; says whether it does.

        It is asked again whenever something happened in the network or in one of its modems.
        """
        with self._changed:
            return self._changed.wait_for(predicate, timeout)

    def changed(self) -> None:
        """Something happened that a waiter may be waiting for."""
        with self._changed:
            self._changed.notify_all()

    def set_receipt(self, recipient: str, receipt: Receipt | None) -> None:
        """What happens to texts for one number; None returns to the network's own rule."""
        with self._changed:
            if receipt is None:
                self._special.pop(recipient, None)
            else:
                self._special[recipient] = receipt

    # -- towards the modems

    def attach(self, subscriber: Subscriber) -> None:
        """A modem's SIM joins; texts for its number are kept for it from now on."""
        with self._changed:
            self._subscribers[subscriber.number] = subscriber

    def detach(self, subscriber: Subscriber) -> None:
        """Its SIM is taken out; what comes for the number waits."""
        with self._changed:
            self._subscribers.pop(subscriber.number, None)
            self._asked.discard(subscriber.number)

    def call(self, caller: str | None, *, to: str | None = None, seconds: float = 20.0) -> None:
        """Somebody calls a modem (None: without showing who) and hangs up after `seconds`.

        Raises ValueError if no such modem is attached. How it ended is in `exchange.calls`.
        """
        phone = self._subscribers[self._addressee(to)]
        self.timers.later(0, lambda: self.exchange.call(caller, phone, seconds))

    def receive(
        self,
        sender: str,
        text: str,
        *,
        to: str | None = None,
        wide: bool = False,
        out_of_order: bool = False,
        lost_parts: tuple[int, ...] = (),
        after: float = 0.0,
        sent_at: datetime | None = None,
        pid: int = 0,
        dcs: int | None = None,
    ) -> None:
        """A resident's text sets out for the modem with the number `to` (may be left out if there is one).

        A long one is split; `wide` gives its parts a 16-bit reference, `out_of_order` turns them
        round, `lost_parts` (from 1) never arrive; `pid` and `dcs` ask for another kind of text, such as
        class 0 (0x10). Raises ValueError if no such modem is attached.
        """
        addressee = self._addressee(to)
        with self._changed:
            self._reference = self._reference % 255 + 1
            reference = self._reference + (0x100 if wide else 0)
        moment = self.wall() if sent_at is None else sent_at
        pdus = far_end.encode_deliver(
            sender, text, sent_at=moment, smsc=SMSC, reference=reference, wide=wide, pid=pid, dcs=dcs
        )
        arriving = [each for number, each in enumerate(pdus, 1) if number not in lost_parts]
        if out_of_order:
            arriving.reverse()
        self.timers.later(after, lambda: self._queue(addressee, [Delivery(each, False) for each in arriving]))

    def receive_pdu(self, pdu_hex: str, *, to: str | None = None, is_report: bool = False) -> None:
        """Any PDU (hex, with the centre's address), as it stands: a WAP push, an indication, a broken one.

        Raises ValueError where it is no hex or shorter than the centre's address, and as `receive` does.
        """
        addressee, octets = self._addressee(to), bytes.fromhex(pdu_hex)
        if len(octets) < 2 or len(octets) <= 1 + octets[0]:
            raise ValueError(f"{pdu_hex!r} ends before its TPDU begins")
        self.timers.later(0, lambda: self._queue(addressee, [Delivery(pdu_hex.upper(), is_report)]))

    def submit(
        self, sender: str, submit: far_end.Submit, reference: int, link: float = 0.0
    ) -> Callable[[], None]:
        """A modem hands over a text, under the message reference it gave it; on the simulator's thread.

        It needs `link` seconds to reach the network.

        What follows (reports, the arrival) is set going by the function it returns, to be called when
        the modem has set the timer of its result: so that a report never overtakes a result by itself.
        """
        concat = None
        if submit.concat is not None:
            concat = (submit.concat.reference, submit.concat.total, submit.concat.sequence)
        part = SentPart(
            at=self.wall(),
            sender=sender,
            recipient=submit.recipient,
            text=submit.text,
            reference=reference,
            report_requested=submit.report_requested,
            validity_seconds=submit.validity_seconds,
            concat=concat,
        )
        with self._changed:
            self._parts.append(part)
            whole = self._assemble(part)
            if whole is not None:
                self._sent.append(whole)
            receipt = self._special.get(part.recipient, self.receipts)
            self._changed.notify_all()
        if whole is not None and self.on_sent is not None:
            self.on_sent(whole)
        return lambda: self._plan(part, whole, receipt, link)

    def memory_available(self, number: str) -> None:
        """A modem has room again (RP-SMMA) or is back in reach; on the simulator's thread."""
        self._deliver(number)

    def acknowledged(self, number: str, taken: bool) -> None:
        """The answer to a delivery that was ASKED; one not taken is brought again."""
        with self._changed:
            self._asked.discard(number)
            if taken and self._queues[number]:
                self._queues[number].popleft()
        self._deliver(number)

    # -- inside

    def _addressee(self, to: str | None) -> str:
        with self._changed:
            numbers = list(self._subscribers)
        if to is None and len(numbers) == 1:
            return numbers[0]
        if to is None or to not in numbers:
            raise ValueError(f"no modem has the number {to!r}; attached: {', '.join(numbers) or 'none'}")
        return to

    def _assemble(self, part: SentPart) -> Sent | None:
        """The whole text when this part was the last one missing; a repeated part changes nothing."""
        ordered = [part]
        if part.concat is not None:
            reference, total, sequence = part.concat
            key = (part.sender, part.recipient, reference, total)
            have = self._assembling.setdefault(key, {})
            have[sequence] = part
            if len(have) < total:
                return None
            del self._assembling[key]
            ordered = [have[number] for number in sorted(have)]
        return Sent(
            at=part.at,
            sender=part.sender,
            recipient=part.recipient,
            text=pdu.join([each.text for each in ordered]),
            parts=len(ordered),
            reference=part.reference,
            references=tuple(each.reference for each in ordered),
            report_requested=any(each.report_requested for each in ordered),
            validity_seconds=part.validity_seconds,
        )

    def _plan(self, part: SentPart, whole: Sent | None, receipt: Receipt, link: float) -> None:
        """Sets timers for the reports of this part and the arrival of the whole."""
        arrival = link + self.network_time
        after = arrival + self.receipt_after
        if receipt is Receipt.PENDING:
            self._report(part, STATUS_PENDING, after)
            after += self.receipt_after
            arrival = after
        if receipt is not Receipt.NONE:
            self._report(part, STATUS_FAILED if receipt is Receipt.FAILED else STATUS_DELIVERED, after)
        if whole is not None and receipt is not Receipt.FAILED:
            self.timers.later(arrival + self.reply_after, lambda: self._arrived(whole))

    def _arrived(self, whole: Sent) -> None:
        if whole.recipient in self._subscribers:
            self.receive(whole.sender, whole.text, to=whole.recipient)
        if self.on_text is not None:
            self.on_text(whole)

    def _report(self, part: SentPart, status: int, after: float) -> None:
        if not part.report_requested:
            return

        def bring() -> None:
            report = far_end.encode_status_report(
                part.reference,
                part.recipient,
                sent_at=part.at,
                discharged_at=self.wall(),
                status=status,
                smsc=SMSC,
            )
            self._queue(part.sender, [Delivery(report, True)])

        self.timers.later(after, bring)

    def _queue(self, number: str, deliveries: list[Delivery]) -> None:
        with self._changed:
            self._queues[number].extend(deliveries)
        self._deliver(number)

    def _deliver(self, number: str) -> None:
        """Brings what waits, in order, until the modem takes no more."""
        subscriber = self._subscribers.get(number)
        queue = self._queues[number]
        while subscriber is not None and queue and number not in self._asked:
            answer = subscriber.accept(queue[0])
            if answer is Acceptance.ASKED:
                self._asked.add(number)
            if answer is not Acceptance.TAKEN:
                break
            with self._changed:
                queue.popleft()
        self.changed()
