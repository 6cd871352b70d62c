"""What a direct payment would pay for, line by line, as the rules ask it and in words."""

import re
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

from django.db.models import Q

from leeway.care.planning.models import PlanLine
from leeway.law.dated import Law
from leeway.law.direct_payment_codes import PARTNERS
from leeway.law.direct_payments import answer_uses
from leeway.market.listings.models import Kind
from leeway.market.units import Frequency, Unit
from leeway.market.weeks import TIMES_A_WEEK, WEEKS_A_YEAR

NIGHTS = {Unit.NIGHT: 1, Unit.DAY: 1, Unit.WEEK: 7}
A_YEAR_OF_NIGHTS = 366
CARE_HOMES = [Kind.CARE_HOME, Kind.NURSING_HOME]
FINDING = {
    "care": "The council considers it necessary, for care: ",
    "administration": "The council considers it necessary, for help to manage the direct payment: ",
    "nothing": "The council does not consider it necessary: ",
}
#: Words that may name a stay in a care home.
MAY_NAME_A_HOME = re.compile(
    r"\b(care|nursing|residential|rest|old people'?s)[ -]?homes?\b|\brespite\b|\bresidential\b", re.I
)
#: The lines that pay for stays in a care home, as the database asks it.
PAYS_FOR_CARE_HOME = Q(in_care_home=True) | Q(care_home_nights__isnull=False) | Q(service__kinds__overlap=CARE_HOMES)


def uses_of(line: PlanLine, start: date) -> list[dict[str, Any]]:
    """What a line would have a direct payment pay for that the law limits: family, the council, a care home."""
    uses: list[dict[str, Any]] = []
    if line.payee_relationship != "not_related":
        family = {
            "relationship": line.payee_relationship,
            "same_household": line.payee_same_household,
            "necessary_for": line.payee_necessary_for,
            "why": line.payee_necessary,
        }
        uses.append({"what": line.what, "family": family})
    if _may_be_of_the_council(line):
        council = {
            "from_council": line.from_council,
            "once": line.frequency == Frequency.ONCE,
            "because": line.from_council_because,
        }
        uses.append({"what": line.what, "council": council})
    if is_in_care_home(line):
        care_home = {
            "nights_at_a_time": line.care_home_nights,
            "days_between": line.care_home_days_between,
            "nights_a_year": nights_a_year(line),
            "start": start.isoformat(),
        }
        uses.append({"what": line.what, "care_home": care_home})
    return uses


def _may_be_of_the_council(line: PlanLine) -> bool:
    """Whether the council itself could be who gives this: said so, or neither family nor a personal assistant."""
    if line.from_council:
        return True
    return line.payee_relationship == "not_related" and not (line.service and line.service.is_personal_assistant)


def what_uses_lack(lines: list[PlanLine], law: Law, start: date) -> list[str]:
    """Why lines may not, or not yet, be paid from a direct payment, a sentence each."""
    answered = answer_uses([use for line in lines for use in uses_of(line, start)], law)
    unsaid = [line.what for line in lines if _may_be_in_care_home(line)]
    ask = "Say whether this is a stay in a care home: a direct payment may pay for four weeks of it at the most."
    return [f"{what}: {ask}" for what in unsaid] + [
        f"{what}: {answer.reason}" for what, answer in answered if not answer.allowed
    ]


def is_in_care_home(line: PlanLine) -> bool:
    """Whether a line pays for stays in a care home."""
    kinds = line.service.kinds if line.service else []
    return bool(line.in_care_home) or line.care_home_nights is not None or any(kind in CARE_HOMES for kind in kinds)


def _may_be_in_care_home(line: PlanLine) -> bool:
    """Whether a line in own words names what may be a care home, and nobody has said whether it is one."""
    if line.service is not None or line.in_care_home is not None or is_in_care_home(line):
        return False
    return MAY_NAME_A_HOME.search(f"{line.what} {line.supplier}") is not None


def nights_a_year(line: PlanLine) -> int:
    """How many nights a year a line pays for at the most; a whole year's where its unit does not tell."""
    each = NIGHTS.get(Unit(line.unit))
    if each is None:
        return A_YEAR_OF_NIGHTS
    times = 1 if line.frequency == Frequency.ONCE else TIMES_A_WEEK[line.frequency] * WEEKS_A_YEAR
    return min(ceil(Fraction(line.units) * each * times), A_YEAR_OF_NIGHTS)


def family_in_words(line: PlanLine) -> str:
    """Who of the family is paid, and why the council considers it necessary; empty where nobody is."""
    if line.payee_relationship == "not_related":
        return ""
    who = line.get_payee_relationship_display()
    if line.payee_same_household is not None and line.payee_relationship not in PARTNERS:
        who += ", in the same household" if line.payee_same_household else ", in another household"
    return f"{who}. {FINDING[line.payee_necessary_for]}{line.payee_necessary}" if line.payee_necessary_for else who


def council_in_words(line: PlanLine) -> str:
    """That something is bought from the council itself, and why; empty where it is not."""
    return f"Bought from the council, once: {line.from_council_because}" if line.from_council_because else ""
