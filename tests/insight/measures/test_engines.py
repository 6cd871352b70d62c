"""Costs, tiers, labels, markets and long-term tables are the same lines on another engine: DuckDB, through Narwhals."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import duckdb
import narwhals as nw
import pytest

from leeway.insight.measures import costs, long_term, market, relabelling, tiers, who_holds
from leeway.insight.measures.answers import gather
from leeway.insight.records.tables import TABLES, Records
from leeway.period import year_to
from tests.insight.measures.made import DAY
from tests.insight.measures.priced import priced_by_chance
from tests.insight.measures.test_costs import dear_packages

YEAR = year_to(DAY)
MODULES = (costs, tiers, who_holds, relabelling, market)
MEASURES = [measure for module in MODULES for measure in module.MEASURES]


@contextmanager
def here_and_there(here: Records) -> Iterator[tuple[Records, Records]]:
    """Records here, and the same records in DuckDB."""
    with duckdb.connect() as database:
        for table in TABLES:
            database.register(table, getattr(here, table).to_native().collect().to_arrow())
        yield here, Records(*(nw.from_native(database.table(table)) for table in TABLES))


@pytest.fixture(scope="module")
def both():
    with here_and_there(priced_by_chance(4, 400)) as pair:
        yield pair


def rows(frame: nw.LazyFrame) -> list[str]:
    """The rows in an order of their own, a whole number being the same whatever holds it."""
    found = gather([frame])[0]
    return sorted(
        str([(name, int(v) if isinstance(v, Decimal) else v) for name, v in sorted(r.items())]) for r in found
    )


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.code)
def test_measures(both, measure):
    by = ("council", "client_group", "age", "ethnic_group")
    here, there = (rows(measure.count(records, YEAR, by)) for records in both)
    assert here == there
    assert here


@pytest.mark.parametrize(
    "frame",
    [
        lambda records: relabelling.starts(records, YEAR, ("team",)),
        lambda records: relabelling.conversions(records, YEAR),
        lambda records: costs.person_costs(records, YEAR, ("way",)),
        lambda records: costs.unit_costs(records, YEAR),
    ],
    ids=["starts", "conversions", "person_costs", "unit_costs"],
)
def test_frames(both, frame):
    here, there = (rows(frame(records)) for records in both)
    assert here == there
    assert here


@pytest.mark.parametrize("make", long_term.TABLES.values(), ids=long_term.TABLES)
def test_tables_of_long_term_support(both, make):
    here, there = (rows(make(records, YEAR)) for records in both)
    assert here == there
    assert here


def test_packages_to_look_at():
    with here_and_there(dear_packages()) as pair:
        here, there = (rows(costs.packages_to_look_at(records, YEAR)) for records in pair)
    assert here == there
    assert len(here) == 3


def test_what_is_worked_out_from_counts(both):
    here, there = both
    assert who_holds.who_holds(here, YEAR).equals(who_holds.who_holds(there, YEAR))
    assert tiers.table(tiers.differences(here, YEAR)).equals(tiers.table(tiers.differences(there, YEAR)))
    for basis in market.BASES:
        assert market.concentration(here, YEAR, basis=basis).equals(market.concentration(there, YEAR, basis=basis))
    days = [date(2024, 9, 30), DAY]
    assert market.variety(here, days).equals(market.variety(there, days))
