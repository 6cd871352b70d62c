"""The same lines on Spark: the same numbers, to the last digit."""

import shutil
from datetime import date

import narwhals as nw
import polars as pl
import pytest

from leeway.insight.measures.admissions import admission_measures
from leeway.insight.measures.answers import answers, gather
from leeway.insight.measures.flow import moves
from leeway.insight.measures.from_records import MEASURES
from leeway.insight.measures.long_term import TABLES
from leeway.insight.measures.measure import year_to
from leeway.insight.records.tables import TABLES as FIVE
from leeway.insight.records.tables import Records
from tests.insight.measures.made import DAY, by_chance

BY = ("council", "client_group", "age_band", "gender")
POPULATION = pl.DataFrame({"council": [*"ABC"] * 2, "age": ["18-64"] * 3 + ["65+"] * 3, "people": [9, 8, 7, 5, 4, 3]})


@pytest.fixture(scope="module")
def spark():
    pyspark = pytest.importorskip("pyspark.sql", reason="Spark is not installed: make cluster")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java, which is not here")
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.autoBroadcastJoinThreshold": "10485760",
    }
    builder = pyspark.SparkSession.builder.master("local[2]").appName("leeway")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def here_and_there(spark, tmp_path_factory):
    """Records here, and the same records as Spark tables, by way of Parquet."""
    folder = tmp_path_factory.mktemp("records")
    here = by_chance(7, 1500)
    tables = {}
    for table in FIVE:
        path = folder / f"{table}.parquet"
        getattr(here, table).to_native().sink_parquet(path)
        tables[table] = nw.from_native(spark.read.parquet(str(path)))
    path = folder / "population.parquet"
    POPULATION.write_parquet(path)
    population = (nw.from_native(POPULATION.lazy()), nw.from_native(spark.read.parquet(str(path))))
    return here, Records(**tables), population


def test_every_measure_is_the_same_on_spark(here_and_there):
    here, there, _ = here_and_there
    for by in ((), BY):
        on_polars = answers(here, as_at=DAY, measures=MEASURES, by=by)
        assert answers(there, as_at=DAY, measures=MEASURES, by=by) == on_polars
        assert sum(one["numerator"] for one in on_polars) > 0


def test_rates_over_the_population_are_the_same_on_spark(here_and_there):
    here, there, (mine, theirs) = here_and_there
    assert answers(there, as_at=DAY, measures=admission_measures(theirs), by=["council"]) == answers(
        here, as_at=DAY, measures=admission_measures(mine), by=["council"]
    )


def test_tables_and_flows_are_the_same_on_spark(here_and_there):
    here, there, _ = here_and_there

    def sides(make):
        return [sorted(str(sorted(row.items())) for row in gather([make(records)])[0]) for records in (here, there)]

    for table in TABLES.values():
        mine, theirs = sides(lambda records, table=table: table(records, year_to(DAY)))
        assert mine == theirs
    mine, theirs = sides(lambda records: moves(records, start=date(2024, 4, 1), end=DAY, by=("age",)))
    assert mine == theirs
