"""Pages about people, those around them, and who has the case."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from leeway.access import looks as access_looks
from leeway.access.access import SignedIn
from leeway.access.invitations import is_locked
from leeway.access.roles import Capability
from leeway.acting import act, press
from leeway.care.people import actions, forms, leave, queries
from leeway.care.people.access import can_take_part, can_work_on, leads, lives
from leeway.care.people.models import Case, CaseKind, Person
from leeway.care.people.search import read
from leeway.care.people.states import Stage
from leeway.forms import VersionedForm, carry_version
from leeway.law.births import Birth
from leeway.versions import version_of

SEARCH_WORDS = "people_search"
FOUND_MAX = 50


def search(request: SignedIn):
    """Find someone by names, birthday, NHS number or postcode. The words stay in the session, out of every address."""
    form = forms.SearchForm(request.POST or None, initial={"words": request.session.get(SEARCH_WORDS, "")})
    if form.is_valid():
        request.session[SEARCH_WORDS] = form.cleaned_data["words"]
        return redirect("people:search")
    words = "" if form.is_bound else request.session.get(SEARCH_WORDS, "")
    found = list(queries.find_people(words)[: FOUND_MAX + 1])
    access_looks.record_looks(viewer=request.user, person_ids=shown_of(found[:FOUND_MAX]), page="Found by a search")
    page = {
        "form": form,
        "words": words,
        "found": [(person, open_first(person)) for person in found[:FOUND_MAX]],
        "more": len(found) > FOUND_MAX,
        "can_add": request.user.can(Capability.WORK_ON_CASES),
    }
    return render(request, "people/search.jinja", page)


def shown_of(found: list[Person]) -> list[UUID]:
    """Whose names a page shows of people found: their own, and of whom they care for."""
    cared_for = [case.cared_for_id for person in found for case in person.cases.all() if case.cared_for_id]
    return [person.pk for person in found] + cared_for


def open_first(person) -> list[Case]:
    """The cases of a person found with their cases: those under way, then those that are closed, the latest first."""
    cases = sorted(person.cases.all(), key=lambda case: case.opened_on, reverse=True)
    return sorted(cases, key=lambda case: case.stage == Stage.CLOSED)


def add(request: SignedIn):
    """Put someone new on record, unless they are there already. What they were looked for by is filled in."""
    return adding(
        request,
        forms.AddPersonForm(request.POST or None, initial=searched_for(request.session.get(SEARCH_WORDS, ""))),
        back=reverse("people:search"),
        request_page=lambda person: reverse("people:request", args=[person.pk]),
    )


def adding(
    request: SignedIn,
    form: forms.AddPersonForm,
    *,
    back: str,
    request_page: Callable[[Person], str],
    template: str = "people/add.jinja",
    **more,
):
    """The page that puts someone on record, and leads on to taking down the request of whoever it is."""
    alike = []
    if form.is_valid():
        details = form.details
        birth = Birth.known(details["date_of_birth"], details["year_of_birth"])
        names = {name: details[name] for name in ("given_name", "family_name", "postcode")}
        alike = queries.people_alike(**names, birth=birth)
        if alike and not form.cleaned_data["somebody_else"]:
            form.add_error("somebody_else", "Somebody who may be this person is on record. Look first.")
        else:
            done = act(form, lambda **by_on: actions.add_person(details=details, **by_on), request)
            if done:
                return redirect(request_page(done.result))
    found = [(person, open_first(person)) for person in alike]
    access_looks.record_looks(viewer=request.user, person_ids=shown_of(alike), page="Found by name and birthday")
    page = {"form": form, "alike": found, "back": back, "request_page": request_page, **more}
    return render(request, template, page)


def searched_for(words: str) -> dict:
    """What the words of a search say of the person who was looked for: the last of the names is the family's."""
    asked = read(words)
    names = asked.words.split()
    told = {"date_of_birth": asked.born, "nhs_number": asked.nhs_number}
    if names and not any(sign.isdigit() for sign in asked.words):  # a postcode is no name
        told |= {"given_name": " ".join(names[:-1]), "family_name": names[-1]}
    return {name: value for name, value in told.items() if value}


def request_help(request: SignedIn, person_id):
    """Take down a request for help, and open the case it begins."""
    person = queries.person_asking(person_id, seen_by=request.user)
    return taking_down(request, person, back=reverse("people:search"))


