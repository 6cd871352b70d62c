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
from leeway.forms import PoundsField, YesNoField
from leeway.law import compute
from leeway.law.employing import HOURLY_MOST_PENCE, in_hours
from leeway.law.months import anniversary
from leeway.law.outcome import Outcome

#: Ages as the law tells them apart, each with one in years that stands for it.
AGES = {"16": ("16 or 17", 17), "18": ("18 to 20", 19), "21": ("21 or older", 30), "pension": ("Over pension age", 75)}
#: Hours are looked for in steps of this, in minutes.
STEP = 15
HOURS_MOST = 100
#: What an employer must do, in the order of time. Sources: Employment Rights Act 1996, ss. 1 and 8; Immigration, Asylum
#: and Nationality Act 2006, s. 15; Employers' Liability (Compulsory Insurance) Act 1969; SI 2003/2682; Pensions Act
#: 2008.
DUTIES = (
    ("Check that they may work in the United Kingdom", "Before the first day"),
    ("Have employers’ liability insurance of at least £5 million", "Before the first day"),
    ("Register with HMRC as an employer", "Before the first payday"),
    ("Give them the terms of the job in writing", "On the first day"),
    ("Give a payslip, and tell HMRC what you paid", "Each payday, or before it"),
    ("Write to them about the pension", "Within six weeks"),
    ("Tell The Pensions Regulator what you did, even if nobody joined", "Within five months"),
    ("Check the minimum wage", "Each April, and on their birthdays at 18 and 21"),
    ("Ask for a criminal record check, if you wish", "You need not; we can help"),
)
PERIODS = (
    ("week", "Every week"),
    ("two_weeks", "Every two weeks"),
    ("four_weeks", "Every four weeks"),
    ("month", "Every month"),
)


class EmployingForm(forms.Form):
    """One job: what an hour is paid, how many there are, how often it is paid, and roughly who does it."""

    hourly = PoundsField(label="What would you pay for an hour?", called="The pay for an hour")
    hours = forms.DecimalField(
        label="How many hours a week?",
        help_text="7.5 is seven and a half hours.",
        min_value=1,
        max_value=HOURS_MOST,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    hours_vary = YesNoField(label="Would the hours change from week to week?")
    paid_every = forms.ChoiceField(label="How often would you pay?", choices=PERIODS, widget=forms.RadioSelect)
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

    def clean_hourly(self) -> int:
        """An hour's pay, in pence: more than this is a slip."""
        hourly = self.cleaned_data["hourly"]
        if not 1 <= hourly <= HOURLY_MOST_PENCE:
            raise forms.ValidationError("Enter what one hour is paid, such as 13.50: at most £100.")
        return hourly


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
    page = {"form": form, "today": today, "employing": done.result if done else None, "duties": DUTIES}
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
