"""The other network: who got which text, what residents texted back, and the receipts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.foreign import tpdu


@dataclass(frozen=True, slots=True)
class Arrival:
    """A whole text at a handset."""

    recipient: str
    text: str
    at: float
    parts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one hand-over: refused with a code, or taken and answered with these bytes."""

    refused: tuple[str, int] | None = None
    answer: bytes | None = None


@dataclass
class Network:
    """Not owned by any thread: a lock keeps its lists."""

    takes: float = 0.02
    """Seconds from Ctrl-Z to the result."""
    statuses: Sequence[int] = (0x00,)
    """TP-ST of the receipts of one text, one after the other; none for a network that sends none."""
    report_after: float = 0.1
    reports_name: slice = field(default_factory=lambda: slice(None))
    """Which characters of the recipient's number a receipt shows."""
    stamp_ahead: int = 0
    """Seconds by which the centre's clock is wrong."""
    stamps_alike: bool = False
    """Two texts of one second bear the same stamp, as they do at a real centre."""
    stamp_fixed: int | None = None
    """All texts bear this time, from a centre whose clock stands still."""
    reports_first: bool = False
    """The receipt comes before the result of +CMGS."""
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    """What becomes of the nth hand-over, counted from 1; all others are taken."""

    def __post_init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.said: list[tuple[str, str]] = []
        self.delays: list[float] = []
        """Seconds from a resident's text to the next text that resident got."""
        self.strayed: list[tuple[str, str]] = []
        """What was handed over in text mode, to a number that is none."""
        self.handed = 0
        self.on_arrival: Callable[[Arrival], None] = lambda arrival: None
        self._lock = threading.RLock()
        self._parts: dict[tuple[str, tuple[int, int]], dict[int, tpdu.Submit]] = {}
        self._asked: dict[str, float] = {}
        self._next = 1
        self._stamp = 0
        self._bring: Callable[[bytes], None] = lambda octets: None
        self._report: Callable[[bytes, float], None] = lambda octets, after: None

    def attach(self, bring: Callable[[bytes], None], report: Callable[[bytes, float], None]) -> None:
        """Where texts and receipts go; a receipt so many seconds from now, in the modem's thread."""
        self._bring, self._report = bring, report

    def outcome(self) -> Outcome:
        self.handed += 1
        return self.outcomes.get(self.handed, Outcome())

    def accept(self, submit: tpdu.Submit, reference: int) -> None:
        """Takes one part; called in the modem's thread."""
        with self._lock:
            self._reports_of(submit, reference)
            if submit.group is None:
                self._arrived(submit.recipient, [submit])
                return
            parts = self._parts.setdefault((submit.recipient, submit.group), {})
            parts[submit.number] = submit
            if len(parts) == submit.group[1]:
                self._arrived(submit.recipient, list(parts.values()))

    def _reports_of(self, submit: tpdu.Submit, reference: int) -> None:
        if not submit.wants_report:
            return
        for number, status in enumerate(self.statuses):
            now = time.time()  # noqa: TID251 - the network stamps its own time
            octets = tpdu.status_report(reference, submit.recipient[self.reports_name], now, now, status)
            self._report(octets, 0.0 if self.reports_first else self.report_after * (number + 1))

    def _arrived(self, recipient: str, parts: list[tpdu.Submit]) -> None:
        now = time.monotonic()
        arrival = Arrival(recipient, tpdu.joined(parts), now, len(parts))
        self.arrivals.append(arrival)
        asked = self._asked.pop(recipient, None)
        if asked is not None:
            self.delays.append(now - asked)
        self.on_arrival(arrival)

    def say(
        self,
        sender: str,
        text: str,
        *,
        order: Sequence[int] = (),
        twice: bool = False,
        wide: bool = False,
        shown_as: str = "",
        keyed: int = 0,
    ) -> None:
        """A resident texts; its parts come in `order`, or the whole comes `twice`, or from `shown_as`."""
        with self._lock:
            self.said.append((sender, text))
            self._asked[sender] = time.monotonic()
            tpdus = self.tpdus(shown_as or sender, text, wide=wide, keyed=keyed)
        self.bring([tpdus[at] for at in order] if order else tpdus * (2 if twice else 1))

    def tpdus(
        self, sender: str, text: str, *, wide: bool = False, reference: int | None = None, keyed: int = 0
    ) -> list[bytes]:
        """The text as the network hands it on; each is stamped a second later than the one before."""
        with self._lock:
            self._next += 1
            key = self._next % 256 if reference is None else reference
            self._stamp = max(self._stamp + 1, int(time.time()) - 60 + self.stamp_ahead)  # noqa: TID251 - the network's own time
            if self.stamps_alike:
                self._stamp = int(time.time())  # noqa: TID251 - the network's own time
            stamp = self._stamp if self.stamp_fixed is None else self.stamp_fixed
            return tpdu.delivers(sender, text, stamp, reference=key, wide=wide, keyed=keyed)

    def bring(self, tpdus: Sequence[bytes]) -> None:
        for octets in tpdus:
            self._bring(octets)
