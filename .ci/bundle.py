"""Makes the offline bundle: dist/aftercall-VERSION-ARCH.tar.gz with every wheel, the installer and the units.

The same sources and lock give the same bytes (times come from SOURCE_DATE_EPOCH or the last commit).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PACKAGES = ("appliance", "modem", "web")
DOCS = ("install", "configuration", "policy", "codes", "on-shift")
"""What IT staff and supervisors read; a box has no network to look things up."""
SHIPPED = (
    *("requirements.lock", "install.sh", "config.example.toml", "LICENSE", "systemd"),
    *(f"docs/{name}.md" for name in DOCS),
)
GLIBC = (17, 24, 28, 31, 34, 35, 36)
"""manylinux_2_X tags that Debian 12 (glibc 2.36) can load."""


def main() -> int:
    options = _options()
    epoch = _epoch()
    for arch in options.platforms:
        with tempfile.TemporaryDirectory(prefix="aftercall-bundle-") as scratch:
            made = bundle(arch, options.pythons, options.version, options.output, Path(scratch), epoch)
        sys.stdout.write(f"{made}  ({made.stat().st_size / 1e6:.1f} MB)\n")
    return 0


def bundle(
    arch: str, pythons: Sequence[str], version: str | None, output: Path, scratch: Path, epoch: int
) -> Path:
    """Builds one architecture's tarball in `output`; `version` overrides pyproject.toml's."""
    version = version or _project_version()
    name = f"aftercall-{version}-{arch}"
    folder = scratch / name
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    own = build_own_wheel(version, wheels, scratch, epoch)
    for python in pythons:
        download(arch, python, wheels)
    for shipped in SHIPPED:
        _copy(TOP / shipped, folder / shipped)
    with (folder / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write(f"aftercall=={version} \\\n    --hash=sha256:{_sha256(own)}\n")
    supports = " ".join(f"{python}-{arch}" for python in pythons)
    (folder / "BUNDLE").write_text(f"version={version}\nsupports={supports}\n", encoding="utf-8")
    write_manifest(folder)
    output.mkdir(parents=True, exist_ok=True)
    tarball = output / f"{name}.tar.gz"
    pack(folder, tarball, epoch)
    return tarball


def build_own_wheel(version: str, wheels: Path, scratch: Path, epoch: int) -> Path:
    """Builds from a copy: an old build/ folder beside the sources would put removed files into the wheel."""
    source = scratch / "source"
    source.mkdir()
    for package in PACKAGES:
        shutil.copytree(TOP / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("README.md", "LICENSE"):
        shutil.copy(TOP / file, source / file)
    project = (TOP / "pyproject.toml").read_text(encoding="utf-8")
    wanted = project.replace(f'version = "{_project_version()}"', f'version = "{version}"', 1)
    (source / "pyproject.toml").write_text(wanted, encoding="utf-8")
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(source), epoch=epoch)
    return next(wheels.glob("aftercall-*.whl"))


def download(arch: str, python: str, wheels: Path) -> None:
    """Fetches the locked wheels for one Python, checked against the lock's hashes."""
    tags = [f"manylinux_2_{minor}_{arch}" for minor in GLIBC] + [f"manylinux2014_{arch}"]
    short = python.replace(".", "")
    _pip(
        *("download", "--only-binary", ":all:", "--no-deps", "--require-hashes"),
        *("-r", str(TOP / "requirements.lock"), "--dest", str(wheels)),
        *("--implementation", "cp", "--python-version", python),
        *("--abi", f"cp{short}", "--abi", "abi3", "--abi", "none"),
        *(part for tag in tags for part in ("--platform", tag)),
    )


def write_manifest(folder: Path) -> None:
    """MANIFEST.sha256 in the form that `sha256sum --check` reads."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in files]
    (folder / "MANIFEST.sha256").write_text("".join(lines), encoding="utf-8")


def pack(folder: Path, tarball: Path, epoch: int) -> None:
    """A tar.gz whose bytes depend on names, modes and contents alone."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = epoch
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    with (
        tarball.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=epoch) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        for path in [folder, *sorted(folder.rglob("*"))]:
            archive.add(path, str(path.relative_to(folder.parent)), recursive=False, filter=plain)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    parser.add_argument("--platforms", nargs="+", default=[platform.machine()], help="x86_64 aarch64")
    parser.add_argument("--pythons", nargs="+", default=[here], help="3.11 3.13")
    parser.add_argument("--output", type=Path, default=TOP / "dist")
    parser.add_argument("--version", help="instead of pyproject.toml's")
    return parser.parse_args()


def _project_version() -> str:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def _epoch() -> int:
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    command = ["git", "-C", str(TOP), "log", "-1", "--format=%ct"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    # Without git (a source tarball): 1980-01-01, the earliest a wheel can carry.
    return int(told.stdout) if told.returncode == 0 and told.stdout.strip() else 315532800


def _pip(*arguments: str, epoch: int | None = None) -> None:
    environment = dict(os.environ)
    if epoch is not None:
        environment["SOURCE_DATE_EPOCH"] = str(epoch)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", *arguments]
    subprocess.run(command, check=True, env=environment)  # noqa: S603


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
