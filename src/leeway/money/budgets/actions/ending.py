"""Ending a budget: what is cancelled, shortened and released. And what came back for days after the end."""

from collections import Counter
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
from leeway.days import PLANNED, check_day
from leeway.money.budgets import queries
from leeway.money.budgets.actions.funding import release, set_aside
from leeway.money.budgets.actions.holding import lift, locked, wait
from leeway.money.budgets.dues import weights
from leeway.money.budgets.models import (
    LAST_COSTS,
    UNTIL_ENDED,
    Budget,
    Cancellation,
    Ending,
    Funding,
    HoldKind,
    Instalment,
    InstalmentKind,
    Part,
)
from leeway.money.budgets.schedule import DAY, days_pence
from leeway.refusal import Refusal

#: What bringing a last day forward changes of an ending.
SOONER = ("ends_on", "paid_beyond_pence", "replaced", "sooner_by", "sooner_on", "sooner_because")


@transaction.atomic
def end_budget(*, budget: Budget, ends_on: date, reason: str, death: UUID | None = None, by: User, on: date) -> Ending:
    """Stop a budget after a day. What was not paid for later days is cancelled and its funding goes back.

    Where a last day to come is on record, this is an earlier one: after a death, nothing falls due beyond it.
    Money already paid for later days is counted and shown; taking it back is a decision of its own. `death` is the
    record of a death that the officer saw: where another stands by now, or none, nothing is ended.
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
        release_after(instalment.part, ending, instalment.pk, by, on)


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


def end(
    budget: Budget, ends_on: date, reason: str, by: User, on: date, *, replaced: bool = False, goes_on: str = ""
) -> Ending:
    """End a budget that whoever calls may end, and tell the case; or bring its last day forward, once.

    `goes_on` is what the story says instead where the same support goes on at another charge.
    """
    ending = close(budget, ends_on, reason, by, on, replaced=replaced)
    sentence = goes_on or f"Budget ends after {ends_on:%-d %B %Y}: {reason.strip()}"
    tell(case=budget.case, kind=Event.BUDGET_ENDED, sentence=sentence, by=by, on=on)
    return ending


def close(
    budget: Budget,
    ends_on: date,
    reason: str,
    by: User,
    on: date,
    *,
    replaced: bool = False,
    left_out_until: date | None = None,
) -> Ending:
    """End a budget, or bring its last day forward. Whoever calls asks whether this user may, and tells the case."""
    _require_may_end(budget, ends_on, reason)
    ending = _write(budget, ends_on, reason.strip(), replaced, left_out_until, by, on)
    for part in budget.parts.all():
        release_after(part, ending, uuid5(ending.pk, str(ends_on)), by, on)
    for hold in budget.holds.filter(kind__in=UNTIL_ENDED, lifted_on=None):
        lift(hold, by, on)
    return ending


def _require_may_end(budget: Budget, ends_on: date, reason: str) -> None:
    """Refuse a last day that is no end, or that lies beyond a death or a payment whose file may be with the bank."""
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
    said.sentence(reason, ask="Say why the budget ends.", field="reason", least=said.FEW)
    if queries.approved_to_send(budget, ends_on).exists():
        raise Refusal(
            "A payment for later days is in an approved payment run, so its file may be with the bank. Say under "
            "Payments that the run was sent, or withdraw it; then end the budget."
        )


def _write(
    budget: Budget, ends_on: date, reason: str, replaced: bool, left_out_until: date | None, by: User, on: date
) -> Ending:
    beyond_pence = sum(queries.paid_beyond(budget, ends_on).values())
    ending: Ending | None = getattr(budget, "ending", None)
    if ending is None:
        return Ending.objects.create(
            budget=budget,
            ends_on=ends_on,
            first_ends_on=ends_on,
            reason=reason,
            paid_beyond_pence=beyond_pence,
            replaced=replaced,
            left_out_until=left_out_until,
            ended_by=by,
            ended_on=on,
        )
    ending.ends_on, ending.paid_beyond_pence, ending.replaced = ends_on, beyond_pence, replaced
    ending.sooner_by, ending.sooner_on, ending.sooner_because = by, on, reason
    ending.save(update_fields=SOONER)
    return ending


def _cancel_after(part: Part, ending: Ending, by: User, on: date) -> Counter[tuple[str, date]]:
    """Cancel unpaid instalments for days after the end, shorten one that straddles it; say what that frees.

    What is freed is told by the kind and the first day of the funding that it was set aside with.
    """
    freed: Counter[tuple[str, date]] = Counter()
    first_days = sorted(part.fundings.filter(kind=InstalmentKind.REGULAR).values_list("starts_on", flat=True))
    unpaid = queries.unpaid_instalments(part).filter(ends_on__gt=ending.ends_on).exclude(kind__in=LAST_COSTS)
    for each in list(unpaid):
        day = max((one for one in first_days if one <= each.starts_on), default=each.starts_on)
        funding = (each.kind, day if each.kind == InstalmentKind.REGULAR else each.starts_on)
        Cancellation.objects.create(instalment=each, reason=ending.because, cancelled_by=by, cancelled_on=on)
        freed[funding] += each.amount_pence
        if each.starts_on <= ending.ends_on:
            days = (ending.ends_on - each.starts_on).days + 1
            pence = days_pence(part.paid_pence_per_week, days)
            already_pence = min(each.already_paid_pence, pence)
            Instalment.objects.create(
                part=part,
                starts_on=each.starts_on,
                ends_on=ending.ends_on,
                due_on=each.due_on,
                for_period_pence=pence,
                already_paid_pence=already_pence,
                amount_pence=pence - already_pence,
            )
            freed[funding] -= pence - already_pence
    return freed


def _unspent(funding: Funding, ends_on: date) -> int:
    """What is still set aside for a managed part's days after the end."""
    if funding.kind != InstalmentKind.REGULAR:
        return 0
    kept = sum(pence for _, pence in weights(funding, until=ends_on))
    return max(0, set_aside(funding) - kept)


def release_after(part: Part, ending: Ending, because: UUID, by: User, on: date) -> None:
    """Cancel what is not due after the end, and release what was set aside for it. `because`: the id of what did it."""
    freed = _cancel_after(part, ending, by, on)
    for funding in part.fundings.all():
        pence = freed[funding.kind, funding.starts_on] if part.paid_into_id else _unspent(funding, ending.ends_on)
        release(funding, pence, because, by, on)
