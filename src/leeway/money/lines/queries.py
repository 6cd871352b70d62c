"""Reading what would come of ending one line of a plan by itself, and of new prices of its lines."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.http import Http404

from leeway import said
from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.assessment.queries import ChargeNotDecided
from leeway.care.decisions.models import Decision
from leeway.care.people import queries as people
from leeway.care.people.models import Case
from leeway.care.planning.costs import CostedLine, in_words, weekly_pence
from leeway.care.planning.kinds import LineChangeKind
from leeway.care.planning.line_changes import (
    Reckoned,
    Weighed,
    at_price,
    at_prices,
    bought_now,
    lines_decided,
    require_in_force,
    require_may_end,
    require_open,
    still_bought,
    weigh_again,
    weigh_without,
)
from leeway.care.planning.line_changes import weigh as weighed
from leeway.care.planning.models import LineChange, Plan, PlanLine, PlanState, Way
from leeway.law.numbers import pounds
from leeway.market.contracts.models import Rate
from leeway.market.contracts.queries import later_prices
from leeway.market.units import Frequency
from leeway.money.budgets.collecting import paid_gross
from leeway.money.budgets.cover import with_cover
from leeway.money.budgets.models import Budget
from leeway.money.budgets.queries import goes_on_from, paid_beyond
from leeway.money.budgets.schedule import DAY
from leeway.money.budgets.shares import order_of_charge, share_out
from leeway.refusal import Refusal

#: How long before its first day a new price may be taken: as long as charges about to change are listed.
AHEAD = timedelta(weeks=8)
#: How long a line may stop without a new plan: what is met otherwise for longer is looked at in a review.
LONGEST_PAUSE = timedelta(weeks=12)
NOT_MET = "Say what meets the need meanwhile, or why nothing has to. No day is left uncovered."
DECIDED_BY_CARE = (LineChangeKind.ENDS, LineChangeKind.PAUSES)


@dataclass(frozen=True, slots=True)
class Comes:
    """What would come of a change of lines: the budget that runs, what it would be, and what was paid for later days.

    What was paid in a way of holding of which nothing is paid out any more comes off nothing. `again` is what the
    budget would be after a time, where a line only stops for one.
    """

    budget: Budget
    after: Weighed
    comes_off_pence: int
    stays_paid_pence: int
    again: Weighed | None = None

    @property
    def left_over(self) -> str:
        """What is said of money that was paid for later days and comes off nothing; empty where there is none."""
        if not self.stays_paid_pence:
            return ""
        return (
            f"{pounds(self.stays_paid_pence)} was paid already for days after the last, and nothing more is paid in "
            "that way. It is not taken back by this: finance decides separately what to do about it."
        )

    @property
    def seen(self) -> str:
        """What a page shows of it: the budget that goes on, from when, and its amounts."""
        stretches = [each for each in (self.after, self.again) if each]
        amounts = [f"{_pence(each)} {each.result['charge_pence_per_week']}" for each in stretches]
        return " ".join([str(self.budget.pk), *(f"{each.starts_on}" for each in stretches), *amounts])


def _pence(weighed: Weighed) -> int:
    pence: int = weighed.result["pence_per_week"]
    return pence


@dataclass(frozen=True, slots=True)
class Ends:
    """What would come of ending a line, or of stopping it for a time, and why.

    Where a change of what the person pays is to be decided first, `waits` says so, and what comes is not known yet.
    """

    comes: Comes | None
    reason: str
    waits: str = ""


@dataclass(frozen=True, slots=True)
class NewPrices:
    """From which day some lines of a running budget cost another recorded price: each until then, and from then."""

    budget: Budget
    starts_on: date
    lines: list[tuple[PlanLine, PlanLine]]

    @property
    def in_words(self) -> list[tuple[str, str, str]]:
        """Each line with what it costs a week until then and from then, as people read it."""
        return [(was.what, _priced(was), _priced(new)) for was, new in self.lines]

    @property
    def held_before(self) -> date | None:
        """The first day of a price, where it lies before the budget that runs, and so counts later than it holds."""
        days = [new.rate.starts_on for _, new in self.lines if new.rate and new.rate.starts_on < self.starts_on]
        return min(days, default=None)


def _priced(line: PlanLine) -> str:
    return f"{in_words(line)}: {pounds(weekly_pence(line))} a week"


def get_line(case_id: UUID, line_id: UUID, *, seen_by: User) -> PlanLine:
    """One line of a plan of a case that this user may see."""
    case = people.get_case(case_id, seen_by=seen_by, page="End one thing in the plan")
    found = PlanLine.objects.filter(pk=line_id, plan__case=case).select_related("plan__case__person").first()
    if found is None:
        raise Http404("There is no such line in a plan of this case.")
    return found


def get_change(case_id: UUID, change_id: UUID, *, seen_by: User) -> LineChange:
    """That one line of a plan ends or stops for a time, in a case that this user may see."""
    case = people.get_case(case_id, seen_by=seen_by, page="End one thing in the plan")
    if not LineChange.objects.filter(pk=change_id, kind__in=DECIDED_BY_CARE, line__plan__case=case).exists():
        raise Http404("There is no such change of a plan of this case.")
    return change_now(change_id)


def change_now(change_id: UUID) -> LineChange:
    """That a line ends or stops for a time, as it stands now."""
    return LineChange.objects.select_related("line__plan__case__person", "decided_by", "again").get(pk=change_id)


def is_last_paid_directly(line: PlanLine) -> bool:
    """Whether nothing else of the plan is paid directly each week, but for what ends already."""
    each_week = [each for each in still_bought(line.plan) if each.frequency != Frequency.ONCE]
    return [each.pk for each in each_week if each.way == Way.DIRECT_PAYMENT] == [line.pk]


def weigh_end(*, line: PlanLine, ends_on: date, reason: str, cover: str, on: date) -> Ends:
    """What would come of ending a line after a day. Raises the Refusal of what cannot be done; writes nothing.

    With the last line that is paid directly the direct payment stops: `cover` says who meets the needs from then on.
    """
    require_may_end(line)
    ask = "Say in a sentence why it ends. The person can read this."
    why = said.ended(said.sentence(reason, ask=ask, field="reason"))
    comes, waits = _as_known(lambda: _weigh_end(line, ends_on, on))
    return Ends(comes, with_cover(why, cover) if is_last_paid_directly(line) else why, waits)


def weigh_pause(*, line: PlanLine, starts_on: date, ends_on: date, reason: str, meanwhile: str, on: date) -> Ends:
    """What would come of stopping a line from a day to another. Raises the Refusal of what cannot be done.

    `meanwhile` says what meets the need on these days: it is the council's duty on each of them (Care Act 2014, s. 18).
    """
    require_may_end(line)
    if ends_on < starts_on:
        raise Refusal("The last day is before the first. Check both dates.", field="ends_on")
    if ends_on - starts_on >= LONGEST_PAUSE:
        raise Refusal(
            f"From {starts_on:%-d %B %Y} that is more than {LONGEST_PAUSE.days // 7} weeks. What meets a need in "
            "another way for so long is looked at in a review: hold one, or give an earlier last day.",
            field="ends_on",
        )
    why = said.ended(said.sentence(reason, ask="Say in a sentence why it stops for a time.", field="reason"))
    how = said.ended(said.sentence(meanwhile, ask=NOT_MET, field="meanwhile", least=said.FEW))
    comes, waits = _as_known(lambda: _weigh_pause(line, starts_on, ends_on + DAY, on))
    return Ends(comes, f"{why} Meanwhile: {how}", waits)


def _as_known(weighs: Callable[[], Comes]) -> tuple[Comes | None, str]:
    """What would come of it, or what of the charge is to be decided before that is known."""
    try:
        return weighs(), ""
    except ChargeNotDecided as undecided:
        return None, str(undecided)


def weigh(change: LineChange, *, on: date) -> Comes:
    """The same of a line that somebody decided to end, or to stop for a time."""
    require_open(change)
    require_in_force(change.line.plan)
    if change.pauses:
        return _weigh_pause(change.line, change.starts_on, change.again.starts_on, on)
    return _weigh_end(change.line, change.last_day, on)


def _weigh_pause(line: PlanLine, starts_on: date, again_on: date, on: date) -> Comes:
    comes = _weigh_end(line, starts_on - DAY, on, field="starts_on")
    if comes.stays_paid_pence:
        raise Refusal(
            f"{pounds(comes.stays_paid_pence)} was paid already for days from then on, and nothing else is paid in "
            "that way meanwhile. Give a first day after the last that was paid for: the budget page has the payments.",
            field="starts_on",
        )
    budget = comes.budget
    again = weigh_again(again_on, before=budget.final_budget, charge=budget.charge, on=on)
    return replace(comes, again=again)


def _weigh_end(line: PlanLine, ends_on: date, on: date, field: str = "ends_on") -> Comes:
    budget = _running(line.plan)
    goes_on = goes_on_from(budget) is not None  # then another ended on the day before it, and a line may too
    if ends_on < (budget.starts_on - DAY if goes_on else budget.starts_on):
        raise Refusal(
            f"The budget that runs started on {budget.starts_on:%-d %B %Y}. The last day of “{line.what}” is "
            f"{'the day before' if goes_on else 'that day'} or a later one.",
            field=field,
        )
    after = weigh_without(line, ends_on + DAY, before=budget.final_budget, charge=budget.charge, on=on)
    return _comes(budget, after)


def _comes(budget: Budget, after: Weighed) -> Comes:
    paid = paid_beyond(budget, after.starts_on - DAY)
    lines, order = [costed for _, costed in after.lines], order_of_charge(after.starts_on)
    gross = bool(paid_gross([budget.case_id], after.starts_on))
    shares = share_out(after.result, dict(after.charge.result), lines, order, gross=gross)
    comes_off = sum(paid.get(share.way, 0) for share in shares if share.paid_pence_per_week)
    return Comes(budget, after, comes_off, sum(paid.values()) - comes_off)


def _running(plan: Plan) -> Budget:
    """The budget that pays for a plan and goes on."""
    budgets = Budget.objects.filter(plan=plan).select_related("case__person", "plan", "final_budget", "charge")
    budget = budgets.select_related("ending").first()
    if budget is None:
        raise Refusal("The budget of this plan has not started, so no line of it changes by itself.")
    if hasattr(budget, "ending"):
        raise Refusal("This budget has its last day already, so no line of it changes by itself.")
    return budget


def next_prices(budgets: Sequence[Budget]) -> dict[UUID, NewPrices]:
    """Of some running budgets those with a line whose recorded price has another in its place: the next day of one.

    What is paid once is paid as agreed. A price counts from the first day of the budget that runs, if it holds longer.
    """
    lines = bought_now(budget.plan_id for budget in budgets)
    later = later_prices([line.rate for its in lines.values() for line in its if line.rate is not None])
    found = {}
    for budget in budgets:
        days: dict[date, list[tuple[PlanLine, PlanLine]]] = defaultdict(list)
        for line in lines[budget.plan_id]:
            rate = _next_price(line, later, budget.starts_on)
            if rate is not None:
                days[max(rate.starts_on, budget.starts_on)].append((line, at_price(line, rate)))
        if days:
            found[budget.pk] = NewPrices(budget, min(days), days[min(days)])
    return found


def _next_price(line: PlanLine, later: Mapping[int, list[Rate]], since: date) -> Rate | None:
    if line.rate is None or line.frequency == Frequency.ONCE:
        return None
    lasting = (rate for rate in later[line.rate.pk] if rate.ends_on is None or rate.ends_on >= since)
    return next((rate for rate in lasting if rate.pence != line.unit_cost_pence), None)


def weigh_prices(case: Case, *, on: date) -> tuple[NewPrices, Reckoned, Comes]:
    """What would come of the next new prices of a case's plan. Raises the Refusal of what cannot be done."""
    plan = case.plans.filter(state=PlanState.AGREED).first()
    budget = _running(plan) if plan else None
    found = next_prices([budget]).get(budget.pk) if budget else None
    if budget is None or found is None:
        raise Refusal("No recorded price of the plan in force has another in its place.")
    if found.starts_on > on + AHEAD:
        raise Refusal(
            f"The next price begins on {found.starts_on:%-d %B %Y}. It can be taken from "
            f"{found.starts_on - AHEAD:%-d %B %Y} on: until then, what the person pays of it is not known."
        )
    before = budget.final_budget
    reckoned = reckoned_at(found, lines_decided([before.pk])[before.pk], before)
    after = weighed(reckoned, found.starts_on, before=before, charge=budget.charge, on=on)
    return found, reckoned, _comes(budget, after)


def reckoned_at(prices: NewPrices, was: Sequence[tuple[UUID, CostedLine]], before: Decision) -> Reckoned:
    """What a budget comes to at new prices; `was` has the lines that it was decided on `before`."""
    return at_prices(was, {new.pk: new for _, new in prices.lines}, before)


def new_prices(*, seen_by: User, on: date) -> list[NewPrices]:
    """Whose lines have another recorded price within eight weeks, or should have by now, the first day at the top."""
    check_can(seen_by, Capability.START_BUDGETS)
    over = PlanLine.objects.filter(plan__state=PlanState.AGREED, rate__ends_on__isnull=False)
    running = Budget.objects.filter(ending=None, plan__in=over.values("plan"), case__person__date_of_death=None)
    found = next_prices(running.select_related("case__person")).values()
    near = sorted(
        (each for each in found if each.starts_on <= on + AHEAD),
        key=lambda each: (each.starts_on, str(each.budget.case_id)),
    )
    record_looks(viewer=seen_by, person_ids=[each.budget.case.person_id for each in near], page="New prices of plans")
    return near
