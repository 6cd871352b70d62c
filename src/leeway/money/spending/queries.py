"""Reading a person's account: its lines with what was said of them, what is in it, what is set aside, what is left.

What another room asks: `entries` of a period, `balance_on` a day, `set_aside_on` a day, `weekly_on` a day,
`open_questions`, `not_looked_at_since`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.http import Http404

from leeway.access.models import Look, User
from leeway.access.roles import WHO_CAN, Capability
from leeway.care.people.models import Case
from leeway.care.people.queries import get_case_of_account
from leeway.care.planning.kinds import LineChangeKind
from leeway.care.planning.models import LineChange, PlanLine, PlanState, Way
from leeway.care.planning.queries import first_of
from leeway.files.models import Owner
from leeway.money.budgets.models import Part as BudgetPart
from leeway.money.ledger.models import Reason, Transfer
from leeway.money.spending.kinds import HAS_A_RECEIPT, SPENT, ForWhat, Running
from leeway.money.spending.models import AttachedReceipt, Doing, Purpose, Question, SetAside
from leeway.money.spending.proposing import Proposal, Said, payee_of, propose
from leeway.money.statements.kinds import What, Whose
from leeway.money.statements.models import BankAccount, Part, Statement, StatementLine
from leeway.money.statements.standing import chains_of
from leeway.versions import version_of

#: Whose files a receipt is: of the account of a case.
RECEIPTS = "spending.case"
#: Under which name a look at an account is noted.
PAGE = "What the direct payment was spent on"
THEIRS = (Whose.DEDICATED, Whose.ORDINARY)
#: A payment of the council that arrived with a line.
ARRIVED = Part.objects.filter(what=What.ARRIVED, match__undoing=None, match__parts__line=OuterRef("pk"))
#: For how long a receipt is asked for on a first page. After that it is left alone.
RECEIPT_ASKED_FOR = timedelta(days=91)
#: That what was said of a payment is counted as spent in the ledger, and was not taken back.
COUNTED = Transfer.objects.filter(reason=Reason.SPENT, about=OuterRef("pk"), corrections=None)


@dataclass(frozen=True)
class Entry:
    """One line of an account: the bank's own words, and what was said, attached and asked of it."""

    line: StatementLine
    purpose: Purpose | None
    receipts: Sequence[AttachedReceipt]
    questions: Sequence[Question]
    from_council: bool
    proposal: Proposal | None = None

    @property
    def is_out(self) -> bool:
        return self.line.amount_pence < 0

    @property
    def is_from_everyday(self) -> bool:
        """Whether it is of an everyday account, of which the person picked this line to show."""
        return self.line.account.whose == Whose.ORDINARY

    @property
    def pence(self) -> int:
        """How much it is, whichever way it went."""
        return abs(self.line.amount_pence)

    @property
    def payee(self) -> str:
        """Whom the bank names, or all that it says."""
        return self.line.counterparty or self.line.description or self.line.reference or "no words"

    @property
    def for_what(self) -> str:
        """What it was for, as far as anybody has said."""
        if not self.is_out:
            return "From the council" if self.from_council else "Money in"
        return self.purpose.in_words if self.purpose else "Not said yet"

    @property
    def is_not_counted(self) -> bool:
        """Whether it was said to be spent, and the ledger holds too little for it: other money was in the account."""
        said = self.purpose is not None and self.purpose.kind in SPENT
        return said and not self.is_from_everyday and not getattr(self.purpose, "counted", True)

    @property
    def open_questions(self) -> list[Question]:
        return [each for each in self.questions if each.answered_on is None]

    def asks_for_receipt(self, from_pence: int) -> bool:
        """Whether the council asks for a receipt of it, which is not there."""
        has_one = self.purpose is not None and self.purpose.kind in HAS_A_RECEIPT
        return has_one and self.pence >= from_pence and not self.receipts


@dataclass(frozen=True)
class PlanNow:
    """What the plan in force has a direct payment for.

    `first` has the line that each line of a plan goes on from; `ends` the last day of each that ends by itself.
    """

    lines: Sequence[PlanLine]
    first: Mapping[UUID, UUID]
    ends: Mapping[UUID, date]


@dataclass(frozen=True)
class Balance:
    """What the bank says is in an account at the end of a day."""

    pence: int
    as_at: date


