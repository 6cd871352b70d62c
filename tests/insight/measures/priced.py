"""Records by chance whose services have prices, units and providers, with every awkward case of them."""

from dataclasses import replace
from datetime import date
from random import Random

import narwhals as nw
import polars as pl

from leeway.insight.records.lists import code_list
from leeway.insight.records.tables import Records
from tests.insight.measures.made import by_chance

#: The last day of an older return, in which some services were held another way.
REWRITTEN = date(2024, 6, 30)
FREQUENCIES = (None, *code_list("cost_frequency").values)


def priced_by_chance(seed: int, people: int) -> Records:
    """The records of `by_chance`, with prices that may be blank, nothing or negative, and units that may be blank.

    Some services that ended go on under a new label, with the same care or nearly.
    """
    records, chance = by_chance(seed, people), Random(-seed)
    services = records.services.to_native().collect()
    drawn = {
        "unit_cost_pence": [None, 0, -2350, 1999, 2356, 45_001, 120_000],
        "cost_frequency": FREQUENCIES,
        "planned_units_hundredths": [None, 0, 25, 1450, 16_800],
        "provider": [None, "1-1", "1-2", "1-3", "1-4"],
        "reference": [None, "R1", "R2"],
        "choice": [None, "Chosen", "Not chosen", "Not known"],
    }
    columns = {
        name: pl.Series(name, [chance.choice(values) for _ in range(services.height)], services.schema[name])
        for name, values in drawn.items()
    }
    services = services.with_columns(**columns)
    over = services.filter(pl.col("service_type").str.ends_with("Community") & pl.col("ends_on").is_not_null())
    again = over.gather_every(2).select(
        pl.all().exclude("starts_on", "ends_on", "mechanism", "planned_units_hundredths"),
        (pl.col("ends_on") + pl.duration(days=1)).alias("starts_on"),
        pl.lit(None, pl.Date).alias("ends_on"),
        pl.lit("CASSR managed personal budget").alias("mechanism"),
        pl.col("planned_units_hundredths") * (100 + pl.int_range(pl.len()) % 8) // 100,  # within 5% or a little more
    )
    services = pl.concat([services, again.select(services.columns)])
    told = (pl.int_range(pl.len()) % 5 == 0) & (pl.col("starts_on") <= REWRITTEN)
    services = services.with_columns(
        pl.when(told).then(pl.lit("CASSR commissioned support")).alias("held_before"),
        pl.when(told).then(pl.lit(REWRITTEN)).alias("held_before_until"),
    )
    return replace(records, services=nw.from_native(services.lazy()))
