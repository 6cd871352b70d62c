"""Starting a budget, funding its next year, going on where one was ended by mistake."""

from collections import Counter
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.decisions.models import Decision
from leeway.care.people.actions import move_case, tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.care.people.states import Stage, require_stage
from leeway.care.planning.actions import take_back
from leeway.care.planning.models import Plan, PlanState, Way
from leeway.care.planning.queries import charges_of
from leeway.care.review.actions import schedule_review
from leeway.law.numbers import pounds
from leeway.money.budgets import queries
from leeway.money.budgets.actions.ending import end, end_as_far_back
from leeway.money.budgets.actions.funding import fund, fund_start_up, let_days_gone_fall_due
from leeway.money.budgets.actions.holding import locked
from leeway.money.budgets.actions.interim import take_off
from leeway.money.budgets.models import (
    LAST_COSTS,
    Budget,
    Ending,
    Instalment,
    Part,
)
from leeway.money.budgets.schedule import DAY
from leeway.money.budgets.shares import Share, order_of_charge, shares_of
from leeway.money.ledger.actions import open_account
from leeway.money.ledger.models import Kind
from leeway.money.payees.models import PAID_WAYS
from leeway.money.payees.queries import ways_ready
from leeway.refusal import Refusal

PAID_INTO = {Way.DIRECT_PAYMENT: Kind.HELD_BY_PERSON, Way.SERVICE_FUND: Kind.HELD_BY_PROVIDER}


@transaction.atomic
def start_budget(*, plan: Plan, by: User, on: date) -> Budget:
    """Turn an agreed plan into money: accounts, funding for the financial year, and a schedule of instalments.

    Where what the person pays changes on a day that is known, a budget follows from that day; the last is given
    back. The case becomes active, its first review is made due, and an earlier budget ends the day before. Refused:
    another stage, a plan not agreed, and a direct payment or service fund without approved bank details.
    """
    check_can(by, Capability.START_BUDGETS)
    case = lock_case(plan.case_id)
    require_stage(case.stage, Stage.ARRANGING)
    plan = Plan.objects.select_related("final_budget").get(pk=plan.pk)
    if plan.state != PlanState.AGREED:
        raise Refusal("The plan has not been agreed, so its budget cannot start.")
    starts_on = date.fromisoformat(plan.final_budget.result["starts_on"])
    first, *later = charges_of(plan)
    before = _replace_earlier(case, starts_on, by, on)
    paid = Counter(before) + Counter(queries.on_account(case))
    budget = open_budget(case, plan, first, starts_on, paid, by, on)
    left_pence = take_off(case, budget, before, by, on)
    for charge in later:
        budget = go_on(budget, charge, by, on)
    let_days_gone_fall_due(case, on)
    sentence = f"Budget started: {pounds(budget.cost_pence_per_week)} a week from {starts_on:%-d %B %Y}."
    if left_pence:
        sentence += (
            f" {pounds(left_pence)} of what was paid on account is more than falls due, and stays to be settled."
        )
    move_case(case=case, to=Stage.ACTIVE, kind=Event.BUDGET_STARTED, by=by, on=on, sentence=sentence)
    schedule_review(case=case, starts_on=starts_on, by=by, on=on)
    return budget


@transaction.atomic
def send_plan_back(*, plan: Plan, reason: str, by: User, on: date) -> Plan:
    """Send an agreed plan whose budget cannot start back to planning, with the reason; the budget before goes on."""
    check_can(by, Capability.START_BUDGETS)
    case = lock_case(plan.case_id)
    require_stage(case.stage, Stage.ARRANGING)
    agreed = case.plans.filter(pk=plan.pk, state=PlanState.AGREED, budgets=None).first()
    if agreed is None:
        raise Refusal("This plan does not wait for its money any more. Open the case to see where it stands.")
    agreed.case = case
    return take_back(plan=agreed, reason=reason, by=by, on=on)


