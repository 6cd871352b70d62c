"""The forms of the directory: the search, a new listing, and a price.

The search is sent as a question (GET), so that it can be kept as a link.
"""

from django import forms

from leeway.days import PLANNED
from leeway.forms import DateField, PostcodeField, PoundsField, WholeForm
from leeway.market.contracts.models import RateKind
from leeway.market.listings.actions import UNREGULATED
from leeway.market.listings.models import BEST_FIRST, Kind
from leeway.market.listings.queries import FARTHEST_MILES, SORTS
from leeway.market.units import Unit

MILES = [1, 2, 5, 10, 20, 50, FARTHEST_MILES]
ANY = ("", "Any")
RATINGS_TO_ASK_FOR = [
    (BEST_FIRST[0].value, BEST_FIRST[0].label),
    *[(rating.value, f"{rating.label} or better") for rating in BEST_FIRST[1:3]],
]
KINDS_TO_LOOK_FOR = [choice for choice in Kind.choices if choice[0] != Kind.COMMUNITY_CARE]
KINDS_TO_LIST = [choice for choice in Kind.choices if choice[0] in UNREGULATED]
TAKES_DIRECT_PAYMENTS = {"yes": True, "no": False, "not known": None}


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
        label="Regulator’s rating",
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


def line(label: str, *, most: int, ask: str = "", **options) -> forms.CharField:
    """A line of text with room for so many characters. `ask` is the sentence for whoever leaves out a needed one."""
    sentences = {"required": ask, "max_length": f"“{label}” has room for {most:,} characters. Make it shorter."}
    return forms.CharField(label=label, max_length=most, required=bool(ask), error_messages=sentences, **options)


class CostForm(forms.Form):
    """What a service costs, and for what."""

    pence = PoundsField(
        label="Price",
        help_text="In pounds, like 18.50. Enter 0 if it is free.",
        error_messages={"required": "Enter the price in pounds, or 0 if it is free."},
    )
    unit = forms.ChoiceField(
        label="What does that price buy?",
        choices=[("", "Choose one"), *[(value, f"One {label}") for value, label in Unit.choices]],
        error_messages={"required": "Choose what the price buys."},
    )
    note = line("Anything to say about the price", most=120, help_text="For example: more at weekends")


class PriceForm(CostForm):
    """A price, on what footing it holds, and from which day."""

    kind = forms.ChoiceField(
        label="What kind of price is it?",
        help_text="Everyone sees a listed price. The others are seen by those who plan and buy.",
        choices=RateKind,
    )
    starts_on = DateField(
        PLANNED,
        label="First day of this price",
        help_text="For example, 1 4 2027. It may be a day still to come.",
        error_messages={"required": "Enter the first day on which this price holds."},
    )
    field_order = ["pence", "unit", "starts_on", "kind", "note"]


class EndForm(WholeForm):
    """When a price holds for the last time."""

    ends_on = DateField(
        PLANNED,
        label="Last day of this price",
        error_messages={"required": "Enter the last day on which this price holds."},
    )


class ListingForm(CostForm):
    """Support that the regulator does not list, as the council tells everyone about it."""

    name = line("What is it called?", most=250, ask="Enter what it is called.")
    provider_name = line(
        "Who gives it?",
        most=250,
        ask="Enter who gives it: an organisation or a person.",
        help_text="An organisation or a person. A personal assistant: the name they agreed to be listed under.",
    )
    kind = forms.ChoiceField(
        label="What kind of support is it?",
        choices=KINDS_TO_LIST,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of support it is."},
    )
    description = line(
        "What should people know about it?",
        most=2000,
        help_text="What happens there, when, and for whom. People find it by these words.",
        widget=forms.Textarea,
    )
    takes_direct_payments = forms.TypedChoiceField(
        label="Does it take direct payments?",
        choices=[("yes", "Yes"), ("no", "No"), ("not known", "Not known")],
        coerce=TAKES_DIRECT_PAYMENTS.get,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it takes direct payments, or “Not known”."},
    )
    address = line("Address", most=300, help_text="Leave it empty for somebody’s own home.")
    town = line("Town", most=100)
    postcode = PostcodeField(label="Postcode", required=False)
    area = line("Council area", most=100, help_text="The council whose area it is in.")
    phone = line("Telephone", most=30)
    website = forms.URLField(
        label="Website",
        required=False,
        max_length=300,
        assume_scheme="https",
        widget=forms.TextInput,
        error_messages={
            "invalid": "Website: enter an address like www.quaychess.example.",
            "max_length": "“Website” has room for 300 characters. Make it shorter.",
        },
    )
    field_order = [
        "name", "provider_name", "kind", "description", "takes_direct_payments", "address", "town", "postcode", "area",
        "phone", "website", "pence", "unit", "note",
    ]  # fmt: skip

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name in ("pence", "unit"):
            self.fields[name].required = False

    def clean(self):
        """A price and what it buys come together, or not at all."""
        told = super().clean() or self.cleaned_data
        unit = told.get("unit")
        if told.get("pence") is not None and unit == "":
            self.add_error("unit", "Choose what the price buys.")
        if "pence" in told and told["pence"] is None and (unit or told.get("note")):
            self.add_error("pence", "Enter the price, or leave out what it buys and what you say about it.")
        return told
