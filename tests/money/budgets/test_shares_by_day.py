"""What is owed for a day is the charge in force on it, whoever was paid what for it already."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.planning.models import Way
from leeway.money.bills.actions.making import make_bills
from leeway.money.bills.models import Bill
from leeway.money.bills.standing import overdue
from leeway.money.budgets.actions import end_budget, fund_next_year, start_budget
from leeway.money.budgets.actions.funding import let_days_gone_fall_due
from leeway.money.budgets.actions.starting import go_on
from leeway.money.budgets.models import Budget, Ending, Funding
from leeway.money.budgets.replay import replay
from leeway.money.contributions.actions import let_fall_due
from leeway.money.funders.models import Purse
from leeway.money.funders.queries import attributed
from leeway.money.ledger.actions import NewTransfer, fall_due
from leeway.money.ledger.models import Kind, Reason, Transfer
from leeway.money.payments.making import NothingToPay, make_run
from leeway.money.payments.queries import findings
from tests.conftest import SET_UP_ON

DP, MANAGED, FUND = Way.DIRECT_PAYMENT, Way.COUNCIL_MANAGED, Way.SERVICE_FUND
STARTS, PERIOD = date(2026, 4, 27), timedelta(weeks=4)  # the first day of a pay period
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
EIGHT_WEEKS = STARTS + 2 * PERIOD - DAY
PENCE_OF_ROUNDING = 3  # a budget, as `verify` has it


def owed(case, kind=Kind.OWED_BY_PERSON, until=None):
    """What a payer owes of a case, and nothing was received."""
    rows = Transfer.objects.filter(reason__in=(Reason.FELL_DUE, Reason.NO_LONGER_DUE))
    rows = rows.filter(effective_date__lte=until) if until else rows
    due = sum(rows.filter(credit__kind=kind, credit__case=case).values_list("amount_pence", flat=True))
    return due - sum(rows.filter(debit__kind=kind, debit__case=case).values_list("amount_pence", flat=True))


def proved():
    assert list(findings()) == []
    assert [answer for answer in replay() if answer] == []
    return True


@pytest.fixture
def change(finn, mona):
    """Have a case's budget go on at another charge from a day, as a decision has it."""

    def changed(case, day, pence, on):
        budget = Budget.objects.select_related("case__person", "plan__final_budget", "charge").get(
            case=case, ending=None
        )
        charge = Decision.objects.create(
            case=case, kind=DecisionKind.CHARGE, law_on=day, because=["the mistake is put right"],
            inputs=budget.charge.inputs, result=budget.charge.result | {"charge_pence_per_week": pence}, steps=[],
            reasons=[], software_version="test", decided_by=mona, decided_on=on,
        )  # fmt: skip
        budget.plan.charges.add(charge)
        later = go_on(budget, charge, finn, on)
        let_days_gone_fall_due(case, on)
        return later

    return changed


@pytest.fixture
def pay(finn, sent):
    """Pay what is due in a week's time."""

    def paid(on):
        try:
            sent(make_run(pay_on=on + WEEK, by=finn, on=on), on)
        except NothingToPay:
            return

    return paid


@pytest.fixture
def begin(agree, bank, finn):
    """Set a budget of £140.01 a week up, held in one way, of which the NHS pays a percentage."""

    def begun(case, way, charge_pence, nhs=0):
        if way != MANAGED:
            bank(case, way, account_number="12345678" if way == DP else "87654321")
        plan = agree(case, (way, 140_01, nhs), charge_pence=charge_pence, starts_on=STARTS)
        return start_budget(plan=plan, by=finn, on=SET_UP_ON)

    return begun


def test_a_charge_that_changes_on_days_paid_for_already_is_owed_by_its_own_days(case, begin, pay, change):
    """The example of the fault: £20 a week for eight weeks, made £10 from the second day, is £81.43 and not £160.00."""
    begin(case, FUND, 20_00)
    pay(STARTS - 5 * DAY)
    pay(STARTS + PERIOD - 5 * DAY)
    let_fall_due(on=EIGHT_WEEKS)
    assert owed(case) == 160_00
    change(case, STARTS + DAY, 10_00, EIGHT_WEEKS)
    assert owed(case) == 81_43
    assert proved()


