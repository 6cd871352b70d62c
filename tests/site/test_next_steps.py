"""What comes next in a case: one press starts it, for those who may; no page only asks to press once more."""

import re

import pytest
from django.urls import reverse

from leeway.access.roles import Role
from leeway.care.assessment.models import Assessment, FinancialAssessment
from leeway.care.people.models import Case
from leeway.care.planning.models import Plan
from leeway.care.review.models import Review
from leeway.site.next_steps import MAY_START, onward
from tests.care.conftest import MEANS, TODAY


def panel(client, address):
    """What a page says comes next."""
    return re.search(r'aria-labelledby="next">.*?</section>', client.get(address).content.decode(), re.DOTALL)[0]


def at(case):
    return reverse("case", args=[case.pk])


STARTS = {
    "assessment:start": ("request", Assessment, "assessment:conversation", []),
    "assessment:money_start": ("planning", FinancialAssessment, "assessment:money_part", ["basis"]),
    "planning:start": ("planning", Plan, "planning:about", []),
}


def in_stage(case, stage, *, money_checked):
    Case.objects.filter(pk=case.pk).update(stage=stage)
    if money_checked:
        checked = {"case": case, "started_on": TODAY, "completed_on": TODAY, "basis": "full", "means": MEANS}
        FinancialAssessment.objects.create(**checked)


def test_every_start_is_tried():
    assert set(STARTS) == set(MAY_START)


@pytest.mark.parametrize("start", STARTS)
def test_one_press_on_the_case_page_starts_it_and_leads_to_its_first_page(start, client, case, bea):
    stage, made, first, rest = STARTS[start]
    in_stage(case, stage, money_checked=start == "planning:start")
    client.force_login(bea)
    assert f'action="{reverse(start, args=[case.pk])}"' in panel(client, at(case))
    begun = made.objects.count()
    assert client.post(reverse(start, args=[case.pk])).url == reverse(first, args=[case.pk, *rest])
    assert made.objects.count() == begun + 1
    assert "<form" not in panel(client, at(case)), "what is begun is carried on with"


@pytest.mark.parametrize("start", STARTS)
def test_whoever_may_not_start_it_is_led_to_where_it_stands(start, case, client, ada_user, cyril):
    in_stage(case, STARTS[start][0], money_checked=start == "planning:start")
    client.force_login(ada_user)
    shown = panel(client, at(case))
    assert "<form" not in shown and "Start" not in shown
    case.refresh_from_db()
    cyril.roles = [Role.ASSESSOR]  # of no team, and not the worker of this case
    elsewhere = onward(case, cyril)
    assert not elsewhere.starts and not elsewhere.button.startswith("Start")


def test_the_money_check_is_started_by_finance_too_and_a_new_one_only_on_its_own_page(case, finn, bea):
    in_stage(case, "planning", money_checked=False)
    case.refresh_from_db()
    assert onward(case, finn).starts and onward(case, bea).starts
    FinancialAssessment.objects.create(case=case, started_on=TODAY)
    assert not onward(case, bea).starts and onward(case, bea).button == "Go to the money check"


def test_a_result_leads_on(client, case, bea, django_assert_max_num_queries):
    """From what the person would pay to the plan; a case whose support runs is asked for nothing there."""
    in_stage(case, "planning", money_checked=True)
    client.force_login(bea)
    result = reverse("assessment:money_result", args=[case.pk])
    with django_assert_max_num_queries(25):
        assert f'action="{reverse("planning:start", args=[case.pk])}"' in panel(client, result)
    Case.objects.filter(pk=case.pk).update(stage="active")
    Review.objects.create(case=case, due_on=TODAY)
    assert "What comes next" not in client.get(result).content.decode()
