"""What the plan has money for, beside what was spent: figures for a look, in which nothing is “overspent”."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from leeway.care.planning.costs import once_pence, weekly_pence
from leeway.care.planning.models import PlanLine
from leeway.law.numbers import floor_div
from leeway.market.units import Frequency, Unit
from leeway.money.spending.kinds import BY_ITSELF, ForWhat
from leeway.money.spending.queries import Entry, PlanNow, spent_by

#: What is paid because somebody is employed.
EMPLOYING = (ForWhat.WAGES, ForWhat.TAX)


@dataclass(frozen=True)
class Row:
    """One thing: what the plan has for it a week and in the days shown, and what was spent on it. None: no plan."""

    what: str
    weekly_pence: int | None
    planned_pence: int | None
    spent_pence: int

    @property
    def is_once(self) -> bool:
        return self.weekly_pence is None and self.planned_pence is not None


@dataclass(frozen=True)
class Beside:
    """The rows of some days, and what they come to. What was not said yet is spent too."""

    rows: Sequence[Row]
    unsaid_pence: int

    @property
    def planned_pence(self) -> int:
        return sum(row.planned_pence or 0 for row in self.rows)

    @property
    def spent_pence(self) -> int:
        return sum(row.spent_pence for row in self.rows) + self.unsaid_pence


def beside(plan: PlanNow, found: Sequence[Entry], first: date, last: date) -> Beside:
    """What was planned and spent in some days, of which the lines are found. What goes on from plan to plan is one."""
    lines, firsts, ends = plan.lines, plan.first, plan.ends
    spent = spent_by(found)
    of_plan: dict[UUID, int] = {}
    for (kind, said), pence in spent.items():
        if kind == ForWhat.PLAN_LINE and said is not None:
            of_plan[firsts[said]] = of_plan.get(firsts[said], 0) + pence
    by_kind = {kind: spent[kind, None] for kind in BY_ITSELF if (kind, None) in spent}
    rows = []
    for line in lines:
        pence = of_plan.pop(firsts[line.pk], 0)
        if _employs(line):  # what somebody is paid is of this line, whichever of the words it was said with
            pence += sum(by_kind.pop(kind, 0) for kind in EMPLOYING)
        rows.append(_planned(line, pence, first, last, ends.get(line.pk)))
    if of_plan:
        rows.append(Row("Something that the plan had before", None, None, sum(of_plan.values())))
    rows += [Row(str(kind.label), None, None, pence) for kind, pence in by_kind.items()]
    unsaid = sum(each.pence for each in found if each.is_out and each.purpose is None)
    return Beside(rows, unsaid)


def _employs(line: PlanLine) -> bool:
    """Whether a line of the plan is for somebody who is employed by the hour."""
    return line.service is not None and line.service.is_personal_assistant and line.unit == Unit.HOUR


def _planned(line: PlanLine, spent_pence: int, first: date, last: date, until: date | None) -> Row:
    """A line of the plan, for the days of it that are among those shown."""
    what = f"{line.what}, with wages, tax and pension" if _employs(line) else line.what
    if line.frequency == Frequency.ONCE:
        starts_on = line.plan.starts_on
        within = starts_on is not None and first <= starts_on <= last
        return Row(what, None, once_pence(line) if within else 0, spent_pence)
    begins = max(first, line.plan.starts_on or first)
    ends = min(last, until or last)
    days = max(0, (ends - begins).days + 1)
    weekly = weekly_pence(line)
    return Row(what, weekly, floor_div(weekly * days, 7), spent_pence)
