"""What may keep a text from leaving or a reply from coming: what is wrong, what it means, what to do next.

`appliance.domain.diagnosis` says which of them holds; docs/codes.md lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """A problem keeps texts from leaving or replies from coming; a warning may; a note only explains."""

    PROBLEM = "problem"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Symptom:
    """`{field}` in a text is filled from the facts."""

    level: Level
    what: str
    means: str
    do: str


WAITS = "No text leaves and no reply is read. Texts wait as long as they are of use, replies wait on the SIM."
ONLY_IN = "No text leaves; what residents write still arrives."

SYMPTOMS: Mapping[str, Symptom] = {
    # the box
    "shadow": Symptom(
        Level.PROBLEM,
        "The box is in shadow mode.",
        "Residents get nothing: every text is planned and shown, none is ever sent, not even an answer.",
        'When the agency is ready: mode = "live" in config.toml, then restart the worker.',
    ),
    "hold": Symptom(
        Level.PROBLEM,
        "Sending is on hold ({hold_by}): {hold_reason}",
        "Nothing leaves but STOP confirmations and automatic answers. Replies and their alarms go on.",
        "When the reason is gone: aftercall release, or the Hold page.",
    ),
    "clock": Symptom(
        Level.PROBLEM,
        "The clock is doubted: {clock_reason}.",
        "Nothing leaves but STOP confirmations and automatic answers: a wrong hour would wake people.",
        "See that the clock is right (timedatectl). Then: aftercall release, or the Hold page.",
    ),
    "breaker": Symptom(
        Level.PROBLEM,
        "The breaker is open: {breaker_reason}",
        "Notices and invitations wait; STOP confirmations and automatic answers leave.",
        "Look for a doubled or replayed feed on the Calls page. Then: aftercall release.",
    ),
    "disk_full": Symptom(
        Level.PROBLEM,
        "The disk of the data folder is full ({free_mib} MiB left).",
        "Nothing can be recorded, so nothing is sent, and replies wait on the SIM.",
        "Make room on that disk (journalctl --disk-usage shows the logs' share).",
    ),
    "disk_low": Symptom(
        Level.WARNING,
        "The disk of the data folder has {free_mib} MiB left.",
        "Texts still leave. When it is full nothing does.",
        "Make room on that disk (journalctl --disk-usage shows the logs' share).",
    ),
    "no_modem": Symptom(
        Level.PROBLEM,
        "No modem is configured.",
        "No text can leave, and no reply can come.",
        "Add a [[modem]] table with its port to config.toml; ls /dev/serial/by-id shows what is there.",
    ),
    "worker_silent": Symptom(
        Level.PROBLEM,
        "The worker is not running.",
        WAITS,
        (
            "systemctl start aftercall-worker. If it does not stay up, journalctl -u aftercall-worker says "
            "why."
        ),
    ),
    # port, modem, SIM, network, message centre
    "modem_unheard": Symptom(
        Level.PROBLEM,
        "The worker has not said anything of this modem lately.",
        (
            "How it is, nobody knows. No text leaves and no reply is read. Texts wait as long as they are "
            "of use, replies wait on the SIM."
        ),
        "journalctl -u aftercall-worker says why; a restart of the worker is safe at any time.",
    ),
    "port_denied": Symptom(
        Level.PROBLEM,
        "The port may not be opened: {sentence}",
        WAITS,
        "Let the udev rule give it to the service: install.sh puts it in place; then unplug and replug.",
    ),
    "port_busy": Symptom(
        Level.PROBLEM,
        "Another program holds the port. {sentence}",
        WAITS,
        (
            "Stop that program. ModemManager: systemctl mask --now ModemManager. The worker then goes on by "
            "itself."
        ),
    ),
    "port_missing": Symptom(
        Level.PROBLEM,
        "There is no modem at {port}.",
        WAITS,
        (
            "Plug it in; look at the cable and at the hub's own power. ls -l /dev/serial/by-id shows what"
            " the system sees; port in config.toml must name it. The worker then goes on by itself."
        ),
    ),
    "starting": Symptom(
        Level.NOTE,
        "The modem is being set up.",
        "Texts wait some seconds; a modem that was just switched on needs up to a minute.",
        "Wait a minute and look again.",
    ),
    "mute": Symptom(
        Level.PROBLEM,
        "{trouble}",
        WAITS,
        (
            "The box resets it step by step and goes on by itself. If it stays so for 10 minutes, unplug "
            "the modem for 10 seconds; if it comes back daily, it lacks power: use a hub with a supply of "
            "its own."
        ),
    ),
    "no_sim": Symptom(
        Level.PROBLEM,
        "There is no SIM in the modem.",
        WAITS,
        "Put the SIM in, or seat it again; some modems see it only after they were unplugged.",
    ),
    "pin_needed": Symptom(
        Level.PROBLEM,
        "The SIM asks for its PIN, and none is configured.",
        WAITS,
        (
            "Write the PIN into a file of mode 0640 for group aftercall and name it in sim_pin_file; or "
            "take the PIN off with the SIM in a phone."
        ),
    ),
    "pin_waits": Symptom(
        Level.WARNING,
        "The SIM asks for its PIN. This look does not enter it; the worker will, once.",
        "Texts leave once the worker runs, if the PIN in sim_pin_file is right.",
        "systemctl start aftercall-worker, then look again.",
    ),
    "pin_refused": Symptom(
        Level.PROBLEM,
        "The SIM refused the PIN in sim_pin_file. It is not tried again, so that the SIM is not locked.",
        WAITS,
        "Find the right PIN (carrier's card), correct the file, restart the worker.",
    ),
    "pin_risky": Symptom(
        Level.PROBLEM,
        "The SIM has one PIN attempt left. The box keeps it for a person.",
        WAITS,
        "Enter the PIN with the SIM in a phone, best take it off there, and put the SIM back.",
    ),
    "puk_needed": Symptom(
        Level.PROBLEM,
        "The SIM is locked and asks for its PUK.",
        WAITS,
        "Get the PUK from the carrier and enter it with the SIM in a phone. The box never enters one.",
    ),
    "sim_locked": Symptom(
        Level.PROBLEM,
        "The modem takes only its own carrier's SIM. {sentence}",
        WAITS,
        "Have the modem unlocked by whoever sold it, or use that carrier's SIM.",
    ),
    "sim_busy": Symptom(
        Level.WARNING,
        "The SIM is still busy.",
        "Texts wait until it is done, a minute at most.",
        "Look again in a minute. If it stays so, seat the SIM again.",
    ),
    "sim_failure": Symptom(
        Level.PROBLEM,
        "The SIM fails. {sentence}",
        WAITS,
        ("Seat it again and wipe its contacts. If it fails in a phone too, ask the carrier for another one."),
    ),
    "parked": Symptom(
        Level.PROBLEM,
        "The modem waits for a person. {sentence}",
        WAITS,
        "Do what the sentence says; aftercall modem trace shows what the modem answered.",
    ),
    "recovering": Symptom(
        Level.PROBLEM,
        "{trouble}",
        WAITS,
        "Nothing at first: it heals by itself. After 10 minutes, unplug the modem for 10 seconds.",
    ),
    "swap": Symptom(
        Level.PROBLEM,
        "Another {changed} is in place than the one that belongs here.",
        ONLY_IN + " Residents know the old number: from a new one a text looks like a stranger's.",
        (
            "If the change is meant: aftercall modem confirm {name}, or the System page. If not, put the "
            "old one back."
        ),
    ),
    "denied": Symptom(
        Level.PROBLEM,
        "The network refuses this SIM or this modem.",
        WAITS,
        (
            "Ask the carrier: is the SIM active, its bill paid, and this modem's IMEI admitted? A SIM that "
            "works in a phone points at the modem's variant."
        ),
    ),
    "searching": Symptom(
        Level.PROBLEM,
        "The modem finds no network.",
        WAITS,
        (
            "Look at the antenna and its plug; move it to a window. A phone of the same carrier beside it "
            "shows whether there is a network."
        ),
    ),
    "unregistered": Symptom(
        Level.PROBLEM,
        "The modem is in no network.",
        WAITS,
        "Look at the antenna and at the SIM; ask the carrier whether the SIM is active.",
    ),
    "roaming": Symptom(
        Level.PROBLEM,
        "The SIM is roaming ({operator}), and sending is not allowed there.",
        ONLY_IN,
        (
            "If the roaming is meant (some plans always do): allow_roaming = true in config.toml. Else look"
            " at the antenna: the own network is too weak here."
        ),
    ),
    "no_centre": Symptom(
        Level.PROBLEM,
        "The SIM names no message centre.",
        ONLY_IN,
        (
            "Seat the SIM again. If it stays so, the plan has no texts or the SIM was made wrong: ask the "
            "carrier."
        ),
    ),
    # whatever stands besides
    "weak_signal": Symptom(
        Level.WARNING,
        "The signal is weak ({signal} dBm).",
        "Texts leave late or fail now and then.",
        "A better antenna, higher up or at a window; -95 dBm or more is good.",
    ),
    "packet_only": Symptom(
        Level.WARNING,
        "Only the data side of the network takes this SIM.",
        "On some networks texts work like that; with a data-only plan none does.",
        "Send one: aftercall send-test. If it fails, ask the carrier for a plan with texts.",
    ),
    "not_attached": Symptom(
        Level.WARNING,
        "The modem is not attached to the data side of the network.",
        "In networks that carry texts over LTE alone, no text leaves and none comes.",
        "Wait some minutes. If it stays so, ask the carrier whether plan and modem are admitted to LTE.",
    ),
    "ims_off": Symptom(
        Level.WARNING,
        "IMS is switched off in the modem.",
        "In networks that carry texts over LTE alone, no text leaves and none comes.",
        (
            "Set the carrier profile of the modem as its maker says; aftercall send-test shows whether it "
            "matters."
        ),
    ),
    "ims_not_registered": Symptom(
        Level.WARNING,
        "The modem is not registered for IMS.",
        "In networks that carry texts over LTE alone, no text leaves and none comes.",
        (
            "aftercall send-test shows whether it matters here. If so, ask the carrier whether this modem "
            "is admitted."
        ),
    ),
    "account": Symptom(
        Level.PROBLEM,
        "The carrier takes no texts from this SIM. {failure}",
        ONLY_IN + " Another modem takes over, where there is one.",
        "Ask the carrier: credit, plan with texts, barring of texts. Sending is tried again by itself.",
    ),
    "rejected": Symptom(
        Level.PROBLEM,
        "The network rejected three texts in a row. {failure}",
        ONLY_IN + " A carrier that takes us for a bulk sender does this.",
        (
            "Wait for the pause to end. If it comes back, ask the carrier for written consent to automatic "
            "notices."
        ),
    ),
    "held_back": Symptom(
        Level.PROBLEM,
        "A person paused this SIM.",
        ONLY_IN,
        "Ask who did and why: the audit says.",
    ),
    "resting": Symptom(
        Level.WARNING,
        "The modem rests after a failure. {failure}",
        "Texts wait; they are tried again within the hour.",
        "Nothing at first. If it stays so, aftercall modem trace shows what the modem said.",
    ),
    "test_missing": Symptom(
        Level.PROBLEM,
        "The last test text to the own number did not come back.",
        "Texts may not leave, or replies may not come, while everything looks well.",
        (
            "Text the box's number from a phone and look at the Replies page; then aftercall send-test to "
            "that phone. What fails is the carrier's: plan, IMEI, IMS."
        ),
    ),
    "storage_full": Symptom(
        Level.PROBLEM,
        "The memory for arriving texts is full ({storage_used} of {storage_total}).",
        "Replies do not come in; the network keeps them for some days.",
        "The box empties it by itself. If it stays full, delete the texts with the SIM in a phone.",
    ),
    "storage_filling": Symptom(
        Level.WARNING,
        "The memory for arriving texts is filling up ({storage_used} of {storage_total}).",
        "Replies still come in. When it is full they do not.",
        "Look for slots that cannot be emptied: journalctl -u aftercall-worker names them.",
    ),
    "voice_not_forwarded": Symptom(
        Level.WARNING,
        "A call to the SIM's number does not reach the agency's telephone ({voice}).",
        "A resident who calls back is turned away and gets the automatic text once a day.",
        "Ask the carrier to let this SIM forward calls to the agency's non-emergency number.",
    ),
    "many_resets": Symptom(
        Level.WARNING,
        "The modem had to be reset {resets_total} times lately ({resets_told}).",
        "Texts were late by a minute or more each time.",
        "Most often it lacks power: a hub with a supply of its own, a short cable. Else another modem.",
    ),
    "budget_day": Symptom(
        Level.PROBLEM,
        "This SIM has sent its {day} texts of the day.",
        "Notices and invitations wait, most of them until they are of no use. Answers still leave.",
        "Wait, or raise sim_per_day (policy) or max_per_day (config.toml) if the carrier agreed to more.",
    ),
    "budget_recipients": Symptom(
        Level.PROBLEM,
        "This SIM has texted its {recipients} numbers of the day.",
        "Nobody new is texted today; those who were still are.",
        "Wait, or raise sim_recipients_per_day in the policy if the carrier agreed to more.",
    ),
    "budget_hour": Symptom(
        Level.WARNING,
        "This SIM has sent its {hour} texts of the hour.",
        "Notices and invitations wait for part of an hour. Answers still leave.",
        "Wait; or raise sim_per_hour in the policy if the carrier agreed to more.",
    ),
    "budget_minute": Symptom(
        Level.NOTE,
        "This SIM has sent its {minute} texts of the minute.",
        "The next texts wait some seconds.",
        "Nothing.",
    ),
    # policy
    "no_types": Symptom(
        Level.PROBLEM,
        "The agency has enabled no call type.",
        "Nobody is texted about any call.",
        "Name them in [call_types] allow of a file, then: aftercall policy import FILE.",
    ),
    "window": Symptom(
        Level.NOTE,
        "Outside the hours for some texts: {shut}.",
        "They wait for the next opening.",
        "Nothing, or change the window in the policy.",
    ),
    "no_feed": Symptom(
        Level.PROBLEM,
        "No feed is configured.",
        "No call reaches the box, so nobody is texted.",
        "Add a [[feed]] table to config.toml.",
    ),
    # feed
    "feed_fault": Symptom(
        Level.PROBLEM,
        "The feed cannot be read: {fault}",
        "Its calls do not reach the box, so nobody is texted about them.",
        "Correct the export, the folder or [[feed]]; aftercall check reads what waits there.",
    ),
    "feed_silent": Symptom(
        Level.WARNING,
        "The feed is silent.",
        "No new call is known; nobody is told that officers are late.",
        "Look at the CAD export and at the network between it and the folder.",
    ),
}
