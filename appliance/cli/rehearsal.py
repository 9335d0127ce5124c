"""`aftercall simulate-resident`: a script talked through in the terminal, as the resident would have it.

The box is a real one in a folder that is thrown away: its own database, the policy in force, the walk of
every day. Only the modem is missing; what would be handed to it arrives at once. Nothing is sent to anybody.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from appliance import clock
from appliance.cli.opening import opened, with_config
from appliance.clock import HOUR, MINUTE
from appliance.config import Config

if TYPE_CHECKING:
    from appliance.store.listings import ReplyView

RESIDENT = "+15415550123"
SIM = "8901000000000000000"
CALL_ID = "26-1"
CALL_TYPE = "REHEARSAL"
HELP = (
    "Type what the resident texts. /wait 20m lets time pass (s, m, h, d), /answers shows what is stored, "
    "/quit ends it."
)
_NO_LIMITS = ("sim_per_minute", "sim_per_hour", "sim_per_day", "sim_recipients_per_day")


@click.command("simulate-resident")
@click.option("--policy", "policy_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--role", type=click.Choice(["caller", "victim", "witness"]), default="caller", show_default=True
)
@click.option("--language", default="", help="the language CAD names, such as es")
@with_config
def simulate_resident(policy_file: Path | None, role: str, language: str, config_path: Path | None) -> None:
    """Talk to the survey as a resident would, with time travel. Nothing is sent."""
    with opened(config_path) as config:
        document = _document(policy_file, config)
    with (
        tempfile.TemporaryDirectory(prefix="aftercall-") as folder,
        Rehearsal(Path(folder), config, document).at_work() as box,
    ):
        click.echo(HELP, err=True)
        box.call(role, language)
        box.wait(5 * HOUR)
        box.show()
        for line in _typed():
            if line == "/quit":
                break
            box.take(line)
        box.show_answers()


def _document(policy_file: Path | None, config: Config) -> dict[str, Any]:
    from appliance.cli.policies import good_document
    from appliance.store import policies

    return policies.whole_document() if policy_file is None else good_document(policy_file, config)


def _typed() -> Iterator[str]:
    while True:
        if sys.stdin.isatty():
            sys.stderr.write("> ")
            sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            return
        yield line.rstrip("\n")


class Rehearsal:
    """One resident, one call, one box; `now` moves by what is typed alone."""

    def __init__(self, folder: Path, config: Config, document: Mapping[str, Any]) -> None:
        from appliance.domain import policy
        from appliance.flow.dispatch import Sender

        self._config = Config.model_validate(
            {
                "mode": "live",
                "agency": config.agency.model_dump() | {"on_call": []},
                "storage": {"path": str(folder / "aftercall.db")},
                "modem": [{"name": "main", "port": "/dev/null"}],
            }
        )
        self._document = policy.merge(
            document,
            {
                "call_types": {"allow": [CALL_TYPE]},
                "limits": dict.fromkeys(_NO_LIMITS, 0),
                "breaker": {"texts": 0},
            },
        )
        self._folder = folder
        self._sender = Sender(self._config, self._config.modem[0], SIM)
        self._sent = 0
        # Ten in the morning, so that no window stands in the way at once.
        local = clock.to_datetime(clock.now()).astimezone(self._config.agency.zone)
        self.now = clock.from_datetime(local.replace(hour=10, minute=0, second=0, microsecond=0))

    @contextmanager
    def at_work(self) -> Iterator[Rehearsal]:
        """The box with its database, open on this thread."""
        from appliance.store import database, numbers, policies, sims

        database.migrate(self._config.storage.path)
        numbers.make_key(self._folder / "numbers.key")
        numbers.use_key(self._folder / "numbers.key")
        policies.forget_loaded()
        try:
            with database.connection():
                with database.transaction():
                    policies.add(self._document, "rehearsal", self.now)
                    sims.meet(SIM, self.now)
                yield self
        finally:
            database.disconnect()
            policies.forget_loaded()

    def call(self, role: str, language: str) -> None:
        """A call that came in half an hour ago and has just been closed."""
        from appliance.domain.records import IncidentRecord
        from appliance.feeds.base import digest
        from appliance.flow import intake
        from appliance.store import policies

        record = IncidentRecord(
            "cad",
            CALL_ID,
            received_at=self.now - 30 * MINUTE,
            dispatched_at=self.now - 20 * MINUTE,
            closed_at=self.now - MINUTE,
            call_type=CALL_TYPE,
            priority="4",
            phone=RESIDENT,
            role=role,
            language=language,
        )
        source = intake.Source("cad", "rehearsal", "0" * 64)
        intake.accept(source, [(record, digest(record))], policies.current(), frozenset(), self.now)
        self._work()

    def take(self, line: str) -> None:
        """One line of the terminal."""
        word, _, rest = line.partition(" ")
        if word == "/wait":
            try:
                self.wait(clock.duration(rest.strip()))
            except ValueError as error:
                click.echo(f"/wait: {error}", err=True)
        elif word == "/answers":
            self.show_answers()
        elif word.startswith("/"):
            click.echo(HELP, err=True)
        else:
            self.say(line)
        self.show()

    def wait(self, span: int) -> None:
        """Time passes, at most an hour at a step, so that everything happens when it is due."""
        end = self.now + span
        while self.now < end:
            self.now = min(end, self.now + HOUR)
            self._work()

    def say(self, text: str) -> None:
        """The resident texts, a minute after what came before."""
        from appliance.flow import reception
        from appliance.store import listings

        self.now += MINUTE
        self._sent += 1
        incoming = reception.Incoming(SIM, f"{self._sent:08d}", RESIDENT, False, "text", text, self.now)
        reception.keep(incoming, self._config, self.now)
        self._line("resident", text)
        self._work()
        self._line("", _read_as(listings.replies(limit=1)[0]))

    def _work(self) -> None:
        from appliance.flow import conversation, planning

        planning.plan(self._config, self.now)
        conversation.advance(self._config, self.now)
        self._hand_over()

    def _hand_over(self) -> None:
        from appliance.flow import dispatch

        while (claimed := dispatch.claim(self._sender, self.now)) is not None:
            for seq in claimed.parts[:-1]:
                dispatch.part_sent(claimed, seq, seq, self.now)
            dispatch.finish_and_claim(self._sender, claimed, claimed.parts[-1], 1, self.now, go_on=False)
            self._line("box", claimed.text)

    def show(self) -> None:
        """Where the survey stands."""
        from appliance.store import numbers, surveys

        talk = surveys.latest_for(numbers.remember(RESIDENT), self.now)
        if talk is not None:
            waits = f", waits for {talk.conversation.question}" if talk.conversation.question else ""
            click.echo(f"[survey {talk.conversation.state}{waits}]", err=True)

    def show_answers(self) -> None:
        """What is stored, in the numbers it is stored in."""
        from appliance.store import calls

        page = calls.page(CALL_ID, self.now)
        for talk in () if page is None else page.conversations:
            for question, score in talk.answers:
                click.echo(f"{question:12} {'in words' if score is None else score or 'skipped'}")

    def _line(self, who: str, text: str) -> None:
        local = clock.to_datetime(self.now).astimezone(self._config.agency.zone)
        click.echo(f"{local:%a %H:%M}  {who:9} {text}")


def _read_as(reply: ReplyView) -> str:
    alarm = f", {reply.alarm} alarm" if reply.alarm else ""
    score = "" if reply.score is None else f", {reply.question} = {reply.score}"
    return f"(read as {reply.kind}{alarm}{score})"
