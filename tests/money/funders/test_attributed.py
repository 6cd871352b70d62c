"""What the ledger holds, divided by line and funder: it adds back to the penny, for any days, whatever happened."""

from datetime import date, timedelta

import pytest
from django.db.models import Q, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from leeway.care.people.events import Event
from leeway.care.people.models import Whose
from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.budgets.dues import standings
from leeway.money.budgets.models import Funding
from leeway.money.funders.actions import ask_who_pays_next
from leeway.money.funders.models import COUNCIL, Funder, FunderKind, Purse
from leeway.money.funders.queries import attributed
from leeway.money.ledger.models import Kind, Transfer
from leeway.refusal import Refusal
from tests.conftest import SET_UP_ON
from tests.money.funders.conftest import DAY, DP, LATER, MANAGED, STARTS

LAST = date(2027, 4, 25)


def in_ledger(purse):
    """What a purse put in or promised, less what went back: read from the transfers alone."""
    kind = {Purse.NHS: Kind.EXPECTED_NHS, Purse.PERSON: Kind.EXPECTED_PERSON, Purse.COUNCIL: Kind.FUNDER_COUNCIL}[purse]
    available = Kind.AVAILABLE

    def total(moved):
        return Transfer.objects.filter(moved).aggregate(pence=Sum("amount_pence"))["pence"] or 0

    put_in = total(Q(debit__kind=available, credit__kind=kind))
    return put_in - total(Q(debit__kind=kind, credit__kind=available))


def pence(rows, **facts):
    return sum(row.pence for row in rows if all(getattr(row, name) == value for name, value in facts.items()))


def adds_back():
    rows = attributed(date.min, date.max)
    assert {purse: pence(rows, purse=purse) for purse in Purse} == {purse: in_ledger(purse) for purse in Purse}
    assert all(row.pence > 0 for row in rows)
    return rows


def test_where_nothing_is_recorded_the_nhs_is_not_named_and_the_council_pays_its_own(started, joint):
    rows = adds_back()
    assert {row.funder_id for row in rows if row.purse == Purse.NHS} == {None}
    assert {row.line_id for row in rows if row.purse == Purse.NHS} == {joint.pk}
    assert {row.funder_id for row in rows if row.purse == Purse.COUNCIL} == {COUNCIL}
    assert pence(rows, purse=Purse.PERSON, funder_id=None) == in_ledger(Purse.PERSON)


def test_nobody_is_charged_for_what_the_nhs_pays_or_what_is_free(started, case, joint, agree, bank, finn, another_case):
    other = another_case("Joan")
    plan = agree(other, (MANAGED, 400_01, 50), (MANAGED, 100_00, 100), charge_pence=41_37, free_ways={MANAGED: 60_00})
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    rows = attributed(date.min, date.max, cases=[other.pk])
    charged = {row.line_id for row in rows if row.purse == Purse.PERSON}
    half = plan.lines.get(nhs_percent=50)
    assert charged == {half.pk}  # neither the NHS's own line nor the free one, to the penny
    assert pence(rows, line_id=half.pk, purse=Purse.PERSON) == in_ledger(Purse.PERSON) > 0
    week = attributed(STARTS + 7 * DAY, STARTS + 13 * DAY, cases=[other.pk])
    assert abs(pence(week, purse=Purse.PERSON) - 41_37) <= 1


def test_each_named_funder_pays_its_share_from_its_day(started, joint, say, icb, grant, council):
    say(joint, (icb, 50_00), (grant, 20_00), (council, 30_00), starts_on=LATER)
    rows = adds_back()
    assert pence(rows, purse=Purse.NHS, funder_id=icb.pk) > 0
    assert {row.ends_on for row in rows if row.funder_id is None and row.purse == Purse.NHS} == {LATER - DAY}
    after = [row for row in attributed(LATER, LATER + 27 * DAY) if row.line_id == joint.pk]
    ours, theirs = (pence(after, funder_id=one) for one in (COUNCIL, grant.pk))
    assert abs(ours * 2 - theirs * 3) <= 5  # 30 to 20, what the person is charged taken off both


def test_what_is_never_means_tested_pays_its_share_whole(case, agree, finn, say, funder, council):
    plan = agree(case, (MANAGED, 100_00, 0), charge_pence=20_00)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    kind = funder(FunderKind.LEGACY_FUND, "ILF", means_tested=False)
    line = plan.lines.get()
    with pytest.raises(Refusal, match=r"charged £20\.00 a week .* only £10\.00 may"):
        say(line, (kind, 90_00), (council, 10_00))
    say(line, (kind, 50_00), (council, 50_00))
    week = attributed(date(2026, 4, 27), date(2026, 5, 3))
    assert (pence(week, funder_id=kind.pk), pence(week, funder_id=COUNCIL)) == (50_00, 30_00)
    assert pence(week, purse=Purse.PERSON) == 20_00


def test_after_a_fund_has_ended_the_council_pays(started, joint, say, funder, icb, council):
    fund = funder(FunderKind.GRANT, "G2", ends_on=LATER - DAY)
    say(joint, (icb, 50_00), (fund, 50_00))
    rows = adds_back()
    assert {row.ends_on for row in rows if row.funder_id == fund.pk} == {LATER - DAY}
    before, after = attributed(STARTS, LATER - DAY), attributed(LATER, LAST)
    assert pence(before, line_id=joint.pk, funder_id=COUNCIL) == 0 < pence(after, line_id=joint.pk, funder_id=COUNCIL)


