"""Assessments and decisions in the words and rows that pages show; “you” where the reader is the person."""

from collections.abc import Collection, Sequence
from datetime import date

from django.urls import reverse

from leeway.care.assessment.means import PARTNER_HAS_DISREGARD, DisabilityCost, HousingCost
from leeway.care.assessment.models import Assessment, FinancialAssessment, OutcomeNote
from leeway.care.assessment.parts import (
    answers_given,
    asks_help,
    budget_asked,
    budget_questions,
    help_not_counted,
    help_noted,
    helped_with,
    kinds_of_help,
    outcomes_of,
    unable_reasons_of,
    what_does_not_fit,
    who_took_part,
)
from leeway.care.assessment.savings import owned_in_words
from leeway.care.decisions.models import Decision
from leeway.care.people.models import Case, CaseKind
from leeway.law import Choice, Outcome
from leeway.law.allocation import MUCH_HANGS
from leeway.law.charge_case import HOUSEHOLDS, PREMIUMS, QUALIFYING_INCOME
from leeway.law.eligibility_codes import FUNDING, WELLBEING_AREAS
from leeway.law.exemptions import ADULT_EXEMPTIONS
from leeway.law.income import JOINT_OF_A_COUPLE
from leeway.law.means import INCOME, kinds
from leeway.law.numbers import pounds
from leeway.law.pension_age import reaches_pension_age_on
from leeway.market.listings.models import Kind
from leeway.market.units import Frequency, Unit

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
    "carer": (
        "The law counts you as a carer.",
        "You give care under a contract or as voluntary work, and the law does not count you as a carer.",
    ),
    "necessary_care": ("The care that you give is necessary.", "The care that you give is not necessary."),
}

#: Who took part, and advocacy, said to the person.
PART_TO_YOU = {"Service user only": "You", "Service user and carer": "You and your carer", "Carer only": "Your carer"}
PART_TO_CARER = {"Service user only": "You", "Service user and carer": "You, and the person you care for"}
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
        if "met" in step
    ]


def looked_at(decided: Decision | Outcome, *, you: bool = False) -> str:
    """Whether the level of need goes up and down, and over which period it was looked at."""
    if you:
        return looked_at_to_you(decided)
    return next((step["sentence"] for step in decided.steps if step["name"] == "fluctuation"), "")


def looked_at_to_you(decided: Decision | Outcome) -> str:
    """The same, said to the person. Nothing where the law did not ask it yet."""
    if "fluctuates" not in decided.result:
        return ""
    weeks = decided.result["weeks_looked_at"]
    over = f"We looked at them over {weeks} week{'' if weeks == 1 else 's'}." if weeks else ""
    changes = "Your needs go up and down." if decided.result["fluctuates"] else "Your needs do not go up and down."
    return f"{changes} {over}".rstrip()


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
    to_you = PART_TO_CARER if assessment.case.kind == CaseKind.CARER else PART_TO_YOU
    took_part = (to_you if you else who_took_part(assessment.case)).get(assessment.took_part, "")
    advocacy = ADVOCACY_TO_YOU.get(assessment.advocacy, "") if you else assessment.get_advocacy_display()
    rows = [("Who took part", took_part), ("Independent advocate", advocacy)]
    return [(name, said) for name, said in rows if said]


def areas(assessment: Assessment) -> list[str]:
    """The parts of wellbeing that are affected."""
    return labels(assessment.wellbeing_areas, WELLBEING_AREAS)


def answers(assessment: Assessment, on: date) -> list[dict]:
    """The budget questions that were answered, with the answers, and how much of it family and friends do."""
    given = answers_given(assessment, on)
    ways = {one.id: one.label.lower() for one in kinds_of_help(assessment.case, on)}
    rows = []
    for question in budget_questions(assessment.case, on):
        chosen = [answer.label for answer in question.answers if answer.id == given.get(question.id)]
        if chosen:
            way = ways.get(assessment.allocation_help.get(question.id, ""))
            helped = f" Family and friends do {way}." if way and asks_help(assessment, question, given) else ""
            rows.append({"text": question.text, "answer": f"{chosen[0]}.{helped}"})
    return rows


