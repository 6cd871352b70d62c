"""What is pointed out of the account of a direct payment: worked examples, and what holds of every account."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.law import law_on
from leeway.law.monitoring import Facts, Kind, Late, Line, Near, days_late, flags, surplus
from tests.law.vectors import examples

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
LAW = law_on(LAST)
NEAR = (
    Near("Joan Hart", is_family=True),
    Near("Tom Hart", is_family=True, same_household=True),
    Near("Rosa Bell", is_family=False, is_partner=True),
    Near("Cy Webb", is_family=False, same_household=True),
)
FACTS = Facts(
    FIRST, LAST, weekly_pence=100_00, balance_pence=500_00, person="Ada Hart", near=NEAR, council="Fairbourne Council"
)


def line(number, day, pence, payee, said=""):
    """A line as an example writes it."""
    for_what = said if said in ("wages", "tax", "set_aside") else ""
    from_council, has_receipt = said == "council", said == "receipt"
    day = FIRST.replace(day=day)
    return Line(str(number), day, pence, payee, "", for_what, from_council=from_council, has_receipt=has_receipt)


def facts(changed):
    """The facts of an example: the usual ones, with some changed."""
    told = {name: tuple(map(tuple, value)) if name == "hospital" else value for name, value in changed.items()}
    return replace(FACTS, **told | {"not_on_record": frozenset(changed.get("not_on_record", ()))})


def found(lines, of):
    return flags(lines, of, LAW)


@pytest.mark.parametrize("example", examples("monitoring"), ids=lambda example: example["name"])
def test_what_is_pointed_out(example):
    lines = [line(number, *told) for number, told in enumerate(example["lines"])]
    seen = found(lines, facts(example.get("facts", {})))
    assert [flag.kind.value for flag in seen] == example["flags"]
    known = {each.id for each in lines}
    for flag in seen:
        assert set(flag.lines) <= known
        assert all(said.endswith((".", "?")) for said in (flag.seen, flag.perhaps, flag.ask))
        assert not re.search("fraud|misus|abus|suspic", f"{flag} {flag.kind.label}", re.IGNORECASE)


def test_every_kind_has_an_example():
    assert {kind for example in examples("monitoring") for kind in example["flags"]} == {kind.value for kind in Kind}


PAYEES = ("SAM LEE", "A HART", "TOM HART", "CASH ATM", "BETFRED", "FAIRBOURNE COUNCIL", "HMRC", "SWIM CLUB")
LINES = st.lists(
    st.builds(
        Line,
        id=st.uuids().map(str),
        on=st.dates(FIRST - timedelta(9), LAST + timedelta(9)),
        pence=st.integers(-900_00, 900_00).filter(bool),
        payee=st.sampled_from(PAYEES),
        for_what=st.sampled_from(("", "wages", "tax", "set_aside", "plan_line")),
        from_council=st.booleans(),
        has_receipt=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda each: each.id,
)
KINDS = ("holiday", "redundancy", "notice", "tax", "bill", "promise")


@settings(max_examples=30)
@given(LINES, st.randoms())
def test_the_order_of_lines_does_not_matter(lines, random):
    shuffled = random.sample(lines, len(lines))
    assert found(lines, FACTS) == found(shuffled, FACTS)


@given(
    st.integers(0, 5000_00),
    st.dictionaries(st.sampled_from(KINDS), st.integers(0, 900_00)),
    st.dictionaries(st.sampled_from(("notice", "redundancy")), st.integers(0, 900_00)),
    st.sampled_from(KINDS),
    st.integers(1, 900_00),
)
def test_setting_money_aside_never_adds_a_surplus(balance, aside, owed, kind, more):
    before = replace(FACTS, balance_pence=balance, set_aside=aside, owed_at_end=owed)
    after = replace(before, set_aside=aside | {kind: aside.get(kind, 0) + more})
    assert surplus(after, LAW).over_pence <= surplus(before, LAW).over_pence
    if all(flag.kind != Kind.SURPLUS for flag in found([], before)):
        assert all(flag.kind != Kind.SURPLUS for flag in found([], after))


@settings(max_examples=30)
@given(LINES)
def test_what_lies_outside_the_days_changes_nothing(lines):
    inside = [each for each in lines if FIRST <= each.on <= LAST]
    assert found(lines, FACTS) == found(inside, FACTS)


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))


@given(st.lists(st.tuples(DAYS, st.integers(0, 20)), max_size=6))
def test_a_late_day_counts_once(stretches):
    late = [Late(first, first + timedelta(days), "") for first, days in stretches]
    each_day = {each.first + timedelta(day) for each in late for day in range(each.days)}
    assert days_late(late) == len(each_day)
