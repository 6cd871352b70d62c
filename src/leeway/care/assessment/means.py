"""What a money check consists of, and the facts that it gives the charging rule."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.db.models import TextChoices

from leeway.care.assessment.models import Basis, FinancialAssessment
from leeway.care.assessment.parts import Task
from leeway.care.people.models import Case, CaseKind
from leeway.law import law_on
from leeway.law.dated import Law
from leeway.law.exemptions import FreePart, are_all_free
from leeway.law.means import CAPITAL, kinds
from leeway.law.numbers import floor_div
from leeway.law.pension_age import has_reached_pension_age
from leeway.law.stretches import Turn
from leeway.market.weeks import a_week_rounded_down, a_week_rounded_up
from leeway.refusal import Refusal

WEEKS = "weeks_since_received"


class MoneyCheckNeeded(Refusal):
    """The charge is asked for before anyone knows what the person can afford."""

    def __init__(self):
        super().__init__("What the person pays is not known yet. Complete the money check first.")


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


def cost_a_week_pence(amount_pence: int, every: str) -> int:
    """A cost as pence a week. Part of a penny counts as a whole one: it goes to the person."""
    return a_week_rounded_up(amount_pence, every)


def costs_a_week_pence(lines: Sequence[dict]) -> int:
    """Several costs together, as pence a week."""
    return sum(cost_a_week_pence(line["amount_pence"], line["every"]) for line in lines)


def money_check_tasks(financial: FinancialAssessment) -> list[Task]:
    """Which parts of a money check are answered. Somebody who pays nothing, or all, is asked nothing more."""
    means = financial.means
    asked = financial.basis not in {Basis.NOT_DISCLOSED, Basis.FREE}
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
    tasks = [_basis(financial)]
    for part, title, hint, done in answered:
        needed = asked and (part != "evidence" or financial.basis != Basis.LIGHT_TOUCH)
        missing = "" if done else f"{title}: not answered yet."
        tasks.append(
            Task(page="money_part", argument=part, title=title, hint=hint, started=done, missing=missing, needed=needed)
        )
    return tasks


def _basis(financial: FinancialAssessment) -> Task:
    missing = ""
    if not financial.basis:
        missing = "Kind of check: choose one."
    elif financial.basis != Basis.FULL and not financial.basis_reason.strip():
        missing = "Kind of check: say why."
    return Task(
        page="money_part", argument="basis", title="Kind of check", started=bool(financial.basis), missing=missing
    )


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
    partner_reached = financial is not None and partner_has_reached_pension_age(financial, on)
    facts = {
        "age": case.person.age(on),
        "pension_age": has_reached_pension_age(case.person.date_of_birth, on) or partner_reached,
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
    return facts | means_on(financial, on)


def partner_has_reached_pension_age(financial: FinancialAssessment, on: date) -> bool:
    """Whether the partner has reached pension age on a day: they had when asked, or have since."""
    reached_on = financial.partner_pension_age_on
    return bool(financial.partner_of_pension_age) or (reached_on is not None and reached_on <= on)


def means_on(financial: FinancialAssessment, on: date) -> dict:
    """The means as they stand on a day: how long ago money was received is counted from that day."""
    weeks = floor_div((on - asked_on(financial)).days, 7)
    items = financial.means.get("capital_items", [])
    aged = [item | {WEEKS: max(0, item[WEEKS] + weeks)} if WEEKS in item else item for item in items]
    return financial.means | ({"capital_items": aged} if items else {})


def asked_on(financial: FinancialAssessment) -> date:
    """The day for which the answers of a money check were given."""
    return financial.completed_on or financial.started_on


def turns_of(financial: FinancialAssessment, law: Law) -> list[Turn]:
    """The days on which the facts of a money check are others than before, and why."""
    turns = []
    if financial.partner_pension_age_on:
        turns.append(Turn(financial.partner_pension_age_on, "the partner reaches pension age"))
    limit = law["charging.capital.weeks_disregarded"]
    for item in financial.means.get("capital_items", []):
        if WEEKS in item:
            counts_from = asked_on(financial) + timedelta(weeks=limit + 1 - item[WEEKS])
            kind = kinds(CAPITAL)[item["kind"]].label.lower()
            turns.append(Turn(counts_from, f"the {limit} weeks are over in which money received is left out ({kind})"))
    return turns