@transaction.atomic
def fund_next_year(*, budget: Budget, by: User, on: date) -> Budget:
    """Fund a budget for the financial year after the one it is funded for, and schedule its instalments."""
    check_can(by, Capability.START_BUDGETS)
    budget = locked(budget)
    if hasattr(budget, "ending"):
        raise Refusal("This budget has ended, so it cannot be funded further.")
    if not _pays_out(budget):
        raise Refusal("The person pays all of this budget themselves, so there is nothing to fund.")
    until = queries.funded_until_day(budget)
    if on < until - queries.FUNDED_AHEAD:
        raise Refusal(f"This budget is funded until {until:%-d %B %Y}. Fund it further in the last three months.")
    for part in budget.parts.all():
        fund(part, until + DAY, 0, by, on)
    return budget


@transaction.atomic
def set_up_again(*, budget: Budget, reason: str, by: User, on: date) -> Budget:
    """Go on from the day after a budget's last, by the same agreed plan, where it was ended by mistake.

    What was paid for later days counts, and what waits goes on waiting. Refused where the plan is agreed no longer,
    the person has died, or another budget runs.
    """
    check_can(by, Capability.START_BUDGETS)
    case = lock_case(budget.case_id)
    ended = Budget.objects.select_related("ending", "plan__final_budget", "charge").get(pk=budget.pk)
    if case.person.date_of_death is not None or ended.plan.state != PlanState.AGREED:
        raise Refusal("A budget is set up again while its plan is agreed and the person lives. Make a new plan.")
    if case.budgets.filter(Q(ending=None) | Q(starts_on__gt=ended.starts_on)).exists():
        raise Refusal("This budget runs, or another has taken its place.")
    before = queries.goes_on_from(ended)
    if before is not None and before.ending.goes_on < ended.starts_on:
        raise Refusal(
            f"This budget never began: what it was to go on from ended after {before.ending.ends_on:%-d %B %Y}, and "
            "the days between would stay unpaid. Make a new plan."
        )
    owed = Instalment.objects.filter(part__budget=ended, kind__in=LAST_COSTS, cancellation=None)
    if owed.exists():
        raise Refusal(
            "Last costs were entered after this budget’s end, as if it were over. Cancel those that are not paid; "
            "where one was paid, make a new plan."
        )
    ask = "Say why it is set up again. The person can read this."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    starts_on = ended.ending.ends_on + DAY
    paid = queries.paid_beyond(ended, ended.ending.ends_on)
    again = open_budget(case, ended.plan, ended.charge, starts_on, paid, by, on)
    ended.ending.replaced = True
    ended.ending.save(update_fields=["replaced"])
    let_days_gone_fall_due(case, on)
    sentence = f"Budget set up again from {starts_on:%-d %B %Y}: {reason}"
    tell(case=case, kind=Event.BUDGET_STARTED, sentence=sentence, by=by, on=on)
    return again


def go_on(budget: Budget, charge: Decision, by: User, on: date) -> Budget:
    """Have a budget of the same plan take a budget's place from the first day of a charge that is another one."""
    last_day = charge.law_on - DAY
    while (until := queries.funded_until_day(budget)) < last_day and _pays_out(budget):
        for part in budget.parts.all():
            fund(part, until + DAY, 0, by, on)
    paid = queries.paid_beyond(budget, last_day)
    pays = pounds(charge.result["charge_pence_per_week"])
    reason = f"From {charge.law_on:%-d %B %Y} {budget.case.person} pays {pays} a week, {charge.why}"
    end(budget, last_day, reason, by, on, replaced=True, goes_on=f"The budget goes on. {reason}.")
    return open_budget(budget.case, budget.plan, charge, charge.law_on, paid, by, on)


def _pays_out(budget: Budget) -> bool:
    return any(part.paid_pence_per_week for part in budget.parts.all())


