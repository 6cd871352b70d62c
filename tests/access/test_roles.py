"""What each role may do, and which roles nobody holds together: by the form, the action and the database alike."""

from datetime import date
from itertools import combinations

import pytest
from django.db import IntegrityError, transaction

from leeway.access import actions, roles
from leeway.access.access import check_can
from leeway.access.forms import AddUserForm
from leeway.access.models import User
from leeway.access.roles import APART, WHO_CAN, Capability, Role, capabilities_of, why_apart
from leeway.refusal import NotAllowed, Refusal

PAIRS = [list(pair) for pair in combinations(Role, 2)]


@pytest.fixture
def ursula(db):
    return User.objects.create_user("ursula@council.example", name="Ursula Reed", roles=[Role.ADMINISTRATOR])


def test_every_capability_has_its_line_and_somebody_who_may():
    assert set(WHO_CAN) == set(Capability)
    assert all(WHO_CAN.values())


def test_a_role_that_no_line_names_can_do_nothing():
    assert capabilities_of(["broker"]) == frozenset()
    assert capabilities_of([Role.PROVIDER]) == frozenset()


def test_two_roles_can_do_what_either_can(db):
    user = User(roles=[Role.FINANCE, Role.ANALYST])
    assert user.can(Capability.PAY) and user.can(Capability.PUBLISH)
    assert not user.can(Capability.SIGN_OFF)
    assert user.comes_as == "Finance officer and analyst"


def test_a_refusal_names_who_may():
    with pytest.raises(NotAllowed, match="Only a social worker or assessor or a team manager can work on cases"):
        check_can(User(roles=[Role.FINANCE]), Capability.WORK_ON_CASES)


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_roles_kept_apart_are_refused_by_form_action_and_database(ursula, team, pair):
    apart = frozenset(pair) in APART
    details = {"name": "Nils", "email": "nils@council.example", "roles": pair, "team": team, "job_title": ""}
    form = AddUserForm(details | {"team": team.pk})
    if Role.PERSON not in pair:
        assert ("roles" in form.errors) is apart
    try:
        with transaction.atomic():
            actions.add_user(
                details=details | {"sign_off_limit_pence_per_week": 0},
                site_address="https://leeway.example",
                why="They join us on Monday.",
                by=ursula,
                on=date(2026, 11, 23),
            )
    except Refusal as refusal:
        assert apart and refusal.field == "roles"
    else:
        assert not apart
        User.objects.filter(email="nils@council.example").delete()
    try:
        with transaction.atomic():
            User.objects.create_user("nils@council.example", name="Nils", roles=pair)
    except IntegrityError as problem:
        assert apart and "user_roles_kept_apart" in str(problem)
    else:
        assert not apart


@pytest.mark.parametrize("wrong", [[], ["broker"], ["finance", "broker"]])
def test_the_database_knows_no_other_role(db, wrong):
    with pytest.raises(IntegrityError, match="user_has_known_roles"), transaction.atomic():
        User.objects.create_user("nils@council.example", name="Nils", roles=wrong)


def test_nobody_decides_on_money_and_pays_it_and_nobody_gives_roles_and_does_either():
    """What auditors ask, worked out from what each role can do, so that a role moved between lines is caught."""
    decides = {Capability.SIGN_OFF, Capability.HOLD_CASES, Capability.IMPORT_LISTINGS}
    pays = {Capability.PAY, Capability.KEEP_BANK_DETAILS, Capability.START_BUDGETS}
    for pair in map(frozenset, PAIRS):
        can = capabilities_of(pair)
        if can & decides and can & pays:
            assert pair in APART, pair
        if Capability.ADMINISTER in can and (can & pays or can & {Capability.SIGN_OFF, Capability.HOLD_CASES}):
            assert pair in APART, pair
        if capabilities_of([Role.PERSON]) & can and Capability.WORK_FOR_COUNCIL in can and Role.PERSON in pair:
            assert pair in APART, pair


def test_the_reason_names_the_pair():
    assert why_apart([Role.MANAGER, Role.ASSESSOR]) == ""
    assert why_apart([Role.FINANCE, Role.ANALYST, Role.MANAGER]).startswith("“Team manager” and “Finance officer”")
    assert roles.in_words([Role.ANALYST]) == "Analyst"
