"""Putting money in for a part of a budget, and giving back what is no longer needed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.care.planning.models import Way
from leeway.law.numbers import least, split
from leeway.money.budgets.dues import OWED, Standing, last_day, standings, weights
from leeway.money.budgets.models import (
    Budget,
    Funding,
    Instalment,
    InstalmentKind,
    Part,
)
from leeway.money.budgets.schedule import PaidPeriod, funded_until, instalments
from leeway.money.budgets.shares import divide, way_of_start_up
from leeway.money.ledger.actions import NewTransfer, Place, fall_due, given_back, open_accounts, transfer_many
from leeway.money.ledger.models import Kind, Reason, Transfer

ROWS_AT_ONCE = 5000
#: What uses up what is set aside for a managed account, and what of that is taken back.
USED = {Reason.DELIVERED: 1, Reason.NOT_DELIVERED: -1, Reason.NOT_CHARGED: 1, Reason.CHARGED_AGAIN: -1}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A part of a budget that is to be funded from a day on, and what was paid for these days before.

    That is, under earlier budgets, and on account.
    """

    part: Part
    starts_on: date
    paid_before_pence: int = 0
    on_account_pence: int = 0


def fund(wanted: Sequence[Wanted], by: User, on: date) -> None:
    """Fund parts from a day each to the end of that financial year's pay periods, and schedule what is paid out.

    The same statements do it for one part and for thousands.
    """
    fundings, rows, paid_before = [], [], []
    for each in wanted:
        funding, instalments = _funded(each)
        rows += instalments
        if funding:
            fundings.append(funding)
            paid_before.append((funding, least(funding.paid_before_pence, each.paid_before_pence)))
    Instalment.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    Funding.objects.bulk_create(fundings, batch_size=ROWS_AT_ONCE)
    _post(fundings, by, on)
    _take_over([(funding, pence) for funding, pence in paid_before if pence], by, on)


def _funded(wanted: Wanted) -> tuple[Funding | None, list[Instalment]]:
    """What funding a part writes: the funding, unless there is nothing to fund, and the payments scheduled of it."""
    part, starts_on = wanted.part, wanted.starts_on
    anchor = part.budget.pay_calendar_starts_on
    ends_on = funded_until(starts_on, anchor)
    weekly_pence = part.paid_pence_per_week
    periods = instalments(starts_on=starts_on, ends_on=ends_on, weekly_pence=weekly_pence, anchor=anchor)
    total_pence, rows = sum(each.amount_pence for each in periods), []
    if not total_pence:
        return None, []
    if part.paid_into_id:
        rows = _scheduled(part, periods, wanted.paid_before_pence + wanted.on_account_pence)
    person = part.billed_pence_per_week
    council = weekly_pence - part.nhs_pence_per_week - person
    nhs_pence, person_pence, council_pence = split(total_pence, [part.nhs_pence_per_week, person, council])
    funding = Funding(
        part=part,
        starts_on=starts_on,
        ends_on=ends_on,
        nhs_pence=nhs_pence,
        person_pence=person_pence,
        council_pence=council_pence,
        paid_before_pence=sum(row.already_paid_pence for row in rows),
    )
    return funding, rows


def _scheduled(part: Part, periods: list[PaidPeriod], paid_before_pence: int) -> list[Instalment]:
    """The instalments of some periods, less what was paid for the same days before."""
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
    return rows


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
    _post([funding], by, on)
    return instalment, funding


def _post(fundings: Sequence[Funding], by: User, on: date) -> None:
    """The council puts its share in; the NHS and the person promise theirs, which fall due with each period."""
    places = [place for funding in fundings for kind, _ in _givers(funding) for place in _places(kind, funding)]
    accounts = open_accounts(wanted=places, by=by, on=on)
    transfer_many(new=[move for funding in fundings for move in _moves(funding, accounts, on)], by=by, on=on)


def _places(kind: Kind, funding: Funding) -> list[Place]:
    """The account that gives; where it promises, that of what has fallen due is opened with it."""
    if kind == Kind.FUNDER_COUNCIL:
        return [(kind, None, "")]
    return [(each, funding.part.budget.case_id, "") for each in (kind, OWED[kind])]


