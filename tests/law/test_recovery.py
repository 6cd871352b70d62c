"""What of a direct payment can be asked back: everything that speaks against it comes off first."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.law import compute

ON = date(2026, 11, 23)
HOLIDAY = {"what": "Holiday pay", "pence": 500_00}
PLAIN = {
    "own_share": {"person_pence": 0, "gross_pence": 200_00},
    "account": {"balance_pence": 0, "weekly_pence": 200_00},
    "kept": [],
    "owed": [],
    "late": [],
}


def item(pence, because="not_for_needs", day="2026-05-03", what="A television"):
    return {"what": what, "day": day, "pence": pence, "because": because}


def left_over(pence):
    return item(pence, "surplus", None, "Left over in the account")


def recover(items, **facts):
    return compute("recover", PLAIN | facts | {"items": items}, ON)


def back(items, **facts):
    return recover(items, **facts).result["back_pence"]


def test_what_happened_while_the_council_was_late_is_not_asked_back():
    """A council looked at accounts a year late, and asked for what was spent in that year."""
    late = [{"first": "2026-04-01", "last": "2027-03-31", "why": "The review due by 31 March 2026 was not held."}]
    found = recover([item(400_00), item(60_00, day="2026-03-01")], late=late)
    assert found.result == {"asked_pence": 460_00, "back_pence": 60_00}
    assert "The review due by 31 March 2026 was not held." in found.steps[1]["sentence"]


def test_what_the_person_paid_in_themselves_is_theirs():
    """A contribution that nobody reconciled was asked back with the rest: £23.50 of each £200 is theirs."""
    assert back([item(100_00)], own_share={"person_pence": 23_50, "gross_pence": 200_00}) == 88_25
    assert back([item(1)], own_share={"person_pence": 1, "gross_pence": 200_00}) == 0, "part of a penny is theirs"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 1400_00),
        ({"kept": [HOLIDAY]}, 900_00),
        ({"kept": [HOLIDAY], "owed": [{"what": "Redundancy", "pence": 800_00}]}, 100_00),
        ({"owed": [{"what": "Redundancy", "pence": 9000_00}]}, 0),
        ({"account": {"balance_pence": None, "weekly_pence": 200_00}}, 0),
        ({"account": {"balance_pence": 1700_00, "weekly_pence": 200_00}}, 100_00),
        ({"account": {"balance_pence": -5, "weekly_pence": 200_00}}, 0),
    ],
)  # fmt: skip
def test_eight_weeks_stay_and_what_is_kept_or_owed_comes_first(facts, expected):
    """A surplus of £3,000 beside £200 a week: eight weeks stay, and redundancy is no surplus."""
    account = {"account": {"balance_pence": 3000_00, "weekly_pence": 200_00}}
    assert back([left_over(3000_00)], **(account | facts)) == expected


def test_what_was_paid_for_days_after_the_end_waits_for_what_the_employer_owes():
    after = item(800_00, "after_end", "2026-11-01", "Paid for November")
    account = {"balance_pence": 900_00, "weekly_pence": 0}
    assert back([after], account=account) == 800_00
    assert back([after], account=account, owed=[{"what": "Notice", "pence": 600_00}]) == 300_00


PENCE = st.integers(0, 5000_00)
ITEMS = st.lists(
    st.builds(
        item,
        PENCE.filter(bool),
        st.sampled_from(["not_for_needs", "condition", "surplus", "after_end"]),
        st.sampled_from(["2026-03-01", "2026-05-03"]),
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None)
@given(items=ITEMS, balance=PENCE, own=st.integers(0, 300_00), kept=PENCE, owed=PENCE, late=st.booleans())
def test_it_is_never_less_than_nothing_and_more_against_it_never_makes_it_more(items, balance, own, kept, owed, late):
    facts = {
        "account": {"balance_pence": balance, "weekly_pence": 50_00},
        "own_share": {"person_pence": own, "gross_pence": 300_00},
    }
    against = {
        "kept": [{"what": "Kept", "pence": kept}],
        "owed": [{"what": "Owed", "pence": owed}],
        "late": [{"first": "2026-05-01", "last": "2026-06-30", "why": "A review was late."}] if late else [],
    }
    plain, less = recover(items, **facts), recover(items, **facts, **against)
    assert 0 <= less.result["back_pence"] <= plain.result["back_pence"] <= plain.result["asked_pence"]
    assert sum(step["pence"] for step in less.steps) == less.result["back_pence"]
    assert all(step["pence"] < 0 for step in less.steps[1:]), "each step after the first speaks against it"
