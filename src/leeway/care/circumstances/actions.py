"""Every write about deaths, stays and earlier support. What follows from each stands in `site.events`."""

import re
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from leeway import said
from leeway.access.models import User
from leeway.care.circumstances.models import Death, EarlierSupport, Stay, StayKind
from leeway.care.circumstances.queries import standing_death, standing_stays
from leeway.care.people.access import check_can_work_on, check_lives
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case, lock_person
from leeway.care.people.models import Case, Person
from leeway.care.people.states import Stage
from leeway.days import HAPPENED, check_day
from leeway.market.listings.models import Kind
from leeway.market.units import REGULAR, Unit
from leeway.refusal import NotAllowed, Refusal
from leeway.versions import lock_as_seen


@transaction.atomic
def record_death(*, case: Case, died_on: date, told_by: str, by: User, on: date) -> Death:
    """Record that the person has died, when, and who told us. Payments to them, reviews and letters stop at once.

    The case stays open until what is left is settled. Every open case of the person says so.
    """
    check_can_work_on(by, case)
    person = lock_person(case.person_id)
    if person.date_of_death is not None:
        raise Refusal(f"{person}’s death on {person.date_of_death:%-d %B %Y} is on record already.")
    if not (person.birth.first if person.birth else date.min) <= died_on <= on:
        raise Refusal("The day lies after their birth, and not in the future. Check the date.", field="died_on")
    check_day(died_on, HAPPENED, field="died_on", what="The day of the death", on=on)
    _require_no_later_stay(person, died_on)
    ask = "Say who told us, and how: “Her daughter Ruth, by phone”."
    told_by = said.sentence(told_by, ask=ask, field="told_by", least=said.A_WORD)
    death = Death.objects.create(person=person, died_on=died_on, told_by=told_by, recorded_by=by, recorded_on=on)
    _set_date_of_death(case, person, died_on)
    _tell_cases(case, Event.DIED, f"{person} died on {died_on:%-d %B %Y}.", by, on)
    return death


@transaction.atomic
def undo_death(*, case: Case, because: str, version: int, by: User, on: date) -> Death:
    """Take back a death that was recorded by mistake. Both stay on record.

    `version` is `version_of` the record of the death that the user saw. Raises EditedMeanwhile.
    """
    check_can_work_on(by, case)
    person = lock_person(case.person_id)
    death = standing_death(person)
    if death is None:
        raise Refusal("No death is on record, so there is nothing to undo.")
    lock_as_seen(death, version)
    because = said.sentence(because, ask="Say how we know that it is wrong.", field="because", least=said.FEW)
    death.undone_by, death.undone_on, death.undone_because = by, on, because
    death.save(update_fields=["undone_by", "undone_on", "undone_because"])
    _set_date_of_death(case, person, None)
    sentence = f"{person} has not died: this was recorded by mistake. {because}"
    _tell_cases(case, Event.DEATH_UNDONE, sentence, by, on)
    return death


@transaction.atomic
def record_stay(
    *, case: Case, kind: str, place: str, starts_on: date, ends_on: date | None, told_by: str, by: User, on: date
) -> Stay:
    """Record where the person is, or was, for a time. Rules that ask for it read it from here."""
    check_can_work_on(by, case)
    person = lock_person(case.person_id)
    check_lives(person)
    if kind not in StayKind.values:
        raise Refusal("Choose where they are.", field="kind")
    if starts_on > on:
        raise Refusal("Record it once it has begun: this day is in the future.", field="starts_on")
    if ends_on is not None and ends_on < starts_on:
        raise Refusal("They cannot have left before they came. Check the dates.", field="ends_on")
    check_day(starts_on, HAPPENED, field="starts_on", what="The first day", on=on)
    check_day(ends_on, HAPPENED, field="ends_on", what="The last day", on=on)
    for other in standing_stays(person):
        if starts_on < (other.ends_on or date.max) and other.starts_on < (ends_on or date.max):
            mend = "Check the dates" if other.ends_on else "Say first when they left there"
            raise Refusal(
                f"On record: {other}. Somebody is in one place at a time. {mend}, or take that stay back if it is "
                "wrong.",
                field="starts_on",
            )
    stay = Stay.objects.create(
        person=person,
        kind=kind,
        place=place.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        told_by=told_by,
        recorded_by=by,
    )
    _tell_cases(case, Event.STAY, f"{stay}.", by, on)
    return stay


@transaction.atomic
def end_stay(*, case: Case, stay: Stay, ends_on: date, by: User, on: date) -> Stay:
    """Say on which day the person left."""
    person, stay = _standing_stay(case, stay, by)
    if stay.ends_on is not None:
        raise Refusal(
            f"This stay ended on {stay.ends_on:%-d %B %Y} already. If that is wrong, take the stay back and record it "
            "again."
        )
    died_on = person.date_of_death
    if died_on is not None and ends_on > died_on:
        raise Refusal(f"They died on {died_on:%-d %B %Y}, so they left no later. Check the date.", field="ends_on")
    if not stay.starts_on <= ends_on <= on:
        raise Refusal("They left after they came, and not in the future. Check the date.", field="ends_on")
    check_day(ends_on, HAPPENED, field="ends_on", what="The last day", on=on)
    stay.ends_on = ends_on
    stay.save(update_fields=["ends_on"])
    sentence = f"No longer {stay.get_kind_display().lower()}: left on {ends_on:%-d %B %Y}."
    _tell_cases(case, Event.STAY_ENDED, sentence, by, on)
    return stay


