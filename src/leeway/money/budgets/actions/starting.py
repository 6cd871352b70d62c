"""Starting a budget, funding its next year, going on where one was ended by mistake."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

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
from leeway.money.budgets.actions.ending import LastDay, close, end_as_far_back
from leeway.money.budgets.actions.funding import (
    ROWS_AT_ONCE,
    Wanted,
    correct_dues,
    fund,
    fund_start_up,
    let_days_gone_fall_due,
)
from leeway.money.budgets.actions.holding import locked
from leeway.money.budgets.actions.interim import take_off
from leeway.money.budgets.collecting import paid_gross
from leeway.money.budgets.models import (
    LAST_COSTS,
    Budget,
    Collector,
    Ending,
    Funding,
    Instalment,
    Part,
)
from leeway.money.budgets.schedule import DAY
from leeway.money.budgets.shares import Share, order_of_charge, shares_of
from leeway.money.ledger.actions import Place, open_accounts
from leeway.money.ledger.models import Kind
from leeway.money.payees.models import PAID_WAYS
from leeway.money.payees.queries import ways_ready_of
from leeway.refusal import Refusal

#: Stands for the name of the accounts that a budget has for itself: one budget a case is opened at a time.
OWN = "own"
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
    (budget,) = open_budgets(
        [Opening(case, plan, plan.final_budget, first, starts_on, before, queries.on_account(case))], by, on
    )
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
    _fund_on(budget, until, by, on)
    return budget


def _fund_on(budget: Budget, until: date, by: User, on: date) -> None:
    """Fund the year after a day, less what earlier budgets had paid for its days."""
    paid = queries.left_of_paid_before(budget)
    fund([Wanted(part, until + DAY, paid.get(part.way, 0)) for part in budget.parts.all()], by, on)


@transaction.atomic
def set_up_again(*, budget: Budget, reason: str, by: User, on: date) -> Budget:
    """Go on from the day after a budget's last, by the same agreed plan, where it was ended by mistake.

    What was paid for later days counts, and what waits goes on waiting. Refused where the plan is agreed no longer,
    the person has died, or another budget runs.
    """
    check_can(by, Capability.START_BUDGETS)
    case = lock_case(budget.case_id)
    ended = Budget.objects.select_related("ending", "plan", "final_budget", "charge").get(pk=budget.pk)
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
    (again,) = open_budgets([Opening(case, ended.plan, ended.final_budget, ended.charge, starts_on, paid)], by, on)
    ended.ending.replaced = True
    ended.ending.save(update_fields=["replaced"])
    let_days_gone_fall_due(case, on)
    sentence = f"Budget set up again from {starts_on:%-d %B %Y}: {reason}"
    tell(case=case, kind=Event.BUDGET_STARTED, sentence=sentence, by=by, on=on)
    return again


def go_on(budget: Budget, charge: Decision, by: User, on: date, final_budget: Decision | None = None) -> Budget:
    """Have a budget of the same plan take a budget's place from the first day of a charge that is another one.

    `final_budget` is what was decided where the budget is another from that day, since a line of it changed.
    """
    changed = {budget.pk: final_budget} if final_budget else {}
    (after,) = go_on_together([(budget, charge)], by, on, changed)
    tell(case=budget.case, kind=Event.BUDGET_GOES_ON, sentence=goes_on(budget, charge), by=by, on=on)
    return after


def goes_on(budget: Budget, charge: Decision) -> str:
    """What the story of a case says where its budget goes on at another charge."""
    return f"The budget goes on. {_goes_on_because(budget, charge)}."


def _goes_on_because(budget: Budget, charge: Decision) -> str:
    pays = pounds(charge.result["charge_pence_per_week"])
    return f"From {charge.law_on:%-d %B %Y} {budget.case.person} pays {pays} a week, {charge.why}"


def go_on_together(
    going: Sequence[tuple[Budget, Decision]], by: User, on: date, changed: Mapping[UUID, Decision] | None = None
) -> list[Budget]:
    """Have budgets go on at other charges, each from the first day of its charge: one, or thousands at once.

    The same statements do it for all of them. Whoever calls has locked their cases, and tells them of it. `changed` has
    what was decided of those that are another budget from then.
    """
    _fund_as_far(going, by, on)
    last_days = {budget.pk: charge.law_on - DAY for budget, charge in going}
    paid = queries.paid_beyond_of_many(last_days)
    because = {budget.pk: _goes_on_because(budget, charge) for budget, charge in going}
    ends = [LastDay(budget, last_days[budget.pk], because[budget.pk], replaced=True) for budget, _ in going]
    close(ends, by, on, paid)
    return open_budgets(
        [
            Opening(
                budget.case,
                budget.plan,
                (changed or {}).get(budget.pk, budget.final_budget),
                charge,
                charge.law_on,
                paid.get(budget.pk, {}),
            )
            for budget, charge in going
        ],
        by,
        on,
    )


def _fund_as_far(going: Sequence[tuple[Budget, Decision]], by: User, on: date) -> None:
    """Fund the years until budgets go on at another charge, where that is further ahead than they are funded."""
    until = queries.funded_until_days([budget for budget, _ in going])
    for budget, charge in going:
        while until[budget.pk] < charge.law_on - DAY and _pays_out(budget):
            _fund_on(budget, until[budget.pk], by, on)
            until[budget.pk] = queries.funded_until_day(budget)


def _pays_out(budget: Budget) -> bool:
    return any(part.paid_pence_per_week for part in budget.parts.all())


@dataclass(frozen=True, slots=True)
class Opening:
    """A budget that is to begin: of which plan, as decided, at which charge, from when, what was paid before by way.

    That is, under earlier budgets, and on account.
    """

    case: Case
    plan: Plan
    final_budget: Decision
    charge: Decision
    starts_on: date
    paid_before: Mapping[str, int]
    on_account: Mapping[str, int] = field(default_factory=dict)


def open_budgets(openings: Sequence[Opening], by: User, on: date) -> list[Budget]:
    """Open budgets of plans, each from a day, with their parts, their funding and their schedule.

    What others promised for days that these take over from earlier budgets is promised and owed anew, under these.
    """
    gross = paid_gross({each.case.pk for each in openings}, on)
    shares = [
        shares_of(each.final_budget, each.charge, each.starts_on, gross=each.case.pk in gross) for each in openings
    ]
    _require_bank_details(openings, shares)
    accounts = _open_accounts(openings, shares, by, on)
    budgets = [_budget(each, accounts, each.case.pk in gross, by, on) for each in openings]
    Budget.objects.bulk_create(budgets, batch_size=ROWS_AT_ONCE)
    wanted = [
        Wanted(
            _part(budget, share, accounts),
            each.starts_on,
            each.paid_before.get(share.way, 0),
            each.on_account.get(share.way, 0),
        )
        for each, budget, own in zip(openings, budgets, shares, strict=True)
        for share in own
    ]
    Part.objects.bulk_create([each.part for each in wanted], batch_size=ROWS_AT_ONCE)
    fund(wanted, by, on)
    correct_dues(_of_budgets_before(budgets), by, on)
    for budget in budgets:
        if budget.start_up_pence:
            fund_start_up(budget, by, on)
    return budgets


def _of_budgets_before(budgets: Sequence[Budget]) -> dict[UUID, UUID]:
    """The fundings of budgets whose place others took that were for later days too, each with the latest of its case.

    That one is because of which what fell due of them is no longer due.
    """
    because = {budget.case_id: budget.pk for budget in budgets}
    taken = Funding.objects.filter(
        part__budget__case__in=because,
        part__budget__ending__replaced=True,
        part__budget__ending__ends_on__lt=F("ends_on"),
    )
    return {pk: because[case] for pk, case in taken.order_by().values_list("pk", "part__budget__case")}


def _open_accounts(
    openings: Sequence[Opening], shares: Sequence[list[Share]], by: User, on: date
) -> Mapping[Place, UUID]:
    """The accounts that new budgets need: two of their own, named by plan and number, and what they are paid into."""
    before = Counter(
        Budget.objects.order_by().filter(plan__in=[each.plan for each in openings]).values_list("plan", flat=True)
    )
    names, wanted = {}, []
    for each, own in zip(openings, shares, strict=True):
        nth = before[each.plan.pk]
        names[each.plan.pk] = f"Budget {each.plan.number}" + (f".{nth + 1}" if nth else "")
        wanted += [(kind, each.case.pk, names[each.plan.pk]) for kind in (Kind.AVAILABLE, Kind.COMMITTED)]
        wanted += [(PAID_INTO[share.way], each.case.pk, "") for share in own if share.way in PAID_INTO]
    opened = open_accounts(wanted=wanted, by=by, on=on)
    return {(kind, case, "" if kind in PAID_INTO.values() else OWN): pk for (kind, case, _), pk in opened.items()}


def _budget(opening: Opening, accounts: Mapping[Place, UUID], gross: bool, by: User, on: date) -> Budget:
    plan, case = opening.plan, opening.case
    result = opening.final_budget.result
    charge_pence = opening.charge.result["charge_pence_per_week"]
    return Budget(
        case=case,
        plan=plan,
        final_budget=opening.final_budget,
        charge=opening.charge,
        starts_on=opening.starts_on,
        cost_pence_per_week=result["pence_per_week"],
        charge_pence_per_week=charge_pence,
        council_pence_per_week=result["pence_per_week"] - result["nhs_pence_per_week"] - charge_pence,
        nhs_pence_per_week=result["nhs_pence_per_week"],
        start_up_pence=queries.start_up_pence(plan) if result["start_up_pence"] else 0,
        charge_taken_first_from=order_of_charge(opening.starts_on),
        collected_by=Collector.COUNCIL if gross else Collector.PERSON,
        pay_calendar_starts_on=settings.PAY_CALENDAR_STARTS_ON,
        available_id=accounts[Kind.AVAILABLE, case.pk, OWN],
        committed_id=accounts[Kind.COMMITTED, case.pk, OWN],
        started_by=by,
        started_on=on,
    )


def _part(budget: Budget, share: Share, accounts: Mapping[Place, UUID]) -> Part:
    kind = PAID_INTO.get(share.way)
    return Part(
        budget=budget,
        way=share.way,
        gross_pence_per_week=share.gross_pence_per_week,
        nhs_pence_per_week=share.nhs_pence_per_week,
        charge_pence_per_week=share.charge_pence_per_week,
        paid_pence_per_week=share.paid_pence_per_week,
        paid_into_id=accounts[kind, budget.case_id, ""] if kind else None,
    )


def _require_bank_details(openings: Sequence[Opening], shares: Sequence[list[Share]]) -> None:
    ready = ways_ready_of([each.case for each in openings])
    for each, own in zip(openings, shares, strict=True):
        missing = {share.way for share in own if share.way in PAID_WAYS} - ready[each.case.pk]
        if missing:
            names = " and the ".join(way.short.lower() for way in sorted(missing))
            raise Refusal(
                f"The {names} needs bank details that two officers have checked. Enter or approve them first."
            )


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
