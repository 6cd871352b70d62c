"""Starting a budget, funding its next year, holding it, ending it."""

import uuid
from collections import Counter
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.circumstances.queries import standing_death
from leeway.care.people.actions import move_case, tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.care.people.states import Stage, require_stage
from leeway.care.planning.models import Plan, PlanState, Way
from leeway.care.review.actions import schedule_review
from leeway.days import PLANNED, check_day
from leeway.law.numbers import pounds, split
from leeway.money.budgets import queries
from leeway.money.budgets.dues import OWED, standings, weights
from leeway.money.budgets.models import (
    COMES_BY_ITSELF,
    LAST_COST_MOST_PENCE,
    LAST_COSTS,
    UNTIL_ENDED,
    Budget,
    Cancellation,
    Ending,
    Funding,
    Hold,
    HoldKind,
    Instalment,
    InstalmentKind,
    LastCost,
    Part,
)
from leeway.money.budgets.schedule import DAY, PaidPeriod, days_pence, funded_until, instalments
from leeway.money.budgets.shares import Share, divide, order_of_charge, shares_of
from leeway.money.ledger.actions import NewTransfer, give_back, open_account, transfer_many
from leeway.money.ledger.models import Account, Kind, Reason, Transfer
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payees.models import PAID_WAYS
from leeway.money.payees.queries import ways_ready
from leeway.refusal import Refusal

PAID_INTO = {Way.DIRECT_PAYMENT: Kind.HELD_BY_PERSON, Way.SERVICE_FUND: Kind.HELD_BY_PROVIDER}


@transaction.atomic
def start_budget(*, plan: Plan, by: User, on: date) -> Budget:
    """Turn an agreed plan into money: accounts, funding for the financial year, and a schedule of instalments.

    The case becomes active, its first review is made due, and an earlier budget ends the day before. Refused:
    another stage, a plan not agreed, and a direct payment or service fund without approved bank details.
    """
    check_can(by, Capability.START_BUDGETS)
    case = lock_case(plan.case_id)
    require_stage(case.stage, Stage.ARRANGING)
    plan = Plan.objects.select_related("final_budget").get(pk=plan.pk)
    if plan.state != PlanState.AGREED:
        raise Refusal("The plan has not been agreed, so its budget cannot start.")
    starts_on = date.fromisoformat(plan.final_budget.result["starts_on"])
    budget = _open(case, plan, starts_on, _replace_earlier(case, starts_on, by, on), by, on)
    if budget.start_up_pence:
        _fund_start_up(budget, by, on)
    sentence = f"Budget started: {pounds(budget.cost_pence_per_week)} a week from {starts_on:%-d %B %Y}."
    move_case(case=case, to=Stage.ACTIVE, kind=Event.BUDGET_STARTED, by=by, on=on, sentence=sentence)
    schedule_review(case=case, starts_on=starts_on, by=by, on=on)
    return budget


@transaction.atomic
def fund_next_year(*, budget: Budget, by: User, on: date) -> Budget:
    """Fund a budget for the financial year after the one it is funded for, and schedule its instalments."""
    check_can(by, Capability.START_BUDGETS)
    budget = _locked(budget)
    if hasattr(budget, "ending"):
        raise Refusal("This budget has ended, so it cannot be funded further.")
    if not any(part.paid_pence_per_week for part in budget.parts.all()):
        raise Refusal("The person pays all of this budget themselves, so there is nothing to fund.")
    until = queries.funded_until_day(budget)
    if on < until - queries.FUNDED_AHEAD:
        raise Refusal(f"This budget is funded until {until:%-d %B %Y}. Fund it further in the last three months.")
    for part in budget.parts.all():
        _fund(part, until + DAY, 0, by, on)
    return budget


