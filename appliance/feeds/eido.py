"""NENA's Emergency Incident Data Object in JSON (NENA-STA-021.1a-2022), as a file or pushed.

Its parts refer to each other by `$id` and `$ref`, within the document only. The phone of a caller is the
callback of an incoming call; `tel:` is taken before `sip:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from appliance.clock import Instant
from appliance.feeds import documents, json_file
from appliance.feeds.base import Batch, FeedSettings, Refusal, SourceFault
from appliance.feeds.documents import Document
from appliance.feeds.mapping import ColumnMap

_REQUIRED = ("eidoVersion", "issuingElementIdentification", "agencyComponent")
_SENT = frozenset({"assigned", "dispatched", "enroute", "onscene", "atscene", "arrived", "transporting"})
_THERE = frozenset({"onscene", "atscene", "arrived"})
_OVER = frozenset({"closed", "completed", "cancelled", "canceled"})
_INCIDENT_URN = re.compile(r"urn:(?:nena|emergency):uid:incidentid:([^:]+)", re.IGNORECASE)
_NUMBER_URI = re.compile(r"(?:tel|sips?):(?://)?(\+?[0-9().-]{7,20})(?:[@;].*)?", re.IGNORECASE)
_BEGIN = "An EIDO is one JSON object with eidoVersion, issuingElementIdentification and agencyComponent"


def parse(data: bytes, settings: FeedSettings, source: str, now: Instant) -> Batch:
    """An EIDO, or several (a list, one a line), as a batch; never raises on what it holds."""
    return documents.parsed(data, settings, source, now, found_in)


def columns_of(data: bytes, settings: FeedSettings) -> ColumnMap:
    """The fields a sample EIDO fills. Raises FeedFault."""
    return documents.previewed(data, settings, found_in)


def found_in(data: bytes, settings: FeedSettings, source: str) -> list[Document]:
    """The calls of a file of EIDOs, one row a caller. Raises SourceFault."""
    found: list[Document] = []
    for line, value in json_file.load(data, source):
        for place, eido in enumerate(value if isinstance(value, list) else [value]):
            found += [Document(line + place, row) for row in _rows(eido)]
    return found


def _rows(eido: Any) -> list[dict[str, str]]:
    if not isinstance(eido, Mapping):
        raise SourceFault(Refusal("eido", "It is no EIDO", _BEGIN))
    body = eido.get("emergencyIncidentDataObject", eido)
    missing = [name for name in _REQUIRED if not isinstance(body, Mapping) or name not in body]
    if missing:
        raise SourceFault(Refusal("eido", f"It is no EIDO: {', '.join(missing)} is missing", _BEGIN))
    call = _call(body)
    callers = list(_callers(body))
    return [call | caller for caller in callers] or [call | {"phone": "", "role": ""}]


def _call(body: Mapping[str, Any]) -> dict[str, str]:
    incident = next(_parts(body, "incidentComponent"), {})
    calls = [part for part in _parts(body, "callComponent") if _is_incoming(part)]
    units = list(_parts(body, "emergencyResourceComponent"))
    return {
        "call_id": _word(incident, "internalIncidentId") or _incident_id(body),
        "received_at": min((at for part in calls if (at := _word(part, "callStartTimestamp"))), default="")
        or _updated(incident)
        or _updated(body),
        "dispatched_at": _since(units, _SENT),
        "arrived_at": _since(units, _THERE),
        "closed_at": _closed_at(body, incident),
        "call_type": _word(incident, "incidentTypeInternalText")
        or _word(incident, "incidentTypeInternalCode")
        or _word(incident, "incidentTypeCommonRegistryText"),
        # The registry's word beside the agency's own: the never-list looks at both.
        "call_type_initial": _word(incident, "incidentTypeCommonRegistryText"),
        "priority": _word(incident, "incidentPriorityInternalText")
        or _word(incident, "incidentPriorityCommonRegistryText"),
        "disposition": _disposition(body, incident),
        "source": "; ".join(dict.fromkeys(_word(part, "standardPrimaryCallType") for part in calls)),
        "beat": _word(incident, "beatOrDispatchGroupText"),
        "unit": _word(units[0], "emergencyResourceName") if len(units) == 1 else "",
    }


def _callers(body: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """One for each callback of an incoming call, with the role of the person it belongs to."""
    by_id = {str(part.get("$id")): part for part in _parts(body, "callbackComponent") if part.get("$id")}
    roles: dict[str, str] = {}
    for person in _parts(body, "personComponent"):
        role = _words(person, "personIncidentRoleRegistryText")
        for ref in _refs(person, "callBackReference"):
            roles.setdefault(ref, role)
    seen: set[str] = set()
    for call in _parts(body, "callComponent"):
        if not _is_incoming(call):
            continue
        for ref in _refs(call, "callBackReference"):
            phone = _phone(by_id.get(ref, {}))
            if phone and phone not in seen:
                seen.add(phone)
                yield {"phone": phone, "role": roles.get(ref, "").casefold()}


def _phone(callback: Mapping[str, Any]) -> str:
    written = callback.get("callBackInformationUri")
    uris = [uri for uri in written if isinstance(uri, str)] if isinstance(written, list) else []
    for scheme in ("tel:", "sip"):
        for uri in uris:
            found = _NUMBER_URI.fullmatch(uri.strip())
            if found is not None and uri.strip().casefold().startswith(scheme):
                return found[1]
    return ""


def _is_incoming(call: Mapping[str, Any]) -> bool:
    return _word(call, "direction").casefold() in ("", "incoming")


def _closed_at(body: Mapping[str, Any], incident: Mapping[str, Any]) -> str:
    statuses = _words(incident, "incidentStatusCommonRegistryText").casefold().split("; ")
    return (_updated(incident) or _updated(body)) if _OVER.intersection(statuses) else ""


def _disposition(body: Mapping[str, Any], incident: Mapping[str, Any]) -> str:
    parts = [*_parts(incident, "dispositionComponent"), *_parts(body, "dispositionComponent")]
    first = [part for part in parts if part.get("dispositionPrimaryIndicator") is True] or parts
    return _word(first[0], "dispositionCommonRegistryCode") if first else ""


def _since(units: list[Mapping[str, Any]], states: frozenset[str]) -> str:
    """When the first unit was seen in one of these states."""
    found = [
        at
        for unit in units
        if re.sub("[^a-z]", "", _word(unit, "primaryUnitStatusRegistryText").casefold()) in states
        and (at := _updated(unit))
    ]
    return min(found, default="")


def _incident_id(body: Mapping[str, Any]) -> str:
    found = _INCIDENT_URN.match(_word(body, "$id"))
    return found[1] if found else ""


def _updated(part: Mapping[str, Any]) -> str:
    """The standard's text and its samples do not agree on the capitals."""
    return _word(part, "lastUpdateTimeStamp") or _word(part, "lastUpdateTimestamp")


def _parts(owner: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    value = owner.get(name)
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, Mapping):
            yield part


def _refs(part: Mapping[str, Any], name: str) -> Iterator[str]:
    for reference in _parts(part, name):
        if isinstance(reference.get("$ref"), str):
            yield reference["$ref"]


def _word(part: Mapping[str, Any], name: str) -> str:
    value = part.get(name)
    return value.strip() if isinstance(value, str) else ""


def _words(part: Mapping[str, Any], name: str) -> str:
    value = part.get(name)
    listed = value if isinstance(value, list) else [value]
    return "; ".join(word.strip() for word in listed if isinstance(word, str))
