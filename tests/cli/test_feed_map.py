"""`feed map` at work: what it prints, what it asks, and what it writes is what `check` accepts."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.boxes import Box

LAYOUTS = Path(__file__).parent.parent / "samples/layouts"


def test_the_printed_block_is_taken_as_it_is(box: Box) -> None:
    found = box.run("feed", "map", str(LAYOUTS / "new_orleans.csv"))
    assert found.code == 0, found.out
    block = tomllib.loads(found.out[found.out.index("[[feed]]") :])
    assert block["feed"][0]["columns"]["phone"] == "CallerPhone"
    assert "never texted" in found.out and "dropped before anything is written: Type_" in found.out


def test_it_writes_the_columns_once_and_check_takes_them(box: Box) -> None:
    sample = LAYOUTS / "baltimore.csv"
    asked = box.run("feed", "map", str(sample))
    assert (asked.code, "needs a decision" in asked.out) == (1, True)
    written = box.run("feed", "map", str(sample), "--answer", "call_type=description", "--write")
    assert written.code == 0, written.err
    settings = tomllib.loads((box.folder / "data/settings.toml").read_text())
    assert settings["feed"] == [{"name": "cad", "columns": settings["feed"][0]["columns"]}]
    (box.folder / "feeds/cad/sample.csv").write_bytes(sample.read_bytes())
    assert "feed    cad: sample.csv" not in box.run("check").out
    again = box.run("feed", "map", str(sample), "--answer", "call_type=description", "--write")
    assert (again.code, "Take them out there first" in again.err) == (1, True)


def test_json_tells_all_of_it(box: Box) -> None:
    found = box.run("feed", "map", str(LAYOUTS / "seattle_classic.csv"), "--json").json
    assert (found["complete"], found["feed_columns"]["source"]) == (True, "Call Type")
    assert "555" not in str(found)


def test_a_file_that_cannot_be_read_is_said(box: Box) -> None:
    wrong = box.folder / "wrong.csv"
    wrong.write_bytes("Call ID,Café\n".encode("latin-1"))
    found = box.run("feed", "map", str(wrong))
    assert (found.code, "not UTF-8" in found.err and "CSV UTF-8" in found.err) == (1, True)
    assert box.run("feed", "map", str(wrong), "--answer", "fone=X").code == 2


MAPPED = "CAD Event ID,Received At,Closed At,Call Type Final,Caller Phone\n"
ROW = "26-1,{received},{closed},NOISE COMPLAINT,541-555-0123\n"
TIMES = (
    (("2026-03-04 10:12:00", ""), "year first, 24-hour clock, no offset: America/Los_Angeles"),
    (("2026-03-04T10:12:00-08:00", ""), "year first, 24-hour clock, offset in each value"),
    (("03/04/2026 10:12:00 PM", ""), "month first, 12-hour clock, no offset: America/Los_Angeles"),
    (("4 Mar 2026 10:12", ""), "month by name, 24-hour clock, no offset: America/Los_Angeles"),
    (("14/03/2026 10:12", ""), "day first, 24-hour clock, no offset: America/Los_Angeles"),
    (("2026-03-04 10:12", "soon"), "unreadable: AAAA"),
)


@pytest.mark.parametrize(("written", "told"), TIMES, ids=[told for _, told in TIMES])
def test_each_time_column_says_how_it_is_written(box: Box, written: tuple[str, str], told: str) -> None:
    sample = box.folder / "sample.csv"
    sample.write_text(MAPPED + ROW.format(received=written[0], closed=written[1]))
    assert told in box.run("feed", "map", str(sample)).out
    columns = json.loads(box.run("feed", "map", str(sample), "--json").out)["columns"]
    assert told in [way for column in columns for way in column["written"]]
