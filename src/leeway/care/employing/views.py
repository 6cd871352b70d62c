"""Pages of an employer's record: what is to do, who works on what terms, what it costs, and what was done."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leeway.access.access import SignedIn
from leeway.acting import act, press
from leeway.care.employing import actions, forms, queries
from leeway.care.employing.models import EndedWhy, Job
from leeway.care.people.models import Case
from leeway.care.people.queries import about, get_case
from leeway.law.employer_duties import BY_CODE
from leeway.law.employing import in_hours

PAGE = "Being an employer"


def show(request: SignedIn, case_id):
    """What an employer has to do now, whom they employ, and what was done."""
    case = get_case(case_id, seen_by=request.user, page=PAGE)
    today = timezone.localdate()
    employer = queries.employer(case, today)
    jobs = [_row(job, today) for job in employer.jobs] if employer else []
    context = {
        "employer": employer,
        "names": {str(row["it"].pk): row["it"].name for row in jobs},
        "jobs": jobs,
        "over": list(case.jobs.filter(ended_on__lt=today).exclude(ended_why=EndedWhy.MISTAKE)),
        "done": [{"it": each, "what": BY_CODE[each.duty].what} for each in queries.done_of(case)],
        "today": today,
        "back": reverse("case", args=[case_id]),
    }
    return _page(request, "show", case, **context)


def take_on(request: SignedIn, case_id):
    """Put somebody on record who is employed."""
    case = get_case(case_id, seen_by=request.user, page=f"{PAGE}: somebody new", of_the_living=True)
    form = forms.TakeOnForm(request.POST or None)

    def keep(**by_on) -> Job:
        told = {name: form.cleaned_data[name] for name in ("name", "born_on", "started_on")}
        return actions.take_on(case=case, **told, terms=form.terms, **by_on)

    if done := act(form, keep, request):
        messages.success(request, f"{done.result.name} is on the list.")
        return redirect("employing:show", case_id)
    return _page(request, "take_on", case, form=form)


def job(request: SignedIn, case_id, job_id):
    """What one job costs, step by step, and what would be owed if it ended."""
    case = get_case(case_id, seen_by=request.user, page=f"{PAGE}: a worker")
    found, today = queries.get_job(job_id, case=case), timezone.localdate()
    context = {
        "row": _row(found, today),
        "terms": [{"it": each, "hours": in_hours(each.minutes_a_week)} for each in found.terms.all()],
        "cost": queries.cost_of(found, found.ended_on or today),
        "owed": queries.owed_at_end([found], max(today, found.started_on)) if found.ended_on is None else [],
        "today": today,
    }
    return _page(request, "job", case, **context)


def terms(request: SignedIn, case_id, job_id):
    """Put new terms of a job on record, from a day on."""
    case = get_case(case_id, seen_by=request.user, page=f"{PAGE}: terms")
    found = queries.get_job(job_id, case=case)
    now = queries.terms_on(found, timezone.localdate())
    form = forms.TermsForm(request.POST or None, initial=forms.as_told(now))

    def change(**by_on):
        return actions.change_terms(job=found, from_on=form.cleaned_data["from_on"], terms=form.terms, **by_on)

    if act(form, change, request):
        messages.success(request, "The new terms are on record. Give them in writing within a month.")
        return redirect("employing:job", case_id, job_id)
    return _page(request, "terms", case, form=form, job=found)


def end(request: SignedIn, case_id, job_id):
    """Put on record that a job ends, or that it was recorded by mistake."""
    case = get_case(case_id, seen_by=request.user, page=f"{PAGE}: an end")
    found, today = queries.get_job(job_id, case=case), timezone.localdate()
    form = forms.EndForm(request.POST or None)
    if act(form, lambda **by_on: actions.end_job(job=found, **form.cleaned_data, **by_on), request):
        messages.success(request, "The end of the job is on record.")
        return redirect("employing:show", case_id)
    owed = queries.owed_at_end([found], max(today, found.started_on))
    return _page(request, "end", case, form=form, job=found, owed=owed)


def done(request: SignedIn, case_id, duty, job_id=None):
    """Put on record that one of an employer's duties was done."""
    case = get_case(case_id, seen_by=request.user, page=f"{PAGE}: done")
    kind = BY_CODE.get(duty)
    if kind is None or kind.of_each != (job_id is not None):
        raise Http404("There is no such duty.")
    found = queries.get_job(job_id, case=case) if job_id else None
    form = forms.DoneForm(request.POST or None, duty=kind)

    def tell(**by_on):
        told = {"done_on": form.cleaned_data["done_on"], "until": form.cleaned_data.get("until")}
        return actions.tell_done(case=case, duty=duty, job=found, **told, **by_on)

    if act(form, tell, request):
        messages.success(request, "Thank you. It is on record.")
        return redirect("employing:show", case_id)
    return _page(request, "done", case, form=form, duty=kind, job=found)


@require_POST
def take_back(request: SignedIn, case_id, done_id):
    """Take back that a duty was done."""
    case = get_case(case_id, seen_by=request.user, page=PAGE)
    found = queries.get_done(done_id, case=case)
    if press(lambda **by_on: actions.take_back(done=found, **by_on), request):
        messages.success(request, "Taken back.")
    return redirect("employing:show", case_id)


def _row(job: Job, on) -> dict[str, Any]:
    """One job as the pages show it: its terms of a day, and what it costs a week then."""
    day = max(job.started_on, job.ended_on or on)
    terms = queries.terms_on(job, day)
    cost = queries.cost_of(job, day)
    return {"it": job, "terms": terms, "hours": in_hours(terms.minutes_a_week), "cost": cost.result}


def _page(request: SignedIn, name: str, case: Case, **context: Any) -> HttpResponse:
    shared = about(case, seen_by=request.user) | {"back": reverse("employing:show", args=[case.pk])}
    return render(request, f"employing/{name}.jinja", shared | context)
