"""One resident who answers the whole survey, and the judge of what became of it."""

from __future__ import annotations

import re

from modem.simulator.network import Sent
from tests.walk.rig import Box

RESIDENT = "+15415550123"

ANSWERS = {
    "overall": ("How satisfied", "5"),
    "listened": ("listened to me", "4"),
    "respect": ("with respect", "3"),
    "fair": ("treated me fairly", "2"),
    "resolved": ("helped resolve", "1"),
    "comment": ("Anything else", "All was said"),
}
"""Question -> the words it is known by, and what this resident answers."""

TEXTS = len(ANSWERS) + 2
"""A notice, six questions, thanks."""


def answer(sent: Sent) -> str | None:
    """What this resident texts back."""
    return next((reply for words, reply in ANSWERS.values() if words in sent.text), None)


def question_of(text: str) -> str | None:
    """Which question a text asks, if it asks one."""
    return next((question for question, (words, _reply) in ANSWERS.items() if words in text), None)


def is_over(box: Box) -> bool:
    """Thanks have left (or may have), or the first question is lost: then nobody knows who asks."""
    return box.is_idle() and _has_ended(box) and box.is_idle()


def _has_ended(box: Box) -> bool:
    states = dict(box.rows("SELECT kind, state FROM messages WHERE lane != 2"))
    left = any(question_of(sent.text) == "overall" for sent in box.network.sent)
    if states.get("q_overall") == "unknown" and not left:
        return True
    return "thanks" in states and bool(box.one("SELECT COUNT(*) FROM replies") == len(box.said))


def judge(box: Box) -> None:
    """No text twice, no reply lost or counted twice, the score is what was answered, a gap has a name."""
    texts = [sent.text for sent in box.network.sent]
    assert len(texts) == len(set(texts)), f"a text left twice\n{box.log()}"

    stored = sorted(box.rows("SELECT text FROM replies"))
    assert stored == sorted((text,) for _sender, text in box.said), "a reply was lost or counted twice"

    left = {question_of(text) for text in texts} - {None}
    scores = dict(box.rows("SELECT question, COALESCE(score, text) FROM answers"))
    assert scores == {q: int(a) if a.isdigit() else a for q, (_w, a) in ANSWERS.items() if q in left}

    unknown = {kind for (kind,) in box.rows("SELECT kind FROM messages WHERE state = 'unknown'")}
    missing = {f"q_{question}" for question in set(ANSWERS) - left}
    assert missing <= unknown or "q_overall" in unknown, f"{missing - unknown} vanished\n{box.state()}"
    notices = {kind for (kind,) in box.rows("SELECT kind FROM messages WHERE lane = 2")}
    closed_left = any(re.search(r"Ref \S+ is closed", text) for text in texts)
    assert closed_left or not notices or "closed" in unknown
