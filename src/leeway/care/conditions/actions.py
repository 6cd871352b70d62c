"""Setting a condition of a direct payment, ending it early, challenging it, and answering that."""

from datetime import date, timedelta

from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.conditions.kinds import OF_WAYS, TO_SHOW, Because, What
from leeway.care.conditions.models import Challenge, Condition
from leeway.care.people.access import can_take_part, check_lives
from leeway.care.people.actions import tell, write_to_person
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.days import PLANNED, check_day
from leeway.refusal import NotAllowed, Refusal

#: It is looked at anew within a year, as the plan is.
LONGEST = timedelta(days=366)


@transaction.atomic
def set_condition(
    *,
    case: Case,
    what: What,
    words: str,
    because: Because,
    reason: str,
    offered: str,
    said_of_it: str,
    starts_on: date,
    ends_on: date,
    by: User,
    on: date,
) -> Condition:
    """Set a condition of somebody's direct payment, for a lawful reason, with its end; the person is written to.

    Refused: a reason that fits everybody, a card or a third party where no other way was offered, a list of one.
    """
    check_can(by, Capability.SIGN_OFF)
    case = lock_case(case.pk)
    check_lives(case.person)
    check_day(starts_on, PLANNED, field="starts_on", what="The first day", on=on)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    _check_length(starts_on, ends_on, on)
    if because == Because.SHOW and what not in TO_SHOW:
        raise Refusal(
            "To see that needs are met, something can be told or sent, and nothing else be asked. Choose the reason "
            "that this person’s own case has, or ask for less.",
            field="because",
        )
    words = said.sentence(words, ask="Say in plain words what exactly is asked.", field="words", least=said.FEW)
    if what == What.LIST and len([line for line in words.splitlines() if line.strip()]) < 2:
        raise Refusal(
            "A condition cannot say by whom needs are met. Name two or more to choose from, each on a line.",
            field="words",
        )
    ask = "Say why, for this person: a rule for everybody is no reason."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.REASON)
    if what in OF_WAYS and because != Because.COURT:
        ask = "Say which other ways were offered, and why none of them does. Nobody can be made to take this one."
        offered = said.sentence(offered, ask=ask, field="offered", least=said.REASON)
    ask = "Say what the person said of it, or whoever speaks for them."
    said_of_it = said.sentence(said_of_it, ask=ask, field="said_of_it", least=said.FEW)
    condition = Condition.objects.create(
        case=case, what=what, words=words, because=because, reason=reason, offered=offered.strip(), said=said_of_it,
        starts_on=starts_on, ends_on=ends_on, set_by=by, set_on=on,
    )  # fmt: skip
    sentence = (
        f"A condition of the direct payment, from {starts_on:%-d %B %Y} until {ends_on:%-d %B %Y}: "
        f"{condition.get_what_display().lower()}. {said.ended(reason)}"
    )
    tell(case=case, kind=Event.CONDITION_SET, sentence=sentence, by=by, on=on)
    day = f"{starts_on:%-d %B %Y}"
    write_to_person(
        case=case, template="condition_set", data={"day": day}, key=f"condition:{condition.pk}", by=by, on=on
    )
    return condition


def _check_length(starts_on: date, ends_on: date, on: date) -> None:
    """Refuse a condition that counts before it is told, or that has its end later than in a year."""
    if starts_on < on:
        raise Refusal("A condition counts from today or a later day: nobody can keep to what they did not know.",
                      field="starts_on")  # fmt: skip
    if not starts_on <= ends_on < starts_on + LONGEST:
        raise Refusal("Enter a last day within a year of the first: it is looked at anew then.", field="ends_on")


@transaction.atomic
def end_condition(*, condition: Condition, reason: str, by: User, on: date) -> Condition:
    """End a condition early, from today on, and say why."""
    check_can(by, Capability.SIGN_OFF)
    condition = _locked(condition)
    if condition.ended_on is not None or condition.ends_on < on:
        raise Refusal("This condition is over already.")
    reason = said.sentence(reason, ask="Say in a sentence why it ends.", field="reason")
    return _end(condition, reason, by, on)


@transaction.atomic
def challenge(*, condition: Condition, words: str, by: User, on: date) -> Challenge:
    """Say that a condition is not right, as the person or whoever may act for them. A manager answers, with reasons."""
    if not by.can(Capability.TAKE_PART) or not can_take_part(by, condition.case, on):
        raise NotAllowed(f"{condition.case.person}, or anyone they gave leave, challenges a condition.")
    condition = _locked(condition)
    if condition.ended_on is not None or condition.ends_on < on:
        raise Refusal("This condition is over.")
    if condition.challenges.filter(answered_on=None).exists():
        raise Refusal("This was challenged already, and is not answered yet.")
    words = said.sentence(words, ask="Say why it is not right, in your own words.", field="words", least=said.FEW)
    made = Challenge.objects.create(condition=condition, words=words, made_by=by, made_on=on)
    sentence = f"{by.name} challenges a condition of the direct payment."
    tell(case=condition.case, kind=Event.CONDITION_CHALLENGED, sentence=sentence, by=by, on=on)
    return made


@transaction.atomic
def answer(*, challenge: Challenge, was_right: bool, words: str, by: User, on: date) -> Challenge:
    """Answer a challenge with reasons, as a manager who did not set the condition: it ends today, or it stands."""
    check_can(by, Capability.SIGN_OFF)
    condition = _locked(challenge.condition)
    challenge = Challenge.objects.get(pk=challenge.pk)
    if challenge.answered_on is not None:
        raise Refusal("This was answered already.")
    if condition.set_by_id == by.pk:
        raise NotAllowed("You set this condition. Another manager answers.")
    words = said.sentence(words, ask="Answer in a sentence or more, for the person to read.", field="words",
                          least=said.REASON)  # fmt: skip
    challenge.was_right, challenge.answer = was_right, words
    challenge.answered_by, challenge.answered_on = by, on
    challenge.save(update_fields=["was_right", "answer", "answered_by", "answered_on"])
    if was_right and condition.ended_on is None:
        _end(condition, words, by, on)
    how = "was right, and the condition ends" if was_right else "was answered, and the condition stands"
    sentence = f"The challenge of a condition {how}. {said.ended(words)}"
    tell(case=condition.case, kind=Event.CONDITION_ANSWERED, sentence=sentence, by=by, on=on)
    if condition.case.person.date_of_death is None:
        key = f"condition-answered:{challenge.pk}"
        write_to_person(case=condition.case, template="condition_answered", data={}, key=key, by=by, on=on)
    return challenge


def _locked(condition: Condition) -> Condition:
    """A condition as it stands, whose case is locked."""
    lock_case(condition.case_id)
    return Condition.objects.select_related("case__person").get(pk=condition.pk)


def _end(condition: Condition, reason: str, by: User, on: date) -> Condition:
    condition.ended_on, condition.ended_by, condition.ended_because = on, by, reason
    condition.save(update_fields=["ended_on", "ended_by", "ended_because"])
    sentence = f"A condition of the direct payment ended: {condition.get_what_display().lower()}. {said.ended(reason)}"
    tell(case=condition.case, kind=Event.CONDITION_SET, sentence=sentence, by=by, on=on)
    return condition
