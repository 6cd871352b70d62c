"""Nobody is paid whose right to hold the money has ended, or never was one: an executor while the person lives."""

from datetime import date

import pytest

from leeway.care.circumstances import actions as circumstances
from leeway.care.circumstances.models import Death
from leeway.care.people import actions as people
from leeway.care.people.events import Event
from leeway.care.people.models import Authority, Case, Relationship, Task, Whose
from leeway.care.planning.models import Way
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.queries import picture
from leeway.money.payees import actions as payees
from leeway.money.payees.models import Holder, PayeeAccount
from leeway.money.payees.states import State
from leeway.money.payments.actions import approve_run
from leeway.money.payments.making import NothingToPay, make_run
from leeway.refusal import Refusal
from leeway.versions import version_of
from tests.conftest import SET_UP_ON

ON, PAY_ON = date(2026, 5, 4), date(2026, 5, 11)


@pytest.fixture
def budget(case, agree, bank, finn):
    plan = agree(case, (Way.DIRECT_PAYMENT, 100_00, 0))
    bank(case)
    return budgets.start_budget(plan=plan, by=finn, on=SET_UP_ON)


@pytest.fixture
def held_by(budget, finn, fay):
    """Somebody around Ada, and their bank details: entered by Finn, approved by Fay unless told otherwise."""

    def held(holder, authority, *, approved=True):
        somebody = Relationship.objects.create(
            person=budget.case.person, name="Tom Bell", kind="sibling", authority=authority, evidence="Form seen",
            starts_on=date(2026, 1, 1),
        )  # fmt: skip
        payee = payees.enter_details(
            case=Case.objects.get(pk=budget.case_id), way=Way.DIRECT_PAYMENT, holder=holder, account_name="Tom Bell",
            sort_code="12-34-56", account_number="87654321", by=finn, on=ON,
        )  # fmt: skip
        return somebody, payees.approve_details(payee=payee, by=fay, on=ON) if approved else payee

    return held


@pytest.fixture
def dead(budget, bea):
    case = Case.objects.get(pk=budget.case_id)
    circumstances.record_death(case=case, died_on=date(2026, 5, 1), told_by="Tom, by phone", by=bea, on=ON)
    return case


def undo(case, bea):
    circumstances.undo_death(
        case=case, version=version_of(Death.objects.get()), because="It was another Ada Bell.", by=bea, on=ON
    )


def asked(case, whose, kind):
    return [task.what for task in Task.objects.filter(case=case, whose=whose, kind=kind, done_on=None)]


class TestAnExecutorOfSomebodyWhoLives:
    def test_is_not_paid_once_the_death_is_undone(self, dead, held_by, budget, bea, finn):
        """The account approved after the death stayed in use, and was paid a living person's money."""
        held_by(Holder.REPRESENTATIVE, Authority.REPRESENTATIVE)
        undo(dead, bea)
        with pytest.raises(NothingToPay):
            make_run(pay_on=date(2026, 6, 1), by=finn, on=date(2026, 5, 20))
        rows = picture(dead.pk, seen_by=finn, on=ON).rows
        assert any("whoever would settle what is left, and the person lives" in row.status for row in rows)

    def test_stops_a_run_that_has_them_already(self, dead, budget, held_by, bea, finn, fay):
        death = Death.objects.get()
        ended = {"ends_on": date(2026, 5, 1), "reason": "Ada died", "death": death.pk}
        budgets.end_budget(cover="Her family, from then on", budget=budget, **ended, by=finn, on=ON)
        held_by(Holder.REPRESENTATIVE, Authority.REPRESENTATIVE)
        run = make_run(pay_on=PAY_ON, by=finn, on=ON)
        undo(dead, bea)
        with pytest.raises(Refusal, match="may no longer be made"):
            approve_run(run=run, by=fay, on=ON)

    def test_whose_details_waited_is_not_taken_into_use(self, dead, held_by, bea, fay):
        _tom, payee = held_by(Holder.REPRESENTATIVE, Authority.REPRESENTATIVE, approved=False)
        undo(dead, bea)
        with pytest.raises(Refusal, match="Ada Bell lives"):
            payees.approve_details(payee=payee, by=fay, on=ON)
        assert PayeeAccount.objects.get(pk=payee.pk).state == State.ENTERED

    @pytest.mark.parametrize("approved", [True, False])
    def test_leaves_finance_the_task_to_enter_the_persons_own(self, dead, held_by, bea, approved):
        held_by(Holder.REPRESENTATIVE, Authority.REPRESENTATIVE, approved=approved)
        undo(dead, bea)
        assert any("Enter Ada Bell’s own again" in what for what in asked(dead, Whose.FINANCE, Event.DEATH_UNDONE))

    def test_leaves_no_such_task_where_nothing_was_entered(self, dead, bea):
        undo(dead, bea)
        assert len(asked(dead, Whose.FINANCE, Event.DEATH_UNDONE)) == 1

    def test_whose_own_details_waited_while_they_lived_is_not_taken_into_use_after(self, budget, held_by, bea, fay):
        _tom, payee = held_by(Holder.NOMINATED, Authority.NOMINATED, approved=False)
        case = Case.objects.get(pk=budget.case_id)
        circumstances.record_death(case=case, died_on=date(2026, 5, 1), told_by="Tom, by phone", by=bea, on=ON)
        with pytest.raises(Refusal, match="only whoever settles"):
            payees.approve_details(payee=payee, by=fay, on=ON)


