"""Whether a worker runs: it holds the lock file beside the database for as long as it lives."""

from __future__ import annotations

import fcntl
import os

from appliance.config import Config
from appliance.errors import ApplianceError


def worker_runs(config: Config) -> bool:
    """Whether somebody holds the lock; it is let go at once, so that no worker that starts now is kept out.

    What opens a port afterwards is told apart by the port itself, which only one program can have.
    """
    path = config.data_dir / "worker.lock"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o660)
    except OSError as error:
        raise ApplianceError(f"{path}: {error.strerror}. Run this as the service user.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
