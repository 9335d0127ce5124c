"""Random conversations on a real database, with a box that dies anywhere: what may never happen does not.

Ten boxes of thirty residents each; `make soak` goes on with other numbers for as long as it is let.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from appliance.store import models as t
from tests.flow.box import boxed
from tests.flow.conversations import RESIDENTS, Town

STEPS = 250


@pytest.mark.parametrize("seed", range(10))
def test_whatever_residents_write_and_wherever_the_box_dies(tmp_path: Path, seed: int) -> None:
    with boxed(tmp_path) as box:
        town = Town(box, random.Random(seed))
        town.invite()
        for _ in range(STEPS):
            town.act()
        scores = t.Answer.select().where(t.Answer.score > 0).count()
        over = t.Conversation.select().where(t.Conversation.state != "open").count()
    assert town.deaths > 0, "no death fell on anything"
    assert scores > len(RESIDENTS) // 2 and over > 3, "too little happened to show anything"
