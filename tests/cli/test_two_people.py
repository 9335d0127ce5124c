"""What loosens waits for a second person once a text has left; quiet numbers; records of a call."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.cli.boxes import PASSWORD, Box

LOOSE = "[limits]\nnotices_per_number_per_day = 9\n"
TIGHT = "[limits]\nnotices_per_number_per_day = 1\n"


def went_live(box: Box) -> None:
    with closing(sqlite3.connect(box.folder / "data/aftercall.db")) as link, link:
        link.execute("INSERT OR REPLACE INTO switches VALUES ('texted_live', 'true', 1, 'worker')")


def admins(box: Box, *names: str) -> None:
    for name in names:
        assert box.run("user", "add", name, "--role", "admin", typed=f"{PASSWORD}\n").code == 0


def imported(box: Box, text: str, *more: str, typed: str = "") -> str:
    file = box.folder / "change.toml"
    file.write_text(text, encoding="utf-8")
    found = box.run("policy", "import", str(file), *more, typed=typed)
    assert found.code == 0, found.err
    return found.out


def cap(box: Box) -> int:
    return int(box.run("policy", "show", "--json").json["policy"]["limits"]["notices_per_number_per_day"])


def test_before_the_first_text_everything_acts_at_once(box: Box) -> None:
    imported(box, LOOSE)
    assert cap(box) == 9


def test_afterwards_what_loosens_waits_and_what_tightens_does_not(box: Box) -> None:
    admins(box, "first", "second")
    went_live(box)
    before = cap(box)
    said = imported(box, LOOSE)
    assert "waits for a second person" in said and "at most 9 notices a day" in said
    assert cap(box) == before
    imported(box, TIGHT)
    assert cap(box) == 1
    stale = box.run("policy", "approve", "--as", "second", typed=f"{PASSWORD}\n")
    assert (stale.code, "has changed since" in stale.err) == (1, True)
    imported(box, LOOSE)
    approved = box.run("policy", "approve", "--as", "second", typed=f"{PASSWORD}\n")
    assert approved.code == 0, approved.err
    assert cap(box) == 9
    again = box.run("policy", "approve", "2", "--as", "second", typed=f"{PASSWORD}\n")
    assert (again.code, "was approved by second" in again.err) == (1, True)


def test_the_proposer_cannot_approve(box: Box) -> None:
    admins(box, "first", "second")
    went_live(box)
    imported(box, LOOSE, "--as", "first", typed=f"{PASSWORD}\n")
    own = box.run("policy", "approve", "--as", "first", typed=f"{PASSWORD}\n")
    assert (own.code, "a second person" in own.err) == (1, True)
    wrong = box.run("policy", "approve", "--as", "second", typed="not the pass phrase\n")
    assert wrong.code == 1
    assert cap(box) == 3
    withdrawn = box.run("policy", "approve", "--as", "second", "--withdraw", typed=f"{PASSWORD}\n")
    assert withdrawn.code == 0
    nothing = box.run("policy", "approve", "--as", "second", typed=f"{PASSWORD}\n")
    assert (nothing.code, "No policy waits" in nothing.err) == (1, True)


def test_a_supervisor_cannot_approve(box: Box) -> None:
    assert box.run("user", "add", "shift", "--role", "supervisor", typed=f"{PASSWORD}\n").code == 0
    went_live(box)
    imported(box, LOOSE)
    found = box.run("policy", "approve", "--as", "shift", typed=f"{PASSWORD}\n")
    assert (found.code, "takes admin" in found.err) == (1, True)


def test_a_newer_proposal_replaces_the_one_that_waits(box: Box) -> None:
    went_live(box)
    imported(box, LOOSE)
    assert "Proposal 1 is replaced" in imported(box, "[limits]\nnotices_per_number_per_day = 8\n")
    assert [row[0] for row in box.rows("SELECT outcome FROM proposals ORDER BY id")] == ["replaced", None]


def test_two_versions_are_told_apart_in_words(box: Box) -> None:
    first = box.run("policy", "show", "--json").json["version"]
    imported(box, LOOSE)
    file = box.folder / "next.toml"
    file.write_text('[survey]\ndelay = "6h"\n', encoding="utf-8")
    assert "loosens  A number gets at most 9 notices a day" in box.run("policy", "diff").out
    assert "Surveys wait 6h" in box.run("policy", "diff", str(file)).out
    both = box.run("policy", "diff", str(first), str(file), "--json").json
    assert [each["effect"] for each in both] == ["loosens", "neutral"]
    assert box.run("policy", "diff", str(first), str(first)).out == "They say the same.\n"
    assert "no version 99" in box.run("policy", "diff", "99", "1").err


ADVICE = (
    ('[call_types]\nallow = ["DOMESTIC"]\n', "DOMESTIC will never be texted"),
    ("[survey]\nsample = 0.5\n", "shipped seed"),
    ('[codes.fire.role]\nRP = "caller"\n', "no feed has this name"),
)


@pytest.mark.parametrize(("text", "said"), ADVICE)
def test_what_can_be_meant_in_no_good_way_is_advice(box: Box, text: str, said: str) -> None:
    file = box.folder / "next.toml"
    file.write_text(text, encoding="utf-8")
    found = box.run("policy", "check", str(file))
    assert (found.code, said in found.err) == (0, True), found.err


def test_the_quiet_list_keeps_hashes_alone(box: Box) -> None:
    added = box.run("quiet", "add", typed="541-555-0123\n(541) 555-0145\n\n")
    assert "2 on the quiet list" in added.out
    assert box.rows("SELECT e164 FROM numbers") == [(None,), (None,)]
    listed = box.run("quiet", "list", "--json").json
    assert listed["numbers"] == 2
    assert "555" not in box.run("quiet", "list").out
    bad = box.run("quiet", "add", typed="541-555-0167\nnobody\n")
    assert (bad.code, "Line 2" in bad.err) == (1, True)
    assert box.run("quiet", "list", "--json").json["numbers"] == 2
    assert "1 taken off" in box.run("quiet", "remove", typed="541-555-0123\n").out
    assert box.run("quiet", "list", "--json").json["numbers"] == 1


def test_the_records_of_an_unknown_call_are_none(box: Box) -> None:
    found = box.run("records", "nothing", "--out", str(box.folder / "x.zip"))
    assert (found.code, "No call nothing" in found.err) == (1, True)
    assert box.run("records", "x", "--full").code == 2
