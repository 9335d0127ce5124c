from __future__ import annotations

from pathlib import Path

import pytest
from gunicorn.config import Config

from tests.web import seed
from web import serve


def understood(arguments: list[str]) -> object:
    """What gunicorn itself makes of the arguments; it exits on one that it does not know."""
    return Config().parser().parse_args(arguments[3:])


def test_gunicorn_understands_every_argument(tmp_path: Path) -> None:
    found = understood(serve.command(seed.config(tmp_path), tmp_path / "config.toml"))
    assert vars(found) | {
        "worker_class": "web.patience.PatientWorker", "workers": 1, "threads": 4,
        "bind": ["127.0.0.1:8080"], "keepalive": 2,
        "worker_tmp_dir": "/dev/shm", "control_socket_disable": True, "args": ["web.wsgi:app"],
    } == vars(found)  # fmt: skip


def test_with_a_passed_socket_nothing_is_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_FDS", "1")
    line = serve.command(seed.config(tmp_path), tmp_path / "config.toml")
    assert not [argument for argument in line if argument.startswith("--bind")]


def test_tls_files_are_handed_on(tmp_path: Path) -> None:
    plain = seed.config(tmp_path)
    files = {"tls_cert": tmp_path / "c.pem", "tls_key": tmp_path / "k.pem"}
    config = plain.model_copy(update={"web": plain.web.model_copy(update=files)})
    line = serve.command(config, tmp_path / "config.toml")
    assert f"--certfile={tmp_path}/c.pem" in line and f"--keyfile={tmp_path}/k.pem" in line


def test_the_config_goes_by_the_environment(tmp_path: Path) -> None:
    line = serve.command(seed.config(tmp_path), tmp_path / "config.toml")
    assert f"--env=AFTERCALL_CONFIG={tmp_path}/config.toml" in line
