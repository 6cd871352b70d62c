"""Assessments and decisions in the words and rows that pages show; “you” where the reader is the person."""

from collections.abc import Sequence
from datetime import date

from leeway.care.assessment.means import DisabilityCost, HousingCost
from leeway.care.assessment.models import Assessment, FinancialAssessment, OutcomeNote
from leeway.care.assessment.parts import budget_questions, outcomes_of, unable_reasons_of
from leeway.care.decisions.models import Decision
from leeway.care.people.models import Case
from leeway.law import Choice, Outcome
from leeway.law.charge_case import HOUSEHOLDS, PREMIUMS
from leeway.law.eligibility_codes import FUNDING, WELLBEING_AREAS
from leeway.law.exemptions import ADULT_EXEMPTIONS
from leeway.law.means import CAPITAL, INCOME, kinds
from leeway.law.numbers import pounds
from leeway.market.units import Frequency

#: What a condition of eligibility says to the person it is about: met, and not met.
TO_YOU = {
    "impairment": (
        "Your needs come from a physical or mental impairment or illness.",
        "Your needs do not come from a physical or mental impairment or illness.",
    ),
    "wellbeing": (
        "This has a significant effect on your wellbeing{areas}, or is likely to.",
        "This does not have a significant effect on your wellbeing.",
    ),
    "necessary_care": ("The care that you give is necessary.", "The care that you give is not necessary."),
}

#: Who took part, and advocacy, said to the person.
PART_TO_YOU = {"Service user only": "You", "Service user and carer": "You and your carer", "Carer only": "Your carer"}
ADVOCACY_TO_YOU = {
    "not_needed": "Not needed",
    "appropriate_person": "Not needed: family or a friend helps you take part",
    "advocate": "An independent advocate helped you",
    "waiting": "Needed, and being arranged for you",
}


def labels(codes: Sequence[str], choices: Sequence[Choice]) -> list[str]:
    """The words for codes, in the order of the code list."""
    return [choice.label for choice in choices if choice.code in codes]


def conditions(decided: Decision | Outcome, case: Case, *, you: bool = False) -> list[dict]:
    """Each condition of eligibility: met or not, in a sentence, with its source in law."""
    return [
        {
            "met": step["met"],
            "text": _to_you(step, decided.result, case)
            if you
            else step["sentence"].removeprefix("Not met. ").removeprefix("Met. "),
            "source": step["source"],
            "source_url": step.get("source_url", ""),
        }
        for step in decided.steps
    ]


def _to_you(step: dict, result: dict, case: Case) -> str:
    name = step["name"]
    if name in {"outcomes", "effect"}:
        unable = [label.lower() for label in labels(result["outcomes_unable"], outcomes_of(case))]
        listed = f": {'; '.join(unable)}" if unable else ""
        said = f"The law looks at {len(outcomes_of(case))} things. You cannot manage {len(unable)} of them{listed}."
        if name == "effect":
            return f"Caring {'puts' if result['health_at_risk'] else 'does not put'} your health at risk. {said}"
        return f"{said} It takes two or more."
    if name not in TO_YOU:
        return step["sentence"]
    areas = [label.lower() for label in labels(result["wellbeing_areas"], WELLBEING_AREAS)]
    return TO_YOU[name][not step["met"]].format(areas=f" ({'; '.join(areas)})" if areas else "")


def notes(pairs: Sequence[tuple[Choice, OutcomeNote]], case: Case) -> list[dict]:
    """Each part of life with both people's words and what was found."""
    return [
        {
            "choice": choice,
            "note": note,
            "unable": labels(note.unable, unable_reasons_of(case)),
            "can": note.answered and not note.unable,
        }
        for choice, note in pairs
    ]


def conversation(assessment: Assessment, *, you: bool) -> list[tuple[str, str]]:
    """Who took part and whether an advocate was needed, as far as it was said."""
    took_part = PART_TO_YOU.get(assessment.took_part, "") if you else assessment.get_took_part_display()
    advocacy = ADVOCACY_TO_YOU.get(assessment.advocacy, "") if you else assessment.get_advocacy_display()
    rows = [("Who took part", took_part), ("Independent advocate", advocacy)]
    return [(name, said) for name, said in rows if said]


def areas(assessment: Assessment) -> list[str]:
    """The parts of wellbeing that are affected."""
    return labels(assessment.wellbeing_areas, WELLBEING_AREAS)


