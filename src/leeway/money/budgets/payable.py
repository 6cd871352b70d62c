"""What stops an instalment from being paid: one table, asked in SQL of any number of them and told in words."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    StringAgg,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable

from leeway.care.circumstances.models import Stay
from leeway.care.circumstances.queries import beyond_four_weeks
from leeway.care.planning.models import PlanLine, Way
from leeway.care.planning.uses import PAYS_FOR_CARE_HOME
from leeway.law.direct_payment_codes import DETAINED_IN, PERHAPS_DETAINED_IN
from leeway.money.budgets.models import LAST_COSTS, Hold, HoldKind, Instalment, InstalmentKind, Interim, LastCost
from leeway.money.payees.models import Holder, PayeeAccount
from leeway.money.payees.states import State

PAYEE_IN_USE = PayeeAccount.objects.filter(
    case=OuterRef("part__budget__case"), way=OuterRef("part__way"), state=State.APPROVED
)
#: The same of money on account, which has no budget yet.
PAYEE_ON_ACCOUNT = PayeeAccount.objects.filter(case=OuterRef("case"), way=OuterRef("way"), state=State.APPROVED)
TO_REPRESENTATIVE = PAYEE_IN_USE.filter(holder=Holder.REPRESENTATIVE)
TO_NOBODY_WITH_AUTHORITY = PAYEE_IN_USE.filter(relationship__ends_on__lt=OuterRef("paid_on"))
HOLD_IN_FORCE = Hold.objects.filter(budget__plan=OuterRef("part__budget__plan"), lifted_on=None)
LOOK_NEEDED = LastCost.objects.filter(instalment=OuterRef("pk"), needs_second_look=True, looked_on=None)
STAYING = Stay.objects.filter(person=OuterRef("part__budget__case__person"), ends_on=None, taken_back_on=None)
DETAINED = STAYING.filter(kind__in=DETAINED_IN)
PERHAPS_DETAINED = STAYING.filter(kind__in=PERHAPS_DETAINED_IN)
PAID_DIRECT = PlanLine.objects.filter(plan=OuterRef("part__budget__plan"), way=Way.DIRECT_PAYMENT)
IS_DIRECT = Q(part__way=Way.DIRECT_PAYMENT) & ~Q(kind__in=LAST_COSTS)
DIED = Q(part__budget__case__person__date_of_death__isnull=False)
AFTER_DEATH = "Not due: after the day of death"
BETWEEN = "; "


@dataclass(frozen=True)
class Stop:
    """A condition under which an instalment is not paid, and the words that say so."""

    condition: Q
    words: Combinable | Subquery


def _kinds() -> Subquery:
    """The kinds of the holds in force on any budget of the plan, in words."""
    label = Case(*[When(kind=kind, then=Value(kind.label)) for kind in HoldKind], output_field=TextField())
    told = StringAgg(label, delimiter=Value(BETWEEN), order_by="kind")
    return Subquery(HOLD_IN_FORCE.order_by().values("budget__plan").annotate(told=told).values("told"))


#: Where support has ended or the person has died, a hold stands until the budget has its last day.
STOPS = (
    Stop(Q(Exists(HOLD_IN_FORCE)), _kinds()),
    Stop(
        DIED & ~Q(part__way=Way.SERVICE_FUND) & ~Q(Exists(TO_REPRESENTATIVE)),
        Value("Nobody who settles what is left has approved bank details"),
    ),
    Stop(
        ~DIED & Q(Exists(TO_REPRESENTATIVE)),
        Value("The bank details are of whoever would settle what is left, and the person lives"),
    ),
    Stop(Q(Exists(TO_NOBODY_WITH_AUTHORITY)), Value("The authority of whoever holds the money has ended")),
    Stop(~Q(Exists(PAYEE_IN_USE)), Value("No approved bank details")),
    Stop(
        DIED & Q(kind=InstalmentKind.REGULAR, starts_on__gt=F("part__budget__case__person__date_of_death")),
        Value(AFTER_DEATH),
    ),
    Stop(
        IS_DIRECT & ~DIED & Q(Exists(DETAINED)),
        Value("No direct payment can be made to somebody in prison or approved premises"),
    ),
    Stop(
        IS_DIRECT & ~DIED & Q(Exists(PERHAPS_DETAINED)),
        Value("In prison, and nobody has said whether convicted or on remand"),
    ),
    Stop(
        IS_DIRECT
        & Q(beyond_weeks=True)
        & Q(Exists(PAID_DIRECT.filter(PAYS_FOR_CARE_HOME)))
        & ~Q(Exists(PAID_DIRECT.exclude(PAYS_FOR_CARE_HOME))),
        Value("It pays for a care home only, and the four weeks are over"),
    ),
    Stop(Q(Exists(LOOK_NEEDED)), Value("Another officer looks at it first")),
)


#: The same of money on account that somebody agreed to.
DETAINED_ON_ACCOUNT = Stay.objects.filter(
    person=OuterRef("case__person"), ends_on=None, taken_back_on=None, kind__in=[*DETAINED_IN, *PERHAPS_DETAINED_IN]
)
STOPS_ON_ACCOUNT = (
    Stop(Q(case__person__date_of_death__isnull=False), Value("The person has died")),
    Stop(~Q(Exists(PAYEE_ON_ACCOUNT)), Value("No approved bank details")),
    Stop(
        Q(Exists(PAYEE_ON_ACCOUNT.filter(holder=Holder.REPRESENTATIVE))),
        Value("The bank details are of whoever would settle what is left, and the person lives"),
    ),
    Stop(
        Q(Exists(PAYEE_ON_ACCOUNT.filter(relationship__ends_on__lt=OuterRef("paid_on")))),
        Value("The authority of whoever holds the money has ended"),
    ),
    Stop(
        Q(Exists(DETAINED_ON_ACCOUNT)),
        Value("No direct payment can be made to somebody in prison or approved premises"),
    ),
)


def payable_on_account(interims: QuerySet[Interim], day: date) -> QuerySet[Interim]:
    """Those of some interim payments that can be paid on a day."""
    agreed = interims.filter(authorised_on__isnull=False, ended_on=None)
    stops = (~stop.condition for stop in STOPS_ON_ACCOUNT)
    return agreed.annotate(paid_on=Value(day, output_field=DateField())).filter(*stops)


def with_what_stops_on_account(interims: QuerySet[Interim], day: date) -> QuerySet[Interim]:
    """Each interim payment with `why`: all that stops it on a day, in words; empty where nothing does."""
    return interims.annotate(paid_on=Value(day, output_field=DateField()), why=all_that(STOPS_ON_ACCOUNT))


def as_paid_on(
    instalments: QuerySet[Instalment], day: date, *, known: Collection[UUID] | None = None
) -> QuerySet[Instalment]:
    """Some instalments as they would be paid on a day, which the table asks for.

    `known` are those `beyond_four_weeks` on that day, where a page asks of it more than once.
    """
    beyond = Q(part__budget__case__person__in=beyond_four_weeks(day) if known is None else known)
    return instalments.annotate(
        paid_on=Value(day, output_field=DateField()),
        beyond_weeks=Case(When(beyond, then=True), default=False, output_field=BooleanField()),
    )


def nothing_stops() -> Q:
    """What an instalment needs to be paid: that no line of the table holds of it."""
    return Q(*(~stop.condition for stop in STOPS))


def payable(instalments: QuerySet[Instalment]) -> QuerySet[Instalment]:
    """Those of some instalments, `as_paid_on` a day, that nothing stops."""
    return instalments.filter(nothing_stops(), cancellation=None)


def with_what_stops(instalments: QuerySet[Instalment]) -> QuerySet[Instalment]:
    """Each instalment, `as_paid_on` a day, with `why`: all that stops it, in words; empty where nothing does."""
    return instalments.annotate(why=all_that(STOPS))


def all_that(stops: Iterable[Stop]) -> Func:
    """All of some stops that hold of a row, in words."""
    told = [Case(When(stop.condition, then=stop.words), output_field=TextField()) for stop in stops]
    return Func(Value(BETWEEN), *told, function="CONCAT_WS", output_field=TextField())
