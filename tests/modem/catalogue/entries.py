"""The catalogue's index: what each number is, and where it is shown.

Shown by a test named after it (`test_b33_...`, here or anywhere else), by another test that is named in
`also`, or not at all, for a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SUPERVISOR = "tests/modem/test_supervisor.py"
CARRIER = "tests/modem/test_carrier.py"
DISPATCH = "tests/flow/test_dispatch.py"
LONG = "tests/flow/test_reception_long.py"
DATABASE = "tests/store/test_database.py"


@dataclass(frozen=True)
class Entry:
    """One failure met in the field; `also` are tests as pytest names them, without their parameters."""

    symptom: str
    also: tuple[str, ...] = ()
    cannot: str = ""
    """Why no simulated modem can show it."""


ENTRIES: Mapping[str, Entry] = {
    # USB and serial
    "1": Entry(
        "the service never recovers after an unplug",
        ("tests/hostile/test_modem_faults.py::test_it_heals_and_loses_nothing",),
    ),
    "2": Entry("the modem comes back as ttyUSB2 instead of 1"),
    "3": Entry("the service starts before the modem is there"),
    "4": Entry("a soft reset turns the stick into a CD-ROM"),
    "5": Entry(
        "a reset loop on a freshly enumerated port",
        (f"{SUPERVISOR}::test_nothing_but_cheap_rungs_on_a_port_that_has_just_come",),
    ),
    "6": Entry("a USB reset by the kernel leaves the daemon dead"),
    "7": Entry(
        "a physical replug every few hours", cannot="want of current; what follows is an unplug (1) or 74"
    ),
    "8": Entry("drops every five minutes on a Pi", cannot="want of current; the fixed speed is in 13"),
    "9": Entry(
        "port power works only on some hubs",
        (f"{SUPERVISOR}::test_a_rung_that_this_box_cannot_do_is_asked_for_once",),
    ),
    "10": Entry(
        "after a port was disabled the modem never enumerates again",
        (f"{SUPERVISOR}::test_the_rungs_are_climbed_in_their_order_and_a_person_is_called",),
    ),
    "11": Entry(
        "ModemManager writes to the port",
        ("tests/modem/test_serial_port.py::test_a_port_another_program_holds_is_told_with_its_holder",),
    ),
    "12": Entry(
        "the wrong interface is opened",
        ("tests/modem/test_ports.py::test_the_port_for_commands_is_found_among_several",),
    ),
    "13": Entry("handshake lines are waited for"),
    "14": Entry("two functions share one port"),
    "15": Entry("a byte above 127 ends the reader"),
    # Set-up, SIM, PIN
    "16": Entry("a restart loop locks the SIM"),
    "17": Entry("CME 14 for ten seconds after power-on"),
    "18": Entry("SIM failure first, READY later"),
    "19": Entry("no OK after AT+CPIN"),
    "20": Entry("a SIM absent at power-on is never detected"),
    "21": Entry("set-up times out because the SIM is full"),
    "22": Entry("settings are gone after the modem reset itself"),
    # Registration
    "23": Entry("denied on the circuit side although texts may work"),
    "24": Entry("SMS only is never accepted, emergency only is"),
    "24b": Entry(
        "sends but never receives: the IMEI is not approved",
        cannot="the network drops such texts unseen; the text to oneself finds it",
    ),
    "25": Entry("registered but no SMS: IMS is off", (f"{CARRIER}::test_the_standard_answer_on_ims",)),
    "26": Entry(
        "the next SIM inherits the IMS setting",
        cannot="kept inside the module; the driver writes no such setting, it only shows it (25)",
    ),
    "27": Entry(
        "one carrier profile gives SMS, another data", (f"{CARRIER}::test_the_carrier_profile_in_force",)
    ),
    "28": Entry("attach refused with a valid SIM", cannot="wrong variant of the module; seen as denied (24)"),
    "29": Entry("CMS 500 where the circuit side is denied and the packet side roams"),
    "30": Entry("texts arrive only after one was sent", cannot="LTE-M modules asleep; none is supported"),
    "31": Entry("no registration after an incoming call"),
    # Sending
    "32": Entry("the prompt is not recognised"),
    "33": Entry("an error is reported and the text was delivered"),
    "34": Entry("CMS 350 after 135 s"),
    "35": Entry("OK before the PDU, then nothing"),
    "36": Entry("one bad number blocks the queue for ever"),
    "37": Entry(
        "CMS 21 on every text until reconnect",
        ("tests/flow/test_setbacks.py::test_three_in_a_row_pause_the_sim_and_fail_no_text",),
    ),
    "38": Entry(
        "a long text tried again is doubled",
        (f"{DISPATCH}::test_a_long_text_resumes_at_the_missing_part_with_the_same_reference",),
    ),
    "39": Entry("two long texts are interleaved", (f"{DISPATCH}::test_two_long_texts_have_two_references",)),
    "40": Entry(
        "two workers send everything twice",
        ("tests/worker/test_service.py::test_a_second_one_is_told_who_runs",),
    ),
    "41": Entry("out of credit looks like any failure"),
    "42": Entry("the message centre is empty after a day"),
    "43": Entry("a freeze after a send until the unplug"),
    "44": Entry("CMS 512 and 515 while receiving"),
    "45": Entry("characters while a text is on its way abort it"),
    "46": Entry("Ctrl-Z to free a modem sends a fragment"),
    # Receiving
    "47": Entry("no announcement at all on Quectel"),
    "48": Entry("no announcement after the memory was full"),
    "49": Entry("announced, then CMS 321"),
    "50": Entry("an announcement while a memory is chosen"),
    "51": Entry(
        "the same text again and again",
        ("tests/flow/test_slots.py::test_three_tries_are_an_alarm_which_clears_by_itself",),
    ),
    "52": Entry("received twice", ("tests/flow/test_reception_copies.py::test_read_again_it_is_known",)),
    "53": Entry("read from another memory than the announced one"),
    "54": Entry("listing refused in PDU mode"),
    "55": Entry("the count says 0 just after an announcement"),
    "56": Entry("deleting all at the start erases unread replies"),
    "57": Entry("an MMS notice wedges the reader"),
    "58": Entry("deliveries stop for want of an acknowledgement"),
    # Encoding and long texts
    "59": Entry("emoji become ?? or break the inbox"),
    "60": Entry("an emoji is split at the edge of a part"),
    "61": Entry("only 160 characters arrive"),
    "62": Entry("long UCS2 is corrupted"),
    "63": Entry("incomplete for ever", (f"{LONG}::test_what_never_comes_is_marked_and_the_rest_is_read",)),
    "64": Entry("parts out of order are lost", (f"{LONG}::test_parts_come_in_any_order_and_twice",)),
    "65": Entry("a crash at 54 parts", ("tests/modem/test_pdu.py::test_255_parts_can_be_sent",)),
    # Delivery reports
    "66": Entry("reports never match and replies vanish on EC25"),
    "67": Entry("shown reports are claimed and do not work"),
    "68": Entry("the reference is 0 or cannot be read"),
    "69": Entry("no report without fo=49"),
    "70": Entry(
        "a temporary status counts as failed", ("tests/modem/test_pdu.py::test_every_status_has_its_outcome",)
    ),
    "71": Entry(
        "national and international numbers do not match",
        ("tests/flow/test_receipts.py::test_it_is_matched_by_sim_recipient_and_reference",),
    ),
    "72": Entry("the carrier sends no reports"),
    # Hangs in the long run
    "73": Entry("a line every 30 s re-arms the timeout"),
    "74": Entry(
        "the daemon is up, the modem dead for a day",
        (f"{SUPERVISOR}::test_the_third_heartbeat_missed_in_a_row_is_a_mute_modem",),
    ),
    "75": Entry("timeouts that emptying the SIM cures"),
    "76": Entry(
        "threads are left behind in calls that block",
        ("tests/modem/test_cycles.py::test_no_descriptor_and_no_thread_stays_behind",),
    ),
    "77": Entry("an incoming call ends the program"),
    "78": Entry("the soft reset itself fails"),
    "79": Entry(
        "the watchdog dies with the first exception",
        (
            "tests/modem/test_ladder_properties.py::test_whatever_happens_there_is_something_to_do_and_a_sentence",
        ),
    ),
    # SIM and operator
    "80": Entry(
        "the SIM is filtered as a machine", ("tests/domain/test_budget.py::test_when_the_sim_is_free",)
    ),
    "81": Entry("the SIM ends for want of use", cannot="the carrier's doing; the text to oneself is use"),
    "82": Entry("a data-only SIM cannot text people", cannot="the plan's; the text to oneself finds it"),
    "83": Entry("the modem resets at a send"),
    # Database and disk
    "84": Entry(
        "dies after the database restarted",
        (f"{DATABASE}::test_a_writer_waits_for_another_instead_of_failing",),
    ),
    "85": Entry("a full disk ends it", (f"{DATABASE}::test_a_full_disk",)),
    "86": Entry("the card is corrupt after a power cut", (f"{DATABASE}::test_each_connection_has_them",)),
    "87": Entry(
        "a text becomes a shell command",
        cannot="nothing of a text reaches a program; ruff's S602 to S607 watch",
    ),
}
"""By the catalogue's own numbers."""
