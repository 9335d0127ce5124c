"""How the box is: for the machines that watch it, and for a person who asks why a text cannot leave."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, current_app, g, redirect, request, url_for
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from werkzeug.wrappers import Response

from appliance import clock
from appliance.config import Config
from appliance.domain import diagnosis
from appliance.domain.modem_facts import ModemFacts
from appliance.store import audit, database, incidents, listings, pairings
from appliance.upkeep import checkup
from web import access, modem_words
from web.forms import ConfirmModemForm
from web.pages import live

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def ready() -> Response:
    # Before this runs, the schema has been found to fit; otherwise 503 was the answer.
    return Response("ready\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/system")
def system() -> Response:
    config: Config = current_app.config["AFTERCALL"]
    box = checkup.of_box(config, clock.now())
    found = diagnosis.findings(box)
    return live.page(
        "system.html",
        box=box,
        good=diagnosis.is_good(found),
        general=[finding for finding in found if not finding.about.startswith("modem ")],
        of_modem=diagnosis.of_modem,
        pairings={pairing.name: pairing for pairing in pairings.listed()},
        told=modem_words,
        held_back=incidents.held_back(20),
    )


@blueprint.post("/system/<name>/confirm")
def confirm(name: str) -> Response:
    """What was in place when the page was made belongs to the name; something else by now changes nothing."""
    form = ConfirmModemForm()
    if not form.validate_on_submit():
        return redirect(url_for("health.system"), 303)
    by, now = access.person().name, clock.now()
    imei, sim = form.imei.data or "", form.sim.data
    with database.transaction():
        before = pairings.get(name)
        made = before is not None and bool(before.changed) and pairings.confirm(name, imei, sim, by, now)
        if made and before is not None:
            details = {"imei": imei, "sim": sim, "was_sim": before.sim}
            audit.record(by, "modem-confirm", f"modem:{name}", details, now)
    return redirect(url_for("health.system", done="confirmed" if made else "already"), 303)


@blueprint.get("/metrics")
def metrics() -> Response:
    if g.person is None and request.remote_addr not in ("127.0.0.1", "::1"):
        abort(401)
    config: Config = current_app.config["AFTERCALL"]
    now = clock.now()
    box = checkup.of_box(config, now)
    numbers = _numbers(listings.status_of(config, now), box.modems, now)
    return Response(numbers, content_type="text/plain; version=0.0.4")


def _numbers(status: listings.StatusView, modems: Sequence[ModemFacts], now: clock.Instant) -> bytes:
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
    _count_modems(registry, modems)
    age = Gauge(
        "aftercall_feed_age_seconds", "Since the feed last brought a call", ["feed"], registry=registry
    )
    for feed in status.feeds:
        if feed.last_seen is not None:
            age.labels(feed.name).set(max(0, now - feed.last_seen) / 1000)
    return generate_latest(registry)


def _count_modems(registry: CollectorRegistry, modems: Sequence[ModemFacts]) -> None:
    """What a modem's heartbeat and its SIM's row tell; nothing of a modem that is not heard of."""
    slots = Gauge("aftercall_modem_slots", "Memory for arriving texts", ["modem", "kind"], registry=registry)
    resets = Gauge("aftercall_modem_resets", "Steps to bring it back", ["modem", "step"], registry=registry)
    way = Gauge(
        "aftercall_modem_round_trip_seconds", "Last test of the own line", ["modem"], registry=registry
    )
    used = Gauge("aftercall_sim_used", "Sent by its SIM, by window", ["modem", "window"], registry=registry)
    for modem in modems:
        if not modem.is_heard:
            continue
        if modem.storage_total:
            slots.labels(modem.name, "used").set(modem.storage_used or 0)
            slots.labels(modem.name, "total").set(modem.storage_total)
        for rung, count in modem.resets.items():
            resets.labels(modem.name, rung).set(count)
        if modem.round_trip_ms is not None:
            way.labels(modem.name).set(modem.round_trip_ms / 1000)
        if modem.budget is not None:
            for window in diagnosis.WINDOWS:
                used.labels(modem.name, window).set(getattr(modem.budget, window).used)
