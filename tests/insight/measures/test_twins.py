"""Each headline measure equals its SQL twin to the last digit, on records with every awkward case."""

import narwhals as nw
import polars as pl
import pytest

from leeway.insight.measures.admissions import admission_measures
from leeway.insight.measures.answers import answers
from leeway.insight.measures.from_records import MEASURES
from leeway.insight.records.lists import code_list
from leeway.insight.records.made_up import made_up_return
from leeway.insight.records.read import records_of
from tests.insight.measures.made import DAY, by_chance
from tests.insight.measures.priced import priced_by_chance
from tests.insight.measures.twins import TWINS, Twin

POPULATION = nw.from_native(
    pl.LazyFrame({"council": [*"ABC"] * 2, "age": ["18-64"] * 3 + ["65+"] * 3, "people": [9, 8, 7, 5, 4, 3]})
)
RANKS = pl.DataFrame([{"outcome": code.value, "rank": code.rank} for code in code_list("event_outcome").codes])
ALL = {measure.code: measure for measure in (*MEASURES, *admission_measures(POPULATION))}


def sound(seed: int, people: int):
    """Records as a council's return would give them, in the place of every awkward case."""
    return records_of(made_up_return(people=people, seed=seed, councils=["A", "B", "C"]))


@pytest.mark.parametrize(
    ("made", "seed", "people"),
    [*((by_chance, seed, 40) for seed in range(12)), (by_chance, 99, 4000), (sound, 1, 6000)],
)
def test_every_twin_agrees(made, seed, people):
    records = made(seed, people)
    twin = Twin(records, population=POPULATION, outcomes=RANKS, as_at=DAY)
    found = answers(records, as_at=DAY, measures=[ALL[code] for code in TWINS], by=["council"])
    for code in TWINS:
        expected = {council: row for council, row in twin.answers(code).items() if any(row[:3])}
        mine = {
            one["by"]["council"]: (one["numerator"], one["denominator"], one["unknown"], one["value"])
            for one in found
            if one["measure"] == code and one["by"]
        }
        mine = {council: row for council, row in mine.items() if any(row[:3])}
        assert {council: row[:3] for council, row in mine.items()} == {c: row[:3] for c, row in expected.items()}, code
        for council, row in expected.items():
            if len(row) == 4:
                assert mine[council][3] == row[3]
    if people > 1000:  # the case is not empty: every measure has people in and out of its numerator
        for one in found:
            if not one["by"]:
                assert 0 < one["numerator"] != one["denominator"] > 0, one["measure"]


@pytest.mark.parametrize("by", [(), ("council",), ("client_group", "way"), ("council", "gender")])
def test_councils_counted_a_few_at_a_time_come_to_the_same(by, monkeypatch):
    records = priced_by_chance(5, 300)
    together = answers(records, as_at=DAY, measures=MEASURES, by=by)
    monkeypatch.setattr("leeway.insight.measures.answers.SERVICES_AT_ONCE", 1)
    assert answers(records, as_at=DAY, measures=MEASURES, by=by) == together
    assert any(one["by"] for one in together) == bool(by)
