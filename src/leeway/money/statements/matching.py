"""What a line may stand for: open lines and open things in, proposals out, each with why. No clock and no database.

Only what a key names exactly, with the same amount, is matched by itself. Everything else is proposed, and a person
says. Each line looks things up by key, amount and day, so that 50,000 lines take seconds.
"""

import pickle
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, islice
from tempfile import TemporaryFile
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from rapidfuzz import fuzz, utils

from leeway.law.numbers import pounds
from leeway.money.statements.kinds import SIGN, Because, What

DAYS_NEAR, DAYS_BY_NAME, DAYS_TOGETHER = 7, 62, 3
NAMES_ALIKE = 88
#: From which confidence a key leaves no room for what is only of the same amount.
NAMED_AS_SURELY = 90
PROPOSALS_A_LINE = 5
LOOKED_AT = 40
SUMMED, SUMMED_OF = (2, 3, 4), 16
#: How many sums one pass tries: a count and not a time, so that the same statement has the same proposals everywhere.
SUMS_TRIED = 2_000_000
CUT_AT = 18
KEY = re.compile(r"(?<![0-9A-Z])(?:[0-9A-F]{32}|[0-9]{6}-[0-9]{6}|LEEWAY-[0-9]{6})(?![0-9A-Z])")
#: What is left of a key at the end of a text that was cut: the run in full, or most of an end-to-end id.
CUT_KEY = re.compile(r"(?<![0-9A-Z])(?:[0-9]{6}-[0-9]{0,5}|[0-9A-F]{16,31})$")


class Thing(NamedTuple):
    """What a part of a line can stand for: of which kind, and its id there."""

    what: What
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One of the payments that a line stands for, as the bank lists it."""

    pence: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """A line that is not explained, or not wholly. `handled`: a person matched or undid something of it before."""

    id: UUID
    booked_on: date
    pence: int
    open_pence: int
    texts: tuple[str, ...]
    counterparty: str = ""
    named: tuple[Named, ...] = ()
    handled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenThing:
    """What may be on a statement: signed as it would be there. What is matched wholly has nothing open.

    `on` is the day on which it is expected, `since` the first on which it can be there; `run` is shared by a run and
    its payments. `to_record`: to match it, something is recorded first, so that it never happens by itself, nor where
    a line tells of a part of it: a payment comes back whole. `less`: of a run, its payments that the bank turned down,
    as they would come back: it may leave as one amount without them.
    """

    thing: Thing
    called: str
    pence: int
    open_pence: int
    on: date
    since: date
    keys: tuple[str, ...] = ()
    run: str = ""
    names: tuple[str, ...] = ()
    handled: bool = False
    to_record: bool = False
    less: "tuple[OpenThing, ...]" = ()


#: Some of the open lines, with what they may stand for.
type Piece = tuple[Sequence[OpenLine], Sequence[OpenThing]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What lines may stand for, how sure that is of 100, and why. Its two sides are equal to the penny."""

    lines: tuple[tuple[UUID, int], ...]
    things: tuple[tuple[Thing, int], ...]
    because: Because
    confidence: int
    why: str
    to_record: bool = False


@dataclass(frozen=True)
class Found:
    """What is matched by itself, and what is proposed for each other line, the likeliest first."""

    by_itself: tuple[Proposal, ...]
    proposed: dict[UUID, tuple[Proposal, ...]] = field(default_factory=dict)


