"""Shares are promised, fall due by the calendar to the penny, and are received when an officer confirms it."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from leeway.care.people.models import StoryLine
from leeway.care.planning.models import Way
from leeway.jobs.actions import start_nightly
from leeway.money.budgets.actions import end_budget, start_budget
from leeway.money.budgets.dues import Payer
from leeway.money.budgets.models import Budget, Funding
from leeway.money.contributions.actions import confirm_receipt, let_fall_due, take_back
from leeway.money.contributions.models import Receipt
from leeway.money.contributions.queries import owed, picture
from leeway.money.ledger.models import Account, Kind, Reason, Transfer
from leeway.money.ledger.queries import balance, trial_balance
from leeway.money.payments.making import make_run
from leeway.money.payments.queries import findings
from leeway.refusal import NotAllowed, Refusal
from tests.races import at_once

MANAGED, FUND = Way.COUNCIL_MANAGED, Way.SERVICE_FUND
ON = date(2026, 4, 1)
FIRST, SECOND, LAST = date(2026, 4, 22), date(2026, 4, 27), date(2027, 3, 29)  # days on which periods begin
AFTER = date(2027, 4, 26)


@pytest.fixture
def budget(case, agree, finn):
    """Ada's: £100.01 a week managed by the council; the NHS pays half, and she £33.33."""
    return start_budget(plan=agree(case, (MANAGED, 100_01, 50), charge_pence=33_33), by=finn, on=ON)


def of(case, kind, as_at=None):
    account = Account.objects.filter(kind=kind, case=case).first()
    return balance(account, as_at) if account else 0


def stands(case):
    """Promised, due and not received, by payer."""
    kinds = (Kind.EXPECTED_NHS, Kind.OWED_BY_NHS, Kind.EXPECTED_PERSON, Kind.OWED_BY_PERSON)
    return tuple(-of(case, kind) for kind in kinds)


def confirm(case, pence, finn, *, payer=Payer.PERSON, received_on=date(2026, 5, 1), on=date(2026, 5, 4), owed=None):
    kind = Kind.OWED_BY_PERSON if payer == Payer.PERSON else Kind.OWED_BY_NHS
    return confirm_receipt(
        case=case,
        payer=payer,
        amount_pence=pence,
        received_on=received_on,
        looked_at="Bank statement 14, line 3",
        owed_pence=-of(case, kind) if owed is None else owed,
        by=finn,
        on=on,
    )


def test_on_day_one_only_the_council_has_put_anything_in(budget):
    funding = Funding.objects.get()
    assert stands(budget.case) == (funding.nhs_pence, 0, funding.person_pence, 0)
    assert balance(Account.objects.get(kind=Kind.FUNDER_COUNCIL)) == -funding.council_pence
    assert not Account.objects.filter(kind__in=[Kind.FUNDER_NHS, Kind.FUNDER_PERSON]).exists()
    assert balance(budget.committed) == funding.total_pence
    assert list(findings()) == []


def test_a_share_falls_due_with_the_first_day_of_each_period_and_not_the_day_before(budget):
    for day, due in [(FIRST - timedelta(1), 0), (FIRST, 23_80), (SECOND - timedelta(1), 23_80), (SECOND, 157_12)]:
        let_fall_due(on=day)
        assert -of(budget.case, Kind.OWED_BY_PERSON) == due
    assert of(budget.case, Kind.OWED_BY_PERSON, FIRST) == -23_80


def test_the_parts_add_back_to_the_penny_whether_night_by_night_or_late(budget, another_case, agree, finn):
    late = another_case("Lena")
    start_budget(plan=agree(late, (MANAGED, 100_01, 50), charge_pence=33_33), by=finn, on=ON)
    nightly = Funding.objects.filter(part__budget=budget)
    for weeks in range(56):
        let_fall_due(on=ON + timedelta(weeks=weeks))
    for funding in Funding.objects.all():
        fell = Transfer.objects.filter(reason=Reason.FELL_DUE, about=funding.pk)
        by_nhs = sum(each.amount_pence for each in fell if each.credit.kind == Kind.OWED_BY_NHS)
        assert (by_nhs, len(fell)) == (funding.nhs_pence, 28)
    assert nightly.count() == 1
    assert stands(budget.case)[::2] == (0, 0)
    assert list(findings()) == []


