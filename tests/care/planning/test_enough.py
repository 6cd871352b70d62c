"""Whether a direct payment is enough to employ an assistant lawfully: shown while planning, and asked at sign-off."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from leeway.care.planning import actions
from leeway.care.planning.enough import Enough, enough_to_employ
from leeway.law import compute
from leeway.market.contracts.actions import record_rate
from leeway.market.listings.models import Kind, Provider, Service
from leeway.refusal import Refusal
from tests.care.conftest import TODAY

pytestmark = pytest.mark.django_db
WHY = "The assistant is self-employed, and this is her own price."


@pytest.fixture
def hired(submitted):
    """A plan with a manager whose one line is an assistant at a price, so many hours a week."""
    provider = Provider.objects.create(name="Priya Nair")
    assistant = Service.objects.create(
        provider=provider, name="Priya Nair", kinds=[Kind.PERSONAL_ASSISTANT], regulated=False, last_checked_on=TODAY
    )

    def at(pence, hours=10, **more):
        details = {"service": assistant, "unit": "hour", "frequency": "weekly", "unit_cost_pence": pence}
        submitted.lines.update(units=Decimal(hours), **details | more)
        return submitted

    return at


def sign(plan, mona, final_pence, reason=""):
    return actions.sign_off(
        plan=plan, version=plan.version, final_pence_per_week=final_pence, reason=reason, by=mona, on=TODAY
    )


def test_what_employing_costs_is_that_of_the_rule(hired):
    """The least wage of 2026-27 is £12.71 (source: the National Minimum Wage rates); all else is the law's rule."""
    found = enough_to_employ(list(hired(18_50).lines.all()), TODAY)
    job = {
        "hourly_pence": 12_71, "minutes_a_week": 600, "paid_every": "four_weeks", "worker_born": "1996-12-07",
        "started_on": "2026-12-07", "claims_allowance": False, "hours_vary": False,
    }  # fmt: skip
    assert found.least_pence == compute("employ", job, date(2026, 12, 7)).result["week_pence"]
    assert (found.wage_pence, found.planned_pence, found.short_pence) == (12_71, 185_00, 0)
    at_most = compute("employ", job | {"hourly_pence": found.most_wage_pence}, date(2026, 12, 7))
    above = compute("employ", job | {"hourly_pence": found.most_wage_pence + 1}, date(2026, 12, 7))
    assert at_most.result["week_pence"] <= 185_00 < above.result["week_pence"]
    assert "leaves a wage of up to" in str(found)


@pytest.mark.parametrize(
    "other", [{"service": None}, {"unit": "day"}, {"way": "council_managed"}, {"frequency": "once"}]
)
def test_only_hours_of_assistants_held_as_a_direct_payment_count(hired, other):
    assert enough_to_employ(list(hired(18_50, **other).lines.all()), TODAY) is None


def test_what_it_has_for_payroll_is_taken_in(hired):
    plan = hired(13_00)
    line = plan.lines.get()
    payroll = Service.objects.create(
        provider=line.service.provider, name="Pay slips", kinds=[Kind.PAYROLL], regulated=False, last_checked_on=TODAY
    )
    plan.lines.create(
        what="Pay slips", service=payroll, way=line.way, unit="item", units=2, unit_cost_pence=5_25, frequency="weekly"
    )
    assert enough_to_employ(list(plan.lines.all()), TODAY).planned_pence == 140_50


def test_a_fortnightly_hour_is_half_an_hour_a_week(hired):
    found = enough_to_employ(list(hired(18_50, hours=1, frequency="fortnightly").lines.all()), TODAY)
    assert found.minutes_a_week == 30


def test_too_little_is_signed_off_with_a_reason_alone(hired, mona):
    plan = hired(13_00)
    with pytest.raises(Refusal, match=r"a week short\. Return the plan, or say in a sentence how it is enough") as told:
        sign(plan, mona, 130_00)
    assert told.value.field == "reason"
    assert sign(plan, mona, 130_00, WHY).result["pence_per_week"] == 130_00


def test_a_budget_that_is_cut_is_asked_of_what_is_left(hired):
    found = enough_to_employ(list(hired(18_50).lines.all()), TODAY)
    assert found.at(130_00, 185_00) == Enough(600, 130_00, 12_71, date(2026, 12, 7))
    assert found.at(130_00, 185_00).short_pence > 0


def test_what_is_asked_here_stands_beside_it(client, hired, bea):
    plan = hired(18_50)
    assistant, found = plan.lines.get().service, lambda: enough_to_employ(list(plan.lines.all()), TODAY)
    assert found().asked is None
    other = Service.objects.create(
        provider=assistant.provider, name="Sam", kinds=[Kind.PERSONAL_ASSISTANT], regulated=False, last_checked_on=TODAY
    )
    for service, pence in ((assistant, 15_00), (other, 18_01)):
        record_rate(service=service, pence=pence, unit="hour", starts_on=TODAY, by=bea, on=TODAY)
    asked = found().asked
    assert (asked.priced, asked.least_pence, asked.median_pence, asked.most_pence) == (2, 15_00, 16_51, 18_01)
    client.force_login(bea)
    assert (
        "£16.51 in the middle (2 with a price)"
        in client.get(reverse("planning:overview", args=[plan.case_id])).content.decode()
    )


def test_worker_manager_and_person_see_it(client, hired, bea, mona, ada_user):
    plan = hired(13_00)
    for who, page in ((bea, "overview"), (mona, "sign_off"), (ada_user, "overview")):
        client.force_login(who)
        shown = client.get(reverse(f"planning:{page}", args=[plan.case_id])).content.decode()
        assert "Not enough to employ somebody." in shown
        assert ("say in your reasons how it is enough" in shown) == (page == "sign_off")
