"""The demo's box: a folder with a config, a database, a policy and an account; and its two services."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from appliance import clock, config
from appliance.config import Config
from appliance.demo.calls import ENABLED_TYPES
from appliance.domain import policy
from appliance.store import accounts, cards, database, numbers, policies

MODEM_NUMBER = "+19075550100"
"""In an area where none of the demo's residents live: a text to it comes back to the box."""
ACCOUNT = "demo"

_CONFIG = """# The demo's box. Sample data only.
mode = "live"

[agency]
name = "Sample PD"
phone = "541-555-0100"
timezone = "America/Los_Angeles"
languages = ["en", "es"]

[storage]
path = "data/aftercall.db"

[[modem]]
name = "main"
port = "modem"

[[feed]]
name = "cad"
type = "csv"
path = "feeds/cad"

[web]
bind = "127.0.0.1:{port}"
"""

_AT_ONCE: dict[str, Any] = {
    "call_types": {"allow": list(ENABLED_TYPES)},
    "events": {"settle": "0s"},
    "notices": {"window": ["00:00", "24:00"]},
    "survey": {"delay": "0s", "window": ["00:00", "24:00"]},
    "limits": {"sim_per_minute": 0, "sim_per_hour": 0, "sim_per_day": 0, "sim_recipients_per_day": 0},
    "breaker": {"texts": 0, "stop_share": 0.0},
}

UNHURRIED: dict[str, Any] = {
    **_AT_ONCE,
    "events": {"settle": "2s"},
    # The sample numbers come round again after some hours.
    "survey": {**_AT_ONCE["survey"], "delay": "2s", "cooldown": "1h", "open_for": "1m"},
    "limits": {**_AT_ONCE["limits"], "repeat_calls": 0, "shared_line_calls": 0},
}
"""The policy of the demo one watches: what takes minutes and hours on a real box takes seconds."""

COMPRESSED: dict[str, Any] = _AT_ONCE
"""The policy of `--once`: nothing waits."""


class Stage:
    """The box in its folder, and the processes that were started for it."""

    def __init__(self, folder: Path, port: int, stopped: threading.Event | None = None) -> None:
        self.folder = folder
        self.config_path = folder / "config.toml"
        self.config_path.write_text(_CONFIG.format(port=port), encoding="utf-8")
        self.config: Config = config.load(self.config_path)
        self.stopped = stopped or threading.Event()
        """Set once nobody wants the demo to go on."""
        self.password = secrets.token_urlsafe(12)
        self._processes: list[tuple[subprocess.Popen[bytes], Path]] = []

    @property
    def modem_link(self) -> Path:
        return self.folder / "modem"

    @property
    def feed(self) -> Path:
        return self.folder / "feeds" / "cad"

    def local_now(self) -> datetime:
        """The wall clock in the agency's zone."""
        return clock.to_datetime(clock.now()).astimezone(self.config.agency.zone)

    def set_up(self, changes: dict[str, Any]) -> None:
        """What `aftercall init`, `policy import` and `user add` do."""
        os.umask(0o007)
        self.feed.mkdir(parents=True, exist_ok=True)
        database.migrate(self.config.storage.path)
        key = self.config.data_dir / "numbers.key"
        numbers.make_key(key)
        numbers.use_key(key)
        document = policy.merge(policy.default_document(), changes)
        policy.load(document)
        with database.connection(), database.transaction():
            policies.forget_loaded()
            policies.add(document, "demo", clock.now())
            accounts.add(ACCOUNT, self.password, accounts.Role.SUPERVISOR, "demo", clock.now())

    def print_cards(self, count: int) -> list[str]:
        """What `aftercall codes print` does: so many one-time codes, good for a day."""
        with database.connection(), database.transaction():
            return cards.make(count, ACCOUNT, 24 * 60 * 60 * 1000, clock.now())

    def start(self, module: str, log: Path) -> None:
        """Starts a service as a process of its own, its log in a file."""
        with log.open("ab") as file:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", module, str(self.config_path)],
                stdout=file,
                stderr=file,
                stdin=subprocess.DEVNULL,
                # Its own session: a Ctrl-C is for the demo, which then stops its services in order.
                start_new_session=True,
            )
        self._processes.append((process, log))

    def died(self) -> str | None:
        """What there is to say of a service that has ended by itself; its log goes with the folder."""
        for process, log in self._processes:
            if process.poll() is not None:
                told = log.read_text(encoding="utf-8", errors="replace")[-2000:]
                return f"{log.stem} ended with {process.returncode}.\n{told}"
        return None

    def drop(self, name: str, text: str) -> None:
        """Puts a file into the feed folder the way an export should: written beside, renamed into place."""
        part = self.feed / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.rename(self.feed / name)

    def stop(self) -> None:
        """Stops the services, the newest first, and waits for each."""
        for process, _log in reversed(self._processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self._processes.clear()