def find(
    lines: Sequence[OpenLine],
    things: Sequence[OpenThing],
    *,
    others: Mapping[tuple[int, date], int] = MappingProxyType({}),
    crowded: Collection[date] = (),
) -> Found:
    """Say what each open line may stand for.

    `things` has those that are matched already, too, with nothing open: a cut reference is unique among them all.
    `others` counts further open lines by amount and day. `crowded` are days of lines near which more is open than
    sums are tried of: it need not be among the things, and no sum is proposed.
    """
    named = _named(lines, things)
    claims = _Claims()
    claims.add(lines, named)
    by_itself = claims.sure(_likely(lines, named))
    used_lines = {line for one in by_itself for line, _ in one.lines}
    used = {thing for one in by_itself for thing, _ in one.things}
    left = [thing for thing in things if thing.open_pence and thing.thing not in used]
    amounts, sums = _Amounts(left), _Sums(left)
    counts = Counter(others) + Counter((line.open_pence, line.booked_on) for line in lines if line.id not in used_lines)
    proposed = {}
    for line in lines:
        if line.id not in used_lines and line.open_pence:
            found = list(_by_key(line, named[line.id], used))
            if not any(each.confidence >= NAMED_AS_SURELY for each in found):
                found = [*found, *amounts.of(line, counts)] or (sums.of(line) if line.booked_on not in crowded else [])
            if found:
                proposed[line.id] = tuple(_best(found))
    for several in _lines_of_one_thing([line for line in lines if line.id not in used_lines], left, proposed):
        for each, _ in several.lines:
            proposed.setdefault(each, (several,))
    return Found(tuple(by_itself), proposed)


def find_sure(pieces: Iterable[Piece]) -> Iterator[list[Proposal]]:
    """Say what of many lines is matched by itself, as `find` does, with a piece of them in memory at a time.

    `pieces` gives the lines, each piece with the things that its lines name. Who else names a thing is known after the
    last line: what is likely until then waits in a file.
    """
    claims, count = _Claims(), 0
    with TemporaryFile() as waiting:
        for lines, things in pieces:
            named = _named(lines, things)
            claims.add(lines, named)
            pickle.dump(list(_likely(lines, named)), waiting)
            count += 1
        waiting.seek(0)
        for _ in range(count):
            yield claims.sure(pickle.load(waiting))


class _Keys:
    """Things by the keys that name them, whole or cut."""

    def __init__(self, things: Iterable[OpenThing]):
        self.by_key: defaultdict[str, list[OpenThing]] = defaultdict(list)
        self.by_amount: defaultdict[tuple[str, int], list[tuple[str, OpenThing]]] = defaultdict(list)
        for thing in things:
            for key in map(str.upper, thing.keys):
                self.by_key[key].append(thing)
                self.by_amount[_begin(key), thing.open_pence].append((key, thing))
        self.sorted = sorted(self.by_key)

    def named_by(self, line: OpenLine) -> "_NamedBy":
        whole, cut = self._of(line.texts, line.open_pence)
        parts = [(each, *self._of(each.texts, each.pence)) for each in line.named]
        return _NamedBy(_narrowest(whole), _narrowest(cut) if not whole else [], parts)

    def _of(self, texts: Iterable[str], pence: int) -> tuple[list[OpenThing], list[OpenThing]]:
        whole: dict[Thing, OpenThing] = {}
        cut: dict[Thing, OpenThing] = {}
        for text in (each.strip().upper() for each in texts):
            for key in KEY.findall(text):
                whole |= {each.thing: each for each in self.by_key.get(key, ()) if each.pence * pence > 0}
            for piece in {text, *text.split()} if len(text) >= CUT_AT else ():
                if len(piece) == CUT_AT and (left_of := CUT_KEY.search(piece)):
                    begun = self._beginning(left_of.group(), pence)
                    cut |= {each.thing: each for each in begun if each.pence * pence > 0}
        return list(whole.values()), list(cut.values())

    def _beginning(self, key: str, pence: int) -> Iterator[OpenThing]:
        """Some of the things whose key begins so: those of the same amount first."""
        same = self.by_amount.get((_begin(key), pence), ())
        yield from islice((each for whole, each in same if whole.startswith(key)), LOOKED_AT)
        first = bisect_left(self.sorted, key)
        for place in range(first, min(first + LOOKED_AT, len(self.sorted))):
            if not self.sorted[place].startswith(key):
                return
            yield from self.by_key[self.sorted[place]]


def _begin(key: str) -> str:
    """As much of a key as is always left of one that was cut."""
    return key[:7]


