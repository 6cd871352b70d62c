"""Pages of a case's budget."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.acting import act, why_not
from leeway.care.circumstances.queries import standing_death, standing_stays
from leeway.care.people.access import is_the_person
from leeway.care.people.queries import get_case
from leeway.care.people.states import Stage
from leeway.law.numbers import pounds
from leeway.money.budgets import actions, queries
from leeway.money.budgets.changes import change_into
from leeway.money.budgets.collecting import collecting_of, collector_of
from leeway.money.budgets.forms import (
    AwayForm,
    BecauseForm,
    CollectorForm,
    EndForm,
    ExtendForm,
    HoldForm,
    InterimForm,
    LastCostForm,
)
from leeway.money.budgets.models import UNTIL_ENDED, WHILE_AWAY, Collector, HoldKind
from leeway.money.budgets.presenters import where_the_money_is
from leeway.money.budgets.schedule import year_pence
from leeway.money.payees.queries import ways_ready

#: What is said where payments go on: a run that stands is frozen.
GOES_WITH = (
    "What fell due meanwhile goes with the next run that is made: one that is made already stays as it is. What cannot "
    "wait can be paid the same day."
)


@require_GET
def show(request: SignedIn, case_id):
    """What was agreed, who pays what, the schedule, what was paid and what is left."""
    return _page(request, case_id, forms.Form())


@require_http_methods(["GET", "POST"])
def start(request: SignedIn, case_id):
    """Check everything, then start the budget."""
    proposal = queries.proposal(case_id, seen_by=request.user, on=timezone.localdate())
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if proposal.plan is None:
            form.add_error(None, proposal.stops[0])
        elif act(form, lambda **by_on: actions.start_budget(plan=proposal.plan, **by_on), request):
            messages.success(request, "The budget has started. Each payment is made in the run for its day.")
            return redirect("budgets:show", case_id)
    return render(
        request,
        "budgets/start.jinja",
        {
            "proposal": proposal,
            "form": form,
            "year_pence": year_pence,
            "is_finance": request.user.can(Capability.START_BUDGETS),
        },
    )


@require_http_methods(["GET", "POST"])
def send_back(request: SignedIn, case_id):
    """Send an agreed plan whose budget cannot start back to planning."""
    proposal = queries.proposal(case_id, seen_by=request.user, on=timezone.localdate())
    form, plan = BecauseForm(request.POST or None), proposal.plan
    if plan is None:
        messages.error(request, proposal.stops[0])
        return redirect("budgets:show", case_id)
    if act(form, lambda **by_on: actions.send_plan_back(plan=plan, **form.cleaned_data, **by_on), request):
        messages.success(request, "The plan is with its worker again, with your reason.")
        return redirect("case", case_id)
    return render(request, "budgets/send_back.jinja", {"proposal": proposal, "form": form})


@require_http_methods(["GET", "POST"])
def who_collects(request: SignedIn, case_id):
    """Say who collects what somebody pays towards a direct payment."""
    case = get_case(case_id, seen_by=request.user, page="Who collects what is paid")
    form = CollectorForm(request.POST or None)

    def say(**by_on):
        told = form.cleaned_data
        return actions.say_who_collects(
            case=case, collected_by=Collector(told["collected_by"]), reason=told["reason"], **by_on
        )

    if act(form, say, request):
        messages.success(request, "It counts from the next budget on: what runs stays as it is.")
        return redirect("budgets:show", case_id)
    now = collector_of(case, timezone.localdate())
    context = {"case": case, "form": form, "now": now, "earlier": collecting_of(case)}
    return render(request, "budgets/who_collects.jinja", context)


@require_POST
def fund(request: SignedIn, case_id):
    """Fund the next financial year."""
    budget = queries.get_budget(case_id, seen_by=request.user, page="Fund the next year")
    form = forms.Form(request.POST)
    if act(form, lambda **by_on: actions.fund_next_year(budget=budget, **by_on), request):
        messages.success(request, "The next financial year is funded, and its payments are in the schedule.")
        return redirect("budgets:show", case_id)
    return _page(request, case_id, form)


@require_http_methods(["GET", "POST"])
def hold(request: SignedIn, case_id):
    """Make payments wait."""
    budget = queries.get_budget(case_id, seen_by=request.user, page="Hold payments")
    form = HoldForm(request.POST or None)
    if act(form, lambda **by_on: actions.place_hold(budget=budget, **form.cleaned_data, **by_on), request):
        messages.success(request, "Payments are on hold.")
        return redirect("budgets:show", case_id)
    return render(request, "budgets/hold.jinja", {"budget": budget, "form": form})


@require_http_methods(["GET", "POST"])
def extend(request: SignedIn, case_id, hold_id):
    """Look again at a hold, and let payments wait for longer."""
    budget = queries.get_budget(case_id, seen_by=request.user, page="Look at a hold again")
    held = queries.get_hold(hold_id, budget=budget)
    form = ExtendForm(request.POST or None, initial={"seen": held.last_on})
    if act(form, lambda **by_on: actions.extend_hold(hold=held, **form.cleaned_data, **by_on), request):
        messages.success(request, "Payments wait until the new day.")
        return redirect("budgets:show", case_id)
    return render(request, "budgets/extend.jinja", {"budget": budget, "hold": held, "form": form})


@require_http_methods(["GET", "POST"])
def away(request: SignedIn, case_id, hold_id):
    """Let payments go again after somebody was away, and say what becomes of the days."""
    budget = queries.get_budget(case_id, seen_by=request.user, page="Lift a hold")
    held = queries.get_hold(hold_id, budget=budget)
    stay = standing_stays(budget.case.person).first()
    first = {"starts_on": stay.starts_on, "ends_on": stay.ends_on} if stay else {}
    form = AwayForm(request.POST or None, initial=first)

    def go_on(**by_on):
        said = form.cleaned_data
        if said["days"] == "paid":
            return actions.lift_hold(hold=held, days_because=said["days_because"], **by_on)
        days = {"starts_on": said["starts_on"], "ends_on": said["ends_on"]}
        treat = actions.pay_days_on if said["days"] == "paid_on" else actions.leave_out_days
        return treat(hold=held, reason=said["days_because"], **days, **by_on)

    if act(form, go_on, request):
        messages.success(request, f"The hold is lifted. {GOES_WITH}")
        return redirect("budgets:show", case_id)
    return render(request, "budgets/away.jinja", {"budget": budget, "hold": held, "stay": stay, "form": form})


@require_POST
def lift(request: SignedIn, case_id, hold_id):
    """Let payments go again, where nobody was away."""
    budget = queries.get_budget(case_id, seen_by=request.user, page="Lift a hold")
    held = queries.get_hold(hold_id, budget=budget)
    form = forms.Form(request.POST)
    if act(form, lambda **by_on: actions.lift_hold(hold=held, **by_on), request):
        messages.success(request, f"The hold is lifted. {GOES_WITH}")
        return redirect("budgets:show", case_id)
    return _page(request, case_id, form)


@require_http_methods(["GET", "POST"])
def end(request: SignedIn, case_id):
    """Stop the budget after a day."""
    budget = queries.get_budget(case_id, seen_by=request.user, page="End the budget")
    died_on = budget.case.person.date_of_death
    death = standing_death(budget.case.person)
    first = {"ends_on": died_on, "reason": _because_of(budget), "death": death.pk if death else None}
    form = EndForm(request.POST or None, initial=first)
    if done := act(form, lambda **by_on: actions.end_budget(budget=budget, **form.cleaned_data, **by_on), request):
        messages.success(request, _ended(done.result))
        return redirect("budgets:show", case_id)
    beyond = queries.paid_beyond_death(budget)
    return render(request, "budgets/end.jinja", {"budget": budget, "form": form, "beyond_pence": beyond})


@require_http_methods(["GET", "POST"])
def again(request: SignedIn, case_id):
    """Set up again a budget that was ended by mistake."""
    budget = queries.get_budget(case_id, seen_by=request.user, page="Set the budget up again")
    form = BecauseForm(request.POST or None)
    if act(form, lambda **by_on: actions.set_up_again(budget=budget, **form.cleaned_data, **by_on), request):
        messages.success(request, f"The budget goes on. {GOES_WITH}")
        return redirect("budgets:show", case_id)
    return render(request, "budgets/again.jinja", {"budget": budget, "form": form})


@require_http_methods(["GET", "POST"])
def last_cost(request: SignedIn, case_id):
    """Enter what an employer still owes after the end."""
    budget = queries.get_budget(case_id, seen_by=request.user, page="Last costs")
    form = LastCostForm(request.POST or None)
    if done := act(form, lambda **by_on: actions.add_last_cost(budget=budget, **form.cleaned_data, **by_on), request):
        needed = "once another officer has looked at it and " if done.result.needs_second_look else "once "
        messages.success(request, f"It is due now, and is paid in the next run {needed}the bank details are approved.")
        return redirect("budgets:show", case_id)
    return render(request, "budgets/last_cost.jinja", {"budget": budget, "form": form})


@require_POST
def look(request: SignedIn, case_id, cost_id):
    """Let a large last cost, that another officer entered, be paid."""
    budget = queries.get_budget(case_id, seen_by=request.user, page="Look at a last cost")
    cost = queries.get_last_cost(cost_id, budget=budget)
    form = forms.Form(request.POST)
    if act(form, lambda **by_on: actions.look_at_last_cost(cost=cost, **by_on), request):
        messages.success(request, "You looked at it: it is paid in the next run.")
        return redirect("budgets:show", case_id)
    return _page(request, case_id, form)


@require_http_methods(["GET", "POST"])
def cancel_last_cost(request: SignedIn, case_id, cost_id):
    """Cancel a last cost that was not paid yet."""
    budget = queries.get_budget(case_id, seen_by=request.user, page="Cancel a last cost")
    cost = queries.get_last_cost(cost_id, budget=budget)
    form = BecauseForm(request.POST or None)
    if act(form, lambda **by_on: actions.cancel_last_cost(cost=cost, **form.cleaned_data, **by_on), request):
        messages.success(request, "It is cancelled, and what was set aside for it goes back.")
        return redirect("budgets:show", case_id)
    return render(request, "budgets/cancel_last_cost.jinja", {"budget": budget, "cost": cost, "form": form})


@require_http_methods(["GET", "POST"])
def interim(request: SignedIn, case_id):
    """Money on account, before a budget is set up: what was asked for, and asking."""
    form = InterimForm(request.POST or None)
    case, interims = queries.get_interims(case_id, seen_by=request.user)
    if act(form, lambda **by_on: actions.ask_for_interim(case=case, **form.cleaned_data, **by_on), request):
        messages.success(request, "Asked for. A team manager says yes or no.")
        return redirect("budgets:interim", case_id)
    return _on_account(request, case, interims, form, BecauseForm())


@require_POST
def authorise_interim(request: SignedIn, case_id, interim_id):
    """Let money on account be paid."""
    case, interims, one = _find_interim(request, case_id, interim_id)
    form = forms.Form(request.POST)
    if act(form, lambda **by_on: actions.authorise_interim(interim=one, **by_on), request):
        messages.success(request, "Agreed. Finance can pay it in the next run, or the same day.")
        return redirect("budgets:interim", case_id)
    return _on_account(request, case, interims, form, BecauseForm())


@require_POST
def end_interim(request: SignedIn, case_id, interim_id):
    """Turn money on account down, or withdraw it."""
    case, interims, one = _find_interim(request, case_id, interim_id)
    form = BecauseForm(request.POST)
    if act(form, lambda **by_on: actions.end_interim(interim=one, **form.cleaned_data, **by_on), request):
        messages.success(request, "It will not be paid.")
        return redirect("budgets:interim", case_id)
    return _on_account(request, case, interims, form, form)


def _find_interim(request: SignedIn, case_id, interim_id):
    case, interims = queries.get_interims(case_id, seen_by=request.user)
    found = next((each for each in interims if each.pk == interim_id), None)
    if found is None:
        raise Http404("There is no such payment in this case.")
    return case, interims, found


def _on_account(request: SignedIn, case, interims, form, because):
    open_one = next((each for each in interims if not each.ended_on and not each.set_off_in_id), None)
    user = request.user
    shown = {
        "case": case,
        "interims": [(each, queries.standing_on_account(each)) for each in interims],
        "open": open_one,
        "form": form,
        "ask": form if isinstance(form, InterimForm) else InterimForm(),
        "because": because,
        "may_ask": not why_not(lambda: actions.require_may_ask(case, user)),
        "needs_details": open_one and user.can(Capability.KEEP_BANK_DETAILS) and open_one.way not in ways_ready(case),
        "may_authorise": open_one and not why_not(lambda: actions.require_may_authorise(open_one, user)),
        "may_end": open_one and not why_not(lambda: actions.require_may_end(open_one, user)),
    }
    return render(request, "budgets/interim.jinja", shown)


def _page(request: SignedIn, case_id, form):
    today = timezone.localdate()
    picture = queries.picture(case_id, seen_by=request.user, on=today)
    you, takes_part = is_the_person(request.user, picture.case), request.user.can(Capability.TAKE_PART)
    name = picture.case.person.called
    context = {
        "picture": picture,
        "case": picture.case,
        "you": you,
        "where_it_is": where_the_money_is(picture.balances, you=you, name=name) if takes_part else {},
        "form": form,
        "year_pence": year_pence,
        "is_finance": request.user.can(Capability.START_BUDGETS),
        "takes_part": takes_part,
        "may_start": request.user.can(Capability.START_BUDGETS) and picture.case.stage == Stage.ARRANGING,
        "until_ended": UNTIL_ENDED,
        "while_away": WHILE_AWAY,
        "may_fund": queries.may_fund(picture, today),
        "why_changed": change_into(picture.shown, you=you) if picture.shown else "",
    }
    return render(request, "budgets/show.jinja", context)


def _because_of(budget) -> str:
    waiting = budget.holds.filter(kind__in=UNTIL_ENDED, lifted_on=None).first()
    return waiting.get_kind_display() if waiting and waiting.kind == HoldKind.DEATH else ""


def _ended(ending) -> str:
    beyond = ending.paid_beyond_pence
    left = (
        f" {pounds(beyond)} was already sent for later days: decide separately what to do about it." if beyond else ""
    )
    return f"The budget ends after {ending.ends_on:%-d %B %Y}. Later payments are cancelled.{left}"
