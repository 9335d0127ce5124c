"""The one big switch: sending stops, receiving and its alarms go on."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from appliance import clock
from appliance.flow import brakes
from appliance.store import audit, database, switches
from appliance.store import brakes as store_brakes
from web import access
from web.forms import BareForm, HoldForm, ReleaseForm

blueprint = Blueprint("hold", __name__, url_prefix="/hold")


@blueprint.get("")
def show() -> str:
    return _page(ReleaseForm(formdata=None))


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
def release() -> Response | tuple[str, int]:
    by, now, reason = access.person().name, clock.now(), ""
    if switches.breaker() is not None:
        # Whoever lets go what the box itself stopped says why: the next shift reads it in the audit.
        form = ReleaseForm()
        if not form.validate_on_submit():
            return _page(form), 422
        reason = form.reason.data
    elif not BareForm().validate_on_submit():
        return redirect(url_for("hold.show"), 303)
    released = brakes.release_all(by, reason, now)
    done = "already" if not released.anything else "notices" if released.breaker == "notices" else "released"
    return redirect(url_for("hold.show", done=done), 303)


def _page(release_form: ReleaseForm) -> str:
    first = switches.notices_released()
    return render_template(
        "hold.html",
        form=HoldForm(formdata=None),
        release_form=release_form,
        first=first,
        notices_free=brakes.are_notices_free(clock.now()),
        waiting=store_brakes.count_waiting(switches.STOPS),
    )
