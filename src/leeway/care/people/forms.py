"""Forms about people, those around them, and who has the case."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError

from leeway.access.models import User
from leeway.care.people.models import (
    HEARS_BY,
    Authority,
    CapacityQuestion,
    CaseKind,
    CommunicationNeed,
    Ethnicity,
    Gender,
    LeaveFor,
    Person,
    Relationship,
    RelationshipKind,
    RequestRoute,
    SupportReason,
)
from leeway.care.people.queries import people_alike
from leeway.care.people.search import read
from leeway.days import BORN, LASTING
from leeway.files.forms import UploadForm
from leeway.files.models import FileKind
from leeway.forms import (
    DateField,
    NhsNumberField,
    PostcodeField,
    VersionedForm,
    WholeForm,
    YesNoField,
    ask_with,
    set_choices,
    what_is_missing,
)
from leeway.law.births import Birth
from leeway.messages.recipients import check_phone
from leeway.nhs import check_digit_fits
from leeway.refusal import Refusal

#: How well a birthday is known.
KNOWN, YEAR_ALONE, NOBODY_KNOWS = "known", "year", "nobody"
FOUND_MOST = 10
NOBODY_FOUND = "Nobody of this name and birthday is on record. Check both, or tick that they are not on record."
TELL_APART = "Enter the date of birth too, or all of their names."
CHOOSE_WHOM = "Choose whom they care for, or tick that it is none of these and they are not on record."


def long_text(label: str, *, longest: int = 5000, **options) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea, max_length=longest, **options)


def kept_if(check: Callable[[str], object], typed: str) -> str:
    """What was typed, where a check takes it; its refusal stands at the box."""
    try:
        check(typed)
    except Refusal as refusal:
        raise ValidationError(str(refusal)) from None
    return typed


class SearchForm(forms.Form):
    """The words to look for. They travel in the body of a request, so that no address or log holds a name."""

    words = forms.CharField(
        label="Name, date of birth, NHS number or postcode",
        max_length=100,
        help_text="Any of their names or its beginning, or several things at once: “Ann Bell 27 3 1952”. "
        "Accents and apostrophes do not matter.",
    )

    def clean_words(self):
        words = kept_if(read, self.cleaned_data["words"])
        number = read(words).nhs_number
        if number and not check_digit_fits(int(number)):
            raise forms.ValidationError(
                "This cannot be an NHS number: its last digit does not fit the others. Check each digit, or look for "
                "the name or the birthday."
            )
        return words


class PersonForm(forms.Form):
    """Who someone is, where they live, and what helps them take part."""

    given_name = forms.CharField(label="First name", max_length=100, required=False)
    family_name = forms.CharField(label="Last name", max_length=100)
    one_name = forms.BooleanField(label="They have one name only", required=False)
    known_as = forms.CharField(label="What they like to be called, if different", max_length=100, required=False)
    birthday = forms.ChoiceField(
        label="How well is their birthday known?",
        choices=[
            (KNOWN, "The day is known"),
            (YEAR_ALONE, "Only the year is known, or was estimated"),
            (NOBODY_KNOWS, "Nobody knows yet | What they pay, and that they are an adult, cannot be said before."),
        ],
        widget=forms.RadioSelect,
        initial=KNOWN,
    )
    date_of_birth = DateField(BORN, label="Date of birth", help_text="For example, 27 3 1952", required=False)
    year_of_birth = forms.IntegerField(
        label="Year of birth",
        help_text="For example, 1952",
        required=False,
        widget=forms.TextInput({"inputmode": "numeric"}),
        error_messages={"invalid": "Year of birth: enter four digits, like 1952."},
    )
    young = forms.BooleanField(label="Yes, they are under 18: they are moving on to adult services", required=False)
    nhs_number = NhsNumberField(label="NHS number", help_text="Ten digits, like 999 123 4578", required=False)
    gender = forms.ChoiceField(label="Gender", choices=Gender.choices, widget=forms.RadioSelect, initial=Gender.UNKNOWN)
    ethnicity = forms.ChoiceField(
        label="Ethnic group", choices=Ethnicity.choices, initial=Ethnicity.UNKNOWN, help_text="As they describe it."
    )
    address = forms.CharField(label="Address", max_length=300, required=False, widget=forms.Textarea)
    postcode = PostcodeField(
        label="Postcode", max_length=10, required=False, help_text="Leave it empty for somebody without a home."
    )
    phone = forms.CharField(label="Phone number", max_length=30, required=False)
    email = forms.EmailField(label="Email address", max_length=254, required=False)
    hears_by = forms.ChoiceField(
        label="How they want to hear from us",
        choices=[*HEARS_BY, ("", "Nobody has asked them yet")],
        widget=forms.RadioSelect,
        required=False,
        help_text="Ask whether it is safe: who else sees their post, their phone or their email?",
    )
    language = forms.CharField(label="Language they speak best", max_length=60, initial="English")
    communication_needs = forms.MultipleChoiceField(
        label="What helps them take part?",
        choices=CommunicationNeed.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Ask everyone. It shows on every page about them, so that nobody has to ask again.",
    )
    communication_note = forms.CharField(
        label="Anything else that helps", max_length=500, required=False, widget=forms.Textarea
    )
    groups = {
        "Who they are": [
            "given_name", "family_name", "one_name", "known_as", "birthday", "date_of_birth", "year_of_birth", "young",
            "nhs_number", "gender", "ethnicity",
        ],
        "How to reach them": ["address", "postcode", "phone", "email", "hears_by"],
        "How they take part": ["language", "communication_needs", "communication_note"],
    }  # fmt: skip
    #: What only the page asks: each is an answer about the others.
    ABOUT_ANSWERS = frozenset({"one_name", "birthday", "somebody_else", "version"})

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        ask_with(self.fields["birthday"], {KNOWN: ["date_of_birth"], YEAR_ALONE: ["year_of_birth"]})

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        return phone and kept_if(check_phone, phone)

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("given_name")) == cleaned.get("one_name"):
            either = "Take out the first name, or the tick that they have one name only."
            neither = "Enter the first name, or tick that they have one name only."
            self.add_error("given_name", either if cleaned["one_name"] else neither)
        wanted = {KNOWN: "date_of_birth", YEAR_ALONE: "year_of_birth"}
        for birthday, name in wanted.items():
            if cleaned.get("birthday") != birthday:
                self.errors.pop(name, None)
                cleaned[name] = None
            elif name not in self.errors and cleaned.get(name) is None:
                self.add_error(name, what_is_missing(str(self[name].label), self.fields[name]))
        return cleaned

    @property
    def details(self) -> dict:
        """What is kept of the answers."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.ABOUT_ANSWERS}


