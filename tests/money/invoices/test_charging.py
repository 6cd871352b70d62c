"""A person pays no more of a week than what was delivered in it cost: once, dated to it, and back where that changes.

The facts are those of complaints that were upheld: billed the whole charge for weeks in which carers did not come.
"""

from datetime import date, timedelta
from itertools import pairwise
from uuid import uuid4

import pgtrigger
import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from leeway.jobs.kinds import KINDS
from leeway.money.bills.models import Bill
from leeway.money.bills.standing import overdue
from leeway.money.budgets.actions import end_budget
from leeway.money.budgets.dues import weeks_charged
from leeway.money.budgets.models import Budget, Funding, NotCharged, Part
from leeway.money.budgets.schedule import instalments, period_end
from leeway.money.contributions.actions import let_fall_due
from leeway.money.funders.models import Purse
from leeway.money.funders.queries import attributed, attributed_in
from leeway.money.invoices.actions import (
    NewLine,
    NewVisit,
    agree_invoice,
    answer_dispute,
    compare_invoice,
    enter_visit,
    receive_invoice,
    settle_visit,
)
from leeway.money.invoices.actions.charging import charge_everybody_as_delivered
from leeway.money.invoices.charging import Line, Piece, Told, of_week
from leeway.money.invoices.kinds import Answered, Happened
from leeway.money.invoices.models import Dispute, Visit
from leeway.money.ledger.queries import balance, trial_balance
from leeway.money.proving import findings
from leeway.period import Period
from tests.money.bills.conftest import night, owed

pytestmark = pytest.mark.django_db
ANCHOR, MONDAY, ON = date(2026, 3, 30), date(2026, 5, 4), date(2026, 6, 1)
BILLED = date(2026, 5, 25)  # of the period from 27 April to 24 May
MISSED, GIVEN, SHORT = Happened.MISSED, Happened.DELIVERED, Happened.CUT_SHORT


def told(provider, by, *happened, monday=MONDAY, minutes=60, on=ON):
    """A visit of an hour on each day of a week, from its Monday on, at £20."""
    for place, each in enumerate(happened):
        day = monday + timedelta(days=place)
        length = {MISSED: None, SHORT: 30}.get(each, minutes)
        new = NewVisit(
            day=day, happened=each, reference=f"V{day:%m%d}", name="Ada Bell", planned_minutes=minutes, minutes=length
        )
        enter_visit(provider=provider, new=new, shown_by="Log of the tag at the door", by=by, on=on)


def billed(provider, by, *places, monday=MONDAY, number="INV-1", pence=20_00, days=7, on=ON):
    """An invoice for a week, or more, that bills the visits of these days of it, compared and agreed."""
    last, visited = monday + timedelta(days=days - 1), [monday + timedelta(days=place) for place in places]
    lines = [
        NewLine(day=day, claimed_pence=pence, visit_reference=f"V{day:%m%d}", name="Ada Bell", minutes=60)
        for day in visited
    ]
    invoice = receive_invoice(
        provider=provider, number=number, issued_on=on, received_on=on, starts_on=monday,
        ends_on=last, total_pence=pence * len(visited), lines=lines, by=by, on=on,
    )  # fmt: skip
    invoice = compare_invoice(invoice=invoice, by=by, on=on)
    due = sum(line.due_pence for line in invoice.lines.all())
    return agree_invoice(invoice=invoice, seen_pence=due, by=by, on=on)


@pytest.fixture
def budget(case, managed):
    """Seven hours a week at £20, of which Ada pays £80; she was billed for the first four weeks."""
    made = managed(case, charge_pence=80_00)
    let_fall_due(on=MONDAY)
    return made


def test_whoever_was_missed_pays_what_the_rest_cost(budget, provider, finn):
    owes, aside = owed(budget.case), balance(budget.committed)
    told(provider, finn, GIVEN, MISSED, MISSED, GIVEN, MISSED, MISSED, GIVEN)
    billed(provider, finn, 0, 3, 6)
    less = NotCharged.objects.get()
    assert (less.starts_on, less.ends_on, less.charged_pence, less.pence) == (MONDAY, date(2026, 5, 10), 80_00, 20_00)
    assert (
        less.words == "4 of 7 visits of this week did not come. You pay no more than the cost of the support that came."
    )
    assert owed(budget.case) == owes - 20_00  # £60 for three hours, and not £80
    assert balance(budget.committed) == aside - 60_00 - 20_00
    assert not list(findings()) and not sum(trial_balance().values())
    assert charge_everybody_as_delivered(on=ON) == 0 and NotCharged.objects.count() == 1


@pytest.mark.parametrize("happened", [[GIVEN] * 7, [GIVEN] * 4 + [MISSED] * 3])
def test_whoever_got_as_much_as_they_pay_for_pays_it(budget, provider, finn, happened):
    told(provider, finn, *happened)
    billed(provider, finn, *(place for place, each in enumerate(happened) if each == GIVEN))
    assert not NotCharged.objects.exists() and not list(findings())


