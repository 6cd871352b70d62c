"""Reading budgets: what was agreed, who pays what, what falls due, what was paid, what is left."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.circumstances.queries import beyond_direct_payment
from leeway.care.decisions.models import Decision
from leeway.care.people import queries as people
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.line_changes import changes_of_lines
from leeway.care.planning.models import LineChange, Plan, PlanLine, PlanState, Way
from leeway.care.planning.queries import PutRight, bars_direct_payment, charges_of, put_right
from leeway.money.budgets.collecting import paid_gross
from leeway.money.budgets.dues import ShareSoFar, shares_so_far
from leeway.money.budgets.models import (
    UNTIL_ENDED,
    Budget,
    Ending,
    Funding,
    Hold,
    Instalment,
    InstalmentKind,
    Interim,
    LastCost,
    Part,
)
from leeway.money.budgets.payable import AFTER_DEATH, as_paid_on, with_what_stops
from leeway.money.budgets.schedule import DAY, PaidPeriod, days_pence, funded_until, instalments
from leeway.money.budgets.shares import Share, shares_of, way_of_start_up
from leeway.money.ledger.models import Account, Reason, Transfer
from leeway.money.ledger.queries import StatementLine, balances_of_case, statement
from leeway.money.ledger.reasons import GIVERS
from leeway.money.payees.models import PAID_WAYS, PayeeAccount
from leeway.money.payees.queries import of_case
from leeway.money.payees.states import State
from leeway.refusal import Refusal

FUNDED_AHEAD = timedelta(days=92)

#: Sent to the bank, and not come back.
SENT = Transfer.objects.filter(reason=Reason.PAYMENT_SENT, about=OuterRef("pk"), corrections=None)


@dataclass(frozen=True)
class Stretch:
    """The days in which the person would pay the same: who pays what of each part then, and what is paid out."""

    charge: Decision
    starts_on: date
    ends_on: date | None
    shares: list[Share]
    schedules: dict[Way, list[PaidPeriod]]

    @property
    def council_pence_per_week(self) -> int:
        """What the council pays in these days."""
        return sum(
            share.gross_pence_per_week - share.nhs_pence_per_week - share.charge_pence_per_week for share in self.shares
        )


@dataclass(frozen=True)
class Proposal:
    """What starting the budget would do, before anyone presses the button, and what still stops it."""

    case: Case
    plan: Plan | None
    stretches: list[Stretch]
    starts_on: date | None
    funded_until: date | None
    payees: dict[Way, PayeeAccount | None]
    stops: list[str]
    waits: str = ""

    def paid_once_pence(self, share: Share) -> int:
        """What is paid out once, to get started, with a part of the budget: among the payments of its first days."""
        first = self.stretches[0].shares if self.stretches else []
        paid_out = share in first and share.way in PAID_WAYS
        if self.plan is None or not paid_out or share.way != way_of_start_up([each.way for each in first]):
            return 0
        return start_up_pence(self.plan)


@dataclass(frozen=True)
class InstalmentRow:
    """One line of the schedule as people read it."""

    instalment: Instalment
    way: str
    status: str
    more: str


@dataclass(frozen=True)
class PaidBefore:
    """What was paid of one part for days gone by at an amount that has changed since, and what is right for them."""

    way: str
    starts_on: date
    ends_on: date
    paid_pence: int
    right_pence: int

    @property
    def label(self) -> str:
        """How it is held, in words."""
        return Way(self.way).short

    @property
    def more_pence(self) -> int:
        """What is paid besides; less than nothing where it is taken off later payments."""
        return self.right_pence - self.paid_pence


@dataclass(frozen=True)
class Backdated:
    """One change of a charge for days gone by: why, what the person was asked, and what was paid of each part."""

    budget: Budget
    asked: PutRight
    paid: list[PaidBefore]


@dataclass(frozen=True)
class Picture:
    """A case's budget and payments, whole."""

    case: Case
    on: date
    budget: Budget | None
    parts: list[Part]
    rows: list[InstalmentRow]
    holds: list[Hold]
    balances: dict[Account, int]
    statement: list[StatementLine]
    payees: list[PayeeAccount]
    earlier: list[Budget]
    funded_until: date | None
    shares: list[ShareSoFar]
    charges: list[Decision]
    shown: Budget | None = None
    paid_beyond_pence: int = 0
    backdated: Sequence[Backdated] = ()
    line_changes: Sequence[LineChange] = ()
    beyond: str = ""

    @property
    def charged_until(self) -> date | None:
        """The last day for which the person pays, where that is known: the day of death, or of the budget's end."""
        ending = getattr(self.budget, "ending", None)
        days = [self.case.person.date_of_death, ending.ends_on if ending else None]
        return min((day for day in days if day), default=None)

    @property
    def paid_until(self) -> date | None:
        """The last day that payments are for: the budget's last, or the last that it is funded for."""
        ending = getattr(self.budget, "ending", None)
        days = [self.funded_until, ending.ends_on if ending else None]
        return min((day for day in days if day), default=None)

    @property
    def may_end_sooner(self) -> bool:
        """Whether the last day can be brought forward: after a death before it, or because it lies ahead."""
        ending = getattr(self.budget, "ending", None)
        if ending is None or ending.replaced or ending.sooner_on:
            return False
        return ending.ends_on > (self.case.person.date_of_death or self.on)

    @property
    def may_set_up_again(self) -> bool:
        """Whether the budget was ended while its plan holds on, as where a death was recorded by mistake."""
        ended = self.budget is not None and hasattr(self.budget, "ending")
        lives = self.case.person.date_of_death is None
        return ended and lives and self.budget.plan.state == PlanState.AGREED

    @property
    def may_add_last_cost(self) -> bool:
        """Whether an employer may still owe something: a direct payment that has ended."""
        return hasattr(self.budget, "ending") and _pays_directly(self.parts)


