"""The words of the System page: what a modem's codes mean to somebody who has never heard of AT commands."""

from __future__ import annotations

from collections.abc import Mapping

from web.words import N_

REGISTRATIONS: Mapping[str, str] = {
    "home": N_("In the carrier's own network"),
    "roaming": N_("Roaming in another network"),
    "sms_only": N_("In the network, for texts only"),
    "packet_only": N_("In the network's data side only"),
    "searching": N_("Searching for a network"),
    "denied": N_("Refused by the network"),
    "unknown": N_("Not told by the modem"),
}

IMS: Mapping[str, str] = {
    "registered": N_("Registered (texts over LTE)"),
    "not_registered": N_("Not registered"),
    "off": N_("Switched off in the modem"),
    "unknown": N_("Not told by the modem"),
}

VOICE: Mapping[str, str] = {
    "forwarded": N_("Forwarded to the agency's telephone"),
    "other_number": N_("Forwarded to another number"),
    "rejected": N_("Turned away, answered by text"),
    "refused": N_("Turned away: the network refuses forwarding"),
    "off": N_("Turned away: forwarding is off"),
    "not_supported": N_("Turned away: the modem cannot forward"),
    "unknown": N_("Not known yet"),
}

RUNGS: Mapping[str, str] = {
    "resync": N_("asked again"),
    "reopen": N_("port opened again"),
    "reinit": N_("set up again"),
    "radio_cycle": N_("radio off and on"),
    "restart": N_("restarted"),
    "usb_authorise": N_("taken off USB and put back"),
    "hub_power": N_("USB power off and on"),
    "person": N_("called a person"),
}
"""What was done to bring a modem back, the mildest first."""

PAUSES: Mapping[str, str] = {
    "swap": N_("another SIM or modem is to be confirmed"),
    "account": N_("the carrier takes no texts from this SIM"),
    "rejected": N_("the network rejected several texts in a row"),
    "temporary": N_("the network is in trouble"),
    "configuration": N_("the modem was set up wrong"),
    "memory": N_("the modem's memory is full"),
    "busy": N_("the modem is busy"),
    "person": N_("a person paused it"),
}

WINDOWS: Mapping[str, str] = {
    "minute": N_("Last minute"),
    "hour": N_("Last hour"),
    "day": N_("Last 24 hours"),
    "recipients": N_("Different numbers in 24 hours"),
}

LEVELS: Mapping[str, str] = {"problem": N_("Problem"), "warning": N_("Warning"), "note": N_("Note")}
TONES: Mapping[str, str] = {"problem": "bad", "warning": "warn", "note": "info"}
