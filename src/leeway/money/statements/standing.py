"""How an account stands: what of the bank's balance is not explained, by day and by age, and what does not join."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Sum

from leeway.money.statements import candidates
from leeway.money.statements.models import BankAccount, Part, Statement

#: The ages of what is not explained, in days: up to so many, and the words.
AGES = ((7, "Up to a week"), (30, "8 to 30 days"), (90, "31 to 90 days"), (None, "More than 90 days"))


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
    oldest: date | None
    gaps: tuple[Gap, ...]

    @property
    def open_count(self) -> int:
        return self.came_in.count + self.went_out.count


def standing(account: BankAccount) -> Standing:
    """How one account stands. The unexplained balance is the bank's, less what it began with and what is explained."""
    joined = chain(account)
    began, bank = joined.began_pence, joined.bank_pence
    moved = account.lines.aggregate(pence=Sum("amount_pence", default=0))["pence"]
    live = Part.objects.filter(match__account=account, match__undoing=None, line__isnull=False)
    explained = live.aggregate(pence=Sum("amount_pence", default=0))["pence"]
    lines = candidates.open_lines(account).order_by()
    sides = {
        sign: Side(
            **lines.filter(**{f"amount_pence__{side}": 0}).aggregate(
                count=Count("pk"), pence=Sum("open_pence", default=0)
            )
        )
        for sign, side in ((1, "gt"), (-1, "lt"))
    }
    unexplained = moved - explained if bank is None or began is None else bank - began - explained
    oldest = lines.aggregate(day=Min("booked_on"))["day"]
    return Standing(
        account, began, bank, joined.as_at, explained, unexplained, sides[1], sides[-1], oldest, joined.gaps
    )


def ageing(account: BankAccount, on: date) -> list[Age]:
    """What is not explained, by how long it has been so."""
    found: dict[str, dict[int, Side]] = {words: {1: Side(), -1: Side()} for _, words in AGES}
    for line in candidates.open_lines(account):
        days = (on - line.booked_on).days
        words = next(words for most, words in AGES if most is None or days <= most)
        sign = 1 if line.amount_pence > 0 else -1
        side = found[words][sign]
        found[words][sign] = Side(side.count + 1, side.pence + line.open_pence)
    return [Age(words, sides[1], sides[-1]) for words, sides in found.items()]


def days(account: BankAccount, *, first: date | None = None, last: date | None = None) -> list[Day]:
    """Each day on which an account moved: the bank's balance at its end, and how much of it is not explained."""
    joined = chain(account)
    jumps: defaultdict[date, int] = defaultdict(int)
    for gap in joined.gaps:
        jumps[gap.after.from_on] += gap.pence
    moved = account.lines.order_by("booked_on").values("booked_on")
    by_day = {row["booked_on"]: row["pence"] for row in moved.annotate(pence=Sum("amount_pence"))}
    open_by_day: defaultdict[date, list[int]] = defaultdict(list)
    for line in candidates.open_lines(account):
        open_by_day[line.booked_on].append(line.open_pence)
    found, balance, unexplained = [], joined.began_pence, 0
    for day in sorted({*by_day, *jumps}):
        pence, still_open = by_day.get(day, 0), open_by_day[day]
        balance = None if balance is None else balance + pence + jumps[day]
        unexplained += sum(still_open) + jumps[day]
        if (first is None or day >= first) and (last is None or day <= last):
            found.append(Day(day, pence, sum(still_open), len(still_open), balance, unexplained))
    return found


@dataclass(frozen=True)
class Chain:
    """The statements of an account joined: what it began with, the bank's balance on its last day, and the gaps.

    Lines of statements without balances count on from the balance before them.
    """

    began_pence: int | None
    bank_pence: int | None
    as_at: date | None
    gaps: tuple[Gap, ...]


def chain(account: BankAccount) -> Chain:
    """Join the statements of an account, the earliest first."""
    began, bank, loose, before = None, None, 0, None
    gaps: list[Gap] = []
    statements = list(account.statements.order_by("to_on", "from_on", "kept_at", "place"))
    for one in statements:
        if one.opening_balance_pence is None or one.closing_balance_pence is None:
            loose += one.read_pence - one.known_pence
            continue
        opening = one.opening_balance_pence + one.known_pence - loose
        if before is None or bank is None:
            began = opening
        elif opening != bank:
            gaps.append(Gap(before, one, opening - bank))
        bank, before, loose = one.closing_balance_pence, one, 0
    as_at = statements[-1].to_on if statements else None
    return Chain(began, None if bank is None else bank + loose, as_at, tuple(gaps))


def gaps_of(account: BankAccount) -> tuple[Gap, ...]:
    """Where the statements of an account do not join."""
    return chain(account).gaps
