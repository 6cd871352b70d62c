"""What councils spent on each client group, from the published returns: the founding documents' claim, held to them."""

import gzip
from csv import DictReader
from itertools import pairwise

import polars as pl
import pytest

from leeway.published.returns.figures import table
from leeway.published.spending import growth_over, shares, spending
from leeway.refusal import Refusal
from tests.originals import original

FOUR, THREE = "the four client groups", "the three client groups of 18 to 64"
REASONS, REASONS_18 = "the five support reasons, both ages", "the five support reasons, 18 to 64"
ALL_ADULTS = "all services for adults, assessment and the rest included"


def england(whole: str) -> dict[str, float | None]:
    rows = shares().filter(pl.col("whole") == whole)
    return {row["year"]: None if row["share"] is None else round(row["share"], 1) for row in rows.to_dicts()}


def test_learning_disability_passed_23_per_cent_of_the_four_client_groups_in_2002_03():
    assert england(FOUR) == {
        "2000-01": 21.7, "2001-02": 22.9, "2002-03": 23.8, "2003-04": 23.9, "2004-05": 24.4, "2006-07": 25.8,
        "2007-08": 26.7,
    }  # fmt: skip
    above = shares().filter(pl.col("whole") == FOUR, pl.col("above_quoted"))["year"].to_list()
    assert above == ["2002-03", "2003-04", "2004-05", "2006-07", "2007-08"]


def test_the_share_depends_on_the_whole_it_is_put_over():
    assert england(THREE)["2000-01"] == 56.5 and england(THREE)["2007-08"] == 60.9
    assert england(REASONS) == {"2014-15": 36.0, "2016-17": 36.8}
    assert england(REASONS_18) == {"2014-15": 69.3, "2016-17": 69.5}
    # The bridging table of 2016-17 has no whole for 18 to 64, so there is nothing to put it over.
    assert england(ALL_ADULTS) == {"2014-15": 29.1, "2016-17": None}


def test_learning_disability_grew_fastest_in_every_year_but_one_and_over_all_of_them():
    rows = spending().filter(pl.col("client_group") == "learning disability 18-64")
    ranks = dict(rows.drop_nulls("growth_rank").select("year", "growth_rank").rows())
    assert ranks == {"2001-02": 1, "2002-03": 1, "2003-04": 2, "2004-05": 1, "2006-07": 1, "2007-08": 1}
    assert rows["rank"].unique().to_list() == [2]  # after older people, in every year
    whole = growth_over("2000-01", "2007-08").to_dicts()
    assert [(row["client_group"], round(row["growth"], 1), round(row["real_growth"], 1)) for row in whole] == [
        ("learning disability 18-64", 98.0, 67.3),
        ("physical disability 18-64", 71.2, 44.6),
        ("mental health 18-64", 58.0, 33.5),
        ("older people 65 and over", 46.3, 23.6),
    ]
    later = growth_over("2014-15", "2016-17").to_dicts()
    named = {row["client_group"]: row["growth_rank"] for row in later}
    assert named["learning disability support 18-64"] == 3


def test_councils_differ():
    rows = shares(None).filter(pl.col("whole") == FOUR, pl.col("year") == "2007-08", pl.col("council") != "England")
    assert (rows.height, rows["above_quoted"].sum()) == (150, 118)
    fastest = growth_over("2000-01", "2007-08", None).filter(
        pl.col("council") != "England",
        pl.col("client_group") == "learning disability 18-64",
        pl.col("growth_rank") == 1,
    )
    assert fastest.height == 88


def test_a_year_that_is_missing_is_two_years_of_growth_and_a_break_is_none():
    rows = spending().filter(pl.col("client_group") == "learning disability 18-64").to_dicts()
    for before, after in pairwise(rows):
        years = int(after["year"][:4]) - int(before["year"][:4])
        assert after["years"] == years
        assert after["cost"] == pytest.approx(before["cost"] * (1 + after["growth"] / 100) ** years)
    first = spending().filter(pl.col("year").is_in(["2000-01", "2014-15"]))
    assert first["growth"].null_count() == first.height


def test_shares_of_one_whole_add_up():
    groups = ("learning disability", "older people", "physical disability", "mental health")
    wholes = [shares(None, client_group=group).filter(pl.col("whole") == FOUR) for group in groups]
    added = pl.concat(wholes).group_by("council", "year").agg(pl.col("share").sum(), pl.col("denominator").unique())
    there = added.filter(pl.col("share") > 0)
    assert there["share"].to_list() == pytest.approx([100] * there.height)


def test_real_cost_is_cost_in_the_last_years_prices():
    price = dict(table("deflators").select("year", "deflator").rows())
    for row in spending("Leeds").to_dicts():
        assert row["real_cost"] == pytest.approx(row["cost"] * price["2016-17"] / price[row["year"]])


def test_a_council_that_is_not_there_is_refused():
    with pytest.raises(Refusal, match="Atlantis"):
        spending("Atlantis")


@pytest.mark.parametrize(("year", "column"), [("2000-01", "col_G"), ("2006-07", "col_I"), ("2007-08", "col_F")])
def test_the_shares_follow_from_the_original_files(year, column):
    """The four groups' totals without Supporting People, read here again by the label alone."""
    sums: dict[str, float] = {}
    with gzip.open(original("council_data", f"pss_ex1_expenditure_{year}.csv.gz"), "rt", encoding="utf-8") as file:
        for row in DictReader(file):
            label = row["line_label"].upper()
            groups = ("OLDER PEOPLE", "PHYSICAL DISABILITY", "LEARNING DISABILITIES", "MENTAL HEALTH")
            group = next((one for one in groups if one in row["section"]), None)
            if group and label.startswith("TOTAL") and "INCL" not in label and not row["council"].startswith("TOTAL"):
                sums[group] = sums.get(group, 0) + float(row[column] or 0)
    share = 100 * sums["LEARNING DISABILITIES"] / sum(sums.values())
    assert len(sums) == 4
    assert england(FOUR)[year] == round(share, 1)
