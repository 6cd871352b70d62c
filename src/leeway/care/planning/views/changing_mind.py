"""Pages on which somebody changes their mind about how the budget is held, and learns what happens then."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leeway.access.access import SignedIn
from leeway.access.kept import keep_writing
from leeway.acting import act, press
from leeway.care.people.access import can_take_part, is_the_person
from leeway.care.people.models import Case
from leeway.care.people.queries import about, get_case
from leeway.care.people.states import Stage
from leeway.care.planning import actions, forms, queries
from leeway.care.planning.models import ChangeOfMind, ChosenWay, Plan, PlanState, Way

#: The worker reads it and gets in touch within so many days; the task that it becomes is due then.
IN_TOUCH = timedelta(days=5)


def ask(request: SignedIn, case_id):
    """Say that the budget should be held in another way, or see what happens with what was said."""
    case = get_case(case_id, seen_by=request.user, page="Another way to hold the budget", of_the_living=True)
    choice = queries.choice_that_stands(case)
    if choice is None:
        raise Http404("Nobody has chosen yet how this budget is held.")
    you, today = is_the_person(request.user, case), timezone.localdate()
    form = forms.ChangeMindForm(request.POST or None, standing=choice, you=you)
    if act(form, lambda **by_on: actions.change_mind(case=case, **form.cleaned_data, **by_on), request):
        thanks = (
            "It is on record, for the worker" if request.user.is_staff_member else "Thank you. It is with the worker"
        )
        messages.success(request, f"{thanks}, and nothing changes until it is answered.")
        return redirect("planning:change_mind", case_id)
    change = queries.last_change_of_mind(case)
    asked = change if change is not None and change.settled_on is None else None
    if asked and form.is_bound:  # offered again once that is answered or taken back
        keep_writing(request)
    context = about(case, seen_by=request.user) | {
        "form": form,
        "choice": choice,
        "change": change,
        "asked": asked,
        "may_ask": can_take_part(request.user, case, today) and case.stage != Stage.CLOSED,
        "steps": what_happens(case, asked.asked_on if asked else today, you=you),
        "first": first_to_do(case, asked.way if asked else "", you=you),
        "back": reverse("planning:overview", args=[case_id]),
    }
    return render(request, "planning/change_mind.jinja", context)


@require_POST
def take_back(request: SignedIn, case_id):
    """Take back that the budget be held in another way."""
    case = get_case(case_id, seen_by=request.user, page="Another way to hold the budget", of_the_living=True)
    if press(lambda **by_on: actions.take_back_change_of_mind(case=case, **by_on), request):
        messages.success(request, "Taken back. The budget stays as it is held.")
    return redirect("planning:change_mind", case_id)


def answer(request: SignedIn, case_id):
    """Say why the budget stays as it is held."""
    case = get_case(case_id, seen_by=request.user, page="Another way to hold the budget", of_the_living=True)
    change = queries.open_change_of_mind(case)
    form = forms.AnswerMindForm(request.POST or None)
    if act(form, lambda **by_on: actions.answer_change_of_mind(case=case, **form.cleaned_data, **by_on), request):
        messages.success(request, "The answer is on record, and the person is told.")
        return redirect("planning:change_mind", case_id)
    context = about(case, seen_by=request.user) | {
        "form": form,
        "change": change,
        "back": reverse("planning:change_mind", args=[case_id]),
    }
    return render(request, "planning/answer_mind.jinja", context)


def what_happens(case: Case, since: date, *, you: bool) -> list[str]:
    """What happens once somebody has changed their mind: who does what, by when, and what goes on meanwhile."""
    worker = case.worker.name if case.worker else f"Somebody of {case.team}"
    them = "you" if you else case.person.called
    answers = "you read it and say whether you agree" if you else f"{them} reads it and says whether they agree"
    plan = queries.open_plan(case)
    goes_on = "Payments and support go on as they are now, until a new plan is agreed."
    return [
        f"{worker} gets in touch by {since + IN_TOUCH:%-d %B %Y}, and talks all four ways through with {them}: what "
        "each would change, and what help there is.",
        _by_which_plan(plan, them),
        f"A manager checks the plan. Then {answers}.",
        f"{goes_on} Asking takes nothing away, and it can be taken back.",
    ]


def _by_which_plan(plan: Plan | None, them: str) -> str:
    if plan is not None and plan.state == PlanState.DRAFT:
        return "The new choice is made in the plan that is being written now."
    if plan is not None:
        return "The plan that is being checked now can be sent back and changed, before anybody agrees to it."
    return f"A review is held within four weeks, and the plan is written again with {them}, with the new choice in it."


def first_to_do(case: Case, way: str, *, you: bool) -> list[str]:
    """What to beware of before the change: what an employer owes, and what a direct payment needs."""
    in_force = queries.plan_in_force(case)
    paid = in_force is not None and in_force.lines.filter(way=Way.DIRECT_PAYMENT).exists()
    they = "you employ" if you else f"{case.person.called} employs"
    sentences = []
    if paid and way != ChosenWay.DIRECT_PAYMENT:
        sentences = [
            f"If {they} somebody, talk with us before giving them notice: they have a right to notice, and sometimes "
            "to redundancy pay. The budget can pay for that.",
            "Keep paying for support from the account as now, and keep the papers. What is left in it is counted when "
            "the new way begins, and what it still has to pay is paid first.",
        ]
    if not paid and way != ChosenWay.COUNCIL_MANAGED:
        sentences = [
            "A direct payment needs an account of its own. Do not open one yet, and do not employ anybody yet: we help "
            "with both, at no cost, once it is agreed.",
        ]
    return sentences


def in_short(change: ChangeOfMind | None) -> ChangeOfMind | None:
    """What a plan's page says of a change of mind: only one that waits, or that was answered with “it stays”."""
    return change if change is not None and (change.settled_on is None or change.answer) else None


def may_change_mind(found: queries.OffersAndChoice, plan: Plan) -> bool:
    """Whether the page of a plan offers to ask for another way: once there is a choice, and no new one is awaited."""
    holds = plan.state in (*queries.OPEN, PlanState.AGREED)
    return holds and found.choice is not None and not found.waiting and plan.case.stage != Stage.CLOSED
