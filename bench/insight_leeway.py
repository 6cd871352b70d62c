"""Leeway's side of the insight bench: the whole report, or the headline measures alone; run by `insight.py`."""

import json
import sys
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

from measure import peak_mib

from leeway.insight.measures import costs, long_term, take_up
from leeway.insight.measures.answers import answers, gather, in_whole_ones
from leeway.insight.measures.from_records import with_population
from leeway.insight.measures.sharing import together
from leeway.insight.records.read import read_records
from leeway.insight.records.tables import Records
from leeway.period import year_to

HEADLINES = (
    take_up.SDS_ON_THE_DAY, take_up.DIRECT_ON_THE_DAY, take_up.SDS_CARERS, take_up.DIRECT_CARERS, take_up.NI130,
)  # fmt: skip


def report(records: Records, as_at: date) -> dict:
    """Every measure that `leeway insight measure --by council` tells, as it tells it."""
    told: dict = {}
    for one in answers(records, as_at=as_at, measures=with_population(), by=["council"]):
        counts = [one["numerator"], one["denominator"], one["unknown"]]
        if one["measure"] == "Waiting, first response":
            counts.append(one["value"])
        told.setdefault(one["measure"], {})[one["by"].get("council", "")] = counts
    return told


def headlines(records: Records, as_at: date) -> dict:
    """The headline measures by council: as counts, in the order of the SQL's columns."""
    shared, period, by = together(records), year_to(as_at), ("council",)
    frames = {measure.code: (measure.count(shared, period, by), by) for measure in HEADLINES}
    places, ways = ("council", "place"), ("council", "way")
    frames["LTS001b"] = long_term.on_the_day(shared, period, places), places
    frames["person-weekly-cost"] = costs.person_cost(shared, period, ways), ways
    found = gather([frame for frame, _ in frames.values()])
    for row in found[-1]:
        row["numerator"] = in_whole_ones(row["numerator"], costs.PARTS)
    counts = ("numerator", "denominator", "unknown")
    return {
        code: sorted([row[name] for name in (*keys, *(("count",) if code == "LTS001b" else counts))] for row in rows)
        for (code, (_, keys)), rows in zip(frames.items(), found, strict=True)
    }


def main() -> None:
    """Do the job, and write the answers with what they took."""
    job, folder, task, output = sys.argv[1], *map(Path, sys.argv[2:])
    as_at = date.fromisoformat(json.loads(task.read_text())["as_at"])
    started = time.perf_counter()
    found = {"report": report, "headlines": headlines}[job](read_records([folder]), as_at)
    taken = {"seconds": time.perf_counter() - started, "peak_mib": peak_mib()}
    taken["versions"] = {name: version(name) for name in ("leeway", "polars", "narwhals")}
    output.write_text(json.dumps({"answers": found, **taken}))


if __name__ == "__main__":
    main()
