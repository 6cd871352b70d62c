"""Each section opens with what was found and how sure it is, made from the figures: worked examples of each."""

from collections import defaultdict
from datetime import date
from itertools import product

import pytest

from leeway.insight.measures.flow import Place
from leeway.insight.measures.like_for_like import Difference, Tally, compare
from leeway.insight.measures.suppression import nearest
from leeway.insight.measures.tiers import DIRECT_PAYMENT, MANAGED_BUDGET, THINGS, Compared
from leeway.insight.report.choice import (
    come_from_sentence,
    growth_sentence,
    not_known_sentence,
    share_change_sentence,
    take_up_sentence,
)
from leeway.insight.report.councils import comparison_sentence
from leeway.insight.report.people import (
    fit_to_publish,
    kept_sentence,
    label_sentence,
    new_sentence,
    tiers_sentence,
    who_sentence,
)
from leeway.insight.report.reading import limits_sentence
from leeway.insight.report.section import beside, count, fit_to_show, signed
from leeway.insight.report.support import (
    concentration_sentence,
    cost_sentence,
    second_look_sentence,
    variety_sentence,
    waiting_sentence,
)

START, END = date(2024, 4, 1), date(2025, 3, 31)
DIRECT, MANAGED = "Direct payment", "Managed personal budget"


def row(numerator, denominator, unknown=0, *, measure="ASCOF 3D(2a)", unit="%", value=None):
    """One answer of a measure, as it may be shown."""
    if value is None:
        value = round(100 * numerator / denominator, 1) if denominator else None
    counts = {"numerator": numerator, "denominator": denominator, "unknown": unknown}
    [shown] = fit_to_show([{"measure": measure, "name": measure, "unit": unit, "value": value, "by": {}} | counts])
    return shown


@pytest.mark.parametrize(
    ("people", "of", "says"),
    [
        (248, 1000, "England’s figure for 2024-25 was 24.5%: no difference can be told."),
        (400, 1000, "England’s figure for 2024-25 was 24.5%: these records are higher."),
        (100, 1000, "England’s figure for 2024-25 was 24.5%: these records are lower."),
    ],
)
def test_a_share_is_told_with_its_range_and_beside_england(people, of, says):
    said = take_up_sentence(row(people, of), has="had a direct payment", on=END)
    assert said.endswith(says)
    assert said.startswith(
        f"On 31 March 2025, {nearest(people) / 10:.1f}% of people with long-term support in the community"
    )


def test_a_share_has_its_wilson_range_and_both_are_of_the_rounded_counts():
    said = take_up_sentence(row(248, 1002), has="had a direct payment", on=END)
    assert "had a direct payment (about 250 of 1,000; likely between 22.4% and 27.8%)" in said


def test_a_small_share_is_hidden_and_a_base_of_nobody_is_said():
    few = take_up_sentence(row(3, 40), has="had a direct payment", on=END)
    assert few == (
        "On 31 March 2025 fewer than 5 people with long-term support in the community had a direct payment: too few "
        "for a share to be shown."
    )
    none = take_up_sentence(row(0, 0), has="had a direct payment", on=END)
    assert none.startswith("The records hold no people with long-term support in the community on 31 March 2025")


def test_what_is_not_known_is_said_with_how_far_it_could_move_the_share():
    assert "For 200 of them" in not_known_sentence(row(300, 1000, 200), has="direct payment")
    assert "the share would be about 50.0%" in not_known_sentence(row(300, 1000, 200), has="direct payment")
    assert "fewer than 5 of them" in not_known_sentence(row(300, 1000, 3), has="direct payment")
    assert not_known_sentence(row(300, 1000), has="direct payment").startswith("The records say of everybody")
    assert not_known_sentence(row(3, 1000, 200), has="direct payment") == ""


