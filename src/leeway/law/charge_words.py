"""The charge in words: the named steps with their sources, and the reasons a person can follow."""

from collections.abc import Iterator
from typing import Any

from leeway.law.capital import in_words
from leeway.law.charge_case import Case
from leeway.law.charge_numbers import Worked
from leeway.law.dated import Law
from leeway.law.exemptions import ADULT_EXEMPTIONS, PART_BY_CODE
from leeway.law.means import CAPITAL, DISABILITY_BENEFIT, FIRST_PART_LEFT_OUT, INCOME, LEFT_OUT, SAVINGS_CREDIT, kinds
from leeway.law.numbers import pounds

type Step = dict[str, Any]

REGULATIONS = "https://www.legislation.gov.uk/uksi/2014/2672"
GUARANTEE = "charging.minimum_income_guarantee."


def steps(case: Case, worked: Worked, law: Law) -> tuple[Step, ...]:
    """Name every step from the means to the charge, in order, each with its amount and source.

    Where somebody pays in full and nothing beside capital was asked, nothing else is told: a blank is no answer.
    """
    if worked.full_cost and not case.asked_beside_capital:
        return (*_capital_steps(case, law), *_over_the_limit(case, law), *_amount_steps(case, worked, law))
    return (
        *_capital_steps(case, law),
        *_income_steps(case, worked, law),
        *_floor_steps(case, worked, law),
        *_outgoing_steps(case, worked, law),
        *_charge_steps(case, worked, law),
    )


def reasons(case: Case, worked: Worked, law: Law) -> tuple[str, ...]:
    """Say in plain words why the charge is what it is."""
    budget = pounds(case.means.personal_budget_pence)
    chargeable = pounds(worked.chargeable)
    said = [judged.sentence for judged in case.parts]
    if case.free_because:
        said.append(f"There is nothing to pay: {_why_free(case)}.")
        if case.free_because == "carers_own_support":
            said.append("What the cared-for person pays is worked out apart, and this does not change it.")
    elif worked.full_cost:
        why = (
            "the means were not disclosed"
            if case.means.means_not_disclosed
            else f"capital of {pounds(case.means.capital_pence)} is over the upper limit of "
            f"{pounds(law['charging.capital.upper_limit'])}"
        )
        said.append(f"The person pays the full cost of {chargeable} a week, because {why}.")
        said.append(f"The person can still ask the council to arrange the support (Care Act 2014 s18(3)). {_fee(law)}")
    elif worked.charge == 0:
        said.append(
            f"There is nothing to pay: income of {pounds(worked.counted_income)} a week, after what the law leaves "
            "to the person and what was allowed, leaves nothing to charge from."
            if worked.maximum == 0
            else "There is nothing to pay: the charge would be smaller than the council collects."
        )
    else:
        said.append(f"The person pays {pounds(worked.charge)} a week towards a budget of {budget} a week.")
        if worked.charge < worked.maximum:
            partly = worked.chargeable < case.means.personal_budget_pence
            most = "what is not free of the budget" if partly else "the budget"
            said.append(f"They could be asked for {pounds(worked.maximum)}, but never for more than {most} costs.")
    if worked.chargeable < case.means.personal_budget_pence and not case.free_because:
        said.append(
            f"Of the budget, {pounds(case.means.free_pence)} a week is free and {chargeable} can be charged for."
        )
    if any(not judged.free and judged.part.pence_once for judged in case.parts):
        said.append("What is paid once is no part of this weekly charge.")
    said.extend(_of_the_check(case))
    if not case.free_because:
        said.extend(law.not_known_yet)
    if worked.charge:
        said.append("It is one charge over the whole budget, however that is held.")
    return tuple(said)


def _fee(law: Law) -> str:
    """The fee for arranging support of somebody over the limit, outside a care home (s14(1)(b); reg. 5)."""
    fee = law["charging_policy.arrangement_fee"]
    if fee == 0:
        return "It asks no fee for arranging it."
    return f"It then asks {pounds(fee)} once for arranging it, which may not be more than the arranging costs."


