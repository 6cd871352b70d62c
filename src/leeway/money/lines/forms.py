"""What the pages of one line ask for."""

from django import forms

from leeway.days import PLANNED
from leeway.forms import DateField
from leeway.money.budgets.cover import cover_field

LOOK_AGAIN = "Open the page again, and look at what changes."


class EndLineForm(forms.Form):
    """When one thing in the plan ends by itself, and why."""

    ends_on = DateField(
        PLANNED,
        label="The last day that it is paid for",
        called="The last day",
        error_messages={"required": "Enter the last day that it is paid for."},
    )
    reason = forms.CharField(
        label="Why does it end?",
        help_text="In plain words. The person can read this.",
        error_messages={"required": "Say why it ends. The person can read this."},
        widget=forms.Textarea,
    )
    cover = cover_field()


class PauseLineForm(forms.Form):
    """From when to when one thing in the plan stops for a time, why, and what meets the need meanwhile."""

    starts_on = DateField(
        PLANNED,
        label="The first day that it is not paid for",
        called="The first day",
        error_messages={"required": "Enter the first day that it is not paid for."},
    )
    ends_on = DateField(
        PLANNED,
        label="The last day that it is not paid for",
        called="The last day",
        help_text="It goes on again by itself on the day after.",
        error_messages={"required": "Enter the last day that it is not paid for."},
    )
    reason = forms.CharField(
        label="Why does it stop for a time?",
        help_text="In plain words. The person can read this.",
        error_messages={"required": "Say why it stops for a time. The person can read this."},
        widget=forms.Textarea,
    )
    meanwhile = forms.CharField(
        label="What meets the need meanwhile?",
        help_text="Who does it, or why nobody has to: no day is left uncovered. The person can read this.",
        error_messages={"required": "Say what meets the need meanwhile, or why nothing has to."},
        widget=forms.Textarea,
    )


class SeenForm(forms.Form):
    """What the page showed of a budget that is to go on."""

    seen = forms.CharField(widget=forms.HiddenInput, error_messages={"required": LOOK_AGAIN, "invalid": LOOK_AGAIN})
