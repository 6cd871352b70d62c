"""Two tiers: what people have under each way of holding, and whether people alike have the same."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.insight.measures import tiers, who_holds
from leeway.insight.measures.holding import BY_DIRECT
from leeway.insight.report.people import two_tiers
from leeway.period import year_to
from leeway.refusal import Refusal
from tests.insight.measures.made import DAY, by_person, community, records
from tests.insight.measures.priced import priced_by_chance

YEAR = year_to(DAY)
MANAGED, DIRECT = "CASSR managed personal budget", "Direct payment"
HOURS = {"cost_frequency": "Hourly", "unit_cost_pence": 2000}


def people(given) -> dict[str, dict]:
    return by_person(tiers.people(given, YEAR), given)


def test_what_each_person_has_and_what_is_known():
    given = records(
        services=[
            community("Ada", MANAGED, component="Meals", provider="1", planned_units_hundredths=100, **HOURS),
            community("Ada", MANAGED, component="Transport", provider="1", planned_units_hundredths=50, **HOURS),
            community("Bea", DIRECT, component="Direct payment", cost_frequency="4-weekly", unit_cost_pence=4000),
            community("Cyril", MANAGED, component=None, **HOURS, starts_on=date(2024, 4, 2)),
            community("Dot", DIRECT) | {"service_type": "Long term support: Residential care"},
        ],
        reviews=[
            {"person": "Ada", "starts_on": date(2024, 3, 1), "ends_on": date(2024, 4, 1)},
            {"person": "Bea", "starts_on": date(2024, 3, 1), "ends_on": date(2024, 3, 31)},
        ],
    )
    found = people(given)
    assert set(found) == {"Ada", "Bea", "Cyril"}
    ada, bea, cyril = found["Ada"], found["Bea"], found["Cyril"]
    known = [f"{thing.column}_known" for thing in tiers.THINGS]
    assert [ada[thing.column] for thing in tiers.THINGS] == [150, 3000, 2, 1, 1]
    assert [ada[one] for one in known] == [1, 1, 1, 1, 1]
    # A direct payment has a cost, no hours and no provider; her review ended a day too early.
    assert (bea["pence"], bea["components"], bea["reviewed"]) == (1000, 1, 0)
    assert [bea[one] for one in known] == [0, 1, 1, 0, 1]
    # His hours and provider are blank, and his support is newer than a year by a day.
    assert [cyril[one] for one in known] == [0, 0, 0, 0, 0]


def test_support_that_only_changed_its_label_is_no_newer():
    before = {"starts_on": date(2023, 1, 1)}
    given = records(
        services=[
            # Ada's commissioned support became a managed budget overnight; Bea had none on 31 August.
            community("Ada", "CASSR commissioned support", **before, ends_on=date(2024, 8, 31)),
            community("Ada", MANAGED, starts_on=date(2024, 9, 1)),
            community("Bea", "CASSR commissioned support", **before, ends_on=date(2024, 8, 30)),
            community("Bea", MANAGED, starts_on=date(2024, 9, 1)),
        ],
        reviews=[{"person": "Ada", "starts_on": date(2024, 8, 31), "ends_on": date(2024, 8, 31)}],
    )
    found = people(given)
    assert [(found[name]["reviewed"], found[name]["reviewed_known"]) for name in ("Ada", "Bea")] == [(1, 1), (0, 0)]


def test_measures_add_up_to_the_people():
    given = priced_by_chance(3, 900)
    for measure in tiers.MEASURES:
        rows = measure.count(given, YEAR, ("way",)).collect("polars").to_native()
        assert (rows["denominator"] + rows["unknown"]).sum() == len(people(given))
        assert measure.value(*rows.select(pl.col("numerator", "denominator").sum()).row(0)) is not None


def crowd(direct_hours: int, managed_hours: int):
    """Young people mostly with direct payments, and older people mostly without, who have fewer hours."""
    services, everybody = [], []
    for n in range(200):
        young, jitter = n % 2 == 0, n // 20
        direct = n % 4 == 0 if young else n % 20 == 1
        hours = (2000 if young else 800) + (direct_hours if direct else managed_hours) + 10 * jitter
        person = f"P{n:03}"
        everybody.append({"person": person, "born_on": date(1990 if young else 1940, 5, 1)})
        services.append(
            community(
                person, DIRECT if direct else MANAGED, support_reason="Learning disability support",
                component="Meals", planned_units_hundredths=hours, **HOURS,
            )
        )  # fmt: skip
    return records(people=everybody, services=services)


def hours_of(given) -> dict:
    table = tiers.table(tiers.differences(given, YEAR))
    return table.filter(pl.col("thing") == "Hours of support", pl.col("client_group") == "All").to_dicts()[0]


def test_people_alike_with_the_same_are_not_told_apart():
    row = hours_of(crowd(0, 0))
    assert not row["told"] and "no difference can be told" in row["sentence"]
    assert row["low"] < 0 < row["high"] and row["difference"] == pytest.approx(0)


def test_two_tiers_are_told_in_hours():
    row = hours_of(crowd(300, 0))
    assert row["told"] and row["difference"] == pytest.approx(3)
    assert "more for Direct payment than for Managed personal budget" in row["sentence"]
    assert row["left_out"] == 0 and (row["first_people"], row["second_people"]) == (60, 140)
    [hours, *_others] = two_tiers(crowd(300, 0), period=YEAR).exhibits[0].rows
    assert hours[2:] == ("20.0", "17.5", "+2.5 (+0.5 to +4.5)", "60 and 140", "yes"), "20.3 and 17.3, fit to publish"


def test_each_client_group_is_compared_by_itself():
    found = tiers.differences(crowd(300, 0), YEAR)
    assert {one.client_group for one in found} == {"All", "Learning disability support"}


@given(st.integers(0, 40))
@settings(max_examples=4, deadline=None)
def test_the_order_of_two_ways_changes_only_the_sign(seed):
    given = priced_by_chance(seed, 200)
    there = tiers.table(tiers.differences(given, YEAR))
    back = tiers.table(tiers.differences(given, YEAR, first=tiers.MANAGED_BUDGET, second=tiers.DIRECT_PAYMENT))
    for one, other in zip(there["difference"], back["difference"], strict=True):
        assert (one is None) == (other is None)
        assert one is None or one == pytest.approx(-other)


def test_a_breakdown_that_services_have_is_refused_here():
    with pytest.raises(Refusal, match="provider"):
        tiers.people(priced_by_chance(1, 20), YEAR, ("provider",))


def test_who_holds_a_direct_payment_is_compared_among_people_alike():
    table = who_holds.who_holds(crowd(0, 0), YEAR)
    young, old = (table.row(by_predicate=pl.col("group") == band, named=True) for band in ("25-44", "75-84"))
    assert (young["numerator"], young["denominator"], young["unknown"]) == (50, 100, 0)
    assert (young["share"], old["share"]) == (50.0, 10.0)
    assert young["told"] and young["difference"] == pytest.approx(40)
    assert old["difference"] == pytest.approx(-40)
    gender = table.row(by_predicate=pl.col("characteristic") == "gender", named=True)
    assert (gender["group"], gender["difference"]) == ("Unknown", None)
    assert gender["sentence"].startswith("Not compared")


def test_a_difference_that_is_only_of_age_is_not_told():
    given = crowd(0, 0)
    # Women are the young, so their plain share is far higher; among people of an age there is no difference to tell.
    everybody = given.people.to_native().collect().with_columns(
        gender=pl.when(pl.col("person").str.slice(1).cast(pl.Int64) % 6 == 0).then(pl.lit("Female"))
        .when(pl.col("person").str.slice(1).cast(pl.Int64) % 2 == 0).then(pl.lit("Male")).otherwise(pl.lit("Female"))
    )  # fmt: skip
    given = records(people=everybody.to_dicts(), services=given.services.to_native().collect().to_dicts())
    row = who_holds.who_holds(given, YEAR).row(by_predicate=pl.col("group") == "Male", named=True)
    assert row["share"] > 45 and not row["told"]
    assert row["rest"] < 200  # people of an age and reason that men do not have are left out
    assert row["left_out"] == 100


def test_those_not_known_are_shown_and_kept_out_of_both_sides():
    given = records(
        people=[{"person": str(n), "born_on": date(1990, 1, 1), "gender": "Male"} for n in range(3)],
        services=[community("0", DIRECT), community("1", None), community("2", MANAGED)],
    )
    row = who_holds.who_holds(given, YEAR).row(by_predicate=pl.col("group") == "Male", named=True)
    assert (row["numerator"], row["denominator"], row["unknown"], row["share"]) == (1, 2, 1, 50.0)
    assert "too few people are alike" in row["sentence"]


@given(st.integers(0, 40))
@settings(max_examples=4, deadline=None)
def test_every_characteristic_has_the_same_people(seed):
    table = who_holds.who_holds(priced_by_chance(seed, 200), YEAR, rank=BY_DIRECT)
    sums = table.group_by("characteristic").agg(pl.col("numerator", "denominator", "unknown").sum())
    assert sums.drop("characteristic").n_unique() == 1
    assert set(sums["characteristic"]) == set(who_holds.CHARACTERISTICS)
