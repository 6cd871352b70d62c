"""Whose accounts something was pointed out in, by group: so that a rule which picks out one group is seen.

Source: Equality Act 2010, s. 149: a council looks at what its rules do to those who share a characteristic.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from leeway.intervals import Interval, Share, wilson
from leeway.small_numbers import LEAST, more_to_hide


@dataclass(frozen=True)
class Account:
    """One account that was checked: of whom, in groups, and whether something was pointed out that stayed."""

    client_group: str
    age_band: str
    ethnic_group: str
    pointed: bool


@dataclass(frozen=True)
class Row:
    """A group: how many accounts were checked, in how many something was pointed out; None where it is hidden."""

    group: str
    accounts: int | None = None
    pointed: int | None = None

    @property
    def interval(self) -> Interval:
        """How far chance could move the share (95 in 100)."""
        return wilson(self._share)

    @property
    def share(self) -> float:
        return self._share.share

    @property
    def _share(self) -> Share:
        assert self.accounts and self.pointed is not None, "a hidden group has no share"
        return Share(self.pointed / self.accounts, self.accounts)


@dataclass(frozen=True)
class Counted:
    """All accounts that were checked, and the same by group. None: so few that nothing is shown."""

    whole: Row | None
    by: Mapping[str, Sequence[Row]]


def count(accounts: Iterable[Account]) -> Counted:
    """Count the accounts by each characteristic, small numbers hidden and as many more as it takes."""
    found = list(accounts)
    pointed = sum(one.pointed for one in found)
    if _is_small(pointed, len(found) - pointed) or len(found) < LEAST:
        return Counted(None, {})
    by = {
        "Client group": by_group(found, lambda one: one.client_group),
        "Age": by_group(found, lambda one: one.age_band),
        "Ethnic group": by_group(found, lambda one: one.ethnic_group),
    }
    return Counted(Row("Everybody", len(found), pointed), by)


def by_group(accounts: Iterable[Account], group_of: Callable[[Account], str]) -> list[Row]:
    """The groups by name. A group is hidden where fewer than five were, or were not, pointed out in it."""
    groups: defaultdict[str, list[bool]] = defaultdict(list)
    for one in accounts:
        groups[group_of(one)].append(one.pointed)
    names = sorted(groups)
    parts = [(sum(groups[name]), len(groups[name]) - sum(groups[name])) for name in names]
    small = [place for place, part in enumerate(parts) if _is_small(*part) or sum(part) < LEAST]
    hidden = {*small, *more_to_hide(parts, small)} if small else set()
    return [
        Row(name) if place in hidden else Row(name, sum(parts[place]), parts[place][0])
        for place, name in enumerate(names)
    ]


def _is_small(pointed: int, rest: int) -> bool:
    return 0 < pointed < LEAST or 0 < rest < LEAST