class TestSomebodyWhoseAuthorityHasEnded:
    @pytest.fixture
    def ended(self, budget, held_by, bea):
        tom, payee = held_by(Holder.NOMINATED, Authority.NOMINATED)
        case = Case.objects.get(pk=budget.case_id)
        people.end_relationship(
            case=case, relationship=tom, ends_on=date(2026, 5, 10), version=version_of(tom), by=bea, on=ON
        )
        return case, tom, payee

    def test_is_not_paid_from_that_day(self, ended, finn):
        """Ended on the 20th: a run made on the 28th still held a payment to them."""
        with pytest.raises(NothingToPay):
            make_run(pay_on=PAY_ON, by=finn, on=ON)

    def test_is_paid_until_then(self, ended, finn):
        assert make_run(pay_on=date(2026, 5, 8), by=finn, on=ON).payments_count == 2

    def test_stops_a_run_that_was_made_before(self, budget, held_by, bea, finn, fay):
        tom, _payee = held_by(Holder.NOMINATED, Authority.NOMINATED)
        run = make_run(pay_on=PAY_ON, by=finn, on=ON)
        case = Case.objects.get(pk=budget.case_id)
        people.end_relationship(
            case=case, relationship=tom, ends_on=date(2026, 5, 10), version=version_of(tom), by=bea, on=ON
        )
        with pytest.raises(Refusal, match="may no longer be made"):
            approve_run(run=run, by=fay, on=ON)

    def test_becomes_a_task_of_finance_and_of_the_worker(self, ended, bank):
        case, _tom, _payee = ended
        for whose in (Whose.FINANCE, Whose.WORKER):
            [what] = asked(case, whose, Event.AUTHORITY_ENDED)
            assert "authority of whoever holds Ada Bell’s money ends" in what
        bank(case, account_number="12345679")
        assert not asked(case, Whose.FINANCE, Event.AUTHORITY_ENDED), "Ada's own account is in use"

    def test_whose_details_waited_is_not_taken_into_use(self, budget, held_by, bea, fay):
        tom, payee = held_by(Holder.NOMINATED, Authority.NOMINATED, approved=False)
        case = Case.objects.get(pk=budget.case_id)
        people.end_relationship(
            case=case, relationship=tom, ends_on=date(2026, 5, 3), version=version_of(tom), by=bea, on=ON
        )
        with pytest.raises(Refusal, match="had no authority since 3 May 2026"):
            payees.approve_details(payee=payee, by=fay, on=ON)

    def test_who_held_no_money_is_no_task(self, budget, bea):
        tom = Relationship.objects.create(
            person=budget.case.person, name="Tom Bell", kind="sibling", starts_on=date(2026, 1, 1)
        )
        case = Case.objects.get(pk=budget.case_id)
        people.end_relationship(
            case=case, relationship=tom, ends_on=date(2026, 5, 3), version=version_of(tom), by=bea, on=ON
        )
        assert not Task.objects.filter(case=case).exists()
