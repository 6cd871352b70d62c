"""What a plan costs a week, in whole pence, line by line."""

from leeway.care.planning.models import Frequency, PlanLine, Way
from leeway.law.numbers import ceil_div, floor_div

# A year is 52 weeks here, as in direct payment practice; a month is 12/52 of it.
WEEKS: dict[str, tuple[int, int]] = {
    Frequency.WEEKLY: (1, 1),
    Frequency.FORTNIGHTLY: (1, 2),
    Frequency.FOUR_WEEKLY: (1, 4),
    Frequency.MONTHLY: (12, 52),
    Frequency.YEARLY: (1, 52),
    Frequency.ONCE: (0, 1),
}


def weekly_pence(line: PlanLine) -> int:
    """What one line costs a week. Part of a penny is rounded up, so that the budget is enough."""
    times, weeks = WEEKS[line.frequency]
    hundredths = int(line.units * 100)
    return ceil_div(hundredths * line.unit_cost_pence * times, 100 * weeks)


def once_pence(line: PlanLine) -> int:
    """What one line costs once, if it is a one-off; nought otherwise."""
    if line.frequency != Frequency.ONCE:
        return 0
    return ceil_div(int(line.units * 100) * line.unit_cost_pence, 100)


def nhs_pence(line: PlanLine) -> int:
    """The NHS share of a line a week. The council takes the odd penny."""
    return floor_div(weekly_pence(line) * line.nhs_percent, 100)


def totals(lines: list[PlanLine]) -> dict:
    """The plan's totals: a week, the NHS share, by way of holding, and one-off costs."""
    ways = dict.fromkeys(Way.values, 0)
    for line in lines:
        if line.way:
            ways[line.way] += weekly_pence(line)
    return {
        "pence_per_week": sum(weekly_pence(line) for line in lines),
        "nhs_pence_per_week": sum(nhs_pence(line) for line in lines),
        "ways": {way: pence for way, pence in ways.items() if pence},
        "once_pence": sum(once_pence(line) for line in lines),
    }
