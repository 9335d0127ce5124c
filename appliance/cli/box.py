"""The box itself: set it up, check it, run its two services."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from appliance import clock
from appliance.cli.opening import actor, load, with_config
from appliance.config import DEFAULT_PATHS, Config, FeedConfig
from appliance.domain.policy import AgencyFacts
from appliance.errors import ApplianceError


@click.command()
@with_config
def init(config_path: Path | None) -> None:
    """Make the data folder, the database, its key and the feed folders. Safe to repeat."""
    from appliance.domain import policy
    from appliance.store import audit, database, numbers, policies

    os.umask(0o007)
    if not (config_path.is_file() if config_path else any(path.is_file() for path in DEFAULT_PATHS)):
        raise ApplianceError(
            f"{config_path or DEFAULT_PATHS[-1]} does not exist yet. Write it first: "
            "config.example.toml shows every key."
        )
    config, path = load(config_path)
    applied = database.migrate(config.storage.path)
    for feed in config.feed:
        if feed.path is not None and not feed.read_only:
            feed.path.mkdir(mode=0o770, parents=True, exist_ok=True)
    with database.connection():
        made_key = numbers.adopt_key(config.data_dir / "numbers.key", clock.now())
        with database.transaction():
            try:
                policies.current()
            except LookupError:
                policies.add(policy.default_document(), actor(), clock.now())
                audit.record(actor(), "init", "box", {}, clock.now())
    click.echo(f"config    {path}")
    click.echo(f"database  {config.storage.path} ({'made' if applied else 'was there'})")
    key_state = "made; keep a copy in a safe" if made_key else "was there"
    click.echo(f"key       {config.data_dir / 'numbers.key'} ({key_state})")
    for feed in config.feed:
        click.echo(f"feed      {feed.path or f'{feed.name}, pushed to /api/feeds/{feed.name}/calls'}")
    click.echo("Next: aftercall user add NAME --role admin; aftercall policy import FILE; aftercall check")


@click.command()
@with_config
def check(config_path: Path | None) -> None:
    """Check config, policy, database and ports; says what is wrong and what to do."""
    config, path = load(config_path)
    faults = [*_database_faults(config), *_port_notes(config), *_feed_notes(config)]
    serious = [text for is_serious, text in faults if is_serious]
    click.echo(f"config  {path}: good")
    for _is_serious, text in faults:
        click.echo(text)
    if serious:
        sys.exit(1)
    click.echo("check   nothing is wrong")


def _database_faults(config: Config) -> list[tuple[bool, str]]:
    from appliance.domain import phone, reasons
    from appliance.domain import policy as policies_rules
    from appliance.store import database, policies

    if not config.storage.path.is_file():
        return [(True, f"database  {config.storage.path} does not exist. Run `aftercall init`.")]
    database.configure(config.storage.path)
    with database.connection():
        if database.pending_migrations():
            return [(True, "database  the schema is older than this version. Run `aftercall migrate`.")]
        try:
            current = policies.current().policy
        except LookupError as error:
            return [(True, f"policy  {error}")]
        faults = [
            (True, f"policy  {f.key}: {f.what}. {f.remedy}")
            for f in policies_rules.check(current, facts(config))
        ]
        for raw in config.agency.on_call:
            fault = phone.check(raw).reason
            if fault is not None:
                faults.append((True, f"agency  on_call {raw}: {reasons.sentence(fault, {})}"))
        if not current.call_types.allow:
            faults.append(
                (False, "policy  no call type is enabled yet, so nobody is texted. Set [call_types] allow.")
            )
        return faults


def facts(config: Config) -> AgencyFacts:
    """What the lint of the texts needs to know of the agency."""
    agency = config.agency
    feeds = tuple(feed.name for feed in config.feed)
    return AgencyFacts(agency.name, agency.phone, agency.languages, agency.text_to_911, feeds)


def _port_notes(config: Config) -> list[tuple[bool, str]]:
    from modem import ports, profiles

    notes = []
    if not config.modem:
        notes.append((True, "modem   none is configured. Add a [[modem]] table with its port."))
    for modem in config.modem:
        try:
            profiles.choose(modem.profile, "", "")
            path = ports.wanted(modem.port).path
        except ValueError as error:
            notes.append((True, f"modem   {modem.name}: {error}"))
            continue
        if path and not Path(path).exists():
            notes.append((False, f"modem   {modem.name}: {path} is not there; the worker waits for it."))
    if len(config.modem) > 1 and any(modem.port == "auto" for modem in config.modem):
        remedy = "name each by its socket (usb:1-1.4) or its IMEI (imei:...)"
        notes.append(
            (True, f'modem   port = "auto" finds the only modem there is, and here are several: {remedy}.')
        )
    return notes


def _feed_notes(config: Config) -> list[tuple[bool, str]]:
    notes = []
    if not config.feed:
        notes.append((True, "feed    none is configured. Add a [[feed]] table."))
    for feed in config.feed:
        notes += [(True, f"feed    {text}") for text in _settings_faults(feed, config)]
        if feed.path is None:
            continue
        if not feed.folder.is_dir():
            notes.append((True, f"feed    {feed.name}: {feed.folder} does not exist. Run `aftercall init`."))
            continue
        notes += [(True, f"feed    {feed.name}: {text}") for text in _waiting_faults(feed, config)]
        if any((feed.folder / "rejected").glob("*")):
            notes.append(
                (False, f"feed    {feed.name}: what was rejected, and why, lies in {feed.folder}/rejected")
            )
    return notes


def _settings_faults(feed: FeedConfig, config: Config) -> list[str]:
    """What no file can make right: a format of times, a preset, a secret."""
    from appliance.feeds import push, registry
    from appliance.feeds.base import FeedFault

    try:
        registry.check(registry.settings_of(feed, config.agency.zone))
        if feed.secret_file is not None:
            push.secret(feed.secret_file)
    except FeedFault as fault:
        return [f"{feed.name}: {fault}"]
    return []


def _waiting_faults(feed: FeedConfig, config: Config) -> list[str]:
    """What is wrong with the columns of a file that waits in the folder; the worker would reject it whole."""
    from appliance.feeds import registry
    from appliance.feeds.base import FeedFault

    settings = registry.settings_of(feed, config.agency.zone)
    found = []
    for path in sorted(each for each in feed.folder.glob("[!.]*.*") if each.is_file()):
        try:
            registry.preview(settings, path.read_bytes())
        except FeedFault as fault:
            found.append(f"{path.name}: {fault}")
        except OSError as error:
            found.append(f"{path.name}: cannot be read ({error.strerror}). Let the service user read it.")
    return found


@click.command()
@with_config
def migrate(config_path: Path | None) -> None:
    """Bring the database's schema up to date."""
    from appliance.store import database

    config, _path = load(config_path)
    applied = database.migrate(config.storage.path)
    click.echo("Applied: " + ", ".join(applied) if applied else "The schema is up to date.")


@click.command()
@with_config
def worker(config_path: Path | None) -> None:
    """Run the worker: modems, feeds, rules, conversations."""
    _become("appliance.worker", config_path)


@click.command()
@with_config
def web(config_path: Path | None) -> None:
    """Run the pages under gunicorn."""
    _become("web", config_path)


def _become(module: str, config_path: Path | None) -> None:
    """Turns this process into the service, so that systemd watches the one that works."""
    _config, path = load(config_path)
    os.execv(sys.executable, [sys.executable, "-m", module, str(path.absolute())])  # noqa: S606
