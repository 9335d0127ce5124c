"""`init`, `check`, bad config, exit codes, empty states: what IT staff meet first."""

from __future__ import annotations

import getpass
import stat
from pathlib import Path

import pytest

from appliance import clock
from appliance.clock import MINUTE
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, database, heartbeats, switches
from tests.cli.boxes import AT_ONCE, CONFIG, PASSWORD, Box

LISTINGS = (
    ("status",),
    ("messages",),
    ("replies",),
    ("explain", "S1"),
    ("report", "--from", "2026-01-01", "--to", "2026-01-31"),
    ("policy", "show"),
    ("policy", "export"),
    ("hold", "drill"),
    ("release",),
)


def everything_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_init_makes_the_box_and_may_be_repeated(bare: Box) -> None:
    first, again = bare.run("init"), bare.run("init")
    assert (first.code, again.code) == (0, 0)
    assert "(made)" in first.out and "(was there)" in again.out
    assert {"data/aftercall.db", "data/numbers.key", "feeds/cad"} <= everything_in(bare.folder)
    assert bare.audited() == [("init", "box")]


@pytest.mark.parametrize(
    ("path", "mode"),
    [("data", 0o770), ("feeds/cad", 0o770), ("data/aftercall.db", 0o660), ("data/numbers.key", 0o600)],
)
def test_init_lets_the_service_users_in_and_nobody_else(box: Box, path: str, mode: int) -> None:
    assert stat.S_IMODE((box.folder / path).stat().st_mode) == mode


def test_init_without_a_config_says_to_write_one(bare: Box) -> None:
    bare.config.unlink()
    found = bare.run("init")
    assert found.code == 1
    assert str(bare.config) in found.err
    assert "config.example.toml" in found.err
    assert everything_in(bare.folder) == set()