class _NamedBy(NamedTuple):
    """What a line names: by whole keys, by cut ones, and each payment in it by its own."""

    whole: list[OpenThing]
    cut: list[OpenThing]
    parts: list[tuple[Named, list[OpenThing], list[OpenThing]]]

    @property
    def all(self) -> list[OpenThing]:
        """Everything that it may mean."""
        return [*self.whole, *self.cut, *(each for _, whole, cut in self.parts for each in (*whole, *cut))]

    def tells_all_of(self, thing: OpenThing, line: OpenLine) -> bool:
        """Whether a line, or the one payment in it that names a thing, is of all that is open of that thing."""
        inside = [part.pence for part, whole, cut in self.parts if thing in (*whole, *cut)]
        return (inside or [line.open_pence]) == [thing.open_pence]

    @property
    def keyed(self) -> set[Thing]:
        """What it names by a whole key."""
        return {each.thing for each in (*self.whole, *(one for _, whole, _ in self.parts for one in whole))}


def _narrowest(things: list[OpenThing]) -> list[OpenThing]:
    """Without a run where a payment of it is named too: banks write both beside each other."""
    runs = {each.run for each in things if each.thing.what != What.RUN}
    return [each for each in things if each.thing.what != What.RUN or each.run not in runs]


def _named(lines: Iterable[OpenLine], things: Iterable[OpenThing]) -> dict[UUID, _NamedBy]:
    """What each line names of some things."""
    keys = _Keys(things)
    return {line.id: keys.named_by(line) for line in lines}


class _Claims:
    """How many lines name each thing, by a whole key or by what is left of one; and of each run, what is named.

    A whole key is surer than what another line has left of one, and that says nothing of another amount.
    """

    def __init__(self) -> None:
        self.by_thing: Counter[tuple[Thing, bool]] = Counter()
        self.of_runs: defaultdict[str, set[What]] = defaultdict(set)

    def add(self, lines: Iterable[OpenLine], named: Mapping[UUID, _NamedBy]) -> None:
        """Count what some more lines name."""
        for line in lines:
            keyed = named[line.id].keyed
            self.by_thing.update(
                {
                    (each.thing, each.thing in keyed)
                    for each in named[line.id].all
                    if each.thing in keyed or line.named or each.open_pence == line.open_pence
                }
            )
            for each in named[line.id].all:
                if each.thing.what in (What.SENT, What.RUN):
                    self.of_runs[each.run].add(each.thing.what)

    def of(self, thing: Thing, *, whole_alone: bool) -> int:
        """How many lines name a thing: by a whole key alone, or by what is left of one, too."""
        return self.by_thing[thing, True] + (0 if whole_alone else self.by_thing[thing, False])

    def sure(self, likely: Iterable["_Likely"]) -> list[Proposal]:
        """What is matched by itself: one line names one thing, no other line names it, and they are of one amount.

        A run takes along what the bank turned down of it, where no other line names that.
        """
        return [proposal for proposal, asked in likely if all(self._bear_out(*each) for each in asked)]

    def _bear_out(self, thing: Thing, whole_alone: bool, is_named: bool, run: str) -> bool:
        return self.of(thing, whole_alone=whole_alone) == is_named and len(self.of_runs[run]) < 2


#: What is matched by itself if all claims bear it out: each thing, whether a whole key names it, whether any, its run.
type _Likely = tuple[Proposal, list[tuple[Thing, bool, bool, str]]]


def _likely(lines: Iterable[OpenLine], named: Mapping[UUID, _NamedBy]) -> Iterator[_Likely]:
    """What lines stand for by their keys and amounts, where other lines do not say otherwise."""
    for line in lines:
        by = named[line.id]
        wanted = _wanted(line, by)
        if wanted and all(_is_sure(line, each) for each in wanted):
            keyed, meant = by.keyed, {each.thing for each in by.all}
            why = _names([each for each in wanted if each.thing in meant], cut=not by.whole and not line.named)
            proposal = Proposal(
                lines=((line.id, line.pence),),
                things=tuple((each.thing, each.pence) for each in wanted),
                because=Because.EXACT_KEY,
                confidence=100,
                why=f"{why}, and the amount is the same{_without(line, wanted[0])}.",
            )
            yield proposal, [(each.thing, each.thing in keyed, each.thing in meant, each.run) for each in wanted]


