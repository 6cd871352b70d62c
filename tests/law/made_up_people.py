"""The made-up people to whom the default allocation table was fitted (docs/explanation/default-allocation-policy.md).

Costs are drawn from published marginals: the mix of people with long-term support in the community in England,
2020-21, and log-normal weekly costs for each group. Points come from answering the table's own questions, each
answer and each help from family drawn around one hidden level of need. Costs and answers are drawn apart: only their
ranks are matched.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from leeway.law import allocation, law_on

#: The year in whose prices the costs are.
COSTS_OF = date(2024, 3, 31)
#: People with long-term support in the community (published counts), median weekly cost in pence, and spread.
GROUPS = (
    (341_520, 170_00, 0.8),  # 65 and over
    (72_900, 330_00, 0.9),  # 18 to 64, physical support
    (113_300, 600_00, 0.9),  # 18 to 64, learning disability
    (59_110, 180_00, 0.9),  # 18 to 64, mental health and others
)
HELP_PERCENT = (0.45, 0.3, 0.2, 0.05)  # none, some, most, nearly all


@dataclass(frozen=True)
class MadeUp:
    """One made-up person: what their support costs, and what they answered; points before help, and left after it."""

    cost_pence: int
    points: int
    hundredths_left: int
    inputs: dict


def draw_people(people: int, seed: int) -> list[MadeUp]:
    """Draw a number of people; the same seed gives the same people."""
    random = np.random.default_rng(seed)
    count, median, spread = (np.array(column, dtype=float) for column in zip(*GROUPS, strict=True))
    group = random.choice(len(GROUPS), size=people, p=count / count.sum())
    costs = median[group] * np.exp(spread[group] * random.standard_normal(people))
    need = random.beta(1.6, 3.2, people)
    return [_one(random, float(level), int(cost)) for level, cost in zip(need, costs, strict=True)]


def _one(random: np.random.Generator, level: float, cost_pence: int) -> MadeUp:
    law = law_on(COSTS_OF)
    answers, helped, unable = {}, {}, set()
    points = hundredths_left = 0
    for question in allocation.questions(law):
        blurred = np.clip(level + random.normal(0, 0.22), 0, 0.999)
        answer = question.answers[int(blurred * len(question.answers))]
        help_given = allocation.helps(law)[int(random.choice(4, p=HELP_PERCENT))]
        answers[question.id] = answer.id
        if question.family_can_help:
            helped[question.id] = help_given.id
        if answer.points:
            unable |= {*question.outcomes, *answer.expects}
            points += answer.points
            hundredths_left += answer.points * (help_given.percent if question.family_can_help else 100)
    inputs = {"unable": sorted(unable), "answers": answers, "help": helped, "willing_and_able": True}
    return MadeUp(cost_pence, points, hundredths_left, inputs)
