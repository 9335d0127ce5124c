"""`aftercall doctor`: why a text cannot leave, in plain words, and what to do next."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance import clock
from appliance.cli.opening import opened, print_json, with_config, with_json
from appliance.cli.worker_lock import worker_runs
from appliance.clock import iso
from appliance.config import Config, ModemConfig

if TYPE_CHECKING:
    from appliance.domain.diagnosis import BoxFacts, Finding
    from appliance.domain.modem_facts import ModemFacts
    from modem.device import Device
    from modem.stream import ByteStream


@click.command()
@with_json
@with_config
def doctor(as_json: bool, config_path: Path | None) -> None:
    """Say why a text cannot leave or a reply not come, and what to do next.

    While the worker runs, its own view is told. When none runs, the modem itself is looked at: nothing is
    sent, no PIN is entered, no text is read or deleted.
    """
    from appliance.domain import diagnosis

    with opened(config_path) as config:
        box, looked = _facts(config)
    found = diagnosis.findings(box)
    good = diagnosis.is_good(found)
    if as_json:
        print_json({"good": good, "looked": looked, "findings": _listed(found), "modems": _modems(box)})
    else:
        _print(box, looked, found)
    if not good:
        sys.exit(1)


def _facts(config: Config) -> tuple[BoxFacts, str]:
    """What is known, and from whom: "worker", or "port" where nobody else holds it."""
    from appliance.upkeep import checkup

    now = clock.now()
    if not worker_runs(config):
        box = checkup.of_box(config, now)
        ports = zip(config.modem, box.modems, strict=True)
        modems = tuple(checkup.looked_at(facts, look(modem), now) for modem, facts in ports)
        is_taken = any(modem.reason == "port_busy" for modem in modems)
        if not (is_taken and worker_runs(config)):  # else it started while we looked, and has its ports
            return replace(box, modems=modems, is_running=True), "port"
    # Between its start and its first sign of life a worker is there all the same.
    return replace(checkup.of_box(config, now), is_running=True), "worker"


class NoMemory:
    """Remembers nothing, so that a look leaves no trace; a PIN counts as tried, so none is entered."""

    def pin_was_tried(self, iccid: str, fingerprint: str) -> bool:
        return True

    def remember_pin(self, iccid: str, fingerprint: str) -> None:
        return

    def forget_pin(self, iccid: str, fingerprint: str) -> None:
        return

    def capabilities(self, model: str, firmware: str) -> str | None:
        return None

    def remember_capabilities(self, model: str, firmware: str, text: str) -> None:
        return


def look(modem: ModemConfig) -> dict[str, object]:
    """Opens the port in the worker's place and tells what a heartbeat would, as far as it comes."""
    from modem.errors import ModemError, PortBusy, PortMissing
    from modem.ports import open_port

    try:
        stream = open_port(modem.port)
    except PortBusy as error:
        return {"state": "recovering", "reason": "port_busy", "sentence": str(error)}
    except PortMissing as error:
        denied = Path(modem.port).exists() and not os.access(modem.port, os.R_OK | os.W_OK)
        reason = "port_denied" if denied else "port_missing"
        return {"state": "absent", "reason": reason, "sentence": str(error)}
    except ModemError as error:
        return {"state": "recovering", "reason": "port_lost", "sentence": str(error)}
    return _look_through(modem, stream)


def _look_through(modem: ModemConfig, stream: ByteStream) -> dict[str, object]:
    from modem.device import Device
    from modem.errors import ModemError, NoReply, NotReady

    device = Device(
        modem.name,
        stream,
        profile=modem.profile,
        memory=NoMemory(),
        allow_roaming=modem.allow_roaming,
        monotonic=clock.monotonic,
    )
    try:
        return _seen(device)
    except NotReady as error:
        return {"state": "parked", "reason": error.reason, "sentence": str(error)}
    except NoReply as error:
        return {"state": "recovering", "reason": "mute", "sentence": str(error)}
    except ModemError as error:
        return {"state": "recovering", "reason": "port_lost", "sentence": str(error)}
    finally:
        device.close()


def _seen(device: Device) -> dict[str, object]:
    identity = device.bring_up()
    health, carrier = device.health(), device.carrier()
    arriving = health.memories[-1] if health.memories else None
    return {
        "state": "ready",
        "sentence": "Ready.",
        "imei": identity.imei,
        "sim": identity.sim,
        "model": identity.model,
        "firmware": identity.firmware,
        "profile": device.profile.name,
        "centre": carrier.centre,
        "attached": carrier.is_attached,
        "carrier_profile": carrier.profile,
        "ims": carrier.ims,
        "signal": health.signal_dbm,
        "registered": health.registered,
        "registration": health.registration,
        "operator": health.operator,
        "storage_used": arriving.used if arriving else None,
        "storage_total": arriving.total if arriving else None,
        "unknown_lines": device.unknown_lines,
    }


def _listed(found: list[Finding]) -> list[object]:
    from appliance.store import listings

    return [listings.as_json(finding) for finding in found]


def _modems(box: BoxFacts) -> list[dict[str, object]]:
    from appliance.store import listings

    return [
        {**listings.as_json(modem), "pause_until": iso(modem.pause_until) if modem.pause_until else None}
        for modem in box.modems
    ]


_MARKS = {"problem": "PROBLEM", "warning": "warning", "note": "note"}


def _print(box: BoxFacts, looked: str, found: list[Finding]) -> None:
    whose = "as the worker sees it" if looked == "worker" else "looked at just now; no worker runs"
    for modem in box.modems:
        click.echo(f"modem {modem.name}, {whose}: {_in_words(modem)}")
    for finding in found:
        click.echo(f"\n{_MARKS[finding.level]:8} {finding.about}: {finding.what}")
        click.echo(f"{'':8} {finding.means}")
        click.echo(f"{'':8} Next: {finding.do}")
    problems = sum(finding.level == "problem" for finding in found)
    told = (
        f"{problems} problem{'s' if problems > 1 else ''} found" if problems else "nothing keeps texts back"
    )
    click.echo(f"\ndoctor   {told}")


def _in_words(modem: ModemFacts) -> str:
    """What is known of it, in one line."""
    fill = f"{modem.storage_used} of {modem.storage_total} slots used" if modem.storage_total else ""
    known = (
        modem.state,
        modem.model,
        f"SIM ...{modem.sim[-4:]}" if modem.sim else "",
        "" if modem.signal is None else f"{modem.signal} dBm",
        modem.registration,
        modem.operator,
        f"IMS {modem.ims}" if modem.ims else "",
        fill,
        "" if modem.round_trip_ms is None else f"round trip {modem.round_trip_ms / 1000:.1f} s",
    )
    return ", ".join(part.replace("_", " ") for part in known if part)
