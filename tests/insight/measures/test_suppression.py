"""What is fit to publish; and England's published totals, made again from the published tables of councils."""

import csv
from math import floor

import polars as pl
import pytest
from scipy.optimize import linprog

from leeway.insight.measures.admissions import population
from leeway.insight.measures.answers import answers
from leeway.insight.measures.from_records import MEASURES
from leeway.insight.measures.suppression import OTHERS, nearest, published
from leeway.insight.measures.take_up import DIRECT_ON_THE_DAY, SDS_ON_THE_DAY
from leeway.published.returns.figures import table
from leeway.small_numbers import LEAST
from tests.insight.measures.made import DAY, by_chance
from tests.originals import original


def answer(numerator, denominator, unknown=0, measure="M", **by):
    return {
        "measure": measure, "numerator": numerator, "denominator": denominator, "unknown": unknown,
        "value": floor(1000 * numerator / denominator + 0.5) / 10, "by": by,
    }  # fmt: skip


def hidden(*rows):
    return [(row["numerator"], row["denominator"], row["value"], row["hidden"]) for row in published(rows)]


def test_counts_are_rounded_and_values_are_of_the_rounded_counts():
    [row] = published([answer(13, 42, 3)])
    assert (row["numerator"], row["denominator"], row["value"], row["unknown"]) == (15, 40, 37.5, None)


@pytest.mark.parametrize(("exact", "told"), [((22, 81), (20, 80, 25.0)), ((8, 9), (10, 10, 100.0))])
def test_a_share_gives_no_count_back(exact, told):
    """27.2% of “20 of 80” could only be 22 of 81, and 88.9% of “10 of 10” only 8 of 9."""
    [row] = published([answer(*exact)])
    assert (row["numerator"], row["denominator"], row["value"]) == told


def test_sums_and_averages_are_rounded_as_their_people_are():
    cost = {"measure": "person-weekly-cost", "unit": "£ a week"}
    rows = [answer(2_600_000, 80) | cost, answer(2_652_500, 81) | cost]
    assert {(row["numerator"], row["denominator"], row["value"]) for row in published(rows)} == {(2_600_000, 80, 325.0)}


def test_an_amount_over_an_amount_is_rounded_by_the_people_behind_it():
    """Of 79 people: to the nearest 5, hundredths of an hour would tell of one person's."""
    people, hour = answer(79, 79, measure="tier-hours"), {"measure": "hour-cost", "unit": "£ an hour"}
    told = [published([people, answer(*counts) | hour])[1] for counts in ((1_990_000, 99_500), (2_010_000, 100_500))]
    assert {(row["numerator"], row["denominator"]) for row in told} == {(2_000_000, 98_000)}


@pytest.mark.parametrize(("numerator", "is_hidden"), [(0, True), (4, True), (5, False), (6, False)])
def test_counts_under_five_are_hidden(numerator, is_hidden):
    [row] = published([answer(numerator, 100)])
    assert (row["hidden"] == "under 5", row["numerator"] is None, row["value"] is None) == (is_hidden,) * 3


def test_a_total_gives_no_hidden_part_away():
    whole, *parts = hidden(
        answer(63, 160), answer(3, 20, place="a"), answer(10, 40, place="b"), answer(50, 100, place="c")
    )
    assert whole == (65, 160, 40.6, "")
    assert parts == [
        (None, None, None, "under 5"),
        (None, None, None, "so that others stay hidden"),
        (50, 100, 50.0, ""),
    ]


def test_two_hidden_parts_that_add_up_to_next_to_nothing_hide_a_third():
    rows = hidden(
        answer(32, 99), answer(1, 9, p="a"), answer(1, 10, p="b"), answer(12, 40, p="c"), answer(18, 40, p="d")
    )
    assert [row[3] for row in rows] == ["", "under 5", "under 5", "so that others stay hidden", ""]


def test_parts_of_a_hidden_whole_are_hidden():
    assert {row[3] for row in hidden(answer(3, 30), answer(3, 10, p="a"), answer(0, 20, p="b"))} == {"under 5"}
    assert hidden(answer(4, 30), answer(4, 10, p="a"))[1][0] is None


