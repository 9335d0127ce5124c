"""`python -m web CONFIG`: this process becomes gunicorn, so that systemd watches the one that works."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from appliance import config
from appliance.errors import ConfigError
from web import serve


def main(arguments: list[str]) -> NoReturn:
    """Serves the pages of the box that the config file describes."""
    try:
        path = config.find(Path(arguments[0]) if arguments else None)
        line = serve.command(config.load(path), path)
    except ConfigError as error:
        sys.exit(str(error))
    os.execv(line[0], line)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
