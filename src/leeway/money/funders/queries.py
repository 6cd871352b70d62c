"""Reading who pays: what was funded by line and funder, funders, and who pays a case's lines."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import JSONObject
from django.http import Http404
from django.shortcuts import get_object_or_404

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people import queries as people
from leeway.care.people.models import Case
from leeway.care.planning.costs import CostedLine
from leeway.care.planning.line_changes import is_bought, lines_decided
from leeway.care.planning.models import PlanLine
from leeway.law.numbers import split
from leeway.market.units import Frequency
from leeway.money.budgets.models import Budget, Funding, InstalmentKind, NotCharged, Part
from leeway.money.funders.attributing import (
    Attributed,
    Funded,
    FunderRules,
    PartOfLine,
    PaysWeekly,
    Share,
    divided,
    once_of_lines,
    parts_of_lines,
    stretches_of,
    weekly,
)
from leeway.money.funders.models import COUNCIL, Funder, Portion, Purse, Sharing
from leeway.money.funders.presenters import PaysNow
from leeway.money.ledger.models import Kind, Reason, Transfer

#: How long before a funder's last day finance is asked who pays then.
ASKED_AHEAD = timedelta(weeks=8)
#: The account that a purse's money comes out of when it is put in or promised.
PUT_IN_BY: Mapping[str, Purse] = {
    Kind.EXPECTED_NHS: Purse.NHS,
    Kind.EXPECTED_PERSON: Purse.PERSON,
    Kind.FUNDER_COUNCIL: Purse.COUNCIL,
}
#: Of a budget, that it ran: one that ended before its first day never did.
RAN = Q(ending=None) | Q(ending__ends_on__gte=F("starts_on"))
#: Who pays where the table of funders was emptied: the council all the same.
THE_COUNCIL = FunderRules(Purse.COUNCIL, True, date.min, date.max)


def attributed(starts_on: date, ends_on: date, *, cases: Collection[UUID] | None = None) -> list[Attributed]:
    """What was funded for the days from one to another, both included, by case, line and funder; of all cases, or some.

    It divides what the ledger holds for those days and adds nothing: the rows add back to it to the penny, and the
    rows of two spans of days to those of the two together. Whoever asks about a person notes the look.
    """
    return attributed_in([(starts_on, ends_on)], cases=cases)[0]


def attributed_in(
    spans: Sequence[tuple[date, date]], *, cases: Collection[UUID] | None = None
) -> list[list[Attributed]]:
    """The same of several spans of days at once: a list for each. The ledger is read once for all of them."""
    if not spans:
        return []
    first, last = min(first for first, _ in spans), max(last for _, last in spans)
    fundings = Funding.objects.filter(starts_on__lte=last, ends_on__gte=first)
    if cases is not None:
        fundings = fundings.filter(part__budget__case__in=cases)
    found = list(_funded(fundings))
    budgets = {each.budget_id for each in found}
    lines = lines_of_parts({each.part_id for each in found}, budgets)
    once = _once_of_budgets(budgets) if any(each.kind == InstalmentKind.START_UP for each in found) else {}
    shares, rules = shares_of_lines(cases), rules_of(Funder.objects.all())

    def lines_of(each: Funded) -> list[PartOfLine]:
        return once[each.budget_id] if each.kind == InstalmentKind.START_UP else lines[each.part_id]

    return [
        [
            row
            for each in found
            if each.starts_on <= ends_on and each.ends_on >= starts_on
            for row in divided(each, lines_of(each), shares, rules, starts_on, ends_on)
        ]
        for starts_on, ends_on in spans
    ]


def weekly_of_parts(parts: Mapping[UUID, Mapping[Purse, int]]) -> dict[UUID, list[PaysWeekly]]:
    """Who pays a week of parts of budgets, of which each purse pays so much: of those with a line that is shared.

    For the council's books: nobody is named.
    """
    shared = Part.objects.order_by().filter(budget__plan__lines__sharings__isnull=False).distinct()
    budgets = {part: budget for part, budget in shared.values_list("pk", "budget") if part in parts}
    if not budgets:
        return {}
    shares, rules = shares_of_lines(), rules_of(Funder.objects.all())
    lines = lines_of_parts(list(budgets), set(budgets.values()))
    return {part: list(weekly(parts[part], its, shares, rules)) for part, its in lines.items()}


def kept_in_ledger(cases: Collection[UUID]) -> int:
    """What all purses put in or promised for some cases, less what went back: read from the transfers alone."""
    available, committed, purses = Kind.AVAILABLE, Kind.COMMITTED, list(PUT_IN_BY)
    put_in = Q(debit__kind=available, debit__case__in=cases, credit__kind__in=purses)
    went_back = Q(credit__kind=available, credit__case__in=cases, debit__kind__in=purses)
    less = Q(reason=Reason.NOT_CHARGED, credit__case__in=cases) | Q(reason=Reason.CHARGED_AGAIN, debit__case__in=cases)
    moved = Transfer.objects.filter(put_in | went_back | less).values_list("debit__kind").annotate(Sum("amount_pence"))
    return sum(pence if into in (available, committed) else -pence for into, pence in moved.order_by())


def not_charged(cases: Collection[UUID]) -> dict[UUID, int]:
    """What some cases' people were not asked for, since it was not delivered: read from the transfers alone."""
    found: dict[UUID, int] = defaultdict(int)
    for reason, whose, sign in ((Reason.NOT_CHARGED, "credit", 1), (Reason.CHARGED_AGAIN, "debit", -1)):
        moved = Transfer.objects.order_by().filter(reason=reason, **{f"{whose}__case__in": cases})
        for case, pence in moved.values_list(f"{whose}__case").annotate(Sum("amount_pence")):
            found[case] += sign * pence
    return found


