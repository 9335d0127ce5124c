"""Finds each field's column: what the configuration names first, then the names CAD exports are known to use.

Every column that no field is found for is dropped here, before anything of it is returned.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appliance.domain.records import FEED_FIELDS
from appliance.feeds.base import REQUIRED_FIELDS, FeedFault
from appliance.feeds.times import is_null

ALIASES: Mapping[str, tuple[str, ...]] = {
    "call_id": (
        "cadeventid", "cadeventnumber", "eventnumber", "cadnumber", "cadevntid", "nopditem",
        "callnumber", "incidentnumber", "masterincidentnumber", "callid", "sysid",
    ),
    "received_at": (
        "receivedat", "callreceivedtime", "receiveddatetime", "createtimeincident", "timecreate",
        "cadeventoriginaltimequeued", "originaltimequeued", "calldatetime", "calltime", "timephonepickup",
        "responsedate", "createdatetime", "addts",
    ),
    "dispatched_at": (
        "dispatchedat", "dispatchtimeprimaryunit", "timedispatch", "dispatchdatetime",
        "timefirstunitassigned", "dispts", "eventfirstdispatchtimeattr", "assigneddatetime",
    ),
    "arrived_at": (
        "arrivedat", "arrivaltimeprimaryunit", "timearrive", "cadeventarrivedtime", "arrivedtime",
        "onscenedatetime", "timefirstunitarrived", "arrivdts",
    ),
    "closed_at": (
        "closedat", "closedtimeincident", "timeclosed", "closedatetime", "timecallclosed", "closngts",
    ),
    "call_type": (
        "calltypefinaldesc", "calltypefinal", "finalcalltype", "casetypefinaldesc", "incidenttypedesc",
        "typetext", "typdesc", "calltypetext", "calltypedesc", "problem", "natureofcall", "callnature",
        "incidenttype", "calltype", "incidenttypeid", "type",
    ),
    "call_type_initial": (
        "calltypeinitial", "initialcalltype", "calltypeoriginaldesc", "calltypeoriginal",
        "casetypeinitialdesc", "initialtypetext", "initialtype",
    ),
    "source": ("source", "callsource", "methodofcallrcvd", "calltype"),
    "priority": ("priority", "priorityfinal", "callprioritycode", "prioritycode"),
    "disposition": (
        "dispositiontext", "disposition", "calldisposition", "eventclearancedescription",
        "cadeventclearancedescription", "clearbydesc",
    ),
    "self_initiated": ("selfinitiated", "onviewflag", "selfinitiatedflag", "fieldinitiated"),
    "phone": (
        "callerphone", "callernumber", "callbackphone", "callbacknumber", "callerphonenumber", "phone",
        "phonenumber", "rpphone", "rpphonenumber", "callersphone",
    ),
    "role": ("role", "callerrole", "partyrole", "callersrole"),
    "language": ("language", "callerlanguage", "preferredlanguage", "callerslanguage"),
    "beat": ("beat", "dispatchbeat", "policebeat"),
    "district": ("district", "policedistrict", "precinct", "dispatchprecinct", "nypdpctcd"),
    "shift": ("shift",),
    "unit": ("unit", "primaryunit", "callsigndispatchid"),
    "report_number": ("reportnumber", "casenumber", "caseid"),
    "report_status": ("reportstatus", "casestatus"),
    "report_type": ("reporttype", "casetype"),
    "reopened": ("reopened", "reopenedflag"),
    "do_not_text": ("donottext", "dnt", "notext"),
    "text_ok": ("textok", "oktotext", "textconsent", "smsconsent"),
    "phone_basis": ("phonebasis", "phonesource"),
    "sensitive": ("sensitive", "sensitivecall", "confidential"),
    "anonymous": ("anonymous", "anonymouscaller"),
    "minor": ("minor", "juvenilecaller"),
}  # fmt: skip
"""Field -> headers, lower-cased and without anything but letters and digits; the first one found wins.

A header serves one field. Words that elsewhere head a narrative or an address (`description`, `unitnumber`)
are left to the configuration. `calltype` names what happened in some systems and how the call came in in
others (beside a final type, as in Seattle): it is the last resort of the first and, if free, of the second.
"""

_KNOWN = frozenset(alias for names in ALIASES.values() for alias in names) | {
    re.sub("_", "", name) for name in FEED_FIELDS
}
_NAME_LIKE = re.compile(r"[A-Za-z][A-Za-z _.#/()-]{0,39}[0-9]{0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Where each field stands: its index, and its header as the source spells it."""

    indexes: Mapping[str, int]
    headers: Mapping[str, str]
    width: int

    def pick(self, cells: Sequence[str]) -> dict[str, str]:
        """The listed fields of one row, trimmed, "no value" as ""; everything else stays behind."""
        picked = {}
        for name, index in self.indexes.items():
            value = cells[index].strip()
            picked[name] = "" if is_null(value) else value
        return picked


