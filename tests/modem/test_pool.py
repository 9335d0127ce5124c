"""Several modems by name, and what the others may count on."""

from __future__ import annotations

from modem.pool import Pool, Standing

SIM, OTHER = "8901000000000000001", "8901000000000000002"


def test_nobody_can_send_before_it_was_said() -> None:
    pool = Pool(("main", "spare"), 10)
    assert pool.able() == frozenset()
    assert pool.standings() == (Standing("main", None, False, 10), Standing("spare", None, False, 10))


def test_only_a_change_counts_as_one_and_since_counts_from_it() -> None:
    pool = Pool(("main", "spare"), 10)
    assert pool.say("spare", OTHER, True, 20)
    assert not pool.say("spare", OTHER, True, 30)
    assert pool.able() == {OTHER}
    assert pool.standings()[1].since == 20
    assert pool.say("spare", None, False, 40)
    assert pool.able() == frozenset()
    assert pool.standings()[1] == Standing("spare", OTHER, False, 40)


def test_a_new_sim_in_the_same_modem_takes_the_place_of_the_old_one() -> None:
    pool = Pool(("main",), 10)
    pool.say("main", SIM, True, 20)
    assert pool.say("main", OTHER, True, 30)
    assert pool.able() == {OTHER}
    assert pool.standings()[0].since == 20
