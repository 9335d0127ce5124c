"""What every command opens: the config, the database behind it, and who is asking."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from appliance import config as configs
from appliance.config import Config
from appliance.domain import phone, reasons
from appliance.errors import ApplianceError, Refused, SchemaError

F = TypeVar("F", bound=Callable[..., Any])


def with_config(function: F) -> F:
    """Adds `--config FILE`; the command gets the path that is to be used, or None."""
    option = click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path),
        help="config.toml of the box (default: /etc/aftercall/config.toml, then ./config.toml)",
    )
    return option(function)


def with_json(function: F) -> F:
    """Adds `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="print JSON for scripts")(function)


def load(config_path: Path | None) -> tuple[Config, Path]:
    """The config and the file it came from."""
    path = configs.find(config_path)
    return configs.load(path), path


@contextmanager
def opened(config_path: Path | None) -> Iterator[Config]:
    """The config with its database open in this process; says what to do when there is none."""
    from appliance.store import database, numbers

    config, _path = load(config_path)
    if not config.storage.path.is_file():
        raise ApplianceError(f"{config.storage.path} does not exist. Run `aftercall init` first.")
    database.configure(config.storage.path)
    with database.connection():
        if database.pending_migrations():
            raise SchemaError("The database's schema is older than this version. Run `aftercall migrate`.")
        numbers.use_key(config.data_dir / "numbers.key")
        yield config


def actor() -> str:
    """Who asks, for the audit: the account of the operating system."""
    return f"cli:{getpass.getuser()}"


def ask_number() -> str:
    """A telephone number from a prompt or from standard input; never from the argument list.

    Arguments stand in process lists and shell histories. Raises Refused when it is no number we text.
    """
    asked = sys.stdin.isatty()
    raw = click.prompt("Number", prompt_suffix=": ", err=True) if asked else sys.stdin.readline()
    check = phone.check(raw.strip())
    if check.e164 is None:
        raise Refused(reasons.sentence(check.reason or "number_missing", {}))
    return check.e164


def ask_secret(prompt: str) -> str:
    """A password from a prompt that does not show it (asked twice), or one line of standard input."""
    if sys.stdin.isatty():
        return str(click.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\n")


def print_json(value: object) -> None:
    """JSON for scripts, readable by people."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(headers: tuple[str, ...], rows: Sequence[tuple[str, ...]], empty: str) -> None:
    """Columns as wide as they need to be; `empty` is the next step when there is nothing."""
    if not rows:
        click.echo(empty)
        return
    widths = [max(len(row[i]) for row in [headers, *rows]) for i in range(len(headers))]
    for row in [headers, *rows]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
