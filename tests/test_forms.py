"""Form fields take what people write, and answer anything else with a sentence."""

import re
from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from django.utils.functional import Promise

import leeway
from leeway.days import AIMED_AT, BORN, HAPPENED, LASTING, PLANNED
from leeway.forms import (
    Called,
    DateField,
    NhsNumberField,
    PostcodeField,
    PoundsField,
    error_in_words,
    what_is_missing,
    what_to_do,
)


@pytest.mark.parametrize(
    ("typed", "pence"),
    [("12", 1200), ("12.5", 1250), (".50", 50), ("£ 1,234.50", 123450), ("1,000,000", 1_000_000_00), ("0", 0)],
)
def test_pounds_as_people_write_them(typed, pence):
    assert PoundsField(label="Amount").clean(typed) == pence


@pytest.mark.parametrize(
    "typed",
    [
        *["1e9", "1e999999", "1_000", "NaN", "Infinity", "£1,2,3.45", "12,50", "12.345", "-", ".", "٣", "-1", "twelve"],
        *["9" * 5000, "1" + ",000" * 2000],
    ],
)
def test_what_is_no_amount_gets_a_sentence(typed):
    with pytest.raises(ValidationError, match="Amount: enter an amount"):
        PoundsField(label="Amount").clean(typed)


@pytest.mark.parametrize("typed", ["£", " £ ", "£ £"])
def test_a_pound_sign_alone_is_no_amount(typed):
    with pytest.raises(ValidationError, match="Enter the amount received"):
        PoundsField(error_messages={"required": "Enter the amount received."}).clean(typed)
    assert PoundsField(required=False).clean(typed) is None


def test_a_date_in_three_boxes():
    assert DateField(BORN, label="Born").clean(["29", "2", "2024"]) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        (["31", "2", "2026"], "there is no 31/2/2026 in the calendar"),
        (["29", "2", "2025"], "there is no 29/2/2025 in the calendar"),
        (["1", "1", "99"], "four numbers"),
        (["1", "1", "99999999999"], "in numbers"),
        (["1", "9" * 30, "2026"], "in numbers"),
        (["9" * 5000, "1", "2026"], "in numbers"),
        (["0", "0", "2026"], "in the calendar"),
        (["1", "", "2026"], "must include a month"),
    ],
)
def test_an_impossible_date_gets_a_sentence(boxes, sentence):
    with pytest.raises(ValidationError, match=sentence):
        DateField(BORN, label="Born").clean(boxes)


@pytest.mark.parametrize("sense", [BORN, HAPPENED, PLANNED, LASTING, AIMED_AT])
def test_the_day_that_an_error_shows_can_be_meant(sense):
    field = DateField(sense, label="The day")
    with pytest.raises(ValidationError) as refused:
        field.clean(["x", "6", "2026"])
    field.clean(refused.value.messages[0].rstrip(".").split("like ")[1].split())


def test_an_nhs_number_is_ten_digits_of_one_kind_so_that_it_is_found_again():
    assert NhsNumberField(label="NHS number").clean("999 000 0018") == "9990000018"
    for typed, sentence in [("٩٩٩٠٠٠٠٠١٨", "has ten digits"), ("999 000 0019", "last digit does not fit")]:
        with pytest.raises(ValidationError, match=sentence):
            NhsNumberField(label="NHS number").clean(typed)


def every_form():
    """Every form of ours and of the sign-in library."""
    assert get_resolver().url_patterns  # every view, and so every form, is loaded
    found, left = [], [forms.BaseForm]
    while left:
        left += (below := left.pop().__subclasses__())
        found += [form for form in below if form.__module__.startswith(("leeway.", "allauth."))]
    return found