def test_what_one_measure_hides_another_does_not_give_away():
    """Two of 14 have a direct payment; all of 20 but one have self-directed support. Both were once to be had."""
    of = {
        "ASCOF 3D(1a)": [(163, 164), (14, 14), (19, 20), (130, 130)],
        "ASCOF 3D(2a)": [(50, 164), (2, 14), (6, 20), (42, 130)],
        "holds-managed": [(113, 164), (12, 14), (13, 20), (88, 130)],
    }
    groups = [{}, {"group": "memory"}, {"group": "mental"}, {"group": "physical"}]
    rows = [answer(*counts, measure=m, **by) for m in of for counts, by in zip(of[m], groups, strict=True)]
    shown = {(row["measure"], row["by"].get("group", "")) for row in published(rows) if not row["hidden"]}
    assert shown == {(measure, group) for measure in of for group in ("", "physical")}


def test_no_group_is_hidden_alone_since_the_whole_would_give_it_back():
    """One of 31 has no self-directed support, so that group is hidden: 129 less 99 is 30, and 151 less 120 is 31."""
    rows = [answer(129, 151), answer(30, 31, g="a"), answer(99, 120, g="b")]
    assert [row["hidden"] for row in published(rows)] == ["", OTHERS, OTHERS]


def test_two_costs_do_not_leave_that_of_the_few_who_live_in_a_home():
    """Of 40 with a known cost in group a, 36 live at home: the other four are the difference of two rows."""
    of = {"person-weekly-cost": [(160, 160), (40, 40), (60, 60), (60, 60)],
          "tier-cost": [(156, 156), (36, 36), (60, 60), (60, 60)]}  # fmt: skip
    groups = [{}, *({"g": name} for name in "abc")]
    rows = [
        answer(1000 * n, d, measure=m, **by) | {"unit": "£ a week"}
        for m in of
        for (n, d), by in zip(of[m], groups, strict=True)
    ]
    hidden_groups = {(row["measure"], row["by"].get("g")) for row in published(rows) if row["hidden"]}
    assert {(measure, "a") for measure in of} <= hidden_groups


def test_three_direct_payments_in_a_whole_council_are_not_what_others_leave():
    rows = [answer(153, 160, measure="ASCOF 3D(1a)"), answer(3, 160, measure="ASCOF 3D(2a)")]
    rows += [answer(count, 160, measure=f"holds-{way}") for way, count in (("direct", 3), ("managed", 150))]
    assert {row["measure"] for row in published(rows) if not row["hidden"]} == {"ASCOF 3D(1a)"}


def test_what_support_costs_a_few_people_is_hidden_with_them():
    rows = [answer(80, 90, measure="SALT LTS001b, community"), answer(3, 3, measure="SALT LTS001b, community", g="a")]
    rows += [answer(60, 87, measure="SALT LTS001b, community", g="b"), answer(90_000, 6_000, measure="hour-cost")]
    rows += [answer(9_000, 500, measure="hour-cost", g="a"), answer(81_000, 5_500, measure="hour-cost", g="b")]
    assert [row["hidden"] for row in published(rows) if row["measure"] == "hour-cost"][1] == OTHERS


def test_of_how_many_it_is_not_known_is_not_what_the_others_leave():
    """Of 17 in all, told as 15 (17 at the most), two groups of 8 are told as 10 (8 at the least): 1 was left."""
    rows = [answer(60, 120, 17), answer(20, 40, 8, g="a"), answer(20, 40, 8, g="b"), answer(20, 40, 1, g="c")]
    assert [row["unknown"] for row in published(rows)] == [15, None, 10, None]
    rows = [answer(60, 120, 3), answer(30, 60, 3, g="a"), answer(30, 60, 0, g="b")]
    assert [row["unknown"] for row in published(rows)] == [None, None, 0], "of the whole it is not told either"


def held(rows) -> dict:
    """Rows of the five measures of the family, by group and measure."""
    return {(row["by"].get(BY, ""), row["measure"]): row for row in rows}


