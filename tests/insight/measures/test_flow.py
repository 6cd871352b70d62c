"""Stock and flow: everybody who came, went or was moved is accounted for."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.insight.measures.answers import answers, gather
from leeway.insight.measures.flow import DIED, ENDED, NEW, between, change, moves, stock_and_flow
from leeway.insight.measures.long_term import IN_THE_COMMUNITY
from tests.insight.measures.made import DAY, by_chance, community, records

START = date(2024, 4, 1)
DIRECT, MANAGED, COMMISSIONED = "Direct payment", "CASSR managed personal budget", "CASSR commissioned support"


def test_all_the_growth_is_managed_and_can_be_seen():
    services = [
        community("Ada", DIRECT),
        community("Bea", COMMISSIONED, ends_on=date(2024, 10, 1)),
        community("Bea", MANAGED, starts_on=date(2024, 10, 2)),
        community("Cyril", MANAGED, starts_on=date(2024, 6, 1)),
        community("Dot", DIRECT, ends_on=date(2024, 9, 1)),
        community("Eve", MANAGED, ends_on=date(2024, 9, 1)),
        community("Fay", COMMISSIONED, ends_on=date(2024, 9, 1)),
        community("Fay", DIRECT, starts_on=date(2024, 9, 2)),
        community("Fay", COMMISSIONED, starts_on=date(2024, 9, 2)),
    ]
    people = [{"person": "Eve", "born_on": date(1940, 1, 1), "died_on": date(2024, 9, 1)}]
    places = between(records(people=people, services=services), start=START, end=DAY)
    direct, managed = places["Direct payment only"], places["Managed personal budget"]
    assert (direct.start, direct.new, direct.ended, direct.end) == (2, 0, 1, 1)
    assert (managed.start, managed.new, managed.died, managed.end) == (1, 1, 1, 2)
    assert managed.moved_in == {"Commissioned support": 1}
    assert places["Commissioned support"].moved_out == {"Managed personal budget": 1, "Part direct payment": 1}
    assert places["Part direct payment"].end == 1


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_start_and_in_less_out_is_end(seed):
    made = by_chance(seed, 80)
    for place in between(made, start=START, end=DAY).values():
        came, went = sum(place.moved_in.values()), sum(place.moved_out.values())
        assert place.start + place.new + came - went - place.ended - place.died == place.end


def test_the_end_is_the_stock_that_the_measures_count():
    made = by_chance(5, 500)
    places = between(made, start=START, end=DAY)
    [whole] = answers(made, as_at=DAY, measures=[IN_THE_COMMUNITY])
    assert sum(place.end for place in places.values()) == whole["denominator"]
    [earlier] = answers(made, as_at=START, measures=[IN_THE_COMMUNITY])
    assert sum(place.start for place in places.values()) == earlier["denominator"]


def test_a_breakdown_adds_up_to_the_whole():
    made = by_chance(6, 300)
    whole, parts = gather([moves(made, start=START, end=DAY, by=by) for by in ((), ("age", "client_group"))])
    assert stock_and_flow(whole) == stock_and_flow(parts)
    assert {row["after"] for row in whole} > {ENDED, DIED}
    assert NEW in {row["before"] for row in whole}


@pytest.mark.parametrize(
    ("before", "after", "points", "low", "high"),
    [  # Newcombe 1998, table II, method 10, with the sign turned
        ((56, 70), (48, 80), -20.00, -33.39, -5.24),
        ((9, 10), (3, 10), -60.00, -80.90, -17.05),
        ((6, 7), (2, 7), -57.14, -80.62, -5.82),
        ((5, 56), (0, 29), -8.93, -19.26, 3.81),
    ],
)
def test_a_change_has_the_interval_that_was_published(before, after, points, low, high):
    found = change(before, after)
    assert (round(found.points, 2), round(found.low, 2), round(found.high, 2)) == (points, low, high)
    assert found.flat == (low <= 0 <= high)
