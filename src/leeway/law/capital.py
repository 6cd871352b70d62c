"""What a person owns: each thing at its value, less costs and debts, counted or left out as the law of the day says.

Source: SI 2014/2672, regs 18 to 24 and Sch. 2.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from leeway.law import inputs as read
from leeway.law.charge_numbers import ChargeLaw, Means, charge_law_then, names_in, work_out
from leeway.law.dated import Law
from leeway.law.means import (
    CAPITAL,
    COUNTED,
    LAND,
    LAND_WHILE_ARRANGED,
    LEFT_OUT,
    LEFT_OUT_AT_FIRST,
    LEFT_OUT_WHILE_ARRANGED,
    NOTIONAL,
    SOLD_AT_A_COST,
    counted_as,
    kinds,
)
from leeway.law.numbers import ceil_div, floor_div, pounds
from leeway.law.outcome import BadInput

#: How long each way of leaving out lasts.
WEEKS = {
    LEFT_OUT_AT_FIRST: "charging.capital.weeks_disregarded",
    LEFT_OUT_WHILE_ARRANGED: "charging.capital.weeks_disregarded_while_arranged",
    LAND_WHILE_ARRANGED: "charging.capital.weeks_disregarded_while_arranged",
}
#: A hundred years: nothing is counted or left out for longer.
MOST_WEEKS = 5200
IS_LAND = frozenset([LAND, LAND_WHILE_ARRANGED])
COSTS_TO_SELL = IS_LAND | {SOLD_AT_A_COST}
#: Each field of a thing owned, with what it means.
OWNED_FIELDS: dict[str, str] = {
    "kind": "A kind of capital",
    "pence": "What the whole of it would fetch, before costs and debts",
    "owners": "How many own it; 1 may be left out",
    "debts_pence": "Debts secured on it; 0 may be left out",
    "share_pence": "What the person’s own share would fetch; land with several owners needs it",
    "valued_by": "Who valued the share, or what shows it",
    "valued_on": "The day of that valuation, YYYY-MM-DD",
    "received_on": "The day it came, or steps began, YYYY-MM-DD, where it is left out for a time",
    "weeks_since_received": "Or, where no day is known, how many weeks ago; of capital given away, weeks charged",
    "left_out_until": "The last day, where the council found longer reasonable, YYYY-MM-DD; may be left out",
    "longer_because": "Why longer is reasonable",
    "counted_from": "The first day charged with capital given away, YYYY-MM-DD",
    "given_to": "Who has it now",
    "given_on": "When it was given or spent, YYYY-MM-DD",
    "their_reason": "Why, in the person’s own words",
    "to_avoid_charges": "Whether the council finds that avoiding charges was a significant motive; true where it is "
    "left out, since only then is it called notional capital. The money check always asks",
    "finding_because": "Why the council finds so",
}
LEFT_OUT_HOMES = frozenset(
    ["main_home", "home_of_former_partner", "home_of_lone_parent", "home_of_somebody_else", "business_assets"]
)
OF_EVERY_KIND = ("kind", "pence", "owners", "share_pence", "valued_by", "valued_on")
FOR_A_TIME = ("received_on", "weeks_since_received")
FOR_LONGER = ("left_out_until", "longer_because")
GIVEN_AWAY = ("given_to", "given_on", "their_reason", "to_avoid_charges", "finding_because")
#: What is asked of a kind besides, by how the law counts it.
ASKED_OF: dict[str, tuple[str, ...]] = {
    COUNTED: (),
    LEFT_OUT: (),
    SOLD_AT_A_COST: ("debts_pence",),
    LAND: ("debts_pence",),
    LEFT_OUT_AT_FIRST: FOR_A_TIME,
    LEFT_OUT_WHILE_ARRANGED: (*FOR_A_TIME, *FOR_LONGER),
    LAND_WHILE_ARRANGED: (*FOR_A_TIME, *FOR_LONGER, "debts_pence"),
    NOTIONAL: ("counted_from", "weeks_since_received", *GIVEN_AWAY),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """One thing owned: how the law counts it, the person's part after costs and debts, and how much of it counts.

    `last_day` is the last day on which it is left out, where that ends. Of capital that was given away `weeks_charged`
    are the weeks for which it has been in the charge, the first of them from `charged_from` on, where that day is
    known, and `finding` is why the council found what it did.
    """

    kind: str
    counted_as: str
    pence: int
    counts: bool
    last_day: date | None = None
    weeks_charged: int = 0
    charged_from: date | None = None
    finding: str = ""


def read_owned(given: object, law: Law) -> tuple[Owned, ...]:
    """Read what a person owns, as the law of the day counts it; refuse with a sentence that names the field."""
    return tuple(
        _read_one(line, f"capital_items, line {number}", law)
        for number, line in enumerate(read.sequence(given, "capital_items"), start=1)
    )


def _read_one(given: object, field: str, law: Law) -> Owned:
    line = read.mapping(given, field)
    read.only_known(line, OWNED_FIELDS, field)
    kind = read.needed(line, "kind", kinds(CAPITAL))
    way = counted_as(CAPITAL, kind, law, field)
    for name in line:
        if name not in OF_EVERY_KIND + ASKED_OF[way]:
            raise BadInput(f"{field}: {kinds(CAPITAL)[kind].label} takes no {name}. Leave it out.", field=name)
    counts, last_day, weeks, charged_from = way != LEFT_OUT, None, 0, None
    if way in WEEKS:
        last_day, counts = _left_out_for(line, way, field, law)
    elif way == NOTIONAL:
        counts = read.yes_or_no(line.get("to_avoid_charges", True), f"{field}, to_avoid_charges")
        weeks = _weeks(line, "counted_from", field, law) if counts else 0
        if counts and line.get("counted_from"):
            charged_from = read.day(line["counted_from"], f"{field}, counted_from")
    pence = _own_part(line, way, field, law, counts=counts)
    return Owned(
        kind=kind,
        counted_as=way,
        pence=pence,
        counts=counts,
        last_day=last_day,
        weeks_charged=weeks,
        charged_from=charged_from,
        finding=str(line.get("finding_because") or "").strip(),
    )


def _own_part(line: Mapping[str, Any], way: str, field: str, law: Law, *, counts: bool) -> int:
    """The person's own part of a thing, after costs of sale and the debts secured on it: never less than nothing.

    Land in several names is worth what the person's share would fetch; anything else is shared equally, unless
    another share was shown. Source: SI 2014/2672, regs 20 and 24.
    """
    owners = read.whole(line.get("owners", 1), f"{field}, owners", least=1, most=100)
    value = read.pence(read.needed(line, "pence"), f"{field}, pence")
    shown = line.get("share_pence")
    if shown is not None:
        whole, value = value, read.pence(shown, f"{field}, share_pence")
        if value > whole:
            raise BadInput(f"{field}: the share is worth more than the whole. Check both amounts.", field="share_pence")
        for name in ("valued_by", "valued_on"):
            if not line.get(name):
                raise BadInput(f"{field}: say {OWNED_FIELDS[name][0].lower()}{OWNED_FIELDS[name][1:]}.", field=name)
        read.day(line["valued_on"], f"{field}, valued_on")
    elif way in IS_LAND and owners > 1 and counts:
        raise BadInput(
            f"{field}: this is owned by {owners}, and a share of land is worth what it would fetch by itself, which "
            "may be far less than its part of the whole. Have the share valued, and give share_pence, valued_by and "
            "valued_on.",
            field="share_pence",
        )
    costs = law["charging.capital.selling_costs_percent"] if way in COSTS_TO_SELL else 0
    debts = read.pence(line.get("debts_pence", 0), f"{field}, debts_pence")
    net: int = max(0, value - ceil_div(value * costs, 100) - debts)
    each: int = floor_div(net, owners)
    return net if shown is not None else each


def _left_out_for(line: Mapping[str, Any], way: str, field: str, law: Law) -> tuple[date | None, bool]:
    """The last day on which a thing is left out, where its first is known, and whether that time is over.

    “52 weeks from the date of receipt” does not count that date: the last day is the same day of the week, 52 weeks
    later. Where only the weeks are known they are whole weeks, so that week 52 is still left out.
    """
    weeks = law[WEEKS[way]]
    last_days = []
    if line.get("received_on"):
        last_days.append(read.day(line["received_on"], f"{field}, received_on") + timedelta(weeks=weeks))
    if line.get("left_out_until"):
        last_days.append(read.day(line["left_out_until"], f"{field}, left_out_until"))
        if not str(line.get("longer_because") or "").strip():
            raise BadInput(f"{field}: say why it is left out for longer.", field="longer_because")
    if not last_days:
        return None, _weeks(line, "received_on", field, law) > weeks
    return max(last_days), law.on > max(last_days)


def _weeks(line: Mapping[str, Any], day: str, field: str, law: Law) -> int:
    """Whole weeks since a day, or as many as were given in its place."""
    if line.get(day):
        return min(max(0, (law.on - read.day(line[day], f"{field}, {day}")).days // 7), MOST_WEEKS)
    if line.get("weeks_since_received") is None:
        raise BadInput(f"{field}: give {day}, or weeks_since_received where no day is known.", field=day)
    return read.whole(line["weeks_since_received"], f"{field}, weeks_since_received", most=MOST_WEEKS, unit="weeks")


def with_capital(means: Means, owned: Sequence[Owned], law: Law) -> tuple[Means, int]:
    """Add what counts of the things owned to a person's means, and say how much is left of what was given away.

    Capital given away falls, for each week charged with it, by the difference that it made to the charge: worked out
    week by week, each with the values of the law that held when it began (of the day, where only their number is
    known), and with the means and the budget of the day, since those of the weeks before are not given. Source: SI
    2014/2672, regs 22 and 23.
    """
    counted = sum(thing.pence for thing in owned if thing.counts and thing.counted_as != NOTIONAL)
    actual = replace(means, capital_pence=means.capital_pence + counted)
    given_away = [thing for thing in owned if thing.counts and thing.counted_as == NOTIONAL]
    if not given_away:
        return actual, 0
    back = looking_back(owned, law)
    values: dict[date, ChargeLaw] = {}

    def difference(more_pence: int, day: date) -> int:
        began = max((start for start in starts if start <= day), default=date.min)
        if began not in values:
            values[began] = charge_law_then(back, day)
        more = replace(actual, capital_pence=actual.capital_pence + more_pence)
        found: int = work_out(more, values[began]).charge - work_out(actual, values[began]).charge
        return found

    starts = {dated.start for window in back.looked_back_at.values() for dated in window}
    left = _left_of(given_away, difference, law.on)
    return replace(actual, capital_pence=actual.capital_pence + left), left


def looking_back(owned: Sequence[Owned], law: Law) -> Law:
    """The law with the values of each week in which capital that was given away was charged."""
    first_days = [thing.charged_from for thing in owned if thing.charged_from and thing.weeks_charged]
    return law.looking_back(names_in(law).values(), min(first_days)) if first_days else law


def _left_of(given_away: Sequence[Owned], difference: Callable[[int, date], int], on: date) -> int:
    left = 0
    oldest = max(given_away, key=lambda thing: thing.weeks_charged)
    for weeks_ago in range(oldest.weeks_charged, -1, -1):
        left += sum(thing.pence for thing in given_away if thing.weeks_charged == weeks_ago)
        if weeks_ago:
            first, weeks = oldest.charged_from, oldest.weeks_charged - weeks_ago
            left -= min(left, difference(left, first + timedelta(weeks=weeks) if first else on))
    return left


def refuse_rent_counted_twice(income_kinds: Collection[str], owned: Sequence[Owned]) -> None:
    """Refuse rent as income where the property it comes from counts as capital: that rent is capital, once it comes.

    Source: SI 2014/2672, reg. 19(3).
    """
    homes = [thing for thing in owned if thing.counted_as in IS_LAND or thing.kind in LEFT_OUT_HOMES]
    if "rental_income" in income_kinds and homes and all(thing.counts for thing in homes):
        raise BadInput(
            "income has rent from property, and all the property that is owned counts as capital, so that its rent "
            "would count twice. Use rent_from_counted_property, or name the home whose value is left out.",
            field="income",
        )


def last_days(given: object, law: Law) -> tuple[tuple[str, date], ...]:
    """Each thing that is left out for a time and has a known last day: its words, and the day, soonest first."""
    ends = [(kinds(CAPITAL)[thing.kind].label, thing.last_day) for thing in read_owned(given, law) if thing.last_day]
    return tuple(sorted(ends, key=lambda end: end[1]))


def days_of_fall(given: object, law: Law) -> tuple[date, ...]:
    """The days on which capital given away falls: each week from the first day charged with it."""
    lines = zip(read.sequence(given, "capital_items"), read_owned(given, law), strict=True)
    first_days = [line.get("counted_from") for line, thing in lines if thing.counted_as == NOTIONAL and thing.counts]
    return tuple(
        date.fromisoformat(first) + timedelta(weeks=week)
        for first in first_days
        if first
        for week in range(1, MOST_WEEKS + 1)
    )


def in_words(thing: Owned, left_pence: int) -> tuple[int, str]:
    """How much of a thing counts, and the sentence that says so."""
    label = f"{kinds(CAPITAL)[thing.kind].label}: {pounds(thing.pence)}"
    if thing.counted_as == NOTIONAL and thing.counts:
        return left_pence, (
            f"{label} when it was first charged. It falls each week by the difference that it makes to the charge: "
            f"after {thing.weeks_charged} weeks {pounds(left_pence)} is left.{_found(thing, 'a')}"
        )
    if thing.counts:
        after = " after costs of sale and debts secured on it" if thing.counted_as in COSTS_TO_SELL else ""
        over = " The time for which it is left out is over." if thing.counted_as in WEEKS else ""
        return thing.pence, f"{label}{after} counts as capital.{over}"
    until = f" until {thing.last_day:%-d %B %Y}" if thing.last_day else ""
    found = _found(thing, "no") if thing.counted_as == NOTIONAL else ""
    return 0, f"{label} is left out of capital{until}.{found}"


def _found(thing: Owned, motive: str) -> str:
    """What the council found of capital given away, with its reasons."""
    why = f": {thing.finding.rstrip('.')}" if thing.finding else ""
    return f" The council found that avoiding charges was {motive} significant motive{why}."
