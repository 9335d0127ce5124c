"""The box at a glance as JSON; every open page asks for it every three seconds."""

from __future__ import annotations

import json

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from appliance import clock
from appliance.config import Config
from appliance.store import listings
from web.pages import live

blueprint = Blueprint("status", __name__)


@blueprint.get("/api/status.json")
def show() -> Response:
    config: Config = current_app.config["AFTERCALL"]
    status = listings.status_of(config, clock.now())
    answer = listings.as_json(status)
    if "html" in request.args:
        # Rendered here and not by the script: one template says how a status looks.
        answer["stamp"] = live.stamp(status)
        answer["html"] = {
            "status": render_template("_status.html", status=status),
            "alarms": render_template("_alarm_bar.html", status=status),
        }
    return live.tagged(json.dumps(answer), "application/json")
