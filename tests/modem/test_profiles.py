import re

import pytest

from modem.carrier import MAKERS_QUESTIONS
from modem.profiles import AUTO, Profile, choose, command_interface, is_modem_maker, shipped
from tests.transcripts.test_transcripts import SESSIONS


@pytest.mark.parametrize(
    "maker, model, name",
    [
        ("Quectel", "EC25", "quectel"),
        ("Quectel", "RM502Q-AE", "quectel"),
        ("SIMCOM INCORPORATED", "SIM7670G-LNGV", "simcom-a76xx"),
        ("INCORPORATED", "A7670SA-FASE", "simcom-a76xx"),
        ("SIMCOM INCORPORATED", "SIMCOM_SIM7600G-H", "simcom"),
        ("SIMCOM_Ltd", "SIMCOM_SIM800L", "simcom-2g"),
        ("SIMCOM INCORPORATED", "SIM8200EA-M2", "simcom"),
        ("huawei", "E3372", "huawei"),
        ("Sierra Wireless, Incorporated", "MC7455", "sierra"),
        ("ZTE INCORPORATED", "MF190", "zte"),
        ("Telit", "LE910C1-NF", "telit"),
        ("u-blox", "TOBY-L201", "ublox"),
        ("Fibocom Wireless Inc.", "L850-GL", "fibocom"),
        ("WAVECOM MODEM", "MULTIBAND  900E  1800", "wavecom"),
        ("SIEMENS", "MC75i", "cinterion"),
        ("Cinterion", "PLS8-E", "cinterion"),
        ("SIEMENS", "TC35", "generic"),
        ("", "", "generic"),
    ],
)
def test_the_profile_is_found_by_maker_and_model(maker, model, name):
    assert choose(AUTO, maker, model).name == name


def test_a_named_profile_beats_what_the_modem_says():
    assert choose("generic", "Quectel", "EC25").name == "generic"


def test_an_unknown_name_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"'quecktel'; use auto or one of .*quectel"):
        choose("quecktel", "", "")


@pytest.mark.parametrize("profile", shipped(), ids=lambda profile: profile.name)
def test_every_entry_is_sound(profile: Profile):
    assert profile.source
    assert isinstance(profile.proven, bool)
    assert set(profile.reports) <= {0, 1, 2} and 0 in profile.reports
    assert all(re.compile(pattern) for pattern in (*profile.makers, *profile.models))
    commands = (*profile.init, *profile.iccid, *profile.look_again, *profile.restart)
    assert all(command.startswith("AT") for command in commands)
    assert not any(re.match(r"ATZ|AT&F", command) for command in commands)
    assert not any(command.startswith("AT+CFUN") for command in profile.init)
    assert profile.restart
    assert set(profile.carrier) <= MAKERS_QUESTIONS
    assert 0 <= profile.prompt_pause < 1
    assert all(
        re.fullmatch(r"[0-9a-f]{4}", p.vendor) and re.fullmatch(r"[0-9a-f]{4}", p.product)
        for p in profile.usb
    )
    assert all(0 <= port.interface < 16 for port in profile.usb)


def test_every_proven_entry_has_a_session_and_no_other():
    assert {profile.name for profile in shipped() if profile.proven} == SESSIONS.keys()


def test_no_usb_port_is_claimed_twice():
    ports = [(port.vendor, port.product) for profile in shipped() for port in profile.usb]
    assert len(ports) == len(set(ports))


@pytest.mark.parametrize(
    "vendor, product, interface",
    [
        ("2c7c", "0125", 2),
        ("1e0e", "9011", 4),
        ("1bc7", "1204", 5),
        ("1546", "1010", 6),
        ("2c7c", "ffff", None),
    ],
)
def test_the_port_for_commands_is_known_by_vendor_and_product(vendor, product, interface):
    assert command_interface(vendor, product) == interface


@pytest.mark.parametrize("vendor, known", [("2c7c", True), ("12d1", True), ("0403", False), ("", False)])
def test_makers_of_modems_are_told_from_others(vendor, known):
    assert is_modem_maker(vendor) is known


def test_the_last_entry_fits_every_modem():
    assert shipped()[-1].fits("anything", "at all")


def test_quectel_never_stores_reports():
    assert 2 not in choose("quectel", "", "").reports


def test_b04_no_restart_turns_a_huawei_stick_into_a_cd_rom():
    """gammu#687: +CFUN=1,1 on an E173."""
    assert "AT+CFUN=1,1" not in choose("huawei", "", "").restart
