"""Concentration of providers and variety of the menu: by hand, and their bounds."""

from datetime import date
from math import log2

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.insight.measures import market
from leeway.period import year_to
from tests.insight.measures.made import DAY, community, records
from tests.insight.measures.priced import priced_by_chance

YEAR = year_to(DAY)
MEASURES = {measure.code: measure for measure in market.MEASURES}
MANAGED, DIRECT = "CASSR managed personal budget", "Direct payment"
AMOUNTS = st.lists(st.integers(1, 10_000), min_size=1, max_size=30)


def counts(code: str, given, by=()) -> list[tuple]:
    return sorted(MEASURES[code].count(given, YEAR, by).collect("polars").to_native().rows())


def golden(**more):
    """Four providers with 40, 30, 20 and 10 pounds, hours and people of a hundred."""
    shares = [provider for provider, people in zip("abcd", (40, 30, 20, 10), strict=True) for _ in range(people)]
    service = {"component": "Meals", "unit_cost_pence": 100, "cost_frequency": "Hourly",
               "planned_units_hundredths": 100}  # fmt: skip
    return records(
        services=[
            community(f"P{n}", MANAGED, provider=provider, **(service | more)) for n, provider in enumerate(shares)
        ]
    )


@pytest.mark.parametrize("basis", market.BASES, ids=lambda basis: basis.code)
def test_forty_thirty_twenty_ten_is_three_thousand(basis):
    measure = MEASURES[f"concentration-{basis.code}"]
    ((numerator, denominator, unknown),) = counts(measure.code, golden())
    assert (measure.value(numerator, denominator), unknown) == (3000, 0)
    row = market.concentration(golden(), YEAR, basis=basis).row(0, named=True)
    assert (row["council"], row["component"], row["providers"], row["amount"]) == ("A", "Meals", 4, 100)
    assert (row["index"], row["band"], row["largest_share"]) == (3000, "Highly concentrated", 40)
    assert row["effective"] == pytest.approx(10_000 / 3000)


@given(AMOUNTS)
def test_the_index_lies_between_all_alike_and_one_alone(amounts):
    index = market.concentration_index(amounts)
    assert 10_000 / len(amounts) <= index * (1 + 1e-12) and index <= 10_000
    assert market.concentration_index([7] * len(amounts)) == pytest.approx(10_000 / len(amounts))
    assert market.concentration_index([*amounts, 0, 0]) == index


@given(AMOUNTS)
def test_entropy_is_most_where_every_choice_is_as_common(amounts):
    bits = market.entropy_bits(amounts)
    assert -1e-12 <= bits <= log2(len(amounts)) + 1e-9
    assert market.entropy_bits([3] * len(amounts)) == pytest.approx(log2(len(amounts)))


def test_what_names_no_provider_is_unknown_and_direct_payments_have_no_part():
    given = records(
        services=[
            community("Ada", MANAGED, component="Meals", provider="a"),
            community("Bea", MANAGED, component="Meals", provider=None),
            community("Cyril", DIRECT, component="Direct payment", provider=None),
            community("Dot", "CASSR commissioned support", component="Day support", provider=None),
        ]
    )
    assert counts("concentration-people", given) == [(1, 1, 2)]
    assert counts("concentration-spend", given) == [(0, 0, 3)]
    day, meals = market.concentration(given, YEAR).to_dicts()
    assert (meals["index"], meals["services"], meals["unknown"], meals["unknown_share"]) == (10_000, 2, 1, 50)
    assert (day["index"], day["band"], day["providers"], day["unknown_share"]) == (None, None, 0, 100)


def test_a_person_with_two_services_of_one_provider_is_served_once():
    given = records(services=[community("Ada", MANAGED, provider="a", component=one) for one in ("Meals", "Transport")])
    assert market.concentration(given, YEAR, ())["amount"].to_list() == [1]


def test_the_measure_and_the_table_say_the_same():
    given = priced_by_chance(5, 800)
    for basis in market.BASES:
        table = market.concentration(given, YEAR, ("council",), basis=basis)
        for council, numerator, denominator, unknown in counts(f"concentration-{basis.code}", given, ("council",)):
            row = table.row(by_predicate=pl.col("council") == council, named=True)
            assert row["unknown"] == unknown
            assert (row["index"] is None) == (denominator == 0)
            if denominator:
                assert row["index"] == pytest.approx(10_000 * numerator / denominator)


def test_the_menu_is_counted_on_each_day():
    given = records(
        services=[
            community("Ada", MANAGED, component="Meals", provider="a"),
            community("Bea", MANAGED, component="Transport", provider="b"),
            community("Cyril", MANAGED, component="Meals", provider=None, starts_on=date(2025, 1, 1)),
            community("Dot", DIRECT, component="Direct payment"),
        ]
    )
    rows = market.variety(given, [date(2024, 12, 31), DAY]).to_dicts()
    assert [(row["day"], row["way"], row["services"], row["unknown"]) for row in rows] == [
        (date(2024, 12, 31), "Direct payment", 1, 1),
        (date(2024, 12, 31), "Managed personal budget", 2, 0),
        (DAY, "Direct payment", 1, 1),
        (DAY, "Managed personal budget", 3, 1),
    ]
    managed = rows[3]
    assert (managed["bits"], managed["effective"], managed["providers"]) == (1.0, 2.0, 2)
    assert managed["component_bits"] == pytest.approx(log2(3) - 2 / 3)
    assert (rows[2]["bits"], rows[2]["component_bits"]) == (None, 0.0)
    assert counts("menu-managed", given) == [(9, 5, 0)]


@given(st.integers(0, 30))
@settings(max_examples=6, deadline=None)
def test_effective_choices_are_never_more_than_there_are(seed):
    table = market.variety(priced_by_chance(seed, 200), [DAY], ("council",))
    assert (table["component_effective"] <= table["components"] + 1e-9).all()
    assert (table["unknown"] <= table["services"]).all()


def test_a_market_can_be_taken_apart_by_its_own_providers():
    given = priced_by_chance(5, 300)
    found = counts("concentration-people", given, ("provider",))
    assert all(squares == whole for _, squares, whole, _ in found) and len(found) > 3
