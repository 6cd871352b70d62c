"""What the stories share: how a person, a money check and answers without a need are written."""

from datetime import date

from leeway.law.charge_case import QUALIFYING_INCOME

CANNOT = ("cannot",)
PAINFUL = ("pain_distress_anxiety",)


def person(given: str, family: str, born: date, number: str, **rest) -> dict:
    """The details of someone in a story. Numbers are from the range kept for tests."""
    details = {"given_name": given, "family_name": family, "date_of_birth": born, "nhs_number": number}
    return details | {"address": "Fairbourne", "postcode": "FB1 2AB", "ethnicity": "White British"} | rest


def weekly(*lines: tuple[str, int]) -> dict:
    return {"lines": [{"kind": kind, "amount_pence": pence, "every": "weekly"} for kind, pence in lines]}


def means(
    *income: tuple[str, int], savings: int = 2_000_00, costs: int = 15_00, household: str = "single", **more
) -> dict:
    """A money check: income a week, savings, disability costs."""
    home = {"household": household, "dependent_children": 0, "premiums": more.get("premiums", [])}
    if household == "couple":
        home["partner_born_on"] = more["partner_born_on"]
    return {
        "basis": {"basis": "full", "basis_reason": ""},
        "household": home,
        "income": weekly(*income) | {QUALIFYING_INCOME: more.get("qualifying")},
        "savings": {"lines": more.get("owned") or [{"kind": "savings", "pence": savings}]},
        "housing": weekly(("council_tax", 12_00)),
        "disability_costs": weekly(("heating", 15_00)),
        "evidence": {"evidence": "Award letters and bank statements seen."},
    }


WORKING_AGE = means(("universal_credit", 98_05), ("pip_daily_living", 114_60), ("pip_mobility", 80_00))
OWNED_BY_PENSIONER = [
    {"kind": "savings", "pence": 9_000_00},
    {"kind": "investments", "pence": 10_000_00, "debts_pence": 0},
    {"kind": "main_home", "pence": 210_000_00, "owners": 1},
]
PENSIONER = means(
    ("state_pension", 241_30), ("attendance_allowance", 114_60), owned=OWNED_BY_PENSIONER, qualifying=241_30
)
WORKING_AGE_OF_PENSION = means(
    ("state_pension", 221_20), ("attendance_allowance", 76_70), savings=6_400_00, qualifying=221_20
)
OF_A_COUPLE = means(
    ("universal_credit", 153_90), ("pip_daily_living", 114_60), household="couple", partner_born_on=date(1977, 9, 2)
)
NO_NEED = dict.fromkeys(["personal_care", "meals", "home", "wellbeing", "relationships", "decisions"], "nothing")
NO_NEED |= dict.fromkeys(["safety", "nights", "work", "parenting"], "nothing")