@dataclass(frozen=True)
class Weekly:
    """A direct payment a week: the whole of it, and what is paid of it once the person's own share is off."""

    gross_pence: int
    paid_pence: int


@dataclass(frozen=True)
class Left:
    """What is in an account, what of it is set aside, and what is left to spend."""

    balance: Balance | None
    aside: Sequence[SetAside]

    @property
    def aside_pence(self) -> int:
        return sum(each.amount_pence for each in self.aside)

    @cached_property
    def left_pence(self) -> int:
        """What is left to spend; less than nothing where more is set aside than is there."""
        return (self.balance.pence if self.balance else 0) - self.aside_pence


@dataclass(frozen=True)
class Glance:
    """What a person's first page says of their account: what is left, and which receipts the council asks for."""

    left: Left
    receipts: Sequence[Purpose]


def get_account(case_id: UUID, *, seen_by: User) -> Case:
    """The case whose account it is, with the look noted. Raises Http404 for a stranger."""
    return get_case_of_account(case_id, seen_by=seen_by, page=PAGE)


def accounts_of(case: Case) -> list[BankAccount]:
    """The accounts of a person whose lines are kept, each with its `first_on` and `last_on` of them."""
    of_days = {"first_on": Min("lines__booked_on"), "last_on": Max("lines__booked_on")}
    return list(BankAccount.objects.filter(case=case, whose__in=THEIRS).annotate(**of_days))


def days_kept(accounts: Sequence[Any]) -> tuple[date, date] | None:
    """The first and the last day of which a line of some accounts is kept; None where there is none."""
    kept = [each for each in accounts if each.first_on]
    return (min(each.first_on for each in kept), max(each.last_on for each in kept)) if kept else None


def entries(case: Case, first: date, last: date) -> list[Entry]:
    """The lines of some days, the latest first, each with what was said of it, its receipts and its questions."""
    of_days = _lines().filter(account__case=case, booked_on__range=(first, last))
    return [_entry(line) for line in of_days.order_by("-booked_on", "-statement__kept_at", "-place")]


def plan_now(case: Case) -> PlanNow:
    """What the plan in force has a direct payment for, with the first line of each line of the case's plans."""
    ending = LineChange.objects.filter(line=OuterRef("pk"), kind=LineChangeKind.ENDS, taken_back_on=None)
    every = PlanLine.objects.filter(plan__case=case).annotate(without_from=Subquery(ending.values("starts_on")))
    found = list(every.select_related("plan", "service__provider"))
    now = [each for each in found if each.plan.state == PlanState.AGREED and each.way == Way.DIRECT_PAYMENT]
    ends = {each.pk: each.without_from - timedelta(days=1) for each in now if each.without_from}
    by_plan = sorted(found, key=lambda each: each.plan.number)
    return PlanNow(now, first_of((each.pk, each.follows_id) for each in by_plan), ends)


def with_proposals(found: Sequence[Entry], case: Case, plan: PlanNow) -> list[Entry]:
    """The same lines, and for each payment of which nothing is said yet what it may have been for."""
    if not any(each.is_out and each.purpose is None for each in found):
        return list(found)
    before = said_before(case, plan)
    return [
        replace(each, proposal=propose(each.line, lines=plan.lines, first=plan.first, before=before))
        if each.is_out and each.purpose is None
        else each
        for each in found
    ]


def get_entry(case: Case, line_id: UUID, plan: PlanNow | None = None) -> Entry:
    """One line of an account that this user was already found to be allowed to see."""
    line = _lines().filter(account__case=case, pk=line_id).first()
    if line is None:
        raise Http404("There is no such line on this account.")
    found = [_entry(line)]
    return (with_proposals(found, case, plan) if plan else found)[0]


def _lines() -> QuerySet[Any]:
    standing = Purpose.objects.filter(taken_back_on=None).annotate(counted=Exists(COUNTED))
    standing = standing.select_related("plan_line", "said_by")
    attached = AttachedReceipt.objects.filter(taken_back_on=None).select_related("file", "attached_by")
    asked = Question.objects.select_related("asked_by", "answered_by")
    lines = StatementLine.objects.filter(account__whose__in=THEIRS).select_related("account", "statement")
    return lines.annotate(from_council=Exists(ARRIVED)).prefetch_related(
        Prefetch("purposes", standing, to_attr="said"),
        Prefetch("attached_receipts", attached, to_attr="receipts"),
        Prefetch("questions", asked, to_attr="asked"),
    )


