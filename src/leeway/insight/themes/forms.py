"""What is asked of an answer and of a risk."""

from typing import Any

from django import forms

from leeway.days import PLANNED
from leeway.forms import DateField
from leeway.insight.themes.models import IMPACT, LIKELIHOOD

AGAIN = "What you saw did not come with what you sent. Look at what it says now, and send yours again."
WORDS = 2000


class Seen(forms.IntegerField):
    """The number of the row that was seen."""

    def __init__(self) -> None:
        messages = dict.fromkeys(("required", "invalid"), AGAIN)
        super().__init__(error_messages=messages, widget=forms.HiddenInput)


def sentences(label: str, ask: str, *, required: bool = True, hint: str = "") -> forms.CharField:
    """A field for some sentences."""
    too_long = f"Use {WORDS:,} characters at most."
    return forms.CharField(
        label=label, max_length=WORDS, required=required, widget=forms.Textarea({"rows": 3}), help_text=hint,
        error_messages={"required": ask, "max_length": too_long},
    )  # fmt: skip


def short(label: str, ask: str) -> forms.CharField:
    """A field for a name."""
    return forms.CharField(
        label=label, max_length=120, error_messages={"required": ask, "max_length": "Use 120 characters at most."}
    )


class AnswerForm(forms.Form):
    """What the council answers to a theme."""

    answer = sentences(
        "How does the council do this now?",
        "Say how the council does this now.",
        hint="In your own words, with what it is known from. What was answered before stays beside it.",
    )
    will_do = sentences("What will it do?", "", required=False, hint="Leave it empty where nothing is planned.")
    owner = short("Who answers for it?", "Say who answers for it.")
    seen = Seen()


class RiskForm(forms.Form):
    """A risk, weighed by the council's scales."""

    name = short("What do you call this risk?", "Give the risk a name.")
    cause = sentences("What could bring it about?", "Say what could bring it about.")
    effect = sentences("What would it do, and to whom?", "Say what it would do, and to whom.")
    likelihood = forms.TypedChoiceField(
        label="How likely is it?", choices=LIKELIHOOD, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose how likely it is.", "invalid_choice": "Choose one of the five."},
    )  # fmt: skip
    impact = forms.TypedChoiceField(
        label="How bad would it be?", choices=IMPACT, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose how bad it would be.", "invalid_choice": "Choose one of the five."},
    )  # fmt: skip
    held_by = sentences(
        "What holds against it now?", "Say what holds against it now.", hint="“Nothing yet” is an answer."
    )
    owner = short("Who answers for it?", "Say who answers for it.")
    review_on = DateField(
        PLANNED,
        label="When is it looked at next?",
        called="The next review",
        error_messages={"required": "Enter the day on which it is looked at next."},
    )
    why = sentences("What changed since it was last weighed?", "Say what changed.", required=False)
    closed = forms.BooleanField(label="It is closed: nobody need look at it again", required=False)
    seen = Seen()

    def __init__(self, *given: Any, first: bool, **options: Any) -> None:
        super().__init__(*given, **options)
        if first:
            del self.fields["why"], self.fields["closed"]
