"""How an account stands: what of the bank's balance is not explained, by day and by age, and what does not join."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain as chain_of
from itertools import groupby
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum

from leeway.money.statements.models import BankAccount, Part, Statement, StatementLine
from leeway.money.statements.relations import LIVE
from leeway.money.statements.told_twice import REPORTS

#: The ages of what is not explained, in days: up to so many, and the words.
AGES = ((7, "Up to a week"), (30, "8 to 30 days"), (90, "31 to 90 days"), (None, "More than 90 days"))
NO_STATEMENT = "Days of which there is no statement"
#: What is not explained of each day of some accounts: how many lines of money in and how many pence, and of money out.
#: All that is matched is joined at once, since an account has many more lines than are open.
OPEN_BY_DAY = f"""
    SELECT account_id, booked_on,
           COUNT(*) FILTER (WHERE amount_pence > 0),
           COALESCE(SUM(open_pence) FILTER (WHERE amount_pence > 0), 0)::bigint,
           COUNT(*) FILTER (WHERE amount_pence < 0),
           COALESCE(SUM(open_pence) FILTER (WHERE amount_pence < 0), 0)::bigint
      FROM (
        SELECT line.account_id, line.booked_on, line.amount_pence,
               line.amount_pence - COALESCE(SUM(matched.pence), 0) AS open_pence
          FROM statements_statementline AS line LEFT JOIN (
            SELECT p.line_id, p.amount_pence AS pence FROM {LIVE}
             WHERE u.match_id IS NULL AND m.account_id = ANY(%(accounts)s)
          ) AS matched ON matched.line_id = line.id
         WHERE line.account_id = ANY(%(accounts)s) GROUP BY line.id
      ) AS lines
     WHERE open_pence <> 0 GROUP BY account_id, booked_on
"""


@dataclass(frozen=True)
class Side:
    """Money in, or money out: how many lines, and how many pence of them are open."""

    count: int = 0
    pence: int = 0


@dataclass(frozen=True)
class Age:
    """What is not explained of some age."""

    words: str
    came_in: Side
    went_out: Side


@dataclass(frozen=True)
class Gap:
    """Two statements that do not join: what one ends with is not what the next begins with."""

    before: Statement
    after: Statement
    pence: int


@dataclass(frozen=True)
class Chain:
    """The statements of an account joined: what it began with, the bank's balance on its last day, and the gaps.

    Lines of statements without balances count on from the balance before them.
    """

    began_pence: int | None
    bank_pence: int | None
    as_at: date | None
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Day:
    """One day of an account: what moved, what of it is not explained, and how the bank and we stand at its end."""

    on: date
    moved_pence: int
    open_pence: int
    open_count: int
    bank_pence: int | None
    unexplained_pence: int


@dataclass(frozen=True)
class Standing:
    """How an account stands: the bank's balance is what it began with, what is explained, and what is not."""

    account: BankAccount
    began_pence: int | None
    bank_pence: int | None
    as_at: date | None
    explained_pence: int
    unexplained_pence: int
    came_in: Side
    went_out: Side
    open_by_day: Mapping[date, tuple[Side, Side]]
    gaps: tuple[Gap, ...]

    @property
    def oldest(self) -> date | None:
        """The first day of which something is not explained."""
        return min(self.open_by_day, default=None)

    @property
    def open_count(self) -> int:
        return self.came_in.count + self.went_out.count


def standing(account: BankAccount) -> Standing:
    """How one account stands."""
    return standings([account])[0]


def standings(accounts: Collection[BankAccount]) -> list[Standing]:
    """How some accounts stand, asked at once for all of them.

    The unexplained balance is the bank's, less what it began with and what is explained.
    """
    lines = StatementLine.objects.filter(account__in=accounts).order_by().values_list("account")
    live = Part.objects.filter(match__account__in=accounts, match__undoing=None, line__isnull=False).order_by()
    moved = dict(lines.annotate(pence=Sum("amount_pence")))
    explained = dict(live.values_list("match__account").annotate(pence=Sum("amount_pence")))
    joined, still_open = chains(accounts), _open_by_day(accounts)
    return [
        _standing(each, joined[each.pk], still_open[each.pk], moved.get(each.pk, 0), explained.get(each.pk, 0))
        for each in accounts
    ]


def _standing(
    account: BankAccount, joined: Chain, still: Mapping[date, tuple[Side, Side]], moved: int, explained: int
) -> Standing:
    began, bank = joined.began_pence, joined.bank_pence
    came_in, went_out = (_together(sides) for sides in zip(*still.values(), strict=True)) if still else (Side(), Side())
    unexplained = moved - explained if bank is None or began is None else bank - began - explained
    return Standing(
        account,
        began,
        bank,
        joined.as_at,
        explained,
        unexplained,
        came_in,
        went_out,
        still,
        joined.gaps,
    )


def ageing(stands: Standing, on: date) -> list[Age]:
    """What is not explained, by how long it has been so: it comes to the unexplained balance.

    What moved on days of which there is no statement has no lines, and stands by itself.
    """
    found: dict[str, list[tuple[Side, Side]]] = {words: [(Side(), Side())] for _, words in AGES}
    for day, sides in stands.open_by_day.items():
        age = (on - day).days
        found[next(words for most, words in AGES if most is None or age <= most)].append(sides)
    missing = [gap.pence for gap in stands.gaps]
    if missing:
        came_in, went_out = (sum(pence for pence in missing if pence * sign > 0) for sign in (1, -1))
        found[NO_STATEMENT] = [(Side(0, came_in), Side(0, went_out))]
    return [Age(words, *(_together(each) for each in zip(*sides, strict=True))) for words, sides in found.items()]


