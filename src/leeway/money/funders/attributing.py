"""Dividing what the ledger holds: down by days, by lines of the plan, and by who pays each line on each day.

Nothing here is a second account of the money. A funding of a part is cut into its pay periods as its shares fall due
(`budgets.dues`), each period's pence go to the lines in proportion to what each costs, and a line's pence go day by day
to its funders. Every step counts up from the first day, so that the days of any span and those beside it add back to
the whole, to the penny.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from leeway.care.planning.costs import CostedLine
from leeway.law.numbers import floor_div, greatest, least, split
from leeway.law.sharing import Portion as Agreed
from leeway.law.sharing import weights_of
from leeway.money.budgets.models import InstalmentKind
from leeway.money.budgets.schedule import DAY, days_pence, instalments
from leeway.money.funders.models import COUNCIL, Purse

#: Who pays a purse's share of a line where nothing is recorded: the NHS, and which body of it is not named.
UNNAMED: Mapping[Purse, UUID | None] = {Purse.NHS: None, Purse.PERSON: None, Purse.COUNCIL: COUNCIL}


class Attributed(NamedTuple):
    """What a funder pays of one line for some days. No funder: the person, or the NHS where no body is named."""

    case_id: UUID
    line_id: UUID
    part_id: UUID
    funder_id: UUID | None
    purse: Purse
    starts_on: date
    ends_on: date
    pence: int


class PaysWeekly(NamedTuple):
    """What a funder pays a week of one part, from a day until a day. No funder: as in what is attributed."""

    purse: Purse
    funder_id: UUID | None
    starts_on: date
    ends_on: date
    pence_per_week: int


@dataclass(frozen=True, slots=True)
class Funded:
    """A funding of one part as it stands in the ledger: what each purse put in or promised, less what went back.

    `not_charged` has the weeks of which the person is asked for less, each with its days and by how much.
    """

    case_id: UUID
    budget_id: UUID
    part_id: UUID
    kind: str
    starts_on: date
    ends_on: date
    weekly_pence: int
    anchor: date
    budget_ends_on: date | None
    purses: Mapping[Purse, int]
    not_charged: Sequence[tuple[date, date, int]] = ()

    @property
    def kept_pence(self) -> int:
        """What is left in the ledger of all that was put in."""
        return sum(self.purses.values())


@dataclass(frozen=True, slots=True)
class Piece:
    """Some days of a funding, and how much of all that is kept stands for them and for those before."""

    starts_on: date
    ends_on: date
    pence_before: int
    pence: int


@dataclass(frozen=True, slots=True)
class FunderRules:
    """What dividing must know of a funder: whose share it pays, whether the person may be charged for it, its days."""

    purse: Purse
    means_tested: bool
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Share:
    """Who pays a line from a day until a day: funders with what was agreed of each."""

    starts_on: date
    ends_on: date
    method: str
    portions: Sequence[tuple[UUID, int | None]]


@dataclass(frozen=True, slots=True)
class PartOfLine:
    """One line in a part of a budget: what it costs a week, and what each purse pays of that."""

    line_id: UUID
    pence_per_week: int
    purses: Mapping[Purse, int]
    is_free: bool = False

    @property
    def chargeable_pence(self) -> int:
        """What of it the person may be charged for at most: nothing of what the NHS pays, or of what is free."""
        return 0 if self.is_free else self.pence_per_week - self.purses[Purse.NHS]

    @property
    def charge_pence(self) -> int:
        """What the person is charged of it."""
        return self.purses[Purse.PERSON]


def pieces(funded: Funded) -> Iterator[Piece]:
    """The pay periods of a funding that money is kept for, cut where its budget ends."""
    if funded.kind != InstalmentKind.REGULAR:
        yield Piece(funded.starts_on, funded.ends_on, 0, funded.kept_pence)
        return
    whole = instalments(
        starts_on=funded.starts_on, ends_on=funded.ends_on, weekly_pence=funded.weekly_pence, anchor=funded.anchor
    )
    so_far, kept, last = 0, funded.kept_pence, funded.budget_ends_on
    for each in whole:
        days = [(each.starts_on, each.ends_on, each.amount_pence)]
        if last is not None and each.starts_on <= last < each.ends_on:
            until = days_pence(funded.weekly_pence, (last - each.starts_on).days + 1)
            days = [(each.starts_on, last, until), (last + DAY, each.ends_on, each.amount_pence - until)]
        for starts_on, ends_on, cost in days:
            pence = least(cost, kept - so_far)
            if pence > 0:
                yield Piece(starts_on, ends_on, so_far, pence)
                so_far += pence


def parts_of_lines(
    lines: Sequence[tuple[UUID, CostedLine]],
    free: Sequence[bool],
    *,
    gross_pence: int,
    nhs_pence: int,
    charge_pence: int,
) -> list[PartOfLine]:
    """What each purse pays a week of the lines of one part: its amounts as they were signed off, by what lines cost.

    The charge falls on lines that are not free, and on no pound of the NHS's. `free` says of each line whether nobody
    is charged for it.
    """
    cost = _in_proportion(gross_pence, [line.pence_per_week for _, line in lines])
    nhs = _in_proportion(nhs_pence, [line.nhs_pence for _, line in lines])
    social_care = [greatest(whole - its, 0) for whole, its in zip(cost, nhs, strict=True)]
    charged = _in_proportion(
        charge_pence, [0 if nobody else pence for pence, nobody in zip(social_care, free, strict=True)]
    )
    left = [greatest(pence - its, 0) for pence, its in zip(social_care, charged, strict=True)]
    council = _in_proportion(gross_pence - sum(nhs) - sum(charged), left)
    return [
        PartOfLine(
            line_id,
            sum(purses),
            dict(zip((Purse.NHS, Purse.PERSON, Purse.COUNCIL), purses, strict=True)),
            is_free,
        )
        for (line_id, _), is_free, *purses in zip(lines, free, nhs, charged, council, strict=True)
    ]


def _in_proportion(pence: int, weights: Sequence[int]) -> list[int]:
    """Pence by weights; nothing for anybody where no weight is above nought."""
    return split(pence, weights) if sum(weights) else [0] * len(weights)


def once_of_lines(lines: Sequence[tuple[UUID, CostedLine]]) -> list[PartOfLine]:
    """What is paid once of each line of a plan: the council's money."""
    return [
        PartOfLine(line_id, line.once_pence, {Purse.NHS: 0, Purse.PERSON: 0, Purse.COUNCIL: line.once_pence})
        for line_id, line in lines
    ]


