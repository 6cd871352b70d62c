"""What a measure is: its words, its denominators, and the function that counts it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

import narwhals as nw

from leeway.insight.records.tables import PEOPLE, Kind, Records, fields_of
from leeway.period import Period

#: Breakdowns: from the person's own row, from the event that puts them where they are, or worked out.
FROM_PERSON = (*(one.column for one in fields_of(PEOPLE) if one.kind is Kind.CODE), "district")
FROM_EVENT = ("support_reason", "team")
GROUPS = {"client_group": "support_reason", "ethnic_group": "ethnicity"}
BREAKDOWNS = ("council", "age", "age_band", *GROUPS, *FROM_EVENT, *FROM_PERSON)


#: Counts a measure: the breakdown's columns, then numerator, denominator and unknown, all whole numbers.
Count = Callable[[Records, Period, Sequence[str]], nw.LazyFrame]


@dataclass(frozen=True)
class Measure:
    """One measure: its name, what it counts over what, from where, and the function that does.

    `unknown` counts those in (or kept out of) the denominator about whom the return does not say. `per` turns the
    two counts into the value: 100 for a percentage, 100,000 for a rate, 1 for a mean. A measure with a `middle`
    (the name of a column of whole numbers, such as days) is counted once for each size of it: then the numerator is
    the sum of the sizes, the denominator how many there are, and the value their median. A measure with `parts` counts
    its numerator in so many parts of one, of which whole ones are told. It can be broken down by its `breakdowns`, and
    by several of them at once. One that does not add up (`adds_up`) is not, for some councils, the sum of each.
    """

    code: str
    name: str
    definition: str
    numerator: str
    denominator: str
    unknown: str
    source: str
    count: Count = field(repr=False)
    per: int | Fraction = 100
    unit: str = "%"
    decimals: int = 1
    middle: str = ""
    parts: int = 1
    adds_up: bool = True
    breakdowns: tuple[str, ...] = BREAKDOWNS

    def value(self, numerator: int, denominator: int, *, decimals: int | None = None) -> float | None:
        """The value that two counts give, rounded half up as the publications do; none where nobody is counted."""
        if denominator == 0:
            return None
        places = 10 ** (self.decimals if decimals is None else decimals)
        return floor(Fraction(self.per) * numerator * places / denominator + Fraction(1, 2)) / places
