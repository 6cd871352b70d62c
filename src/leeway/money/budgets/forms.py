"""What the pages of a budget ask for."""

from django import forms

from leeway.days import PLANNED
from leeway.forms import DateField, PoundsField
from leeway.money.budgets.cover import cover_field
from leeway.money.budgets.models import COMES_BY_ITSELF, LAST_COSTS, Collector, HoldKind

LOOK_AGAIN = "Open the page again, and look at until when payments wait."


class CollectorForm(forms.Form):
    """Who collects what somebody pays towards a direct payment."""

    collected_by = forms.ChoiceField(
        label="Who collects it from the next budget on?",
        choices=Collector.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who collects it."},
    )
    reason = forms.CharField(
        label="Why?",
        widget=forms.Textarea,
        help_text="With what the person said of it. They can read this.",
        error_messages={"required": "Say why, and what the person said of it."},
    )


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
    last_on = DateField(
        PLANNED,
        label="Until which day, as far as you know?",
        called="The last day that payments wait",
        help_text="At most three months from today.",
        error_messages={"required": "Enter the last day that payments wait, as far as you know."},
    )
    ends_by_itself = forms.TypedChoiceField(
        label="What happens after that day?",
        choices=[
            ("no", "Finance looks again: payments wait until somebody lifts the hold"),
            ("yes", "The hold ends by itself"),
        ],
        help_text=(
            "A hold for a time in hospital, in a care home or in prison does not end by itself: somebody says whether "
            "those days are paid and charged, or left out."
        ),
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happens after the last day."},
    )


class ExtendForm(forms.Form):
    """Until when payments wait, once somebody looked again, and the day that the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, error_messages={"required": LOOK_AGAIN, "invalid": LOOK_AGAIN})
    last_on = DateField(
        PLANNED,
        label="Until which day do payments wait now?",
        called="The last day that payments wait",
        help_text="At most three months from today.",
        error_messages={"required": "Enter the last day that payments wait."},
    )


class AwayForm(forms.Form):
    """What becomes of the days on which somebody was away, when a hold is lifted."""

    days = forms.ChoiceField(
        label="What happens to the pay and the charge of these days?",
        choices=[
            ("paid", "They are paid and charged as agreed, for example since an assistant’s wages went on"),
            ("paid_on", "Some are paid and not charged, for example to keep an assistant while the person is away"),
            ("left_out", "Some are left out: nothing is paid for them, and nothing is charged"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happens to the pay and the charge of these days."},
    )
    starts_on = DateField(PLANNED, label="The first of these days", required=False)
    ends_on = DateField(PLANNED, label="The last of these days", required=False)
    days_because = forms.CharField(
        label="Why?",
        help_text="In plain words. The person can read this.",
        error_messages={"required": "Say why. The person can read this."},
        widget=forms.Textarea,
    )

    def clean(self) -> dict:
        """Days are named where some are not as agreed."""
        said = super().clean() or {}
        if said.get("days") in ("paid_on", "left_out"):
            for name, words in (("starts_on", "first"), ("ends_on", "last")):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, f"Enter the {words} of these days.")
        return said


class InterimForm(forms.Form):
    """Money on account, before a budget is set up."""

    amount_pence = PoundsField(
        label="How much?", called="The amount", minimum_pence=1, error_messages={"required": "Enter the amount."}
    )
    starts_on = DateField(PLANNED, label="For which days? The first", called="The first day")
    ends_on = DateField(PLANNED, label="The last of these days", called="The last day")
    reason = forms.CharField(
        label="Why can this not wait for the budget?",
        help_text="In plain words. The person can read this.",
        error_messages={"required": "Say why this cannot wait. The person can read this."},
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
    cover = cover_field()


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
