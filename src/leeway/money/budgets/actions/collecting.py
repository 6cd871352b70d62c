"""Saying who collects what somebody pays towards their direct payment."""

from datetime import date

from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.money.budgets.collecting import collector_of
from leeway.money.budgets.models import Collecting, Collector
from leeway.refusal import Refusal


@transaction.atomic
def say_who_collects(*, case: Case, collected_by: Collector, reason: str, by: User, on: date) -> Collecting:
    """Say who collects what somebody pays towards a direct payment, and why. It counts from their next budget on.

    That is one that starts, or goes on at another charge, line or price, and April's. What runs stays as it is.
    """
    check_can(by, Capability.START_BUDGETS)
    case = lock_case(case.pk)
    if collector_of(case, on) == collected_by:
        raise Refusal("It is collected so already.", field="collected_by")
    ask = "Say in a sentence why, and what the person said of it. They can read this."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.REASON)
    found = Collecting.objects.create(case=case, collected_by=collected_by, reason=reason, said_by=by, said_on=on)
    how = "is billed by the council" if collected_by == Collector.COUNCIL else "is paid into the account by the person"
    sentence = f"From the next budget on, what is paid towards the direct payment {how}. {said.ended(reason)}"
    tell(case=case, kind=Event.BILLS, sentence=sentence, by=by, on=on)
    return found
