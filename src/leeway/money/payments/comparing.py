"""A run beside an earlier one: who is the same, new, gone or changed, and why; and accounts that several share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Case as Either
from django.db.models import Count, F, OuterRef, Q, Subquery, When

from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.market.listings.models import Provider
from leeway.money.budgets.models import Budget, Hold, HoldKind
from leeway.money.payees.models import PayeeAccount
from leeway.money.payees.queries import may_be_one_account
from leeway.money.payees.states import State as PayeeState
from leeway.money.payments.models import GIVEN_UP, Payment, PaymentRun, Rail
from leeway.money.payments.states import LIVE

ROWS = 50
KINDS = {"new": "New", "gone": "Gone", "changed": "Changed", "same": "The same"}
BESIDE = """
    WITH of_run AS (
        SELECT p.run_id = %(now)s AS now, COALESCE(p.case_id, p.provider_id) AS whom,
               MIN(p.provider_id::text) AS provider, SUM(p.amount_pence) AS pence, MIN(p.part_id::text) AS part,
               COALESCE(SUM(p.ends_on - p.starts_on + 1) FILTER (WHERE p.kind = 'regular'), 0) AS days,
               COUNT(*) FILTER (WHERE p.kind <> 'regular') AS others,
               COUNT(*) FILTER (WHERE i.already_paid_pence > 0) AS differences
          FROM payments_payment AS p LEFT JOIN budgets_instalment AS i ON i.id = p.instalment_id
         WHERE p.run_id IN (%(now)s, %(before)s) GROUP BY 1, 2
    ), beside AS (
        SELECT whom, COALESCE(now.provider, before.provider) AS provider, now.pence AS now_pence,
               before.pence AS before_pence, now.days AS now_days, before.days AS before_days,
               now.others AS now_others, before.others AS before_others,
               now.differences AS now_differences, before.differences AS before_differences,
               now.part IS DISTINCT FROM before.part AS other_part,
               CASE WHEN before.pence IS NULL THEN 'new' WHEN now.pence IS NULL THEN 'gone'
                    WHEN now.pence <> before.pence THEN 'changed' ELSE 'same' END AS kind
          FROM (SELECT * FROM of_run WHERE now) AS now
          FULL JOIN (SELECT * FROM of_run WHERE NOT now) AS before USING (whom)
    ), counted AS (
        SELECT *, COUNT(*) OVER (PARTITION BY kind) AS people,
               ROW_NUMBER() OVER (
                   PARTITION BY kind ORDER BY ABS(COALESCE(now_pence, 0) - COALESCE(before_pence, 0)) DESC, whom
               ) AS place,
               SUM(COALESCE(now_pence, 0) - COALESCE(before_pence, 0)) OVER (PARTITION BY kind) AS difference
          FROM beside
    ) SELECT * FROM counted WHERE place <= CASE kind WHEN 'same' THEN 1 ELSE %(rows)s END ORDER BY kind, place
