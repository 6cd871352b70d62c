"""Direct payments: the lists against the law, the four weeks in a care home, and what may be bought."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.law import compute, law_on
from leeway.law.direct_payment_codes import BARRED_ORDERS, CONSULTED
from leeway.law.direct_payment_uses import (
    care_home_weeks,
    may_buy_from_council,
    may_plan_stays,
    nights_not_paid,
)
from leeway.law.direct_payments import _READ
from leeway.law.months import months_later
from leeway.refusal import Refusal

LAW = law_on(date(2026, 4, 6))
START = date(2026, 1, 1)


def after(days: int) -> date:
    return START + timedelta(days)


def stay(first: int, nights: int) -> tuple[date, date]:
    return after(first), after(first + nights)


def test_every_kind_of_order_of_the_schedule_has_a_row():
    """Sch. 1 of SI 2014/2871: eight kinds of order of England and Wales, and those of Scotland."""
    english = [order for order in BARRED_ORDERS if not order.code.startswith("scottish")]
    assert (len(english), len(BARRED_ORDERS)) == (8, 11)
    for order in BARRED_ORDERS:
        outcome = compute(
            "direct_payment", {"route": "section_31", "answers": {}, "barred_orders": [order.code]}, START
        )
        assert outcome.result["decision"] == "may_not_pay"


def test_everybody_whom_the_council_asks_must_be_asked():
    answers = dict.fromkeys(
        ["lacks_capacity", "requester_authorised", "not_barred", "best_interests", "can_manage", "appropriate"], True
    )
    heard = {choice.code: "heard" for choice in CONSULTED}
    for left_out in heard:
        inputs = {"route": "section_32", "answers": answers, "authorised_is": "friend"}
        inputs["consulted"] = {code: said for code, said in heard.items() if code != left_out}
        assert compute("direct_payment", inputs, START).result["not_known"] == ["consulted"]


def test_four_weeks_in_a_row_are_paid_and_the_next_night_is_not():
    assert nights_not_paid([stay(0, 28)], LAW) == []
    assert nights_not_paid([stay(0, 29)], LAW) == [after(28)]


def test_the_two_examples_of_the_guidance():
    """A week every six weeks is never added up. Three weeks, two at home and three more are six weeks."""
    assert nights_not_paid([stay(first, 7) for first in range(0, 365, 42)], LAW) == []
    three_and_three = [stay(0, 21), stay(35, 21)]
    assert nights_not_paid(three_and_three, LAW) == [after(day) for day in range(42, 56)]


def test_four_weeks_at_home_part_two_stays_and_a_day_less_does_not():
    assert nights_not_paid([stay(0, 28), stay(56, 28)], LAW) == []
    assert nights_not_paid([stay(0, 28), stay(55, 1)], LAW) == [after(55)]


def test_nights_of_more_than_twelve_months_ago_count_no_longer():
    """Two nights every 27 days, for four years, are 28 in twelve months: always paid. Every 26 days they are not."""
    years = [stay(first, 2) for first in range(0, 4 * 365, 27)]
    assert nights_not_paid(years, LAW) == []
    assert nights_not_paid([stay(first, 2) for first in range(0, 4 * 365, 26)], LAW) != []
    assert care_home_weeks(years, LAW, after(3 * 365)).nights == 27


lengths = st.lists(st.tuples(st.integers(0, 45), st.integers(0, 40)), max_size=12)


def as_stays(parts):
    stays, day = [], 0
    for home, nights in parts:
        stays.append(stay(day + home, nights))
        day += home + nights
    return stays


@given(lengths)
def test_the_count_agrees_with_counting_each_night_anew(parts):
    """Each night by itself: walk back from it over gaps of less than four weeks, and count a year's nights."""
    nights = {begins + timedelta(day) for begins, leaves in as_stays(parts) for day in range((leaves - begins).days)}
    over = []
    for night in sorted(nights):
        count, home, back = 0, 0, night
        while home < 28 and months_later(back, 12) > night:
            count, home = (count + 1, 0) if back in nights else (count, home + 1)
            back -= timedelta(1)
        if count > 28:
            over.append(night)
    assert nights_not_paid(as_stays(parts), LAW) == over


@given(lengths, st.integers(0, 60))
def test_where_four_weeks_are_over_is_known_before_and_does_not_move(parts, later):
    """What a stay that goes on says on its first day is what it says on every day until it is over."""
    before = [(begins, leaves) for begins, leaves in as_stays(parts) if leaves > begins]
    begins = max((leaves for _, leaves in before), default=START)
    open_stay = [*before, (begins, None)]
    on = begins + timedelta(later)
    now = care_home_weeks(open_stay, LAW, on)
    assert now.is_over == (on in nights_not_paid([*before, (begins, on + timedelta(1))], LAW))
    first = care_home_weeks(open_stay, LAW, begins)
    if not first.is_over:
        assert begins < first.over_on <= begins + timedelta(28)
        assert now.over_on == first.over_on


def test_it_says_the_day_ahead_and_when_it_is_over():
    there = [stay(0, 7), (after(20), None)]
    ahead = care_home_weeks(there, LAW, after(21))
    assert (ahead.nights, ahead.over_on, ahead.is_over) == (8, after(41), False)
    assert "the four weeks are over on 11 February 2026" in ahead.reason
    assert care_home_weeks(there, LAW, after(41)).is_over
    assert "were over on 11 February 2026" in care_home_weeks(there, LAW, after(90)).reason
    home = care_home_weeks([stay(0, 7)], LAW, after(10))
    assert "begins before 5 February 2026" in home.reason and "21 more" in home.reason
    late = care_home_weeks([stay(0, 30)], LAW, after(31))
    assert "For 2 of them, from 29 January 2026" in late.reason
    assert care_home_weeks([stay(0, 7)], LAW, after(35)).nights == 0


def test_stays_that_overlap_are_refused():
    with pytest.raises(Refusal, match="overlaps another"):
        nights_not_paid([stay(0, 7), stay(6, 2)], LAW)


@pytest.mark.parametrize(
    ("nights", "between", "a_year", "allowed"),
    [
        (None, 28, 14, None),
        (7, None, 14, None),
        (7, None, 7, True),
        (28, 28, 120, True),
        (29, 28, 29, False),
        (7, 27, 49, False),
        (7, 27, 28, True),
        (7, 0, 366, False),
    ],
)
def test_planned_stays(nights, between, a_year, allowed):
    assert may_plan_stays(nights, between, a_year, LAW, START).allowed is allowed


@pytest.mark.parametrize(
    ("from_council", "once", "because", "allowed"),
    [
        (None, True, "A day to try it", None),
        (False, False, "", True),
        (True, False, "She likes it there", False),
        (True, True, " ", False),
        (True, True, "A day to try it", True),
    ],
)
def test_the_council_as_supplier(from_council, once, because, allowed):
    answer = may_buy_from_council(from_council, once, because)
    assert answer.allowed is allowed and answer.reason.endswith((".", "it"))


def test_a_year_has_no_more_nights_than_a_year():
    with pytest.raises(Refusal, match="nights_a_year is 500; the most"):
        _READ["nights_a_year"](500, "nights_a_year")
