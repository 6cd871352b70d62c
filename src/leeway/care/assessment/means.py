"""What a money check consists of, and the facts that it gives the charging rule."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import TextChoices

from leeway.care.assessment.models import Basis, FinancialAssessment, LightTouch
from leeway.care.assessment.parts import Task
from leeway.care.people.models import Case, CaseKind, Person
from leeway.law import compute, law_on
from leeway.law.births import BirthdayNeeded
from leeway.law.charge_case import QUALIFYING_INCOME
from leeway.law.dated import Law
from leeway.law.exemptions import FreePart, are_all_free
from leeway.law.income import OTHER
from leeway.law.means import CAPITAL, INCOME, NOTIONAL, kinds_on
from leeway.law.pension_age import has_reached_pension_age, reaches_pension_age_on
from leeway.law.stretches import Turn, capital_turns
from leeway.law.uprating import with_raised
from leeway.market.weeks import a_week_rounded_down, a_week_rounded_up
from leeway.refusal import Refusal
from leeway.said import OWN, REASON, says_something

#: What a line of income says that the rule reads as it is.
AS_TYPED = ("kind", "awarded_to", "share_shown_by", "covers", "what", "from_whom")
#: Kinds of income on which there can be tax; of benefits as gov.uk has it, “Tax-free and taxable state benefits”.
CAN_BE_TAXED = frozenset(
    {
        "state_pension",
        "private_pension",
        "annuity",
        "employment_and_support_allowance",
        "jobseekers_allowance",
        "carers_allowance",
        "bereavement_benefit",
        "rental_income",
        "rent_from_counted_property",
        "lodger_payment",
        "notional_income",
        "foreign_war_pension",
        "earnings",
        "self_employed_earnings",
        "home_income_plan",
        "interest_and_dividends",
        "income_frozen_abroad",
        OTHER,
    }
)
#: All that is asked of somebody clearly over the upper limit.
CAPITAL_MEANS = ("capital_items", "capital_pence")
PARTNER_HAS_DISREGARD = "partner_has_savings_disregard"


#: The answers of the page about the kind of check.
BASIS = ("basis", "basis_reason", "light_touch", "consented", "told_of_full_check")
#: The answers of each part that a new check can begin with.
ANSWERS = {
    "household": ("household", "dependent_children", "premiums"),
    "income": ("income", QUALIFYING_INCOME, PARTNER_HAS_DISREGARD),
    "savings": ("capital_items",),
    "housing": ("housing_costs_pence_per_week",),
    "disability_costs": ("disability_related_expenditure_pence_per_week",),
}
#: How long before pension age a money check asks already what the savings disregard turns on.
ASKED_AHEAD = timedelta(days=366)


#: Why a charge waits for a birthday.
AGE_DECIDES = "what the law leaves to live on turns on their age"


class MoneyCheckNeeded(Refusal):
    """The charge is asked for before anyone knows what the person can afford."""

    def __init__(self):
        super().__init__("What the person pays is not known yet. Complete the money check first.")


class PartnersAgeNeeded(MoneyCheckNeeded):
    """The partner's age decides how much is left to both, and nobody has said it."""

    def __init__(self):
        Refusal.__init__(
            self,
            "Say in the money check when the partner was born: pension age of either decides what is left to both.",
        )


class DisregardNeeded(MoneyCheckNeeded):
    """Pension age is reached, and what the savings disregard turns on was never asked."""

    def __init__(self):
        Refusal.__init__(
            self,
            "Pension age is reached by then, and the money check does not say what income counts for Savings Credit "
            "or, of a couple, whether the partner’s charge has the savings disregard.",
        )


class NoLongerOver(MoneyCheckNeeded):
    """A lighter check found somebody over the limit, and on this day they are not."""

    def __init__(self):
        Refusal.__init__(
            self,
            "What the person owns is no longer over the upper limit by then, and the lighter check asked for nothing "
            "else.",
        )


class HousingCost(TextChoices):
    """Housing costs that can be left to the person."""

    RENT = "rent", "Rent that benefits do not pay"
    MORTGAGE = "mortgage", "Mortgage"
    COUNCIL_TAX = "council_tax", "Council tax, after any reduction"
    SERVICE_CHARGE = "service_charge", "Service charge or ground rent"
    INSURANCE = "insurance", "Buildings insurance"


