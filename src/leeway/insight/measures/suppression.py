"""Answers made fit to publish: small counts hidden, the others rounded, so that nobody can be found in them.

DHSC hides both counts and the value where either count is under 5, and rounds the counts of regions and of England
to the nearest 5; its values are worked out before rounding, to one decimal. Checked on the published tables of ASCOF
2024-25: council values are those of the exact counts beside them, and eleven regional values are not those of the
rounded counts beside them. Here every count is rounded, as nothing else hides a part of a council, and the value is
that of the rounded counts: 27.2% beside "20 of 80" can only be 22 of 81.
Source: ASCOF 2024-25, notes 10 and 16.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from math import floor
from typing import Any

from leeway.insight.measures.from_records import with_population
from leeway.insight.measures.measure import Measure
from leeway.small_numbers import LEAST, more_to_hide

NEAREST = 5
#: Units of which the numerator counts people or other whole things, and is no amount that is added up over them.
COUNTED = ("%", "per 100,000")
COUNTS = ("numerator", "denominator", "unknown")
UNDER, OTHERS = "under 5", "so that others stay hidden"

#: Measures that take the same people apart in other ways: what one of them hides, the others would give away.
HELD = ("holds-direct", "holds-managed", "holds-commissioned")
#: How many people there are in a group: who has support on the day. What a few of them cost is theirs too.
EVERYBODY = "SALT LTS001b, community"
FAMILIES = (
    ("ASCOF 3D(1a)", "ASCOF 3D(2a)", *HELD, EVERYBODY),
    ("ASCOF 3D(1b)", "ASCOF 3D(2b)"),
    ("SALT LTS001a, self-directed", "SALT LTS001a, direct payments"),
    ("NI130", "NI130, ADASS base"),
    ("ASCOF 2E(1)", "ASCOF 2E(2a)"),
    ("relabelled", "kept-by-choice", "new-to-support"),
    ("Waiting, first response", "Waiting, no response yet"),
    ("person-weekly-cost", "tier-cost"),
)
#: Those whom the second counts are among those whom the first counts, so that the difference is people too.
WITHIN = {
    "ASCOF 3D(1a)": "ASCOF 3D(2a)",
    "ASCOF 3D(1b)": "ASCOF 3D(2b)",
    "SALT LTS001a, self-directed": "SALT LTS001a, direct payments",
    "ASCOF 2E(2a)": "ASCOF 2E(1)",
}
#: The people in the denominator of the second are among those of the first.
PEOPLE_WITHIN = {
    "person-weekly-cost": "tier-cost", "ASCOF 3D(1a)": "holds-direct", "relabelled": "kept-by-choice",
}  # fmt: skip
#: Amounts that count no people: hidden where the measure of the people behind them is.
FOLLOWS = {
    "hour-cost": "tier-hours", "concentration-hours": "tier-hours", "service-weekly-cost": "person-weekly-cost",
    "service-spend": "person-weekly-cost", "concentration-spend": "person-weekly-cost",
}  # fmt: skip


def published(answers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hide and round the counts of answers, and say in `hidden` why a row has none.

    A row is hidden whose numerator or denominator is under 5 ("under 5"). The rest is hidden so that those stay so
    ("so that others stay hidden"): where the whole is hidden, all its parts; the group in every measure of a family,
    where any of them counts 1 to 4 of its people, or gives such a count by one subtraction; a group of fewer than five
    people in every measure; and the next smallest, while those hidden could be had to within 5 by taking the others
    from the whole. A council is a whole: beside other councils it is held to the first rule and the last alone, as
    the national tables are. What is left is rounded: counts to the nearest 5, an amount to five average people's
    worth of it, and a value is that of the rounded figures beside it, so that it tells nothing more than they do. Of
    how many it is not known is hidden by the same rules, by itself.
    """
    rows = [dict(answer) | {"hidden": UNDER if _small(answer) else ""} for answer in answers]
    measures: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        measures[row["measure"]].append(row)
    few = {_group(row) for row in measures.get(EVERYBODY, ()) if row["by"] and row["denominator"] < LEAST}
    for row in rows:
        if row["by"] and _group(row) in few:
            row["hidden"] = row["hidden"] or OTHERS
    alone = [(code,) for code in measures if not any(code in family for family in FAMILIES)]
    if any(not row["by"] and 0 < row["numerator"] < LEAST for code in HELD for row in measures.get(code, ())):
        for row in rows:  # in all, one way of holding is what the others leave of self-directed support
            if row["measure"] in HELD and not row["by"]:
                row["hidden"] = row["hidden"] or OTHERS
    followed = set(FOLLOWS) & set(measures)
    first = [family for family in (*FAMILIES, *alone) if not followed & set(family)]
    for family in first:
        _hide_together({code: measures[code] for code in family if code in measures})
    for code in followed:
        gone = {_group(row) for row in measures.get(FOLLOWS[code], ()) if row["by"] and row["hidden"]}
        for row in measures[code]:
            if row["by"] and _group(row) in gone:
                row["hidden"] = row["hidden"] or OTHERS
        _hide_together({code: measures[code]})
    for of_measure in measures.values():
        _hide_unknown(of_measure)
    people = {(row["measure"], _group(row)): row["denominator"] for row in rows}
    return [
        _rounded(row, people.get((FOLLOWS[row["measure"]], _group(row))) if row["measure"] in FOLLOWS else None)
        for row in rows
    ]