@transaction.atomic
def end_budget(*, budget: Budget, ends_on: date, reason: str, death: UUID | None = None, by: User, on: date) -> Ending:
    """Stop a budget after a day. What was not paid for later days is cancelled and its funding goes back.

    Money already paid for later days is counted and shown; taking it back is a decision of its own. `death` is the
    record of a death that the officer saw: where another stands by now, or none, nothing is ended.
    """
    check_can(by, Capability.START_BUDGETS)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day of the budget", on=on)
    budget = _locked(budget)
    standing = standing_death(budget.case.person)
    if death != (standing.pk if standing else None):
        raise Refusal(
            f"What is on record of {budget.case.person} has changed since you opened this page: "
            + (f"they died on {standing.died_on:%-d %B %Y}." if standing else "they have not died.")
            + " Open it again, and decide anew."
        )
    return _end(budget, ends_on, reason, by, on)


@transaction.atomic
def set_up_again(*, budget: Budget, reason: str, by: User, on: date) -> Budget:
    """Go on from the day after a budget's last, by the same agreed plan, where it was ended by mistake.

    What was paid for later days counts. Refused where the plan is agreed no longer, the person has died, or another
    budget runs.
    """
    check_can(by, Capability.START_BUDGETS)
    case = lock_case(budget.case_id)
    ended = Budget.objects.select_related("ending", "plan__final_budget").get(pk=budget.pk)
    if case.person.date_of_death is not None or ended.plan.state != PlanState.AGREED:
        raise Refusal("A budget is set up again while its plan is agreed and the person lives. Make a new plan.")
    if case.budgets.filter(Q(ending=None) | Q(starts_on__gt=ended.starts_on)).exists():
        raise Refusal("This budget runs, or another has taken its place.")
    if not reason.strip():
        raise Refusal("Say why it is set up again. The person can read this.", field="reason")
    starts_on = ended.ending.ends_on + DAY
    again = _open(case, ended.plan, starts_on, queries.paid_beyond(ended, ended.ending.ends_on), by, on)
    ended.ending.replaced = True
    ended.ending.save(update_fields=["replaced"])
    for hold in ended.holds.filter(lifted_on=None).exclude(kind__in=COMES_BY_ITSELF):
        _hold(again, HoldKind(hold.kind), hold.reason, by, on)
    sentence = f"Budget set up again from {starts_on:%-d %B %Y}: {reason.strip()}"
    tell(case=case, kind=Event.BUDGET_STARTED, sentence=sentence, by=by, on=on)
    return again


@transaction.atomic
def place_hold(*, budget: Budget, kind: HoldKind, reason: str, by: User, on: date) -> Hold:
    """Keep a budget's instalments out of payment runs until the hold is lifted."""
    check_can(by, Capability.START_BUDGETS)
    budget = _locked(budget)
    if not reason.strip():
        raise Refusal("Say why payments should wait. The person can read this.", field="reason")
    if kind in COMES_BY_ITSELF:
        raise Refusal("This hold comes by itself, when what it says is recorded.", field="kind")
    if budget.holds.filter(kind=kind, lifted_on=None).exists():
        raise Refusal("There is a hold of this kind already.", field="kind")
    return _hold(budget, kind, reason.strip(), by, on)


@transaction.atomic
def lift_hold(*, hold: Hold, by: User, on: date) -> Hold:
    """Let a budget's instalments be paid again, those that fell due meanwhile among them."""
    check_can(by, Capability.START_BUDGETS)
    lock_case(hold.budget.case_id)
    hold = Hold.objects.select_related("budget__case").get(pk=hold.pk)
    if hold.lifted_on:
        raise Refusal("This hold was lifted already.")
    if hold.kind in UNTIL_ENDED:
        raise Refusal("Payments wait until the budget has its last day. End the budget: that lifts the hold.")
    return _lift(hold, by, on)


@transaction.atomic
def wait_after(*, case: Case, kind: HoldKind, reason: str, by: User, on: date) -> list[Hold]:
    """Keep every running budget of a case out of payment runs, because of what care has just told.

    Whoever told it was allowed to; finance says how it ends.
    """
    running = lock_case(case.pk).budgets.select_related("case").filter(ending=None)
    waiting = [budget for budget in running if not budget.holds.filter(kind=kind, lifted_on=None).exists()]
    return [_hold(budget, kind, reason, by, on) for budget in waiting]


