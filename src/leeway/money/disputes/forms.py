"""What the pages of disputes ask for."""

from django import forms

from leeway.care.people.models import Case
from leeway.days import HAPPENED, PLANNED
from leeway.forms import Called, DateField, set_choices
from leeway.law.disputes import ABOUT, STEPS
from leeway.law.recharge import WHOLE
from leeway.money.disputes.models import Dispute
from leeway.money.disputes.queries import funders_on, lines_in_force

EVERY_LINE = "every"


class PercentField(Called, forms.DecimalField):
    """A share typed in percent (“62.5”), kept as hundredths of one percent."""

    def __init__(self, **options):
        super().__init__(min_value=0, max_value=100, max_digits=5, decimal_places=2, **options)
        self.widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def prepare_value(self, value):
        return f"{value // 100}.{value % 100:02d}".rstrip("0").rstrip(".") if isinstance(value, int) else value

    def clean(self, value):
        text = super().clean(value.replace("%", "") if value else value)
        return None if text is None else int(text * 100)


class OpenForm(forms.Form):
    """Who says that who must pay for what, from which day and how much, and who pays meanwhile."""

    about = forms.ChoiceField(
        label="What is it about?",
        choices=[(choice.code, choice.label) for choice in ABOUT],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the dispute is about."},
    )
    line = forms.ChoiceField(
        label="Which support?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a line of the plan, or all of it."},
    )
    claimed_by = forms.ChoiceField(
        label="Who says that another must pay?", error_messages={"required": "Choose who says so."}
    )
    claimed_of = forms.ChoiceField(
        label="Who must pay, as they say?", error_messages={"required": "Choose who must pay, as they say."}
    )
    claimed_share = PercentField(
        label="How much of the whole cost?",
        called="The share",
        error_messages={"required": "Enter the share of the whole cost, in percent."},
    )
    claimed_from = DateField(
        PLANNED,
        label="From which day?",
        called="The day from which they are to pay",
        error_messages={"required": "Enter the day from which they are to pay."},
    )
    began_on = DateField(
        HAPPENED,
        label="When was the other body told?",
        called="The day on which the other body was told",
        help_text="The clock of the dispute begins on that day.",
        error_messages={"required": "Enter the day on which the other body was told."},
    )
    paid_by = forms.ChoiceField(
        label="Who pays meanwhile, without prejudice?",
        help_text="The person is paid as before, whoever is right.",
        error_messages={"required": "Choose who pays meanwhile."},
    )
    reason = forms.CharField(
        label="Why must they pay?",
        help_text="What was decided or assessed, and when.",
        widget=forms.Textarea,
        max_length=2000,
        error_messages={"required": "Say why they are to pay: what was decided or assessed, and when."},
    )

    def __init__(self, *args, case: Case, on, **options):
        super().__init__(*args, **options)
        self.lines = {str(line.pk): line for line in lines_in_force(case)}
        self.funders = {str(funder.pk): funder for funder in funders_on(on)}
        lines = [(pk, line.what) for pk, line in self.lines.items()]
        set_choices(self, "line", [(EVERY_LINE, "All of it"), *lines])
        for name in ("claimed_by", "claimed_of", "paid_by"):
            set_choices(self, name, [("", "Choose one"), *((pk, str(each)) for pk, each in self.funders.items())])

    def clean_line(self):
        return self.lines.get(self.cleaned_data["line"])

    def clean_claimed_by(self):
        return self.funders[self.cleaned_data["claimed_by"]]

    def clean_claimed_of(self):
        return self.funders[self.cleaned_data["claimed_of"]]

    def clean_paid_by(self):
        return self.funders[self.cleaned_data["paid_by"]]


class StepForm(forms.Form):
    """What was done about a dispute, when, and what came of it."""

    kind = forms.ChoiceField(
        label="What was done?",
        choices=[(choice.code, choice.label) for choice in STEPS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what was done."},
    )
    happened_on = DateField(
        HAPPENED,
        label="On which day?",
        called="The day on which it was done",
        error_messages={"required": "Enter the day on which it was done."},
    )
    words = forms.CharField(
        label="What came of it?",
        widget=forms.Textarea,
        max_length=2000,
        error_messages={"required": "Say what came of it."},
    )


class EndForm(forms.Form):
    """Who decided what, when and why; who pays from which day, in which shares of the whole cost."""

    ended_on = DateField(
        HAPPENED,
        label="When was it decided?",
        called="The day on which it was decided",
        error_messages={"required": "Enter the day on which it was decided."},
    )
    decided_by = forms.CharField(
        label="Who decided it?",
        help_text="For example “Both bodies’ panel of 3 June 2026”.",
        max_length=200,
        error_messages={"required": "Say who decided it, such as a panel of both."},
    )
    starts_on = DateField(
        PLANNED,
        label="From which day do they pay so?",
        called="The day from which they pay",
        error_messages={"required": "Enter the day from which they pay."},
    )
    ends_on = DateField(
        PLANNED,
        label="Until which day?",
        called="The last day",
        help_text="Leave empty where it goes on.",
        required=False,
    )
    share = PercentField(
        called="The share", error_messages={"required": "Enter the share of the whole cost, in percent. It may be 0."}
    )
    reason = forms.CharField(
        label="Why?",
        widget=forms.Textarea,
        max_length=2000,
        error_messages={"required": "Say why they pay so."},
    )

    def __init__(self, *args, dispute: Dispute, **options):
        super().__init__(*args, **options)
        self.dispute = dispute
        self.fields["share"].label = f"How much of {dispute.of_what} does {dispute.claimed_of} pay?"
        self.fields["share"].help_text = f"In percent. {dispute.claimed_by} pays the rest."

    def clean(self):
        cleaned = super().clean()
        if "share" in cleaned:
            share = cleaned.pop("share")
            cleaned["shares"] = {self.dispute.claimed_of: share, self.dispute.claimed_by: WHOLE - share}
        return cleaned


class TakeBackForm(forms.Form):
    """Why an outcome was recorded by mistake."""

    reason = forms.CharField(
        label="What was mistaken?",
        help_text="In plain words. The person can read this.",
        widget=forms.Textarea,
        max_length=500,
        error_messages={"required": "Say what was mistaken. The person can read this."},
    )
