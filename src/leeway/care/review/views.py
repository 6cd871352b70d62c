"""The pages of reviews: when the next is due, asking for one, holding it, and what follows."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from leeway.access.access import SignedIn
from leeway.access.looks import record_looks
from leeway.acting import act
from leeway.care.people.access import can_take_part
from leeway.care.people.queries import about, get_case
from leeway.care.people.states import Stage
from leeway.care.planning.queries import pays_directly, plan_in_force
from leeway.care.review import actions, forms, queries
from leeway.forms import carry_version


def page_of(case, request) -> dict:
    """What every page of a review knows, with the way back to the reviews."""
    return about(case, seen_by=request.user) | {"back": reverse("review:show", args=[case.pk])}


def show(request: SignedIn, case_id):
    """When the next review is due, how the one under way stands, and what earlier ones found."""
    case = get_case(case_id, seen_by=request.user, page="Reviews", of_care=True)
    today = timezone.localdate()
    ahead = queries.next_review(case)
    context = page_of(case, request) | {
        "back": reverse("case", args=[case_id]),
        "ahead": ahead,
        "under_way": ahead is not None and ahead.opened_on is not None,
        "overdue": ahead is not None and ahead.due_on < today,
        "died_on": case.person.date_of_death,
        "active": case.stage == Stage.ACTIVE,
        "may_ask": case.stage == Stage.ACTIVE and can_take_part(request.user, case, today),
        "pays_directly": pays_directly(case),
        "past": list(queries.past_reviews(case)),
    }
    return render(request, "review/show.jinja", context)


def ask(request: SignedIn, case_id):
    """Ask for a review."""
    case = get_case(case_id, seen_by=request.user, page="Ask for a review", of_the_living=True, of_care=True)
    form = forms.AskForm(request.POST or None)
    if act(form, lambda **by_on: actions.ask_for_review(case=case, words=form.cleaned_data["words"], **by_on), request):
        return redirect("review:show", case_id)
    return render(request, "review/ask.jinja", page_of(case, request) | {"form": form})


def concern(request: SignedIn, case_id):
    """Record a concern about the direct payment."""
    case = get_case(
        case_id, seen_by=request.user, page="A concern about the direct payment", of_the_living=True, of_care=True
    )
    form = forms.ConcernForm(request.POST or None)
    if act(form, lambda **by_on: actions.raise_concern(case=case, **form.cleaned_data, **by_on), request):
        return redirect("review:show", case_id)
    return render(request, "review/concern.jinja", page_of(case, request) | {"form": form})


def start(request: SignedIn, case_id):
    """Start a review now."""
    case = get_case(case_id, seen_by=request.user, page="Start a review", of_the_living=True, of_care=True)
    ahead = queries.next_review(case)
    stands = {"reason": ahead.reason if ahead else None, "version": queries.version_of_next(case)}
    form = forms.OpenForm(request.POST or None, initial=stands)
    if act(form, lambda **by_on: actions.open_review(case=case, **form.cleaned_data, **by_on), request):
        return redirect("review:write", case_id)
    return render(request, "review/start.jinja", page_of(case, request) | {"form": form, "ahead": ahead})


def under_way(case):
    """The review that is being held; 404 where there is none."""
    review = queries.next_review(case)
    if review is None or review.opened_on is None:
        raise Http404("No review is under way.")
    review.case = case
    return review


def write(request: SignedIn, case_id):
    """What was said and found."""
    case = get_case(case_id, seen_by=request.user, page="Review", of_the_living=True, of_care=True)
    review = under_way(case)
    names = ("version", "person_words", "not_said", "seen_instead", "assessor_words", "what_changed", "achieved")
    initial = {name: getattr(review, name) for name in names}
    form = forms.WriteForm(request.POST or None, initial=initial, aims=queries.aims_judged(review))
    if act(
        form,
        lambda **by_on: actions.save_review(
            review=review,
            version=form.cleaned_data["version"],
            details=form.words,
            aims=form.judged,
            **by_on,
        ),
        request,
    ):
        return redirect("review:show" if "later" in request.POST else "review:complete", case_id)
    context = page_of(case, request) | {"form": form, "review": review, "plan": plan_in_force(case)}
    return render(request, "review/write.jinja", context)


def complete(request: SignedIn, case_id):
    """Check what was written, and say what follows."""
    case = get_case(case_id, seen_by=request.user, page="Review: what follows", of_the_living=True, of_care=True)
    review, today = under_way(case), timezone.localdate()
    form = forms.CompleteForm(request.POST or None, initial={"version": review.version, "held_on": today})
    if act(form, lambda **by_on: actions.complete_review(review=review, **form.cleaned_data, **by_on), request):
        return redirect("case", case_id)
    carry_version(form, review.version)
    context = page_of(case, request) | {"form": form, "review": review, "aims": queries.aims_judged(review)}
    return render(request, "review/complete.jinja", context)


def due(request: SignedIn):
    """Reviews that are due, of one's own cases or of one's team."""
    today = timezone.localdate()
    asked = request.GET.get("sort", "")
    sort = asked if asked in queries.SORTED else "due"
    reviews = list(queries.reviews_due(request.user, today + queries.COMING).order_by(*queries.SORTED[sort]))
    named = [review.case.person_id for review in reviews]
    record_looks(viewer=request.user, person_ids=named, page="Reviews due")
    return render(request, "review/due.jinja", {"reviews": reviews, "sort": sort, "today": today})
