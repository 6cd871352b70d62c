"""Which lines of a file tell of money that is kept already, as another file of that day told of it in its own words.

A bank tells of one day in several files: reports while it goes on (camt.052, MT942) and of single entries (camt.054),
and its statement. What both have is kept once: by the bank's own reference, else by the facts; by the reference alone
where the statement books it on another day, and it stays on the day that was told first. Where that is not sure, the
file is refused, and says what to give instead.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from leeway.law.numbers import pounds
from leeway.money.banking.lines import Line
from leeway.refusal import Refusal

#: What tells of some entries of a day, and never says that it has all of them.
REPORTS = ("camt.052", "camt.054", "MT942")
#: By what the same entry is known in two files, the surest first.
FACTS = ("bank_reference", "end_to_end_id", "reference", "counterparty", "description")
NAMES_IT = FACTS[:2]
INSTEAD = "Give the statement of that day instead (camt.053 or MT940), once the bank has closed it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line that another file told of: its day and amount, and what it is known by."""

    booked_on: date
    amount_pence: int
    by_report: bool
    bank_reference: str = ""
    end_to_end_id: str = ""
    reference: str = ""
    counterparty: str = ""
    description: str = ""


type Lines = Sequence[tuple[int, Line]]


def require_known_again(lines: Iterable[Line], format: str) -> None:
    """Refuse a report whose lines the statement of the day could not be held against."""
    for line in lines:
        if format in REPORTS and line.amount_pence and not any(getattr(line, fact) for fact in NAMES_IT):
            raise Refusal(
                f"This file ({format}) tells of single entries, and the bank gave {_one(line)} no reference by which "
                f"the statement of the day could be told to have it too. {INSTEAD}",
                field="upload",
            )


def known_in_part(kept: Sequence[Told], lines: Lines) -> set[int]:
    """The lines of a file without all of a day that are kept already, by their numbers: those of the same reference."""
    free, known = _by_pence(kept), set()
    for number, line in lines:
        alike = [(told, _is_same(told, line)) for told in free[line.amount_pence]]
        same = next((told for told, is_same in alike if is_same), None)
        if same is not None:
            free[line.amount_pence].remove(same)
            known.add(number)
        elif any(is_same is None for _, is_same in alike):
            raise _not_sure(line)
    return known


def known_in_whole(kept: Sequence[Told], lines: Lines) -> set[int]:
    """The lines of a file with all of a day that are kept already, by their numbers.

    As many of an amount as are kept are these; of more, those with the same facts. What a report had is in it.
    """
    told = _by_pence(kept)
    by_pence: defaultdict[int, list[tuple[int, Line]]] = defaultdict(list)
    for number, line in lines:
        by_pence[line.amount_pence].append((number, line))
    for pence, some in told.items():
        if sum(each.by_report for each in some) > len(by_pence[pence]):
            raise Refusal(
                f"{_one(some[0])} is kept from a report of the bank’s, and this file does not have it by itself. Give "
                "the statement once the bank has closed that day. Where that books it as one amount with others, ask "
                "the bank for a statement of single entries, or give the statements from the day after on: that day "
                "stays as the report told it, and the balances say whether anything of it is missing. Where the "
                "bank booked it on another day, give one statement that has both days, with the bank’s own references: "
                "it is known by them, and kept once.",
                field="upload",
            )
    return {number for pence, some in told.items() for number in _same(some, by_pence[pence], FACTS)}


def known_on_another_day(kept: Iterable[Told], lines: Lines) -> dict[int, Told]:
    """The lines of a statement that a report told of on another day, by their numbers, with what it told.

    The bank's own reference says so, with the amount, where each of the two has that once: nothing less does.
    """
    by_mark: defaultdict[tuple[str, int], list[Told]] = defaultdict(list)
    for told in kept:
        by_mark[told.bank_reference, told.amount_pence].append(told)
    marked = Counter((line.bank_reference, line.amount_pence) for _, line in lines)
    return {
        number: told
        for number, line in lines
        if line.bank_reference and marked[line.bank_reference, line.amount_pence] == 1
        for told in by_mark[line.bank_reference, line.amount_pence]
        if len(by_mark[line.bank_reference, line.amount_pence]) == 1 and told.booked_on != line.booked_on
    }


def _by_pence(kept: Iterable[Told]) -> defaultdict[int, list[Told]]:
    found: defaultdict[int, list[Told]] = defaultdict(list)
    for each in kept:
        found[each.amount_pence].append(each)
    return found


def _same(kept: Sequence[Told], lines: Lines, facts: Sequence[str], *, parted: bool = False) -> set[int]:
    """Which of some lines of one amount are kept: all, where no more are read than kept, else those with equal facts.

    `parted`: these had other facts than each other already. Lines that are alike in all of them are any of them.
    """
    if len(lines) <= len(kept):
        return {number for number, _ in lines}
    if not kept:
        return set()
    if not facts:
        if parted:
            raise _not_sure(lines[0][1])
        return {number for number, _ in lines[: len(kept)]}
    fact, *others = facts
    known: set[int] = set()
    left: list[Told] = []
    read = _by(fact, lines)
    for value, some in _grouped(fact, kept).items():
        found = _same(some, read.get(value, ()), others, parted=parted)
        known |= found
        left += some[len(found) :]
    return known | _same(left, [each for each in lines if each[0] not in known], others, parted=True)


def _by(fact: str, lines: Lines) -> Mapping[Hashable, Lines]:
    found: defaultdict[Hashable, list[tuple[int, Line]]] = defaultdict(list)
    for number, line in lines:
        found[getattr(line, fact)].append((number, line))
    return found


def _grouped(fact: str, kept: Sequence[Told]) -> Mapping[Hashable, Sequence[Told]]:
    found: defaultdict[Hashable, list[Told]] = defaultdict(list)
    for told in kept:
        found[getattr(told, fact)].append(told)
    return found


def _is_same(told: Told, line: Line) -> bool | None:
    """Whether two lines of one amount are the same entry, by the first reference that both have; None: neither says."""
    pairs = ((getattr(told, fact), getattr(line, fact)) for fact in NAMES_IT)
    return next((one == other for one, other in pairs if one and other), None)


def _not_sure(line: Line) -> Refusal:
    return Refusal(
        f"{_one(line)} may be one that is kept already from another file, which wrote it "
        "in other words: nothing says surely. Give a file in which the bank writes its references, such as camt.053.",
        field="upload",
    )


def _one(line: Line | Told) -> str:
    way = "in" if line.amount_pence > 0 else "out"
    return f"{pounds(abs(line.amount_pence))} {way} on {line.booked_on:%-d %B %Y}"
