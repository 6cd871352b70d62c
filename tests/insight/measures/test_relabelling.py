"""The same care under a new label: what counts as the same, as changed, as new, and as unknown."""

from dataclasses import replace
from datetime import date, timedelta

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.insight.measures import relabelling
from leeway.insight.measures.answers import answers
from leeway.insight.report.people import new_labels
from leeway.period import year_to
from tests.insight.measures.made import DAY, by_person, community, records
from tests.insight.measures.priced import priced_by_chance
from tests.insight.report.test_sentences import row

YEAR = year_to(DAY)
BEGAN = date(2024, 10, 1)
MANAGED, COMMISSIONED, DIRECT = "CASSR managed personal budget", "CASSR commissioned support", "Direct payment"
CARE = {
    "component": "Home support or domiciliary care",
    "provider": "1-1",
    "unit_cost_pence": 2000,
    "cost_frequency": "Hourly",
    "planned_units_hundredths": 1000,
}


def before(person="Ada", **more) -> dict:
    return community(person, COMMISSIONED, ends_on=BEGAN - timedelta(1), **(CARE | more))


def after(person="Ada", **more) -> dict:
    return community(person, MANAGED, **(CARE | {"starts_on": BEGAN} | more))


def starts(*services, **more) -> list[dict]:
    given = records(services=list(services))
    found = by_person(relabelling.starts(given, YEAR, **more), given)
    return [found[person] for person in sorted(found)]


def counts(measure, given, by=()) -> list[tuple]:
    return sorted(measure(given, YEAR, by).collect("polars").to_native().rows())


def test_the_same_care_scores_one():
    (one,) = starts(before(), after())
    assert [one[part] for part in relabelling.PARTS] == [10_000] * 4
    assert (one["score"], one["outcome"], one["from_way"]) == (10_000, "Same care", "Commissioned support")
    assert one["began"] == BEGAN


def test_care_that_is_different_in_all_scores_nothing():
    (one,) = starts(before(), after(component="Day support", provider="1-2", planned_units_hundredths=500))
    assert (one["score"], one["outcome"]) == (0, "Changed")


@pytest.mark.parametrize(
    ("units", "pence", "units_score", "cost_score"),
    [
        (1050, 2000, 10_000, 10_000),
        (1051, 2000, 0, 0),
        (950, 2000, 10_000, 10_000),
        (949, 2000, 0, 0),
        (500, 4000, 0, 10_000),
    ],
)
def test_five_per_cent_is_still_the_same(units, pence, units_score, cost_score):
    (one,) = starts(before(), after(planned_units_hundredths=units, unit_cost_pence=pence))
    assert (one["units"], one["cost"]) == (units_score, cost_score)


def test_one_provider_more_is_half_the_same():
    (one,) = starts(before(), after(), after(provider="1-2", component="Meals"))
    assert (one["providers"], one["components"]) == (5000, 5000)
    assert (one["units"], one["cost"], one["score"]) == (0, 0, 2500)


def test_what_the_return_does_not_say_is_left_out_and_too_little_is_not_judged():
    silent = {"unit_cost_pence": None, "cost_frequency": None, "planned_units_hundredths": None}
    two, one = starts(before(**silent), after(), before("Bea", **silent, provider=None), after("Bea"))
    assert (two["units"], two["cost"], two["score"], two["outcome"]) == (None, None, 10_000, "Same care")
    assert (one["providers"], one["components"], one["score"]) == (None, 10_000, None)
    assert one["outcome"] == "Too little said"


def test_rates_are_compared_and_not_the_length_of_time():
    short = before(starts_on=BEGAN - timedelta(10))
    (one,) = starts(short, after())
    assert one["score"] == 10_000


def test_twelve_weeks_is_the_edge():
    edge, beyond = BEGAN - timedelta(84), BEGAN - timedelta(85)
    old, seen = starts(
        before("Old") | {"ends_on": beyond}, after("Old"), before("Seen") | {"ends_on": edge}, after("Seen")
    )
    assert (old["outcome"], old["from_way"]) == ("New to support", "None")
    assert (seen["outcome"], seen["from_way"]) == ("Same care", "Commissioned support")