def _moves(funding: Funding, accounts: Mapping[Place, UUID], on: date) -> list[NewTransfer]:
    budget = funding.part.budget
    new = [
        NewTransfer(
            id=_transfer_id(funding, kind),
            debit=budget.available_id,
            credit=accounts[_places(kind, funding)[0]],
            amount_pence=pence,
            reason=Reason.FUNDING if kind == Kind.FUNDER_COUNCIL else Reason.PROMISED,
            effective_date=on,
            about=funding.pk,
        )
        for kind, pence in _givers(funding)
    ]
    if funding.set_aside_pence:
        committing = NewTransfer(
            id=_transfer_id(funding, Kind.COMMITTED),
            debit=budget.committed_id,
            credit=budget.available_id,
            amount_pence=funding.set_aside_pence,
            reason=Reason.COMMITMENT,
            effective_date=on,
            about=funding.pk,
        )
        new.append(committing)
    return new


def _givers(funding: Funding) -> list[tuple[Kind, int]]:
    amounts = [
        (Kind.EXPECTED_NHS, funding.nhs_pence),
        (Kind.EXPECTED_PERSON, funding.person_pence),
        (Kind.FUNDER_COUNCIL, funding.council_pence),
    ]
    return [(kind, pence) for kind, pence in amounts if pence]


def _transfer_id(funding: Funding, kind: Kind) -> UUID:
    """The same transfer has the same id however often it is asked for."""
    return uuid5(funding.pk, kind.value)


@dataclass(frozen=True, slots=True)
class Released:
    """How much of a funding is no longer set aside, and the id of what it is because of."""

    funding: Funding
    pence: int
    because: UUID


def release(released: Sequence[Released], by: User, on: date) -> None:
    """Move what is no longer set aside back to who gave or promised it, each transfer corrected.

    The same thing releases once.
    """
    posted = posted_of([each.funding for each in released])
    new = []
    for each in released:
        if each.pence:
            new.append(_back(posted[each.funding.pk][Kind.COMMITTED], each.pence, each.because, on))
            new += _backs(each, posted[each.funding.pk], on)
    transfer_many(new=new, by=by, on=on)


def _backs(released: Released, posted: Mapping[Kind, Any], on: date) -> list[NewTransfer]:
    """What goes back to who gave or promised it: all that went back is shared out as it was given, however often."""
    given = [posted[kind] for kind, _ in _givers(released.funding)]
    back_pence = released.pence + sum(each.corrected_pence for each in given)
    parts = divide(back_pence, [each.amount_pence for each in given])
    backs = [(each, part - each.corrected_pence) for each, part in zip(given, parts, strict=True)]
    return [_back(original, pence, released.because, on) for original, pence in backs if pence]


def _back(original: Transfer, pence: int, because: UUID, on: date) -> NewTransfer:
    """Some of a transfer moved back, once for what it is because of."""
    return given_back(original, uuid5(because, str(original.pk)), pence, on)


def _take_over(paid_before: Sequence[tuple[Funding, int]], by: User, on: date) -> None:
    """Have new fundings bear what earlier budgets of their cases paid for their days, each so many pence.

    It goes to the latest of these that paid for days after its last, and there back to who gave or promised it: so
    the shares of a day are those of the budget that has the day.
    """
    if not paid_before:
        return
    over = Funding.objects.filter(
        kind=InstalmentKind.REGULAR,
        part__budget__case__in={funding.part.budget.case_id for funding, _ in paid_before},
        part__budget__ending__ends_on__lt=F("ends_on"),
    )
    over = over.select_related("part__budget__ending").order_by("-part__budget__starts_on", "starts_on")
    by_part = defaultdict(list)
    for each in over:
        by_part[each.part.budget.case_id, each.part.way].append(each)
    posted = posted_of(over)
    new = []
    for funding, pence in paid_before:
        for each in by_part[funding.part.budget.case_id, funding.part.way]:
            taken_pence = least(pence, _beyond(each, posted[each.pk]))
            if taken_pence:
                new.append(_taken_over(funding, each, taken_pence, on))
                new += _backs(Released(each, taken_pence, funding.pk), posted[each.pk], on)
                pence -= taken_pence
        assert not pence, "what was paid before was paid under a budget of the same case, held in the same way"
    transfer_many(new=new, by=by, on=on)