@pytest.mark.parametrize(
    ("direct", "managed", "says"),
    [
        ((200, 180), (500, 700), "All of the growth is managed."),
        ((200, 200), (500, 700), "about as many direct payments and about 200 more managed budgets. All of the growth"),
        ((200, 300), (500, 500), "All of the growth is in direct payments."),
        ((200, 250), (600, 750), "Managed budgets are 75% of the growth; they were 75% of what there was."),
        ((200, 150), (500, 520), "There was no growth to share out."),
        ((22, 62), (59, 82), "they were 75% of what there was."),  # of the rounded counts, and not 73%
        ((3, 10), (500, 520), "Fewer than 5 had direct payments on one of the days"),
        ((0, 0), (0, 0), "Nobody had self-directed support on 1 April 2024 or on 31 March 2025."),
    ],
)
def test_growth_is_told_by_way_of_holding(direct, managed, says):
    assert says in growth_sentence(direct, managed, start=START, end=END)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ((240, 1000), (250, 1000), "no change can be told (+1.0 percentage points, likely between −2.8 and +4.8)"),
        ((240, 1000), (350, 1000), "it rose (+11.0 percentage points"),
        ((350, 1000), (240, 1000), "it fell (−11.0 percentage points"),
        ((3, 1000), (240, 1000), "Too few had a direct payment on one of the days"),
        ((0, 0), (240, 1000), "nobody had support in the community on one of the days"),
        ((22, 81), (22, 81), "was 25.0% on 1 April 2024 and 25.0% on"),  # 27.2% could only be 22 of 81
    ],
)
def test_a_change_in_the_share_is_told_or_not(before, after, says):
    assert says in share_change_sentence(before, after, start=START, end=END)


def group(name, difference, low, high):
    told = difference is not None and (low > 0 or high < 0)
    return {
        "characteristic": "age_band", "group": name, "difference": difference, "low": low, "high": high, "told": told,
    }  # fmt: skip


def test_groups_are_told_apart_or_not():
    assert who_sentence([group("18-24", None, None, None)]).startswith("Too few people")
    assert "no difference can be told: none of the 2 groups" in who_sentence(
        [group("18-24", 2.0, -1.0, 5.0), group("25-44", -1.0, -4.0, 2.0)]
    )
    said = who_sentence([group("18-24", 9.0, 4.0, 14.0), group("75-84", -12.0, -16.0, -8.0), group("95+", 0.1, -2, 2)])
    assert "2 of 3 groups" in said
    assert said.index("75-84 (age) 12 percentage points less often (likely between −16 and −8)") < said.index(
        "18-24 (age) 9 percentage points more often"
    )


def compared(thing, difference, low, high):
    means = (None, None) if difference is None else (1000.0 + difference, 1000.0)
    return Compared(
        THINGS[thing], "All", DIRECT_PAYMENT, MANAGED_BUDGET, Difference(100, 200, 0, *means, difference, low, high)
    )


def test_two_tiers_are_told_or_not():
    cost, parts, nothing = 1, 2, compared(0, None, None, None)
    assert tiers_sentence([nothing]).startswith("Too few people are alike")
    none = tiers_sentence([compared(cost, 100.0, -200.0, 400.0), nothing])
    assert none.endswith("no difference can be told between direct payments and managed budgets, in any of the 1 "
                         "things that can be compared.")  # fmt: skip
    said = tiers_sentence([compared(cost, -5000.0, -8000.0, -2000.0), compared(parts, 0.1, -0.1, 0.3)])
    assert "cost of support −£50.00 a week (likely between −£80.00 and −£20.00)" in said
    assert said.endswith("In 1 more no difference can be told.")


def one_kind(thing, ours, theirs):
    """A comparison within one kind of people, fit to publish: what an attacker would like best."""
    found = compare({"a": Tally(*ours)}, {"a": Tally(*theirs)})
    return fit_to_publish(Compared(THINGS[thing], "All", DIRECT_PAYMENT, MANAGED_BUDGET, found))


def shown(one):
    found = one.difference
    numbers = (found.first_mean, found.second_mean, found.difference, found.low, found.high)
    return *(number if number is None else round(number, 6) for number in numbers), found.told


