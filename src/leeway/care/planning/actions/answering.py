"""Answering: how an eligible need is met that no line meets, and whether a direct payment really is too risky."""

from datetime import date

from django.db import transaction

from leeway import said
from leeway.access.models import User
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.planning.access import check_can_answer, check_can_write_about_me
from leeway.care.planning.actions.drafts import send_back, write_in
from leeway.care.planning.evidence import OffersAndChoice, needs_of, offers_and_choice
from leeway.care.planning.models import ChallengeAnswer, ChosenWay, MetBy, NeedAnswer, Plan, PlanState
from leeway.days import HAPPENED, PLANNED, check_day
from leeway.refusal import EditedMeanwhile, Refusal
from leeway.versions import version_of

WHAT_WAS_FOUND = "Say in a sentence or more what you found, and why."
SAFE_ENOUGH = "Say in a sentence what would make a direct payment safe enough: help, a trial, somebody else to hold it."


@transaction.atomic
def answer_need(
    *,
    plan: Plan,
    version: int,
    outcome: str,
    met_by: str,
    who: str = "",
    asked_on: date | None = None,
    words: str,
    by: User,
    on: date,
) -> NeedAnswer:
    """Say how a need is met that nothing in the plan pays for: by somebody who was asked, unpaid; or why it is not.

    Nobody is presumed to be willing: what a carer does is met by them only where they are willing and able. Source:
    Care Act 2014 s10(5), s24(3)(b).
    """
    check_can_write_about_me(by, plan.case, on)
    if outcome not in {need.outcome.code for need in needs_of(plan)}:
        raise Refusal("The assessment did not find this to be a need. Look at the plan again.")
    if met_by not in MetBy.values:
        raise Refusal("Say whether somebody meets this need, unpaid, or why the plan does not.", field="met_by")
    details = _somebody(who, asked_on, words, on) if met_by == MetBy.SOMEBODY else _reason(who, asked_on, words)
    write_in(plan, version, by, on)
    answer, _new = NeedAnswer.objects.update_or_create(
        plan=plan, outcome=outcome, defaults={"met_by": met_by, "rests_on": None, **details}
    )
    return answer


def _somebody(who: str, asked_on: date | None, words: str, on: date) -> dict:
    if not who.strip():
        raise Refusal("Say who is willing and able to meet this need.", field="who")
    if asked_on is None:
        raise Refusal("Say when they were asked: nobody is presumed to be willing.", field="asked_on")
    if asked_on > on:
        raise Refusal("They were asked today or before.", field="asked_on")
    check_day(asked_on, HAPPENED, field="asked_on", what="The day on which they were asked", on=on)
    ask = "Say in a sentence what they said when they were asked: what they do, how often, and for how long they can."
    return {"who": who.strip(), "asked_on": asked_on, "words": said.sentence(words, ask=ask, field="words")}


def _reason(who: str, asked_on: date | None, words: str) -> dict:
    if who.strip() or asked_on is not None:
        raise Refusal("Here is somebody who meets this need. Choose that, or take out who and when.", field="met_by")
    ask = "Say in a sentence why this plan does not meet the need, and what is done about it instead."
    return {"who": "", "asked_on": None, "words": said.sentence(words, ask=ask, field="words")}


@transaction.atomic
def answer_challenge(
    *,
    plan: Plan,
    version: int,
    accepted: bool | None,
    words: str,
    safer: str,
    by_when: date | None,
    by: User,
    on: date,
) -> ChallengeAnswer:
    """Say what a manager found where a direct payment was said to be too risky, and what would make it safe enough.

    Either the choice stands, with reasons, or a direct payment is offered again: a plan that waits for sign-off goes
    back, unless a direct payment was chosen since. It is never the answer of whoever wrote the plan, and nothing that
    they explain or record afterwards stands in for it. `version` is `version_of` the choice that stood when it was
    looked at.
    """
    check_can_answer(by, plan)
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    found = offers_and_choice(locked)
    if found.choice is None or version_of(found.choice) != version:
        raise EditedMeanwhile
    if found.challenged is None or not found.to_answer:
        raise Refusal("There is nothing to answer: somebody has, or nobody said that it is too risky.")
    if accepted is None:
        raise Refusal("Say whether the choice stands, or a direct payment is offered again.", field="accepted")
    why = said.sentence(words, ask=WHAT_WAS_FOUND, field="words", least=said.REASON)
    made_safer = said.sentence(safer, ask=SAFE_ENOUGH, field="safer")
    if by_when is None or by_when < on:
        raise Refusal("Say by when: today or later.", field="by_when")
    check_day(by_when, PLANNED, field="by_when", what="The day by when", on=on)
    answer = ChallengeAnswer.objects.create(
        choice=found.challenged,
        accepted=accepted,
        words=why,
        safer=made_safer,
        by_when=by_when,
        answered_by=by,
        answered_on=on,
    )
    told = f"{by.name} looked at whether a direct payment is too risky{_verdict(found, accepted=accepted)}: {why} To "
    told += f"make it safe enough by {by_when:%-d %B %Y}: {made_safer}"
    tell(case=plan.case, kind=Event.CHALLENGE_ANSWERED, sentence=told, by=by, on=on)
    if not accepted and found.choice.way != ChosenWay.DIRECT_PAYMENT and locked.state == PlanState.SUBMITTED:
        locked.case = plan.case
        send_back(locked, said_by_name=by.name, disagreed=False, why={"words": why}, by=by, on=on)
    return answer


def _verdict(found: OffersAndChoice, *, accepted: bool) -> str:
    """What the answer says, and of which choice where another was made since."""
    if found.chosen_since is None:
        return ", and the choice stands" if accepted else ", and a direct payment is offered again"
    assert found.challenged is not None, "a choice was made after it"
    of = f", as was said with the choice of {found.challenged.chosen_on:%-d %B %Y}"
    since = f"chosen since: {found.chosen_since.get_way_display().lower()}"
    if accepted:
        return f"{of}, and it is ({since})"
    if found.chosen_since.way == ChosenWay.DIRECT_PAYMENT:
        return f"{of}, and it is not ({since})"
    return f"{of}, and a direct payment is offered again ({since})"
