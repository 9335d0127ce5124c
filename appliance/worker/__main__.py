"""`python -m appliance.worker CONFIG`: the daemon without the command line around it."""

from __future__ import annotations

import sys
from pathlib import Path

from appliance import config, logs
from appliance.errors import ApplianceError
from appliance.worker import service


def main() -> int:
    """Runs the worker on the given config file (or the default one)."""
    logs.set_up()
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    try:
        return service.run(config.load(config.find(given)))
    except ApplianceError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