def proposal(case_id: UUID, *, seen_by: User, on: date) -> Proposal:
    """What starting this case's budget would do, from its agreed plan."""
    case = people.get_case(case_id, seen_by=seen_by, page="Set up the money")
    plan = case.plans.filter(state=PlanState.AGREED, budgets=None).select_related("final_budget").first()
    if plan is None or plan.final_budget is None:
        stop = "There is no agreed plan that waits for its money."
        return Proposal(case, None, [], None, None, {}, [stop])
    starts_on = date.fromisoformat(plan.final_budget.result["starts_on"])
    until = funded_until(starts_on, settings.PAY_CALENDAR_STARTS_ON)
    stops = [] if case.stage == Stage.ARRANGING else [f"The case is at “{case.get_stage_display()}”."]
    try:
        stretches = _stretches(plan, starts_on, bool(paid_gross([case.pk], on)))
    except Refusal as refusal:
        return Proposal(case, plan, [], starts_on, until, {}, [*stops, str(refusal)])
    latest = _latest_details(case)
    payees = {share.way: latest.get(share.way) for share in stretches[0].shares if share.way in PAID_WAYS}
    stops += [
        "Bank details must be entered, and approved by a second officer, before the budget can start."
        for payee in payees.values()
        if payee is None or payee.state != State.APPROVED
    ][:1]
    waits = bars_direct_payment(plan, max(starts_on, on))
    return Proposal(case, plan, stretches, starts_on, until, payees, stops, waits)


def start_up_pence(plan: Plan) -> int:
    """What is paid once, to get started: nothing where an earlier budget of the plan has paid it, or is to."""
    of_plan = {"part__budget__plan": plan, "kind": InstalmentKind.START_UP}
    cancelled = Instalment.objects.filter(**of_plan, cancellation__isnull=False)
    paid = Funding.objects.filter(**of_plan).exclude(part__in=cancelled.values("part")).exists()
    return 0 if paid else plan.final_budget.result["start_up_pence"]


def _stretches(plan: Plan, starts_on: date, gross: bool) -> list[Stretch]:
    """A stretch for each charge of a plan, from its first day until the day before the next."""
    charges = charges_of(plan)
    firsts = [starts_on, *(charge.law_on for charge in charges[1:])]
    lasts: list[date | None] = [*(first - DAY for first in firsts[1:]), None]
    found = []
    for charge, first, last in zip(charges, firsts, lasts, strict=True):
        anchor = settings.PAY_CALENDAR_STARTS_ON
        until = min(last or date.max, funded_until(first, anchor))
        shares = shares_of(plan.final_budget, charge, first, gross=gross)
        schedules = {
            share.way: instalments(
                starts_on=first, ends_on=until, weekly_pence=share.paid_pence_per_week, anchor=anchor
            )
            for share in shares
            if share.way in PAID_WAYS and share.paid_pence_per_week
        }
        found.append(Stretch(charge, first, last, shares, schedules))
    return found