@transaction.atomic
def take_back_stay(*, case: Case, stay: Stay, because: str, by: User, on: date) -> Stay:
    """Take back a stay that is wrong, in whatever way; the right one is recorded anew. Both stay on record."""
    _, stay = _standing_stay(case, stay, by)
    because = said.sentence(because, ask="Say how we know that it is wrong.", field="because", least=said.FEW)
    stay.taken_back_by, stay.taken_back_on, stay.taken_back_because = by, on, because
    stay.save(update_fields=["taken_back_by", "taken_back_on", "taken_back_because"])
    sentence = f"Recorded by mistake, and taken back: {stay}. {because}"
    _tell_cases(case, Event.STAY_UNDONE, sentence, by, on)
    return stay


@transaction.atomic
def record_earlier_support(
    *,
    case: Case,
    kind: str,
    provider: str,
    provider_number: str,
    units: Decimal,
    unit: str,
    frequency: str,
    unit_cost_pence: int,
    starts_on: date,
    ends_on: date | None,
    told_by: str,
    by: User,
    on: date,
) -> EarlierSupport:
    """Record support that the council bought for somebody before their budget: what, from whom, how much, how long.

    Without a last day it went on until the first budget starts.
    """
    check_can_work_on(by, case)
    lock_case(case.pk)
    listed = (("kind", kind, Kind.choices), ("unit", unit, Unit.choices), ("frequency", frequency, REGULAR))
    for name, value, choices in listed:
        if value not in dict(choices):
            raise Refusal("Choose one of the list.", field=name)
    if not provider.strip():
        raise Refusal("Say who gave it: “Sunrise Home Care”.", field="provider")
    if provider_number and not re.fullmatch(r"1-\d{1,15}", provider_number.strip()):
        raise Refusal("The regulator’s number of a place looks like 1-123456789. Check it.", field="provider_number")
    if units <= 0 or unit_cost_pence < 0:
        raise Refusal("Enter how many there were each time, more than none.", field="units")
    if starts_on > on:
        raise Refusal("Earlier support has begun: this day is in the future.", field="starts_on")
    if ends_on is not None and not starts_on <= ends_on <= on:
        raise Refusal("It ended after it began, and not in the future. Check the dates.", field="ends_on")
    check_day(starts_on, HAPPENED, field="starts_on", what="The first day", on=on)
    check_day(ends_on, HAPPENED, field="ends_on", what="The last day", on=on)
    same = case.earlier_support.filter(taken_back_on=None, kind=kind, provider=provider.strip(), starts_on=starts_on)
    if same.filter(units=units, unit=unit, frequency=frequency).exists():
        raise Refusal("This is on record already, from the same day.", field="starts_on")
    support = EarlierSupport.objects.create(
        case=case,
        kind=kind,
        provider=provider.strip(),
        provider_number=provider_number.strip(),
        units=units,
        unit=unit,
        frequency=frequency,
        unit_cost_pence=unit_cost_pence,
        starts_on=starts_on,
        ends_on=ends_on,
        told_by=told_by.strip(),
        recorded_by=by,
    )
    tell(case=case, kind=Event.EARLIER_SUPPORT, sentence=f"Before the budget: {support}.", by=by, on=on)
    return support


@transaction.atomic
def take_back_earlier_support(*, support: EarlierSupport, because: str, by: User, on: date) -> EarlierSupport:
    """Take back earlier support that is wrong, in whatever way; the right one is recorded anew. Both stay on record."""
    case = support.case
    check_can_work_on(by, case)
    lock_case(case.pk)
    support = EarlierSupport.objects.get(pk=support.pk)
    if support.taken_back_on is not None:
        raise Refusal(f"This was taken back on {support.taken_back_on:%-d %B %Y} already.")
    because = said.sentence(because, ask="Say how we know that it is wrong.", field="because", least=said.FEW)
    support.taken_back_by, support.taken_back_on, support.taken_back_because = by, on, because
    support.save(update_fields=["taken_back_by", "taken_back_on", "taken_back_because"])
    sentence = f"Recorded by mistake, and taken back: {support}. {because}"
    tell(case=case, kind=Event.EARLIER_SUPPORT, sentence=sentence, by=by, on=on)
    return support


def _standing_stay(case: Case, stay: Stay, by: User) -> tuple[Person, Stay]:
    """The person, and a stay of theirs that was not taken back, as both stand now."""
    check_can_work_on(by, case)
    person = lock_person(case.person_id)
    stay = Stay.objects.get(pk=stay.pk)
    if stay.person_id != case.person_id:
        raise NotAllowed("This stay belongs to another person’s record.")
    if stay.taken_back_on is not None:
        raise Refusal(f"This stay was taken back on {stay.taken_back_on:%-d %B %Y} already.")
    return person, stay


def _require_no_later_stay(person: Person, died_on: date) -> None:
    """Refuse a day of death after which the person still came or left somewhere."""
    later = standing_stays(person).filter(Q(starts_on__gt=died_on) | Q(ends_on__gt=died_on)).first()
    if later is not None:
        raise Refusal(
            f"On record: {later}. That is after this day. Check the date, or take the stay back if it is wrong.",
            field="died_on",
        )


def _set_date_of_death(case: Case, person: Person, died_on: date | None) -> None:
    person.date_of_death = died_on
    person.save(update_fields=["date_of_death"])
    case.person.date_of_death = died_on


def _tell_cases(at_hand: Case, kind: Event, sentence: str, by: User, on: date) -> None:
    """Tell the case in which it was recorded, closed or not, and every other open case of the person."""
    for case in Case.objects.filter(Q(pk=at_hand.pk) | ~Q(stage=Stage.CLOSED), person_id=at_hand.person_id):
        tell(case=case, kind=kind, sentence=sentence, by=by, on=on)