def crowds(thing, squared):
    """What would be published of “15” people beside “10”, and the counts that each may stand for."""
    fits = defaultdict(set)
    for ours, theirs in product(range(13, 18), range(10, 13)):
        for first, second in product(range(ours + 1), range(theirs + 1)):
            sides = ((ours, *squared(ours, first)), (theirs, *squared(theirs, second)))
            fits[shown(one_kind(thing, *sides))].add((first, ours, second, theirs))
    return fits


def test_no_count_of_people_can_be_had_from_the_shares_of_two_tiers():
    fits = crowds(4, lambda _people, reviewed: (reviewed, reviewed))
    hidden = fits.pop((None,) * 5 + (False,))
    assert all(min(first, second) < 5 or 0 < ours - first < 5 or 0 < theirs - second < 5
               for first, ours, second, theirs in hidden)  # fmt: skip
    for told, counts in fits.items():
        assert told[0] == 1 or len({first for first, *_ in counts}) > 1
        assert told[1] == 1 or len({second for _first, _ours, second, _theirs in counts}) > 1


def test_nobody_with_two_parts_is_found_among_those_with_one():
    fits = crowds(2, lambda people, twice: (people + twice, people + 3 * twice))
    for counts in fits.values():
        assert min(len({first for first, *_ in counts}), len({second for *_, second, _theirs in counts})) > 1


def test_rounding_leaves_a_large_difference_of_many_people():
    many = one_kind(1, (400, 400 * 30_000, 400 * 31_000**2), (600, 600 * 25_000, 600 * 26_000**2))
    assert many.difference.told and many.difference.difference == pytest.approx(5_000, rel=0.05)


def test_new_labels_are_told_with_their_range():
    many = label_sentence(row(160, 200, measure="relabelled"))
    assert many == (
        "Of about 200 managed budgets that began in the year and could be judged, 80.0% began with the same care as "
        "before (likely between 73.9% and 85.0%). Most are a new label on old care."
    )
    assert "Most are not." in label_sentence(row(40, 200, measure="relabelled"))
    assert "more than half cannot be told" in label_sentence(row(100, 200, measure="relabelled"))
    assert "nothing can be said of new labels (30 began" in label_sentence(row(0, 0, 30, measure="relabelled"))
    assert label_sentence(row(2, 200, measure="relabelled")).startswith("Fewer than 5")
    assert "70.0% were the same care, and nobody’s choice of it" in label_sentence(row(70, 100), on_record=True)
    assert new_sentence(row(0, 0, measure="new-to-support")).startswith("Too few managed budgets")


def test_the_same_care_of_which_no_choice_is_known_is_never_told_as_none():
    """“0% began with the same care” was said of a council whose every same care was not known to be a choice."""
    none = label_sentence(row(0, 100, 40, measure="relabelled"), on_record=True, unclear=40)
    assert none.startswith("Fewer than 5 managed budgets were the same care without a choice")
    assert none.endswith("Of about 40 more with the same care it is not known whether it was chosen.")
    alone = label_sentence(row(0, 0, 40, measure="relabelled"), on_record=True, unclear=40)
    assert alone.startswith("About 40 managed budgets began in the year with the same care as before. It is not known")
    assert "Most are not." in label_sentence(row(20, 200), on_record=True, unclear=20)
    assert "cannot be told" in label_sentence(row(20, 200), on_record=True, unclear=180)
    assert "not known" not in label_sentence(row(20, 200), on_record=True, unclear=None)


def test_what_was_kept_by_choice_is_told_or_that_nothing_shows_it():
    assert kept_sentence(row(30, 40, 12, measure="kept-by-choice")) == (
        "Of about 40 with the same care whose record shows whether it was chosen, 75.0% kept it by choice (likely "
        "between 59.8% and 85.8%). Of 10 more it is not known."
    )
    assert "not on record for any of them" in kept_sentence(row(0, 0, 30, measure="kept-by-choice"))
    assert kept_sentence(row(2, 40, measure="kept-by-choice")).startswith("Fewer than 5")
    assert "known" not in kept_sentence(row(30, 40, measure="kept-by-choice"))


