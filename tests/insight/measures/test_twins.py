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
from leeway.insight.records.tables import TABLES, Records
from tests.insight.measures.made import DAY
from tests.insight.measures.priced import priced_by_chance
from tests.insight.measures.twins import BY, TWINS, Twin

POPULATION = nw.from_native(
    pl.LazyFrame({"council": [*"ABC"] * 2, "age": ["18-64"] * 3 + ["65+"] * 3, "people": [9, 8, 7, 5, 4, 3]})
)
RANKS = pl.DataFrame([{"outcome": code.value, "rank": code.rank} for code in code_list("event_outcome").codes])
ALL = {measure.code: measure for measure in (*MEASURES, *admission_measures(POPULATION))}


def sound(seed: int, people: int) -> Records:
    """Records as a council's return would give them, in the place of every awkward case."""
    return records_of(made_up_return(people=people, seed=seed, councils=["A", "B", "C"]))


def compare(records, codes, by) -> dict[str, tuple[int, int]]:
    """Hold each measure against its twin, and give what it comes to in all."""
    twin = Twin(records, population=POPULATION, outcomes=RANKS, as_at=DAY)
    found = answers(records, as_at=DAY, measures=[ALL[code] for code in codes], by=by)
    for code in codes:
        mine = {
            tuple(one["by"].values()): (one["numerator"], one["denominator"], one["unknown"], one["value"])
            for one in found
            if one["measure"] == code and one["by"]
        }
        mine = {group: row for group, row in mine.items() if any(row[:3])}
        theirs = {group: row for group, row in twin.answers(code).items() if any(row[:3])}
        assert {group: row[:3] for group, row in mine.items()} == {group: row[:3] for group, row in theirs.items()}, (
            code
        )
        for group, row in theirs.items():
            if len(row) == 4:
                assert mine[group][3] == row[3], code
    return {one["measure"]: (one["numerator"], one["denominator"]) for one in found if not one["by"]}


def test_every_measure_has_a_twin():
    assert set(TWINS) == set(ALL)


@pytest.mark.parametrize(
    ("made", "seed", "people"),
    [*((priced_by_chance, seed, 40) for seed in range(12)), (priced_by_chance, 99, 4000), (sound, 1, 6000)],
)
def test_every_twin_agrees(made, seed, people):
    records = made(seed, people)
    told = {}
    for by in dict.fromkeys([("council",), *BY.values()]):
        told |= compare(records, [code for code in TWINS if BY.get(code, ("council",)) == by], by)
    if people > 1000:  # the case is not empty: every measure has people in and out of its numerator
        del told["second-look"]  # see below
        if made is sound:  # nobody goes from a budget to commissioned support
            del told["flow-converted-commissioned"]
            assert told.pop("kept-by-choice") == (0, 0)  # a return holds no choices
        for code, (numerator, denominator) in told.items():
            assert 0 < numerator != denominator > 0, code


def test_the_twin_of_a_second_look_agrees_where_enough_are_alike():
    records = priced_by_chance(99, 4000)
    alike = nw.lit("Learning disability support").alias("support_reason")
    one_council = {table: getattr(records, table).with_columns(council=nw.lit("A")) for table in TABLES}
    one_council["services"] = one_council["services"].with_columns(alike)
    [(numerator, denominator)] = compare(Records(**one_council), ["second-look"], ("council",)).values()
    assert 0 < numerator < denominator / 19


@pytest.mark.parametrize("by", [(), ("council",), ("client_group", "way"), ("council", "gender")])
def test_councils_counted_a_few_at_a_time_come_to_the_same(by, monkeypatch):
    records = priced_by_chance(5, 300)
    together = answers(records, as_at=DAY, measures=MEASURES, by=by)
    monkeypatch.setattr("leeway.insight.measures.answers.SERVICES_AT_ONCE", 1)
    assert answers(records, as_at=DAY, measures=MEASURES, by=by) == together
    assert any(one["by"] for one in together) == bool(by)
