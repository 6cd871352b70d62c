"""The local account: everyone reads it; an analyst publishes it, having seen what everyone will see."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from leeway.access.access import SignedIn
from leeway.access.models import User
from leeway.acting import act, attempt
from leeway.insight.pages import actions
from leeway.insight.pages.account import COLUMNS, for_residents, hidden_questions, package
from leeway.insight.pages.changed import account_sentences
from leeway.insight.pages.forms import PublishForm
from leeway.insight.pages.models import LocalAccount
from leeway.insight.pages.queries import account_worked_out, check_takes_its_place, latest_account
from leeway.jobs.actions import start_job
from leeway.jobs.models import Job
from leeway.writing import write_rows


def published_account() -> LocalAccount:
    account = latest_account()
    if account is None:
        raise Http404("No local account has been published yet.")
    return account


@require_safe
def account(request: HttpRequest):
    """The council's own figures, for everyone."""
    latest = latest_account()
    return render(request, "insight/account.jinja", {"account": latest} | told(latest.figures if latest else []))


def told(rows: list[dict]) -> dict:
    """Rows of a local account as its page shows them."""
    return {"measures": for_residents(rows), "too_few": hidden_questions(rows), "changed": account_sentences(rows)}


@require_safe
def figures_file(request: HttpRequest):
    """The figures as CSV, one row a measure and group."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="figures.csv"'
    write_rows(answer, COLUMNS, ([row.get(name) for name in COLUMNS] for row in published_account().figures))
    return answer


@require_safe
def data_package(request: HttpRequest):
    """What the columns of the figures mean, as a data package."""
    latest = published_account()
    return JsonResponse(
        package(latest.figures, as_at=latest.as_at, published_on=latest.published_on), json_dumps_params={"indent": 2}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: SignedIn):
    """Choose the day, have it worked out, see what everyone will see, and publish it."""
    today = timezone.localdate()
    form = PublishForm(request.POST or request.GET or None, today=today)
    shown = {"form": form, "latest": latest_account(), "back": reverse("insight:home")}
    if form.is_valid():
        as_at = form.cleaned_data["as_at"]
        if "publish" in request.POST:
            if act(form, lambda **by_on: actions.publish_account(as_at=as_at, **by_on), request):
                messages.success(request, "The local account is published. Everyone can read it.")
                return redirect("insight:account")
        elif request.method == "POST":
            if asked := act(form, lambda **by_on: start_working_out(as_at, **by_on), request):
                return redirect("jobs:show", asked.result.pk)
        else:
            read = attempt(form, lambda: figures_to_publish(as_at, request.user))
            rows = read and read.result
            shown |= {"as_at": as_at, "worked_out": rows is not None} | told(rows or [])
    return render(request, "insight/publish.jinja", shown)


def start_working_out(as_at: date, *, by: User, on: date) -> Job:
    """Have worked out what everyone would see, if this day may be published at all."""
    check_takes_its_place(as_at)
    title = f"Work out the local account as it stood on {as_at:%-d %B %Y}"
    return start_job(kind="work_out_account", arguments={"as_at": as_at}, title=title, by=by, on=on)


def figures_to_publish(as_at: date, user: User) -> list[dict] | None:
    """What everyone would see, if this day may be published at all and was worked out in the last hour."""
    check_takes_its_place(as_at)
    return account_worked_out(as_at, seen_by=user)
