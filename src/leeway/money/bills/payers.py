"""Who gets the bills of somebody: the person, or whoever handles their money by law. Known on the day they are sent."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q

from leeway.care.people.models import Authority, CapacityDecision, CapacityQuestion, Case, Relationship

#: Who pays in any event; who does where the person cannot manage their money; and after a death.
ALWAYS = (Authority.DEPUTY_PROPERTY, Authority.APPOINTEE)
WITHOUT_CAPACITY = (Authority.ATTORNEY_PROPERTY,)


def cannot_manage(people: Collection[UUID]) -> set[UUID]:
    """Of some people, those who were last found not to be able to manage their money."""
    asked = CapacityDecision.objects.filter(person__in=people, question=CapacityQuestion.MONEY)
    last = dict(asked.order_by("decided_on", "pk").values_list("person", "has_capacity"))
    return {person for person, has in last.items() if not has}


def payers_of(cases: Collection[Case], on: date, cannot: set[UUID] | None = None) -> Mapping[UUID, Relationship]:
    """Who handles the money of some people, by the ids of their cases; a person who does it themselves is left out.

    `cannot` has those who cannot manage it, where that was asked already.
    """
    people = {case.person_id for case in cases}
    cannot = cannot_manage(people) if cannot is None else cannot
    now = Q(ends_on=None) | Q(ends_on__gte=on)
    around = Relationship.objects.filter(now, person__in=people, starts_on__lte=on)
    found: dict[UUID, Relationship] = {}
    for each in around.filter(authority__in=[*ALWAYS, *WITHOUT_CAPACITY]).order_by("-starts_on", "pk"):
        if each.authority in ALWAYS or each.person_id in cannot:
            found[each.person_id] = each
    return {case.pk: found[case.person_id] for case in cases if case.person_id in found}


def nobody_pays(cases: Collection[Case], on: date) -> set[UUID]:
    """The cases of those who cannot manage their money, and for whom nobody is known to."""
    cannot = cannot_manage({case.person_id for case in cases})
    affected = [case for case in cases if case.person_id in cannot]
    return {case.pk for case in affected} - payers_of(affected, on, cannot).keys() if affected else set()


def representatives_of(case: Case, on: date) -> list[Relationship]:
    """Who settles what somebody left."""
    now = Q(ends_on=None) | Q(ends_on__gte=on)
    theirs = case.person.relationships.filter(now, authority=Authority.REPRESENTATIVE, starts_on__lte=on)
    return list(theirs.order_by("starts_on"))
