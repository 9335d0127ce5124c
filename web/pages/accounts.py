"""The people who may log in, for the admin."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from appliance import clock
from appliance.clock import Instant
from appliance.errors import Refused
from appliance.store import accounts, database
from appliance.store.accounts import Role
from web import access
from web.forms import AccountForm, BareForm, ResetForm

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")

Page = tuple[str, int]


@blueprint.get("")
def listed() -> Page:
    return _page()


@blueprint.post("/add")
def add() -> Response | Page:
    form = AccountForm()
    if not form.validate_on_submit():
        return _page(form=form, code=422)
    role = Role(form.role.data)
    return _act(
        lambda by, now: accounts.add(form.name.data, form.password.data, role, by, now), "added", form
    )


@blueprint.post("/<name>/reset")
def reset(name: str) -> Response | Page:
    form = ResetForm()
    if not form.validate_on_submit():
        return _page(fault=" ".join(form.password.errors), code=422)
    return _act(lambda by, now: accounts.reset(name, form.password.data, by, now), "reset")


@blueprint.post("/<name>/disable")
def disable(name: str) -> Response | Page:
    return _act(lambda by, now: accounts.disable(name, by, now), "disabled", BareForm())


@blueprint.post("/<name>/release")
def release(name: str) -> Response | Page:
    return _act(lambda by, now: accounts.release(name, by, now), "unlocked", BareForm())


def _act(
    act: Callable[[str, Instant], object], done: str, form: AccountForm | BareForm | None = None
) -> Response | Page:
    try:
        with database.transaction():
            act(access.person().name, clock.now())
    except Refused as refused:
        return _page(form=form if isinstance(form, AccountForm) else None, fault=str(refused), code=422)
    return redirect(url_for("accounts.listed", done=done), 303)


def _page(form: AccountForm | None = None, fault: str | None = None, code: int = 200) -> Page:
    everyone = accounts.everyone()
    page = render_template(
        "accounts.html", accounts=everyone, form=form or AccountForm(formdata=None), fault=fault
    )
    return page, code
