"""What residents and the network send, in every form the standards allow."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.foreign.box import Box, answering, boxed, judge
from tests.foreign.habits import Habits
from tests.foreign.network import Arrival, Network
from tests.foreign.scenes import (
    FIRST,
    PATIENCE,
    SECOND,
    THIRD,
    patient_answers,
    ready,
    scenes_of,
    settled,
    thanked,
)

SCENES, scene = scenes_of()

LONG = "The officer came after an hour and took a report. {~[]} " * 6
LONG_WIDE = "Merci à tous 😀👍🏽 pour votre aide, çà ira. " * 6


def _kept(box: Box, count: int) -> bool:
    return settled(box) and len(box.cli("replies")) >= count


@scene
def every_reply_comes_twice(folder: Path) -> None:
    """The network did not hear the first acknowledgement; the same text with the same stamp comes again."""
    with boxed(folder, Habits()) as box:

        def answer_twice(arrival: Arrival) -> None:
            text = patient_answers(arrival)
            if text is not None:
                box.network.say(arrival.recipient, text, twice=True)

        box.network.on_arrival = answer_twice
        box.start()
        box.call(FIRST)
        box.wait(lambda: thanked(box.network, FIRST), PATIENCE, "not thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box)
        assert len(box.network.arrivals) == 8


@scene
def every_reply_comes_again_later(folder: Path) -> None:
    """Four seconds on, when the next question has long left: the old answer is not one to that."""
    with boxed(folder, Habits()) as box:

        def answer(arrival: Arrival) -> None:
            text = patient_answers(arrival)
            if text is None:
                return
            tpdus = box.network.tpdus(arrival.recipient, text)
            box.network.said.append((arrival.recipient, text))
            box.network.bring(tpdus)
            box.modem.later(4.0, lambda: box.network.bring(tpdus))

        box.network.on_arrival = answer
        box.start()
        box.call(FIRST)
        box.wait(lambda: thanked(box.network, FIRST), PATIENCE, "not thanked")
        box.wait(lambda: box.clock() - box.network.arrivals[-1].at > 5, 10, "time stands still")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box)
        assert len(box.network.arrivals) == 8


@scene
def long_replies_in_any_order(folder: Path) -> None:
    """8-bit and 16-bit references, the same for two residents, parts mixed, some twice, pairs cut in two."""
    with boxed(folder, Habits(memories=(("SM", 30),), first_slot=1)) as box:
        box.start()
        ready(box)
        network = box.network
        network.said += [(FIRST, LONG), (SECOND, LONG_WIDE), (THIRD, LONG)]
        one = network.tpdus(FIRST, LONG, reference=7)
        two = network.tpdus(SECOND, LONG_WIDE, reference=7)
        three = network.tpdus(THIRD, LONG, reference=7 * 256 + 7, wide=True)
        mixed = [each[at] for at in (1, 2, 0) for each in (one, two, three) if at < len(each)]
        network.bring([*mixed, mixed[0], *two[3:][::-1], mixed[1], mixed[0]])
        box.wait(lambda: _kept(box, 3), PATIENCE, "not three replies")
        network.said.append((FIRST, LONG_WIDE))
        network.bring(network.tpdus(FIRST, LONG_WIDE, reference=8, wide=True)[::-1])
        box.wait(lambda: _kept(box, 4), PATIENCE, "not four replies")
        judge(box, within=60.0)


@scene
def replies_in_every_form(folder: Path) -> None:
    """Names and short codes as senders, classes, the whole alphabet, emoji, a national number."""
    forms: tuple[tuple[str, str, dict[str, int]], ...] = (
        ("T-Mobile", "Your plan renews soon", {}),
        ("611", "Free msg: hello", {}),
        (FIRST, "thanks 😀", {}),
        (SECOND, "x" * 160, {}),
        (THIRD, "@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà^{}\\[~]|€", {}),
        (FIRST, "class 1 to the phone", {"keyed": 0x11}),
        (THIRD, "class 0 on the screen", {"keyed": 0x10}),
        (FIRST, "ends with an at sign @", {}),
        (SECOND, "1234567@", {}),
        (THIRD, "مرحبا 你好 שלום", {}),
    )
    with boxed(folder, Habits(lower_case=True, blank_lines=True)) as box:
        box.start()
        ready(box)
        for sender, text, how in forms:
            box.network.say(sender, text, **how)  # type: ignore[arg-type]
        box.wait(lambda: _kept(box, len(forms)), PATIENCE, "not every reply was kept")
        told = judge(box, within=60.0)
        names = {"T-Mobile", "611"}
        assert not names & {text["to"] for text in told.messages}, "a machine was answered"


@scene
def words_for_the_card(folder: Path) -> None:
    """Class 2 says where a text is stored first (23.038 4); data for the SIM is told by its protocol."""
    with boxed(folder, Habits()) as box:
        box.start()
        ready(box)
        box.network.say(FIRST, "STOP", keyed=0xF2)
        box.network.say(SECOND, "he has a gun", keyed=0x12)
        box.wait(lambda: _kept(box, 2), 15, "words of residents were filed as data for the SIM")
        judge(box, within=60.0)


@scene
def national_numbers_are_the_same_resident(folder: Path) -> None:
    """The network shows the sender without its +1, as ten digits or as eleven."""
    with boxed(folder, Habits()) as box:

        def answer(arrival: Arrival) -> None:
            text = patient_answers(arrival)
            if text is not None:
                shown = arrival.recipient[2:] if "2/6" in arrival.text else arrival.recipient[1:]
                box.network.say(arrival.recipient, text, shown_as=shown)

        box.network.on_arrival = answer
        box.start()
        box.call(FIRST)
        box.wait(lambda: thanked(box.network, FIRST), PATIENCE, "not thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box)


def _receipts(folder: Path, statuses: tuple[int, ...], state: str, error: bool = False) -> None:
    with boxed(folder, Habits(first_reference=255), Network(statuses=statuses)) as box:
        box.start()
        box.call(FIRST)
        box.wait(lambda: len(box.network.arrivals) == 2, PATIENCE, "two texts did not leave")
        box.wait(
            lambda: {text["state"] for text in box.cli("messages")} == {state}, 15, f"not all are {state}"
        )
        judge(box, lost=frozenset((state,)))
        assert all(bool(text["error"]) == error for text in box.cli("messages"))


SCENES.update(
    {
        "receipt_still_trying_then_delivered": partial(
            _receipts, statuses=(0x20, 0x30, 0x00), state="delivered"
        ),
        "receipt_still_trying_only": partial(_receipts, statuses=(0x20,), state="sent"),
        "receipt_replaced_at_the_centre": partial(_receipts, statuses=(0x02,), state="delivered"),
        "receipt_failed_for_good": partial(_receipts, statuses=(0x46,), state="failed", error=True),
        "receipt_gave_up": partial(_receipts, statuses=(0x60,), state="failed", error=True),
        "receipt_twice": partial(_receipts, statuses=(0x00, 0x00), state="delivered"),
    }
)


@scene
def texts_that_came_before_the_worker(folder: Path) -> None:
    """In the SIM and in the modem, with a receipt of long ago and bytes that are no PDU between them."""
    with boxed(folder, Habits()) as box:
        session, network = box.modem.session, box.network
        network.said += [(FIRST, "first"), (SECOND, LONG), (THIRD, "third")]
        for memory, tpdus in (
            ("SM", network.tpdus(FIRST, "first")),
            ("ME", network.tpdus(SECOND, LONG)[::-1]),
            ("ME", network.tpdus(THIRD, "third")),
        ):
            for octets in tpdus:
                assert session.put(memory, octets) is not None
        assert session.put("SM", bytes.fromhex("0611")) is not None
        assert (
            session.put("SR", b"\x06\x07\x0b\x91" + bytes.fromhex("5114550521F3") + b"\x00" * 15) is not None
        )
        box.start()
        box.wait(
            lambda: {reply["text"] for reply in box.cli("replies")} >= {"first", LONG, "third"},
            PATIENCE,
            "not every reply was kept",
        )
        box.wait(
            lambda: not session.memories["SM"] and not session.memories["ME"], 10, "the SIM is not emptied"
        )
        box.call("+15415550130")
        box.wait(lambda: bool(network.arrivals), PATIENCE, "nothing leaves")
        assert not box.modem.violations


_FROM = bytes.fromhex("0b915114550521f3")
_AT = bytes.fromhex("62115281")
_STAMP = bytes.fromhex("6211521200008a")

STRANGE: dict[str, bytes] = {
    "cut short in its text": b"\x04" + _FROM + b"\x00\x00" + _STAMP + b"\xa0\xc8\x32",
    "cut short in its stamp": b"\x04" + _FROM + b"\x00\x00" + _AT,
    "nothing but its type": b"\x04",
    "a stamp of zeros": b"\x04" + _FROM + b"\x00\x00" + bytes(7) + b"\x02\xe8\x34",
    "the 39th of month 19": b"\x04" + _FROM + b"\x00\x00" + bytes.fromhex("62919395959580") + b"\x02\xe8\x34",
    "part 0 of 0": b"\x44" + _FROM + b"\x00\x00" + _STAMP + b"\x08\x05\x00\x03\x09\x00\x00\x82",
    "part 5 of 2": b"\x44" + _FROM + b"\x00\x00" + _STAMP + b"\x08\x05\x00\x03\x09\x02\x05\x82",
    "a header longer than the data": b"\x44"
    + _FROM
    + b"\x00\x00"
    + _STAMP
    + b"\x08\x7f\x00\x03\x09\x01\x01\x82",
    "half a pair in UCS2": b"\x04" + _FROM + b"\x00\x08" + _STAMP + b"\x04\xd8\x3d\x00\x41",
    "an odd octet of UCS2": b"\x04" + _FROM + b"\x00\x08" + _STAMP + b"\x03\x00\x41\x00",
    "NUL in UCS2": b"\x04" + _FROM + b"\x00\x08" + _STAMP + b"\x04\x00\x00\x00\x41",
    "no sender": b"\x04\x00\x80\x00\x00" + _STAMP + b"\x02\xe8\x34",
    "a sender of star and hash": b"\x04" + bytes.fromhex("0491babb") + b"\x00\x00" + _STAMP + b"\x02\xe8\x34",
    "octets for an application": b"\x04" + _FROM + b"\x00\xf5" + _STAMP + b"\x03\x01\x02\x03",
    "a picture waits": b"\x44"
    + _FROM
    + b"\x00\xf5"
    + _STAMP
    + b"\x0c\x06\x05\x04\x0b\x84\x23\xf0\x01\x06\x01\xbe\x00",
    "voicemail": b"\x04" + _FROM + b"\x00\xc8" + _STAMP + b"\x00",
    "a reserved coding": b"\x04" + _FROM + b"\x00\x9f" + _STAMP + b"\x02\xe8\x34",
    "data for the card": b"\x44" + _FROM + b"\x7f\xf6" + _STAMP + b"\x05\x02\x70\x00\x01\x02",
    "type 0": b"\x04" + _FROM + b"\x40\x00" + _STAMP + b"\x00",
    "a draft": b"\x01\x00" + _FROM + b"\x00\x00\x02\xe8\x34",
    "of a reserved type": b"\x07" + _FROM + b"\x00\x00" + _STAMP + b"\x02\xe8\x34",
    "a receipt cut short": b"\x06\x01" + _FROM + _AT,
    "a receipt of a stranger": b"\x06\x01" + _FROM + _STAMP + _STAMP + b"\x00",
}


@scene
def strange_deliveries(folder: Path) -> None:
    """None of them may stop what comes behind it, stay in the SIM, or become a text of a resident twice."""
    with boxed(folder, Habits(memories=(("SM", 40),))) as box:
        box.start()
        ready(box)
        box.network.bring(list(STRANGE.values()))
        box.network.say(SECOND, "the last one")
        box.wait(
            lambda: settled(box) and any(r["text"] == "the last one" for r in box.cli("replies")),
            PATIENCE,
            "what is strange stopped what is not",
        )
        box.call(THIRD)
        box.wait(lambda: any(a.recipient == THIRD for a in box.network.arrivals), PATIENCE, "nothing leaves")
        assert not box.modem.violations
        assert len(box.network.arrivals) == len({(a.recipient, a.text) for a in box.network.arrivals})
        assert box.stop() == 0


@scene
def sixty_replies_into_five_slots(folder: Path) -> None:
    with boxed(folder, Habits(memories=(("SM", 5),), first_slot=1), Network()) as box:
        box.start()
        ready(box)
        for number in range(60):
            box.network.say(f"+1541555{100 + number % 100:04d}", f"text number {number}")
        box.wait(lambda: settled(box) and len(box.cli("replies")) >= 60, 60, "not every reply was kept")
        judge(box, within=60.0)


@scene
def full_before_anybody_listens(folder: Path) -> None:
    """No announcement will ever come from a full memory."""
    with boxed(folder, Habits(memories=(("ME", 5),))) as box:
        for number in range(8):
            box.network.say(f"+1541555{100 + number:04d}", f"text number {number}")
        box.wait(lambda: box.stored() == 5, 5, "not full")
        box.start()
        box.wait(lambda: settled(box) and len(box.cli("replies")) >= 8, PATIENCE, "not every reply was kept")
        judge(box, within=60.0)


@scene
def stop_is_final(folder: Path) -> None:
    with boxed(folder, Habits()) as box:

        def answers(arrival: Arrival) -> str | None:
            return "Stop." if "2/6" in arrival.text else patient_answers(arrival)

        answering(box.network, answers)
        box.start()
        box.call(FIRST)
        box.wait(
            lambda: any("No more texts" in arrival.text for arrival in box.network.arrivals),
            PATIENCE,
            "STOP was not confirmed",
        )
        before = len(box.network.arrivals)
        box.call(FIRST)
        box.wait(
            lambda: len(box.cli("explain", "SAMPLE-2")) == 2, PATIENCE, "the second call was not decided"
        )
        assert {line["reason"] for line in box.cli("explain", "SAMPLE-2")} == {"opted_out"}
        box.network.say(FIRST, "STOP")
        box.wait(lambda: _kept(box, 3), PATIENCE, "the second STOP was not kept")
        judge(box)
        assert len(box.network.arrivals) == before


@scene
def never_announced(folder: Path) -> None:
    """+CMTI does not come: looking every half minute finds it."""
    with boxed(folder, Habits(announces=False)) as box:
        box.start()
        ready(box)
        box.network.say(FIRST, "hello there")
        box.wait(lambda: _kept(box, 1), 45, "the reply was not found")
        judge(box, within=60.0)


@scene
def slot_that_cannot_be_emptied(folder: Path) -> None:
    """Deletion is answered with OK and does nothing: kept once, and no storm of tries."""
    with boxed(folder, Habits(sticky_slot=0)) as box:
        answering(box.network, patient_answers)
        box.start()
        ready(box)
        box.network.say(SECOND, "the one that stays")
        box.wait(lambda: len(box.cli("replies")) == 1, PATIENCE, "the reply was not kept")
        box.call(FIRST)
        box.wait(lambda: thanked(box.network, FIRST), PATIENCE, "not thanked")
        box.wait(lambda: box.stored() == 1, PATIENCE, "the others were not deleted")
        assert sorted(reply["text"] for reply in box.cli("replies")) == sorted(t for _, t in box.network.said)
        tries, looks = (
            sum(command.startswith(name) for command in box.modem.session.asked)
            for name in ("+CMGD=0", "+CMGL")
        )
        assert tries <= looks, f"deleted {tries} times in {looks} looks"
        assert not box.modem.violations