def open_budget(
    case: Case, plan: Plan, charge: Decision, starts_on: date, paid_before: dict[str, int], by: User, on: date
) -> Budget:
    """Open a plan's budget from a day, with its parts, their funding and their schedule."""
    shares = shares_of(plan, charge, starts_on)
    _require_bank_details(case, shares)
    budget = _open_budget(case, plan, charge, starts_on, by, on)
    for share in shares:
        fund(_open_part(budget, share, by, on), starts_on, paid_before.get(share.way, 0), by, on)
    if budget.start_up_pence:
        fund_start_up(budget, by, on)
    return budget


def _open_budget(case: Case, plan: Plan, charge: Decision, starts_on: date, by: User, on: date) -> Budget:
    result = plan.final_budget.result
    charge_pence = charge.result["charge_pence_per_week"]
    before = case.budgets.filter(plan=plan).count()
    name = f"Budget {plan.number}" + (f".{before + 1}" if before else "")
    return Budget.objects.create(
        case=case,
        plan=plan,
        charge=charge,
        starts_on=starts_on,
        cost_pence_per_week=result["pence_per_week"],
        charge_pence_per_week=charge_pence,
        council_pence_per_week=result["pence_per_week"] - result["nhs_pence_per_week"] - charge_pence,
        nhs_pence_per_week=result["nhs_pence_per_week"],
        start_up_pence=queries.start_up_pence(plan),
        charge_taken_first_from=order_of_charge(starts_on),
        pay_calendar_starts_on=settings.PAY_CALENDAR_STARTS_ON,
        available=open_account(kind=Kind.AVAILABLE, case=case, name=name, by=by, on=on),
        committed=open_account(kind=Kind.COMMITTED, case=case, name=name, by=by, on=on),
        started_by=by,
        started_on=on,
    )


def _open_part(budget: Budget, share: Share, by: User, on: date) -> Part:
    kind = PAID_INTO.get(share.way)
    return Part.objects.create(
        budget=budget,
        way=share.way,
        gross_pence_per_week=share.gross_pence_per_week,
        nhs_pence_per_week=share.nhs_pence_per_week,
        charge_pence_per_week=share.charge_pence_per_week,
        paid_pence_per_week=share.paid_pence_per_week,
        paid_into=open_account(kind=kind, case=budget.case, by=by, on=on) if kind else None,
    )


def _require_bank_details(case: Case, shares: list[Share]) -> None:
    missing = {share.way for share in shares if share.way in PAID_WAYS} - ways_ready(case)
    if missing:
        names = " and the ".join(way.short.lower() for way in sorted(missing))
        raise Refusal(f"The {names} needs bank details that two officers have checked. Enter or approve them first.")


def _replace_earlier(case: Case, starts_on: date, by: User, on: date) -> dict[str, int]:
    """End the budget that runs until now, and say what it had paid, by way, for days from `starts_on`."""
    runs = Q(ending=None) | Q(ending__ends_on__gte=starts_on, ending__replaced=False)
    earlier = case.budgets.select_related("case__person", "ending").filter(runs).first()
    if earlier is None:
        return {}
    if hasattr(earlier, "ending") and earlier.ending.sooner_on:
        raise Refusal(
            f"The budget before it pays until {earlier.ending.ends_on:%-d %B %Y}, which was brought forward already. "
            "Start this one on the day after, or later."
        )
    runs_then = earlier  # of its plan, where what was to follow has not begun by then
    while starts_on <= runs_then.starts_on and (before := queries.goes_on_from(runs_then)):
        runs_then = before
    if starts_on <= runs_then.starts_on:
        raise Refusal("The new budget must start after the one it replaces started.")
    ending: Ending | None = getattr(runs_then, "ending", None)
    last_day = starts_on - DAY
    if ending is not None and ending.left_out_until and starts_on > ending.ends_on:
        if starts_on < ending.goes_on:
            raise Refusal(
                f"The days until {ending.left_out_until:%-d %B %Y} were left out. Start the new budget on the day "
                "after, or later."
            )
        last_day = ending.ends_on
    paid = queries.paid_beyond(runs_then, last_day)
    end_as_far_back(earlier, starts_on - DAY, "Replaced by a new budget", by, on, replaced=True)
    return paid
