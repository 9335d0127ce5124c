"""RECEIPT: whatever the network says, whenever it says it, moves a text forward only."""

from __future__ import annotations

import pytest

from appliance.clock import DAY, MINUTE
from appliance.flow import dispatch, receipts
from appliance.store import models as t
from appliance.store import sims
from appliance.worker.incoming import report_of
from modem import pdu
from tests.flow.box import OTHER, RESIDENT, SIM, Box
from tests.flow.test_dispatch import LONG, claimed, parts, put, state

CLASSES = (
    (0x00, "delivered"),
    (0x01, "delivered"),  # forwarded, the network cannot confirm
    (0x02, "delivered"),  # replaced
    (0x20, "sent"),  # congestion, still trying
    (0x30, "sent"),
    (0x3F, "sent"),
    (0x40, "failed"),  # remote procedure error
    (0x46, "failed"),  # validity period expired
    (0x5F, "failed"),
    (0x60, "failed"),  # congestion, not trying any more
    (0x65, "failed"),
    (0x7F, "failed"),
)


@pytest.mark.parametrize(("status", "after"), CLASSES)
def test_each_class_of_status(box: Box, status: int, after: str) -> None:
    message_id = put(box, "one")
    reference = box.sent(claimed(box))
    # A STATUS-REPORT of 3GPP TS 23.040 9.2.2.3: reference, recipient, two time stamps, status.
    raw = f"0006{reference:02X}0B915114550521F3" + "62304021000040" * 2 + f"{status:02X}"
    report = report_of(pdu.decode(raw), SIM)
    assert report is not None
    assert report.recipient == RESIDENT
    assert receipts.apply(report, box.now)
    assert state(message_id) == after
    assert t.Part.get().receipt is not None


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (0x43, "the number cannot be reached or takes no texts (status 0x43)"),
        (0x46, "its time ran out: the phone was off or out of reach (status 0x46)"),
        (0x7A, "the carrier gives no reason that we know (status 0x7a)"),
    ],
)
def test_a_text_that_did_not_arrive_says_why(box: Box, status: int, why: str) -> None:
    put(box, "one")
    box.report(box.sent(claimed(box)), status, "failed")
    row = t.Message.get()
    assert (row.state, row.error) == ("failed", f"the network gave up on it: {why}")


def test_the_same_report_twice_is_one(box: Box) -> None:
    put(box, "one")
    reference = box.sent(claimed(box))
    assert box.report(reference, 0, "delivered")
    assert not box.report(reference, 0, "delivered")
    assert t.Receipt.select().count() == 1


def test_it_is_matched_by_sim_recipient_and_reference(box: Box) -> None:
    mine = put(box, "mine")
    reference = box.sent(claimed(box))
    box.report(reference, 0, "delivered", OTHER)
    box.report(reference + 1, 0, "delivered")
    assert state(mine) == "sent"
    box.report(reference, 0, "delivered")
    assert state(mine) == "delivered"


@pytest.mark.parametrize(("age", "after"), [(7 * DAY - MINUTE, "delivered"), (7 * DAY + MINUTE, "sent")])
def test_within_seven_days(box: Box, age: int, after: str) -> None:
    message_id = put(box, "one")
    reference = box.sent(claimed(box))
    box.later(age).report(reference, 0, "delivered")
    assert state(message_id) == after


def test_the_latest_of_two_texts_with_one_reference(box: Box) -> None:
    first, second = put(box, "one"), put(box, "two")
    box.sent(claimed(box))
    box._reference = 0
    reference = box.later(MINUTE).sent(claimed(box))
    box.report(reference, 0, "delivered")
    assert (state(first), state(second)) == ("sent", "delivered")