def _wanted(line: OpenLine, named: _NamedBy) -> list[OpenThing]:
    """The things that a line stands for by its keys and amounts; nothing where that is not clear."""
    if line.handled or line.open_pence != line.pence:
        return []
    if len(line.named) > 1:
        each = [(whole or cut) for _, whole, cut in named.parts]
        if all(len(one) == 1 for one in each) and not named.whole:
            things = [one[0] for one in each]
            same = all(one.open_pence == part.pence for one, (part, *_) in zip(things, named.parts, strict=True))
            whole = sum(part.pence for part in line.named) == line.pence and len({one.thing for one in things}) == len(
                things
            )
            if same and whole:
                return things
    meant = {one.thing: one for one in named.all}
    if len(meant) != 1:
        return []
    (only,) = meant.values()
    return _taken(line, only) if _is_all_of(line, only) else []


def _open(things: Iterable[OpenThing]) -> int:
    return sum(each.open_pence for each in things)


def _taken(line: OpenLine, thing: OpenThing) -> list[OpenThing]:
    """What a line stands for where it stands for a thing: of a run, with what was turned down of it if that fits."""
    return next((some for some in ([thing], [thing, *thing.less]) if _open(some) == line.open_pence), [thing])


def _is_all_of(line: OpenLine, thing: OpenThing) -> bool:
    """Whether a line is of the amount that is open of a thing, to the penny."""
    return _open(_taken(line, thing)) == line.open_pence


def _without(line: OpenLine, thing: OpenThing) -> str:
    """Without what an amount is the same, where a payment of the run was turned down: nothing where none was."""
    less = _taken(line, thing)[1:]
    return f" without {less[0].called if len(less) == 1 else f'{len(less)} payments that came back'}" if less else ""


def _is_sure(line: OpenLine, thing: OpenThing) -> bool:
    untouched = not thing.handled and not thing.to_record and thing.open_pence == thing.pence
    return untouched and line.booked_on >= thing.since


def _names(things: Sequence[OpenThing], *, cut: bool) -> str:
    called = " and ".join(each.called for each in things[:3]) + (f" and {len(things) - 3} more" if things[3:] else "")
    return f"The line names {called}" + (" by a reference that was cut, and that begins no other" if cut else "")


def _by_key(line: OpenLine, named: _NamedBy, used: set[Thing]) -> Iterator[Proposal]:
    """What a line names, where that is not sure enough to be matched by itself."""
    left = (each for each in named.all if each.open_pence and each.thing not in used)
    meant = {each.thing: each for each in left if not each.to_record or named.tells_all_of(each, line)}
    if len(line.named) > 1 and len(meant) > 1 and not line.open_pence - line.pence:
        total = _open(meant.values())
        if abs(total) <= abs(line.open_pence):
            why = f"{_names(list(meant.values()), cut=False)}: {pounds(abs(total))} of it."
            yield _joined(line, list(meant.values()), Because.EXACT_KEY, 90, why)
    for several in _runs_of_one_day(meant.values()):
        if len(several) > 1 and _open(several) == line.open_pence:
            why = f"{_names(several, cut=False)}, of one file and day, and together the amount is the same."
            yield _joined(line, several, Because.EXACT_KEY, 95, why)
    called = utils.default_process(line.counterparty)
    likely = sorted(meant.values(), key=lambda each: (not _is_all_of(line, each), -_alike(called, each.names)[1]))
    for each in likely[:PROPOSALS_A_LINE]:
        if _is_all_of(line, each):
            words = f", and the amount is the same{_without(line, each)}."
            if line.booked_on < each.since:
                words = f", of the same amount{_without(line, each)}."
                words += f" It is dated before that was sent, on {each.since:%-d %B %Y}."
            elif len(meant) > 1:
                words = ", among others. The amount is the same."
            yield _of_one(line, each, Because.EXACT_KEY, 95, _names([each], cut=not named.whole) + words)
        else:
            words = f", of which {pounds(abs(each.open_pence))} is open: another amount."
            yield _of_one(line, each, Because.EXACT_KEY, 60, _names([each], cut=not named.whole) + words)


def _runs_of_one_day(things: Iterable[OpenThing]) -> Iterable[list[OpenThing]]:
    """The runs among some things, day by day: a bank debits what a file pays on a day at once."""
    by_day: defaultdict[date, list[OpenThing]] = defaultdict(list)
    for each in things:
        if each.thing.what == What.RUN:
            by_day[each.on].append(each)
    return by_day.values()


