"""The back-test on the real series: what is published is what comes out, and it sees nothing of the future."""

import re
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from leeway.published.forecasts.backtest import METHODS, beside_last_value, replay, scores
from leeway.published.forecasts.chance import learn
from leeway.published.forecasts.published import published
from tests.published.forecasts.made_up import series, table

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))

import forecasts as bench

PAGE = Path(__file__).parents[3] / "docs/explanation/forecasts.md"
OURS = {"ours": METHODS["nearest of three"]}


@pytest.fixture(scope="module")
def scored():
    return scores(published())


def same(line, other):
    """Whether two lines of a table say the same, figures to within a rounding of their last digit."""
    cells, others = (re.split(r"\s*\|\s*", text.replace("%", "")) for text in (line, other))
    for one, two in zip(cells, others, strict=True):
        if re.fullmatch(r"[\d.]+", one):
            assert float(one) == pytest.approx(float(two), rel=0.011, abs=0.0011), line
        else:
            assert one == two


def test_the_published_scores_are_what_comes_out(scored):
    page = PAGE.read_text(encoding="utf-8")
    for name, lines in (
        ("forecasts by series", bench.score_lines(scored)),
        ("forecasts together", bench.beside_lines(scored)),
    ):
        part = page.split(f"<!-- figures of {name} -->")[1].split(f"<!-- end of {name} -->")[0]
        printed = [line for line in part.splitlines() if line.startswith("|")]
        assert len(printed) == len(lines)
        for line, other in zip(printed, lines, strict=True):
            same(line, other)


def test_four_in_five_values_come_to_lie_within_the_interval(scored):
    ours = scored.filter(pl.col("method") == "nearest of three")
    councils = ours.filter(pl.col("forecasts") > 100)
    assert 0.8 < (councils["covered_percent"] * councils["forecasts"]).sum() / councils["forecasts"].sum() / 100 < 0.9
    assert councils["covered_percent"].min() > 72
    assert councils["covered_percent"].max() < 97


def test_it_comes_nearer_than_each_of_its_parts_on_the_whole(scored):
    ratio = {row["method"]: row for row in beside_last_value(scored).iter_rows(named=True)}
    ours = ratio.pop("nearest of three")
    assert ours["ratio"] < 0.95 and all(ours["ratio"] < other["ratio"] for other in ratio.values())
    assert ours["better"] >= 24 and ours["compared"] == 30
    assert ratio["last change"]["ratio"] > 1.2


def councils(seed):
    rng = np.random.default_rng(seed)
    return pl.concat([series(*np.clip(40 + np.cumsum(rng.normal(0.5, 3, 8)), 0, 100), unit=f"u{n}") for n in range(6)])


def test_nothing_of_the_future_is_seen():
    """Whatever is changed after an origin, what was said then stays as it was; only how it fared may change."""
    before = councils(1)
    after = before.with_columns(
        value=pl.when(pl.col("period") > date(2015, 3, 31)).then(100 - pl.col("value")).otherwise(pl.col("value"))
    )
    said = ["method", "origin", "unit", "lead_years", "chance"]
    kept, changed = (
        replay(frame, METHODS).filter(pl.col("origin") <= date(2015, 3, 31)).sort(said[:4]) for frame in (before, after)
    )
    assert len(kept) == 6 * len(METHODS) * 2 * 4
    assert kept.select(said).equals(changed.select(said))
    assert not kept["error"].equals(changed["error"])


def test_forecasts_start_at_the_second_value_and_never_cross_a_break():
    counted = table(*(("Ash", "old" if year < 2014 else "new", year, year - 2000) for year in range(2011, 2018)))
    done = replay(counted, OURS)
    pairs = [(row["origin"].year, row["lead_years"]) for row in done.iter_rows(named=True)]
    assert sorted(pairs) == [(2012, 1), (2015, 1), (2015, 2), (2016, 1)]
    biennial = replay(series(10, None, 12, None, 14, None, 16), OURS)
    assert biennial["lead_years"].to_list() == [2, 2]
    assert replay(series(10, 12), OURS).is_empty()


def test_the_scores_by_hand():
    """Last value after 40, 42, 45: the median is 42, the error 3; the CRPS is that of the distribution it gave."""
    known = series(40, 42, 45)
    row = replay(known, {"last": METHODS["last value"]}).row(0, named=True)
    assert (row["unit"], row["lead_years"], row["error"]) == ("", 1, pytest.approx(3))
    outlook = learn(known.head(2)).outlook(date(2013, 3, 31))
    rng = np.random.default_rng(2)
    one, two = (outlook.percent(*rng.uniform(size=20_000))[:, 0] for _ in range(2))
    drawn = np.abs(one - 45).mean() - np.abs(one - two).mean() / 2
    assert row["crps"] == pytest.approx(drawn, rel=0.03)
    assert row["covered"] is True
    assert row["chance"] == pytest.approx(outlook.chance(43)[0])
    assert row["happened"] is True
