"""Budgets that end: by a page that is not stale, sooner than decided, by mistake, and with money still open."""

import itertools
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from leeway.care.people import actions as people
from leeway.care.people.access import is_own_case
from leeway.care.planning.models import Way
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import Budget, Cancellation, Ending, HoldKind, Instalment
from leeway.money.budgets.payable import as_paid_on, payable
from leeway.money.ledger.models import Kind
from leeway.money.ledger.queries import balances_of_case
from leeway.money.payments.making import make_run
from leeway.money.payments.queries import findings
from leeway.refusal import NotAllowed, Refusal
from leeway.versions import version_of
from tests.races import at_once
from tests.site.ends.conftest import DIED, END, LIVES, NEXT, ON, tasks


def test_a_death_before_a_last_day_to_come_brings_it_forward(budget, ada_case, die, end, undo, finn):
    """What falls due is shortened to the day of death, the rest is released, and it is done once."""
    end(ends_on=date(2026, 7, 31), on=ON)
    die()
    assert END in tasks(ada_case)
    assert budget.holds.filter(kind=HoldKind.DEATH, lifted_on=None).exists()
    with pytest.raises(Refusal, match="nothing falls due after that day"):
        end(ends_on=date(2026, 6, 30))
    ending = end()
    assert (ending.ends_on, ending.first_ends_on, ending.sooner_by) == (DIED, date(2026, 7, 31), finn)
    live = Instalment.objects.filter(part__budget=budget, cancellation=None)
    assert max(each.ends_on for each in live) == DIED
    set_aside = next(pence for account, pence in balances_of_case(ada_case).items() if account.kind == Kind.COMMITTED)
    assert set_aside == sum(each.amount_pence for each in live)
    assert END not in tasks(ada_case) and not budget.holds.filter(lifted_on=None).exists()
    assert list(findings()) == []
    with pytest.raises(Refusal, match="has ended already"):
        end(ends_on=date(2026, 5, 1))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Ending.objects.update(ends_on=date(2026, 5, 1))


def test_a_form_to_end_the_budget_from_before_the_death_was_undone_ends_nothing(
    budget, die, undo, finn, client, settings
):
    death = die()
    client.force_login(finn)
    address = f"/cases/{budget.case_id}/budget/end/"
    assert f'value="{death.pk}"' in client.get(address).content.decode()
    undo()
    sent = {"ends_on_day": "31", "ends_on_month": "5", "ends_on_year": "2026", "reason": "The person has died"}
    page = client.post(address, sent | {"death": str(death.pk)})
    assert "they have not died" in page.content.decode()
    assert not hasattr(Budget.objects.get(pk=budget.pk), "ending")
    assert "who meets the needs from the day after" in client.post(address, sent | {"death": ""}).content.decode()
    assert not hasattr(Budget.objects.get(pk=budget.pk), "ending")
    covered = {"death": "", "cover": "Her sister does, who has moved in."}
    assert client.post(address, sent | covered).status_code == 302
    assert "From then on: Her sister does" in Budget.objects.get(pk=budget.pk).ending.reason


@pytest.mark.django_db(transaction=True)
def test_a_budget_is_not_ended_while_the_death_is_undone(budget, die, undo, finn):
    death = die()
    said = at_once(
        undo,
        lambda: budgets.end_budget(
            cover="Her family, from then on",
            budget=budget,
            ends_on=DIED,
            reason="She died",
            death=death.pk,
            by=finn,
            on=ON,
        ),
    )
    assert isinstance(said[1], Refusal) and "they have not died" in str(said[1])
    assert not hasattr(Budget.objects.get(pk=budget.pk), "ending")


def test_a_form_from_before_a_death_ends_nothing_either(budget, die, finn):
    die()
    with pytest.raises(Refusal, match=r"has changed since .* died on 31 May 2026"):
        budgets.end_budget(
            cover="Her family, from then on", budget=budget, ends_on=DIED, reason="Moved away", by=finn, on=ON
        )


