"""The modems: which there are, what went over their wire, and that a changed one belongs here."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from appliance import clock
from appliance.cli.opening import actor, opened, print_json, print_table, with_config, with_json
from appliance.cli.worker_lock import worker_runs
from appliance.config import Config
from appliance.errors import ApplianceError, Refused

ANSWER_WITHIN = 10.0
LOOK_EVERY = 0.05


@click.group()
def modem() -> None:
    """The modems: list them, export what went over the wire, confirm a changed one."""


@modem.command("list")
@with_json
@with_config
def listed(as_json: bool, config_path: Path | None) -> None:
    """List the modems with what is in them."""
    from appliance.store import listings, pairings
    from appliance.upkeep import checkup

    with opened(config_path) as config:
        modems = checkup.of_box(config, clock.now()).modems
        known = {pairing.name: pairing for pairing in pairings.listed()}
    if as_json:
        print_json(
            [
                {
                    "name": facts.name,
                    "port": facts.port,
                    "state": facts.state if facts.is_heard else "absent",
                    "model": facts.model,
                    "firmware": facts.firmware,
                    "profile": facts.profile,
                    "pairing": listings.as_json(known.get(facts.name)),
                    "changed": list(facts.changed),
                }
                for facts in modems
            ]
        )
        return
    rows = [
        (
            facts.name,
            facts.state if facts.is_heard else "not heard of",
            facts.model or "-",
            f"...{facts.sim[-4:]}" if facts.sim else "-",
            "another " + " and ".join(facts.changed) if facts.changed else "as confirmed",
            facts.port,
        )
        for facts in modems
    ]
    headers = ("name", "state", "model", "SIM", "belongs here", "port")
    print_table(headers, rows, "No modem is configured. Add a [[modem]] table.")


@modem.command()
@click.argument("name", required=False)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="write to FILE")
@with_config
def trace(name: str | None, output: Path | None, config_path: Path | None) -> None:
    """Export the last of what went over the wire of modem NAME, for a fault report.

    Texts, numbers, PINs and the identities of SIM and modem are left out; only their lengths stand there.
    """
    from appliance.store import audit, database
    from appliance.upkeep import tracing

    with opened(config_path) as config:
        name = _one_of(config, name)
        if not worker_runs(config):
            raise ApplianceError(
                "The worker does not run, and the transcript is in its memory. "
                "Start it (systemctl start aftercall-worker) and let the fault come again."
            )
        path = tracing.request(config.data_dir, name)
        try:
            # The commit is what the worker hears; the request lies there before it.
            with database.transaction():
                audit.record(actor(), "modem-trace", f"modem:{name}", {}, clock.now())
            text = _awaited(config, name, path)
        finally:
            tracing.settle(config.data_dir, name)
            path.unlink(missing_ok=True)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"{len(text.splitlines())} lines in {output}")


def _one_of(config: Config, name: str | None) -> str:
    names = [modem.name for modem in config.modem]
    if name is None and len(names) == 1:
        return names[0]
    if name is None:
        raise click.UsageError(f"say which modem: {', '.join(names) or 'none is configured'}")
    if name not in names:
        raise Refused(f"There is no modem {name!r}. There is: {', '.join(names) or 'none'}.")
    return name


def _awaited(config: Config, name: str, path: Path) -> str:
    from appliance.upkeep import tracing

    pause = threading.Event()
    deadline = clock.monotonic() + ANSWER_WITHIN
    while not tracing.is_answered(config.data_dir, name):
        if clock.monotonic() > deadline:
            raise ApplianceError(
                f"The worker did not answer within {ANSWER_WITHIN:g} s. "
                "journalctl -u aftercall-worker says why."
            )
        pause.wait(LOOK_EVERY)
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ApplianceError(
            "The worker could not write the transcript. journalctl -u aftercall-worker says why."
        ) from error


@modem.command()
@click.argument("name")
@with_json
@with_config
def confirm(name: str, as_json: bool, config_path: Path | None) -> None:
    """Confirm that the SIM and the modem now in place belong to NAME, so that sending goes on."""
    from appliance.store import audit, database, pairings

    with opened(config_path):
        pairing = pairings.get(name)
        if pairing is None:
            raise Refused(f"No modem ever came up under the name {name!r}: aftercall modem list.")
        changed = pairing.changed
        if changed:
            with database.transaction():
                now = clock.now()
                if not pairings.confirm(name, pairing.seen_imei, pairing.seen_sim, actor(), now):
                    raise Refused("It has changed again just now. Look: aftercall modem list.")
                audit.record(
                    actor(),
                    "modem-confirm",
                    f"modem:{name}",
                    {"imei": pairing.seen_imei, "sim": pairing.seen_sim, "was_sim": pairing.sim},
                    now,
                )
    if as_json:
        print_json({"name": name, "confirmed": list(changed)})
    elif changed:
        what = " and ".join("SIM" if what == "sim" else what for what in changed)
        click.echo(f"Confirmed: this {what} belongs to {name}. Sending goes on.")
    else:
        click.echo(f"Nothing to confirm: what is in {name} belongs there.")
