"""The agency's policy as a file: show, export, check, import."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from appliance import clock
from appliance import config as configs
from appliance.cli.box import facts
from appliance.cli.opening import opened, print_json, print_table, signed_in, with_config, with_json
from appliance.config import Config
from appliance.errors import ConfigError, Refused


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
@with_json
@with_config
def check(file: Path | None, as_json: bool, config_path: Path | None) -> None:
    """Check FILE as it would be after an import (without FILE: the policy in force).

    Shows what every text takes in each language, with the longest values, and then every fault.
    """
    with opened(config_path) as config:
        document, faults = _read(file, config, reset=False)
        measures = _measures(document, config)
        if as_json:
            told = [{"key": key, "what": what, "remedy": remedy} for _file, key, what, remedy in faults]
            print_json({"texts": measures, "faults": told})
        else:
            _print_measures(measures, {key for _file, key, _what, _remedy in faults}, config)
        if faults and not as_json:
            raise ConfigError(faults)
        _advise(document, config)
    if faults:
        sys.exit(1)
    if not as_json:
        click.echo("The policy is good.")


def _measures(document: dict[str, Any], config: Config) -> list[dict[str, Any]]:
    """Every text of every language: what it takes with the longest values."""
    from appliance.domain import policy as rules
    from appliance.domain import wording

    longest = rules.longest_values(facts(config))
    found = []
    for language, texts in document.get("texts", {}).items():
        for key, text in texts.items() if isinstance(texts, dict) else ():
            if isinstance(text, str):
                each = wording.measure(text, language, longest)
                found.append(
                    {
                        "language": language,
                        "key": key,
                        "characters": each.units,
                        "of": each.room,
                        "parts": each.parts,
                        "gsm7": each.is_gsm7,
                    }
                )
    return found


def _print_measures(measures: list[dict[str, Any]], faulty: set[str], config: Config) -> None:
    """The languages side by side; "!" marks a text with a fault, "U" one outside GSM-7."""
    by_key: dict[str, dict[str, str]] = {}
    for each in measures:
        parts = f" {each['parts']} parts" if each["parts"] > 1 else ""
        marks = ("!" if f"texts.{each['language']}.{each['key']}" in faulty else "") + (
            "" if each["gsm7"] else "U"
        )
        cell = f"{each['characters']}/{each['of']}{parts} {marks}".strip()
        by_key.setdefault(each["key"], {})[each["language"]] = cell
    known = [each["language"] for each in measures]
    languages = [
        *config.agency.languages,
        *(x for x in dict.fromkeys(known) if x not in config.agency.languages),
    ]
    rows = [(key, *(cells.get(language, "-") for language in languages)) for key, cells in by_key.items()]
    print_table(("text", *languages), rows, "There is no text in this policy.")


@policy.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reset", is_flag=True, help="start from the shipped default instead of the version in force")
@click.option(
    "--transliterate", is_flag=True, help="bring characters that GSM-7 lacks near (á to a); each is shown"
)
@click.option("--as", "account", help="propose as this account of the box (admin); its password is asked for")
@with_config
def import_(
    file: Path, reset: bool, transliterate: bool, account: str | None, config_path: Path | None
) -> None:
    """Make FILE's keys the policy; the keys it does not hold keep their value.

    On a box that has texted live, what loosens a protection waits for `policy approve` by a second person.
    """
    from appliance.domain import policy_words
    from appliance.store import audit, database, policies, proposals, switches

    with opened(config_path) as config:
        by = signed_in(account, ("admin",))
        document = _good(file, config, reset=reset, transliterate=transliterate)
        _advise(document, config)
        with database.transaction():
            now, base = clock.now(), policies.current().id
            loosens = policy_words.loosening(policies.whole_document(), document)
            if loosens and switches.has_texted_live():
                told = [each.sentence for each in loosens]
                proposal, replaced = proposals.propose(document, base, told, by, now)
                version = None
            else:
                version = policies.add(document, by, now)
                audit.record(by, "policy-import", f"policy:{version}", {"reset": reset}, now)
    if version is not None:
        click.echo(f"Version {version} is in force.")
        return
    if replaced is not None:
        click.echo(f"Proposal {replaced} is replaced by this one.")
    click.echo(f"Proposal {proposal} waits for a second person; version {base} stays in force. It loosens:")
    for sentence in told:
        click.echo(f"  {sentence}")
    click.echo(f"Another admin: aftercall policy approve {proposal} --as NAME, or on the Policy page.")


@policy.command()
@click.argument("proposal", type=int, required=False)
@click.option("--as", "account", required=True, help="your account (admin); its password is asked for")
@click.option("--withdraw", is_flag=True, help="take the proposal back instead")
@with_config
def approve(proposal: int | None, account: str, withdraw: bool, config_path: Path | None) -> None:
    """Approve the policy that waits (or PROPOSAL), as a second person; or take it back."""
    from appliance.store import database, policies, proposals

    with opened(config_path):
        by = signed_in(account, ("admin",))
        if proposal is None:
            waiting = proposals.waiting()
            if waiting is None:
                raise Refused("No policy waits for a second person.")
            proposal = waiting.id
        with database.transaction():
            if withdraw:
                proposals.withdraw(proposal, by, clock.now())
            else:
                proposals.approve(proposal, by, clock.now())
        version = policies.current().id
    click.echo(
        f"Proposal {proposal} is taken back." if withdraw else f"Approved: version {version} is in force."
    )


@policy.command()
@click.argument("first", required=False)
@click.argument("second", required=False)
@with_json
@with_config
def diff(first: str | None, second: str | None, as_json: bool, config_path: Path | None) -> None:
    """Two versions in words: their numbers, or a FILE as it would be after its import.

    Without arguments the version in force against the one before it (or against the proposal that waits).
    """
    from appliance.domain import policy_words

    with opened(config_path) as config:
        before, after = _two(first, second, config)
    found = policy_words.differences(before, after)
    if as_json:
        print_json(
            [
                {
                    "key": d.key,
                    "effect": d.effect.value,
                    "sentence": d.sentence,
                    "before": d.before,
                    "after": d.after,
                }
                for d in found
            ]
        )
        return
    for each in found:
        click.echo(f"{each.effect.value:9}{each.sentence}")
    if not found:
        click.echo("They say the same.")


def good_document(file: Path, config: Config) -> dict[str, Any]:
    """The policy as it would be after an import of FILE. Raises ConfigError with every fault."""
    return _good(file, config, reset=False)


def _two(first: str | None, second: str | None, config: Config) -> tuple[dict[str, Any], dict[str, Any]]:
    """The older and the newer document of a comparison."""
    from appliance.store import policies, proposals

    if second is not None:
        return _version(first, config), _version(second, config)
    if first is not None:
        return policies.whole_document(), _version(first, config)
    waiting = proposals.waiting()
    if waiting is not None:
        return policies.whole_document(waiting.base_id), dict(waiting.document)
    versions = policies.listed(2)
    if len(versions) < 2:
        raise Refused("There is only one version. Give a FILE to compare it with.")
    return policies.whole_document(versions[1][0]), policies.whole_document(versions[0][0])


def _version(name: str | None, config: Config) -> dict[str, Any]:
    from appliance.store import policies

    if name is None or not name.isdigit():
        return _good(Path(name or ""), config, reset=False)
    if int(name) not in {version for version, _at, _by in policies.listed(1_000_000)}:
        raise Refused(f"There is no version {name} of the policy. `aftercall policy show` names the latest.")
    return policies.whole_document(int(name))


def _good(file: Path | None, config: Config, *, reset: bool, transliterate: bool = False) -> dict[str, Any]:
    """The whole document after an import of FILE; ConfigError with every fault, under the file's own name."""
    document, faults = _read(file, config, reset=reset, transliterate=transliterate)
    if faults:
        raise ConfigError(faults)
    return document


