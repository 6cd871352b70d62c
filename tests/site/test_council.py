"""A director's first page: the whole council in sums, few queries, and nobody whom a number could point to."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from leeway.access.models import Look, Team, User
from leeway.access.roles import Capability, Role
from leeway.care.planning.models import Way
from leeway.care.planning.waiting import Wait
from leeway.insight.themes.actions import keep_risk
from leeway.money.budgets.actions import start_budget
from leeway.money.figures.actions import set_year_budget
from leeway.money.figures.queries import books, year_at_a_glance
from leeway.money.funders.actions import Pays, add_funder, share_line, the_council
from leeway.money.funders.models import FunderKind
from leeway.money.pools.queries import walk
from leeway.refusal import NotAllowed
from leeway.site.council import _by_team, _in_all
from tests.conftest import SET_UP_ON

STARTS, QUERIES_MAX = date(2026, 4, 22), 25


@pytest.fixture
def dora(db):
    return User.objects.create_user("dora@council.example", name="Dora Quist", roles=[Role.DIRECTOR])


@pytest.fixture
def fiona(db):
    return User.objects.create_user("fiona@council.example", name="Fiona Hale", roles=[Role.FINANCE_MANAGER])


@pytest.fixture
def line(case, agree, finn):
    plan = agree(case, (Way.COUNCIL_MANAGED, 400_00, 0), charge_pence=40_00)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    return plan.lines.get()


def waits(*numbers, days=10):
    return [Wait(None, days, "Physical Support", team, None) for team, many in enumerate(numbers) for _ in range(many)]


def test_a_director_only_sees(dora):
    writes = {Capability.PAY, Capability.SIGN_OFF, Capability.WORK_ON_CASES, Capability.KEEP_BOOKS, Capability.PUBLISH}
    assert not any(dora.can(each) for each in writes | {Capability.SEE_RECORDS, Capability.FOLLOW_CASES})
    with pytest.raises(NotAllowed):
        walk(None, None, None, seen_by=dora)


def test_what_few_wait_for_is_hidden_by_team_and_so_much_more_that_it_stays_so():
    teams = {0: "North", 1: "South", 2: "West"}
    told = dict(_by_team({"plan": waits(2, 20, 11), "review": waits(0, 7, 18)}, teams))
    assert told == {"North": ["hidden", "none"], "South": ["20", "5"], "West": ["hidden", "20"]}
    assert _in_all(waits(3)) == {
        "Wait now": "fewer than 5", "Days so far, the middle one": "hidden", "More than half a year": "hidden",
    }  # fmt: skip
    assert _in_all(waits(8) + waits(6, days=200))["More than half a year"] == "5"


def test_the_year_at_a_glance_is_the_year_of_the_books(line, case, dora, fiona):
    on = STARTS + timedelta(days=40)
    glance, whole = year_at_a_glance(seen_by=dora, on=on), books(seen_by=fiona, on=on)
    assert glance.whole == whole.whole and glance.weeks["The council"] == 360_00
    [group] = [each.name for each in whole.groups]
    assert glance.unplanned == [group] and glance.over_pence is None
    said = {"year": whole.year.starts_on, "client_group": group, "amount_pence": 500_00, "reason": "Agreed in March."}
    set_year_budget(**said, seen=0, by=fiona, on=on)
    assert year_at_a_glance(seen_by=dora, on=on).unplanned == []


def test_the_first_page_tells_of_the_council_and_names_nobody(
    client, dora, fiona, case, line, django_assert_max_num_queries
):
    today = timezone.localdate()
    Team.objects.create(name="South team")
    said = {"cause": "Few assistants answer.", "effect": "Support waits.", "held_by": "A fair each spring."}
    said |= {
        "likelihood": 4,
        "impact": 4,
        "owner": "Fiona",
        "review_on": today + timedelta(days=30),
        "why": "",
        "closed": False,
    }
    keep_risk(risk=None, name="Too few assistants", seen=0, **said, by=fiona, on=today)
    client.force_login(dora)
    with django_assert_max_num_queries(QUERIES_MAX):
        text = client.get(reverse("home")).content.decode()
    for words in ("The council at a glance", "£360.00", "What changed budgets, and why?", "South team"):
        assert words in text
    assert "A high risk (16 of 25): Too few assistants." in text
    assert case.person.family_name not in text and not Look.objects.exists()
    for address in [reverse("case", args=[case.pk]), reverse("people:search")]:
        assert client.get(address).status_code == 403
    for name in ("figures:home", "insight:changes", "themes:risks", "pools:home", "funders:home", "insight:account"):
        assert client.get(reverse(name)).status_code == 200, name


def test_a_funder_is_told_by_year_group_and_way_to_finance_whole_and_to_a_director_without_few(
    client, dora, finn, case, line
):
    facts = {"name": "Winter grant", "means_tested": True, "starts_on": None, "ends_on": None, "purpose": ""}
    grant = add_funder(
        kind=FunderKind.GRANT, code="G1", conditions="", total_pence=None, **facts, by=finn, on=SET_UP_ON
    )
    share_line(
        line=line, starts_on=STARTS, ends_on=None, method="fixed", reason="Agreed at the panel of April",
        pays=[Pays(grant, 50_00), Pays(the_council(on=SET_UP_ON), 50_00)], by=finn, on=SET_UP_ON,
    )  # fmt: skip
    told = {}
    for user in (finn, dora):
        client.force_login(user)
        told[user] = client.get(reverse("funders:show", args=[grant.pk])).content.decode()
        assert "Managed account" in told[user] and "What it paid, by client group" in told[user]
    assert "Ada Bell" in told[finn] and ">hidden<" not in told[finn]
    assert "Ada Bell" not in told[dora] and "for fewer than 5 people" in told[dora]
    assert told[dora].count(">hidden</td>") >= 2 * 2, "amount and people, cut two ways"
    assert set(Look.objects.values_list("viewer_id", flat=True)) == {finn.pk}
    assert client.get(reverse("funders:show_csv", args=[grant.pk])).status_code == 403
