"""Reading the means of one person: every field checked, every kind of income and capital treated as the law says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leeway.law import inputs as read
from leeway.law.charge_numbers import Means
from leeway.law.dated import Law
from leeway.law.exemptions import Judged, adult_exemption, free_parts, judge
from leeway.law.means import (
    CAPITAL,
    COUNTED,
    DISABILITY_BENEFIT,
    FIRST_PART_LEFT_OUT,
    INCOME,
    LEFT_OUT_AT_FIRST,
    SAVINGS_CREDIT,
    counted_as,
)
from leeway.law.numbers import floor_div
from leeway.law.outcome import BadInput, Choice

HOUSEHOLDS: tuple[Choice, ...] = (
    Choice("single", "Single"),
    Choice("couple", "Member of a couple"),
    Choice("lone_parent", "Lone parent"),
)
PREMIUMS: tuple[Choice, ...] = (
    Choice("disability", "Disability premium", "Gets it, or would get it on Income Support."),
    Choice("enhanced_disability", "Enhanced disability premium", "For example with enhanced PIP daily living."),
    Choice("carer", "Carer premium", "Cares for somebody and has, or would have, Carer's Allowance."),
)

#: Since April 2015 nobody younger has reached pension age, and nobody of this age or more has not.
NEVER_PENSION_AGE_UNDER = 60
ALWAYS_PENSION_AGE_FROM = 68

#: Each field of a case, with what it means; those that end “may be left out” have a default.
CASE_FIELDS: dict[str, str] = {
    "age": "Years, 18 or more",
    "pension_age": "Whether the person (or, in a couple, either) has; may be left out where age alone decides it",
    "household": "single, couple or lone_parent; single may be left out",
    "dependent_children": "Children the person is responsible for; 0 may be left out",
    "premiums": "List of disability, enhanced_disability, carer; none may be left out",
    "income": "List of {kind, pence_per_week}: the person's own, not a partner's; none may be left out",
    "savings_credit_qualifying_income_pence_per_week": "For the savings disregard of a pensioner; 0 may be left out",
    "capital_pence": "Capital that counts, after disregards; 0 may be left out",
    "capital_items": "List of {kind, pence, owners, weeks_since_received}, added to it; none may be left out",
    "housing_costs_pence_per_week": "Housing costs that benefits do not meet; 0 may be left out",
    "disability_related_expenditure_pence_per_week": "Proved disability-related costs; 0 may be left out",
    "personal_budget_pence_per_week": "The cost of the whole budget",
    "exemption": "Null, or cjd, which frees the adult from any charge; null may be left out",
    "free_parts": "List of the parts of the budget that are free by law, each with `PART_FIELDS`; none may be left out",
    "carers_own_support": "Whether the budget is a carer's own; false may be left out",
    "means_not_disclosed": "Whether the person prefers not to say and pay the full cost; false may be left out",
}


@dataclass(frozen=True, slots=True)
class Case:
    """The means as numbers, with what the steps need to tell: each line of income, each part of the budget that is
    said to be free, and why there is no charge at all.
    """

    means: Means
    income: tuple["IncomeLine", ...]
    parts: tuple[Judged, ...]
    free_because: str | None


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """One income: its kind, how the law of the day counts it, and its pence a week."""

    kind: str
    counted_as: str
    pence: int


def read_case(given: Mapping[str, Any], law: Law) -> Case:
    """Read one person's means; refuse with a sentence that names the field."""
    read.only_known(read.mapping(given, "The case"), CASE_FIELDS, "The case")
    income = _income(given.get("income", []), law)
    household = read.one_of(given.get("household", "single"), [h.code for h in HOUSEHOLDS], "household")
    premiums = read.some_of(given.get("premiums", []), [premium.code for premium in PREMIUMS], "premiums")
    free_because = adult_exemption(given, law)
    carers_own = read.yes_or_no(given.get("carers_own_support", False), "carers_own_support")
    budget = read.pence(read.needed(given, "personal_budget_pence_per_week"), "personal_budget_pence_per_week")
    parts = tuple(judge(part, law) for part in free_parts(given.get("free_parts", []), budget))
    free = sum(judged.part.pence_per_week for judged in parts if judged.free)
    age = read.whole(read.needed(given, "age"), "age", least=18, most=130, unit="years")
    means = Means(
        age=age,
        pension_age=_pension_age(given, age, household),
        couple=household == "couple",
        lone_parent=household == "lone_parent",
        dependent_children=read.whole(given.get("dependent_children", 0), "dependent_children", most=30),
        disability_premium="disability" in premiums,
        enhanced_disability_premium="enhanced_disability" in premiums,
        carer_premium="carer" in premiums,
        fully_counted_pence=_together(income, COUNTED),
        disability_benefits_pence=_together(income, DISABILITY_BENEFIT),
        war_widow_pension_pence=_together(income, FIRST_PART_LEFT_OUT),
        savings_credit_pence=_together(income, SAVINGS_CREDIT),
        qualifying_income_pence=_pence(given, "savings_credit_qualifying_income_pence_per_week"),
        capital_pence=_pence(given, "capital_pence") + _capital(given.get("capital_items", []), law),
        housing_costs_pence=_pence(given, "housing_costs_pence_per_week"),
        disability_related_expenditure_pence=_pence(given, "disability_related_expenditure_pence_per_week"),
        personal_budget_pence=budget,
        free_pence=free,
        exempt=free_because is not None,
        carers_own=carers_own,
        means_not_disclosed=read.yes_or_no(given.get("means_not_disclosed", False), "means_not_disclosed"),
    )
    if carers_own and free_because is None and not law["charging_policy.charges_carers"]:
        free_because = "carers_own_support"
    if free_because is None and 0 < free == budget:
        free_because = "free_parts"
    return Case(means, income, parts, free_because)