class DisabilityCost(TextChoices):
    """Costs of disability, in the groups of Annex C of the guidance. The list is not closed."""

    ALARM = "alarm", "Community alarm"
    PRIVATE_CARE = "private_care", "Care or help that the person pays for"
    LAUNDRY = "laundry", "Extra washing"
    DIET = "diet", "Special diet"
    CLOTHING = "clothing", "Special clothing, footwear or bedding"
    HEATING = "heating", "Extra heating, water or electricity"
    GARDENING = "gardening", "Gardening or cleaning"
    EQUIPMENT = "equipment", "Buying, powering or repairing equipment"
    ASSISTANT = "assistant", "Costs of employing an assistant"
    INTERNET = "internet", "Internet or phone"
    TRANSPORT = "transport", "Transport above what mobility benefit pays"
    OTHER = "other", "Another cost of disability"


def income_a_week_pence(amount_pence: int, every: str) -> int:
    """An income as pence a week. Part of a penny is left off: it goes to the person."""
    return a_week_rounded_down(amount_pence, every)


def income_row(line: dict) -> dict:
    """A line of income as the charging rule reads it, by the week. What is left after tax is rounded down, once."""
    every, tax = line["every"], line.get("tax_pence", 0)
    paid = income_a_week_pence(line["amount_pence"], every)
    row = {name: line[name] for name in AS_TYPED if line.get(name)} | {"pence_per_week": paid}
    if tax:
        row["tax_pence_per_week"] = paid - income_a_week_pence(line["amount_pence"] - tax, every)
    if line.get("own_share_pence") is not None:
        row["own_share_pence_per_week"] = income_a_week_pence(line["own_share_pence"], every)
    return row


def cost_a_week_pence(amount_pence: int, every: str) -> int:
    """A cost as pence a week. Part of a penny counts as a whole one: it goes to the person."""
    return a_week_rounded_up(amount_pence, every)


def costs_a_week_pence(lines: Sequence[dict]) -> int:
    """Several costs together, as pence a week."""
    return sum(cost_a_week_pence(line["amount_pence"], line["every"]) for line in lines)


def money_check_tasks(financial: FinancialAssessment) -> list[Task]:
    """Which parts of a money check are answered. Somebody who pays nothing, or all, is asked nothing more."""
    means = financial.means
    answered = [
        ("household", "Home and household", "Who the person lives with", "household" in means),
        ("income", "Income", "Benefits, pensions and anything else coming in", "income" in means),
        ("savings", "Savings and property", "What the person owns", "capital_items" in means),
        ("housing", "Housing costs", "Rent, mortgage and council tax", "housing_costs_pence_per_week" in means),
        (
            "disability_costs",
            "Costs of disability",
            "What living with disability or illness costs",
            "disability_related_expenditure_pence_per_week" in means,
        ),
        ("evidence", "What was seen", "Letters and statements", bool(financial.evidence.strip())),
    ]
    unsaid = {"household": _unsaid_of_household(financial), "income": _unsaid_of_income(financial)}
    tasks = [_basis(financial)]
    for part, title, hint, done in answered:
        needed, missing = is_needed(financial, part), "" if done else f"{title}: not answered yet."
        if part in financial.to_confirm:
            hint = "As in the last check, to be confirmed"
            missing = f"{title}: look at the answers of the last check, and confirm them."
        if done and unsaid.get(part):
            missing = f"{title}: say {'; '.join(unsaid[part])}."
        tasks.append(
            Task(page="money_part", argument=part, title=title, hint=hint, started=done, missing=missing, needed=needed)
        )
    return tasks


def is_needed(financial: FinancialAssessment, part: str) -> bool:
    """Whether a part beside the kind of check is asked: a lighter check needs only what its charge is made from.

    Somebody clearly over the limit pays the full cost whatever comes in and must go out.
    """
    if financial.basis in {Basis.NOT_DISCLOSED, Basis.FREE}:
        return False
    if financial.basis != Basis.LIGHT_TOUCH:
        return True
    return part == "savings" if financial.light_touch == LightTouch.ABOVE_LIMIT else part != "evidence"


def age_facts(person: Person, on: date) -> dict:
    """The facts of the charging rule that turn on somebody's age on a day. Raises `BirthdayNeeded`.

    Where the year of birth alone is known, they are those that all its days have in common, if they have.
    """
    if person.birth is None:
        raise BirthdayNeeded(whose=str(person), turns_on=AGE_DECIDES)
    answers = person.birth.has_turned(18, on), person.birth.has_turned(25, on), person.birth.has_reached_pension_age(on)
    if person.date_of_birth is None and None in answers:
        raise BirthdayNeeded(whose=str(person), turns_on=AGE_DECIDES)
    return {"age": person.birth.least_age(on), "pension_age": answers[-1]}


