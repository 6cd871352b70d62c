"""Pages about people, those around them, and who has the case."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from leeway.access import looks as access_looks
from leeway.access.models import Role
from leeway.access.table import CASEWORK
from leeway.care.people import actions, forms, queries
from leeway.care.people.access import can_work_on
from leeway.care.people.drafts import save_draft
from leeway.care.people.models import Case, CaseKind
from leeway.care.people.states import Stage
from leeway.forms import attempt
from leeway.refusal import Refusal

SEARCH_WORDS = "people_search"
FOUND_MAX = 50


def search(request):
    """Find someone by name, NHS number or postcode. The words stay in the session, out of every address."""
    form = forms.SearchForm(request.POST or None, initial={"words": request.session.get(SEARCH_WORDS, "")})
    if form.is_valid():
        request.session[SEARCH_WORDS] = form.cleaned_data["words"]
        return redirect("people:search")
    words = "" if form.is_bound else request.session.get(SEARCH_WORDS, "")
    found = list(queries.find_people(words)[: FOUND_MAX + 1])
    page = {
        "form": form,
        "words": words,
        "found": [(person, open_cases(person)) for person in found[:FOUND_MAX]],
        "more": len(found) > FOUND_MAX,
        "can_add": request.user.role in CASEWORK,
    }
    return render(request, "people/search.jinja", page)


def open_cases(person) -> list[Case]:
    """The cases under way, of a person found with their cases."""
    return [case for case in person.cases.all() if case.stage != Stage.CLOSED]


def add(request):
    """Put someone new on record, unless they are there already."""
    form = forms.AddPersonForm(request.POST or None)
    alike = []
    if form.is_valid():
        details = dict(form.cleaned_data)
        somebody_else = details.pop("somebody_else")
        names = {name: details[name] for name in ("given_name", "family_name", "date_of_birth")}
        alike = queries.people_alike(**names)
        if alike and not somebody_else:
            form.add_error("somebody_else", "Someone with this name and date of birth is on record. Look first.")
        else:
            person = attempt(
                form, lambda: actions.add_person(details=details, by=request.user, on=timezone.localdate())
            )
            if person is not None:
                return redirect("people:request", person_id=person.pk)
    found = [(person, open_cases(person)) for person in alike]
    return render(request, "people/add.jinja", {"form": form, "alike": found, "back": reverse("people:search")})


def request_help(request, person_id):
    """Take down a request for help, and open the case it begins."""
    person = queries.get_name(person_id)
    form = forms.RequestForm(request.POST or None, asks_to_take_on=request.user.role == Role.ASSESSOR)
    if form.is_valid():
        case = attempt(form, lambda: open_and_take_on(person, form.cleaned_data, request.user, timezone.localdate()))
        if case is not None:
            messages.success(request, f"The request is recorded. It waits with {case.worker or case.team}.")
            return redirect("case", case_id=case.pk)
    return render(request, "people/request.jinja", {"form": form, "person": person, "back": reverse("people:search")})


def open_and_take_on(person, answers: dict, by, on) -> Case:
    """Open the case, and give it to the assessor who said they would take it on."""
    wanted = ("request_words", "kind", "request_route", "support_reason")
    details = {name: answers[name] for name in wanted} | {"team": by.team}
    if answers["kind"] == CaseKind.CARER:
        details["cared_for"] = answers["cared_for"]
    case = actions.open_case(person=person, details=details, by=by, on=on)
    if answers.get("take_on"):
        actions.give_case(case=case, worker=by, by=by, on=on)
    return case


def details(request, case_id):
    """Correct a person's details."""
    case = queries.get_case(case_id, seen_by=request.user, page="Details")
    person = case.person
    stored = {name: getattr(person, name) for name in forms.ChangePersonForm.base_fields}
    form = forms.ChangePersonForm(request.POST or None, initial=stored)
    if save_draft(
        form,
        lambda: actions.change_person(
            person=person,
            details=form.details,
            version=form.cleaned_data["version"],
            by=request.user,
            on=timezone.localdate(),
        ),
    ):
        messages.success(request, "The details are saved.")
        return redirect("case", case_id=case.pk)
    return render_for_case(request, "people/details.jinja", case, form, "case")


