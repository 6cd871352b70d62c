"""Pages on which a plan is sent for sign-off, signed off or returned, and agreed or not."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from leeway.access.access import SignedIn
from leeway.access.looks import record_looks
from leeway.acting import act
from leeway.care.decisions.models import DecisionKind
from leeway.care.decisions.queries import standing
from leeway.care.people.access import can_take_part, can_work_on, is_the_person
from leeway.care.people.models import Case
from leeway.care.people.queries import about, get_case, people_around
from leeway.care.planning import actions, forms, queries
from leeway.care.planning.access import alike_in_both_halves
from leeway.care.planning.costs import totals
from leeway.care.planning.evidence import OffersAndChoice
from leeway.care.planning.models import Choice, Plan, PlanState
from leeway.care.planning.views.parts import decider_known, open_plan_of, own_relationship, page, whole
from leeway.forms import VersionedForm, carry_version
from leeway.versions import version_of

#: How the plans that wait can be sorted, the longest wait first unless somebody asks for another order.
QUEUE_SORTED: dict[str, Callable[[dict], Any]] = {
    "waits": lambda row: -row["waits"],
    "name": lambda row: (row["case"].person.family_name, row["case"].person.given_name),
    "cost": lambda row: -row["pence"],
}
DECIDED_MEANWHILE = "This plan was decided while your page was open, so nothing was saved. Here is how it stands."


def submit(request: SignedIn, case_id):
    """Check the whole plan, then send it for sign-off."""
    case, plan = open_plan_of(request, case_id, "Plan: check and send")
    today = timezone.localdate()
    form = VersionedForm(request.POST or None, initial={"version": plan.version})
    if act(
        form, lambda **by_on: actions.submit_plan(plan=plan, version=form.cleaned_data["version"], **by_on), request
    ):
        messages.success(request, "The plan is on its way to a manager for sign-off.")
        return redirect("case", case_id)
    carry_version(form, plan.version)
    context = about(case, seen_by=request.user) | whole(plan, today)
    context |= {
        "form": form,
        "direct_payment": standing(case, DecisionKind.DIRECT_PAYMENT),
        "missing": queries.what_is_missing(
            plan, today, needs=context["needs"], found=context["found"], lines=context["lines"]
        ),
        "back": reverse("planning:overview", args=[case_id]),
    }
    return render(request, "planning/submit.jinja", context)


def sign_off_queue(request: SignedIn):
    """The plans that wait for a manager's decision."""
    own, elsewhere = list(queries.waiting_for_sign_off(request.user)), queries.waiting_elsewhere(request.user)
    cases = [plan.case for plan in own + elsewhere]
    record_looks(viewer=request.user, person_ids=[case.person_id for case in cases], page="Plans waiting for sign-off")
    now, today, asked = queries.weekly_in_force(cases), timezone.localdate(), request.GET.get("sort", "")
    sort = asked if asked in QUEUE_SORTED else "waits"
    context: dict[str, Any] = {"sort": sort}
    for name, plans in (("own", own), ("elsewhere", elsewhere)):
        rows = [queue_row(plan, now.get(plan.case_id), today) for plan in plans]
        context[name] = sorted(rows, key=QUEUE_SORTED[sort])
    return render(request, "planning/queue.jinja", context)


def queue_row(plan: Plan, now_pence: int | None, today: date) -> dict:
    """One line of the sign-off queue, beside what the plan in force costs where there is one."""
    pence = totals(list(plan.lines.all()))["pence_per_week"]
    return {
        "case": plan.case,
        "submitted_by": plan.submitted_by,
        "submitted_on": plan.submitted_on,
        "waits": (today - (plan.submitted_on or today)).days,
        "pence": pence,
        "more_pence": None if now_pence is None else pence - now_pence,
    }


def sign_off(request: SignedIn, case_id):
    """Everything needed to decide on one page, and the decision."""
    case, plan = open_plan_of(request, case_id, "Plan: sign-off")
    if plan.state != PlanState.SUBMITTED:
        if request.method == "POST":
            messages.error(request, f"{DECIDED_MEANWHILE} {_typed(request)}")
        return redirect("planning:overview", case_id)
    shown = whole(plan, timezone.localdate())
    initial = {"version": plan.version, "final_pence_per_week": shown["costed"]["pence_per_week"]}
    above = queries.to_explain_above(plan, shown["guide"])
    to_explain = above is not None and shown["costed"]["pence_per_week"] > above
    form = forms.SignOffForm(request.POST or None, initial=initial, to_explain=to_explain)
    if act(form, lambda **by_on: decide(form, plan, by_on), request):
        return next_to_decide(request, case)
    carry_version(form, plan.version)
    context = about(case, seen_by=request.user) | shown
    context |= {
        "form": form,
        "to_explain": to_explain,
        "flags": alike_in_both_halves(plan, request.user),
        "direct_payment": standing(case, DecisionKind.DIRECT_PAYMENT),
        "in_force": queries.plan_in_force(case),
        "back": reverse("planning:sign_off_queue"),
    }
    return render(request, "planning/sign_off.jinja", context)


