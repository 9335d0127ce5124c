"""The faults a simulated modem can be told to show: one registry, switchable while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Option = str | int | float | bool


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What a fault does, in a line, with the options it knows and their defaults.

    `times`: how often it shows unless `arm` says otherwise; None is until it is disarmed.
    """

    doc: str
    times: int | None = None
    options: Mapping[str, Option] = field(default_factory=dict)


FAULTS: Mapping[str, FaultKind] = {
    "silence": FaultKind("swallows everything written to it and says nothing"),
    "mute_after": FaultKind(
        "as silent, once `bytes` have passed (`way`: written by the program, said by the modem, or both); "
        "`until`: open (the port is opened anew), restart (AT+CFUN=1,1, which it still heeds) or power",
        1,
        {"bytes": 0, "way": "both", "until": "open"},
    ),
    "slow": FaultKind("takes `delay` seconds for every command line", options={"delay": 2.0}),
    "garble": FaultKind("random bytes in what it says (only where `of` occurs, if given)", 1, {"of": ""}),
    "half_line": FaultKind("stops in the middle of a line (of what holds `of`, if given)", 1, {"of": ""}),
    "one_byte": FaultKind("says everything one byte at a time, `gap` seconds apart", options={"gap": 0.001}),
    "noise": FaultKind(
        "vendor lines between all others (`deep`: also between a header and its PDU; `every`: also unasked, "
        "each so many seconds)",
        options={"deep": False, "every": 0.0},
    ),
    "echo_back": FaultKind("echoes commands whatever ATE0 said"),
    "no_prompt": FaultKind("waits for the PDU without showing the prompt", 1),
    "prompt_crlf": FaultKind("prompts with `>` CR LF and no blank (SIM7670G)"),
    "cms_error": FaultKind(
        "refuses a text with +CMS ERROR `code`; `when`: prompt (instead of it) or pdu (after Ctrl-Z); "
        "`to`: only for this recipient",
        1,
        {"code": 38, "when": "pdu", "to": ""},
    ),
    "cme_error": FaultKind(
        "answers a command (`command`, e.g. +CREG, if given) with +CME ERROR `code`",
        1,
        {"code": 100, "command": ""},
    ),
    "false_error": FaultKind("the text leaves, yet the result is +CMS ERROR `code`", 1, {"code": 500}),
    "bare_error": FaultKind("the text leaves, yet the result is ERROR", 1),
    "lost_result": FaultKind(
        "the text leaves, but +CMGS and OK never come (`late`: they come so many seconds later)",
        1,
        {"late": 0.0},
    ),
    "unplug": FaultKind(
        "the port vanishes; `when`: now, prompt (instead of it), entry (at the PDU's first byte), pdu (after "
        "Ctrl-Z, the text has left), byte (after `bytes` of `way`, as with mute_after); `back`: seconds "
        "until it returns (0: not by itself)",
        1,
        {"when": "now", "back": 0.0, "bytes": 0, "way": "both"},
    ),
    "self_reset": FaultKind("the modem restarts by itself: settings are lost, RDY", 1),
    "full_storage": FaultKind("its message storage is full: new texts wait in the network"),
    "refuse_cnmi": FaultKind("answers ERROR to AT+CNMI="),
    "delete_fails": FaultKind(
        "AT+CMGD deletes nothing: +CMS ERROR `code`, or OK (`silent`)", options={"code": 500, "silent": False}
    ),
    "report_misnamed": FaultKind('announces stored reports as +CDSI: "SM" though they are in SR (EC25)'),
    "received_twice": FaultKind("the network delivers an incoming text twice", 1),
    "no_network": FaultKind("not registered; texts are refused with +CMS ERROR: 331 and none arrive"),
    "registration": FaultKind(
        "registered as `creg`, `cgreg` and `cereg` say (5: roaming, 3: denied ...; 27.007 7.2, 10.1.20)",
        options={"creg": "", "cgreg": "", "cereg": ""},
    ),
    "sim_busy": FaultKind("the SIM is busy: +CME ERROR: 14, +CMS ERROR: 314"),
}


@dataclass(slots=True)
class Armed:
    """A fault that is switched on. `after` texts go by first; `until` is on the simulator's clock.

    `left`: bytes that still pass before one that counts them shows.
    """

    name: str
    options: Mapping[str, Option]
    times: int | None
    after: int
    until: float | None
    left: int = 0

    def text(self, option: str) -> str:
        return str(self.options[option])

    def number(self, option: str) -> float:
        return float(self.options[option])


