"""`aftercall replay`: history through the rules of today, without touching the live data."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from appliance import clock
from appliance.cli.opening import opened, print_json, print_table, with_config, with_json
from appliance.config import Config
from appliance.domain import reasons
from appliance.errors import Refused

if TYPE_CHECKING:
    from appliance.domain.budget import Limits
    from appliance.domain.policy import Policy
    from appliance.feeds.base import FeedSettings
    from appliance.replay.engine import Engine
    from appliance.replay.files import Read
    from appliance.replay.run import Played
    from appliance.replay.summary import Tally


HISTORY = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=HISTORY)
@click.option("--feed", "feed_name", required=True, help="the [[feed]] these files are of")
@click.option("--policy", "policy_file", type=HISTORY, help="compare with this policy file")
@with_json
@with_config
def replay(
    files: tuple[Path, ...],
    feed_name: str,
    policy_file: Path | None,
    as_json: bool,
    config_path: Path | None,
) -> None:
    """What the rules would have texted of the calls in FILES, by event, reason, hour and day.

    Nothing is written and nothing is sent. What is assumed stands in docs/replay.md.
    """
    with opened(config_path) as config:
        settings = _settings(feed_name, config)
        rules = _policies(policy_file, config)
    found, read = _run(files, settings, rules, config)
    limits = _limits(rules[0], config)
    told = [_told(each.engine, each.tally, limits) for each in found]
    if as_json:
        result = {"read": _read(read), "calls": told[0].pop("calls"), **told[0]}
        if len(told) > 1:
            result["with_policy"] = told[1]
        print_json(result)
        return
    _print(found, read, limits, config)


def _settings(feed_name: str, config: Config) -> FeedSettings:
    from appliance.feeds import registry

    for feed in config.feed:
        if feed.name == feed_name:
            return registry.settings_of(feed, config.agency.zone)
    known = ", ".join(feed.name for feed in config.feed) or "none"
    raise Refused(f"config.toml has no [[feed]] named {feed_name!r}. There is: {known}.")


def _policies(policy_file: Path | None, config: Config) -> list[Policy]:
    """The policy in force, and the one it is compared with."""
    from appliance.cli.policies import good_document
    from appliance.domain import policy as rules
    from appliance.store import policies

    found = [policies.current().policy]
    if policy_file is not None:
        found.append(rules.load(good_document(policy_file, config)))
    return found


def _limits(policy: Policy, config: Config) -> Limits:
    from appliance.domain import budget

    modem = config.modem[0] if config.modem else None
    return budget.limits(
        policy.limits,
        None if modem is None else modem.max_per_minute,
        None if modem is None else modem.max_per_day,
    )


def _run(
    files: Sequence[Path], settings: FeedSettings, rules: Sequence[Policy], config: Config
) -> tuple[list[Played], Read]:
    from appliance.replay import history

    try:
        return _once(files, settings, rules, config, is_sorted=False)
    except history.OutOfOrder:
        click.echo("The rows are not in the order of time; they are sorted first, in memory.", err=True)
        return _once(files, settings, rules, config, is_sorted=True)


def _once(
    files: Sequence[Path], settings: FeedSettings, rules: Sequence[Policy], config: Config, *, is_sorted: bool
) -> tuple[list[Played], Read]:
    from appliance.domain import phone
    from appliance.replay.engine import Engine
    from appliance.replay.run import Played, play
    from appliance.replay.summary import Tally

    zone = config.agency.zone
    own = frozenset(found for m in config.modem if m.number and (found := phone.check(m.number).e164))
    played = [Played(Engine(policy, zone, own), Tally(zone)) for policy in rules]
    size = sum(path.stat().st_size for path in files)
    with click.progressbar(
        length=size, label="replay", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        read = play(files, settings, played, clock.now(), bar.update, is_sorted=is_sorted)
    return played, read


def _read(read: Read) -> dict[str, Any]:
    return {"rows": read.rows, "quarantined": read.quarantined, "rejected": dict(read.rejected.most_common())}


def _told(engine: Engine, tally: Tally, limits: Limits) -> dict[str, Any]:
    from appliance.replay import summary

    least, middle, most = tally.a_day()
    needs = summary.needs(tally, limits)
    refused = [{"event": e, "reason": r, "events": n} for (e, r), n in tally.refused.most_common()]
    return {
        "calls": engine.calls,
        "events": engine.events,
        "texts": dict(tally.texts.most_common()),
        "refused": refused,
        "by_hour": {str(hour): tally.hours[hour] for hour in range(24)},
        "by_weekday": {name: tally.weekdays[n] for n, name in enumerate(summary.WEEKDAYS)},
        "by_day": {"least": least, "median": middle, "most": most},
        "busiest_hour": {"texts": tally.hour.most, "until": clock.iso(tally.hour.at)},
        "busiest_day": {"texts": tally.day.most, "until": clock.iso(tally.day.at)},
        "numbers_a_day": tally.numbers_a_day,
        "needs": [
            {"limit": n.limit, "allowed": n.allowed, "busiest": n.busiest, "sims": n.sims} for n in needs
        ],
        "modems": summary.modems(needs),
        "breaker": [{"at": clock.iso(at), "code": code} for at, code in engine.trips],
    }


def _print(found: Sequence[Played], read: Read, limits: Limits, config: Config) -> None:
    from appliance.replay import summary

    engine, tally = found[0].engine, found[0].tally
    other = found[1] if len(found) > 1 else None
    click.echo(f"{read.rows} rows, {engine.calls} calls, {engine.events} events. Nothing was sent.")
    for reason, count in read.rejected.most_common():
        click.echo(f"  {count} rows could not be read: {reason}")
    if read.quarantined:
        click.echo(f"  {read.quarantined} rows carry marks of criminal justice information")
    more = () if other is None else ("with the file",)
    kinds = list(dict.fromkeys((*tally.events, *(other.tally.events if other else ()))))
    rows = [(k, str(tally.texts[k]), *([str(other.tally.texts[k])] if other else [])) for k in kinds]
    click.echo("\nTexts that would have left")
    print_table(("event", "texts", *more), rows, "No event came of these calls.")
    click.echo("\nWhy the others would not have")
    keys = list(dict.fromkeys((*dict(tally.refused.most_common()), *(other.tally.refused if other else ()))))
    lines = [
        (
            event,
            reasons.sentence(reason, {}),
            str(tally.refused[event, reason]),
            *([str(other.tally.refused[event, reason])] if other else []),
        )
        for event, reason in keys
    ]
    print_table(("event", "reason", "events", *more), lines, "Nothing was refused.")
    _print_load(engine, tally, limits, config)
    if other is not None:
        click.echo("\nWith the policy file")
        _print_load(other.engine, other.tally, limits, config)
        click.echo("\nWhat changes most")
        for key, before, after in summary.changed(dict(tally.texts), dict(other.tally.texts)):
            click.echo(f"  {key}: {before} -> {after} texts")


def _print_load(engine: Engine, tally: Tally, limits: Limits, config: Config) -> None:
    from appliance.replay import summary

    least, middle, most = tally.a_day()
    click.echo(f"\n{tally.total} texts; a day {least} at least, {middle:g} in the middle, {most} at most")
    click.echo("by hour     " + " ".join(f"{hour:02d}:{tally.hours[hour]}" for hour in range(24)))
    click.echo("by weekday  " + " ".join(f"{n}:{tally.weekdays[i]}" for i, n in enumerate(summary.WEEKDAYS)))
    for name, peak in (("hour", tally.hour), ("24 hours", tally.day)):
        if peak.at is not None:
            at = clock.to_datetime(peak.at).astimezone(config.agency.zone).strftime("%Y-%m-%d %H:%M")
            click.echo(f"busiest {name}: {peak.most} texts until {at}")
    found = summary.needs(tally, limits)
    for need in found:
        click.echo(f"  {need.limit}: {need.busiest} of {need.allowed} a SIM")
    click.echo(f"It would take {summary.modems(found)} modem(s); each answered question is one more text.")
    codes = {code: sum(c == code for _, c in engine.trips) for _, code in engine.trips}
    told = ", ".join(f"{code} {count} times" for code, count in codes.items()) or "never"
    click.echo(f"The breaker would have opened: {told}.")
