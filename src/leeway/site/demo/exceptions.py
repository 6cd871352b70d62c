"""What runs need besides, once each: days in hospital left out, money on account, one account for two, a sample."""

from datetime import date, timedelta

from leeway.access.roles import Capability
from leeway.care.circumstances import actions as circumstances
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.money.banking.working_days import working_day_on_or_before
from leeway.money.budgets import actions as budgets
from leeway.money.budgets.models import Budget, HoldKind
from leeway.money.payees import actions as payees
from leeway.money.payees.models import Holder, PayeeAccount
from leeway.money.payees.states import State as PayeeState
from leeway.money.payments import actions as payments
from leeway.money.payments import making, sampling
from leeway.money.payments.models import PaymentRun
from leeway.money.payments.states import State
from leeway.site.demo.playing import Staff


def play(staff: Staff, today: date) -> None:
    """Play each where there is somebody whom it fits."""
    running = list(_of_the_crowd(Stage.ACTIVE))
    if len(running) > 2:
        leave_days_out(running[0], staff, today)
        stay_in_hospital(running[1], staff, today)
        share_an_account(running[2], running[0], staff, today)
    waiting = Case.objects.filter(stage__in=[Stage.PLANNING, Stage.SIGN_OFF, Stage.AGREEMENT], budgets=None)
    if (case := waiting.filter(person__user=None).order_by("opened_on", "pk").first()) is not None:
        pay_on_account(case, staff, today)
    draw_a_sample(staff, today)


def _of_the_crowd(stage: Stage):
    """Cases whose one budget has run for months and goes on, and is paid out direct."""
    budgets_of = Budget.objects.filter(ending=None, holds=None, parts__way=Way.DIRECT_PAYMENT)
    return (
        Case.objects.filter(stage=stage, person__user=None, person__date_of_death=None)
        .filter(budgets__in=budgets_of, person__stays=None)
        .order_by("opened_on", "pk")
    )


def _hold(case: Case, staff: Staff, on: date, until: date, why: str):
    budget = case.budgets.get(ending=None)
    said = {"kind": HoldKind.HOSPITAL, "reason": why, "last_on": until}
    return budgets.place_hold(budget=budget, by=staff.finance, on=on, **said)


def leave_days_out(case: Case, staff: Staff, today: date) -> None:
    """Twelve days in hospital, for which the agency was not paid: they are left out, and come off what is next."""
    first, last, on = today - timedelta(days=21), today - timedelta(days=10), today - timedelta(days=8)
    circumstances.record_stay(
        case=case,
        kind="hospital",
        place="Fairbourne General",
        starts_on=first,
        ends_on=last,
        told_by="The ward",
        by=case.worker,
        on=on,
    )
    hold = _hold(case, staff, on, today, "In Fairbourne General, and home again.")
    budgets.leave_out_days(
        hold=hold,
        starts_on=first + timedelta(days=1),
        ends_on=last - timedelta(days=1),
        reason="The agency did not come on these days and was not paid.",
        by=staff.finance,
        on=on,
    )


def stay_in_hospital(case: Case, staff: Staff, today: date) -> None:
    """Somebody who is in hospital still: payments wait, and finance looks again in three days."""
    on = today - timedelta(days=4)
    circumstances.record_stay(
        case=case,
        kind="hospital",
        place="",
        starts_on=on - timedelta(days=1),
        ends_on=None,
        told_by="Their daughter",
        by=case.worker,
        on=on,
    )
    _hold(case, staff, on, today + timedelta(days=3), "Home next week, the ward hopes.")


def share_an_account(case: Case, other: Case, staff: Staff, today: date) -> None:
    """Two people's money into one account, with why that is right."""
    theirs = PayeeAccount.objects.filter(case=other, way=Way.DIRECT_PAYMENT, state=PayeeState.APPROVED).first()
    if theirs is None or theirs.relationship_id is not None:
        return
    on = today - timedelta(days=3)
    payee = payees.enter_details(
        case=case,
        way=Way.DIRECT_PAYMENT,
        holder=Holder.PERSON,
        account_name=theirs.account_name,
        sort_code=theirs.sort_code,
        account_number=theirs.account_number,
        by=staff.finance,
        on=on,
    )
    payees.approve_details(
        payee=payee,
        shared_because="They live together and keep one account for their support, as both said at a visit.",
        by=staff.second_finance,
        on=on,
    )


def pay_on_account(case: Case, staff: Staff, today: date) -> None:
    """Money for a fortnight, before the budget is set up: agreed by a manager, paid by Faster Payments that day."""
    on = working_day_on_or_before(today - timedelta(days=2))
    payee = payees.enter_details(
        case=case,
        way=Way.DIRECT_PAYMENT,
        holder=Holder.PERSON,
        account_name=str(case.person),
        sort_code="40-00-01",
        account_number="10203040",
        by=staff.finance,
        on=on,
    )
    payees.approve_details(payee=payee, by=staff.second_finance, on=on)
    interim = budgets.ask_for_interim(
        case=case,
        amount_pence=240_00,
        starts_on=on,
        ends_on=on + timedelta(days=13),
        reason="Home from hospital today, and a neighbour can help until the plan is agreed.",
        by=staff.finance,
        on=on,
    )
    budgets.authorise_interim(interim=interim, by=staff.manager, on=on)
    run = making.make_faster_run(
        pay_on=on, only=[interim.pk], why="Nobody else can help this evening.", by=staff.finance, on=on
    )
    payments.approve_run(run=run, by=staff.second_finance, on=on)
    payments.record_sent(run=run, sent_on=on, by=staff.second_finance, on=on)
    payments.confirm_run(run=run, confirmed_from="The bank’s answer", returned={}, by=staff.finance, on=on)


def draw_a_sample(staff: Staff, today: date) -> None:
    """A sample of the last run that was confirmed, by the finance manager: one is left, and one thing wrong."""
    manager = next(user for user in staff.logins.values() if user.can(Capability.APPROVE_LARGE_RUNS))
    confirmed = PaymentRun.objects.filter(state=State.CONFIRMED, payments_count__gte=5)
    run = confirmed.exclude(approved_by=manager).first()
    if run is None:
        return
    by_on = {"by": manager, "on": today}
    size = sampling.fewest_to_check(run.payments_count)
    sample = sampling.draw_sample(run=run, size=size, because="The first sample since the spring.", **by_on)
    drawn = sampling.sample_of(run, seen_by=manager)
    assert drawn is not None and drawn.sample == sample
    for place, row in enumerate(drawn.rows[:-1]):
        found = (
            "Plan, charge and bank statement agree." if place else "Paid as planned; the name on the account is old."
        )
        sampling.record_checked(sampled=row, right=bool(place), found=found, **by_on)
