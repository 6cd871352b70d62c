"""Reading the means of one person: every field checked, every kind of income and capital treated as the law says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leeway.law import inputs as read
from leeway.law.capital import Owned, read_owned, refuse_rent_counted_twice, with_capital
from leeway.law.charge_numbers import Means
from leeway.law.dated import Law
from leeway.law.exemptions import Judged, adult_exemption, free_parts, judge
from leeway.law.income import IncomeLine, read_income, totals
from leeway.law.outcome import BadInput, Choice

HOUSEHOLDS: tuple[Choice, ...] = (
    Choice("single", "Single"),
    Choice("couple", "Member of a couple"),
    Choice("lone_parent", "Lone parent"),
)
PREMIUMS: tuple[Choice, ...] = (
    Choice("disability", "Disability premium", "Gets it, or would get it on Income Support."),
    Choice(
        "enhanced_disability",
        "Enhanced disability premium",
        "For example with enhanced PIP daily living. In a couple: where the one who has it is below pension age.",
    ),
    Choice("carer", "Carer premium", "Cares for somebody and has, or would have, Carer’s Allowance."),
)

#: Since April 2015 nobody younger has reached pension age, and nobody of this age or more has not.
NEVER_PENSION_AGE_UNDER = 60
ALWAYS_PENSION_AGE_FROM = 68

QUALIFYING_INCOME = "savings_credit_qualifying_income_pence_per_week"

#: Each field of a case, with what it means; those that end “may be left out” have a default.
CASE_FIELDS: dict[str, str] = {
    "age": "Years, 18 or more",
    "pension_age": "Whether the person (or, in a couple, either) has; may be left out where age alone decides it",
    "household": "single, couple or lone_parent; single may be left out",
    "dependent_children": "Children the person is responsible for; 0 may be left out, and a lone parent has 1 or more",
    "premiums": "List of disability, enhanced_disability, carer; none may be left out",
    "income": "List of {kind, pence_per_week}, with more where it matters: the person’s own and the couple’s, "
    "not a partner’s; none may be left out",
    QUALIFYING_INCOME: "Income that counts for Savings Credit, the couple’s in a couple, for the savings disregard "
    "of a pensioner; left out, no more is left out of income than the Savings Credit that is paid",
    "partner_has_savings_disregard": "Whether a partner’s charge has the disregard already: a couple has it once; "
    "false may be left out",
    "capital_pence": "Capital that counts, after disregards, costs of sale and debts; 0 may be left out",
    "capital_items": "List of things owned, each with `OWNED_FIELDS`, added to it; none may be left out",
    "housing_costs_pence_per_week": "Housing costs that benefits do not meet; 0 may be left out",
    "disability_related_expenditure_pence_per_week": "Proved disability-related costs; 0 may be left out",
    "personal_budget_pence_per_week": "The cost of the whole budget",
    "exemption": "Null, or cjd, which frees the adult from any charge; null may be left out",
    "free_parts": "List of the parts of the budget that are free by law, each with `PART_FIELDS`; none may be left out",
    "carers_own_support": "Whether the budget is a carer’s own; false may be left out",
    "light_touch": "Whether the person agreed to a lighter check; false may be left out",
    "means_not_disclosed": "Whether the person prefers not to say and pay the full cost; false may be left out",
    "not_charged": "Why the council asks for no charge, in a sentence, for example for days in hospital; may be left "
    "out where it does ask",
}


#: What nobody needs to ask where capital is over the upper limit.
BESIDE_CAPITAL = frozenset(
    {
        "household",
        "dependent_children",
        "premiums",
        "income",
        QUALIFYING_INCOME,
        "partner_has_savings_disregard",
        "housing_costs_pence_per_week",
        "disability_related_expenditure_pence_per_week",
    }
)


@dataclass(frozen=True, slots=True)
class Case:
    """The means as numbers, with what the steps need to tell: each line of income, each thing owned, what is left of
    capital given away, each part of the budget that is said to be free, why there is no charge at all, and whether
    anything beside capital was asked.
    """

    means: Means
    income: tuple[IncomeLine, ...]
    owned: tuple[Owned, ...]
    notional_capital_left_pence: int
    light_touch: bool
    parts: tuple[Judged, ...]
    free_because: str | None
    not_charged: str
    qualifying_income_stated: bool
    asked_beside_capital: bool


def read_case(given: Mapping[str, Any], law: Law) -> Case:
    """Read one person's means; refuse with a sentence that names the field."""
    read.only_known(read.mapping(given, "The case"), CASE_FIELDS, "The case")
    household, children = _household(given)
    premiums = read.some_of(given.get("premiums", []), [premium.code for premium in PREMIUMS], "premiums")
    income = read_income(given.get("income", []), law, couple=household == "couple", dependent_children=children)
    owned = read_owned(given.get("capital_items", []), law)
    refuse_rent_counted_twice([line.kind for line in income], owned)
    together = totals(income, law)
    not_charged = read.words(given["not_charged"], "not_charged") if "not_charged" in given else ""
    free_because = adult_exemption(given, law) or ("not_charged" if not_charged else None)
    carers_own = _yes(given, "carers_own_support")
    budget = read.pence(read.needed(given, "personal_budget_pence_per_week"), "personal_budget_pence_per_week")
    parts = tuple(judge(part, law) for part in free_parts(given.get("free_parts", []), budget))
    free = sum(judged.part.pence_per_week for judged in parts if judged.free)
    age = read.whole(read.needed(given, "age"), "age", least=18, most=130, unit="years")
    means = Means(
        age=age,
        pension_age=_pension_age(given, age, household),
        couple=household == "couple",
        lone_parent=household == "lone_parent",
        dependent_children=children,
        disability_premium="disability" in premiums,
        enhanced_disability_premium="enhanced_disability" in premiums,
        carer_premium="carer" in premiums,
        fully_counted_pence=together.fully_counted_pence,
        disability_benefits_pence=together.disability_benefits_pence,
        night_part_pence=together.night_part_pence,
        partly_counted_pence=together.partly_counted_pence,
        part_left_out_pence=together.part_left_out_pence,
        savings_credit_pence=together.savings_credit_pence,
        qualifying_income_pence=_pence(given, QUALIFYING_INCOME),
        partner_has_savings_disregard=_yes(given, "partner_has_savings_disregard"),
        capital_pence=_pence(given, "capital_pence"),
        housing_costs_pence=_pence(given, "housing_costs_pence_per_week"),
        disability_related_expenditure_pence=_pence(given, "disability_related_expenditure_pence_per_week"),
        personal_budget_pence=budget,
        free_pence=free,
        exempt=free_because is not None,
        carers_own=carers_own,
        means_not_disclosed=_yes(given, "means_not_disclosed"),
    )
    if carers_own and free_because is None and not law["charging_policy.charges_carers"]:
        free_because = "carers_own_support"
    if free_because is None and 0 < free == budget:
        free_because = "free_parts"
    means, left = with_capital(means, owned, law)
    return Case(
        means=means,
        income=income,
        owned=owned,
        notional_capital_left_pence=left,
        light_touch=_yes(given, "light_touch"),
        parts=parts,
        free_because=free_because,
        not_charged=not_charged,
        qualifying_income_stated=QUALIFYING_INCOME in given,
        asked_beside_capital=not BESIDE_CAPITAL.isdisjoint(given),
    )


def _household(given: Mapping[str, Any]) -> tuple[str, int]:
    """Who lives together, and for how many children the person is responsible."""
    household = read.one_of(given.get("household", "single"), [h.code for h in HOUSEHOLDS], "household")
    children = read.whole(given.get("dependent_children", 0), "dependent_children", most=30)
    if household == "lone_parent" and not children:
        raise BadInput(
            "household is lone_parent, and dependent_children is 0 or left out. Say how many children the person is "
            "responsible for, or choose single.",
            field="dependent_children",
        )
    return household, children


def _pension_age(given: Mapping[str, Any], age: int, household: str) -> bool:
    if "pension_age" in given:
        reached = read.yes_or_no(given["pension_age"], "pension_age")
        if (age >= ALWAYS_PENSION_AGE_FROM and not reached) or (
            age < NEVER_PENSION_AGE_UNDER and reached and household != "couple"
        ):
            raise BadInput(
                f"pension_age is {str(reached).lower()} and age is {age}, which do not fit. Change one of them.",
                field="pension_age",
            )
        return reached
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


def _yes(given: Mapping[str, Any], name: str) -> bool:
    return read.yes_or_no(given.get(name, False), name)