def age_to_try(person: Person, on: date) -> dict:
    """Facts of age with which answers are looked at before anything is decided: those of an adult where none is known.

    What is found so turns on no age: whether the answers fit together, and whether savings are over the limit.
    """
    try:
        facts = age_facts(person, on)
    except BirthdayNeeded:
        return {"age": 25, "pension_age": False}
    return facts | {"age": max(18, facts["age"])}


def with_a_child(means: dict) -> dict:
    """Means half answered, for a look at them: a lone parent has a child, though nobody has said yet how many."""
    return {"dependent_children": 1} | means if means.get("household") == "lone_parent" else means


def is_over_the_limit(financial: FinancialAssessment, on: date) -> bool:
    """Whether what the person owns is over the upper limit on a day, so that they pay the full cost."""
    facts = age_to_try(financial.case.person, on) | {"personal_budget_pence_per_week": 1}
    worked_out = compute("charge", with_a_child(means_on(financial, on)) | facts, on, policy=settings.COUNCIL_POLICY)
    full_cost: bool = worked_out.result["full_cost"]
    return full_cost


def answers_of_last(last: FinancialAssessment, law: Law) -> dict:
    """What a new money check begins with: the answers of the last one, and the parts that are to be confirmed.

    A part is asked anew where one of its kinds is no longer there to choose, or where capital was given away, since
    what is left of that must be worked out. The kind of check and what was seen are always asked anew.
    """
    begun: dict = {"means": {}, "lines": {}, "to_confirm": []}
    for part, names in ANSWERS.items():
        answers = {name: last.means[name] for name in names if name in last.means}
        if not answers or not _can_be_asked_again(last, part, law):
            continue
        begun["means"] |= answers
        begun["lines"] |= {part: last.lines[part]} if part in last.lines else {}
        begun["to_confirm"].append(part)
        if part == "household":
            begun["partner_born_on"] = last.partner_born_on
    return begun


def _can_be_asked_again(last: FinancialAssessment, part: str, law: Law) -> bool:
    if part == "household":
        return True
    if part == "savings":
        ways = [law.values.get(CAPITAL + line["kind"]) for line in last.means["capital_items"]]
        return None not in ways and NOTIONAL not in ways
    of_today = {kind.code for kind in kinds_on(INCOME, law)}
    return part in last.lines and (part != "income" or {line["kind"] for line in last.lines[part]} <= of_today)


def _unsaid_of_household(financial: FinancialAssessment) -> list[str]:
    """What a page of the household was saved without, and a charge cannot do without."""
    means = financial.means
    wanted = [
        ("when the partner was born", means.get("household") == "couple" and financial.partner_born_on is None),
        ("how many children there are (0 if none)", "dependent_children" not in means),
        ("which premiums apply (or that none does)", "premiums" not in means),
    ]
    return [words for words, missing in wanted if missing]


def _unsaid_of_income(financial: FinancialAssessment) -> list[str]:
    """What is missing of what the savings disregard turns on, where it is asked: without it that cannot be right."""
    if not asks_of_disregard(financial):
        return []
    couple = financial.means.get("household") == "couple"
    wanted = [
        ("what income counts for Savings Credit (0 if none)", QUALIFYING_INCOME not in financial.means),
        (
            "whether the partner’s charge has the savings disregard",
            couple and PARTNER_HAS_DISREGARD not in financial.means,
        ),
    ]
    return [words for words, missing in wanted if missing]


def _basis(financial: FinancialAssessment) -> Task:
    unsaid = unsaid_of_basis({name: getattr(financial, name) for name in BASIS})
    missing = f"Kind of check: {' '.join(unsaid.values())}" if unsaid else ""
    return Task(
        page="money_part", argument="basis", title="Kind of check", started=bool(financial.basis), missing=missing
    )


def unsaid_of_basis(answers: Mapping[str, Any]) -> dict[str, str]:
    """What is still missing of the kind of check, by field: a sentence each (SI 2014/2672, reg. 10)."""
    basis, unsaid = answers["basis"], {}
    if not basis:
        return {"basis": "choose one."}
    least = OWN if basis == Basis.NOT_DISCLOSED else REASON
    if basis != Basis.FULL and not says_something(answers["basis_reason"], least):
        unsaid["basis_reason"] = "say why, in a sentence that others can follow."
    if basis == Basis.LIGHT_TOUCH and not answers["light_touch"]:
        unsaid["light_touch"] = "say what satisfies the council without a full check."
    if basis == Basis.LIGHT_TOUCH and not answers["consented"]:
        unsaid["consented"] = "a lighter check needs the person’s consent. Ask them, or make a full check."
    if basis in {Basis.LIGHT_TOUCH, Basis.NOT_DISCLOSED} and not answers["told_of_full_check"]:
        unsaid["told_of_full_check"] = "tell them what follows, and that they can have a full check at any time."
    return unsaid