@pytest.mark.parametrize(
    ("places", "says"),
    [
        (
            {"Managed personal budget": Place(new=41, moved_in={"Commissioned support": 118, "Direct payment only": 9}),
             "Part direct payment": Place(new=9, moved_in={"Managed personal budget": 50, "Residential": 6})},
            "Of about 175 who have one now and had none then, about 50 were new to support and about 125 (71%) were "
            "moved from support that they had already.",
        ),
        ({"Direct payment only": Place(new=40, moved_in={"Commissioned support": 3})}, "too few to be told apart"),
        ({"Direct payment only": Place(new=2)}, "too few to be told apart"),
        ({"Direct payment only": Place(new=40)}, "about 40 were new to support and about 0 (0%) were moved"),
        ({"Commissioned support": Place(new=40)}, "Nobody has a personal budget now who had none then."),
        ({"Managed personal budget": Place(moved_in={"Direct payment only": 40})}, "Nobody has a personal budget now"),
    ],
)  # fmt: skip
def test_growth_says_how_much_was_new_and_how_much_was_moved(places, says):
    assert says in come_from_sentence(places)


def test_costs_are_told_for_those_whose_cost_is_known():
    spread = {"size": 100, "unknown": 300, "lower_quartile": 10_000, "median": 20_000, "upper_quartile": 40_000}
    said = cost_sentence({DIRECT: spread, MANAGED: spread | {"size": 10, "unknown": 0}})
    assert "£200 with a direct payment (half of people between £100 and £400)" in said
    assert "with a managed" not in said
    assert "known for 27% of people in the community" in said
    assert "for all but fewer than 5." in cost_sentence({DIRECT: spread | {"unknown": 3}})
    assert cost_sentence({}).startswith("The records give the whole cost of fewer than 20")
    assert second_look_sentence(row(3, 200, measure="second-look")).startswith("Too few")


def test_markets_and_the_menu_are_told():
    market = {"index": 2500.0, "amount": 60, "services": 80, "unknown": 20}
    said = concentration_sentence([market, market | {"index": 900.0}, market | {"amount": 10}])
    assert said.startswith("Of 2 kinds of support")
    assert "1 is highly concentrated" in said
    assert "25% of services name none" in said
    assert concentration_sentence([]).startswith("Too few")
    menu = [
        {"day": day, "way": MANAGED, "services": 90, "component_effective": choices}
        for day, choices in ((START, 3.0), (END, 2.4))
    ]
    assert "from 3.0 to 2.4 under managed personal budget" in variety_sentence(menu, first=START, last=END)
    assert variety_sentence(menu[:1], first=START, last=END).startswith("Too few")


def test_waiting_is_told():
    answered = row(900, 100, measure="Waiting, first response", unit="days", value=9.0)
    said = waiting_sentence(answered, row(20, 120, measure="Waiting, no response yet"))
    assert said.startswith("Half of those who asked for support had a first response within 9 days (100 requests).")
    assert "16.7% of the year’s requests had none by its end (likely between 11.1% and 24.3%)" in said
    assert waiting_sentence(row(0, 0, unit="days"), row(0, 0)).startswith("Too few requests")


def test_councils_are_told_apart_or_not():
    assert comparison_sentence(["within", "within"], hidden=0).startswith("No difference can be told: all 2 councils")
    said = comparison_sentence(["very low", "low", "within", "high"], hidden=2)
    assert "2 lie below" in said
    assert "1 above it" in said
    assert said.endswith("2 more with fewer than 5 direct payments are hidden.")
    assert comparison_sentence([], hidden=0).startswith("No council")


def test_limits_say_how_much_is_not_known():
    assert "For 200 of 1,000 people in the community (20.0%)" in limits_sentence(row(300, 1000, 200), as_at=END)
    assert limits_sentence(row(300, 1000), as_at=END).endswith("They do not say whether anybody chose it.")


def test_words_of_figures():
    assert signed(-3.0) == "−3.0"
    assert count(4) == "under 5"
    assert beside(("2024-25", 592.5), {"value": 5.0, "low": None, "high": None, "unit": "per 100,000"}) == (
        "England’s figure for 2024-25 was 592.5 per 100,000."
    )