def test_whatever_a_field_refuses_names_the_field_and_says_what_to_do():
    """Every sentence that the framework may say of any field of ours is said in our words."""
    fields = {(form, name): field for form in every_form() for name, field in form.base_fields.items() if field.label}
    assert len(fields) > 300
    for (form, name), field in fields.items():
        whats = dict(field.error_messages) | {
            getattr(one, "code", ""): getattr(one, "message", "") for one in field.validators
        }
        for code, message in whats.items():
            if not message or (code == "required" and not field.required):
                continue
            params = {"limit_value": 3, "show_value": 9, "max": 2, "length": 9, "value": "x", "pk": "x"}
            said = what_to_do(str(field.label), field, ValidationError(message, code=code, params=params))
            assert said.endswith(".") and "%(" not in said, (form, name, code)
            if isinstance(message, Promise):
                assert said != str(message) % params, (form, name, code)
                assert (getattr(field, "called", "") or str(field.label))[1:] in said, (form, name, code)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (forms.IntegerField(min_value=1), "0", "Weeks: enter 1 or more."),
        (forms.IntegerField(max_value=52), "53", "Weeks: enter 52 or less."),
        (forms.IntegerField(), "two", "Weeks: enter a whole number, like 12."),
        (forms.DecimalField(decimal_places=1), "1.25", "Weeks: enter no more than 1 figures after the point."),
        (forms.CharField(max_length=3), "many", "Weeks: write no more than 3 characters. These are 4."),
        (forms.CharField(max_length=1000), "x" * 1001, "Weeks: write no more than 1,000 characters. These are 1,001."),
        (forms.ChoiceField(choices=[("1", "One")]), "2", "Weeks: choose one of the answers on this page."),
        (forms.EmailField(), "nia@", "Weeks: enter an email address, like name@example.org."),
        (
            forms.IntegerField(error_messages={"invalid": "How many? Say it in numbers."}),
            "x",
            "How many? Say it in numbers.",
        ),
    ],
)
def test_an_error_says_what_to_do(field, typed, said):
    form = type("OneField", (forms.Form,), {"weeks": field})({"weeks": typed})
    assert error_in_words(form["weeks"]) == said


def test_an_example_passes_its_own_check():
    for field, wrong in [(NhsNumberField(label="NHS number"), "12"), (PostcodeField(label="Postcode"), "12")]:
        with pytest.raises(ValidationError) as refused:
            field.clean(wrong)
        example = re.search(r"like ([0-9A-Z ]+[0-9A-Z])", refused.value.messages[0])
        assert example and field.clean(example[1])


@pytest.mark.parametrize(
    ("label", "field", "said"),
    [
        ("Date of birth", DateField(BORN), "Enter the date of birth."),
        ("NHS number", forms.CharField(), "Enter the NHS number."),
        ("Their name", forms.CharField(), "Enter their name."),
        ("Gender", forms.ChoiceField(), "Choose the gender."),
        ("Who took part?", forms.ChoiceField(), "Answer “Who took part?”."),
        ("How many", forms.CharField(), "Fill in “How many”."),
        ("On which day did they die?", DateField(BORN, called="The day of death"), "Enter the day of death."),
    ],
)
def test_what_to_do_about_a_field_that_was_left_empty(label, field, said):
    assert what_is_missing(label, field) == said


def test_errors_are_shown_in_one_place():
    """A page that showed a field's errors itself would say “This field is required.”."""
    pages = Path(leeway.__file__).parent.rglob("*.jinja")
    assert [page.name for page in pages if "bound.errors" in page.read_text(encoding="utf-8")] == ["forms.jinja"]


def test_a_field_whose_label_is_no_name_has_one_for_sentences():
    nameless = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in every_form()
        for name, field in form.base_fields.items()
        if isinstance(field, Called) and str(field.label).endswith("?") and not field.called
    }
    assert not nameless


def test_a_sentence_names_the_field_and_not_its_question():
    field = DateField(BORN, label="On which day did they die?", called="The day of death")
    for parts, said in [
        (["31", "2", "2026"], "The day of death: there is no"),
        (["1", "1", "1066"], "The day of death: 1 January 1066 is more than"),
    ]:
        with pytest.raises(ValidationError, match=said):
            field.clean(parts)
    with pytest.raises(ValidationError, match="The amount: enter"):
        PoundsField(label="How much?", called="The amount").clean("many")
