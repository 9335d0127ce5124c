"""The wall: no log-in and no data, only whether somebody must act and whether the box is alive."""

from __future__ import annotations

import json

from flask import Blueprint, current_app, render_template
from werkzeug.wrappers import Response

from appliance import clock
from appliance.config import Config
from appliance.store import listings
from appliance.store.listings import StatusView
from web.pages import live

blueprint = Blueprint("wall", __name__)


@blueprint.get("/wall")
def show() -> str:
    return render_template("wall.html", wall=_state(_status()))


@blueprint.get("/wall.json")
def state() -> Response:
    return live.tagged(json.dumps(_state(_status())), "application/json")


def _status() -> StatusView:
    config: Config = current_app.config["AFTERCALL"]
    return listings.status_of(config, clock.now())


def _state(status: StatusView) -> dict[str, bool]:
    """Yes or no, five times: nothing here tells of a call, a number or a count."""
    return {
        "alarm": status.alarms["new"] > 0,
        "open": status.alarms["red"] > 0,
        "hold": status.hold is not None,
        "modems": bool(status.modems) and all(m.heard and m.state == "ready" for m in status.modems),
        "feeds": bool(status.feeds) and not any(f.silent for f in status.feeds),
    }
