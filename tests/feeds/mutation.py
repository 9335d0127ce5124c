"""Sample files of every format, spoiled in one way after another, and what holds of whatever is read."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from appliance.domain.records import FEED_FIELDS
from appliance.feeds import registry
from appliance.feeds.base import MAX_FIELD_BYTES, Batch, FeedSettings
from tests.feeds.test_eido import SAMPLE as EIDO
from tests.feeds.test_json_file import CALL
from tests.feeds.test_xml_file import GENERIC, NEW_WORLD, PATHS

NOW = 1_772_654_400_000
CANARY = "CANARY-7341"
CSV = (
    "call_id,received_at,closed_at,call_type,phone,language,do_not_text,Narrative\n"
    f'26-1,2026-03-04 11:00:00,,NOISE COMPLAINT,541-555-0123,en,N,"{CANARY}, twice"\n'
    f"26-2,2026-03-04 11:05:00,2026-03-04 11:20:00,PARKING,(541) 555-0145,es,Y,{CANARY}\n"
)


def _settings(kind: str, **given: object) -> FeedSettings:
    made = {"name": "cad", "type": kind, "path": Path("unused"), "zone": ZoneInfo("America/Los_Angeles")}
    return FeedSettings(**{**made, **given})  # type: ignore[arg-type]


FORMATS: dict[str, tuple[FeedSettings, bytes]] = {
    "csv": (_settings("csv"), CSV.encode()),
    "csv, two bytes a letter": (_settings("csv"), CSV.encode("utf-16")),
    "json": (_settings("json"), json.dumps([CALL | {"notes": CANARY}, CALL]).encode()),
    "ndjson": (_settings("json"), "\n".join(json.dumps(CALL | {"notes": CANARY}) for _ in range(3)).encode()),
    "new world": (
        _settings("xml", preset="newworld"),
        NEW_WORLD.replace("SAMPLE NAME", CANARY).encode(),
    ),
    "xml": (
        _settings("xml", columns=PATHS, records="Calls/Call"),
        GENERIC.replace("SAMPLE WORDS", CANARY).encode(),
    ),
    "eido": (_settings("eido"), json.dumps(EIDO).replace("SAMPLE NAME", CANARY).encode()),
}

NASTY: tuple[bytes, ...] = (
    b"\0", b"\xff", b'"', b"'", b",", b";", b"\n", b"\r", b"<", b">", b"&", b"]]>", b"{", b"}", b"[", b"]",
    b"\xef\xbb\xbf", "\u202e".encode(), "５".encode(), b"=1+1", b"OLN/X1", b"NaN", b"null", b"1e999", b"-",
    b"&#0;", b"<!ENTITY a 'b'>", b"\\u0000", b"\\ud800", b"x" * 300, b"9" * 40, b" " * 50,
)  # fmt: skip


def spoiled(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four things done to them."""
    ways: tuple[Callable[[bytes], bytes], ...] = (
        lambda d: d[: chance.randrange(len(d) + 1)],
        lambda d: d[chance.randrange(len(d) + 1) :],
        lambda d: _cut(d, chance, bytes([chance.randrange(256)])),
        lambda d: _cut(d, chance, chance.choice(NASTY)),
        lambda d: _cut(d, chance, b""),
        lambda d: _doubled(d, chance),
        lambda d: d.replace(chance.choice((b"2026", b"541", b":", b"-", b"26-1")), chance.choice(NASTY)),
    )
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(ways)(data)
    return data


def _cut(data: bytes, chance: random.Random, instead: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + instead + data[at + chance.choice((0, 1, 1, 9)) :]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
    return data[:end] + data[start:]


def judge(name: str, data: bytes) -> Batch:
    """Reads a file of this format; raises where a batch says what it must not."""
    batch = registry.parse(FORMATS[name][0], data, "spoiled", NOW)
    # A spoiled line can push one column's words into the next; what is said about a row never quotes them.
    places = [(r.column, r.value_hint, r.reason, r.remedy) for r in batch.rejects]
    said = repr((places, batch.quarantined, batch.refusal))
    if batch.refusal is not None:
        assert not (batch.records or batch.rejects or batch.quarantined), "half a batch"
        assert batch.refusal.remedy, "no remedy"
    for row in batch.records:
        assert row.record.call_id, "a record without its call"
        for field in FEED_FIELDS:
            value = getattr(row.record, field)
            if isinstance(value, str):
                assert len(value.encode()) <= MAX_FIELD_BYTES, field
                assert "\0" not in value, field
    assert CANARY not in said, "a column that is not listed is kept"
    return batch


def spoil_many(name: str, count: int, seed: int) -> int:
    """So many spoiled files of one format; returns how many still gave a record."""
    chance = random.Random(f"{name} {seed}")
    read = 0
    for _ in range(count):
        data = spoiled(FORMATS[name][1], chance)
        try:
            read += bool(judge(name, data).records)
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}: {data!r}") from error
    return read
