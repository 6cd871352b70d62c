"""The arithmetic of the charge, written once for one person (whole numbers) and for a million (NumPy columns).

Source: Care Act 2014 s14 and s17; SI 2014/2672 regs 3, 4, 7, 11, 12 and 25 and Sch. 1.
"""

from dataclasses import dataclass, fields
from datetime import date
from functools import cache

from leeway.law.dated import Law
from leeway.law.numbers import Truth, Whole, ceil_div, floor_div, greatest, least, where


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the charge is worked out from: each is a whole number or truth value, or a column of them."""

    age: Whole
    pension_age: Truth
    couple: Truth
    lone_parent: Truth
    dependent_children: Whole
    disability_premium: Truth
    enhanced_disability_premium: Truth
    carer_premium: Truth
    fully_counted_pence: Whole
    disability_benefits_pence: Whole
    night_part_pence: Whole
    partly_counted_pence: Whole
    part_left_out_pence: Whole
    savings_credit_pence: Whole
    qualifying_income_pence: Whole
    partner_has_savings_disregard: Truth
    capital_pence: Whole
    housing_costs_pence: Whole
    disability_related_expenditure_pence: Whole
    personal_budget_pence: Whole
    free_pence: Whole
    exempt: Truth
    carers_own: Truth
    means_not_disclosed: Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """Every amount on the way from the means to the charge, in pence a week."""

    tariff: Whole
    savings_disregard: Whole
    counted_income: Whole
    guarantee: Whole
    children: Whole
    premiums: Whole
    buffer: Whole
    floor: Whole
    housing: Whole
    disability: Whole
    disposable: Whole
    maximum: Whole
    chargeable: Whole
    full_cost: Truth
    free: Truth
    charge: Whole
    net_direct_payment: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeLaw:
    """The dated values that the charge uses, read once for a day."""

    single_18_to_24: int
    single_25_to_pension_age: int
    single_pension_age: int
    lone_parent: int
    couple_member: int
    couple_member_pension_age: int
    dependent_child: int
    disability_premium_single: int
    disability_premium_couple: int
    enhanced_disability_premium_single: int
    enhanced_disability_premium_couple: int
    carer_premium: int
    lower_limit: int
    upper_limit: int
    tariff_step: int
    tariff_per_step: int
    savings_disregard_single: int
    savings_disregard_couple: int
    standard_minimum_guarantee_single: int
    standard_minimum_guarantee_couple: int
    percent_of_disposable: int
    standard_disability_expenditure: int
    buffer_above_guarantee: int
    smallest_charge: int
    largest_charge: int
    charges_carers: bool
    counts_disability_benefits: bool
    leaves_out_night_part: bool


@cache
def charge_law(law: Law) -> ChargeLaw:
    """Read the values that the charge uses; refuse a day on which one of them is not in force."""
    return ChargeLaw(**{field: law[name] for field, name in names_in(law).items()})


def charge_law_then(law: Law, day: date) -> ChargeLaw:
    """Read the values that the charge used on a day before, at which a law looks back."""
    return ChargeLaw(**{field: law.then(name, day) for field, name in names_in(law).items()})


def names_in(law: Law) -> dict[str, str]:
    """The name in the law of each value that the charge uses."""
    by_last_word = {name.rsplit(".", 1)[-1]: name for name in law.parameters}
    return {field.name: by_last_word[field.name] for field in fields(ChargeLaw)}


def work_out(means: Means, law: ChargeLaw) -> Worked:
    """Work out the charge with every step to it: the whole of the financial assessment, in one place."""
    tariff = tariff_income_pence_per_week(means.capital_pence, law)
    disregard = _savings_disregard(means, law)
    counted = _counted_income(means, law) + tariff - disregard
    guarantee = _guarantee(means, law)
    children = means.dependent_children * law.dependent_child
    premiums = _premiums(means, law)
    floor = guarantee + children + premiums + law.buffer_above_guarantee
    disability = where(
        means.disability_benefits_pence > 0,
        greatest(means.disability_related_expenditure_pence, law.standard_disability_expenditure),
        means.disability_related_expenditure_pence,
    )
    disposable = counted - floor - means.housing_costs_pence - disability
    maximum = floor_div(greatest(disposable, 0) * law.percent_of_disposable, 100)
    maximum = least(maximum, law.largest_charge)
    full_cost = (means.capital_pence > law.upper_limit) | means.means_not_disclosed
    chargeable = greatest(means.personal_budget_pence - means.free_pence, 0)
    all_free = (means.free_pence > 0) & (chargeable == 0)
    free = means.exempt | (means.carers_own & (not law.charges_carers)) | all_free
    charge = where(full_cost, chargeable, least(maximum, chargeable))
    charge = where(free | (charge < law.smallest_charge), 0, charge)
    return Worked(
        tariff=tariff,
        savings_disregard=disregard,
        counted_income=counted,
        guarantee=guarantee,
        children=children,
        premiums=premiums,
        buffer=law.buffer_above_guarantee,
        floor=floor,
        housing=means.housing_costs_pence,
        disability=disability,
        disposable=disposable,
        maximum=maximum,
        chargeable=chargeable,
        full_cost=where(free, False, full_cost),
        free=free,
        charge=charge,
        net_direct_payment=means.personal_budget_pence - charge,
    )


def tariff_income_pence_per_week(capital_pence: Whole, law: ChargeLaw) -> Whole:
    """Weekly income assumed from capital: £1 for each £250, or part of it, between the two limits.

    Source: SI 2014/2672, reg. 25.
    """
    between_pence = greatest(least(capital_pence, law.upper_limit) - law.lower_limit, 0)
    return ceil_div(between_pence, law.tariff_step) * law.tariff_per_step


def _counted_income(means: Means, law: ChargeLaw) -> Whole:
    disability: Whole = 0
    if law.counts_disability_benefits:
        nights = means.night_part_pence if law.leaves_out_night_part else 0
        disability = means.disability_benefits_pence - nights
    partly = means.partly_counted_pence - means.part_left_out_pence
    return means.fully_counted_pence + disability + partly + means.savings_credit_pence


def _savings_disregard(means: Means, law: ChargeLaw) -> Whole:
    """Leave out Savings Credit up to a sum; above the guarantee the whole sum, without an award. Once for a couple.

    Source: SI 2014/2672, Sch. 1, para. 40.
    """
    most = where(means.couple, law.savings_disregard_couple, law.savings_disregard_single)
    guarantee = where(means.couple, law.standard_minimum_guarantee_couple, law.standard_minimum_guarantee_single)
    above = means.qualifying_income_pence > guarantee
    given = where(above, most, least(means.savings_credit_pence, most))
    return where(means.pension_age, where(means.couple & means.partner_has_savings_disregard, 0, given), 0)


def _guarantee(means: Means, law: ChargeLaw) -> Whole:
    of_working_age = where(
        means.couple,
        law.couple_member,
        where(
            means.lone_parent,
            law.lone_parent,
            where(means.age < 25, law.single_18_to_24, law.single_25_to_pension_age),
        ),
    )
    of_pension_age = where(means.couple, law.couple_member_pension_age, law.single_pension_age)
    return where(means.pension_age, of_pension_age, of_working_age)


def _premiums(means: Means, law: ChargeLaw) -> Whole:
    """Add the premiums as Income Support would: none for disability to a person of pension age.

    In a couple with one of pension age the enhanced premium stays: its test asks who has the higher benefit, and
    whether that one is below pension age. The disability premium gives way to the pensioner's (SI 1987/1967, Sch. 2).
    """
    disability = where(means.couple, law.disability_premium_couple, law.disability_premium_single)
    enhanced = where(means.couple, law.enhanced_disability_premium_couple, law.enhanced_disability_premium_single)
    too_old = where(means.couple, False, means.pension_age)
    return (
        where(means.disability_premium, where(means.pension_age, 0, disability), 0)
        + where(means.enhanced_disability_premium, where(too_old, 0, enhanced), 0)
        + where(means.carer_premium, law.carer_premium, 0)
    )
