"""config.toml: the box, written by root; read strictly, so that a wrong key stops the start with its name.

`settings.toml` in the data folder may hold [agency], [[feed]] columns and the choice of modem instead
(the first-run wizard writes it); the same key in both files is an error.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from appliance.clock import duration
from appliance.errors import ConfigError

DEFAULT_PATHS = (Path("/etc/aftercall/config.toml"), Path("config.toml"))
"""Where `--config` looks when it is not given, in this order."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}; write one such as America/Los_Angeles") from error
    return name


def _us_number(number: str) -> str:
    digits = "".join(char for char in number if char.isdigit()).removeprefix("1")
    if not number.isascii() or set(number) - set("0123456789()+ .-") or len(digits) != 10:
        # A wrong one would first be missed when nobody comes to an alarm.
        raise ValueError("this is no US or Canadian number; write one such as +15415550124")
    return number


def _named_path(path: Path) -> Path:
    if path == Path():
        raise ValueError("the path is empty")
    return path


ZoneName = Annotated[str, AfterValidator(_zone)]
FilePath = Annotated[Path, AfterValidator(_named_path)]
UsNumber = Annotated[str, AfterValidator(_us_number)]
Duration = Annotated[int, PlainValidator(duration)]
"""Milliseconds; written as in the policy: "0s", "20m", "24h"."""


def _feed_name(name: str) -> str:
    if name in ("card", "all"):
        raise ValueError("this name is taken (code cards, and the codes of all feeds); choose another")
    return name


PartName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
FeedName = Annotated[PartName, AfterValidator(_feed_name)]
"""Names of modems and feeds: they become file names and columns, so they stay plain."""


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class AgencyConfig(_Table):
    """[agency]: who texts, and where a person answers the phone."""

    name: str = Field(min_length=1, max_length=24)
    phone: str = Field(min_length=7, max_length=12, pattern=r"^[0-9()+ .-]+$")
    timezone: ZoneName
    languages: tuple[Literal["en", "es", "fr"], ...] = Field(default=("en", "es"), min_length=1, strict=False)
    text_to_911: bool = False
    on_call: tuple[UsNumber, ...] = Field(default=(), strict=False)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class StorageConfig(_Table):
    """[storage]: the database file; its folder is the data folder."""

    path: FilePath = Field(default=Path("data/aftercall.db"), strict=False)


class ModemConfig(_Table):
    """[[modem]]: one modem, by a port that keeps its name."""

    name: PartName = "main"
    port: str = Field(min_length=1)
    profile: str = "auto"
    sim_pin_file: FilePath | None = Field(default=None, strict=False)
    number: UsNumber | None = None
    allow_roaming: bool = False
    forward_calls: bool = True
    self_test: Duration = Field(default="24h", validate_default=True)
    max_per_minute: int | None = Field(default=None, ge=0)
    max_per_day: int | None = Field(default=None, ge=0)