def picture(case_id: UUID, *, seen_by: User, on: date) -> Picture:
    """This case's present budget, with its schedule, its payments and its balances at the end of a day."""
    case = people.get_case(case_id, seen_by=seen_by, page="Budget and payments")
    budgets = list(case.budgets.select_related("ending", "plan", "final_budget", "charge", "started_by"))
    if not budgets:
        return Picture(case, on, None, [], [], [], {}, [], [], [], None, [], [])
    budget = budgets[0]
    of_plan = [each for each in budgets if each.plan_id == budget.plan_id]
    shown = _of_now(budgets, on)
    parts = sorted(shown.parts.select_related("paid_into"), key=lambda part: Way.values.index(part.way))
    holds = list(Hold.objects.filter(budget__case=case).select_related("placed_by", "lifted_by"))
    paid_into = next((part.paid_into for part in parts if part.paid_into), None)
    return Picture(
        case=case,
        on=on,
        budget=budget,
        parts=parts,
        rows=schedule_rows(budget, min(of_plan, key=lambda each: each.starts_on), on),
        holds=holds,
        balances={
            account: pence for account, pence in balances_of_case(case, as_at=on).items() if account.kind not in GIVERS
        },
        statement=statement(paid_into, on) if paid_into else [],
        payees=of_case(case),
        earlier=[each for each in budgets[1:] if each != shown],
        funded_until=funded_until_day(budget),
        paid_beyond_pence=paid_beyond_death(budget),
        shares=shares_so_far(case, on),
        charges=charges_of(budget.plan),
        shown=shown,
        backdated=backdated(of_plan),
        line_changes=changes_of_lines(budget.plan),
        beyond=beyond_direct_payment(case.person, on) if _pays_directly(parts) else "",
    )


def _pays_directly(parts: list[Part]) -> bool:
    return any(part.way == Way.DIRECT_PAYMENT for part in parts)


def backdated(of_plan: Iterable[Budget]) -> list[Backdated]:
    """What is put right of a plan's budgets for days gone by, a change of the charge or of a line at a time."""
    ordered = sorted(of_plan, key=lambda each: each.starts_on)
    found = [(each, put_right(each.charge)) for each in ordered if each.charge.because]
    return [
        Backdated(each, asked, _paid_before(each))
        for each, asked in found
        if asked and (asked.back_pence or "line_ids" in each.final_budget.inputs)
    ]


def _paid_before(budget: Budget) -> list[PaidBefore]:
    """What earlier budgets of the same plan had paid for the days of this one, and what is right for those days."""
    sent = Instalment.objects.filter(
        Exists(SENT),
        part__budget__plan=budget.plan_id,
        part__budget__starts_on__lt=budget.starts_on,
        kind=InstalmentKind.REGULAR,
        ends_on__gte=budget.starts_on,
    )
    paid_until = dict(sent.order_by().values_list("part__way").annotate(Max("ends_on")))
    found = []
    for part in budget.parts.all():
        if (last := paid_until.get(part.way)) is not None:
            rows = list(part.instalments.filter(kind=InstalmentKind.REGULAR, cancellation=None))
            right = [row for row in rows if row.ends_on <= last]
            if right:
                paid_pence = sum(row.already_paid_pence for row in rows)
                right_pence = sum(row.for_period_pence for row in right)
                found.append(PaidBefore(part.way, budget.starts_on, right[-1].ends_on, paid_pence, right_pence))
    return found


def _of_now(budgets: list[Budget], on: date) -> Budget:
    """Of the budgets of the plan that was set up last, the one that holds on a day; before its first, the first."""
    ran = [each for each in budgets if not hasattr(each, "ending") or each.ending.ends_on >= each.starts_on]
    of_plan = [each for each in ran if each.plan_id == budgets[0].plan_id] or budgets[:1]
    return next((each for each in of_plan if each.starts_on <= on), of_plan[-1])


def get_budget(case_id: UUID, *, seen_by: User, page: str) -> Budget:
    """The present budget of a case that this user may see."""
    case = people.get_case(case_id, seen_by=seen_by, page=page)
    budget = case.budgets.select_related("case__person", "ending").first()
    if budget is None:
        raise Http404("This case has no budget yet.")
    return budget


