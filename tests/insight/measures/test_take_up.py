"""Take-up: worked examples, edges by date, and the founding figures."""

from datetime import date

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.insight.measures.answers import answers
from leeway.insight.measures.from_records import MEASURES
from leeway.insight.measures.holding import BREAKDOWNS
from leeway.insight.measures.take_up import (
    DIRECT_CARERS,
    DIRECT_IN_THE_YEAR,
    DIRECT_ON_THE_DAY,
    NI130,
    NI130_ADASS,
    SDS_CARERS,
    SDS_IN_THE_YEAR,
    SDS_ON_THE_DAY,
    TAKE_UP,
)
from leeway.insight.records.tables import TABLES, Records
from leeway.refusal import Refusal
from tests.insight.measures.made import DAY, by_chance, community, records

DIRECT, MANAGED, COMMISSIONED = "Direct payment", "CASSR managed personal budget", "CASSR commissioned support"


def counted(measure, *, by=(), as_at=DAY, **rows):
    """Numerator, denominator and unknown of the whole, or by breakdown."""
    found = answers(records(**rows), as_at=as_at, measures=[measure], by=by)
    said = [(*one["by"].values(), one["numerator"], one["denominator"], one["unknown"]) for one in found]
    return said[1:] if by else said[0]


@pytest.mark.parametrize(
    ("measure", "numerator", "denominator", "decimals", "value"),
    [
        (NI130, 168_000, 1_500_000, 1, 11.2),
        (NI130_ADASS, 168_000, 1_500_000, 1, 16.0),
        (NI130_ADASS, 450_000, 1_500_000, 2, 42.86),
        (SDS_ON_THE_DAY, 395_670, 480_105, 1, 82.4),
        (DIRECT_ON_THE_DAY, 117_655, 480_105, 1, 24.5),
        (DIRECT_IN_THE_YEAR, 92_785, 245_310, 1, 37.8),
        (SDS_ON_THE_DAY, 1, 16, 1, 6.3),  # 6.25 goes up
        (SDS_ON_THE_DAY, 0, 0, 1, None),
    ],
)
def test_two_counts_give_the_published_value(measure, numerator, denominator, decimals, value):
    assert measure.value(numerator, denominator, decimals=decimals) == value


def test_each_way_of_holding_counts_where_it_should():
    services = [
        community("Ada", DIRECT),
        community("Bea", MANAGED),
        community("Cyril", COMMISSIONED),
        community("Dot"),
        community("Eve", None, component=DIRECT),
        community("Fay", COMMISSIONED, component=DIRECT),
    ]
    assert counted(SDS_ON_THE_DAY, services=services) == (4, 6, 1)
    assert counted(DIRECT_ON_THE_DAY, services=services) == (3, 6, 1)


def test_a_person_is_counted_once_at_the_highest_place():
    services = [
        community("Ada", DIRECT),
        community("Ada", MANAGED),  # part direct payment
        community("Bea", DIRECT),
        community("Bea", service_type="Long term support: Residential care"),
        community("Cyril", MANAGED),
        community("Cyril", COMMISSIONED),
        community("Dot", DIRECT, service_type="Long term support: Nursing care"),
        community("Eve", MANAGED, service_type="Long term support: Prison"),
        community("Fay", MANAGED, client_type="Unpaid carer"),
    ]
    assert counted(DIRECT_ON_THE_DAY, services=services) == (1, 2, 0)
    assert counted(SDS_ON_THE_DAY, services=services) == (2, 2, 0)
    assert counted(DIRECT_ON_THE_DAY, by=("council",), services=services) == [("A", 1, 2, 0)]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "there"),
    [
        (date(2025, 3, 30), None, 1),
        (date(2025, 3, 31), None, 1),
        (date(2025, 4, 1), None, 0),
        (date(2024, 1, 1), date(2025, 3, 30), 0),
        (date(2024, 1, 1), date(2025, 3, 31), 1),
        (date(2024, 1, 1), date(2025, 4, 1), 1),
    ],
)
def test_a_service_counts_on_the_day_it_starts_and_the_day_it_ends(starts_on, ends_on, there):
    services = [community("Ada", DIRECT, starts_on=starts_on, ends_on=ends_on)]
    assert counted(DIRECT_ON_THE_DAY, services=services) == (there, there, 0)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "there"),
    [
        (date(2022, 1, 1), date(2024, 3, 31), 0),
        (date(2022, 1, 1), date(2024, 4, 1), 1),
        (date(2025, 3, 31), None, 1),
        (date(2025, 4, 1), None, 0),
        (date(2024, 9, 2), date(2024, 9, 1), 0),  # it ends before it begins
    ],
)
def test_the_year_has_two_edges(starts_on, ends_on, there):
    services = [community("Ada", MANAGED, starts_on=starts_on, ends_on=ends_on)]
    assert counted(SDS_IN_THE_YEAR, services=services) == (there, there, 0)
    assert counted(NI130, services=services) == (there, there, 0)


