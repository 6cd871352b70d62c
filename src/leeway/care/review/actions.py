"""Every write about reviews: making them due, asking for one, holding it, and what follows."""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.decisions.actions import decide_by_judgement
from leeway.care.decisions.models import DecisionKind
from leeway.care.people.access import check_can_work_on, check_lives
from leeway.care.people.actions import move_case, set_task, tell, write_to_person
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case, Task, Whose
from leeway.care.people.states import Stage, require_stage
from leeway.care.planning.actions import start_plan
from leeway.care.planning.queries import aims_in_force, pays_directly, plan_in_force
from leeway.care.review.access import check_can_ask_for_review
from leeway.care.review.models import Achieved, AimResult, Concern, Review, ReviewReason, ReviewResult
from leeway.care.review.queries import aims_not_judged, next_review, reviews_falling_due, version_of_next
from leeway.days import HAPPENED, PLANNED, check_day
from leeway.law.direct_payments import review_dates
from leeway.refusal import EditedMeanwhile, Refusal
from leeway.versions import claim_version

# A review that is asked for is held within four weeks. No law gives the number: this is good practice.
WHEN_ASKED = timedelta(weeks=4)
# A doubt about a direct payment makes a review due within two weeks. The law says “whenever” and gives no number: two
# weeks are enough to see the person and the papers, and end before the next four weeks of money are paid.
WHEN_IN_DOUBT = timedelta(weeks=2)
log = logging.getLogger(__name__)
SAVED = frozenset({"reason", "person_words", "not_said", "seen_instead", "assessor_words", "what_changed", "achieved"})


@transaction.atomic
def schedule_review(*, case: Case, starts_on: date, by: User, on: date) -> Review:
    """Make the first review of a plan due: within six months of its start. Called when support starts.

    One review is ahead at a time: one that is due sooner, because somebody asked for it, stays as it is.
    Source: SI 2014/2871, reg. 7; Care Act 2014 s27.
    """
    check_can(by, Capability.START_BUDGETS)
    check_day(starts_on, PLANNED, field="starts_on", what="The day on which support starts", on=on)
    return _make_due(case, review_dates(starts_on).next_due, by, on)


@transaction.atomic
def ask_for_review(*, case: Case, words: str, by: User, on: date) -> Review:
    """Ask for a review, at any time while support is in place; it becomes due within four weeks, or sooner.

    Whoever asks again while one is on its way adds to what was said, and the worker learns of it.
    """
    check_can_ask_for_review(by, case, on)
    require_stage(case.stage, Stage.ACTIVE)
    check_lives(case.person)
    ask = "Say in a few words why you would like a review."
    words = said.sentence(words, ask=ask, field="words", least=said.FEW)
    again = Review.objects.filter(case=case, held_on=None, asked_on__isnull=False).exists()
    review = review_as_asked(case=case, words=words, by=by, on=on)
    asked = "said more about the review that was asked for" if again else "asked for a review"
    tell(case=case, kind=Event.REVIEW_ASKED, sentence=f"{by.name} {asked}: {words}", by=by, on=on)
    return review


@transaction.atomic
def review_as_asked(*, case: Case, words: str, by: User, on: date) -> Review:
    """Make a review due within four weeks, with the words of whoever wants it. They were allowed to say them."""
    review = _lock_next(case, due_on=on + WHEN_ASKED)
    if review.asked_on is None:
        review.reason, review.due_on = ReviewReason.ASKED, min(review.due_on, on + WHEN_ASKED)
        review.asked_on, review.asked_by_name, review.asked_words = on, by.name, words.strip()
    else:
        review.asked_words = _said_more(review, words.strip(), by, on)
    review.save(update_fields=["reason", "due_on", "asked_on", "asked_by_name", "asked_words"])
    return review


def has_said(review: Review, words: str) -> bool:
    """Whether a review was asked for with these words, or they were the last that was said of it."""
    return review.asked_words == words or review.asked_words.endswith(f": {words}")


def _said_more(review: Review, words: str, by: User, on: date) -> str:
    """What was said when a review was asked for, with what is added now: who, and when."""
    if has_said(review, words):
        raise Refusal(
            f"You have said this already. A review was asked for on {review.asked_on:%-d %B %Y} and is on its way. If "
            "it is urgent, ring the worker.",
            field="words",
        )
    return f"{review.asked_words}\n{on:%-d %B %Y}, {by.name}: {words}"


@transaction.atomic
def raise_concern(*, case: Case, concern: str, words: str, told_by: str, by: User, on: date) -> Review:
    """Record a doubt about the direct payment: a review becomes due within two weeks.

    The words stand with the review, for those who work on the case; the story says only that it is looked at again.
    Source: SI 2014/2871, reg. 7(1).
    """
    check_can_work_on(by, case)
    check_lives(case.person)
    if not pays_directly(case):
        raise Refusal("No direct payment is in force for this case, so none can be looked at again.")
    if concern not in Concern.values:
        raise Refusal("Choose what the concern is about.", field="concern")
    words = said.sentence(words, ask="Say in a sentence what gives rise to it.", field="words", least=said.FEW)
    ask = "Say who told us, and how; if you found it yourself, say so."
    told_by = said.sentence(told_by, ask=ask, field="told_by", least=said.A_WORD)
    because = f"{Concern(concern).label}. {words} Told by: {told_by}"
    return review_soon(case=case, reason=ReviewReason.OTHER, because=because, said="a concern was raised", by=by, on=on)