def details_of(person: Person) -> dict:
    """What is on record of a person, as the answers of the form."""
    stored = {name: getattr(person, name) for name in PersonForm.base_fields if hasattr(person, name)}
    birthday = KNOWN if person.date_of_birth else YEAR_ALONE if person.year_of_birth else NOBODY_KNOWS
    return stored | {"one_name": not person.given_name, "birthday": birthday, "version": person.version}


class ChangePersonForm(PersonForm, WholeForm):
    """The same details, corrected."""


class AddPersonForm(PersonForm):
    """Someone new. When a person of that name and birthday is on record, the worker says that this is another."""

    somebody_else = forms.BooleanField(required=False, label="I have checked: this is somebody else")


class ReturnedForm(forms.Form):
    """How a message is known not to have arrived."""

    reason = forms.CharField(
        label="How do you know that it did not arrive?",
        max_length=300,
        help_text="“The letter came back: moved away”, or “Her email bounced”.",
    )


class RequestForm(forms.Form):
    """A request for help, in the words of whoever asked."""

    request_words = long_text(
        "What did they say, in their own words?",
        help_text="As it was said: “I can’t manage the mornings any more.” You can add your own view later.",
    )
    kind = forms.ChoiceField(
        label="Who is the help for?",
        widget=forms.RadioSelect,
        choices=[
            (CaseKind.ADULT, "This person, who has care and support needs"),
            (CaseKind.CARER, "This person, as the unpaid carer of someone else | Carers have rights of their own."),
        ],
    )
    cared_for_name = forms.CharField(
        label="Name of the person they care for",
        max_length=100,
        required=False,
        help_text="Only for a carer. Their last name is enough, or any of their names.",
    )
    cared_for_born = DateField(
        BORN,
        label="Date of birth of the person they care for",
        required=False,
        help_text="Leave it empty where you do not know it.",
    )
    cared_for = forms.ChoiceField(
        label="Which of these people do they care for?", required=False, widget=forms.RadioSelect
    )
    not_on_record = forms.BooleanField(
        label="The person they care for is not on record: keep the name alone, so enter it whole", required=False
    )
    request_route = forms.ChoiceField(
        label="How did the request come?", choices=RequestRoute.choices, widget=forms.RadioSelect
    )
    support_reason = forms.ChoiceField(
        label="Main reason for support",
        choices=SupportReason.choices,
        initial=SupportReason.UNKNOWN,
        help_text="Your best understanding today. It can be changed after the assessment.",
    )

    take_on = YesNoField(
        label="Will you take on this case yourself?", help_text="Take it on yourself, or your manager gives it out."
    )

    def __init__(self, *args, asks_to_take_on: bool, **options):
        super().__init__(*args, **options)
        if not asks_to_take_on:
            del self.fields["take_on"]
        ask_with(self.fields["kind"], {CaseKind.CARER: ["cared_for"]})
        self.found: list[Person] = []

    def clean_cared_for_born(self):
        """Look for whom they care for, so that the page can ask which of them it is."""
        name, born = self.cleaned_data.get("cared_for_name"), self.cleaned_data["cared_for_born"]
        if name and self.cleaned_data.get("kind") == CaseKind.CARER:
            self.found = people_alike(family_name=name, birth=Birth.known(born))
        if len(self.found) > FOUND_MOST:
            self.found = []
            raise ValidationError(f"More than {FOUND_MOST} people have this name. {TELL_APART}")
        told = [f"{one}, {one.born}" + (f", {one.postcode.split()[0]}" if one.postcode else "") for one in self.found]
        set_choices(self, "cared_for", [(str(one.pk), words) for one, words in zip(self.found, told, strict=True)])
        return born

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") == CaseKind.CARER:
            cleaned["cares_for"] = self._whom_they_care_for(cleaned)
        else:
            for name in ("cared_for_name", "cared_for_born", "cared_for"):
                self.errors.pop(name, None)
        return cleaned

    def _whom_they_care_for(self, cleaned: dict) -> dict:
        """The person on record who was chosen, or the name alone; every error at its box."""
        name, born, chosen = (cleaned.get(each) for each in ("cared_for_name", "cared_for_born", "cared_for"))
        if name == "":
            self.add_error("cared_for_name", "Enter the name of the person they care for.")
        elif chosen or (born and [one.date_of_birth for one in self.found] == [born]):
            return {"cared_for": next(one for one in self.found if chosen in ("", str(one.pk)))}
        elif name and not cleaned.get("not_on_record") and "cared_for_born" not in self.errors:
            if self.found:
                self.add_error("cared_for", CHOOSE_WHOM)
            else:
                self.add_error("cared_for_name", NOBODY_FOUND)
        return {"cared_for_name": name}