def _entry(line: Any) -> Entry:
    return Entry(line, next(iter(line.said), None), line.receipts, line.asked, line.from_council)


def said_before(case: Case, plan: PlanNow) -> Mapping[str, Said]:
    """What was said of each payee last, by how they are known again."""
    said = Purpose.objects.filter(line__account__case=case, taken_back_on=None).select_related("line")
    return {
        payee_of(each.line): Said(
            ForWhat(each.kind),
            plan.first.get(each.plan_line_id) if each.plan_line_id else None,
            each.words,
            each.said_on,
        )
        for each in said.order_by("said_on", "line__booked_on")
    }


def balance_on(case: Case, day: date) -> Balance | None:
    """What the bank says was in a person's own account for the direct payment; None where it never said.

    On a day after the last statement it is what that one ended with.
    """
    dedicated = Q(account__case=case, account__whose=Whose.DEDICATED)
    joined = chains_of(Statement.objects.filter(dedicated)).values()
    known = [each for each in joined if each.bank_pence is not None and each.as_at is not None]
    if not known:
        return None
    as_at = min(each.as_at for each in known if each.as_at)
    pence = sum(each.bank_pence or 0 for each in known)
    if day >= max(each.as_at for each in known if each.as_at):
        return Balance(pence, as_at)
    later = StatementLine.objects.filter(dedicated, booked_on__gt=day).aggregate(pence=Sum("amount_pence"))
    jumped = sum(gap.pence for each in known for gap in each.gaps if gap.after.from_on > day)
    return Balance(pence - (later["pence"] or 0) - jumped, min(day, as_at))


def glance(case: Case, on: date, *, from_pence: int) -> Glance:
    """What a first page says of the account of somebody who has one."""
    return Glance(left_on(case, on), receipts_asked_for(case, on, from_pence=from_pence))


def receipts_asked_for(case: Case, on: date, *, from_pence: int) -> list[Purpose]:
    """The payments of the last weeks for which the council asks for a receipt, and that have none: the latest first."""
    since = on - RECEIPT_ASKED_FOR
    attached = AttachedReceipt.objects.filter(line=OuterRef("line"), taken_back_on=None)
    asked = Purpose.objects.filter(
        ~Exists(attached),
        line__account__case=case,
        line__booked_on__gte=since,
        line__amount_pence__lte=-from_pence,
        taken_back_on=None,
        kind__in=HAS_A_RECEIPT,
    )
    return list(asked.select_related("line", "plan_line").order_by("-line__booked_on", "pk"))


def set_aside_on(case: Case, day: date) -> list[SetAside]:
    """What is set aside on a day, the largest first."""
    found = case.set_aside.filter(set_on__lte=day).select_related("set_by")
    return sorted((each for each in found if each.holds_on(day)), key=lambda each: -each.amount_pence)


def left_on(case: Case, day: date) -> Left:
    """What is left to spend on a day."""
    return Left(balance_on(case, day), set_aside_on(case, day))


def get_set_aside(case: Case, set_aside_id: UUID) -> SetAside:
    """One record of what is set aside in a case that this user was already found to be allowed to see."""
    found = case.set_aside.filter(pk=set_aside_id).first()
    if found is None:
        raise Http404("Nothing of that kind is set aside here.")
    return found


def weekly_on(case: Case, day: date) -> Weekly | None:
    """What the direct payment is a week on a day; None where there is none."""
    running = Q(budget__ending=None) | Q(budget__ending__ends_on__gte=day)
    parts = BudgetPart.objects.filter(running, budget__case=case, budget__starts_on__lte=day, way=Way.DIRECT_PAYMENT)
    part = parts.order_by("-budget__starts_on").first()
    return Weekly(part.gross_pence_per_week, part.paid_pence_per_week) if part else None


def open_questions(case: Case) -> QuerySet[Question]:
    """What was asked of the worker about payments, and not answered, the longest first."""
    asked = Question.objects.filter(line__account__case=case, answered_on=None)
    return asked.select_related("line", "asked_by")


def get_question(case: Case, question_id: UUID) -> Question:
    """One question about a payment of a case that this user was already found to be allowed to see."""
    asked = Question.objects.select_related("line__account", "asked_by", "answered_by")
    found = asked.filter(line__account__case=case, pk=question_id).first()
    if found is None:
        raise Http404("There is no such question.")
    return found


