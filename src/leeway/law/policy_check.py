"""Reading a council's policy whole, as the rules will, before anybody relies on it."""

from datetime import date
from pathlib import Path

from leeway.law.allocation_table import allocation_table
from leeway.law.charge_numbers import charge_law
from leeway.law.charging import ways_in_order
from leeway.law.dated import BadParameter, Law, law_on

#: National values that are the least a council must leave to people.
LEAST_LEFT_TO_PEOPLE = (
    "charging.minimum_income_guarantee.",
    "charging.capital.lower_limit",
    "charging.capital.upper_limit",
)


def check_policy(on: date, policy: Path | None = None) -> tuple[str, ...]:
    """Read a council's policy as every rule will, and list each place where it leaves people less than the law.

    Raises `BadParameter` for a policy that cannot be used. What it lists may be meant (a what-if), but a real
    charge made with it would be unlawful.
    """
    law = law_on(on, policy)
    values = charge_law(law.only("charging", "charging_policy"))
    for name, most in (("percent_of_disposable", 100), ("smallest_charge", values.largest_charge)):
        if not 0 <= getattr(values, name) <= most:
            raise BadParameter(f"The council's charging_policy.{name} must be from 0 to {most}.")
    for name in ("standard_disability_expenditure", "buffer_above_guarantee", "largest_charge"):
        if getattr(values, name) < 0:
            raise BadParameter(f"The council's charging_policy.{name} must not be less than nought.")
    if not ways_in_order(law):
        raise BadParameter("The council's charging_policy.charge_taken_first_from must name the ways in order.")
    for kind in ("adult", "carer"):
        allocation_table(law.only("allocation"), kind)
    return tuple(_less_than_the_law(law, law_on(on)))


def _less_than_the_law(law: Law, national: Law) -> list[str]:
    return [
        f"{name} is {law[name]:,} in the council's policy, less than the law's {national[name]:,}."
        for name in law.parameters
        if name.startswith(LEAST_LEFT_TO_PEOPLE) and law[name] < national[name]
    ]