@transaction.atomic
def go_on_after(*, case: Case, kind: HoldKind, by: User, on: date) -> None:
    """Lift the holds that `wait_after` placed, since what care had told is no longer so."""
    lock_case(case.pk)
    for hold in Hold.objects.filter(budget__case=case, kind=kind, lifted_on=None):
        _lift(hold, by, on)


@transaction.atomic
def hold_returned(*, instalment: Instalment, reason: str, by: User, on: date) -> None:
    """A payment came back: its budget waits until finance has looked, and days after its end are not paid again.

    Where a later budget already counts what was paid for its days, the payment is still owed as it was.
    """
    check_can(by, Capability.PAY)
    budget = _locked(instalment.part.budget)
    if not budget.holds.filter(kind=HoldKind.RETURNED, lifted_on=None).exists():
        _hold(budget, HoldKind.RETURNED, reason, by, on)
    ending = Ending.objects.filter(budget=budget, replaced=False, ends_on__lt=instalment.ends_on).first()
    if ending:
        freed = _cancel_after(instalment.part, ending, by, on)
        for funding in instalment.part.fundings.all():
            _release(funding, freed[funding.kind, funding.starts_on], instalment.pk, by, on)


@transaction.atomic
def add_last_cost(*, budget: Budget, kind: str, whose: str, amount_pence: int, by: User, on: date) -> LastCost:
    """Pay what an employer still owes once the budget has ended: last wages, redundancy, tax. The council funds it.

    After the person's death it goes to whoever settles what is left, once their bank details are approved. A large
    one is paid once another officer has looked at it.
    """
    check_can(by, Capability.START_BUDGETS)
    budget = _locked(budget)
    part = budget.parts.filter(way=Way.DIRECT_PAYMENT).first()
    if part is None or not hasattr(budget, "ending"):
        raise Refusal("Last costs are paid once a direct payment has ended. End the budget first.")
    if kind not in LAST_COSTS:
        raise Refusal("Choose what is still owed.", field="kind")
    if not whose.strip():
        raise Refusal("Say whose wages, redundancy or tax it is.", field="whose")
    if not 0 < amount_pence <= LAST_COST_MOST_PENCE:
        raise Refusal(
            f"Enter an amount of more than nothing, and of at most {pounds(LAST_COST_MOST_PENCE)}: no assistant is "
            "owed more at once.",
            field="amount_pence",
        )
    costs = LastCost.objects.filter(instalment__part=part, instalment__kind=kind, instalment__cancellation=None)
    same = costs.filter(entered_on=on, whose__iexact=whose.strip()).first()
    if same is not None:
        raise Refusal(
            f"This was entered for {same.whose} today already. Where the amount is wrong, cancel it first.",
            field="whose",
        )
    cost = _owe(part, InstalmentKind(kind), whose.strip(), amount_pence, by, on)
    sentence = f"{cost}: {pounds(amount_pence)} still to be paid."
    tell(case=budget.case, kind=Event.LAST_COST, sentence=sentence, by=by, on=on)
    return cost


@transaction.atomic
def look_at_last_cost(*, cost: LastCost, by: User, on: date) -> LastCost:
    """Let a large last cost be paid. Another officer than the one who entered it says so."""
    check_can(by, Capability.START_BUDGETS)
    cost = _still_owed(cost)
    if not cost.needs_second_look or cost.looked_on is not None:
        raise Refusal("This needs no other officer any more.")
    if cost.entered_by_id == by.pk:
        raise SecondOfficerNeeded("You entered this, so another finance officer must look at it.")
    cost.looked_by, cost.looked_on = by, on
    cost.save(update_fields=["looked_by", "looked_on"])
    sentence = f"{cost}: looked at by another officer."
    tell(case=cost.instalment.part.budget.case, kind=Event.LAST_COST, sentence=sentence, by=by, on=on)
    return cost


