"""Recording funders, and saying who pays a line from a day on. What is asked and given up here moves no money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Greatest

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.actions import finish_tasks, finish_tasks_of_many, set_task, tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case, Whose
from leeway.care.planning.costs import costed_line
from leeway.care.planning.models import PlanLine, PlanState
from leeway.care.planning.queries import first_of_lines
from leeway.days import AIMED_AT, PLANNED, check_day
from leeway.law.numbers import floor_div, pounds
from leeway.law.sharing import Portion as Agreed
from leeway.law.sharing import Shared, percent, share, weights_of
from leeway.market.units import Frequency
from leeway.money.budgets.models import Budget
from leeway.money.funders.attributing import PartOfLine, Share, least_chargeable
from leeway.money.funders.models import COUNCIL, Funder, FunderKind, Method, Milestone, Portion, Purse, Sharing
from leeway.money.funders.queries import RAN, ends_soon, lines_of_budgets, paid_of_line, rules_of
from leeway.refusal import Refusal
from leeway.versions import lock_as_seen

DAY = timedelta(days=1)
#: What may change of a funder.
CHANGES = ("name", "ends_on", "purpose", "conditions", "total_pence")


@dataclass(frozen=True)
class Pays:
    """That a funder pays so much of a line, the figure as the method means it."""

    funder: Funder
    figure: int | None = None


def the_council(*, on: date) -> Funder:
    """The council as a funder. A migration puts it in; it is made anew where the table was emptied."""
    facts = {"kind": FunderKind.COUNCIL, "name": "The council", "code": "COUNCIL", "means_tested": True}
    return Funder.objects.get_or_create(pk=COUNCIL, defaults=facts | {"recorded_on": on})[0]


@transaction.atomic
def share_line(
    *,
    line: PlanLine,
    starts_on: date,
    ends_on: date | None,
    method: str,
    pays: Sequence[Pays],
    reason: str,
    by: User,
    on: date,
) -> Sharing:
    """Say who pays a line from a day on, instead of whatever was said of that day and those after it.

    Refused where the NHS's part is not what the plan says that the NHS pays of the line, where a funder's own days do
    not reach, and where the person is charged more than what may be charged for.
    """
    check_can(by, Capability.SAY_WHO_PAYS)
    check_day(starts_on, PLANNED, field="starts_on", what="The first day", on=on)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    case = lock_case(line.plan.case_id)
    line = PlanLine.objects.select_related("plan").get(pk=line.pk)
    reason = weigh(line=line, starts_on=starts_on, ends_on=ends_on, method=method, pays=pays, reason=reason).reason
    sharing = _say(line, starts_on, ends_on, method, pays, reason, by, on)
    names = " and ".join(str(each.funder) for each in pays)
    sentence = f"Who pays “{line.what}” from {starts_on:%-d %B %Y}: {names}. {reason}"
    tell(case=case, kind=Event.WHO_PAYS, sentence=sentence, by=by, on=on)
    if not ends_soon(on=on, case=case.pk):
        finish_tasks(case=case, kinds=[Event.FUNDER_ENDS], by=by, on=on)
    return sharing


@transaction.atomic
def ask_who_pays_next(*, on: date) -> int:
    """Ask finance who pays a line when a funder of it ends, eight weeks before; of how many lines. Nightly work.

    Until somebody says so, the council pays from the day after.
    """
    found = ends_soon(on=on)
    for each in found:
        case = each.line.plan.case
        what = (
            f"{each.funder} pays “{each.line.what}” of {case.person} until {each.ends_on:%-d %B %Y}. Say who pays from "
            "the day after; the council does until you say so."
        )
        due_on = max(each.ends_on, on)
        set_task(case=case, kind=Event.FUNDER_ENDS, what=what, whose=Whose.FINANCE, due_on=due_on, on=on)
    return len(found)


@dataclass(frozen=True)
class Weighed:
    """What would come of a sharing: what each pays a week, with the steps to it, and the reason as it is kept."""

    shared: Shared
    reason: str


def weigh(
    *, line: PlanLine, starts_on: date, ends_on: date | None, method: str, pays: Sequence[Pays], reason: str
) -> Weighed:
    """What would come of saying that these pay a line. Raises the Refusal of what cannot be said; writes nothing."""
    _require_days(line, starts_on, ends_on)
    _require_reaches(pays, starts_on, ends_on)
    paid = paid_of_line(line, starts_on, ends_on or date.max)
    cost_pence = paid[0][1].pence_per_week if paid else costed_line(line).pence_per_week
    _require_as_planned(line, method, pays, cost_pence)
    _require_chargeable(paid, Share(starts_on, ends_on or date.max, method, [(e.funder.pk, e.figure) for e in pays]))
    ask = "Say why these pay, such as who agreed it and when. The person can read this."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    return Weighed(share(method, _agreed(pays), cost_pence), reason)


def _say(
    line: PlanLine,
    starts_on: date,
    ends_on: date | None,
    method: str,
    pays: Sequence[Pays],
    reason: str,
    by: User,
    on: date,
) -> Sharing:
    """Write who pays a line, instead of what was said of that day and later ones."""
    _end_before(line, starts_on)
    sharing = Sharing.objects.create(
        line=line,
        starts_on=starts_on,
        ends_on=ends_on,
        method=method,
        reason=reason,
        recorded_by=by,
        recorded_on=on,
    )
    Portion.objects.bulk_create(
        Portion(sharing=sharing, position=position, funder=each.funder, figure=each.figure)
        for position, each in enumerate(pays)
    )
    return sharing


@transaction.atomic
def take_over_who_pays(*, case: Case, by: User, on: date) -> int:
    """Have who pays a line go on when a new plan's budget takes over from the one before; of how many lines.

    Where a line is in the new plan no more, or cannot be paid so any more, finance is asked who pays: until somebody
    says so, the council does, or the NHS with no body named.
    """
    budgets = case.budgets.filter(RAN).order_by("starts_on")
    budget = budgets.filter(plan__state=PlanState.AGREED).select_related("plan").first()
    before = budgets.filter(ending__replaced=True, starts_on__lt=budget.starts_on).last() if budget else None
    if budget is None or before is None or before.plan_id == budget.plan_id:
        return 0
    first = first_of_lines(case.pk)
    goes_on_as = {first[line.pk]: line for line in budget.plan.lines.select_related("plan")}
    holds = Q(ends_on=None) | Q(ends_on__gte=Greatest("starts_on", Value(budget.starts_on)))
    bought = [line for line, _ in lines_of_budgets([before.pk])[before.pk]]
    said = Sharing.objects.filter(holds, line__in=bought).order_by("starts_on").select_related("line")
    taken_over = set()
    for sharing in said.prefetch_related("portions__funder"):
        try:
            line = goes_on_as.get(first[sharing.line_id])
            taken_over.add(_take_over(sharing, line, budget.starts_on, by, on).line_id)
        except Refusal as refusal:
            names = " and ".join(str(each.funder) for each in sharing.portions.all())
            what = (
                f"{names} paid “{sharing.line.what}” of {case.person} until a new plan began on "
                f"{budget.starts_on:%-d %B %Y}. {refusal} Say who pays from that day."
            )
            set_task(case=case, kind=Event.WHO_PAYS, what=what, whose=Whose.FINANCE, due_on=on, on=on)
    return len(taken_over)


def _take_over(sharing: Sharing, line: PlanLine | None, first: date, by: User, on: date) -> Sharing:
    """Say of the line of a new plan what was said of the one it goes on from. Raises Refusal where that cannot be."""
    if line is None:
        raise Refusal("The new plan has it no more.")
    starts_on, pays = max(first, sharing.starts_on), [Pays(each.funder, each.figure) for each in sharing.portions.all()]
    asked = {"line": line, "starts_on": starts_on, "ends_on": sharing.ends_on, "method": sharing.method, "pays": pays}
    weigh(**asked, reason=sharing.reason)
    return _say(**asked, reason=sharing.reason, by=by, on=on)


def _end_before(line: PlanLine, starts_on: date) -> None:
    """Have what was said of a line end the day before another begins; what was to begin later never holds."""
    for each in Sharing.objects.select_for_update().filter(line=line):
        last = max(starts_on, each.starts_on) - DAY
        if each.ends_on is None or each.ends_on > last:
            each.ends_on = last
            each.save(update_fields=["ends_on"])


def _require_days(line: PlanLine, starts_on: date, ends_on: date | None) -> None:
    first = line.plan.budgets.order_by("starts_on").values_list("starts_on", flat=True).first()
    if first is None:
        raise Refusal("No budget pays for this line yet. Set the budget up first, and then say who pays.")
    if starts_on < first:
        raise Refusal(
            f"The budget pays for this line from {first:%-d %B %Y} on. Give that day or a later one.", field="starts_on"
        )
    if ends_on is not None and ends_on < starts_on:
        raise Refusal("The last day is before the first. Check both dates.", field="ends_on")


def _require_reaches(pays: Sequence[Pays], starts_on: date, ends_on: date | None) -> None:
    """Refuse a funder whose money has not begun on the first day, or ended by then; a later end is for its day."""
    for each in pays:
        funder = each.funder
        if funder.starts_on and starts_on < funder.starts_on:
            raise Refusal(
                f"{funder} pays from {funder.starts_on:%-d %B %Y} on. Give that day or a later one.", field="starts_on"
            )
        if funder.ends_on and starts_on > funder.ends_on:
            raise Refusal(
                f"{funder} ended on {funder.ends_on:%-d %B %Y}. Choose who pays from then on.", field="portions"
            )
        if funder.ends_on and ends_on and ends_on > funder.ends_on:
            raise Refusal(
                f"{funder} ends on {funder.ends_on:%-d %B %Y}. Give that day or an earlier one.", field="ends_on"
            )


def _require_as_planned(line: PlanLine, method: str, pays: Sequence[Pays], cost_pence: int) -> None:
    """Refuse a sharing whose NHS part is not the one of the plan, by which the NHS is billed and the person charged."""
    if line.frequency == Frequency.ONCE and method in (Method.CAPPED, Method.INCREMENTAL):
        raise Refusal("This is paid once, so nobody pays so much a week of it. Choose another method.", field="method")
    weights = weights_of(method, _agreed(pays), cost_pence)
    whole = sum(weights)
    nhs = sum(weight for each, weight in zip(pays, weights, strict=True) if each.funder.purse == Purse.NHS)
    exact = method in (Method.FIXED, Method.OWNER)
    nearest = floor_div(200 * nhs + whole, 2 * whole) if whole else 0
    if (exact and nhs * 100 != line.nhs_percent * whole) or nearest != line.nhs_percent:
        would = percent(floor_div(nhs * 100_00, whole)) if whole else "nothing"
        raise Refusal(
            f"The plan says that the NHS pays {line.nhs_percent}% of this line, and by this it would pay {would}. "
            "Change the line in the plan first: what the NHS is billed and what the person is charged follow from it.",
            field="portions",
        )


def _require_chargeable(paid: Sequence[tuple[Budget, PartOfLine]], said: Share) -> None:
    """Refuse a sharing by which the person would be charged for money that nobody is charged for."""
    rules = rules_of(Funder.objects.all())
    for budget, line in paid:
        first = max(budget.starts_on, said.starts_on)
        last = budget.ending.ends_on if hasattr(budget, "ending") else date.max
        may = least_chargeable(line, [said], rules, first, last)
        if may is not None and line.charge_pence > may:
            raise Refusal(
                f"The person is charged {pounds(line.charge_pence)} a week for this line from {first:%-d %B %Y}, and "
                f"of what pays it only {pounds(may)} may be charged for. Have the charge worked out anew first, or "
                "choose who pays otherwise.",
                field="portions",
            )


def _agreed(pays: Sequence[Pays]) -> list[Agreed]:
    return [Agreed(f"{each.funder} ({each.funder.code})", each.figure) for each in pays]


@transaction.atomic
def add_funder(
    *,
    kind: str,
    name: str,
    code: str,
    means_tested: bool,
    starts_on: date | None,
    ends_on: date | None,
    purpose: str,
    conditions: str,
    total_pence: int | None,
    by: User,
    on: date,
) -> Funder:
    """Record a funder with the rules of its money."""
    check_can(by, Capability.SAY_WHO_PAYS)
    check_day(starts_on, AIMED_AT, field="starts_on", what="The first day", on=on)
    check_day(ends_on, AIMED_AT, field="ends_on", what="The last day", on=on)
    _require_days_of_funder(starts_on, ends_on)
    if kind == FunderKind.COUNCIL:
        raise Refusal("The council is in the list already.", field="kind")
    if kind == FunderKind.NHS_BODY and means_tested:
        raise Refusal(
            "What the NHS pays is never means-tested. Say that nobody is charged for it.", field="means_tested"
        )
    if Funder.objects.filter(code__iexact=code.strip()).exists():
        raise Refusal("Another funder has this code. Use its line, or give another code.", field="known_as")
    return Funder.objects.create(
        kind=kind,
        name=name.strip(),
        code=code.strip(),
        means_tested=means_tested,
        starts_on=starts_on,
        ends_on=ends_on,
        purpose=purpose.strip(),
        conditions=conditions.strip(),
        total_pence=total_pence,
        recorded_by=by,
        recorded_on=on,
    )


def _require_days_of_funder(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise Refusal("The last day is before the first. Check both dates.", field="ends_on")


@transaction.atomic
def change_funder(
    *,
    funder: Funder,
    name: str,
    ends_on: date | None,
    purpose: str,
    conditions: str,
    total_pence: int | None,
    version: int,
    by: User,
    on: date,
) -> Funder:
    """Change what may change of a funder: its name, its last day, what it is for and asks, and its total."""
    check_can(by, Capability.SAY_WHO_PAYS)
    check_day(ends_on, AIMED_AT, field="ends_on", what="The last day", on=on)
    lock_as_seen(funder, version, *CHANGES)
    if funder.kind == FunderKind.COUNCIL:
        raise Refusal("Nothing changes of the council as a funder: it pays for what nobody else does.")
    _require_days_of_funder(funder.starts_on, ends_on)
    asked_again = (name.strip(), ends_on) != (funder.name, funder.ends_on)
    funder.name, funder.ends_on, funder.total_pence = name.strip(), ends_on, total_pence
    funder.purpose, funder.conditions = purpose.strip(), conditions.strip()
    funder.save(update_fields=CHANGES)
    if asked_again:  # tasks name it and its last day
        cases = Case.objects.filter(plans__lines__sharings__portions__funder=funder)
        finish_tasks_of_many(cases=cases, kinds=[Event.FUNDER_ENDS], by=by, on=on)
        ask_who_pays_next(on=on)
    return funder


@transaction.atomic
def add_milestone(*, funder: Funder, due_on: date, aimed: str, people: int, by: User, on: date) -> Milestone:
    """Record what a programme's money is to bring by a day."""
    check_can(by, Capability.SAY_WHO_PAYS)
    check_day(due_on, AIMED_AT, field="due_on", what="The day", on=on)
    if funder.kind != FunderKind.PROGRAMME_FUND:
        raise Refusal("Only a programme fund has milestones. Record the programme as a funder of its own.")
    if funder.milestones.filter(due_on=due_on, aimed=aimed).exists():
        raise Refusal("There is a milestone of this kind on this day already.", field="due_on")
    return Milestone.objects.create(
        funder=funder, due_on=due_on, aimed=aimed, people=people, recorded_by=by, recorded_on=on
    )