def not_asked(assessment: Assessment, on: date) -> list[str]:
    """The subjects of the budget questions that are not asked, since all that they serve can be managed."""
    asked = budget_asked(assessment, on)
    left_out = [question for question in budget_questions(assessment.case, on) if question not in asked]
    return _subjects([(q.domain, q.text) for q in left_out], {question.domain for question in asked})


def _subjects(left_out: Sequence[tuple[str, str]], kept: Collection[str]) -> list[str]:
    """Subjects that are left out, each once; the question itself where another of its subject is kept."""
    return list(dict.fromkeys(f"“{text}”" if subject in kept else subject.lower() for subject, text in left_out))


def help_left_out(assessment: Assessment, on: date) -> list[dict]:
    """Help that was noted and that the budget answers leave out: the question, who helps, and where to mend it."""
    page = reverse("assessment:budget_questions", args=[assessment.case_id])
    return [
        {
            "text": question.text,
            "noted": help_noted(assessment, question),
            "mend": f"{page}#{question.id}",
        }
        for question in help_not_counted(assessment, on)
    ]


def help_lines(assessment: Assessment, on: date) -> list[tuple[str, str]]:
    """What family and friends are said to do: pairs of a subject and how much of it."""
    ways = {one.id: one.label for one in kinds_of_help(assessment.case, on)}
    return [(q.text, ways.get(assessment.allocation_help[q.id], "")) for q in helped_with(assessment, on)]


def where_to_mend(assessment: Assessment, on: date) -> dict[str, list[tuple[str, str]]]:
    """For each thing that does not fit, the pages on which it can be mended: what to change, and the page's address."""
    names = {choice.code: choice.label for choice in outcomes_of(assessment.case)}
    subjects = {question.id: question.domain for question in budget_questions(assessment.case, on)}
    case_id = assessment.case_id
    places = {}
    for one in what_does_not_fit(assessment, on):
        places[one.code] = [
            (
                f"the answer about {subjects[name].lower()}",
                f"{reverse('assessment:budget_questions', args=[case_id])}#{name}",
            )
            for name in one.questions
        ] + [
            (f"the part of life “{names[code]}”", f"{reverse('assessment:outcomes', args=[case_id])}#{code}")
            if code in names
            else ("the conditions", reverse("assessment:conditions", args=[case_id]))
            for code in one.outcomes
        ]
    return places


def funding(code: str | None) -> str:
    """Who must pay for the support instead of the person, in words."""
    return next(iter(labels([code or ""], FUNDING)), "")


def budget(decision: Decision) -> dict:
    """The indicative budget: its total, each pound with its answer, and what would change it."""
    result = decision.result
    changes = [
        {
            "text": change["text"],
            "answer": change["label"]
            if change["about"] == "answer"
            else f"Done by family and friends: {change['label']}",
            "less": change["one_less"],
            "more": change["one_more"],
        }
        for change in result["what_would_change"]
    ]
    return {
        "decision": decision,
        "total": result["indicative_pence_per_week"],
        "costed_instead": result["costed_instead"],
        "version": result["version"],
        "points": result["points"],
        "lines": [line | {"buys": bought(line["buys"])} for line in result["answers"] if line["counted"]],
        "not_counted": subjects_not_counted(result["answers"]),
        "helped": any(line["percent"] < 100 for line in result["answers"] if line["counted"]),
        "contradictions": result["contradictions"],
        "alone": sum(line["alone_pence_per_week"] for line in result["answers"]),
        "willing": decision.inputs.get("willing_and_able"),
        "notice": next((said for said in decision.reasons if said.startswith(MUCH_HANGS)), ""),
        "changes": changes,
        "steps": decision.steps,
    }


