"""What the pages of the books ask for."""

from django import forms

from leeway.days import HAPPENED
from leeway.forms import DateField, PoundsField

AGAIN = "What you saw did not come with what you sent. Look at the amounts below, and set yours again."


class YearBudgetForm(forms.Form):
    """What is planned for a client group."""

    amount_pence = PoundsField(
        label="How much does the council plan to spend of its own money?",
        called="The amount planned",
        minimum_pence=0,
        error_messages={"required": "Enter the amount planned."},
    )
    reason = forms.CharField(
        label="What does it rest on?",
        help_text="For example “Budget agreed by full council, 26 February”, or a virement and where it comes from.",
        max_length=500,
        error_messages={"required": "Say what the amount rests on."},
    )
    seen = forms.IntegerField(error_messages=dict.fromkeys(("required", "invalid"), AGAIN), widget=forms.HiddenInput)


class MonthEndForm(forms.Form):
    """Which month to take."""

    ends_on = DateField(
        HAPPENED,
        label="What is the last day of the month?",
        called="The last day of the month",
        error_messages={"required": "Enter the last day of the month."},
    )
    reason = forms.CharField(
        label="If it was taken before: what has changed?",
        required=False,
        max_length=500,
    )


class DayForm(forms.Form):
    """Until when a journal or a return goes."""

    ends_on = DateField(
        HAPPENED,
        label="Until the end of which day?",
        called="The last day",
        error_messages={"required": "Enter the last day."},
    )
