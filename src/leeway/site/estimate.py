"""What might I pay? Anybody may ask, without signing in, and nothing of it is kept.

The answer comes from the rule that charges everybody, with the figures of today. What was typed is in no address, no
session, no cookie and no log, and in no table: the page is made from it and it is gone.
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
from leeway.care.assessment.means import cost_a_week_pence, income_a_week_pence
from leeway.forms import PoundsField, YesNoField
from leeway.law import compute, law_on
from leeway.law.charge_case import ALWAYS_PENSION_AGE_FROM, NEVER_PENSION_AGE_UNDER, PREMIUMS
from leeway.law.income import COVERS, PAID_FOR_NIGHTS
from leeway.law.outcome import Outcome

AT_HOME, CARE_HOME = "home", "care_home"
OWN_CARE, AS_CARER = "own", "carer"
#: What support may cost a week, to show what would be paid for it.
EXAMPLES_PENCE = (100_00, 250_00, 500_00, 1_000_00)
#: What comes in, as a letter about it says it: the kind of the law, the words, how often, and a hint.
COMING_IN = (
    ("state_pension", "State Pension", "weekly", ""),
    ("private_pension", "Work or private pensions, after tax", "monthly", ""),
    ("pension_credit_guarantee", "Pension Credit: Guarantee Credit", "weekly", ""),
    ("pension_credit_savings", "Pension Credit: Savings Credit", "weekly", ""),
    (
        "universal_credit",
        "Universal Credit, without what is for rent or children",
        "monthly",
        "The whole of a couple’s.",
    ),
    ("employment_and_support_allowance", "Employment and Support Allowance", "weekly", ""),
    ("attendance_allowance", "Attendance Allowance", "weekly", ""),
    ("pip_daily_living", "Personal Independence Payment: daily living", "weekly", "Not the part for getting about."),
    ("dla_care", "Disability Living Allowance: care", "weekly", "Not the part for getting about."),
    ("carers_allowance", "Carer’s Allowance", "weekly", ""),
    ("other", "Anything else that comes in, after tax", "weekly", "Not wages: they are left out."),
)
#: What premiums are for, where the law's own words speak of somebody else.
YOURS = {
    "disability": "You get it, or would get it on Income Support.",
    "carer": "You care for somebody and have, or would have, Carer’s Allowance.",
}
EVERY = {"weekly": "a week", "monthly": "a month"}


class EstimateForm(forms.Form):
    """A few questions about one person: where they live, with whom, and what they have."""

    lives = forms.ChoiceField(
        label="Where do you live, or mean to live?",
        choices=[
            (AT_HOME, "In a home of my own or somebody else’s | Owned or rented, with family, or in supported living."),
            (CARE_HOME, "In a care home"),
        ],
        widget=forms.RadioSelect,
    )
    whose = forms.ChoiceField(
        label="What is the support for?",
        choices=[
            (OWN_CARE, "My own care and support"),
            (AS_CARER, "A break or help for me, as somebody’s unpaid carer"),
        ],
        widget=forms.RadioSelect,
    )
    household = forms.ChoiceField(
        label="Who do you live with?",
        choices=[
            ("single", "On my own, or with others who are not my partner"),
            ("couple", "With my husband, wife or partner"),
            ("lone_parent", "With children I am responsible for, and no partner"),
        ],
        widget=forms.RadioSelect,
    )
    age = forms.IntegerField(label="How old are you?", min_value=18, max_value=120, widget=forms.TextInput())
    pension_age = YesNoField(
        label="Have you reached State Pension age?", help_text="In a couple: has either of you? It is 66 or 67 now."
    )
    dependent_children = forms.IntegerField(
        label="How many children are you responsible for?",
        min_value=0,
        max_value=30,
        initial=0,
        widget=forms.TextInput(),
    )
    premiums = forms.MultipleChoiceField(
        label="Do any of these apply to you?",
        choices=[(one.code, f"{one.label} | {YOURS.get(one.code, one.help)}") for one in PREMIUMS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Leave them empty where you are not sure. You may then be shown more than you would pay.",
    )
    savings = PoundsField(
        label="Your savings and investments",
        required=False,
        help_text="Your own, and your half of what is in two names. Not your partner’s.",
    )
    land = PoundsField(
        label="Your share of any other house or land, less what is owed on it",
        required=False,
        help_text="Never the home you live in: while you live at home, it is not counted.",
    )
    housing = PoundsField(
        label="Rent, mortgage and council tax that you pay yourself",
        required=False,
        help_text="What is left after Housing Benefit, Universal Credit and Council Tax Reduction.",
    )
    disability_costs = PoundsField(
        label="What your disability or illness costs you",
        required=False,
        help_text="Extra heating, laundry, special diet, an alarm, private help: as much as you know.",
    )
    budget = PoundsField(
        label="What the support costs, or might cost", required=False, help_text="Leave it empty to see examples."
    )
    covers = forms.ChoiceField(
        label="Is your Attendance Allowance or Disability Living Allowance for day and night?",
        choices=[(one.code, f"{one.label} | {one.help}") for one in COVERS],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args, on: date, **options):
        super().__init__(*args, **options)
        self.fields["age"].widget.attrs["inputmode"] = "numeric"
        self.fields["dependent_children"].widget.attrs["inputmode"] = "numeric"
        for kind, label, _every, hint in COMING_IN:
            self.fields[kind] = PoundsField(label=label, required=False, help_text=hint)
        kinds, asked = [kind for kind, *_ in COMING_IN], list(self.base_fields)
        before = asked.index("savings")
        self.order_fields([*asked[:before], *kinds, "covers", *asked[before:]])  # as they stand on the page
        if not law_on(on, settings.COUNCIL_POLICY)["charging_policy.leaves_out_night_part"]:
            del self.fields["covers"]

    @property
    def coming_in(self) -> list[tuple[forms.BoundField, str]]:
        """The boxes for what comes in, each with how often."""
        return [(self[kind], EVERY[every]) for kind, _label, every, _hint in COMING_IN]

    def full_clean(self) -> None:
        """In a care home nothing more is asked: this page has no answer for it, and says who has."""
        if self.data.get("lives") == CARE_HOME:
            for name, field in self.fields.items():
                field.required = field.required and name == "lives"
        super().full_clean()

    def clean(self):
        """Ask again where two answers cannot both be so; the rule would refuse them in its own words."""
        told = super().clean()
        age, reached, household = (told.get(name) for name in ("age", "pension_age", "household"))
        if age and reached is False and age >= ALWAYS_PENSION_AGE_FROM:
            self.add_error("pension_age", f"Whoever is {age} has reached State Pension age. Change one of the two.")
        if age and reached and age < NEVER_PENSION_AGE_UNDER and household != "couple":
            self.add_error("pension_age", f"Nobody has reached State Pension age at {age}. Change one of the two.")
        if household == "lone_parent" and told.get("dependent_children") == 0:
            self.add_error(
                "dependent_children", "Enter how many children, or choose another answer to whom you live with."
            )
        for_nights = any(told.get(kind) for kind in PAID_FOR_NIGHTS)
        if "covers" in self.fields and for_nights and not told.get("covers"):
            self.add_error("covers", "Say whether it is for day and night: the council leaves out the part for nights.")
        return told


@dataclass(frozen=True)
class Estimate:
    """What somebody might pay: worked out for one cost of support, and as amounts a week for several."""

    worked_out: Outcome
    stated: bool
    examples: list[tuple[int, int]]

    @property
    def pays(self) -> int:
        """Pence a week for the cost that was worked out."""
        return int(self.worked_out.result["charge_pence_per_week"])

    @property
    def most(self) -> int:
        """Pence a week that are never passed, whatever the support costs."""
        return int(self.worked_out.result["maximum_charge_pence_per_week"])


@csrf_exempt  # nothing is done and nothing kept, so there is nothing to forge; without a token there is no cookie
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def what_might_i_pay(request: HttpRequest):
    """Work out what somebody might pay, from what they type, and keep nothing."""
    today = timezone.localdate()
    form = EstimateForm(request.POST or None, on=today)
    done = attempt(form, lambda: estimate(form.cleaned_data, today)) if form.is_bound else None
    page = {"form": form, "today": today, "estimate": done.result if done else None, "done": done}
    return render(request, "site/what_might_i_pay.jinja", page)


def estimate(told: Mapping[str, Any], on: date) -> Estimate | None:
    """Work out what might be paid on a day; None for a care home, whose charges Leeway does not work out."""
    if told["lives"] == CARE_HOME:
        return None
    means = means_of(told)
    stated = told["budget"]
    costs = sorted({*EXAMPLES_PENCE, *([stated] if stated else [])})
    found = {cost: _charge(means, cost, on) for cost in costs}
    examples = [(cost, int(found[cost].result["charge_pence_per_week"])) for cost in costs]
    return Estimate(found[stated or EXAMPLES_PENCE[1]], bool(stated), examples)


def means_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as the charging rule reads it."""
    return {
        "age": told["age"],
        "pension_age": told["pension_age"],
        "household": told["household"],
        "dependent_children": told["dependent_children"],
        "premiums": told["premiums"],
        "income": [_row(kind, told[kind], every, told) for kind, _label, every, _hint in COMING_IN if told[kind]],
        "capital_pence": (told["savings"] or 0) + (told["land"] or 0),
        "housing_costs_pence_per_week": cost_a_week_pence(told["housing"] or 0, "monthly"),
        "disability_related_expenditure_pence_per_week": told["disability_costs"] or 0,
        "carers_own_support": told["whose"] == AS_CARER,
    }


def _row(kind: str, pence: int, every: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """A line of income. Of anything else nobody says here what it is, so all of it counts."""
    row = {"kind": kind, "pence_per_week": income_a_week_pence(pence, every)}
    if kind == "other":
        row |= {"what": "Anything else", "from_whom": "where you said"}
    if kind in PAID_FOR_NIGHTS and told.get("covers"):
        row |= {"covers": told["covers"]}
    return row


def _charge(means: Mapping[str, Any], cost_pence: int, on: date) -> Outcome:
    given = {**means, "personal_budget_pence_per_week": cost_pence}
    return compute("charge", given, on, policy=settings.COUNCIL_POLICY)