def divided(
    funded: Funded,
    lines: Sequence[PartOfLine],
    shares: Mapping[UUID, Sequence[Share]],
    rules: Mapping[UUID, FunderRules],
    starts_on: date,
    ends_on: date,
) -> Iterable[Attributed]:
    """What was funded of one part for the days from one to another, by line and funder."""
    found: dict[tuple[UUID, Purse, UUID | None, date], Attributed] = {}
    stretches = {line.line_id: stretches_of(line, shares.get(line.line_id, ()), rules) for line in lines}
    for piece in pieces(funded):
        if piece.ends_on < starts_on or piece.starts_on > ends_on:
            continue
        for purse, kept in funded.purses.items():
            if not kept:
                continue
            pence = _so_far(kept, piece.pence_before + piece.pence, funded.kept_pence) - _so_far(
                kept, piece.pence_before, funded.kept_pence
            )
            for line, its_pence in zip(lines, split(pence, _weights(lines, purse)), strict=True):
                for row in _by_funder(piece, its_pence, stretches[line.line_id], purse, starts_on, ends_on):
                    _add(found, funded, line.line_id, purse, row)
    for first, last, less in funded.not_charged:
        piece = Piece(first, last, 0, less)
        if first <= ends_on and last >= starts_on:
            for line, its_pence in zip(lines, split(less, _weights(lines, Purse.PERSON)), strict=True):
                for row in _by_funder(piece, its_pence, stretches[line.line_id], Purse.PERSON, starts_on, ends_on):
                    _add(found, funded, line.line_id, Purse.PERSON, row._replace(pence=-row.pence))
    return [row for row in found.values() if row.pence]


