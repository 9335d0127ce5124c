"""The accounts of the web pages."""

from __future__ import annotations

from pathlib import Path

import click

from appliance import clock
from appliance.cli.opening import actor, ask_secret, opened, with_config


@click.group()
def user() -> None:
    """Accounts of the web pages. Passwords come from a prompt or standard input."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(["viewer", "supervisor", "admin", "auditor"]), required=True)
@with_config
def add(name: str, role: str, config_path: Path | None) -> None:
    """Add an account."""
    from appliance.store import accounts, database

    with opened(config_path):
        password = ask_secret("Password")
        with database.transaction():
            account = accounts.add(name, password, accounts.Role(role), actor(), clock.now())
    click.echo(f"{account.name} may log in as {account.role}.")


@user.command()
@click.argument("name")
@with_config
def reset(name: str, config_path: Path | None) -> None:
    """Give an account a new password, and free it if it is locked."""
    from appliance.store import accounts, database

    with opened(config_path):
        password = ask_secret("New password")
        with database.transaction():
            accounts.reset(name, password, actor(), clock.now())
    click.echo(f"{name} has a new password; open sessions are ended.")


@user.command()
@click.argument("name")
@with_config
def disable(name: str, config_path: Path | None) -> None:
    """Shut an account out now."""
    from appliance.store import accounts, database

    with opened(config_path), database.transaction():
        accounts.disable(name, actor(), clock.now())
    click.echo(f"{name} is shut out.")
