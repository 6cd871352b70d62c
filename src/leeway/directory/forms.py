"""The search form of the directory. It is sent as a question (GET), so that a search can be kept as a link."""

from django import forms

from leeway.directory.models import BEST_FIRST, Kind
from leeway.directory.queries import FARTHEST_MILES, SORTS

MILES = [1, 2, 5, 10, 20, 50, FARTHEST_MILES]
ANY = ("", "Any")
RATINGS_TO_ASK_FOR = [
    (BEST_FIRST[0].value, BEST_FIRST[0].label),
    *[(rating.value, f"{rating.label} or better") for rating in BEST_FIRST[1:3]],
]
KINDS_TO_LOOK_FOR = [choice for choice in Kind.choices if choice[0] != Kind.COMMUNITY_CARE]


class SearchForm(forms.Form):
    """What someone may look for. Nothing is required."""

    words = forms.CharField(
        label="What are you looking for?", required=False, max_length=200, help_text="For example gardening or dementia"
    )
    place = forms.CharField(
        label="Where?", required=False, max_length=100, help_text="A town, or a postcode or the start of one"
    )
    within_miles = forms.TypedChoiceField(
        label="How far away?",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", "Any distance"),
            *[(str(miles), f"Within {miles} mile{'s' if miles > 1 else ''}") for miles in MILES],
        ],
    )
    kind = forms.ChoiceField(label="Kind of support", required=False, choices=[ANY, *KINDS_TO_LOOK_FOR])
    rating_at_least = forms.ChoiceField(
        label="Regulator's rating",
        required=False,
        choices=[("", "Any, or none"), *RATINGS_TO_ASK_FOR],
    )
    takes_direct_payments = forms.TypedChoiceField(
        label="Takes direct payments",
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
        choices=[("", "Any, or not known"), ("yes", "Yes")],
    )
    regulated = forms.TypedChoiceField(
        label="Regulated or not",
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
        choices=[("", "Both"), ("yes", "Regulated and inspected"), ("no", "Not regulated")],
    )
    sort = forms.ChoiceField(label="Sort by", required=False, choices=list(SORTS.items()))
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    MORE = ("rating_at_least", "takes_direct_payments", "regulated", "sort")

    def clean_words(self):
        return self.cleaned_data["words"].replace("\0", "")

    def clean_page(self):
        return self.cleaned_data["page"] or 1

    @property
    def more_is_used(self) -> bool:
        """Whether one of the choices that are folded away is in use or wrong."""
        return any(self.data.get(name) or name in self.errors for name in self.MORE)
