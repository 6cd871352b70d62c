"""What the pages of bills ask for."""

from django import forms

from leeway import limits
from leeway.days import HAPPENED, PLANNED
from leeway.forms import DateField, PoundsField, YesNoField, set_choices
from leeway.law.numbers import pounds
from leeway.money.bills.kinds import Asked, Every, MoneyFrom, SettlementKind, SpaceKind

WORDS_MOST = 1_000


def _words(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, widget=forms.Textarea, max_length=WORDS_MOST)


class TakeOverForm(forms.Form):
    """A file of what people owed before, and where they were billed."""

    upload = forms.FileField(
        label="The file",
        help_text="CSV in UTF-8.",
        error_messages={"required": "Choose the file.", "empty": "The file is empty. Choose another one."},
    )
    source = forms.CharField(
        label="Where were these billed?",
        help_text="For example “Bills of the county’s finance system until 31 March 2027”. It stands on the bill.",
        max_length=200,
        error_messages={"required": "Say where these were billed."},
    )

    def clean_upload(self):
        upload, most = self.cleaned_data["upload"], limits.WHOLE_MB.most
        if upload.size > most * 1_000_000:
            raise forms.ValidationError(f"The file is larger than {most} MB. Take it over in parts.")
        return upload


class FindForm(forms.Form):
    """Whose bills to show."""

    words = forms.CharField(label="Find by name", required=False, max_length=100)


class LateForm(forms.Form):
    """Why a bill is late, and the plan that is offered with it."""

    why = _words(
        "Why is this bill late?",
        "The person reads this under our apology. Say what went wrong on our side, in plain words.",
    )
    every = forms.ChoiceField(
        label="How often could they pay?", choices=Every.choices, widget=forms.RadioSelect, initial=Every.FOUR_WEEKS
    )
    times = forms.IntegerField(
        label="In how many payments?", help_text="At least 2. They may ask for less at a time.", min_value=2,
        max_value=260,
    )  # fmt: skip


class ToForm(forms.Form):
    """To whom a bill of somebody who has died goes."""

    to = forms.ChoiceField(label="Who settles what they left?", widget=forms.RadioSelect)

    def __init__(self, data, *, representatives):
        super().__init__(data)
        self.representatives = {str(each.pk): each for each in representatives}
        set_choices(self, "to", [(key, each.name) for key, each in self.representatives.items()])

    def clean_to(self):
        return self.representatives[self.cleaned_data["to"]]


class DisputeForm(forms.Form):
    """What looks wrong about a bill."""

    words = _words("What looks wrong?", "For example days in hospital, support that did not come, or an amount.")


class CapacityForm(forms.Form):
    """What makes somebody doubt that a person can manage their money."""

    words = _words("What was seen or heard?", "The person can read this.")


class OutcomeForm(forms.Form):
    """What came of a dispute, or of a doubt."""

    outcome = _words("What came of it?", "In plain words. The person can read this.")


class SpaceForm(forms.Form):
    """A breathing space, as the register told of it."""

    kind = forms.ChoiceField(label="Which kind is it?", choices=SpaceKind.choices, widget=forms.RadioSelect)
    register_reference = forms.CharField(label="Reference of the register’s notice", max_length=40)
    starts_on = DateField(PLANNED, label="On which day does it start?", called="The day on which it starts")


class ReviewForm(forms.Form):
    """What the debt adviser's midway review said."""

    reviewed_on = DateField(HAPPENED, label="When was the midway review?", called="The day of the review")
    goes_on = YesNoField(label="Does the breathing space go on?")


class TreatmentForm(forms.Form):
    """That the treatment in a crisis ended."""

    treatment_ended_on = DateField(
        HAPPENED, label="On which day did the treatment end?", called="The day on which it ended"
    )


class EarlyEndForm(forms.Form):
    """That the register told of an earlier end."""

    ends_on = DateField(PLANNED, label="Which is the last day?", called="The last day")
    because = _words("What did the register tell?")


class PlanForm(forms.Form):
    """How somebody pays what they owe."""

    instalment_pence = PoundsField(label="How much at a time?", called="The instalment", minimum_pence=1)
    every = forms.ChoiceField(label="How often?", choices=Every.choices, widget=forms.RadioSelect)
    first_on = DateField(PLANNED, label="From which day on?", called="The first day")
    money_from = forms.ChoiceField(
        label="What do they pay it from?", choices=MoneyFrom.choices, widget=forms.RadioSelect
    )
    agreed_words = _words("How did they agree?", "In their words, or what you saw. Nobody has to agree.")


class PlanEndForm(forms.Form):
    """Why a plan could not be kept."""

    words = _words("Why could it not be kept, and what was offered instead?", "The person can read this.")


class SettleForm(forms.Form):
    """What to write off, or what was paid back, and why."""

    kind = forms.ChoiceField(label="What is it?", choices=SettlementKind.choices, widget=forms.RadioSelect)
    amount_pence = PoundsField(label="How much?", called="The amount", minimum_pence=1)
    because_of = forms.ChoiceField(label="Why?", choices=Asked.choices, widget=forms.RadioSelect)
    words = _words("What happened?", "As an auditor should read it. Where money was paid back: how, and what shows it.")


class DecideForm(forms.Form):
    """What another officer decides."""

    agreed = YesNoField(label="Do you agree?")
    words = forms.CharField(label="If not, why?", required=False, widget=forms.Textarea, max_length=WORDS_MOST)


class UndoForm(forms.Form):
    """Why what was settled is taken back."""

    reason = _words("What was mistaken?", "In plain words. The person can read this.")


def no_more_than(pence: int) -> str:
    """The hint under an amount."""
    return f"No more than {pounds(max(pence, 0))}."
