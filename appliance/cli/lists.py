"""What the box knows, for people and scripts: status, texts, replies, reasons, the report."""

from __future__ import annotations

import csv
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance import clock
from appliance.cli.opening import (
    actor,
    ask_number,
    opened,
    print_json,
    print_table,
    with_config,
    with_json,
)
from appliance.clock import MINUTE, Instant
from appliance.config import Config
from appliance.domain import phone
from appliance.domain.records import MessageState, ReplyKind
from appliance.errors import Refused

if TYPE_CHECKING:
    from appliance.store.fragments import FiledView
    from appliance.store.listings import ExplainView, StatusView

ALL = 1_000_000
SILENT_AFTER = 3 * MINUTE
"""The worker gives a sign of life once a minute."""


@click.command()
@with_json
@with_config
def status(as_json: bool, config_path: Path | None) -> None:
    """How the box is: mode, hold, modems, feeds, queue."""
    from appliance.store import alarms, listings

    with opened(config_path) as config:
        now = clock.now()
        view = listings.status_of(config, now)
        troubles = [
            f"{alarm.subject}: {alarm.details['sentence']}"
            for alarm in alarms.open_alarms()
            if alarm.details.get("sentence")
        ]
    if as_json:
        print_json(listings.as_json(view))
        return
    _print_status(view, troubles, now, config)


def _print_status(view: StatusView, troubles: list[str], now: Instant, config: Config) -> None:
    click.echo(
        f"mode    {view.mode}" + (f", ON HOLD: {view.hold.reason} ({view.hold.by})" if view.hold else "")
    )
    if view.clock:
        click.echo(
            f"clock   doubted ({view.clock.reason}): texts wait. Set it right, then: aftercall release"
        )
    if view.breaker:
        click.echo(f"breaker open: {view.breaker.reason}. Look first, then: aftercall release")
    if view.worker_seen_at is None:
        click.echo("worker  has never run. Start it: aftercall worker")
    elif now - view.worker_seen_at > SILENT_AFTER:
        click.echo(f"worker  no sign of life since {_local(view.worker_seen_at, config)}. Is it running?")
    for modem in view.modems:
        signal = "no signal" if modem.signal is None else f"{modem.signal} dBm"
        click.echo(f"modem   {modem.name}: {modem.state}, {signal}. {modem.sentence}")
    for feed in view.feeds:
        seen = "nothing yet" if feed.last_seen is None else f"last file {_local(feed.last_seen, config)}"
        click.echo(f"feed    {feed.name}: {seen}{', silent' if feed.silent else ''}")
    click.echo("queue   " + (", ".join(f"{n} {state}" for state, n in view.queue.items() if n) or "empty"))
    red, amber = view.alarms.get("red", 0), view.alarms.get("amber", 0)
    click.echo(f"alarms  {red} red ({view.alarms.get('new', 0)} not acknowledged), {amber} amber")
    for trouble in troubles:
        click.echo(f"        {trouble}")


@click.command()
@click.option(
    "--state", type=click.Choice([state.value for state in MessageState]), help="only texts in this state"
)
@click.option("--call", "call_id", help="only texts about this call")
@click.option("--limit", type=click.IntRange(min=1), default=ALL, help="at most so many, the newest")
@with_json
@with_config
def messages(
    state: str | None, call_id: str | None, limit: int, as_json: bool, config_path: Path | None
) -> None:
    """Texts, newest first, with clear numbers (the listing is audited)."""
    from appliance.store import listings, sims

    with opened(config_path) as config:
        _audit_listing("messages", call_id or "all")
        views = listings.messages(
            state=state,
            call_id=call_id,
            limit=limit,
            locked=True,
            clear=True,
            silent=sims.silent(clock.now()),
        )
        if as_json:
            print_json(listings.as_json(views))
            return
        rows = [
            (_local(v.queued_at, config), v.call_id or "-", v.event, v.to or "-", v.state, v.text)
            for v in views
        ]
    empty = (
        "No texts yet. Whether modem and feed are alive: aftercall status. "
        "Why a call got none: aftercall explain CALL_ID"
    )
    if call_id is not None:
        empty = f"No such texts about call {call_id}. Why: aftercall explain {call_id}"
    elif state is not None:
        empty = f"No texts are {state}. Without --state all are listed."
    print_table(("queued", "call", "event", "to", "state", "text"), rows, empty)


@click.command()
@click.option(
    "--kind", type=click.Choice([kind.value for kind in ReplyKind]), help="only replies of this kind"
)
@click.option(
    "--filed", is_flag=True, help="what came in and is no text: calls, pictures, voicemail, raw data"
)
@click.option("--limit", type=click.IntRange(min=1), default=ALL, help="at most so many, the newest")
@with_json
@with_config
def replies(kind: str | None, filed: bool, limit: int, as_json: bool, config_path: Path | None) -> None:
    """Replies, newest first, with clear numbers (the listing is audited)."""
    from appliance.store import fragments, listings

    if filed and kind is not None:
        raise click.UsageError("--filed lists what is no reply: give it without --kind")
    with opened(config_path) as config:
        if filed:
            _audit_listing("filed", "all")
            _print_filed(fragments.filed(limit=limit, clear=True), as_json, config)
            return
        _audit_listing("replies", kind or "all")
        views = listings.replies(kind=kind, limit=limit, locked=True, clear=True)
        if as_json:
            print_json(listings.as_json(views))
            return
        rows = [
            (_local(v.received_at, config), v.from_ or "-", v.kind, v.alarm or "", _score(v.score), v.text)
            for v in views
        ]
    empty = "No replies yet. Which questions have left: aftercall messages"
    if kind is not None:
        empty = f"No replies are {kind}. Without --kind all are listed."
    print_table(("received", "from", "kind", "alarm", "score", "text"), rows, empty)


