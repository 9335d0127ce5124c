"""config.toml: the box, written by root; read strictly, so that a wrong key stops the start with its name.

`settings.toml` in the data folder may hold [agency], [[feed]] columns and the choice of modem instead
(the first-run wizard writes it); the same key in both files is an error.
"""

from __future__ import annotations

import difflib
import tomllib
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from appliance.errors import ConfigError

DEFAULT_PATHS = (Path("/etc/aftercall/config.toml"), Path("config.toml"))
"""Where `--config` looks when it is not given, in this order."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}; write one such as America/Los_Angeles") from error
    return name


ZoneName = Annotated[str, AfterValidator(_zone)]
PartName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
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
    on_call: tuple[str, ...] = Field(default=(), strict=False)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class StorageConfig(_Table):
    """[storage]: the database file; its folder is the data folder."""

    path: Path = Field(default=Path("data/aftercall.db"), strict=False)


class ModemConfig(_Table):
    """[[modem]]: one modem, by a port that keeps its name."""

    name: PartName = "main"
    port: str = Field(min_length=1)
    profile: str = "auto"
    sim_pin_file: Path | None = Field(default=None, strict=False)
    allow_roaming: bool = False
    max_per_minute: int | None = Field(default=None, ge=0)
    max_per_day: int | None = Field(default=None, ge=0)


class FeedConfig(_Table):
    """[[feed]]: one CAD source."""

    name: PartName
    type: Literal["csv"]
    path: Path = Field(strict=False)
    timezone: ZoneName | None = None
    time_format: str | None = None
    columns: Mapping[str, str] = Field(default_factory=dict)


class WebConfig(_Table):
    """[web]: where the pages are served. Without TLS only the loopback address is allowed."""

    bind: str = Field(default="127.0.0.1:8080", pattern=r"^(\[[0-9a-fA-F:]+\]|[^\s:]+):\d{1,5}$")
    tls_cert: Path | None = Field(default=None, strict=False)
    tls_key: Path | None = Field(default=None, strict=False)
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
        if path.is_file():
            return path
    looked = " nor ".join(str(path) for path in DEFAULT_PATHS)
    raise ConfigError(
        [("config.toml", "(file)", f"neither {looked} exists", "Run `aftercall init`, or give --config FILE")]
    )


def load(path: Path) -> Config:
    """Reads and checks the file. Raises ConfigError naming file, key and remedy, all faults at once."""
    path = path.absolute()
    document = read_toml(path)
    settings_path = _data_dir(document, path) / "settings.toml"
    if settings_path.is_file():
        document = _joined(document, read_toml(settings_path), path, settings_path)
    try:
        config = Config.model_validate(_absolute(document, path.parent))
    except ValidationError as error:
        raise ConfigError(list(faults(error, Config, str(path)))) from error
    _check_whole(config, path)
    return config


def read_toml(path: Path) -> dict[str, Any]:
    """The file as a document; ConfigError with the line where it does not parse."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError([(str(path), "(file)", "does not exist", "Run `aftercall init`")]) from error
    except (OSError, UnicodeDecodeError) as error:
        remedy = "Make it a readable UTF-8 file"
        raise ConfigError([(str(path), "(file)", f"cannot be read: {error}", remedy)]) from error
    except tomllib.TOMLDecodeError as error:
        remedy = "Correct that line; texts stand in double quotes"
        raise ConfigError([(str(path), "(file)", f"is not TOML: {error}", remedy)]) from error


def _data_dir(document: Mapping[str, Any], path: Path) -> Path:
    storage = document.get("storage")
    given = storage.get("path") if isinstance(storage, dict) else None
    return (path.parent / (given if isinstance(given, str) else StorageConfig().path)).parent


def _check_whole(config: Config, path: Path) -> None:
    """What no single key can tell: names used twice, half a TLS pair, an open address without TLS."""
    found: list[tuple[str, str, str, str]] = []
    for key, names in (("modem", [m.name for m in config.modem]), ("feed", [f.name for f in config.feed])):
        for name in sorted({n for n in names if names.count(n) > 1}):
            found.append((str(path), f"{key}.name", f"{name!r} stands twice", "Give each its own name"))
    if (config.web.tls_cert is None) != (config.web.tls_key is None):
        found.append(
            (str(path), "web.tls_key", "only one of tls_cert and tls_key is given", "Give both or none")
        )
    host = config.web.bind.rsplit(":", 1)[0]
    if not config.web.tls and host not in ("127.0.0.1", "localhost", "[::1]"):
        remedy = "Give tls_cert and tls_key, or bind to 127.0.0.1"
        found.append((str(path), "web.bind", f"{host} is not this machine alone and there is no TLS", remedy))
    if found:
        raise ConfigError(found)


def _absolute(document: dict[str, Any], base: Path) -> dict[str, Any]:
    """Relative paths count from the file they stand in, whoever starts the program and from where."""
    paths = {
        "storage": ("path",),
        "modem": ("sim_pin_file",),
        "feed": ("path",),
        "web": ("tls_cert", "tls_key"),
    }
    result = dict(document)
    for table, keys in paths.items():
        value = result.get(table)
        if isinstance(value, dict):
            result[table] = _with_absolute(value, keys, base)
        elif isinstance(value, list):
            result[table] = [_with_absolute(v, keys, base) if isinstance(v, dict) else v for v in value]
    result.setdefault("storage", {"path": str(base / StorageConfig().path)})
    if isinstance(result["storage"], dict):
        result["storage"].setdefault("path", str(base / StorageConfig().path))
    for modem in result["modem"] if isinstance(result.get("modem"), list) else ():
        if isinstance(modem, dict) and isinstance(modem.get("port"), str):
            modem["port"] = str(base / modem["port"])
    return result


def _with_absolute(table: Mapping[str, Any], keys: tuple[str, ...], base: Path) -> dict[str, Any]:
    return {k: str(base / v) if k in keys and isinstance(v, str) else v for k, v in table.items()}


def _joined(
    box: dict[str, Any], settings: dict[str, Any], path: Path, settings_path: Path, prefix: str = ""
) -> dict[str, Any]:
    """Both files as one document; tables are joined, lists of tables by their `name`."""
    result = dict(box)
    for key, value in settings.items():
        mine = result.get(key)
        if mine is None:
            result[key] = value
        elif isinstance(mine, dict) and isinstance(value, dict):
            result[key] = _joined(mine, value, path, settings_path, f"{prefix}{key}.")
        elif isinstance(mine, list) and isinstance(value, list):
            result[key] = _joined_lists(mine, value, path, settings_path, f"{prefix}{key}.")
        else:
            what = f"stands in {settings_path} as well"
            raise ConfigError([(str(path), f"{prefix}{key}", what, "Keep it in one of the two")])
    return result


def _joined_lists(
    box: list[Any], settings: list[Any], path: Path, settings_path: Path, prefix: str
) -> list[Any]:
    named = {t["name"]: t for t in settings if isinstance(t, dict) and isinstance(t.get("name"), str)}
    joined: list[Any] = []
    for table in box:
        other = named.pop(table.get("name"), None) if isinstance(table, dict) else None
        if other is None:
            joined.append(table)
            continue
        rest = {k: v for k, v in other.items() if k != "name"}
        joined.append(_joined(table, rest, path, settings_path, f"{prefix}{other['name']}."))
    return [*joined, *named.values()]


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
            yield (
                file,
                key,
                f"{what[0].lower()}{what[1:]} (it is {_shown(found['input'])})",
                "Correct the value",
            )


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
