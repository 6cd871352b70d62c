"""Targets are data with a history, and a file that is wrong is refused by entry and field."""

from datetime import date

import pytest
import yaml

from leeway.published.forecasts.targets import NATIONAL, national, read_targets
from leeway.refusal import Refusal


def test_30_percent_of_everybody_is_42_9_percent_of_the_directors_base():
    goal = national().targets["personal_budgets_by_april_2011"].on(date(2010, 10, 28))
    assert (goal.percent, goal.by) == (30, date(2011, 4, 1))
    assert goal.percent / 100 * 1_500_000 == 450_000
    assert goal.percent_on(national().bases["adass"]) == pytest.approx(42.857, abs=0.001)


def test_all_of_the_directors_base_is_70_percent_of_everybody_and_so_is_what_was_agreed_later():
    target = national().targets["personal_budgets_for_all_by_2013"]
    before, after = target.on(date(2011, 6, 1)), target.on(date(2012, 12, 1))
    assert before.percent == 100 and before.percent_on(national().bases["ni130"]) == pytest.approx(70)
    assert after.percent == 70 and after.doubt
    with pytest.raises(Refusal, match="was not agreed before 2010-11-16"):
        target.on(date(2010, 11, 15))


def test_every_goal_says_who_and_from_where():
    for target in national().targets.values():
        for goal in target.history:
            assert goal.owner and goal.source and goal.doubt


def changed(path, *, to, at):
    """The national file with one field changed, or left out where `to` is None."""
    given = yaml.safe_load(NATIONAL.read_text(encoding="utf-8"))
    *way, last = at
    place = given
    for step in way:
        place = place[step]
    if to is None:
        del place[last]
    else:
        place[last] = to
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    return path


GOAL = ("targets", "personal_budgets_by_april_2011", "history", 0)


@pytest.mark.parametrize(
    ("at", "to", "said"),
    [
        ((*GOAL, "percent"), 130, "entry 1, percent: is not a percentage"),
        ((*GOAL, "percent"), "thirty", "entry 1, percent: is not a number"),
        ((*GOAL, "percent"), True, "entry 1, percent: is not a number"),
        ((*GOAL, "by"), "April 2011", "entry 1, by: is not a date"),
        ((*GOAL, "by"), date(2009, 1, 1), "entry 1, by: is not after the day it was agreed"),
        ((*GOAL, "base"), "everyone", "entry 1, base: is none of adass, ni130"),
        ((*GOAL, "owner"), None, "entry 1, owner: is missing"),
        ((*GOAL, "source"), "", "entry 1, source: is missing"),
        ((*GOAL, "deadline"), date(2011, 1, 1), "entry 1, deadline: is no field"),
        ((*GOAL[:-1],), [], "history: needs at least one entry"),
        ((*GOAL[:-1],), "none", "history: is not a list of entries"),
        (("bases", "adass", "share_of_ni130_percent"), 0, "adass, share_of_ni130_percent: is not a percentage"),
        (("bases",), None, "bases: is missing"),
        (("targets", "personal_budgets_for_all_by_2013", "history", 1, "since"), date(2010, 1, 1), "later than"),
    ],
)
def test_a_wrong_file_is_refused_by_entry_and_field(tmp_path, at, to, said):
    path = changed(tmp_path / "targets.yaml", at=at, to=to)
    with pytest.raises(Refusal) as refusal:
        read_targets(path)
    assert said in str(refusal.value) and str(path) in str(refusal.value)


def test_what_is_no_file_of_targets(tmp_path):
    (tmp_path / "list.yaml").write_text("- 1\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("bases: {\n", encoding="utf-8")
    for name in ("list.yaml", "broken.yaml", "none.yaml"):
        with pytest.raises(Refusal, match=name):
            read_targets(tmp_path / name)