def _pension_age(given: Mapping[str, Any], age: int, household: str) -> bool:
    if "pension_age" in given:
        return read.yes_or_no(given["pension_age"], "pension_age")
    if age >= ALWAYS_PENSION_AGE_FROM:
        return True
    if age < NEVER_PENSION_AGE_UNDER and household != "couple":
        return False
    raise BadInput(
        "pension_age is missing. Say true or false: it depends on the date of birth and, in a couple, on the "
        "partner too.",
        field="pension_age",
    )


def _pence(given: Mapping[str, Any], name: str) -> int:
    return read.pence(given.get(name, 0), name)


def _income(given: object, law: Law) -> tuple[IncomeLine, ...]:
    lines = []
    for number, line in enumerate(read.sequence(given, "income"), start=1):
        field = f"income, line {number}"
        line = read.mapping(line, field)
        read.only_known(line, ("kind", "pence_per_week"), field)
        kind = read.needed(line, "kind")
        way = counted_as(INCOME, kind, law, field)
        pence = read.pence(read.needed(line, "pence_per_week"), f"{field} ({kind}), pence_per_week")
        lines.append(IncomeLine(kind, way, pence))
    return tuple(lines)


def _together(income: Sequence[IncomeLine], way: str) -> int:
    return sum(line.pence for line in income if line.counted_as == way)


def _capital(given: object, law: Law) -> int:
    total = 0
    for number, line in enumerate(read.sequence(given, "capital_items"), start=1):
        field = f"capital_items, line {number}"
        line = read.mapping(line, field)
        read.only_known(line, ("kind", "pence", "owners", "weeks_since_received"), field)
        way = counted_as(CAPITAL, read.needed(line, "kind"), law, field)
        pence = read.pence(read.needed(line, "pence"), f"{field}, pence")
        share = floor_div(pence, read.whole(line.get("owners", 1), f"{field}, owners", least=1, most=100))
        if way == COUNTED:
            total += share
        elif way == LEFT_OUT_AT_FIRST:
            weeks = read.whole(read.needed(line, "weeks_since_received"), f"{field}, weeks_since_received")
            total += share if weeks > law["charging.capital.weeks_disregarded"] else 0
    return total
