"""What gunicorn loads: the application for the box named by the environment."""

from __future__ import annotations

import os
from pathlib import Path

from appliance import config
from web.app import create_app

given = os.environ.get("AFTERCALL_CONFIG")
app = create_app(config.load(config.find(Path(given) if given else None)))
