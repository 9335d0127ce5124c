"""The call export of New World / Aegis CAD: one XML file for each version of a call.

Sources disagree on the root (`Call` in a stylesheet, `CallExport` in fixtures), so a call is whatever
element of the namespace has a CallId or a CallNumber. Several agencies may share a call: the police's words
count, and of several units the first assigned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from appliance.feeds.base import Refusal, SourceFault

NAMESPACE = "http://www.newworldsystems.com/Aegis/CAD/Peripheral/CallExport/2011/02"

_ARRIVED = ("ArriveDateTime", "ArrivedDateTime", "OnSceneDateTime")
_VERSION = re.compile(r"_(\d{14})\d*\.xml$", re.IGNORECASE | re.ASCII)
"""The time of a version in its file's name: CallNumber_YYYYMMDDHHMMSSxx.xml."""


def calls(root: Element) -> list[Element]:
    """The calls of a document. Raises SourceFault when it is no call export."""
    if not str(root.tag).startswith(f"{{{NAMESPACE}}}"):
        what = "It is no New World call export: its namespace is another"
        raise SourceFault(Refusal("xml", what, 'Set preset = "generic", or export CallExport 2011/02'))
    found = [element for element in (root, *root) if _text(element, "CallId") or _text(element, "CallNumber")]
    if not found:
        raise SourceFault(Refusal("call_id_missing", "It holds no CallNumber", "Export the call's number"))
    return found


def rows(call: Element, source: str) -> Iterator[dict[str, str]]:
    """A call's values under the names of the fields they are; one row a caller is all this export tells."""
    context = _police(call)
    units = sorted(_children(call, "AssignedUnits"), key=lambda unit: _text(unit, "AssignedDateTime"))
    is_over = _is_true(call, "ClosedFlag") or _is_true(call, "CanceledFlag")
    closed_at = _text(call, "CloseDateTime")
    yield {
        "call_id": _text(call, "CallNumber") or _text(call, "CallId"),
        "received_at": _text(call, "CreateDateTime"),
        "dispatched_at": _first(units, "AssignedDateTime"),
        "arrived_at": next((at for name in _ARRIVED if (at := _first(units, name))), ""),
        "closed_at": (closed_at or _version_time(source)) if is_over or closed_at else "",
        "call_type": (_text(context, "CallType") if context is not None else "")
        or _text(call, "NatureOfCall"),
        "call_type_initial": _text(call, "NatureOfCall"),
        "priority": _text(context, "Priority") if context is not None else "",
        "disposition": "CANCELED" if _is_true(call, "CanceledFlag") else _text(call, "Disposition"),
        "source": _text(call, "CallSource"),
        "phone": _text(call, "CallerPhone"),
        "beat": _nested(call, "Location", "PoliceBeat"),
        "unit": _text(units[0], "UnitNumber") if units else "",
        "report_number": _report(call),
    }


def _police(call: Element) -> Element | None:
    contexts = _children(call, "AgencyContexts")
    police = [one for one in contexts if _text(one, "AgencyType").casefold() in ("police", "law", "sheriff")]
    return next(iter(police or contexts), None)


def _report(call: Element) -> str:
    """A number that is the call's own is no report's."""
    number = _nested(call, "Incidents", "Incident", "Number")
    return "" if number in (_text(call, "CallNumber"), _text(call, "CallId")) else number


def _version_time(source: str) -> str:
    found = _VERSION.search(source)
    if found is None:
        return ""
    digits = found[1]
    date, clock = digits[:8], digits[8:]
    return f"{date[:4]}-{date[4:6]}-{date[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:]}"


def _children(element: Element, name: str) -> list[Element]:
    group = _child(element, name)
    return [] if group is None else list(group)


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if str(child.tag).rpartition("}")[2] == name), None)


def _text(element: Element, name: str) -> str:
    child = _child(element, name)
    return "" if child is None else (child.text or "").strip()


def _nested(element: Element, *names: str) -> str:
    *groups, last = names
    found: Element | None = element
    for name in groups:
        found = None if found is None else _child(found, name)
    return "" if found is None else _text(found, last)


def _first(units: list[Element], name: str) -> str:
    return min((at for unit in units if (at := _text(unit, name))), default="")


def _is_true(element: Element, name: str) -> bool:
    return _text(element, name).casefold() in ("true", "1")