def weekly(
    purses: Mapping[Purse, int],
    lines: Sequence[PartOfLine],
    shares: Mapping[UUID, Sequence[Share]],
    rules: Mapping[UUID, FunderRules],
) -> Iterator[PaysWeekly]:
    """Who pays a week of a part of which each purse pays so much: on every day the rows of a purse add up to that."""
    for purse, pence in purses.items():
        for line, its_pence in zip(lines, split(pence, _weights(lines, purse)), strict=True):
            for stretch in stretches_of(line, shares.get(line.line_id, ()), rules):
                payers = stretch.payers[purse]
                paid = split(its_pence, [weight for _, weight in payers])
                for (funder, _), pays in zip(payers, paid, strict=True):
                    if pays:
                        yield PaysWeekly(purse, funder, stretch.starts_on, stretch.ends_on, pays)


def _so_far(kept: int, begun: int, whole: int) -> int:
    """What of a purse's money stands for the first so many pence of the whole, as its share falls due."""
    return floor_div(kept * begun, whole)


def _weights(lines: Sequence[PartOfLine], purse: Purse) -> list[int]:
    """In which proportion a purse's money goes to lines: what it pays of each, or else what each costs."""
    for weights in ([line.purses[purse] for line in lines], [line.pence_per_week for line in lines]):
        if sum(weights):
            return weights
    return [1] * len(lines)


class _Row(NamedTuple):
    funder_id: UUID | None
    stretch: date
    starts_on: date
    ends_on: date
    pence: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which the same funders pay a line, and in which proportion, by purse."""

    starts_on: date
    ends_on: date
    payers: Mapping[Purse, Sequence[tuple[UUID | None, int]]]


NOBODY_NAMED: Mapping[Purse, Sequence[tuple[UUID | None, int]]] = {
    purse: ((funder, 1),) for purse, funder in UNNAMED.items()
}
ALWAYS = (Stretch(date.min, date.max, NOBODY_NAMED),)


def stretches_of(line: PartOfLine, shares: Sequence[Share], rules: Mapping[UUID, FunderRules]) -> Sequence[Stretch]:
    """Who pays a line on every day, one stretch after another. `shares` do not overlap.

    Where nothing is recorded, and after the last day of a funder that is named: the council, or the NHS not named.
    """
    if not shares:
        return ALWAYS
    found, day = [], date.min
    for share in sorted(shares, key=lambda one: one.starts_on):
        if day < share.starts_on:
            found.append(Stretch(day, share.starts_on - DAY, NOBODY_NAMED))
        for first, last in _with_funders_days(share, rules):
            found.append(Stretch(first, last, _payers(line, share, rules, first)))
        day = share.ends_on if share.ends_on == date.max else share.ends_on + DAY
    if found[-1].ends_on < date.max:
        found.append(Stretch(day, date.max, NOBODY_NAMED))
    return found


def _with_funders_days(share: Share, rules: Mapping[UUID, FunderRules]) -> Iterator[tuple[date, date]]:
    """The days of a share, cut where a funder's own days begin or end."""
    firsts = {share.starts_on}
    for funder, _ in share.portions:
        firsts.add(rules[funder].starts_on)
        if rules[funder].ends_on < date.max:
            firsts.add(rules[funder].ends_on + DAY)
    days = sorted(day for day in firsts if share.starts_on <= day <= share.ends_on)
    for first, following in zip(days, [*days[1:], None], strict=True):
        yield first, following - DAY if following else share.ends_on


def _payers(
    line: PartOfLine, share: Share, rules: Mapping[UUID, FunderRules], day: date
) -> dict[Purse, Sequence[tuple[UUID | None, int]]]:
    """Who pays each purse's share of a line on a day, in which proportion.

    What the person is charged is taken off what may be charged for, and never off money that is not means-tested.
    """
    agreed = [Agreed(str(funder), figure) for funder, figure in share.portions]
    weights = weights_of(share.method, agreed, line.pence_per_week)
    funders = [funder for funder, _ in share.portions]
    if line.charge_pence and any(rules[one].purse == Purse.COUNCIL and not rules[one].means_tested for one in funders):
        weights = _less_charge(line, share, rules, day)
    found: dict[Purse, dict[UUID | None, int]] = {Purse.NHS: {}, Purse.COUNCIL: {}}
    for funder, weight in zip(funders, weights, strict=True):
        its = rules[funder]
        pays = funder if its.starts_on <= day <= its.ends_on else UNNAMED[its.purse]
        if weight:
            found[its.purse][pays] = found[its.purse].get(pays, 0) + weight
    return {purse: tuple(found[purse].items()) if found.get(purse) else NOBODY_NAMED[purse] for purse in NOBODY_NAMED}


