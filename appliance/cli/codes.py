"""`aftercall codes`: cards with a one-time code, for people who come to the counter."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from appliance import clock
from appliance.cli.opening import actor, opened, print_json, with_config, with_json
from appliance.clock import DAY
from appliance.errors import Refused


@click.group()
def codes() -> None:
    """Cards that start a survey by text."""


@codes.command("print")
@click.option("--count", type=click.IntRange(1, 500), default=10, show_default=True, help="how many cards")
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True, help="good for so long")
@with_json
@with_config
def print_(count: int, days: int, as_json: bool, config_path: Path | None) -> None:
    """Print cards; each code starts one survey. The codes are shown here and never again."""
    from appliance.store import audit, cards, database

    with opened(config_path) as config:
        number = next((modem.number for modem in config.modem if modem.number), None)
        if number is None:
            raise Refused(
                "No [[modem]] in config.toml has its number. Add it: a card must say where to text."
            )
        now = clock.now()
        with database.transaction():
            made = cards.make(count, actor(), days * DAY, now)
            audit.record(actor(), "codes-print", "cards", {"cards": count, "days": days}, now)
        until = (clock.to_datetime(now).astimezone(config.agency.zone) + timedelta(days=days)).date()
    if as_json:
        print_json([{"code": code, "number": number, "until": until.isoformat()} for code in made])
        return
    for code in made:
        click.echo(f"{config.agency.name}: how did we do?")
        click.echo(f"Text  {code}  to {number}")
        click.echo(f"A few questions by text, once, until {until:%B} {until.day}, {until.year}.")
        click.echo("STOP ends it. Nobody reads these texts live: in an emergency call 911.")
        click.echo("- " * 32)