def test_a_new_sharing_ends_the_one_before_and_what_was_to_follow(started, joint, say, icb, council):
    first = say(joint, (icb, 50_00), (council, 50_00))
    later = say(joint, (icb, 50_00), (council, 50_00), starts_on=LATER + 30 * DAY)
    say(joint, (icb, 1), (council, 1), starts_on=LATER, method="needs_tool")
    first.refresh_from_db()
    later.refresh_from_db()
    assert first.ends_on == LATER - DAY and later.never_held
    adds_back()


@pytest.mark.parametrize(
    ("method", "pays", "said"),
    [
        ("fixed", [("icb", 49_99), ("council", 50_01)], "NHS pays 50% of this line, and by this it would pay 49.99%"),
        ("owner", [("icb", None)], "would pay 100%"),
        ("needs_tool", [("icb", 2), ("council", 1)], "would pay 66.66%"),
        ("fixed", [("icb", 50_00), ("council", 40_00)], "90% now"),
    ],
)
def test_what_the_nhs_pays_is_the_plan_s(started, joint, say, icb, council, method, pays, said):
    who = {"icb": icb, "council": council}
    with pytest.raises(Refusal, match=said):
        say(joint, *[(who[name], figure) for name, figure in pays], method=method)


def test_days_that_cannot_be_are_refused(started, joint, say, icb, council, funder):
    half = [(icb, 50_00), (council, 50_00)]
    with pytest.raises(Refusal, match="pays for this line from 22 April 2026"):
        say(joint, *half, starts_on=STARTS - DAY)
    with pytest.raises(Refusal, match="before the first"):
        say(joint, *half, ends_on=STARTS - DAY)
    fund = funder(FunderKind.GRANT, "G3", starts_on=STARTS, ends_on=LATER)
    with pytest.raises(Refusal, match="ended on 10 June 2026"):
        say(joint, (icb, 50_00), (fund, 50_00), starts_on=LATER + DAY)


def test_what_was_released_is_no_longer_anybody_s(started, joint, say, icb, council, case, finn):
    say(joint, (icb, 50_00), (council, 50_00), starts_on=LATER)
    end_budget(
        cover="Her family, from then on",
        budget=case.budgets.get(),
        ends_on=LATER + 3 * DAY,
        reason="Moved away",
        by=finn,
        on=LATER,
    )
    rows = adds_back()
    assert max(row.ends_on for row in rows) == LATER + 3 * DAY
    assert attributed(LATER + 4 * DAY, LAST) == []
    due = sum(one.due_by(date.max) for one in standings(Funding.objects.all()) if one.expected and one.promised_pence)
    assert due == in_ledger(Purse.NHS) + in_ledger(Purse.PERSON)


def test_days_of_a_budget_that_another_replaced_add_back(case, agree, bank, finn):
    plan = agree(case, (DP, 300_00, 0), (MANAGED, 140_00, 50), charge_pence=70_00, later=[(LATER, 35_00, "a birthday")])
    bank(case)
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    rows = adds_back()
    days = [row for row in rows if row.part_id == case.budgets.get(starts_on=LATER).parts.get(way=MANAGED).pk]
    assert {row.starts_on for row in days} == {LATER}


def test_what_is_paid_once_is_the_lines_that_cost_it(case, agree, finn):
    plan = agree(case, (MANAGED, 100_00, 0), start_up_pence=55_00)
    plan.lines.create(what="A ramp", way=MANAGED, units=1, unit_cost_pence=55_00, frequency="once")
    start_budget(plan=plan, by=finn, on=SET_UP_ON)
    assert pence(adds_back(), line_id=plan.lines.get(what="A ramp").pk) == 55_00


@given(some.lists(some.integers(0, 368), min_size=1, max_size=4, unique=True))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spans_of_days_add_back_to_the_whole(shared, cuts):
    whole = by_payer(attributed(date.min, date.max))
    firsts = [date.min, *sorted(STARTS + cut * DAY for cut in cuts)]
    parts = [attributed(first, following - DAY) for first, following in zip(firsts, [*firsts[1:], None], strict=True)
             if following] + [attributed(firsts[-1], date.max)]  # fmt: skip
    together = by_payer(row for rows in parts for row in rows)
    assert together == whole


def by_payer(rows):
    found = {}
    for row in rows:
        key = row.line_id, row.part_id, row.purse, row.funder_id
        found[key] = found.get(key, 0) + row.pence
    return found


def test_a_day_that_was_reported_stays_as_it_was(shared, say, icb, council):
    quarter = STARTS, date(2026, 6, 30)
    reported = by_payer(attributed(*quarter))
    say(shared, (icb, 50_00), (council, 50_00), starts_on=quarter[1] + DAY)
    assert by_payer(attributed(*quarter)) == reported


def test_the_council_is_always_there(db):
    assert Funder.objects.get(kind=FunderKind.COUNCIL).pk == COUNCIL


def test_finance_is_asked_eight_weeks_before_a_fund_ends(started, joint, say, funder, icb, council, case):
    fund = funder(FunderKind.GRANT, "G4", name="Carers' grant", ends_on=LATER)
    say(joint, (icb, 50_00), (fund, 50_00))
    asked = LATER - timedelta(weeks=8)
    assert ask_who_pays_next(on=asked - DAY) == 0
    assert ask_who_pays_next(on=asked) == ask_who_pays_next(on=LATER + DAY) == 1
    task = case.tasks.get(kind=Event.FUNDER_ENDS)
    assert (task.whose, task.due_on, task.done_on) == (Whose.FINANCE, LATER, None)
    assert "Carers' grant pays" in task.what and "until 10 June 2026" in task.what
    say(joint, (icb, 50_00), (council, 50_00), starts_on=LATER + DAY)
    task.refresh_from_db()
    assert task.done_on == SET_UP_ON and ask_who_pays_next(on=LATER) == 0
