"""Every write about what anybody asks from outside."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from leeway import said
from leeway.access.models import User
from leeway.acting import in_turn
from leeway.care.asking.access import check_can_answer
from leeway.care.asking.models import HALF, Answer, Asking, KeptWords, new_id
from leeway.care.asking.own_words import CODE_LETTERS, OwnWords, key_of, new_code, place_of, seal, spaced
from leeway.care.people.access import check_lives, check_reason
from leeway.care.people.actions import open_case, set_task, tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case, Person, Whose
from leeway.care.people.states import Stage
from leeway.refusal import Refusal

#: What cannot wait is answered by the next day.
URGENT_DAYS = 1
#: How long words are kept for whoever has their code.
KEPT_DAYS = 28
WORDS_ARE_GONE = (
    "What you wrote about your life is not here any more: it is gone a day after you last saved it. Write it again, or "
    "take out the tick and send the rest."
)


def send(*, form_id: UUID, typed: Mapping[str, Any], along: str = "", own: OwnWords | None = None, on: date) -> Asking:
    """Keep a request for help as it was typed, once. Nobody signs in to do this, and nobody is turned away.

    Sent again from the same form with the same words it is the same request; with other words it is one more. What
    they wrote about their life goes along where they want it: `along` is its fingerprint, as the page was made.
    """
    key = new_id(form_id, json.dumps({**typed, "along": along}, sort_keys=True))
    days = URGENT_DAYS if typed["urgent"] else settings.ANSWER_DAYS

    def keep() -> Asking:
        if along and not own and not Asking.objects.filter(pk=key).exists():
            raise Refusal(WORDS_ARE_GONE, field="along")
        asking, _new = Asking.objects.get_or_create(
            pk=key,
            defaults={
                **typed,
                "reference": _reference_of(key),
                "own_view": own.as_sent() if own else [],
                "asked_on": on,
                "answer_by": on + timedelta(days=days),
            },
        )
        if own and own.code:
            forget_kept(code=own.code)
        return asking

    return in_turn(f"asking {key}", keep)


def _reference_of(key: UUID) -> str:
    """Ten letters and numbers, in fives, that can be read out over the phone."""
    base = len(CODE_LETTERS)
    letters = "".join(CODE_LETTERS[key.int // base**place % base] for place in range(2 * HALF))
    return spaced(letters, HALF)


def keep_words(*, own: OwnWords, on: date) -> str:
    """Keep what somebody wrote under a code that only they have, a new one where it has none; the code."""
    own.code = own.code or new_code()
    kept = {"sealed": seal(own, key_of(own.code)), "until": on + timedelta(days=KEPT_DAYS)}
    KeptWords.objects.update_or_create(place=place_of(own.code), defaults=kept)
    return own.code


def forget_kept(*, code: str) -> None:
    """Take away what is kept under a code."""
    KeptWords.objects.filter(place=place_of(code)).delete()


def forget_unsent(*, on: date) -> int:
    """Take away words kept beyond their last day, and every session that has ended; how many of those words."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    gone, _by_table = KeptWords.objects.filter(until__lt=on).delete()
    return gone


@transaction.atomic
def take_up(*, asking: Asking, person: Person, details: dict, by: User, on: date) -> Case:
    """Open the case that a request begins, on the day on which it was asked for."""
    _lock_unanswered(asking, by)
    case = open_case(person=person, details=details | {"opened_on": asking.asked_on}, by=by, on=on)
    return _answer_with(asking, case, by, on)


@transaction.atomic
def add_to_case(*, asking: Asking, case: Case, by: User, on: date) -> Case:
    """Put a request to an open case of the person, and have its worker read it."""
    _lock_unanswered(asking, by)
    case = lock_case(case.pk)
    check_reason(by, case.person)
    check_lives(case.person)
    if case.stage == Stage.CLOSED:
        raise Refusal("This case is closed. Open it again, or take the request up as a new one.")
    _answer_with(asking, case, by, on)
    if by.pk == case.worker_id or case.worker_id is None:  # another's request is told to the worker as it comes
        what = f"Read what was asked for {{}} on {asking.asked_on:%-d %B %Y}, and answer: request {asking.reference}."
        set_task(
            case=case,
            kind=Event.REQUEST,
            what=what.format(case.person),
            whose=Whose.WORKER,
            due_on=max(on, asking.answer_by),
            on=on,
        )
    return case


@transaction.atomic
def answer_without_case(*, asking: Asking, words: str, by: User, on: date) -> Answer:
    """Say what was done about a request that begins no case, and what whoever asked was told."""
    _lock_unanswered(asking, by)
    ask = "Say in a sentence what was done, and what whoever asked was told."
    words = said.sentence(words, ask=ask, field="words", least=said.REASON)
    return Answer.objects.create(asking=asking, words=words, answered_by=by, answered_on=on)


def _lock_unanswered(asking: Asking, by: User) -> None:
    """Hold a request, so that of two who answer it the second is told."""
    check_can_answer(by)
    Asking.objects.select_for_update().get(pk=asking.pk)
    answer = Answer.objects.select_related("answered_by").filter(asking=asking).first()
    if answer is not None:
        raise Refusal(f"{answer.answered_by.name} answered this on {answer.answered_on:%-d %B %Y}. Look at it again.")


def _answer_with(asking: Asking, case: Case, by: User, on: date) -> Case:
    Answer.objects.create(asking=asking, case=case, answered_by=by, answered_on=on)
    sentence = f"The request came from outside on {asking.asked_on:%-d %B %Y}, with the reference {asking.reference}."
    tell(case=case, kind=Event.REQUEST, sentence=sentence, by=by, on=on)
    return case
