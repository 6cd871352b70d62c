"""Entering a visit by hand, and settling what matching left to somebody."""

from dataclasses import asdict, dataclass
from datetime import date, time

from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.locks import lock_case, lock_cases
from leeway.care.people.models import Case
from leeway.care.planning.models import PlanLine, Way
from leeway.days import HAPPENED, check_day
from leeway.law.numbers import pounds
from leeway.market.listings.models import Provider
from leeway.money.budgets.models import Funding, InstalmentKind
from leeway.money.invoices.actions.charging import charge_as_delivered
from leeway.money.invoices.actions.matching import allocations_of
from leeway.money.invoices.actions.receiving import LINE_MOST_PENCE
from leeway.money.invoices.bought import Prices, lines_of, minutes_paid_of, pays_for, pence_due
from leeway.money.invoices.comparing import in_words
from leeway.money.invoices.kinds import Because, Happened, Result
from leeway.money.invoices.models import Agreement, Allocation, Visit
from leeway.refusal import Refusal
from leeway.versions import lock_as_seen, version_of

DAY_MINUTES = 24 * 60
#: What two visits have in common that are the same one, told twice without a number of the provider's.
SAME = ("day", "starts_at", "person_reference", "nhs_number", "name", "minutes", "planned_minutes", "happened", "what")
SETTLED = (
    "result", "because", "why", "case", "line", "funding", "rate_pence", "minutes_paid", "due_pence", "settled_by",
    "settled_on", "settled_because",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """One visit as a provider tells it."""

    day: date
    happened: Happened
    reference: str = ""
    person_reference: str = ""
    nhs_number: str = ""
    name: str = ""
    date_of_birth: date | None = None
    what: str = ""
    starts_at: time | None = None
    planned_minutes: int | None = None
    minutes: int | None = None


@transaction.atomic
def enter_visit(*, provider: Provider, new: NewVisit, shown_by: str, by: User, on: date) -> Visit:
    """Enter a visit that came in no file, with what shows it. It is matched like any other."""
    check_can(by, Capability.SETTLE_INVOICES)
    ask = "Say what shows this visit, such as a signed time sheet or what the person says."
    shown_by = said.sentence(shown_by, ask=ask, field="shown_by", least=said.FEW)
    check_day(new.day, HAPPENED, field="day", what="The day of the visit", on=on)
    if problem := problem_with(new):
        field, sentence = problem
        raise Refusal(sentence, field=field)
    there = Visit.objects.filter(provider=provider, taken_back_on=None)
    if new.reference and there.filter(reference=new.reference).exists():
        raise Refusal(f"Visit {new.reference} of {provider.name} is on record already.", field="reference")
    facts = {name: getattr(new, name) for name in SAME}
    if not new.reference and there.filter(shown_by=shown_by, **facts).exists():
        raise Refusal(
            "This visit is on record already, shown by the same. Where it was another one, say what shows that.",
            field="shown_by",
        )
    visit = Visit.objects.create(provider=provider, shown_by=shown_by, entered_by=by, entered_on=on, **asdict(new))
    (allocation,) = Allocation.objects.bulk_create(allocations_of([visit]))
    if allocation.case_id:
        lock_case(allocation.case_id)
        charge_as_delivered([allocation.case_id], on)
    return visit


@transaction.atomic
def settle_visit(
    *,
    visit: Visit,
    line: PlanLine | None,
    reason: str,
    by: User,
    on: date,
    due_pence: int | None = None,
    minutes_paid: int | None = None,
    version: int | None = None,
) -> Allocation:
    """Say to which agreed line a visit belongs and what is due for it, or that nothing is. Matching leaves it then.

    What is left out of minutes and amount is worked out by the council's tolerances and the price of that day.
    """
    check_can(by, Capability.SETTLE_INVOICES)
    ask = "Say why, in a sentence. It stands beside the visit, and the person can read it."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.FEW)
    before = Allocation.objects.values_list("case", flat=True).get(pk=visit)
    people = {case for case in (before, line and line.plan.case_id) if case}
    lock_cases(Case.objects.filter(pk__in=people))
    allocation = Allocation.objects.select_related("visit__provider").get(pk=visit)
    lock_as_seen(allocation, version_of(allocation) if version is None else version)
    if Agreement.objects.filter(line__visit=visit).exists():
        raise Refusal("What is due for this visit is agreed on an invoice already, and stays as it is.")
    if allocation.result == Result.TAKEN_BACK:
        raise Refusal("This visit was taken back with its file. Look for it in the file that took its place.")
    funding, minutes, pence = None, 0, 0
    if line is not None:
        if not lines_of(allocation.visit.provider).filter(pk=line.pk).exists():
            raise Refusal(
                f"That line is not bought from {allocation.visit.provider.name}. Choose another.", field="line"
            )
        funding = _funding_of(line, allocation.visit.day)
        minutes, pence = _worked_out(allocation.visit, line, minutes_paid, due_pence)
    if not (0 <= minutes <= DAY_MINUTES and 0 <= pence <= LINE_MOST_PENCE):
        raise Refusal(
            f"Enter minutes and an amount of nothing or more, up to {DAY_MINUTES:,} and {pounds(LINE_MOST_PENCE)}.",
            field="due_pence",
        )
    allocation.result = Result.MATCHED if line is not None else Result.NOTHING_DUE
    allocation.because, allocation.why = Because.BY_HAND, f"Settled by {by.name} on {in_words(on)}: {reason}"
    allocation.case = line.plan.case if line is not None else allocation.case
    allocation.line, allocation.funding, allocation.rate_pence = line, funding, None
    allocation.minutes_paid, allocation.due_pence = minutes, pence
    allocation.settled_by, allocation.settled_on, allocation.settled_because = by, on, reason
    allocation.save(update_fields=SETTLED)
    charge_as_delivered(people, on)
    return allocation


