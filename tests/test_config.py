"""config.toml and settings.toml: each fault is named with file, key and remedy; each key is documented."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from appliance import config
from appliance.clock import DAY
from appliance.config import Config
from appliance.errors import ConfigError

TOP = Path(__file__).resolve().parent.parent
EXAMPLE = TOP / "config.example.toml"
REFERENCE = TOP / "docs" / "configuration.md"

AGENCY = """
[agency]
name = "Sample PD"
phone = "541-555-0123"
timezone = "America/Los_Angeles"
"""

Fault = tuple[str, str, str, str]


def written(folder: Path, text: str, settings: str | None = None) -> Path:
    """A box's folder with config.toml and, in its data folder, settings.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    if settings is not None:
        (folder / "data").mkdir()
        (folder / "data" / "settings.toml").write_text(settings, encoding="utf-8")
    return path


def faults_of(path: Path) -> list[Fault]:
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    for fault in caught.value.faults:
        assert ": ".join(fault[:2]) in str(caught.value), "the message a person reads names file and key"
        assert fault[3], "every fault has a remedy"
    return caught.value.faults


# ---- what is taken


def test_the_smallest_file_gives_a_box_in_shadow_on_the_loopback_address(tmp_path: Path) -> None:
    box = config.load(written(tmp_path, AGENCY))

    assert box.mode == "shadow"
    assert box.storage.path == tmp_path / "data" / "aftercall.db"
    assert box.data_dir == tmp_path / "data"
    assert (box.modem, box.feed) == ((), ())
    assert (box.web.bind, box.web.tls) == ("127.0.0.1:8080", False)
    assert box.agency.languages == ("en", "es")
    assert box.agency.zone.key == "America/Los_Angeles"


def test_relative_paths_count_from_the_file_and_not_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, elsewhere = tmp_path / "box", tmp_path / "elsewhere"
    elsewhere.mkdir()
    written(
        folder,
        AGENCY + '[storage]\npath = "store/a.db"\n'
        '[[modem]]\nport = "modem"\nsim_pin_file = "pin"\n'
        '[[feed]]\nname = "cad"\ntype = "csv"\npath = "feeds/cad"\n'
        '[[feed]]\nname = "far"\ntype = "csv"\npath = "/srv/far"\n'
        '[web]\ntls_cert = "tls/cert.pem"\ntls_key = "tls/key.pem"\n',
    )
    monkeypatch.chdir(elsewhere)

    box = config.load(Path("../box/config.toml"))

    base = elsewhere / ".." / "box"
    assert box.storage.path == base / "store/a.db"
    assert Path(box.modem[0].port) == base / "modem"
    assert box.modem[0].sim_pin_file == base / "pin"
    assert [feed.path for feed in box.feed] == [base / "feeds/cad", Path("/srv/far")]
    assert (box.web.tls_cert, box.web.tls_key) == (base / "tls/cert.pem", base / "tls/key.pem")


@pytest.mark.parametrize("port", ["auto", "usb:1-1.4", "usb:1-1.4:2", "imei:001010123456789"])
def test_a_port_may_say_how_to_find_the_modem_instead_of_where_it_is(tmp_path: Path, port: str) -> None:
    box = config.load(written(tmp_path, f'{AGENCY}[[modem]]\nport = "{port}"\n'))
    assert box.modem[0].port == port


def test_the_self_test_is_a_duration_and_daily_unless_said_otherwise(tmp_path: Path) -> None:
    text = f'{AGENCY}[[modem]]\nport = "a"\n[[modem]]\nname = "two"\nport = "b"\nself_test = "0s"\n'
    assert [modem.self_test for modem in config.load(written(tmp_path, text)).modem] == [DAY, 0]


def test_a_config_cannot_be_changed_after_it_is_read(tmp_path: Path) -> None:
    box = config.load(written(tmp_path, AGENCY))
    with pytest.raises(ValueError, match="frozen"):
        box.mode = "live"


@pytest.mark.parametrize("bind", ["127.0.0.1:8080", "localhost:0", "[::1]:8443"])
def test_without_tls_the_machine_itself_may_be_served(tmp_path: Path, bind: str) -> None:
    assert config.load(written(tmp_path, f'{AGENCY}[web]\nbind = "{bind}"\n')).web.bind == bind