def get_last_cost(cost_id: UUID, *, budget: Budget) -> LastCost:
    """One last cost of a budget that this user was already found to be allowed to see."""
    costs = LastCost.objects.select_related("instalment__part", "entered_by")
    found = costs.filter(pk=cost_id, instalment__part__budget=budget).first()
    if found is None:
        raise Http404("There is no such cost in this budget.")
    return found


def open_interim(case: Case) -> Interim | None:
    """The money on account of a case that is asked for or agreed, and not settled yet."""
    return case.interims.filter(ended_on=None, set_off_in=None).first()


def on_account(case: Case) -> dict[str, int]:
    """What was agreed on account before a budget, by way of holding, which comes off its first payments."""
    interim = open_interim(case)
    return {interim.way: interim.amount_pence} if interim and interim.authorised_on else {}


def is_in_a_run(interim: Interim) -> bool:
    """Whether a payment run pays an interim payment, or did."""
    return bool(interim.payments.filter(state__in=["in_run", "arrived"]).exists())


def get_interims(case_id: UUID, *, seen_by: User) -> tuple[Case, list[Interim]]:
    """A case that this user may see, with all that was asked for on account, the latest first."""
    case = people.get_case(case_id, seen_by=seen_by, page="Money on account")
    found = case.interims.select_related("asked_by", "authorised_by", "ended_by", "set_off_in")
    return case, list(found.prefetch_related("payments__run"))


def standing_on_account(interim: Interim) -> str:
    """Where money on account stands, as people read it."""
    if interim.ended_on:
        return "Will not be paid"
    if interim.set_off_in_id:
        return "Taken off the budget"
    payment = max(interim.payments.all(), key=lambda one: one.run.number, default=None)
    if payment is not None and not payment.run.given_up_on:
        return str(payment.standing.status)
    return "Agreed" if interim.authorised_on else "Waiting for a manager"


def interims_to_authorise(*, seen_by: User) -> QuerySet[Interim]:
    """Money on account that waits for a manager's word, the longest first."""
    check_can(seen_by, Capability.SIGN_OFF)
    waiting = Interim.objects.filter(authorised_on=None, ended_on=None, case__team=seen_by.team_id)
    return waiting.select_related("case__person", "asked_by").order_by("asked_on", "pk")


def holds_to_look_at(until: date, *, seen_by: User, rows: int = 25) -> list[Hold]:
    """Holds whose last day comes by a day, the earliest first: finance looks again, or they end by themselves."""
    check_can(seen_by, Capability.PAY)
    found = Hold.objects.filter(lifted_on=None, last_on__lte=until)
    shown = list(found.select_related("budget__case__person").order_by("last_on", "pk")[:rows])
    people = [hold.budget.case.person_id for hold in shown]
    record_looks(viewer=seen_by, person_ids=people, page="Holds whose last day comes")
    return shown


def get_hold(hold_id: UUID, *, budget: Budget) -> Hold:
    """A hold of this budget, or of an earlier one of the same case."""
    found = Hold.objects.filter(pk=hold_id, budget__case=budget.case_id).first()
    if found is None:
        raise Http404("There is no such hold in this case.")
    return found


def may_fund(picture: Picture, on: date) -> bool:
    """Whether the next financial year of a budget may be funded yet."""
    until = picture.funded_until
    return bool(picture.rows) and until is not None and until - FUNDED_AHEAD <= on


def goes_on_from(budget: Budget) -> Budget | None:
    """The budget of the same plan that this one goes on from, where it was set up again."""
    last_day = budget.starts_on - DAY
    after_days_left_out = Q(ending__left_out_until=last_day)
    goes_on = Q(ending__replaced=True) & (Q(ending__ends_on=last_day) | Q(after_days_left_out, ending__sooner_on=None))
    if hasattr(budget, "ending") and budget.ending.ends_on <= last_day:  # it never ran
        goes_on |= Q(ending__first_ends_on=last_day) | after_days_left_out
    ran = Budget.objects.filter(goes_on, plan=budget.plan_id, ending__ends_on__gte=F("starts_on"))
    return ran.exclude(pk=budget.pk).first()


