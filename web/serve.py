"""The command line of the web server, for `aftercall web` to turn into."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from appliance.config import Config

THREADS = 4
"""Enough for a shift's screens: a page holds no thread while it waits, it polls."""


def command(config: Config, config_path: Path) -> list[str]:
    """The argument list to exec; `AFTERCALL_CONFIG` must name `config_path` in its environment.

    With LISTEN_FDS (socket activation) gunicorn takes the socket it was passed and binds nothing.
    """
    arguments = [
        sys.executable,
        "-m",
        "gunicorn",
        "--worker-class=web.patience.PatientWorker",
        "--workers=1",
        f"--threads={THREADS}",
        "--worker-connections=500",
        "--keep-alive=2",
        "--timeout=60",
        "--graceful-timeout=5",
        "--limit-request-line=2048",
        "--limit-request-fields=50",
        "--limit-request-field_size=4096",
        # Heartbeat files on flash would wear it, and block the worker when the flash stalls.
        "--worker-tmp-dir=/dev/shm",
        # It would be one more way in, and the unit's file system is read-only anyway.
        "--no-control-socket",
        f"--env=AFTERCALL_CONFIG={config_path.absolute()}",
        "--log-level=warning",
    ]
    if "LISTEN_FDS" not in os.environ:
        arguments.append(f"--bind={config.web.bind}")
    if config.web.tls_cert is not None and config.web.tls_key is not None:
        arguments += [f"--certfile={config.web.tls_cert}", f"--keyfile={config.web.tls_key}"]
    return [*arguments, "web.wsgi:app"]
