"""The forms of deaths and stays. What is allowed is decided by the actions."""

from django import forms

from leeway.care.circumstances.models import StayKind
from leeway.days import HAPPENED
from leeway.forms import DateField, VersionedForm

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