def taking_down(
    request: SignedIn,
    person: Person,
    *,
    back: str,
    opens: Callable[..., Case] = actions.open_case,
    initial: dict | None = None,
    template: str = "people/request.jinja",
    **more,
):
    """The page that takes down a request for help, and opens the case it begins."""
    takes_on = request.user.can(Capability.HOLD_CASES)
    form = forms.RequestForm(request.POST or None, initial=initial, asks_to_take_on=takes_on)
    if done := act(form, lambda **by_on: open_and_take_on(person, form.cleaned_data, opens, **by_on), request):
        case = done.result
        messages.success(request, f"The request is recorded. It waits with {case.worker or case.team}.")
        return redirect("case", case_id=case.pk)
    offered = [one.pk for one in form.found]
    access_looks.record_looks(viewer=request.user, person_ids=offered, page="Offered as whom a carer cares for")
    refused = bool(form.non_field_errors())  # as for one that is open, to which the page then leads
    more["open_cases"] = [case for case in person.cases.all() if refused and case.stage != Stage.CLOSED]
    return render(request, template, {"form": form, "person": person, "back": back, **more})


def open_and_take_on(person, answers: dict, opens: Callable[..., Case], *, by, on) -> Case:
    """Open the case, and give it to the assessor who said they would take it on."""
    wanted = ("request_words", "kind", "request_route", "support_reason")
    details = {name: answers[name] for name in wanted} | {"team": by.team}
    if answers["kind"] == CaseKind.CARER:
        details |= answers["cares_for"]
    case = opens(person=person, details=details, by=by, on=on)
    if answers.get("take_on"):
        return actions.give_case(case=case, worker=by, version=version_of(case, *actions.HOLDER), by=by, on=on)
    return case


def details(request: SignedIn, case_id):
    """Correct a person's details."""
    case = queries.get_case(case_id, seen_by=request.user, page="Details")
    person = case.person
    form = forms.ChangePersonForm(request.POST or None, initial=forms.details_of(person))
    if act(
        form,
        lambda **by_on: actions.change_person(
            person=person,
            details=form.details,
            version=form.cleaned_data["version"],
            **by_on,
        ),
        request,
    ):
        messages.success(request, "The details are saved.")
        return redirect("case", case_id=case.pk)
    return render_for_case(request, "people/details.jinja", case, form, "case")


def relationships(request: SignedIn, case_id):
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


def add_relationship(request: SignedIn, case_id):
    """Record someone in the person's life and what they may do."""
    case = queries.get_case(case_id, seen_by=request.user, page="People around them")
    form = forms.RelationshipForm(request.POST or None)
    if act(form, lambda **by_on: actions.add_relationship(case=case, details=form.cleaned_data, **by_on), request):
        return redirect("people:relationships", case_id=case.pk)
    return render_for_case(request, "people/add_relationship.jinja", case, form, "people:relationships")


def end_relationship(request: SignedIn, case_id, relationship_id):
    """End what someone does for the person."""
    case, relationship = find_relationship(request, case_id, relationship_id)
    form = forms.EndForm(
        request.POST or None, initial={"ends_on": relationship.ends_on, "version": version_of(relationship)}
    )
    if act(
        form,
        lambda **by_on: actions.end_relationship(case=case, relationship=relationship, **form.cleaned_data, **by_on),
        request,
    ):
        return redirect("people:relationships", case_id=case.pk)
    return render_for_case(
        request, "people/end_relationship.jinja", case, form, "people:relationships", relationship=relationship
    )


def invite(request: SignedIn, case_id, relationship_id):
    """Give someone leave to see the record, and invite them."""
    case, relationship = find_relationship(request, case_id, relationship_id)
    form = forms.InviteForm(
        request.POST or None,
        initial={"email": relationship.email, "leave_for": relationship.leave_for, "version": version_of(relationship)},
    )
    if done := act(
        form,
        lambda **by_on: leave.give_leave(
            case=case,
            relationship=relationship,
            **form.cleaned_data,
            site_address=request.build_absolute_uri("/"),
            **by_on,
        ),
        request,
    ):
        messages.success(
            request,
            f"{relationship.name} is asked. They sign in as {done.result.email}, and see the record once they accept.",
        )
        return redirect("people:relationships", case_id=case.pk)
    return render_for_case(
        request, "people/invite.jinja", case, form, "people:relationships", relationship=relationship
    )