def test_with_tls_any_address_may_be_served(tmp_path: Path) -> None:
    text = f'{AGENCY}[web]\nbind = "0.0.0.0:8443"\ntls_cert = "cert.pem"\ntls_key = "key.pem"\n'
    assert config.load(written(tmp_path, text)).web.tls


# ---- what is wrong: text, the key at fault, what is said, what to do

FEED = '[[feed]]\nname = "cad"\ntype = "csv"\npath = "cad"\n'
MODEM = '[[modem]]\nport = "modem"\n'

WRONG = {
    "near key": (f"{AGENCY}languges = ['en']", "agency.languges", "unknown key", "'languages'"),
    "near table": (f"{AGENCY}[modems]\n", "modems", "unknown key", "'modem'"),
    "near key in a list": (
        f"{AGENCY}{MODEM}roaming = true", "modem.0.roaming", "unknown key", "'allow_roaming'",
    ),
    "far key": (f"{AGENCY}colour = 1", "agency.colour", "unknown key", "example file"),
    "no agency": ("", "agency", "is missing", "example file"),
    "no name": (AGENCY.replace('name = "Sample PD"', ""), "agency.name", "is missing", "example file"),
    "no port": (f'{AGENCY}[[modem]]\nname = "main"', "modem.0.port", "is missing", "example file"),
    "empty port": (f'{AGENCY}[[modem]]\nport = ""', "modem.0.port", "at least 1 character", "value"),
    "number": (f'{AGENCY}{MODEM}number = "112"', "modem.0.number", "no US or Canadian number", "value"),
    "self_test": (f'{AGENCY}{MODEM}self_test = "1 day"', "modem.0.self_test", "a duration is", "value"),
    "no feed path": (
        f'{AGENCY}[[feed]]\nname = "cad"\ntype = "csv"', "feed.0.path", "is missing", "Give a folder",
    ),
    "text for a boolean": (
        f'{AGENCY}text_to_911 = "yes"', "agency.text_to_911", "valid boolean (it is 'yes')", "true or false",
    ),
    "number for a text": (f"{AGENCY}{MODEM}profile = 4", "modem.0.profile", "valid string", "double quotes"),
    "text for a number": (
        f'{AGENCY}{MODEM}max_per_day = "400"', "modem.0.max_per_day", "valid integer", "without quotes",
    ),
    "negative limit": (
        f"{AGENCY}{MODEM}max_per_day = -1", "modem.0.max_per_day", "greater than or equal to 0", "value",
    ),
    "text for a list": (f'{AGENCY}languages = "en"', "agency.languages", "valid tuple", 'such as ["..."]'),
    "one bracket": (f'{AGENCY}[modem]\nport = "modem"', "modem", "valid tuple", "two brackets"),
    "value for a table": (f"web = 8080\n{AGENCY}", "web", "(it is 8080)", "headed by its name"),
    "number for a path": (f"{AGENCY}[storage]\npath = 1", "storage.path", "(it is 1)", "double quotes"),
    "empty path": (f'{AGENCY}[storage]\npath = ""', "storage.path", "the path is empty", "value"),
    "empty folder": (
        AGENCY + FEED.replace('path = "cad"', 'path = ""'), "feed.0.path", "the path is empty", "value",
    ),
    "mode": (f'mode = "test"\n{AGENCY}', "mode", "'shadow' or 'live'", "value"),
    "feed type": (AGENCY + FEED.replace("csv", "fax"), "feed.0.type", "(it is 'fax')", "value"),
    "no language": (f"{AGENCY}languages = []", "agency.languages", "at least 1 item", "value"),
    "language": (f'{AGENCY}languages = ["en", "de"]', "agency.languages.1", "(it is 'de')", "value"),
    "long agency name": (
        AGENCY.replace("Sample PD", "S" * 25), "agency.name", "at most 24 characters", "value",
    ),
    "letters in the phone": (
        AGENCY.replace("541-555", "541-55A"), "agency.phone", "pattern", "example file",
    ),
    "on-call number": (
        f'{AGENCY}on_call = ["541-555-0124", "5550124"]', "agency.on_call.1", "(it is '5550124')", "value",
    ),
    "zone": (
        AGENCY.replace("America/Los_Angeles", "Pacific"), "agency.timezone", "zone 'Pacific'", "value",
    ),
    "path as a zone": (
        AGENCY.replace("America/Los_Angeles", "../etc/passwd"), "agency.timezone", "no time zone", "value",
    ),
    "zone of a feed": (f'{AGENCY}{FEED}timezone = "PST9"', "feed.0.timezone", "no time zone 'PST9'", "value"),
    "name that is no file name": (
        AGENCY + FEED.replace('"cad"\nt', '"a/b"\nt'), "feed.0.name", "pattern", "example file",
    ),
    "column that is no text": (
        f"{AGENCY}{FEED}columns = {{ phone = 3 }}", "feed.0.columns.phone", "string", "value",
    ),
    "modem twice": (f"{AGENCY}{MODEM}{MODEM}", "modem.name", "'main' stands twice", "its own name"),
    "feed twice": (f"{AGENCY}{FEED}{FEED}", "feed.name", "'cad' stands twice", "its own name"),
    "certificate without key": (
        f'{AGENCY}[web]\ntls_cert = "cert.pem"', "web.tls_key", "missing beside tls_cert", "both or none",
    ),
    "key without certificate": (
        f'{AGENCY}[web]\ntls_key = "key.pem"', "web.tls_cert", "missing beside tls_key", "both or none",
    ),
    "open without TLS": (f'{AGENCY}[web]\nbind = "0.0.0.0:8080"', "web.bind", "no TLS", "bind to 127.0.0.1"),
    "open IPv6 without TLS": (f'{AGENCY}[web]\nbind = "[::]:8080"', "web.bind", "no TLS", "tls_cert"),
    "bind without a port": (f'{AGENCY}[web]\nbind = "127.0.0.1"', "web.bind", "pattern", "example file"),
    "port": (f'{AGENCY}[web]\nbind = "127.0.0.1:80800"', "web.bind", "80800 is no port", "65535"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "key", "what", "remedy"), WRONG.values(), ids=WRONG.keys())
