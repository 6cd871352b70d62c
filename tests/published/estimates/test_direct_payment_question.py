"""The think-tank's question on the shipped returns: some answers by a peer, the frozen curve, and what is shown."""

import json
from xml.etree import ElementTree

import polars as pl
import pytest
from click.testing import CliRunner

from leeway.published.estimates import direct_payment_question as question
from leeway.published.estimates import figures as estimates
from leeway.published.estimates.commands import direct_payment_question, estimate
from leeway.published.estimates.make_figures import rounded
from leeway.published.returns import figures
from leeway.refusal import Refusal
from tests.originals import original
from tests.published.estimates.test_regression import by_linearmodels


@pytest.fixture(scope="module")
def curve():
    return question.curve()


@pytest.fixture(scope="module")
def returns():
    """The shipped returns in pandas, worked up here by hand and not by the code that is tested."""
    frame = figures.table("panel").to_pandas()
    frame = frame[frame["client_group"] == "learning disability 18-64"].copy()
    prices = figures.table("deflators").to_pandas().set_index("year")["deflator"]
    people = figures.table("councils").to_pandas().set_index("council")["population_18_64"]
    people["Bedfordshire"] = people["Bedford"] + people["Central Bedfordshire"]
    people["Cheshire"] = people["Cheshire East"] + people["Cheshire West and Chester"]
    frame["real"] = 1000 * prices["2012-13"] / frame["year"].map(prices)
    frame["size"] = frame["council"].map(people)
    frame["year"] = frame["year"].str[:4].astype(int) + 1
    frame["four"] = frame[["residential_nursing_cost", "home_care_cost", "day_care_cost", "direct_payments_cost"]].sum(
        axis=1, skipna=False
    )
    return frame.rename(columns={"direct_payment_users": "people"})


def row(curve, **choices):
    """One estimate, worked out now; the one that is shipped is the same to the penny."""
    way = question.HEADLINE | choices
    found = curve.filter(pl.all_horizontal(pl.col(choice) == chosen for choice, chosen in way.items()))
    assert found.height == 1, way
    again = question.worked_out(only=tuple(way.values()))
    assert rounded(again).to_dicts() == found.to_dicts()
    return again.row(0, named=True)


def same(found, theirs):
    assert (found["effect"], found["standard_error"]) == pytest.approx(theirs, rel=1e-8)


def test_every_way_is_answered_once(curve):
    assert curve.height == len(question.ways()) == 1488
    assert curve.select(list(question.ANSWERS)).n_unique() == curve.height
    assert not curve.select(pl.any_horizontal(pl.all().is_null()).any()).item()


def test_the_shipped_estimates_are_of_the_shipped_returns_and_of_this_code():
    kept = json.loads((estimates.FOLDER / "made_from.json").read_text(encoding="utf-8"))
    changed = [name for name, print in estimates.made_from().items() if kept[name] != print]
    assert not changed, "run: python -m leeway.published.estimates.make_figures"


def test_what_is_shipped_is_what_comes_out_again(curve):
    """One way of each choice, the whole of it; `--again` works out all of them."""
    only = ("per head", "levels and years taken out", "all councils", "people in the same year")
    again = rounded(question.worked_out(only=only))
    shipped = curve.join(again.select(list(question.ANSWERS)), on=list(question.ANSWERS), how="semi")
    assert again.height == 32
    assert again.sort("effect").to_dicts() == shipped.to_dicts()


def test_the_headline_by_a_peer(curve, returns):
    frame = returns.assign(spending=returns["gross_cost"] * returns["real"] / returns["size"])
    frame = frame.assign(people=frame["people"] / frame["size"]).dropna(subset=["spending", "people"])
    same(row(curve), by_linearmodels(frame))
    same(row(curve, size="per head, councils weighted by size"), by_linearmodels(frame, weights="size"))
    assert (row(curve)["observations"], row(curve)["units"], row(curve)["periods"]) == (960, 147, 7)