def _beyond(funding: Funding, posted: Mapping[Kind, Any]) -> int:
    """What is kept of a funding for days after the last of its budget, since it was paid."""
    kept_pence = sum(left(posted[kind]) for kind, _ in _givers(funding))
    return kept_pence - sum(pence for _, pence in weights(funding, until=last_day(funding)))


def _taken_over(funding: Funding, paid_by: Funding, pence: int, on: date) -> NewTransfer:
    return NewTransfer(
        id=uuid5(funding.pk, str(paid_by.pk)),
        debit=paid_by.part.budget.available_id,
        credit=funding.part.budget.available_id,
        amount_pence=pence,
        reason=Reason.PAID_BEFORE,
        effective_date=on,
        about=paid_by.pk,
    )


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


def posted_of(fundings: Collection[Funding]) -> Mapping[UUID, Mapping[Kind, Any]]:
    """The transfers that put each share of some fundings in, by who gave it, and that set all of it aside.

    Each carries `corrected_pence`: what of it was given back already.
    """
    first = Transfer.objects.filter(
        about__in=[funding.pk for funding in fundings],
        corrects=None,
        reason__in=[Reason.FUNDING, Reason.PROMISED, Reason.COMMITMENT],
    )
    found: dict[UUID, dict[Kind, Any]] = {funding.pk: {} for funding in fundings}
    for each in _with_corrected(first).select_related("credit"):
        kind = Kind.COMMITTED if each.reason == Reason.COMMITMENT else Kind(each.credit.kind)
        found[each.about][kind] = each
    return found


def delivered_of(fundings: Collection[UUID]) -> Counter[UUID]:
    """What is used up of some fundings, by their ids, in pence: owed to providers, or not asked of the person."""
    moved = Transfer.objects.order_by().filter(about__in=list(fundings))
    found: Counter[UUID] = Counter()
    for reason, sign in USED.items():
        for funding, pence in moved.filter(reason=reason).values_list("about").annotate(Sum("amount_pence")):
            found[funding] += sign * pence
    return found


def _with_corrected(transfers: QuerySet[Transfer]) -> QuerySet[Any]:
    corrections = Transfer.objects.order_by().filter(corrects=OuterRef("pk")).values("corrects")
    corrected = corrections.annotate(pence=Sum("amount_pence")).values("pence")
    return transfers.annotate(corrected_pence=Coalesce(Subquery(corrected), 0))


def left(moved: Any) -> int:
    """What of a transfer was not given back yet."""
    pence: int = moved.amount_pence - moved.corrected_pence
    return pence


def correct_dues(because: Mapping[UUID, UUID], by: User, on: date) -> None:
    """Take back what fell due of fundings beyond what can fall due of them now, the latest first.

    Whoever paid it already is owed it back. `because` has what it is because of, by funding.
    """
    too_much = {}
    for standing in standings(Funding.objects.filter(pk__in=because)):
        if (pence := standing.due_pence - standing.can_fall_due_pence) > 0:
            too_much[standing.funding.pk, standing.owed] = pence
    if not too_much:
        return
    fell_due = Transfer.objects.filter(reason=Reason.FELL_DUE, about__in={funding for funding, _ in too_much})
    new = []
    for each in _with_corrected(fell_due).order_by("-effective_date"):
        back_pence = min(too_much.get((each.about, each.credit_id), 0), left(each))
        if back_pence > 0:
            new.append(_back(each, back_pence, because[each.about], on))
            too_much[each.about, each.credit_id] -= back_pence
    transfer_many(new=new, by=by, on=on)


def give_back_part(original: Transfer, pence: int, because: UUID, by: User, on: date) -> None:
    """Move some of a transfer back, once for what it is because of."""
    transfer_many(new=[_back(original, pence, because, on)], by=by, on=on)


def give_back_whole(funding: Funding, because: UUID, by: User, on: date) -> None:
    """Move what the council put in for one thing, and set aside, back to it."""
    for original in Transfer.objects.filter(about=funding.pk, corrects=None).order_by("reason"):
        give_back_part(original, original.amount_pence, because, by, on)