class FeedConfig(_Table):
    """[[feed]]: one CAD source."""

    name: FeedName
    type: Literal["csv", "json", "xml", "eido", "push"]
    path: FilePath | None = Field(default=None, strict=False)
    timezone: ZoneName | None = None
    time_format: str | None = None
    preset: str | None = None
    records: str | None = None
    read_only: bool = False
    secret_file: FilePath | None = Field(default=None, strict=False)
    columns: Mapping[str, str] = Field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where its files lie; `load` has seen to it that every type but push has one."""
        assert self.path is not None
        return self.path


class WebConfig(_Table):
    """[web]: where the pages are served. Without TLS only the loopback address is allowed."""

    bind: str = Field(default="127.0.0.1:8080", pattern=r"^(\[[0-9a-fA-F:]+\]|[^\s:]+):\d{1,5}$")
    tls_cert: FilePath | None = Field(default=None, strict=False)
    tls_key: FilePath | None = Field(default=None, strict=False)
    trusted_hosts: tuple[str, ...] = Field(default=(), strict=False)

    @property
    def tls(self) -> bool:
        return self.tls_cert is not None


class Config(_Table):
    """The whole of config.toml, with every path absolute."""

    mode: Literal["shadow", "live"] = "shadow"
    agency: AgencyConfig
    storage: StorageConfig = StorageConfig()
    modem: tuple[ModemConfig, ...] = Field(default=(), strict=False)
    feed: tuple[FeedConfig, ...] = Field(default=(), strict=False)
    web: WebConfig = WebConfig()

    @property
    def data_dir(self) -> Path:
        return self.storage.path.parent


def find(given: Path | None) -> Path:
    """The config file to use: the one given, else the first default that exists."""
    if given is not None:
        return given
    for path in DEFAULT_PATHS:
        if _is_there(path):
            return path
    looked = " nor ".join(str(path) for path in DEFAULT_PATHS)
    raise ConfigError(
        [
            (
                "config.toml",
                "(file)",
                f"neither {looked} exists",
                "Write it as config.example.toml shows, or give --config FILE",
            )
        ]
    )


def load(path: Path) -> Config:
    """Reads and checks the file. Raises ConfigError naming file, key and remedy, all faults at once."""
    path = path.absolute()
    box = _absolute(read_toml(path), path.parent)
    settings_path = _data_dir(box, path) / "settings.toml"
    settings = _settings(settings_path) if _is_there(settings_path) else {}
    document, doubled = _joined(box, settings, path, settings_path)
    document.setdefault("storage", {})
    if isinstance(document["storage"], dict):
        document["storage"].setdefault("path", str(path.parent / StorageConfig().path))
    try:
        config = Config.model_validate(document)
    except ValidationError as error:
        told = zip(error.errors(), faults(error, Config, str(path)), strict=True)
        found = [
            (str(settings_path) if _stands_in(place["loc"], settings, document) else file, key, what, remedy)
            for place, (file, key, what, remedy) in told
        ]
        raise ConfigError([*doubled, *found]) from error
    doubled += _whole_faults(config, path)
    if doubled:
        raise ConfigError(doubled)
    return config


def read_toml(path: Path) -> dict[str, Any]:
    """The file as a document; ConfigError with the line where it does not parse."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            [
                (
                    str(path),
                    "(file)",
                    "does not exist",
                    "Write it as config.example.toml shows, or give --config FILE",
                )
            ]
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        remedy = "Make it a readable UTF-8 file"
        raise ConfigError([(str(path), "(file)", f"cannot be read: {error}", remedy)]) from error
    except tomllib.TOMLDecodeError as error:
        remedy = "Correct that line; texts stand in double quotes"
        raise ConfigError([(str(path), "(file)", f"is not TOML: {error}", remedy)]) from error


def _is_there(path: Path) -> bool:
    """Whether the file exists; a folder that may not be entered is a fault, not an absence."""
    try:
        return path.is_file()
    except OSError as error:
        remedy = "Run it as root or as the service user, or correct the path"
        raise ConfigError(
            [(str(path), "(file)", f"cannot be looked at: {error.strerror}", remedy)]
        ) from error


def _data_dir(document: Mapping[str, Any], path: Path) -> Path:
    storage = document.get("storage")
    given = storage.get("path") if isinstance(storage, dict) else None
    return (path.parent / (given if isinstance(given, str) else StorageConfig().path)).parent


_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "agency": tuple(AgencyConfig.model_fields),
    "modem": tuple(ModemConfig.model_fields),
    "feed": ("name", "columns"),
}
"""What settings.toml may hold. The web service can write it: nothing of mode, folders or addresses."""


def _settings(path: Path) -> dict[str, Any]:
    """settings.toml, if it holds nothing but what may stand there; a wrong key is told with the others."""
    document = read_toml(path)
    remedy = "Put it into config.toml; settings.toml holds [agency], [[modem]] and [[feed]] columns only"
    found = [
        (str(path), key, "does not belong in this file", remedy) for key in document if key not in _SETTINGS
    ]
    feeds = document.get("feed")
    for place, feed in enumerate(feeds if isinstance(feeds, list) else ()):
        found += [
            (str(path), f"feed.{place}.{key}", "does not belong in this file", remedy)
            for key in (feed if isinstance(feed, dict) else ())
            if key in FeedConfig.model_fields and key not in _SETTINGS["feed"]
        ]
    if found:
        raise ConfigError(found)
    return _absolute(document, path.parent)


