"""`python -m web CONFIG`: turns into gunicorn serving the pages of this box."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from appliance import config
from appliance.errors import ApplianceError
from web import serve


def main() -> int:
    """Checks the config first, so that a wrong key is a sentence and not a crash in a loop."""
    try:
        path = config.find(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
        arguments = serve.command(config.load(path), path)
    except ApplianceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    os.environ["AFTERCALL_CONFIG"] = str(path.absolute())
    os.execv(arguments[0], arguments)  # noqa: S606 - the arguments are ours, no shell reads them


if __name__ == "__main__":
    sys.exit(main())