def test_started_late_it_catches_up_and_a_second_night_adds_nothing(budget):
    assert let_fall_due(on=date(2026, 6, 30)) > 0
    days = set(Transfer.objects.filter(reason=Reason.FELL_DUE).values_list("effective_date", flat=True))
    assert days == {FIRST, SECOND, date(2026, 5, 25), date(2026, 6, 22)}
    assert let_fall_due(on=date(2026, 6, 30)) == 0


def test_what_was_set_up_late_falls_due_on_the_day_on_which_it_was_promised(case, agree, finn):
    start_budget(plan=agree(case, (MANAGED, 70_00, 50)), by=finn, on=date(2026, 6, 1))
    let_fall_due(on=date(2026, 6, 2))
    fell = Transfer.objects.get(reason=Reason.FELL_DUE)
    assert (fell.effective_date, fell.amount_pence) == (date(2026, 6, 1), 35_00 * 61 // 7)
    assert fell.made_by is None


def test_the_nightly_job_does_it_and_a_killed_one_leaves_nothing_and_goes_on(budget, work):
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        let_fall_due(on=SECOND)
        raise KeyboardInterrupt
    assert not Transfer.objects.filter(reason=Reason.FELL_DUE).exists()
    jobs = {job.kind: job for job in start_nightly(on=SECOND)}
    work()
    jobs["shares_fallen_due"].refresh_from_db()
    assert jobs["shares_fallen_due"].result_sentence == "Fallen due: £392.83."
    assert -of(budget.case, Kind.OWED_BY_PERSON) == 157_12


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_let_it_fall_due_once(budget):
    let = at_once(*[lambda: let_fall_due(on=SECOND)] * 2)
    assert let == [392_83, 0]


@pytest.mark.django_db(transaction=True)
def test_a_budget_that_ends_while_shares_fall_due_keeps_both_right(budget, finn):
    ends_on = date(2026, 4, 30)
    at_once(
        lambda: end_budget(
            cover="Her family, from then on", budget=budget, ends_on=ends_on, reason="Moved away", by=finn, on=ON
        ),
        lambda: let_fall_due(on=date(2026, 5, 25)),
    )
    assert stands(budget.case)[::2] == (0, 0)
    assert list(findings()) == []


def test_the_database_refuses_that_a_share_falls_due_twice_on_a_day(budget, finn):
    let_fall_due(on=FIRST)
    fell = Transfer.objects.filter(reason=Reason.FELL_DUE).first()
    fell.pk = budget.pk
    with pytest.raises(DatabaseError, match="once_a_day"), transaction.atomic():
        fell.save(force_insert=True)


def test_a_receipt_is_confirmed_by_an_officer_up_to_what_is_owed(budget, finn, bea):
    case = budget.case
    let_fall_due(on=SECOND)
    with pytest.raises(NotAllowed, match="confirm that money was received"):
        confirm(case, 100_00, bea)
    with pytest.raises(Refusal, match=r"owes £157\.12"):
        confirm(case, 157_13, finn)
    receipt = confirm(case, 100_00, finn)
    assert of(case, Kind.OWED_BY_PERSON) == -57_12
    assert balance(Account.objects.get(kind=Kind.FUNDER_PERSON)) == -100_00
    assert case.story.filter(sentence="£100.00 received from Ada Bell.").exists()
    assert (receipt.looked_at, receipt.confirmed_by) == ("Bank statement 14, line 3", finn)
    assert list(findings()) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"received_on": date(2026, 5, 5)}, "is in the future"),
        ({"received_on": date(2026, 3, 31)}, "before there was a budget"),
        ({"pence": 0}, "more than nothing"),
    ],
)
def test_a_day_or_an_amount_that_cannot_be_is_refused_with_its_field(budget, finn, changes, words):
    let_fall_due(on=SECOND)
    pence = changes.pop("pence", 1)
    with pytest.raises(Refusal, match=words) as refused:
        confirm(budget.case, pence, finn, **changes)
    assert refused.value.field


