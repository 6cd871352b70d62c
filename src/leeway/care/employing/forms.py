"""The forms of an employer's record. What is allowed is decided by the actions."""

from typing import Any

from django import forms

from leeway.care.employing.models import EndedWhy, PaidEvery, Terms
from leeway.days import BORN, HAPPENED, PLANNED
from leeway.forms import DateField, PoundsField, YesNoField
from leeway.law.employer_duties import Duty
from leeway.law.employing import HOURLY_MOST_PENCE, MINUTES_AN_HOUR

HOURS_MOST = 100
BY_LAW = "law"


class PayForm(forms.Form):
    """What an hour is paid, how many hours there are, whether they change, and how often it is paid."""

    hourly = PoundsField(label="Pay for an hour")
    hours = forms.DecimalField(
        label="Hours a week",
        help_text="7.5 is seven and a half hours.",
        min_value=1,
        max_value=HOURS_MOST,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    hours_vary = YesNoField(label="Do the hours change from week to week?")
    paid_every = forms.ChoiceField(label="How often is it paid?", choices=PaidEvery.choices, widget=forms.RadioSelect)

    def clean_hourly(self) -> int:
        """An hour's pay, in pence: more than this is a slip."""
        hourly = self.cleaned_data["hourly"]
        if not 1 <= hourly <= HOURLY_MOST_PENCE:
            raise forms.ValidationError("Enter what one hour is paid, such as 13.50: at most £100.")
        return hourly


class JobForm(PayForm):
    """What a job pays, with what else its cost rests on."""

    claims_allowance = YesNoField(
        label="Is the Employment Allowance claimed for this?",
        help_text="Most people who employ only for their own care can claim it. A payroll service knows.",
    )
    in_pension = forms.ChoiceField(
        label="Are they in a pension through this job?",
        choices=[("yes", "Yes"), ("no", "No, they left it or asked not to be in it"), (BY_LAW, "I do not know yet")],
        widget=forms.RadioSelect,
        help_text="If you do not know, we reckon with what the law asks.",
    )

    @property
    def terms(self) -> dict[str, Any]:
        """The terms as the record keeps them."""
        told = self.cleaned_data
        return {
            "hourly_pence": told["hourly"],
            "minutes_a_week": round(told["hours"] * MINUTES_AN_HOUR),
            "hours_vary": told["hours_vary"],
            "paid_every": told["paid_every"],
            "claims_allowance": told["claims_allowance"],
            "in_pension": None if told["in_pension"] == BY_LAW else told["in_pension"] == "yes",
        }


def as_told(terms: Terms) -> dict[str, Any]:
    """Terms on record as the answers of their form, without the day from which they hold."""
    return {
        "hourly": terms.hourly_pence,
        "hours": f"{terms.minutes_a_week / MINUTES_AN_HOUR:.2f}".rstrip("0").rstrip("."),
        "hours_vary": str(terms.hours_vary),
        "paid_every": terms.paid_every,
        "claims_allowance": str(terms.claims_allowance),
        "in_pension": BY_LAW if terms.in_pension is None else "yes" if terms.in_pension else "no",
    }


class TermsForm(JobForm):
    """New terms of a job, and from which day they hold."""

    from_on = DateField(PLANNED, label="From which day?", called="The first day of the new terms")
    field_order = ("from_on",)


class TakeOnForm(JobForm):
    """Somebody who is employed, since when, and on what terms."""

    name = forms.CharField(label="Name of who works for you", max_length=100)
    born_on = DateField(BORN, label="Their birthday", help_text="The least wage, the pension and redundancy go by age.")
    started_on = DateField(PLANNED, label="First day of the job")

    field_order = ("name", "born_on", "started_on")


class EndForm(forms.Form):
    ended_on = DateField(PLANNED, label="Last day of the job")
    ended_why = forms.ChoiceField(label="Why does it end?", choices=EndedWhy.choices, widget=forms.RadioSelect)


class DoneForm(forms.Form):
    """When a duty was done, and until when it holds where it ends."""

    done_on = DateField(HAPPENED, label="When was it done?", called="The day on which it was done")
    until = DateField(PLANNED, label="Until when does it hold?", called="Its last day", required=False)

    def __init__(self, *args, duty: Duty, **kwargs):
        super().__init__(*args, **kwargs)
        if duty.until is None:
            del self.fields["until"]
        else:
            help_text = "It is on the certificate." if duty.until else "Leave it empty where it does not end."
            self.fields["until"].help_text = help_text