def test_new_is_told_from_not_seen():
    first_seen = YEAR.starts_on + timedelta(84)
    new, unseen = starts(after("New", starts_on=first_seen), after("Unseen", starts_on=first_seen - timedelta(1)))
    assert (new["outcome"], unseen["outcome"]) == ("New to support", "Before the records")
    given = records(
        services=[
            after("New", starts_on=first_seen), after("Unseen", starts_on=YEAR.starts_on),
            before("Same"), after("Same"), before("Other"), after("Other", provider="9", component="Meals"),
        ]
    )  # fmt: skip
    assert counts(relabelling.relabelled, given) == [(1, 2, 1)]
    assert counts(relabelling.new_to_support, given) == [(1, 3, 1)]


def test_a_managed_budget_that_goes_on_or_is_written_anew_did_not_begin():
    renewed = after("Ada", starts_on=BEGAN + timedelta(30))
    assert starts(after("Ada", starts_on=date(2023, 1, 1), ends_on=BEGAN), renewed) == []
    assert starts(after("Bea", starts_on=date(2023, 1, 1))) == []
    gone_long = after("Cy", starts_on=date(2023, 1, 1), ends_on=BEGAN - timedelta(85))
    assert [one["person"] for one in starts(gone_long, after("Cy"))] == ["Cy"]


def test_conversions_put_both_ways_side_by_side():
    direct = community("Bea", DIRECT, **(CARE | {"starts_on": BEGAN, "provider": None, "component": "Direct payment"}))
    given = records(services=[before("Ada"), after("Ada"), before("Bea"), direct])
    found = relabelling.conversions(given, YEAR).collect("polars").to_native()
    assert sorted(found.rows()) == [
        ("Commissioned support", "Direct payment", "Changed", 1),
        ("Commissioned support", "Managed personal budget", "Same care", 1),
    ]


@pytest.mark.parametrize(
    ("choice", "outcome", "label", "kept"),
    [
        ("Chosen", "Kept by choice", (0, 1, 0), (1, 1, 0)),
        ("Not chosen", "Same care, new label", (1, 1, 0), (0, 1, 0)),
        ("Not known", "Same care, choice not known", (0, 0, 1), (0, 0, 1)),
        (None, "Same care", (1, 1, 0), (0, 0, 1)),
    ],
)
def test_the_same_care_is_told_by_what_the_record_of_choice_shows(choice, outcome, label, kept):
    given = records(services=[before(), after(choice=choice)])
    (one,) = by_person(relabelling.starts(given, YEAR), given).values()
    assert one["outcome"] == outcome
    assert counts(relabelling.relabelled, given) == [label]
    assert counts(relabelling.kept_by_choice, given) == [kept]


def test_a_council_that_holds_choices_is_not_told_as_a_return_where_none_of_them_is_clear():
    """“10% began with the same care as before” was said of a council where nobody knew of the others."""
    shown = dict.fromkeys(("relabelled", "kept-by-choice", "new-to-support"))
    for measure, counted in (("relabelled", (10, 100, 50)), ("kept-by-choice", (0, 0, 50)), ("new-to-support", (0, 0))):
        shown[measure] = row(*counted, measure=measure)
    for choice, said in (("Not known", "and nobody’s choice of it"), (None, "began with the same care as before")):
        given = records(services=[before(), after(choice=choice)])
        assert said in new_labels(given, shown, period=YEAR).finding


def test_where_no_choice_is_known_no_share_is_none():
    """“0%” was given of a council that knew of nobody with the same care whether they had chosen it."""
    other = {"component": "Day support", "provider": "1-2", "planned_units_hundredths": 500}
    given = records(services=[before(), after(choice="Not known"), before("Bea"), after("Bea", **other)])
    asked = [one for one in relabelling.MEASURES if one.code != "new-to-support"]
    assert [(one["unknown"], one["value"]) for one in answers(given, as_at=DAY, measures=asked)] == [(1, None)] * 2


