"""Form fields that every room uses: pounds, dates in three boxes, NHS numbers, postcodes, yes or no.

And the forms of pages that two people may have open at once: nobody's words are overwritten.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise

from leeway.days import Sense
from leeway.law.numbers import decimal_pounds, pounds
from leeway.nhs import check_digit_fits, is_placeholder
from leeway.reading import TURNING

MAX_PENCE = 1_000_000_000_00
#: First words of labels that are no noun, and of those that need no “the”.
NO_NOUN = frozenset(["what", "how", "who", "which", "why", "when", "of", "in", "a", "compare"])
OWNED = frozenset(["the", "their", "your", "its"])
#: Every form of a postcode without its space: letters that stand in no postcode, or not in that place, are left out.
POSTCODE = re.compile(
    r"[A-PR-UWYZ](?:[0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9]{1,2}|[A-HK-Y][0-9][ABEHMNPRVWXY])[0-9][ABD-HJLNP-UW-Z]{2}"
)
POUNDS = re.compile(r"-?(?=\.?[0-9])([0-9]{1,3}(,[0-9]{3}){1,4}|[0-9]{0,15})(\.[0-9]{1,2})?")
#: What to do about what the framework's fields refuse, by its code; `invalid` by the kind of field.
IN_OUR_WORDS = {
    "min_value": "enter %(limit_value)s or more.",
    "max_value": "enter %(limit_value)s or less.",
    "min_length": "write at least %(limit_value)s characters. These are %(show_value)s.",
    "max_length": "write no more than %(limit_value)s characters. These are %(show_value)s.",
    "max_digits": "enter no more than %(max)s figures.",
    "max_decimal_places": "enter no more than %(max)s figures after the point.",
    "max_whole_digits": "enter no more than %(max)s figures before the point.",
    "step_size": "enter a multiple of %(limit_value)s.",
    "incomplete": "fill in each box.",
    "invalid_choice": "choose one of the answers on this page.",
    "invalid_list": "choose from the answers on this page.",
    "invalid_pk_value": "choose one of the answers on this page.",
    "missing": "choose the file again: none came.",
    "empty": "the file is empty. Choose another one.",
    "contradiction": "choose a file or take it away, not both.",
    "null_characters_not_allowed": "take out the signs that cannot be seen.",
}
LENGTHS = frozenset({"min_length", "max_length"})
IN_THE_FORM_OF: dict[type[forms.Field], str] = {
    forms.FloatField: "enter a number, like 12.5.",
    forms.DecimalField: "enter a number, like 12.5.",
    forms.IntegerField: "enter a whole number, like 12.",
    forms.EmailField: "enter an email address, like name@example.org.",
    forms.URLField: "enter a web address, like https://example.org.",
    forms.FileField: "choose the file again: it did not come as a file.",
}


#: The most that any field takes which names no limit of its own: a few pages of print.
TEXT_MAX = 20_000
#: Signs that cannot be seen, or that break a line, and halves of signs.
UNSEEN = frozenset({"Cc", "Zl", "Zp", "Cs"})
LINE_ENDS = frozenset("\n\r\t")
BREAKS = LINE_ENDS | {"\u2028", "\u2029"}


def check_texts(form: forms.Form) -> bool:
    """Refuse, each at its field, texts that are endless or have signs that cannot be seen; whether all are in order.

    A name with a line break in it could be no line of an address, and stopped whatever was to be told to its bearer.
    """
    for name, field in form.fields.items():
        for text in _texts(form.cleaned_data.get(name)):
            if wrong := _what_is_wrong(text, field, getattr(field, "called", "") or str(form[name].label)):
                form.add_error(name, wrong)
                break
    return not form.errors


def _texts(value) -> list[str]:
    return [one for one in (value if isinstance(value, list | tuple) else [value]) if isinstance(one, str)]


def _what_is_wrong(text: str, field: forms.Field, label: str) -> str:
    if len(text) > TEXT_MAX:
        return f"{label}: write no more than {TEXT_MAX:,} characters. These are {len(text):,}."
    allowed = LINE_ENDS if isinstance(field.widget, forms.Textarea) else frozenset()
    unseen = {sign for sign in text if sign in TURNING or unicodedata.category(sign) in UNSEEN} - allowed
    if unseen - BREAKS or (unseen and allowed):
        return f"{label}: take out the signs that cannot be seen."
    return f"{label}: write it on one line." if unseen else ""


def error_in_words(bound: forms.BoundField) -> str:
    """What is wrong with a field and what to do, as its page says it; the field is named, whichever form it is in."""
    return what_to_do(str(bound.label), bound.field, bound.errors.as_data()[0])


def what_to_do(label: str, field: forms.Field, error: ValidationError) -> str:
    """A sentence for an error: our own as it was written, the framework's (“This field is required.”) in our words."""
    said = error.messages[0]
    if not isinstance(error.message, Promise):  # the framework's sentences are translated late, ours are plain
        return said
    if error.code == "required":
        return what_is_missing(label, field)
    if error.code == "invalid":
        do = next((do for kind, do in IN_THE_FORM_OF.items() if isinstance(field, kind)), "enter it in another form.")
    elif error.code in IN_OUR_WORDS:
        do = IN_OUR_WORDS[error.code] % _with_commas(error)
    else:
        return said
    name = getattr(field, "called", "") or label
    return f"{f'“{name}”' if name.endswith('?') else name}: {do}"


