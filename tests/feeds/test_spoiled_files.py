"""Hundreds of spoiled files of each format: none crashes the reading, none is half taken."""

from __future__ import annotations

import pytest

from tests.feeds.mutation import FORMATS, judge, spoil_many


@pytest.mark.parametrize("name", FORMATS)
def test_the_sample_itself_is_read(name: str) -> None:
    batch = judge(name, FORMATS[name][1])
    assert batch.refusal is None, batch.refusal
    assert batch.records
    assert not batch.rejects


@pytest.mark.parametrize("name", FORMATS)
def test_spoiled_files_do_no_harm(name: str) -> None:
    read = spoil_many(name, 400, seed=1)
    assert 0 < read < 400, "some still read, and not all: else they are not spoiled in the right places"
