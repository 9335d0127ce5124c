"""The advocate's quiet list: numbers nobody texts for half a year, kept as hashes alone."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from appliance import clock
from appliance.cli.opening import actor, opened, print_json, with_config, with_json
from appliance.domain import phone
from appliance.errors import Refused


@click.group()
def quiet() -> None:
    """The advocate's quiet list. Numbers come from a prompt or standard input, one a line."""


@quiet.command()
@with_config
def add(config_path: Path | None) -> None:
    """Text these numbers no more for 180 days. Only their hashes are kept."""
    from appliance.flow import withdrawal
    from appliance.store import audit, contacts, database, numbers, policies

    with opened(config_path):
        given = _numbers()
        with database.transaction():
            now = clock.now()
            for e164 in given:
                number_id = numbers.remember_hash(e164)
                contacts.keep_quiet(number_id, now + withdrawal.NEVER_SPAN)
                withdrawal.silence_number(number_id, "quiet_list", policies.current().id, now)
                withdrawal.end_conversation(number_id, now)
                numbers.forget_unused(number_id)
            audit.record(actor(), "quiet-add", "contacts", {"numbers": len(given)}, now)
    click.echo(f"{len(given)} on the quiet list for 180 days.")


@quiet.command()
@with_config
def remove(config_path: Path | None) -> None:
    """Take these numbers off the list."""
    from appliance.store import audit, contacts, database, numbers

    with opened(config_path):
        given = _numbers()
        with database.transaction():
            known = [found for e164 in given if (found := numbers.find(e164)) is not None]
            for number_id in known:
                contacts.keep_quiet(number_id, None)
            audit.record(actor(), "quiet-remove", "contacts", {"numbers": len(known)}, clock.now())
    click.echo(f"{len(known)} taken off the quiet list.")


@quiet.command("list")
@with_json
@with_config
def list_(as_json: bool, config_path: Path | None) -> None:
    """How many numbers are on the list, and until when; never which."""
    from appliance.store import contacts

    with opened(config_path) as config:
        until = contacts.quiet_until(clock.now())
        days = Counter(
            clock.to_datetime(at).astimezone(config.agency.zone).date().isoformat() for at in until
        )
    if as_json:
        print_json({"numbers": len(until), "until": dict(days)})
        return
    click.echo(f"{len(until)} numbers are on the quiet list.")
    for day, count in days.items():
        click.echo(f"  {count} until {day}")


def _numbers() -> list[str]:
    """The numbers given; Refused, with the line, for the first that is none, and then none is taken."""
    if sys.stdin.isatty():
        lines = [click.prompt("Number", prompt_suffix=": ", err=True)]
    else:
        lines = sys.stdin.read().splitlines()
    found = []
    for place, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        check = phone.check(line)
        if check.e164 is None:
            raise Refused(f"Line {place} is no US or Canadian number. Nothing was changed.")
        found.append(check.e164)
    if not found:
        raise Refused("No number was given: type it at the prompt, or send one a line on standard input.")
    return found
