"""A box in a folder: install.sh run against it without any network, and what it left there."""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
NEXT_VERSION = "99.0.0"

Tree = dict[str, tuple[object, ...]]


@dataclass(frozen=True)
class Box:
    """A root folder that install.sh works on."""

    root: Path

    def install(self, bundle: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return self.run(bundle / "install.sh", "install", *options)

    def own(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The install.sh that the box keeps of its current version."""
        return self.run(self.current / "install.sh", *arguments)

    def run(self, script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return without_network(str(script), *arguments, "--root", str(self.root))

    @property
    def opt(self) -> Path:
        return self.root / "opt/aftercall"

    @property
    def current(self) -> Path:
        return self.opt / "current"

    @property
    def config(self) -> Path:
        return self.root / "etc/aftercall/config.toml"

    def python(self, code: str) -> subprocess.CompletedProcess[str]:
        """Runs `code` in the box's own Python, from a folder without the sources."""
        program = str(self.current / "venv/bin/python")
        return subprocess.run(
            [program, "-I", "-B", "-c", code], cwd="/", capture_output=True, text=True, check=False
        )

    def tree(self) -> Tree:
        """Every file below the root: kind, mode, owner, time of change and content."""
        return {str(path.relative_to(self.root)): _facts(path) for path in sorted(self.root.rglob("*"))}


def _facts(path: Path) -> tuple[object, ...]:
    found = path.lstat()
    common = (oct(found.st_mode), found.st_uid, found.st_gid)
    if path.is_symlink():
        return (*common, os.readlink(path))
    if path.is_dir():
        return common
    return (*common, found.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())


def without_network(*command: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in an empty network namespace, or at least with an index that does not exist."""
    environment = {
        "PATH": os.environ["PATH"],
        "PIP_NO_INDEX": "1",
        "PIP_INDEX_URL": "http://127.0.0.1:9/none",
        "LANG": "tr_TR.UTF-8",
    }
    return subprocess.run(
        [*_network_cutter(), *command],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@cache
def _network_cutter() -> tuple[str, ...]:
    # Not `-r`: as root of a namespace that knows nobody else, nothing could be given to the service users.
    for prefix in (("unshare", "-n"), ("unshare", "--user", "--map-current-user", "--net")):
        if subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode == 0:
            return prefix
    return ()


def rewrite_manifest(bundle: Path) -> None:
    """Makes the manifest true again, as somebody would who changes a bundle on purpose."""
    files = sorted(p for p in bundle.rglob("*") if p.is_file() and p.name != "MANIFEST.sha256")
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(bundle)}\n" for p in files]
    (bundle / "MANIFEST.sha256").write_text("".join(lines), encoding="utf-8")
