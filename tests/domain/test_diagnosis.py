"""Each symptom from the facts that make it, in the order of a text's way out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.domain.budget import Budget, Spent
from appliance.domain.diagnosis import (
    BESIDES,
    BOX,
    CHAIN,
    FEED,
    MIB,
    POLICY,
    BoxFacts,
    FeedFacts,
    Finding,
    findings,
    is_good,
    of_modem,
)
from appliance.domain.modem_facts import Failure, ModemFacts, with_told
from appliance.domain.records import Hold
from appliance.domain.symptoms import SYMPTOMS, Level

FREE = Spent(0, 60)
WELL = ModemFacts(
    "main",
    port="/dev/serial/by-id/sample",
    state="ready",
    sim="8901260000000000001",
    signal=-71,
    is_registered=True,
    registration="home",
    operator="Sample Net",
    ims="registered",
    centre="+15415550100",
    voice="forwarded",
    storage_used=1,
    storage_total=20,
    budget=Budget(Spent(1, 6), FREE, FREE, FREE),
)
BOX_WELL = BoxFacts(
    free_bytes=9000 * MIB, modems=(WELL,), feeds=(FeedFacts("cad"),), enabled_types=3, shut_windows={}
)


def broken(reason: str, state: str = "parked", **more: object) -> ModemFacts:
    """A modem that is not set up, for this reason; nothing of the network is known then."""
    facts = ModemFacts("main", port="/dev/modem", state=state, reason=reason, sentence="It says so.")
    return replace(facts, **more)  # type: ignore[arg-type]


def full(window: str) -> Budget:
    assert WELL.budget is not None
    return replace(WELL.budget, **{window: Spent(60, 60)})


MODEM = [
    # the facts, the codes that follow
    (WELL, []),
    (replace(WELL, is_heard=False), ["modem_unheard"]),
    (broken("port_denied", "absent"), ["port_denied"]),
    (broken("port_busy", "recovering"), ["port_busy"]),
    (broken("port_missing", "absent"), ["port_missing"]),
    (broken("", "absent"), ["port_missing"]),
    (broken("port_lost", "absent"), ["port_missing"]),
    (broken("", "starting"), ["starting"]),
    (broken("mute", "recovering"), ["mute"]),
    (broken("no_sim"), ["no_sim"]),
    (broken("pin_needed"), ["pin_needed"]),
    (broken("pin_needed", has_pin_file=True), ["pin_waits"]),
    (broken("pin_refused"), ["pin_refused"]),
    (broken("pin_risky"), ["pin_risky"]),
    (broken("puk_needed"), ["puk_needed"]),
    (broken("sim_locked"), ["sim_locked"]),
    (broken("sim_busy"), ["sim_busy"]),
    (broken("sim_failure"), ["sim_failure"]),
    (broken("not_ready"), ["parked"]),
    (broken("port_lost", "recovering"), ["recovering"]),
    (broken("", "recovering"), ["recovering"]),
    (replace(WELL, changed=("sim",)), ["swap"]),
    (replace(WELL, pause="swap"), ["swap"]),
    (replace(WELL, is_registered=False, registration="denied"), ["denied"]),
    (replace(WELL, is_registered=False, registration="searching"), ["searching"]),
    (replace(WELL, is_registered=False, registration=""), ["unregistered"]),
    (replace(WELL, is_registered=False, registration="unknown"), []),
    (replace(WELL, registration="sms_only"), []),
    (replace(WELL, registration="roaming"), ["roaming"]),
    (replace(WELL, registration="roaming", allows_roaming=True), []),
    (replace(WELL, centre=""), ["no_centre"]),
    (replace(WELL, centre=None), []),
    (replace(WELL, signal=-107), ["weak_signal"]),
    (replace(WELL, signal=None), []),
    (replace(WELL, registration="packet_only"), ["packet_only"]),
    (replace(WELL, registration="packet_only", round_trip_ms=4000), []),
    (replace(WELL, is_attached=False), ["not_attached"]),
    (replace(WELL, is_attached=True), []),
    (replace(WELL, ims="off"), ["ims_off"]),
    (replace(WELL, ims="not_registered"), ["ims_not_registered"]),
    (replace(WELL, ims="unknown"), []),
    (replace(WELL, pause="account"), ["account"]),
    (replace(WELL, pause="rejected"), ["rejected"]),
    (replace(WELL, pause="person"), ["held_back"]),
    (replace(WELL, pause="temporary"), ["resting"]),
    (replace(WELL, pause="memory"), ["resting"]),
    (replace(WELL, is_test_missing=True), ["test_missing"]),
    (replace(WELL, storage_used=20), ["storage_full"]),
    (replace(WELL, storage_used=14), ["storage_filling"]),
    (replace(WELL, storage_used=None), []),
    (replace(WELL, voice="refused"), ["voice_not_forwarded"]),
    (replace(WELL, voice="other_number"), ["voice_not_forwarded"]),
    (replace(WELL, voice="rejected"), []),
    (replace(WELL, voice="unknown"), []),
    (replace(WELL, resets={"restart": 2, "usb_authorise": 1}), ["many_resets"]),
    (replace(WELL, resets={"restart": 2, "resync": 9, "reopen": 9}), []),
    (replace(WELL, budget=full("day")), ["budget_day"]),
    (replace(WELL, budget=full("recipients")), ["budget_recipients"]),
    (replace(WELL, budget=full("hour")), ["budget_hour"]),
    (replace(WELL, budget=full("minute")), ["budget_minute"]),
    (replace(WELL, budget=Budget(Spent(9, 0), Spent(9, 0), Spent(9, 0), Spent(9, 0))), []),
    (replace(WELL, budget=None), []),
    # the first problem of the chain hides what lies behind it, not what stands beside it
    (replace(WELL, is_registered=False, registration="denied", centre=""), ["denied"]),
    (replace(WELL, changed=("sim", "modem"), registration="roaming"), ["swap"]),
    (broken("no_sim", budget=full("day"), resets={"restart": 4}), ["no_sim", "many_resets", "budget_day"]),
]


@pytest.mark.parametrize(
    "facts, codes", MODEM, ids=[f"{n}-{'-'.join(row[1])}" for n, row in enumerate(MODEM)]
)
def test_a_modem_is_diagnosed(facts: ModemFacts, codes: list[str]) -> None:
    found = of_modem(facts)
    assert [finding.code for finding in found] == codes
    assert all(finding.about == "modem main" for finding in found)


HOLD = Hold("drill", "sample-admin", 0)
AT_BOX = [
    (BOX_WELL, []),
    (replace(BOX_WELL, mode="shadow"), [("box", "shadow")]),
    (replace(BOX_WELL, hold=HOLD), [("box", "hold")]),
    (replace(BOX_WELL, breaker=HOLD), [("box", "breaker")]),
    (replace(BOX_WELL, free_bytes=12 * MIB), [("box", "disk_full")]),
    (replace(BOX_WELL, clock=replace(HOLD, reason="stepped")), [("box", "clock")]),
    (replace(BOX_WELL, free_bytes=500 * MIB), [("box", "disk_low")]),
    (replace(BOX_WELL, free_bytes=None), []),
    (replace(BOX_WELL, modems=()), [("box", "no_modem")]),
    (replace(BOX_WELL, is_running=False), [("box", "worker_silent")]),
    (replace(BOX_WELL, enabled_types=0), [("policy", "no_types")]),
    (replace(BOX_WELL, enabled_types=None), []),
    (replace(BOX_WELL, shut_windows={"surveys": "09:00"}), [("policy", "window")]),
    (replace(BOX_WELL, feeds=()), [("policy", "no_feed")]),
    (replace(BOX_WELL, feeds=(FeedFacts("cad", fault="No folder."),)), [("feed cad", "feed_fault")]),
    (replace(BOX_WELL, feeds=(FeedFacts("cad", is_silent=True),)), [("feed cad", "feed_silent")]),
    (
        replace(
            BOX_WELL,
            mode="shadow",
            hold=HOLD,
            free_bytes=0,
            modems=(
                replace(WELL, registration="denied", pause="account"),
                replace(WELL, name="two", signal=-110),
            ),
            enabled_types=0,
            feeds=(FeedFacts("cad", is_silent=True),),
        ),
        [
            ("box", "shadow"), ("box", "hold"), ("box", "disk_full"), ("modem main", "denied"),
            ("modem main", "account"), ("modem two", "weak_signal"), ("policy", "no_types"),
            ("feed cad", "feed_silent"),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize("facts, told", AT_BOX, ids=[str(row[1])[:40] for row in AT_BOX])
def test_a_box_is_diagnosed_in_the_order_of_a_texts_way_out(
    facts: BoxFacts, told: list[tuple[str, str]]
) -> None:
    assert [(finding.about, finding.code) for finding in findings(facts)] == told


def everything() -> list[Finding]:
    return [
        *(finding for facts, _ in MODEM for finding in of_modem(facts)),
        *(finding for facts, _ in AT_BOX for finding in findings(facts)),
    ]


def test_every_symptom_is_met_and_every_text_filled() -> None:
    found = everything()
    assert {finding.code for finding in found} == set(SYMPTOMS)
    assert [code for table in (BOX, CHAIN, BESIDES, POLICY, FEED) for code, _ in table] == list(SYMPTOMS)
    for finding in found:
        for text in (finding.what, finding.means, finding.do):
            assert text and not re.search(r"[{}]|\bNone\b|  |\.\.", text), text


FILLED = [
    (broken("mute", "recovering", rung_sentence="It does not answer; radio off and on."),
     "It does not answer; radio off and on."),
    (broken("", "recovering"), "It says so."),
    (replace(WELL, changed=("modem", "sim")), "Another modem and another SIM is in place"),
    (replace(WELL, pause="account", last_failure=Failure("account", "No credit.")), "this SIM. No credit."),
    (replace(WELL, resets={"usb_authorise": 3}), "3 times lately (USB reset: 3)"),
    (replace(WELL, budget=full("day")), "its 60 texts of the day"),
    (replace(WELL, registration="roaming"), "roaming (Sample Net)"),
]  # fmt: skip


@pytest.mark.parametrize("facts, words", FILLED, ids=[row[1][:30] for row in FILLED])
def test_a_finding_says_what_is_so(facts: ModemFacts, words: str) -> None:
    assert words in of_modem(facts)[0].what


@pytest.mark.parametrize("level", Level)
def test_only_a_problem_is_not_good(level: Level) -> None:
    found = [finding for finding in everything() if finding.level is level]
    assert found and is_good(found) is (level is not Level.PROBLEM)


def test_a_heartbeat_is_read_and_what_has_another_shape_is_left_out() -> None:
    details = {
        "state": "ready",
        "signal": -80,
        "registered": True,
        "operator": None,
        "attached": False,
        "centre": "",
        "storage_used": True,
        "resets": {"restart": 2, "reopen": "x"},
        "last_failure": {"class": "account", "code": 34, "sentence": "No credit.", "at": 5},
    }
    facts = with_told(ModemFacts("main", port="/dev/modem"), details)
    assert (facts.state, facts.signal, facts.is_registered, facts.operator) == ("ready", -80, True, "")
    assert (facts.port, facts.centre, facts.storage_used) == ("/dev/modem", "", None)
    assert facts.is_attached is False
    assert facts.resets == {"restart": 2}
    assert facts.last_failure == Failure("account", "No credit.", 5, 34)


def test_every_code_is_listed_in_the_docs_with_its_level() -> None:
    codes = Path(__file__).parents[2].joinpath("docs/codes.md").read_text(encoding="utf-8")
    section = codes.partition("\n## Findings of the doctor\n")[2].partition("\n## ")[0]
    listed = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", section, re.MULTILINE))
    assert listed == {code: symptom.level.value for code, symptom in SYMPTOMS.items()}
