"""Who may see which dispute over who pays."""

from django.db.models import QuerySet

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import LEADER, cases_of
from leeway.money.disputes.models import Dispute


def disputes_seen_by(user: User) -> QuerySet[Dispute]:
    """Finance sees every dispute; a manager sees those of the team's cases."""
    check_can(user, Capability.SEE_DISPUTES)
    if user.can(Capability.LEAD_TEAM):
        return Dispute.objects.filter(case__in=cases_of(user, [LEADER]))
    return Dispute.objects.all()