class Faults:
    """The faults of one modem. Every method is safe from any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._armed: dict[str, Armed] = {}
        self._lock = threading.Lock()
        self.on_change: Callable[[float | None], None] = _nobody
        """Called after a change, with the seconds after which a fault ends by itself (None: never)."""

    def arm(
        self,
        name: str,
        *,
        times: int | None = None,
        seconds: float | None = None,
        after: int = 0,
        **options: Option,
    ) -> None:
        """Switches a fault on, for `times` occasions or `seconds`, once `after` more texts were sent.

        Raises ValueError for a fault or an option that does not exist.
        """
        kind = FAULTS.get(name)
        if kind is None:
            raise ValueError(f"no fault {name!r}; there are {', '.join(FAULTS)}")
        strange = sorted(set(options) - set(kind.options))
        if strange:
            known = ", ".join(["times", "seconds", "after", *kind.options])
            raise ValueError(f"fault {name} has no {', '.join(strange)}; it has {known}")
        if times is None and seconds is None:
            times = kind.times
        until = None if seconds is None else self._clock() + seconds
        with self._lock:
            left = int(options.get("bytes", 0))
            self._armed[name] = Armed(name, {**kind.options, **options}, times, after, until, left)
        self.on_change(seconds)

    def arm_text(self, text: str) -> None:
        """Switches a fault on from `NAME[:key=value,...]`, as a command line or a script gives it."""
        name, _, rest = text.partition(":")
        options: dict[str, Option] = {}
        for pair in filter(None, rest.split(",")):
            key, equals, value = pair.partition("=")
            if not equals:
                raise ValueError(f"{pair!r} in {text!r} is not key=value")
            options[key.strip()] = _option(value.strip())
        self.arm_options(name, options)

    def arm_options(self, name: str, options: Mapping[str, Option]) -> None:
        """`arm` with `times`, `seconds` and `after` among the options, as JSON gives them."""
        rest = dict(options)
        times, seconds, after = rest.pop("times", None), rest.pop("seconds", None), rest.pop("after", 0)
        self.arm(
            name,
            times=None if times is None else int(times),
            seconds=None if seconds is None else float(seconds),
            after=int(after),
            **rest,
        )

    def disarm(self, name: str | None = None) -> None:
        """Switches one fault off, or all; one that is not on is no error."""
        with self._lock:
            for each in [name] if name is not None else list(self._armed):
                self._armed.pop(each, None)
        self.on_change(None)

    def active(self, name: str, **wanted: Option) -> Armed | None:
        """The fault if it shows now, without using it up. `wanted` narrows by option value.

        An option that was armed empty applies to every value.
        """
        with self._lock:
            armed = self._armed.get(name)
            if armed is None or armed.after > 0:
                return None
            if armed.until is not None and self._clock() >= armed.until:
                del self._armed[name]
                return None
            for option, value in wanted.items():
                if armed.options[option] not in ("", value):
                    return None
            return armed

    def take(self, name: str, **wanted: Option) -> Armed | None:
        """The fault if it shows now, used up by one occasion."""
        armed = self.active(name, **wanted)
        if armed is None or armed.times is None:
            return armed
        with self._lock:
            armed.times -= 1
            if armed.times <= 0 and self._armed.get(name) is armed:
                del self._armed[name]
        return armed

    def cut(self, way: str, size: int) -> tuple[Armed, int] | None:
        """A fault that ends the stream with the next `size` bytes of `way`, and how many of them still pass.

        Counts them where none does; bytes before the fault's `after` texts do not count.
        """
        for name, wanted in (("mute_after", None), ("unplug", "byte")):
            armed = self.active(name) if wanted is None else self.active(name, when=wanted)
            if armed is None or armed.text("way") not in ("both", way):
                continue
            if size >= armed.left:
                passing, armed.left = armed.left, int(armed.number("bytes"))
                self.take(name)
                return armed, passing
            armed.left -= size
        return None

    def note_send(self) -> None:
        """One more text has been handed over; faults armed `after` some come nearer."""
        with self._lock:
            for armed in self._armed.values():
                armed.after = max(0, armed.after - 1)

    def names(self) -> list[str]:
        """The faults that are switched on, whether they show yet or not."""
        with self._lock:
            return list(self._armed)


def _nobody(_seconds: float | None) -> None:
    """Before a modem listens."""


def _option(text: str) -> Option:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text.startswith("+"):
        return text  # a telephone number or a command
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