def _whole_faults(config: Config, path: Path) -> Iterator[tuple[str, str, str, str]]:
    """What no single key can tell: names used twice, half a TLS pair, an open address without TLS."""
    for key, names in (("modem", [m.name for m in config.modem]), ("feed", [f.name for f in config.feed])):
        for name in sorted({n for n in names if names.count(n) > 1}):
            yield (str(path), f"{key}.name", f"{name!r} stands twice", "Give each its own name")
    for place, feed in enumerate(config.feed):
        yield from _feed_faults(feed, place, path)
    if (config.web.tls_cert is None) != (config.web.tls_key is None):
        given, absent = ("tls_cert", "tls_key") if config.web.tls else ("tls_key", "tls_cert")
        yield (str(path), f"web.{absent}", f"is missing beside {given}", "Give both or none")
    host, _, port = config.web.bind.rpartition(":")
    if int(port) > 65535:
        yield (str(path), "web.bind", f"{port} is no port", "Give one from 1 to 65535, such as 8080")
    if not config.web.tls and host not in ("127.0.0.1", "localhost", "[::1]"):
        remedy = "Give tls_cert and tls_key, or bind to 127.0.0.1"
        yield (str(path), "web.bind", f"{host} is not this machine alone and there is no TLS", remedy)


def _feed_faults(feed: FeedConfig, place: int, path: Path) -> Iterator[tuple[str, str, str, str]]:
    """What a type of feed needs, and what is of no use to it."""
    needs, useless = ("secret_file", "path") if feed.type == "push" else ("path", "secret_file")
    if getattr(feed, needs) is None:
        example = (
            "a file with the shared secret" if needs == "secret_file" else 'a folder, such as "feeds/cad"'
        )
        yield (str(path), f"feed.{place}.{needs}", "is missing", f"Give {example}: type {feed.type} needs it")
    for key, given in ((useless, getattr(feed, useless) is not None), ("read_only", feed.read_only)):
        if given and (key != "read_only" or feed.type == "push"):
            yield (str(path), f"feed.{place}.{key}", f"has no meaning for type {feed.type}", "Take it out")


_PORT_WITHOUT_PATH = re.compile(r"auto|(usb|imei):.*")
_PATHS: Mapping[str, tuple[str, ...]] = {
    "storage": ("path",),
    "modem": ("port", "sim_pin_file"),
    "feed": ("path", "secret_file"),
    "web": ("tls_cert", "tls_key"),
}


