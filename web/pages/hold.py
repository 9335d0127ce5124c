"""The one big switch: sending stops, receiving and its alarms go on."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from appliance import clock
from appliance.store import alarms, audit, database, switches
from web import access
from web.forms import BareForm, HoldForm

blueprint = Blueprint("hold", __name__, url_prefix="/hold")


@blueprint.get("")
def show() -> str:
    return render_template("hold.html", form=HoldForm(formdata=None))


@blueprint.post("")
def begin() -> Response | tuple[str, int]:
    form = HoldForm()
    if not form.validate_on_submit():
        return render_template("hold.html", form=form), 422
    by, now = access.person().name, clock.now()
    with database.transaction():
        switches.hold(form.reason.data, by, now)
        audit.record(by, "hold", "box", {"reason": form.reason.data}, now)
    return redirect(url_for("hold.show", done="held"), 303)


@blueprint.post("/release")
def release() -> Response:
    if not BareForm().validate_on_submit():
        return redirect(url_for("hold.show"), 303)
    by, now = access.person().name, clock.now()
    with database.transaction():
        held = switches.release(by, now)
        breaker = switches.close_breaker(by, now)
        alarms.clear("breaker", "box", now)
        if held or breaker:
            audit.record(by, "release", "box", {"hold": held, "breaker": breaker}, now)
    return redirect(url_for("hold.show", done="released" if held or breaker else "already"), 303)