BY = "team"
#: What each measure counts of people by how they hold support: direct, managed, commissioned, not known.
ABOUT = {
    "ASCOF 3D(1a)": ((1, 1, 0, 0), (1, 1, 1, 1)),
    "ASCOF 3D(2a)": ((1, 0, 0, 0), (1, 1, 1, 1)),
    "holds-direct": ((1, 0, 0, 0), (1, 1, 1, 0)),
    "holds-managed": ((0, 1, 0, 0), (1, 1, 1, 0)),
    "holds-commissioned": ((0, 0, 1, 0), (1, 1, 1, 0)),
}


@pytest.mark.parametrize("seed", range(12))
def test_who_adds_and_subtracts_all_that_is_shown_finds_no_hidden_count(seed):
    """An attacker who is told each shown count exactly still has a choice for each hidden count of 1 to 4."""
    measures = [measure for measure in MEASURES if measure.code in ABOUT]
    exact = answers(by_chance(seed, 40 + 30 * seed), as_at=DAY, measures=measures, by=[BY])
    shown = held(published(exact))
    counted, groups = held(exact), sorted({row["by"][BY] for row in exact if row["by"]})
    facts, sums = [], []
    for (group, code), row in shown.items():
        if not row["hidden"]:
            for form, name in zip(ABOUT[code], ("numerator", "denominator"), strict=True):
                facts.append([x if group in ("", one) else 0 for one in groups for x in form])
                sums.append(counted[group, code][name])
    hidden = [
        (place * 4 + ("direct", "managed", "commissioned").index(code.removeprefix("holds-")))
        for place, group in enumerate(groups)
        for code in ("holds-direct", "holds-managed", "holds-commissioned")
        if 0 < counted[group, code]["numerator"] < LEAST
    ]
    for cell in hidden:
        ends = [
            linprog([sign * (place == cell) for place in range(4 * len(groups))], A_eq=facts or None, b_eq=sums or None)
            for sign in (1, -1)
        ]
        assert {end.status for end in ends} <= {0, 3}  # found, or without a bound
        assert ends[1].status == 3 or -ends[1].fun - ends[0].fun > 0.99
    assert hidden or seed > 5, "small councils have such counts"


def test_most_of_a_council_of_some_thousands_still_stands():
    found = answers(by_chance(3, 6000), as_at=DAY, measures=[m for m in MEASURES if m.unit == "%"], by=["gender"])
    rows = [row for row in published(found) if row["by"]]
    assert sum(not row["hidden"] for row in rows) > 0.6 * len(rows) > 40


def test_nobody_can_be_told_from_made_up_councils():
    """No one hidden count can be had, to within 5, by taking the others from the whole."""
    for seed in range(15):
        found = answers(
            by_chance(seed, 150), as_at=DAY, measures=[SDS_ON_THE_DAY, DIRECT_ON_THE_DAY], by=["team", "gender"]
        )
        for code in (SDS_ON_THE_DAY.code, DIRECT_ON_THE_DAY.code):
            exact = [one for one in found if one["measure"] == code]
            shown = [one for one in published(found) if one["measure"] == code]
            gone = [was for was, now in zip(exact[1:], shown[1:], strict=True) if now["hidden"]]
            if gone and not shown[0]["hidden"]:
                assert len(gone) > 1
                assert sum(one["numerator"] for one in gone) >= LEAST or len(gone) == len(exact) - 1


ORIGINALS = {
    "3D(1A)": "Table_3d_1a_.csv",
    "3D(2A)": "Table_3d_2a_.csv",
    "2A": "Table_2a.csv",
    "2C": "Table_2c.csv",
    "2E(2A)": "Table_2e_2a_.csv",
    "2E(2B)": "Table_2e_2b_.csv",
}
PER = {"2C": 100_000}
#: What councils whose counts are hidden put into England's, beyond rounding: numerator, denominator.
NOT_SHOWN = {"2A": (0, 30), "2C": (0, 594)}


def within(total, published_total, left_over=0):
    """Whether a sum is the published total, rounded to the nearest 5, but for what is not shown."""
    return nearest(total + left_over) == published_total or abs(total + left_over - published_total) <= 2