def resolve(headers: Sequence[str], columns: Mapping[str, str]) -> ColumnMap:
    """The column of every field that has one. `columns` is [feed.columns], field -> header.

    Raises FeedFault when a named header is absent or stands twice, a name is no field, or call_id,
    received_at, call_type or phone is left without a column.
    """
    check_fields(columns)
    plain = [plain_name(header) for header in headers]
    indexes = _configured(headers, plain, columns)
    taken = set(indexes.values())
    for find, told in ((_by_alias, plain), (_by_leaf, headers)):
        for name in FEED_FIELDS:
            index = None if name in indexes else find(name, told, taken)
            if index is not None:
                indexes[name] = index
                taken.add(index)
    _check(headers, plain, indexes, columns)
    ordered = {name: indexes[name] for name in FEED_FIELDS if name in indexes}
    names = {name: headers[index].strip() for name, index in ordered.items()}
    return ColumnMap(ordered, names, len(headers))


def candidates(name: str, headers: Sequence[str]) -> list[str]:
    """Every header a field could be read from by its name, the one that is taken first."""
    plain = [plain_name(header) for header in headers]
    wanted = (*ALIASES.get(name, ()), plain_name(name))
    found = [headers[plain.index(alias)] for alias in wanted if alias in plain]
    leaf = _by_leaf(name, headers, {headers.index(header) for header in found})
    return [*found, *([] if leaf is None else [headers[leaf]])]


def check_fields(columns: Mapping[str, str]) -> None:
    """Raises FeedFault when [feed.columns] names what is no field; known before any file has come."""
    unknown = [name for name in columns if name not in FEED_FIELDS]
    if unknown:
        known = ", ".join(FEED_FIELDS)
        what = f"[feed.columns] {', '.join(unknown)}: no such field"
        raise FeedFault(what, f"The fields are: {known}", "unknown_field")


def plain_name(header: str) -> str:
    """A header without case, spaces and punctuation: "CAD Event Number" -> "cadeventnumber"."""
    return re.sub(r"[^a-z0-9]", "", header.lower())


def _configured(headers: Sequence[str], plain: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    indexes: dict[str, int] = {}
    for name, header in columns.items():
        exact = [i for i, seen in enumerate(headers) if seen.strip() == header.strip()]
        wanted = plain_name(header)
        found = exact or [i for i, seen in enumerate(plain) if wanted and seen == wanted]
        if len(found) != 1:
            what = "stands twice" if found else "is not in the source"
            raise FeedFault(
                f"[feed.columns] {name} = {header!r}: that column {what}{_seen(headers)}",
                "Correct the name in [feed.columns], or the export",
                "column_twice" if found else "column_absent",
            )
        indexes[name] = found[0]
    return indexes


def _by_alias(name: str, plain: Sequence[str], taken: set[int]) -> int | None:
    for alias in (*ALIASES.get(name, ()), plain_name(name)):
        for index, header in enumerate(plain):
            if header == alias and index not in taken:
                return index
    return None


_VAGUE = frozenset({"type", "source", "role", "language", "unit", "phone", "minor", "problem", "shift"})
"""Names that say little without what they stand under: `location.type` is no call type."""


def _by_leaf(name: str, headers: Sequence[str], taken: set[int]) -> int | None:
    """The only path of a document that ends in a known name, such as `call.times.receivedAt`."""
    leaves = [plain_name(header.rpartition(".")[2]) for header in headers]
    for alias in (*ALIASES.get(name, ()), plain_name(name)):
        found = [i for i, leaf in enumerate(leaves) if leaf == alias and "." in headers[i]]
        if alias not in _VAGUE and len(found) == 1 and found[0] not in taken:
            return found[0]
    return None


def _check(
    headers: Sequence[str], plain: Sequence[str], indexes: Mapping[str, int], columns: Mapping[str, str]
) -> None:
    missing = [name for name in REQUIRED_FIELDS if name not in indexes]
    if missing:
        raise FeedFault(
            f"no column for {', '.join(missing)}{_seen(headers)}",
            f'Name it under [feed.columns], such as {missing[0]} = "...", or add it to the export',
            "column_missing",
        )
    count = Counter(plain)
    for name, index in indexes.items():
        if name not in columns and count[plain[index]] > 1:
            raise FeedFault(
                f"the column {headers[index].strip()} for {name} stands twice",
                "Remove one from the export, or give each its own name",
                "column_twice",
            )


def _seen(headers: Sequence[str]) -> str:
    """The header names for the person who maps them; none where the first line may be data, not names.

    A file without a header line would otherwise bring a caller's name and number into an error message.
    """
    if sum(plain_name(header) in _KNOWN for header in headers) < 2:
        return f" (the first line has {len(headers)} cells and may not be a header)"
    shown = [h.strip() for h in headers if _NAME_LIKE.fullmatch(h.strip())]
    return f" (headers seen: {', '.join(shown)})"
