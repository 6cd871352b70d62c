"""One order in which everything about money waits for each other: the person, cases by id, providers, a payment run.

The row of a case is the lock of all that is its money: budgets, instalments, holds, bank details, what is owed. An
action takes it first and reads afterwards, so that what it reads stands until it is done (decision 22). The row of a
provider is the same of what is owed to it: its bank details, and invoices that were agreed (decision 33). Where bank
lines are matched, their account comes before all of these, and the lock of all matching after them (decision 29).
"""

from uuid import UUID

from django.db.models import QuerySet

from leeway.care.people.models import Case, Person
from leeway.market.listings.models import Provider


def lock_case(case_id: UUID) -> Case:
    """A case and its person as they stand now, and until this is done.

    The person is read after the lock: a row that is joined to the locked one is as old as the question.
    """
    return Case.objects.select_for_update(no_key=True).get(pk=case_id)


def lock_cases(cases: QuerySet[Case]) -> None:
    """Have many cases stand as they are until this is done."""
    locked = Case.objects.filter(pk__in=cases.order_by().values("pk")).select_for_update(no_key=True)
    list(locked.order_by("pk").values_list("pk"))


def lock_person(person_id: UUID) -> Person:
    """A person as they stand now, with all of their cases, until this is done."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    lock_cases(person.cases.all())
    return person


def lock_provider(provider_id: UUID) -> Provider:
    """A provider as it stands now, with all that is owed to it, until this is done."""
    return Provider.objects.select_for_update(no_key=True).get(pk=provider_id)


def lock_providers(providers: QuerySet[Provider]) -> None:
    """Have many providers stand as they are until this is done. Cases are locked before."""
    locked = Provider.objects.filter(pk__in=providers.order_by().values("pk")).select_for_update(no_key=True)
    list(locked.order_by("pk").values_list("pk"))