class RelationshipForm(forms.Form):
    """Someone in the person's life, and what they may do."""

    name = forms.CharField(label="Their name", max_length=150)
    kind = forms.ChoiceField(
        label="Who are they to the person?", choices=RelationshipKind.choices, widget=forms.RadioSelect
    )
    authority = forms.ChoiceField(
        label="What may they do for the person?",
        choices=Authority.choices,
        widget=forms.RadioSelect,
        help_text="Being family gives none of these by itself.",
    )
    evidence = forms.CharField(
        label="What shows this authority",
        max_length=300,
        required=False,
        help_text="The document you saw and when, or the person’s own choice and when they made it. "
        "Needed for every authority but “unpaid carer”.",
    )
    starts_on = DateField(LASTING, label="From what day?", called="The first day")
    same_household = YesNoField(
        label="Do they live in the same household?", help_text="It matters if the person wants to pay them."
    )
    phone = forms.CharField(label="Phone number", max_length=30, required=False)
    email = forms.EmailField(label="Email address", max_length=254, required=False)


class EndForm(WholeForm):
    ends_on = DateField(LASTING, label="What is the last day?", called="The last day")


class InviteForm(WholeForm):
    """Leave to see the record, which is the person's to give."""

    agreed = forms.CharField(
        label="How did the person agree to this?",
        max_length=300,
        help_text="Their record is theirs: say when and how they said yes, or what right this person has to see it.",
    )
    leave_for = forms.ChoiceField(
        label="What may they see?",
        choices=LeaveFor.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they may see."},
    )
    email = forms.EmailField(
        label="Their email address",
        help_text="The invitation goes to it, and they sign in with it.",
        max_length=254,
    )


