"""Who has eligible needs: the national criteria from 1 April 2015, and a council's own band before that.

The help of a carer is not counted: needs are judged as if nobody helped (statutory guidance 6.15 and 6.119).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from leeway.law import inputs as read
from leeway.law.dated import Law, NotInForce
from leeway.law.eligibility_codes import (
    ADULT_OUTCOMES,
    CARER_OUTCOMES,
    CARER_UNABLE_REASONS,
    FACS_BANDS,
    FACS_RISKS,
    FUNDING,
    UNABLE_REASONS,
    WELLBEING_AREAS,
)
from leeway.law.outcome import BadInput, Choice, Outcome

CARE_ACT_STARTS = date(2015, 4, 1)
ADULT_REGULATION = ("SI 2015/313, reg. 2", "https://www.legislation.gov.uk/uksi/2015/313/regulation/2")
CARER_REGULATION = ("SI 2015/313, reg. 3", "https://www.legislation.gov.uk/uksi/2015/313/regulation/3")
FACS_GUIDANCE = ("Prioritising Need in the context of Putting People First, 2010; LAC(2002)13", "")

type Step = dict[str, Any]


def decide(inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Decide whether somebody's needs are eligible, and say which conditions are met and why.

    `inputs["kind"]` is `adult` or `carer`. Before 1 April 2015 an adult is judged by `risks` (codes of
    `FACS_RISKS`) against the council's threshold. Raises `BadInput` for anything that cannot be right.
    """
    given = read.mapping(inputs, "The eligibility answers")
    kind = read.one_of(read.needed(given, "kind"), ("adult", "carer"), "kind")
    part = law.only("eligibility", "facs")
    if law.on < CARE_ACT_STARTS:
        if kind == "carer":
            raise NotInForce(
                f"Carers have had their own eligibility test since {CARE_ACT_STARTS}; {law.on} is before that."
            )
        return _decide_facs(given, part)
    return _decide_adult(given, part) if kind == "adult" else _decide_carer(given, part)


def _decide_adult(given: Mapping[str, Any], law: Law) -> Outcome:
    read.only_known(
        given,
        ("kind", "impairment", "outcomes", "wellbeing_impact", "wellbeing_areas", "funding"),
        "The eligibility answers",
    )
    impairment = read.yes_or_no(read.needed(given, "impairment"), "impairment")
    unable = _unable(given, ADULT_OUTCOMES, UNABLE_REASONS)
    wellbeing, areas = _wellbeing(given)
    funding = _funding(given)
    least_needed = law["eligibility.care_act.adult_outcomes_needed"]
    conditions = [
        _condition(
            "impairment",
            impairment,
            "The needs arise from, or relate to, a physical or mental impairment or illness."
            if impairment
            else "The needs do not arise from a physical or mental impairment or illness.",
            ADULT_REGULATION,
        ),
        _condition(
            "outcomes",
            len(unable) >= least_needed,
            f"Because of them the person is unable to achieve {len(unable)} of the {len(ADULT_OUTCOMES)} outcomes"
            f"{_listed(unable, ADULT_OUTCOMES)}; {least_needed} or more are needed.",
            ADULT_REGULATION,
            value=len(unable),
            parameter="eligibility.care_act.adult_outcomes_needed",
        ),
        _wellbeing_condition(wellbeing, areas, "person's", ADULT_REGULATION),
    ]
    result = _result(conditions, unable, areas) | {
        "funded_by": funding,
        "section_117": funding == "section_117",
        "nhs_funded": funding == "nhs_continuing_healthcare",
    }
    return _outcome(given, law, result, conditions, _funding_reasons(funding))


def _decide_carer(given: Mapping[str, Any], law: Law) -> Outcome:
    read.only_known(
        given,
        ("kind", "necessary_care", "health_at_risk", "outcomes", "wellbeing_impact", "wellbeing_areas"),
        "The eligibility answers",
    )
    necessary = read.yes_or_no(read.needed(given, "necessary_care"), "necessary_care")
    health = read.yes_or_no(read.needed(given, "health_at_risk"), "health_at_risk")
    unable = _unable(given, CARER_OUTCOMES, CARER_UNABLE_REASONS)
    wellbeing, areas = _wellbeing(given)
    least_needed = law["eligibility.care_act.carer_outcomes_needed"]
    health_words = "is" if health else "is not"
    conditions = [
        _condition(
            "necessary_care",
            necessary,
            "The needs arise from giving necessary care to an adult."
            if necessary
            else "The needs do not arise from giving necessary care to an adult.",
            CARER_REGULATION,
        ),
        _condition(
            "effect",
            health or len(unable) >= least_needed,
            f"The carer's health {health_words} at risk, and the carer is unable to achieve {len(unable)} of the "
            f"{len(CARER_OUTCOMES)} outcomes{_listed(unable, CARER_OUTCOMES)}; either is enough, and "
            f"{least_needed} outcome will do.",
            CARER_REGULATION,
            value=len(unable),
            parameter="eligibility.care_act.carer_outcomes_needed",
        ),
        _wellbeing_condition(wellbeing, areas, "carer's", CARER_REGULATION),
    ]
    return _outcome(given, law, _result(conditions, unable, areas) | {"health_at_risk": health}, conditions)


