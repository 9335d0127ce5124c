"""What a person does to the box by hand: hold, release, an opt-out, a test text."""

from __future__ import annotations

import uuid
from pathlib import Path

import click

from appliance import clock
from appliance.cli.opening import actor, ask_number, opened, print_json, with_config, with_json
from appliance.clock import HOUR
from appliance.errors import Refused


@click.command()
@click.argument("reason")
@with_json
@with_config
def hold(reason: str, as_json: bool, config_path: Path | None) -> None:
    """Stop sending, with a REASON everybody sees. Receiving and its alarms go on."""
    from appliance.store import audit, database, switches

    if not reason.strip():
        raise click.UsageError("say why: everybody on shift will read it")
    with opened(config_path), database.transaction():
        now = clock.now()
        switches.hold(reason.strip(), actor(), now)
        audit.record(actor(), "hold", "box", {"reason": reason.strip()}, now)
    _told({"hold": reason.strip()}, "Sending is on hold.", as_json)


@click.command()
@click.option("--reason", default="", help="why; it stands in the audit")
@with_json
@with_config
def release(reason: str, as_json: bool, config_path: Path | None) -> None:
    """Let sending go on: lifts the hold, trusts the clock again, releases an open breaker.

    An open breaker needs two people: the first lets notices go for 30 minutes, the second lets all go.
    """
    from appliance.flow import brakes

    with opened(config_path):
        released = brakes.release_all(actor(), reason.strip(), clock.now())
    sentence = "Sending goes on." if released.anything else "Nothing was on hold."
    if released.breaker == "notices":
        sentence = (
            "Notices go on for 30 minutes, 60 texts at most. Surveys and their questions wait for a second "
            "person: another account, with aftercall release or on the Hold page."
        )
    told: dict[str, object] = {"hold": None, "released": released.anything}
    if released.breaker is not None:
        told["breaker"] = released.breaker
    _told(told, sentence, as_json)


@click.command()
@with_json
@with_config
def optout(as_json: bool, config_path: Path | None) -> None:
    """Text a number no more: it is asked for, or read from standard input. No confirmation is sent."""
    from appliance.flow import withdrawal
    from appliance.store import audit, contacts, database, numbers, policies

    with opened(config_path):
        e164 = ask_number()
        with database.transaction():
            now = clock.now()
            number_id = numbers.remember(e164)
            fresh = contacts.opt_out(number_id, "staff", now)
            withdrawal.silence_number(number_id, "opted_out", policies.current().id, now)
            withdrawal.end_conversation(number_id, now)
            audit.record(actor(), "optout", f"number:{number_id}", {"new": fresh}, now)
    sentence = "No more texts to that number." if fresh else "That number was opted out already."
    _told({"opted_out": True, "new": fresh}, sentence, as_json)


@click.command("send-test")
@with_json
@with_config
def send_test(as_json: bool, config_path: Path | None) -> None:
    """Send one test text to a number that is asked for (or read from standard input)."""
    from appliance.domain import wording
    from appliance.domain.records import Lane, MessageState
    from appliance.store import audit, contacts, database, numbers, outbox, policies

    with opened(config_path) as config:
        if config.mode != "live":
            raise Refused('The box is in shadow mode and sends nothing. Set mode = "live" first.')
        e164 = ask_number()
        key = f"test/{uuid.uuid4()}"
        with database.transaction():
            now = clock.now()
            number_id = numbers.remember(e164)
            if contacts.get(number_id).opted_out_at is not None:
                raise Refused("That number asked for no more texts.")
            text = f"{config.agency.name}: Test of our text system. No answer is needed."
            message_id = outbox.put_once(
                outbox.NewMessage(
                    key=key,
                    lane=Lane.NOTICE,
                    kind="test",
                    number_id=number_id,
                    language="en",
                    text=text,
                    parts=wording.parts(text),
                    policy_id=policies.current().id,
                    due_at=now,
                    not_after=now + HOUR,
                ),
                MessageState.QUEUED,
                now,
            )
            audit.record(actor(), "send-test", f"message:{message_id}", {}, now)
    _told({"id": message_id, "key": key}, f"Queued as text {message_id}.", as_json)


def _told(value: dict[str, object], sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        click.echo(sentence)
