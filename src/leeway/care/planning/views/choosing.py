"""Pages on which the ways to hold the budget are explained and chosen, and a direct payment is checked."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from leeway.access.access import SignedIn
from leeway.acting import act
from leeway.care.people.access import can_work_on
from leeway.care.people.models import Authority, CapacityQuestion
from leeway.care.people.queries import people_around
from leeway.care.planning import actions, forms, queries
from leeway.care.planning.access import lacks_capacity
from leeway.care.planning.evidence import what_offer_lacks
from leeway.care.planning.models import Plan, PlanState
from leeway.care.planning.views.parts import decider_known, go_on, open_plan_of, own_relationship, page
from leeway.forms import carry_version
from leeway.versions import version_of


def offer(request: SignedIn, case_id):
    """Record that the ways to hold the budget were explained."""
    case, plan = open_plan_of(request, case_id, "Plan: the ways explained")
    today = timezone.localdate()
    form = forms.OfferForm(request.POST or None, initial={"offered_on": today})
    if act(form, lambda **by_on: actions.offer_ways(plan=plan, **form.cleaned_data, **by_on), request):
        return redirect("planning:overview" if "later" in request.POST else "planning:choice", case_id)
    intro = [
        "Everyone is offered all four ways, whoever they are and whatever they need. Explain each in a way that "
        "the person can use, with time to think. What you leave out is shown at sign-off.",
    ]
    return page(request, case, form, "The ways to hold the budget", intro=intro, button="Save and record the choice",
                later="later", ways=ways_in_words())  # fmt: skip


def ways_in_words() -> list[tuple[str, str]]:
    """The four ways, each explained."""
    return [(way.label, words) for way, words in forms.WAYS_IN_WORDS.items()]


def choice(request: SignedIn, case_id):
    """Record the decision on how to hold the budget."""
    case, plan = open_plan_of(request, case_id, "Plan: the choice")
    today = timezone.localdate()
    own = own_relationship(request, case)
    works = can_work_on(request.user, case)
    kind = forms.ChoiceForm if works else forms.OwnChoiceForm
    found = queries.offers_and_choice(plan)
    version = version_of(found.offer) if found.offer else 0
    around = people_around(case.person, today)
    initial = {"version": version, **decider_known(case)}
    form = kind(request.POST or None, initial=initial, case=case, around=around, ask=works)
    if act(
        form,
        lambda **by_on: actions.record_choice(
            plan=plan, version=form.cleaned_data["version"], **form.decision, **form.decider(own), **by_on
        ),
        request,
    ):
        if works and form.cleaned_data["way"] == "mixed":
            return redirect("planning:ways", case_id)
        return go_on(request, plan)
    carry_version(form, version)
    return page(
        request,
        case,
        form,
        "How the budget is held" if works else "Holding the budget",
        found=found,
        blocked=why_not_yet(found, plan),
        button="Record the choice" if works else "This is the choice",
    )


def why_not_yet(found: queries.OffersAndChoice, plan: Plan) -> str:
    """Why no choice can be recorded now; empty where one can."""
    if plan.state != PlanState.DRAFT:
        return "The plan is no longer being written, so the choice stands as it is."
    if found.offer is None:
        return "The ways to hold the budget have not been explained yet. That comes first, so that the choice is real."
    if not found.waiting:
        return "The choice is recorded. To change it, the ways are explained again, and a new choice is recorded."
    return what_offer_lacks(plan, found.offer)


def ways(request: SignedIn, case_id):
    """How the money for each line is held."""
    case, plan = open_plan_of(request, case_id, "Plan: how each line is held")
    form = forms.WaysForm(request.POST or None, initial={"version": plan.version}, lines=list(plan.lines.all()))
    if act(
        form,
        lambda **by_on: actions.set_ways(
            plan=plan,
            version=form.cleaned_data["version"],
            ways=form.ways,
            **by_on,
        ),
        request,
    ):
        return go_on(request, plan)
    intro = [] if form.lines else ["The plan has no lines yet. Add what the budget pays for first."]
    return page(request, case, form, "How each part is held", intro=intro)


def direct_payment(request: SignedIn, case_id):
    """Check the conditions for a direct payment."""
    case, plan = open_plan_of(request, case_id, "Plan: direct payment conditions")
    today = timezone.localdate()
    lacking = lacks_capacity(case, CapacityQuestion.DIRECT_PAYMENT)
    wanted = Authority.AUTHORISED if lacking else Authority.NOMINATED
    receivers = [one for one in people_around(case.person, today) if one.authority == wanted]
    route = "section_32" if lacking else "section_31"
    initial: dict[str, int | str] = {"version": plan.version}
    if not lacking and not receivers:
        initial["received_by"] = forms.PERSON  # there is nobody else to receive it
    form = forms.DirectPaymentForm(request.POST or None, initial=initial, route=route, receivers=receivers)
    if done := act(
        form,
        lambda **by_on: actions.check_direct_payment(
            plan=plan,
            answers=form.answers,
            barred_orders=form.cleaned_data["barred_orders"],
            received_by=form.receiver,
            about_authorised=form.about_authorised,
            version=form.cleaned_data["version"],
            **by_on,
        ),
        request,
    ):
        messages.info(request, f"Direct payment: {done.result.reasons[0]}")
        return go_on(request, plan)
    carry_version(form, plan.version)
    no_receiver = (
        f"{case.person} lacks capacity to manage a direct payment, and no authorised person is on record. Record one "
        "on the case first."
    )
    return page(
        request,
        case,
        form,
        "Can this be a direct payment?",
        intro=section_words(case, lacking),
        blocked=no_receiver if lacking and not receivers else "",
        button="Check the conditions",
    )


def section_words(case, lacking) -> list[str]:
    """Which section of the Act applies, and why."""
    name = case.person
    if lacking:
        first = f"Section 32 applies: the capacity decision of {lacking.decided_on:%-d %B %Y} says that {name} cannot "
        return [f"{first}manage a direct payment, even with support. An authorised person receives it for them."]
    return [
        f"Section 31 applies: {name} is presumed to have capacity. They can receive the money themselves, or nominate "
        "someone who agrees to. If every condition is met, the council must pay."
    ]
