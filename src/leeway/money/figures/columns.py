"""Parts of budgets as columns, whole or by who pays them: what days cost, and what a week costs on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

import numpy as np

from leeway.law.numbers import ceil_div, floor_div
from leeway.money.budgets.committed import HeldPart
from leeway.money.budgets.schedule import DAYS_A_WEEK
from leeway.money.funders.attributing import UNNAMED, PaysWeekly
from leeway.money.funders.models import Purse
from leeway.period import Period


class Payer(NamedTuple):
    """Whose share it is, and which funder pays it: none where it is the person, or the NHS with no body named."""

    purse: Purse
    funder_id: UUID | None


#: Who pays what no line says otherwise of.
THEMSELVES = {purse: Payer(purse, funder) for purse, funder in UNNAMED.items()}


def weeks_of(part: HeldPart) -> dict[Purse, int]:
    """What each purse pays a week of a part."""
    return {
        Purse.COUNCIL: part.council_pence_per_week,
        Purse.NHS: part.nhs_pence_per_week,
        Purse.PERSON: part.person_pence_per_week,
    }


class Columns:
    """Parts of budgets as columns: from which day to which, and what a week costs whom."""

    def __init__(self, parts: Sequence[HeldPart]) -> None:
        self.case = np.array([str(part.case) for part in parts], dtype=object)
        self.way = np.array([part.way for part in parts], dtype=object)
        self.group = np.array([part.client_group for part in parts], dtype=object)
        self.first = _numbers([part.starts_on.toordinal() for part in parts])
        self.last = _numbers([(part.ends_on or date.max).toordinal() for part in parts])
        self.weeks = {purse: _numbers([weeks_of(part)[purse] for part in parts]) for purse in Purse}

    @cached_property
    def everybody(self) -> np.ndarray:
        """All of them."""
        return np.ones(len(self.first), dtype=bool)

    def on(self, day: date) -> np.ndarray:
        """Which of them hold on a day."""
        return (self.first <= day.toordinal()) & (day.toordinal() <= self.last)

    def week_on(self, day: date, of: np.ndarray, purse: Purse) -> int:
        """What a week costs a purse of those that hold on a day."""
        return int(self.weeks[purse][of & self.on(day)].sum())

    def costs(self, over: Period, purse: Purse) -> np.ndarray:
        """What the days of a period cost a purse of each: a seventh of a week a day, part of a penny a whole one."""
        return ceil_div(self.weeks[purse] * days_within(self.first, self.last, over), DAYS_A_WEEK)

    def cost(self, over: Period, of: np.ndarray, purse: Purse) -> int:
        """The same of some of them together."""
        return int(self.costs(over, purse)[of].sum())

    def people_on(self, day: date, of: np.ndarray) -> int:
        """How many cases hold one on a day."""
        return len(set(self.case[of & self.on(day)]))


@dataclass(frozen=True)
class ByPayer:
    """The same parts cut by who pays them on which days: a row is what one payer pays a week of a purse's share."""

    parts: Columns
    payers: Sequence[Payer]
    payer: np.ndarray
    part: np.ndarray
    first: np.ndarray
    last: np.ndarray
    week: np.ndarray

    @classmethod
    def of(cls, held: Sequence[HeldPart], parts: Columns, shared: Mapping[UUID, Sequence[PaysWeekly]]) -> "ByPayer":
        """Cut parts; `shared` says who pays those of which a line says it. All else is paid by its purse itself."""
        rows = [
            (Payer(*row[:2]), index, row.starts_on.toordinal(), row.ends_on.toordinal(), row.pence_per_week)
            for index, part in enumerate(held)
            for row in shared.get(part.part) or _unshared(part)
        ]
        payers = sorted({payer for payer, *_ in rows}, key=str)
        numbers = {payer: number for number, payer in enumerate(payers)}
        table = np.array([(numbers[payer], *rest) for payer, *rest in rows], dtype=np.int64).reshape(-1, 5)
        return cls(parts, payers, *table.T)

    def costs(self, over: Period) -> dict[Payer, int]:
        """What the days of a period cost each payer: of each part and purse they add up to the whole, to the penny."""
        first = np.maximum(self.first, self.parts.first[self.part])
        last = np.minimum(self.last, self.parts.last[self.part])
        weights = self.week * days_within(first, last, over)
        purses = list(Purse)
        purse = _numbers([purses.index(payer.purse) for payer in self.payers])[self.payer]
        whole = np.concatenate([self.parts.costs(over, each) for each in purses])
        group = purse * len(self.parts.first) + self.part
        return self._by_payer(split_within(whole, group, weights))

    def weeks_on(self, day: date) -> dict[Payer, int]:
        """What a week costs each payer on a day."""
        return self._by_payer(np.where(self._on(day), self.week, 0))

    def day_weeks(self, over: Period, held_on: date) -> dict[Payer, int]:
        """What the days of a period cost each payer of parts that hold on a day before, seven times: as if none ended.

        Who pays changes on its days all the same.
        """
        days = days_within(self.first, self.last, over)
        return self._by_payer(np.where(self.parts.on(held_on)[self.part], self.week * days, 0))

    def people_on(self, day: date) -> dict[Payer, int]:
        """For how many cases each payer pays something on a day."""
        pays = self._on(day) & (self.week > 0)
        return {
            payer: len(set(self.parts.case[self.part[pays & (self.payer == number)]]))
            for number, payer in enumerate(self.payers)
        }

    def _on(self, day: date) -> np.ndarray:
        number = day.toordinal()
        return self.parts.on(day)[self.part] & (self.first <= number) & (number <= self.last)

    def _by_payer(self, pence: np.ndarray) -> dict[Payer, int]:
        return {payer: int(pence[self.payer == number].sum()) for number, payer in enumerate(self.payers)}


def _unshared(part: HeldPart) -> list[PaysWeekly]:
    weeks = weeks_of(part)
    return [PaysWeekly(*THEMSELVES[purse], date.min, date.max, pence) for purse, pence in weeks.items() if pence]


def days_within(first: np.ndarray, last: np.ndarray, over: Period) -> np.ndarray:
    """How many of the days from each first to its last are within a period."""
    begins, ends = np.maximum(first, over.starts_on.toordinal()), np.minimum(last, over.ends_on.toordinal())
    return np.maximum(ends - begins + 1, 0)


def split_within(whole: np.ndarray, group: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Share the whole of each group out by weight: each rounded down, and the last takes what is left.

    >>> split_within(np.array([100, 7]), np.array([0, 0, 1]), np.array([1, 2, 5])).tolist()
    [33, 67, 7]
    """
    of_group, last = np.zeros_like(whole), np.zeros_like(whole)
    np.add.at(of_group, group, weights)
    shares = floor_div(whole[group] * weights, np.maximum(of_group, 1)[group])
    given = np.zeros_like(whole)
    np.add.at(given, group, shares)
    np.maximum.at(last, group, np.where(weights > 0, np.arange(len(group)), 0))
    paid = of_group > 0
    shares[last[paid]] += (whole - given)[paid]
    return shares


def _numbers(values: Sequence[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)