def relationships(request, case_id):
    """Who is in the person's life, what each may do, and who may see the record."""
    case = queries.get_case(case_id, seen_by=request.user, page="People around them")
    today = timezone.localdate()
    page = {
        "case": case,
        "around": queries.people_around(case.person, today),
        "ended": case.person.relationships.filter(ends_on__lt=today).order_by("-ends_on"),
        "may_change": can_work_on(request.user, case),
        "back": reverse("case", kwargs={"case_id": case.pk}),
    }
    return render(request, "people/relationships.jinja", page)


def add_relationship(request, case_id):
    """Record someone in the person's life and what they may do."""
    case = queries.get_case(case_id, seen_by=request.user, page="People around them")
    form = forms.RelationshipForm(request.POST or None)
    if form.is_valid():
        done = attempt(
            form,
            lambda: actions.add_relationship(
                case=case, details=form.cleaned_data, by=request.user, on=timezone.localdate()
            ),
        )
        if done is not None:
            return redirect("people:relationships", case_id=case.pk)
    return render_for_case(request, "people/add_relationship.jinja", case, form, "people:relationships")


def end_relationship(request, case_id, relationship_id):
    """End what someone does for the person."""
    case, relationship = find_relationship(request, case_id, relationship_id)
    form = forms.EndForm(request.POST or None)
    if form.is_valid():
        ends_on = form.cleaned_data["ends_on"]
        attempt(
            form,
            lambda: actions.end_relationship(
                case=case, relationship=relationship, ends_on=ends_on, by=request.user, on=timezone.localdate()
            ),
        )
        if not form.errors:
            return redirect("people:relationships", case_id=case.pk)
    return render_for_case(
        request, "people/end_relationship.jinja", case, form, "people:relationships", relationship=relationship
    )


def invite(request, case_id, relationship_id):
    """Give someone leave to see the record, and invite them."""
    case, relationship = find_relationship(request, case_id, relationship_id)
    form = forms.InviteForm(request.POST or None, initial={"email": relationship.email})
    if form.is_valid():
        done = attempt(
            form,
            lambda: actions.give_leave(
                case=case,
                relationship=relationship,
                **form.cleaned_data,
                site_address=request.build_absolute_uri("/"),
                by=request.user,
                on=timezone.localdate(),
            ),
        )
        if done is not None:
            messages.success(request, f"{relationship.name} may now see the record. They sign in as {done.email}.")
            return redirect("people:relationships", case_id=case.pk)
    return render_for_case(
        request, "people/invite.jinja", case, form, "people:relationships", relationship=relationship
    )


def end_leave(request, case_id, relationship_id):
    """Take back the leave to see the record."""
    case, relationship = find_relationship(request, case_id, relationship_id)
    form = forms.ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        attempt(
            form,
            lambda: actions.end_leave(case=case, relationship=relationship, by=request.user, on=timezone.localdate()),
        )
        if not form.errors:
            messages.success(request, f"{relationship.name} may no longer see the record.")
            return redirect("people:relationships", case_id=case.pk)
    return render_for_case(
        request, "people/end_leave.jinja", case, form, "people:relationships", relationship=relationship
    )


def invite_person(request, case_id):
    """Invite the person to see their own record."""
    case = queries.get_case(case_id, seen_by=request.user, page="Inviting them to sign in")
    form = forms.InvitePersonForm(request.POST or None, initial={"email": case.person.email})
    if form.is_valid():
        done = attempt(
            form,
            lambda: actions.invite_person(
                case=case,
                email=form.cleaned_data["email"],
                site_address=request.build_absolute_uri("/"),
                by=request.user,
                on=timezone.localdate(),
            ),
        )
        if done is not None:
            messages.success(request, f"{case.person} can now sign in as {form.cleaned_data['email']}.")
            return redirect("case", case_id=case.pk)
    return render_for_case(request, "people/invite_person.jinja", case, form, "case")