def _with_commas(error: ValidationError) -> dict[str, object]:
    """What a sentence about an error is filled in with: how many characters with commas, as 10,000."""
    filled: dict[str, object] = dict(error.params or {})
    if error.code not in LENGTHS:
        return filled
    return {name: f"{one:,}" if isinstance(one, int) else one for name, one in filled.items()}


def what_is_missing(label: str, field: forms.Field) -> str:
    """What to do about a field that was left empty: “Enter the date of birth.”, “Answer “Who took part?”.”"""
    label = getattr(field, "called", "") or label
    first = label.partition(" ")[0].lower()
    if label.endswith("?"):
        return f"Answer “{label}”."
    if first in NO_NOUN:
        return f"Fill in “{label}”."
    name = label if label[1:2].isupper() else label[:1].lower() + label[1:]
    verb = "Choose" if isinstance(field, forms.ChoiceField) else "Enter"
    return f"{verb} {name}." if first in OWNED else f"{verb} the {name}."


def set_choices(form: forms.Form, name: str, choices) -> None:
    """Say what a field lets one choose from, where that is known only once the form is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def ask_with(field: forms.Field, asks: Mapping[str, Collection[str]]) -> None:
    """Have a page show some boxes only while an answer that asks for them is chosen: by answer, the boxes' names.

    A box stands in `leeway-asked--NAME` within `leeway-asking`; `leeway.scss` lists the names.
    """
    field.widget.attrs["asks"] = asks


def asked_with(field: forms.Field) -> Mapping[str, Collection[str]]:
    """Which boxes each answer of a field asks for."""
    return field.widget.attrs.get("asks", {})


class Called(forms.Field):
    """A field with a name for sentences, where its label is a question: “The day of death”."""

    def __init__(self, *, called: str = "", **options):
        super().__init__(**options)
        self.called = called

    @property
    def name(self) -> str:
        return self.called or str(self.label)


class PoundsField(Called, forms.CharField):
    """Money typed in pounds (“£1,234.50”), kept as whole pence."""

    def __init__(self, *, minimum_pence: int = 0, **options):
        super().__init__(**options)
        self.minimum_pence = minimum_pence
        self.widget.attrs["inputmode"] = "decimal"

    def prepare_value(self, value):
        return decimal_pounds(value) if isinstance(value, int) else value

    def clean(self, value):
        text = super().clean(value).replace("£", "").replace(" ", "")
        if not text and self.required:  # a pound sign alone
            raise ValidationError(self.error_messages["required"], code="required")
        if not text:
            return None
        if not POUNDS.fullmatch(text):
            raise ValidationError(f"{self.name}: enter an amount in pounds and pence, like 1,250 or 12.50.")
        pence = int(Decimal(text.replace(",", "")) * 100)
        if not self.minimum_pence <= pence <= MAX_PENCE:
            least = pounds(self.minimum_pence)
            raise ValidationError(f"{self.name}: enter an amount of {least} or more, and below a billion.")
        return pence


class DateParts(forms.MultiWidget):
    """Three boxes: day, month, year."""

    parts = ("day", "month", "year")

    def __init__(self, attrs=None):
        super().__init__({part: forms.TextInput({"inputmode": "numeric"}) for part in self.parts}, attrs)

    def decompress(self, value):
        return [value.day, value.month, value.year] if isinstance(value, date) else [None, None, None]


class DateField(Called, forms.MultiValueField):
    """A date in three boxes. A date that is impossible, or that cannot be meant, gets a sentence that says why."""

    widget = DateParts

    def __init__(self, sense: Sense, **options):
        fields = [forms.CharField(required=False) for _part in DateParts.parts]
        self.sense = sense
        super().__init__(fields=fields, require_all_fields=False, **options)

    def compress(self, parts):
        texts = [text.strip() for text in parts]
        like = self.sense.example(timezone.localdate())
        if not any(texts):
            return None
        missing = [name for name, text in zip(DateParts.parts, texts, strict=True) if not text]
        if missing:
            raise ValidationError(f"{self.name} must include a {' and a '.join(missing)}.")
        if not all(text.isascii() and text.isdecimal() and len(text) <= 4 for text in texts):
            raise ValidationError(
                f"{self.name}: enter the day, month and year in numbers, like {like.day} {like.month} {like.year}."
            )
        day, month, year = (int(text) for text in texts)
        if year < 1000:
            raise ValidationError(f"{self.name}: enter the year with four numbers, like {like.year}.")
        try:
            value = date(year, month, day)
        except ValueError:
            raise ValidationError(f"{self.name}: there is no {day}/{month}/{year} in the calendar.") from None
        if problem := self.sense.problem_with(value, what=self.name, on=timezone.localdate()):
            raise ValidationError(problem)
        return value


class NhsNumberField(forms.CharField):
    """An NHS number, as `leeway.nhs` knows it."""

    def clean(self, value):
        digits = re.sub(r"[\s-]", "", super().clean(value))
        if not digits:
            return None
        if not re.fullmatch(r"[0-9]{10}", digits):
            raise ValidationError(f"{self.label} has ten digits, like 999 123 4578. Check it and enter it again.")
        if is_placeholder(int(digits)):
            raise ValidationError(f"{self.label}: {digits} is nobody’s. Leave it empty where it is not known.")
        if not check_digit_fits(int(digits)):
            raise ValidationError(
                f"{self.label}: the last digit does not fit the other nine, so one is mistyped. Check it."
            )
        return digits


class PostcodeField(forms.CharField):
    """A UK postcode, tidied to capitals with one space."""

    def clean(self, value):
        text = re.sub(r"\s", "", super().clean(value)).upper()
        if not text:
            return ""
        if not POSTCODE.fullmatch(text):
            raise ValidationError(f"{self.label}: enter a full UK postcode, like LN3 5AG.")
        return f"{text[:-3]} {text[-3:]}"


class YesNoField(forms.TypedChoiceField):
    """Yes or no, as two radio buttons; neither is chosen beforehand."""

    def __init__(self, **options):
        super().__init__(
            choices=[("True", "Yes"), ("False", "No")],
            coerce=lambda value: value == "True",
            empty_value=None,
            widget=forms.RadioSelect,
            **options,
        )


class VersionField(forms.IntegerField):
    """The version of the record that the user was looking at, so that nobody's work is overwritten."""

    widget = forms.HiddenInput
    default_error_messages = dict.fromkeys(
        ("required", "invalid"), "This page does not say what it was made from. Open it again, and enter it there."
    )