def _funded(fundings: QuerySet[Funding]) -> Iterable[Funded]:
    """Fundings as they stand in the ledger, those of which something is left."""
    moved: dict[UUID, dict[Purse, int]] = defaultdict(dict)
    about = Transfer.objects.order_by().filter(about__in=fundings.order_by().values("pk"))
    for way_in, sign in (("credit__kind", 1), ("debit__kind", -1)):
        other = {"credit__kind": "debit__kind", "debit__kind": "credit__kind"}[way_in]
        put = about.filter(**{f"{way_in}__in": list(PUT_IN_BY), other: Kind.AVAILABLE})
        for funding, kind, pence in put.values_list("about", way_in).annotate(Sum("amount_pence")):
            purse = PUT_IN_BY[kind]
            moved[funding][purse] = moved[funding].get(purse, 0) + sign * pence
    weeks = NotCharged.objects.order_by("starts_on").filter(funding=OuterRef("pk"))
    less = ArraySubquery(weeks.values(week=JSONObject(first="starts_on", last="ends_on", pence="pence")))
    rows = fundings.order_by("part__budget__case", "starts_on", "kind", "pk").values_list(
        "pk",
        "part__budget__case",
        "part__budget",
        "part",
        "kind",
        "starts_on",
        "ends_on",
        "part__paid_pence_per_week",
        "part__budget__pay_calendar_starts_on",
        "part__budget__ending__ends_on",
        less,
    )
    for pk, case, budget, part, kind, first, last, a_week, anchor, ends_on, off in rows:
        each = Funded(case, budget, part, kind, first, last, a_week, anchor, ends_on, moved[pk], _by_week(off))
        if each.kept_pence:
            yield each


def _by_week(told: Iterable[dict]) -> list[tuple[date, date, int]]:
    """What was taken off weeks, less what was put back of it: of each that something is off, its days and the pence."""
    found: dict[tuple[date, date], int] = defaultdict(int)
    for each in told:
        found[date.fromisoformat(each["first"]), date.fromisoformat(each["last"])] += each["pence"]
    return [(first, last, pence) for (first, last), pence in found.items() if pence]


def lines_of_parts(parts: Collection[UUID], budgets: Collection[UUID]) -> dict[UUID, list[PartOfLine]]:
    """The lines of each part of some budgets, with what each purse pays of them a week."""
    known = Budget.objects.filter(pk__in=budgets).order_by()
    decided = {pk: rest for pk, *rest in known.values_list("pk", "final_budget", "charge__result__free_parts")}
    lines, found = lines_decided(final_budget for final_budget, _ in decided.values()), {}
    rows = Part.objects.order_by().filter(pk__in=parts)
    amounts = [f"{name}_pence_per_week" for name in ("gross", "nhs", "charge")]
    for part, budget, way, gross, nhs, charge in rows.values_list("pk", "budget", "way", *amounts):
        final_budget, free = decided[budget]
        found[part] = lines_of_part(lines[final_budget], free or [], way, gross, nhs, charge)
    return found


