"""What is known of one modem: what its worker last told, what the store remembers, what the config allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from appliance.clock import Instant
from appliance.domain.budget import Budget


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the last text that did not leave did not; `kind` is a failure class of the modem package."""

    kind: str
    sentence: str
    at: Instant | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True)
class ModemFacts:
    """One modem. None or "": not told, which is never a fault by itself.

    `reason` says in a code why it is not ready; `changed` names what is not confirmed ("modem", "sim");
    `resets` counts the rungs of the recovery ladder by name; `pause_until` 0: until somebody acts.
    """

    name: str
    port: str = ""
    is_heard: bool = True
    state: str = "absent"
    reason: str = ""
    sentence: str = ""
    model: str = ""
    firmware: str = ""
    profile: str = ""
    imei: str = ""
    sim: str = ""
    signal: int | None = None
    is_registered: bool = False
    registration: str = ""
    operator: str = ""
    is_attached: bool | None = None
    carrier_profile: str = ""
    ims: str = ""
    centre: str | None = None
    voice: str = ""
    storage_used: int | None = None
    storage_total: int | None = None
    rung: str = ""
    rung_sentence: str = ""
    resets: Mapping[str, int] = field(default_factory=dict)
    unknown_lines: int | None = None
    last_failure: Failure | None = None
    allows_roaming: bool = False
    has_pin_file: bool = False
    changed: tuple[str, ...] = ()
    pause: str = ""
    pause_until: Instant = 0
    budget: Budget | None = None
    round_trip_ms: int | None = None
    tested_at: Instant | None = None
    is_test_missing: bool = False
    seen_at: Instant | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it is set up and spoken to."""
        return self.is_heard and self.state == "ready"

    @property
    def fill(self) -> float | None:
        """How full the memory is that texts arrive in, 0 to 1."""
        if self.storage_used is None or not self.storage_total:
            return None
        return self.storage_used / self.storage_total


def with_told(facts: ModemFacts, details: Mapping[str, object]) -> ModemFacts:
    """The facts with what a heartbeat's details tell; what is missing or of another shape stays as it was."""
    centre = details.get("centre")
    resets, failure = details.get("resets"), details.get("last_failure")
    return replace(
        facts,
        port=_word(details, "port", facts.port),
        state=_word(details, "state", facts.state),
        reason=_word(details, "reason", facts.reason),
        sentence=_word(details, "sentence", facts.sentence),
        model=_word(details, "model", facts.model),
        firmware=_word(details, "firmware", facts.firmware),
        profile=_word(details, "profile", facts.profile),
        imei=_word(details, "imei", facts.imei),
        sim=_word(details, "sim", facts.sim),
        signal=_count(details, "signal", facts.signal),
        is_registered=bool(_flag(details, "registered", facts.is_registered)),
        registration=_word(details, "registration", facts.registration),
        operator=_word(details, "operator", facts.operator),
        is_attached=_flag(details, "attached", facts.is_attached),
        carrier_profile=_word(details, "carrier_profile", facts.carrier_profile),
        ims=_word(details, "ims", facts.ims),
        centre=centre if isinstance(centre, str) else facts.centre,
        voice=_word(details, "voice", facts.voice),
        storage_used=_count(details, "storage_used", facts.storage_used),
        storage_total=_count(details, "storage_total", facts.storage_total),
        rung=_word(details, "rung", facts.rung),
        rung_sentence=_word(details, "rung_sentence", facts.rung_sentence),
        resets=_counts(resets) if isinstance(resets, Mapping) else facts.resets,
        unknown_lines=_count(details, "unknown_lines", facts.unknown_lines),
        last_failure=_failure(failure) if isinstance(failure, Mapping) else facts.last_failure,
    )


def _word(details: Mapping[str, object], name: str, default: str) -> str:
    value = details.get(name)
    return value if isinstance(value, str) else default


def _flag(details: Mapping[str, object], name: str, default: bool | None) -> bool | None:
    value = details.get(name)
    return value if isinstance(value, bool) else default


def _count(details: Mapping[str, object], name: str, default: int | None = None) -> int | None:
    value = details.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _counts(given: Mapping[str, object]) -> dict[str, int]:
    return {rung: count for rung in given if (count := _count(given, rung)) is not None}


def _failure(given: Mapping[str, object]) -> Failure:
    return Failure(
        _word(given, "class", ""), _word(given, "sentence", ""), _count(given, "at"), _count(given, "code")
    )