def never_replaced(budget: Budget) -> bool:
    """Whether the budget that was to take this one's place ended before its first day."""
    follows = Budget.objects.filter(plan=budget.plan_id, starts_on=budget.ending.goes_on)
    return follows.filter(ending__ends_on__lt=F("starts_on")).exists()


def budgets_to_end(*, seen_by: User) -> QuerySet[Budget]:
    """Budgets that run on although support has ended or the person has died: finance says which day is the last."""
    check_can(seen_by, Capability.START_BUDGETS)
    waiting = Hold.objects.filter(budget=OuterRef("pk"), kind__in=UNTIL_ENDED, lifted_on=None)
    over = Budget.objects.filter(Exists(waiting))
    return over.select_related("case__person", "ending").order_by("pk")


def paid_beyond_death(budget: Budget) -> int:
    """What was paid for days after the person's death, while nobody has ended the budget yet."""
    return paid_beyond_deaths([budget])[budget.pk]


def paid_beyond_deaths(budgets: Collection[Budget]) -> dict[UUID, int]:
    """The same of some budgets, by their keys, asked at once for all of them."""
    last_days = {}
    for budget in budgets:
        died_on = budget.case.person.date_of_death
        if died_on is not None and not (hasattr(budget, "ending") and budget.ending.ends_on <= died_on):
            last_days[budget.pk] = max(died_on, budget.starts_on - DAY)
    beyond = paid_beyond_of_many(last_days)
    return {budget.pk: sum(beyond.get(budget.pk, {}).values()) for budget in budgets}


def money_is_open(case: Case) -> bool:
    """Whether finance has something to do with a case yet: a budget to end, a payment to make, details to approve."""
    unpaid = Instalment.objects.filter(~Exists(SENT), part__budget__case=case, cancellation=None, amount_pence__gt=0)
    details = case.payee_accounts.filter(state=State.ENTERED)
    return case.budgets.filter(ending=None).exists() or unpaid.exists() or details.exists()


def budgets_to_report(*, until: date, seen_by: User) -> QuerySet[Budget]:
    """Every budget started by a day, for the national return."""
    check_can(seen_by, Capability.ANALYSE)
    return Budget.objects.filter(starts_on__lte=until).order_by()


def lines_to_report(*, until: date, seen_by: User) -> QuerySet[PlanLine]:
    """What every budget started by a day pays for, line by line, for the national return."""
    check_can(seen_by, Capability.ANALYSE)
    started = Budget.objects.filter(starts_on__lte=until).values("plan")
    return PlanLine.objects.filter(plan__in=started).order_by()


def funded_until_day(budget: Budget) -> date:
    """The last day that a budget is funded for."""
    return funded_until_days([budget])[budget.pk]


def funded_until_days(budgets: Collection[Budget]) -> dict[UUID, date]:
    """The last day that each of some budgets is funded for."""
    regular = Funding.objects.order_by().filter(part__budget__in=budgets, kind=InstalmentKind.REGULAR)
    last = dict(regular.values_list("part__budget").annotate(Max("ends_on")))
    return {each.pk: last.get(each.pk) or funded_until(each.starts_on, each.pay_calendar_starts_on) for each in budgets}


def unpaid_instalments(parts: Collection[Part]) -> list[Instalment]:
    """The instalments of some parts that are neither with the bank, nor paid, nor cancelled."""
    standing = list(Instalment.objects.filter(part__in=parts, cancellation=None))
    sent = sent_among([each.pk for each in standing])
    return [each for each in standing if each.pk not in sent]


def sent_among(instalments: Collection[UUID]) -> set[UUID | None]:
    """Those of some instalments that were sent to the bank, and did not come back: asked by their ids, a list of them.

    As a part of a larger question, the database cannot tell how few they are, and looks through all that was sent.
    """
    sent = Transfer.objects.order_by().filter(reason=Reason.PAYMENT_SENT, about__in=instalments, corrections=None)
    return set(sent.values_list("about", flat=True))


def approved_to_send(last_days: Mapping[UUID, date]) -> set[UUID]:
    """Of some budgets, those of which an approved run pays for days after one: its file may be with the bank now."""
    paid = Instalment.objects.order_by().filter(
        part__budget__in=last_days,
        payments__run__approved_on__isnull=False,
        payments__run__sent_on=None,
        payments__run__given_up_on=None,
    )
    rows = paid.values_list("part__budget").annotate(Max("ends_on"))
    return {budget for budget, last in rows if last > last_days[budget]}


