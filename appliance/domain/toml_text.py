"""Writes a policy document as TOML: the standard library reads TOML but cannot write it.

Only the shapes of a policy: tables, strings, numbers, booleans, lists of them, and lists of flat tables.
The same document always gives the same text, so that two exports can be compared line by line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def to_toml(document: Mapping[str, Any]) -> str:
    """The document as TOML text; `tomllib.loads` of it gives an equal document.

    Raises TypeError for a value that is of no policy shape (None, dates, mixed nesting).
    """
    return "\n".join(_table(document, ())).strip("\n") + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    values = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    tables = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    lines: list[str] = []
    if path and (values or not tables):
        lines += ["", f"[{'.'.join(_key(part) for part in path)}]"]
    lines += [f"{_key(key)} = {_value(value)}" for key, value in values.items()]
    for key, inner in tables.items():
        lines += _table(inner, (*path, key))
    return lines


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list | tuple):
        return _list(list(value))
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    raise TypeError(f"a policy holds no {type(value).__name__}")


def _list(values: list[object]) -> str:
    if values and all(isinstance(value, Mapping) for value in values):
        return "[\n" + "".join(f"  {_value(value)},\n" for value in values) + "]"
    return f"[{', '.join(_value(value) for value in values)}]"


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _string(key)


def _string(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char) or _plain(char) for char in text) + '"'


def _plain(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x20 or ord(char) == 0x7F else char
