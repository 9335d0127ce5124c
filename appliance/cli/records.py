"""One redacted pack of a call's records, for a public records request."""

from __future__ import annotations

import os
from pathlib import Path

import click

from appliance import clock
from appliance.cli.opening import opened, signed_in, with_config
from appliance.errors import Refused


@click.command()
@click.argument("call_id")
@click.option(
    "--out", type=click.Path(path_type=Path), help="the file to write (default: records-CALL_ID.zip)"
)
@click.option("--full", is_flag=True, help="also a call an agency rule keeps closed, with the true reasons")
@click.option(
    "--as", "account", help="your account of the box (auditor), for --full; its password is asked for"
)
@with_config
def records(
    call_id: str, out: Path | None, full: bool, account: str | None, config_path: Path | None
) -> None:
    """Write everything the box holds about one call as a zip, redacted."""
    from appliance.store import audit, database, records_pack

    if full and account is None:
        raise click.UsageError("--full is the auditor's: give --as NAME")
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in call_id)
    target = out or Path(f"records-{safe}.zip")
    with opened(config_path):
        by = signed_in(account, ("auditor",))
        with database.transaction():
            made = records_pack.pack(call_id, clock.now(), full=full)
            audit.record(by, "records", call_id, {"full": full, "bytes": len(made)}, clock.now())
        try:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise Refused(f"{target} is there already. Name another file with --out.") from error
        except OSError as error:
            raise Refused(f"{target} cannot be written ({error.strerror}).") from error
        with os.fdopen(descriptor, "wb") as file:
            file.write(made)
    click.echo(f"{target}: {len(made)} bytes. Read it before it is handed out.")
