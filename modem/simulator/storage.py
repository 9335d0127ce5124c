"""Where a simulated modem keeps texts: SM, ME, SR, and MT, which is ME and SM seen as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum


class Status(IntEnum):
    """`<stat>` of 3GPP TS 27.005 3.1, PDU mode."""

    UNREAD = 0
    READ = 1
    UNSENT = 2
    SENT = 3


@dataclass(slots=True)
class Slot:
    """One stored PDU: hex with the service centre's address in front, as +CMGR shows it."""

    pdu: str
    status: Status


def tpdu_length(pdu_hex: str) -> int:
    """`<length>` of 27.005: octets of the TPDU, the service centre's address not counted."""
    return len(pdu_hex) // 2 - 1 - int(pdu_hex[:2], 16)


class Memory:
    """One message storage; an index is the lowest that is free, counted from `first`."""

    def __init__(self, name: str, capacity: int, first: int) -> None:
        self.name = name
        self.capacity = capacity
        self.first = first
        self._slots: dict[int, Slot] = {}

    def put(self, slot: Slot) -> int | None:
        """The index it got, or None when there is no room."""
        for index in range(self.first, self.first + self.capacity):
            if index not in self._slots:
                self._slots[index] = slot
                return index
        return None

    def get(self, index: int) -> Slot | None:
        return self._slots.get(index)

    def delete(self, index: int) -> bool:
        """Whether there was something to delete."""
        return self._slots.pop(index, None) is not None

    def knows(self, index: int) -> bool:
        """Whether the index exists at all, used or not."""
        return self.first <= index < self.first + self.capacity

    def used(self) -> int:
        return len(self._slots)

    def items(self) -> Iterator[tuple[int, Slot]]:
        """Index and slot, lowest index first."""
        return iter(sorted(self._slots.items()))


class Combined(Memory):
    """Two memories as one (MT): the second's indices follow the first's. ME fills before SM."""

    def __init__(self, name: str, parts: tuple[Memory, Memory]) -> None:
        super().__init__(name, parts[0].capacity + parts[1].capacity, parts[0].first)
        self._parts = parts

    def _home(self, index: int) -> tuple[Memory, int]:
        front, back = self._parts
        if index < front.first + front.capacity:
            return front, index
        return back, index - front.capacity

    def put(self, slot: Slot) -> int | None:
        front, back = self._parts
        index = front.put(slot)
        if index is not None:
            return index
        index = back.put(slot)
        return None if index is None else index + front.capacity

    def get(self, index: int) -> Slot | None:
        memory, place = self._home(index)
        return memory.get(place)

    def delete(self, index: int) -> bool:
        memory, place = self._home(index)
        return memory.delete(place)

    def used(self) -> int:
        return sum(part.used() for part in self._parts)

    def items(self) -> Iterator[tuple[int, Slot]]:
        front, back = self._parts
        yield from front.items()
        for index, slot in back.items():
            yield index + front.capacity, slot


class Storage:
    """All memories of one modem by their 27.005 names; they outlive a restart and an unplug."""

    def __init__(self, *, sm: int = 20, me: int = 100, sr: int = 20, first: int = 0) -> None:
        self.by_name: dict[str, Memory] = {"ME": Memory("ME", me, first), "SR": Memory("SR", sr, first)}
        self.insert(Memory("SM", sm, first))

    def insert(self, sim: Memory) -> None:
        """Another SIM brings its own memory."""
        self.by_name["SM"] = sim
        self.by_name["MT"] = Combined("MT", (self.by_name["ME"], sim))

    def __getitem__(self, name: str) -> Memory:
        return self.by_name[name]
