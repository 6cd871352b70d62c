"""Every write about corrections: asked for, made at once or after a look, declined with reasons, disputed.

What others would misuse or what leads letters astray (name, birthday, address, phone, email) is made by the worker,
who finds out first that it is right. What is the person's alone to say (what they like to be called, how they take
part, how we reach them of the ways on record) is made at once where they say it. Bank details are never changed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from leeway import said
from leeway.access.models import User
from leeway.care.corrections.access import check_can_ask_for_correction
from leeway.care.corrections.models import Correction, Part, Settled, Statement
from leeway.care.corrections.queries import open_correction
from leeway.care.people.access import check_can_work_on, check_lives
from leeway.care.people.actions import change_person, tell, write_anew
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case, Person
from leeway.care.people.recipients import recipient_for
from leeway.days import BORN, check_day
from leeway.messages.recipients import check_phone
from leeway.refusal import EditedMeanwhile, Refusal
from leeway.versions import claim_version

#: What each part holds, with its name in a sentence.
PARTS: Mapping[Part, Mapping[str, str]] = {
    Part.WHO: {
        "given_name": "first name",
        "family_name": "last name",
        "known_as": "what they like to be called",
        "date_of_birth": "date of birth",
        "gender": "gender",
        "ethnicity": "ethnic group",
    },
    Part.REACH: {
        "address": "address",
        "postcode": "postcode",
        "phone": "phone number",
        "email": "email address",
        "hears_by": "how they want to hear from us",
    },
    Part.PART: {
        "language": "language",
        "communication_needs": "what helps them take part",
        "communication_note": "what else helps",
    },
    Part.OTHER: {},
}
#: What nobody but the person can know, and nothing is sent astray by: made at once where the person says it.
AT_ONCE = frozenset(
    {"known_as", "gender", "ethnicity", "hears_by", "language", "communication_needs", "communication_note"}
)
WHAT_ELSE = "Say what is wrong, and what it should say, in a sentence."
HOW_RIGHT = "Say in a sentence how you found out that it is right: whom you asked or rang, or what you saw."
WHY_NOT = "Say in a sentence or more why it is not corrected. The person reads this."
WHAT_YOU_SAY = "Say in a sentence what you want to stand with the record."


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: what was corrected at once, and the correction that waits for the worker."""

    at_once: tuple[str, ...]
    correction: Correction | None


@transaction.atomic
def ask_for_correction(
    *, case: Case, part: str, details: Mapping[str, Any], words: str, version: int, by: User, on: date
) -> Asked:
    """Say what should stand on record of the person. `details` gives the whole part; what differs is asked for.

    `version` is that of the person whom the page showed. Raises EditedMeanwhile. Source: UK GDPR, article 16.
    """
    check_can_ask_for_correction(by, case, on)
    check_lives(case.person)
    lock_case(case.pk)
    person = case.person
    person.refresh_from_db()
    if person.version != version:
        raise EditedMeanwhile
    wanted = {name: details[name] for name in PARTS[Part(part)] if details[name] != getattr(person, name)}
    _check(wanted, on)
    if part == Part.OTHER:
        said.sentence(words, ask=WHAT_ELSE, field="words")
    elif not wanted:
        raise Refusal("Nothing is different from what is on record. Change what is wrong, then send it.")
    at_once = {name: value for name, value in wanted.items() if name in AT_ONCE and by.pk == person.user_id}
    to_check = {name: value for name, value in wanted.items() if name not in at_once}
    correction = _ask(case, Part(part), to_check, words, by, on) if to_check or part == Part.OTHER else None
    if at_once:
        _make_at_once(case, at_once, by, on)
    return Asked(tuple(at_once), correction)


def _check(wanted: Mapping[str, Any], on: date) -> None:
    """Refuse what could not stand on record."""
    check_day(wanted.get("date_of_birth"), BORN, field="date_of_birth", what="The date of birth", on=on)
    if wanted.get("phone"):
        check_phone(wanted["phone"])


def _ask(case: Case, part: Part, wanted: Mapping[str, Any], words: str, by: User, on: date) -> Correction:
    person = case.person
    if (earlier := open_correction(person, part)) is not None:
        raise Refusal(
            f"{earlier.asked_by_name} asked for a correction of this on {earlier.asked_on:%-d %B %Y}, and it waits for "
            "an answer. Take that back first, to ask for something else."
        )
    correction = Correction.objects.create(
        person=person,
        case=case,
        part=part,
        was={name: stored(getattr(person, name)) for name in wanted},
        wanted={name: stored(value) for name, value in wanted.items()},
        words=words.strip(),
        asked_on=on,
        asked_by=by,
        asked_by_name=by.name,
    )
    what = named(wanted) or "something else"
    tell(case=case, kind=Event.CORRECTION_ASKED, sentence=f"{by.name} asked for a correction: {what}.", by=by, on=on)
    return correction


