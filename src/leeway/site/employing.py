"""What would it cost me to employ somebody? Anybody may ask, without signing in, and nothing of it is kept.

The answer comes from the rule of employing, with the figures of today, for somebody who begins today.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from leeway.acting import attempt
from leeway.care.employing.forms import HOURS_MOST, PayForm
from leeway.forms import PoundsField
from leeway.law import compute
from leeway.law.employer_duties import DUTIES
from leeway.law.employing import in_hours
from leeway.law.months import anniversary
from leeway.law.outcome import Outcome

#: Ages as the law tells them apart, each with one in years that stands for it.
AGES = {"16": ("16 or 17", 17), "18": ("18 to 20", 19), "21": ("21 or older", 30), "pension": ("Over pension age", 75)}
#: Hours are looked for in steps of this, in minutes.
STEP = 15
#: What an employer does besides the duties that a record reminds of. Source: Employment Rights Act 1996, s. 8; SI
#: 2003/2682; National Minimum Wage Act 1998.
BESIDE = (
    ("Give a payslip, and tell HMRC what you paid", "Each payday, or before it"),
    ("Check the minimum wage", "Each April, and on their birthdays at 18 and 21"),
    ("Ask for a criminal record check, if you wish", "You need not; we can help"),
)


class EmployingForm(PayForm):
    """One job: what it pays, and roughly who does it."""

    age = forms.ChoiceField(
        label="How old are they?",
        choices=[(code, label) for code, (label, _years) in AGES.items()],
        widget=forms.RadioSelect,
    )
    budget = PoundsField(
        label="How much is there for it?",
        called="What there is for it",
        required=False,
        help_text="Leave it empty, or enter your direct payment to see how many hours it pays for.",
    )


@dataclass(frozen=True)
class Employing:
    """What a job costs with the Employment Allowance and without it, and how many minutes a week a budget pays for."""

    with_allowance: Outcome
    without: Outcome
    budget_pence: int | None
    budget_minutes: int | None

    @property
    def allowance_pence(self) -> int:
        """Pence a year that the Employment Allowance saves."""
        return int(self.without.result["year_pence"] - self.with_allowance.result["year_pence"])

    @property
    def budget_hours(self) -> str:
        """The hours a week that a budget pays for, in words."""
        return in_hours(self.budget_minutes or 0)


@csrf_exempt  # nothing is done and nothing kept, so there is nothing to forge; without a token there is no cookie
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def what_would_employing_cost(request: HttpRequest):
    """Work out what it would cost to employ somebody, from what is typed, and keep nothing."""
    today = timezone.localdate()
    form = EmployingForm(request.POST or None)
    done = attempt(form, lambda: employing(form.cleaned_data, today)) if form.is_bound else None
    duties = [*((duty.what, duty.when) for duty in DUTIES), *BESIDE]
    page = {"form": form, "today": today, "employing": done.result if done else None, "duties": duties}
    return render(request, "site/employing.jinja", page)


def employing(told: Mapping[str, Any], on: date) -> Employing:
    """Work out one job on a day, with the allowance and without, and the hours that a budget pays for."""
    job = job_of(told, on)
    budget = told["budget"] or None
    return Employing(_cost(job, on), _cost(job | {"claims_allowance": False}, on), budget, _minutes(job, budget, on))


def job_of(told: Mapping[str, Any], on: date) -> dict[str, Any]:
    """What was typed, as the rule of employing reads it: somebody of about that age, who begins today."""
    return {
        "hourly_pence": told["hourly"],
        "minutes_a_week": round(told["hours"] * 60),
        "paid_every": told["paid_every"],
        "worker_born": anniversary(on, -AGES[told["age"]][1]).isoformat(),
        "started_on": on.isoformat(),
        "claims_allowance": True,
        "hours_vary": told["hours_vary"],
    }


def _minutes(job: Mapping[str, Any], budget_pence: int | None, on: date) -> int | None:
    """The most minutes a week, in steps, that cost no more than a budget; None where no budget was told."""
    if budget_pence is None:
        return None
    least, most = 0, HOURS_MOST * 60 // STEP
    while least < most:
        half = (least + most + 1) // 2
        if _cost({**job, "minutes_a_week": half * STEP}, on).result["week_pence"] <= budget_pence:
            least = half
        else:
            most = half - 1
    return least * STEP


def _cost(job: Mapping[str, Any], on: date) -> Outcome:
    return compute("employ", job, on, policy=settings.COUNCIL_POLICY)
