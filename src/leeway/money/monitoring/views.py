"""Pages of checks: which are due, one of them on one page, what the person sees of theirs, and how often."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leeway.access.access import SignedIn
from leeway.access.looks import record_looks
from leeway.access.roles import Capability
from leeway.acting import act, is_barred
from leeway.care.people.models import Case
from leeway.care.people.queries import about, get_case
from leeway.forms import carry_version
from leeway.law.monitoring import WEEKS_BETWEEN, days_late
from leeway.money.monitoring import actions, forms, queries
from leeway.money.monitoring.access import can_set_level, check_can_check
from leeway.money.monitoring.counting import count
from leeway.money.monitoring.kinds import Outcome, Touch
from leeway.money.monitoring.late import stretches
from leeway.money.monitoring.seeing import see
from leeway.money.spending.access import sees_only_account
from leeway.money.spending.beside import beside
from leeway.money.spending.coming import by_month, coming
from leeway.money.spending.queries import get_account, plan_now
from leeway.small_numbers import LEAST

ROWS = 25
PAGE = "Checks of the direct payment"


@require_GET
def home(request: SignedIn):
    """The checks that are due: what is flagged first, and the longest due."""
    page = Paginator(queries.checks_due(seen_by=request.user), ROWS).get_page(request.GET.get("page"))
    record_looks(viewer=request.user, person_ids=[check.case.person_id for check in page], page="Checks that are due")
    return render(request, "monitoring/home.jinja", {"page": page, "today": timezone.localdate()})


@require_http_methods(["GET", "POST"])
def check(request: SignedIn, case_id: UUID, check_id: UUID):
    """One check on one page: what is there, what is pointed out, and what is said of it."""
    case = get_account(case_id, seen_by=request.user)
    found, today = queries.get_check(case, check_id), timezone.localdate()
    if found.finished_on is not None:
        return redirect("monitoring:show", case.pk)
    if is_barred(lambda: check_can_check(request.user, case), request):
        return redirect("monitoring:home")
    seen, said = see(found, today), queries.said_of(found)
    version = queries.version_said(found, said)
    form = forms.CheckForm(request.POST or None, flags=seen.flags, said=said, initial={"version": version})

    def answer(**by_on: Any):
        return actions.answer(check=found, answers=form.answers, version=form.cleaned_data["version"], **by_on)

    if done := act(form, answer, request):
        messages.success(request, _in_words(done.result, case))
        return redirect("monitoring:home")
    carry_version(form, version)
    late = stretches(case, seen.read, queries.policy_on(today))
    context = _about(request, case) | {
        "check": found,
        "seen": seen,
        "said": said,
        "form": form,
        "planned": beside(plan_now(case), seen.entries, seen.known_from, seen.last),
        "late": late,
        "days_late": days_late(late),
        "today": today,
        "back": reverse("monitoring:home"),
    }
    return render(request, "monitoring/check.jinja", context)


def _in_words(check: Any, case: Case) -> str:
    """What was done with a check, for whoever did it."""
    if check.finished_on is None:
        return f"{case.person} is asked. The check comes back to this list with the answer."
    if check.outcome == Outcome.FINE:
        return f"All fine. {case.person} is told."
    return f"{case.person} is told, and the case’s worker has it to talk about."


@require_GET
def show(request: SignedIn, case_id: UUID):
    """When the account is checked next, what is looked at, what is asked, and what came of the last checks."""
    case = get_case(case_id, seen_by=request.user, page=PAGE)
    today = timezone.localdate()
    law, checks = queries.policy_on(today), queries.checks_of(case)
    level = queries.level_of(case)
    context = _about(request, case) | {
        "checks": checks,
        "open": next((each for each in checks if each.finished_on is None), None),
        "next": queries.next_check(case, law),
        "level": level,
        "touch": Touch(level.level) if level else Touch.LOW,
        "weeks": law[WEEKS_BETWEEN[level.level if level else Touch.LOW]],
        "first_weeks": law["monitoring.first_check_weeks"],
        "questions": list(queries.questions_to(case)),
        "today": today,
    }
    return render(request, "monitoring/show.jinja", context)


@require_GET
def calendar(request: SignedIn, case_id: UUID):
    """What comes in and goes out in the next three months, as far as it is known, and what is to be done by when."""
    case, today = get_account(case_id, seen_by=request.user), timezone.localdate()
    of_money_alone = request.user.is_staff_member or sees_only_account(request.user, case, today)
    found = [*coming(case, today, of_money_alone=of_money_alone), *queries.statements_to_send(case, today)]
    return render(request, "monitoring/calendar.jinja", _about(request, case) | {"months": by_month(found)})


@require_GET
def who(request: SignedIn):
    """In whose accounts something was pointed out, by group."""
    accounts = queries.checked_accounts(seen_by=request.user, on=timezone.localdate())
    counted = count(accounts)
    tables = {"Everybody": [counted.whole], **counted.by} if counted.whole else {}
    return render(request, "monitoring/who.jinja", {"tables": tables, "least": LEAST})


@require_http_methods(["GET", "POST"])
def reply(request: SignedIn, case_id: UUID, flagged_id: UUID):
    """Answer what was asked in a check."""
    case = get_case(case_id, seen_by=request.user, page=f"{PAGE}: a question")
    flagged = queries.get_question(case, flagged_id)
    form = forms.ReplyForm(request.POST or None)
    if act(form, lambda **by_on: actions.reply(flagged=flagged, **form.cleaned_data, **by_on), request):
        told = "tell you" if request.user.can(Capability.TAKE_PART) else f"tell {case.person}"
        messages.success(request, f"Thank you. We read it, and {told} when the check is finished.")
        return redirect("monitoring:show", case.pk)
    return render(request, "monitoring/reply.jinja", _about(request, case) | {"flagged": flagged, "form": form})


@require_http_methods(["GET", "POST"])
def level(request: SignedIn, case_id: UUID):
    """Say how often the account is checked, and why."""
    case = get_case(case_id, seen_by=request.user, page=f"{PAGE}: how often")
    before = queries.level_of(case)
    form = forms.LevelForm(request.POST or None, initial={"level": before.level if before else Touch.LOW})

    def set_level(**by_on: Any):
        told = form.cleaned_data
        return actions.set_level(case=case, level=Touch(told["level"]), reason=told["reason"], **by_on)

    if act(form, set_level, request):
        messages.success(request, f"{case.person} is told, and reads why.")
        return redirect("monitoring:show", case.pk)
    return render(request, "monitoring/level.jinja", _about(request, case) | {"form": form, "before": before})


def _about(request: SignedIn, case: Case) -> dict[str, Any]:
    user = request.user
    return about(case, seen_by=user) | {
        "monitors": user.can(Capability.MONITOR),
        "takes_part": user.can(Capability.TAKE_PART),
        "sets_level": can_set_level(user, case),
        "back": reverse("monitoring:show", args=[case.pk]),
    }
