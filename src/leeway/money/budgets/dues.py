"""When the shares that the NHS and the person promised fall due: with the first day of each pay period.

A share is of the days of its budget, whoever was paid for them already under an earlier one. It falls due as these
days cost: after so many periods, so much of it in proportion, rounded down, and all of it after the last. So the parts
add back to the penny.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Max, Min, Q, QuerySet, Sum, TextChoices

from leeway.care.people.models import Case
from leeway.law.numbers import floor_div, least
from leeway.money.budgets.models import Ending, Funding
from leeway.money.budgets.schedule import DAY, DAYS_A_WEEK, instalments, period_end
from leeway.money.ledger.models import Account, Kind, Reason, Transfer
from leeway.money.ledger.queries import balances
from leeway.period import Period


class Payer(TextChoices):
    """Who promises a share of a budget beside the council."""

    NHS = "nhs", "The NHS"
    PERSON = "person", "The person"


@dataclass(frozen=True)
class PayerAccounts:
    """The kinds of account that a payer's share goes through, from promise to receipt."""

    expected: Kind
    owed: Kind
    funder: Kind


ACCOUNTS: Mapping[Payer, PayerAccounts] = {
    Payer.NHS: PayerAccounts(Kind.EXPECTED_NHS, Kind.OWED_BY_NHS, Kind.FUNDER_NHS),
    Payer.PERSON: PayerAccounts(Kind.EXPECTED_PERSON, Kind.OWED_BY_PERSON, Kind.FUNDER_PERSON),
}
#: Where a share stands before it falls due → where it stands until it is received.
OWED: Mapping[Kind, Kind] = {kinds.expected: kinds.owed for kinds in ACCOUNTS.values()}
#: The account that gives or promises a share of a funding → the reason with which it does.
PUT_IN: Mapping[Kind, Reason] = {Kind.FUNDER_COUNCIL: Reason.FUNDING, **dict.fromkeys(OWED, Reason.PROMISED)}


@dataclass(frozen=True)
class ShareSoFar:
    """How one payer's share of a case's budgets stands: less than nothing due is owed back to the payer."""

    payer: Payer
    promised_pence: int
    due_pence: int
    received_pence: int


@dataclass(frozen=True)
class Standing:
    """How one payer's share of one funding stands in the ledger: what is promised, and what of it has fallen due."""

    funding: Funding
    payer: Payer
    expected: UUID
    owed: UUID
    promised_pence: int
    promised_on: date
    due_pence: int
    due_until: date
    kept_pence: int

    @property
    def can_fall_due_pence(self) -> int:
        """All that can fall due of it: less than what is promised where days were paid for beyond the end."""
        return self.due_by(date.max)

    def due_by(self, day: date) -> int:
        """What of the share has fallen due on a day."""
        if not self.kept_pence:
            return 0
        begun = sum(pence for first, pence in weights(self.funding, until=last_day(self.funding)) if first <= day)
        return floor_div(self.promised_pence * least(begun, self.kept_pence), self.kept_pence)

    def falling_due(self, on: date) -> list[tuple[date, int]]:
        """What is still to be recorded as fallen due until a day: each day and its pence."""
        firsts = [first for first, _ in weights(self.funding, until=last_day(self.funding))]
        ending: Ending | None = getattr(self.funding.part.budget, "ending", None)
        if ending is not None:  # a penny that rounding left
            firsts.append(max(ending.ends_on, ending.ended_on) + DAY)
        found, recorded_pence = [], self.due_pence
        for day in sorted({max(first, self.promised_on) for first in firsts}):
            if self.due_until < day <= on and (pence := self.due_by(day) - recorded_pence) > 0:
                found.append((day, pence))
                recorded_pence += pence
        return found


def weights(funding: Funding, *, until: date | None) -> list[tuple[date, int]]:
    """The first day of each period that a funding is for, with what its days cost. `until` cuts the last period."""
    ends_on = funding.ends_on if until is None else least(until, funding.ends_on)
    if ends_on < funding.starts_on:
        return []
    weekly_pence, anchor = funding.part.paid_pence_per_week, funding.part.budget.pay_calendar_starts_on
    periods = instalments(starts_on=funding.starts_on, ends_on=ends_on, weekly_pence=weekly_pence, anchor=anchor)
    return [(each.starts_on, each.amount_pence) for each in periods]


