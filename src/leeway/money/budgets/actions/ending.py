"""Ending a budget: what is cancelled, shortened and released. And what came back for days after the end."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid5

from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.circumstances.queries import standing_death
from leeway.care.people.actions import tell
from leeway.care.people.events import Event
from leeway.care.planning.models import Way
from leeway.days import PLANNED, check_day
from leeway.money.budgets import queries
from leeway.money.budgets.actions.funding import (
    ROWS_AT_ONCE,
    Released,
    correct_dues,
    delivered_of,
    left,
    posted_of,
    release,
)
from leeway.money.budgets.actions.holding import lift, locked, wait
from leeway.money.budgets.actions.not_charging import charge_again_after
from leeway.money.budgets.cover import with_cover
from leeway.money.budgets.dues import weights
from leeway.money.budgets.models import (
    LAST_COSTS,
    UNTIL_ENDED,
    Budget,
    Cancellation,
    Ending,
    Funding,
    Hold,
    HoldKind,
    Instalment,
    InstalmentKind,
    Part,
)
from leeway.money.budgets.schedule import DAY, days_pence
from leeway.money.ledger.models import Kind
from leeway.refusal import Refusal

#: What bringing a last day forward changes of an ending.
SOONER = ("ends_on", "paid_beyond_pence", "replaced", "sooner_by", "sooner_on", "sooner_because")


@transaction.atomic
def end_budget(
    *, budget: Budget, ends_on: date, reason: str, cover: str = "", death: UUID | None = None, by: User, on: date
) -> Ending:
    """Stop a budget after a day. What was not paid for later days is cancelled and its funding goes back.

    Where a last day to come is on record, this is an earlier one: after a death, nothing falls due beyond it.
    Money already paid for later days is counted and shown; taking it back is a decision of its own. `death` is the
    record of a death that the officer saw: where another stands by now, or none, nothing is ended. `cover` says who
    meets the needs from the day after: a direct payment ends only with an answer (Care Act 2014, s. 18).
    """
    check_can(by, Capability.START_BUDGETS)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day of the budget", on=on)
    budget = locked(budget)
    standing = standing_death(budget.case.person)
    if death != (standing.pk if standing else None):
        raise Refusal(
            f"What is on record of {budget.case.person} has changed since you opened this page: "
            + (f"they died on {standing.died_on:%-d %B %Y}." if standing else "they have not died.")
            + " Open it again, and decide anew."
        )
    if standing is None and reason.strip() and budget.parts.filter(way=Way.DIRECT_PAYMENT).exists():
        reason = with_cover(reason, cover)
    return end_as_far_back(budget, ends_on, reason, by, on)


@transaction.atomic
def hold_returned(*, instalment: Instalment, reason: str, by: User, on: date) -> None:
    """A payment came back: its budget waits until finance has looked, and days after its end are not paid again.

    Where a later budget already counts what was paid for its days, the payment is still owed as it was.
    """
    check_can(by, Capability.PAY)
    budget = locked(instalment.part.budget)
    if not budget.holds.filter(kind=HoldKind.RETURNED, lifted_on=None).exists():
        wait(budget, HoldKind.RETURNED, reason, by, on)
    ending = Ending.objects.filter(budget=budget, replaced=False, ends_on__lt=instalment.ends_on).first()
    if ending and instalment.kind not in LAST_COSTS:
        release_after([After(instalment.part, ending, instalment.pk)], by, on)


def end_as_far_back(
    budget: Budget, ends_on: date, reason: str, by: User, on: date, *, replaced: bool = False
) -> Ending:
    """End a budget. Where it was to go on from another of its plan on a later day, that one ends, and it never runs."""
    before = queries.goes_on_from(budget) if ends_on < budget.starts_on - DAY else None
    if before is None:
        return end(budget, ends_on, reason, by, on, replaced=replaced)
    if before.ending.ends_on <= ends_on:  # among days that were left out
        return end(budget, budget.starts_on - DAY, reason, by, on, replaced=replaced)
    if Instalment.objects.filter(part__budget=budget, already_paid_pence__gt=0).exists():
        raise Refusal(
            "Days of this budget were paid for under the one before it. The earliest last day is "
            f"{budget.starts_on - DAY:%-d %B %Y}.",
            field="ends_on",
        )
    end(budget, budget.starts_on - DAY, reason, by, on)
    return end_as_far_back(before, ends_on, reason, by, on, replaced=replaced)


def end(budget: Budget, ends_on: date, reason: str, by: User, on: date, *, replaced: bool = False) -> Ending:
    """End a budget that whoever calls may end, and tell the case; or bring its last day forward, once."""
    (ending,) = close([LastDay(budget, ends_on, reason, replaced)], by, on)
    sentence = f"Budget ends after {ends_on:%-d %B %Y}: {reason.strip()}"
    tell(case=budget.case, kind=Event.BUDGET_ENDED, sentence=sentence, by=by, on=on)
    return ending


#: What was paid for days after the last ones, by budget and by way.
type Beyond = Mapping[UUID, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class LastDay:
    """A budget that ends after a day, why, and whether another takes its place, after days that are left out or not."""

    budget: Budget
    ends_on: date
    reason: str
    replaced: bool = False
    left_out_until: date | None = None


def close(last_days: Sequence[LastDay], by: User, on: date, beyond: Beyond | None = None) -> list[Ending]:
    """End budgets, or bring their last days forward: of one, and by the same statements of thousands.

    Whoever calls asks whether this user may, and tells the cases. `beyond` is what was paid beyond, where it is known.
    """
    with_bank = queries.approved_to_send({each.budget.pk: each.ends_on for each in last_days})
    for each in last_days:
        _require_may_end(each, with_bank)
    if beyond is None:
        beyond = queries.paid_beyond_of_many({each.budget.pk: each.ends_on for each in last_days})
    endings = _write(last_days, beyond, by, on)
    by_budget = {ending.budget_id: ending for ending in endings}
    ends = []
    for part in Part.objects.filter(budget__in=by_budget).prefetch_related("fundings").order_by("budget", "way"):
        ending = by_budget[part.budget_id]
        part.budget = ending.budget
        ends.append(After(part, ending, uuid5(ending.pk, str(ending.ends_on))))
    release_after(ends, by, on)
    holds = Hold.objects.filter(budget__in=by_budget, kind__in=UNTIL_ENDED, lifted_on=None)
    for hold in holds.select_related("budget__case__person"):
        lift(hold, by, on)
    return endings


def _require_may_end(last_day: LastDay, with_bank: Collection[UUID]) -> None:
    """Refuse a last day that is no end, or that lies beyond a death or a payment whose file may be with the bank."""
    budget, ends_on = last_day.budget, last_day.ends_on
    before: Ending | None = getattr(budget, "ending", None)
    if before and ((before.replaced and not queries.never_replaced(budget)) or before.sooner_on):
        raise Refusal("This budget has ended already.")
    if before and ends_on >= before.ends_on:
        raise Refusal(f"This budget ends after {before.ends_on:%-d %B %Y}. Give an earlier day.", field="ends_on")
    if ends_on < budget.starts_on - DAY:
        raise Refusal("The last day is before the budget starts. Check the date.", field="ends_on")
    died_on = budget.case.person.date_of_death
    if died_on is not None and ends_on > max(died_on, budget.starts_on - DAY):
        raise Refusal(
            f"{budget.case.person} died on {died_on:%-d %B %Y}, and nothing falls due after that day. End the budget "
            "then; what an employer still owes is entered as a last cost afterwards.",
            field="ends_on",
        )
    said.sentence(last_day.reason, ask="Say why the budget ends.", field="reason", least=said.FEW)
    if budget.pk in with_bank:
        raise Refusal(
            "A payment for later days is in an approved payment run, so its file may be with the bank. Say under "
            "Payments that the run was sent, or withdraw it; then end the budget."
        )


def _write(last_days: Sequence[LastDay], beyond: Beyond, by: User, on: date) -> list[Ending]:
    endings, new = [], []
    for each in last_days:
        budget, ends_on, reason = each.budget, each.ends_on, each.reason.strip()
        beyond_pence = sum(beyond.get(budget.pk, {}).values())
        ending: Ending | None = getattr(budget, "ending", None)
        if ending is None:
            ending = Ending(
                budget=budget,
                ends_on=ends_on,
                first_ends_on=ends_on,
                reason=reason,
                paid_beyond_pence=beyond_pence,
                replaced=each.replaced,
                left_out_until=each.left_out_until,
                ended_by=by,
                ended_on=on,
            )
            new.append(ending)
        else:
            ending.ends_on, ending.paid_beyond_pence, ending.replaced = ends_on, beyond_pence, each.replaced
            ending.sooner_by, ending.sooner_on, ending.sooner_because = by, on, reason
            ending.save(update_fields=SOONER)
        endings.append(ending)
    Ending.objects.bulk_create(new, batch_size=ROWS_AT_ONCE)
    return endings


@dataclass(frozen=True, slots=True)
class After:
    """A part of a budget that ends, and the id of what releases what is not due after that."""

    part: Part
    ending: Ending
    because: UUID


@dataclass
class Cancelled:
    """What is no longer paid of some parts, the shorter payments in its place, and what that frees of each funding.

    What is freed is told by the part, and by the kind and the first day of the funding that it was set aside with.
    """

    cancellations: list[Cancellation] = field(default_factory=list)
    shorter: list[Instalment] = field(default_factory=list)
    freed: Counter[tuple[UUID, str, date]] = field(default_factory=Counter)


def _cancel_after(after: After, unpaid: Iterable[Instalment], done: Cancelled, by: User, on: date) -> None:
    """Cancel unpaid instalments for days after the end, shorten one that straddles it; note what that frees."""
    part, ending = after.part, after.ending
    first_days = sorted(each.starts_on for each in part.fundings.all() if each.kind == InstalmentKind.REGULAR)
    for each in unpaid:
        if each.ends_on <= ending.ends_on:
            continue
        day = max((one for one in first_days if one <= each.starts_on), default=each.starts_on)
        funding = (part.pk, each.kind, day if each.kind == InstalmentKind.REGULAR else each.starts_on)
        done.cancellations.append(
            Cancellation(instalment=each, reason=ending.because, cancelled_by=by, cancelled_on=on)
        )
        done.freed[funding] += each.amount_pence
        if each.starts_on <= ending.ends_on:
            days = (ending.ends_on - each.starts_on).days + 1
            pence = days_pence(part.paid_pence_per_week, days)
            already_pence = min(each.already_paid_pence, pence)
            done.shorter.append(
                Instalment(
                    part=part,
                    starts_on=each.starts_on,
                    ends_on=ending.ends_on,
                    due_on=each.due_on,
                    for_period_pence=pence,
                    already_paid_pence=already_pence,
                    amount_pence=pence - already_pence,
                )
            )
            done.freed[funding] -= pence - already_pence


def _unspent(funding: Funding, ends_on: date, set_aside_pence: int, delivered_pence: int) -> int:
    """What is still set aside for a managed part's days after the end. What is owed to providers stays for them."""
    if funding.kind != InstalmentKind.REGULAR:
        return 0
    kept = sum(pence for _, pence in weights(funding, until=ends_on))
    return max(0, set_aside_pence - max(kept, delivered_pence))


