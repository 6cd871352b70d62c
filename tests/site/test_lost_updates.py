"""Two people save at the same moment, from what both had read before: what each did stays, or one is told."""

import pytest
from django.test import Client

from leeway.access import actions as access
from leeway.access.models import User
from leeway.access.roles import Role
from leeway.care.circumstances.actions import record_death
from leeway.care.people import actions as people
from leeway.care.people import leave
from leeway.care.people.events import Event
from leeway.care.people.models import Authority, Case, Person, Relationship, RelationshipKind, StoryLine
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.messages.models import Message
from leeway.messages.states import State as MessageState
from leeway.money.budgets.actions import start_budget
from leeway.refusal import EditedMeanwhile
from leeway.versions import version_of
from tests.conftest import TODAY
from tests.pages import version_on
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NEW_PASSWORD = "purple elbow ladder"


@pytest.fixture
def ursula(db):
    return User.objects.create_user("ursula@council.example", name="Ursula Reed", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def greta(team):
    return User.objects.create_user("greta@council.example", name="Greta Lund", roles=[Role.ASSESSOR], team=team)


@pytest.fixture
def sam(case, cyril):
    return Relationship.objects.create(
        person=case.person,
        name="Sam Bell",
        kind=RelationshipKind.SIBLING,
        authority=Authority.CARER,
        starts_on=TODAY,
        user=cyril,
        may_see_record=True,
    )


def given(case, worker, by):
    """Give out a case from a page that was opened before anything else happened."""
    page = Case.objects.get(pk=case.pk)
    version = version_of(page, *people.HOLDER)
    return lambda: people.give_case(case=page, worker=worker, version=version, by=by, on=TODAY)


def changed(user, by, **details):
    page = User.objects.get(pk=user.pk)
    version = version_of(page, *access.STAFF_DETAILS)
    stands = {name: getattr(page, name) for name in access.STAFF_DETAILS}
    return lambda: access.change_user(user=page, details=stands | details, version=version, by=by, on=TODAY)


def stopped(user, by):
    page = User.objects.get(pk=user.pk)
    version = version_of(page, *access.SIGN_IN)
    return lambda: access.deactivate_user(user=page, version=version, by=by, on=TODAY)


@pytest.fixture(params=["first", "second"])
def either_way(request):
    """Play a pair in both orders: what came of the calls, in the order in which they were named."""

    def play(one, other):
        if request.param == "first":
            return at_once(one, other)
        return at_once(other, one)[::-1]

    return play


def test_a_case_given_out_while_its_budget_starts(case, agree, bank, finn, mona, greta, either_way):
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    either_way(lambda: start_budget(plan=plan, by=finn, on=TODAY), given(case, greta, mona))
    case.refresh_from_db()
    assert (case.stage, case.worker) == (Stage.ACTIVE, greta)


def test_two_assessors_take_one_case(case, bea, greta):
    Case.objects.update(worker=None)
    took, told = at_once(given(case, greta, greta), given(case, bea, bea))
    assert took.worker == greta and isinstance(told, EditedMeanwhile)
    assert Case.objects.get().worker == greta
    assert StoryLine.objects.filter(kind=Event.GIVEN).count() == 1


def test_somebody_is_stopped_while_their_roles_and_limit_change(mona, ursula, either_way):
    less = {"roles": [Role.ASSESSOR], "sign_off_limit_pence_per_week": 0}
    either_way(stopped(mona, ursula), changed(mona, ursula, **less))
    mona.refresh_from_db()
    assert (mona.is_active, mona.roles, mona.sign_off_limit_pence_per_week) == (False, [Role.ASSESSOR], 0)


def test_two_administrators_change_one_person(mona, ursula):
    less = {"roles": [Role.ASSESSOR], "sign_off_limit_pence_per_week": 0}
    _saved, told = at_once(changed(mona, ursula, **less), changed(mona, ursula, job_title="Head of service"))
    assert isinstance(told, EditedMeanwhile)
    mona.refresh_from_db()
    assert (mona.sign_off_limit_pence_per_week, mona.job_title) == (0, "")


def test_leave_is_taken_back_while_the_relationship_ends(case, sam, bea, either_way):
    pages = [Relationship.objects.get(), Relationship.objects.get()]
    version = version_of(sam)
    calls = [
        lambda: leave.end_leave(case=case, relationship=pages[0], version=version, by=bea, on=TODAY),
        lambda: people.end_relationship(
            case=case, relationship=pages[1], ends_on=TODAY, version=version, by=bea, on=TODAY
        ),
    ]
    said = either_way(*calls)
    sam.refresh_from_db()
    done = [sam.may_see_record is False, sam.ends_on == TODAY]
    assert sorted(done) == [False, True]
    assert [isinstance(each, EditedMeanwhile) for each in said] == [not each for each in done]


def test_nothing_leaves_for_somebody_whose_death_is_recorded_meanwhile(case, bea, mona, either_way):
    Person.objects.update(email="ada@home.example")

    def returned():
        page = Case.objects.select_related("person").get(pk=case.pk)
        return people.tell(case=page, kind=Event.PLAN_RETURNED, sentence="Once more.", by=mona, on=TODAY)

    def died():
        page = Case.objects.select_related("person").get(pk=case.pk)
        return record_death(case=page, died_on=TODAY, told_by="Her brother Tom", by=bea, on=TODAY)

    said = either_way(returned, died)
    assert not [each for each in said if isinstance(each, Exception)]
    assert not Message.objects.exclude(state=MessageState.STOPPED).exists()


def test_a_password_changes_while_an_administrator_saves(mona, ursula, either_way):
    """Whichever is later: the new password stays, and so does what the administrator saved."""
    own, staff = Client(), Client()
    own.force_login(mona)
    staff.force_login(ursula)
    address = f"/staff/{mona.pk}/"
    typed = {"name": mona.name, "roles": ["manager"], "team": mona.team_id, "job_title": "Head of service"}
    typed["sign_off_limit_pence_per_week"] = "1500"
    typed["version"] = version_on(staff.get(address))
    passwords = {"oldpassword": "correct horse battery", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    said = either_way(
        lambda: own.post("/account/password/change/", passwords),
        lambda: staff.post(address, typed),
    )
    assert [answer.status_code for answer in said] == [302, 302]
    mona.refresh_from_db()
    assert mona.check_password(NEW_PASSWORD) and mona.job_title == "Head of service"
