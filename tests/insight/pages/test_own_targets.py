"""The council's own targets: set, changed and ended by an analyst, with a history that nobody can rewrite."""

import re
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from leeway.access.roles import Role
from leeway.insight.pages.actions import end_target, set_target
from leeway.insight.pages.models import LocalAccount, OwnGoal
from leeway.insight.pages.queries import own_targets
from leeway.refusal import NotAllowed, Refusal
from tests.insight.pages.conftest import user
from tests.insight.pages.test_waves import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(ana, today):
    """Agree a goal of a target, some days ago."""

    def agree(percent=40.0, *, days_ago=0, by=ana, **changes):
        given = {
            "target": "More direct payments", "measure": "direct-payments", "due_on": today + timedelta(days=400),
            "owner": "The director", "why": f"{percent:g} it is.",
        }  # fmt: skip
        return set_target(**(given | changes), percent=percent, by=by, on=today - timedelta(days=days_ago))

    return agree


def test_a_relaxed_target_keeps_what_it_was(agreed, ana, today):
    agreed(40, days_ago=300)
    agreed(35, days_ago=60, target="more DIRECT payments ")
    end_target(target="More direct payments", why="Reached.", by=ana, on=today)
    [history] = own_targets()
    assert [(goal.percent, goal.ended) for goal in history] == [(40, False), (35, False), (35, True)]
    assert {goal.target for goal in history} == {"More direct payments"}
    with pytest.raises(Refusal, match="no such target"):
        end_target(target="More direct payments", why="Again.", by=ana, on=today)


@pytest.mark.parametrize("statement", ["UPDATE insight_owngoal SET percent = 1", "DELETE FROM insight_owngoal"])
def test_the_database_refuses_to_rewrite_history(agreed, statement):
    agreed()
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        connection.cursor().execute(statement)


def test_what_cannot_be_a_target_is_refused(agreed, today):
    with pytest.raises(Refusal, match="still to come"):
        agreed(due_on=today)
    agreed()
    with pytest.raises(Refusal, match="for another measure"):
        agreed(measure="self-directed")
    assert OwnGoal.objects.count() == 1


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ANALYST}))
def test_nobody_else_sets_or_ends_one(client, agreed, role, today):
    agreed()
    other = user("Other", role)
    with pytest.raises(NotAllowed, match="set or end a target"):
        agreed(by=other)
    with pytest.raises(NotAllowed, match="set or end a target"):
        end_target(target="More direct payments", why="No.", by=other, on=today)
    client.force_login(other)
    for name in ("set_target", "end_target"):
        assert client.get(reverse(f"insight:{name}"), {"target": "More direct payments"}).status_code == 403


def test_an_analyst_sets_changes_and_ends_one_by_its_pages(client, ana, today):
    client.force_login(ana)
    due = today + timedelta(days=500)
    given = {
        "target": "Choice", "measure": "self-directed", "percent": "95", "owner": "The board", "why": "We can.",
        "due_on_day": due.day, "due_on_month": due.month, "due_on_year": due.year,
    }  # fmt: skip
    address = reverse("insight:set_target")
    wrong = told(client.post(address, given | {"percent": "150", "why": "", "due_on_year": "2020"}))
    assert all(words in wrong for words in ("100 percent or less", "Say why.")) and not OwnGoal.objects.exists()
    assert "is kept, with what it was before" in told(client.post(address, given, follow=True))
    assert 'value="95' in client.get(address, {"target": "choice"}).content.decode()
    client.post(address, given | {"percent": "90", "why": "Too soon."})
    page = told(client.get(reverse("insight:targets")))
    for words in ("90% by", "95%", "We can.", "Too soon.", "The board", "Self-directed support"):
        assert words in page
    ended = client.post(f"{reverse('insight:end_target')}?target=Choice", {"why": "Done."}, follow=True)
    assert "Choice (ended)" in told(ended) and "Done." in told(ended)
    assert client.get(reverse("insight:end_target"), {"target": "Choice"}).status_code == 404


@pytest.fixture
def published(ana, today):
    """Publish local accounts that tell the share with a direct payment, a year each, the last in January."""

    def publish(*values: float | None) -> date:
        as_at = date(today.year, 1, 31)
        for place, value in enumerate(reversed(values)):
            rows = [{"measure": "ASCOF 3D(2a)", "breakdown": "all", "value": value}]
            day = as_at.replace(year=as_at.year - place)
            LocalAccount.objects.create(as_at=day, figures=rows, published_on=today, published_by=ana)
        return as_at

    return publish


def test_where_it_stands_and_the_pace_it_takes_are_of_the_councils_own_account(client, ana, agreed, published, today):
    as_at = published(28.7)
    agreed(38.7, due_on=as_at + timedelta(days=731))
    client.force_login(ana)
    page = told(client.get(reverse("insight:targets")))
    assert f"28.7% on 31 January {today.year}. It takes 5.0 points a year." in page
    assert "Not known yet: it needs local accounts of 3 years" in page


def test_no_chance_is_promised_where_there_will_be_none(client, ana, agreed, published, today):
    as_at = published(22.0, 24.0, 26.0)
    agreed(40.0, measure="ascof-4a")
    LocalAccount.objects.create(as_at=as_at.replace(year=today.year + 2), figures=[
        {"measure": "ASCOF 3D(2a)", "breakdown": "all", "value": 26.5}
    ], published_on=today, published_by=ana)  # fmt: skip
    agreed(41.0, target="Past", due_on=today + timedelta(days=1))
    client.force_login(ana)
    page = told(client.get(reverse("insight:targets")))
    assert "Chance of getting there Not known: the local account does not tell this measure." in page
    assert "Chance of getting there None to tell: the figures are of its last day, or later." in page


def test_three_years_of_local_accounts_give_a_chance(client, ana, agreed, published, today):
    as_at = published(22.0, None, 24.0, 26.0)
    march = [{"measure": "ASCOF 3D(2a)", "breakdown": "all", "value": 99.0}]
    day = as_at.replace(year=today.year - 1, month=3)
    LocalAccount.objects.create(as_at=day, figures=march, published_on=today, published_by=ana)
    agreed(27.0, due_on=as_at + timedelta(days=731))
    client.force_login(ana)
    page = told(client.get(reverse("insight:targets")))
    earlier = f"24.0% on 31 January {today.year - 1}, 22.0% on 31 January {today.year - 3}"
    assert f"26.0% on 31 January {today.year}, {earlier}. It takes 0.5 points" in page and "99.0" not in page
    [chance] = re.findall(r"Chance of getting there (\d+)%, by the figures of our own", page)
    assert 50 < int(chance) < 95


def test_a_target_of_at_most_stands_and_is_reached_the_other_way(client, ana, agreed, published, today):
    as_at = published(30.0, 28.0, 26.0)
    agreed(20.0, at_most=True, due_on=as_at + timedelta(days=731))
    agreed(27.0, at_most=True, target="A nearer one", due_on=as_at + timedelta(days=731))
    client.force_login(ana)
    page = told(client.get(reverse("insight:targets")))
    assert "20% or less by" in page and "It takes −3.0 points a year." in page and "It is reached." in page
    form = client.get(reverse("insight:set_target"), {"target": "A nearer one"}).content.decode()
    assert '<option value="less" selected' in form


def test_a_name_that_no_target_can_have_is_just_not_there(client, ana):
    client.force_login(ana)
    assert client.get(reverse("insight:set_target"), {"target": "\0"}).status_code == 200
    assert client.get(reverse("insight:end_target"), {"target": "\0"}).status_code == 404