def release_after(ends: Sequence[After], by: User, on: date) -> None:
    """Cancel what is not due after the end of some parts, and release what was set aside for it.

    What fell due beyond it is taken back, unless a budget that takes the place is about to be opened, which does it.
    """
    unpaid = defaultdict(list)
    for instalment in queries.unpaid_instalments([after.part for after in ends]):
        if instalment.kind not in LAST_COSTS:
            unpaid[instalment.part_id].append(instalment)
    done = Cancelled()
    for after in ends:
        _cancel_after(after, unpaid[after.part.pk], done, by, on)
    Cancellation.objects.bulk_create(done.cancellations, batch_size=ROWS_AT_ONCE)
    Instalment.objects.bulk_create(done.shorter, batch_size=ROWS_AT_ONCE)
    fundings = [(after, funding) for after in ends for funding in after.part.fundings.all()]
    charge_again_after({funding.pk: after.ending.ends_on for after, funding in fundings}, on)
    posted = posted_of([funding for after, funding in fundings if not after.part.paid_into_id])
    delivered = delivered_of(posted)
    released = []
    for after, funding in fundings:
        if after.part.paid_into_id:
            pence = done.freed[after.part.pk, funding.kind, funding.starts_on]
        else:
            set_aside_pence = left(posted[funding.pk][Kind.COMMITTED])
            pence = _unspent(funding, after.ending.ends_on, set_aside_pence, delivered[funding.pk])
        released.append(Released(funding, pence, after.because))
    release(released, by, on)
    correct_dues({funding.pk: after.because for after, funding in fundings if not after.ending.replaced}, by, on)
