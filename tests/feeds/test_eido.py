"""NENA's EIDO: what becomes of its parts, and what is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from appliance.clock import iso
from appliance.feeds import eido
from appliance.feeds.base import Batch, FeedSettings
from tests.feeds.conftest import NOON

SAMPLE: dict[str, Any] = {
    "$id": "urn:emergency:uid:incidentid:a56e556d871:bcf.sample.invalid",
    "lastUpdateTimeStamp": "2026-03-04T18:43:49.439-00:00",
    "eidoVersion": "1.0",
    "issuingElementIdentification": "idx.sample.invalid",
    "agencyComponent": [{"$id": "sample.invalid", "agencyType": ["psap"]}],
    "incidentComponent": [
        {
            "$id": "incident-1",
            "lastUpdateTimeStamp": "2026-03-04T18:50:00.0Z",
            "internalIncidentId": "26-1",
            "incidentTypeCommonRegistryText": "Noise",
            "incidentTypeInternalText": "NOISE COMPLAINT",
            "incidentStatusCommonRegistryText": ["Active"],
            "incidentPriorityInternalText": "4",
            "beatOrDispatchGroupText": "B4",
        }
    ],
    "callComponent": [
        {
            "$id": "call-1",
            "direction": "incoming",
            "standardPrimaryCallType": "emergency",
            "callStartTimestamp": "2026-03-04T13:40:00.0-05:00",
            "callStateRegistryText": "callAnswered",
            "callBackReference": {"$ref": "callback-1"},
        }
    ],
    "callbackComponent": [
        {
            "$id": "callback-1",
            "callBackInformationUri": ["sip:5415550199@sample.invalid", "tel:5415550123"],
        }
    ],
    "personComponent": [
        {
            "$id": "person-1",
            "personIncidentRoleRegistryText": ["Caller"],
            "ncPersonComponent": {"personName": "SAMPLE NAME"},
            "callBackReference": {"$ref": "callback-1"},
        }
    ],
}


@pytest.fixture
def parse(settings: Callable[..., FeedSettings]) -> Callable[..., Batch]:
    def read(value: Any) -> Batch:
        return eido.parse(json.dumps(value).encode(), settings(type="eido"), "eido.json", NOON)

    return read


def changed(**parts: Any) -> dict[str, Any]:
    return deepcopy(SAMPLE) | parts


def test_reads_a_call(parse: Callable[..., Batch]) -> None:
    batch = parse(SAMPLE)
    assert (batch.refusal, batch.rejects) == (None, ())
    record = batch.records[0].record
    assert (record.call_id, record.call_type, record.call_type_initial) == (
        "26-1",
        "NOISE COMPLAINT",
        "Noise",
    )
    assert (record.phone, record.role, record.priority, record.beat) == ("5415550123", "caller", "4", "B4")
    assert (iso(record.received_at), record.closed_at) == ("2026-03-04T18:40:00.000Z", None)
    assert "SAMPLE NAME" not in repr(batch)


PHONES = (
    ("tel before sip", ["sip:5415550199@sample.invalid", "tel:+1-541-555-0123"], "+1-541-555-0123"),
    ("sip alone", ["sip:+15415550123@sample.invalid;user=phone"], "+15415550123"),
    ("a name is no number", ["sip:conference@sample.invalid"], ""),
    ("nothing", [], ""),
    ("no list", "tel:5415550123", ""),
)


@pytest.mark.parametrize(("uris", "phone"), [row[1:] for row in PHONES], ids=[row[0] for row in PHONES])
def test_the_phone_is_the_callback_of_the_call(parse: Callable[..., Batch], uris: object, phone: str) -> None:
    batch = parse(changed(callbackComponent=[{"$id": "callback-1", "callBackInformationUri": uris}]))
    assert [row.record.phone for row in batch.records] == [phone]


def test_an_outgoing_call_and_a_lost_reference_give_no_number(parse: Callable[..., Batch]) -> None:
    for change in ({"direction": "outgoing"}, {"callBackReference": {"$ref": "elsewhere"}}):
        batch = parse(changed(callComponent=[SAMPLE["callComponent"][0] | change]))
        assert [row.record.phone for row in batch.records] == [""]


def test_several_callers(parse: Callable[..., Batch]) -> None:
    second = {"$id": "call-2", "direction": "incoming", "callStartTimestamp": "2026-03-04T18:45:00Z"}
    batch = parse(
        changed(
            callComponent=[*SAMPLE["callComponent"], second | {"callBackReference": {"$ref": "callback-2"}}],
            callbackComponent=[
                *SAMPLE["callbackComponent"],
                {"$id": "callback-2", "callBackInformationUri": ["tel:5415550145"]},
            ],
        )
    )
    assert [(r.record.phone, r.record.role) for r in batch.records] == [
        ("5415550123", "caller"),
        ("5415550145", "caller"),
    ]
    assert [r.record.slot for r in batch.records] == [0, 1]
    assert len({iso(r.record.received_at) for r in batch.records}) == 1


def test_times_come_from_units_and_states(parse: Callable[..., Batch]) -> None:
    incident = SAMPLE["incidentComponent"][0] | {"incidentStatusCommonRegistryText": ["Closed"]}
    units = [
        {"emergencyResourceName": "4A12", "primaryUnitStatusRegistryText": "On Scene",
         "lastUpdateTimeStamp": "2026-03-04T18:48:00Z"},
    ]  # fmt: skip
    record = parse(changed(incidentComponent=[incident], emergencyResourceComponent=units)).records[0].record
    assert (iso(record.dispatched_at), iso(record.arrived_at)) == ("2026-03-04T18:48:00.000Z",) * 2
    assert (iso(record.closed_at), record.unit) == ("2026-03-04T18:50:00.000Z", "4A12")


@pytest.mark.parametrize("missing", ["eidoVersion", "issuingElementIdentification", "agencyComponent"])
def test_without_what_the_standard_requires_it_is_none(parse: Callable[..., Batch], missing: str) -> None:
    given = {name: part for name, part in SAMPLE.items() if name != missing}
    refusal = parse(given).refusal
    assert refusal is not None
    assert (refusal.reason, missing in refusal.what) == ("eido", True)


@pytest.mark.parametrize("value", [[], {}, "x", 1, None, [[]], {"eidoVersion": 1}])
def test_other_json_is_no_eido(parse: Callable[..., Batch], value: object) -> None:
    batch = parse(value)
    assert batch.refusal is not None
    assert batch.records == ()


def test_parts_of_any_kind_do_no_harm(parse: Callable[..., Batch]) -> None:
    for name in SAMPLE:
        for part in (None, 5, "x", [], [[]], [None], {"$ref": "$"}, [{"$id": 7, "$ref": ["x"]}]):
            batch = parse(changed(**{name: part}))
            assert len(batch.records) + len(batch.rejects) + bool(batch.refusal) >= 1
