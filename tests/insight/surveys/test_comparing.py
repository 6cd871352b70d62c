"""Groups compared within strata, against a regression, by hand, and by how often they find what is not there."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from leeway.insight.surveys.answers import frame_of
from leeway.insight.surveys.comparing import NO_DIFFERENCE, TOO_FEW, Table, by_group, mantel_haenszel
from leeway.insight.surveys.questionnaire import load
from leeway.refusal import Refusal

EXPERIENCE = load("experience")


def test_the_difference_is_that_of_a_regression_with_a_constant_for_each_stratum():
    tables = [Table(30, 40, 20, 50), Table(5, 30, 2, 10), Table(9, 10, 40, 60)]
    said, group, stratum = [], [], []
    for number, t in enumerate(tables):
        said += [1] * t.said + [0] * (t.answered - t.said) + [1] * t.base_said + [0] * (t.base_answered - t.base_said)
        group += [1] * t.answered + [0] * t.base_answered
        stratum += [number] * (t.answered + t.base_answered)
    design = np.column_stack([group, *(np.array(stratum) == each for each in range(3))]).astype(float)
    assert mantel_haenszel(tables).difference == pytest.approx(sm.OLS(said, design).fit().params[0], abs=1e-8)


def test_one_stratum_is_the_plain_difference_with_its_plain_error():
    found = mantel_haenszel([Table(30, 50, 20, 50)])
    error = (0.6 * 0.4 / 50 + 0.4 * 0.6 / 50) ** 0.5
    assert found.difference == pytest.approx(0.2) and found.compared == 100
    assert found.interval == pytest.approx((0.2 - 1.959963984540054 * error, 0.2 + 1.959963984540054 * error))


def test_a_worked_example_of_two_strata():
    """By hand: weights 20 and 30; differences 0.25 and -0.1; (20 x 0.25 - 30 x 0.1) / 50 = 0.04."""
    found = mantel_haenszel([Table(20, 40, 10, 40), Table(30, 60, 36, 60)])
    assert found.difference == pytest.approx(0.04)


def test_strata_with_one_group_only_compare_nothing():
    assert mantel_haenszel([Table(5, 9, 0, 0), Table(0, 0, 3, 4)]) is None
    assert mantel_haenszel([Table(5, 9, 0, 0), Table(6, 10, 3, 10)]).compared == 20


def test_where_there_is_no_difference_one_is_told_about_one_time_in_twenty():
    chance = np.random.default_rng(20)
    told = 0
    for _ in range(2000):
        tables = [
            Table(chance.binomial(n, p), n, chance.binomial(m, p), m)
            for n, m, p in [(30, 60, 0.3), (50, 20, 0.7), (8, 12, 0.5)]
        ]
        low, high = mantel_haenszel(tables).interval
        told += not low <= 0 <= high
    assert 0.03 < told / 2000 < 0.07


def people(held_as: str, support_for: str, better: int, all_of: int) -> list[dict]:
    return [
        {"held_as": held_as, "support_for": support_for, "control": "5" if number < better else "3"}
        for number in range(all_of)
    ]


def compared(rows: list[dict]) -> dict[str, dict]:
    frame = by_group(EXPERIENCE, frame_of(rows, EXPERIENCE)).filter(pl.col("question") == "control")
    return {row["group"]: row for row in frame.to_dicts()}


def test_a_difference_that_is_only_one_of_client_group_is_not_told():
    """More people with a learning disability hold direct payments, and say better whichever way it is held."""
    rows = people("direct_payment", "learning", 80, 100) + people("direct_payment", "physical", 8, 20)
    rows += people("managed", "learning", 16, 20) + people("managed", "physical", 40, 100)
    found = compared(rows)["direct_payment"]
    assert found["difference"] == pytest.approx(88 / 120 - 56 / 120) and found["difference_low"] > 0
    assert found["adjusted"] == pytest.approx(0) and found["told"] == NO_DIFFERENCE


def test_a_difference_within_client_groups_is_told():
    rows = people("direct_payment", "learning", 80, 100) + people("managed", "learning", 40, 100)
    rows += people("service_fund", "learning", 20, 100)
    found = compared(rows)
    assert found["direct_payment"]["told"] == "more" and found["service_fund"]["told"] == "fewer"
    assert found["managed"]["told"] is None and found["managed"]["share"] == 0.4


def test_a_group_of_fewer_than_five_shows_nothing():
    found = compared(people("direct_payment", "learning", 4, 4) + people("managed", "learning", 5, 20))
    shown = {name for name, value in found["direct_payment"].items() if value is not None}
    assert shown == {"question", "ask", "group", "label", "told"} and found["direct_payment"]["told"] == TOO_FEW
    few_in_base = compared(people("direct_payment", "learning", 4, 9) + people("managed", "learning", 1, 4))
    assert few_in_base["direct_payment"]["difference"] is None
    assert few_in_base["managed"]["answered"] is None


def test_those_who_left_out_their_client_group_are_a_stratum_of_their_own():
    rows = people("direct_payment", "learning", 8, 10) + people("managed", "", 5, 10)
    for row in rows:
        row["support_for"] = row["support_for"] or None
    assert compared(rows)["direct_payment"]["told"] == TOO_FEW, "nobody is of the same stratum"


def test_a_questionnaire_that_compares_nothing_says_so():
    with pytest.raises(Refusal, match="compares no groups"):
        by_group(load("council"), frame_of([], load("council")))