def _print_filed(views: list[FiledView], as_json: bool, config: Config) -> None:
    """What is no text, with its bytes as hex in JSON: for a report about what could not be read."""
    from appliance.store import listings

    if as_json:
        print_json(listings.as_json(views))
        return
    rows = [(_local(view.received_at, config), view.from_ or "-", view.kind) for view in views]
    print_table(("received", "from", "kind"), rows, "Nothing came in but texts.")


@click.command()
@click.argument("call_id", required=False)
@click.option("--number", "by_number", is_flag=True, help="ask for a number instead of a call")
@click.option("--rules/--no-rules", default=True, help="tell the last decision of each event rule by rule")
@with_json
@with_config
def explain(
    call_id: str | None, by_number: bool, rules: bool, as_json: bool, config_path: Path | None
) -> None:
    """Why a call was or was not texted, decision by decision."""
    from appliance.store import incidents, listings, numbers

    if (call_id is None) == (not by_number):
        raise click.UsageError("give a CALL_ID, or --number")
    with opened(config_path) as config:
        if call_id is not None:
            known = incidents.is_known(call_id)
            if not known and phone.check(call_id).e164 is not None:
                raise click.UsageError(
                    "a number has no place in the argument list; give --number, and it is asked for"
                )
            _audit_listing("explain", call_id)
            views = listings.explain(call_id, sensitive=True)
        else:
            number_id = numbers.find(ask_number())
            known = number_id is not None
            _audit_listing("explain", f"number:{number_id}")
            views = [] if number_id is None else listings.explain_number(number_id, sensitive=True)
        if not known:
            raise Refused(
                f"No call {call_id} came from any feed. What came last: aftercall status"
                if call_id
                else "No call came from that number, and no text went to it."
            )
        if as_json:
            print_json(listings.as_json(views))
            return
        if by_number and number_id is not None:
            _print_standing(number_id, config)
        _print_story(views, config, rules=rules)
    if not views:
        click.echo("Nothing has been decided yet: texts are decided on when they are due.")


def _print_standing(number_id: int, config: Config) -> None:
    """What stands against a notice and a survey to this number now, whatever the call."""
    from appliance.domain import eligibility, reasons
    from appliance.domain.records import EventKind
    from appliance.store import contacts, policies

    now, policy = clock.now(), policies.current().policy
    contact = contacts.get(number_id)
    history = contacts.history(number_id, 0, now, is_live=config.mode == "live")
    for what, kind in (("notices", EventKind.CLOSED), ("surveys", EventKind.SURVEY)):
        against = eligibility.standing(kind, contact, history, policy, config.agency.zone, now)
        told = "nothing of its own stands against them."
        if against is not None:
            told = reasons.sentence(against.reason, against.values)
        click.echo(f"{what} to this number now: {told}")
    if contact.opted_out_at is not None:
        click.echo(f"opted out since {_local(contact.opted_out_at, config)}, by {contact.opted_out_by}")


_SIGNS = {"held": "+", "objected": "!", "not_asked": " "}


def _print_story(views: list[ExplainView], config: Config, *, rules: bool) -> None:
    last = {view.event: place for place, view in enumerate(views)}
    for place, view in enumerate(views):
        said = f"{view.event}: {view.decision}. {view.sentence} (policy {view.policy})"
        click.echo(f"{_local(view.at, config)}  {said}")
        if rules and last[view.event] == place and view.decision in ("refuse", "postpone"):
            for line in view.rules:
                click.echo(f"    {_SIGNS[line.answer]} {line.title}")


@click.command()
@click.option("--from", "from_day", required=True, help="first day, YYYY-MM-DD in agency time")
@click.option("--to", "to_day", required=True, help="last day, YYYY-MM-DD in agency time")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text")
@with_json
@with_config
def report(from_day: str, to_day: str, form: str, as_json: bool, config_path: Path | None) -> None:
    """The scores of a period, by the day the call came in, both days included."""
    from appliance.domain import report_text, scoring
    from appliance.store import reports

    first, last = _day(from_day, "--from"), _day(to_day, "--to")
    if last < first:
        raise click.UsageError("--to lies before --from")
    with opened(config_path) as config:
        start, end = scoring.period(first, last, config.agency.zone)
        figures = reports.contract(reports.summary(start, end), from_day, to_day)
    if as_json or form == "json":
        print_json(figures)
    elif form == "csv":
        write_csv(figures)
    else:
        click.echo(report_text.whole(figures))
        if not figures["funnel"]["calls"]:
            click.echo("No call was received on these days. When the feed spoke last: aftercall status")


def write_csv(figures: dict[str, object]) -> None:
    """One line a question, for a spreadsheet."""
    questions = figures["questions"]
    assert isinstance(questions, list)
    out = csv.writer(sys.stdout)
    out.writerow(["question", "n", "mean", "1", "2", "3", "4", "5"])
    for question in questions:
        spread = [question["distribution"].get(str(k), 0) for k in range(1, 6)]
        out.writerow([question["id"], question["n"], question["mean"], *spread])


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"{option} {text!r} is no day; write YYYY-MM-DD") from error


def _local(at: Instant, config: Config) -> str:
    moment: datetime = clock.to_datetime(at).astimezone(config.agency.zone)
    return moment.strftime("%Y-%m-%d %H:%M:%S %Z")


def _score(score: int | None) -> str:
    return "" if score is None else str(score)


def _audit_listing(what: str, subject: str) -> None:
    from appliance.store import audit, database

    with database.transaction():
        audit.record(actor(), f"list-{what}", subject, {}, clock.now())