def is_approved_to_send(instalment: Instalment) -> bool:
    """Whether an approved run has an instalment, so that its file may be with the bank at this moment."""
    payments = instalment.payments.filter(run__approved_on__isnull=False, run__sent_on=None, run__given_up_on=None)
    return bool(payments.exists())


def paid_beyond(budget: Budget, last_day: date) -> dict[str, int]:
    """What was sent, by way of holding, for days after one: the difference of what was sent and what was due."""
    return dict(paid_beyond_of_many({budget.pk: last_day}).get(budget.pk, {}))


def paid_beyond_of_many(last_days: Mapping[UUID, date]) -> Mapping[UUID, Counter[str]]:
    """The same of some budgets, each after a last day of its own."""
    if not last_days:
        return {}
    found: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    rows = Instalment.objects.filter(part__budget__in=last_days, kind=InstalmentKind.REGULAR, cancellation=None)
    later = list(rows.filter(ends_on__gt=min(last_days.values())).select_related("part"))
    sent = sent_among([each.pk for each in later])
    for each in later:
        last_day = last_days[each.part.budget_id]
        if each.ends_on > last_day:
            covered_pence = each.for_period_pence if each.pk in sent else each.already_paid_pence
            days_due = max(0, (last_day - each.starts_on).days + 1)
            due_pence = days_pence(each.part.paid_pence_per_week, days_due)
            found[each.part.budget_id][each.part.way] += max(0, covered_pence - due_pence)
    return found


def left_of_paid_before(budget: Budget) -> dict[str, int]:
    """What budgets whose place a budget took had paid for later days and it has not counted yet, by way of holding."""
    before = Ending.objects.filter(budget__case=budget.case_id, replaced=True).select_related("budget")
    last_days = {each.budget_id: each.ends_on for each in before if each.goes_on == budget.starts_on}
    paid: Counter[str] = Counter()
    for beyond in paid_beyond_of_many(last_days).values():
        paid |= beyond
    counted: Counter[str] = Counter()
    for way, pence in Funding.objects.filter(part__budget=budget).values_list("part__way", "paid_before_pence"):
        counted[way] += pence
    interim = Interim.objects.filter(set_off_in=budget).first()
    if interim is not None:
        counted[interim.way] -= interim.set_off_pence or 0
    return dict(paid - counted)


def _latest_details(case: Case) -> dict[str, PayeeAccount]:
    """The bank details that count for each way: those in use, or else those waiting."""
    found: dict[str, PayeeAccount] = {}
    for payee in reversed(of_case(case)):
        if payee.state == State.APPROVED or (payee.state == State.ENTERED and payee.way not in found):
            found[payee.way] = payee
    return found


def schedule_rows(budget: Budget, first: Budget, on: date) -> list[InstalmentRow]:
    """The schedule of a budget, and of those from the first of its plan whose place it took, each payment once."""
    of_plan = Instalment.objects.filter(part__budget__plan=budget.plan_id)
    of_plan = of_plan.exclude(~Q(part__budget=first), amount_pence=0, already_paid_pence__gt=0)
    rows = list(
        with_what_stops(as_paid_on(of_plan.filter(Q(part__budget=budget) | Q(cancellation=None)), on))
        .select_related("part__budget__case__person", "cancellation", "last_cost")
        .prefetch_related("payments__run")
        .order_by("starts_on", "kind")
    )
    return [_row(each) for each in rows]


def _row(each: Any) -> InstalmentRow:
    """One line of the schedule; the instalment carries the `why` that `with_what_stops` looked up."""
    way = Way(each.part.way).short
    if hasattr(each, "cancellation"):
        return InstalmentRow(each, way, "Cancelled", each.cancellation.reason)
    payments = [payment for payment in each.payments.all() if payment.run.approved_on and not payment.run.given_up_on]
    if payments:
        standing = max(payments, key=lambda payment: payment.run.number).standing
        return InstalmentRow(each, way, standing.status, standing.more)
    return InstalmentRow(each, way, _waits(each), "")


def _waits(each: Any) -> str:
    """What an instalment waits for that no approved run has."""
    if not each.amount_pence:
        return "Paid before"
    if AFTER_DEATH in each.why:
        return AFTER_DEATH
    return f"On hold: {each.why[0].lower()}{each.why[1:]}" if each.why else "To be paid"
