"""The policy as a file: what is wrong is refused whole, what is not in the file keeps its value."""

from __future__ import annotations

import os
import tomllib

import pytest

from appliance.domain import policy
from tests.cli.boxes import Box

LONG = "a" * 158

BAD_POLICIES = {
    "unknown table": ("[survy]\nenabled = true\n", "survy", "'survey'"),
    "unknown key": ('[events]\nsetle = "3m"\n', "events.setle", "'settle'"),
    "wrong type": ("[survey]\nenabled = 1\n", "survey.enabled", "true or false"),
    "a number for a duration": ("[events]\nsettle = 3\n", "events.settle", "20m"),
    "a share over one": ("[survey]\nsample = 1.5\n", "survey.sample", "1"),
    "a window that ends first": ('[survey]\nwindow = ["20:00", "09:00"]\n', "survey.window", "24:00"),
    "a list that is none": ('[call_types]\nallow = "NOISE"\n', "call_types.allow", "list"),
    "a script that is not there": ('[survey]\nscript = "other"\n', "survey.script", "caller"),
    "two parts": (f'[texts.en]\nclosed = "{{A}}: {LONG}"\n', "texts.en.closed", "Shorten it"),
    "a link": ('[texts.en]\nclosed = "{A}: see sample.gov STOP=no"\n', "texts.en.closed", "links"),
    "a link with a scheme": ('[texts.en]\nclosed = "{A}: https://x"\n', "texts.en.closed", "links"),
    "an unknown placeholder": ('[texts.en]\nclosed = "{A}: {NAME}"\n', "texts.en.closed", "{NAME}"),
    "another number": ('[texts.en]\nclosed = "{A}: call 541-555-0199"\n', "texts.en.closed", "{P}"),
    "a character that costs double": ('[texts.en]\nclosed = "{A}: \\u2713"\n', "texts.en.closed", "double"),
    "an incident word": ('[texts.en]\nclosed = "{A}: your arrest"\n', "texts.en.closed", "lock screen"),
    "an empty text": ('[texts.en]\nclosed = ""\n', "texts.en.closed", "Add the text"),
    "an unknown text": ('[texts.en]\nclozed = "{A}"\n', "texts.en.clozed", "'closed'"),
    "no TOML": ("survey\n", "line 1", "Correct that line"),
}


@pytest.mark.parametrize("command", ["check", "import"])
@pytest.mark.parametrize(("text", "key", "remedy"), BAD_POLICIES.values(), ids=BAD_POLICIES.keys())
def test_a_bad_policy_is_refused_whole(box: Box, command: str, text: str, key: str, remedy: str) -> None:
    before = box.rows("SELECT * FROM policies"), box.audited()
    file = box.folder / "wrong.toml"
    # A good key beside the bad one: it must not slip in.
    file.write_text(f"{text}\n[report]\nmin_n = 7\n", encoding="utf-8")
    found = box.run("policy", command, str(file))
    assert found.code == 1
    assert "The policy is good" not in found.out and (command == "check" or found.out == "")
    for needed in (str(file), key, remedy):
        assert needed in found.err
    assert (box.rows("SELECT * FROM policies"), box.audited()) == before


def test_a_file_that_is_not_there_is_said(box: Box) -> None:
    found = box.run("policy", "import", str(box.folder / "nothing.toml"))
    assert found.code == 1
    assert "nothing.toml" in found.err and "policy export" in found.err


def test_a_pipe_serves_as_well_as_a_file(box: Box) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"[report]\nmin_n = 20\n")
    os.close(writing)
    try:
        assert box.run("policy", "import", f"/dev/fd/{reading}").code == 0
    finally:
        os.close(reading)
    assert box.run("policy", "show", "--json").json["policy"]["report"]["min_n"] == 20


def test_keys_the_file_does_not_hold_keep_their_value(box: Box) -> None:
    before = box.run("policy", "show", "--json").json
    assert box.import_policy('[survey]\ncooldown = "10d"\n[call_types]\nallow = ["PARKING"]\n').code == 0
    after = box.run("policy", "show", "--json").json
    assert after["version"] == before["version"] + 1
    wanted = policy.merge(
        before["policy"], {"survey": {"cooldown": "10d"}, "call_types": {"allow": ["PARKING"]}}
    )
    assert after["policy"] == wanted
    assert wanted["call_types"]["allow"] == ["PARKING"], "a list is replaced, not added to"


def test_reset_starts_from_the_shipped_default(box: Box) -> None:
    assert box.import_policy("[report]\nmin_n = 20\n", "--reset").code == 0
    shipped = policy.default_document()
    shipped["report"]["min_n"] = 20
    assert box.run("policy", "show", "--json").json["policy"] == shipped