def _less_charge(line: PartOfLine, share: Share, rules: Mapping[UUID, FunderRules], day: date) -> list[int]:
    """What each pays a week once the person's charge is taken off those whose money may be charged for."""
    pence, may = _pence_of(line, share), _chargeable(line, share, rules, day)
    off = _in_proportion(least(line.charge_pence, sum(may)), may)
    return [each - less for each, less in zip(pence, off, strict=True)]


def _pence_of(line: PartOfLine, share: Share) -> list[int]:
    """What each of a share pays of a line a week, before anybody is charged."""
    agreed = [Agreed(str(funder), figure) for funder, figure in share.portions]
    return _in_proportion(line.pence_per_week, weights_of(share.method, agreed, line.pence_per_week))


def _chargeable(line: PartOfLine, share: Share, rules: Mapping[UUID, FunderRules], day: date) -> list[int]:
    """What of each one's part the person may be charged for on a day; the council pays for whoever does not then."""
    found = []
    for (funder, _), pence in zip(share.portions, _pence_of(line, share), strict=True):
        its = rules[funder]
        pays = its.starts_on <= day <= its.ends_on
        found.append(pence if its.purse == Purse.COUNCIL and (its.means_tested or not pays) else 0)
    return found


def least_chargeable(
    line: PartOfLine, shares: Sequence[Share], rules: Mapping[UUID, FunderRules], starts_on: date, ends_on: date
) -> int | None:
    """The least that the person may be charged a week of a line on any of some days. None: of whatever it costs."""
    found = [
        sum(_chargeable(line, share, rules, first))
        for share in shares
        if any(rules[one].purse == Purse.COUNCIL and not rules[one].means_tested for one, _ in share.portions)
        for first, last in _with_funders_days(share, rules)
        if first <= ends_on and last >= starts_on
    ]
    return min(found, default=None)


def _by_funder(
    piece: Piece, pence: int, stretches: Sequence[Stretch], purse: Purse, starts_on: date, ends_on: date
) -> Iterator[_Row]:
    """What each funder of a line pays of a piece's pence, for those of its days that are asked about."""
    days = (piece.ends_on - piece.starts_on).days + 1

    def until(day: date) -> int:
        return floor_div(pence * ((day - piece.starts_on).days + 1), days)

    first, last = greatest(piece.starts_on, starts_on), least(piece.ends_on, ends_on)
    for stretch in stretches:
        begins, ends = greatest(first, stretch.starts_on), least(last, stretch.ends_on)
        if begins > ends:
            continue
        since = until(greatest(piece.starts_on, stretch.starts_on) - DAY)
        payers = stretch.payers[purse]
        weights = [weight for _, weight in payers]
        before, after = (split(until(day) - since, weights) for day in (begins - DAY, ends))
        for (funder, _), had, has in zip(payers, before, after, strict=True):
            if has != had:
                yield _Row(funder, stretch.starts_on, begins, ends, has - had)


def _add(
    found: dict[tuple[UUID, Purse, UUID | None, date], Attributed],
    funded: Funded,
    line_id: UUID,
    purse: Purse,
    row: _Row,
) -> None:
    """Put the pieces of the same funder, line and stretch together."""
    key = (line_id, purse, row.funder_id, row.stretch)
    had = found.get(key)
    first, last, pence = row.starts_on, row.ends_on, row.pence
    if had:
        first, last = least(had.starts_on, first), greatest(had.ends_on, last)
        pence += had.pence
    found[key] = Attributed(funded.case_id, line_id, funded.part_id, row.funder_id, purse, first, last, pence)
