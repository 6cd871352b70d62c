"""The schedule loses no day, pays no day twice, and pays whole periods four weeks at a time."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leeway.care.planning.costs import CostedLine, shares_of_final
from leeway.money.budgets.schedule import funded_until, instalments, period_end, year_pence
from leeway.money.budgets.shares import divide, share_out
from leeway.refusal import Refusal

VECTORS = Path(__file__).parents[2] / "vectors" / "money" / "schedule.yaml"
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
ANCHOR = date(2026, 3, 30)


@pytest.mark.parametrize("example", yaml.safe_load(VECTORS.read_text()), ids=lambda example: example["name"])
def test_worked_examples(example):
    found = instalments(**example["given"])
    expected = example["expect"]
    assert [each.amount_pence for each in found] == expected["amounts_pence"]
    assert [each.days for each in found] == expected["days"]


@given(starts_on=DAYS, length=st.integers(1, 800), weekly_pence=st.integers(0, 10**6), anchor=DAYS)
def test_every_day_once_and_whole_periods_at_four_weeks(starts_on, length, weekly_pence, anchor):
    ends_on = starts_on + timedelta(days=length - 1)
    found = instalments(starts_on=starts_on, ends_on=ends_on, weekly_pence=weekly_pence, anchor=anchor)
    assert sum(each.days for each in found) == length
    assert (found[0].starts_on, found[-1].ends_on) == (starts_on, ends_on)
    for one, next_one in pairwise(found):
        assert next_one.starts_on == one.ends_on + timedelta(days=1)
    for each in found:
        if each.days == 28:
            assert each.amount_pence == weekly_pence * 4
            assert (each.starts_on - anchor).days % 28 == 0
        assert 0 <= each.amount_pence * 7 - weekly_pence * each.days < 7
    assert all(each.days == 28 for each in found[1:-1])


@given(day=DAYS, anchor=DAYS)
def test_money_of_a_financial_year_reaches_past_31_march_by_less_than_a_period(day, anchor):
    until = funded_until(day, anchor)
    year_end = date(day.year + (day.month > 3), 3, 31)
    assert year_end <= until < year_end + timedelta(days=28)
    assert period_end(until, anchor) == until


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 3, 31), 2026), (date(2026, 4, 1), 2027), (date(2026, 4, 2), 2027)]
)
def test_the_financial_year_turns_on_1_april(day, year):
    assert funded_until(day, ANCHOR).year == year


def test_a_whole_year_is_52_weeks_in_13_payments():
    found = instalments(starts_on=ANCHOR, ends_on=ANCHOR + timedelta(days=364 - 1), weekly_pence=123_45, anchor=ANCHOR)
    assert len(found) == 13
    assert sum(each.amount_pence for each in found) == year_pence(123_45) == 123_45 * 52


def test_a_last_day_before_the_first_is_refused():
    with pytest.raises(Refusal, match="before the first"):
        instalments(starts_on=ANCHOR, ends_on=ANCHOR - timedelta(days=1), weekly_pence=1, anchor=ANCHOR)


@given(shares=st.lists(st.integers(0, 10**6), min_size=1, max_size=4), part=st.integers(0, 100))
def test_dividing_loses_nothing_and_gives_nobody_more_than_their_share(shares, part):
    pence = sum(shares) * part // 100
    found = divide(pence, shares)
    assert sum(found) == pence
    assert all(0 <= each <= share for each, share in zip(found, shares, strict=True))


@pytest.mark.parametrize("more", [-1_00, 0, 1_00, 1])
def test_a_budget_shared_with_the_nhs_is_shared_at_the_amount_that_was_signed_off(more):
    """Whatever the manager signed off, each way has its part of the NHS share, and the parts add up to it."""
    lines = [
        CostedLine("Nurse's help", "direct_payment", 200_01, 50, 0),
        CostedLine("Swimming", "direct_payment", 30_00, 0, 0),
        CostedLine("Night sitter", "council_managed", 99_99, 25, 0),
    ]
    final_pence = 330_00 + more
    costed = {
        "pence_per_week": 330_00,
        "nhs_pence_per_week": sum(line.nhs_pence for line in lines),
        "ways": {"direct_payment": 230_01, "council_managed": 99_99},
    }
    result = shares_of_final(costed, final_pence)
    order = ["direct_payment", "individual_service_fund", "council_managed"]
    shares = share_out(result, {"free_parts": [], "charge_pence_per_week": 20_00}, lines, order)
    assert sum(share.gross_pence_per_week for share in shares) == final_pence
    assert sum(share.nhs_pence_per_week for share in shares) == result["nhs_pence_per_week"]
    assert sum(share.charge_pence_per_week for share in shares) == 20_00
    assert all(share.nhs_pence_per_week <= share.gross_pence_per_week for share in shares)
