"""Reading individual service funds: what reached the provider, what was stated, what is left, and what is due."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Min, Prefetch, Q, QuerySet
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people import queries as people
from leeway.care.people.models import Case
from leeway.care.planning.costs import weekly_pence
from leeway.care.planning.models import PlanLine, Way
from leeway.law import law_on
from leeway.law.numbers import ceil_div
from leeway.law.service_funds import Due, statement_due, surplus
from leeway.market.listings.models import Kind as ServiceKind
from leeway.money.budgets.models import Part
from leeway.money.ledger.models import Account, Kind, Reason, Transfer
from leeway.money.ledger.queries import balances
from leeway.money.payees.models import PayeeAccount
from leeway.money.service_funds.models import AskedBack, Because, Counted, FundStatement, Spent
from leeway.money.service_funds.states import State

DAY = timedelta(days=1)
A_WEEK = 7
#: What a statement counts: money that reached the provider, and money that the provider gave back.
REACHED = (Reason.PAYMENT_ARRIVED, Reason.NOT_ARRIVED)
GIVEN_BACK = (Reason.RECLAIMED, Reason.RECLAIM_UNDONE)
#: Of a part of a budget, that it ran: one that ended before its first day never did.
RAN = Q(budget__ending=None) | Q(budget__ending__ends_on__gte=F("budget__starts_on"))


@dataclass(frozen=True)
class Fund:
    """One person's fund on a day: who holds it, what is left, and the statements that stand, the latest first."""

    case: Case
    holder: str
    on: date
    first_on: date
    ends_on: date | None
    """Its last day, once nothing is paid into it for days to come."""
    pence_per_week: int
    left_pence: int
    statements: Sequence[FundStatement]
    asked: AskedBack | None

    @property
    def last(self) -> FundStatement | None:
        """The latest statement."""
        return self.statements[0] if self.statements else None

    @property
    def told_pence(self) -> int:
        """What the last statement left; nothing where none came yet."""
        return self.last.closing_pence if self.last else 0

    @property
    def not_told_pence(self) -> int:
        """What came in since the last statement, of which nobody told yet what was spent; below nothing: went back."""
        return self.left_pence - self.told_pence

    @property
    def has_ended(self) -> bool:
        """Whether its last day has passed."""
        return self.ends_on is not None and self.ends_on < self.on

    @property
    def next_from(self) -> date:
        """The first day of the next statement: the day after the last one, or the first that the fund has."""
        return self.last.ends_on + DAY if self.last else self.first_on

    @property
    def due(self) -> Due | None:
        """Until when the next statement reaches and by when it is to be here; none where all is told."""
        ended_on = self.ends_on if self.has_ended else None
        if ended_on and self.last and self.last.ends_on >= ended_on:
            return None
        return statement_due(self.next_from - DAY, ended_on, law_on(self.on, settings.COUNCIL_POLICY))

    @property
    def is_late(self) -> bool:
        """Whether a statement is missing past its day."""
        return self.due is not None and self.due.by < self.on

    @property
    def surplus_pence(self) -> int:
        """What the last statement leaves above the weeks that may stay; of a fund that has ended, all that is left."""
        if self.last is None:
            return 0
        if self.has_ended:
            return self.left_pence if self.due is None else 0
        law = law_on(self.on, settings.COUNCIL_POLICY)
        return int(surplus(min(self.last.closing_pence, self.left_pence), self.pence_per_week, law))

    @property
    def asks_back(self) -> bool:
        """Whether finance is to ask the provider for what is left, since the fund has ended and all of it is told."""
        return self.has_ended and self.asked is None and self.surplus_pence > 0


@dataclass(frozen=True)
class ToState:
    """What the next statement of a fund is held against: its first day, what it opens with, and what it may be of."""

    starts_on: date
    opening_pence: int
    received_pence: int
    given_back_pence: int
    counted: list[Transfer]
    lines: list[PlanLine]


def funds(*, seen_by: User, on: date) -> list[Fund]:
    """Every fund that money has reached: those with a late statement first, then by name. Who is named is looked at."""
    check_can(seen_by, Capability.PAY)
    found = funds_of(None, on)
    record_looks(viewer=seen_by, person_ids=[fund.case.person_id for fund in found], page="Individual service funds")
    return sorted(found, key=lambda fund: (not fund.is_late, not fund.asks_back, str(fund.case.person)))


def get_fund(case_id: UUID, *, seen_by: User, on: date) -> Fund:
    """The fund of a case that this user may see, the look noted. Http404 where no money has reached one."""
    case = people.get_case(case_id, seen_by=seen_by, page="Individual service fund")
    found = funds_of([case.pk], on)
    if not found:
        raise Http404("No money has reached a service fund of this case.")
    return found[0]


def taken_back(case: Case) -> QuerySet[FundStatement]:
    """The statements of a case that were mistaken, whose look was noted."""
    return case.fund_statements.exclude(taken_back=None).select_related("taken_back__taken_back_by")


def all_asked(case: Case) -> QuerySet[AskedBack]:
    """Whatever was asked back of a fund, the latest first."""
    return case.fund_asked_back.select_related("asked_by", "settled_by")