class TestOrder:
    def test_pending_after_delivered_takes_nothing_back(self, box: Box) -> None:
        message_id = put(box, "one")
        reference = box.sent(claimed(box))
        box.report(reference, 0, "delivered")
        box.later(MINUTE).report(reference, 0x30, "pending")
        assert (state(message_id), parts(message_id)) == ("delivered", ["delivered"])

    def test_failed_after_delivered_takes_nothing_back(self, box: Box) -> None:
        message_id = put(box, "one")
        reference = box.sent(claimed(box))
        box.report(reference, 0, "delivered")
        box.later(MINUTE).report(reference, 0x46, "failed")
        assert state(message_id) == "delivered"

    def test_pending_and_then_delivered(self, box: Box) -> None:
        message_id = put(box, "one")
        reference = box.sent(claimed(box))
        box.report(reference, 0x30, "pending")
        assert state(message_id) == "sent"
        box.later(MINUTE).report(reference, 0, "delivered")
        assert state(message_id) == "delivered"


class TestLongTexts:
    def references(self, box: Box) -> list[int]:
        put(box, "long", text=LONG)
        last = box.sent(claimed(box))
        return [last - 2, last - 1, last]

    def test_delivered_when_every_part_is(self, box: Box) -> None:
        one, two, three = self.references(box)
        for reference in (three, one):
            box.report(reference, 0, "delivered")
        assert box.state("long") == "sent"
        box.report(two, 0, "delivered")
        assert box.state("long") == "delivered"

    def test_a_late_pending_of_one_part_does_not_keep_it_from_being_delivered(self, box: Box) -> None:
        one, two, three = self.references(box)
        box.report(one, 0, "delivered")
        box.later(MINUTE).report(one, 0x30, "pending")
        for reference in (two, three):
            box.report(reference, 0, "delivered")
        assert box.state("long") == "delivered"

    def test_failed_when_one_part_is(self, box: Box) -> None:
        one, two, _three = self.references(box)
        box.report(one, 0, "delivered")
        box.report(two, 0x46, "failed")
        assert box.state("long") == "failed"


class TestUnknown:
    def lost(self, box: Box, key: str, number: str = RESIDENT) -> int:
        message_id = put(box, key, number=number)
        dispatch.lost_sight(claimed(box), 1, "", box.later(MINUTE).now)
        return message_id

    @pytest.mark.parametrize(
        ("status", "outcome", "after"),
        [(0, "delivered", "delivered"), (0x30, "pending", "sent"), (0x46, "failed", "failed")],
    )
    def test_a_report_that_fits_no_sent_part_tells_of_it(
        self, box: Box, status: int, outcome: str, after: str
    ) -> None:
        message_id = self.lost(box, "one")
        box.report(99, status, outcome)
        assert state(message_id) == after

    def test_of_the_oldest_to_that_recipient(self, box: Box) -> None:
        other = self.lost(box, "other", OTHER)
        first, second = self.lost(box, "first"), self.lost(box, "second")
        box.report(99, 0, "delivered")
        assert [state(one) for one in (other, first, second)] == ["unknown", "delivered", "unknown"]

    def test_a_report_that_fits_a_sent_part_tells_nothing_of_it(self, box: Box) -> None:
        unknown = self.lost(box, "unknown")
        known = put(box, "known")
        box.report(box.sent(claimed(box)), 0, "delivered")
        assert (state(unknown), state(known)) == ("unknown", "delivered")

    def test_the_reports_that_follow_the_first_fit_it(self, box: Box) -> None:
        first, second = self.lost(box, "first"), self.lost(box, "second")
        box.report(99, 0x30, "pending")
        box.later(MINUTE).report(99, 0, "delivered")
        assert (state(first), state(second)) == ("delivered", "unknown")


def test_a_report_to_nobody_we_know_is_kept(box: Box) -> None:
    assert box.report(5, 0, "delivered", "+442079460123")
    assert box.later(MINUTE).report(5, 0, "delivered", "")
    assert t.Receipt.select().count() == 2


def test_the_sim_is_known_to_report_from_then_on(box: Box) -> None:
    assert not sims.ever_reported()
    box.report(5, 0, "delivered")
    assert sims.ever_reported()
    assert t.Sim.get_by_id(SIM).reported_at == box.now
