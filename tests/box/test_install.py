"""install.sh against a folder: install, again, upgrade, roll back, fail, uninstall."""

from __future__ import annotations

import os
import stat
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.box.boxes import NEXT_VERSION, TOP, Box, rewrite_manifest

SYSTEM_FILES = (
    "etc/systemd/system/aftercall-worker.service",
    "etc/systemd/system/aftercall-web.service",
    "etc/systemd/system/aftercall-web.socket",
    "etc/systemd/system/aftercall-usb-reset.path",
    "etc/systemd/system/aftercall-usb-reset.service",
    "etc/udev/rules.d/70-aftercall-modem.rules",
    "etc/sysusers.d/aftercall.conf",
    "etc/tmpfiles.d/aftercall.conf",
    "usr/local/bin/aftercall",
)


def _version() -> str:
    return str(tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["version"])


# ---- install


def test_the_program_runs_from_the_box(first_box: Box) -> None:
    ran = first_box.python(
        "import appliance, modem, web, importlib.metadata as m; print(m.version('aftercall'))"
    )

    assert ran.stderr == ""
    assert ran.stdout.strip() == _version()


@pytest.mark.parametrize("file", SYSTEM_FILES)
def test_system_files_are_those_of_the_release(first_box: Box, file: str) -> None:
    installed = first_box.root / file
    shipped = {path.read_bytes() for path in (first_box.current / "systemd").iterdir()}

    assert installed.read_bytes() in shipped


def test_links_are_relative_and_name_the_version(first_box: Box) -> None:
    assert os.readlink(first_box.current) == f"releases/{_version()}"
    assert not (first_box.opt / "previous").is_symlink()


def test_no_file_names_the_place_where_it_was_built(first_box: Box) -> None:
    builders = (str(first_box.root).encode(), b".staging-")
    release = first_box.current.resolve()
    guilty = [
        path
        for path in release.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and path.name not in ("install.sh", "INSTALLED.sha256", "MANIFEST.sha256")
        and any(name in path.read_bytes() for name in builders)
    ]

    assert guilty == []


def test_the_command_starts_with_its_final_python(first_box: Box) -> None:
    script = (first_box.current / "venv/bin/aftercall").read_text()

    assert script.splitlines()[0] == f"#!/opt/aftercall/releases/{_version()}/venv/bin/python"


def test_everything_is_compiled_for_its_final_place(first_box: Box) -> None:
    code = (
        "import appliance.clock, importlib.util as u, marshal, pathlib;"
        "data = pathlib.Path(u.cache_from_source(appliance.clock.__file__)).read_bytes();"
        "print(marshal.loads(data[16:]).co_filename)"
    )
    ran = first_box.python(code)

    assert ran.stdout.startswith(f"/opt/aftercall/releases/{_version()}/venv/lib/"), ran.stderr


def test_services_may_read_the_program_and_nobody_may_write_it(first_box: Box) -> None:
    wrong = []
    for path in first_box.current.resolve().rglob("*"):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and (not mode & stat.S_IROTH or mode & (stat.S_IWGRP | stat.S_IWOTH)):
            wrong.append((str(path), oct(mode)))

    assert wrong == []


def test_nothing_that_could_add_packages_stays(first_box: Box) -> None:
    ran = first_box.python(
        "import importlib.util as u; print([u.find_spec(n) for n in ('pip', 'setuptools')])"
    )

    assert ran.stdout.strip() == "[None, None]"


def test_the_configuration_names_the_folders_of_a_box(first_box: Box) -> None:
    config = tomllib.loads(first_box.config.read_text())

    assert config["storage"]["path"] == "/var/lib/aftercall/aftercall.db"
    assert [feed["path"] for feed in config["feed"]] == ["/var/spool/aftercall/cad"]
    assert stat.S_IMODE(first_box.config.stat().st_mode) == 0o640


@pytest.mark.box
def test_folders_belong_to_the_services(
    first_installation: tuple[Box, subprocess.CompletedProcess[str]],
) -> None:
    box, said = first_installation
    if os.geteuid() != 0:
        assert "Skipped: users, owners and data folders" in said.stdout
        return
    users, groups = _ids(box.root / "etc/passwd"), _ids(box.root / "etc/group")
    wanted = {
        "var/lib/aftercall": (0o2770, users["aftercall-worker"], groups["aftercall"]),
        "var/spool/aftercall/cad": (0o2770, users["aftercall-worker"], groups["aftercall-feed"]),
        "run/aftercall/usb-reset": (0o2770, users["aftercall-worker"], 0),
        "etc/aftercall": (0o750, 0, groups["aftercall"]),
        "etc/aftercall/config.toml": (0o640, 0, groups["aftercall"]),
    }

    found = {path: (box.root / path).stat() for path in wanted}
    assert {p: (stat.S_IMODE(s.st_mode), s.st_uid, s.st_gid) for p, s in found.items()} == wanted


