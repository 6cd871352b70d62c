"""What the operator does at the command line: the first administrator, teams, a lost second factor."""

import pytest
from allauth.mfa.models import Authenticator

from leeway.access import operator
from leeway.access.roles import Role
from leeway.refusal import Refusal


def test_the_first_administrator_has_no_password_until_they_set_one(db):
    user = operator.add_administrator(email="Sam@Council.example", name="Sam Reed")
    assert (user.email, user.roles, user.has_usable_password()) == ("sam@council.example", [Role.ADMINISTRATOR], False)
    with pytest.raises(Refusal, match="already"):
        operator.add_administrator(email="sam@council.example", name="Sam Reed")
    with pytest.raises(Refusal, match="not an email address"):
        operator.add_administrator(email="sam", name="Sam Reed")
    with pytest.raises(Refusal, match="100 characters or fewer"):
        operator.add_administrator(email="pat@council.example", name="P" * 101)


def test_a_team_is_added_once(db):
    assert operator.add_team(name=" North team ").name == "North team"
    with pytest.raises(Refusal, match="already"):
        operator.add_team(name="north TEAM")
    with pytest.raises(Refusal, match="100 characters or fewer"):
        operator.add_team(name="N" * 101)


def test_a_lost_second_factor_is_forgotten(bea):
    Authenticator.objects.create(user=bea, type=Authenticator.Type.TOTP, data={"secret": "x"})
    operator.forget_second_factor(email="BEA@council.example")
    assert not Authenticator.objects.filter(user=bea).exists()
    with pytest.raises(Refusal, match="Nobody signs in"):
        operator.forget_second_factor(email="nobody@council.example")
