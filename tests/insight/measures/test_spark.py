"""The same lines on Spark: the same numbers, to the last digit."""

import shutil
import tempfile
from datetime import date

import narwhals as nw
import polars as pl
import pytest

from leeway.insight.measures.admissions import admission_measures
from leeway.insight.measures.answers import answers, gather
from leeway.insight.measures.flow import moves
from leeway.insight.measures.from_records import MEASURES
from leeway.insight.measures.long_term import TABLES
from leeway.insight.measures.take_up import DIRECT_ON_THE_DAY
from leeway.insight.measures.waiting import MEDIAN_WAIT
from leeway.insight.records.tables import TABLES as FIVE
from leeway.insight.records.tables import Records
from leeway.period import year_to
from tests.insight.measures.made import DAY
from tests.insight.measures.priced import priced_by_chance

BY = ("council", "client_group", "age_band", "gender")
POPULATION = pl.DataFrame({"council": [*"ABC"] * 2, "age": ["18-64"] * 3 + ["65+"] * 3, "people": [9, 8, 7, 5, 4, 3]})


@pytest.fixture(scope="module")
def spark():
    pyspark = pytest.importorskip("pyspark.sql", reason="Spark is not installed: make cluster")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java, which is not here")
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        # Small tables and many questions: planning and compiling would take far longer than the counting.
        # Nor is the line of Python behind each column wanted, which Spark asks for every time.
        "spark.python.sql.dataFrameDebugging.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    builder = pyspark.SparkSession.builder.master("local[1]").appName("leeway")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def here_and_there(spark):
    """Records here, and the same records as Spark tables, by way of Parquet.

    Not in pytest's own temporary folder: these tests run beside others, and a new session of pytest closes that folder
    to the others' databases.
    """
    here = priced_by_chance(7, 800)
    with tempfile.TemporaryDirectory(prefix="leeway-spark-") as folder:
        tables = {}
        for table in FIVE:
            path = f"{folder}/{table}.parquet"
            getattr(here, table).to_native().sink_parquet(path)
            tables[table] = nw.from_native(spark.read.parquet(path).cache())
        POPULATION.write_parquet(f"{folder}/population.parquet")
        there = nw.from_native(spark.read.parquet(f"{folder}/population.parquet"))
        yield here, Records(**tables), (nw.from_native(POPULATION.lazy()), there)


def told(frame, *columns):
    """The rows of a frame as text, in one order, whichever engine it is of."""
    [rows] = gather([frame])
    return sorted(str([row[column] for column in columns]) for row in rows)


def every(records, measures, by):
    """All measures in one frame: one job for Spark instead of many."""
    columns = (*by, "numerator", "denominator", "unknown")
    counts = [(measure, measure.count(records, year_to(DAY), by)) for measure in measures]
    sizes = [nw.lit(0).cast(nw.Int64) if not measure.middle else nw.col(measure.middle) for measure, _ in counts]
    return nw.concat(
        [
            rows.select(*columns, size.cast(nw.Int64).alias("size"), nw.lit(measure.code).alias("code"))
            for (measure, rows), size in zip(counts, sizes, strict=True)
        ]
    )


def test_every_measure_is_the_same_on_spark(here_and_there):
    here, there, (mine, theirs) = here_and_there
    columns = ("code", *BY, "size", "numerator", "denominator", "unknown")
    on_polars = told(every(here, MEASURES, BY), *columns)
    assert told(every(there, MEASURES, BY), *columns) == on_polars
    assert len(on_polars) > 500
    rates = [
        told(every(*side, ("council",)), "code", "council", "numerator", "denominator")
        for side in ((here, admission_measures(mine)), (there, admission_measures(theirs)))
    ]
    assert rates[0] == rates[1]


def test_answers_are_the_same_on_spark(here_and_there):
    here, there, _ = here_and_there
    on_polars = answers(here, as_at=DAY, measures=[DIRECT_ON_THE_DAY, MEDIAN_WAIT], by=["council"])
    assert answers(there, as_at=DAY, measures=[DIRECT_ON_THE_DAY, MEDIAN_WAIT], by=["council"]) == on_polars


def test_tables_and_flows_are_the_same_on_spark(here_and_there):
    here, there, _ = here_and_there

    def together(records):
        tables = [
            make(records, year_to(DAY), ("age",)).select("age", "count", nw.lit(name).alias("table"))
            for name, make in TABLES.items()
        ]
        flows = moves(records, start=date(2024, 4, 1), end=DAY, by=("age",))
        named = nw.concat_str([nw.col("before"), nw.col("after")], separator=" to ").alias("table")
        return told(
            nw.concat([*tables, flows.select("age", nw.col("people").alias("count"), named)]), "table", "age", "count"
        )

    assert together(there) == together(here)
