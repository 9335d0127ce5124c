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
        document = _good(file, config, reset=False)
        _advise(document, config)
    click.echo("The policy is good.")


@policy.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reset", is_flag=True, help="start from the shipped default instead of the version in force")
@with_config
def import_(file: Path, reset: bool, config_path: Path | None) -> None:
    """Make FILE's keys the policy; the keys it does not hold keep their value."""
    from appliance.store import audit, database, policies

    with opened(config_path) as config:
        document = _good(file, config, reset=reset)
        _advise(document, config)
        with database.transaction():
            now = clock.now()
            version = policies.add(document, actor(), now)
            audit.record(actor(), "policy-import", f"policy:{version}", {"reset": reset}, now)
    click.echo(f"Version {version} is in force.")


def _good(file: Path | None, config: Config, *, reset: bool) -> dict[str, Any]:
    """The whole document after an import of FILE; ConfigError with every fault, under the file's own name."""
    from appliance.domain import policy as rules
    from appliance.store import policies

    document = rules.default_document() if reset else policies.document()
    if file is not None:
        if not file.exists():
            remedy = "Give a policy file; `aftercall policy export` prints the one in force"
            raise ConfigError([(str(file), "(file)", "does not exist", remedy)])
        document = rules.merge(document, configs.read_toml(file))
    try:
        faults: list[tuple[str, str, str, str]] = [*rules.check(rules.load(document), facts(config))]
    except ConfigError as error:
        faults = error.faults
    if faults:
        raise ConfigError([(str(file or name), key, what, remedy) for name, key, what, remedy in faults])
    return document


def _advise(document: dict[str, Any], config: Config) -> None:
    from appliance.domain import policy as rules

    for fault in rules.advise(rules.load(document), facts(config)):
        print(f"advice: {fault.key}: {fault.what}. {fault.remedy}", file=sys.stderr)