def test_a_budget_ended_by_mistake_is_set_up_again_and_pays_each_day_once(budget, ada_case, die, undo, end, finn, paid):
    run = make_run(pay_on=date(2026, 5, 20), by=finn, on=date(2026, 5, 14))
    paid(run, date(2026, 5, 14))
    hold = budgets.place_hold(
        budget=budget, kind=HoldKind.SAFEGUARDING, reason="A concern", last_on=DIED, by=finn, on=DIED
    )
    die(died_on=date(2026, 5, 20))
    beyond_pence = end(date(2026, 5, 20)).paid_beyond_pence
    assert beyond_pence
    with pytest.raises(Refusal, match="the person lives"):
        budgets.set_up_again(budget=budget, reason="She lives", by=finn, on=ON)
    undo()
    again = budgets.set_up_again(budget=budget, reason="She lives", by=finn, on=NEXT)
    assert (again.plan, again.starts_on) == (budget.plan, date(2026, 5, 21))
    assert not payable(as_paid_on(Instalment.objects.filter(part__budget=again), NEXT)).exists(), "it goes on waiting"
    of_again = Instalment.objects.filter(part__budget=again)
    assert sum(each.already_paid_pence for each in of_again) == beyond_pence
    balances = {account.kind: pence for account, pence in balances_of_case(ada_case, as_at=NEXT).items()}
    assert balances[Kind.HELD_BY_PERSON] == run.total_pence
    assert LIVES not in tasks(ada_case)
    with pytest.raises(Refusal, match="This budget runs"):
        budgets.set_up_again(budget=budget, reason="Once more", by=finn, on=NEXT)
    with pytest.raises(NotAllowed):
        budgets.set_up_again(budget=again, reason="Once more", by=ada_case.worker, on=NEXT)
    for each in [hold]:
        budgets.lift_hold(hold=each, by=finn, on=NEXT)
    assert make_run(pay_on=date(2026, 6, 30), by=finn, on=NEXT).payments_count
    assert not list(findings())


def test_a_new_plan_that_starts_before_a_last_day_to_come_takes_the_days_over(budget, ada_case, end, agree, finn):
    end(ends_on=date(2026, 8, 30))
    plan = agree(ada_case, (Way.DIRECT_PAYMENT, 120_00, 0), starts_on=date(2026, 7, 6), number=2)
    again = budgets.start_budget(plan=plan, by=finn, on=ON)
    budget.refresh_from_db()
    assert (budget.ending.ends_on, budget.ending.replaced) == (date(2026, 7, 5), True)
    live = Instalment.objects.filter(cancellation=None, part__budget__in=[budget, again]).order_by("starts_on")
    days = [(each.starts_on, each.ends_on) for each in live if each.amount_pence]
    assert all(first[1] < second[0] for first, second in itertools.pairwise(days))
    assert not list(findings())


def test_the_way_back_stands_on_the_budgets_page(budget, ada_case, end, finn, bea, client):
    end()
    client.force_login(finn)
    at = f"/cases/{ada_case.pk}/budget/"
    assert "Set the budget up again" in client.get(at).content.decode()
    assert client.post(f"{at}again/", {"reason": ""}).status_code == 200
    assert client.post(f"{at}again/", {"reason": "Ended by mistake"}).headers["Location"] == at
    assert Budget.objects.filter(case=ada_case, ending=None).count() == 1
    client.force_login(bea)
    assert client.get(f"{at}again/").status_code == 403


def test_finance_looks_after_a_closed_case_while_money_is_open(ada_case, die, end, bea, finn, mona):
    die()
    people.close_case(
        case=ada_case, reason="Everything is settled.", version=version_of(ada_case, "stage"), by=bea, on=ON
    )
    assert is_own_case(finn, ada_case, ON)
    end()
    assert is_own_case(finn, ada_case, ON)  # what fell due before the death is unpaid yet
    for each in Instalment.objects.filter(part__budget__case=ada_case, cancellation=None):
        Cancellation.objects.create(instalment=each, reason="Settled", cancelled_by=finn, cancelled_on=ON)
    assert not is_own_case(finn, ada_case, ON)


def test_what_was_paid_beyond_the_day_shows_before_the_budget_is_ended(budget, ada_case, die, finn, paid, client):
    run = make_run(pay_on=date(2026, 5, 20), by=finn, on=date(2026, 5, 14))
    paid(run, date(2026, 5, 14))
    die(died_on=date(2026, 5, 20))
    client.force_login(finn)
    for address in ("/home/", f"/cases/{ada_case.pk}/budget/"):
        assert " was paid" in client.get(address).content.decode()
