"""`aftercall feed map`: from a sample export to the columns of a feed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance import clock
from appliance import config as configs
from appliance.cli.opening import load, print_json, with_config, with_json
from appliance.config import Config
from appliance.errors import Refused

if TYPE_CHECKING:
    from appliance.feeds.base import FeedSettings
    from appliance.feeds.proposal import Proposal

TYPES = {".json": "json", ".ndjson": "json", ".jsonl": "json", ".xml": "xml"}


@click.group()
def feed() -> None:
    """CAD feeds: how a new export is read."""


@feed.command("map")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--feed", "feed_name", default="cad", show_default=True, help="the [[feed]] it is for")
@click.option(
    "--answer", "answers", multiple=True, metavar="FIELD=COLUMN", help="name a column yourself (empty: none)"
)
@click.option("--write", is_flag=True, help="write the columns into settings.toml in the data folder")
@with_json
@with_config
def map_(
    file: Path,
    feed_name: str,
    answers: tuple[str, ...],
    write: bool,
    as_json: bool,
    config_path: Path | None,
) -> None:
    """Propose how a sample export FILE is read, with values, questions and what reading it gives.

    At a terminal it asks what is unsure; elsewhere --answer says it. Exit 1 while something is open.
    """
    config, path = load(config_path)
    settings = _settings(file, feed_name, config)
    given = dict(_answers(answers))
    with _plainly(file):
        found = _asked(file, settings, given, as_json=as_json)
    if as_json:
        print_json({**asdict(found), "complete": found.is_complete, "feed_columns": found.named()})
    else:
        _print(found, settings)
    if not found.is_complete:
        sys.exit(1)
    if write:
        target = config.data_dir / "settings.toml"
        _write(target, feed_name, found, path)
        click.echo(f"Written to {target}. Next: aftercall check", err=as_json)


@contextmanager
def _plainly(file: Path) -> Iterator[None]:
    from appliance.feeds.base import SourceFault

    try:
        yield
    except SourceFault as fault:
        told = fault.refusal
        where = "" if told.line is None else f", line {told.line}"
        hint = " (from Excel: save as CSV UTF-8)" if told.reason == "encoding" else ""
        raise Refused(f"{file}{where}: {told.what}. {told.remedy}{hint}.") from fault


def _asked(file: Path, settings: FeedSettings, given: dict[str, str], *, as_json: bool) -> Proposal:
    """The proposal, after the questions a person at the terminal can answer."""
    from appliance.feeds import proposal

    data = file.read_bytes()
    found = proposal.propose(data, settings, file.name, given, clock.now())
    while found.questions and sys.stdin.isatty() and not as_json:
        question = found.questions[0]
        click.echo(question.sentence)
        happened = click.confirm("Is it what happened?", default=bool(question.guess))
        given[question.field] = question.choices[0] if happened else question.choices[1]
        if not happened:
            given["source"] = question.choices[0]
        found = proposal.propose(data, settings, file.name, given, clock.now())
    return found


def _settings(file: Path, feed_name: str, config: Config) -> FeedSettings:
    """What config.toml says of the feed already, else a new one of the type the file's name tells."""
    from appliance.feeds import newworld, registry, xml_file
    from appliance.feeds.base import FeedSettings

    for configured in config.feed:
        if configured.name == feed_name and configured.type in ("csv", "json", "xml"):
            return registry.settings_of(configured, config.agency.zone)
    kind = TYPES.get(file.suffix.lower(), "csv")
    preset = None
    if kind == "xml" and newworld.NAMESPACE.encode() in file.read_bytes()[:4096]:
        preset = xml_file.NEW_WORLD
    return FeedSettings(feed_name, kind, Path("feeds") / feed_name, config.agency.zone, preset=preset)


def _answers(answers: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    from appliance.domain.records import FEED_FIELDS

    for answer in answers:
        name, sign, header = answer.partition("=")
        if not sign or name not in FEED_FIELDS:
            raise click.UsageError(
                f"--answer {answer!r}: write FIELD=COLUMN, with one of {', '.join(FEED_FIELDS)}"
            )
        yield name, header


def _print(found: Proposal, settings: FeedSettings) -> None:
    click.echo(f"{found.kind}, {found.layout}, {found.rows} rows looked at")
    for column in found.columns:
        samples = ", ".join(column.samples) or "(always empty)"
        more = f"   also possible: {', '.join(column.other)}" if column.other else ""
        click.echo(f"  {column.field:18} {column.header:28} {samples}{more}")
        for way in column.written:
            click.echo(f"  {'':18} {'':28} {way}")
    if found.dropped:
        click.echo(f"dropped before anything is written: {', '.join(found.dropped)}")
    if found.read:
        click.echo("read this way: " + ", ".join(f"{count} {what}" for what, count in found.read.items()))
    for note in found.notes:
        click.echo(f"note: {note}")
    for question in found.questions:
        click.echo(f"needs a decision: {question.sentence}")
        choice = f"--answer {question.field}={question.choices[0]!r}"
        click.echo(f"  {choice}, or --answer {question.field}= --answer source={question.choices[0]!r}")
    for problem in found.problems:
        click.echo(f"needs a decision: {problem}")
    if found.is_complete:
        click.echo("\n" + _block(settings, found))


def _block(settings: FeedSettings, found: Proposal) -> str:
    lines = [
        "[[feed]]",
        f'name = "{settings.name}"',
        f'type = "{settings.type}"',
        f'path = "feeds/{settings.name}"',
    ]
    if settings.preset:
        lines.append(f'preset = "{settings.preset}"')
    return "\n".join([*lines, _columns(found.named())])


def _columns(named: Mapping[str, str]) -> str:
    import json

    return "\n".join(
        ["[feed.columns]", *(f"{name} = {json.dumps(header)}" for name, header in named.items())]
    )


def _write(target: Path, feed_name: str, found: Proposal, config_path: Path) -> None:
    """Appends the feed's columns; all of it or nothing, and never over what somebody wrote before."""
    before = configs.read_toml(target) if target.is_file() else {}
    box = configs.read_toml(config_path)
    for path, document in ((target, before), (config_path, box)):
        for table in document.get("feed", []):
            if table.get("name") == feed_name and "columns" in table:
                raise Refused(
                    f"{path} holds columns of [[feed]] {feed_name} already. Take them out there first."
                )
    if all(table.get("name") != feed_name for table in box.get("feed", [])):
        raise Refused(f"{config_path} has no [[feed]] named {feed_name}. Add its type and path there first.")
    old = target.read_text(encoding="utf-8") if target.is_file() else ""
    text = f'{old.rstrip()}\n\n[[feed]]\nname = "{feed_name}"\n{_columns(found.named())}\n'.lstrip()
    unfinished = target.with_name(f".{target.name}.part")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(target)