def test_a_fault_names_file_key_and_remedy(
    tmp_path: Path, text: str, key: str, what: str, remedy: str
) -> None:
    path = written(tmp_path, text)

    (fault,) = faults_of(path)

    assert fault[:2] == (str(path), key)
    assert what in fault[2]
    assert remedy in fault[3]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = (
        'mode = "on"\n' + AGENCY.replace("541-555-0123", "none") + "languges = []\n[[modem]]\nprofile = 1\n"
    )
    keys = {key for _, key, _, _ in faults_of(written(tmp_path, text))}
    assert keys == {"mode", "agency.phone", "agency.languges", "modem.0.profile", "modem.0.port"}


def test_a_long_value_is_shown_short(tmp_path: Path) -> None:
    ((_, _, what, _),) = faults_of(written(tmp_path, AGENCY.replace("Sample PD", "S" * 5000)))
    assert len(what) < 120


# ---- files


def test_a_file_that_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, f"{AGENCY}\n[web]\nbind = 127.0.0.1:8080\n")
    ((file, _, what, remedy),) = faults_of(path)
    assert file == str(path)
    assert "line 8" in what
    assert "double quotes" in remedy


REMEDY = "Write it as config.example.toml shows, or give --config FILE"


def test_a_missing_file_leads_to_the_example(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    assert faults_of(path) == [(str(path), "(file)", "does not exist", REMEDY)]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes('name = "Peñasco"'.encode("latin-1"))
    for path in (latin, tmp_path):  # a folder opens for nobody, root included
        ((file, key, what, remedy),) = faults_of(path)
        assert (file, key, remedy) == (str(path), "(file)", "Make it a readable UTF-8 file")
        assert "cannot be read" in what


def test_a_data_folder_that_cannot_be_looked_into_is_a_fault_and_no_absence(tmp_path: Path) -> None:
    # Longer than a name may be: like a folder one may not enter, and the same for root.
    path = written(tmp_path, f'{AGENCY}[storage]\npath = "{"d" * 300}/a.db"\n')
    ((file, _, what, remedy),) = faults_of(path)
    assert file.endswith("/settings.toml")
    assert "cannot be looked at" in what
    assert "service user" in remedy


def test_the_given_file_is_used_and_else_the_first_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, here = tmp_path / "etc" / "config.toml", tmp_path / "config.toml"
    monkeypatch.setattr(config, "DEFAULT_PATHS", (box, here))

    with pytest.raises(ConfigError) as caught:
        config.find(None)
    assert str(box) in str(caught.value) and str(here) in str(caught.value)
    assert "config.example.toml" in str(caught.value)

    here.write_text(AGENCY)
    assert config.find(None) == here
    box.parent.mkdir()
    box.write_text(AGENCY)
    assert config.find(None) == box
    assert config.find(Path("mine.toml")) == Path("mine.toml")


# ---- settings.toml


def test_settings_may_bring_the_agency_the_modem_and_a_feeds_columns(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'mode = "live"\n[agency]\non_call = ["+15415550124"]\n[[modem]]\nname = "main"\nport = "modem"\n'
        + FEED,
        AGENCY
        + '[[modem]]\nname = "main"\nprofile = "quectel"\n[[modem]]\nname = "spare"\nport = "spare"\n'
        + '[[feed]]\nname = "cad"\n[feed.columns]\nphone = "CallerPhone"\n',
    )

    box = config.load(path)

    assert (box.mode, box.agency.name, box.agency.on_call) == ("live", "Sample PD", ("+15415550124",))
    assert [(m.name, m.profile, Path(m.port)) for m in box.modem] == [
        ("main", "quectel", tmp_path / "modem"),
        ("spare", "auto", tmp_path / "data" / "spare"),
    ]
    assert [(f.name, f.path, dict(f.columns)) for f in box.feed] == [
        ("cad", tmp_path / "cad", {"phone": "CallerPhone"})
    ]


def test_every_key_in_both_files_is_a_fault(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        AGENCY + '[[modem]]\nname = "main"\nport = "modem"\n' + FEED + '[feed.columns]\nphone = "A"\n',
        '[agency]\nname = "Sample Sheriff"\nlanguages = ["es"]\n[[modem]]\nname = "main"\nport = "other"\n'
        '[[feed]]\nname = "cad"\n[feed.columns]\nphone = "A"\n',
    )
    settings = str(tmp_path / "data" / "settings.toml")

    found = faults_of(path)

    assert [key for _, key, _, _ in found] == ["agency.name", "modem.main.port", "feed.cad.columns.phone"]
    for file, _, what, remedy in found:
        assert file == str(path) and settings in what and "one of the two" in remedy


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ('mode = "live"', "mode"),
        ('[web]\nbind = "127.0.0.1:9000"', "web"),
        ('[storage]\npath = "/srv/a.db"', "storage"),
        ('[[feed]]\nname = "cad"\npath = "/etc"', "feed.0.path"),
        ('[[feed]]\nname = "cad"\ntype = "csv"', "feed.0.type"),
    ],
)
def test_settings_cannot_change_what_is_roots_to_say(tmp_path: Path, settings: str, key: str) -> None:
    path = written(tmp_path, AGENCY, settings)
    ((file, found, what, remedy),) = faults_of(path)
    assert (file, found) == (str(tmp_path / "data" / "settings.toml"), key)
    assert "does not belong" in what and "config.toml" in remedy


