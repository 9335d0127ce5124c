"""The message half of a modem (27.005): memories, announcements, hand-over; in PDU mode."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.foreign import tpdu
from tests.foreign.answers import Answer, Refused, lines_of, list_of
from tests.foreign.habits import Habits
from tests.foreign.network import Network

SMSC = "0791" + "2160550591F9"
"""+12065550199, as it stands before every PDU (27.005 3.1)."""


class Messages:
    """The memories outlive a restart, everything else does not."""

    radio: int
    registration: int

    def __init__(
        self,
        habits: Habits,
        network: Network,
        later: Callable[[float, Callable[[], None]], None],
        announce: Callable[[str], None],
        violate: Callable[[str], None],
    ) -> None:
        self.habits = habits
        self.network = network
        self.later = later
        self.announce = announce
        self.violate = violate
        self.memories: dict[str, dict[int, tuple[int, str]]] = {name: {} for name, _ in habits.memories}
        if habits.report_memory not in self.memories:
            self.memories[habits.report_memory] = {}
        self.sizes = {**dict.fromkeys(self.memories, 10), **dict(habits.memories)}
        self.reference = habits.first_reference - 1
        self._refused_texts: list[bytes] = []
        self._unacknowledged: list[str] = []
        self._awaits = 0

    def forget_messages(self) -> None:
        """What a restart does to the settings of messages."""
        self.text_mode = self.habits.text_mode
        self.service = self.habits.service
        self.indications = [0, 0, 0, 0, 0]
        self.slots = [self.habits.memories[0][0]] * 3
        self.centre = "+12065550199"
        self._unacknowledged = []
        self._awaits += 1

    # ---- 27.005, clause 3 ------------------------------------------------------------------------------

    def _cmgf(self, tail: str) -> list[str]:
        if tail == "?":
            return [f"+CMGF: {int(self.text_mode)}"]
        if tail == "=?":
            return ["+CMGF: (0,1)"]
        self.text_mode = tail == "=1"
        return []

    def _csms(self, tail: str) -> list[str]:
        if tail == "=?":
            return ["+CSMS: (0,1)"]
        if tail == "?":
            return [f"+CSMS: {self.service},1,1,1"]
        if self.habits.service_stays and tail != f"={self.service}":
            raise Refused("CMS", 302)
        self.service = int(tail[1:])
        return ["+CSMS: 1,1,1"]

    def _csca(self, tail: str) -> list[str]:
        return [f'+CSCA: "{self.centre}",145'] if tail == "?" else []

    def _cpms(self, tail: str) -> list[str]:
        names = [name for name, _ in self.habits.memories]
        told = 1 if self.habits.one_memory_told else 3
        if tail == "=?":
            group = "(" + ",".join(f'"{name}"' for name in names) + ")"
            reading = group
            if self.habits.report_memory == "SR":
                reading = group[:-1] + ',"SR")'
            return ["+CPMS: " + ",".join((reading, group, group)[:told])]
        counts = [f"{len(self.memories[name])},{self.sizes[name]}" for name in self.slots[:told]]
        if tail == "?":
            return ["+CPMS: " + ",".join(f'"{n}",{c}' for n, c in zip(self.slots, counts, strict=False))]
        wanted = re.findall(r'"(\w+)"', tail)
        if (
            not wanted
            or len(wanted) > told
            or any(name not in self.memories for name in wanted)
            or set(wanted[1:]) - set(names)
        ):
            raise Refused("CMS", 302)
        self.slots = [*wanted, *self.slots[len(wanted) :]]
        counts = [f"{len(self.memories[name])},{self.sizes[name]}" for name in self.slots[:told]]
        return ["+CPMS: " + ",".join(counts)]

    def _cnmi(self, tail: str) -> list[str]:
        if tail == "=?":
            return ["+CNMI: " + ",".join(self.habits.indications)]
        if tail == "?":
            return ["+CNMI: " + ",".join(map(str, self.indications))]
        values = [int(value or 0) for value in tail[1:].split(",")]
        for value, group in zip(values, self.habits.indications, strict=False):
            if value not in _numbers(group):
                raise Refused("CMS", 303)
        if len(values) > len(self.habits.indications):
            raise Refused("CMS", 303)
        self.indications = [*values, *[0] * (5 - len(values))]
        return []

    def _cnma(self, tail: str) -> list[str]:
        if not self.service or not self._unacknowledged:
            raise Refused("CMS", 340)
        self._unacknowledged.pop(0)
        self._awaits += 1
        self._route_next()
        return []

    def _cmms(self, tail: str) -> list[str]:
        return ["+CMMS: 0"] if tail == "?" else []

    def _cgsms(self, tail: str) -> list[str]:
        return ["+CGSMS: 1"] if tail == "?" else []

    # ---- 27.005, clause 4: PDU mode ---------------------------------------------------------------------

    def _cmgl(self, tail: str) -> Answer:
        if tail == "=?":
            return lines_of("+CMGL: (" + ",".join(map(str, self.habits.list_forms)) + ")")
        form = int(tail[1:] or 0) if tail[1:].isdigit() or not tail else -1
        if form not in self.habits.list_forms:
            raise Refused("CMS", 304)
        memory, lines = self.memories[self.slots[0]], list[str]()
        for slot, (state, pdu) in sorted(memory.items()):
            if form not in (state, 4):
                continue
            lines += [f"+CMGL: {slot},{state},,{_length(pdu)}", self._cased(pdu)]
            if self.habits.blank_lines:
                lines.append("")
            if state == 0:
                memory[slot] = (1, pdu)
        return list_of(*lines)

    def _cmgr(self, tail: str) -> Answer:
        memory, slot = self.memories[self.slots[0]], int(tail[1:])
        if slot not in memory:
            if self.habits.empty_slot == "ok" and self._is_place(slot):
                return Answer()
            raise Refused("CMS", 321)
        state, pdu = memory[slot]
        memory[slot] = (1, pdu)
        return list_of(f"+CMGR: {state},,{_length(pdu)}", self._cased(pdu))

    def _cmgd(self, tail: str) -> list[str]:
        memory = self.memories[self.slots[0]]
        if tail == "=?":
            return [f"+CMGD: ({','.join(map(str, sorted(memory)))}),(0-4)"]
        slot, _, how = tail[1:].partition(",")
        if how not in ("", "0"):
            self.violate(f"+CMGD{tail} deletes more than one")
        if int(slot) not in memory:
            if self.habits.empty_delete == "error":
                raise Refused()
            if not self._is_place(int(slot)):
                raise Refused("CMS", 321)
        if int(slot) != self.habits.sticky_slot:
            memory.pop(int(slot), None)
        self.later(0.2, self._try_again)
        return []

    def _is_place(self, slot: int) -> bool:
        return 0 <= slot - self.habits.first_slot < self.sizes[self.slots[0]]

    def _cased(self, pdu: str) -> str:
        return pdu.lower() if self.habits.lower_case else pdu

    def _cmgs(self, tail: str) -> Answer:
        if self.text_mode:
            return Answer(prompt=tail[1:])
        if not re.fullmatch(r"=\d{1,3}", tail) or not 8 <= int(tail[1:]) <= 164:
            raise Refused("CMS", 304)
        if self.radio != 1 or self.registration in (0, 2):
            raise Refused("CMS", 331)
        if self.registration not in (1, 5, 6, 7) and self.habits.lte not in (1, 5):
            raise Refused("CMS", 331)
        return Answer(prompt=tail[1:])

    def submit(self, length: str, text: str) -> bytes:
        """The result of +CMGS; raises Refused where nothing was sent."""
        if self.text_mode:
            self.network.strayed.append((length, text))
            return self._sent()
        try:
            octets = bytes.fromhex(text)
            service_centre = octets[0] + 1
            if len(octets) - service_centre != int(length):
                raise tpdu.NotAPdu(f"{len(octets) - service_centre} octets where {length} were announced")
            submit = tpdu.read_submit(octets[service_centre:])
        except (ValueError, IndexError, tpdu.NotAPdu) as fault:
            self.violate(f"a PDU that is none: {fault}: {text}")
            raise Refused("CMS", 304) from fault
        outcome = self.network.outcome()
        if outcome.refused:
            raise Refused(*outcome.refused)
        result = self._sent()
        self.network.accept(submit, self.reference)
        if outcome.answer is not None:
            return outcome.answer
        return result

    def _sent(self) -> bytes:
        self.reference = (self.reference + 1) % 256
        centre = ',"0006F1"' if self.habits.acknowledges_in_result else ""
        colon = "+CMGS:" if self.habits.tight else "+CMGS: "
        return f"\r\n{colon}{self.reference}{centre}\r\n\r\nOK\r\n".encode()

    # ---- what comes in (27.005 3.4.1) ---------------------------------------------------------------------

    def text_came(self, octets: bytes) -> None:
        if self.indications[1] == 2:
            self._route("+CMT: ,", octets)
            return
        slot = self._store(self.slots[2], octets)
        if slot is None:
            self._refused_texts.append(octets)  # the network keeps it until there is room
            return
        if self.indications[1] == 1 and self.habits.announces:
            self.announce(f'+CMTI: "{self.slots[2]}",{slot}')
        if self.habits.appears_after:
            memory = self.memories[self.slots[2]]
            late = memory.pop(slot)
            self.later(self.habits.appears_after, lambda: memory.__setitem__(slot, late))

    def report_came(self, octets: bytes) -> None:
        way = self.indications[3]
        if way == 1:
            self._route("+CDS: ", octets)
        elif way == 2:
            slot = self._store(self.habits.report_memory, octets)
            if slot is not None:
                named = self.habits.report_announced_in or self.habits.report_memory
                self.announce(f'+CDSI: "{named}",{slot}')

    def put(self, memory: str, octets: bytes) -> int | None:
        """Lies there as if it had come before anybody listened."""
        return self._store(memory, octets)

    def _store(self, name: str, octets: bytes) -> int | None:
        memory, first = self.memories[name], self.habits.first_slot
        free = next((at for at in range(first, first + self.sizes[name]) if at not in memory), None)
        if free is not None:
            memory[free] = (0, self._prefix() + octets.hex().upper())
        return free

    def _prefix(self) -> str:
        return SMSC if self.habits.knows_centre else "00"

    def _try_again(self) -> None:
        waiting, self._refused_texts = self._refused_texts, []
        for octets in waiting:
            self.text_came(octets)

    def _route(self, header: str, octets: bytes) -> None:
        pdu = self._prefix() + octets.hex().upper()
        line = f"{header}{len(octets)}\r\n{self._cased(pdu)}"
        if not self.service:
            self.announce(line)
            return
        self._unacknowledged.append(line)
        if len(self._unacknowledged) == 1:
            self._route_next()

    def _route_next(self) -> None:
        """In phase 2+ the next one waits until this one is acknowledged, and not for ever."""
        if not self._unacknowledged:
            return
        self.announce(self._unacknowledged[0])
        awaited = self._awaits

        def too_late() -> None:
            if self._awaits == awaited and self._unacknowledged:
                self.violate("no +CNMA in time: routing is switched off")
                self._unacknowledged = []
                self.indications[1] = self.indications[3] = 0

        self.later(self.habits.acknowledged_within, too_late)


def _numbers(group: str) -> set[int]:
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", group):
        found.update(range(int(first), int(last or first) + 1))
    return found


def _length(pdu: str) -> int:
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)