def _of_the_check(case: Case) -> Iterator[str]:
    """What the kind of check, and capital given away, mean for the person (SI 2014/2672, regs 10 and 23)."""
    if case.free_because:
        return
    if case.notional_capital_left_pence:
        yield (
            f"Capital that was given away counts: {pounds(case.notional_capital_left_pence)} is left of it, and it "
            "falls each week by what it adds to the charge."
        )
    if case.means.means_not_disclosed:
        yield (
            "Where means are not disclosed, the law takes them to be over the upper limit (SI 2014/2672, reg. 10). The "
            "person can have a full check at any time."
        )
    if case.light_touch:
        yield (
            "The person agreed to a lighter check of means (SI 2014/2672, reg. 10). A full check can be had at any "
            "time."
        )


def _step(
    name: str, pence: int, sentence: str, source: str, *, url: str = REGULATIONS, parameter: str = "", doubt: str = ""
) -> Step:
    step: Step = {"name": name, "pence": pence, "source": source, "source_url": url, "sentence": sentence}
    if parameter:
        step["parameter"] = parameter
    if doubt:
        step["doubt"] = doubt
    return step


def _from_parameter(name: str, pence: int, sentence: str, parameter: str, law: Law) -> Step:
    dated = law.dated(parameter)
    return _step(name, pence, sentence, dated.title, url=dated.url, parameter=parameter, doubt=dated.doubt)


def _capital_steps(case: Case, law: Law) -> Iterator[Step]:
    for thing in case.owned:
        counted, sentence = in_words(thing, case.notional_capital_left_pence)
        name = f"Capital: {kinds(CAPITAL)[thing.kind].label}"
        yield _from_parameter(name, counted, sentence, CAPITAL + thing.kind, law)


def _over_the_limit(case: Case, law: Law) -> Iterator[Step]:
    if case.means.means_not_disclosed:
        return
    limit = "charging.capital.upper_limit"
    sentence = f"All capital that counts. It is over the upper limit of {pounds(law[limit])}."
    yield _from_parameter("Capital", case.means.capital_pence, sentence, limit, law)


def _income_steps(case: Case, worked: Worked, law: Law) -> Iterator[Step]:
    for line in case.income:
        label = kinds(INCOME)[line.kind].label
        counted, said = line.pence, "counts as income"
        if line.counted_as == LEFT_OUT:
            counted, said = 0, "is left out of income"
        elif line.counted_as == DISABILITY_BENEFIT and not law["charging_policy.counts_disability_benefits"]:
            counted, said = 0, "is left out of income by the council’s choice"
        elif line.counted_as in (FIRST_PART_LEFT_OUT, SAVINGS_CREDIT):
            said = "counts in part: see what is left out below"
        how = f" ({'; '.join(line.told)})" if line.told else ""
        sentence = f"{label} of {pounds(line.pence)} a week{how} {said}."
        yield _from_parameter(f"Income: {label}", counted, sentence, INCOME + line.kind, law)
    yield from _left_out_in_part(case, law)
    yield _from_parameter(
        "Income assumed from capital",
        worked.tariff,
        f"Capital of {pounds(case.means.capital_pence)}: "
        f"{pounds(law['charging.capital.tariff_per_step'])} a week for each "
        f"{pounds(law['charging.capital.tariff_step'])}, or part of it, above "
        f"{pounds(law['charging.capital.lower_limit'])}.",
        "charging.capital.tariff_step",
        law,
    )
    yield from _savings_disregard_steps(case, worked, law)
    yield _step(
        "Counted income", worked.counted_income, "Income that counts, all together.", "SI 2014/2672, regs 13 to 25"
    )