@transaction.atomic
def cancel_last_cost(*, cost: LastCost, reason: str, by: User, on: date) -> LastCost:
    """Cancel a last cost that was not paid yet; what was set aside for it goes back to the council."""
    check_can(by, Capability.START_BUDGETS)
    cost = _still_owed(cost)
    if not reason.strip():
        raise Refusal("Say why it is cancelled.", field="reason")
    Cancellation.objects.create(instalment=cost.instalment, reason=reason.strip(), cancelled_by=by, cancelled_on=on)
    _give_back_whole(cost.funding, cost.instalment_id, by, on)
    sentence = f"{cost}: cancelled. {reason.strip()}"
    tell(case=cost.instalment.part.budget.case, kind=Event.LAST_COST, sentence=sentence, by=by, on=on)
    return cost


def _owe(part: Part, kind: InstalmentKind, whose: str, pence: int, by: User, on: date) -> LastCost:
    instalment, funding = _pay_once(part, kind, on, pence, by, on)
    assert instalment is not None, "a direct payment is paid out"
    return LastCost.objects.create(
        instalment=instalment,
        funding=funding,
        whose=whose,
        entered_by=by,
        entered_on=on,
        needs_second_look=pence > settings.LAST_COST_SECOND_LOOK_PENCE,
    )


def _still_owed(cost: LastCost) -> LastCost:
    """A last cost that is neither paid nor cancelled, once nobody else is at its case."""
    lock_case(cost.instalment.part.budget.case_id)
    costs = LastCost.objects.select_related("funding__part", "instalment__part__budget__case__person")
    cost = costs.get(pk=cost.pk)
    owed = cost.instalment
    if not queries.unpaid_instalments(owed.part).filter(pk=owed.pk).exists():
        raise Refusal("This was paid or cancelled already.")
    if queries.approved_to_send(owed.part.budget, owed.ends_on - DAY).filter(pk=owed.pk).exists():
        raise Refusal("This is in an approved payment run, so its file may be with the bank. Withdraw the run first.")
    return cost


def _give_back_whole(funding: Funding, because: UUID, by: User, on: date) -> None:
    """Move what the council put in for one thing, and set aside, back to it."""
    for original in Transfer.objects.filter(about=funding.pk, corrects=None).order_by("reason"):
        _give_back(original, original.amount_pence, because, by, on)


def _locked(budget: Budget) -> Budget:
    """A budget as it stands once nobody else is at its case."""
    lock_case(budget.case_id)
    return Budget.objects.select_related("case__person").get(pk=budget.pk)


def _hold(budget: Budget, kind: HoldKind, reason: str, by: User, on: date) -> Hold:
    hold = Hold.objects.create(budget=budget, kind=kind, reason=reason, placed_by=by, placed_on=on)
    tell(case=budget.case, kind=Event.HELD, sentence=HoldKind(kind).told, by=by, on=on)
    return hold


def _lift(hold: Hold, by: User, on: date) -> Hold:
    hold.lifted_by, hold.lifted_on = by, on
    hold.save(update_fields=["lifted_by", "lifted_on"])
    sentence = f"Payments no longer on hold: {hold.get_kind_display().lower()}."
    tell(case=hold.budget.case, kind=Event.HOLD_LIFTED, sentence=sentence, by=by, on=on)
    return hold


def _require_bank_details(case: Case, shares: list[Share]) -> None:
    missing = {share.way for share in shares if share.way in PAID_WAYS} - ways_ready(case)
    if missing:
        names = " and the ".join(way.label.partition(":")[0].lower() for way in sorted(missing))
        raise Refusal(f"The {names} needs bank details that two officers have checked. Enter or approve them first.")


def _open(case: Case, plan: Plan, starts_on: date, paid_before: dict[str, int], by: User, on: date) -> Budget:
    """Open a plan's budget from a day, with its parts, their funding and their schedule."""
    shares = shares_of(plan, starts_on)
    _require_bank_details(case, shares)
    budget = _open_budget(case, plan, plan.final_budget.result, starts_on, by, on)
    for share in shares:
        _fund(_open_part(budget, share, by, on), starts_on, paid_before.get(share.way, 0), by, on)
    return budget