def _absolute(document: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """Relative paths count from the file they stand in, whoever starts the program and from where."""
    result = dict(document)
    for table, keys in _PATHS.items():
        value = result.get(table)
        if isinstance(value, dict):
            result[table] = _with_absolute(value, keys, base)
        elif isinstance(value, list):
            result[table] = [_with_absolute(v, keys, base) if isinstance(v, dict) else v for v in value]
    return result


def _with_absolute(table: Mapping[str, Any], keys: tuple[str, ...], base: Path) -> dict[str, Any]:
    return {k: str(base / v) if k in keys and _is_path(k, v) else v for k, v in table.items()}


def _is_path(key: str, value: object) -> bool:
    # An empty path stays empty: the folder itself would be a valid path, and never what was meant.
    if not isinstance(value, str) or not value:
        return False
    return key != "port" or _PORT_WITHOUT_PATH.fullmatch(value) is None


def _joined(
    box: Mapping[str, Any], settings: Mapping[str, Any], path: Path, settings_path: Path, prefix: str = ""
) -> tuple[dict[str, Any], list[tuple[str, str, str, str]]]:
    """Both files as one document, and the keys that stand in both.

    Tables are joined, lists of tables by their `name`.
    """
    result = dict(box)
    doubled: list[tuple[str, str, str, str]] = []
    for key, value in settings.items():
        mine = result.get(key)
        place = f"{prefix}{key}"
        more: list[tuple[str, str, str, str]] = []
        if mine is None:
            result[key] = value
        elif isinstance(mine, dict) and isinstance(value, dict):
            result[key], more = _joined(mine, value, path, settings_path, f"{place}.")
        elif isinstance(mine, list) and isinstance(value, list) and not prefix:
            result[key], more = _joined_lists(mine, value, path, settings_path, f"{place}.")
        else:
            more = [(str(path), place, f"stands in {settings_path} as well", "Keep it in one of the two")]
        doubled += more
    return result, doubled


def _joined_lists(
    box: list[Any], settings: list[Any], path: Path, settings_path: Path, prefix: str
) -> tuple[list[Any], list[tuple[str, str, str, str]]]:
    joined: list[Any] = []
    doubled: list[tuple[str, str, str, str]] = []
    rest = list(settings)
    for table in box:
        other = _named(table, rest)
        if other is None:
            joined.append(table)
            continue
        rest.remove(other)
        own = {key: value for key, value in other.items() if key != "name"}
        both, more = _joined(table, own, path, settings_path, f"{prefix}{other['name']}.")
        joined.append(both)
        doubled += more
    return [*joined, *rest], doubled


def _named(table: object, tables: object) -> dict[str, Any] | None:
    """The table of a list that has the same `name`."""
    name = table.get("name") if isinstance(table, dict) else None
    if not isinstance(name, str) or not isinstance(tables, list):
        return None
    return next((other for other in tables if isinstance(other, dict) and other.get("name") == name), None)


def _stands_in(place: tuple[int | str, ...], settings: object, document: object) -> bool:
    """Whether the value at `place` of the joined document came from settings.toml."""
    for part in place:
        if isinstance(part, int) and isinstance(document, list):
            document = document[part]
            found = settings if isinstance(settings, list) else []
            own = document if any(each is document for each in found) else None
            settings = _named(document, found) or own
        elif isinstance(settings, dict) and isinstance(document, dict) and part in settings:
            settings, document = settings[part], document.get(part)
        else:
            return False
    return settings is not None


def faults(error: ValidationError, model: type[BaseModel], file: str) -> Iterator[tuple[str, str, str, str]]:
    """Pydantic's findings as `(file, dotted key, what, remedy)`, for config and policy alike."""
    for found in error.errors():
        place = found["loc"]
        key = ".".join(str(part) for part in place) or "(whole file)"
        if found["type"] == "extra_forbidden":
            near = difflib.get_close_matches(str(place[-1]), _keys_at(model, place[:-1]), n=1)
            remedy = (
                f"Did you mean {near[0]!r}?" if near else "Remove it; the known keys are in the example file"
            )
            yield (file, key, "unknown key", remedy)
        elif found["type"] == "missing":
            yield (file, key, "is missing", "Add it; the example file shows how")
        else:
            what = found["msg"].removeprefix("Value error, ")
            shown = f"{what[0].lower()}{what[1:]} (it is {_shown(found['input'])})"
            yield (file, key, shown, _remedy(found["type"], found["input"]))


_WRITTEN: Mapping[str, str] = {
    "bool_type": "true or false, without quotes",
    "int_type": "a whole number, without quotes",
    "float_type": "a number, without quotes",
    "string_type": "a text in double quotes",
    "path_type": "a text in double quotes",
    "tuple_type": 'a list, such as ["..."]',
    "model_type": "a table, headed by its name in brackets",
    "mapping_type": "a table, headed by its name in brackets",
    "dict_type": "a table, headed by its name in brackets",
    "string_pattern_mismatch": "the example file shows the form",
}
"""How TOML writes what was expected, by pydantic's kind of error."""


def _remedy(kind: str, given: object) -> str:
    if kind == "tuple_type" and isinstance(given, dict):
        return (
            "Correct the value: a list of tables, each headed by its name in two brackets, such as [[feed]]"
        )
    return f"Correct the value: {_WRITTEN[kind]}" if kind in _WRITTEN else "Correct the value"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _keys_at(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The known keys of the table at `place`, for the hint beside an unknown one."""
    here: object = model
    for part in place:
        if isinstance(part, int):
            continue
        if not (isinstance(here, type) and issubclass(here, BaseModel) and part in here.model_fields):
            return []
        here = _inner_model(here.model_fields[part].annotation)
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _inner_model(annotation: object) -> object:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, list, dict, Mapping, Union, Annotated, types.UnionType) or get_args(
        annotation
    ):
        for inner in get_args(annotation):
            found = _inner_model(inner)
            if found is not None:
                return found
    return None
