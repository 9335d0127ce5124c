"""The report of a period, for the screen and for paper."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, render_template, request

from appliance import clock
from web import charts, figures
from web.i18n import gettext as _

blueprint = Blueprint("report", __name__, url_prefix="/report")

LONGEST = timedelta(days=366 * 2)


@blueprint.get("")
def show() -> str | tuple[str, int]:
    now = clock.now()
    today = figures.today(now)
    fault = None
    from_day, to_day = today.replace(day=1), today
    if "from" in request.args or "to" in request.args:
        try:
            from_day, to_day = _asked()
        except ValueError:
            fault = _("Give both days as YYYY-MM-DD, the first one not after the last, two years at most.")
    page = render_template(
        "report.html",
        from_day=from_day,
        to_day=to_day,
        presets=_presets(today),
        fault=fault,
        summary=figures.of(from_day, to_day, now),
        made_at=now,
        charts=charts,
    )
    return (page, 422) if fault else page


def _asked() -> tuple[date, date]:
    from_day = date.fromisoformat(request.args.get("from", ""))
    to_day = date.fromisoformat(request.args.get("to", ""))
    if to_day < from_day or to_day - from_day > LONGEST or from_day.year < 2000 or to_day.year > 2100:
        raise ValueError("not a period")
    return from_day, to_day


def _presets(today: date) -> list[tuple[str, date, date]]:
    """The periods people ask for most."""
    this_month = today.replace(day=1)
    last_month_end = this_month - timedelta(days=1)
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    last_quarter_end = quarter - timedelta(days=1)
    last_quarter = date(last_quarter_end.year, 3 * ((last_quarter_end.month - 1) // 3) + 1, 1)
    return [
        (_("This month"), this_month, today),
        (_("Last month"), last_month_end.replace(day=1), last_month_end),
        (_("This quarter"), quarter, today),
        (_("Last quarter"), last_quarter, last_quarter_end),
        (_("This year"), date(today.year, 1, 1), today),
    ]