def not_looked_at_since(case: Case) -> date | None:
    """Since when lines wait that nobody of the council has looked at; None where somebody has seen them all.

    A look is that a member of staff opened the account: who looks, the record of looks knows.
    """
    staff = User.objects.filter(roles__overlap=list(WHO_CAN[Capability.WORK_FOR_COUNCIL])).values("pk")
    looks = Look.objects.filter(person_id=case.person_id, page=PAGE, viewer_id__in=staff)
    last = looks.aggregate(at=Max("at"))["at"]
    kept = Statement.objects.filter(account__case=case, account__whose__in=THEIRS)
    waiting = kept.filter(kept_at__gt=last) if last else kept
    since: date | None = waiting.aggregate(on=Min("kept_on"))["on"]
    return since


def spent_by(found: Sequence[Entry]) -> Mapping[tuple[ForWhat, UUID | None], int]:
    """What payments come to by what they were for: of the plan, by its line."""
    pence: dict[tuple[ForWhat, UUID | None], int] = {}
    for each in found:
        if each.is_out and each.purpose is not None:
            key = (ForWhat(each.purpose.kind), each.purpose.plan_line_id)
            pence[key] = pence.get(key, 0) + each.pence
    return pence


@dataclass(frozen=True)
class Moved:
    """What came into the account for the direct payment and went out of it; and what an everyday account paid."""

    came_in_pence: int
    went_out_pence: int
    everyday_pence: int


def moved(found: Sequence[Entry]) -> Moved:
    """What some lines come to. What an everyday account paid is spent, and is not in the other account's balance."""
    own = [each for each in found if not each.is_from_everyday]
    return Moved(
        sum(each.pence for each in own if not each.is_out),
        sum(each.pence for each in own if each.is_out),
        sum(each.pence for each in found if each.is_from_everyday and each.is_out),
    )


def said_as_spent(case: Case) -> QuerySet[Purpose]:
    """What left a person's hands, as far as it was said: one of each line.

    Where there is an account for the direct payment alone, it is what left that one: what an everyday account paid may
    have been paid back out of it, and would count twice.
    """
    said = Purpose.objects.filter(line__account__case=case, taken_back_on=None, kind__in=SPENT)
    dedicated = BankAccount.objects.filter(case=case, whose=Whose.DEDICATED)
    return said.filter(line__account__whose=Whose.DEDICATED) if dedicated.exists() else said


def counted_as_spent(case: Case) -> QuerySet[Purpose]:
    """What the ledger counts as spent, the latest payment first."""
    counted = Purpose.objects.filter(Exists(COUNTED), line__account__case=case, taken_back_on=None)
    return counted.order_by("-line__booked_on", "-said_on", "pk")


def waits_to_be_counted() -> list[UUID]:
    """The cases in which something was said to be spent that the ledger held too little for."""
    waiting = Purpose.objects.filter(~Exists(COUNTED), taken_back_on=None, kind__in=SPENT)
    return sorted(set(waiting.order_by().values_list("line__account__case", flat=True)))


def standing_of(line: StatementLine) -> Purpose | None:
    """What is said of a payment, as it stands."""
    return Purpose.objects.filter(line=line, taken_back_on=None).first()


def version_said(purpose: Purpose | None) -> int:
    """What a page carries of what was said: nought while nothing is."""
    return version_of(purpose) if purpose else 0


def who_does_what(case: Case) -> dict[Running, Doing]:
    """Who does each part of running a direct payment now, as far as it was said, in the order of the parts."""
    latest = Doing.objects.filter(case=case).order_by("part", "-id").distinct("part").select_related("said_by")
    found = {each.part: each for each in latest}
    return {part: found[part] for part in Running if part in found}


def taken_over(case: Case) -> list[Doing]:
    """How who does what came about, the latest first."""
    return list(Doing.objects.filter(case=case).select_related("said_by"))


def version_of_doing(found: Mapping[Running, Doing]) -> int:
    """What a page carries of who does what: what was said last of it."""
    return max((each.pk for each in found.values()), default=0)


def owner_of_receipts(case: Case) -> Owner:
    """The account of a case as an owner of files."""
    return Owner(RECEIPTS, case.pk)


def may_read_receipts(case_id: UUID, *, user: User, kind: str, page: str) -> bool:
    """Whether this user may read a receipt: whoever may see the account may. The look is noted."""
    get_account(case_id, seen_by=user)
    return True
