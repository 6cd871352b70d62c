"""Kinds of income and capital, and how the law treats each in a charge for care at home.

Sources: SI 2014/2672 regs 14 to 24 and Schedules 1 and 2; statutory guidance Annexes B and C.
"""

from dataclasses import dataclass

COUNTED = "counted"
DISREGARDED = "left out"
PARTLY = "counted in part"
DISABILITY_BENEFIT = "counted unless the council chooses not to"

SCHEDULE_1 = "SI 2014/2672, Sch. 1"
GUIDANCE_C = "Care and support statutory guidance, Annex C"
SCHEDULE_2 = "SI 2014/2672, Sch. 2"
GUIDANCE_B = "Care and support statutory guidance, Annex B"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of income or capital: its code, its label, how the law treats it, and where that is written."""

    code: str
    label: str
    treatment: str
    source: str
    help: str = ""


def _kinds(treatment: str, source: str, *kinds: tuple[str, str]) -> tuple[Kind, ...]:
    return tuple(Kind(code, label, treatment, source) for code, label in kinds)


INCOME_KINDS: tuple[Kind, ...] = (
    *_kinds(
        COUNTED,
        GUIDANCE_C,
        ("state_pension", "State Pension"),
        ("private_pension", "Private or workplace pension"),
        ("annuity", "Annuity"),
        ("pension_credit_guarantee", "Pension Credit: Guarantee Credit"),
        ("universal_credit", "Universal Credit: standard allowance and carer element"),
        ("universal_credit_lcwra", "Universal Credit: limited capability for work and work-related activity"),
        ("employment_and_support_allowance", "Employment and Support Allowance"),
        ("income_support", "Income Support"),
        ("jobseekers_allowance", "Jobseeker's Allowance"),
        ("carers_allowance", "Carer's Allowance"),
        ("industrial_injuries_benefit", "Industrial Injuries Disablement Benefit"),
        ("bereavement_benefit", "Bereavement benefit"),
        ("maternity_allowance", "Maternity Allowance"),
        ("war_pension_constant_attendance", "War pension: Constant Attendance Allowance"),
        ("rental_income", "Rent from property"),
        ("maintenance", "Maintenance received"),
        ("notional_income", "Income that could be had by asking for it"),
        ("other", "Any other income"),
    ),
    *_kinds(
        DISABILITY_BENEFIT,
        GUIDANCE_C,
        ("attendance_allowance", "Attendance Allowance"),
        ("pip_daily_living", "Personal Independence Payment: daily living"),
        ("dla_care", "Disability Living Allowance: care"),
    ),
    Kind(
        "war_widow_pension", "War widow's or widower's pension", PARTLY, SCHEDULE_1, "The first £10 a week is left out."
    ),
    Kind(
        "pension_credit_savings",
        "Pension Credit: Savings Credit",
        PARTLY,
        "SI 2014/2672, Sch. 1, para. 40",
        "Left out up to the savings disregard, for a person of pension age.",
    ),
    *_kinds(
        DISREGARDED,
        SCHEDULE_1,
        ("earnings", "Earnings from a job"),
        ("self_employed_earnings", "Earnings from self-employment"),
        ("pip_mobility", "Personal Independence Payment: mobility"),
        ("dla_mobility", "Disability Living Allowance: mobility"),
        ("direct_payment", "Direct payments"),
        ("child_benefit", "Child Benefit"),
        ("child_tax_credit", "Child Tax Credit"),
        ("universal_credit_child", "Universal Credit: child element"),
        ("universal_credit_housing", "Universal Credit: housing element"),
        ("housing_benefit", "Housing Benefit"),
        ("council_tax_reduction", "Council Tax Reduction"),
        ("winter_fuel_payment", "Winter Fuel Payment"),
        ("cold_weather_payment", "Cold Weather Payment"),
        ("christmas_bonus", "Christmas bonus"),
        ("war_pension", "War Pension Scheme payments"),
        ("war_widow_special_payment", "War widow's or widower's special payment"),
        ("guaranteed_income_payment", "Armed Forces Guaranteed Income Payment"),
        ("charitable_payment", "Regular charitable or voluntary payments"),
    ),
)

CAPITAL_KINDS: tuple[Kind, ...] = (
    *_kinds(
        COUNTED,
        GUIDANCE_B,
        ("savings", "Savings and bank accounts"),
        ("investments", "Shares, bonds and other investments"),
        ("second_property", "Property that is not the main home"),
        ("other_capital", "Any other capital"),
        ("notional_capital", "Capital given away to lower the charge"),
    ),
    *_kinds(
        DISREGARDED,
        SCHEDULE_2,
        ("main_home", "The home that the person lives in"),
        ("personal_possessions", "Personal possessions"),
        ("business_assets_for_sale", "Business assets while they are being sold"),
        ("life_policy", "Surrender value of life insurance or an annuity"),
        ("personal_injury_trust", "Money in a personal injury trust"),
        ("compensation_scheme", "Payments for infected blood, Grenfell, Windrush and schemes like them"),
    ),
    *_kinds(
        PARTLY,
        SCHEDULE_2,
        ("personal_injury_payment", "Personal injury payment, not in a trust"),
        ("benefit_arrears", "Arrears of benefits"),
    ),
)

INCOME_BY_CODE: dict[str, Kind] = {kind.code: kind for kind in INCOME_KINDS}
CAPITAL_BY_CODE: dict[str, Kind] = {kind.code: kind for kind in CAPITAL_KINDS}
DISABILITY_BENEFITS: tuple[str, ...] = tuple(k.code for k in INCOME_KINDS if k.treatment == DISABILITY_BENEFIT)
FULLY_COUNTED: tuple[str, ...] = tuple(k.code for k in INCOME_KINDS if k.treatment == COUNTED)