def _ids(database: Path) -> dict[str, int]:
    fields = [line.split(":") for line in database.read_text().splitlines()]
    return {name: int(number) for name, _, number, *_ in fields}


def test_a_given_configuration_is_taken(bundle: Path, first_box: Box, tmp_path: Path) -> None:
    given = tmp_path / "ours.toml"
    given.write_text(first_box.config.read_text() + "# ours\n")
    box = Box(tmp_path / "root")
    box.root.mkdir()

    done = box.install(bundle, "--config", str(given))

    assert done.returncode == 0, done.stderr
    assert box.config.read_text() == given.read_text()


def test_a_second_run_changes_nothing(bundle: Path, box: Box) -> None:
    before = box.tree()

    done = box.install(bundle)

    assert done.returncode == 0, done.stderr
    assert box.tree() == before


def test_changed_files_are_found_and_built_again(bundle: Path, box: Box) -> None:
    (box.current / "venv/lib").chmod(0o755)
    victim = next(box.current.resolve().glob("venv/lib/*/site-packages/appliance/clock.py"))
    victim.write_text("tampered\n")

    refused = box.install(bundle)
    mended = box.install(bundle, "--reinstall")

    assert refused.returncode == 1
    assert "--reinstall" in refused.stderr
    assert mended.returncode == 0, mended.stderr
    assert "tampered" not in victim.read_text()
    assert box.python("import appliance.clock").returncode == 0


# ---- upgrade, rollback


def test_upgrade_and_rollback(next_bundle: Path, box: Box) -> None:
    mine = box.config.read_text() + "# my own line\n"
    box.config.write_text(mine)

    upgraded = box.install(next_bundle)

    assert upgraded.returncode == 0, upgraded.stderr
    assert os.readlink(box.current) == f"releases/{NEXT_VERSION}"
    assert os.readlink(box.opt / "previous") == f"releases/{_version()}"
    assert box.config.read_text() == mine
    assert "one more comment" in box.config.with_suffix(".toml.new").read_text()
    assert "config.toml.new" in upgraded.stdout

    back = box.own("rollback")

    assert back.returncode == 0, back.stderr
    assert os.readlink(box.current) == f"releases/{_version()}"
    assert os.readlink(box.opt / "previous") == f"releases/{NEXT_VERSION}"
    assert box.config.read_text() == mine
    assert box.python("import appliance").returncode == 0


def test_rollback_puts_the_units_back(next_bundle: Path, box: Box, tmp_path: Path) -> None:
    unit = box.root / SYSTEM_FILES[0]
    before = unit.read_text()
    changed = next_bundle / "systemd/aftercall-worker.service"
    original = changed.read_text()
    try:
        changed.write_text(original + "# later\n")
        rewrite_manifest(next_bundle)
        assert box.install(next_bundle).returncode == 0
        assert unit.read_text().endswith("# later\n")
    finally:
        changed.write_text(original)
        rewrite_manifest(next_bundle)

    assert box.own("rollback").returncode == 0
    assert unit.read_text() == before


def test_rollback_takes_away_a_unit_that_the_older_version_does_not_have(
    next_bundle: Path, box: Box, tmp_path: Path
) -> None:
    bundle = tmp_path / "with more"
    subprocess.run(["cp", "-r", str(next_bundle), str(bundle)], check=True)
    (bundle / "systemd/aftercall-more.path").write_text("[Path]\nPathExists=/run/aftercall/more\n")
    installer = bundle / "install.sh"
    installer.write_text(
        installer.read_text().replace(
            "aftercall-usb-reset.path ", "aftercall-usb-reset.path aftercall-more.path "
        )
    )
    rewrite_manifest(bundle)
    more = box.root / "etc/systemd/system/aftercall-more.path"
    assert box.install(bundle).returncode == 0
    assert more.is_file()

    back = box.own("rollback")

    assert back.returncode == 0, back.stderr
    assert not more.exists()
    assert [file for file in SYSTEM_FILES if not (box.root / file).exists()] == []


def test_without_an_older_version_there_is_no_rollback(box: Box) -> None:
    before = box.tree()

    done = box.own("rollback")

    assert done.returncode == 1
    assert "no version to go back to" in done.stderr
    assert box.tree() == before


# ---- failure


