"""Reading deaths, stays and earlier support: what stands on a day, and what rules and measures ask."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.circumstances.models import Death, EarlierSupport, Stay, StayKind
from leeway.care.people.models import Case, Person
from leeway.law.dated import law_on
from leeway.law.direct_payment_codes import DETAINED_IN, NOT_DETAINED, PERHAPS_DETAINED_IN
from leeway.law.direct_payment_uses import CareHomeWeeks, Nights, care_home_weeks

NOT_FOR_GOOD = "A direct payment cannot pay for living in a care home for good: the council arranges it."
BARS = (*DETAINED_IN, *PERHAPS_DETAINED_IN)


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
    stays = (stay for stay in person.stays.all() if stay.taken_back_on is None and stay.starts_on <= on)
    return next((stay for stay in stays if stay.ends_on is None or stay.ends_on > on), None)


def barring_stay(person: Person, on: date) -> Stay | None:
    """The stay in which somebody convicted may have no direct payment, if the person is, or may be, in one."""
    stay = stay_on(person, on)
    return stay if stay is not None and stay.kind in BARS else None


def detained_in(person: Person, on: date) -> str | None:
    """The kind of the stay that bars a direct payment, or may, if the person is in one."""
    stay = barring_stay(person, on)
    return stay.kind if stay else None


def what_stays_mean(person: Person, on: date) -> list[str]:
    """What the stays on record mean for a direct payment, a sentence each."""
    if person.date_of_death is not None:
        return []
    stay, nights, barring = stay_on(person, on), care_home_nights(person, on), barring_stay(person, on)
    sentences = [care_home_weeks(nights, law_on(on), on).reason] if nights else []
    if stay is not None and stay.kind == StayKind.CARE_HOME:
        sentences.append(NOT_FOR_GOOD)
    if barring is not None and barring.kind in PERHAPS_DETAINED_IN:
        sentences.append(
            f"Nobody has said whether they were convicted. Until it is known, no direct payment is made "
            f"({NOT_DETAINED.source}): find out, take this stay back and record it as it is."
        )
    elif barring is not None:
        sentences.append(
            f"Nobody who was convicted can have a direct payment in prison or approved premises "
            f"({NOT_DETAINED.source}). {NOT_DETAINED.change}"
        )
    return sentences


def beyond_direct_payment(person: Person, on: date) -> str:
    """Why a direct payment may not pay for the care home where somebody is on a day; empty where it may."""
    stay = stay_on(person, on)
    if stay is not None and stay.kind == StayKind.CARE_HOME:
        return NOT_FOR_GOOD
    if stay is None or stay.kind != StayKind.CARE_HOME_STAY:
        return ""
    weeks = care_home_weeks(care_home_nights(person, on), law_on(on), on)
    return weeks.reason if weeks.is_over else ""


def get_stay(stay_id: UUID, *, case: Case) -> Stay:
    """One stay of the person whose case was found already."""
    stay = case.person.stays.filter(pk=stay_id).first()
    if stay is None:
        raise Http404("There is no such stay.")
    return stay


def care_home_nights(person: Person, on: date) -> list[Nights]:
    """Stays in a care home that were for a time, each as its first night and the day of leaving, if they left."""
    stays = [stay for stay in person.stays.all() if stay.taken_back_on is None and stay.starts_on <= on]
    nights = [(stay.starts_on, stay.ends_on) for stay in stays if stay.kind == StayKind.CARE_HOME_STAY]
    return sorted(nights, key=lambda first_and_last: first_and_last[0])


def in_care_homes(on: date) -> dict[Person, CareHomeWeeks]:
    """Everybody who is in a care home for a time on a day, with how far the four weeks are. For the nightly work."""
    stays = Stay.objects.filter(
        kind=StayKind.CARE_HOME_STAY, taken_back_on=None, starts_on__lte=on, person__date_of_death=None
    )
    there = stays.filter(Q(ends_on=None) | Q(ends_on__gt=on)).values("person")
    nights: dict[Person, list[Nights]] = {}
    for stay in stays.filter(person__in=there).select_related("person").order_by("starts_on"):
        nights.setdefault(stay.person, []).append((stay.starts_on, stay.ends_on))
    law = law_on(on)
    return {person: care_home_weeks(stays, law, on) for person, stays in nights.items()}


def beyond_four_weeks(on: date) -> list[UUID]:
    """The people in a care home for whom a direct payment may not pay for it on a day: for rules, by their key."""
    there = Q(ends_on=None) | Q(ends_on__gt=on)
    homes = Stay.objects.filter(
        kind__in=[StayKind.CARE_HOME, StayKind.CARE_HOME_STAY], taken_back_on=None, starts_on__lte=on
    )
    for_good: set[UUID] = set()
    nights: dict[UUID, list[Nights]] = {}
    stays = homes.filter(person__in=homes.filter(there).values("person")).select_related("person")
    for stay in stays.order_by("starts_on"):
        if stay.kind == StayKind.CARE_HOME_STAY and stay.person.date_of_death is None:
            nights.setdefault(stay.person_id, []).append((stay.starts_on, stay.ends_on))
        elif stay.kind == StayKind.CARE_HOME and (stay.ends_on is None or stay.ends_on > on):
            for_good.add(stay.person_id)
    law = law_on(on)
    return [*for_good, *(person for person in nights if care_home_weeks(nights[person], law, on).is_over)]


def earlier_support_of(case: Case) -> QuerySet[EarlierSupport]:
    """Every earlier support of a case, the latest first, what was taken back among it."""
    return case.earlier_support.select_related("recorded_by", "taken_back_by")


def get_earlier_support(support_id: UUID, *, case: Case) -> EarlierSupport:
    """One earlier support of a case that was found already."""
    support = case.earlier_support.select_related("case__person").filter(pk=support_id).first()
    if support is None:
        raise Http404("There is no such support.")
    return support


def earlier_support_to_report(*, until: date, seen_by: User) -> QuerySet[EarlierSupport]:
    """All support from before budgets that began by a day and was not taken back, for the national return."""
    check_can(seen_by, Capability.ANALYSE)
    return EarlierSupport.objects.filter(starts_on__lte=until, taken_back_on=None).order_by()
