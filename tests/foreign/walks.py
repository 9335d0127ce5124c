"""The whole walk at modems that differ in nothing but their character."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.foreign.box import Box, answering, boxed, judge
from tests.foreign.habits import Habits
from tests.foreign.network import Network
from tests.foreign.scenes import (
    FIRST,
    PATIENCE,
    READY_WITHIN,
    SECOND,
    THIRD,
    Scene,
    patient_answers,
    ready,
    scenes_of,
    settled,
    thanked,
)

SCENES, scene = scenes_of()


def walk(
    folder: Path,
    habits: Habits,
    network: Network | None = None,
    *,
    within: float = 2.0,
    patience: float = PATIENCE,
    modem_keys: str = "",
    residents: tuple[str, ...] = (FIRST,),
) -> None:
    """Residents are told, asked and thanked, with no fault but the modem's character."""
    with boxed(folder, habits, network, modem_keys=modem_keys) as box:
        answering(box.network, patient_answers)
        box.start()
        box.call(*residents)
        box.wait(lambda: thanked(box.network, *residents), patience, "not everybody was thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        box.wait(lambda: _receipts_are_in(box), 8, "receipts were not taken")
        judge(box, within=within)
        assert len(box.network.arrivals) == 8 * len(residents)
        assert box.stop() == 0


def _receipts_are_in(box: Box) -> bool:
    """Every text is delivered, where the network says so at all."""
    if box.network.statuses[-1:] != (0,) or box.modem.habits.indications[3] == "(0)":
        return True
    return {text["state"] for text in box.cli("messages")} == {"delivered"}


_NOISE = (
    "+CIEV: 2,3",
    "^RSSI: 19",
    "+CREG: 1",
    "RING",
    '+CLIP: "",128,,,,2',
    "*PSUTTZ: 26,11,26",
    "NO CARRIER",
)

WALKS: dict[str, Scene] = {
    "plain": partial(walk, habits=Habits(), residents=(FIRST, SECOND, THIRD)),
    "text_mode_at_power_on": partial(walk, habits=Habits(text_mode=True, unknown="cme58")),
    "says_ok_to_what_it_does_not_know": partial(walk, habits=Habits(unknown="ok", tests=False)),
    "answers_no_test_form": partial(walk, habits=Habits(tests=False, lte=None)),
    "never_answers_what_it_does_not_know": partial(walk, habits=Habits(unknown="silent"), patience=75),
    "phase_two_plus": partial(walk, habits=Habits(service=1, service_stays=True)),
    "routes_texts_only": partial(
        walk,
        habits=Habits(
            service=1,
            service_stays=True,
            indications=("(1,2)", "(0,2)", "(0)", "(0,1)", "(0)"),
            lower_case=True,
        ),
    ),
    "five_slots_in_sm_only": partial(walk, habits=Habits(memories=(("SM", 5),), first_slot=1)),
    "me_only": partial(walk, habits=Habits(memories=(("ME", 30),), empty_slot="ok", empty_delete="error")),
    "lists_by_four_only": partial(walk, habits=Habits(list_forms=(4,), first_slot=1, blank_lines=True)),
    "slow": partial(walk, habits=Habits(thinking=0.3, chatter=_NOISE[:3]), within=6.0, patience=75),
    "reports_in_the_sim": partial(
        walk,
        habits=Habits(
            indications=("(0-2)", "(0,1)", "(0)", "(0,2)", "(1)"), report_memory="SM", first_slot=1
        ),
    ),
    "reports_in_a_memory_of_their_own": partial(
        walk, habits=Habits(indications=("(0-3)", "(0,1)", "(0,2,3)", "(0,2)", "(1)"))
    ),
    "reports_announced_in_the_wrong_memory": partial(
        walk,
        habits=Habits(indications=("(0-2)", "(0,1)", "(0)", "(0,2)", "(1)"), report_announced_in="SM"),
        residents=(FIRST, SECOND, THIRD),
    ),
    "no_reports": partial(walk, habits=Habits(indications=("(0,1)", "(0,1)", "(0)", "(0)", "(1)"))),
    "receipt_before_the_result": partial(
        walk, habits=Habits(first_reference=250), network=Network(reports_first=True)
    ),
    "result_byte_by_byte": partial(walk, habits=Habits(every_byte=0.05), within=5.0, patience=60),
    "prompt_after_two_seconds": partial(walk, habits=Habits(prompt_after=2.0), within=6.0, patience=75),
    "prompt_with_line_end": partial(walk, habits=Habits(prompt=b"\r\n>\r\n")),
    "prompt_alone": partial(walk, habits=Habits(prompt=b">")),
    "errors_in_words": partial(
        walk, habits=Habits(errors_in_words=True, lower_case=True, lacks=("+CMMS", "+CGREG", "+CRSM"))
    ),
    "talks_all_the_time": partial(
        walk,
        habits=Habits(
            chatter=_NOISE, noise=b"\x00\xff\xfe\x80", banner=("RDY", "+CFUN: 1", "+CPIN: READY", "SMS DONE")
        ),
    ),
    "minds_escapes": partial(walk, habits=Habits(minds_escapes=True, unknown="cme58", list_forms=())),
    "no_centre_before_pdus": partial(walk, habits=Habits(knows_centre=False, unknown="ok")),
    "one_memory_told": partial(
        walk,
        habits=Habits(
            one_memory_told=True,
            memories=(("SM", 10),),
            indications=("(0,1,2)", "(0,1,2,3)", "(0,2)", "(0,1)", "(0)"),
        ),
    ),
    "bare_lines": partial(walk, habits=Habits(bare=True, tight=True)),
    "speaks_at_the_prompt": partial(walk, habits=Habits(speaks_at_prompt=True)),
    "lags_behind_its_announcements": partial(walk, habits=Habits(appears_after=0.5), within=4.0),
    "knows_few_commands": partial(
        walk,
        habits=Habits(
            lacks=(
                *(
                    "+CCID",
                    "+CRSM",
                    "+CIMI",
                    "+CNUM",
                    "+CGREG",
                    "+CEREG",
                    "+CLIP",
                    "+CMMS",
                    "+CGSMS",
                    "+CSMS",
                ),
                *("+CPMS", "+CSCA", "+COPS", "+CGMI", "+CGMM", "+CGMR", "+CPIN", "+CFUN", "+CMEE", "+CSCS"),
            ),
            tests=False,
            memories=(("SM", 20),),
        ),
    ),
    "four_indications": partial(
        walk, habits=Habits(indications=("(0-2)", "(0,1)", "(0)", "(0,1)"), tests=False, unknown="ok")
    ),
    "result_with_the_centres_answer": partial(
        walk, habits=Habits(service=1, service_stays=True, acknowledges_in_result=True, first_reference=254)
    ),
    "radio_off_at_power_on": partial(walk, habits=Habits(radio_off=True)),
    "busy_sim": partial(walk, habits=Habits(sim_busy=6.0)),
    "short_lines": partial(walk, habits=Habits(longest=64, single=True)),
    "keeps_echo_on": partial(walk, habits=Habits(echo_stays=True, doubles_returns=True)),
    "packet_only": partial(walk, habits=Habits(circuit=3, lte=1)),
    "circuit_only": partial(walk, habits=Habits(circuit=1, lte=None, unknown="cme58")),
    "registers_late": partial(walk, habits=Habits(registers_after=12.0), patience=60),
    "roaming_allowed": partial(walk, habits=Habits(circuit=5, lte=5), modem_keys="allow_roaming = true\n"),
    "receipts_name_ten_digits": partial(walk, habits=Habits(), network=Network(reports_name=slice(2, None))),
    "receipts_name_eleven_digits": partial(
        walk, habits=Habits(), network=Network(reports_name=slice(1, None), reports_first=True)
    ),
    "centre_whose_clock_stands_still": partial(
        walk, habits=Habits(), network=Network(stamp_fixed=940_000_000)
    ),
    "answers_of_one_second": partial(walk, habits=Habits(), network=Network(stamps_alike=True)),
    "centre_an_hour_ahead": partial(walk, habits=Habits(), network=Network(stamp_ahead=3600)),
    "centre_seven_hours_behind": partial(walk, habits=Habits(), network=Network(stamp_ahead=-25200)),
    "no_receipts": partial(walk, habits=Habits(), network=Network(statuses=())),
    "network_takes_a_second": partial(
        walk, habits=Habits(), network=Network(takes=1.0), within=4.0, patience=60
    ),
}
SCENES.update(WALKS)


@scene
def sim_with_pin(folder: Path) -> None:
    folder.joinpath("pin").write_text("1234\n", encoding="ascii")
    walk(folder, Habits(pin="1234"), modem_keys='sim_pin_file = "pin"\n')


@scene
def wrong_pin_is_tried_once_ever(folder: Path) -> None:
    folder.joinpath("pin").write_text("1111\n", encoding="ascii")
    with boxed(folder, Habits(pin="1234"), modem_keys='sim_pin_file = "pin"\n') as box:
        box.start()
        box.wait(lambda: box.state() == "parked", READY_WITHIN, "not parked")
        box.stop()
        asked = box.modem.session.asked.count("+CPIN?")
        box.start()
        box.wait(lambda: box.modem.session.asked.count("+CPIN?") > asked, READY_WITHIN, "not asked again")
        box.wait(lambda: box.state() == "parked", READY_WITHIN, "not parked again")
        assert box.modem.session.pins == ["1111"]


@scene
def roaming_receives_and_does_not_send(folder: Path) -> None:
    with boxed(folder, Habits(circuit=5, lte=5)) as box:
        box.start()
        ready(box)
        box.call(FIRST)
        box.network.say(SECOND, "hello there")
        box.wait(lambda: len(box.cli("replies")) == 1 and settled(box), PATIENCE, "the reply was not kept")
        box.wait(lambda: len(box.cli("messages")) >= 2, PATIENCE, "nothing was queued")
        assert not box.network.arrivals
        assert box.network.handed == 0