def _make_at_once(case: Case, values: Mapping[str, Any], by: User, on: date) -> None:
    person = case.person
    claim_version(person, person.version, **values)
    tell(case=case, kind=Event.DETAILS, sentence=f"{by.name} corrected: {named(values)}.", by=by, on=on)
    write_anew(person, recipient_for(person), by, on)


def stored(value: Any) -> Any:
    """A value as it is kept with a correction: a day as it is written in a file."""
    return value.isoformat() if isinstance(value, date) else value


def named(names: Mapping[str, Any] | tuple[str, ...]) -> str:
    """The names of what is corrected, in a sentence."""
    known = {name: words for part in PARTS.values() for name, words in part.items()}
    return ", ".join(known[name] for name in names)


@transaction.atomic
def take_back_correction(*, correction: Correction, by: User, on: date) -> Correction:
    """Take back a correction that was asked for, before it is answered."""
    check_can_ask_for_correction(by, correction.case, on)
    _settle(correction, Settled.WITHDRAWN, "", by, on)
    sentence = f"{by.name} took back a correction that was asked for."
    tell(case=correction.case, kind=Event.CORRECTION_SETTLED, sentence=sentence, by=by, on=on)
    return correction


@transaction.atomic
def settle_correction(
    *, correction: Correction, made: bool | None, reason: str, version: int, young: bool = False, by: User, on: date
) -> Correction:
    """Make a correction, saying how it was found to be right, or decline it, saying why. The person is told.

    `young` says that a birthday of less than 18 years ago is meant. `version` is that of the person whom the page
    showed. Raises EditedMeanwhile.
    """
    check_can_work_on(by, correction.case)
    if made is None:
        raise Refusal("Say whether it is corrected.", field="made")
    ask, least = (HOW_RIGHT, said.OWN) if made else (WHY_NOT, said.REASON)
    why = said.sentence(reason, ask=ask, field="reason", least=least)
    lock_case(correction.case_id)
    person = Person.objects.get(pk=correction.person_id)
    if person.version != version:
        raise EditedMeanwhile
    check_lives(person)
    _settle(correction, Settled.MADE if made else Settled.DECLINED, why, by, on)
    if made and correction.wanted:
        details = _as_details(person, correction) | {"young": young}
        change_person(person=person, details=details, version=version, by=by, on=on)
    what = named(correction.wanted) or "something else"
    sentence = f"Corrected on record as asked: {what}." if made else f"Not corrected on record: {what}. {why}"
    tell(case=correction.case, kind=Event.CORRECTION_SETTLED, sentence=sentence, by=by, on=on)
    return correction


def _as_details(person: Person, correction: Correction) -> dict:
    """What is wanted, as the details of a person; a birthday that is known takes the place of its year."""
    wanted = dict(correction.wanted)
    born, year = person.date_of_birth, person.year_of_birth
    if wanted.get("date_of_birth"):
        born, year = date.fromisoformat(wanted["date_of_birth"]), None
    elif "date_of_birth" in wanted:
        born = None
    return wanted | {"date_of_birth": born, "year_of_birth": year}


def _settle(correction: Correction, settled: Settled, reason: str, by: User, on: date) -> None:
    locked = Correction.objects.select_for_update().get(pk=correction.pk)
    if locked.settled_on is not None:
        raise Refusal(f"This was settled on {locked.settled_on:%-d %B %Y}: {locked.get_settled_display().lower()}.")
    values = {"settled": settled, "settled_by": by, "settled_on": on, "reason": reason}
    for name, value in values.items():
        setattr(correction, name, value)
    correction.save(update_fields=list(values))


@transaction.atomic
def keep_statement(*, correction: Correction, words: str, by: User, on: date) -> Statement:
    """Keep what somebody says of what was not corrected with the record, for whoever reads it. Never changed.

    Source: UK GDPR, article 16: the right to have incomplete data completed by a supplementary statement.
    """
    check_can_ask_for_correction(by, correction.case, on)
    if correction.settled != Settled.DECLINED:
        raise Refusal("This is for what was not corrected.")
    if Statement.objects.filter(correction=correction).exists():
        raise Refusal("What you said stands with the record already, and is not changed. Ask for a correction anew.")
    kept = said.sentence(words, ask=WHAT_YOU_SAY, field="words")
    statement = Statement.objects.create(
        correction=correction, words=kept, said_on=on, said_by=by, said_by_name=by.name
    )
    sentence = f"{by.name} does not agree that something was not corrected. What they say stands with the record."
    tell(case=correction.case, kind=Event.CORRECTION_DISPUTED, sentence=sentence, by=by, on=on)
    return statement