@pytest.mark.parametrize("measure", ORIGINALS)
def test_england_is_the_sum_of_its_councils(measure):
    """From the figures that Leeway ships: the sum, rounded to the nearest 5, is the published total of England."""
    rows = table("ascof_2024_25").filter(pl.col("measure") == measure)
    england = rows.filter(pl.col("council") == "England").row(0, named=True)
    councils = rows.filter(pl.col("council") != "England", pl.col("numerator").is_not_null())
    assert councils.height >= 146
    for column, missing in zip(("numerator", "denominator"), NOT_SHOWN.get(measure, (0, 0)), strict=True):
        assert within(int(councils[column].sum()), int(england[column]), missing)
    value = PER.get(measure, 100) * councils["numerator"].sum() / councils["denominator"].sum()
    assert abs(value - england["value"]) <= (0.1 if measure in NOT_SHOWN else 0.05)


def _original(measure):
    with original("ascof", ORIGINALS[measure]).open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    start = next(n for n, row in enumerate(rows) if row[0] == "Local authority code")
    return [
        (row[0], row[2], *(float(cell) if cell[0].isdigit() else None for cell in row[3:6]))
        for row in rows[start + 1 :]
    ]


@pytest.mark.parametrize("measure", ORIGINALS)
def test_the_original_tables_agree_with_themselves(measure):
    """England is the sum of the nine regions, and of the five types, to within their rounding; values are exact."""
    rows = _original(measure)
    england, types, regions, councils = rows[0], rows[1:6], rows[6:15], rows[15:]
    for place in (2, 3):
        for parts in (types, regions):  # each is off by at most 2
            assert abs(sum(row[place] for row in parts) - england[place]) <= 2 * (len(parts) + 1)
            assert all(row[place] % 5 == 0 for row in parts)
    per = PER.get(measure, 100)
    shown = [row for row in councils if row[2] is not None]
    assert len(councils) == 153
    for _, _, numerator, denominator, value in shown:
        assert min(numerator, denominator) >= LEAST
        assert abs(per * numerator / denominator - value) < 0.05 + 1e-9


@pytest.mark.parametrize("measure", ORIGINALS)
def test_england_is_what_its_councils_add_up_to(measure):
    """Added up from the published rows of councils. Of a council that is hidden, either count may be under 5.

    Where nothing is hidden, England is the sum of its 153 councils to within its own rounding, and its value is that
    of the sums to the decimal; where some are, by no more than there is room for.
    """
    rows = _original(measure)
    (_, _, numerator, denominator, value), councils = rows[0], rows[15:]
    shown = [row for row in councils if row[2] is not None]
    hidden = len(councils) - len(shown)
    sums = [sum(row[place] for row in shown) for place in (2, 3)]
    assert len(councils) == 153 and hidden <= 12
    if hidden:
        assert sums[0] <= numerator + 2 and sums[1] <= denominator + 2
        assert sums[0] >= 0.99 * numerator and sums[1] >= 0.97 * denominator
    else:
        assert abs(sums[0] - numerator) <= 2 and abs(sums[1] - denominator) <= 2
    per = PER.get(measure, 100)
    assert abs(per * sums[0] / sums[1] - value) < 0.05 + 1e-9 + (0.02 * value if hidden else 0)


def test_values_of_regions_are_worked_out_before_rounding():
    """Some regional values are not those of the rounded counts beside them: eleven in these six tables."""
    odd = 0
    for measure in ORIGINALS:
        for _, _, numerator, denominator, value in _original(measure)[:15]:
            again = floor(10 * PER.get(measure, 100) * numerator / denominator + 0.5) / 10
            odd += abs(again - round(value, 1)) > 0.01
    assert odd == 11


def test_the_shipped_figures_are_the_originals():
    for measure in ORIGINALS:
        shipped = table("ascof_2024_25").filter(pl.col("measure") == measure, pl.col("numerator").is_not_null())
        rows = [row for row in (_original(measure)[0], *_original(measure)[15:]) if row[2] is not None]
        assert sorted(zip(shipped["numerator"], shipped["denominator"], strict=True)) == sorted(
            row[2:4] for row in rows
        )


def test_the_people_of_councils_are_known_by_either_code():
    people = population().to_native().collect()
    assert people.filter(council="716").rows() == [("716", "18-64", 130208), ("716", "65+", 19807)]
    assert people.filter(council="E09000002")["people"].to_list() == [130208, 19807]
    assert people.group_by("council", "age").len()["len"].max() == 1