def test_a_second_press_records_nothing(budget, finn):
    let_fall_due(on=SECOND)
    confirm(budget.case, 50_00, finn, owed=157_12)
    with pytest.raises(Refusal, match=r"has changed since you looked: it is £107\.12 now"):
        confirm(budget.case, 50_00, finn, owed=157_12)
    assert Receipt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_confirm_at_once_record_one(budget, finn, fay):
    let_fall_due(on=SECOND)
    done, refused = at_once(*(lambda by=by: confirm(budget.case, 157_12, by, owed=157_12) for by in (finn, fay)))
    assert isinstance(done, Receipt)
    assert isinstance(refused, Refusal)


def test_a_mistaken_receipt_stays_and_is_mirrored_once(budget, finn, bea):
    let_fall_due(on=SECOND)
    receipt = confirm(budget.case, 100_00, finn)
    with pytest.raises(NotAllowed):
        take_back(receipt=receipt, reason="Another Ada", by=bea, on=date(2026, 5, 6))
    take_back(receipt=receipt, reason=" Another Ada ", by=finn, on=date(2026, 5, 6))
    assert StoryLine.objects.filter(sentence__endswith="was not received after all: Another Ada").exists()
    assert of(budget.case, Kind.OWED_BY_PERSON) == -157_12
    assert balance(Account.objects.get(kind=Kind.FUNDER_PERSON)) == 0
    with pytest.raises(Refusal, match="corrected already"):
        take_back(receipt=receipt, reason="Once more", by=finn, on=date(2026, 5, 6))
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        Receipt.objects.update(amount_pence=1)
    assert list(findings()) == []


def test_an_end_gives_back_what_was_promised_and_what_fell_due_for_later_days(budget, finn):
    let_fall_due(on=date(2026, 5, 25))
    before = stands(budget.case)
    end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=date(2026, 4, 30),
        reason="Moved away",
        by=finn,
        on=date(2026, 6, 1),
    )
    funding = Funding.objects.get()
    kept = balance(budget.committed)  # five days and four days
    assert kept == 71_44 + 57_15
    nhs = stands(budget.case)[1]
    assert before[1] > nhs == pytest.approx(kept / 2, abs=1)
    assert stands(budget.case)[::2] == (0, 0)
    assert balance(budget.available) == 0
    let_fall_due(on=AFTER)
    assert stands(budget.case)[1] == nhs
    assert funding.nhs_pence > nhs
    assert list(findings()) == []


def test_what_was_received_beyond_the_end_is_shown_as_owed_back(budget, finn):
    let_fall_due(on=SECOND)
    confirm(budget.case, 157_12, finn)
    end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=SECOND - timedelta(1),
        reason="Moved away",
        by=finn,
        on=date(2026, 5, 5),
    )
    on = date(2026, 5, 5)
    assert of(budget.case, Kind.OWED_BY_PERSON) == 157_12 - 23_81
    _, totals, _ = owed(seen_by=finn, on=on)
    assert (totals.owed_back_pence, totals.owed_pence[Payer.PERSON]) == (157_12 - 23_81, 0)
    with pytest.raises(Refusal, match="owes nothing"):
        confirm(budget.case, 1, finn, on=on)
    assert list(findings()) == []


def test_an_end_to_come_lets_fall_due_until_then_and_adds_back(budget, finn):
    let_fall_due(on=FIRST)
    end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=date(2026, 6, 3),
        reason="Moving in June",
        by=finn,
        on=FIRST,
    )
    let_fall_due(on=date(2026, 12, 1))
    assert stands(budget.case)[::2] == (0, 0)
    assert sum(stands(budget.case)) + -balance(Account.objects.get(kind=Kind.FUNDER_COUNCIL)) == balance(
        budget.committed
    )
    assert list(findings()) == []