@pytest.mark.parametrize("arguments", LISTINGS, ids=lambda arguments: " ".join(arguments[:2]))
def test_a_command_before_init_says_to_run_init(bare: Box, arguments: tuple[str, ...]) -> None:
    found = bare.run(*arguments)
    assert (found.code, found.out) == (1, "")
    assert "Run `aftercall init`" in found.err
    assert everything_in(bare.folder) == {"config.toml"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("status",), "Start it: aftercall worker"),
        (("messages",), "aftercall status"),
        (("messages", "--call", "S9"), "aftercall explain S9"),
        (("messages", "--state", "failed"), "Without --state"),
        (("replies",), "aftercall messages"),
        (("replies", "--kind", "stop"), "Without --kind"),
        (("report", "--from", "2026-01-01", "--to", "2026-01-31"), "aftercall status"),
        (("check",), "Set [call_types] allow"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_an_empty_box_says_the_next_step(bare: Box, arguments: tuple[str, ...], says: str) -> None:
    assert bare.run("init").code == 0
    found = bare.run(*arguments)
    assert found.code == 0, found.err
    assert says in found.out


@pytest.mark.parametrize("arguments", [("messages",), ("replies",)], ids=["messages", "replies"])
def test_an_empty_listing_is_an_empty_list_for_scripts(box: Box, arguments: tuple[str, ...]) -> None:
    assert box.run(*arguments, "--json").json == []


def test_modems_and_feeds_are_listed_before_the_worker_ever_ran(box: Box) -> None:
    found = box.run("status", "--json").json
    [modem], [feed] = found["modems"], found["feeds"]
    assert (modem["name"], modem["state"], modem["signal"], modem["registered"]) == (
        "main",
        "absent",
        None,
        False,
    )
    assert (feed["name"], feed["last_seen"], feed["silent"]) == ("cad", None, True)


def test_the_status_says_what_is_wrong_and_what_to_do(box: Box) -> None:
    database.configure(box.folder / "data" / "aftercall.db")
    with database.connection(), database.transaction():
        now = clock.now()
        told = {"sentence": "The folder cannot be read."}
        alarms.raise_alarm("feed_fault", AlarmLevel.AMBER, "feed:cad", now, details=told)
        switches.open_breaker("31 texts in 10 minutes", now)
        heartbeats.beat("worker", "running", now - 10 * MINUTE, {})
        heartbeats.beat("modem:old", "ready", now, {"state": "ready", "signal": -70, "registered": True})
    found = box.run("status").out
    assert "breaker open: 31 texts in 10 minutes. Look first, then: aftercall release" in found
    assert "0 red (0 not acknowledged), 1 amber" in found
    assert "feed:cad: The folder cannot be read." in found
    assert "modem   main: absent" in found
    assert "modem   old" not in found, "a modem that is not configured any more"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("messages", "--state", "lost"),
        ("messages", "--limit", "0"),
        ("messages", "--limit", "many"),
        ("replies", "--kind", "angry"),
        ("explain",),
        ("explain", "S1", "--number"),
        ("report",),
        ("report", "--from", "2026-13-01", "--to", "2026-12-31"),
        ("report", "--from", "2026-02-01", "--to", "2026-01-01"),
        ("report", "--from", "2026-01-01", "--to", "2026-01-02", "--format", "pdf"),
        ("hold",),
        ("hold", " "),
        ("user", "add", "sample"),
        ("user", "add", "sample", "--role", "chief"),
        ("policy", "import"),
        ("demo", "--json"),
        ("demo", "--port", "70000"),
        ("simulate-modem",),
    ],
    ids=" ".join,
)
def test_wrong_use_is_two(box: Box, arguments: tuple[str, ...]) -> None:
    before = box.audited()
    found = box.run(*arguments)
    assert (found.code, found.out) == (2, "")
    assert "Usage: " in found.err
    assert box.audited() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("optout", "+15415550123"),
        ("optout", "--number", "+15415550123"),
        ("send-test", "541-555-0123"),
        ("explain", "+15415550123"),
        ("explain", "(541) 555-0123"),
        ("explain", "--number", "+15415550123"),
        ("messages", "--number", "+15415550123"),
        ("replies", "+15415550123"),
    ],
    ids=" ".join,
)
def test_a_number_is_never_taken_from_the_argument_list(box: Box, arguments: tuple[str, ...]) -> None:
    before = box.audited()
    assert box.run(*arguments, typed="541-555-0123\n").code == 2
    assert box.audited() == before
    assert box.rows("SELECT * FROM numbers") == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "No number was given"),
        ("\n", "No number was given"),
        ("555-0123\n", "That number is not a complete telephone number."),
        ("911\n", "That number is a service or emergency number."),
        ("800-555-0100\n", "That number is toll-free"),
        ("+44 20 7946 0000\n", "outside the United States and Canada"),
    ],
)
@pytest.mark.parametrize("command", ["optout", "send-test"])
def test_what_is_no_number_is_refused_in_words(box: Box, command: str, typed: str, says: str) -> None:
    found = box.run(command, typed=typed)
    assert found.code == 1
    assert says in found.err
    assert box.rows("SELECT * FROM numbers") == []


def test_an_opted_out_number_gets_no_more_texts(box: Box) -> None:
    assert box.run("optout", "--json", typed="(541) 555-0123\n").json == {"opted_out": True, "new": True}
    assert box.run("optout", "--json", typed="+15415550123\n").json == {"opted_out": True, "new": False}
    refused = box.run("send-test", typed="5415550123\n")
    assert (refused.code, refused.err) == (1, "That number asked for no more texts.\n")
    assert box.run("messages", "--json").json == []
    assert [action for action, _ in box.audited()][-3:] == ["optout", "optout", "list-messages"]


def test_a_test_text_is_queued_once_and_audited(box: Box) -> None:
    made = box.run("send-test", "--json", typed="541-555-0123").json
    assert isinstance(made["id"], int) and made["key"].startswith("test/")
    [text] = box.run("messages", "--json").json
    assert (text["id"], text["state"], text["to"], text["call_id"]) == (
        made["id"],
        "queued",
        "+15415550123",
        None,
    )
    assert ("send-test", f"message:{made['id']}") in box.audited()


def test_a_box_in_shadow_sends_no_test_text(tmp_path: Path) -> None:
    box = Box(tmp_path, mode="shadow")
    box.set_up()
    found = box.run("send-test", typed="541-555-0123")
    assert found.code == 1
    assert 'Set mode = "live"' in found.err
    assert box.run("messages", "--json").json == []


def test_who_acts_is_the_account_of_the_operating_system(box: Box) -> None:
    assert box.run("hold", "drill").code == 0
    assert box.rows("SELECT actor FROM audit ORDER BY id DESC LIMIT 1") == [(f"cli:{getpass.getuser()}",)]


