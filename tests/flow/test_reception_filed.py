"""What comes in and is no text: kept, listed as what it is, answered only where a person wrote."""

from __future__ import annotations

import pytest

from appliance.clock import DAY, HOUR, MINUTE
from appliance.flow import reception
from appliance.store import fragments
from appliance.store import models as t
from tests.flow.box import OTHER, RESIDENT, Box

NOT_WRITTEN = ("raw", "binary", "wap_push", "voicemail", "sim_data")


@pytest.mark.parametrize("kind", NOT_WRITTEN)
def test_it_is_kept_with_its_bytes_and_read_by_nobody(box: Box, kind: str) -> None:
    incoming = box.incoming("he has a gun", kind=kind)
    assert reception.keep(incoming, box.config, box.now)
    assert [(view.kind, view.pdu) for view in fragments.filed()] == [(kind, incoming.pdu)]
    assert not t.Reply.select().exists()
    assert (box.alarms(), box.texts()) == ([], [])


class TestPictures:
    def test_a_notice_gets_auto_once_a_day(self, box: Box) -> None:
        for span in (0, HOUR, DAY):
            reception.keep(box.incoming("", kind="mms_notice"), box.config, box.later(span).now)
        assert box.texts() == [("auto", "queued"), ("auto", "queued")]
        assert [view.kind for view in fragments.filed()] == ["mms_notice"] * 3

    def test_and_none_when_a_text_had_it_today(self, box: Box) -> None:
        box.say("hello")
        reception.keep(box.incoming("", kind="mms_notice"), box.config, box.now)
        assert box.queued() == ["auto"]

    @pytest.mark.parametrize("sender", ["72727", "+442079460123", "SAMPLE", ""])
    def test_nobody_else_is_texted(self, box: Box, sender: str) -> None:
        reception.keep(box.incoming("", sender, kind="mms_notice"), box.config, box.now)
        assert box.texts() == []

    def test_a_number_that_wrote_stop_gets_none(self, box: Box) -> None:
        box.say("STOP")
        box.later(2 * DAY).send()
        reception.keep(box.incoming("", kind="mms_notice"), box.config, box.now)
        assert box.queued() == []

    def test_in_shadow_mode_it_is_planned_and_stays(self, box: Box) -> None:
        shadow = box.config.model_copy(update={"mode": "shadow"})
        reception.keep(box.incoming("", kind="mms_notice"), shadow, box.now)
        assert box.texts() == [("auto", "shadow")]

    def test_its_language_is_the_calls(self, box: Box) -> None:
        box.take(box.call(language="SPANISH"))
        reception.keep(box.incoming("", kind="mms_notice"), box.config, box.now)
        assert t.Message.get(t.Message.kind == "auto").language == "es"

    def test_a_notice_in_two_pdus_is_listed_once(self, box: Box) -> None:
        for seq in (2, 1):
            sender = RESIDENT if seq == 1 else "72727"
            piece = box.incoming("", sender, kind="mms_notice", reference=7, seq=seq, total=2)
            reception.keep(piece, box.config, box.now)
        reception.keep(
            box.incoming("", kind="mms_notice", reference=9, seq=2, total=2),
            box.config,
            box.later(MINUTE).now,
        )
        assert len(fragments.filed()) == 2


class TestTheList:
    def test_newest_first_by_kind_since_and_page(self, box: Box) -> None:
        for kind in ("raw", "voicemail", "raw"):
            reception.keep(box.incoming("", kind=kind), box.config, box.later(HOUR).now)
        box.say("a text")
        box.later(DAY)
        everything = fragments.filed()
        assert [view.kind for view in everything] == ["raw", "voicemail", "raw"]
        assert [view.id for view in fragments.filed(kind="raw")] == [everything[0].id, everything[2].id]
        assert len(fragments.filed(since=everything[1].received_at)) == 2
        assert fragments.filed(limit=1) == everything[:1]
        assert fragments.filed(before_id=everything[1].id) == everything[2:]

    @pytest.mark.parametrize(
        ("sender", "masked", "clear"),
        [
            (RESIDENT, "••••• ••23", RESIDENT),
            (OTHER, "••••• ••45", OTHER),
            ("+442079460123", "••••• ••23", "+442079460123"),
            ("72727", "72727", "72727"),
            ("SAMPLE", "SAMPLE", "SAMPLE"),
            ("", None, None),
        ],
    )
    def test_a_number_shows_its_last_digits(
        self, box: Box, sender: str, masked: str | None, clear: str | None
    ) -> None:
        reception.keep(box.incoming("", sender, kind="binary"), box.config, box.now)
        assert (fragments.filed()[0].from_, fragments.filed(clear=True)[0].from_) == (masked, clear)

    def test_a_number_that_was_purged_is_gone(self, box: Box) -> None:
        reception.keep(box.incoming("", kind="binary"), box.config, box.now)
        t.Number.update(e164=None).execute()
        assert fragments.filed(clear=True)[0].from_ is None
