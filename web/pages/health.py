"""For the machines that watch the box: alive, ready, and numbers without anybody in them."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, g, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from werkzeug.wrappers import Response

from appliance import clock
from appliance.config import Config
from appliance.store import listings

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def ready() -> Response:
    # Before this runs, the schema has been found to fit; otherwise 503 was the answer.
    return Response("ready\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/metrics")
def metrics() -> Response:
    if g.person is None and request.remote_addr not in ("127.0.0.1", "::1"):
        abort(401)
    config: Config = current_app.config["AFTERCALL"]
    now = clock.now()
    return Response(_numbers(listings.status_of(config, now), now), content_type="text/plain; version=0.0.4")


def _numbers(status: listings.StatusView, now: clock.Instant) -> bytes:
    """A registry for one answer: the numbers are the database's, not this process's."""
    registry = CollectorRegistry()
    queue = Gauge("aftercall_texts", "Texts under way, by state", ["state"], registry=registry)
    for state, count in status.queue.items():
        queue.labels(state).set(count)
    alarms = Gauge("aftercall_alarms", "Open alarms, by level", ["level"], registry=registry)
    for level, count in status.alarms.items():
        alarms.labels(level).set(count)
    Gauge("aftercall_hold", "1 while sending is on hold", registry=registry).set(status.hold is not None)
    Gauge("aftercall_live", "1 in live mode", registry=registry).set(status.mode == "live")
    ready = Gauge("aftercall_modem_ready", "1 while the modem is ready", ["modem"], registry=registry)
    signal = Gauge("aftercall_modem_signal_dbm", "Received signal strength", ["modem"], registry=registry)
    for modem in status.modems:
        ready.labels(modem.name).set(modem.heard and modem.state == "ready")
        if modem.signal is not None:
            signal.labels(modem.name).set(modem.signal)
    age = Gauge(
        "aftercall_feed_age_seconds", "Since the feed last brought a call", ["feed"], registry=registry
    )
    for feed in status.feeds:
        if feed.last_seen is not None:
            age.labels(feed.name).set(max(0, now - feed.last_seen) / 1000)
    return generate_latest(registry)
