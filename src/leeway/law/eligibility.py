"""Who has eligible needs: the national criteria from 1 April 2015, and a council's own band before that.

The help of a carer is not counted: needs are judged as if nobody helped (statutory guidance 6.15 and 6.119).
What was not asked is asked: a blank question is never taken as “no”.
"""

from collections.abc import Collection, Mapping, Sequence
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
#: From this day the Care Act applies also to whoever was supported before it and was not reviewed since.
CARE_ACT_FOR_EVERYBODY = date(2016, 4, 1)
MOST_WEEKS_LOOKED_AT = 520
ADULT_REGULATION = ("SI 2015/313, reg. 2", "https://www.legislation.gov.uk/uksi/2015/313/regulation/2")
CARER_REGULATION = ("SI 2015/313, reg. 3", "https://www.legislation.gov.uk/uksi/2015/313/regulation/3")
WHO_IS_A_CARER = ("Care Act 2014, s. 10(9) and (10)", "https://www.legislation.gov.uk/ukpga/2014/23/section/10")
TRANSITION = ("SI 2015/995, art. 2", "https://www.legislation.gov.uk/uksi/2015/995/article/2")
FACS_GUIDANCE = ("Prioritising Need in the context of Putting People First, 2010; LAC(2002)13", "")

BEFORE = ("supported_before_care_act", "reviewed_on")
#: What must be answered, by the law that asks it; and what may be left out.
ADULT_ASKED = ("impairment", "outcomes", "fluctuates", "wellbeing_impact")
CARER_ASKED = (
    "contract_or_voluntary_work",
    "necessary_care",
    "health_at_risk",
    "outcomes",
    "fluctuates",
    "wellbeing_impact",
)
FACS_ASKED = ("risks",)
MAY_BE_LEFT_OUT = ("weeks_looked_at", "wellbeing_areas")

type Step = dict[str, Any]
KINDS = ("adult", "carer")


def decide(inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Decide whether somebody's needs are eligible, and say which conditions are met and why.

    `inputs["kind"]` is `adult` or `carer`. Before 1 April 2015 an adult is judged by `risks` (codes of
    `FACS_RISKS`) against the council's threshold; so is whoever was supported before that day, until they are
    reviewed (`supported_before_care_act`, `reviewed_on`). Raises `BadInput` for anything that cannot be right, and
    for any question that is not answered.
    """
    given = read.mapping(inputs, "The eligibility answers")
    kind = read.one_of(read.needed(given, "kind", KINDS), KINDS, "kind")
    part = law.only("eligibility", "facs")
    if _still_under_facs(given, law.on):
        if kind == "carer":
            raise NotInForce(
                f"Carers have had their own eligibility test since {CARE_ACT_STARTS}; {law.on} is before that for "
                "this carer. Until then a council might support them under the Carers and Disabled Children Act 2000."
            )
        _refuse_misfits(
            given,
            (*ADULT_ASKED, *MAY_BE_LEFT_OUT),
            f"On {law.on} this person’s needs are judged by bands of risk (FACS), and not by the outcomes of the Care "
            f"Act, which applies to them later. Give risks",
        )
        return _decide_facs(given, part)
    asked = ADULT_ASKED if kind == "adult" else CARER_ASKED
    _refuse_misfits(
        given,
        FACS_ASKED,
        f"On {law.on} this person’s needs are judged by the outcomes of the Care Act, and not by bands of risk (FACS), "
        f"which ended. Give {', '.join(asked)}",
    )
    return _decide_adult(given, part) if kind == "adult" else _decide_carer(given, part)


def _still_under_facs(given: Mapping[str, Any], on: date) -> bool:
    """Whether the law before the Care Act is still this person's law. Source: SI 2015/995, art. 2."""
    supported, reviewed = given.get("supported_before_care_act"), given.get("reviewed_on")
    if supported is not None:
        read.yes_or_no(supported, "supported_before_care_act")
    if reviewed is not None:
        reviewed = read.day(reviewed, "reviewed_on")
        if not supported or reviewed < CARE_ACT_STARTS:
            raise BadInput(
                "reviewed_on is the day, from 1 April 2015, on which the council completed its review of somebody "
                "supported before that day. Leave it out, or mend it or supported_before_care_act.",
                field="reviewed_on",
            )
    if not CARE_ACT_STARTS <= on < CARE_ACT_FOR_EVERYBODY:
        return on < CARE_ACT_STARTS
    if supported is None or (supported and "reviewed_on" not in given):
        raise BadInput(
            f"On {on} the law depends on whether somebody was supported on 31 March 2015: if so, they stay under FACS "
            f"until reviewed, at latest until {CARE_ACT_FOR_EVERYBODY} ({TRANSITION[0]}). Give "
            "supported_before_care_act and, if it is true, reviewed_on: the day of the review, or null.",
            field="supported_before_care_act" if supported is None else "reviewed_on",
        )
    return bool(supported) and (reviewed is None or reviewed > on)


def _refuse_misfits(given: Mapping[str, Any], misfits: Collection[str], why: str) -> None:
    """Refuse answers to the questions of another law than the one that applies that day."""
    found = [name for name in given if name in misfits]
    if found:
        raise BadInput(f"{why}; leave out {', '.join(found)}.", field=found[0])


def _refuse_unanswered(given: Mapping[str, Any], asked: Sequence[str], outcomes: Sequence[Choice] = ()) -> None:
    """Name every question that has no answer yet: an answer left blank is no “no”."""
    left = [name for name in asked if given.get(name) is None]
    if outcomes and "outcomes" not in left:
        answers = read.mapping(given["outcomes"], "outcomes")
        read.only_known(answers, [outcome.code for outcome in outcomes], "outcomes")
        blank: tuple[object, ...] = (None, {}, {"unable": None})
        left += [f"outcomes.{outcome.code}" for outcome in outcomes if answers.get(outcome.code) in blank]
    if given.get("fluctuates") is True and given.get("weeks_looked_at") is None:
        left.append("weeks_looked_at")
    if given.get("contract_or_voluntary_work") is True and given.get("regarded_as_carer") is None:
        left.append("regarded_as_carer")
    if left:
        raise BadInput(
            f"Not answered yet: {', '.join(left)}. Answer each: a blank is never taken as “no”.", field=left[0]
        )


def _decide_adult(given: Mapping[str, Any], law: Law) -> Outcome:
    known = ("kind", *ADULT_ASKED, *MAY_BE_LEFT_OUT, "funding", *BEFORE)
    read.only_known(given, known, "The eligibility answers")
    _refuse_unanswered(given, ADULT_ASKED, ADULT_OUTCOMES)
    impairment = read.yes_or_no(given["impairment"], "impairment")
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
        _wellbeing_condition(wellbeing, areas, "person’s", ADULT_REGULATION),
    ]
    facts = [_fluctuation(given, "SI 2015/313, reg. 2(4)", ADULT_REGULATION[1]), *_transition(given, law.on)]
    result = _result(conditions, unable, areas) | _of_fluctuation(given) | _of_funding(funding)
    return _outcome(given, law, result, [*conditions, *facts], _funding_reasons(funding))