def nearest(count: int) -> int:
    """Round a count to the nearest 5.

    >>> [nearest(count) for count in (5, 7, 8, 12, 13)]
    [5, 5, 10, 10, 15]
    """
    return (count + NEAREST // 2) // NEAREST * NEAREST


def _small(answer: dict[str, Any]) -> bool:
    return min(answer["numerator"], answer["denominator"]) < LEAST


def _group(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(row["by"].items())


def _hide_together(family: Mapping[str, list[dict[str, Any]]]) -> None:
    """Hide the same groups in every measure of a family, and so many that none can be had from the whole."""
    groups: dict[Any, dict[str, dict[str, Any]]] = defaultdict(dict)
    for code, rows in family.items():
        for row in rows:
            if set(row["by"]) - {"council"}:
                groups[_group(row)][code] = row
    gone = {group for group, row in groups.items() if any(0 < count < LEAST for count in _to_be_had(row))}
    while True:
        for group in gone:
            for row in groups[group].values():
                row["hidden"] = row["hidden"] or OTHERS
        before = len(gone)
        for rows in family.values():
            wholes, parts = [row for row in rows if not row["by"]], [row for row in rows if row["by"]]
            if any(whole["hidden"] for whole in wholes):
                for part in parts:
                    part["hidden"] = part["hidden"] or OTHERS
            else:
                gone |= {_group(part) for part in _hide_more(parts)} & groups.keys()
        if len(gone) == before:
            return


def _to_be_had(row_of: Mapping[str, Mapping[str, Any]]) -> Iterable[int]:
    """The counts of a group's people that its rows in a family give, or give by one subtraction."""
    for code, row in row_of.items():
        if PEOPLE_WITHIN.get(code) in row_of:
            yield row["denominator"] - row_of[PEOPLE_WITHIN[code]]["denominator"]
        if row.get("unit", "%") != "%":
            continue
        yield row["numerator"]
        yield row["denominator"] - row["numerator"]
        if WITHIN.get(code) in row_of:
            yield row["numerator"] - row_of[WITHIN[code]]["numerator"]


def _hide_more(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hide further parts until those hidden are two at least and cannot be told from the whole; give those it hid."""
    counts = [(part["numerator"], part["denominator"]) for part in parts]
    more = [parts[at] for at in more_to_hide(counts, [at for at, part in enumerate(parts) if part["hidden"]])]
    for part in more:
        part["hidden"] = OTHERS
    return more


def _hide_unknown(rows: list[dict[str, Any]]) -> None:
    """Hide of how many in each part it is not known, so that 1 to 4 are not what the other parts leave of the whole."""
    parts = [row for row in rows if row["by"]]
    few = [0 < part["unknown"] < LEAST for part in parts]
    if not any(few) or any(0 < row["unknown"] < LEAST for row in rows if not row["by"]):
        return  # nothing to find, or nothing to subtract from
    counts: list[dict[str, Any]] = [
        dict.fromkeys(("numerator", "denominator"), part["unknown"]) | {"hidden": part["hidden"] or UNDER * small}
        for part, small in zip(parts, few, strict=True)
    ]
    _hide_more(counts)
    for part, count in zip(parts, counts, strict=True):
        if count["hidden"]:
            part["unknown"] = None


def rounded_amount(amount: int, people: int) -> int:
    """Round a sum over so many people to five average people's worth of it, in a step of one figure.

    >>> rounded_amount(2_600_000, 80), rounded_amount(2_652_500, 81), rounded_amount(42, 80)
    (2600000, 2600000, 40)
    """
    share = -(-NEAREST * amount // max(people, 1))
    figures = 10 ** (len(str(share)) - 1)
    step = -(-share // figures) * figures
    step = step if step % NEAREST == 0 else max(NEAREST, -(-step // NEAREST) * NEAREST)
    return (amount + step // 2) // step * step


def _rounded(row: dict[str, Any], people: int | None) -> dict[str, Any]:
    """A row as it is published. `people` are those behind an amount that is not told by the person."""
    if row["hidden"]:
        return row | dict.fromkeys((*COUNTS, "value"))
    few = row["unknown"] is None or 0 < row["unknown"] < LEAST
    unknown = None if few else nearest(row["unknown"])
    numerator, denominator = row["numerator"], row["denominator"]
    if row.get("unit", "%") in COUNTED:
        numerator, denominator = nearest(numerator), nearest(denominator)
    else:
        numerator = rounded_amount(numerator, denominator if people is None else people)
        denominator = nearest(denominator) if people is None else rounded_amount(denominator, people)
    measure = _measures().get(row["measure"])
    told = {"numerator": numerator, "denominator": denominator, "unknown": unknown}
    if measure is not None and measure.middle:
        return row | told | {"value": None if row["value"] is None else float(floor(row["value"] + 0.5))}
    if measure is not None:
        return row | told | {"value": measure.value(numerator, denominator)}
    return row | told | {"value": floor(1000 * numerator / denominator + 0.5) / 10}


@cache
def _measures() -> dict[str, Measure]:
    return {measure.code: measure for measure in with_population()}
