"""How long people wait from asking for help to their first payment: who had one, and who waits longest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import Team, User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.models import Plan, PlanLine, PlanState
from leeway.care.planning.waiting import TOLD, Wait, client_group, of_team, waits
from leeway.money.budgets.models import Budget, Instalment
from leeway.money.payees.models import PAID_WAYS
from leeway.money.payments.models import Payment
from leeway.money.payments.states import PaymentState


@dataclass(frozen=True)
class FirstPayment(Wait):
    """One case's first payment that arrived: how many days after it was opened, and whose it is, without a name."""

    way: str
    age: int


@dataclass(frozen=True)
class StillWaiting:
    """A case that is to be paid and was not yet."""

    case: Case
    days: int
    stands: str


def first_payments(*, since: date, until: date, seen_by: User, team: Team | None = None) -> list[FirstPayment]:
    """The first payment of each case, of those whose first arrived between two days. Interim payments count."""
    check_can(seen_by, Capability.SEE_WAITS)
    arrived = Payment.objects.filter(state=PaymentState.ARRIVED)
    own = arrived.filter(case=OuterRef("pk")).order_by("run__pay_on", "place")
    cases = (
        of_team(team)
        .filter(Exists(own))
        .annotate(
            first=Min("payments__run__pay_on", filter=Q(payments__state=PaymentState.ARRIVED)),
            way=Subquery(own.values("way")[:1]),
        )
        .filter(first__gte=since, first__lte=until)
    )
    rows = cases.order_by().values_list(*TOLD, "opened_on", "first", "way", "person__date_of_birth")
    return [
        FirstPayment(pk, (first - opened).days, client_group(reason), team_id, worker, way, _age(born, first))
        for pk, reason, team_id, worker, opened, first, way, born in rows
    ]


def unpaid_still(*, on: date, seen_by: User, team: Team | None = None) -> list[Wait]:
    """The cases with an agreed plan that pays money out, of which nothing has arrived yet: of one team, or of all."""
    check_can(seen_by, Capability.SEE_WAITS)
    return waits(_unpaid(team).annotate(asked_on=F("opened_on")), on=on)


def middle_days(found: Sequence[Wait]) -> int | None:
    """The days of the one in the middle, where there is one."""
    return round(median(each.days for each in found)) if found else None


def longest_waits(*, on: date, seen_by: User, rows: int = 25) -> list[StillWaiting]:
    """Cases with an agreed plan that pays money out, of which nothing has arrived yet, the longest wait first."""
    check_can(seen_by, Capability.PAY)
    cases = _unpaid()
    shown = list(cases.select_related("person").order_by("opened_on", "pk")[:rows])
    record_looks(viewer=seen_by, person_ids=[case.person_id for case in shown], page="Who waits for a first payment")
    sent = set(Payment.objects.filter(case__in=shown, state=PaymentState.IN_RUN).values_list("case", flat=True))
    return [
        StillWaiting(case, (on - case.opened_on).days, "In a payment run" if case.pk in sent else _stands(case))
        for case in shown
    ]


def _stands(case: Case) -> str:
    return "The money is to be set up" if case.stage == Stage.ARRANGING else "Set up, and not paid yet"


def _unpaid(team: Team | None = None) -> QuerySet[Case]:
    """Open cases of people who live, with an agreed plan that pays money out, of which nothing has arrived.

    Once the money is set up, somebody waits only where something falls due: the person may pay all of it themselves.
    """
    paid_out = PlanLine.objects.filter(plan=OuterRef("pk"), way__in=PAID_WAYS)
    agreed = Plan.objects.filter(Exists(paid_out), case=OuterRef("pk"), state=PlanState.AGREED)
    never = ~Exists(Payment.objects.filter(case=OuterRef("pk"), state=PaymentState.ARRIVED))
    falls_due = Instalment.objects.filter(part__budget__case=OuterRef("pk"), amount_pence__gt=0, cancellation=None)
    owed = ~Exists(Budget.objects.filter(case=OuterRef("pk"))) | Exists(falls_due)
    return of_team(team).filter(Exists(agreed), never, owed, person__date_of_death=None).exclude(stage=Stage.CLOSED)


def _age(born: date | None, on: date) -> int:
    return -1 if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))