def test_a_week_in_which_nobody_came_is_not_charged_though_nothing_is_billed(budget, provider, finn):
    told(provider, finn, *[MISSED] * 6)
    assert not NotCharged.objects.exists()  # one visit of the seven is not told of yet
    told(provider, finn, MISSED, monday=MONDAY + timedelta(days=6))
    assert NotCharged.objects.get().pence == 80_00 and not list(findings())


def test_a_week_of_an_invoice_that_bills_nothing_of_it_is_not_charged(budget, provider, finn):
    told(provider, finn, *[GIVEN] * 7)
    billed(provider, finn, *range(7), days=14)
    less = NotCharged.objects.get()
    assert (less.starts_on, less.pence) == (date(2026, 5, 11), 80_00) and less.words.startswith("No visit of this week")


def test_it_stands_on_the_bill_of_the_period_or_comes_off_the_next(budget, provider, finn):
    told(provider, finn, *[MISSED] * 7)
    night(BILLED)
    first = Bill.objects.first()
    charge, credit = first.lines.filter(starts_on__gte=date(2026, 4, 27))
    assert (charge.amount_pence, credit.amount_pence, credit.days) == (320_00, -80_00, 7)
    assert "7 of 7 visits of this week did not come" in credit.words
    told(provider, finn, *[MISSED] * 7, monday=MONDAY + timedelta(days=7))  # the bill was made by now
    night(BILLED + timedelta(weeks=4))
    credit = Bill.objects.first().lines.get(kind="credit")
    assert (credit.amount_pence, credit.starts_on) == (-80_00, date(2026, 5, 11))
    assert not list(findings())


def test_the_night_takes_it_off_once_shares_fell_due_and_before_bills_are_made():
    nightly = [each.name for each in KINDS.values() if each.nightly]
    places = [nightly.index(name) for name in ("shares_fallen_due", "charged_as_delivered", "bills_made")]
    assert places == sorted(places)


def test_what_is_left_to_pay_of_a_bill_that_was_made_is_less_at_once(budget, provider, finn):
    night(BILLED)
    bill = Bill.objects.first()
    left = overdue([bill], ON)[bill.pk]
    told(provider, finn, *[MISSED] * 7)
    assert overdue([bill], ON)[bill.pk] == left - 80_00
    told(provider, finn, *[MISSED] * 7, monday=BILLED)  # a week that the next bill charges for
    assert NotCharged.objects.count() == 2 and overdue([bill], ON)[bill.pk] == left - 80_00


def test_what_was_argued_and_is_due_after_all_is_charged_again(budget, provider, finn):
    owes = owed(budget.case)
    told(provider, finn, GIVEN, *[MISSED] * 6)
    billed(provider, finn, 0, 1, 2)
    assert owed(budget.case) == owes - 60_00
    first, second = Dispute.objects.order_by("line__number")
    accepts = {"answer": "Their tag at the door shows it", "by": finn, "on": ON}
    answer_dispute(dispute=second, answered=Answered.PROVIDER_ACCEPTS, allowed_pence=0, **accepts)
    assert owed(budget.case) == owes - 60_00
    line, why = budget.plan.lines.get(), "The tag shows that they were there"
    settle_visit(visit=first.line.visit, line=line, due_pence=20_00, minutes_paid=60, reason=why, by=finn, on=ON)
    answer_dispute(dispute=first, answered=Answered.COUNCIL_ACCEPTS, allowed_pence=0, **accepts)
    assert owed(budget.case) == owes - 40_00 and [each.pence for each in NotCharged.objects.order_by("-pence")] == [
        60_00,
        -20_00,
    ]
    assert not list(findings())


def test_a_budget_that_goes_on_otherwise_puts_back_what_its_weeks_had_off(budget, provider, finn):
    owes = owed(budget.case)
    told(provider, finn, *[MISSED] * 7)
    told(provider, finn, *[MISSED] * 7, monday=MONDAY + timedelta(days=7))
    assert owed(budget.case) == owes - 160_00
    end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=date(2026, 5, 13),
        reason="Moved to her sister in York",
        by=finn,
        on=ON,
    )
    assert not list(findings())  # the week that is cut is charged for three days until the night
    charge_everybody_as_delivered(on=ON)
    assert not list(findings())
    weeks = NotCharged.objects.order_by().values_list("starts_on").annotate(Sum("pence")).order_by("starts_on")
    assert list(weeks) == [(MONDAY, 80_00), (date(2026, 5, 11), 34_29)]
    assert abs(owed(budget.case) - 57_14 - 80_00) <= 2  # of five days, and of the one week that was as agreed


def test_who_pays_a_line_knows_what_was_not_charged_day_by_day(budget, provider, finn):
    before = attributed(MONDAY, date(2026, 5, 10), cases=[budget.case_id])
    told(provider, finn, GIVEN, *[MISSED] * 6)
    days = [MONDAY + timedelta(days=place) for place in range(7)]
    week, apart = attributed_in([(MONDAY, days[-1]), *((day, day) for day in days)], cases=[budget.case_id]), {}
    for row in (row for rows in week[1:] for row in rows):
        apart[row.purse] = apart.get(row.purse, 0) + row.pence
    assert {row.purse: row.pence for row in week[0]} == apart
    assert {row.purse: row.pence for row in before} == {Purse.PERSON: 80_00, Purse.COUNCIL: 60_00}
    assert apart == {Purse.PERSON: 20_00, Purse.COUNCIL: 60_00} and not list(findings())


