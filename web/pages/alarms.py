"""What a person must look at: seen, then closed with what was done."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from appliance import clock
from appliance.store import alarms, audit, calls, database, listings
from web import access, words
from web.forms import BareForm, CloseAlarmForm
from web.pages import live, paging

blueprint = Blueprint("alarms", __name__, url_prefix="/alarms")


@blueprint.get("")
def listed() -> Response:
    found = alarms.recent(limit=200, before_id=paging.before_id())
    role = access.person().role
    past = paging.cut(words.alarms_for([view for view in found if view.closed_at is not None], role))
    open_ones = words.alarms_for(alarms.open_alarms(), role)
    texts = {
        view.id: listings.reply(view.reply_id)
        for view in (*open_ones, *past.rows)
        if view.reply_id is not None
    }
    # A masked number alone leads nowhere; the call it belongs to does.
    latest = {v.id: calls.latest_of(v.number_id) for v in open_ones if v.number_id is not None}
    return live.page("alarms.html", past=past, texts=texts, latest=latest)


@blueprint.post("/<int(max=9007199254740991):alarm_id>/acknowledge")
def acknowledge(alarm_id: int) -> Response:
    if not BareForm().validate_on_submit():
        return _back("already")
    by, now = access.person().name, clock.now()
    with database.transaction():
        fresh = alarms.acknowledge(alarm_id, by, now)
        if fresh:
            audit.record(by, "alarm.acknowledge", f"alarm:{alarm_id}", {}, now)
    return _back("acknowledged" if fresh else "already")


@blueprint.post("/<int(max=9007199254740991):alarm_id>/close")
def close(alarm_id: int) -> Response | tuple[str, int]:
    form = CloseAlarmForm()
    if not form.validate_on_submit():
        page = render_template(
            "error.html", title=None, sentence=form.outcome.errors[0], code=422, back=url_for("alarms.listed")
        )
        return page, 422
    by, now = access.person().name, clock.now()
    with database.transaction():
        fresh = alarms.close(alarm_id, by, form.outcome.data, now)
        if fresh:
            audit.record(by, "alarm.close", f"alarm:{alarm_id}", {"outcome": form.outcome.data}, now)
    return _back("closed" if fresh else "already")


def _back(done: str) -> Response:
    """To the page the button stood on, when it was one of the two that have it."""
    page = "dashboard.show" if request.args.get("from") == "dashboard" else "alarms.listed"
    return redirect(url_for(page, done=done), 303)