def _decide_carer(given: Mapping[str, Any], law: Law) -> Outcome:
    known = ("kind", *CARER_ASKED, *MAY_BE_LEFT_OUT, "regarded_as_carer", *BEFORE)
    read.only_known(given, known, "The eligibility answers")
    _refuse_unanswered(given, CARER_ASKED, CARER_OUTCOMES)
    necessary = read.yes_or_no(given["necessary_care"], "necessary_care")
    health = read.yes_or_no(given["health_at_risk"], "health_at_risk")
    unable = _unable(given, CARER_OUTCOMES, CARER_UNABLE_REASONS)
    wellbeing, areas = _wellbeing(given)
    least_needed = law["eligibility.care_act.carer_outcomes_needed"]
    health_words = "is" if health else "is not"
    conditions = [
        _carer_condition(given),
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
            f"The carer’s health {health_words} at risk, and the carer is unable to achieve {len(unable)} of the "
            f"{len(CARER_OUTCOMES)} outcomes{_listed(unable, CARER_OUTCOMES)}; either is enough, and "
            f"{least_needed} outcome will do.",
            CARER_REGULATION,
            value=len(unable),
            parameter="eligibility.care_act.carer_outcomes_needed",
        ),
        _wellbeing_condition(wellbeing, areas, "carer’s", CARER_REGULATION),
    ]
    facts = [_fluctuation(given, "SI 2015/313, reg. 3(4)", CARER_REGULATION[1]), *_transition(given, law.on)]
    result = _result(conditions, unable, areas) | _of_fluctuation(given) | {"health_at_risk": health}
    return _outcome(given, law, result, [*conditions, *facts])


def _carer_condition(given: Mapping[str, Any]) -> Step:
    """Who cares under a contract or as voluntary work is a carer only where the council regards them as one."""
    contract = read.yes_or_no(given["contract_or_voluntary_work"], "contract_or_voluntary_work")
    if not contract:
        if given.get("regarded_as_carer") is not None:
            raise BadInput(
                "regarded_as_carer is only for care under a contract or as voluntary work. Leave it out, or change "
                "contract_or_voluntary_work.",
                field="regarded_as_carer",
            )
        said = "The care is given neither under a contract nor as voluntary work, so the person is a carer in law."
        return _condition("carer", True, said, WHO_IS_A_CARER)
    regarded = read.yes_or_no(given["regarded_as_carer"], "regarded_as_carer")
    said = "The care is given under a contract or as voluntary work, "
    said += (
        "but the council considers that the relationship is such that the person should be regarded as a carer."
        if regarded
        else "and the council does not consider that the relationship makes the person a carer all the same."
    )
    return _condition("carer", regarded, said, WHO_IS_A_CARER)