def answer(request: SignedIn, relationship_id):
    """Say whether one helps somebody who asks for it. Nothing of them is shown before."""
    asking = queries.asking_of(relationship_id, seen_by=request.user, on=timezone.localdate())
    if asking is None:
        messages.error(request, forms.NOT_ASKED_NOW)
        return redirect("home")
    form = forms.AnswerForm(request.POST or None, initial={"version": version_of(asking)})

    def say(**by_on) -> str:
        helps, family_name = form.cleaned_data["helps"], form.cleaned_data["family_name"]
        seen = {"relationship": asking, "version": form.cleaned_data["version"]}
        if not helps:
            leave.decline_leave(**seen, **by_on)
            return "Thank you. Nothing was shown to you."
        known = leave.accept_leave(**seen, family_name=family_name, **by_on)
        return "Thank you. You see the record below." if known else ""

    if done := act(form, say, request):
        if done.result:
            messages.success(request, done.result)
            return redirect("home")
        asking.refresh_from_db()
        if asking.asked_on is None:
            messages.error(request, forms.TOO_MANY_NAMES)
            return redirect("home")
        carry_version(form, version_of(asking))
        form.add_error("family_name", forms.NOT_THE_NAME)
    return render(request, "people/answer.jinja", {"form": form, "asking": asking, "back": reverse("home")})


def leave_given(request: SignedIn, case_id):
    """Who may see the record, for the person, who may take it back."""
    case = queries.get_case(case_id, seen_by=request.user, page="Who may see the record")
    page = queries.about(case, seen_by=request.user)
    given = queries.leave_of(case.person, timezone.localdate())
    return render(request, "people/leave_given.jinja", page | {"given": given, "back": reverse("case", args=[case.pk])})


def end_leave(request: SignedIn, case_id, relationship_id):
    """Take back the leave to see the record."""
    case, relationship = find_relationship(request, case_id, relationship_id)
    pages = "people:relationships" if request.user.is_staff_member else "people:leave_given"
    back = reverse(pages, kwargs={"case_id": case.pk})
    version = version_of(relationship)
    form = VersionedForm(request.POST or None, initial={"version": version})
    if act(
        form,
        lambda **by_on: leave.end_leave(case=case, relationship=relationship, **form.cleaned_data, **by_on),
        request,
    ):
        messages.success(request, f"{relationship.name} may no longer see the record.")
        return redirect(back if relationship.user_id != request.user.pk else "home")
    carry_version(form, version)
    page = queries.about(case, seen_by=request.user)
    return render(request, "people/end_leave.jinja", page | {"form": form, "relationship": relationship, "back": back})


def invite_person(request: SignedIn, case_id):
    """Invite the person to see their own record."""
    case = queries.get_case(case_id, seen_by=request.user, page="Inviting them to sign in", of_the_living=True)
    before = case.person.user
    form = forms.InvitePersonForm(
        request.POST or None,
        initial={"email": before.email if before else case.person.email},
        locked=before is not None and is_locked(before),
    )
    if act(
        form,
        lambda **by_on: actions.invite_person(
            case=case,
            **form.cleaned_data,
            site_address=request.build_absolute_uri("/"),
            **by_on,
        ),
        request,
    ):
        messages.success(request, f"{case.person} can now sign in as {form.cleaned_data['email']}.")
        return redirect("case", case_id=case.pk)
    return render_for_case(request, "people/invite_person.jinja", case, form, "case")


def find_relationship(request: SignedIn, case_id, relationship_id):
    """The case, with the look noted, and one of the people around that person."""
    case = queries.get_case(case_id, seen_by=request.user, page="People around them")
    relationship = case.person.relationships.filter(pk=relationship_id).first()
    if relationship is None:
        raise Http404("There is no such person on this record.")
    return case, relationship


def capacity(request: SignedIn, case_id):
    """The capacity decisions so far, and a new one."""
    case = queries.get_case(case_id, seen_by=request.user, page="Capacity decisions")
    around = queries.people_around(case.person, timezone.localdate())
    form = forms.CapacityForm(request.POST or None, around=around)
    if act(form, lambda **by_on: actions.decide_capacity(case=case, details=form.details, **by_on), request):
        messages.success(request, "The capacity decision is recorded.")
        return redirect("people:capacity", case_id=case.pk)
    decided = queries.capacity_decisions(case.person)
    may_change = can_work_on(request.user, case)
    return render_for_case(request, "people/capacity.jinja", case, form, "case", decided=decided, may_change=may_change)


def files(request: SignedIn, case_id):
    """The files kept for the case."""
    case = queries.get_case(case_id, seen_by=request.user, page="Files")
    care_too = queries.reads_care(case, seen_by=request.user)
    page = queries.about(case, seen_by=request.user) | {
        "files": queries.files(case, care_too=care_too),
        "care_too": care_too,
        "may_add": can_take_part(request.user, case, timezone.localdate()),
        "back": reverse("case", kwargs={"case_id": case.pk}),
    }
    return render(request, "people/files.jinja", page)