def test_days_paid_beyond_the_end_of_a_service_fund_do_not_fall_due(case, agree, bank, finn, sent):
    """The provider has the money of the whole period; the person owes for five days and the one after."""
    plan = agree(case, (FUND, 70_00, 0), charge_pence=7_00, starts_on=SECOND)
    bank(case, FUND, name="Fund")
    budget = start_budget(plan=plan, by=finn, on=ON)
    sent(make_run(pay_on=SECOND, by=finn, on=date(2026, 4, 20)), date(2026, 4, 20))
    let_fall_due(on=SECOND)
    assert stands(case)[3] == 28_00
    ending = end_budget(
        cover="Her family, from then on",
        budget=budget,
        ends_on=SECOND + timedelta(6),
        reason="Moved away",
        by=finn,
        on=date(2026, 5, 4),
    )
    assert ending.paid_beyond_pence == 210_00
    assert stands(case)[2:] == (21_00, 7_00)
    assert list(findings()) == []


def test_days_paid_already_are_owed_at_the_charge_of_the_budget_that_has_them(case, agree, bank, finn, sent):
    plan = agree(case, (FUND, 70_00, 0), charge_pence=7_00, starts_on=SECOND)
    bank(case, FUND, name="Fund")
    start_budget(plan=plan, by=finn, on=ON)
    sent(make_run(pay_on=SECOND, by=finn, on=date(2026, 4, 20)), date(2026, 4, 20))
    let_fall_due(on=SECOND)
    case.refresh_from_db()
    start_budget(
        plan=agree(case, (FUND, 140_00, 0), charge_pence=14_00, starts_on=SECOND + timedelta(7), number=2),
        by=finn,
        on=date(2026, 5, 1),
    )
    assert -of(case, Kind.OWED_BY_PERSON) == 7_00
    let_fall_due(on=date(2026, 5, 25))
    assert -of(case, Kind.OWED_BY_PERSON) == 7_00 + 14_00 * (3 + 4)
    assert list(findings()) == []


def test_the_page_s_rows_tell_the_age_of_the_oldest_part_not_received(budget, finn):
    let_fall_due(on=date(2026, 5, 25))
    confirm(budget.case, 23_81, finn)
    rows, totals, count = owed(seen_by=finn, on=date(2026, 6, 1))
    person = next(row for row in rows if row.payer == Payer.PERSON)
    nhs = next(row for row in rows if row.payer == Payer.NHS)
    assert (person.pence, person.since, person.days) == (266_63, SECOND, 35)
    assert (nhs.since, count) == (FIRST, 2)
    assert totals.owed_pence == {Payer.NHS: nhs.pence, Payer.PERSON: 266_63}
    largest, *_ = owed(seen_by=finn, on=date(2026, 6, 1), words="ADA", sort="largest")
    assert largest == sorted(rows, key=lambda row: -row.pence)
    assert owed(seen_by=finn, on=date(2026, 6, 1), words="Nobody") == ([], totals, 0)
    seen = picture(budget.case_id, Payer.PERSON, seen_by=finn, on=date(2026, 6, 1))
    assert (seen.share.due_pence, seen.share.received_pence) == (266_63, 23_81)


def test_only_finance_sees_what_is_owed(budget, bea):
    with pytest.raises(NotAllowed):
        owed(seen_by=bea, on=ON)
    with pytest.raises(NotAllowed):
        picture(budget.case_id, Payer.PERSON, seen_by=bea, on=ON)


def test_nothing_is_promised_twice_and_the_sums_come_to_nothing(budget):
    let_fall_due(on=LAST)
    assert sum(trial_balance().values()) == 0
    assert Budget.objects.count() == 1
