"""Files that are meant to hurt: each is refused within two seconds and 256 MiB, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

MIB = 1024 * 1024
SECONDS, MEMORY = 2.0, 256 * MIB

READ = """
import json, sys, time
from pathlib import Path
from zoneinfo import ZoneInfo
from appliance.feeds import registry
from appliance.feeds.base import FeedSettings
kind, folder, name = sys.argv[1:4]
feed = registry.open_feed(FeedSettings("cad", kind, Path(folder), ZoneInfo("America/Los_Angeles")))
began = time.process_time()
batches = list(feed.fetch(int(time.time() * 1000) + 60_000))
spent = time.process_time() - began
print(json.dumps({
    "refused": [b.refusal.reason if b.refusal else None for b in batches],
    "records": sum(len(b.records) for b in batches),
    "rejects": sorted({r.reason for b in batches for r in b.rejects}),
    "seconds": spent,
    # Of this program alone: ru_maxrss would still count what started it.
    "memory": next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM")) * 1024,
}))
"""
HEADER = b"call_id,received_at,call_type,phone\n"
ROW = b"C-1,2026-03-04T19:00:00Z,NOISE,541-555-0123\n"
LIMIT = 5 * MIB


def filled(head: bytes, piece: bytes, tail: bytes = b"") -> bytes:
    """As much as the limit on a file's size lets in."""
    return head + piece * ((LIMIT - len(head) - len(tail)) // len(piece)) + tail


def bomb() -> bytes:
    entities = b'<!ENTITY a0 "aaaaaaaaaa">' + b"".join(
        f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};&a{n - 1};&a{n - 1};">'.encode() for n in range(1, 30)
    )
    return b"<!DOCTYPE b [" + entities + b"]><b>&a29;</b>"


FILES: tuple[tuple[str, str, Callable[[], bytes], str | None], ...] = (
    ("200 MB of rows", "csv", lambda: HEADER + ROW * (200 * MIB // len(ROW)), "too_large"),
    ("one quote never closed", "csv", lambda: filled(HEADER + b'C-1,"', b"x"), None),
    ("a million commas", "csv", lambda: filled(HEADER, b","), None),
    ("a million empty lines", "csv", lambda: filled(HEADER, b"\n"), None),
    ("too many rows", "csv", lambda: filled(HEADER, ROW), "too_many_rows"),
    ("too many columns", "csv", lambda: filled(b"", b"c,"), "too_many_columns"),
    ("nothing but zeros", "csv", lambda: b"\0" * LIMIT, "header"),
    ("formulas", "csv", lambda: HEADER + b'=cmd|"/c calc"!A0,2026-03-04T19:00:00Z,@SUM(A1),+1\n', None),
    ("a list without an end", "json", lambda: filled(b"", b"["), "too_deep"),
    ("objects without an end", "json", lambda: filled(b"", b'{"a":'), "too_deep"),
    ("a million empty objects", "json", lambda: filled(b"[", b"{},", b"{}]"), "too_many_rows"),
    ("a million numbers", "json", lambda: filled(b"[", b"1,", b"1]"), "too_many_rows"),
    ("a million names", "json", lambda: filled(b'{"call_id":"1"', b',"n":"x"', b"}"), "column_twice"),
    ("a number as long as the file", "json", lambda: filled(b'{"call_id":', b"9", b"}"), "column_missing"),
    ("a string as long as the file", "json", lambda: filled(b'{"call_id":"', b"x", b'"}'), "column_missing"),
    ("a bomb of entities", "xml", bomb, "xml_dtd"),
    ("a file from outside", "xml", lambda: b'<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]><b>&x;</b>',
     "xml_dtd"),
    ("elements without an end", "xml", lambda: filled(b"", b"<a>"), "too_deep"),
    ("a million elements", "xml", lambda: filled(b"<a>", b"<b/>", b"</a>"), "too_many_rows"),
    ("a million attributes", "xml",
     lambda: b"<a " + b" ".join(b'a%d=""' % n for n in range(400_000)) + b"/>", "too_many_columns"),
    ("an EIDO of references", "eido", lambda: filled(b'[{"$ref":"#"}', b',{"$ref":"#"}', b"]"),
     "too_many_rows"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "made", "reason"), [row[1:] for row in FILES], ids=[row[0] for row in FILES]
)
def test_it_is_refused_in_time_and_in_bounds(
    tmp_path_factory: pytest.TempPathFactory, kind: str, made: Callable[[], bytes], reason: str | None
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / f"file.{kind}").write_bytes(made())
    done = subprocess.run(
        [sys.executable, "-c", READ, kind, str(folder), "file"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    (folder / f"file.{kind}").unlink()
    assert done.returncode == 0, done.stderr[-2_000:]
    told = json.loads(done.stdout)
    assert told["refused"] == [reason]
    assert told["memory"] <= MEMORY
    assert told["seconds"] <= SECONDS
