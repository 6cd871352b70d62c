"""What a person pays towards their budget: one charge over the whole of it, with every step shown.

The arithmetic is in `charge_numbers`; here a case is read, and the answer put into words.
What is free by law is judged in `exemptions`.
Source: Care Act 2014 s14 and s17; SI 2014/2672; statutory guidance ch. 8 and Annexes B, C and E.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from leeway.law import inputs as read
from leeway.law.capital import looking_back
from leeway.law.charge_case import CASE_FIELDS, Case, read_case
from leeway.law.charge_numbers import Means, Worked, charge_law, tariff_income_pence_per_week, work_out
from leeway.law.charge_words import reasons, steps
from leeway.law.dated import Law
from leeway.law.outcome import BadInput, Outcome

__all__ = [
    "CASE_FIELDS",
    "apply_charge_to_ways",
    "charge",
    "charge_columns",
    "columns_of",
    "columns_of_means",
    "result_of",
    "tariff_income",
    "ways_in_order",
]

#: As many rows as a processor keeps close by: twice as fast as the whole column at once.
ROWS_AT_A_TIME = 65_536
EVERY_STEP = tuple(field.name for field in fields(Worked))


def charge(case: Mapping[str, Any], law: Law) -> Outcome:
    """Work out what a person pays each week towards their budget, and show every step.

    `case` has the fields of `CASE_FIELDS`; those with a default may be left out. Amounts are whole pence a week.
    Raises `BadInput` naming the field that cannot be right.
    """
    part = law.only("charging", "charging_policy")
    values = charge_law(part)
    read_in = read_case(case, part)
    part = looking_back(read_in.owned, part)
    worked = work_out(read_in.means, values)
    return Outcome(
        "charge",
        case,
        part,
        result_of(read_in, worked),
        steps(read_in, worked, part),
        reasons(read_in, worked, part),
    )


def charge_columns(columns: Mapping[str, Any], law: Law, steps: Sequence[str] = EVERY_STEP) -> dict[str, Any]:
    """Work out the charge of a whole population at once: NumPy columns in, columns out.

    `columns` has one entry for each field of `Means` (see `columns_of`); the answer has one for each of `steps`,
    which are fields of `Worked`: all of them unless fewer are asked for.
    """
    names = [field.name for field in fields(Means)]
    read.only_known(columns, names, "columns")
    for name in names:
        read.needed(columns, name)
    for step in steps:
        read.one_of(step, EVERY_STEP, "steps")
    from concurrent.futures import ThreadPoolExecutor  # these two take longer to load than one person to charge

    import numpy as np

    values = charge_law(law.only("charging", "charging_policy"))
    size = len(columns["age"])
    answer: dict[str, Any] = {}

    def work_out_from(start: int) -> None:
        rows = slice(start, start + ROWS_AT_A_TIME)
        worked = work_out(Means(**{name: columns[name][rows] for name in names}), values)
        for step in steps:
            part = np.asarray(getattr(worked, step))
            if step not in answer:
                answer[step] = np.empty(size, part.dtype)
            answer[step][rows] = part

    work_out_from(0)
    with ThreadPoolExecutor(os.cpu_count()) as processors:  # NumPy leaves the interpreter free while it counts
        list(processors.map(work_out_from, range(ROWS_AT_A_TIME, size, ROWS_AT_A_TIME)))
    return answer


def columns_of(cases: Sequence[Mapping[str, Any]], law: Law) -> dict[str, Any]:
    """Turn cases into the columns that `charge_columns` takes."""
    part = law.only("charging", "charging_policy")
    return columns_of_means([read_case(case, part).means for case in cases])


def columns_of_means(means: Sequence[Means]) -> dict[str, Any]:
    """Turn the means of many people into the columns that `charge_columns` takes."""
    import numpy as np

    return {field.name: np.array([getattr(one, field.name) for one in means]) for field in fields(Means)}


def tariff_income(capital_pence: int, law: Law) -> int:
    """Give the weekly income assumed from capital: £1 for each £250, or part of it, between the two limits."""
    part = law.only("charging", "charging_policy")
    income: int = tariff_income_pence_per_week(read.pence(capital_pence, "capital_pence"), charge_law(part))
    return income


def ways_in_order(law: Law) -> tuple[str, ...]:
    """Give the council's order in which one charge is taken from a budget held in several ways."""
    return tuple(law["charging_policy.charge_taken_first_from"])


def apply_charge_to_ways(charge_pence: int, ways: Mapping[str, int], order: Sequence[str]) -> dict[str, dict[str, int]]:
    """Take one charge from a budget held in several ways, in the council's order, and never twice.

    `ways` gives the weekly pence held in each way; `order` (see `ways_in_order`) says which comes first. The answer
    has `gross_pence_per_week`, `charge_pence_per_week` and `net_pence_per_week` of each way.
    """
    left = read.pence(charge_pence, "charge_pence")
    for way, gross in ways.items():
        read.pence(gross, way)
        if way not in order:
            raise BadInput(f"The order of taking the charge leaves out {way}. Add it.", field="order")
    if left > sum(ways.values()):
        raise BadInput("The charge is more than the whole budget. Check both amounts.", field="charge_pence")
    shares = {}
    for way in order:
        if way in ways:
            taken = min(left, ways[way])
            left -= taken
            shares[way] = {
                "gross_pence_per_week": ways[way],
                "charge_pence_per_week": taken,
                "net_pence_per_week": ways[way] - taken,
            }
    return {way: shares[way] for way in ways}


def result_of(case: Case, worked: Worked) -> dict[str, Any]:
    """Give the answer of the rule: the charge, what is left to pay out, and every amount on the way, by name."""
    return {
        "charge_pence_per_week": worked.charge,
        "net_direct_payment_pence_per_week": worked.net_direct_payment,
        "gross_direct_payment_pence_per_week": case.means.personal_budget_pence,
        "council_pays_pence_per_week": case.means.personal_budget_pence - worked.charge,
        "personal_budget_pence_per_week": case.means.personal_budget_pence,
        "full_cost": worked.full_cost,
        "free_because": case.free_because,
        "free_parts": [judged.as_result() for judged in case.parts],
        "free_until": min((part.until.isoformat() for part in case.parts if part.free and part.until), default=None),
        "free_pence_per_week": case.means.free_pence,
        "chargeable_pence_per_week": worked.chargeable,
        "capital_pence": case.means.capital_pence,
        "notional_capital_left_pence": case.notional_capital_left_pence,
        "tariff_income_pence_per_week": worked.tariff,
        "savings_disregard_pence_per_week": worked.savings_disregard,
        "counted_income_pence_per_week": worked.counted_income,
        "floor_pence_per_week": worked.floor,
        "housing_costs_pence_per_week": worked.housing,
        "disability_related_expenditure_pence_per_week": worked.disability,
        "disposable_income_pence_per_week": worked.disposable,
        "maximum_charge_pence_per_week": worked.maximum,
    }