def _cut_wheel(bundle: Path) -> None:
    wheel = next((bundle / "wheels").glob("flask-3*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:5000])


def _exchange_wheel(bundle: Path) -> None:
    _cut_wheel(bundle)
    rewrite_manifest(bundle)


def _lose_wheel(bundle: Path) -> None:
    next((bundle / "wheels").glob("peewee-*.whl")).unlink()
    rewrite_manifest(bundle)


def _other_python(bundle: Path) -> None:
    (bundle / "BUNDLE").write_text(f"version={NEXT_VERSION}\nsupports=3.99-x86_64\n")
    rewrite_manifest(bundle)


def _lose_unit(bundle: Path) -> None:
    (bundle / "systemd/aftercall-web.socket").unlink()
    rewrite_manifest(bundle)


FAILURES = [
    pytest.param(_cut_wheel, "the bundle is damaged", id="file differs from the manifest"),
    pytest.param(_exchange_wheel, "the packages could not be installed", id="wheel differs from the lock"),
    pytest.param(_lose_wheel, "the packages could not be installed", id="wheel missing"),
    pytest.param(
        _other_python, "this bundle carries wheels for: 3.99-x86_64", id="wheels for another Python"
    ),
    pytest.param(_lose_unit, "aftercall-web.socket", id="fails after the release is in place"),
]


@pytest.mark.parametrize(("spoil", "said"), FAILURES)
def test_a_failed_upgrade_leaves_the_old_state(
    next_bundle: Path, box: Box, tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    bundle = tmp_path / "spoilt"
    subprocess.run(["cp", "-r", str(next_bundle), str(bundle)], check=True)
    spoil(bundle)
    before = box.tree()

    done = box.install(bundle)

    assert done.returncode == 1
    assert said in done.stderr
    assert box.tree() == before


def test_a_configuration_the_new_version_does_not_read_stops_the_upgrade(next_bundle: Path, box: Box) -> None:
    box.config.write_text(box.config.read_text() + "\n[agencyy]\n")
    before = box.tree()

    done = box.install(next_bundle)

    assert done.returncode == 1
    assert "agencyy" in done.stderr
    assert box.tree() == before


def test_a_script_cut_short_does_nothing(bundle: Path, tmp_path: Path) -> None:
    lines = (bundle / "install.sh").read_text().splitlines(keepends=True)
    half = tmp_path / "install.sh"
    half.write_text("".join(lines[:-1]))
    box = Box(tmp_path / "root")
    box.root.mkdir()

    done = subprocess.run(["bash", str(half), "--root", str(box.root)], capture_output=True, check=False)

    assert lines[-1] == 'main "$@"; exit\n'
    assert (done.stdout, done.stderr, box.tree()) == (b"", b"", {})


# ---- uninstall


def test_uninstall_keeps_configuration_and_data(box: Box) -> None:
    data = box.root / "var/lib/aftercall"
    data.mkdir(parents=True, exist_ok=True)
    (data / "aftercall.db").write_bytes(b"rows")

    done = box.own("uninstall")

    assert done.returncode == 0, done.stderr
    assert not box.opt.exists()
    assert [file for file in SYSTEM_FILES if (box.root / file).exists()] == []
    assert (data / "aftercall.db").read_bytes() == b"rows"
    assert box.config.is_file()


def test_purge_takes_all_but_asks_first(box: Box) -> None:
    (box.root / "var/lib/aftercall").mkdir(parents=True, exist_ok=True)
    before = box.tree()

    asked = box.own("uninstall", "--purge")
    assert asked.returncode == 2
    assert "without a terminal it needs --yes" in asked.stderr
    assert box.tree() == before

    done = box.own("uninstall", "--purge", "--yes")
    assert done.returncode == 0, done.stderr
    left = [path for path in box.tree() if "aftercall" in path]
    assert left == []


# ---- wrong use


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("--colour",), "--colour is not known", id="unknown option"),
        pytest.param(("--config",), "--config needs a value", id="value missing"),
        pytest.param(("install", "--purge"), "--purge goes with uninstall", id="purge elsewhere"),
        pytest.param(("--root", "/nowhere/at/all"), "is not a folder", id="root missing"),
    ],
)
def test_wrong_use(arguments: tuple[str, ...], said: str) -> None:
    done = subprocess.run(
        [str(TOP / "install.sh"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert done.returncode == 2
    assert said in done.stderr


def test_this_machine_needs_root() -> None:
    # Another user who may read the script wherever it lies; a user namespace is not to be had everywhere.
    nobody = ["setpriv", "--reuid=65534", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    other_user = nobody if os.geteuid() == 0 else []

    done = subprocess.run(
        [*other_user, str(TOP / "install.sh")],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert done.returncode == 2
    assert "needs root" in done.stderr
