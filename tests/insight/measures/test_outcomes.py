"""Reablement, homes, admissions, waiting and the SALT tables: worked examples and edges by date."""

from datetime import date, timedelta

import narwhals as nw
import polars as pl
import pytest

from leeway.insight.measures.admissions import admission_measures
from leeway.insight.measures.answers import answers, gather
from leeway.insight.measures.long_term import LED_TO_LONG_TERM, REVIEWED, TABLES
from leeway.insight.measures.outcomes import AT_HOME, REABLED
from leeway.insight.measures.spells import day_number
from leeway.insight.measures.waiting import MEDIAN_WAIT, STILL_WAITING
from leeway.period import year_to
from leeway.refusal import Refusal
from tests.insight.measures.made import DAY, community, records

ENDED = date(2024, 9, 30)
YOUNGER, OLDER = admission_measures(
    nw.from_native(pl.LazyFrame({"council": ["A", "A"], "age": ["18-64", "65+"], "people": [200_000, 50_000]}))
)


def counted(measure, **rows):
    [one] = answers(records(**rows), as_at=DAY, measures=[measure])
    return one["numerator"], one["denominator"], one["unknown"]


def reablement(person="Ada", **more):
    return {
        "person": person, "service_type": "Short term support: ST-Max", "starts_on": date(2024, 9, 1),
        "ends_on": ENDED, "outcome": "NFA: Support ended as planned",
    } | more  # fmt: skip


def stay(person="Ada", **more):
    return {
        "person": person, "service_type": "Long term support: Residential care", "starts_on": date(2024, 9, 1),
        "component": "Long term residential care",
    } | more  # fmt: skip


@pytest.mark.parametrize(
    "day", [date(1, 1, 1), date(1900, 3, 1), date(2000, 12, 31), date(2024, 2, 29), date(2100, 3, 1)]
)
def test_days_are_numbered_as_python_does(day):
    frame = nw.from_native(pl.DataFrame({"day": [day]}))
    assert frame.select(day_number("day"))["day"].to_list() == [day.toordinal()]


@pytest.mark.parametrize(
    ("days", "counts"),
    [(-1, (0, 1, 0)), (0, (0, 1, 0)), (3, (0, 1, 0)), (4, (1, 1, 0))],
)
def test_support_that_follows_within_three_days_is_the_sequel(days, counts):
    follows = community("Ada", "Direct payment", starts_on=ENDED + timedelta(days))
    assert counted(REABLED, services=[reablement(), follows]) == counts


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ({}, (1, 1, 0)),
        ({"outcome": None}, (0, 0, 1)),
        ({"outcome": "Progress to support planning or services"}, (0, 0, 1)),
        ({"outcome": "NFA: Support declined"}, (0, 0, 0)),
        ({"outcome": "Admitted to hospital"}, (0, 0, 0)),
        ({"ends_on": date(2024, 3, 31), "starts_on": date(2024, 3, 1)}, (0, 0, 0)),
        ({"ends_on": date(2024, 4, 1), "starts_on": date(2024, 3, 1)}, (1, 1, 0)),
        ({"ends_on": DAY}, (1, 1, 0)),
        ({"ends_on": date(2025, 4, 1)}, (0, 0, 0)),
        ({"ends_on": None}, (0, 0, 0)),
    ],
)
def test_reablement_is_judged_by_its_outcome_where_nothing_follows(more, counts):
    assert counted(REABLED, services=[reablement(**more)]) == counts


def test_lesser_support_counts_as_nothing_further_but_a_care_home_does_not():
    short = {"service_type": "Short term support: Other short term", "starts_on": ENDED}
    assert counted(REABLED, services=[reablement(outcome=None), reablement(**short)]) == (1, 1, 0)
    in_a_home = short | {"component": "Short term residential care"}
    assert counted(REABLED, services=[reablement(), reablement(**in_a_home)]) == (0, 1, 0)


def test_reablement_a_day_apart_is_one_spell_with_the_last_outcome():
    again = reablement(starts_on=ENDED + timedelta(1), ends_on=ENDED + timedelta(20), outcome="Admitted to hospital")
    assert counted(REABLED, services=[reablement(), again]) == (0, 0, 0)
    later = again | {"starts_on": ENDED + timedelta(2)}
    assert counted(REABLED, services=[reablement(), later]) == (1, 1, 0)


@pytest.mark.parametrize(("days", "counts"), [(90, (0, 0, 0)), (91, (1, 1, 0))])
def test_only_new_clients_are_reabled(days, counts):
    before = community("Ada", starts_on=date(2023, 1, 1), ends_on=date(2024, 9, 1) - timedelta(days))
    assert counted(REABLED, services=[reablement(), before]) == counts


