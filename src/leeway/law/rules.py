"""One way in to every rule, for decisions that are stored now and worked out again years later."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from leeway.law import allocation, charging, direct_payments, eligibility, employing, recovery
from leeway.law.dated import Law, law_as_it_was, law_on
from leeway.law.inputs import one_of
from leeway.law.outcome import Outcome

RULES: dict[str, Callable[[Mapping[str, Any], Law], Outcome]] = {
    "eligibility": eligibility.decide,
    "allocation": allocation.allocate,
    "charge": charging.charge,
    "direct_payment": direct_payments.conditions,
    "employ": employing.employ,
    "recover": recovery.recover,
}


def compute(rule: str, inputs: Mapping[str, Any], on: date, policy: Path | None = None) -> Outcome:
    """Work out one rule for one person on one day, with its steps, its reasons and a digest of the values used.

    The same rule, inputs and day always give the same outcome. Raises `BadInput`, or `NotInForce` for a day on
    which the law had no value.
    """
    return RULES[one_of(rule, RULES, "rule")](inputs, law_on(on, policy))


def compute_as_it_was(
    rule: str, inputs: Mapping[str, Any], on: date, values: Mapping[str, Any], policy: Path | None = None
) -> Outcome:
    """Work out one rule as `compute` does, with the values of the law that were kept then in place of today's."""
    return RULES[one_of(rule, RULES, "rule")](inputs, law_as_it_was(on, values, policy))