def subjects_not_counted(lines: Sequence[dict]) -> list[str]:
    """What the questions that counted nothing are about: their subject, or the question where its subject counted."""
    counted = {line["domain"] for line in lines if line["counted"]}
    return _subjects([(line["domain"], line["text"]) for line in lines if not line["counted"]], counted)


def bought(buys: dict | None) -> str:
    """What a line's money buys by the table's own price: “At £26.17 an hour (home care), about 3.7 hours”."""
    if buys is None:
        return ""
    units, tenths = divmod(buys["tenths_of_units"], 10)
    unit, service = Unit(buys["unit"]), Kind(buys["service"]).label.lower()
    number = f"{units}.{tenths}" if tenths else str(units)
    plural = unit.label if buys["tenths_of_units"] == 10 else f"{unit.label}s"
    return f"At {pounds(buys['unit_pence'])} {unit.with_article} ({service}), about {number} {plural}"


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
        "given_away_left": result["notional_capital_left_pence"],
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
    if financial.light_touch:
        basis.append(("What satisfies the council", financial.get_light_touch_display()))
    for question, answer in (
        ("Agreed to a lighter check", financial.consented),
        ("Told that a full check can be had at any time", financial.told_of_full_check),
    ):
        if answer is not None:
            basis.append((question, "Yes" if answer else "No"))
    sections = [("basis", "Kind of check", basis)]
    if "household" in given:
        sections.append(("household", "Home and household", _household(financial)))
    if "income" in given:
        sections.append(("income", "Income", _income(financial)))
    if "capital_items" in given:
        rows = [owned_in_words(item) for item in given["capital_items"]]
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
    rows = [("Household", "; ".join(labels([given["household"]], HOUSEHOLDS)))]
    if financial.partner_born_on:
        born, reaches = financial.partner_born_on, reaches_pension_age_on(financial.partner_born_on)
        rows.append(("Partner", f"Born on {born:%-d %B %Y}; reaches pension age on {reaches:%-d %B %Y}"))
    if "dependent_children" in given:
        rows.append(("Children", str(given["dependent_children"])))
    if "premiums" in given:
        rows.append(("Premiums", "; ".join(labels(given["premiums"], PREMIUMS)) or "None"))
    return rows


def _income(financial: FinancialAssessment) -> list[tuple[str, str]]:
    means = financial.means
    couple = means.get("household") == "couple"
    rows = [(_name_of_income(line), _amount_of_income(line, couple=couple)) for line in financial.lines["income"]]
    if QUALIFYING_INCOME in means:
        rows.append(("Counts for Savings Credit", f"{pounds(means[QUALIFYING_INCOME])} a week"))
    if PARTNER_HAS_DISREGARD in means:
        rows.append(("Savings disregard given to the partner", "Yes" if means[PARTNER_HAS_DISREGARD] else "No"))
    return rows


def _name_of_income(line: dict) -> str:
    label = kinds(INCOME)[line["kind"]].label
    return f"{label}: {line['what']}, from {line['from_whom']}" if "what" in line else label


def _amount_of_income(line: dict, *, couple: bool) -> str:
    often = Frequency(line["every"]).label
    said = [f"{pounds(line['amount_pence'])} {often}"]
    if line.get("tax_pence"):
        said.append(f"less {pounds(line['tax_pence'])} of tax")
    if "awarded_to" in line:
        said.append("awarded to the couple" if line["awarded_to"] == "couple" else "awarded to the person")
    elif couple and line["kind"] in JOINT_OF_A_COUPLE:
        said.append("taken to be awarded to the couple")
    if "own_share_pence" in line:
        said.append(f"{pounds(line['own_share_pence'])} of it is the person’s, as shown by {line['share_shown_by']}")
    if "covers" in line:
        said.append("for day and night" if line["covers"] == "day_and_night" else "for day or night")
    return ", ".join(said)


def _lines(lines: Sequence[dict], names: dict[str, str]) -> list[tuple[str, str]]:
    return [(names[line["kind"]], f"{pounds(line['amount_pence'])} {Frequency(line['every']).label}") for line in lines]
