"""What the pages of contributions ask for."""

from django import forms

from leeway.days import HAPPENED
from leeway.forms import DateField, PoundsField, YesNoField
from leeway.money.contributions.queries import OLDEST, SORTED

AGAIN = "What you saw did not come with what you sent. Here is how it stands now: check, and send it again."


class FindForm(forms.Form):
    """Whose shares to show, and in which order."""

    words = forms.CharField(label="Find by name", required=False, max_length=100)
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        choices=SORTED,
        error_messages={"invalid_choice": "Choose one of these orders."},
    )

    def clean_sort(self):
        return self.cleaned_data["sort"] or OLDEST


class ReceiptForm(forms.Form):
    """What was received, when, and what shows it."""

    amount_pence = PoundsField(
        label="How much was received?",
        called="The amount received",
        minimum_pence=1,
        error_messages={"required": "Enter the amount received."},
    )
    received_on = DateField(
        HAPPENED,
        label="On which day?",
        called="The day on which it was received",
        error_messages={"required": "Enter the day on which the money was received."},
    )
    looked_at = forms.CharField(
        label="What did you look at?",
        help_text="For example “Bank statement 14, line 3”. No account numbers.",
        error_messages={"required": "Say what shows that the money was received."},
        max_length=500,
    )
    owed_pence = forms.IntegerField(
        error_messages=dict.fromkeys(("required", "invalid"), AGAIN), widget=forms.HiddenInput
    )


class SeenForm(forms.Form):
    """What the page showed of a charge that changes, and whether it was worked out from how things are."""

    seen = forms.CharField(error_messages={"required": AGAIN}, widget=forms.HiddenInput)
    money_changed = YesNoField(
        required=False,
        label="Has what comes in, what is saved or what is paid for changed since the last money check?",
        help_text="Benefits and pensions go up in April too. Ask the person, or look at what they were awarded.",
    )


class TakeBackForm(forms.Form):
    """Why a receipt was a mistake."""

    reason = forms.CharField(
        label="What was mistaken?",
        help_text="In plain words. The person can read this.",
        error_messages={"required": "Say what was mistaken. The person can read this."},
        widget=forms.Textarea,
        max_length=500,
    )