class _Amounts:
    """Things by the amount that is open of them, in the order of their days."""

    def __init__(self, things: Iterable[OpenThing]):
        self.by_amount: defaultdict[int, list[OpenThing]] = defaultdict(list)
        self.by_name: defaultdict[tuple[int, str], list[OpenThing]] = defaultdict(list)
        for thing in sorted(things, key=lambda each: (each.on, each.called)):
            for pence in {thing.open_pence, _open([thing, *thing.less])}:
                self.by_amount[pence].append(thing)
            for name in thing.names:
                self.by_name[thing.open_pence, utils.default_process(name)].append(thing)
        self.days = {pence: [each.on for each in some] for pence, some in self.by_amount.items()}

    def of(self, line: OpenLine, counts: Counter[tuple[int, date]]) -> Iterator[Proposal]:
        """What is of the same amount, near the day or of the same name."""
        some = self.by_amount.get(line.open_pence)
        if not some:
            return
        days, day = self.days[line.open_pence], line.booked_on.toordinal()
        first = bisect_left(days, date.fromordinal(day - DAYS_NEAR))
        last = bisect_right(days, date.fromordinal(day + DAYS_NEAR))
        only = last - first == 1 and counts[line.open_pence, line.booked_on] == 1
        near = some[first:last] if last - first <= LOOKED_AT else some[first : first + LOOKED_AT]
        called = utils.default_process(line.counterparty)
        same_name = self.by_name.get((line.open_pence, called), [])[:LOOKED_AT] if called else []
        for each in {one.thing: one for one in (*same_name, *near)}.values():
            apart = abs((each.on - line.booked_on).days)
            name, alike = _alike(called, each.names)
            if apart <= DAYS_NEAR:
                yield self._near(line, each, name if alike >= NAMES_ALIKE else "", only)
            elif alike >= NAMES_ALIKE and apart <= DAYS_BY_NAME:
                why = (
                    f"{each.called} is of the same amount, {apart} days apart. “{line.counterparty}” is like “{name}”."
                )
                yield _of_one(line, each, Because.NAME, 55, why)

    def _near(self, line: OpenLine, thing: OpenThing, name: str, only: bool) -> Proposal:
        same = f"the same amount{_without(line, thing)}"
        known = "received on" if thing.thing.what == What.RECEIVED else "expected on"
        why = f"{_at_the_start(thing.called)} is of {same}, {known} {thing.on:%-d %B %Y}"
        if name:
            why += f", and “{line.counterparty}” is like “{name}”"
            return _of_one(line, thing, Because.NAME, 85 if only else 75, why + ".")
        why += ". Nothing else of this amount is open near that day." if only else ". It is not the only one."
        return _of_one(line, thing, Because.AMOUNT_DAY, 70 if only else 40, why)


def _at_the_start(called: str) -> str:
    return called[:1].upper() + called[1:]


def _alike(called: str, names: Iterable[str]) -> tuple[str, float]:
    """The name that is most like what the line says, and how like of 100."""
    if not called:
        return "", 0
    scored = ((name, fuzz.token_sort_ratio(called, utils.default_process(name))) for name in names)
    return max(scored, key=lambda each: each[1], default=("", 0))


