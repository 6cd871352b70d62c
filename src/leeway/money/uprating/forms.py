"""What the pages of a batch ask for."""

from django import forms

from leeway.days import PLANNED
from leeway.forms import DateField, YesNoField
from leeway.money.uprating.states import RowState

SHOWN = [("", "Everybody the day touches"), *((state.value, state.label) for state in RowState)]


class DraftForm(forms.Form):
    """From which day, what it is called, and whether benefits go up and new prices count with it."""

    day = DateField(
        PLANNED,
        label="From which day?",
        called="The first day of the new charges",
        help_text="6 April for the new figures of the law, or any day on which the council’s own change.",
        error_messages={"required": "Enter the first day of the new charges."},
    )
    what_for = forms.CharField(
        label="What is it called?",
        help_text="For example “April 2027”.",
        error_messages={"required": "Say what it is called, such as “April 2027”."},
        max_length=100,
    )
    puts_benefits_up = YesNoField(
        label="Put benefits up that stood at the full rate of the year before?",
        help_text="Only what stood at a published rate to the penny. Nobody is asked first. Whoever pays another "
        "amount reads so in their letter, and anybody can say that it is wrong.",
        error_messages={"required": "Say whether benefits are put up with it."},
    )
    takes_prices = YesNoField(
        label="Have budgets go on at the recorded prices that begin on that day?",
        help_text="The plans stay as they were agreed. Whose price began before that day is set apart, to be decided "
        "one by one.",
        error_messages={"required": "Say whether new prices go with it."},
    )


class FindForm(forms.Form):
    """Which rows to show."""

    words = forms.CharField(label="Find by name", required=False, max_length=100)
    state = forms.ChoiceField(label="Show", required=False, choices=SHOWN)


class LookForm(forms.Form):
    """What was seen of who gains and who loses."""

    words = forms.CharField(
        label="What did you see, and what follows from it?",
        help_text="Who loses most and why; whether any age, sex or ethnic group loses more than others, and what is "
        "done about that; what you asked of anybody set apart.",
        error_messages={"required": "Say what you saw of who gains and who loses, and what follows from it."},
        widget=forms.Textarea,
        max_length=2000,
    )


class LateForm(forms.Form):
    """Why letters go out late, where they do."""

    late_because = forms.CharField(
        label="Why are these letters late?",
        help_text="Everybody reads this in their letter, with our apology.",
        required=False,
        widget=forms.Textarea,
        max_length=500,
    )


class BecauseForm(forms.Form):
    """Why a batch is withdrawn or undone."""

    because = forms.CharField(
        label="Why?",
        help_text="In plain words. Where people were told of it, they read this.",
        error_messages={"required": "Say why."},
        widget=forms.Textarea,
        max_length=500,
    )