def _left_out_in_part(case: Case, law: Law) -> Iterator[Step]:
    means = case.means
    if means.part_left_out_pence:
        each, together = "charging.income.war_pension_disregard", "charging.income.war_pensions_disregard_together"
        sentence = f"{pounds(law[each])} a week of each such pension, and {pounds(law[together])} at most, is left out."
        yield _from_parameter("War pension left out", -means.part_left_out_pence, sentence, each, law)
    policy = "charging_policy.leaves_out_night_part"
    if means.night_part_pence and law[policy] and law["charging_policy.counts_disability_benefits"]:
        sentence = "What the highest rate adds for the nights is left out: the council buys no care at night."
        yield _from_parameter("Night part left out", -means.night_part_pence, sentence, policy, law)


def _savings_disregard_steps(case: Case, worked: Worked, law: Law) -> Iterator[Step]:
    means = case.means
    parameter = f"charging.income.savings_disregard_{'couple' if means.couple else 'single'}"
    if worked.savings_disregard:
        sentence = "Left out for a pensioner with Savings Credit or enough income of their own."
    elif not means.pension_age:
        return
    elif means.couple and means.partner_has_savings_disregard:
        sentence = "Left out of the partner’s income already: a couple has it once."
    elif not case.qualifying_income_stated:
        sentence = "Nothing left out: the income that counts for Savings Credit was not stated."
    else:
        return
    yield _from_parameter("Savings disregard", -worked.savings_disregard, sentence, parameter, law)


def _floor_steps(case: Case, worked: Worked, law: Law) -> Iterator[Step]:
    means = case.means
    yield _from_parameter(
        "Minimum income guarantee",
        worked.guarantee,
        law.parameters[GUARANTEE + _guarantee_name(case)].description,
        GUARANTEE + _guarantee_name(case),
        law,
    )
    if means.dependent_children:
        each = pounds(law[GUARANTEE + "dependent_child"])
        sentence = f"{means.dependent_children} at {each} each."
        yield _from_parameter("For children", worked.children, sentence, GUARANTEE + "dependent_child", law)
    yield from _premium_steps(case, law)
    if worked.buffer:
        parameter = "charging_policy.buffer_above_guarantee"
        yield _from_parameter(
            "Council’s addition", worked.buffer, law.parameters[parameter].description, parameter, law
        )
    yield _step(
        "Income left to the person", worked.floor, "The charge may not reach into this.", "SI 2014/2672, reg. 7"
    )


def _premium_steps(case: Case, law: Law) -> Iterator[Step]:
    means = case.means
    household = "couple" if means.couple else "single"
    held = [
        ("Disability premium", means.disability_premium, f"disability_premium_{household}", means.pension_age),
        (
            "Enhanced disability premium",
            means.enhanced_disability_premium,
            f"enhanced_disability_premium_{household}",
            means.pension_age and not means.couple,
        ),
        ("Carer premium", means.carer_premium, "carer_premium", False),
    ]
    for name, has_it, parameter, too_old in held:
        if not has_it:
            continue
        given = 0 if too_old else law[GUARANTEE + parameter]
        sentence = law.parameters[GUARANTEE + parameter].description
        if not given:
            sentence = "Not added from pension age: the pensioner’s guarantee is higher instead."
        yield _from_parameter(name, given, sentence, GUARANTEE + parameter, law)


def _guarantee_name(case: Case) -> str:
    means = case.means
    if means.couple:
        return "couple_member_pension_age" if means.pension_age else "couple_member"
    if means.pension_age:
        return "single_pension_age"
    if means.lone_parent:
        return "lone_parent"
    return "single_18_to_24" if means.age < 25 else "single_25_to_pension_age"