def test_accounts_are_added_reset_and_shut_out(box: Box) -> None:
    assert box.run("user", "add", "sample", "--role", "viewer", typed=f"{PASSWORD}\n").code == 0
    assert box.run("user", "reset", "sample", typed=f"{PASSWORD} again\n").code == 0
    assert box.run("user", "disable", "sample").code == 0
    assert PASSWORD not in str(box.rows("SELECT * FROM accounts"))
    assert {subject for action, subject in box.audited() if "account" in subject} == {"account:sample"}


@pytest.mark.parametrize(
    ("arguments", "typed", "says"),
    [
        (("user", "add", "sample", "--role", "viewer"), f"{PASSWORD}\n", "already an account"),
        (("user", "add", "other", "--role", "viewer"), "short\n", "15 to 128 characters"),
        (("user", "add", "other", "--role", "viewer"), "", "15 to 128 characters"),
        (("user", "reset", "nobody"), f"{PASSWORD}\n", "nobody"),
        (("user", "disable", "nobody"), "", "nobody"),
    ],
    ids=["name taken", "short password", "no password", "reset nobody", "disable nobody"],
)
def test_an_account_that_cannot_be_is_refused(
    box: Box, arguments: tuple[str, ...], typed: str, says: str
) -> None:
    assert box.run("user", "add", "sample", "--role", "viewer", typed=f"{PASSWORD}\n").code == 0
    before = box.rows("SELECT * FROM accounts")
    found = box.run(*arguments, typed=typed)
    assert found.code == 1
    assert says in found.err
    assert box.rows("SELECT * FROM accounts") == before


BAD_CONFIGS = {
    "unknown table": ("[modems]\nname = 1\n", "modems", "unknown key"),
    "unknown key": ('[storage]\npth = "x.db"\n', "storage.pth", "'path'"),
    "unknown key in a list": (
        '[[modem]]\nname = "b"\nport = "x"\nspeed = 9600\n',
        "modem.1.speed",
        "unknown key",
    ),
    "wrong type": ('[[modem]]\nname = "b"\nport = 7\n', "modem.1.port", "in double quotes"),
    "wrong number": ('[[modem]]\nname = "b"\nport = "x"\nmax_per_day = "9"\n', "max_per_day", "whole number"),
    "unknown feed type": ('[[feed]]\nname = "b"\ntype = "fax"\npath = "f"\n', "feed.1.type", "'csv'"),
    "unknown field": (
        '[[feed]]\nname = "b"\ntype = "csv"\npath = "f"\n[feed.columns]\nphne = "X"\n',
        "feed.1.columns.phne",
        "'phone'",
    ),
    "missing key": ('[[feed]]\nname = "b"\ntype = "csv"\n', "feed.1.path", "is missing"),
    "name twice": ('[[modem]]\nname = "main"\nport = "x"\n', "modem.name", "its own name"),
    "no TOML": ("nonsense\n", "line", "Correct that line"),
}


@pytest.mark.parametrize("command", ["check", "worker", "web"])
@pytest.mark.parametrize(("added", "key", "remedy"), BAD_CONFIGS.values(), ids=BAD_CONFIGS.keys())
def test_a_bad_config_stops_everything_and_says_what_to_do(
    bare: Box, command: str, added: str, key: str, remedy: str
) -> None:
    bare.config.write_text(CONFIG.format(mode="live", port=bare.port) + "\n" + added, encoding="utf-8")
    found = bare.run(command)
    assert (found.code, found.out) == (1, "")
    for needed in (str(bare.config), key, remedy):
        assert needed in found.err
    assert everything_in(bare.folder) == {"config.toml"}


def test_all_faults_of_a_config_are_told_at_once(bare: Box) -> None:
    with bare.config.open("a", encoding="utf-8") as file:
        file.write('\ncolour = "blue"\n[storage]\npth = "x"\n')
    found = bare.run("check").err
    assert "web.colour" in found and "storage.pth" in found


def test_check_finds_nothing_wrong_with_a_good_box(box: Box) -> None:
    found = box.run("check")
    assert (found.code, found.err) == (0, "")
    assert "main: " in found.out and "the worker waits for it" in found.out
    assert found.out.endswith("nothing is wrong\n")