def test_a_choice_makes_nothing_of_care_that_changed_or_is_new():
    other = {"component": "Day support", "provider": "1-2", "planned_units_hundredths": 500}
    changed, new = starts(before(), after(choice="Chosen", **other), after("Bea", choice="Not chosen"))
    assert (changed["outcome"], new["outcome"]) == ("Changed", "New to support")


def test_the_choice_of_what_began_speaks_and_not_one_of_other_support():
    """A direct payment beside it, and a part added to the budget later, were chosen another time."""
    direct = community("Ada", DIRECT, **(CARE | {"choice": "Chosen", "starts_on": date(2023, 5, 1)}))
    later = after(starts_on=BEGAN + timedelta(30), choice="Chosen", planned_units_hundredths=1)
    (one,) = starts(direct, before(), after(choice="Not chosen"), later)
    assert one["outcome"] == "Same care, new label"


def test_of_two_parts_of_a_budget_the_one_that_was_not_chosen_speaks():
    halves = {"planned_units_hundredths": 500}
    (one,) = starts(before(), after(choice="Chosen", **halves), after(choice="Not known", **halves))
    assert one["outcome"] == "Same care, choice not known"
    (one,) = starts(before(), after(choice="Not known", **halves), after(choice="Not chosen", **halves))
    assert one["outcome"] == "Same care, new label"


def rewritten(**more) -> dict:
    """A service under one row for years, which an older return said was commissioned."""
    told = {"starts_on": date(2021, 4, 1), "held_before": COMMISSIONED, "held_before_until": BEGAN - timedelta(1)}
    return after(**(told | more))


def test_a_label_rewritten_in_place_is_found_from_the_day_after_the_older_return():
    (one,) = starts(rewritten())
    assert (one["began"], one["outcome"], one["from_way"]) == (BEGAN, "Same care", "Commissioned support")
    assert one["score"] == 10_000


@pytest.mark.parametrize(
    "more",
    [
        {"held_before_until": YEAR.starts_on - timedelta(2)},  # in the year before
        {"held_before_until": YEAR.ends_on},  # not within the year yet
        {"held_before": MANAGED},
    ],
)
def test_a_label_rewritten_at_another_time_or_to_the_same_is_no_start(more):
    assert starts(rewritten(**more)) == []


@given(st.integers(0, 30))
@settings(max_examples=8, deadline=None)
def test_whoever_starts_has_one_outcome_and_a_score_between_nothing_and_one(seed):
    found = relabelling.starts(priced_by_chance(seed, 120), YEAR).collect("polars").to_native()
    assert found.select(pl.col("who").is_unique().all()).item()
    assert set(found["outcome"]) <= set(relabelling.OUTCOMES)
    for part in (*relabelling.PARTS, "score"):
        assert found[part].drop_nulls().is_between(0, 10_000).all()


@given(st.integers(0, 30))
@settings(max_examples=6, deadline=None)
def test_a_label_alone_changed_is_always_the_same_care(seed):
    """Take any services, end them the day before, and write each again under the new label."""
    given = priced_by_chance(seed, 60)
    services = given.services.to_native().collect()
    told = services.filter(
        pl.col("service_type").str.ends_with("Community") & pl.col("provider").is_not_null()
        & pl.col("component").is_not_null() & (pl.col("client_type") == "Service user")
    )  # fmt: skip
    # One day, so that nothing of anybody's lies between the two labels.
    told = told.with_columns(held_before=pl.lit(None, pl.String), held_before_until=pl.lit(None, pl.Date))
    old = told.with_columns(starts_on=pl.lit(date(2023, 1, 1)), ends_on=pl.lit(BEGAN - timedelta(1)),
                            mechanism=pl.lit(COMMISSIONED), component=pl.lit("Meals"))  # fmt: skip
    new = old.with_columns(starts_on=pl.lit(BEGAN), ends_on=pl.lit(None, pl.Date), mechanism=pl.lit(MANAGED))
    given = replace(given, services=nw.from_native(pl.concat([old, new]).lazy()))
    found = relabelling.starts(given, YEAR).collect("polars").to_native()
    assert set(found["outcome"]) <= set(relabelling.UNCHANGED)
    assert set(found["score"]) <= {10_000}
