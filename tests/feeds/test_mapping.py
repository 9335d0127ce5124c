from __future__ import annotations

import pytest

from appliance.domain.records import FEED_FIELDS
from appliance.feeds import mapping
from appliance.feeds.base import FeedFault

CINCINNATI = (
    "ADDRESS_X,LATITUDE_X,LONGITUDE_X,AGENCY,CREATE_TIME_INCIDENT,DISPOSITION_TEXT,EVENT_NUMBER,"
    "INCIDENT_TYPE_ID,INCIDENT_TYPE_DESC,PRIORITY,PRIORITY_COLOR,ARRIVAL_TIME_PRIMARY_UNIT,"
    "CLOSED_TIME_INCIDENT,DISPATCH_TIME_PRIMARY_UNIT,BEAT,COMMUNITY_COUNCIL_NEIGHBORHOOD,DISTRICT,"
    "SNA_NEIGHBORHOOD,CPD_NEIGHBORHOOD,CallerPhone"
)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(
            CINCINNATI,
            {
                "call_id": "EVENT_NUMBER",
                "received_at": "CREATE_TIME_INCIDENT",
                "dispatched_at": "DISPATCH_TIME_PRIMARY_UNIT",
                "arrived_at": "ARRIVAL_TIME_PRIMARY_UNIT",
                "closed_at": "CLOSED_TIME_INCIDENT",
                "call_type": "INCIDENT_TYPE_DESC",
                "priority": "PRIORITY",
                "disposition": "DISPOSITION_TEXT",
                "phone": "CallerPhone",
                "beat": "BEAT",
                "district": "DISTRICT",
            },
            id="Cincinnati",
        ),
        pytest.param(
            "NOPD_Item,Type_,TypeText,Priority,InitialType,InitialTypeText,InitialPriority,MapX,MapY,TimeCreate,"
            "TimeDispatch,TimeArrive,TimeClosed,Disposition,DispositionText,SelfInitiated,Beat,BLOCK_ADDRESS,Zip,"
            "PoliceDistrict,CallerPhone",
            {
                "call_id": "NOPD_Item",
                "received_at": "TimeCreate",
                "dispatched_at": "TimeDispatch",
                "arrived_at": "TimeArrive",
                "closed_at": "TimeClosed",
                "call_type": "TypeText",
                "call_type_initial": "InitialTypeText",
                "priority": "Priority",
                "disposition": "DispositionText",
                "self_initiated": "SelfInitiated",
                "phone": "CallerPhone",
                "beat": "Beat",
                "district": "PoliceDistrict",
            },
            id="New Orleans",
        ),
        pytest.param(
            "CAD Event Number,Event Clearance Description,Call Type,Priority,Initial Call Type,"
            "Final Call Type,Original Time Queued,Arrived Time,Precinct,Sector,Beat,CallerPhone",
            {
                "call_id": "CAD Event Number",
                "received_at": "Original Time Queued",
                "arrived_at": "Arrived Time",
                "call_type": "Final Call Type",
                "call_type_initial": "Initial Call Type",
                "priority": "Priority",
                "disposition": "Event Clearance Description",
                "source": "Call Type",
                "phone": "CallerPhone",
                "beat": "Beat",
                "district": "Precinct",
            },
            id="Seattle",
        ),
        pytest.param(
            "SysId,IncidentNumber,IncidentType,Agency,Priority,IncidentDate,Disposition,Location,ClosedAt,"
            "CallerName,CallerNumber,CallTakerId,CallSource,CallReceivedTime,ResponseArea,Case ID",
            {
                "call_id": "IncidentNumber",
                "received_at": "CallReceivedTime",
                "closed_at": "ClosedAt",
                "call_type": "IncidentType",
                "priority": "Priority",
                "disposition": "Disposition",
                "source": "CallSource",
                "phone": "CallerNumber",
                "report_number": "Case ID",
            },
            id="vendor-neutral",
        ),
        pytest.param(",".join(FEED_FIELDS), {name: name for name in FEED_FIELDS}, id="own names"),
        pytest.param(
            "call_type,call_id,received_at,phone,narrative",
            {"call_id": "call_id", "received_at": "received_at", "call_type": "call_type", "phone": "phone"},
            id="one Call Type is what happened",
        ),
    ],
)
def test_finds_columns_by_alias(header: str, expected: dict[str, str]) -> None:
    assert dict(mapping.resolve(header.split(","), {}).headers) == expected


@pytest.mark.parametrize("column", ["CREATE_TIME_INCIDENT", "EVENT_NUMBER", "CallerPhone"])
def test_stops_without_a_column_it_cannot_do_without(column: str) -> None:
    headers = [name for name in CINCINNATI.split(",") if name != column]
    with pytest.raises(FeedFault) as caught:
        mapping.resolve(headers, {})
    assert caught.value.reason == "column_missing"
    assert "[feed.columns]" in caught.value.remedy
    assert "PRIORITY_COLOR" in caught.value.what


def test_names_everything_that_is_missing_at_once() -> None:
    with pytest.raises(FeedFault, match="received_at, call_type, phone"):
        mapping.resolve(["EVENT_NUMBER", "PRIORITY"], {})


def test_configured_columns_come_first() -> None:
    headers = ["CAD Event Number", "Case", "Queued", "Final Call Type", "Nature", "Reporting Party"]
    columns = {"call_type": "Nature", "received_at": "queued", "phone": "REPORTING-PARTY"}
    found = mapping.resolve(headers, columns)
    assert found.headers["call_type"] == "Nature"
    assert found.headers["phone"] == "Reporting Party"
    assert found.pick(["1", "x", " t ", "a", "(NULL)", "n"]) == {
        "call_id": "1",
        "received_at": "t",
        "call_type": "",
        "phone": "n",
    }


@pytest.mark.parametrize(
    ("headers", "columns", "reason"),
    [
        (CINCINNATI.split(","), {"phone": "Mobile"}, "column_absent"),
        (CINCINNATI.split(","), {"phone": ""}, "column_absent"),
        (CINCINNATI.split(","), {"adress": "ADDRESS_X"}, "unknown_field"),
        (CINCINNATI.split(","), {"feed": "AGENCY"}, "unknown_field"),
        ([*CINCINNATI.split(","), "callerphone"], {}, "column_twice"),
        ([*CINCINNATI.split(","), "X", "X"], {"unit": "X"}, "column_twice"),
        (["SMITH JOHN", "5415550123", "1 MAIN ST"], {}, "column_missing"),
        ([], {}, "column_missing"),
    ],
    ids=[
        "absent",
        "empty",
        "unknown",
        "not-a-feed-field",
        "twice",
        "configured-twice",
        "no-header",
        "nothing",
    ],
)
def test_refuses_columns_that_cannot_be_told(
    headers: list[str], columns: dict[str, str], reason: str
) -> None:
    with pytest.raises(FeedFault) as caught:
        mapping.resolve(headers, columns)
    assert caught.value.reason == reason


def test_a_file_without_header_line_does_not_spill_into_the_message() -> None:
    with pytest.raises(FeedFault) as caught:
        mapping.resolve(["SMITH JOHN", "5415550123", "1 MAIN ST"], {})
    assert "SMITH" not in str(caught.value)
    assert "5415550123" not in str(caught.value)


def test_the_exact_spelling_of_a_configured_column_wins_over_a_like_one() -> None:
    headers = ["call_id", "received_at", "call_type", "Phone 1", "phone1"]
    assert mapping.resolve(headers, {"phone": "phone1"}).indexes["phone"] == 4