def lines_of_part(
    lines: Sequence[tuple[UUID, CostedLine]],
    judged: Sequence[dict],
    way: str,
    gross_pence: int,
    nhs_pence: int,
    charge_pence: int,
) -> list[PartOfLine]:
    """The lines that a part pays for: those held in its way, or else all. `judged` says what was found to be free."""
    nobody_pays = _free(lines, judged)
    its = [index for index, (_, line) in enumerate(lines) if line.way == way] or range(len(lines))
    return parts_of_lines(
        [lines[index] for index in its],
        [nobody_pays[index] for index in its],
        gross_pence=gross_pence,
        nhs_pence=nhs_pence,
        charge_pence=charge_pence,
    )


def _free(lines: Sequence[tuple[UUID, CostedLine]], judged: Sequence[dict]) -> list[bool]:
    """Whether nobody is charged for each line, as the charge found those that are said to be free."""
    answers = iter(judged)
    return [line.is_said_free and bool(next(answers, {"free": True})["free"]) for _, line in lines]


def _once_of_budgets(budgets: Collection[UUID]) -> dict[UUID, list[PartOfLine]]:
    """What is paid once of the lines of each budget."""
    return {budget: once_of_lines(lines) for budget, lines in lines_of_budgets(budgets).items()}


def lines_of_budgets(budgets: Collection[UUID]) -> dict[UUID, list[tuple[UUID, CostedLine]]]:
    """The lines of each of some budgets, with what each costs."""
    decided = dict(Budget.objects.order_by().filter(pk__in=budgets).values_list("pk", "final_budget"))
    lines = lines_decided(decided.values())
    return {budget: lines[decision] for budget, decision in decided.items()}


def shares_of_lines(cases: Collection[UUID] | None = None) -> dict[UUID, list[Share]]:
    """Every sharing that holds or held, by line."""
    held = Q(sharing__ends_on=None) | Q(sharing__ends_on__gte=F("sharing__starts_on"))
    named = Portion.objects.filter(held)
    if cases is not None:
        named = named.filter(sharing__line__plan__case__in=cases)
    of_sharing = [f"sharing__{name}" for name in ("pk", "line", "starts_on", "ends_on", "method")]
    latest_first = ("-sharing__starts_on", "-sharing__recorded_on", "sharing", "position")
    rows = named.order_by(*latest_first).values_list(*of_sharing, "funder", "figure")
    found = defaultdict(list)
    for (_, line, first, last, method), portions in groupby(rows, key=lambda row: row[:5]):
        pays = [(funder, figure) for *_, funder, figure in portions]
        found[line].append(Share(first, last or date.max, method, pays))
    return found


def rules_of(funders: Iterable[Funder]) -> dict[UUID, FunderRules]:
    """The rules of funders that dividing must know."""
    return {COUNCIL: THE_COUNCIL} | {
        each.pk: FunderRules(each.purse, each.means_tested, each.starts_on or date.min, each.ends_on or date.max)
        for each in funders
    }


def paid_of_line(line: PlanLine, starts_on: date, ends_on: date) -> list[tuple[Budget, PartOfLine]]:
    """What is paid a week of a line by each budget of its plan that pays on some of these days, the first first."""
    runs = Q(ending=None) | Q(ending__ends_on__gte=starts_on)
    budgets = line.plan.budgets.filter(RAN, runs, starts_on__lte=ends_on).select_related("ending")
    found = []
    for budget in budgets.order_by("starts_on"):
        parts = list(budget.parts.values_list("pk", flat=True))
        its = lines_of_parts(parts, [budget.pk]).values()
        found += [(budget, each) for lines in its for each in lines if each.line_id == line.pk]
    return found


@dataclass(frozen=True)
class EndsSoon:
    """A line that a budget goes on paying for after the last day of a funder that is to pay for it."""

    line: PlanLine
    funder: Funder

    @property
    def ends_on(self) -> date:
        """The last day on which the funder pays."""
        assert self.funder.ends_on is not None, "only a funder with a last day ends"
        return self.funder.ends_on