def test_council_effects_only_by_a_peer(curve, returns):
    """What all councils share in a year is left in: both series rose, and the answer is six times the headline."""
    frame = returns.assign(spending=returns["gross_cost"] * returns["real"] / returns["size"])
    frame = frame.assign(people=frame["people"] / frame["size"]).dropna(subset=["spending", "people"])
    found = row(curve, model="levels alone taken out (council effects only)")
    same(found, by_linearmodels(frame, years=False))
    assert found["effect"] == pytest.approx(111_613, abs=1)


def test_whole_councils_without_the_line_itself_by_a_peer(curve, returns):
    frame = returns.assign(spending=(returns["gross_cost"] - returns["direct_payments_cost"]) * returns["real"])
    less = "all spending, less the direct payments line"
    same(row(curve, size="whole councils", spending=less), by_linearmodels(frame.dropna(subset=["spending", "people"])))


def test_supporting_people_is_added_from_the_year_it_began(curve, returns):
    added = returns["gross_cost_with_supporting_people"].where(returns["year"] > 2003, returns["gross_cost"])
    frame = returns.assign(spending=added * 1000).dropna(subset=["spending", "people"])
    choices = {"size": "whole councils", "prices": "prices as paid", "spending": "all spending, with Supporting People"}
    same(row(curve, **choices), by_linearmodels(frame))


def test_a_level_each_side_of_the_break_by_a_peer(curve, returns):
    frame = returns.assign(spending=returns["four"] * 1000).dropna(subset=["spending", "people"])
    assert sorted(frame["year"].unique()) == [2001, 2002, 2003, 2004, 2005, 2007, 2008, 2009, 2011, 2012, 2013]
    era = (frame["year"] >= 2010).map({True: " after", False: " before"})
    theirs = by_linearmodels(frame.assign(level=frame["council"] + era), level="level")
    choices = {"size": "whole councils", "prices": "prices as paid", "spending": "four main services"}
    same(row(curve, years="2000-01 to 2012-13, a level each side of the break", **choices), theirs)


def test_the_year_before_may_be_one_whose_spending_is_not_known(curve, returns):
    before = returns.assign(year=returns["year"] + 1)[["council", "year", "people"]]
    frame = returns.drop(columns="people").merge(before, on=["council", "year"])
    frame = frame[frame["year"] >= 2011].assign(spending=frame["four"] * 1000).dropna(subset=["spending", "people"])
    choices = {"size": "whole councils", "prices": "prices as paid", "spending": "four main services"}
    found = row(curve, timing="people in the year before", years="2010-11 to 2012-13", **choices)
    same(found, by_linearmodels(frame))
    assert found["periods"] == 3  # 2010-11 looks back to 31 March 2010


def test_the_curve_stays_as_it_was_found(curve):
    """Worked out from the shipped returns; a change of returns, or of a choice, changes it and must be told."""
    came_to = question.summary(curve)
    assert {name: round(value) for name, value in came_to.items()} == FROZEN
    assert row(curve)["effect"] == pytest.approx(16_689, abs=1)
    assert row(curve, size="whole councils")["effect"] == pytest.approx(100_285, abs=1)
    assert row(curve, model="change on the year")["effect"] == pytest.approx(11_314, abs=1)


FROZEN = {
    "estimates": 1488,
    "least": -47_586,
    "lower_quarter": 1_445,
    "middle": 12_081,
    "upper_quarter": 52_035,
    "most": 205_020,
    "inside_published_range": 119,
    "interval_reaches_published_range": 735,
    "interval_reaches_nought": 873,
    "above_nought": 609,
    "below_nought": 6,
}


def test_whole_councils_equal_the_command_on_the_published_file(curve):
    path = original("council_data", "ld_direct_payments_panel_2000-01_to_2012-13.csv")
    columns = ["--outcome", "ld_gross_total_cost_gbp000", "--effect", "dp_users_ld_18_64", "--unit", "council"]
    shown = CliRunner().invoke(estimate, [str(path), *columns, "--period", "year_ending", "--json"])
    theirs = {one["name"]: one for one in json.loads(shown.stdout)["specifications"]}["two-way fixed effects"]
    ours = row(curve, size="whole councils", prices="prices as paid")
    assert ours["effect"] == pytest.approx(1000 * theirs["effect"], rel=1e-6)
    assert ours["observations"] == theirs["observations"]


