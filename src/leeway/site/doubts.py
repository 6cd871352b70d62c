"""What makes a direct payment looked at again: capacity, safeguarding, who receives it (SI 2014/2871, reg. 7).

And somebody who changed their mind about how the budget is held.
"""

from leeway.care.decisions.models import DecisionKind
from leeway.care.decisions.queries import standing
from leeway.care.people.models import CapacityQuestion, StoryLine
from leeway.care.people.queries import latest_capacity
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.care.planning.queries import pays_directly
from leeway.care.review.actions import has_said, review_as_asked, review_soon
from leeway.care.review.models import ReviewReason
from leeway.care.review.queries import next_review
from leeway.law.direct_payments import goes_on
from leeway.money.budgets.models import Hold, HoldKind
from leeway.money.payees.states import State


def review_after_capacity(line: StoryLine) -> None:
    """Look again where the person has lost or regained the capacity by which their direct payment was decided."""
    decided = latest_capacity(line.case.person, CapacityQuestion.DIRECT_PAYMENT)
    checked = standing(line.case, DecisionKind.DIRECT_PAYMENT)
    if decided is None or checked is None or decided.decided_on != line.happened_on or not pays_directly(line.case):
        return
    route = checked.result["route"]
    if decided.has_capacity == (route == "section_31"):
        return
    answer = goes_on(route, decided.has_capacity, decided.for_a_time, decided.meanwhile is not None)
    _look_again(line, because=f"{line.sentence} {answer.reason}", said="capacity was decided anew")


def review_after_change_of_mind(line: StoryLine) -> None:
    """Make a review due within four weeks where support is in place: in it, the plan is written again.

    Whoever takes it back and asks for the same again has that review still ahead.
    """
    ahead = next_review(line.case)
    if line.case.stage == Stage.ACTIVE and not (ahead and has_said(ahead, line.sentence)):
        review_as_asked(case=line.case, words=line.sentence, by=line.by, on=line.happened_on)


def review_after_hold(line: StoryLine) -> None:
    """Look again where money waits because of a safeguarding concern."""
    placed = Hold.objects.filter(budget__case=line.case_id, kind=HoldKind.SAFEGUARDING, placed_on=line.happened_on)
    if line.sentence == HoldKind.SAFEGUARDING.told and placed.filter(lifted_on=None).exists():
        reason = ReviewReason.SAFEGUARDING
        _look_again(
            line, because="Payments wait because of a safeguarding concern.", said="payments wait", reason=reason
        )


def review_after_authority(line: StoryLine) -> None:
    """Look again where whoever receives the money may do so no longer, or not for long."""
    in_use = line.case.payee_accounts.filter(state=State.APPROVED, way=Way.DIRECT_PAYMENT)
    if in_use.filter(relationship__ends_on__isnull=False).exists():
        _look_again(line, because=line.sentence, said="whoever receives it may do so no longer")


def review_after_receiver(line: StoryLine) -> None:
    """Look again where somebody else receives the money from now on."""
    accounts = line.case.payee_accounts.filter(way=Way.DIRECT_PAYMENT)
    now = accounts.filter(state=State.APPROVED, settled_on=line.happened_on).first()
    before = accounts.filter(state=State.REPLACED, settled_on__isnull=False).order_by("-settled_on", "-pk").first()
    if now is None or before is None:
        return
    if (now.holder, now.relationship_id) != (before.holder, before.relationship_id):
        because = f"It is received by {now.get_holder_display().lower()} now, and was by "
        _look_again(line, because=f"{because}{before.get_holder_display().lower()}.", said="somebody else receives it")


def _look_again(line: StoryLine, *, because: str, said: str, reason: ReviewReason = ReviewReason.OTHER) -> None:
    """Make a review due soon, where a direct payment is in force and the person lives."""
    if pays_directly(line.case) and line.case.person.date_of_death is None:
        review_soon(case=line.case, reason=reason, because=because, said=said, by=line.by, on=line.happened_on)
