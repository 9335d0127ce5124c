"""What a person must look at: seen, then closed with what was done."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from appliance import clock
from appliance.store import alarms, audit, calls, database, listings, numbers
from web import access, words
from web.forms import BareForm, CloseAlarmForm, RevealForm
from web.i18n import gettext as _
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
        return _refused(form.outcome.errors[0])
    by, now = access.person().name, clock.now()
    with database.transaction():
        fresh = alarms.close(alarm_id, by, form.outcome.data, now)
        if fresh:
            audit.record(by, "alarm.close", f"alarm:{alarm_id}", {"outcome": form.outcome.data}, now)
    return _back("closed" if fresh else "already")


@blueprint.post("/<int(max=9007199254740991):alarm_id>/number")
def reveal(alarm_id: int) -> Response | tuple[str, int]:
    """The whole number behind an open alarm, for whoever says why; the look is recorded, with its reason."""
    form = RevealForm()
    if not form.validate_on_submit():
        return _refused(form.reason.errors[0])
    by, now = access.person().name, clock.now()
    with database.transaction():
        alarm = alarms.get(alarm_id)
        is_open = alarm is not None and alarm.closed_at is None and alarm.number_id is not None
        number = numbers.clear_form(alarm.number_id) if alarm is not None and alarm.number_id else None
        if is_open and number is not None:
            details = {"reason": form.reason.data, "number": alarm.number_id if alarm else None}
            audit.record(by, "number.reveal", f"alarm:{alarm_id}", details, now)
    if not is_open or number is None:
        return _refused(_("There is no number to show: the alarm is closed, or its number was cleared."))
    page = render_template("number.html", alarm=alarm, number=number, reason=form.reason.data)
    return page, 200


def _refused(sentence: str) -> tuple[str, int]:
    page = render_template(
        "error.html", title=None, sentence=sentence, code=422, back=url_for("alarms.listed")
    )
    return page, 422


def _back(done: str) -> Response:
    """To the page the button stood on, when it was one of the two that have it."""
    page = "dashboard.show" if request.args.get("from") == "dashboard" else "alarms.listed"
    return redirect(url_for(page, done=done), 303)
