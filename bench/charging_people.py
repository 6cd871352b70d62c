"""The made-up people of the charging bench: the same columns for Leeway and for its peer, edges among them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

#: Capital on each side of the lower limit, of one tariff step, and of the upper limit; and none; and a great deal.
CAPITAL_EDGES = (0, 1424999, 1425000, 1425001, 1450000, 1450001, 2324999, 2325000, 2325001, 100000000)
AGES = (18, 24, 25, 40, 65, 66, 67, 90)
HOUSEHOLDS = ("single", "couple", "lone_parent")


def draw(people: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Draw people by their means, one column for each; the same seed gives the same people.

    About a third of all capital is on an edge. Money is whole pence, incomes and costs by the week.
    """
    random = np.random.default_rng(seed)

    def some(share: float) -> np.ndarray:
        return random.random(people) < share

    def pence(most: int, share: float) -> np.ndarray:
        return np.where(some(share), random.integers(1, most, people), 0)

    age = np.where(some(0.3), random.choice(AGES, people), random.integers(18, 100, people))
    household = random.choice(len(HOUSEHOLDS), people, p=(0.6, 0.3, 0.1))
    spread = np.minimum(random.lognormal(13.5, 1.5, people), 1_000_000_00).astype(np.int64)
    budget = random.integers(0, 1500_00, people)
    pensions = np.where(some(0.5), pence(300_00, 0.05), pence(20_00, 0.05))
    return {
        "age": age,
        "pension_age": (age >= 66)
        ^ (some(0.02) & (age >= 60) & (age < 68)),  # the date of birth decides, not the age in years
        "couple": household == 1,
        "lone_parent": household == 2,
        "dependent_children": np.where(some(0.2) | (household == 2), random.integers(1, 5, people), 0),
        "disability_premium": some(0.4),
        "enhanced_disability_premium": some(0.2),
        "carer_premium": some(0.1),
        "fully_counted_pence": pence(600_00, 0.95),
        "disability_benefits_pence": pence(115_00, 0.6),
        "night_part_pence": np.zeros(people, np.int64),  # the default policy counts the nights too
        "partly_counted_pence": pensions,
        "part_left_out_pence": np.minimum(pensions, 10_00),
        "savings_credit_pence": pence(20_00, 0.1),
        "qualifying_income_pence": pence(500_00, 0.5),
        "partner_has_savings_disregard": some(0.2),
        "capital_pence": np.where(some(0.35), random.choice(CAPITAL_EDGES, people), spread),
        "housing_costs_pence": pence(90_00, 0.5),
        "disability_related_expenditure_pence": pence(60_00, 0.5),
        "personal_budget_pence": budget,
        "free_pence": np.where(some(0.1), np.minimum(budget, random.integers(1, 900_00, people)), 0),
        "exempt": some(0.05),
        "carers_own": some(0.05),
        "means_not_disclosed": some(0.03),
    }


def case_of(columns: Mapping[str, np.ndarray], row: int) -> dict[str, Any]:
    """Give one person of the columns as the case that a case worker would enter."""
    one = {name: column[row].item() for name, column in columns.items()}
    incomes = (
        ("private_pension", one["fully_counted_pence"]),
        ("pip_daily_living", one["disability_benefits_pence"]),
        ("war_widow_pension", one["partly_counted_pence"]),
        ("pension_credit_savings", one["savings_credit_pence"]),
    )
    premiums = (
        ("disability", one["disability_premium"]),
        ("enhanced_disability", one["enhanced_disability_premium"]),
        ("carer", one["carer_premium"]),
    )
    return {
        "age": one["age"],
        "pension_age": one["pension_age"],
        "household": HOUSEHOLDS[one["couple"] + 2 * one["lone_parent"]],
        "dependent_children": one["dependent_children"],
        "premiums": [code for code, held in premiums if held],
        "income": [{"kind": kind, "pence_per_week": pence} for kind, pence in incomes if pence],
        "savings_credit_qualifying_income_pence_per_week": one["qualifying_income_pence"],
        "partner_has_savings_disregard": one["partner_has_savings_disregard"],
        "capital_pence": one["capital_pence"],
        "housing_costs_pence_per_week": one["housing_costs_pence"],
        "disability_related_expenditure_pence_per_week": one["disability_related_expenditure_pence"],
        "personal_budget_pence_per_week": one["personal_budget_pence"],
        "free_parts": [{"exemption": "section_117", "pence_per_week": one["free_pence"]}] if one["free_pence"] else [],
        "exemption": "cjd" if one["exempt"] else None,
        "carers_own_support": one["carers_own"],
        "means_not_disclosed": one["means_not_disclosed"],
    }