def _of_fluctuation(given: Mapping[str, Any]) -> dict[str, Any]:
    weeks = given.get("weeks_looked_at")
    return {
        "fluctuates": read.yes_or_no(given["fluctuates"], "fluctuates"),
        "weeks_looked_at": None
        if weeks is None
        else read.whole(weeks, "weeks_looked_at", least=1, most=MOST_WEEKS_LOOKED_AT),
    }


def _fluctuation(given: Mapping[str, Any], title: str, url: str) -> Step:
    """What was looked at to know the level of need: no condition of its own, but how the conditions were judged."""
    facts = _of_fluctuation(given)
    weeks = facts["weeks_looked_at"]
    over = f"{weeks} week{'' if weeks == 1 else 's'}" if weeks else ""
    if facts["fluctuates"]:
        said = f"The level of need goes up and down, so circumstances over {over} were taken into account."
    else:
        said = f"The level of need does not go up and down{f'; it was looked at over {over}' if over else ''}."
    return {"name": "fluctuation", "value": facts["fluctuates"], "source": title, "source_url": url, "sentence": said}


def _transition(given: Mapping[str, Any], on: date) -> list[Step]:
    """Which law applies to somebody who was supported before the Care Act, and why."""
    if not given.get("supported_before_care_act"):
        return []
    reviewed = given.get("reviewed_on")
    if on < CARE_ACT_STARTS:
        return []
    if on < CARE_ACT_FOR_EVERYBODY and (reviewed is None or reviewed > on.isoformat()):
        said = "Supported on 31 March 2015 and not reviewed since, so the law before the Care Act still applies."
    elif reviewed and reviewed < CARE_ACT_FOR_EVERYBODY.isoformat():
        said = f"Supported on 31 March 2015 and reviewed on {reviewed}: the Care Act applies since the review."
    else:
        said = (
            f"Supported on 31 March 2015 and not reviewed in time: the Care Act applies since {CARE_ACT_FOR_EVERYBODY}."
        )
    step = {"name": "transition", "value": reviewed or "not reviewed", "source": TRANSITION[0]}
    return [step | {"source_url": TRANSITION[1], "sentence": said}]


def _decide_facs(given: Mapping[str, Any], law: Law) -> Outcome:
    read.only_known(given, ("kind", *FACS_ASKED, "funding", *BEFORE), "The eligibility answers")
    _refuse_unanswered(given, FACS_ASKED)
    risks = read.some_of(given["risks"], [risk.code for risk in FACS_RISKS], "risks")
    funding = _funding(given)
    ranks = [band.code for band in FACS_BANDS]
    threshold = read.one_of(law["facs.threshold"], ranks, "facs.threshold")
    found = [risk for risk in FACS_RISKS if risk.code in risks]
    band = max((risk.band for risk in found), key=ranks.index, default=None)
    eligible = band is not None and ranks.index(band) >= ranks.index(threshold)
    said = f"The highest band reached is {band}." if band else "No risk to independence was found."
    conditions = [
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
        "conditions_met": [step["name"] for step in conditions if step["met"]],
        "conditions": [{"code": step["name"], "met": step["met"]} for step in conditions],
    }
    steps = [*conditions, *_transition(given, law.on)]
    return _outcome(given, law, result | _of_funding(funding), steps, _funding_reasons(funding))


def _unable(given: Mapping[str, Any], outcomes: Sequence[Choice], reasons: Sequence[Choice]) -> tuple[str, ...]:
    unable = []
    for outcome in outcomes:
        field = f"outcomes.{outcome.code}"
        answer = read.mapping(given["outcomes"][outcome.code], field)
        read.only_known(answer, ("unable",), field)
        if read.some_of(read.needed(answer, "unable"), [reason.code for reason in reasons], f"{field}.unable"):
            unable.append(outcome.code)
    return tuple(unable)


def _wellbeing(given: Mapping[str, Any]) -> tuple[bool, tuple[str, ...]]:
    impact = read.yes_or_no(given["wellbeing_impact"], "wellbeing_impact")
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


def _of_funding(funding: str | None) -> dict[str, Any]:
    return {
        "funded_by": funding,
        "section_117": funding == "section_117",
        "nhs_funded": funding == "nhs_continuing_healthcare",
    }


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
