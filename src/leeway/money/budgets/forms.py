"""What the pages of a budget ask for."""

from django import forms

from leeway.days import PLANNED
from leeway.forms import DateField, PoundsField
from leeway.money.budgets.models import COMES_BY_ITSELF, LAST_COSTS, HoldKind


class HoldForm(forms.Form):
    """Why payments should wait."""

    kind = forms.ChoiceField(
        label="Why should payments wait?",
        choices=[(kind.value, kind.label) for kind in HoldKind if kind not in COMES_BY_ITSELF],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why payments should wait."},
    )
    reason = forms.CharField(
        label="What happened?",
        error_messages={"required": "Say what happened. The person can read this."},
        help_text="In plain words. The person can read this.",
        widget=forms.Textarea,
    )


class EndForm(forms.Form):
    """When and why a budget ends, and which record of a death the page showed."""

    death = forms.UUIDField(required=False, widget=forms.HiddenInput)
    ends_on = DateField(
        PLANNED,
        label="Last day that the budget pays for",
        error_messages={"required": "Enter the last day that the budget pays for."},
    )
    reason = forms.CharField(
        label="Why does it end?",
        error_messages={"required": "Say why the budget ends. The person can read this."},
        help_text="In plain words. The person can read this.",
        widget=forms.Textarea,
    )


class BecauseForm(forms.Form):
    """Why a budget is set up again, or a last cost cancelled."""

    reason = forms.CharField(
        label="Why?",
        error_messages={"required": "Say why. The person can read this."},
        help_text="In plain words. The person can read this.",
        widget=forms.Textarea,
    )


class LastCostForm(forms.Form):
    """What an employer still owes after the end."""

    kind = forms.ChoiceField(
        label="What is still owed?",
        choices=[(kind.value, kind.label) for kind in LAST_COSTS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is still owed."},
    )
    whose = forms.CharField(
        label="Whose is it?",
        help_text="The name of the assistant; for tax, whom it is owed to.",
        max_length=100,
        error_messages={"required": "Say whose wages, redundancy or tax it is."},
    )
    amount_pence = PoundsField(
        label="How much?", called="The amount", minimum_pence=1, error_messages={"required": "Enter the amount."}
    )
