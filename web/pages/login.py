"""Logging in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from appliance import clock
from appliance.store import accounts, audit, database, sessions
from appliance.store.accounts import LoginFault, LoginRefused
from web import access, words
from web.forms import BareForm, LoginForm

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def show() -> str | Response:
    if g.person is not None:
        return redirect(url_for("dashboard.show"), 303)
    notice = words.notice(request.args.get("done"))
    return render_template("login.html", form=LoginForm(), fault=None, said=notice)


@blueprint.post("/login")
def submit() -> Response | tuple[str, int]:
    form = LoginForm()
    if not form.validate_on_submit():
        return render_template("login.html", form=form, fault=None, said=None), 422
    address = request.remote_addr or "unknown"
    try:
        _account, token = accounts.log_in(form.name.data, form.password.data, address, clock.now())
    except LoginRefused as refused:
        code = 429 if refused.fault is LoginFault.THROTTLED else 401
        return render_template("login.html", form=form, fault=str(refused), said=None), code
    access.visit().replace(token)
    return redirect(_back_to(request.args.get("next")), 303)


@blueprint.post("/logout")
def leave() -> Response:
    if not BareForm().validate_on_submit():
        return redirect(url_for("dashboard.show"), 303)
    person, now = access.person(), clock.now()
    visit = access.visit()
    with database.transaction():
        sessions.end(visit.token)
        audit.record(person.name, "logout", f"account:{person.name}", {}, now)
    return redirect(url_for("login.show", done="left"), 303)


def _back_to(target: str | None) -> str:
    """The page that asked for the log-in, if it is one of ours; never another site."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")):
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc:
            return target
    return url_for("dashboard.show")
