"""The forms of corrections, in the words of “you” where the person asks. What is allowed is decided by the actions."""

from django import forms

from leeway.care.corrections.models import Part
from leeway.care.people.forms import kept_if, long_text
from leeway.care.people.models import HEARS_BY, CommunicationNeed, Ethnicity, Gender, Person
from leeway.days import BORN
from leeway.forms import DateField, PostcodeField, VersionedForm, WholeForm, YesNoField
from leeway.messages.recipients import check_phone

ABOUT_IT = "Is there anything that we should know?"


class PartForm(WholeForm):
    """One part of what is on record, as it should be."""

    #: Labels in the words of “you”.
    yours: dict[str, str] = {}
    words = long_text(ABOUT_IT, longest=2000, required=False)

    def __init__(self, *args, you: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "words"])
        for name, label in self.yours.items() if you else ():
            self.fields[name].label = label

    @property
    def wanted(self) -> dict:
        """What should stand on record."""
        return {name: value for name, value in self.details.items() if name != "words"}


class WhoForm(PartForm):
    given_name = forms.CharField(label="First name", max_length=100, required=False)
    family_name = forms.CharField(label="Last name", max_length=100)
    known_as = forms.CharField(label="What they like to be called", max_length=100, required=False)
    date_of_birth = DateField(BORN, label="Date of birth", help_text="For example, 27 3 1952", required=False)
    gender = forms.ChoiceField(label="Gender", choices=Gender.choices, widget=forms.RadioSelect)
    ethnicity = forms.ChoiceField(label="Ethnic group", choices=Ethnicity.choices)
    yours = {"known_as": "What you like to be called"}


class ReachForm(PartForm):
    address = forms.CharField(label="Address", max_length=300, required=False, widget=forms.Textarea)
    postcode = PostcodeField(label="Postcode", max_length=10, required=False)
    phone = forms.CharField(label="Phone number", max_length=30, required=False)
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        required=False,
        help_text="Where we write to. The address for signing in is another thing: the worker changes that.",
    )
    hears_by = forms.ChoiceField(
        label="How they want to hear from us",
        choices=HEARS_BY,
        widget=forms.RadioSelect,
        required=False,
        help_text="Think of who else sees the post, the phone or the email.",
    )
    yours = {"hears_by": "How you want to hear from us"}

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        return phone and kept_if(check_phone, phone)


class TakingPartForm(PartForm):
    language = forms.CharField(label="Language they speak best", max_length=60)
    communication_needs = forms.MultipleChoiceField(
        label="What helps them take part?",
        choices=CommunicationNeed.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Large print and easy words are used on these pages too, from the next page on.",
    )
    communication_note = forms.CharField(
        label="Anything else that helps", max_length=500, required=False, widget=forms.Textarea
    )
    yours = {"language": "Language you speak best", "communication_needs": "What helps you take part?"}


class OtherForm(PartForm):
    words = long_text(
        "What is wrong, and what should it say?",
        longest=2000,
        help_text="For example: “My NHS number ends in 21”, or “The assessment says that I live alone. I do not.”",
    )


FORMS: dict[Part, type[PartForm]] = {
    Part.WHO: WhoForm,
    Part.REACH: ReachForm,
    Part.PART: TakingPartForm,
    Part.OTHER: OtherForm,
}


def as_on_record(person: Person, form: type[PartForm]) -> dict:
    """What stands on record of a part, as the answers of its form."""
    return {name: getattr(person, name) for name in form.base_fields if hasattr(person, name)}


class SettleForm(VersionedForm):
    made = YesNoField(label="Is it corrected?")
    young = forms.BooleanField(label="They are under 18, and moving on to adult services", required=False)
    reason = long_text(
        "How did you find out that it is right? Or why is it not corrected?",
        longest=2000,
        help_text="The person reads this.",
    )


class StatementForm(forms.Form):
    words = long_text(
        "What should stand with the record?",
        longest=2000,
        help_text="In your own words. Whoever reads the record reads this too. It is not changed afterwards.",
    )