def _open_by_day(accounts: Iterable[BankAccount]) -> Mapping[UUID, dict[date, tuple[Side, Side]]]:
    """What is not explained of each day of each account that has any: money in, and money out."""
    found: defaultdict[UUID, dict[date, tuple[Side, Side]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(OPEN_BY_DAY, {"accounts": [account.pk for account in accounts]})
        for account, day, many, pence, more, less in cursor.fetchall():
            found[account][day] = (Side(many, pence), Side(more, less))
    return found


def _together(sides: Iterable[Side]) -> Side:
    found = list(sides)
    return Side(sum(side.count for side in found), sum(side.pence for side in found))


def days(stands: Standing, *, last: date | None = None) -> list[Day]:
    """Each day on which an account moved: the bank's balance at its end, and how much of it is not explained."""
    jumps: defaultdict[date, int] = defaultdict(int)
    for gap in stands.gaps:
        jumps[gap.after.from_on] += gap.pence
    moved = stands.account.lines.order_by("booked_on").values("booked_on")
    by_day = {row["booked_on"]: row["pence"] for row in moved.annotate(pence=Sum("amount_pence"))}
    open_by_day = {day: _together(sides) for day, sides in stands.open_by_day.items()}
    found, balance, unexplained = [], stands.began_pence, 0
    for day in sorted({*by_day, *jumps}):
        pence, still_open = by_day.get(day, 0), open_by_day.get(day, Side())
        balance = None if balance is None else balance + pence + jumps[day]
        unexplained += still_open.pence + jumps[day]
        if last is None or day <= last:
            found.append(Day(day, pence, still_open.pence, still_open.count, balance, unexplained))
    return found


def chain(account: BankAccount, *, reports: bool = True) -> Chain:
    """Join the statements of an account, the earliest first; with what only reports of the bank's tell of so far.

    A balance in a report is of a moment, so it counts where there is no statement alone.
    """
    return chains([account], reports=reports)[account.pk]


def chains(accounts: Collection[BankAccount], *, reports: bool = True) -> dict[UUID, Chain]:
    """The same of each of some accounts, asked at once for all of them."""
    found = chains_of(Statement.objects.filter(account__in=accounts), reports=reports)
    return {account.pk: found.get(account.pk) or _joined([], {}, reports) for account in accounts}


def chains_of(statements: QuerySet[Statement], *, reports: bool = True) -> dict[UUID, Chain]:
    """The same of each account that some statements are of."""
    found: defaultdict[UUID, list[Statement]] = defaultdict(list)
    for one in statements.order_by("to_on", "from_on", "kept_at", "place"):
        found[one.account_id].append(one)
    some_report = any(one.format in REPORTS for its in found.values() for one in its)
    told = _told_by_reports(found) if reports and some_report else {}
    return {account: _joined(its, told.get(account, {}), reports) for account, its in found.items()}


def _joined(statements: Sequence[Statement], by_reports: Mapping[date, int], reports: bool) -> Chain:
    began, bank, loose, before = None, None, 0, None
    gaps: list[Gap] = []
    joined = [one for one in statements if one.format not in REPORTS]
    told = dict(by_reports) if joined else {}
    for one in _in_turn(joined or (statements if reports else ())):
        loose += sum(told.pop(day) for day in [day for day in told if day <= one.to_on])
        if one.opening_balance_pence is None or one.closing_balance_pence is None:
            loose += one.read_pence - one.known_pence
            continue
        opening = one.opening_balance_pence + one.known_pence - loose
        if before is None or bank is None:
            began = opening
        elif opening != bank:
            gaps.append(Gap(before, one, opening - bank))
        bank, before, loose = one.closing_balance_pence, one, 0
    loose += sum(told.values())
    as_at = statements[-1].to_on if statements else None
    return Chain(began, None if bank is None else bank + loose, as_at, tuple(gaps))


def _in_turn(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Statements of the same days one after the other as their balances join, in whichever order they were kept."""
    end: int | None = None
    for _days, same in groupby(statements, key=lambda one: (one.to_on, one.from_on)):
        left = list(same)
        while left:
            one = _next_of(left, end)
            left.remove(one)
            end = one.closing_balance_pence
            yield one


def _next_of(left: Sequence[Statement], end: int | None) -> Statement:
    """The statement that begins where the last one ended; or else one that begins where no other ends."""
    begins = {one: one.opening_balance_pence + one.known_pence for one in left if one.opening_balance_pence is not None}
    ends = {one.closing_balance_pence for one in left}
    if len(begins) < len(left) or None in ends:
        return left[0]
    joins = (one for one, pence in begins.items() if pence == end)
    first = (one for one, pence in begins.items() if pence not in ends)
    return next(chain_of(joins, first), left[0])


def _told_by_reports(accounts: Iterable[UUID]) -> Mapping[UUID, dict[date, int]]:
    """What reports of the bank's told of some accounts, of each by day."""
    lines = StatementLine.objects.filter(account__in=accounts, statement__format__in=REPORTS).order_by()
    found: defaultdict[UUID, dict[date, int]] = defaultdict(dict)
    for account, day, pence in lines.values_list("account", "booked_on").annotate(pence=Sum("amount_pence")):
        found[account][day] = pence
    return found
