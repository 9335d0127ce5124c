"""Changing one's own password."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from appliance import clock
from appliance.errors import Refused
from appliance.store import accounts, database
from web import access
from web.forms import PasswordForm
from web.i18n import gettext as _

blueprint = Blueprint("password", __name__)


@blueprint.get("/password")
def show() -> str:
    return render_template("password.html", form=PasswordForm(), fault=None)


@blueprint.post("/password")
def submit() -> Response | tuple[str, int]:
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("password.html", form=form, fault=None), 422
    if form.new.data != form.again.data:
        fault = _("The two new passwords differ. Nothing was changed.")
        return render_template("password.html", form=form, fault=fault), 422
    keep = access.visit().token
    try:
        with database.transaction():
            accounts.change_password(
                access.person().account_id, form.old.data, form.new.data, keep, clock.now()
            )
    except Refused as refused:
        return render_template("password.html", form=form, fault=str(refused)), 422
    return redirect(url_for("dashboard.show", done="password"), 303)