def test_what_is_exported_can_be_imported_and_changes_nothing(box: Box) -> None:
    exported = box.run("policy", "export").out
    assert tomllib.loads(exported) == box.run("policy", "show", "--json").json["policy"]
    assert box.import_policy(exported, "--reset").code == 0
    assert box.run("policy", "export").out == exported


def test_show_says_which_version_and_since_when(box: Box) -> None:
    found = box.run("policy", "show").out
    assert found.startswith("# version 2, imported 20")
    assert tomllib.loads(found) == box.run("policy", "show", "--json").json["policy"]


def test_check_changes_nothing(box: Box) -> None:
    (box.folder / "good.toml").write_text("[report]\nmin_n = 20\n", encoding="utf-8")
    before = box.rows("SELECT * FROM policies"), box.audited()
    found = box.run("policy", "check", str(box.folder / "good.toml"))
    assert found.code == 0 and found.out.endswith("The policy is good.\n")
    assert box.run("policy", "check").code == 0
    assert (box.rows("SELECT * FROM policies"), box.audited()) == before


def test_check_shows_what_each_text_takes_in_each_language(box: Box) -> None:
    said = box.run("policy", "check").out
    header, *lines = said.splitlines()
    assert header.split() == ["text", "en", "es", "fr"]
    closed = next(line for line in lines if line.startswith("closed "))
    assert closed.count("/160") == 3
    found = box.run("policy", "check", "--json").json
    assert found["faults"] == []
    texts = {(text["language"], text["key"]): text for text in found["texts"]}
    assert texts["es", "closed"]["characters"] <= texts["es", "closed"]["of"] == 160
    assert {text["parts"] for text in found["texts"]} == {1}


def test_check_marks_the_text_that_is_wrong_and_the_one_that_costs_double(box: Box) -> None:
    file = box.folder / "next.toml"
    file.write_text(f'[texts.en]\nclosed = "{{A}}: {LONG}"\nthanks = "{{A}}: gracias, Jos\u00e1"\n', "utf-8")
    lines = {line.split()[0]: line for line in box.run("policy", "check", str(file)).out.splitlines()}
    assert "2 parts !" in lines["closed"]
    assert "/70 !U" in lines["thanks"]
    assert "!" not in lines["received"]


def test_characters_are_brought_near_only_where_it_is_asked_for(box: Box) -> None:
    file = box.folder / "next.toml"
    file.write_text(
        '[texts.es]\nthanks = "{A}: Gracias. Su opini\u00f3n cuenta. Emergencia: {911}."\n', "utf-8"
    )
    refused = box.run("policy", "import", str(file))
    assert (refused.code, "Write 'o' instead" in refused.err) == (1, True)
    taken = box.run("policy", "import", str(file), "--transliterate")
    assert taken.code == 0
    assert "texts.es.thanks:" in taken.err and "Su opinion cuenta" in taken.err
    shown = box.run("policy", "show", "--json").json["policy"]
    assert shown["texts"]["es"]["thanks"] == "{A}: Gracias. Su opinion cuenta. Emergencia: {911}."


def test_an_agency_may_pay_for_other_characters_up_to_three_parts(box: Box) -> None:
    file = box.folder / "next.toml"
    text = "{A}: Merci de votre avis, \u00e0 bient\u00f4t. " + "Urgence: {911}. "
    file.write_text(f'[wording]\nunicode = true\n[texts.fr]\nthanks = "{text * 2}"\n', "utf-8")
    found = box.run("policy", "check", str(file))
    assert found.code == 0, found.err
    assert any("parts U" in line for line in found.out.splitlines() if line.startswith("thanks"))
    file.write_text(f'[wording]\nunicode = true\n[texts.fr]\nthanks = "{text * 5}"\n', "utf-8")
    refused = box.run("policy", "check", str(file))
    assert (refused.code, "Shorten it to 3 parts" in refused.err) == (1, True)


def test_a_first_text_that_says_too_little_is_advised_on_but_taken(box: Box) -> None:
    found = box.import_policy('[texts.en]\nclosed = "{A}: Ref {N} is closed."\n')
    assert found.code == 0
    assert "advice: texts.en.closed: can be a first text and does not say 911" in found.err


def test_an_import_is_one_version_and_one_audit_row(box: Box) -> None:
    before = box.audited()
    assert box.import_policy("[report]\nmin_n = 20\n").code == 0
    assert box.audited()[len(before) :] == [("policy-import", "policy:3")]
