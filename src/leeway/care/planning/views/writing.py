"""Pages on which a plan is written: the overview, about the person, aims, what the budget pays for, the start."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.acting import act, attempt, press
from leeway.care.assessment.queries import what_matters
from leeway.care.decisions.models import DecisionKind
from leeway.care.decisions.queries import standing
from leeway.care.people.access import can_take_part, can_work_on, is_the_person, lives
from leeway.care.people.models import Case
from leeway.care.people.queries import about, get_case, reads_care
from leeway.care.people.states import Stage
from leeway.care.planning import actions, forms, queries
from leeway.care.planning.access import alike_in_both_halves
from leeway.care.planning.evidence import needs_of
from leeway.care.planning.lines import LineForm, LineKind, LineKindForm, kind_of, kinds_for, line_initial
from leeway.care.planning.models import PlanLine
from leeway.care.planning.views.changing_mind import in_short, may_change_mind
from leeway.care.planning.views.parts import go_on, open_plan_of, page, whole
from leeway.forms import WholeForm
from leeway.market.contracts.models import Rate
from leeway.market.contracts.presenters import kind_in_words, price_in_words
from leeway.market.contracts.queries import rates_on
from leeway.market.listings.models import Service
from leeway.market.listings.queries import choices_for_plan, get_service


def overview(request: SignedIn, case_id, number=None):
    """The plan: the one being written, or else the one in force, or an earlier one by its number."""
    case = get_case(case_id, seen_by=request.user, page="Support plan")
    today = timezone.localdate()
    if number is None:
        plan = queries.open_plan(case) or queries.plan_in_force(case)
    else:
        plan = queries.numbered_plan(case, number)
    context = about(case, seen_by=request.user) | {
        "back": reverse("case", args=[case_id]),
        "plan": plan,
        "care_too": reads_care(case, seen_by=request.user),
        "can_work": can_work_on(request.user, case) and lives(case.person),
        "in_place": case.stage == Stage.ACTIVE,
        "takes_prices": request.user.can(Capability.START_BUDGETS),
        "can_start": case.stage == Stage.PLANNING and queries.open_plan(case) is None,
        "past": list(queries.past_plans(case)),
    }
    if number is not None and plan is None:
        raise Http404("There is no plan with this number.")
    if plan is None:
        return render(request, "planning/none.jinja", context)
    plan.case = case
    signed_by = plan.final_budget.decided_by if plan.final_budget else None
    shown = whole(plan, today)
    if not context["care_too"]:
        shown["rows"] = [row | {"aim": ""} for row in shown["rows"]]
    context |= shown | {
        "flags": alike_in_both_halves(plan, signed_by) if request.user.can(Capability.SIGN_OFF) else [],
        "may_answer": request.user.can(Capability.SIGN_OFF) and lives(case.person),
        "change_of_mind": in_short(queries.last_change_of_mind(case)),
        "may_change_mind": may_change_mind(shown["found"], plan)
        and can_take_part(request.user, case, today)
        and lives(case.person),
        "can_write": can_take_part(request.user, case, today) and lives(case.person),
        "missing": queries.what_is_missing(
            plan, today, needs=shown["needs"], found=shown["found"], lines=shown["lines"]
        )
        if context["can_work"]
        else [],
        "direct_payment": standing(case, DecisionKind.DIRECT_PAYMENT),
        "in_force": queries.plan_in_force(case) if plan.state in queries.OPEN else None,
        "kinds": LineKind,
    }
    return render(request, "planning/overview.jinja", context)


@require_POST
def start(request: SignedIn, case_id):
    """Begin a plan, and go on to what matters; one that is written from another is looked over first."""
    case = get_case(case_id, seen_by=request.user, page="Support plan")
    done = press(lambda **by_on: actions.start_plan(case=case, **by_on), request)
    return redirect("planning:about" if done and not done.result.about_me else "planning:overview", case_id)


def write_about(request: SignedIn, case_id):
    """What matters to the person."""
    case, plan = open_plan_of(request, case_id, "Plan: what matters")
    yours = not can_work_on(request.user, case)
    names = actions.PERSON_WRITES if yours else actions.WORKER_WRITES
    initial = {name: getattr(plan, name) for name in names}
    if request.method == "GET" and not plan.about_me:
        initial["about_me"] = what_matters(case)  # as they said it in the assessment, to go on from
    kind = forms.AboutForm if yours else forms.WorkersAboutForm
    name = "" if is_the_person(request.user, case) else str(case.person)
    form = kind(request.POST or None, initial=initial | {"version": plan.version}, name=name)
    if act(
        form,
        lambda **by_on: actions.save_about(
            plan=plan,
            version=form.cleaned_data["version"],
            details=form.details,
            **by_on,
        ),
        request,
    ):
        return go_on(request, plan)
    return page(request, case, form, "What matters")


def aim(request: SignedIn, case_id, aim_id=None):
    """Add an aim, or change one."""
    case, plan = open_plan_of(request, case_id, "Plan: an aim")
    found = get_object_or_404(plan.aims, pk=aim_id) if aim_id else None
    stored = {name: getattr(found, name) for name in ("words", "how_we_know", "outcomes")} if found else {}
    form = forms.AimForm(request.POST or None, initial={"version": plan.version} | stored, case=case)

    def save(**by_on):
        if found is None:  # adding overwrites nothing, so two people may add at the same time
            return actions.add_aim(plan=plan, version=plan.version, **form.details, **by_on)
        found.plan = plan
        return actions.change_aim(aim=found, version=form.cleaned_data["version"], **form.details, **by_on)

    if act(form, save, request):
        return go_on(request, plan)
    remove = reverse("planning:remove_aim", args=[case_id, aim_id]) if found else None
    title = "Change an aim" if found else "Add an aim"
    return page(request, case, form, title, remove=remove)


def remove_aim(request: SignedIn, case_id, aim_id):
    """Take an aim out, after asking."""
    case, plan = open_plan_of(request, case_id, "Plan: an aim")
    found = get_object_or_404(plan.aims, pk=aim_id)
    found.plan = plan
    form = WholeForm(request.POST or None, initial={"version": plan.version})
    if act(form, lambda **by_on: actions.remove_aim(aim=found, version=form.cleaned_data["version"], **by_on), request):
        return redirect("planning:overview", case_id)
    return page(request, case, form, "Take this aim out?", quote=found.words, button="Take it out", danger=True)


def need(request: SignedIn, case_id, outcome):
    """How one need is met that nothing in the plan pays for, or why it is not."""
    case, plan = open_plan_of(request, case_id, "Plan: a need")
    found = next((one for one in needs_of(plan) if one.outcome.code == outcome), None)
    if found is None:
        raise Http404("The assessment did not find this to be a need.")
    answer = found.met.answer
    stored = {"words": found.note.help_now}
    if answer:
        stored = {name: getattr(answer, name) for name in ("met_by", "who", "asked_on", "words")}
    form = forms.NeedForm(request.POST or None, initial={"version": plan.version} | stored)
    if act(
        form,
        lambda **by_on: actions.answer_need(
            plan=plan, outcome=outcome, version=form.cleaned_data["version"], **form.details, **by_on
        ),
        request,
    ):
        return go_on(request, plan)
    intro = [
        "Where something that the budget pays for meets this need, say so at its aim instead: tick this part of life "
        "there. Say here who meets it unpaid, if they were asked and are willing and able, or why this plan does not."
    ]
    if found.note.help_now:
        intro.append(f"Help there is now, as the assessment noted it: {found.note.help_now}")
    return page(request, case, form, found.outcome.label, intro=intro, quote=found.note.person_words)


def find(request: SignedIn, case_id):
    """Look in the directory for something the budget could pay for, or describe one's own idea."""
    case, _ = open_plan_of(request, case_id, "Plan: find support")
    form = forms.FindForm(request.GET or None)
    found, searched = [], False
    if form.is_valid():
        searched = bool(form.cleaned_data["words"].strip() or form.cleaned_data["place"].strip())
        read = attempt(form, lambda: choices_for_plan(form.cleaned_data["words"], place=form.cleaned_data["place"]))
        found = read.result if read else []
    prices = rates_on(found, timezone.localdate())
    context = about(case, seen_by=request.user) | {
        "form": form,
        "searched": searched,
        "kinds": LineKind,
        "bought": queries.bought_by_the_table(queries.indicative(case)),
        "found": found,
        "prices": {service_id: [price_and_kind(rate) for rate in rates] for service_id, rates in prices.items()},
        "back": reverse("planning:overview", args=[case_id]),
    }
    return render(request, "planning/find.jinja", context)


