"""What holds for the whole source tree: imports, time, mocks, links, and what the content policy forbids."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.domain import policy
from appliance.upkeep import alerts
from tests.architecture.sources import PACKAGES, TOP, dotted, files, imported, nodes

AT_THE_TOP = frozenset(
    {
        *("appliance", "modem", "web", "systemd", "tests"),
        *("install.sh", "config.example.toml", "pyproject.toml"),
        *("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "docs", "benchmarks"),
        *("requirements.lock", "requirements-test.lock", ".ci", ".gitignore"),
    }
)


def test_imports_go_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(
        [str(linter), "--no-cache", "--no-logo"], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_top_holds_what_was_agreed_and_nothing_else() -> None:
    assert {path.parts[0] for path in files()} == AT_THE_TOP


def test_no_file_is_a_drawer_for_anything() -> None:
    drawers = {"util", "utils", "helper", "helpers", "manager", "misc", "common"}
    assert [str(p) for p in files() if drawers & set(re.split(r"[._-]", p.name.lower()))] == []


def test_no_file_is_empty_but_the_marks_of_packages() -> None:
    empty = [p for p in files() if p.name != "__init__.py" and not (TOP / p).stat().st_size]
    assert empty == []


# ---- time


READS_THE_CLOCK = re.compile(
    r"clock\.(now|monotonic)|(datetime\.)?(datetime|date)\.(now|utcnow|today)|time\.\w+"
)


def test_no_rule_reads_a_clock() -> None:
    guilty = [
        f"{path}:{node.lineno}"
        for path, node in nodes("appliance/domain")
        if (hasattr(node, "func") and READS_THE_CLOCK.fullmatch(dotted(node.func)))
        or any(READS_THE_CLOCK.fullmatch(n.removeprefix("appliance.")) or n == "time" for n in imported(node))
    ]
    assert guilty == []


def test_nothing_waits_for_time_to_pass() -> None:
    sleeps = {"time.sleep", "asyncio.sleep", "os.nanosleep"}
    guilty = [
        f"{path}:{node.lineno}"
        for path, node in nodes(*PACKAGES, "tests", "benchmarks")
        if dotted(node) in sleeps or sleeps & set(imported(node))
    ]
    assert guilty == []


def test_the_product_and_the_simulated_network_each_have_one_clock() -> None:
    readers = {
        str(path)
        for path, node in nodes(*PACKAGES)
        if re.fullmatch(r"time\.time(_ns)?|(datetime\.)?datetime\.(now|utcnow|today)", dotted(node))
    }
    assert readers == {"appliance/clock.py", "modem/simulator/timers.py"}


# ---- tests


def test_no_test_puts_a_mock_in_place_of_our_own_code() -> None:
    """Only what the process itself was given (its arguments, its input, its environment) may be replaced."""
    guilty = []
    for path, node in nodes("tests"):
        named = [*imported(node), *([node.arg] if isinstance(node, ast.arg) else [])]
        guilty += [
            f"{path}: {name}"
            for name in named
            if name.split(".")[0] in ("mock", "pytest_mock", "mocker")
            or (name.startswith("unittest.mock") and name != "unittest.mock.patch")
        ]
        is_patch = isinstance(node, ast.Call) and re.fullmatch(r"patch(\.\w+)?", dotted(node.func))
        if is_patch and dotted(node.args[0]).split(".")[0] not in ("sys", "os"):
            guilty.append(f"{path}:{node.lineno}: {ast.unparse(node)[:60]}")
    assert guilty == []


# ---- texts and pages

ADDRESS = re.compile(r"https?:|www\.|\S@\S", re.IGNORECASE)


def test_no_shipped_text_holds_a_link_or_an_address() -> None:
    texts = [text for table in policy.default().texts.values() for text in table.values()]
    assert [text for text in (*texts, alerts.ALERT) if ADDRESS.search(text)] == []


PAGES = [path for path in files() if path.is_relative_to("web/templates")]
SHIPPED = [*PAGES, *(path for path in files() if path.is_relative_to("web/static"))]


@pytest.mark.parametrize("path", SHIPPED, ids=str)
def test_no_page_loads_anything_from_elsewhere(path: Path) -> None:
    text = (TOP / path).read_text(encoding="utf-8")
    # The name of a namespace is compared, never fetched.
    text = re.sub(r'"http://www\.w3\.org/(2000/svg|1999/xlink)"', '""', text)
    assert re.findall(r"(?:https?:|wss?:)?//[\w.-]+\.\w+\S*", text) == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("script", r"<script(?![^>]*\ssrc=)[^>]*>"),
        ("style", r"<style\b"),
        ("style attribute", r"<[a-z][^>]*\sstyle\s*="),
        ("handler", r"<[a-z][^>]*\son[a-z]+\s*="),
        ("javascript address", r"javascript:"),
    ],
)
def test_no_page_holds_what_the_content_policy_forbids(what: str, pattern: str) -> None:
    guilty = [
        f"{path}: {found[0]}"
        for path in PAGES
        for found in re.finditer(pattern, (TOP / path).read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert guilty == []
