"""Reading deaths and stays: what stands on a day, and what rules ask."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from leeway.care.circumstances.models import Death, Stay, StayKind
from leeway.care.people.models import Case, Person
from leeway.law.dated import law_on
from leeway.law.direct_payments import DETAINED_IN, NOT_DETAINED, care_home_stays


def standing_death(person: Person) -> Death | None:
    """The death on record, where there is one that was not undone."""
    return person.deaths.select_related("recorded_by").filter(undone_on=None).first()


def stays_of(person: Person) -> QuerySet[Stay]:
    """Every stay of a person, the latest first, those that were taken back among them."""
    return person.stays.select_related("recorded_by", "taken_back_by")


def standing_stays(person: Person) -> QuerySet[Stay]:
    """The stays of a person that nobody took back, the latest first."""
    return person.stays.filter(taken_back_on=None)


def stay_on(person: Person, on: date) -> Stay | None:
    """Where the person is on a day, when that is not at home. Every stay is over with the person's life."""
    if person.date_of_death is not None and person.date_of_death <= on:
        return None
    return standing_stays(person).filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on).first()


def barring_stay(person: Person, on: date) -> Stay | None:
    """The stay in which nobody who was convicted may have a direct payment, if the person is in one."""
    stay = stay_on(person, on)
    return stay if stay is not None and stay.kind in DETAINED_IN else None


def detained_in(person: Person, on: date) -> str | None:
    """The kind of the stay that bars a direct payment, if the person is in one."""
    stay = barring_stay(person, on)
    return stay.kind if stay else None


def what_stays_mean(person: Person, on: date) -> list[str]:
    """What the stays on record mean for a direct payment, a sentence each."""
    if person.date_of_death is not None:
        return []
    stay, nights = stay_on(person, on), care_home_nights(person, on)
    sentences = [care_home_stays(nights, law_on(on)).reason] if nights else []
    if stay is not None and stay.kind == StayKind.CARE_HOME:
        sentences.append("A direct payment cannot pay for living in a care home for good: the council arranges it.")
    if barring_stay(person, on):
        sentences.append(
            f"Nobody who was convicted can have a direct payment in prison or approved premises "
            f"({NOT_DETAINED.source}). {NOT_DETAINED.change}"
        )
    return sentences


def get_stay(stay_id: UUID, *, case: Case) -> Stay:
    """One stay of the person whose case was found already."""
    stay = case.person.stays.filter(pk=stay_id).first()
    if stay is None:
        raise Http404("There is no such stay.")
    return stay


def care_home_nights(person: Person, on: date) -> list[tuple[date, date]]:
    """Stays in a care home that were for a time, each as its first night and the day of leaving (or a day)."""
    stays = standing_stays(person).filter(kind=StayKind.CARE_HOME_STAY, starts_on__lt=on).order_by("starts_on")
    return [(stay.starts_on, min(stay.ends_on or on, on)) for stay in stays]
