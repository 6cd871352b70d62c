"""The law's lists are complete: a row for every paragraph, and each kind names the paragraph that it carries out."""

import re

import pytest

from leeway.law.dated import every_parameter
from leeway.law.listed import schedules
from leeway.law.means import CAPITAL, INCOME, LEFT_OUT

#: The paragraphs of each schedule, as far as could be read: the numbers of 2014, and those put in since. That 46 and 42
#: are the last ones is not known.
NUMBERS = {
    1: [*map(str, range(1, 18)), "17A", *map(str, range(18, 47))],
    2: [*map(str, range(1, 43))],
}
CITED = re.compile(r"Sch\. (\d), para\. (\d+[A-Z]*)")
#: What is left out by a regulation, and not by a schedule.
BY_REGULATION = {INCOME: {"earnings", "self_employed_earnings"}}
#: What is left out by a paragraph whose number could not be read: its doubt says so.
NUMBER_NOT_READ = {INCOME: {"service_user_expenses"}, CAPITAL: {"personal_injury_court"}}

listed = pytest.mark.parametrize("schedule", schedules(), ids=lambda schedule: f"Schedule {schedule.number}")


def kinds_of(schedule):
    """The kinds of the schedule's table, by code."""
    return {
        name.removeprefix(schedule.table): parameter
        for name, parameter in every_parameter().items()
        if name.startswith(schedule.table)
    }


def cited(parameter, schedule):
    """The paragraphs of the schedule that the sources of a kind name."""
    return {
        paragraph
        for dated in parameter.history
        for number, paragraph in CITED.findall(dated.title.partition("; Income Support")[0])
        if int(number) == schedule.number
    }


@listed
def test_every_paragraph_has_its_row(schedule):
    assert [row.number for row in schedule.paragraphs] == NUMBERS[schedule.number]


@listed
def test_a_paragraph_is_carried_out_or_does_not_apply_and_never_both(schedule):
    for row in schedule.paragraphs:
        assert row.what, row.number
        assert bool(row.kinds or row.rule) != bool(row.does_not_apply), row.number


@listed
def test_each_kind_that_carries_out_a_paragraph_exists_and_cites_it(schedule):
    kinds = kinds_of(schedule)
    for row in schedule.paragraphs:
        for code in row.kinds:
            assert row.number in cited(kinds[code], schedule), (row.number, code)


@listed
def test_each_kind_left_out_stands_in_the_row_that_it_cites(schedule):
    rows = {row.number: row for row in schedule.paragraphs}
    for code, parameter in kinds_of(schedule).items():
        left_out = any(dated.value == LEFT_OUT for dated in parameter.history)
        if code in NUMBER_NOT_READ[schedule.table]:
            assert not cited(parameter, schedule), code
            assert all(dated.doubt for dated in parameter.history), code
        elif left_out and code not in BY_REGULATION.get(schedule.table, ()):
            assert cited(parameter, schedule), code
            assert any(code in rows[number].kinds for number in cited(parameter, schedule)), code


def test_a_paragraph_read_in_another_place_is_cited_from_its_own_day():
    kinds = every_parameter()
    assert [str(dated.start) for dated in kinds[f"{CAPITAL}child_abuse_redress"].history] == [
        "2022-01-01",
        "2022-04-06",
    ]
    assert "para. 40" in kinds[f"{CAPITAL}child_abuse_redress"].history[-1].title
    assert str(kinds[f"{INCOME}grenfell_payment"].history[0].start) == "2020-07-15"
    assert str(kinds[f"{CAPITAL}grenfell"].history[0].start) == "2020-07-15"
