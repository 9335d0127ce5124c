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
from appliance.domain import phone, reasons, wording
from appliance.domain.records import FEED_FIELDS
from appliance.errors import ApplianceError, ConfigError, Refused, SchemaError

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
    config = configs.load(path)
    # The fields of a call are the domain's, which the reading of the file may not know.
    fields = list(FEED_FIELDS)
    faults = [
        (
            str(path),
            f"feed.{place}.columns.{name}",
            "is no field of a call",
            wording.near_remedy(name, fields),
        )
        for place, feed in enumerate(config.feed)
        for name in feed.columns
        if name not in fields
    ]
    if faults:
        raise ConfigError(faults)
    return config, path


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
        key = config.data_dir / "numbers.key"
        numbers.use_key(key)
        numbers.check_key(key)
        yield config


def actor() -> str:
    """Who asks, for the audit: the account of the operating system."""
    return f"cli:{getpass.getuser()}"


def signed_in(name: str | None, roles: Sequence[str]) -> str:
    """Who asks, as an account of the box whose password is asked for; without a name the system's account.

    Raises Refused for a wrong password or a role that may not do this.
    """
    from appliance import clock
    from appliance.store import accounts

    if name is None:
        return actor()
    password = click.prompt("Password", hide_input=True, err=True) if sys.stdin.isatty() else None
    if password is None:
        password = sys.stdin.readline().rstrip("\n")
    account = accounts.step_up(name, password, "command line", clock.now())
    if account.role not in roles:
        raise Refused(f"{account.name} is {account.role}; this takes {' or '.join(roles)}.")
    return account.name


def ask_number() -> str:
    """A telephone number from a prompt or from standard input; never from the argument list.

    Arguments stand in process lists and shell histories. Raises Refused when it is no number we text.
    """
    asked = sys.stdin.isatty()
    raw = click.prompt("Number", prompt_suffix=": ", err=True) if asked else sys.stdin.readline()
    check = phone.check(raw.strip())
    if check.e164 is None:
        if check.reason == phone.MISSING:
            raise Refused("No number was given: type it at the prompt, or send it on standard input.")
        why = reasons.sentence(check.reason or phone.UNREADABLE, {})
        raise Refused(why.replace("The callback number", "That number"))
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
