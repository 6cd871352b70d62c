"""The words of this room: lines of a bill, why nobody is reminded, breathing spaces, plans, settlements."""

from django.db.models import TextChoices

from leeway.law.numbers import ceil_div, floor_div
from leeway.market.weeks import WEEKS_A_YEAR

MONTHS_A_YEAR = 12


class LineKind(TextChoices):
    """What a line of a bill is."""

    CHARGE = "charge", "Charge"
    CREDIT = "credit", "Credit"


class BecauseOf(TextChoices):
    """Why nobody is reminded for a time."""

    DISPUTE = "dispute", "A bill is disputed"
    CAPACITY = "capacity", "They may not be able to manage their money"
    BEFORE = "before", "What was owed before is not looked at yet"


class SpaceKind(TextChoices):
    """The two kinds of breathing space that the law knows."""

    STANDARD = "standard", "Standard breathing space: 60 days"
    CRISIS = "crisis", "Mental health crisis: its treatment and 30 days more"


class Every(TextChoices):
    """How often an instalment of a payment plan is paid."""

    WEEK = "week", "Every week"
    FOUR_WEEKS = "four_weeks", "Every four weeks"
    MONTH = "month", "Every month"

    def a_week_pence(self, pence: int) -> int:
        """What an instalment comes to a week, part of a penny counted as a whole one."""
        if self == Every.MONTH:
            return ceil_div(pence * MONTHS_A_YEAR, WEEKS_A_YEAR)
        return pence if self == Every.WEEK else ceil_div(pence, 4)

    def most_pence(self, a_week_pence: int) -> int:
        """The largest instalment that comes to no more than so much a week."""
        if self == Every.MONTH:
            return floor_div(a_week_pence * WEEKS_A_YEAR, MONTHS_A_YEAR)
        return a_week_pence if self == Every.WEEK else a_week_pence * 4


class MoneyFrom(TextChoices):
    """What the instalments of a plan are paid from."""

    SPARE = "spare", "Income above what the law leaves to live on"
    SAVINGS = "savings", "Savings | They say so themselves, and need not"
    UNCOUNTED = "uncounted", "Income that does not count for the charge | Earnings or the mobility part of a benefit"


class PlanEnd(TextChoices):
    """How a payment plan ended."""

    PAID = "paid", "All of it was paid"
    CHANGED = "changed", "Another plan takes its place"
    BROKEN = "broken", "It could not be kept"


class SettlementKind(TextChoices):
    """What is settled between the council and the person."""

    WRITE_OFF = "write_off", "Write off"
    REFUND = "refund", "Pay back"


class Asked(TextChoices):
    """Why it is settled."""

    OUR_FAULT = "our_fault", "The council was at fault, such as a bill that came far too late"
    HARDSHIP = "hardship", "Paying would leave too little to live on"
    ESTATE = "estate", "The person died and left too little"
    CANNOT_RECOVER = "cannot_recover", "It would cost more to collect than it is"
    OVERPAID = "overpaid", "More was paid than was owed"