def test_homes_are_settled_or_not_or_not_told():
    homes = {"Ada": "Shared Lives scheme", "Bea": "Registered care home", "Cyril": None, "Dot": "Unknown"}
    people = [{"person": who, "born_on": date(1980, 5, 1), "accommodation": home} for who, home in homes.items()]
    services = [community(who, support_reason="Learning disability support") for who in homes]
    services.append(community("Eve", support_reason="Learning disability support"))  # over 65
    learning, younger, older = AT_HOME
    assert counted(learning, people=people, services=services) == (1, 4, 2)
    assert counted(younger, people=people, services=services) == (1, 4, 2)
    assert counted(older, people=people, services=services) == (0, 1, 1)


@pytest.mark.parametrize(
    ("services", "new"),
    [
        ([stay()], 1),
        ([stay(component=None)], 1),
        ([stay(component="Short term residential care")], 0),
        ([stay(outcome="NFA: Self-funded client or under 12wk disregard")], 0),
        ([stay(starts_on=date(2024, 3, 31))], 0),
        ([stay(starts_on=date(2024, 4, 1))], 1),
        ([stay(starts_on=DAY)], 1),
        ([stay(starts_on=date(2025, 4, 1))], 0),
        ([stay(), stay(starts_on=date(2024, 10, 1))], 1),
        ([stay(), stay(starts_on=date(2023, 1, 1), ends_on=date(2023, 9, 3))], 0),  # 364 days before
        ([stay(), stay(starts_on=date(2023, 1, 1), ends_on=date(2023, 9, 2))], 1),  # 365
        ([stay(), community("Ada")], 1),
    ],
)
def test_an_admission_is_new_or_it_is_none(services, new):
    assert counted(OLDER, services=services) == (new, 50_000, 0)


@pytest.mark.parametrize(
    ("born_on", "younger", "older"), [(date(1959, 9, 30), 0, 1), (date(1959, 10, 1), 1, 0), (date(2006, 10, 1), 0, 0)]
)
def test_the_age_at_admission_counts(born_on, younger, older):
    people = [{"person": "Ada", "born_on": born_on}]
    assert counted(YOUNGER, people=people, services=[stay()])[0] == younger
    assert counted(OLDER, people=people, services=[stay()])[0] == older
    [one] = answers(records(people=people, services=[stay()]), as_at=DAY, measures=[OLDER])
    assert one["value"] == 2.0 * older


def test_rates_break_down_by_council_alone():
    with pytest.raises(Refusal, match="“gender” is not a breakdown"):
        answers(records(), as_at=DAY, measures=[OLDER], by=["gender"])


def asked(person="Ada", **more):
    return {
        "person": person, "starts_on": date(2024, 6, 1), "ends_on": date(2024, 6, 2),
        "outcome": "Progress to assessment, review or reassessment",
    } | more  # fmt: skip


def assessed(person="Ada", **more):
    return {"person": person, "assessment_type": "Long term assessment", "starts_on": date(2024, 6, 11)} | more


def test_the_wait_is_from_the_request_to_the_first_response():
    rows = {
        "requests": [asked("Ada"), asked("Bea"), asked("Cyril"), asked("Dot", outcome="NFA: Other"), asked("Eve")],
        "assessments": [
            assessed("Ada"),
            assessed("Ada", starts_on=date(2024, 7, 1)),
            assessed("Bea", starts_on=date(2024, 5, 31)),
            assessed("Bea", assessment_type="Financial assessment"),
            assessed("Dot"),
        ],
        "services": [community("Bea", starts_on=date(2024, 6, 21)), community("Cyril", starts_on=date(2024, 6, 1))],
    }
    [median, waiting] = answers(records(**rows), as_at=DAY, measures=[MEDIAN_WAIT, STILL_WAITING])
    assert (median["value"], median["numerator"], median["denominator"]) == (10, 30, 3)
    assert (waiting["numerator"], waiting["denominator"], waiting["value"]) == (1, 4, 25.0)


def test_one_response_answers_the_first_of_several_requests():
    rows = {"requests": [asked(), asked(starts_on=date(2024, 6, 5))], "assessments": [assessed()]}
    assert counted(MEDIAN_WAIT, **rows) == (10, 1, 0)


@pytest.mark.parametrize(("ended", "there"), [(date(2023, 6, 2), 0), (date(2023, 6, 1), 1)])
def test_who_had_support_not_long_before_is_not_new(ended, there):
    services = [community("Ada", ends_on=ended)]
    # 1 June 2024 is 366 days after 1 June 2023: a leap year.
    assert counted(MEDIAN_WAIT, requests=[asked()], assessments=[assessed()], services=services)[1] == there