def test_a_later_bill_carries_the_difference_with_its_cause(case, begin, pay, change):
    begin(case, FUND, 20_00)
    pay(STARTS - 5 * DAY)
    let_fall_due(on=STARTS + PERIOD)
    make_bills(on=STARTS + PERIOD)
    change(case, STARTS + DAY, 10_00, STARTS + PERIOD + DAY)
    assert list(overdue(Bill.objects.all(), STARTS + PERIOD + DAY).values()) == [41_43]
    let_fall_due(on=EIGHT_WEEKS)
    make_bills(on=EIGHT_WEEKS + DAY)
    first, second = Bill.objects.order_by("number")
    assert (first.to_pay_pence, second.to_pay_pence) == (80_00, 81_43)
    lines = [(line.starts_on, line.ends_on, line.amount_pence) for line in second.lines.order_by("amount_pence")]
    assert (STARTS + DAY, STARTS + PERIOD - DAY, -77_14) in lines
    assert any("the mistake is put right" in line.words for line in second.lines.all())
    assert proved()


def test_what_is_undone_is_as_if_it_had_never_been(case, begin, pay, change):
    begin(case, FUND, 20_00)
    pay(STARTS - 5 * DAY)
    let_fall_due(on=STARTS)
    change(case, STARTS + DAY, 10_00, STARTS + WEEK)
    change(case, STARTS + DAY, 20_00, STARTS + WEEK)
    assert owed(case) == 80_00
    assert proved()


def test_each_day_is_paid_by_the_shares_of_the_budget_that_has_it(case, begin, pay, change):
    """So a pool, a funder's year and the return read the same of a day as the person's bill does."""
    begin(case, FUND, 20_00, nhs=50)
    pay(STARTS - 5 * DAY)
    change(case, STARTS + WEEK, 10_00, STARTS + WEEK)
    let_fall_due(on=STARTS + PERIOD - DAY)
    for first, last, charge in ((STARTS, STARTS + WEEK - DAY, 20_00), (STARTS + WEEK, STARTS + PERIOD - DAY, 30_00)):
        pence = dict.fromkeys(Purse, 0)
        for row in attributed(first, last, cases=[case.pk]):
            pence[row.purse] += row.pence
        weeks = ((last - first).days + 1) // 7
        assert abs(pence[Purse.PERSON] - charge) <= 1 and abs(pence[Purse.NHS] - 70_00 * weeks) <= 1
        assert sum(pence.values()) == 140_01 * weeks


def test_a_fund_whose_place_another_way_takes_is_not_owed_for_beside_it(case, begin, pay, agree, bank, finn):
    """From the first day of a direct payment the person pays into that: the provider's days are not charged twice."""
    begin(case, FUND, 20_00)
    pay(STARTS - 5 * DAY)
    let_fall_due(on=STARTS)
    bank(case, DP)
    case.refresh_from_db()
    plan = agree(case, (DP, 140_01, 0), charge_pence=20_00, starts_on=STARTS + WEEK, number=2)
    start_budget(plan=plan, by=finn, on=STARTS + WEEK)
    assert owed(case) == 20_00
    assert proved()


def test_an_end_after_a_change_ends_what_is_owed(case, begin, pay, change, finn):
    begin(case, FUND, 20_00)
    pay(STARTS - 5 * DAY)
    let_fall_due(on=STARTS)
    later = change(case, STARTS + WEEK, 10_00, STARTS + WEEK)
    let_fall_due(on=STARTS + WEEK)
    assert owed(case) == 50_00
    end_budget(
        cover="Her family, from then on",
        budget=later,
        ends_on=STARTS + 2 * WEEK - DAY,
        reason="Moved away",
        by=finn,
        on=STARTS + 2 * WEEK,
    )
    assert owed(case) == 30_00
    assert proved()


def test_what_is_not_funded_yet_is_not_asked_for(case, agree, finn):
    """A start dated back over a year's end: the days after it are owed once they are funded."""
    start_budget(
        plan=agree(case, (MANAGED, 140_01, 30), charge_pence=20_00, starts_on=date(2025, 2, 3)), by=finn, on=SET_UP_ON
    )
    let_fall_due(on=EIGHT_WEEKS)
    funding = Funding.objects.get()
    assert abs(owed(case) - 20_00 * ((funding.ends_on - funding.starts_on).days + 1) / 7) <= PENCE_OF_ROUNDING
    assert proved()


