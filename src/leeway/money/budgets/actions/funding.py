"""Putting money in for a part of a budget, and giving back what is no longer needed."""

from datetime import date
from uuid import UUID, uuid5

from django.db.models import QuerySet

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.care.planning.models import Way
from leeway.law.numbers import split
from leeway.money.budgets.dues import OWED, Standing, standings
from leeway.money.budgets.models import (
    Budget,
    Funding,
    Instalment,
    InstalmentKind,
    Part,
)
from leeway.money.budgets.schedule import PaidPeriod, funded_until, instalments
from leeway.money.budgets.shares import divide, way_of_start_up
from leeway.money.ledger.actions import NewTransfer, fall_due, give_back, open_account, transfer_many
from leeway.money.ledger.models import Account, Kind, Reason, Transfer


def fund(part: Part, starts_on: date, paid_before_pence: int, by: User, on: date) -> None:
    """Fund a part from a day to the end of that financial year's pay periods, and schedule what is paid out."""
    anchor = part.budget.pay_calendar_starts_on
    ends_on = funded_until(starts_on, anchor)
    weekly_pence = part.paid_pence_per_week
    periods = instalments(starts_on=starts_on, ends_on=ends_on, weekly_pence=weekly_pence, anchor=anchor)
    total_pence = sum(each.amount_pence for each in periods)
    if part.paid_into_id:
        total_pence -= _schedule(part, periods, paid_before_pence)
    if not total_pence:
        return
    person = 0 if part.way == Way.DIRECT_PAYMENT else part.charge_pence_per_week
    council = weekly_pence - part.nhs_pence_per_week - person
    nhs_pence, person_pence, council_pence = split(total_pence, [part.nhs_pence_per_week, person, council])
    funding = Funding.objects.create(
        part=part,
        starts_on=starts_on,
        ends_on=ends_on,
        nhs_pence=nhs_pence,
        person_pence=person_pence,
        council_pence=council_pence,
    )
    _post_funding(funding, by, on)


def _schedule(part: Part, periods: list[PaidPeriod], paid_before_pence: int) -> int:
    """Write the instalments, less what was paid for the same days before; say how much that was."""
    left_pence, rows = paid_before_pence, []
    for each in periods:
        already_pence = min(left_pence, each.amount_pence)
        left_pence -= already_pence
        rows.append(
            Instalment(
                part=part,
                starts_on=each.starts_on,
                ends_on=each.ends_on,
                due_on=each.starts_on,
                for_period_pence=each.amount_pence,
                already_paid_pence=already_pence,
                amount_pence=each.amount_pence - already_pence,
            )
        )
    if part.paid_pence_per_week:
        Instalment.objects.bulk_create(rows)
    return paid_before_pence - left_pence


def fund_start_up(budget: Budget, by: User, on: date) -> None:
    """Fund the one-off start-up costs, in the part that they are paid with."""
    parts = {Way(part.way): part for part in budget.parts.all()}
    pay_once(parts[way_of_start_up(parts)], InstalmentKind.START_UP, budget.starts_on, budget.start_up_pence, by, on)


def pay_once(
    part: Part, kind: InstalmentKind, day: date, pence: int, by: User, on: date
) -> tuple[Instalment | None, Funding]:
    """Fund something that is paid once, from the council's money, and make it due where it is paid out."""
    instalment = None
    if part.paid_into_id:
        instalment = Instalment.objects.create(
            part=part, kind=kind, starts_on=day, ends_on=day, due_on=day, for_period_pence=pence, amount_pence=pence
        )
    funding = Funding.objects.create(
        part=part, kind=kind, starts_on=day, ends_on=day, nhs_pence=0, person_pence=0, council_pence=pence
    )
    _post_funding(funding, by, on)
    return instalment, funding


def _post_funding(funding: Funding, by: User, on: date) -> None:
    """The council puts its share in; the NHS and the person promise theirs, which fall due with each period."""
    budget = funding.part.budget
    new = [
        NewTransfer(
            id=_transfer_id(funding, kind),
            debit=budget.available_id,
            credit=_giver(kind, budget.case, by, on).pk,
            amount_pence=pence,
            reason=Reason.FUNDING if kind == Kind.FUNDER_COUNCIL else Reason.PROMISED,
            effective_date=on,
            about=funding.pk,
        )
        for kind, pence in _givers(funding)
    ]
    committing = NewTransfer(
        id=_transfer_id(funding, Kind.COMMITTED),
        debit=budget.committed_id,
        credit=budget.available_id,
        amount_pence=funding.total_pence,
        reason=Reason.COMMITMENT,
        effective_date=on,
        about=funding.pk,
    )
    transfer_many(new=[*new, committing], by=by, on=on)


