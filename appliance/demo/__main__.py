"""`python -m appliance.demo`: what `aftercall demo` starts."""

from __future__ import annotations

import argparse
import sys

from appliance.demo import play
from appliance.errors import ApplianceError


def main() -> int:
    """Plays the demo; a problem is one plain sentence and exit code 1."""
    parser = argparse.ArgumentParser(prog="aftercall demo")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--port", type=int, default=8080)
    given = parser.parse_args()
    try:
        return play.once(as_json=given.json) if given.once else play.run(port=given.port)
    except ApplianceError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