def add_line(request: SignedIn, case_id):
    """Add something the budget pays for; from the directory where the address names a service."""
    case, plan = open_plan_of(request, case_id, "Plan: what the budget pays for")
    service = named_service(request.GET.get("service", ""))
    initial: dict[str, int | str] = {"version": plan.version, "nhs_percent": 0}
    rates = prices_today(service)
    if service:
        initial |= {"what": service.name}
    if rates:
        initial |= {"unit_cost_pence": rates[0].pence, "unit": rates[0].unit}
    if len(aims := list(plan.aims.all())) == 1:
        initial |= {"aim": str(aims[0].pk)}
    kind = chosen_kind(request, service)
    if kind is None:
        return choose_kind(request, case, "Add what the budget pays for", service)
    form = LineForm(request.POST or None, initial=initial, plan=plan, kind=kind, service=service)
    if act(
        form,
        lambda **by_on: actions.add_line(
            plan=plan,
            version=plan.version,
            details=form.details | {"service": service},
            **by_on,
        ),
        request,
    ):
        return redirect("planning:overview", case_id)
    prices = [price_and_kind(rate) for rate in rates]
    return page(
        request,
        case,
        form,
        "Add what the budget pays for",
        button="Save",
        service=service,
        prices=prices,
        kind=kind.label,
        kind_again=kind_again(request, service),
    )