@transaction.atomic
def review_soon(*, case: Case, reason: ReviewReason, because: str, said: str, by: User, on: date) -> Review:
    """Make a review due within two weeks, because of what was just recorded. Whoever recorded it was allowed to.

    `because` is for those who work on the case; `said` is what the story tells everybody who reads it.
    """
    review = _lock_next(case, due_on=on + WHEN_IN_DOUBT)
    if review.reason == ReviewReason.PLANNED:
        review.reason = reason
    review.due_on = min(review.due_on, on + WHEN_IN_DOUBT)
    review.needed_because = "\n".join(filter(None, [review.needed_because, f"{on:%-d %B %Y}: {because}"]))
    review.save(update_fields=["reason", "due_on", "needed_because"])
    sentence = f"The direct payment is looked at again by {review.due_on:%-d %B %Y}: {said}."
    tell(case=case, kind=Event.REVIEW_NEEDED, sentence=sentence, by=by, on=on)
    return review


@dataclass(frozen=True)
class Asked:
    """What came of asking for the reviews that fall due: how many were, and the cases in which it did not work."""

    new: int
    troubled: tuple[UUID, ...]


@transaction.atomic
def ask_for_due_reviews(*, on: date) -> Asked:
    """Ask each worker, once, to hold the reviews that fall due within four weeks or are late.

    The person is told of a review that is not late yet. Nightly work: nobody in particular does it. A review that is
    due on another day is asked for anew. Each by itself: one with a fault in its record holds up no other.
    """
    due = list(reviews_falling_due(until=on + WHEN_ASKED).filter(opened_on=None))
    cases = [review.case for review in due]
    asked = set(Task.objects.filter(kind=Event.REVIEW_DUE, case__in=cases).values_list("case", "what"))
    new, troubled = 0, []
    for review in due:
        what = f"Hold {review.case.person}’s review by {review.due_on:%-d %B %Y}."
        if (review.case_id, what) in asked:
            continue
        try:
            with transaction.atomic():
                _ask_for(review, what, on)
            new += 1
        except Exception as problem:
            log.error("The review of case %s could not be asked for: %s.", review.case_id, type(problem).__name__)
            troubled.append(review.case_id)
    return Asked(new, tuple(troubled))


def _ask_for(review: Review, what: str, on: date) -> None:
    set_task(case=review.case, kind=Event.REVIEW_DUE, what=what, whose=Whose.WORKER, due_on=review.due_on, on=on)
    if review.due_on >= on:
        _tell_of_review(review, on)


def _tell_of_review(review: Review, on: date) -> None:
    case = review.case
    write_to_person(
        case=case,
        template="review_due",
        data={"worker": str(case.worker or case.team), "due_on": f"{review.due_on:%-d %B %Y}"},
        key=f"review-due:{review.pk}:{review.due_on}",
        by=None,
        on=on,
    )


@transaction.atomic
def open_review(*, case: Case, reason: str = "", version: int, by: User, on: date) -> Review:
    """Start a review now, whether it was due or something happened. Support goes on as before meanwhile.

    `version` is `queries.version_of_next` of what the user saw. Raises EditedMeanwhile.
    """
    check_can_work_on(by, case)
    require_stage(case.stage, Stage.ACTIVE)
    if reason and reason not in ReviewReason.values:
        raise Refusal("Choose why the review is held.", field="reason")
    lock_case(case.pk)
    if version_of_next(case) != version:
        raise EditedMeanwhile
    review = _lock_next(case, due_on=on)
    review.reason = reason or review.reason
    review.opened_on = on
    review.save(update_fields=["reason", "opened_on"])
    sentence = f"Review started: {review.get_reason_display().lower()}."
    move_case(case=case, to=Stage.REVIEW, kind=Event.REVIEW_STARTED, by=by, on=on, sentence=sentence)
    return review


@transaction.atomic
def save_review(
    *, review: Review, version: int, details: dict, aims: dict[int, str] | None = None, by: User, on: date
) -> Review:
    """Save what was said and what changed; half-done is fine. `aims` gives how far each aim was met, by its id."""
    check_can_work_on(by, review.case)
    assert set(details) <= SAVED, f"not details of a review: {set(details) - SAVED}"
    _claim_open(review, version, **details)
    judged = aims or {}
    for aim in aims_in_force(review.case):
        if judged.get(aim.pk) in Achieved.values:
            AimResult.objects.update_or_create(review=review, aim=aim, defaults={"achieved": judged[aim.pk]})
    return review