def _decide_facs(given: Mapping[str, Any], law: Law) -> Outcome:
    read.only_known(given, ("kind", "risks", "funding"), "The eligibility answers")
    risks = read.some_of(read.needed(given, "risks"), [risk.code for risk in FACS_RISKS], "risks")
    funding = _funding(given)
    ranks = [band.code for band in FACS_BANDS]
    threshold = read.one_of(law["facs.threshold"], ranks, "facs.threshold")
    found = [risk for risk in FACS_RISKS if risk.code in risks]
    band = max((risk.band for risk in found), key=ranks.index, default=None)
    eligible = band is not None and ranks.index(band) >= ranks.index(threshold)
    said = f"The highest band reached is {band}." if band else "No risk to independence was found."
    steps = [
        _condition("band", band is not None, said, FACS_GUIDANCE, value=band),
        _condition(
            "threshold",
            eligible,
            f"The council meets needs at {threshold} and above.",
            FACS_GUIDANCE,
            value=threshold,
            parameter="facs.threshold",
        ),
    ]
    result = {
        "eligible": eligible,
        "regime": "FACS",
        "band": band,
        "threshold": threshold,
        "risks": list(risks),
        "outcomes_unable": [],
        "conditions_met": [step["name"] for step in steps if step["met"]],
        "conditions": [{"code": step["name"], "met": step["met"]} for step in steps],
        "funded_by": funding,
        "section_117": funding == "section_117",
        "nhs_funded": funding == "nhs_continuing_healthcare",
    }
    return _outcome(given, law, result, steps, _funding_reasons(funding))


def _unable(given: Mapping[str, Any], outcomes: Sequence[Choice], reasons: Sequence[Choice]) -> tuple[str, ...]:
    known = [outcome.code for outcome in outcomes]
    answers = read.mapping(read.needed(given, "outcomes"), "outcomes")
    read.only_known(answers, known, "outcomes")
    unable = []
    for code, answer in answers.items():
        field = f"outcomes.{code}"
        answer = read.mapping(answer, field)
        read.only_known(answer, ("unable",), field)
        if read.some_of(read.needed(answer, "unable"), [reason.code for reason in reasons], f"{field}.unable"):
            unable.append(code)
    return tuple(code for code in known if code in unable)


def _wellbeing(given: Mapping[str, Any]) -> tuple[bool, tuple[str, ...]]:
    impact = read.yes_or_no(read.needed(given, "wellbeing_impact"), "wellbeing_impact")
    areas = read.some_of(given.get("wellbeing_areas", []), [area.code for area in WELLBEING_AREAS], "wellbeing_areas")
    if areas and not impact:
        raise BadInput(
            "wellbeing_areas names areas of wellbeing, but wellbeing_impact says there is no significant impact. "
            "Change one of them.",
            field="wellbeing_areas",
        )
    return impact, areas


def _funding(given: Mapping[str, Any]) -> str | None:
    funding = given.get("funding")
    return None if funding is None else read.one_of(funding, [choice.code for choice in FUNDING], "funding")


def _funding_reasons(funding: str | None) -> tuple[str, ...]:
    if funding == "section_117":
        return ("The need is met as section 117 after-care: by the council and the NHS together, free of charge.",)
    if funding == "nhs_continuing_healthcare":
        return ("The need is met by the NHS as continuing healthcare: the council does not meet it or charge for it.",)
    return ()


def _condition(
    name: str, met: bool, sentence: str, source: tuple[str, str], *, value: Any = None, parameter: str = ""
) -> Step:
    step = {"name": name, "value": met if value is None else value, "met": met, "source": source[0]}
    step |= {"source_url": source[1], "sentence": f"{'Met' if met else 'Not met'}. {sentence}"}
    return step | ({"parameter": parameter} if parameter else {})


def _wellbeing_condition(met: bool, areas: Sequence[str], whose: str, source: tuple[str, str]) -> Step:
    if not met:
        return _condition("wellbeing", met, f"There is no significant impact on the {whose} wellbeing.", source)
    return _condition(
        "wellbeing",
        met,
        f"As a consequence there is, or is likely to be, a significant impact on the {whose} wellbeing"
        f"{_listed(areas, WELLBEING_AREAS)}.",
        source,
    )


def _listed(codes: Sequence[str], choices: Sequence[Choice]) -> str:
    labels = [choice.label.lower() for choice in choices if choice.code in codes]
    return f" ({'; '.join(labels)})" if labels else ""


def _result(conditions: Sequence[Step], unable: Sequence[str], areas: Sequence[str]) -> dict[str, Any]:
    return {
        "eligible": all(condition["met"] for condition in conditions),
        "regime": "Care Act 2014",
        "outcomes_unable": list(unable),
        "wellbeing_areas": list(areas),
        "conditions_met": [condition["name"] for condition in conditions if condition["met"]],
        "conditions": [{"code": condition["name"], "met": condition["met"]} for condition in conditions],
    }


def _outcome(
    given: Mapping[str, Any],
    law: Law,
    result: dict[str, Any],
    steps: Sequence[Step],
    more_reasons: Sequence[str] = (),
) -> Outcome:
    opening = (
        "The needs are eligible: every condition is met."
        if result["eligible"]
        else "The needs are not eligible. Advice and help to prevent or delay needs are still owed, in writing."
    )
    reasons = (opening, *(step["sentence"] for step in steps), *more_reasons)
    return Outcome("eligibility", given, law, result, tuple(steps), reasons)
