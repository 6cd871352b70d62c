"""What is paid is decided for the days that it covers: by the law and the facts of each, from the start on."""

from datetime import date, timedelta

import pytest

from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.decisions.queries import by_days, charge_on, follower
from leeway.care.decisions.replay import replay
from leeway.care.planning import actions
from leeway.care.planning.queries import charges_of, what_is_missing
from leeway.care.planning.replay import replay as replay_budgets
from leeway.law.pension_age import reaches_pension_age_on
from leeway.refusal import Refusal
from tests.care.conftest import TODAY
from tests.care.planning.test_deciding import REASON, sign

STARTS = date(2026, 12, 7)


@pytest.fixture
def born(case):
    """Say when Ada was born."""

    def on(day):
        case.person.date_of_birth = day
        case.person.save(update_fields=["date_of_birth"])

    return on


def answer_of_disregard(case, **answers):
    """A later money check with the same means, and with what is asked of everybody of pension age."""
    financial = case.financial_assessments.get()
    checked = {"case": case, "started_on": TODAY, "completed_on": TODAY, "basis": "full"}
    means = financial.means | {"savings_credit_qualifying_income_pence_per_week": 0} | answers
    type(financial).objects.create(**checked, means=means)


def submit(plan, by, on=TODAY):
    plan.refresh_from_db()
    return actions.submit_plan(plan=plan, version=plan.version, by=by, on=on)


def facts(plan):
    return [(each.law_on, each.inputs["age"], each.inputs["pension_age"]) for each in charges_of(plan)]


def test_pension_age_before_support_starts_counts_from_the_first_day(chosen, bea, born):
    """She reaches it between today and the start: on neither side of that is there a second stretch."""
    born(date(1960, 7, 28))
    assert TODAY < reaches_pension_age_on(date(1960, 7, 28)) < STARTS
    own = (
        "Pension age is reached by then, and the money check does not say what income counts for Savings Credit "
        "or, of a couple, whether the partner’s charge has the savings disregard."
    )
    assert [one.sentence for one in what_is_missing(chosen, TODAY)] == [f"{own} Do a new money check."]
    with pytest.raises(Refusal, match="counts for Savings Credit"):
        submit(chosen, bea)
    answer_of_disregard(chosen.case)
    assert facts(submit(chosen, bea)) == [(STARTS, 66, True)]


def test_a_birthday_soon_after_the_start_is_decided_with_it(chosen, bea, mona, born):
    born(date(2001, 12, 21))
    plan = submit(chosen, bea)
    first, later = charges_of(plan)
    assert (first.law_on, first.inputs["age"], first.because) == (STARTS, 24, [])
    assert (later.law_on, later.inputs["age"]) == (date(2026, 12, 21), 25)
    assert later.because == ["the 25th birthday is reached"] and later.supersedes == first
    pence = [each.result["charge_pence_per_week"] for each in (first, later)]
    assert pence[0] > pence[1] > 0
    decision = sign(plan, mona)
    assert [each["charge_pence_per_week"] for each in decision.result["stretches"]] == pence
    assert all(
        each["charge_pence_per_week"] + each["council_pence_per_week"] == 185_00
        for each in decision.result["stretches"]
    )
    assert any("From 21 December 2026" in said and "25th birthday" in said for said in decision.reasons)
    assert decision.inputs["charge_decisions"] == [str(first.pk), str(later.pk)]
    assert not [
        answer for found in (replay, replay_budgets) for answer in found() if answer and answer.rule != "allocation"
    ]


def test_which_charge_counts_on_which_day(chosen, bea, born):
    born(date(2001, 12, 21))
    first, later = charges_of(submit(chosen, bea))
    for day, counts in [(TODAY, first), (STARTS, first), (date(2026, 12, 20), first), (date(2026, 12, 21), later)]:
        assert charge_on(chosen.case, day) == counts
    assert follower(first) == later and first.is_followed_by(later) and follower(later) is None


def test_a_charge_decided_anew_takes_the_place_of_all_from_its_day_on(chosen, bea, mona, born):
    born(date(2001, 12, 21))
    plan = submit(chosen, bea)
    before = charges_of(plan)
    sign(plan, mona, pence=180_00, reason=REASON)
    after = charges_of(plan)
    assert not set(before) & set(after) and len(after) == 2
    assert by_days(Decision.objects.filter(kind=DecisionKind.CHARGE)) == after
    first = Decision.objects.get(pk=before[0].pk)
    assert follower(first) == after[0] and not first.is_followed_by(after[0])


