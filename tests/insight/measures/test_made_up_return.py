"""The made-up return is worth measuring: every measure has people on both sides, and care changes in every way."""

import pytest

from leeway.insight.measures.answers import answers, gather
from leeway.insight.measures.flow import between
from leeway.insight.measures.from_records import with_population
from leeway.insight.measures.long_term import carers_in_the_year, requests_in_the_year
from leeway.insight.measures.relabelling import conversions
from leeway.insight.records.made_up import EVENTS_A_PERSON, made_up_return
from leeway.insight.records.read import records_of
from leeway.period import year_to
from tests.insight.measures.made import DAY

DIRECT, MANAGED, COMMISSIONED = "Direct payment", "Managed personal budget", "Commissioned support"
#: What a sound return cannot leave unsaid: a request's outcome, and a service's component.
ALWAYS_SAID = {"SALT STS001, long-term support", "tier-components", "menu-managed", "menu-direct"}


@pytest.fixture(scope="module")
def made():
    return records_of(made_up_return(people=20_000, seed=3, councils=["716"]))


@pytest.mark.parametrize("seed", range(4))
def test_every_measure_has_people_on_both_sides(seed):
    records = records_of(made_up_return(people=3000, seed=seed, councils=["716"]))
    measures = {measure.code: measure for measure in with_population()}
    for one in answers(records, as_at=DAY, measures=measures.values()):
        if one["measure"].startswith("flow-converted"):  # of so few some seeds have none: the next test sees them
            continue
        numerator, denominator = one["numerator"], one["denominator"]
        if one["measure"] == "kept-by-choice":  # a return holds no choices: all are unknown
            assert (numerator, denominator) == (0, 0) and one["unknown"] > 0
            continue
        if one["unit"] in ("%", "per 100,000", "index"):
            assert 0 < numerator < denominator, one
        else:  # a mean of pence, of days, or of things of which everybody has one: some have more
            assert 0 < denominator < numerator, one
        can_be_unknown = not measures[one["measure"]].unknown.startswith("nobody")
        assert (one["unknown"] > 0) == (can_be_unknown and one["measure"] not in ALWAYS_SAID), one


def test_people_move_between_all_ways_of_holding_and_the_whole_stays_as_it_is(made):
    places = between(made, start=year_to(DAY).starts_on, end=DAY)
    assert {"Direct payment only", COMMISSIONED} <= set(places[MANAGED].moved_in)
    assert {"Direct payment only", "Part direct payment", COMMISSIONED, "Residential"} <= set(places[MANAGED].moved_out)
    assert places["Nursing"].moved_in.keys() >= {"Residential"}
    start, end = (sum(getattr(place, day) for place in places.values()) for day in ("start", "end"))
    assert end / start == pytest.approx(1, abs=0.1)
    assert all(place.new and place.ended and place.died for name, place in places.items() if place.start > 50)


def test_budgets_begin_with_the_same_care_with_other_care_and_with_none(made):
    [rows] = gather([conversions(made, year_to(DAY))])
    began = {(row["from_way"], row["to_way"], row["outcome"]) for row in rows if row["starts"] >= 5}
    assert began >= {
        (COMMISSIONED, MANAGED, "Same care"),
        (COMMISSIONED, MANAGED, "Changed"),
        ("None", MANAGED, "New to support"),
        (DIRECT, MANAGED, "Changed"),
        (MANAGED, DIRECT, "Changed"),
        (COMMISSIONED, DIRECT, "Changed"),
        ("None", DIRECT, "New to support"),
    }


def test_requests_and_carers_come_to_every_end(made):
    requests, carers = gather(
        [requests_in_the_year(made, year_to(DAY), ["sequel"]), carers_in_the_year(made, year_to(DAY), ["support"])]
    )
    assert {row["sequel"] for row in requests if row["count"] >= 10} >= {
        "Long term support: Nursing care", "Long term support: Residential care", "Long term support: Community",
        "Short term support: ST-Max", "Short term support: Ongoing low level", "Short term support: Other short term",
        "NFA: Information and advice or signposting", "NFA: Support declined", "Progress to reablement/ST-Max",
        "Progress to assessment, review or reassessment", "Progress to support planning or services",
    }  # fmt: skip
    assert {row["support"] for row in carers if row["count"] >= 10} == {
        DIRECT, MANAGED, COMMISSIONED, "Support, not known how", "Information and advice", "No direct support",
    }  # fmt: skip


def test_shares_are_near_englands():
    made = records_of(made_up_return(people=60_000, seed=1, councils=["716"]))
    told = answers(made, as_at=DAY, measures=with_population(), by=["age"])
    found = {(one["measure"], one["by"].get("age", "")): one["value"] for one in told}
    # 92,785 of 245,310 (37.8%) and 46,965 of 341,520 (13.8%) had a direct payment in the year 2020-21.
    assert found["SALT LTS001a, direct payments", "18-64"] == pytest.approx(37.8, abs=3)
    assert found["SALT LTS001a, direct payments", "65+"] == pytest.approx(13.8, abs=2)
    # Of carers, 89.7% had self-directed support and 77.4% a direct payment in 2023-24.
    assert found["ASCOF 3D(1b)", ""] == pytest.approx(89.7, abs=2)
    assert found["ASCOF 3D(2b)", ""] == pytest.approx(77.4, abs=2)


def test_the_number_of_events_a_person_is_as_it_is_told():
    made = made_up_return(people=50_000, seed=2)
    assert made["reference"].count() / 50_000 == pytest.approx(EVENTS_A_PERSON, rel=0.01)