class VersionedForm(forms.Form):
    """A button that acts on what was seen."""

    version = VersionField()


class DraftForm(VersionedForm):
    """A page that may be saved half done. What is still needed is asked for before completing, not before saving."""

    theirs: list[tuple[str, str]] = []
    #: What the page alone asks: answers about others, of which nothing is stored by itself.
    of_page: frozenset[str] = frozenset()

    def full_clean(self) -> None:
        needed = [field for name, field in self.fields.items() if field.required and name != "version"]
        for field in needed:
            field.required = False
        super().full_clean()
        for field in needed:
            field.required = True

    def in_words(self) -> list[tuple[str, str]]:
        """What is stored now and differs from what was typed, as pairs of label and text, to show beside it."""
        left_out = {"version", *self.of_page}
        pairs = [(bound, _in_words(bound.field, bound.initial)) for bound in self if bound.name not in left_out]
        return [
            (str(bound.label), stored or "Nothing")
            for bound, stored in pairs
            if stored != _in_words(bound.field, self.cleaned_data.get(bound.name))
        ]

    def show_theirs(self) -> None:
        """Have the page show what somebody else saved meanwhile beside what was typed, and carry their version.

        The form must have been given the record as it is stored now as its initial values.
        """
        self.theirs = self.in_words()
        carry_version(self, self.initial["version"])

    @property
    def details(self) -> dict:
        """What was typed, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class WholeForm(DraftForm):
    """A page that is saved whole."""

    full_clean = forms.Form.full_clean


def carry_version(form: forms.Form, version: int) -> None:
    """Have a form that is shown again carry the version that its page now shows."""
    if form.is_bound:
        typed = cast(QueryDict, form.data).copy()
        typed["version"] = str(version)
        form.data = typed


def _in_words(field: forms.Field, value) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, forms.ChoiceField):
        labels = {str(key): str(label).partition(" | ")[0] for key, label in list(cast(Iterable, field.choices))}
        values = value if isinstance(value, list) else [value]
        return "; ".join(labels.get(str(one), str(one)) for one in values)
    return str(field.prepare_value(value))