NOT_THE_NAME = "That is not the name of the person who asks for your help. If you do not know who it is, choose “No”."
NOT_ASKED_NOW = "This was answered already, or taken back. If you did not expect that, ask whoever invited you."
TOO_MANY_NAMES = "None of these was the name, so the asking has ended. Ring whoever asked you: they can ask you again."


class AnswerForm(WholeForm):
    """Whether one helps somebody, and whom: the page does not say it."""

    helps = YesNoField(
        label="Do you help this person, or will you?", error_messages={"required": "Say whether you help them."}
    )
    family_name = forms.CharField(
        label="If you do, what is the last name of the person you help?",
        max_length=150,
        required=False,
        help_text="We ask so that nobody’s record is opened by a mistyped address.",
    )

    def clean_family_name(self) -> str:
        name = self.cleaned_data["family_name"].strip()
        if self.cleaned_data.get("helps") and not name:
            raise ValidationError("Enter the last name of the person you help.")
        return name


class InvitePersonForm(forms.Form):
    email = forms.EmailField(
        label="Email address", help_text="The invitation goes to it, and they sign in with it.", max_length=254
    )
    try_again = forms.CharField(
        label="Why may they try their birthday again?",
        help_text="How you know that it is they who tried: they rang you, or you were with them.",
        max_length=300,
        required=False,
    )

    def __init__(self, *args, locked: bool, **options):
        super().__init__(*args, **options)
        if not locked:
            del self.fields["try_again"]


class ConfirmForm(forms.Form):
    """Nothing to fill in: a button."""


class CapacityForm(forms.Form):
    """One decision, at one time. Everyone is presumed able to decide until shown otherwise."""

    question = forms.ChoiceField(label="Which decision?", choices=CapacityQuestion.choices, widget=forms.RadioSelect)
    how_supported = long_text(
        "How were they helped to decide for themselves?",
        required=False,
        help_text="For example: pictures, a quiet place, a second visit in the morning, someone they trust.",
    )
    has_capacity = YesNoField(
        label="Can they make this decision now?", help_text="A choice that seems unwise is not a lack of capacity."
    )
    reasons = long_text(
        "Why did you come to this view?",
        help_text="Can they understand what matters for it, keep it in mind, weigh it up, and tell you?",
    )
    for_a_time = YesNoField(
        label="Is this likely to hold for a time only? (optional unless it is about a direct payment)",
        help_text="Capacity may come and go. A direct payment goes on where it is lost for a time and somebody is "
        "willing to manage it meanwhile.",
        required=False,
    )
    meanwhile = forms.ChoiceField(
        label="If they cannot for a time: who is willing to manage the direct payment meanwhile?", required=False
    )

    def __init__(self, *args, around: list[Relationship], **options):
        super().__init__(*args, **options)
        self.around = {str(one.pk): one for one in around}
        set_choices(self, "meanwhile", [("", "Nobody yet"), *((key, one.name) for key, one in self.around.items())])

    @property
    def details(self) -> dict:
        return self.cleaned_data | {"meanwhile": self.around.get(self.cleaned_data["meanwhile"])}


class GiveForm(WholeForm):
    worker = forms.ModelChoiceField(label="Who takes on the case?", queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args, workers, **options):
        super().__init__(*args, **options)
        self.fields["worker"].queryset = workers


class CloseForm(VersionedForm):
    reason = long_text("Why is the case closed?", longest=490, help_text="The person will read this.")


class ReopenForm(VersionedForm):
    reason = long_text("Why is the case opened again?", longest=490, help_text="The person will read this.")


class AddFileForm(UploadForm):
    """A file for a case, and what it is."""

    kind = forms.ChoiceField(
        label="What kind of thing is it?",
        choices=[(kind.value, kind.label) for kind in FileKind],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of thing it is."},
    )
    words = forms.CharField(
        label="What is it, in your words?",
        max_length=200,
        error_messages={"required": "Say in a few words what it is."},
        help_text="For example: “Taxi to the day centre, 3 November”.",
    )
    field_order = ("kind", "words", "upload")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why do you need to see this record?",
        widget=forms.Textarea,
        max_length=500,
        help_text="For example: “Duty worker today: her carer has rung to say that he is in hospital.”",
    )