def next_to_decide(request: SignedIn, case: Case) -> HttpResponse:
    """From one decision to the next plan that waits for this manager, or back to the case where none does."""
    following = queries.next_to_sign_off(request.user)
    if following is None:
        messages.success(request, "Your decision is on record. No other plan waits for you.")
        return redirect("case", case.pk)
    messages.success(request, f"Your decision on the plan of {case.person} is on record. This is the next that waits.")
    return redirect("planning:sign_off", following.case_id)


def _short(choice: Choice) -> str:
    return choice.get_way_display().lower()


def _which_choice(found: OffersAndChoice) -> list[str]:
    """Which choice is looked at, where another was made since."""
    if found.challenged is None or found.chosen_since is None:
        return []
    then, since = found.challenged, found.chosen_since
    return [
        f"You look at the choice of {then.chosen_on:%-d %B %Y} ({_short(then)}): a direct payment was said to be too "
        f"risky then. On {since.chosen_on:%-d %B %Y} was chosen: {_short(since)}."
    ]


def challenge(request: SignedIn, case_id):
    """Whether a direct payment really is too risky: what a manager finds, and what would make it safe enough."""
    case, plan = open_plan_of(request, case_id, "Plan: too risky?")
    found = queries.offers_and_choice(plan)
    version = version_of(found.choice) if found.choice else 0
    form = forms.ChallengeForm(request.POST or None, initial={"version": version}, since=found.chosen_since)
    if act(form, lambda **by_on: actions.answer_challenge(plan=plan, **form.details, **by_on), request):
        messages.success(request, "What you found is on record.")
        plan.refresh_from_db(fields=["state"])
        stays = plan.state == PlanState.SUBMITTED
        return redirect("planning:sign_off" if stays else "case", case_id)
    carry_version(form, version)
    return page(
        request,
        case,
        form,
        "Is a direct payment too risky?",
        found=found,
        intro=_which_choice(found),
        blocked="" if found.to_answer else "There is nothing to answer here now.",
        button="Record what you found",
    )


def _typed(request: SignedIn) -> str:
    """What was typed on a page that came too late, so that it can be kept."""
    words = [request.POST.get(name, "").strip() for name in ("reason", "words")]
    return " ".join(f"You wrote: “{each}”" for each in words if each)


def decide(form, plan, by_on: dict):
    """Sign off or return, as the form says."""
    given = {"plan": plan, "version": form.cleaned_data["version"], **by_on}
    reason, final = form.cleaned_data["reason"], form.cleaned_data["final_pence_per_week"]
    if form.cleaned_data["decision"] == "return":
        return actions.return_plan(reasons=reason, **given)
    return actions.sign_off(final_pence_per_week=final, reason=reason, **given)


def agree(request: SignedIn, case_id):
    """What the person agrees to: the plan, the budget, and who pays what."""
    case = get_case(case_id, seen_by=request.user, page="Plan: agreement", of_the_living=True)
    plan = queries.open_plan(case)
    if plan is None or plan.state != PlanState.SIGNED_OFF:
        if plan is None and queries.plan_in_force(case) is None:
            raise Http404("There is no plan to agree yet.")
        if request.method == "POST":
            messages.error(request, f"{DECIDED_MEANWHILE} {_typed(request)}")
        return redirect("planning:overview", case_id)
    plan.case = case
    today = timezone.localdate()
    form = forms.AgreeForm(
        request.POST or None,
        initial={"version": plan.version, **decider_known(case)},
        case=case,
        around=people_around(case.person, today),
        ask=can_work_on(request.user, case),
        name=str(case.person),
        you=is_the_person(request.user, case),
    )
    if act(form, lambda **by_on: answer(form, plan, own_relationship(request, case), by_on), request):
        messages.success(request, "The answer is on record.")
        return redirect("case", case_id)
    carry_version(form, plan.version)
    context = about(case, seen_by=request.user) | whole(plan, today)
    context |= {
        "form": form,
        "may_answer": can_take_part(request.user, case, today),
        "result": plan.final_budget.result,
        "final_budget": plan.final_budget,
        "back": reverse("case", args=[case_id]),
    }
    return render(request, "planning/agree.jinja", context)


def answer(form, plan, own, by_on: dict):
    """Agree or disagree, as the form says."""
    given = {"plan": plan, "version": form.cleaned_data["version"], **by_on}
    said, decider = form.said, form.decider(own)
    how = form.cleaned_data.get("how", actions.SIGNED_IN)
    if form.cleaned_data["agrees"] == "yes":
        comment = " ".join(filter(None, [said["words"], said["seen_instead"]]))
        return actions.agree(how=how, comment=comment, **decider, **given)
    return actions.disagree(**said, how=how, said_by=decider["decided_by"], **given)
