"""Days in hospital that are paid on and not charged, so that an assistant is there when the person comes home."""

from datetime import date

import pytest

from leeway.care.assessment.models import FinancialAssessment
from leeway.care.assessment.queries import preview_charge
from leeway.care.circumstances.actions import record_stay
from leeway.care.decisions.replay import replay as replay_decisions
from leeway.care.letters.content import letter_of
from leeway.care.people.events import Event
from leeway.care.planning.models import Way
from leeway.care.planning.queries import charges_of
from leeway.messages.models import Message
from leeway.money.budgets.actions import pay_days_on, place_hold, start_budget
from leeway.money.budgets.models import HoldKind, Instalment
from leeway.money.budgets.replay import replay
from leeway.money.budgets.schedule import days_pence
from leeway.money.contributions.actions import let_fall_due
from leeway.money.contributions.queries import changes
from leeway.money.ledger.models import Transfer
from leeway.money.payments.making import make_run
from leeway.money.payments.queries import findings
from leeway.refusal import NotAllowed, Refusal
from tests.care.letters.reading import words

SET_UP, ON, STARTS = date(2026, 4, 1), date(2026, 4, 20), date(2026, 4, 22)
IN, OUT, HOME = date(2026, 5, 4), date(2026, 5, 17), date(2026, 5, 18)  # two weeks
WHY = "Her assistant Ines is kept, so that she comes back to her."
MEANS = {
    "household": "single",
    "dependent_children": 0,
    "premiums": [],
    "income": [{"kind": "private_pension", "pence_per_week": 260_00}],
    "capital_pence": 0,
}


@pytest.fixture
def started(case, agree, bank, finn, bea):
    """Ada's budget of £300 a week, held in one way, which she pays a part of; and her two weeks in hospital."""

    def start(way, **means):
        FinancialAssessment.objects.create(
            case=case, started_on=SET_UP, completed_on=SET_UP, basis="full", means=MEANS | means
        )
        pays = preview_charge(case=case, personal_budget_pence_per_week=300_00, on=STARTS)
        plan = agree(case, (way, 300_00, 0), charge_pence=pays.result["charge_pence_per_week"])
        bank(case)
        budget = start_budget(plan=plan, by=finn, on=SET_UP)
        stay = {"kind": "hospital", "place": "", "starts_on": IN, "ends_on": OUT, "told_by": "Her sister"}
        record_stay(case=case, **stay, by=bea, on=HOME)
        return budget

    return start


@pytest.fixture
def hold(finn):
    return lambda budget: place_hold(
        budget=budget, kind=HoldKind.HOSPITAL, reason="Is ill", last_on=HOME, by=finn, on=HOME
    )


def test_a_direct_payment_is_whole_for_the_days_and_what_was_paid_counts(started, hold, case, finn, paid):
    """The four weeks from 27 April were paid less her charge: two weeks' charge comes with the next payment."""
    budget = started(Way.DIRECT_PAYMENT)
    charge = budget.charge_pence_per_week
    paid(make_run(pay_on=date(2026, 4, 27), by=finn, on=ON), ON)
    dues = Instalment.objects.filter(kind="regular", cancellation=None)
    before = sum(each.amount_pence for each in dues.all())
    held = hold(budget)
    after = pay_days_on(hold=held, starts_on=IN, ends_on=OUT, reason=WHY, by=finn, on=HOME)
    assert (after.starts_on, after.charge_pence_per_week) == (HOME, charge)
    assert [(each.law_on, each.result["charge_pence_per_week"]) for each in charges_of(budget.plan)] == [
        (STARTS, charge),
        (IN, 0),
        (HOME, charge),
    ]
    gross, net = days_pence(300_00, 14), days_pence(300_00 - charge, 14)
    assert 0 <= sum(each.amount_pence for each in dues.all()) - before - (gross - net) <= 2  # a part of a penny a cut
    held.refresh_from_db()
    assert (held.lifted_on, held.days_because, held.left_out_from) == (HOME, WHY, None)
    assert list(findings()) == []
    assert [answer for answer in replay() if answer] == []
    decided = {str(each.pk) for each in charges_of(budget.plan)[1:]}  # the first is the fixture's, by no rule
    assert not decided & {answer.decision_id for answer in replay_decisions() if answer}
    assert not changes(seen_by=finn, on=HOME)


def test_the_charge_does_not_fall_due_for_the_days_and_what_fell_due_is_taken_back(started, hold, finn):
    budget = started(Way.COUNCIL_MANAGED)
    let_fall_due(on=HOME)
    pay_days_on(hold=hold(budget), starts_on=IN, ends_on=OUT, reason=WHY, by=finn, on=HOME)
    let_fall_due(on=date(2026, 6, 21))
    due = Transfer.objects.filter(reason="fell_due", credit__kind="owed_by_person")
    back = Transfer.objects.filter(reason="no_longer_due", debit__kind="owed_by_person")
    charged = sum(each.amount_pence for each in due) - sum(each.amount_pence for each in back)
    days = (date(2026, 6, 21) - STARTS).days + 1 - 14
    assert abs(charged - budget.charge_pence_per_week * days / 7) <= 2
    assert list(findings()) == []


def test_the_person_is_told_why_in_the_story_the_letter_and_a_notice(started, hold, case, finn):
    budget = started(Way.DIRECT_PAYMENT)
    pay_days_on(hold=hold(budget), starts_on=IN, ends_on=OUT, reason=WHY, by=finn, on=HOME)
    lifted = case.story.get(kind=Event.HOLD_LIFTED).sentence
    assert f"From 4 May 2026 to 17 May 2026: support is paid on, and nothing is charged. {WHY}" in lifted
    first, second = charges_of(budget.plan)[1:]
    told = words(letter_of(first))
    assert "the council may charge, and asks for nothing here" in told and WHY.rstrip(".") in told
    assert "nothing is asked for the days until 17 May 2026" in told
    assert "the days are over for which nothing was asked" in words(letter_of(second))
    assert Message.objects.filter(template="decision_ready", case_id=case.pk).exists()


def test_what_cannot_be_is_refused(started, hold, finn, bea):
    budget = started(Way.DIRECT_PAYMENT)
    held = hold(budget)
    days = {"hold": held, "starts_on": IN, "ends_on": OUT, "reason": WHY, "on": HOME}
    with pytest.raises(NotAllowed):
        pay_days_on(**days, by=bea)
    with pytest.raises(Refusal, match="Say why these days are paid on"):
        pay_days_on(**(days | {"reason": " "}), by=finn)
    with pytest.raises(Refusal, match="No stay that is on record"):
        pay_days_on(**(days | {"starts_on": date(2026, 5, 3)}), by=finn)
    FinancialAssessment.objects.create(
        case=budget.case, started_on=date(2026, 5, 6), completed_on=date(2026, 5, 6), basis="full",
        means=MEANS | {"income": [{"kind": "private_pension", "pence_per_week": 280_00}]},
    )  # fmt: skip
    with pytest.raises(Refusal, match="changes on 6 May 2026, and that is not decided yet"):
        pay_days_on(**days, by=finn)
    held.refresh_from_db()
    assert held.lifted_on is None and len(charges_of(budget.plan)) == 1


def test_who_pays_nothing_is_asked_for_nothing_already(started, hold, finn):
    budget = started(Way.DIRECT_PAYMENT, income=[])
    with pytest.raises(Refusal, match="pays nothing as it is"):
        pay_days_on(hold=hold(budget), starts_on=IN, ends_on=OUT, reason=WHY, by=finn, on=HOME)
