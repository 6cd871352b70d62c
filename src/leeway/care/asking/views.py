"""Reading and answering what was asked from outside: a request becomes a case, joins one, or is answered in words."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from leeway.access.access import SignedIn
from leeway.access.looks import record_looks
from leeway.acting import act
from leeway.care.asking import actions, queries
from leeway.care.asking.forms import AnsweredForm, ReferenceForm
from leeway.care.asking.models import Asking, ForWhom, Urgent
from leeway.care.people import forms as people_forms
from leeway.care.people import views as people
from leeway.care.people.models import CaseKind, RequestRoute
from leeway.care.people.queries import find_people, get_case, person_asking

FOUND_MAX = 20


def waiting(request: SignedIn) -> HttpResponse:
    """Every request that nobody has answered yet; any one by its reference, which stays out of every address."""
    form = ReferenceForm(request.POST or None)
    if form.is_valid():
        asking = queries.with_reference(form.cleaned_data["reference"], seen_by=request.user)
        if asking is not None:
            return redirect("asking:show", asking.pk)
        form.add_error("reference", "No request has this reference. Have it read out again, letter by letter.")
    page = {"askings": list(queries.waiting(seen_by=request.user)), "form": form, "today": timezone.localdate()}
    return render(request, "asking/waiting.jinja", page)


def show(request: SignedIn, asking_id: UUID) -> HttpResponse:
    """One request as it came, and who on record may be meant: by the search that there is, or by other words."""
    asking = queries.get_asking(asking_id, seen_by=request.user)
    form = people_forms.SearchForm(request.POST or None)
    found = find_people(form.cleaned_data["words"]) if form.is_valid() else queries.who_it_may_be(asking)
    people_found = [] if queries.answer_to(asking) else list(found[: FOUND_MAX + 1])
    shown = people_found[:FOUND_MAX]
    record_looks(viewer=request.user, person_ids=people.shown_of(shown), page="Found for a request")
    page = {
        "asking": asking,
        "answer": queries.answer_to(asking),
        "own_view": queries.own_view(asking),
        "form": form,
        "found": [(person, people.open_first(person)) for person in shown],
        "more": len(people_found) > FOUND_MAX,
        "back": reverse("asking:waiting"),
        "today": timezone.localdate(),
    }
    return render(request, "asking/show.jinja", page)


def add(request: SignedIn, asking_id: UUID) -> HttpResponse:
    """Put whoever needs the help on record, and go on to take the request up."""
    asking = queries.get_asking(asking_id, seen_by=request.user, page="Request for help: a new person")
    form = people_forms.AddPersonForm(request.POST or None, initial=_details_of(asking))
    return people.adding(
        request,
        form,
        back=reverse("asking:show", args=[asking.pk]),
        request_page=lambda person: reverse("asking:take_up", args=[asking.pk, person.pk]),
        template="asking/add.jinja",
        asking=asking,
    )


def _details_of(asking: Asking) -> dict:
    """What a worker need not type again, as it was typed: to be looked at, and put in order by them."""
    first, _, last = asking.name.rpartition(" ")
    own = {"phone": asking.phone, "email": asking.email} if asking.by_the_person else {}
    return own | {"given_name": first, "family_name": last, "address": asking.lives_at}


def take_up(request: SignedIn, asking_id: UUID, person_id: UUID) -> HttpResponse:
    """Open the case that a request begins, for the person whom the worker chose."""
    asking = queries.get_asking(asking_id, seen_by=request.user, page="Request for help: taken up")
    return people.taking_down(
        request,
        person_asking(person_id, seen_by=request.user),
        initial=_request_of(asking),
        opens=partial(actions.take_up, asking=asking),
        back=reverse("asking:show", args=[asking.pk]),
        template="asking/take_up.jinja",
        asking=asking,
    )


def _request_of(asking: Asking) -> dict:
    """What the request says already. Another's words are not put into the mouth of the person, who reads the case."""
    carer = asking.for_whom == ForWhom.CARER
    return {
        "request_words": asking.words if asking.by_the_person else "",
        "kind": CaseKind.CARER if carer else CaseKind.ADULT,
        "cared_for_name": asking.cared_for,
        "request_route": RequestRoute.HOSPITAL if Urgent.HOSPITAL in asking.urgent else RequestRoute.COMMUNITY,
    }


def add_to_case(request: SignedIn, asking_id: UUID, case_id: UUID) -> HttpResponse:
    """Put a request to a case that is open already."""
    asking = queries.get_asking(asking_id, seen_by=request.user, page="Request for help: put to a case")
    case = get_case(case_id, seen_by=request.user, page="Putting a request to the case", of_the_living=True)
    form = Form(request.POST)
    if act(form, lambda **by_on: actions.add_to_case(asking=asking, case=case, **by_on), request):
        messages.success(request, f"Request {asking} is with this case, and its worker is asked to read it.")
        return redirect("case", case_id=case.pk)
    page = {"asking": asking, "case": case, "form": form, "back": reverse("asking:show", args=[asking.pk])}
    return render(request, "asking/add_to_case.jinja", page)


def answer(request: SignedIn, asking_id: UUID) -> HttpResponse:
    """Say what was done about a request that begins no case."""
    asking = queries.get_asking(asking_id, seen_by=request.user, page="Request for help: answered")
    form = AnsweredForm(request.POST or None)
    if act(form, lambda **by_on: actions.answer_without_case(asking=asking, **form.cleaned_data, **by_on), request):
        messages.success(request, f"Request {asking} is answered. It is kept as it came.")
        return redirect("asking:waiting")
    page = {"asking": asking, "form": form, "back": reverse("asking:show", args=[asking.pk])}
    return render(request, "asking/answer.jinja", page)