def ends_soon(*, on: date, case: UUID | None = None) -> list[EndsSoon]:
    """Lines whose funder ends within eight weeks, or has ended, while the line goes on: the soonest first."""
    named = Portion.objects.filter(funder__ends_on__lte=on + ASKED_AHEAD).filter(
        Q(sharing__ends_on=None) | Q(sharing__ends_on__gt=F("funder__ends_on")),
    )
    if case is not None:
        named = named.filter(sharing__line__plan__case=case)
    runs = Budget.objects.filter(plan=OuterRef("sharing__line__plan")).filter(
        Q(ending=None) | Q(ending__ends_on__gt=OuterRef("funder__ends_on"), ending__ends_on__gte=on)
    )
    rows = named.filter(Exists(runs)).select_related("funder", "sharing__line__plan__case__person")
    return [EndsSoon(each.sharing.line, each.funder) for each in rows.order_by("funder__ends_on", "pk")]


@dataclass(frozen=True)
class LinePays:
    """One line of a plan with who pays it on a day, what was said of it before, and what is said of days to come."""

    line: PlanLine
    pays: list[PaysNow]
    sharing: Sharing | None
    said: list[Sharing]

    @property
    def pence_per_week(self) -> int:
        """What it costs a week."""
        return sum(each.pence for each in self.pays)


@dataclass(frozen=True)
class CasePays:
    """Who pays for the lines of a case's budget, on a day."""

    case: Case
    budget: Budget | None
    lines: list[LinePays]

    @property
    def to_be_named(self) -> bool:
        """Whether some of it is the NHS's, and it is not said of which body."""
        return any(each.to_be_named and each.pence for line in self.lines for each in line.pays)


def who_pays(case_id: UUID, *, seen_by: User, on: date) -> CasePays:
    """Who pays each line of a case's budget on a day, the look noted: for whoever may see the case."""
    case = people.get_case(case_id, seen_by=seen_by, page="Who pays")
    budget = budget_on(case, on)
    return CasePays(case, budget, lines_paid(budget, max(on, budget.starts_on)) if budget else [])


def line_to_share(case_id: UUID, line_id: UUID, *, seen_by: User, on: date) -> tuple[CasePays, LinePays]:
    """One line of a case's budget, to say who pays it; Http404 where there is none."""
    found = who_pays(case_id, seen_by=seen_by, on=on)
    for each in found.lines:
        if each.line.pk == line_id:
            return found, each
    raise Http404("There is no such line in the budget of this case.")


def budget_on(case: Case, on: date) -> Budget | None:
    """The budget that pays on a day; before the first has begun, that one."""
    ran = case.budgets.filter(RAN).order_by("-starts_on")
    budgets = list(ran.select_related("plan", "final_budget", "charge"))
    return next((each for each in budgets if each.starts_on <= on), budgets[-1] if budgets else None)


def lines_paid(budget: Budget, on: date) -> list[LinePays]:
    """Who pays each line of a budget on a day."""
    line_ids = budget.final_budget.inputs.get("line_ids")
    lines = [line for line in budget.plan.lines.all() if is_bought(line.pk, line_ids)]
    pays = _pays_by_line(budget, shares_of_lines([budget.case_id]), on)
    sharings = Sharing.objects.filter(line__plan=budget.plan_id).select_related("recorded_by")
    said: dict[UUID, list[Sharing]] = defaultdict(list)
    for sharing in sharings.prefetch_related("portions__funder"):
        if not sharing.never_held:
            said[sharing.line_id].append(sharing)
    found = []
    for line in lines:
        its = said[line.pk]
        in_force = next((one for one in its if one.starts_on <= on and (not one.ends_on or on <= one.ends_on)), None)
        found.append(LinePays(line, pays.get(line.pk, []), in_force, its))
    return found


def _pays_by_line(budget: Budget, shares: Mapping[UUID, Sequence[Share]], on: date) -> dict[UUID, list[PaysNow]]:
    """What each pays of the lines that the parts of a budget pay for, on a day."""
    lines = lines_decided([budget.final_budget_id])[budget.final_budget_id]
    judged = budget.charge.result.get("free_parts") or []
    funders = {each.pk: each for each in Funder.objects.all()}
    rules = rules_of(funders.values())
    paid = (
        line
        for part in budget.parts.all()
        for line in lines_of_part(
            lines, judged, part.way, part.gross_pence_per_week, part.nhs_pence_per_week, part.charge_pence_per_week
        )
    )
    return {each.line_id: _pays_on(each, shares.get(each.line_id, ()), rules, funders, on) for each in paid}


