"""Why the council pays another amount for a person's budget than before: need, price, policy, charge, other payers.

What a change comes to is taken apart in one order, line by line, and the parts add back to it to the penny:

1. Need, at the old price: what began costs what it costs, what ended what it cost, and what goes on costs its new
   amount and how often at its old price, less what it cost.
2. Price: that new amount at the new price, less the same at the old one.
3. Policy: how far what was signed off lies beside what the lines cost, after less before.
4. Charge: what the person pays more is what the council pays less.
5. Other payers: what the NHS pays more is what the council pays less.

Another order would give the part in which amount and price move together to need instead of price. A line goes on where
the same service gives the same unit, or else the same thing is bought under the same name, so that a change of
provider is a change of price; among several such, those nearest in cost. Where hours became days, one line ended and
another began.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction

from leeway.law.numbers import ceil_div, pounds


@dataclass(frozen=True, slots=True, order=True)
class Bought:
    """One line of an agreed plan: what is bought from which service, how much, how often, at what price."""

    what: str
    service: str
    unit: str
    hundredths: int
    times_a_week: Fraction
    unit_cost_pence: int

    def at(self, unit_cost_pence: int) -> int:
        """What it costs a week at a price; part of a penny counts as a whole one."""
        times = self.times_a_week
        pence: int = ceil_div(self.hundredths * unit_cost_pence * times.numerator, 100 * times.denominator)
        return pence

    @property
    def pence(self) -> int:
        """What it costs a week."""
        return self.at(self.unit_cost_pence)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed at one time: the lines, and a week's budget with what the person and the NHS pay of it."""

    lines: tuple[Bought, ...]
    budget_pence: int
    charge_pence: int
    nhs_pence: int

    @property
    def council_pence(self) -> int:
        """What is left for the council."""
        return self.budget_pence - self.charge_pence - self.nhs_pence

    @property
    def beside_the_plan_pence(self) -> int:
        """How far the budget was signed off beside what its lines cost."""
        return self.budget_pence - sum(line.pence for line in self.lines)


@dataclass(frozen=True, slots=True)
class Causes:
    """How much more the council pays a week, by cause; less than nothing where it pays less."""

    need: int = 0
    price: int = 0
    policy: int = 0
    charge: int = 0
    others: int = 0

    @property
    def total(self) -> int:
        """What the council pays more a week."""
        return sum(pence for _, pence in self.by_cause())

    def by_cause(self) -> list[tuple[str, int]]:
        """Each cause with its pence."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]


@dataclass(frozen=True, slots=True)
class LineMoved:
    """What became of one line, and what that is of need and of price."""

    what: str
    before: Bought | None
    after: Bought | None

    @property
    def need(self) -> int:
        """Begun, ended, or more or less of it, at the old price."""
        was = self.before.pence if self.before else 0
        if self.after is None:
            return -was
        return self.after.at((self.before or self.after).unit_cost_pence) - was

    @property
    def price(self) -> int:
        """The same amount at the new price."""
        if self.before is None or self.after is None:
            return 0
        return self.after.pence - self.after.at(self.before.unit_cost_pence)


#: By what a line is known again, the surest first.
_ALIKE: tuple[Callable[[Bought], tuple[str, ...] | None], ...] = (
    lambda line: (line.service, line.unit, line.what.casefold()) if line.service else None,
    lambda line: (line.service, line.unit) if line.service else None,
    lambda line: (line.unit, line.what.strip().casefold()),
)
CAUSES = {
    "need": "Need: support that began, ended, or is more or less",
    "price": "Price: the same support at another price",
    "policy": "Policy: what was signed off beside what the plan costs",
    "charge": "Charge: what the person pays",
    "others": "Other payers: what the NHS pays",
}
#: How each cause is said where it makes the council pay more, and where it makes it pay less.
BECAUSE = {
    "need": ("more support is planned", "less support is planned"),
    "price": ("prices rose", "prices fell"),
    "policy": ("more was signed off beside what the plan costs", "less was signed off beside what the plan costs"),
    "charge": ("{who} less", "{who} more"),
    "others": ("the NHS pays less", "the NHS pays more"),
}


def lines_moved(before: Sequence[Bought], after: Sequence[Bought]) -> list[LineMoved]:
    """Pair the lines of two plans, each once, those nearest in cost first, and give what became of each."""
    left, came, moved = sorted(before), sorted(after), []
    for alike in _ALIKE:
        while pairs := [(old, new) for new in came for old in left if alike(new) and alike(old) == alike(new)]:
            old, new = min(pairs, key=lambda pair: abs(pair[1].pence - pair[0].pence))
            moved.append(LineMoved(new.what, old, new))
            left.remove(old)
            came.remove(new)
    ended = [LineMoved(line.what, line, None) for line in left]
    return moved + ended + [LineMoved(line.what, None, line) for line in came]


def split_change(before: Agreed, after: Agreed) -> Causes:
    """Split what the council pays more a week, or less, by what caused it.

    >>> home = Bought("Help at home", "", "hour", 10_00, Fraction(1), 20_00)
    >>> less = Bought("Help at home", "", "hour", 8_50, Fraction(1), 20_80)
    >>> split_change(Agreed((home,), 200_00, 0, 0), Agreed((less,), 176_80, 0, 0))
    Causes(need=-3000, price=680, policy=0, charge=0, others=0)
    """
    moved = lines_moved(before.lines, after.lines)
    causes = Causes(
        need=sum(line.need for line in moved),
        price=sum(line.price for line in moved),
        policy=after.beside_the_plan_pence - before.beside_the_plan_pence,
        charge=before.charge_pence - after.charge_pence,
        others=before.nhs_pence - after.nhs_pence,
    )
    assert causes.total == after.council_pence - before.council_pence, "the causes of a change add up to it"
    return causes


def together(several: Iterable[Causes]) -> Causes:
    """Add up what several changes came to."""
    sums = dict.fromkeys(CAUSES, 0)
    for causes in several:
        for cause, pence in causes.by_cause():
            sums[cause] += pence
    return Causes(**sums)


def in_words(causes: Causes, *, who: str = "the person pays") -> str:
    """A change in one sentence, the largest part first.

    >>> in_words(Causes(need=-30_00, price=6_60))
    'The council pays £23.40 a week less: £30.00 less because less support is planned, £6.60 more because prices rose.'
    """
    parts = sorted(((cause, pence) for cause, pence in causes.by_cause() if pence), key=lambda part: -abs(part[1]))
    said = ", ".join(
        f"{pounds(abs(pence))} {_way(pence)} because {BECAUSE[cause][pence < 0].format(who=who)}"
        for cause, pence in parts
    )
    total = causes.total
    begun = f"The council pays {pounds(abs(total))} a week {_way(total)}" if total else "The council pays the same"
    return f"{begun}: {said}." if parts else f"{begun}."


def _way(pence: int) -> str:
    return "more" if pence > 0 else "less"
