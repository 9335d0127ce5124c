"""The project's own files and syntax trees, read once a run."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("appliance", "modem", "web")
MADE_BY_TOOLS = frozenset({".git", ".venv", "build", "dist", "demo-data", "__pycache__", ".hypothesis"})
"""What stands in a working folder and is no part of the project; without git, hidden caches go as well."""


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, relative to its top: what git has or would take, else what is there."""
    command = ["git", "-C", str(TOP), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (TOP / ".git").exists():
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        if told.returncode == 0:
            return tuple(Path(name) for name in told.stdout.split("\0") if name and (TOP / name).exists())
    return tuple(path.relative_to(TOP) for path in sorted(_found(TOP)))


def _found(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in MADE_BY_TOOLS or path.name.endswith((".egg-info", "_cache")):
            continue
        if path.is_dir():
            yield from _found(path)
        elif path.suffix != ".pyc":
            yield path


def python_files(*folders: str) -> list[Path]:
    """The Python files below the folders, relative to the top."""
    return [p for p in files() if p.suffix == ".py" and any(p.is_relative_to(folder) for folder in folders)]


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse((TOP / path).read_text(encoding="utf-8"), filename=str(path))


def nodes(*folders: str) -> Iterator[tuple[Path, ast.AST]]:
    """Every node of every Python file below the folders."""
    for path in python_files(*folders):
        for node in ast.walk(tree(path)):
            yield path, node


def dotted(node: ast.AST) -> str:
    """`clock.now` of a chain of names; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def imported(node: ast.AST) -> list[str]:
    """`time`, `time.sleep`: what an import statement brings in, by its full name."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []
