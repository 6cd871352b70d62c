"""The forms of recoveries. What is allowed is decided by the actions."""

from django import forms

from leeway.care.people.forms import long_text
from leeway.days import HAPPENED
from leeway.forms import DateField, PoundsField, YesNoField, set_choices
from leeway.money.recovery.models import Because
from leeway.money.recovery.queries import OF_A_PAYMENT


class SeenForm(forms.Form):
    """A button that acts on what was seen."""

    seen = forms.CharField(widget=forms.HiddenInput)


class AskForm(forms.Form):
    """What is asked about: one payment, or what lies in the account."""

    because = forms.ChoiceField(label="What is it about?", widget=forms.RadioSelect)
    pence = PoundsField(label="How much is it?", called="The amount", minimum_pence=1)
    day = DateField(HAPPENED, label="For which day was it paid?", called="The day", required=False)
    what = forms.CharField(label="What is it, in a few words?", max_length=200)
    reason = long_text(
        "What would you like to understand?",
        longest=2000,
        help_text="The person reads this. Ask openly: there may be a good reason that nobody wrote down.",
    )

    def __init__(self, *args, of_a_payment: bool, **kwargs):
        super().__init__(*args, **kwargs)
        set_choices(self, "because", [each for each in Because.choices if (each[0] in OF_A_PAYMENT) == of_a_payment])
        if of_a_payment:
            del self.fields["day"]


class TalkForm(forms.Form):
    reached = YesNoField(label="Did you speak with them?")
    happened_on = DateField(HAPPENED, label="When?", called="The day")
    words = long_text("With whom, and what did they say? Or how did you try?", longest=2000)


class WhyForm(forms.Form):
    words = long_text("Why?", longest=2000, help_text="The person can read this.")


class SeenWhyForm(WhyForm, SeenForm):
    pass


class GivenBackForm(forms.Form):
    pence = PoundsField(label="How much came back?", called="What came back", minimum_pence=1)
    received_on = DateField(HAPPENED, label="When did it come?", called="The day on which it came")
    words = long_text("How do you know?", longest=500, help_text="The day and line of the bank.")


class ChallengeAnswerForm(forms.Form):
    upheld = YesNoField(label="Is the challenge right?", help_text="If it is, nothing is asked back.")
    words = long_text("Why?", longest=5000, help_text="The person reads this. Answer each thing that they said.")


class OwnWordsForm(forms.Form):
    words = long_text("In your own words", longest=5000)


class ReplyForm(forms.Form):
    agrees = YesNoField(label="Can you give it back?", help_text="“No” if it would leave you short. Then we talk.")
    monthly = PoundsField(
        label="How much a month could you give back?",
        called="The amount a month",
        required=False,
        help_text="Leave it empty to give it back at once, or if you cannot say.",
    )
    words = long_text("Is there anything that we should know?", longest=2000, required=False)