class _Sums:
    """Things that may add up to a line: those expected within days of each other, and not too many."""

    def __init__(self, things: Iterable[OpenThing]):
        self.things = {
            sign: sorted((t for t in things if t.open_pence * sign > 0), key=lambda t: t.on) for sign in (1, -1)
        }
        self.days = {sign: [each.on for each in some] for sign, some in self.things.items()}
        self.tried = 0

    def of(self, line: OpenLine) -> list[Proposal]:
        """The things within days of a line that add up to it exactly, where one choice of them alone does."""
        sign, day = (1 if line.open_pence > 0 else -1), line.booked_on.toordinal()
        days = self.days[sign]
        first = bisect_left(days, date.fromordinal(day - DAYS_TOGETHER))
        last = bisect_right(days, date.fromordinal(day + DAYS_TOGETHER))
        near = [each for each in self.things[sign][first : min(last, first + 2_000)] if each.thing.what != What.RUN]
        for group in self._of_runs(near):
            if len(group) > 1 and _open(group) == line.open_pence:
                why = f"The {len(group)} open of run {group[0].run} come to this amount, to the penny."
                return [_joined(line, group, Because.SUM, 65, why)]
        if len(near) > SUMMED_OF or self.tried > SUMS_TRIED:
            return []
        chosen = self._adding_up(near, line.open_pence)
        if len(chosen) != 1:
            return []
        called = ", ".join(each.called for each in chosen[0])
        return [
            _joined(line, chosen[0], Because.SUM, 50, f"Together they come to this amount, to the penny: {called}.")
        ]

    def _of_runs(self, near: list[OpenThing]) -> Iterable[list[OpenThing]]:
        groups: defaultdict[tuple[What, str], list[OpenThing]] = defaultdict(list)
        for each in near:
            if each.run:
                groups[each.thing.what, each.run].append(each)
        return groups.values()

    def _adding_up(self, near: list[OpenThing], pence: int) -> list[tuple[OpenThing, ...]]:
        found: list[tuple[OpenThing, ...]] = []
        for size in SUMMED:
            for some in combinations(near, size):
                self.tried += 1
                if _open(some) == pence:
                    found.append(some)
                    if len(found) > 1:
                        return found
        return found


def _lines_of_one_thing(
    lines: Sequence[OpenLine], things: Iterable[OpenThing], proposed: dict[UUID, tuple[Proposal, ...]]
) -> Iterator[Proposal]:
    """Two or three lines without another explanation, within days of a run, that add up to it exactly."""
    free = sorted(
        (line for line in lines if line.id not in proposed and not line.handled), key=lambda each: each.booked_on
    )
    days = [line.booked_on for line in free]
    for thing in things:
        if thing.thing.what == What.RUN:
            day = thing.on.toordinal()
            first = bisect_left(days, date.fromordinal(day - DAYS_TOGETHER))
            last = bisect_right(days, date.fromordinal(day + DAYS_TOGETHER))
            near = [
                line for line in free[first : min(last, first + LOOKED_AT)] if line.open_pence * thing.open_pence > 0
            ]
            groups = [
                some
                for size in (2, 3)
                for some in combinations(near, size)
                if sum(one.open_pence for one in some) == thing.open_pence
            ]
            if len(groups) == 1:
                yield Proposal(
                    lines=tuple((one.id, one.open_pence) for one in groups[0]),
                    things=((thing.thing, thing.open_pence),),
                    because=Because.SUM,
                    confidence=50,
                    why=f"{len(groups[0])} lines within days of it come to {thing.called}, to the penny.",
                    to_record=thing.to_record,
                )


def _of_one(line: OpenLine, thing: OpenThing, because: Because, confidence: int, why: str) -> Proposal:
    """A line and a thing, as far as both are open."""
    if _is_all_of(line, thing):
        return _joined(line, _taken(line, thing), because, confidence, why)
    pence = SIGN[thing.thing.what] * min(abs(line.open_pence), abs(thing.open_pence))
    return Proposal(
        lines=((line.id, pence),),
        things=((thing.thing, pence),),
        because=because,
        confidence=confidence,
        why=why,
        to_record=thing.to_record,
    )


def _joined(line: OpenLine, things: Sequence[OpenThing], because: Because, confidence: int, why: str) -> Proposal:
    """A line, or a part of it, and several things whole."""
    return Proposal(
        lines=((line.id, _open(things)),),
        things=tuple((each.thing, each.open_pence) for each in things),
        because=because,
        confidence=confidence,
        why=why,
        to_record=any(each.to_record for each in things),
    )


def _best(found: Iterable[Proposal]) -> list[Proposal]:
    """The likeliest first, each set of things once."""
    once: dict[frozenset[Thing], Proposal] = {}
    for each in sorted(found, key=lambda one: -one.confidence):
        once.setdefault(frozenset(thing for thing, _ in each.things), each)
    return list(once.values())[:PROPOSALS_A_LINE]