def charge_inputs(
    *,
    case: Case,
    financial: FinancialAssessment | None,
    budget_pence_per_week: int,
    free_parts: Sequence[FreePart] = (),
    on: date,
) -> dict:
    """The facts of the charging rule for a person, a budget with its free parts, and a day. Raises `MoneyCheckNeeded`.

    A budget that is free by law in every part that day, and a carer's where the council charges no carers, need no
    money check.
    """
    law = law_on(on, settings.COUNCIL_POLICY)
    facts = age_facts(case.person, on) | {
        "personal_budget_pence_per_week": budget_pence_per_week,
        "free_parts": [part.as_given() for part in free_parts],
    }
    if case.kind == CaseKind.CARER:
        facts["carers_own_support"] = True
        if not law["charging_policy.charges_carers"]:
            return facts
    if are_all_free(free_parts, budget_pence_per_week, law):
        return facts
    if financial is None or not financial.basis:
        raise MoneyCheckNeeded
    if financial.basis == Basis.FREE:
        return facts | {"exemption": "cjd"}
    if financial.basis == Basis.NOT_DISCLOSED:
        return facts | {"means_not_disclosed": True}
    if _found_over_the_limit(financial):
        if not is_over_the_limit(financial, on):
            raise NoLongerOver
        owned = {name: financial.means[name] for name in CAPITAL_MEANS if name in financial.means}
        return facts | {"light_touch": True} | owned
    if financial.means.get("household") == "couple" and financial.partner_born_on is None:
        raise PartnersAgeNeeded
    if of_pension_age(financial, on) and _unsaid_of_disregard(financial):
        raise DisregardNeeded
    light_touch = {"light_touch": True} if financial.basis == Basis.LIGHT_TOUCH else {}
    return facts | {"pension_age": of_pension_age(financial, on)} | means_on(financial, on) | light_touch


def _found_over_the_limit(financial: FinancialAssessment) -> bool:
    return financial.basis == Basis.LIGHT_TOUCH and financial.light_touch == LightTouch.ABOVE_LIMIT


def _unsaid_of_disregard(financial: FinancialAssessment) -> bool:
    """Whether an answer that the savings disregard turns on is missing, as where pension age came after the check."""
    asked = (QUALIFYING_INCOME, *((PARTNER_HAS_DISREGARD,) if financial.means.get("household") == "couple" else ()))
    return any(financial.means.get(name) is None for name in asked)


def of_pension_age(financial: FinancialAssessment, on: date) -> bool:
    """Whether the person has reached pension age on a day or, in a couple, the partner has."""
    return partner_has_reached_pension_age(financial, on) or age_facts(financial.case.person, on)["pension_age"]


def partner_has_reached_pension_age(financial: FinancialAssessment, on: date) -> bool:
    """Whether there is a partner who has reached pension age on a day."""
    return financial.partner_born_on is not None and has_reached_pension_age(financial.partner_born_on, on)


def means_on(financial: FinancialAssessment, on: date) -> dict:
    """The means as they stand on a day.

    Where both of a couple have reached pension age, nobody is left for whom the enhanced disability premium could be.
    Benefits that were put up stand at their new rates from their day on.
    """
    means = dict(financial.means)
    for raised in financial.put_up if means.get("income") else ():
        if raised.starts_on <= on:
            means = with_raised(means, raised.incomes)
    person = financial.case.person
    if partner_has_reached_pension_age(financial, on) and age_facts(person, on)["pension_age"]:
        means["premiums"] = [premium for premium in means.get("premiums", []) if premium != "enhanced_disability"]
    return means


def asked_on(financial: FinancialAssessment) -> date:
    """The day for which the answers of a money check were given."""
    return financial.completed_on or financial.started_on


def asks_of_disregard(financial: FinancialAssessment) -> bool:
    """Whether a check asks what the savings disregard turns on: of whoever may be of pension age, or soon will be."""
    day, birth = asked_on(financial) + ASKED_AHEAD, financial.case.person.birth
    maybe = birth is None or birth.has_reached_pension_age(day) is not False
    return maybe or partner_has_reached_pension_age(financial, day)


def turns_of(financial: FinancialAssessment, law: Law) -> list[Turn]:
    """The days on which the facts of a money check are others than before, and why."""
    turns = []
    if financial.partner_born_on:
        turns.append(Turn(reaches_pension_age_on(financial.partner_born_on), "the partner reaches pension age"))
    turns += [Turn(raised.starts_on, "benefits go up with the rates of the year") for raised in financial.put_up]
    return [*turns, *capital_turns(financial.means.get("capital_items", []), law)]
