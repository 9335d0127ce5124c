"""The true reasons of a call's decisions, for an auditor who has just given the password again."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from appliance import clock
from appliance.store import accounts, audit, database, incidents, listings
from appliance.store.accounts import LoginFault, LoginRefused
from web import access
from web.forms import ReasonsForm
from web.i18n import gettext as _

blueprint = Blueprint("reasons", __name__, url_prefix="/reasons")


@blueprint.get("")
def show() -> str:
    form = ReasonsForm(formdata=None, call_id=request.args.get("call_id", ""))
    return render_template("reasons.html", form=form, fault=None, story=None)


@blueprint.post("")
def look() -> Response | str | tuple[str, int]:
    """Every look asks for the password and is one audit row; nothing of it stays in a URL."""
    form = ReasonsForm()
    if not form.validate_on_submit():
        return render_template("reasons.html", form=form, fault=None, story=None), 422
    person, now = access.person(), clock.now()
    try:
        accounts.step_up(person.name, form.password.data, request.remote_addr or "unknown", now)
    except LoginRefused as refused:
        code = 429 if refused.fault is LoginFault.THROTTLED else 422
        return render_template("reasons.html", form=form, fault=str(refused), story=None), code
    call_id = form.call_id.data
    with database.transaction():
        audit.record(person.name, "reveal-reasons", f"call:{call_id}", {"reason": form.reason.data}, now)
    if not incidents.is_known(call_id):
        fault = _("No call of that id came from any feed.")
        return render_template("reasons.html", form=form, fault=fault, story=None), 404
    return render_template(
        "reasons.html", form=form, fault=None, story=listings.explain(call_id, sensitive=True)
    )
