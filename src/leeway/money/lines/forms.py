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


class SeenForm(forms.Form):
    """What the page showed of a budget that is to go on."""

    seen = forms.CharField(widget=forms.HiddenInput, error_messages={"required": LOOK_AGAIN, "invalid": LOOK_AGAIN})
