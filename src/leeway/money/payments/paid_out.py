"""What was paid out and reached its account, by how it is held and for whom."""

from collections import Counter

from django.db.models import Sum

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import LEADER, cases_of
from leeway.care.planning.waiting import client_group
from leeway.money.payments.models import Payment
from leeway.money.payments.states import PaymentState
from leeway.period import Period


def paid_out(over: Period, *, seen_by: User) -> Counter[tuple[str, str]]:
    """The pence of a team's payments whose day lies in a period and that arrived, by (way of holding, client group).

    Money on account counts. Managed accounts are paid by invoice, and so stand in none.
    """
    check_can(seen_by, Capability.LEAD_TEAM)
    arrived = Payment.objects.filter(state=PaymentState.ARRIVED, case__in=cases_of(seen_by, [LEADER]))
    dated = arrived.filter(run__pay_on__gte=over.starts_on, run__pay_on__lte=over.ends_on)
    found: Counter[tuple[str, str]] = Counter()
    for way, reason, pence in dated.order_by().values_list("way", "case__support_reason").annotate(Sum("amount_pence")):
        found[way, client_group(reason)] += pence
    return found
