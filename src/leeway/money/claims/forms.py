"""What the pages of claims ask for."""

from django import forms

from leeway.days import HAPPENED
from leeway.forms import DateField, PoundsField, set_choices
from leeway.law.numbers import pounds

MOST = 1_000


class SendForm(forms.Form):
    """To whom a claim went, and how."""

    how = forms.CharField(
        label="To whom did it go, and how?", help_text="For example “By secure email to the body’s invoices team”.",
        max_length=300,
    )  # fmt: skip


class ChaseForm(forms.Form):
    """What was done to chase a claim."""

    words = forms.CharField(label="Whom did you reach, and what did they say?", widget=forms.Textarea, max_length=MOST)


class QueryForm(forms.Form):
    """What the NHS body queries of a line."""

    words = forms.CharField(label="What do they query?", widget=forms.Textarea, max_length=MOST)
    raised_on = DateField(HAPPENED, label="On which day?", called="The day of the query")


class AnswerForm(forms.Form):
    """What was answered."""

    answer = forms.CharField(label="What did you answer?", widget=forms.Textarea, max_length=MOST)


class PartForm(forms.Form):
    """How much of a line was paid, when, what shows it, and what the body queries of the rest."""

    amount_pence = PoundsField(label="How much of it was received?", called="The amount received", minimum_pence=1)
    received_on = DateField(HAPPENED, label="On which day?", called="The day on which it was received")
    looked_at = forms.CharField(
        label="What did you look at?", help_text="For example “Bank statement 14, line 3”. No account numbers.",
        max_length=300,
    )  # fmt: skip
    words = forms.CharField(
        label="What do they query of the rest?", widget=forms.Textarea, max_length=MOST,
        error_messages={"required": "Say what they query of the rest, in their words."},
    )  # fmt: skip

    def __init__(self, data, *, queried: bool):
        super().__init__(data)
        if queried:
            del self.fields["words"]


class ReceiveForm(forms.Form):
    """Which lines were paid, how much came in, when, and what shows it."""

    lines = forms.MultipleChoiceField(
        label="Which lines were paid?", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose the lines that were paid."},
    )  # fmt: skip
    amount_pence = PoundsField(label="How much was received?", called="The amount received", minimum_pence=1)
    received_on = DateField(HAPPENED, label="On which day?", called="The day on which it was received")
    looked_at = forms.CharField(
        label="What did you look at?", help_text="For example “Bank statement 14, line 3”. No account numbers.",
        max_length=300,
    )  # fmt: skip

    def __init__(self, data, *, lines):
        super().__init__(data)
        self.by_key = {str(each.line.pk): each.line for each in lines if each.left_pence}
        labels = [
            (str(each.line.pk), f"Line {each.line.place}, {each.line.reference}: {pounds(each.left_pence)}")
            for each in lines
            if each.left_pence
        ]
        set_choices(self, "lines", labels)
        if data is None:  # all that is not queried, to begin with
            self.initial["lines"] = [str(each.line.pk) for each in lines if each.left_pence and not each.is_queried]

    def clean_lines(self):
        return [self.by_key[key] for key in self.cleaned_data["lines"]]