def add_file(request: SignedIn, case_id):
    """Add a file to the case."""
    case = queries.get_case(case_id, seen_by=request.user, page="Adding a file")
    form = forms.AddFileForm(request.POST or None, request.FILES or None)
    if done := act(form, lambda **by_on: actions.add_file(case=case, **form.cleaned_data, **by_on), request):
        messages.success(request, f"“{done.result}” is kept.")
        return redirect("people:files", case_id=case.pk)
    you = queries.about(case, seen_by=request.user)["you"]
    return render_for_case(request, "people/add_file.jinja", case, form, "people:files", you=you)


def give(request: SignedIn, case_id):
    """Give the case to a worker of its team, or take on one that is free."""
    case = queries.get_case(case_id, seen_by=request.user, page="Who has the case", of_the_living=True)
    workers = queries.workers_of(case.team)
    gives_out = leads(request.user, case)
    if not gives_out:
        workers = workers.filter(pk=request.user.pk)
    stands = {"worker": case.worker, "version": version_of(case, *actions.HOLDER)}
    form = forms.GiveForm(request.POST or None, initial=stands, workers=workers)
    if act(form, lambda **by_on: actions.give_case(case=case, **form.cleaned_data, **by_on), request):
        messages.success(request, f"{form.cleaned_data['worker'].name} has the case.")
        return redirect("case", case_id=case.pk)
    return render_for_case(request, "people/give.jinja", case, form, "case", gives_out=gives_out)


def close(request: SignedIn, case_id):
    """End a case before support starts."""
    case = queries.get_case(case_id, seen_by=request.user, page="Closing the case")
    version = version_of(case, *actions.WHERE_IT_STANDS)
    form = forms.CloseForm(request.POST or None, initial={"version": version})
    if not lives(case.person):
        form.fields["reason"].help_text = ""
    if act(form, lambda **by_on: actions.close_case(case=case, **form.cleaned_data, **by_on), request):
        messages.success(request, "The case is closed.")
        return redirect("case", case_id=case.pk)
    carry_version(form, version)
    return render_for_case(request, "people/close.jinja", case, form, "case")


def reopen(request: SignedIn, case_id):
    """Open a closed case again."""
    case = queries.get_case(case_id, seen_by=request.user, page="Opening the case again", of_the_living=True)
    version = version_of(case, *actions.WHERE_IT_STANDS)
    form = forms.ReopenForm(request.POST or None, initial={"version": version})
    if act(form, lambda **by_on: actions.reopen_case(case=case, **form.cleaned_data, **by_on), request):
        messages.success(request, "The case is open again.")
        return redirect("case", case_id=case.pk)
    carry_version(form, version)
    return render_for_case(request, "people/reopen.jinja", case, form, "case")


@require_POST
def finish_task(request: SignedIn, task_id):
    """Say that a task is done; back to one's work."""
    task = queries.get_task(task_id, seen_by=request.user)
    if press(lambda **by_on: actions.finish_task(task=task, **by_on), request):
        messages.success(request, f"Done: {task.what}")
    return redirect("home")


def render_for_case(request: SignedIn, template: str, case: Case, form, back: str, **more):
    """A page about one case, with the way back."""
    address = reverse(back, kwargs={"case_id": case.pk})
    return render(request, template, {"case": case, "form": form, "back": address, **more})


def reason(request: SignedIn, person_id):
    """Say why one needs to see a record outside one's own cases; then on to the page that was asked for."""
    person = queries.get_name(person_id)
    asked_for = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(asked_for, {request.get_host()}) or not asked_for.startswith("/"):
        asked_for = reverse("home")
    form = forms.ReasonForm(request.POST or None)
    if act(
        form,
        lambda by, on: access_looks.give_reason(viewer=by, person_id=person_id, **form.cleaned_data),
        request,
    ):
        return redirect(asked_for)
    page = {"form": form, "person": person, "next": asked_for, "back": reverse("people:search")}
    return render(request, "people/reason.jinja", page)


def looks(request: SignedIn, person_id):
    """Who has seen a record: for the person, and for the manager of their case's team."""
    person, seen = queries.who_looked(person_id, seen_by=request.user)
    page = Paginator(seen, 50).get_page(request.GET.get("page"))
    shown = {
        "person": person,
        "looks": page,
        "own": person.user_id == request.user.pk,
        "helpers": set(person.relationships.exclude(user=None).values_list("user_id", flat=True)),
        "back": reverse("home"),
    }
    return render(request, "people/looks.jinja", shown)