"""


@dataclass(frozen=True)
class Beside:
    """A person or provider in a run beside the one before: what they have now, what they had, and why it differs."""

    whom: Case | Provider
    now_pence: int | None
    before_pence: int | None
    why: str


@dataclass(frozen=True)
class Group:
    """All who are the same, new, gone or changed: how many, what they make of the difference, and the first of them."""

    label: str
    people: int
    difference_pence: int
    rows: list[Beside] = field(default_factory=list)


@dataclass(frozen=True)
class Difference:
    """How a run differs from the one that it is held against."""

    before: PaymentRun
    groups: dict[str, Group]


@dataclass(frozen=True)
class Shared:
    """An account to which payments for several people go, and why that is right where somebody said so."""

    masked: str
    name: str
    people: list[str]
    reasons: list[str]


def runs_before(runs: Iterable[PaymentRun]) -> dict[int, PaymentRun]:
    """The run that each of some runs by Bacs is held against, by the number of the later one.

    It is the last by Bacs before it of about its size that was not given up: half to twice as many payments. A run of
    hundreds says nothing beside one that paid somebody again. Where none is of its size, it is the last of any.
    """
    numbers = [run.number for run in runs if run.rail == Rail.BACS]
    like = PaymentRun.objects.filter(rail=Rail.BACS).exclude(state__in=GIVEN_UP)
    size = OuterRef("payments_count")
    of_its_size = Q(payments_count__gte=size / 2, payments_count__lte=size * 2)
    ranked = like.annotate(unlike=Either(When(of_its_size, then=0), default=1)).order_by("unlike", "-number")
    earlier = Subquery(ranked.filter(number__lt=OuterRef("number")).values("number")[:1])
    pairs = PaymentRun.objects.filter(number__in=numbers).annotate(before=earlier)
    found = dict(pairs.exclude(before=None).values_list("number", "before"))
    held_against = {run.number: run for run in like.filter(number__in=found.values())}
    return {number: held_against[of] for number, of in found.items()}


def beside_each_other(runs: Iterable[PaymentRun]) -> list[tuple[PaymentRun, int | None]]:
    """Runs, each with how much more it pays than the one that it is held against."""
    listed = list(runs)
    before = runs_before(listed)
    return [(run, run.total_pence - before[run.number].total_pence if run.number in before else None) for run in listed]


def difference(run: PaymentRun, *, seen_by: User) -> Difference | None:
    """How a run differs from an earlier one, by person and provider; nothing where there is none, or not by Bacs."""
    before = runs_before([run]).get(run.number)
    if before is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, {"now": run.pk, "before": before.pk, "rows": ROWS})
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor]
    shown = [row["whom"] for row in found if row["kind"] != "same"]
    cases = Case.objects.select_related("person").in_bulk(shown)
    record_looks(viewer=seen_by, person_ids=[case.person_id for case in cases.values()], page="Two runs compared")
    whom: dict[Any, Case | Provider] = {**cases}
    if len(cases) < len(shown):
        whom |= Provider.objects.in_bulk(shown)
    why = _Reasons(shown, run, before)
    groups: dict[str, Group] = {}
    for kind, label in KINDS.items():
        rows = [row for row in found if row["kind"] == kind]
        people, pence = (rows[0]["people"], int(rows[0]["difference"])) if rows else (0, 0)
        besides = [_beside(row, whom[row["whom"]], why) for row in rows if kind != "same"]
        groups[kind] = Group(label, people, pence, besides)
    return Difference(before, groups)


def _beside(row: Mapping[str, Any], whom: Case | Provider, why: "_Reasons") -> Beside:
    now, before = row["now_pence"], row["before_pence"]
    return Beside(whom, now and int(now), before and int(before), why.of(row))


class _Reasons:
    """Why some people's payments differ between two runs, asked once for all of them."""

    def __init__(self, cases: list[Any], run: PaymentRun, before: PaymentRun):
        self.before = f"run {before.number}"
        holds = Hold.objects.filter(budget__case__in=cases, lifted_on=None).values_list("budget__case", "kind")
        self.held = {case: HoldKind(kind).label.lower() for case, kind in holds}
        self.ended = set(Budget.objects.filter(case__in=cases, ending__replaced=False).values_list("case", flat=True))
        paid = Payment.objects.filter(run__number__lt=run.number, state__in=LIVE).order_by()
        self.paid_before = set(paid.filter(case__in=cases).values_list("case", flat=True).distinct())
        self.paid_before |= set(paid.filter(provider__in=cases).values_list("provider", flat=True).distinct())

    def of(self, row: Mapping[str, Any]) -> str:
        """Why one person's payment is new, gone or changed, in words."""
        case, days, before = row["whom"], row["now_days"], row["before_days"]
        if row["kind"] == "new":
            return f"Was paid before, and not in {self.before}" if case in self.paid_before else "The first payment"
        if row["kind"] == "gone":
            if case in self.held:
                return f"On hold: {self.held[case]}"
            if row["provider"]:
                return "No invoice of theirs is due by this day"
            return "The budget ended" if case in self.ended else "Nothing is due by this day"
        if row["provider"]:
            return "Other invoices"
        if row["now_others"] or row["before_others"]:
            return "Something paid once is in one of the two"
        if row["now_differences"]:
            return "A difference to what was paid before is in it"
        if row["before_differences"]:
            return f"A difference to what was paid before was in {self.before}"
        if days != before:
            return f"{days} days, and {before} in {self.before}"
        return "Another budget" if row["other_part"] else "Some was paid before"


def shared_accounts(run: PaymentRun, *, seen_by: User) -> list[Shared]:
    """Accounts to which payments of a run for more than one person go, but for providers' own."""
    several = (
        run.payments.exclude(payee__holder="provider")
        .order_by()
        .values("sort_code", "account_number")
        .annotate(people=Count(F("case__person"), distinct=True))
        .filter(people__gt=1)
    )
    found = []
    for account in several.values("sort_code", "account_number")[:ROWS]:
        to_it = run.payments.filter(**account).select_related("case__person", "payee").order_by("place")
        for roll, same in _by_member(list(to_it)).items():
            people = {each.case.person_id: str(each.case.person) for each in same}
            if len(people) > 1:
                record_looks(viewer=seen_by, person_ids=people, page="Accounts that several share")
                found.append(
                    Shared(
                        masked=same[0].masked,
                        name=same[0].account_name,
                        people=list(people.values()),
                        reasons=_reasons(account, roll),
                    )
                )
    return found


def _by_member(payments: Sequence[Payment]) -> dict[str, list[Payment]]:
    """Payments to one account number by roll number: a building society has many members in one account."""
    rolls: list[str] = []
    for each in payments:
        if each.roll_number and not any(may_be_one_account(each.roll_number, roll) for roll in rolls):
            rolls.append(each.roll_number)
    return {roll: [each for each in payments if may_be_one_account(each.roll_number, roll)] for roll in rolls or [""]}


def _reasons(account: Mapping[str, str], roll: str) -> list[str]:
    details: Iterable[PayeeAccount] = PayeeAccount.objects.filter(**account, state=PayeeState.APPROVED)
    same = (each.shared_because for each in details if may_be_one_account(each.roll_number, roll))
    return list(dict.fromkeys(filter(None, same)))
