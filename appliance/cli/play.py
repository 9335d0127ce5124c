"""The simulated modem and the demo: the whole product without a radio."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click


@click.command("simulate-modem")
@click.option("--link", type=click.Path(path_type=Path), required=True, help="where the port appears")
@click.option("--network-time", type=float, default=0.0, help="seconds the network takes for one text")
@click.option("--control", type=click.Path(path_type=Path), help="unix socket: JSON lines in, events out")
@click.option("--fault", "faults", multiple=True, help="a named fault; --fault help lists them")
def simulate_modem(link: Path, network_time: float, control: Path | None, faults: tuple[str, ...]) -> None:
    """Offer a simulated modem on a pty at LINK until stopped."""
    from modem.simulator.__main__ import simulate

    sys.exit(simulate(link, network_time=network_time, control=control, faults=faults))


@click.command()
@click.option("--once", is_flag=True, help="play a fixed script of calls and end by itself")
@click.option("--json", "as_json", is_flag=True, help="with --once: print the report as JSON")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8080, help="where the pages are served on 127.0.0.1"
)
def demo(once: bool, as_json: bool, port: int) -> None:
    """Watch the product work: sample calls, a simulated modem, residents who answer."""
    if as_json and not once:
        raise click.UsageError("--json goes with --once")
    given = [name for name, on in (("--once", once), ("--json", as_json)) if on]
    # A program of its own, started like the worker and the web: the command line knows no demo.
    os.execv(  # noqa: S606
        sys.executable, [sys.executable, "-m", "appliance.demo", *given, "--port", str(port)]
    )
