"""The large council of the benches: every copy is whole, and what a council has once stays once."""

import sys
from datetime import date
from pathlib import Path

import click
import pytest

from leeway.access.models import Team, User
from leeway.access.roles import Role
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.models import Case, Person, StoryLine
from leeway.care.planning.models import Way
from leeway.money.budgets.actions import start_budget
from leeway.money.budgets.models import Budget
from leeway.money.payments.queries import findings

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

import council

pytestmark = pytest.mark.django_db


def test_copies_are_whole(case, ada, ada_user, bea, finn, team):
    tell(case=case, kind=Event.DETAILS, by=bea, on=case.opened_on, sentence="Bea rang Ada.")
    counted = [model.objects.count() for model in (Person, Case, Team, StoryLine)]
    finance = User.objects.filter(roles__contains=[Role.FINANCE]).count()
    people = User.objects.filter(roles__contains=[Role.PERSON]).count()

    council.multiply(2)

    assert [model.objects.count() for model in (Person, Case, Team, StoryLine)] == [3 * count for count in counted]
    assert User.objects.filter(roles__contains=[Role.FINANCE]).count() == finance
    assert User.objects.filter(roles__contains=[Role.PERSON]).count() == 3 * people
    copies = Case.objects.exclude(pk=case.pk).select_related("person__user", "worker__team")
    for copy in copies:
        assert copy.person_id != ada.pk
        assert copy.person.family_name == ada.family_name
        assert copy.worker.email.endswith(f"-{bea.email}")
        assert copy.worker.team_id == copy.team_id != team.pk
        assert [line.by_id for line in copy.story.all()] == [copy.worker_id] * case.story.count()
    assert len({copy.team_id for copy in copies}) == 2
    Team.objects.create(name="A team that comes after")


def test_a_copy_that_points_at_nothing_is_refused(case, monkeypatch):
    insert = council.Copying.insert

    def forget_people(self, model, copies):
        return "SELECT 1" if model is Person else insert(self, model, copies)

    monkeypatch.setattr(council.Copying, "insert", forget_people)
    with pytest.raises(click.ClickException, match="would point at nothing"):
        council.multiply(1)


def test_a_copy_says_what_its_history_says_and_names_its_own_decisions(case, ada_user, bea, agree, bank, finn):
    plan = agree(case, (Way.DIRECT_PAYMENT, 80_00, 0))
    bank(case, account_number="12345678", name="Ada Example")
    start_budget(plan=plan, by=finn, on=date(2026, 4, 1))
    council.multiply(1)
    assert Budget.objects.count() == 2 and list(findings()) == []
