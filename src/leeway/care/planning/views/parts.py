"""What the pages of planning share: whose plan it is, who reads it, and the parts that templates show."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from leeway.access.access import SignedIn
from leeway.access.roles import Capability
from leeway.care.people.access import can_work_on, is_the_person
from leeway.care.people.models import CapacityQuestion, Case, Relationship
from leeway.care.people.queries import about, get_case
from leeway.care.planning import queries
from leeway.care.planning.access import lacks_capacity
from leeway.care.planning.costs import in_words, nhs_pence, once_pence, totals, weekly_pence
from leeway.care.planning.enough import enough_to_employ
from leeway.care.planning.evidence import needs_of
from leeway.care.planning.forms import PERSON
from leeway.care.planning.line_changes import as_changed, changes_of_lines, ended_since
from leeway.care.planning.models import LineChange, Plan, PlanLine, PlanState, Way
from leeway.care.planning.uses import council_in_words, family_in_words
from leeway.market.contracts.presenters import change_in_words, kind_in_words


def open_plan_of(request: SignedIn, case_id: UUID, page: str) -> tuple[Case, Plan]:
    """The case and the plan being written for it; 404 where there is none."""
    case = get_case(case_id, seen_by=request.user, page=page, of_the_living=True)
    plan = queries.open_plan(case)
    if plan is None:
        raise Http404("No plan is being written for this case.")
    plan.case = case
    return case, plan


def own_relationship(request: SignedIn, case: Case) -> Relationship | None:
    """The relationship by which someone who signed in supports the person; None for the person and for staff."""
    if not request.user.can(Capability.TAKE_PART) or is_the_person(request.user, case):
        return None
    return case.person.relationships.filter(user=request.user.pk).order_by("-starts_on").first()


def rows(lines: list[PlanLine], on: date, changes: Sequence[LineChange] = ()) -> list[dict]:
    """The lines of a plan, as its tables show them, and what became of the prices that their budget is at.

    Whether a line is free by law is said of the day on which support starts, or of today once it has.
    """
    changed = queries.price_changes(as_changed(lines, changes), on)
    begins = max((line.plan.starts_on or on for line in lines), default=on)
    free = queries.free_by_law(lines, max(begins, on))
    ended = ended_since([line for line in lines if line.plan.state in queries.OPEN])
    return [
        {
            "id": line.pk,
            "what": line.what,
            "who": f"{line.service.name}, {line.service.provider.name}" if line.service else line.supplier,
            "in_words": in_words(line),
            "price": f"{kind_in_words(line.rate)}, from {line.rate.starts_on:%-d %B %Y}" if line.rate else "",
            "change": change_in_words(changed[line.pk]) if line.pk in changed else "",
            "new_rate": queries.price_to_take(line, changed[line.pk], on) if line.pk in changed else None,
            "has_new_price": line.pk in changed and changed[line.pk].now is not None,
            "pence": weekly_pence(line),
            "once_pence": once_pence(line),
            "nhs_percent": line.nhs_percent,
            "nhs_pence": nhs_pence(line),
            "free": free.get(line.pk),
            "answered": bool(line.exemption),
            "ended": ended.get(line.pk),
            "way": Way(line.way).short if line.way else "",
            "aim": line.aim.words if line.aim else "",
            "family": family_in_words(line),
            "council": council_in_words(line),
        }
        for line in lines
    ]


def whole(plan: Plan, on: date) -> dict:
    """A plan with all that stands in it, and its running total against the indicative budget."""
    lines = queries.plan_lines(plan)
    costed, found = totals(lines), queries.offers_and_choice(plan, lines)
    changes = changes_of_lines(plan)
    guide = queries.indicative(plan.case)
    guide_pence = queries.indicative_pence(guide)
    return {
        "plan": plan,
        "is_draft": plan.state == PlanState.DRAFT,
        "with_manager": plan.state == PlanState.SUBMITTED,
        "to_agree": plan.state == PlanState.SIGNED_OFF,
        "aims": list(plan.aims.all()),
        "lines": lines,
        "needs": needs_of(plan, lines, found=found),
        "rows": rows(lines, on, changes),
        "costed": costed,
        "enough": enough_to_employ(as_changed(lines, changes), on),
        "guide": guide,
        "guide_pence": guide_pence,
        "costed_instead": queries.is_costed_instead(guide),
        "over_pence": costed["pence_per_week"] - guide_pence if guide_pence is not None else 0,
        "found": found,
        "charges": queries.charges_of(plan),
        "line_changes": changes,
        "changes_by_line": {line.pk: [each for each in changes if each.line_id == line.pk] for line in lines},
        "sent_back": list(plan.sent_back.all()),
    }


def decider_known(case: Case) -> dict[str, str]:
    """Who decides, as far as the record says: the person, whose capacity is presumed, unless it was found to lack."""
    lacking = [lacks_capacity(case, each) for each in (CapacityQuestion.CARE, CapacityQuestion.DIRECT_PAYMENT)]
    return {} if any(lacking) else {"decided_by": PERSON}


def go_on(request: SignedIn, plan: Plan) -> HttpResponse:
    """Where a page leads once it is saved: a worker to the next thing that the plan lacks, or to its check."""
    overview = reverse("planning:overview", args=[plan.case_id])
    if "later" in request.POST or not can_work_on(request.user, plan.case):
        return redirect(overview)
    missing = queries.what_is_missing(plan, timezone.localdate())
    lacking = [reverse(one.page, args=[plan.case_id, *one.arguments]) for one in missing]
    ahead = lacking[0] if lacking else reverse("planning:submit", args=[plan.case_id])
    return redirect(overview if ahead == request.path else ahead)


def page(request: SignedIn, case: Case, form, title: str, **context) -> HttpResponse:
    """A page with one form; goes back to the plan."""
    shared = {"form": form, "title": title, "back": reverse("planning:overview", args=[case.pk])}
    if "button" not in context and can_work_on(request.user, case):
        shared |= {"button": "Save and continue", "later": "later", "later_text": "Save and go to the plan"}
    return render(request, "planning/page.jinja", about(case, seen_by=request.user) | shared | context)