@pytest.mark.parametrize(("died_on", "on_the_day"), [(date(2025, 3, 30), 0), (DAY, 1), (date(2025, 4, 1), 1)])
def test_the_dead_are_not_counted_from_the_day_after(died_on, on_the_day):
    people = [{"person": "Ada", "born_on": date(1950, 1, 1), "died_on": died_on}]
    services = [community("Ada", DIRECT)]
    assert counted(DIRECT_ON_THE_DAY, people=people, services=services) == (on_the_day, on_the_day, 0)


@pytest.mark.parametrize(
    ("born_on", "band"),
    [
        (date(2007, 4, 1), None),  # eighteen tomorrow
        (date(2007, 3, 31), "18-64"),
        (date(1960, 4, 1), "18-64"),
        (date(1960, 3, 31), "65+"),  # only the month of a birth is sure
        (None, "Unknown"),
    ],
)
def test_ages_are_those_of_the_day(born_on, band):
    found = counted(
        DIRECT_ON_THE_DAY,
        by=("age",),
        people=[{"person": "Ada", "born_on": born_on}],
        services=[community("Ada", DIRECT)],
    )
    assert found == ([(band, 1, 1, 0)] if band else [])


def test_carers_of_unknown_holding_leave_both_counts():
    carer = {"client_type": "Unpaid carer", "service_type": "Unpaid carer support: Direct to unpaid carer"}
    services = [
        community("Ada", DIRECT, **carer),
        community("Bea", MANAGED, **carer | {"client_type": "Unpaid carer known by association"}),
        community("Cyril", COMMISSIONED, **carer),
        community("Dot", None, **carer),
        community("Eve", COMMISSIONED, **carer),
        community("Eve", None, component=DIRECT, **carer),
        community(
            "Fay", DIRECT, **carer | {"service_type": "Unpaid carer support: Support involving the person cared-for"}
        ),
        community("Guy", DIRECT, **carer | {"client_type": "Service user"}),
    ]
    assert counted(SDS_CARERS, services=services) == (3, 4, 1)
    assert counted(DIRECT_CARERS, services=services) == (2, 4, 1)
    assert counted(NI130, services=services) == (3, 5, 1)


def test_who_is_client_and_carer_counts_as_each_in_the_indicator():
    carer = {"client_type": "Unpaid carer", "service_type": "Unpaid carer support: Direct to unpaid carer"}
    services = [community("Ada", DIRECT), community("Ada", COMMISSIONED, **carer)]
    assert counted(NI130, services=services) == (1, 2, 0)


def test_the_client_group_is_that_of_the_service_that_counts():
    services = [
        community("Ada", MANAGED, support_reason="Mental health support", team="East"),
        community("Ada", DIRECT, support_reason="Learning disability support", starts_on=date(2024, 1, 1), team="West"),
        community("Ada", DIRECT, support_reason=None, starts_on=date(2024, 1, 2)),
        community("Bea", MANAGED, support_reason=None),
    ]
    by = ("client_group", "support_reason", "team")
    assert counted(DIRECT_ON_THE_DAY, by=by, services=services) == [
        ("Learning disability support", "Learning disability support", "West", 1, 1, 0),
        ("Unknown", "Unknown", "Unknown", 0, 1, 0),
    ]


def test_a_breakdown_nobody_knows_is_refused():
    with pytest.raises(Refusal, match="“shoe_size” is not a breakdown"):
        answers(records(), as_at=DAY, measures=TAKE_UP, by=["shoe_size"])


def test_codes_may_be_categories_of_text():
    plain = by_chance(3, 200)
    columns = {
        table: getattr(plain, table).to_native().with_columns(pl.col(pl.String).cast(pl.Categorical))
        for table in TABLES
    }
    categories = Records(**{table: nw.from_native(frame) for table, frame in columns.items()})
    for by in (["council", "client_group", "ethnic_group", "team"], ["age", "gender"]):
        asked = {"as_at": DAY, "measures": MEASURES, "by": by}
        assert answers(categories, **asked) == answers(plain, **asked)


def test_empty_records_count_nobody():
    for one in answers(records(), as_at=DAY, measures=TAKE_UP, by=["council"]):
        assert (one["numerator"], one["denominator"], one["value"], one["by"]) == (0, 0, None, {})


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), by=st.sampled_from([*BREAKDOWNS]))
def test_the_parts_add_up_to_the_whole(seed, by):
    found = answers(by_chance(seed, 60), as_at=DAY, measures=TAKE_UP, by=[by])
    for measure in TAKE_UP:
        whole, *parts = [one for one in found if one["measure"] == measure.code]
        for count in ("numerator", "denominator", "unknown"):
            assert whole[count] == sum(part[count] for part in parts)
        assert whole["numerator"] <= whole["denominator"]