def test_what_is_wrong_is_found(budget, provider, finn):
    told(provider, finn, *[MISSED] * 7)
    row = NotCharged.objects.get()
    with pgtrigger.ignore("budgets.NotCharged:not_charged_is_kept"):
        NotCharged.objects.update(pence=row.pence - 1)
    said = " ".join(findings())
    assert (
        "Less charged of a week" in said and f"{row.pence - 1} pence are taken off; by its visits {row.pence}" in said
    )


def test_a_week_waits_for_a_visit_that_somebody_has_to_settle(budget, provider, finn):
    told(provider, finn, *[MISSED] * 6)
    new = NewVisit(
        day=MONDAY + timedelta(days=6), happened=Happened.UNPLANNED, name="Ada Bell", planned_minutes=60, minutes=60
    )
    enter_visit(provider=provider, new=new, shown_by="The provider's log", by=finn, on=ON)
    assert not NotCharged.objects.exists()
    last = Visit.objects.get(happened=Happened.UNPLANNED)
    settle_visit(visit=last, line=None, reason="Nobody asked for it, and Ada was out", by=finn, on=ON)
    assert NotCharged.objects.get().pence == 80_00


def funding(first, days, weekly, share):
    ends_on = period_end(first + timedelta(days=days), ANCHOR)
    cut = instalments(starts_on=first, ends_on=ends_on, weekly_pence=weekly, anchor=ANCHOR)
    total = sum(each.amount_pence for each in cut)
    part = Part(paid_pence_per_week=weekly, budget=Budget(pay_calendar_starts_on=ANCHOR))
    part.budget._state.fields_cache["ending"] = None  # it has none: the database is not asked
    person = total * share // 100
    return Funding(
        part=part, starts_on=first, ends_on=ends_on, nhs_pence=0, person_pence=person, council_pence=total - person
    )


FUNDING = st.builds(
    funding,
    st.dates(date(2026, 4, 1), date(2026, 6, 1)),
    st.integers(0, 100),
    st.integers(1, 900_00),
    st.integers(0, 100),
)


@given(FUNDING)
def test_weeks_add_up_to_what_falls_due(funding):
    weeks = list(weeks_charged(funding))
    assert weeks[0][0].starts_on == funding.starts_on and weeks[-1][0].ends_on == funding.ends_on
    assert all(after.starts_on == before.ends_on + timedelta(days=1) for (before, _), (after, _) in pairwise(weeks))
    assert sum(pence for _, pence in weeks) == funding.person_pence and all(pence >= 0 for _, pence in weeks)


ONE, TWO, ADA = uuid4(), uuid4(), uuid4()
LINES = st.builds(
    lambda line, pence, nhs, free: Line(line, ONE, 420, 0, pence, 0 if free else pence - nhs * pence // 100),
    st.sampled_from([TWO, ADA]), st.integers(1, 300_00), st.integers(0, 100), st.booleans(),
)  # fmt: skip
VISITS = st.builds(
    lambda line, day, pence, happened: Told(ONE, MONDAY + timedelta(days=day), happened, 60, line, pence, False),
    st.sampled_from([TWO, ADA]), st.integers(0, 6), st.integers(0, 90_00), st.sampled_from(Happened),
)  # fmt: skip


@given(st.lists(LINES, min_size=1, max_size=2, unique_by=lambda line: line.line), st.lists(VISITS, min_size=1),
       st.integers(0, 400_00), st.integers(0, 99_00), st.booleans())  # fmt: skip
def test_nobody_pays_more_than_was_delivered_nor_less_than_the_rest_of_the_budget_bears(lines, told, charge, room, cut):
    week = Period(MONDAY, MONDAY + timedelta(days=6))
    days = [Period(MONDAY, MONDAY + timedelta(days=2)), Period(MONDAY + timedelta(days=3), week.ends_on)]
    pieces = [Piece(uuid4(), each, charge * each.days // 7, lines, room) for each in (days if cut else [week])]
    charge = sum(piece.charged_pence for piece in pieces)
    less = of_week(pieces, told, {ONE: [week]})
    off = sum(each.pence for each in less)
    assert all(0 <= each.pence <= piece.charged_pence for each, piece in zip(less, pieces, strict=True))
    cost = sum(each.pence for each in told if any(line.line == each.line for line in lines))
    agreed = sum(line.chargeable_pence for line in lines)
    given = sum(
        sum(each.pence for each in told if each.line == line.line) * line.chargeable_pence // line.pence
        for line in lines
    )
    assert charge - off <= cost + room or given + room >= agreed
    assert off == 0 or charge - off >= given + room - 2 * len(pieces)
