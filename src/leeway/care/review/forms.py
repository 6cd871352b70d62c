"""The forms of reviews. They check shape only; what is allowed is decided by the actions."""

from django import forms

from leeway.care.planning.models import Aim
from leeway.care.review.models import Achieved, Concern, ReviewReason, ReviewResult
from leeway.days import HAPPENED
from leeway.forms import DateField, DraftForm, VersionField, WholeForm

AREA = forms.Textarea
FOLLOWS = [
    (ReviewResult.CONTINUE, "Carry on as now | The next review becomes due within a year."),
    (ReviewResult.CHANGE_PLAN, "Change the plan | A new plan starts as a copy. The one in force holds until then."),
    (ReviewResult.REASSESS, "Assess again | Needs have changed. The plan in force holds meanwhile."),
    (ReviewResult.END, "End support | With reasons, and what must still be paid."),
]


class AskForm(forms.Form):
    words = forms.CharField(
        label="Why would you like a review?",
        help_text="Whatever has changed, or is not working. A few words are enough.",
        widget=AREA,
    )


class ConcernForm(forms.Form):
    """A doubt about the direct payment."""

    concern = forms.ChoiceField(
        label="What is the concern?",
        choices=Concern,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the concern is about."},
    )
    words = forms.CharField(
        label="What gives rise to it?",
        help_text="What was seen or said, and when. Those who work on the case read this; the person’s story does not "
        "show it.",
        widget=AREA,
    )
    told_by = forms.CharField(
        label="Who told us, and how?", help_text="If you found it yourself, say so.", max_length=200
    )


class OpenForm(WholeForm):
    reason = forms.ChoiceField(label="Why is the review held?", choices=ReviewReason, widget=forms.RadioSelect)


class WriteForm(DraftForm):
    """What was said and found; one question for each aim."""

    person_words = forms.CharField(
        label="What the person said, in their words (optional if you tick the box below)", widget=AREA, required=False
    )
    not_said = forms.BooleanField(label="They could not or did not want to say", required=False)
    seen_instead = forms.CharField(
        label="What you saw instead (optional if there are words)",
        help_text="How they showed what works for them: a look, a sign, what they turned to or away from.",
        widget=AREA,
        required=False,
    )
    assessor_words = forms.CharField(label="What you found", widget=AREA)
    what_changed = forms.CharField(label="What has changed since the last time", widget=AREA, required=False)

    def __init__(self, *args, aims: list[tuple[Aim, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.aims = {f"aim_{aim.pk}": aim for aim, _ in aims}
        for name, (aim, achieved) in zip(self.aims, aims, strict=True):
            self.fields[name] = forms.ChoiceField(label=f"Aim: {aim.words}", choices=Achieved, widget=forms.RadioSelect)
            self.initial[name] = achieved
        self.fields["achieved"] = forms.ChoiceField(
            label="Altogether, were the aims met?", choices=Achieved, widget=forms.RadioSelect
        )

    @property
    def words(self) -> dict:
        """The details of the review, without the answers about each aim."""
        return {name: value for name, value in self.details.items() if name not in self.aims}

    @property
    def judged(self) -> dict:
        """How far each aim was met, by its id, where that was said."""
        return {aim.pk: self.cleaned_data[name] for name, aim in self.aims.items() if self.cleaned_data.get(name)}


class CompleteForm(forms.Form):
    version = VersionField()
    held_on = DateField(HAPPENED, label="When was it held?", called="The day of the review")
    result = forms.ChoiceField(label="What follows?", choices=FOLLOWS, widget=forms.RadioSelect)
    reasons = forms.CharField(label="Why?", help_text="In a sentence or more that the person can read.", widget=AREA)
    still_to_pay = forms.CharField(
        label="What must still be paid (optional unless support ends)",
        help_text="Notice pay, redundancy, tax, providers’ notice. If nothing, say “nothing”.",
        widget=AREA,
        required=False,
    )