def test_what_was_decided_at_submission_stands_at_sign_off_where_nothing_changed(submitted, mona):
    before = charges_of(submitted)
    sign(submitted, mona)
    assert charges_of(submitted) == before


def test_the_birth_date_put_right_before_sign_off_is_charged_by(submitted, mona, born):
    born(date(1940, 1, 1))
    answer_of_disregard(submitted.case)
    sign(submitted, mona)
    assert facts(submitted) == [(STARTS, 86, True)]


def test_a_start_dated_back_has_the_figures_of_each_year(chosen, case, bea):
    case.opened_on = date(2026, 2, 2)
    case.save(update_fields=["opened_on"])
    actions.set_start(plan=chosen, version=chosen.version, starts_on=date(2026, 3, 2), by=bea, on=TODAY)
    march, april = charges_of(submit(chosen, bea))
    assert (march.law_on, april.law_on) == (date(2026, 3, 2), date(2026, 4, 6))
    assert march.law_digest != april.law_digest


def test_a_plan_is_ready_before_the_18th_birthday_on_which_support_starts(chosen, bea, mona, born):
    born(date(2008, 12, 7))
    assert chosen.case.person.birth.age(TODAY) == 17
    plan = submit(chosen, bea)
    assert facts(plan) == [(STARTS, 18, False)]
    assert sign(plan, mona).result["starts_on"] == "2026-12-07"


def test_support_for_adults_starts_on_the_18th_birthday_or_later(draft, bea, born):
    born(date(2008, 12, 8))
    with pytest.raises(Refusal, match="18th birthday, 8 December 2026") as refusal:
        actions.set_start(plan=draft, version=draft.version, starts_on=STARTS, by=bea, on=TODAY)
    assert refusal.value.field == "starts_on"


def test_money_received_counts_once_its_weeks_are_over(chosen, planning_case, bea):
    """Fifty weeks old when asked: left out until the day that is 52 weeks later, and full cost from the day after."""
    financial = planning_case.financial_assessments.get()
    item = {"kind": "benefit_arrears", "pence": 30_000_00, "owners": 1}
    item["received_on"] = (TODAY - timedelta(weeks=50)).isoformat()
    type(financial).objects.bulk_create(
        [
            type(financial)(
                case=planning_case,
                started_on=TODAY,
                completed_on=TODAY,
                basis="full",
                means=financial.means | {"capital_items": [item]},
            )
        ]
    )
    first, later = charges_of(submit(chosen, bea))
    assert later.law_on == TODAY + timedelta(weeks=2, days=1) and "arrears of benefits" in later.because[0].lower()
    assert later.result["full_cost"] and not first.result["full_cost"]


def test_capital_given_away_falls_week_by_week(chosen, planning_case, bea):
    """£24,000 counted from the first day: full cost until it is within the limit, and each later fall a stretch."""
    financial = planning_case.financial_assessments.get()
    gift = {"kind": "notional_capital", "pence": 24_000_00, "to_avoid_charges": True}
    gift |= {"counted_from": STARTS.isoformat(), "given_to": "Her son", "their_reason": "For his house"}
    means = financial.means | {"capital_items": [gift]}
    checked = {"case": planning_case, "started_on": TODAY, "completed_on": TODAY, "basis": "full", "means": means}
    type(financial).objects.bulk_create([type(financial)(**checked)])
    charges = charges_of(submit(chosen, bea))
    assert charges[0].result["full_cost"] and not charges[-1].result["full_cost"]
    assert "given away falls" in charges[1].because[0]
    left = [charge.result["notional_capital_left_pence"] for charge in charges]
    assert left == sorted(left, reverse=True) and left[0] == 24_000_00


def test_the_partners_pension_age_is_a_stretch_of_its_own(chosen, planning_case, bea):
    financial = planning_case.financial_assessments.get()
    couple = financial.means | {"household": "couple", "premiums": []}
    couple |= {"savings_credit_qualifying_income_pence_per_week": 0, "partner_has_savings_disregard": False}
    day = date(2027, 1, 6)  # 66 years and 5 months
    type(financial).objects.create(
        case=planning_case,
        started_on=TODAY,
        completed_on=TODAY,
        basis="full",
        means=couple,
        partner_born_on=date(1960, 8, 6),
    )
    assert facts(submit(chosen, bea)) == [(STARTS, 34, False), (day, 34, True)]
    assert charges_of(chosen)[1].because == ["the partner reaches pension age"]