@transaction.atomic
def complete_review(
    *,
    review: Review,
    version: int,
    result: str,
    reasons: str,
    held_on: date | None = None,
    still_to_pay: str = "",
    by: User,
    on: date,
) -> Review:
    """Close a review with what follows: carry on, change the plan, assess again, or end support with reasons.

    While a plan is changed or needs are assessed again, the plan in force stays in force.
    """
    check_can_work_on(by, review.case)
    day = held_on or on
    _check_complete(review, result, reasons, day, on)
    check_day(day, HAPPENED, field="held_on", what="The day of the review", on=on)
    _claim_open(review, version, held_on=day, held_by=by, result=result, reasons=reasons.strip())
    FOLLOWS[ReviewResult(result)](review, still_to_pay.strip(), by, on)
    return review


def _check_complete(review: Review, result: str, reasons: str, day: date, on: date) -> None:
    if result not in ReviewResult.values:
        raise Refusal("Choose what follows from this review.", field="result")
    if not review.opened_on or not review.opened_on <= day <= on:
        raise Refusal("The review was held after it was started, and not in the future.", field="held_on")
    said.words_or_not_said(
        review.person_words,
        not_said=review.not_said,
        seen_instead=review.seen_instead,
        ask="Write what the person said first, in their words; or tick that they could not or did not want to say.",
        by_worker=True,
        least=said.FEW,
    )
    said.sentence(review.assessor_words, ask="Write what you found first, in a sentence or more.")
    if aims_not_judged(review):
        raise Refusal("Say first how far each aim was met.")
    if not review.achieved:
        raise Refusal("Say first how far the aims were met altogether.")
    ask = "Say why, in a sentence that the person can read."
    said.sentence(reasons, ask=ask, field="reasons", least=said.REASON)


def _continue(review: Review, still_to_pay: str, by: User, on: date) -> None:
    sentence = "Review held: support carries on as it is."
    move_case(case=review.case, to=Stage.ACTIVE, kind=Event.REVIEW_HELD, by=by, on=on, sentence=sentence)
    due = review_dates(_start_of_support(review), last_review=review.held_on).next_due
    _make_due(review.case, due, by, on)


def _change_plan(review: Review, still_to_pay: str, by: User, on: date) -> None:
    sentence = "Review held: the plan changes. The plan in force holds until the new one is agreed."
    move_case(case=review.case, to=Stage.PLANNING, kind=Event.REVIEW_HELD, by=by, on=on, sentence=sentence)
    start_plan(case=review.case, by=by, on=on)


def _reassess(review: Review, still_to_pay: str, by: User, on: date) -> None:
    sentence = "Review held: needs are assessed again. The plan in force holds meanwhile."
    move_case(case=review.case, to=Stage.ASSESSMENT, kind=Event.REVIEW_HELD, by=by, on=on, sentence=sentence)


def _end(review: Review, still_to_pay: str, by: User, on: date) -> None:
    if not still_to_pay:
        raise Refusal(
            "Say what must still be paid: notice pay, redundancy, tax, providers’ notice. If nothing, say “nothing”.",
            field="still_to_pay",
        )
    plan = plan_in_force(review.case)
    decide_by_judgement(
        case=review.case,
        kind=DecisionKind.ENDING,
        inputs={"review": str(review.pk), "plan": str(plan.pk) if plan else None},
        result={"ends_on": on.isoformat(), "still_to_pay": still_to_pay},
        steps=[],
        reasons=[review.reasons, f"Still to be paid: {still_to_pay}"],
        by=by,
        on=on,
    )
    sentence = f"Support ended after a review: {review.reasons}"
    move_case(case=review.case, to=Stage.CLOSED, kind=Event.SUPPORT_ENDED, sentence=sentence, by=by, on=on)


FOLLOWS = {
    ReviewResult.CONTINUE: _continue,
    ReviewResult.CHANGE_PLAN: _change_plan,
    ReviewResult.REASSESS: _reassess,
    ReviewResult.END: _end,
}


def _claim_open(review: Review, version: int, **details: Any) -> None:
    if review.held_on is not None or review.opened_on is None:
        raise Refusal("This review is not under way, so it cannot be changed. Open the case to see what comes next.")
    claim_version(review, version, **details)


def _lock_next(case: Case, *, due_on: date) -> Review:
    """The review ahead, new where there is none; whoever else would change what lies ahead of this case waits."""
    lock_case(case.pk)
    return next_review(case) or Review.objects.create(case=case, due_on=due_on)


def _make_due(case: Case, due: date, by: User, on: date) -> Review:
    ahead = next_review(case)
    if ahead is not None:
        ahead.due_on = min(ahead.due_on, due)
        ahead.save(update_fields=["due_on"])
        return ahead
    sentence = f"Next review due by {due:%-d %B %Y}."
    tell(case=case, kind=Event.REVIEW_DUE, sentence=sentence, by=by, on=on)
    return Review.objects.create(case=case, due_on=due)


def _start_of_support(review: Review) -> date:
    plan = plan_in_force(review.case)
    assert review.held_on is not None, "a review that was held has its day"
    return min(plan.starts_on, review.held_on) if plan and plan.starts_on else review.held_on