def test_each_region_is_left_out_in_turn(returns):
    found = question.without_each_region()
    assert found.height == 9
    frame = returns[returns["region"] != "London"]
    frame = frame.assign(
        spending=frame["gross_cost"] * frame["real"] / frame["size"], people=frame["people"] / frame["size"]
    )
    theirs = by_linearmodels(frame.dropna(subset=["spending", "people"]))
    same(found.filter(pl.col("without") == "London").row(0, named=True), theirs)


def test_shares_by_choice_add_up_to_the_whole(curve):
    table, came_to = question.by_choice(curve), question.summary(curve)
    for choice in question.ANSWERS:
        part = table.filter(pl.col("choice") == choice)
        reached = (part["estimates"] * part["reaches_nought_percent"]).sum() / 100
        assert part["estimates"].sum() == curve.height
        assert reached == pytest.approx(came_to["interval_reaches_nought"])


def test_the_break_and_the_missing_totals_can_be_seen():
    years = {one.pop("year"): one for one in question.by_year().to_dicts()}
    assert len(years) == 12 and "2005-06" not in years
    assert (years["2008-09"]["people"], years["2009-10"]["people"]) == (11_950, 20_805)
    assert years["2000-01"]["councils_that_say"] == 100
    assert [year for year, one in years.items() if one["all_spending_thousands"] is None] == [
        "2008-09", "2009-10", "2010-11", "2011-12", "2012-13",
    ]  # fmt: skip
    assert [year for year, one in years.items() if one["four_main_services_thousands"] is None] == ["2009-10"]


def test_headlines_change_one_choice_at_a_time(curve):
    chosen = question.headlines(curve)
    assert chosen["changed"][0] == "headline" and chosen["changed"].n_unique() == chosen.height == 14
    for one in chosen.iter_rows(named=True):
        assert sum(one[choice] != chosen[choice][0] for choice in question.ANSWERS) == (one["changed"] != "headline")


def test_the_command_tells_it_and_writes_it_whole(tmp_path, curve):
    plot, table = tmp_path / "curve.svg", tmp_path / "curve.csv"
    shown = CliRunner().invoke(direct_payment_question, ["--plot", str(plot), "-o", str(table)])
    assert shown.exit_code == 0
    assert "headline: 16,689" in shown.stdout and "not the price of a direct payment" in shown.stdout
    words = " ".join(ElementTree.parse(plot).getroot().itertext())
    assert "1,488 estimates" in words and "NLGN" in words and "published" in words
    assert all(answer in words for answers in question.ANSWERS.values() for answer in answers)
    assert pl.read_csv(table).height == curve.height
    answered = json.loads(CliRunner().invoke(direct_payment_question, ["--json"]).stdout)
    assert len(answered["estimates"]) == curve.height and answered["summary"]["estimates"] == curve.height


def test_answers_may_be_kept_to(curve):
    kept = question.curve(only=("per head", "all spending", "all spending, with Supporting People"))
    whole = curve.filter(size="per head").filter(
        pl.col("spending").is_in(["all spending", "all spending, with Supporting People"])
    )
    assert kept["effect"].to_list() == pytest.approx(whole["effect"].to_list()) and kept.height == 128
    with pytest.raises(Refusal, match="“per hat” is not among the choices"):
        question.ways(("per hat",))
    with pytest.raises(Refusal, match="cannot answer"):
        question.curve(only=("all spending", "2010-11 to 2012-13"))
    with pytest.raises(Refusal, match="cannot answer"):
        question.worked_out(only=("all spending", "2010-11 to 2012-13"))


@pytest.mark.parametrize("group", ["mental health 18-64", "older people 65 and over"])
def test_any_client_group_may_be_asked_about(group):
    assert question.curve(group).height > 500 and estimates.picture_path(group).is_file()


def test_a_client_group_without_returns_is_refused():
    with pytest.raises(Refusal, match="learning disability 18-64, mental health"):
        question.curve("cats")
