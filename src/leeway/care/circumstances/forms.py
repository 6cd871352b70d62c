"""The forms of deaths, stays and earlier support. What is allowed is decided by the actions."""

from django import forms

from leeway.care.circumstances.models import StayKind
from leeway.days import HAPPENED
from leeway.forms import DateField, PoundsField, VersionedForm
from leeway.market.listings.models import Kind
from leeway.market.units import REGULAR, Unit

TOLD_BY = forms.CharField(
    label="Who told us, and how?",
    help_text="For example: “Her daughter Ruth, by phone”.",
    max_length=200,
    error_messages={"required": "Say who told us, and how."},
)


class DeathForm(forms.Form):
    died_on = DateField(
        HAPPENED,
        label="On which day did they die?",
        called="The day of death",
        error_messages={"required": "Enter the day on which they died."},
    )
    told_by = TOLD_BY


class UndoDeathForm(VersionedForm):
    because = forms.CharField(
        label="How do we know that it is wrong?",
        widget=forms.Textarea,
        max_length=500,
        error_messages={"required": "Say how we know that it is wrong."},
    )


class StayForm(forms.Form):
    kind = forms.ChoiceField(
        label="Where are they?",
        help_text="In prison: ask whether they were convicted. A direct payment may go on for somebody on remand or "
        "on bail, and not for somebody convicted. Whoever is out of prison for a time only, in hospital for example, "
        "is still in prison here.",
        choices=StayKind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where they are."},
    )
    place = forms.CharField(label="Its name", max_length=200, required=False)
    starts_on = DateField(
        HAPPENED,
        label="Since which day?",
        called="The first day",
        error_messages={"required": "Enter the day on which they came."},
    )
    ends_on = DateField(HAPPENED, label="On which day did they leave?", called="The day of leaving", required=False)
    told_by = TOLD_BY


class TakeBackStayForm(forms.Form):
    because = forms.CharField(
        label="How do we know that it is wrong?",
        widget=forms.Textarea,
        error_messages={"required": "Say how we know that it is wrong."},
    )


class EndStayForm(forms.Form):
    ends_on = DateField(
        HAPPENED,
        label="On which day did they leave?",
        called="The day of leaving",
        error_messages={"required": "Enter the day on which they left."},
    )


class EarlierSupportForm(forms.Form):
    kind = forms.ChoiceField(
        label="What kind of support was it?",
        choices=[("", "Choose one"), *Kind.choices],
        error_messages={"required": "Choose what kind of support it was."},
    )
    provider = forms.CharField(
        label="Who gave it?",
        help_text="For example: “Sunrise Home Care”.",
        max_length=200,
        error_messages={"required": "Say who gave it."},
    )
    provider_number = forms.CharField(
        label="Its number at the Care Quality Commission, if it has one",
        help_text="For example: 1-123456789. With it, the same provider is known again.",
        max_length=20,
        required=False,
    )
    units = forms.DecimalField(
        label="How many",
        min_value=0,
        max_digits=7,
        decimal_places=2,
        error_messages={"required": "Enter how many there were each time."},
    )
    unit = forms.ChoiceField(label="Of what", choices=Unit)
    frequency = forms.ChoiceField(label="How often", choices=REGULAR)
    unit_cost_pence = PoundsField(label="Cost of one")
    starts_on = DateField(
        HAPPENED,
        label="Since which day?",
        called="The first day",
        error_messages={"required": "Enter the day on which it began."},
    )
    ends_on = DateField(
        HAPPENED,
        label="On which day did it end?",
        help_text="Leave this empty if it goes on until the budget starts.",
        called="The last day",
        required=False,
    )
    told_by = forms.CharField(
        label="Where is this known from?",
        help_text="For example: “The old system, and the agency’s last invoice”.",
        max_length=200,
        error_messages={"required": "Say where this is known from."},
    )


class TakeBackEarlierSupportForm(TakeBackStayForm):
    """The same question: how it is known to be wrong."""
