"""What support costs a week: by hand, and what must hold whatever the records."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.insight.measures import costs
from leeway.insight.measures.answers import in_whole_ones
from leeway.insight.records.lists import code_list
from leeway.period import Period, year_to
from tests.insight.measures.made import DAY, community, records
from tests.insight.measures.priced import FREQUENCIES, priced_by_chance

YEAR = year_to(DAY)
MEASURES = {measure.code: measure for measure in costs.MEASURES}


def frame(lazy) -> pl.DataFrame:
    return lazy.collect("polars").to_native()


def counts(code: str, given, by=(), period=YEAR) -> list[tuple]:
    """The rows of a measure, the numerator in whole ones as answers tell it."""
    rows = frame(MEASURES[code].count(given, period, by)).rows()
    return sorted((*row[:-3], in_whole_ones(row[-3], MEASURES[code].parts), *row[-2:]) for row in rows)


def home_care(person: str, pence: int | None, frequency: str | None, units: int | None = None, **more) -> dict:
    service = {"unit_cost_pence": pence, "cost_frequency": frequency, "planned_units_hundredths": units}
    return community(person, "CASSR managed personal budget", component="Meals") | service | more


@pytest.mark.parametrize(
    ("pence", "frequency", "units", "week"),
    [
        (2356, "Hourly", 1450, 34_162),  # £23.56 for 14.5 hours
        (-2356, "Hourly", 1450, 34_162),
        (5000, "Per session", 150, 7_500),
        (10_000, "Daily", 700, 70_000),
        (30_000, "Weekly", None, 30_000),
        (30_000, "Fortnightly", None, 15_000),
        (30_000, "4-weekly", None, 7_500),
        (26_000, "Monthly", None, 6_000),  # twelve in 52 weeks
        (26_000, "Quarterly", None, 2_000),
        (52_000, "Annually", None, 1_000),
        (1, "Annually", None, 0),  # a 52nd of a penny is known, and shows as nothing
    ],
)
def test_a_week_of_each_kind_of_unit(pence, frequency, units, week):
    one = records(services=[home_care("Ada", pence, frequency, units)])
    assert counts("person-weekly-cost", one) == [(week, 1, 0)]


@pytest.mark.parametrize(
    ("pence", "frequency", "units"),
    [(None, "Weekly", None), (0, "Weekly", None), (2356, "Hourly", None), (2356, "Hourly", 0), (2356, None, 100),
     (2356, "No charge to client", None)],
)  # fmt: skip
def test_no_cost_is_unknown_and_never_nothing(pence, frequency, units):
    both = records(services=[home_care("Ada", pence, frequency, units), home_care("Bea", 100, "Weekly")])
    assert counts("person-weekly-cost", both) == [(100, 1, 1)]
    assert counts("service-weekly-cost", both) == [(100, 1, 1)]


def test_a_person_with_one_unknown_service_is_unknown_and_a_one_off_cost_is_neither():
    both = records(
        services=[
            home_care("Ada", 100, "Weekly"),
            home_care("Ada", None, "Weekly"),
            home_care("Bea", 300, "Weekly"),
            home_care("Bea", 99_999, "One-off"),
            home_care("Cyril", 99_999, "One-off"),
        ]
    )
    assert counts("person-weekly-cost", both) == [(300, 1, 1)]
    assert counts("service-weekly-cost", both) == [(400, 2, 1)]


def test_what_was_spent_counts_the_days_in_the_period_first_and_last():
    week = Period(date(2025, 3, 25), DAY)
    both = records(
        people=[{"person": "Dot", "born_on": date(1950, 1, 1), "died_on": date(2025, 3, 26)}],
        services=[
            home_care("Ada", 700, "Weekly"),
            home_care("Bea", 700, "Weekly", starts_on=date(2025, 3, 30)),
            home_care("Cyril", 5, "One-off", starts_on=date(2025, 3, 25)),
            home_care("Cyril", 7, "One-off", starts_on=date(2025, 3, 24)),  # before the period
            home_care("Dot", 700, "Weekly"),  # nobody closed it: it ends with her life
        ],
    )
    assert counts("service-spend", both, period=week) == [(700 + 200 + 5 + 200, 4, 0)]


def test_every_kind_of_unit_has_its_place():
    assert {*costs.SHORTER, *costs.PARTS_A_WEEK, costs.ONE_OFF, "No charge to client"} == {*FREQUENCIES} - {None}
    assert all(Fraction(parts, costs.PARTS) <= 1 for parts in costs.PARTS_A_WEEK.values())
    assert costs.PARTS_A_WEEK["Monthly"] * 52 == 12 * costs.PARTS


@given(st.integers(0, 50), st.integers(2, 9))
@settings(max_examples=8, deadline=None)
def test_costs_scale(seed, times):
    given = priced_by_chance(seed, 40)
    # In whole parts of a penny, so that no rounding hides a penny.
    whole, dearer = (
        replace(given, services=given.services.with_columns(nw.col("unit_cost_pence") * costs.PARTS * n))
        for n in (1, times)
    )
    for code in ("person-weekly-cost", "service-weekly-cost"):
        (numerator, denominator, unknown), (dear, same, still) = counts(code, whole)[0], counts(code, dearer)[0]
        assert (dear, same, still) == (numerator * times, denominator, unknown)


def test_quartiles_are_values_that_somebody_has():
    given = records(services=[home_care(str(n), pence, "Weekly") for n, pence in enumerate((10, 20, 30, 40, 1000))])
    found = frame(costs.person_costs(given, YEAR)).row(0, named=True)
    assert (found["lower_quartile"], found["median"], found["upper_quartile"]) == (20, 30, 40)
    assert (found["size"], found["total"], found["lowest"], found["highest"]) == (5, 1100, 10, 1000)


def test_a_breakdown_without_a_known_cost_still_has_its_row():
    given = records(services=[home_care("Ada", 10, "Weekly", team="East"), home_care("Bea", None, None, team="West")])
    east, west = frame(costs.person_costs(given, YEAR, ("team",))).sort("team").to_dicts()
    assert (east["size"], east["median"], east["unknown"]) == (1, 10, 0)
    assert (west["size"], west["total"], west["median"], west["unknown"]) == (0, 0, None, 1)
    assert frame(costs.person_costs(given, YEAR))["unknown"].to_list() == [1]


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=40))
@settings(max_examples=30, deadline=None)
def test_at_least_a_share_of_rows_is_at_or_below_a_quartile(values):
    rows = nw.from_native(pl.LazyFrame({"pence": values}))
    found = frame(costs.spread(rows, (), column="pence")).row(0, named=True)
    for name, quarter in (("lower_quartile", 1), ("median", 2), ("upper_quartile", 3)):
        assert sum(value <= found[name] for value in values) * 4 >= quarter * len(values)
        assert sum(value < found[name] for value in values) * 4 < quarter * len(values)


def dear_packages():
    cheap = [home_care(f"P{n:02}", 1000 + n, "Weekly", reference=f"E{n}") for n in range(39)]
    dear = [home_care("Z", 90_000, "Weekly", reference="Z1"), home_care("Z", 50_000, "Weekly", component="Transport")]
    return records(services=[*cheap, *dear, home_care("Q", None, "Weekly")])


def test_a_dear_package_is_worth_a_second_look_and_its_row_says_why():
    found = frame(costs.packages_to_look_at(dear_packages(), YEAR)).sort("package", "week_pence")
    # 40 are alike: the 38th stands at 19 in 20, so two are above it.
    assert found["package"].to_list() == [1, 1, 2]
    first = found.row(1, named=True)
    assert (first["reference"], first["pence"], first["components"], first["alike"]) == ("Z1", 140_000, 2, 40)
    assert (first["median_pence"], first["line_pence"]) == (1019, 1037)
    assert "person" not in found.columns
    assert counts("second-look", dear_packages()) == [(2, 40, 1)]


def test_too_few_alike_are_not_compared():
    few = records(services=[home_care(str(n), 1000 + 1000 * n, "Weekly") for n in range(19)])
    assert counts("second-look", few) == [(0, 0, 19)]
    assert frame(costs.packages_to_look_at(few, YEAR)).is_empty()


def test_unit_costs_are_told_for_each_component_and_unit():
    given = records(services=[home_care("Ada", 2000, "Hourly", 100), home_care("Bea", -2600, "Hourly", None)])
    found = frame(costs.unit_costs(given, YEAR)).row(0, named=True)
    assert (found["component"], found["cost_frequency"], found["size"]) == ("Meals", "Hourly", 2)
    assert (found["lowest"], found["median"], found["highest"]) == (2000, 2000, 2600)
    assert counts("hour-cost", given) == [(200_000, 100, 1)]


def test_the_lists_still_have_the_words_that_costs_are_worked_out_from():
    assert set(costs.PARTS_A_WEEK) == set(code_list("cost_frequency").within("A week or longer"))
