"""The made-up people to whom the default allocation table was fitted (docs/explanation/default-allocation-policy.md).

Costs are drawn from published marginals: the mix of people with long-term support in the community in England,
2020-21, and log-normal weekly costs for each group. Points come from answering the table's own questions, each
answer drawn around one hidden level of need. Costs and answers are drawn apart: only their ranks are matched.
"""

from datetime import date

import numpy as np

from leeway.law import allocation, law_on
from leeway.law.numbers import floor_div

#: People with long-term support in the community (published counts), median weekly cost in pence, and spread.
GROUPS = (
    (341_520, 170_00, 0.8),  # 65 and over
    (72_900, 330_00, 0.9),  # 18 to 64, physical support
    (113_300, 600_00, 0.9),  # 18 to 64, learning disability
    (59_110, 180_00, 0.9),  # 18 to 64, mental health and others
)


def draw(people: int, seed: int) -> tuple[list[int], list[int]]:
    """Draw points and weekly costs in pence for a number of people; the same seed gives the same people."""
    random = np.random.default_rng(seed)
    count, median, spread = (np.array(column, dtype=float) for column in zip(*GROUPS, strict=True))
    group = random.choice(len(GROUPS), size=people, p=count / count.sum())
    costs = median[group] * np.exp(spread[group] * random.standard_normal(people))
    need = random.beta(1.6, 3.2, people)
    points = []
    for level in need:
        chosen, helped = {}, 100
        for question in allocation.questions(law_on(date(2026, 4, 6))):
            blurred = np.clip(level + random.normal(0, 0.22), 0, 0.999)
            answer = question.answers[int(blurred * len(question.answers))]
            if question.informal_support:
                helped = question.answers[int(random.choice(4, p=[0.45, 0.3, 0.2, 0.05]))].percent
            else:
                chosen[question] = answer.points
        total = sum(value * (helped if question.family_can_help else 100) for question, value in chosen.items())
        points.append(floor_div(total, 100))
    return points, [int(cost) for cost in costs]