def test_the_dead_wait_no_longer():
    people = [{"person": "Ada", "born_on": date(1950, 1, 1), "died_on": date(2024, 8, 1)}]
    assert counted(STILL_WAITING, people=people, requests=[asked()]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("services", "there"),
    [
        ([community("Ada")], 1),
        ([community("Ada", starts_on=date(2024, 4, 1))], 1),
        ([community("Ada", starts_on=date(2024, 4, 2))], 0),
        ([community("Ada", ends_on=date(2024, 9, 1)), community("Ada", starts_on=date(2024, 9, 2))], 1),
        ([community("Ada", ends_on=date(2024, 9, 1)), community("Ada", starts_on=date(2024, 9, 3))], 0),
        ([community("Ada", ends_on=date(2025, 3, 30))], 0),
    ],
)
def test_all_year_means_without_a_gap(services, there):
    assert counted(REVIEWED, services=services) == (0, there, 0)
    reviews = [{"person": "Ada", "starts_on": date(2024, 5, 1), "ends_on": date(2024, 5, 2)}]
    assert counted(REVIEWED, services=services, reviews=reviews) == (there, there, 0)


@pytest.mark.parametrize(("starts_on", "led"), [(date(2024, 6, 30), 1), (date(2024, 7, 1), 0), (date(2024, 6, 1), 1)])
def test_a_request_leads_to_what_begins_within_28_days(starts_on, led):
    services = [community("Ada", starts_on=starts_on)]
    assert counted(LED_TO_LONG_TERM, requests=[asked()], services=services) == (led, 1, 0)


def test_carers_count_once_at_the_most_that_they_had():
    carer = {"client_type": "Unpaid carer"}
    advice = "NFA: Information and advice or signposting"
    made = records(
        services=[
            community("Ada", "Direct payment", service_type="Unpaid carer support: Direct to unpaid carer", **carer)
        ],
        assessments=[assessed("Ada", **carer), assessed("Bea", **carer), assessed("Cyril", outcome=advice, **carer)],
        requests=[asked("Bea", outcome=advice, **carer), asked("Dot", **carer)],
    )
    [rows] = gather([TABLES["LTS003"](made, year_to(DAY), ("support",))])
    assert {row["support"]: row["count"] for row in rows} == {"Direct payment": 1, "Information and advice": 2}


def counts(table: str, made, by: tuple[str, ...]) -> dict:
    [rows] = gather([TABLES[table](made, year_to(DAY), by)])
    return {tuple(row[word] for word in by): row["count"] for row in rows}


def test_reviews_of_those_supported_all_year_by_kind_and_by_what_brought_them_about():
    def reviewed(person, reason, outcome=None, **more):
        held = {"starts_on": date(2024, 5, 1), "ends_on": date(2024, 5, 2)}
        return {"person": person, "review_reason": reason, "outcome": outcome} | held | more

    on_as_before, later = "Continuation of support or services", date(2025, 4, 1)
    made = records(
        services=[*map(community, ("Ada", "Bea", "Cyril", "Dot", "Eve")), community("New", starts_on=later)],
        reviews=[
            reviewed("Ada", "Planned"),
            reviewed("Ada", "Unplanned: Hospital", on_as_before),
            reviewed("Bea", "Planned"),
            reviewed("Cyril", "Unplanned: Carer"),
            reviewed("Cyril", "Unplanned: Carer"),
            reviewed("Dot", "Review of short term support"),
            reviewed("Eve", "Planned", ends_on=later),
            reviewed("New", "Planned"),
        ],
    )
    assert counts("LTS002b", made, ("reviews",)) == {
        ("Planned and unplanned",): 1, ("Planned",): 1, ("Unplanned",): 1, ("Other, or not told",): 1, ("None",): 1,
    }  # fmt: skip
    assert counts("LTS002a", made, ("review_reason", "outcome")) == {
        ("Unplanned: Hospital", on_as_before): 1, ("Unplanned: Carer", "Unknown"): 2,
    }  # fmt: skip


def test_what_followed_reablement_of_new_clients_and_of_others():
    ended = {"service_type": "Short term support: ST-Max", "ends_on": date(2024, 9, 1)}
    made = records(
        services=[
            community("Ada", **ended, outcome="NFA: Support ended as planned"),
            community("Bea", **ended),
            community("Bea", starts_on=date(2024, 9, 3)),
            community("Cyril", **ended, outcome="NFA: Deceased"),
            community("Dot", **ended, starts_on=date(2024, 8, 1)),
            community("Dot", ends_on=date(2024, 7, 1)),
        ],
    )
    assert counts("STS002", made, ("client", "sequel")) == {
        ("New", "NFA: Support ended as planned"): 1, ("New", "Long term support"): 1, ("New", "NFA: Deceased"): 1,
        ("Existing", "Unknown"): 1,
    }  # fmt: skip
