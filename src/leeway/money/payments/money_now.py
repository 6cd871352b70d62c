"""What somebody wants to know first of their payments: what arrived, is on its way, came back, and comes next."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OrderBy, OuterRef, Q, Subquery

from leeway.care.circumstances.queries import beyond_four_weeks
from leeway.care.people.models import Case
from leeway.money.banking.working_days import working_day_on_or_before
from leeway.money.budgets.models import INTERIM, HoldKind, Instalment, InstalmentKind, Interim
from leeway.money.budgets.payable import BETWEEN, HOLD_IN_FORCE, as_paid_on, with_what_stops, with_what_stops_on_account
from leeway.money.payees.models import PAID_WAYS
from leeway.money.payments.lateness import FAILED, late_payments
from leeway.money.payments.models import Payment
from leeway.money.payments.pay_days import first_pay_day
from leeway.money.payments.returning import to_be_made_again
from leeway.money.payments.states import LIVE, PaymentState, State

SENT = Payment.objects.filter(state__in=LIVE, run__sent_on__isnull=False)
#: What is paid once stands after what is paid again and again, where they are for the same days.
IS_START_UP = OrderBy(ExpressionWrapper(Q(kind=InstalmentKind.START_UP), BooleanField()))
APPROVED = Payment.objects.filter(state=PaymentState.IN_RUN, run__state=State.APPROVED)


@dataclass(frozen=True)
class Next:
    """The next payment that was not sent: when it is due and can arrive, why it waits, and whether it is late.

    `until` is the last day that it waits as far as is known; none where a hold has no last day. `once_pence` is what
    is due beside it to get started.
    """

    amount_pence: int
    way: str
    due: date
    arrives_on: date
    waits: str
    late: bool
    until: date | None = None
    kind: str = InstalmentKind.REGULAR
    once_pence: int = 0


@dataclass(frozen=True)
class MoneyNow:
    """The last payment that arrived, those on their way, those that came back and were not made since, and the next."""

    arrived: Payment | None
    on_the_way: list[Payment]
    came_back: list[Payment]
    next: Next | None

    @property
    def waits_for_return(self) -> bool:
        """Whether payments wait because one came back."""
        return self.next is not None and HoldKind.RETURNED.label in self.next.waits.split(BETWEEN)

    @property
    def waits(self) -> str:
        """Why payments wait, but for one that came back, which is told by itself."""
        told = {str(HoldKind.RETURNED.label)} if self.came_back else set()
        every = self.next.waits.split(BETWEEN) if self.next else []
        return BETWEEN.join(each for each in every if each not in told)


def money_now(case: Case, on: date, *, rows: int = 20) -> MoneyNow | None:
    """How payments of a case stand that this user was already found to be allowed to see, if it has any."""
    sent = Payment.objects.filter(case=case, run__sent_on__isnull=False).select_related("run")
    latest = list(sent.order_by("-run__pay_on", "-run__number", IS_START_UP, "-starts_on")[:rows])
    both = [each for each in (_next(case, on), _next_on_account(case, on)) if each is not None]
    coming = min(both, key=lambda each: each.due, default=None)
    if not latest and coming is None:
        return None
    back: list[Payment] = []
    if any(payment.state == PaymentState.RETURNED for payment in latest):
        theirs = to_be_made_again().filter(~Exists(FAILED), case=case).select_related("run", "payee")
        back = list(theirs.order_by("-returned_on", "pk")[:rows])
    arrived = next((payment for payment in latest if payment.state == PaymentState.ARRIVED), None)
    on_the_way = [payment for payment in latest if payment.state == PaymentState.IN_RUN]
    return MoneyNow(arrived, on_the_way[::-1], back, coming)


def _next(case: Case, on: date) -> Next | None:
    """The first instalment that was not sent."""
    this, beyond = {"instalment": OuterRef("pk")}, beyond_four_weeks(on)
    ahead = Instalment.objects.filter(
        ~Exists(SENT.filter(**this)), Q(part__budget__case=case), cancellation=None, amount_pence__gt=0
    ).annotate(
        late=Exists(late_payments(on, known=beyond).filter(pk=OuterRef("pk"))),
        run_pays_on=Subquery(APPROVED.filter(**this).values("run__pay_on")[:1]),
        until=Subquery(HOLD_IN_FORCE.order_by(F("last_on").desc(nulls_first=True)).values("last_on")[:1]),
    )
    told = with_what_stops(as_paid_on(ahead, on, known=beyond)).select_related("part")
    firsts: list[Any] = list(told.order_by("due_on", IS_START_UP, "pk")[: len(PAID_WAYS) + 1])
    if not firsts:
        return None
    found, *others = firsts
    once = (each for each in others if each.kind == InstalmentKind.START_UP and each.due_on == found.due_on)
    due = working_day_on_or_before(found.due_on)
    in_time = found.run_pays_on is not None and found.run_pays_on >= on and not found.late
    on_time = found.run_pays_on if in_time else first_pay_day(on)
    return Next(
        amount_pence=found.amount_pence,
        way=found.part.way,
        due=due,
        arrives_on=max(due, on_time),
        waits=found.why,
        late=found.late,
        until=found.until,
        kind=found.kind,
        once_pence=sum(each.amount_pence for each in once),
    )


def _next_on_account(case: Case, on: date) -> Next | None:
    """Money on account that was agreed and not sent. It is due on the first day that Bacs could bring it then."""
    this = {"interim": OuterRef("pk")}
    agreed = Interim.objects.filter(~Exists(SENT.filter(**this)), case=case, authorised_on__isnull=False, ended_on=None)
    in_runs = agreed.annotate(run_pays_on=Subquery(APPROVED.filter(**this).values("run__pay_on")[:1]))
    found: Any = with_what_stops_on_account(in_runs, on).order_by("authorised_on", "pk").first()
    if found is None:
        return None
    due = first_pay_day(found.authorised_on)
    in_time = found.run_pays_on is not None and found.run_pays_on >= on
    arrives_on = found.run_pays_on if in_time else max(due, first_pay_day(on))
    late = arrives_on > due and not found.why
    return Next(found.amount_pence, found.way, due, arrives_on, found.why, late, kind=INTERIM[0])
