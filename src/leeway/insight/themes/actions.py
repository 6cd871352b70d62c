"""Answering a theme, and entering, weighing and closing a risk. What was written before stays."""

import uuid
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.days import PLANNED, check_day
from leeway.insight.themes.models import Answer, RiskEntry
from leeway.insight.themes.queries import last_answer, last_entry, themes
from leeway.refusal import Refusal

MEANWHILE = "Somebody wrote here meanwhile. Look at what it says now, and send yours again if it still holds."


@transaction.atomic
def answer_theme(*, theme: str, answer: str, will_do: str, owner: str, seen: int, by: User, on: date) -> Answer:
    """Keep what the council answers to a theme. `seen` is the number of the answer that was seen (0: none)."""
    check_can(by, Capability.ANSWER_THEMES)
    if theme not in themes():
        raise Refusal("Choose one of the eight themes.")
    ask = "Say in a sentence how the council does this now, and from what that is known."
    answer = said.sentence(answer, ask=ask, field="answer", least=said.REASON)
    if not owner.strip():
        raise Refusal("Say who answers for it.", field="owner")
    last = last_answer(theme)
    number = last.number if last else 0
    if number != seen:
        raise Refusal(MEANWHILE)
    words = {"answer": answer, "will_do": will_do.strip(), "owner": owner.strip()}
    try:
        with transaction.atomic():
            return Answer.objects.create(theme=theme, number=number + 1, answered_by=by, answered_on=on, **words)
    except IntegrityError as taken:
        raise Refusal(MEANWHILE) from taken


@transaction.atomic
def keep_risk(
    *, risk: UUID | None, name: str, cause: str, effect: str, likelihood: int, impact: int, held_by: str, owner: str,
    review_on: date, why: str, closed: bool, seen: int, by: User, on: date,
) -> RiskEntry:  # fmt: skip
    """Enter a risk, weigh it anew or close it. Nothing enters one by itself: a person judges it."""
    check_can(by, Capability.ANSWER_THEMES)
    check_day(review_on, PLANNED, field="review_on", what="The next review", on=on)
    if review_on <= on and not closed:
        raise Refusal("Choose a day to come on which it is looked at again.", field="review_on")
    for field, said_of_it, ask in (
        ("cause", cause, "Say in a few words what could bring it about."),
        ("effect", effect, "Say in a few words what it would do, and to whom."),
        ("held_by", held_by, "Say what holds against it now; “nothing yet” is an answer."),
    ):
        said.sentence(said_of_it, ask=ask, field=field, least=said.FEW)
    last = last_entry(risk) if risk else None
    number = last.number if last else 0
    if number != seen:
        raise Refusal(MEANWHILE)
    if last:
        why = said.sentence(why, ask="Say what changed since it was last weighed.", field="why", least=said.FEW)
    words = {"name": name.strip(), "cause": cause.strip(), "effect": effect.strip(), "held_by": held_by.strip()}
    weighed = {"likelihood": likelihood, "impact": impact, "review_on": review_on, "closed": closed}
    try:
        with transaction.atomic():
            return RiskEntry.objects.create(
                risk=risk or uuid.uuid4(), number=number + 1, owner=owner.strip(), why=why.strip() if last else "",
                entered_by=by, entered_on=on, **words, **weighed,
            )  # fmt: skip
    except IntegrityError as taken:
        raise Refusal(MEANWHILE) from taken