def _read(
    file: Path | None, config: Config, *, reset: bool, transliterate: bool = False
) -> tuple[dict[str, Any], list[tuple[str, str, str, str]]]:
    """The whole document after an import of FILE, and every fault of it under the file's own name."""
    from appliance.domain import policy as rules
    from appliance.store import policies

    document = rules.default_document() if reset else policies.whole_document()
    if file is not None:
        if not file.exists():
            remedy = "Give a policy file; `aftercall policy export` prints the one in force"
            raise ConfigError([(str(file), "(file)", "does not exist", remedy)])
        document = rules.merge(document, configs.read_toml(file))
    if transliterate:
        document, changed = rules.transliterated(document)
        for key, before, after in changed:
            click.echo(f"{key}: {before!r} becomes {after!r}", err=True)
    try:
        faults: list[tuple[str, str, str, str]] = [*rules.check(rules.load(document), facts(config))]
    except ConfigError as error:
        faults = error.faults
    return document, [(str(file or name), key, what, remedy) for name, key, what, remedy in faults]


def _advise(document: dict[str, Any], config: Config) -> None:
    from appliance.domain import policy as rules

    for fault in rules.advise(rules.load(document), facts(config)):
        print(f"advice: {fault.key}: {fault.what}. {fault.remedy}", file=sys.stderr)