def weeks_charged(funding: Funding) -> Iterator[tuple[Period, int]]:
    """What a person pays of a funding, week by week of the pay calendar: the weeks of a pay period add up to it."""
    anchor, ended_on = funding.part.budget.pay_calendar_starts_on, last_day(funding)
    begun, before = 0, 0
    for first, cost in weights(funding, until=ended_on):
        last = least(period_end(first, anchor), funding.ends_on if ended_on is None else ended_on)
        begun += cost
        pence = floor_div(funding.person_pence * begun, funding.total_pence) - before
        before, day, so_far = before + pence, first, 0
        while day <= last:
            ends_on = least(day + timedelta(days=DAYS_A_WEEK - 1 - (day - anchor).days % DAYS_A_WEEK), last)
            until = floor_div(pence * ((ends_on - first).days + 1), (last - first).days + 1)
            yield Period(day, ends_on), until - so_far
            day, so_far = ends_on + DAY, until


def last_day(funding: Funding) -> date | None:
    """The last day that a funding is for, where its budget has ended."""
    ending: Ending | None = getattr(funding.part.budget, "ending", None)
    return None if ending is None else ending.ends_on


def standings(fundings: QuerySet[Funding]) -> Iterable[Standing]:
    """How the shares of the NHS and of the person stand, of so many fundings as are asked for."""
    shared = fundings.filter(Q(nhs_pence__gt=0) | Q(person_pence__gt=0))
    known = {each.pk: each for each in shared.select_related("part__budget__ending")}
    moved = Transfer.objects.order_by().filter(about__in=shared.order_by().values("pk"))
    rows = moved.values_list("about", "reason", "debit__kind", "credit__kind").annotate(
        Sum("amount_pence"), Min("effective_date"), Max("effective_date")
    )
    pence: Counter[tuple] = Counter()
    days: dict[tuple, tuple[date, date]] = {}
    for about, reason, into, out_of, total, first, last in rows:
        pence[about, reason, into, out_of] = total
        days[about, reason, into, out_of] = first, last
    accounts = _accounts(shared)
    for funding in known.values():
        kept = sum(
            pence[funding.pk, reason, Kind.AVAILABLE, giver]
            - pence[funding.pk, Reason.FUNDING_RETURNED, giver, Kind.AVAILABLE]
            for giver, reason in PUT_IN.items()
        )
        for payer, kinds in ACCOUNTS.items():
            expected, owed = kinds.expected, kinds.owed
            promise = (funding.pk, Reason.PROMISED, Kind.AVAILABLE, expected)
            fell_due = (funding.pk, Reason.FELL_DUE, expected, owed)
            if promise in days:
                yield Standing(
                    funding=funding,
                    payer=payer,
                    expected=accounts[funding.part.budget.case_id, expected],
                    owed=accounts[funding.part.budget.case_id, owed],
                    promised_pence=pence[promise]
                    - pence[funding.pk, Reason.FUNDING_RETURNED, expected, Kind.AVAILABLE],
                    promised_on=days[promise][0],
                    due_pence=pence[fell_due] - pence[funding.pk, Reason.NO_LONGER_DUE, owed, expected],
                    due_until=days[fell_due][1] if fell_due in days else date.min,
                    kept_pence=kept,
                )


def shares_so_far(case: Case, as_at: date) -> list[ShareSoFar]:
    """What the NHS and the person promised for days to come, owe, and have paid towards a case's budgets."""
    accounts = {account.kind: account.pk for account in case.accounts.filter(kind__in=[*OWED, *OWED.values()])}
    had = balances(accounts.values(), as_at=as_at)
    found = []
    for payer, kinds in ACCOUNTS.items():
        if owed := accounts.get(kinds.owed):
            paid = Transfer.objects.filter(Q(debit=owed) | Q(credit=owed), effective_date__lte=as_at)
            sums = dict(paid.order_by().values_list("reason").annotate(Sum("amount_pence")))
            found.append(
                ShareSoFar(
                    payer,
                    promised_pence=-had.get(accounts[kinds.expected], 0) if kinds.expected in accounts else 0,
                    due_pence=-had.get(owed, 0),
                    received_pence=sums.get(Reason.RECEIVED, 0) - sums.get(Reason.CORRECTION, 0),
                )
            )
    return found


def _accounts(fundings: QuerySet[Funding]) -> dict[tuple[UUID, str], UUID]:
    cases = fundings.order_by().values("part__budget__case")
    found = Account.objects.filter(kind__in=[*OWED, *OWED.values()], case__in=cases)
    return {(case, kind): pk for pk, case, kind in found.values_list("pk", "case", "kind")}
