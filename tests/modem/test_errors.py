import pytest

from modem.codes import CME, CMS, code_of, failure_of, sentence_of
from modem.errors import (
    CommandRefused,
    FailureClass,
    NoReply,
    NotReady,
    PortBusy,
    PortLost,
    PortMissing,
    SendRefused,
    SendUnknown,
)

F = FailureClass

CLASSES = [
    (F.RECIPIENT, [1, 30, 195, 196]),
    (F.RECIPIENT_LATER, [27]),
    (F.TEXT, [81, 95, 99, 111, 127, 128, 160, 176, 198, 199, 304, 305]),
    (F.ACCOUNT, [8, 10, 28, 29, 34, 50, 69, 193, 310, 313, 315, 318]),
    (F.REJECTED, [21]),
    (F.DUPLICATE, [197]),
    (F.TEMPORARY, [17, 38, 41, 42, 47, 192, 194, 331]),
    (F.CONFIGURATION, [302, 303, 330]),
    (F.MEMORY, [22, 208, 211, 320, 321, 322]),
    (F.BUSY, [301, 314, 512, 515]),
    (F.UNKNOWN, [332, 350, 500, 300, 77, 9999, None]),
]


@pytest.mark.parametrize(
    "failure, code", [(failure, code) for failure, codes in CLASSES for code in codes], ids=str
)
def test_what_a_cms_code_asks_of_us(failure, code):
    assert failure_of("cms", code) is failure


@pytest.mark.parametrize(
    "code, failure", [(14, F.BUSY), (10, F.ACCOUNT), (30, F.TEMPORARY), (31, F.UNKNOWN), (12345, F.UNKNOWN)]
)
def test_what_a_cme_code_asks_of_us(code, failure):
    assert failure_of("cme", code) is failure


@pytest.mark.parametrize("family, table", [("cms", CMS), ("cme", CME)])
def test_every_code_has_a_whole_sentence(family, table):
    for code in table:
        sentence = sentence_of(family, code)
        assert sentence.endswith(".") and f"{family.upper()} {code}" in sentence


@pytest.mark.parametrize(
    "family, words, code",
    [
        ("cms", "304", 304),
        ("cms", " Network Timeout ", 332),
        ("cme", "SIM busy", 14),
        ("cms", "(U)SIM not inserted", 310),
        ("cms", "PH-(U)SIM PIN required", 312),
        ("cms", "Network out of order", 38),
        ("cms", "Destination out of service", 27),
        ("cms", "Unassigned (unallocated) number", 1),
        ("cms", "Operator determined barring", 8),
        ("cms", "SM Rejected-Duplicate SM", 197),
        ("cms", "SMSC address unknown", 330),
        ("cme", "(U)SIM PUK required", 12),
        ("cme", "incorrect parameters", 50),
        ("cms", "whatever", None),
        ("cms", "", None),
        ("cms", "²", None),
    ],
)
def test_words_of_verbose_errors(family, words, code):
    assert code_of(family, words) == code


@pytest.mark.parametrize(
    "error, retryable, unknown",
    [
        (PortLost("x"), True, False),
        (PortBusy("x"), True, False),
        (PortMissing("x"), True, False),
        (NoReply("x"), True, False),
        (NotReady("x"), True, False),
        (CommandRefused("AT", "ERROR"), True, False),
        (SendRefused(F.TEMPORARY, "x", 38), True, False),
        (SendRefused(F.RECIPIENT, "x", 1), False, False),
        (SendRefused(F.TEXT, "x", 304), False, False),
        (SendUnknown("x"), False, True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_says_what_to_do_next(error, retryable, unknown):
    assert (error.retryable, error.unknown) == (retryable, unknown)


def test_not_ready_carries_a_code_for_programs():
    assert NotReady("The SIM needs a PIN.", "pin_needed").reason == "pin_needed"