def _pays_on(
    line: PartOfLine,
    shares: Sequence[Share],
    rules: Mapping[UUID, FunderRules],
    funders: Mapping[UUID, Funder],
    on: date,
) -> list[PaysNow]:
    """What each pays of a line a week, on a day: the person, the council's funders, the NHS's."""
    stretch = next(one for one in stretches_of(line, shares, rules) if one.starts_on <= on <= one.ends_on)
    found = []
    for purse in (Purse.PERSON, Purse.COUNCIL, Purse.NHS):
        payers = stretch.payers[purse]
        parts = split(line.purses[purse], [weight for _, weight in payers])
        for (funder, _), pence in zip(payers, parts, strict=True):
            if pence:
                found.append(PaysNow(purse, funders.get(funder) if funder else None, pence))
    return found


def payers_of(case: Case, on: date) -> list[PaysNow]:
    """What each payer that is named pays a week for all lines of a case's budget, on a day."""
    budget = budget_on(case, on)
    shares = shares_of_lines([case.pk]) if budget else {}
    if budget is None or not shares:
        return []
    together: dict[tuple[Purse, UUID | None], PaysNow] = {}
    for pays in _pays_by_line(budget, shares, max(on, budget.starts_on)).values():
        for each in pays:
            key = each.purse, each.funder.pk if each.funder else None
            had = together[key].pence if key in together else 0
            together[key] = PaysNow(each.purse, each.funder, had + each.pence)
    return list(together.values())


@dataclass(frozen=True)
class Commitment:
    """What one funder pays a week now, for how many people."""

    funder: Funder
    pence_per_week: int
    people: int


def commitments(*, seen_by: User, on: date) -> list[Commitment]:
    """Every funder but the council, with what it pays a week of the lines that name it."""
    check_can(seen_by, Capability.SEE_FUNDERS)
    weekly: dict[UUID, int] = defaultdict(int)
    cases: dict[UUID, set[UUID]] = defaultdict(set)
    for row in weekly_rows(on):
        if row.funder_id is not None:
            weekly[row.funder_id] += row.pence
            cases[row.funder_id].add(row.case_id)
    return [Commitment(each, weekly[each.pk], len(cases[each.pk])) for each in Funder.objects.exclude(pk=COUNCIL)]


def weekly_rows(on: date, funder: Funder | None = None) -> list[Attributed]:
    """What each funder that is named pays a week, on a day, by case and line, of budgets that run."""
    named = Portion.objects.filter(sharing__starts_on__lte=on).filter(
        Q(sharing__ends_on=None) | Q(sharing__ends_on__gte=on)
    )
    if funder is not None:
        named = named.filter(funder=funder)
    budgets = _running(on).filter(plan__lines__sharings__portions__in=named).distinct()
    plans = {each.pk: each.case_id for each in budgets.select_related("plan")}
    parts = dict(Part.objects.order_by().filter(budget__in=plans).values_list("pk", "budget"))
    shares, funders = shares_of_lines(set(plans.values())), {each.pk: each for each in Funder.objects.all()}
    rules = rules_of(funders.values())
    return [
        Attributed(plans[parts[part]], line.line_id, part, each.funder.pk, each.purse, on, on, each.pence)
        for part, lines in lines_of_parts(list(parts), list(plans)).items()
        for line in lines
        if line.line_id in shares
        for each in _pays_on(line, shares[line.line_id], rules, funders, on)
        if each.funder is not None and (funder is None or each.funder == funder)
    ]


def _running(on: date) -> QuerySet[Budget]:
    return Budget.objects.filter(Q(ending=None) | Q(ending__ends_on__gte=on), starts_on__lte=on)


def to_be_named(*, seen_by: User, on: date, most: int) -> tuple[list[PlanLine], int]:
    """Lines of budgets that run of which the NHS pays a part, with no body of it named on this day; how many there are.

    Whose they are counts as looked at.
    """
    check_can(seen_by, Capability.PAY)
    holds = Sharing.objects.filter(line=OuterRef("pk"), starts_on__lte=on)
    named = holds.filter(Q(ends_on=None) | Q(ends_on__gte=on))
    lines = PlanLine.objects.filter(nhs_percent__gt=0, plan__budgets__in=_running(on)).exclude(frequency=Frequency.ONCE)
    found = lines.exclude(Exists(named)).select_related("plan__case__person").distinct().order_by("plan__case", "what")
    shown = list(found[:most])
    record_looks(viewer=seen_by, person_ids=[line.plan.case.person_id for line in shown], page="NHS body to be named")
    return shown, found.count()


def get_funder(funder_id: UUID) -> Funder:
    """A funder, or Http404."""
    return get_object_or_404(Funder, pk=funder_id)