def test_check_names_a_file_whose_columns_do_not_fit(box: Box) -> None:
    box.drop_text("calls.csv", "EVENT_NUMBER,CREATE_TIME_INCIDENT,INCIDENT_TYPE_DESC\n1,2,3\n")
    found = box.run("check")
    assert found.code == 1
    assert "calls.csv: no column for phone" in found.out
    assert "[feed.columns]" in found.out


def test_check_says_where_rejected_rows_lie(box: Box) -> None:
    (box.feed / "rejected").mkdir()
    (box.feed / "rejected" / "calls.csv").write_text("x", encoding="utf-8")
    found = box.run("check")
    assert found.code == 0
    assert str(box.feed / "rejected") in found.out


def test_check_finds_a_feed_folder_that_is_gone(box: Box) -> None:
    box.feed.rmdir()
    found = box.run("check")
    assert found.code == 1
    assert "cad: " in found.out and "Run `aftercall init`" in found.out


def test_migrate_is_safe_to_repeat(box: Box) -> None:
    found = box.run("migrate")
    assert (found.code, found.out) == (0, "The schema is up to date.\n")


def test_a_schema_that_is_not_there_yet_is_asked_for(bare: Box) -> None:
    (bare.folder / "data").mkdir()
    (bare.folder / "data" / "aftercall.db").touch()
    found = bare.run("status")
    assert (found.code, "Run `aftercall migrate`" in found.err) == (1, True)
    assert bare.run("migrate").code == 0
    assert bare.run("init").code == 0
    assert bare.import_policy(AT_ONCE).code == 0
    assert bare.run("status").code == 0


@pytest.mark.parametrize("command", ["status", "messages", "check", "migrate"])
def test_a_database_that_is_none_is_told_in_a_sentence(box: Box, command: str) -> None:
    (box.folder / "data" / "aftercall.db").write_bytes(b"no database at all " * 100)
    found = box.run(command)
    assert found.code == 1
    assert f"Put the last good copy of {box.folder / 'data'} back" in found.out + found.err


def test_the_key_of_another_box_is_told_before_anything_is_done(box: Box) -> None:
    (box.folder / "data" / "numbers.key").write_bytes(b"y" * 32)
    for command in ("status", "init"):
        found = box.run(command)
        assert (found.code, "Restore the key" in found.err) == (1, True), found


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("aftercall.db", b"no database at all " * 100, "Put the last good copy"),
        ("numbers.key", b"y" * 32, "Restore the key"),
    ],
)
def test_a_worker_without_its_data_ends_with_a_sentence(
    box: Box, file: str, content: bytes, says: str
) -> None:
    (box.folder / "data" / file).write_bytes(content)
    assert box.start("worker").wait(30) == 1
    told = box.log("worker").read_text(encoding="utf-8")
    assert says in told and "Traceback" not in told


def test_check_names_a_modem_profile_nobody_knows_and_an_on_call_number_nobody_may_text(box: Box) -> None:
    text = box.config.read_text(encoding="utf-8")
    text = text.replace("port = ", 'profile = "sim900"\nport = ', 1)
    box.config.write_text(
        text.replace("[agency]\n", '[agency]\non_call = ["+18005550100"]\n', 1), encoding="utf-8"
    )
    found = box.run("check")
    assert found.code == 1
    assert "there is no modem profile 'sim900'" in found.out
    assert "on_call +18005550100" in found.out


def test_cards_are_printed_once_with_number_and_day(box: Box) -> None:
    unnumbered = box.run("codes", "print")
    assert (unnumbered.code, "Add it: a card must say" in unnumbered.err) == (1, True)
    box.config.write_text(
        box.config.read_text().replace("[[modem]]", '[[modem]]\nnumber = "541-555-0177"', 1)
    )
    found = box.run("codes", "print", "--count", "3", "--json").json
    assert len({card["code"] for card in found}) == 3
    assert {card["number"] for card in found} == {"541-555-0177"}
    said = box.run("codes", "print", "--count", "2").out
    assert said.count("Text  ") == 2 and "call 911" in said
    assert box.audited()[-1] == ("codes-print", "cards")
    assert all(card["code"] not in str(box.rows("SELECT * FROM cards")) for card in found)
