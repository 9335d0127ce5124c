import re

import pytest

from modem.profiles import AUTO, Profile, choose, shipped


@pytest.mark.parametrize(
    "maker, model, name",
    [
        ("Quectel", "EC25", "quectel"),
        ("SIMCOM INCORPORATED", "SIM7670G-LNGV", "simcom"),
        ("huawei", "E3372", "huawei"),
        ("Sierra Wireless, Incorporated", "MC7455", "sierra"),
        ("SIEMENS", "MC75i", "cinterion"),
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
    assert all(command.startswith("AT") for command in (*profile.init, *profile.iccid))
    assert not any(re.match(r"ATZ|AT&F|AT\+CFUN", command) for command in profile.init)
    assert 0 <= profile.prompt_pause < 1
    assert all(re.fullmatch(r"[0-9a-f]{4}", p.vendor + "") and 0 <= p.interface < 16 for p in profile.usb)


def test_the_last_entry_fits_every_modem():
    assert shipped()[-1].fits("anything", "at all")


def test_quectel_never_stores_reports():
    assert 2 not in choose("quectel", "", "").reports