def _givers(funding: Funding) -> list[tuple[Kind, int]]:
    amounts = [
        (Kind.EXPECTED_NHS, funding.nhs_pence),
        (Kind.EXPECTED_PERSON, funding.person_pence),
        (Kind.FUNDER_COUNCIL, funding.council_pence),
    ]
    return [(kind, pence) for kind, pence in amounts if pence]


def _giver(kind: Kind, case: Case, by: User, on: date) -> Account:
    """The account that gives; where it promises, that of what has fallen due is opened with it."""
    if kind == Kind.FUNDER_COUNCIL:
        return open_account(kind=kind, by=by, on=on)
    open_account(kind=OWED[kind], case=case, by=by, on=on)
    return open_account(kind=kind, case=case, by=by, on=on)


def _transfer_id(funding: Funding, kind: Kind) -> UUID:
    """The same transfer has the same id however often it is asked for."""
    return uuid5(funding.pk, kind.value)


def release(funding: Funding, released_pence: int, because: UUID, by: User, on: date) -> None:
    """Move what is no longer set aside back to who gave or promised it, each transfer corrected.

    What fell due and is not due after all is corrected first: whoever paid it already is owed it back. `because` is
    the id of what released it, so that the same thing releases once.
    """
    givers = [kind for kind, _ in _givers(funding)]
    parts = divide(released_pence, [_left(_posted(funding, kind)) for kind in givers])
    backs = [(Kind.COMMITTED, released_pence), *zip(givers, parts, strict=True)]
    for kind, back_pence in backs:
        if back_pence:
            give_back_part(_posted(funding, kind), back_pence, because, by, on)
    _correct_dues(funding, because, by, on)


def let_days_gone_fall_due(case: Case, on: date) -> None:
    """Record at once what has fallen due of a case's budgets that began before today: nobody waits for the night."""
    let_shares_fall_due(Funding.objects.filter(part__budget__case=case, starts_on__lt=on), on)


def let_shares_fall_due(fundings: QuerySet[Funding], on: date) -> int:
    """Record what has fallen due until a day of the fundings of cases that are locked; how many pence that was."""
    new = [
        _falls_due(standing, day, pence) for standing in standings(fundings) for day, pence in standing.falling_due(on)
    ]
    fall_due(new=new, on=on)
    return sum(each.amount_pence for each in new)


def _falls_due(standing: Standing, day: date, pence: int) -> NewTransfer:
    return NewTransfer(
        id=uuid5(standing.funding.pk, f"{standing.owed} {day}"),
        debit=standing.expected,
        credit=standing.owed,
        amount_pence=pence,
        reason=Reason.FELL_DUE,
        effective_date=day,
        about=standing.funding.pk,
    )


def set_aside(funding: Funding) -> int:
    """What is set aside for a funding still, in pence."""
    return _left(_posted(funding, Kind.COMMITTED))


def _posted(funding: Funding, kind: Kind) -> Transfer:
    """The transfer that put a share of a funding in, or set all of it aside."""
    first = Transfer.objects.filter(about=funding.pk, corrects=None)
    if kind == Kind.COMMITTED:
        return first.get(reason=Reason.COMMITMENT)
    return first.get(reason__in=[Reason.FUNDING, Reason.PROMISED], credit__kind=kind)


def _left(moved: Transfer) -> int:
    """What of a transfer was not given back yet."""
    return moved.amount_pence - sum(back.amount_pence for back in moved.corrections.all())


def _correct_dues(funding: Funding, because: UUID, by: User, on: date) -> None:
    """Take back what fell due of a funding beyond what can fall due of it now, the latest first."""
    for standing in standings(Funding.objects.filter(pk=funding.pk)):
        too_much_pence = standing.due_pence - standing.can_fall_due_pence
        fell_due = Transfer.objects.filter(reason=Reason.FELL_DUE, about=funding.pk, credit=standing.owed)
        for each in fell_due.order_by("-effective_date"):
            back_pence = min(too_much_pence, _left(each))
            if back_pence > 0:
                give_back_part(each, back_pence, because, by, on)
                too_much_pence -= back_pence


def give_back_part(original: Transfer, pence: int, because: UUID, by: User, on: date) -> None:
    """Move some of a transfer back, once for what it is because of."""
    again = uuid5(because, str(original.pk))
    give_back(original=original, id=again, amount_pence=pence, effective_date=on, by=by, on=on)


def give_back_whole(funding: Funding, because: UUID, by: User, on: date) -> None:
    """Move what the council put in for one thing, and set aside, back to it."""
    for original in Transfer.objects.filter(about=funding.pk, corrects=None).order_by("reason"):
        give_back_part(original, original.amount_pence, because, by, on)