def _worked_out(visit: Visit, line: PlanLine, minutes: int | None, pence: int | None) -> tuple[int, int]:
    """How long is paid for and what is due, where the officer leaves it to the tolerances and the agreed price."""
    if minutes is None:
        length = visit.minutes if visit.minutes is not None else visit.planned_minutes
        if length is None and pence is None:
            raise Refusal(
                "Nobody said how long this visit was. Enter the minutes that are paid for.", field="minutes_paid"
            )
        planned = visit.planned_minutes if visit.planned_minutes is not None else length
        minutes = minutes_paid_of(visit.happened, planned or 0, length or 0, visit.day)
    if pence is None:
        pence = pence_due(line.unit, Prices([line]).on(line, visit.day), minutes, visit.planned_minutes)
    if pence is None:
        raise Refusal("This line is not priced by the visit. Enter what is due for it.", field="due_pence")
    return minutes, pence


def problem_with(new: NewVisit) -> tuple[str, str] | None:
    """What of a visit cannot be, the field and a sentence; None where it can."""
    if not (new.person_reference or new.nhs_number or new.name):
        return "name", "Say whose visit it is: a name, an NHS number, or the provider’s own number of the person."
    for field, said_minutes in (("minutes", new.minutes), ("planned_minutes", new.planned_minutes)):
        if said_minutes is not None and not 0 <= said_minutes <= DAY_MINUTES:
            return field, f"A visit lasts from no to {DAY_MINUTES:,} minutes. Check this one."
    if new.happened in {Happened.MISSED, Happened.CANCELLED_IN_TIME, Happened.CANCELLED_LATE} and new.minutes:
        return "minutes", f"“{Happened(new.happened).label}” has no minutes: take them out, or say what happened."
    return None


def _funding_of(line: PlanLine, day: date) -> Funding:
    """What is set aside for an agreed line on a day."""
    fundings = Funding.objects.filter(
        part__budget__plan=line.plan_id,
        part__way=Way.COUNCIL_MANAGED,
        kind=InstalmentKind.REGULAR,
        starts_on__lte=day,
        ends_on__gte=day,
    ).select_related("part__budget__ending")
    for funding in fundings:
        ending = getattr(funding.part.budget, "ending", None)
        if line.way == Way.COUNCIL_MANAGED and (ending is None or day <= ending.ends_on) and pays_for(funding, line):
            return funding
    raise Refusal(
        f"No managed account of this plan paid for it on {in_words(day)}, so nothing is set aside for “{line.what}” "
        "then. Choose another line, or say that nothing is due.",
        field="line",
    )