def test_a_fault_is_told_of_the_file_it_stands_in(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[agency]\ntimezone = "Nowhere"\n[[modem]]\nname = "main"\nport = 1\n' + FEED + "time_format = 2\n",
        '[agency]\nname = "Sample PD"\nphone = "x"\nlanguages = ["en", "xx"]\n'
        '[[modem]]\nname = "main"\nprofil = "auto"\n[[modem]]\nname = "spare"\n'
        '[[feed]]\nname = "cad"\n[feed.columns]\nphone = 3\n',
    )
    settings = str(tmp_path / "data" / "settings.toml")

    found = {key: file for file, key, _, _ in faults_of(path)}

    assert found == {
        "agency.timezone": str(path),
        "agency.phone": settings,
        "agency.languages.1": settings,
        "modem.0.port": str(path),
        "modem.0.profil": settings,
        "modem.1.port": str(path),  # nowhere: the box's own file is where it is looked for
        "feed.0.time_format": str(path),
        "feed.0.columns.phone": settings,
    }


def test_settings_that_are_no_toml_are_named(tmp_path: Path) -> None:
    ((file, _, what, _),) = faults_of(written(tmp_path, AGENCY, "[agency\n"))
    assert file == str(tmp_path / "data" / "settings.toml")
    assert "line 1" in what


# ---- every key is documented