def answers(assessment: Assessment, on: date) -> list[dict]:
    """The budget questions that were answered, with the answers."""
    rows = []
    for question in budget_questions(assessment.case, on):
        chosen = assessment.allocation_answers.get(question.id)
        given = [answer.label for answer in question.answers if answer.id == chosen]
        if given:
            rows.append({"text": question.text, "answer": given[0]})
    return rows


def funding(code: str | None) -> str:
    """Who must pay for the support instead of the person, in words."""
    return next(iter(labels([code or ""], FUNDING)), "")


def budget(decision: Decision) -> dict:
    """The indicative budget: its total, each pound with its answer, and what would change it."""
    result = decision.result
    texts = {line["question"]: line for line in result["answers"]}
    changes = [
        {
            "text": texts[change["question"]]["text"],
            "answer": texts[change["question"]]["label"],
            "less": change["one_less"],
            "more": change["one_more"],
        }
        for change in result["what_would_change"]
    ]
    return {
        "decision": decision,
        "total": result["indicative_pence_per_week"],
        "costed_instead": result["costed_instead"],
        "contingency_percent": result["contingency_percent"],
        "version": result["version"],
        "points": result["points"],
        "lines": result["answers"],
        "changes": changes,
        "steps": decision.steps,
    }


def charge(decided: Decision | Outcome) -> dict:
    """What the person pays: the amounts, why, and every step."""
    result = decided.result
    return {
        "pays": result["charge_pence_per_week"],
        "budget": result["personal_budget_pence_per_week"],
        "council_pays": result["council_pays_pence_per_week"],
        "net": result["net_direct_payment_pence_per_week"],
        "left": result["floor_pence_per_week"],
        "left_over": result["disposable_income_pence_per_week"],
        "full_cost": result["full_cost"],
        "free_because": result["free_because"],
        "free_rule": next(iter(labels([result["free_because"] or ""], ADULT_EXEMPTIONS)), ""),
        "parts": result["free_parts"],
        "free": result["free_pence_per_week"],
        "chargeable": result["chargeable_pence_per_week"],
        "free_until": result["free_until"],
        "reasons": decided.reasons,
        "steps": decided.steps,
        "law_on": decided.law_on if isinstance(decided, Decision) else decided.on,
    }


def means(financial: FinancialAssessment) -> list[dict]:
    """A money check as sections of lines, to be checked before it is completed."""
    given, lines = financial.means, financial.lines
    basis = [("Kind of check", financial.get_basis_display())]
    if financial.basis_reason:
        basis.append(("Reason", financial.basis_reason))
    sections = [("basis", "Kind of check", basis)]
    if "household" in given:
        sections.append(("household", "Home and household", _household(financial)))
    if "income" in given:
        rows = _lines(lines["income"], {code: kind.label for code, kind in kinds(INCOME).items()})
        sections.append(("income", "Income", rows))
    if "capital_items" in given:
        rows = [(kinds(CAPITAL)[item["kind"]].label, _owned(item)) for item in given["capital_items"]]
        sections.append(("savings", "Savings and property", rows))
    if "housing_costs_pence_per_week" in given:
        sections.append(("housing", "Housing costs", _lines(lines["housing"], dict(HousingCost.choices))))
    if "disability_related_expenditure_pence_per_week" in given:
        rows = _lines(lines["disability_costs"], dict(DisabilityCost.choices))
        sections.append(("disability_costs", "Costs of disability", rows))
    if financial.evidence:
        sections.append(("evidence", "What was seen", [("Seen", financial.evidence)]))
    return [{"part": part, "title": title, "rows": rows or [("None", "")]} for part, title, rows in sections]


def _household(financial: FinancialAssessment) -> list[tuple[str, str]]:
    given = financial.means
    rows = [
        ("Household", "; ".join(labels([given["household"]], HOUSEHOLDS))),
        ("Children", str(given["dependent_children"])),
        ("Premiums", "; ".join(labels(given["premiums"], PREMIUMS)) or "None"),
    ]
    if financial.partner_of_pension_age is not None:
        rows.append(("Partner of pension age", "Yes" if financial.partner_of_pension_age else "No"))
    return rows


def _lines(lines: Sequence[dict], names: dict[str, str]) -> list[tuple[str, str]]:
    return [(names[line["kind"]], f"{pounds(line['amount_pence'])} {Frequency(line['every']).label}") for line in lines]


def _owned(item: dict) -> str:
    shared = f", shared by {item['owners']}" if item["owners"] > 1 else ""
    weeks = f", {item['weeks_since_received']} weeks ago" if "weeks_since_received" in item else ""
    return f"{pounds(item['pence'])}{shared}{weeks}"