def find_relationship(request, case_id, relationship_id):
    """The case, with the look noted, and one of the people around that person."""
    case = queries.get_case(case_id, seen_by=request.user, page="People around them")
    relationship = case.person.relationships.filter(pk=relationship_id).first()
    if relationship is None:
        raise Http404("There is no such person on this record.")
    return case, relationship


def capacity(request, case_id):
    """The capacity decisions so far, and a new one."""
    case = queries.get_case(case_id, seen_by=request.user, page="Capacity decisions")
    form = forms.CapacityForm(request.POST or None)
    if form.is_valid():
        done = attempt(
            form,
            lambda: actions.decide_capacity(
                case=case, details=form.cleaned_data, by=request.user, on=timezone.localdate()
            ),
        )
        if done is not None:
            messages.success(request, "The capacity decision is recorded.")
            return redirect("people:capacity", case_id=case.pk)
    decided = queries.capacity_decisions(case.person)
    may_change = can_work_on(request.user, case)
    return render_for_case(request, "people/capacity.jinja", case, form, "case", decided=decided, may_change=may_change)


def give(request, case_id):
    """Give the case to a worker of its team, or take on one that is free."""
    case = queries.get_case(case_id, seen_by=request.user, page="Who has the case")
    workers = queries.workers_of(case.team)
    if request.user.role == Role.ASSESSOR:
        workers = workers.filter(pk=request.user.pk)
    form = forms.GiveForm(request.POST or None, workers=workers)
    if form.is_valid():
        worker = form.cleaned_data["worker"]
        done = attempt(
            form, lambda: actions.give_case(case=case, worker=worker, by=request.user, on=timezone.localdate())
        )
        if done is not None:
            messages.success(request, f"{worker.name} has the case.")
            return redirect("case", case_id=case.pk)
    return render_for_case(request, "people/give.jinja", case, form, "case")


def close(request, case_id):
    """End a case before support starts."""
    case = queries.get_case(case_id, seen_by=request.user, page="Closing the case")
    form = forms.CloseForm(request.POST or None)
    if form.is_valid():
        reason_given = form.cleaned_data["reason"]
        done = attempt(
            form, lambda: actions.close_case(case=case, reason=reason_given, by=request.user, on=timezone.localdate())
        )
        if done is not None:
            messages.success(request, "The case is closed.")
            return redirect("case", case_id=case.pk)
    return render_for_case(request, "people/close.jinja", case, form, "case")


@require_POST
def finish_task(request, task_id):
    """Say that a task is done; back to one's work."""
    task = queries.get_task(task_id, seen_by=request.user)
    try:
        actions.finish_task(task=task, by=request.user, on=timezone.localdate())
        messages.success(request, f"Done: {task.what}")
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("home")


def render_for_case(request, template: str, case: Case, form, back: str, **more):
    """A page about one case, with the way back."""
    address = reverse(back, kwargs={"case_id": case.pk})
    return render(request, template, {"case": case, "form": form, "back": address, **more})


def reason(request, person_id):
    """Say why one needs to see a record outside one's own cases; then on to the page that was asked for."""
    person = queries.get_name(person_id)
    asked_for = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(asked_for, {request.get_host()}) or not asked_for.startswith("/"):
        asked_for = reverse("home")
    form = forms.ReasonForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data["reason"]
        attempt(form, lambda: access_looks.give_reason(viewer=request.user, person_id=person_id, reason=said))
        if not form.errors:
            return redirect(asked_for)
    page = {"form": form, "person": person, "next": asked_for, "back": reverse("people:search")}
    return render(request, "people/reason.jinja", page)


def looks(request, person_id):
    """Who has seen a record: for the person, and for the manager of their case's team."""
    person, seen = queries.who_looked(person_id, seen_by=request.user)
    page = Paginator(seen, 50).get_page(request.GET.get("page"))
    own = person.user_id == request.user.pk
    return render(request, "people/looks.jinja", {"person": person, "looks": page, "own": own, "back": reverse("home")})