def keys_of(model: type[BaseModel], place: str = "") -> Iterator[tuple[str, str, Any]]:
    """`(table, key, default)` of a model and of the models inside it."""
    for name, field in model.model_fields.items():
        inner = [a for a in (field.annotation, *get_args(field.annotation)) if _is_model(a)]
        if inner:
            yield from keys_of(inner[0], f"{place}.{name}".lstrip("."))
        else:
            yield place, name, None if field.is_required() else field.get_default(call_default_factory=True)


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


KEYS = list(keys_of(Config))


def uncommented(text: str) -> str:
    """The example with its optional keys switched on: `#key = value` and `#[table]`, without a space."""
    return re.sub(r"(?m)^#(?=[a-z_0-9]+ = |\[)", "", text)


def tables(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = document.get(name, {}) if name else document
    return list(found) if isinstance(found, list) else [found]


def test_the_walk_finds_every_table() -> None:
    assert {table for table, _, _ in KEYS} == {"", "agency", "storage", "modem", "feed", "web"}
    assert ("feed", "columns", {}) in KEYS and ("agency", "on_call", ()) in KEYS


def test_the_example_is_a_box_in_shadow_with_a_modem_and_a_feed() -> None:
    box = config.load(EXAMPLE)
    assert box.mode == "shadow"
    assert [modem.name for modem in box.modem] == ["main"]
    assert [(feed.name, feed.type) for feed in box.feed] == [("cad", "csv")]
    assert box.storage.path == TOP / "data" / "aftercall.db"


def test_the_example_with_every_optional_key_is_taken_too(tmp_path: Path) -> None:
    # What only a pushed feed takes would be a fault in the example's own.
    text = re.sub(r"\nsecret_file = .*", "", uncommented(EXAMPLE.read_text(encoding="utf-8")))
    box = config.load(written(tmp_path, text))
    assert box.web.tls and box.modem[0].sim_pin_file is not None
    assert dict(box.feed[0].columns) == {"phone": "CallerPhone"}


def test_the_example_uses_numbers_set_aside_for_samples_only() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    numbers = re.findall(r"\+?\d[\d-]{8,}\d", text)
    assert numbers and all(re.search(r"555-?01\d\d$", number) for number in numbers), numbers


@pytest.mark.parametrize(("table", "key", "default"), KEYS, ids=[f"{t}.{k}".lstrip(".") for t, k, _ in KEYS])
def test_every_key_stands_in_the_example_under_its_table(table: str, key: str, default: Any) -> None:
    document = tomllib.loads(uncommented(EXAMPLE.read_text(encoding="utf-8")))
    assert all(key in found for found in tables(document, table))


@pytest.mark.parametrize(("table", "key", "default"), KEYS, ids=[f"{t}.{k}".lstrip(".") for t, k, _ in KEYS])
def test_every_key_has_its_row_and_default_in_the_reference(table: str, key: str, default: Any) -> None:
    rows = reference_rows(REFERENCE.read_text(encoding="utf-8"))
    assert (table, key) in rows, f"docs/configuration.md has no row `{key}` under [{table}]"
    required = Config if not table else _model_of(table)
    if required.model_fields[key].is_required():
        assert rows[table, key] == "required"
    elif default not in (None, {}):
        assert rows[table, key] == f"`{_as_toml(default)}`"


def test_the_reference_names_no_key_that_does_not_exist() -> None:
    rows = reference_rows(REFERENCE.read_text(encoding="utf-8"))
    assert set(rows) - {(table, key) for table, key, _ in KEYS} == set()


def reference_rows(text: str) -> dict[tuple[str, str], str]:
    """`(table, key)` -> default, of the tables under `## [table]` headings whose first cell is a `key`."""
    rows: dict[tuple[str, str], str] = {}
    table: str | None = None
    for line in text.splitlines():
        heading = re.match(r"## (?:`\[{1,2}(\w+)\]{1,2}`|(At the top))", line)
        if line.startswith("## "):
            table = None if heading is None else heading[1] or ""
        row = re.match(r"\| `(\w+)` \| (.+?) \|", line)
        if row and table is not None:
            rows[table, row[1]] = row[2]
    return rows


def _model_of(table: str) -> type[BaseModel]:
    annotation = Config.model_fields[table].annotation
    return next(a for a in (annotation, *get_args(annotation)) if _is_model(a))


def _as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_as_toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, (str, Path)) else str(value)