def chosen_kind(request: SignedIn, service: Service | None, line: PlanLine | None = None) -> LineKind | None:
    """What kind of thing a line is: as the address says, or as it is; None where that is to be asked first."""
    kinds, said = kinds_for(service), request.GET.get("kind", "")
    if said in kinds:
        return LineKind(said)
    if "asked" in request.GET:
        return None
    if line is not None:
        return kind_of(line)
    return kinds[0] if len(kinds) == 1 else None


def choose_kind(request: SignedIn, case: Case, title: str, service: Service | None) -> HttpResponse:
    """Ask what kind of thing a line is, before anything is asked that only some kinds need."""
    form = LineKindForm(request.GET if request.GET.get("asked") == "yes" else None, kinds=kinds_for(service))
    return page(request, case, form, title, service=service, method="get", button="Continue")


def kind_again(request: SignedIn, service: Service | None) -> str:
    """The address at which another kind is chosen; empty where a service is of one kind only."""
    if len(kinds_for(service)) == 1:
        return ""
    return f"{request.path}?{urlencode(({'service': service.pk} if service else {}) | {'asked': 'again'})}"


def prices_today(service: Service | None) -> list[Rate]:
    """What a service costs today, the listed price first."""
    return rates_on([service], timezone.localdate())[service.pk] if service else []


def price_and_kind(rate: Rate) -> str:
    """A price as those who plan read it: “£17.20 an hour (under a framework)”."""
    return f"{price_in_words(rate)} ({kind_in_words(rate)})"


def named_service(service_id: str) -> Service | None:
    """The service of the directory that an address names; 404 where there is none such."""
    if not service_id:
        return None
    try:
        return get_service(service_id)
    except (Service.DoesNotExist, ValidationError):
        raise Http404("There is no such service in the directory.") from None


def line(request: SignedIn, case_id, line_id):
    """Change something the budget pays for."""
    case, plan = open_plan_of(request, case_id, "Plan: what the budget pays for")
    found = get_object_or_404(plan.lines.select_related("service__provider", "aim"), pk=line_id)
    found.plan = plan
    initial = line_initial(found) | {"version": plan.version}
    kind = chosen_kind(request, found.service, found)
    if kind is None:
        return choose_kind(request, case, "Change what the budget pays for", found.service)
    form = LineForm(request.POST or None, initial=initial, plan=plan, kind=kind, service=found.service)
    if act(
        form,
        lambda **by_on: actions.change_line(
            line=found,
            version=form.cleaned_data["version"],
            details=form.details,
            **by_on,
        ),
        request,
    ):
        return redirect("planning:overview", case_id)
    remove = reverse("planning:remove_line", args=[case_id, line_id])
    return page(
        request,
        case,
        form,
        "Change what the budget pays for",
        button="Save",
        service=found.service,
        prices=[price_and_kind(rate) for rate in prices_today(found.service)],
        remove=remove,
        kind=kind.label,
        kind_again=kind_again(request, found.service),
    )


@require_POST
def take_price(request: SignedIn, case_id, line_id, rate_id):
    """Put the price that took the place of the one a line was written with: the one that stood on the page."""
    case, plan = open_plan_of(request, case_id, "Plan: what the budget pays for")
    found = get_object_or_404(plan.lines.select_related("service", "rate"), pk=line_id)
    found.plan = plan
    rate = get_object_or_404(Rate, pk=rate_id, service=found.service_id)
    if press(lambda **by_on: actions.take_new_price(line=found, version=plan.version, rate=rate, **by_on), request):
        messages.success(request, f"{found.what}: the plan has the new price.")
    return redirect("planning:overview", case.pk)


def remove_line(request: SignedIn, case_id, line_id):
    """Take a line out, after asking."""
    case, plan = open_plan_of(request, case_id, "Plan: what the budget pays for")
    found = get_object_or_404(plan.lines, pk=line_id)
    found.plan = plan
    form = WholeForm(request.POST or None, initial={"version": plan.version})
    if act(
        form, lambda **by_on: actions.remove_line(line=found, version=form.cleaned_data["version"], **by_on), request
    ):
        return redirect("planning:overview", case_id)
    return page(request, case, form, "Take this out of the plan?", quote=found.what, button="Take it out", danger=True)


def start_date(request: SignedIn, case_id):
    """When support starts."""
    case, plan = open_plan_of(request, case_id, "Plan: when support starts")
    initial = {"version": plan.version, "starts_on": plan.starts_on, "no_lines_reason": plan.no_lines_reason}
    form = forms.StartForm(request.POST or None, initial=initial)
    if plan.lines.exists():
        del form.fields["no_lines_reason"]
    if act(
        form,
        lambda **by_on: actions.set_start(
            plan=plan,
            version=form.cleaned_data["version"],
            **form.details,
            **by_on,
        ),
        request,
    ):
        return go_on(request, plan)
    return page(request, case, form, "When support starts")
