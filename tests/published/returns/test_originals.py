"""The published files themselves: every council found, every figure accounted for, the shipped tables remade."""

from functools import cache

import polars as pl
import pytest
from click.testing import CliRunner

from leeway.insight.commands import insight
from leeway.published.returns import figures
from leeway.published.returns.layouts import read_return
from leeway.published.returns.make_figures import make
from tests.originals import DATA, original


@cache
def reading(*parts):
    return read_return(original(*parts))


def council_data(name):
    return reading("council_data", name)


@pytest.mark.parametrize(
    ("name", "kind", "councils", "unread"),
    [
        ("pss_ex1_expenditure_2003-04.csv.gz", "PSS-EX1 expenditure, stacked", 150, 0),
        ("pss_ex1_activity_2000-01.csv.gz", "PSS-EX1 activity, stacked", 148, 167),
        ("pss_ex1_activity_2004-05.csv.gz", "PSS-EX1 activity, stacked", 150, 4),
        ("pss_ex1_activity_2008-09_raw.csv.gz", "PSS-EX1 activity, wide", 150, 0),
        ("pss_ex1_activity_2012-13_raw.csv.gz", "PSS-EX1 activity, wide", 152, 0),
        ("pss_ex1_unit_costs_2008-09_raw.csv.gz", "PSS-EX1 unit costs, wide", 150, 0),
        ("pss_ex1_unit_costs_2009-10_raw.csv.gz", "PSS-EX1 unit costs, wide", 152, 2),
        ("pss_ex1_unit_costs_2011-12_raw.csv.gz", "PSS-EX1 unit costs, wide", 152, 0),
        ("pss_ex1_unit_costs_2014-15_raw.csv.gz", "PSS-EX1, councils in columns", 152, 0),
        ("pss_ex1_activity_2015-16_raw.csv.gz", "PSS-EX1 activity, long", 152, 0),
        ("pss_ex1_deferred_payment_agreement_values_2015-16_raw.csv.gz", "Deferred payment agreements", 56, 0),
        ("asc_fr_activity_2016-17_raw.csv.gz", "ASC-FR", 151, 0),
    ],
)
def test_every_council_is_found_and_what_is_not_read_is_known(name, kind, councils, unread):
    found = council_data(name)
    assert found.kind == kind
    assert found.table["council"].n_unique() == councils
    assert len(found.unread) == unread


def test_all_returns_of_a_kind_are_read_into_one_table(tmp_path):
    original("council_data", "pss_ex1_expenditure_2000-01.csv.gz")
    files = sorted(map(str, (DATA / "council_data").glob("pss_ex1_*.gz")))
    done = CliRunner().invoke(insight, ["read-return", *files, "-o", str(tmp_path / "all.csv")])
    assert (done.exit_code, done.stderr) == (0, "")
    table = pl.read_csv(tmp_path / "all.csv", infer_schema=False)
    assert table.select("council", "year", "item").is_unique().all()
    assert len(files) == 33 and table.height > 1_000_000


def test_every_ascof_table_is_read_but_for_two_councils_published_as_one():
    original("ascof", "Table_6a.csv")
    for path in sorted((DATA / "ascof").glob("Table_*.csv")):
        found = read_return(path)
        assert {place.reason for place in found.unread} <= {
            "“Cornwall and Isles of Scilly” is not a council or group that is known"
        }
        assert found.table.filter(found.table["year"] == "2024-25")["council"].n_unique() >= 151


def test_the_shipped_tables_are_what_the_published_files_make(tmp_path):
    original("council_data", "pss_ex1_expenditure_2000-01.csv.gz")
    make(DATA, tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == sorted([*(f"{name}.csv" for name in figures.SCHEMAS), "map.json"])
    for name in made:
        assert (tmp_path / name).read_bytes() == (figures.FOLDER / name).read_bytes(), name