def funds_of(cases: Collection[UUID] | None, on: date) -> list[Fund]:
    """The funds of some cases, or of all, that money has reached. Whoever calls notes who looks."""
    accounts = Account.objects.filter(kind=Kind.HELD_BY_PROVIDER).select_related("case__person")
    if cases is not None:
        accounts = accounts.filter(case__in=cases)
    reached = {each.case_id: each for each in accounts.annotate(first=Min(
        "debits__effective_date", filter=Q(debits__reason=Reason.PAYMENT_ARRIVED)
    )).exclude(first=None)}  # fmt: skip
    left = balances([account.pk for account in reached.values()])
    stated: dict[UUID | None, list[FundStatement]] = defaultdict(list)
    lines = Prefetch("spent", Spent.objects.select_related("line"))
    for statement in standing(reached).prefetch_related(lines):
        stated[statement.case_id].append(statement)
    weeks, firsts, ends = _parts(reached, on)
    payees = PayeeAccount.objects.filter(case__in=reached, way=Way.SERVICE_FUND, state="approved")
    holders = dict(payees.values_list("case", "account_name"))
    asked = {each.case_id: each for each in AskedBack.objects.filter(case__in=reached, state=State.ASKED)}
    return [
        Fund(
            case=account.case,
            holder=holders.get(case) or (stated[case][0].holder if stated[case] else "the provider"),
            on=on,
            first_on=min(account.first, firsts.get(case, account.first)),
            ends_on=ends.get(case),
            pence_per_week=weeks.get(case, 0),
            left_pence=left.get(account.pk, 0),
            statements=stated[case],
            asked=asked.get(case),
        )
        for case, account in reached.items()
    ]


def _parts(cases: Collection[UUID], on: date) -> tuple[dict[UUID, int], dict[UUID, date], dict[UUID, date]]:
    """What is paid a week into each fund on a day; the first day of each; and the last day of each that has one."""
    weeks: dict[UUID, int] = {}
    firsts: dict[UUID, date] = {}
    ends: dict[UUID, date | None] = {}
    parts = Part.objects.filter(RAN, way=Way.SERVICE_FUND, budget__case__in=cases).order_by("budget__starts_on")
    rows = parts.values_list("budget__case", "budget__starts_on", "budget__ending__ends_on", "paid_pence_per_week")
    for case, starts_on, ends_on, pence in rows:
        if starts_on <= on and (ends_on is None or on <= ends_on):
            weeks[case] = pence
        firsts.setdefault(case, starts_on)
        ends[case] = ends_on  # of the budget that begins last
    return weeks, firsts, {case: day for case, day in ends.items() if day is not None}


def standing(cases: Collection[UUID]) -> QuerySet[FundStatement]:
    """The statements of some cases that were not taken back, the latest first."""
    return FundStatement.objects.filter(case__in=list(cases), taken_back=None).select_related("entered_by")


def to_state(case: Case, ends_on: date, on: date) -> ToState:
    """What the next statement of a case is held against, where it reaches to a day. Whoever calls has the case."""
    found = funds_of([case.pk], on)
    if not found:
        raise Http404("No money has reached a service fund of this case.")
    [fund] = found
    account = Account.objects.get(kind=Kind.HELD_BY_PROVIDER, case=case)
    moved = Transfer.objects.filter(Q(debit=account) | Q(credit=account), effective_date__lte=ends_on)
    counted = Counted.objects.filter(statement__case=case, statement__taken_back=None).values("transfer")
    new = list(moved.filter(reason__in=(*REACHED, *GIVEN_BACK)).exclude(pk__in=counted))
    came_in = {
        reasons: sum(each.amount_pence * (1 if each.debit_id == account.pk else -1) for each in new
                     if each.reason in reasons)
        for reasons in (REACHED, GIVEN_BACK)
    }  # fmt: skip
    return ToState(
        starts_on=fund.next_from,
        opening_pence=fund.last.closing_pence if fund.last else 0,
        received_pence=came_in[REACHED],
        given_back_pence=-came_in[GIVEN_BACK],
        counted=new,
        lines=lines_of(case, fund.next_from),
    )


def lines_of(case: Case, since: date) -> list[PlanLine]:
    """The lines that a fund pays for, of the plans whose budgets ran on a day or after it."""
    parts = Part.objects.filter(RAN, way=Way.SERVICE_FUND, budget__case=case)
    runs = parts.filter(Q(budget__ending=None) | Q(budget__ending__ends_on__gte=since))
    lines = PlanLine.objects.filter(plan__in=runs.values("budget__plan"), way=Way.SERVICE_FUND)
    return list(lines.select_related("service").order_by("what", "pk"))


def is_fee(line: PlanLine) -> bool:
    """Whether a line is what the provider takes for running the fund."""
    return line.service is not None and line.service.kinds == [ServiceKind.SERVICE_FUND]


def agreed_pence(line: PlanLine, starts_on: date, ends_on: date) -> int:
    """What a line was agreed to cost for some days. Part of a penny counts as a whole one."""
    return ceil_div(weekly_pence(line) * ((ends_on - starts_on).days + 1), A_WEEK)


def get_statement(statement_id: UUID, *, case: Case) -> FundStatement:
    """A statement of a case that this user was found to be allowed to see."""
    found = case.fund_statements.filter(pk=statement_id).first()
    if found is None:
        raise Http404("There is no such statement.")
    return found


def get_asked(asked_id: UUID, *, case: Case) -> AskedBack:
    """Something that was asked back of a fund of a case that this user was found to be allowed to see."""
    found = case.fund_asked_back.filter(pk=asked_id).first()
    if found is None:
        raise Http404("Nothing of the kind was asked back.")
    return found


def may_ask_back(fund: Fund) -> dict[Because, int]:
    """How much of a fund may be asked back, by the reason."""
    if fund.asked is not None or fund.last is None:
        return {}
    most = min(fund.surplus_pence, fund.left_pence)
    return {Because.ENDED if fund.has_ended else Because.SURPLUS: most} if most > 0 else {}
