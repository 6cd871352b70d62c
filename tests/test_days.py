"""Days have sense checks everywhere: every form's fields and every action's parameters, by one rule."""

import ast
import importlib
from datetime import date
from pathlib import Path

import pytest
from django import forms

from leeway.days import AIMED_AT, BORN, HAPPENED, LASTING, PLANNED, Sense, check_day
from leeway.forms import DateField
from leeway.refusal import Refusal

SOURCE = Path(__file__).parents[1] / "src" / "leeway"
ON = date(2026, 11, 1)
ACTIONS = sorted([*SOURCE.rglob("actions.py"), *SOURCE.rglob("actions/*.py")])
#: Days that nobody types: the action is handed them by another, or chooses them from a list.
HANDED_OVER = {
    ("decide_by_rule", "law_on"),  # the day whose law applies: refused by the law itself before it begins
    ("work_out_account", "as_at"), ("publish_account", "as_at"), ("work_out_findings", "as_at"),  # ends of months
    ("clear_done_jobs", "until"),
    ("make_run", "pay_on"), ("redate_run", "pay_on"), ("approve_run", "pay_on"),  # by `require_pay_day`
    ("record_sent", "pay_on"),  # compared with the day that the run has
    ("end", "ends_on"), ("end_as_far_back", "ends_on"), ("close", "ends_on"), ("close", "left_out_until"),
    ("open_budget", "starts_on"),  # parts of actions that have checked it, as are the four before
    ("make_faster_run", "pay_on"), ("require_day_of", "pay_on"),  # by `require_faster_day`
    ("weigh", "starts_on"), ("weigh", "ends_on"),  # shown before `share_line`, which checks them
    ("given_back", "effective_date"),  # by `give_back`, or the day of the action that it is a part of
    ("fund", "starts_on"), ("pay_once", "day"),  # parts of actions that have checked it
    ("take_in_invoice", "issued_on"), ("take_in_invoice", "received_on"),  # by `receive_invoice`
    ("take_in_invoice", "starts_on"), ("take_in_invoice", "ends_on"),
    ("lines_frame", "first"), ("lines_frame", "last"),  # of visits whose days are checked
    ("confirm_receipt", "received_on"),  # by `_require_received`
    ("answer_need", "asked_on"),  # by `_somebody`
    ("charge_from", "day"), ("given_back", "effective_date"),  # parts of actions that have checked it
    ("charges_from", "starts_on"),  # of a plan, whose day `set_start` has checked
    ("charges_not_asked", "starts_on"), ("charges_not_asked", "ends_on"),  # of days that `pay_days_on` has checked
    ("ask_for_nothing", "starts_on"), ("ask_for_nothing", "ends_on"),  # the same
    ("record_sent", "sent_on"), ("send", "sent_on"),  # by `require_sent_day`
    ("require_sent_day", "sent_on"),  # from the run's approval until today, which is narrower than any sense
}  # fmt: skip
#: Days inside `details`; `_checked` is called by both actions that write a person's.
IN_DETAILS = [("_checked", "date_of_birth"), ("add_relationship", "starts_on")]


def dated_fields():
    for path in sorted(SOURCE.rglob("forms.py")):
        module = importlib.import_module(".".join(("leeway", *path.relative_to(SOURCE).with_suffix("").parts)))
        for name, form in vars(module).items():
            if isinstance(form, type) and issubclass(form, forms.BaseForm) and form.__module__ == module.__name__:
                for field_name, field in form.base_fields.items():
                    yield pytest.param(form, field_name, field, id=f"{path.parent.name}.{name}.{field_name}")


FIELDS = list(dated_fields())


@pytest.mark.parametrize(("form", "name", "field"), FIELDS)
def test_no_form_takes_a_day_that_cannot_be_meant(form, name, field):
    assert not isinstance(field, forms.DateField), "use leeway.forms.DateField, which asks whether a day can be meant"
    if isinstance(field, DateField):
        for year in ("2119", "1800"):
            with pytest.raises(forms.ValidationError) as refused:
                field.clean(["27", "3", year])
            assert refused.value.messages[0].startswith(f"{field.name}: 27 March {year} is ")


def test_the_forms_were_found():
    assert sum(isinstance(param.values[2], DateField) for param in FIELDS) > 15


def dated_parameters():
    for path in ACTIONS:
        for function in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
                for each in (*function.args.args, *function.args.kwonlyargs):
                    kind = ast.unparse(each.annotation) if each.annotation else ""
                    if kind in {"date", "date | None"} and each.arg != "on":
                        yield function, each.arg


def checked_in(function: ast.FunctionDef) -> set[str]:
    """The fields that an action checks with `check_day`."""
    calls = [
        node for node in ast.walk(function) if isinstance(node, ast.Call) and ast.unparse(node.func) == "check_day"
    ]
    return {word.value.value for call in calls for word in call.keywords if word.arg == "field"}


@pytest.mark.parametrize(("function", "name"), [pytest.param(f, n, id=f"{f.name}.{n}") for f, n in dated_parameters()])
def test_no_action_takes_a_day_that_cannot_be_meant(function, name):
    assert (name in checked_in(function)) != ((function.name, name) in HANDED_OVER)


@pytest.mark.parametrize(("action", "name"), IN_DETAILS)
def test_nor_one_inside_details(action, name):
    functions = [node for path in ACTIONS for node in ast.parse(path.read_text(encoding="utf-8")).body]
    [function] = [node for node in functions if isinstance(node, ast.FunctionDef) and node.name == action]
    assert name in checked_in(function)


@pytest.mark.parametrize(
    ("sense", "first", "last"),
    [
        (BORN, date(1906, 11, 1), ON),
        (HAPPENED, date(2006, 11, 1), ON),
        (PLANNED, date(2006, 11, 1), date(2031, 11, 1)),
        (LASTING, date(1906, 11, 1), date(2031, 11, 1)),
        (AIMED_AT, date(1996, 11, 1), date(2051, 11, 1)),
    ],
)
def test_the_first_and_the_last_day_that_can_be_meant(sense, first, last):
    for day in (first, last, None):
        check_day(day, sense, field="day", what="The day", on=ON)
    for day in (date.fromordinal(first.toordinal() - 1), date.fromordinal(last.toordinal() + 1)):
        with pytest.raises(Refusal, match=r"^The day: .* Check the year") as refused:
            check_day(day, sense, field="day", what="The day", on=ON)
        assert refused.value.field == "day"


def test_a_leap_day_has_years_before_and_after_it():
    assert not Sense(1, 1).problem_with(date(2025, 3, 1), what="Day", on=date(2024, 2, 29))
