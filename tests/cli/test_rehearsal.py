"""A survey talked through in the terminal: what is said, how it is read, and that nothing of it stays."""

from __future__ import annotations

import hashlib

from tests.cli.boxes import Box


def test_a_survey_is_talked_through_to_the_thanks(box: Box) -> None:
    database = box.folder / "data/aftercall.db"
    before = hashlib.sha256(database.read_bytes()).hexdigest()
    found = box.run("simulate-resident", typed="5\n4 nice\nhm\n3\n5 5\n4\n2\nthank you all\n/quit\n")
    assert found.code == 0, found.err
    for needed in (
        "How satisfied are you",
        "2/6",
        "3/6",
        "Sorry, we need one number",
        "6/6",
        "Thank you. Staff may",
    ):
        assert needed in found.out
    assert "(read as answer, listened = 4)" in found.out
    assert found.out.splitlines()[-6:] == [
        "overall      5",
        "listened     4",
        "respect      3",
        "fair         4",
        "resolved     2",
        "comment      in words",
    ]
    assert "[survey completed]" in found.err
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before


def test_time_travels_and_danger_rings(box: Box) -> None:
    found = box.run("simulate-resident", typed="/wait 2d\nhe has a gun\n/wait soon\n/what\n/answers\n")
    assert found.code == 0
    assert "(read as emergency, red alarm)" in found.out
    assert "[survey paused]" in found.err
    assert "/wait: " in found.err and found.err.count("Type what the resident texts") == 2


def test_it_speaks_the_language_of_the_call_and_the_script_of_the_role(box: Box) -> None:
    said = box.run("simulate-resident", "--role", "victim", "--language", "es", typed="5\n5\n5\n5\n").out
    assert "Responda 1-5" in said and "siguientes pasos" in said


def test_a_policy_file_is_tried_before_it_is_in_force(box: Box) -> None:
    file = box.folder / "next.toml"
    file.write_text('[texts.en]\nthanks = "{A}: That was all. Emergency: {911}."\n')
    said = box.run("simulate-resident", "--policy", str(file), typed="5\n0\n0\n0\n").out
    assert "That was all." in said
    assert "That was all." not in str(box.run("policy", "show", "--json").json)
