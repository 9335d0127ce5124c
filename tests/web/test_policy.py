"""The Policy page: what is in force, and a proposal that a second admin approves."""

from __future__ import annotations

import pytest

from appliance import clock
from appliance.domain import policy as rules
from appliance.store import database, policies, proposals
from appliance.store.accounts import Role
from tests.web.conftest import Login


def propose(by: str) -> int:
    with database.connection(), database.transaction():
        changed = rules.merge(policies.whole_document(), {"limits": {"notices_per_number_per_day": 9}})
        base = policies.current().id
        return proposals.propose(changed, base, ["sample"], by, clock.now())[0]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR])
def test_the_version_in_force_is_shown(login: Login, role: Role) -> None:
    page = login(role).get("/policy").text
    assert "in force" in page and "[call_types]" in page


def test_a_viewer_does_not_see_it(login: Login) -> None:
    assert login(Role.VIEWER).get("/policy").status_code == 403


def test_an_admin_approves_what_another_proposed(login: Login) -> None:
    proposal = propose("cli:root")
    browser = login(Role.ADMIN)
    page = browser.get("/policy").text
    assert "Waits for a second person" in page and "at most 9 notices a day" in page and "Loosens" in page
    answer = browser.post(f"/policy/{proposal}/approve", page="/policy")
    assert "Approved" in browser.get(answer.location).text
    with database.connection():
        assert policies.current().policy.limits.notices_per_number_per_day == 9
    again = browser.post(f"/policy/{proposal}/approve")
    assert (again.status_code, "was approved by" in again.text) == (422, True)


def test_nobody_approves_their_own(login: Login) -> None:
    from tests.web import seed

    proposal = propose(seed.PEOPLE[Role.ADMIN])
    browser = login(Role.ADMIN)
    page = browser.get("/policy").text
    assert "another admin has to approve" in page and "put it in force" not in page
    assert browser.post(f"/policy/{proposal}/approve", page="/policy").status_code == 422
    assert browser.post(f"/policy/{proposal}/withdraw", page="/policy").status_code == 303
    with database.connection():
        assert proposals.waiting() is None


def test_a_supervisor_sees_it_and_cannot_act(login: Login) -> None:
    proposal = propose("cli:root")
    browser = login(Role.SUPERVISOR)
    assert "An admin who did not propose it" in browser.get("/policy").text
    assert browser.post(f"/policy/{proposal}/approve").status_code == 403
