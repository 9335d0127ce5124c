"""`aftercall`: one command line for the box. Commands live in the files named after what they are about."""

from __future__ import annotations

import sys

import click

from appliance.cli import (
    acts,
    box,
    codes,
    doctor,
    feeds,
    lists,
    modems,
    people,
    play,
    policies,
    quiet,
    records,
    rehearsal,
    replay,
)
from appliance.errors import ApplianceError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="aftercall", prog_name="aftercall")
def cli() -> None:
    """Texts 911 callers, asks them afterwards, shows the scores; on this box and nowhere else."""


for command in (
    *(box.init, box.check, box.migrate, box.worker, box.web),
    *(lists.status, lists.messages, lists.replies, lists.explain, lists.report),
    *(acts.hold, acts.release, acts.optout, acts.send_test),
    *(doctor.doctor, modems.modem),
    *(policies.policy, people.user, quiet.quiet, records.records),
    *(feeds.feed, replay.replay, codes.codes),
    *(play.simulate_modem, play.demo, rehearsal.simulate_resident),
):
    cli.add_command(command)


def main() -> None:
    """Exit 0 good, 1 problem found, 2 wrong use; a problem is one plain sentence, never a traceback."""
    try:
        sys.exit(cli(standalone_mode=False) or 0)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except ApplianceError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
