"""Who has a case is written once: asked of one case, or of all of them in one query, the answer is the same."""

import pytest

from leeway.access.models import Team, User
from leeway.access.roles import APART, Capability, Role
from leeway.care.people import access, queries
from leeway.care.people.access import IS_ASKED, MAY_FINISH, OWN_WORK, WAITS_ON, WORKS_ON, cases_of, has
from leeway.care.people.models import Case, Person, Relationship, Whose
from leeway.care.people.states import Stage
from tests.conftest import TODAY

HELD_TOGETHER = [[role] for role in Role] + [[Role.ASSESSOR, Role.MANAGER], [Role.FINANCE, Role.ANALYST]]


@pytest.fixture
def south(db):
    return Team.objects.create(name="South team")


@pytest.fixture
def cases(ada, bea, team, south):
    """A case at every stage, of two teams, with a worker and without."""
    every = []
    for stage in Stage:
        for where, worker in ((team, bea), (team, None), (south, None)):
            person = Person.objects.create(given_name="P", family_name=str(len(every)), date_of_birth="1990-01-01")
            closed = {"closed_on": TODAY} if stage == Stage.CLOSED else {}
            every.append(
                Case.objects.create(
                    person=person, team=where, worker=worker, stage=stage, opened_on=TODAY, request_words="x", **closed
                )
            )
    return every


@pytest.mark.parametrize("placed", ["north", "south", "nowhere"])
@pytest.mark.parametrize("roles", HELD_TOGETHER, ids=" and ".join)
def test_one_case_and_all_of_them_agree(cases, team, south, roles, placed):
    where = {"north": team, "south": south, "nowhere": None}[placed]
    user = User.objects.create_user("nils@council.example", name="Nils", roles=roles, team=where)
    assert frozenset(roles) not in APART
    for number, case in enumerate(cases):
        if number % 4 == 0 and user.can(Capability.HOLD_CASES):
            Case.objects.filter(pk=case.pk).update(worker=user)
            case.worker = user
    for ties in (WORKS_ON, WAITS_ON, OWN_WORK, *IS_ASKED.values(), *MAY_FINISH.values()):
        asked = {case.pk for case in cases if has(user, case, ties)}
        assert asked == set(cases_of(user, ties).values_list("pk", flat=True))
    seen_without_reason = {case.pk for case in cases if access.is_own_case(user, case, TODAY)}
    assert {case.pk for case in queries.cases_waiting(user)} <= seen_without_reason


def test_each_tie_holds_for_somebody(cases, bea, mona, finn):
    """Or the test above proves nothing."""
    count = len(Stage)
    assert cases_of(bea, WORKS_ON).count() == count
    assert cases_of(bea, OWN_WORK).count() == 2 * count
    assert cases_of(mona, WORKS_ON).count() == 2 * count
    assert {case.stage for case in cases_of(finn, WAITS_ON)} == {Stage.ARRANGING}
    assert {case.stage for case in cases_of(finn, OWN_WORK)} == access.FINANCE_STAGES
    assert cases_of(finn, IS_ASKED[Whose.FINANCE]).count() == len(cases)
    assert cases_of(mona, IS_ASKED[Whose.WORKER]).count() == cases_of(bea, IS_ASKED[Whose.WORKER]).count() == count


def test_a_life_is_seen_by_the_person_and_those_with_leave_alone(case, ada_user, cyril):
    assert access.is_own_case(ada_user, case, TODAY) and list(queries.own_cases(ada_user, TODAY)) == [case]
    assert not access.is_own_case(cyril, case, TODAY) and not queries.own_cases(cyril, TODAY)
    leave = Relationship.objects.create(
        person=case.person, name="Cyril", kind="friend", may_see_record=True, user=cyril, starts_on=TODAY
    )
    assert access.is_own_case(cyril, case, TODAY) and list(queries.own_cases(cyril, TODAY)) == [case]
    leave.starts_on, leave.ends_on = "2026-01-01", "2026-11-22"
    leave.save()
    assert not access.is_own_case(cyril, case, TODAY) and not queries.own_cases(cyril, TODAY)
