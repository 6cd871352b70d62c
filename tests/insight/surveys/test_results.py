"""What a survey says, as frames: council surveys with those who did not answer, waves, and what is hidden."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import t as student
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from leeway.insight.surveys.answers import frame_of
from leeway.insight.surveys.comparing import TOO_FEW
from leeway.insight.surveys.questionnaire import load
from leeway.insight.surveys.results import for_publication, numbers, shares, waves, waves_of_numbers
from leeway.insight.surveys.weights import weigh

COUNCIL, PRACTITIONER = load("council"), load("practitioner")


def test_two_means_are_compared_by_the_interval_of_each():
    wave = {"question": ["share"], "ask": ["How many?"]}
    first = pl.DataFrame(wave | {"mean": [3.0], "low": [2.0], "high": [4.0]})
    second = pl.DataFrame(wave | {"mean": [5.0], "low": [4.25], "high": [6.0]})
    [row] = waves_of_numbers(first, second).to_dicts()
    # 2, less the root of (4 - 3) squared + (5 - 4.25) squared; and more the root of 1 + 1
    assert (row["difference"], row["low"], row["told"]) == (2.0, 0.75, "up")
    assert waves_of_numbers(second, first)["told"].to_list() == ["down"]
    assert waves_of_numbers(first, first)["told"].to_list() == ["no difference can be told"]
    assert row["high"] == pytest.approx(2 + 2**0.5)


def councils(yes: int, no: int, silent: int = 0) -> pl.DataFrame:
    said = ["yes"] * yes + ["no"] * no + [None] * silent
    return frame_of([{"target_met": each, "spend_percent": 10.0 + n % 3} for n, each in enumerate(said)], COUNCIL)


def one(found: pl.DataFrame, question: str, option: str) -> dict:
    return found.filter((pl.col("question") == question) & (pl.col("option") == option)).row(0, named=True)


def test_132_of_153_councils_and_two_who_left_the_question_out():
    found = one(shares(COUNCIL, councils(100, 30, 2), asked=153), "target_met", "yes")
    assert (found["said"], found["answered"], found["asked"], found["good"]) == (100, 130, 153, True)
    assert (found["least"], found["most"]) == pytest.approx((100 / 153, 123 / 153))
    enough = 130 * 152 / 23
    theirs = proportion_confint(enough * 100 / 130, enough, method="wilson")
    assert (found["low"], found["high"]) == pytest.approx(theirs, abs=1e-8)


def test_weights_take_out_who_answered():
    answers = councils(20, 10).with_columns(type=pl.Series(["shire"] * 20 + ["london"] * 10))
    answers = answers.with_columns(weigh(answers, {"type": {"shire": 27, "london": 33}}))
    plain = one(shares(COUNCIL, answers, asked=60), "target_met", "yes")
    weighted = one(shares(COUNCIL, answers, asked=60, weight="weight"), "target_met", "yes")
    assert plain["share"] == pytest.approx(2 / 3) and weighted["share"] == pytest.approx(27 / 60)
    assert (weighted["said"], weighted["least"], weighted["most"]) == (20, plain["least"], plain["most"])
    assert weighted["high"] - weighted["low"] > plain["high"] - plain["low"], "weights cost something"


def test_a_question_under_a_condition_has_no_bounds_because_nobody_knows_for_how_many_it_was():
    rows = [{"allocation": "one", "allocation_tested": "yes"}] * 9
    found = one(shares(COUNCIL, frame_of(rows, COUNCIL), asked=153), "allocation_tested", "yes")
    assert found["answered"] == 9 and found["asked"] is None and found["least"] is None and found["most"] is None


def test_numbers_have_a_mean_with_students_range_and_bounds_where_there_are_limits():
    values = [10.0 + n % 3 for n in range(130)]
    found = numbers(COUNCIL, councils(100, 30), asked=153).filter(pl.col("question") == "spend_percent")
    row = found.row(0, named=True)
    series = pl.Series(values)
    error = series.std() * ((153 - 130) / 153 / 130) ** 0.5
    low, high = student.interval(0.95, 129, series.mean(), error)
    assert (row["mean"], row["low"], row["high"]) == pytest.approx((series.mean(), low, high), abs=1e-8)
    assert (row["least"], row["most"]) == pytest.approx((sum(values) / 153, (sum(values) + 23 * 100) / 153))
    assert row["median"] == series.median()


def test_fewer_than_five_answers_show_nothing():
    found = shares(COUNCIL, councils(3, 1), asked=153).filter(pl.col("question") == "target_met")
    assert found["hidden"].all() and found.select("said", "answered", "share", "least").null_count().row(0) == (2,) * 4
    assert one(shares(COUNCIL, councils(3, 2)), "target_met", "yes")["said"] == 3
    assert numbers(COUNCIL, councils(3, 1)).filter(pl.col("question") == "spend_percent")["mean"].to_list() == [None]


def views(yes: int, no: int, unsure: int) -> pl.DataFrame:
    said = ["yes"] * yes + ["no"] * no + ["unsure"] * unsure
    return shares(PRACTITIONER, frame_of([{"benefits_people": each} for each in said], PRACTITIONER))


def test_two_waves_compared():
    found = one(waves(views(67, 20, 13), views(41, 40, 19)), "benefits_people", "yes")
    assert found["difference"] == pytest.approx(-0.26) and found["told"] == "down" and found["needed"] == 57
    theirs = confint_proportions_2indep(41, 100, 67, 100, method="newcomb", compare="diff")
    assert (found["low"], found["high"]) == pytest.approx(theirs, abs=1e-8)


def test_equal_waves_differ_by_nothing_and_small_ones_say_nothing():
    same = one(waves(views(40, 40, 20), views(40, 40, 20)), "benefits_people", "yes")
    assert same["difference"] == 0 and same["told"] == "no difference can be told" and same["needed"] is None
    small = one(waves(views(40, 40, 20), views(2, 1, 1)), "benefits_people", "yes")
    assert small["told"] == TOO_FEW and small["earlier"] is None and small["later_answered"] is None


def published(questionnaire, answers):
    return for_publication(questionnaire, shares(questionnaire, answers), numbers(questionnaire, answers))


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_nothing_small_is_published_and_nothing_hidden_can_be_worked_out(yes, no, unsure):
    found = for_publication(PRACTITIONER, views(yes, no, unsure), numbers(PRACTITIONER, frame_of([], PRACTITIONER)))
    found = found.filter(pl.col("question") == "benefits_people")
    shown = [count for count in found["said"].to_list() if count is not None]
    assert not any(0 < count < 5 for count in shown)
    assert len(shown) != 2, "one hidden number is the total less the others"
    assert found["label"].to_list() == ["Yes", "No", "I am not sure"]
    assert found.filter(pl.col("hidden"))["share"].null_count() == found["hidden"].sum()


def test_two_hidden_options_that_sum_to_one_give_nobody_away():
    """One person, and none: 20 answered and 19 said yes, so somebody said one of the other two."""
    found = published(
        PRACTITIONER, frame_of([{"benefits_people": "yes"}] * 19 + [{"benefits_people": "no"}], PRACTITIONER)
    )
    assert found.filter(pl.col("question") == "benefits_people")["said"].null_count() == 3


@given(st.lists(st.sampled_from(["one", "several", "none"]), max_size=40), st.data())
def test_who_adds_and_subtracts_all_that_is_shown_finds_no_hidden_option(allocations, data):
    """An attacker who knows every count shown, and that those under a condition are those who met it.

    Each hidden option that one to four gave may have been given by none, and by five.
    """
    tested = [data.draw(st.sampled_from(["yes", "no"])) if said != "none" else None for said in allocations]
    rows = [{"allocation": said, "allocation_tested": test} for said, test in zip(allocations, tested, strict=True)]
    exact = shares(COUNCIL, frame_of(rows, COUNCIL))
    shown = published(COUNCIL, frame_of(rows, COUNCIL)).filter(pl.col("option").is_not_null())
    cells = [(row["question"], row["option"]) for row in exact.iter_rows(named=True)]
    facts, sums = [], []
    for row in shown.iter_rows(named=True):
        if row["said"] is not None:
            facts.append([cell == (row["question"], row["option"]) for cell in cells])
            sums.append(row["said"])
        if row["answered"] is not None:
            facts.append([question == row["question"] for question, _option in cells])
            sums.append(row["answered"])
    # all who met the condition answered
    facts.append([(q == "allocation_tested") - ((q, o) in CONDITION) for q, o in cells])
    sums.append(0)
    counts = {(row["question"], row["option"]): row["said"] or 0 for row in exact.iter_rows(named=True)}
    if exact.filter(pl.col("question") == "allocation")["answered"].null_count():
        return  # fewer than five answered: nothing is known at all
    for place, cell in enumerate(cells):
        if cell[0] in {"allocation", "allocation_tested"} and 0 < counts[cell] < 5:
            ends = [
                linprog([sign * (n == place) for n in range(len(cells))], A_eq=facts, b_eq=sums) for sign in (1, -1)
            ]
            assert ends[0].fun < 0.5 and (ends[1].status == 3 or -ends[1].fun > 4.5), (cell, counts)


CONDITION = {
    (section.when.question, code)
    for section in COUNCIL.sections
    if section.when and "allocation_tested" in {question.code for question in section.questions}
    for code in section.when.answers
}