def _outgoing_steps(case: Case, worked: Worked, law: Law) -> Iterator[Step]:
    yield _step(
        "Housing costs",
        worked.housing,
        "Rent, mortgage, council tax and the like that benefits do not meet.",
        "SI 2014/2672, Sch. 1, para. 2",
    )
    sentence = "Costs that the person has because of disability or illness."
    if worked.disability > case.means.disability_related_expenditure_pence:
        parameter = "charging_policy.standard_disability_expenditure"
        sentence = "The council’s standard amount, allowed without receipts; proved costs above it are allowed too."
        yield _from_parameter("Disability-related expenditure", worked.disability, sentence, parameter, law)
    else:
        source = "SI 2014/2672, Sch. 1, para. 4; statutory guidance, Annex C"
        yield _step("Disability-related expenditure", worked.disability, sentence, source)
    yield _step(
        "Income left over",
        worked.disposable,
        "Counted income, less what is left to the person, housing costs and disability-related expenditure.",
        "Care Act 2014 s17; SI 2014/2672, reg. 7",
    )


def _charge_steps(case: Case, worked: Worked, law: Law) -> Iterator[Step]:
    parameter = "charging_policy.percent_of_disposable"
    sentence = f"The council takes {law[parameter]} per cent of what is left over; part of a penny goes to the person."
    largest = law["charging_policy.largest_charge"]
    if worked.maximum == largest:
        parameter = "charging_policy.largest_charge"
        sentence = f"Nobody inside the means test pays more than {pounds(largest)} a week."
    yield _from_parameter("The most that could be charged", worked.maximum, sentence, parameter, law)
    yield from _amount_steps(case, worked, law)


def _amount_steps(case: Case, worked: Worked, law: Law) -> Iterator[Step]:
    yield _step("Personal budget", case.means.personal_budget_pence, "What the support costs.", "Care Act 2014 s26")
    yield from _free_steps(case, worked, law)
    yield _step(
        "Charge", worked.charge, _why_charge(case, worked, law), "Care Act 2014 s14; SI 2014/2672, regs 3 to 12"
    )
    yield _step(
        "Left of the budget",
        worked.net_direct_payment,
        "The budget less the charge. A direct payment of the whole budget is this much.",
        "Care Act 2014 s26; SI 2014/2871",
    )


def _free_steps(case: Case, worked: Worked, law: Law) -> Iterator[Step]:
    weekly = [judged for judged in case.parts if judged.part.pence_per_week]
    for judged in weekly:
        name = f"{'Free' if judged.free else 'Not free'}: {judged.part.name}"
        pence = -judged.part.pence_per_week if judged.free else 0
        if judged.parameter:
            yield _from_parameter(name, pence, judged.sentence, judged.parameter, law)
        else:
            yield _step(name, pence, judged.sentence, PART_BY_CODE[judged.part.exemption].help)
    if weekly:
        said = "The budget, less the parts that are free by law."
        yield _step("What can be charged for", worked.chargeable, said, "Care Act 2014 s14; SI 2014/2672, reg. 3")


def _why_charge(case: Case, worked: Worked, law: Law) -> str:
    if case.free_because:
        return f"Free: {_why_free(case)}."
    if worked.full_cost:
        return f"The full cost: capital is over {pounds(law['charging.capital.upper_limit'])}, or means not disclosed."
    if worked.charge == 0 and worked.maximum > 0 and case.means.personal_budget_pence > 0:
        return f"Less than {pounds(law['charging_policy.smallest_charge'])}, which the council does not collect."
    if worked.chargeable < case.means.personal_budget_pence:
        return "The smaller of the most that could be charged and what can be charged for."
    return "The smaller of the most that could be charged and the budget."


def _why_free(case: Case) -> str:
    code = case.free_because
    if code == "not_charged":
        said = case.not_charged.rstrip(".")
        return f"the council may charge, and asks for nothing here (Care Act 2014, s. 14). {said}"
    if code == "carers_own_support":
        return "the council does not charge carers for support to the carer"
    if code == "free_parts":
        return "every part of the budget is free by law"
    return next(f"{choice.label} ({choice.help})" for choice in ADULT_EXEMPTIONS if choice.code == code)
