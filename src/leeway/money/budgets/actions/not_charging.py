"""Asking a person for less of a week, since less was delivered than they pay; and asking again, where that changes.

What is taken off a week is the difference between what stands and what should: done twice, it does nothing. It comes
out of what was set aside for the support that nobody gave, so that the council bears none of it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from django.db.models import QuerySet, Sum

from leeway.law.numbers import greatest, least
from leeway.money.budgets.actions.funding import ROWS_AT_ONCE, delivered_of, left, posted_of
from leeway.money.budgets.dues import Payer, standings
from leeway.money.budgets.models import Funding, NotCharged
from leeway.money.ledger.actions import NewTransfer, charge_less
from leeway.money.ledger.models import Kind, Reason
from leeway.period import Period

ENDED = "The budget of these days was changed or ended, so what is paid for them is worked out anew."
UNKNOWN = "What was told of the visits of this week is not on record after all, so it is charged as agreed."
#: A week of what is set aside with one funding: its id, and the first day.
type Week = tuple[UUID, date]


@dataclass(frozen=True, slots=True)
class Less:
    """By how much a person pays less of the days of a week that a funding is for, and why in a sentence."""

    days: Period
    charged_pence: int
    pence: int
    words: str


type Moved = tuple[NotCharged, NewTransfer]


def take_off(wanted: Mapping[Week, Less], cases: Collection[UUID], on: date) -> int:
    """Have these weeks of these cases, which are locked, charged so much less, and no others; the pence that moved.

    `wanted` has every week in which something was delivered or not, those with nothing to take off too. No more is
    taken off than fell due of a funding, nor than is set aside with it still.
    """
    stands = _standing(NotCharged.objects.filter(funding__part__budget__case__in=cases))
    changes = {
        week: (wanted[week].pence if week in wanted else 0) - sum(each.pence for each in stands.get(week, ()))
        for week in sorted({*wanted, *stands}, key=str)
    }
    back = [
        moved
        for week, pence in changes.items()
        for moved in _back(stands.get(week, ()), -pence, wanted[week].words if week in wanted else UNKNOWN)
    ]
    _write(back, on)
    off = _off({week: pence for week, pence in changes.items() if pence > 0}, wanted, stands)
    _write(off, on)
    return sum(new.amount_pence for _row, new in (*back, *off))


def charge_again_after(last_days: Mapping[UUID, date], on: date) -> None:
    """Put back what was taken off weeks that go beyond the last day of their funding: they are charged otherwise now.

    What is left of a week that is cut is worked out anew with what was delivered in it.
    """
    stands = _standing(NotCharged.objects.filter(funding__in=last_days))
    beyond = [rows for (funding, _), rows in stands.items() if rows[0].ends_on > last_days[funding]]
    _write([moved for rows in beyond for moved in _back(rows, sum(each.pence for each in rows), ENDED)], on)


def _standing(rows: QuerySet[NotCharged]) -> Mapping[Week, list[NotCharged]]:
    """What was taken off and put back, by week, each with its transfer, the first first."""
    found: defaultdict[Week, list[NotCharged]] = defaultdict(list)
    for row in rows.select_related("transfer").order_by("transfer__made_at", "pk"):
        found[row.funding_id, row.starts_on].append(row)
    return found


def _back(recorded: Sequence[NotCharged], pence: int, words: str) -> Iterable[Moved]:
    """Put so much back of what was taken off a week, the latest first."""
    gone_back: Counter[UUID | None] = Counter()
    for each in recorded:
        gone_back[each.transfer.corrects_id] -= each.pence
    for each in reversed(recorded):
        part, moved = least(pence, each.pence - gone_back[each.transfer_id]), each.transfer
        if moved.corrects_id is None and part > 0:
            days = Period(each.starts_on, each.ends_on)
            new = NewTransfer(
                id=uuid5(moved.pk, f"{Reason.CHARGED_AGAIN} {len(recorded)}"),
                debit=moved.credit_id,
                credit=moved.debit_id,
                amount_pence=part,
                reason=Reason.CHARGED_AGAIN,
                effective_date=moved.effective_date,
                about=each.funding_id,
                corrects=moved.pk,
            )
            yield _row(days, each.charged_pence, -part, words, new), new
            pence -= part


def _off(more: Mapping[Week, int], wanted: Mapping[Week, Less], stands: Mapping[Week, Sequence]) -> list[Moved]:
    """Take more off some weeks, as far as anything fell due and is set aside."""
    fundings = Funding.objects.filter(pk__in={funding for funding, _ in more})
    its = {each.pk: each for each in fundings.select_related("part__budget")}
    posted, used = posted_of(list(its.values())), delivered_of(its)
    aside = {pk: left(posted[pk][Kind.COMMITTED]) - used[pk] for pk in its}
    due = {each.funding.pk: each for each in standings(fundings) if each.payer == Payer.PERSON}
    off = dict(NotCharged.objects.filter(funding__in=its).order_by().values_list("funding").annotate(Sum("pence")))
    open_pence = {pk: each.due_pence - off.get(pk, 0) for pk, each in due.items()}
    found = []
    for week, asked in more.items():
        (funding, starts_on), less = week, wanted[week]
        pence = least(asked, least(aside[funding], open_pence.get(funding, 0)))
        if pence <= 0:
            continue
        aside[funding], open_pence[funding] = aside[funding] - pence, open_pence[funding] - pence
        budget = its[funding].part.budget
        new = NewTransfer(
            id=uuid5(funding, f"{Reason.NOT_CHARGED} {starts_on} {len(stands.get(week, ()))}"),
            debit=due[funding].owed,
            credit=budget.committed_id,
            amount_pence=pence,
            reason=Reason.NOT_CHARGED,
            effective_date=greatest(less.days.ends_on, budget.started_on),
            about=funding,
        )
        found.append((_row(less.days, less.charged_pence, pence, less.words, new), new))
    return found


def _row(days: Period, charged_pence: int, pence: int, words: str, new: NewTransfer) -> NotCharged:
    assert new.about is not None, "it is about the funding that it is charged less of"
    return NotCharged(
        id=new.id,
        funding_id=new.about,
        starts_on=days.starts_on,
        ends_on=days.ends_on,
        charged_pence=charged_pence,
        pence=pence,
        words=words,
        transfer_id=new.id,
    )


def _write(moved: Sequence[Moved], on: date) -> None:
    if moved:
        charge_less(new=[new for _row, new in moved], on=on)
        for row, _new in moved:
            row.made_on = on
        NotCharged.objects.bulk_create([row for row, _new in moved], batch_size=ROWS_AT_ONCE)