def _open_budget(case: Case, plan: Plan, result: dict, starts_on: date, by: User, on: date) -> Budget:
    before = case.budgets.filter(plan=plan).count()
    name = f"Budget {plan.number}" + (f".{before + 1}" if before else "")
    return Budget.objects.create(
        case=case,
        plan=plan,
        starts_on=starts_on,
        cost_pence_per_week=result["pence_per_week"],
        charge_pence_per_week=result["charge_pence_per_week"],
        council_pence_per_week=result["council_pence_per_week"],
        nhs_pence_per_week=result["nhs_pence_per_week"],
        start_up_pence=result["start_up_pence"],
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


def _fund(part: Part, starts_on: date, paid_before_pence: int, by: User, on: date) -> None:
    """Fund a part from a day to the end of that financial year's pay periods, and schedule what is paid out."""
    anchor = part.budget.pay_calendar_starts_on
    ends_on = funded_until(starts_on, anchor)
    weekly_pence = part.paid_pence_per_week
    periods = instalments(starts_on=starts_on, ends_on=ends_on, weekly_pence=weekly_pence, anchor=anchor)
    total_pence = sum(each.amount_pence for each in periods)
    if part.paid_into_id:
        total_pence -= _schedule(part, periods, paid_before_pence)
    if not total_pence:
        return
    person = 0 if part.way == Way.DIRECT_PAYMENT else part.charge_pence_per_week
    council = weekly_pence - part.nhs_pence_per_week - person
    nhs_pence, person_pence, council_pence = split(total_pence, [part.nhs_pence_per_week, person, council])
    funding = Funding.objects.create(
        part=part,
        starts_on=starts_on,
        ends_on=ends_on,
        nhs_pence=nhs_pence,
        person_pence=person_pence,
        council_pence=council_pence,
    )
    _post_funding(funding, by, on)


def _schedule(part: Part, periods: list[PaidPeriod], paid_before_pence: int) -> int:
    """Write the instalments, less what was paid for the same days before; say how much that was."""
    left_pence, rows = paid_before_pence, []
    for each in periods:
        already_pence = min(left_pence, each.amount_pence)
        left_pence -= already_pence
        rows.append(
            Instalment(
                part=part,
                starts_on=each.starts_on,
                ends_on=each.ends_on,
                due_on=each.starts_on,
                for_period_pence=each.amount_pence,
                already_paid_pence=already_pence,
                amount_pence=each.amount_pence - already_pence,
            )
        )
    if part.paid_pence_per_week:
        Instalment.objects.bulk_create(rows)
    return paid_before_pence - left_pence


def _fund_start_up(budget: Budget, by: User, on: date) -> None:
    """Fund the one-off start-up costs; they are paid with a direct payment or service fund where there is one."""
    parts = {part.way: part for part in budget.parts.all()}
    part = parts.get(Way.DIRECT_PAYMENT) or parts.get(Way.SERVICE_FUND) or next(iter(parts.values()))
    _pay_once(part, InstalmentKind.START_UP, budget.starts_on, budget.start_up_pence, by, on)


def _pay_once(
    part: Part, kind: InstalmentKind, day: date, pence: int, by: User, on: date
) -> tuple[Instalment | None, Funding]:
    """Fund something that is paid once, from the council's money, and make it due where it is paid out."""
    instalment = None
    if part.paid_into_id:
        instalment = Instalment.objects.create(
            part=part, kind=kind, starts_on=day, ends_on=day, due_on=day, for_period_pence=pence, amount_pence=pence
        )
    funding = Funding.objects.create(
        part=part, kind=kind, starts_on=day, ends_on=day, nhs_pence=0, person_pence=0, council_pence=pence
    )
    _post_funding(funding, by, on)
    return instalment, funding


def _post_funding(funding: Funding, by: User, on: date) -> None:
    """The council puts its share in; the NHS and the person promise theirs, which fall due with each period."""
    budget = funding.part.budget
    new = [
        NewTransfer(
            id=_transfer_id(funding, kind),
            debit=budget.available_id,
            credit=_giver(kind, budget.case, by, on).pk,
            amount_pence=pence,
            reason=Reason.FUNDING if kind == Kind.FUNDER_COUNCIL else Reason.PROMISED,
            effective_date=on,
            about=funding.pk,
        )
        for kind, pence in _givers(funding)
    ]
    committing = NewTransfer(
        id=_transfer_id(funding, Kind.COMMITTED),
        debit=budget.committed_id,
        credit=budget.available_id,
        amount_pence=funding.total_pence,
        reason=Reason.COMMITMENT,
        effective_date=on,
        about=funding.pk,
    )
    transfer_many(new=[*new, committing], by=by, on=on)


def _givers(funding: Funding) -> list[tuple[Kind, int]]:
    amounts = [
        (Kind.EXPECTED_NHS, funding.nhs_pence),
        (Kind.EXPECTED_PERSON, funding.person_pence),
        (Kind.FUNDER_COUNCIL, funding.council_pence),
    ]
    return [(kind, pence) for kind, pence in amounts if pence]


def _giver(kind: Kind, case: Case, by: User, on: date) -> Account:
    """The account that gives; where it promises, that of what has fallen due is opened with it."""
    if kind == Kind.FUNDER_COUNCIL:
        return open_account(kind=kind, by=by, on=on)
    open_account(kind=OWED[kind], case=case, by=by, on=on)
    return open_account(kind=kind, case=case, by=by, on=on)


def _transfer_id(funding: Funding, kind: Kind) -> uuid.UUID:
    """The same transfer has the same id however often it is asked for."""
    return uuid.uuid5(funding.pk, kind.value)


def _replace_earlier(case: Case, starts_on: date, by: User, on: date) -> dict[str, int]:
    """End the budget that runs until now, and say what it had paid, by way, for days from `starts_on`."""
    earlier = Budget.objects.filter(case=case, ending=None).first()
    if earlier is None:
        return {}
    if starts_on <= earlier.starts_on:
        raise Refusal("The new budget must start after the one it replaces started.")
    paid = queries.paid_beyond(earlier, starts_on - DAY)
    _end(earlier, starts_on - DAY, "Replaced by a new budget", by, on, replaced=True)
    return paid


def _end(budget: Budget, ends_on: date, reason: str, by: User, on: date, *, replaced: bool = False) -> Ending:
    if hasattr(budget, "ending"):
        raise Refusal("This budget has ended already.")
    if ends_on < budget.starts_on - DAY:
        raise Refusal("The last day is before the budget starts. Check the date.", field="ends_on")
    died_on = budget.case.person.date_of_death
    if died_on is not None and ends_on > max(died_on, budget.starts_on - DAY):
        raise Refusal(
            f"{budget.case.person} died on {died_on:%-d %B %Y}, and nothing falls due after that day. End the budget "
            "then; what an employer still owes is entered as a last cost afterwards.",
            field="ends_on",
        )
    if not reason.strip():
        raise Refusal("Say why the budget ends.", field="reason")
    if queries.approved_to_send(budget, ends_on).exists():
        raise Refusal(
            "A payment for later days is in an approved payment run, so its file may be with the bank. Say under "
            "Payments that the run was sent, or withdraw it; then end the budget."
        )
    ending = Ending.objects.create(
        budget=budget,
        ends_on=ends_on,
        reason=reason.strip(),
        paid_beyond_pence=sum(queries.paid_beyond(budget, ends_on).values()),
        replaced=replaced,
        ended_by=by,
        ended_on=on,
    )
    for part in budget.parts.all():
        freed = _cancel_after(part, ending, by, on)
        for funding in part.fundings.all():
            released = freed[funding.kind, funding.starts_on] if part.paid_into_id else _unspent(funding, ends_on)
            _release(funding, released, ending.pk, by, on)
    for hold in budget.holds.filter(kind__in=UNTIL_ENDED, lifted_on=None):
        _lift(hold, by, on)
    sentence = f"Budget ends after {ends_on:%-d %B %Y}: {ending.reason}"
    tell(case=budget.case, kind=Event.BUDGET_ENDED, sentence=sentence, by=by, on=on)
    return ending


def _cancel_after(part: Part, ending: Ending, by: User, on: date) -> Counter[tuple[str, date]]:
    """Cancel unpaid instalments for days after the end, shorten one that straddles it; say what that frees.

    What is freed is told by the kind and the first day of the funding that it was set aside with.
    """
    freed: Counter[tuple[str, date]] = Counter()
    first_days = sorted(part.fundings.filter(kind=InstalmentKind.REGULAR).values_list("starts_on", flat=True))
    unpaid = queries.unpaid_instalments(part).filter(ends_on__gt=ending.ends_on)
    for each in list(unpaid):
        regular = each.kind == InstalmentKind.REGULAR
        funding = (each.kind, max(day for day in first_days if day <= each.starts_on) if regular else each.starts_on)
        Cancellation.objects.create(instalment=each, reason=ending.reason, cancelled_by=by, cancelled_on=on)
        freed[funding] += each.amount_pence
        if each.starts_on <= ending.ends_on:
            days = (ending.ends_on - each.starts_on).days + 1
            pence = days_pence(part.paid_pence_per_week, days)
            already_pence = min(each.already_paid_pence, pence)
            Instalment.objects.create(
                part=part,
                starts_on=each.starts_on,
                ends_on=ending.ends_on,
                due_on=each.due_on,
                for_period_pence=pence,
                already_paid_pence=already_pence,
                amount_pence=pence - already_pence,
            )
            freed[funding] -= pence - already_pence
    return freed


def _unspent(funding: Funding, ends_on: date) -> int:
    """What was set aside for a managed part's days after the end."""
    if funding.kind != InstalmentKind.REGULAR:
        return 0
    kept = sum(pence for _, pence in weights(funding, until=ends_on))
    return funding.total_pence - min(kept, funding.total_pence)


def _release(funding: Funding, released_pence: int, because: uuid.UUID, by: User, on: date) -> None:
    """Move what is no longer set aside back to who gave or promised it, each transfer corrected.

    What fell due and is not due after all is corrected first: whoever paid it already is owed it back. `because` is
    the id of what released it, so that the same thing releases once.
    """
    givers = [kind for kind, _ in _givers(funding)]
    parts = divide(released_pence, [_left(_posted(funding, kind)) for kind in givers])
    backs = [(Kind.COMMITTED, released_pence), *zip(givers, parts, strict=True)]
    for kind, back_pence in backs:
        if back_pence:
            _give_back(_posted(funding, kind), back_pence, because, by, on)
    _correct_dues(funding, because, by, on)


def _posted(funding: Funding, kind: Kind) -> Transfer:
    """The transfer that put a share of a funding in, or set all of it aside."""
    first = Transfer.objects.filter(about=funding.pk, corrects=None)
    if kind == Kind.COMMITTED:
        return first.get(reason=Reason.COMMITMENT)
    return first.get(reason__in=[Reason.FUNDING, Reason.PROMISED], credit__kind=kind)


def _left(moved: Transfer) -> int:
    """What of a transfer was not given back yet."""
    return moved.amount_pence - sum(back.amount_pence for back in moved.corrections.all())


def _correct_dues(funding: Funding, because: uuid.UUID, by: User, on: date) -> None:
    """Take back what fell due of a funding beyond what can fall due of it now, the latest first."""
    for standing in standings(Funding.objects.filter(pk=funding.pk)):
        too_much_pence = standing.due_pence - standing.can_fall_due_pence
        fell_due = Transfer.objects.filter(reason=Reason.FELL_DUE, about=funding.pk, credit=standing.owed)
        for each in fell_due.order_by("-effective_date"):
            back_pence = min(too_much_pence, _left(each))
            if back_pence > 0:
                _give_back(each, back_pence, because, by, on)
                too_much_pence -= back_pence


def _give_back(original: Transfer, pence: int, because: uuid.UUID, by: User, on: date) -> None:
    again = uuid.uuid5(because, str(original.pk))
    give_back(original=original, id=again, amount_pence=pence, effective_date=on, by=by, on=on)
