"""How long people wait from asking for help to their first payment: who had one, and who waits longest."""

from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Exists, Min, OuterRef, Q, Subquery

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.models import Plan, PlanLine, PlanState
from leeway.money.payees.models import PAID_WAYS
from leeway.money.payments.models import Payment
from leeway.money.payments.states import PaymentState


@dataclass(frozen=True)
class FirstPayment:
    """One case's first payment that arrived: how many days after it was opened, and whose it is, without a name."""

    days: int
    client_group: str
    way: str
    age: int


@dataclass(frozen=True)
class StillWaiting:
    """A case that is to be paid and was not yet."""

    case: Case
    days: int
    stands: str


def first_payments(*, since: date, until: date, seen_by: User) -> list[FirstPayment]:
    """The first payment of each case, of those whose first arrived between two days. Interim payments count."""
    check_can(seen_by, Capability.PAY)
    arrived = Payment.objects.filter(state=PaymentState.ARRIVED)
    own = arrived.filter(case=OuterRef("pk")).order_by("run__pay_on", "place")
    cases = (
        Case.objects.filter(Exists(own))
        .annotate(
            first=Min("payments__run__pay_on", filter=Q(payments__state=PaymentState.ARRIVED)),
            way=Subquery(own.values("way")[:1]),
        )
        .filter(first__gte=since, first__lte=until)
    )
    rows = cases.order_by().values_list("opened_on", "first", "way", "support_reason", "person__date_of_birth")
    return [
        FirstPayment((first - opened).days, _group(reason), way, _age(born, first))
        for opened, first, way, reason, born in rows
    ]


def middle_days(found: list[FirstPayment]) -> int | None:
    """The days of the one in the middle, where there is one."""
    return round(median(each.days for each in found)) if found else None


def longest_waits(*, on: date, seen_by: User, rows: int = 25) -> list[StillWaiting]:
    """Cases with an agreed plan that pays money out, of which nothing has arrived yet, the longest wait first."""
    check_can(seen_by, Capability.PAY)
    paid_out = PlanLine.objects.filter(plan=OuterRef("pk"), way__in=PAID_WAYS)
    agreed = Plan.objects.filter(Exists(paid_out), case=OuterRef("pk"), state=PlanState.AGREED)
    never = ~Exists(Payment.objects.filter(case=OuterRef("pk"), state=PaymentState.ARRIVED))
    cases = Case.objects.filter(Exists(agreed), never, person__date_of_death=None).exclude(stage=Stage.CLOSED)
    shown = list(cases.select_related("person").order_by("opened_on", "pk")[:rows])
    record_looks(viewer=seen_by, person_ids=[case.person_id for case in shown], page="Who waits for a first payment")
    sent = set(Payment.objects.filter(case__in=shown, state=PaymentState.IN_RUN).values_list("case", flat=True))
    return [
        StillWaiting(case, (on - case.opened_on).days, "In a payment run" if case.pk in sent else _stands(case))
        for case in shown
    ]


def _stands(case: Case) -> str:
    return "The money is to be set up" if case.stage == Stage.ARRANGING else "Set up, and not paid yet"


def _group(reason: str) -> str:
    """The client group of a support reason: its words before the colon."""
    return reason.partition(":")[0] or "Unknown"


def _age(born: date | None, on: date) -> int:
    return -1 if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))
