"""Whether the direct payment of a plan is enough to employ its assistants lawfully.

Source: Care and support statutory guidance, ch. 11 and 12: a budget must be enough to meet the needs, and a direct
payment takes in what the law asks of whoever employs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.conf import settings

from leeway.care.planning.costs import weekly_pence
from leeway.care.planning.models import PlanLine, Way
from leeway.law import law_on
from leeway.law.employing import HOURLY_MOST_PENCE, MINUTES_AN_HOUR, MINUTES_MOST, employ, in_hours, wage_at_least
from leeway.law.months import anniversary
from leeway.law.numbers import floor_div, least, pounds
from leeway.market.contracts.sufficiency import Asked, asked_here
from leeway.market.listings.models import Kind
from leeway.market.units import Unit
from leeway.market.weeks import TIMES_A_WEEK

#: The age that is reckoned with: the least wage is that of an adult, and a pension is paid into.
AGE = 30
#: How money for support comes, and so how the wage is reckoned to be paid.
PAID_EVERY = "four_weeks"


@dataclass(frozen=True)
class Enough:
    """What a plan gives for assistants a week, as one job, beside what employing somebody for these hours costs."""

    minutes_a_week: int
    planned_pence: int
    wage_pence: int
    on: date

    @cached_property
    def asked(self) -> Asked | None:
        """What the assistants who are listed here ask an hour, as far as their prices are recorded."""
        return asked_here(Kind.PERSONAL_ASSISTANT, Unit.HOUR, self.on)

    @cached_property
    def least_pence(self) -> int:
        """What employing costs a week at the least wage, without the Employment Allowance, which has to be claimed."""
        return self._costs(self.wage_pence)

    @property
    def short_pence(self) -> int:
        """What is missing a week; nothing where it is enough."""
        return max(0, self.least_pence - self.planned_pence)

    @cached_property
    def most_wage_pence(self) -> int:
        """The most that an hour can be paid of it; below the least wage where it is not enough for that."""
        below, above = 0, HOURLY_MOST_PENCE
        while below < above:
            half = floor_div(below + above + 1, 2)
            below, above = (half, above) if self._costs(half) <= self.planned_pence else (below, half - 1)
        return below

    def at(self, final_pence: int, costed_pence: int) -> "Enough":
        """The same where the whole budget is another amount: each of its parts grows or shrinks in proportion."""
        planned = floor_div(self.planned_pence * final_pence, costed_pence) if costed_pence else self.planned_pence
        return Enough(self.minutes_a_week, planned, self.wage_pence, self.on)

    def _costs(self, hourly_pence: int) -> int:
        job = {
            "hourly_pence": max(1, hourly_pence),
            "minutes_a_week": self.minutes_a_week,
            "paid_every": PAID_EVERY,
            "worker_born": anniversary(self.on, -AGE).isoformat(),
            "started_on": self.on.isoformat(),
            "claims_allowance": False,
            "hours_vary": False,
        }
        return int(employ(job, law_on(self.on, settings.COUNCIL_POLICY)).result["week_pence"])

    def __str__(self) -> str:
        planned, needed, hours = pounds(self.planned_pence), pounds(self.least_pence), in_hours(self.minutes_a_week)
        given = f"The direct payment gives {planned} a week for {hours} of assistants, and payroll. "
        costs = (
            f"Employing somebody for these hours, as one job at the least wage of {pounds(self.wage_pence)}, costs "
            f"{needed} with holiday, National Insurance, pension, insurance, payroll and training."
        )
        if self.short_pence:
            return f"{given}{costs} That is {pounds(self.short_pence)} a week short."
        return f"{given}{costs} It leaves a wage of up to {pounds(self.most_wage_pence)} an hour."


def enough_to_employ(lines: Sequence[PlanLine], on: date) -> Enough | None:
    """What a plan's direct payment gives for assistants who are paid by the hour; None where it has none.

    Several lines are taken as one job: one insurance, and the National Insurance of one wage. What the direct payment
    has for payroll and insurance is taken in.
    """
    held = [line for line in lines if line.service and line.way == Way.DIRECT_PAYMENT]
    hired = [line for line in held if line.service.is_personal_assistant and line.unit == Unit.HOUR]
    beside = [line for line in held if Kind.PAYROLL in line.service.kinds]
    minutes = int(sum(int(line.units * MINUTES_AN_HOUR) * TIMES_A_WEEK[line.frequency] for line in hired))
    if not minutes:
        return None
    day = max(on, hired[0].plan.starts_on or on)
    wage = wage_at_least(anniversary(day, -AGE), law_on(day, settings.COUNCIL_POLICY))
    return Enough(least(minutes, MINUTES_MOST), sum(map(weekly_pence, [*hired, *beside])), wage, day)
