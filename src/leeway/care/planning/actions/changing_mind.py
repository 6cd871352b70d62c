"""Changing one's mind about how the budget is held: asked for, taken back, or answered. A new choice settles it too."""

from datetime import date

from django.db import transaction

from leeway import said
from leeway.access.models import User
from leeway.care.people.access import check_can_work_on, check_lives
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.access import check_can_change_mind
from leeway.care.planning.models import ChangeOfMind, Choice, Settled, WayAsked
from leeway.care.planning.queries import choice_that_stands, open_change_of_mind
from leeway.refusal import Refusal

WHY_IT_STAYS = "Say in a sentence or more why it stays as it is, in words that the person can read."


@transaction.atomic
def change_mind(*, case: Case, way: str, words: str, by: User, on: date) -> ChangeOfMind:
    """Ask for the budget to be held in another way. It is held as it was until a new choice is made and agreed.

    The person, or whoever helps them, may ask at any time; one change of mind is looked at after another. Source: Care
    and support (direct payments) statutory guidance, 12.2: people choose, and may choose again.
    """
    check_can_change_mind(by, case, on)
    check_lives(case.person)
    lock_case(case.pk)
    if case.stage == Stage.CLOSED:
        raise Refusal("This is closed, so there is no budget to hold. Ask for help again first.")
    choice = choice_that_stands(case)
    if choice is None:
        raise Refusal("Nobody has chosen yet how the budget is held. Choose first: the ways are explained before.")
    if way not in WayAsked.values:
        raise Refusal("Choose how the budget should be held, or “not sure yet”.", field="way")
    if way == choice.way and way != WayAsked.MIXED:
        raise Refusal("It is held in that way now. Choose another one, or “not sure yet”.", field="way")
    if (earlier := open_change_of_mind(case)) is not None:
        raise Refusal(
            f"{earlier.asked_by_name} asked for this on {earlier.asked_on:%-d %B %Y}, and it is being looked at. Take "
            "that back first, to ask for something else."
        )
    change = ChangeOfMind.objects.create(
        case=case,
        instead_of=choice,
        way=way,
        words=words.strip(),
        asked_on=on,
        asked_by=by,
        asked_by_name=by.name,
    )
    heard = f" {change.words}" if change.words else ""
    sentence = f"{by.name} asked for the budget to be held in another way: {_in_words(change)}.{heard}"
    tell(case=case, kind=Event.MIND_CHANGED, sentence=sentence, by=by, on=on)
    return change


@transaction.atomic
def take_back_change_of_mind(*, case: Case, by: User, on: date) -> ChangeOfMind:
    """Take back what was asked: the budget stays as it is held."""
    check_can_change_mind(by, case, on)
    change = _lock_open(case)
    _settle(change, Settled.WITHDRAWN, by=by, on=on)
    sentence = f"{by.name} took back that the budget be held in another way."
    tell(case=case, kind=Event.MIND_SETTLED, sentence=sentence, by=by, on=on)
    return change


@transaction.atomic
def answer_change_of_mind(*, case: Case, words: str, agreed: bool | None, by: User, on: date) -> ChangeOfMind:
    """Say why the budget stays as it is held, after it was talked through. Where that is not agreed, a manager looks.

    Whoever wants to have it held in another way is not answered with this: the plan is written again with them.
    """
    check_can_work_on(by, case)
    change = _lock_open(case)
    why = said.sentence(words, ask=WHY_IT_STAYS, field="words", least=said.REASON)
    if agreed is None:
        raise Refusal("Say whether the person agrees that it stays as it is.", field="agreed")
    _settle(change, Settled.STAYS, answer=why, agreed=agreed, by=by, on=on)
    agrees = "agrees" if agreed else "does not agree"
    sentence = f"The budget is held as before, and {case.person} {agrees}: {why}"
    tell(case=case, kind=Event.MIND_SETTLED if agreed else Event.MIND_REFUSED, sentence=sentence, by=by, on=on)
    return change


def join_to_choice(case: Case, choice: Choice, *, by: User, on: date) -> None:
    """Settle what was asked with the choice that was made since, so that each leads to the other."""
    change = open_change_of_mind(case)
    if change is not None:
        _settle(change, Settled.CHOSEN, choice=choice, by=by, on=on)


def _lock_open(case: Case) -> ChangeOfMind:
    lock_case(case.pk)
    change = open_change_of_mind(case)
    if change is None:
        raise Refusal("There is nothing to answer or take back: nobody asked for another way, or it was settled.")
    return change


def _settle(change: ChangeOfMind, settled: Settled, *, by: User, on: date, **outcome: object) -> None:
    values = {"settled": settled, "settled_by": by, "settled_on": on, **outcome}
    for name, value in values.items():
        setattr(change, name, value)
    change.save(update_fields=list(values))


def _in_words(change: ChangeOfMind) -> str:
    label = change.get_way_display()
    return f"{label[0].lower()}{label[1:]}"
