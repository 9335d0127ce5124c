"""What of a recovery ladder outlives the process, as JSON: the network counts attaches, not our restarts.

Instants are kept as wall-clock milliseconds (UTC) and become monotonic seconds again when they are read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from modem.rungs import CHEAP, DAY, Attach, Outcome, Record, Rung, within
from modem.supervisor import Ladder

VERSION = 1


def kept(ladder: Ladder, now: float, wall: int) -> str:
    """What must be remembered of this modem; `now` monotonic seconds and `wall` ms are the same instant."""

    def instant(at: float) -> int:
        return wall - round((now - at) * 1000)

    document = {
        "version": VERSION,
        "series": ladder.series,
        "needs_person": ladder.needs_person,
        "tried": sorted(ladder.tried - CHEAP),
        "impossible": sorted(ladder.impossible),
        "attaches": [[attach.rung, instant(attach.at)] for attach in within(ladder.attaches, DAY, now)],
        "rungs": {
            rung: {
                "tried": record.tried,
                "helped": record.helped,
                "at": None if record.at is None else instant(record.at),
                "outcome": record.outcome,
                "seconds": round(record.seconds, 3),
            }
            for rung, record in ladder.records.items()
        },
    }
    return json.dumps(document, separators=(",", ":"), sort_keys=True)


def recalled(ladder: Ladder, text: str, now: float, wall: int) -> Ladder:
    """`ladder` with what `kept` wrote, added to what has happened meanwhile.

    What cannot be read counts as nothing remembered: a damaged row must not keep a modem from its repair.
    An instant that lies ahead, after the clock was set back, counts as now: a rung then comes late, never
    too early.
    """

    def monotonic(at: int) -> float:
        return now - max(0, wall - at) / 1000

    try:
        document = json.loads(text)
        if document.get("version") != VERSION:
            return ladder
        attaches = within(
            (Attach(Rung(rung), monotonic(int(at))) for rung, at in document["attaches"]), DAY, now
        )
        records = {
            Rung(rung): Record(
                tried=int(entry["tried"]),
                helped=int(entry["helped"]),
                at=None if entry["at"] is None else monotonic(int(entry["at"])),
                outcome=None if entry["outcome"] is None else Outcome(entry["outcome"]),
                seconds=float(entry["seconds"]),
            )
            for rung, entry in document["rungs"].items()
        }
        return replace(
            ladder,
            series=ladder.series + (int(document["series"]) if attaches else 0),
            needs_person=ladder.needs_person or bool(document["needs_person"]),
            tried=ladder.tried | frozenset(map(Rung, document["tried"])),
            impossible=ladder.impossible | frozenset(map(Rung, document["impossible"])),
            attaches=within((*attaches, *ladder.attaches), DAY, now),
            records=MappingProxyType({**records, **_added(records, ladder.records)}),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return ladder


def _added(old: Mapping[Rung, Record], new: Mapping[Rung, Record]) -> dict[Rung, Record]:
    return {
        rung: replace(
            record,
            tried=record.tried + old.get(rung, Record()).tried,
            helped=record.helped + old.get(rung, Record()).helped,
        )
        for rung, record in new.items()
    }