def test_what_was_paid_for_more_than_the_year_is_counted_in_the_next(case, begin, pay, agree, finn):
    """A much cheaper plan at the year's end: the provider has money for more of its weeks than are funded yet."""
    begin(case, FUND, 20_00)
    last = date(2027, 3, 29)  # the last period of the year is paid
    for week in range((last - STARTS).days // 7 + 1):
        pay(STARTS - 5 * DAY + week * WEEK)
    case.refresh_from_db()
    plan = agree(case, (FUND, 20_01, 0), charge_pence=5_00, starts_on=last + DAY, number=2)
    new = start_budget(plan=plan, by=finn, on=last + WEEK)
    assert proved()
    fund_next_year(budget=new, by=finn, on=last + WEEK)
    before = Ending.objects.get(budget__plan__number=1)
    counted = Funding.objects.filter(part__budget=new).values_list("paid_before_pence", flat=True)
    assert len(counted) == 2 and sum(counted) == before.paid_beyond_pence > 0
    let_fall_due(on=last + PERIOD)
    assert proved()


def test_verify_finds_what_fell_due_for_days_that_another_budget_has(case, begin, pay, change):
    """The fault as it was: the old amount is owed for the days that were paid. Nothing said so."""
    begin(case, FUND, 20_00)
    pay(STARTS - 5 * DAY)
    change(case, STARTS + WEEK, 10_00, SET_UP_ON)
    let_fall_due(on=STARTS)
    funding = Funding.objects.get(part__budget__starts_on=STARTS)
    fell = Transfer.objects.get(about=funding.pk, reason=Reason.FELL_DUE)
    more = NewTransfer(
        id=uuid4(), debit=fell.debit_id, credit=fell.credit_id, amount_pence=60_00, reason=Reason.FELL_DUE,
        effective_date=STARTS + DAY, about=funding.pk,
    )  # fmt: skip
    fall_due(new=[more], on=STARTS + DAY)
    told = "Of what the person pays of part"
    assert any(each.startswith(told) and "come to 2000" in each for each in findings())


#: Some weeks on; from which day on, counted from that day; what is paid a week from then on.
STEPS = some.lists(
    some.tuples(some.integers(0, 5), some.integers(-60, 40), some.integers(0, 90_00)), min_size=1, max_size=4
)


@given(way=some.sampled_from([FUND, FUND, DP]), charge=some.integers(0, 90_00), steps=STEPS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_changes_each_day_is_owed_at_the_charge_in_force(
    way, charge, steps, begin, pay, change, another_case, finn
):
    """Beside a managed account, of which nothing is paid ahead, and beside the days one by one."""
    with transaction.atomic():
        held, beside = another_case("Ada"), another_case("Bo")
        for each, its in ((held, way), (beside, MANAGED)):
            begin(each, its, charge, nhs=30)
        on, until = STARTS - 5 * DAY, STARTS + 10 * PERIOD - DAY
        in_force = dict.fromkeys((STARTS + DAY * day for day in range((until - STARTS).days + 1)), charge)
        for weeks, shift, pence in steps:
            on += weeks * WEEK
            let_fall_due(on=on)
            pay(on)
            day = max(on + shift * DAY, Budget.objects.get(case=held, ending=None).starts_on)
            for each in (held, beside):
                change(each, day, pence, on)
            in_force |= {each: pence for each in in_force if each >= day}
        let_fall_due(on=until)
        rounding = PENCE_OF_ROUNDING * (len(steps) + 1)
        if way == FUND:
            assert owed(held) == owed(beside)
            assert owed(held, Kind.OWED_BY_NHS) == owed(beside, Kind.OWED_BY_NHS)
        assert abs(owed(beside) - sum(in_force.values()) / 7) <= rounding
        nhs = 140_01 * 30 // 100
        assert abs(owed(held, Kind.OWED_BY_NHS) - nhs * len(in_force) / 7) <= rounding
        assert proved()
        transaction.set_rollback(True)
