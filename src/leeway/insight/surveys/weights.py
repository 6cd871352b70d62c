"""Weights, so that those who answered stand for everyone: by one grouping, or by several at once (raking)."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from leeway.refusal import Refusal

CLOSE = 1e-10
ROUNDS = 1000


def weigh(answers: pl.DataFrame, population: Mapping[str, Mapping[str, float]]) -> pl.Series:
    """One weight for each answer: how many of the population it stands for.

    `population` gives, for each grouping (a column of the answers), how many there are in each group. With one
    grouping this is post-stratification; with several each is fitted in turn until all fit (raking). The weights sum
    to the population. It takes out the differences between groups in who answered, and no other differences.
    Refuses where a group has no answer, where an answer is in no group, where groupings do not agree on how many
    there are in all, and where they cannot be fitted at once.
    Source: Deming and Stephan (1940), Annals of Mathematical Statistics 11, 427-444.
    """
    totals = {name: sum(groups.values()) for name, groups in population.items()}
    if not totals or answers.is_empty():
        raise Refusal("There is nothing to weigh: give answers, and one grouping of the population or more.")
    (first, total), *rest = totals.items()
    for name, other in rest:
        if abs(other - total) > CLOSE * total:
            raise Refusal(f"“{first}” counts {total:g} in all and “{name}” {other:g}. Give the same population.")
    places = {name: _places(answers, name, groups) for name, groups in population.items()}
    wanted = {name: np.array(list(groups.values()), dtype=float) for name, groups in population.items()}
    weights = np.full(answers.height, total / answers.height)
    for _round in range(ROUNDS):
        worst = 0.0
        for name, place in places.items():
            have = np.bincount(place, weights, minlength=len(wanted[name]))
            worst = max(worst, float(np.abs(have / wanted[name] - 1).max()))
            weights = weights * (wanted[name] / have)[place]
        if worst < CLOSE:
            return pl.Series("weight", weights)
    raise Refusal("The groupings cannot all be fitted by these answers. Use fewer of them, or join small groups.")


def _places(answers: pl.DataFrame, name: str, groups: Mapping[str, float]) -> np.ndarray:
    """The place of each answer's group in the population; refuses what does not fit."""
    if name not in answers.columns:
        raise Refusal(f"The answers have no column “{name}”. Group by a column that they have.")
    if nothing := [group for group, count in groups.items() if not count > 0]:
        raise Refusal(f"“{nothing[0]}” of “{name}” is empty. Leave out a group in which there is nobody.")
    place = {group: number for number, group in enumerate(groups)}
    found = answers[name].to_list()
    strange = sum(1 for group in found if group not in place)
    if strange:
        raise Refusal(f"{strange} of the answers are in no group of “{name}”. Say for each where it belongs.")
    if missing := [group for group in groups if group not in found]:
        raise Refusal(f"Nobody in “{missing[0]}” of “{name}” answered. Join it with a group that is like it.")
    return np.array([place[group] for group in found])


def effective(weights: pl.Series) -> float:
    """How many answers of equal weight would tell as much as these do.

    Source: Kish (1965), Survey Sampling, section 11.7. It does not count what grouping gains, so it errs on the
    side of wider intervals.
    """
    total, squares = float(weights.sum()), float((weights * weights).sum())
    return total**2 / squares if squares else 0.0
