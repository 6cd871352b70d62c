"""Forms of conditions: what is asked, why, until when; a challenge, its answer, an end."""

from django import forms

from leeway.care.conditions.kinds import Because, What
from leeway.days import PLANNED
from leeway.forms import DateField


class SetForm(forms.Form):
    """A condition of one person's direct payment."""

    what = forms.ChoiceField(
        label="What is asked?",
        choices=What.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is asked."},
    )
    words = forms.CharField(
        label="What exactly?",
        widget=forms.Textarea,
        max_length=1000,
        help_text="In plain words: the person reads it. Of a list, one name on each line.",
        error_messages={"required": "Say in plain words what exactly is asked."},
    )
    because = forms.ChoiceField(
        label="For which reason?",
        choices=Because.choices,
        widget=forms.RadioSelect,
        help_text="What the council does with everybody is no reason.",
        error_messages={"required": "Choose for which reason."},
    )
    reason = forms.CharField(
        label="Why, for this person?",
        widget=forms.Textarea,
        max_length=1000,
        error_messages={"required": "Say why, for this person."},
    )
    offered = forms.CharField(
        label="Which other ways were offered?",
        widget=forms.Textarea,
        max_length=1000,
        required=False,
        help_text="Needed for a card, and where somebody else holds the account.",
    )
    said_of_it = forms.CharField(
        label="What did the person say of it, or whoever speaks for them?",
        widget=forms.Textarea,
        max_length=1000,
        error_messages={"required": "Say what the person said of it, or whoever speaks for them."},
    )
    starts_on = DateField(PLANNED, label="First day", error_messages={"required": "Enter the first day."})
    ends_on = DateField(
        PLANNED,
        label="Last day",
        help_text="Within a year. It ends by itself then, or is set anew with its reason.",
        error_messages={"required": "Enter the last day."},
    )


class EndForm(forms.Form):
    """Why a condition ends early."""

    reason = forms.CharField(
        label="Why does it end?",
        widget=forms.Textarea,
        max_length=1000,
        error_messages={"required": "Say why it ends."},
    )


class ChallengeForm(forms.Form):
    """Why a condition is not right."""

    words = forms.CharField(
        label="Why is it not right?",
        widget=forms.Textarea,
        max_length=2000,
        error_messages={"required": "Say why it is not right, in your own words."},
    )


class AnswerForm(forms.Form):
    """What a manager answers."""

    was_right = forms.TypedChoiceField(
        label="Is the challenge right?",
        choices=[("yes", "Yes: the condition ends today"), ("no", "No: the condition stands")],
        coerce=lambda given: given == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether the challenge is right."},
    )
    words = forms.CharField(
        label="Your reasons",
        widget=forms.Textarea,
        max_length=2000,
        help_text="The person reads this.",
        error_messages={"required": "Say why, for the person to read."},
    )
