"""The agency's policy as a file: show, export, check, import."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from appliance import clock
from appliance import config as configs
from appliance.cli.box import facts
from appliance.cli.opening import actor, opened, print_json, with_config, with_json
from appliance.config import Config
from appliance.errors import ConfigError


@click.group()
def policy() -> None:
    """Rules, texts, survey and limits: one document, every version kept."""


@policy.command()
@with_json
@with_config
def show(as_json: bool, config_path: Path | None) -> None:
    """Print the policy in force."""
    from appliance.domain import policy as rules
    from appliance.store import policies

    with opened(config_path):
        version = policies.current()
        document = policies.document(version.id)
    if as_json:
        print_json({"version": version.id, "imported_at": clock.iso(version.imported_at), "policy": document})
        return
    click.echo(f"# version {version.id}, imported {clock.iso(version.imported_at)} by {version.imported_by}")
    click.echo(rules.to_toml(document), nl=False)


@policy.command()
@with_config
def export(config_path: Path | None) -> None:
    """Print the policy in force as policy.toml."""
    from appliance.domain import policy as rules
    from appliance.store import policies

    with opened(config_path):
        click.echo(rules.to_toml(policies.document()), nl=False)


@policy.command("check")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@with_config
def check(file: Path | None, config_path: Path | None) -> None:
    """Check FILE as it would be after an import (without FILE: the policy in force)."""
    with opened(config_path) as config:
        document = _merged(file, reset=False)
        faults = _faults(document, config)
        _advise(document, config)
    if faults:
        raise ConfigError(faults)
    click.echo("The policy is good.")


@policy.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reset", is_flag=True, help="start from the shipped default instead of the version in force")
@with_config
def import_(file: Path, reset: bool, config_path: Path | None) -> None:
    """Make FILE's keys the policy; the keys it does not hold keep their value."""
    from appliance.store import audit, database, policies

    with opened(config_path) as config:
        document = _merged(file, reset=reset)
        faults = _faults(document, config)
        if faults:
            raise ConfigError(faults)
        _advise(document, config)
        with database.transaction():
            now = clock.now()
            version = policies.add(document, actor(), now)
            audit.record(actor(), "policy-import", f"policy:{version}", {"reset": reset}, now)
    click.echo(f"Version {version} is in force.")


def _merged(file: Path | None, *, reset: bool) -> dict[str, Any]:
    from appliance.domain import policy as rules
    from appliance.store import policies

    base = rules.default_document() if reset else policies.document()
    return base if file is None else rules.merge(base, configs.read_toml(file))


def _faults(document: dict[str, Any], config: Config) -> list[tuple[str, str, str, str]]:
    from appliance.domain import policy as rules

    return [*rules.check(rules.load(document), facts(config))]


def _advise(document: dict[str, Any], config: Config) -> None:
    from appliance.domain import policy as rules

    for fault in rules.advise(rules.load(document), facts(config)):
        print(f"advice: {fault.key}: {fault.what}. {fault.remedy}", file=sys.stderr)
