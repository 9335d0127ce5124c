"""Renews requirements.lock and requirements-test.lock from pyproject.toml, with the hashes of every platform.

pip-tools comes into an environment of its own, made for the occasion. The index it asks is pip's; neither
file names it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
RUNTIME_HEAD = """\
# Every package that runs on the box, by version and hash. Made by `make lock` from pyproject.toml;
# one file serves Python 3.11 to 3.13, x86_64 and aarch64.
"""
TEST_HEAD = """\
# The packages of requirements.lock and what the tests, the checks and the build need besides.
# Made by `make lock` from pyproject.toml.
"""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="aftercall-lock-") as scratch:
        folder = Path(scratch)
        _run(sys.executable, "-m", "venv", str(folder / "venv"))
        _run(str(folder / "venv/bin/python"), "-m", "pip", "install", "--quiet", "pip-tools")
        runtime, test = folder / "runtime.lock", folder / "test.lock"
        _compile(folder, runtime)
        _compile(folder, test, "--constraint", str(runtime), "--extra", "test", "--all-build-deps")
        for made, head, name in (
            (runtime, RUNTIME_HEAD, "requirements.lock"),
            (test, TEST_HEAD, "requirements-test.lock"),
        ):
            lines = made.read_text(encoding="utf-8").splitlines(keepends=True)
            (TOP / name).write_text(
                head + "".join(line for line in lines if not line.startswith("#")), encoding="utf-8"
            )
    return 0


def _compile(folder: Path, output: Path, *options: str) -> None:
    silent = (
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--no-emit-options",
    )
    fixed = ("--quiet", "--generate-hashes", "--allow-unsafe", "--strip-extras", *silent)
    program = str(folder / "venv/bin/pip-compile")
    _run(program, *fixed, *options, "--output-file", str(output), "pyproject.toml")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=TOP)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
